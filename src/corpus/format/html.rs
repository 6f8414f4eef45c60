//! HTML pages: the article without menus and footers, its headings, lists and tables, and what the page says about itself.
//! Reading the tree into pieces is done here; which pieces are the article is the business of `article`.

use std::collections::HashSet;

use ego_tree::{NodeId, NodeRef, iter::Edge};
use scraper::{Html, Node, node::Element};

use super::{
    Content,
    article::{self, Container, Kind, Page, Piece},
    blocks::{Blocks, is_cjk},
    charset::decoded,
    head,
    table::{Style, Table},
};

/// Elements that are no text.
const SKIPPED: [&str; 22] = [
    "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas", "video", "audio", "select",
    "button", "textarea", "input", "option", "datalist", "rt", "rp", "map", "dialog", "title",
];

/// Elements that begin a block of their own.
const BLOCKS: [&str; 38] = [
    "html",
    "body",
    "div",
    "p",
    "section",
    "article",
    "main",
    "header",
    "footer",
    "nav",
    "aside",
    "ul",
    "ol",
    "li",
    "dl",
    "dt",
    "dd",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "table",
    "thead",
    "tbody",
    "tfoot",
    "tr",
    "td",
    "th",
    "caption",
    "blockquote",
    "pre",
    "figure",
    "figcaption",
    "form",
    "hr",
    "center",
];

/// Longest text of a cell in a table of data; a table with longer ones is there for the layout.
const MAX_CELL_CHARS: usize = 800;

/// Reads a page.
pub(super) fn read(bytes: &[u8]) -> Result<Content, String> {
    let source = decoded(bytes)?;
    let html = Html::parse_document(&source);
    let mut reader = Reader { layout: layout_tables(&html), ..Reader::default() };
    reader.read(&html);
    let page = reader.page;
    let chosen = article::choose(&page);
    let metadata = head::metadata(&html, &page, &chosen);
    Ok(Content { text: article::write(&page, &chosen), metadata, ..Content::default() })
}

/// The ids of tables that are there for the layout: they hold another table, headings, or whole texts in a cell.
fn layout_tables(html: &Html) -> HashSet<NodeId> {
    let mut layout = HashSet::new();
    let mut open: Vec<NodeId> = Vec::new();
    let mut cells: Vec<usize> = Vec::new();
    for edge in html.tree.root().traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Element(element) => match element.name() {
                    "table" => {
                        layout.extend(open.last());
                        open.push(node.id());
                    }
                    "h1" | "h2" | "h3" | "h4" | "article" | "main" | "nav" | "form" => layout.extend(open.last()),
                    "td" | "th" => cells.push(0),
                    _ => {}
                },
                Node::Text(text) => {
                    if let (Some(cell), Some(table)) = (cells.last_mut(), open.last()) {
                        *cell += text.chars().filter(|c| !c.is_whitespace()).count();
                        if *cell > MAX_CELL_CHARS {
                            layout.insert(*table);
                        }
                    }
                }
                _ => {}
            },
            Edge::Close(node) => match node.value().as_element().map(Element::name) {
                Some("table") => drop(open.pop()),
                Some("td" | "th") => drop(cells.pop()),
                _ => {}
            },
        }
    }
    layout
}

/// White space that was read but not written yet.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Space {
    #[default]
    None,
    /// On the line.
    Blank,
    /// With a line break of the source.
    Break,
}

/// Columns and rows that a cell spans.
type Spans = (usize, usize);

/// Walks the tree and writes its pieces down. There is no recursion in it: a hostile page is nested as deep as it is long.
#[derive(Default)]
struct Reader {
    layout: HashSet<NodeId>,
    page: Page,
    containers: Vec<usize>,
    kinds: Vec<Kind>,
    lists: Vec<Option<usize>>,
    text: String,
    linked: usize,
    links: usize,
    space: Space,
    preformatted: usize,
    skipping: Option<NodeId>,
    table: Option<(NodeId, Table, Option<Spans>)>,
}

impl Reader {
    fn read(&mut self, html: &Html) {
        self.page.containers.push(Container::default());
        self.containers.push(0);
        for edge in html.tree.root().traverse() {
            match edge {
                Edge::Open(node) if self.skipping.is_none() => self.open(node),
                Edge::Close(node) if self.skipping == Some(node.id()) => self.skipping = None,
                Edge::Close(node) if self.skipping.is_none() => self.close(node),
                _ => {}
            }
        }
        self.flush();
    }

    fn open(&mut self, node: NodeRef<'_, Node>) {
        match node.value() {
            Node::Text(text) => self.push(text),
            Node::Element(element) => {
                if SKIPPED.contains(&element.name()) || is_hidden(element) {
                    self.skipping = Some(node.id());
                } else if self.table.is_some() {
                    self.open_in_table(element);
                } else {
                    self.open_element(node.id(), element);
                }
            }
            _ => {}
        }
    }

    fn open_element(&mut self, id: NodeId, element: &Element) {
        let name = element.name();
        match name {
            "br" => self.text.push('\n'),
            "a" => self.links += 1,
            // The number of a footnote; other raised text is part of a word.
            "sup" if self.links > 0 => self.text.push('['),
            "table" if !self.layout.contains(&id) => {
                self.flush();
                self.table = Some((id, Table::default(), None));
            }
            _ if BLOCKS.contains(&name) => {
                self.flush();
                let parent = self.containers.last().copied().unwrap_or(0);
                self.containers.push(self.page.containers.len());
                self.page.containers.push(container(parent, element));
                match name {
                    "h1" | "h2" | "h3" | "h4" | "h5" | "h6" => {
                        self.kinds.push(Kind::Heading(name.as_bytes()[1] - b'0'))
                    }
                    "li" => self.item(element),
                    "ul" | "ol" => {
                        let start = element.attr("start").and_then(|start| start.parse::<usize>().ok()).unwrap_or(1);
                        self.lists.push((name == "ol").then_some(start));
                    }
                    "pre" => self.preformatted += 1,
                    _ => {}
                }
            }
            _ => {}
        }
    }

    /// An item of a list, with its number.
    fn item(&mut self, element: &Element) {
        let depth = self.lists.len().saturating_sub(1);
        let number = self.lists.last_mut().and_then(Option::as_mut).map(|next| {
            let number = element.attr("value").and_then(|value| value.parse().ok()).unwrap_or(*next);
            *next = number.saturating_add(1);
            number
        });
        self.kinds.push(Kind::Item { depth, number, first: true });
    }

    fn open_in_table(&mut self, element: &Element) {
        let Some((_, table, cell)) = &mut self.table else { return };
        let span = |name: &str| element.attr(name).and_then(|span| span.trim().parse().ok()).unwrap_or(1_usize);
        match element.name() {
            "tr" => table.begin_row(),
            "td" | "th" => {
                if table.len() == 0 {
                    table.begin_row();
                }
                if element.name() == "th" && table.head + 1 == table.len() && table.is_row_empty() {
                    table.head += 1;
                }
                self.text.clear();
                *cell = Some((span("colspan"), span("rowspan").min(10_000)));
            }
            "br" | "p" | "div" | "li" => self.text.push('\n'),
            "caption" => self.text.clear(),
            _ => {}
        }
    }

    fn close(&mut self, node: NodeRef<'_, Node>) {
        let Node::Element(element) = node.value() else { return };
        if self.table.is_some() {
            return self.close_in_table(node.id(), element);
        }
        let name = element.name();
        match name {
            "a" => self.links = self.links.saturating_sub(1),
            "sup" if self.links > 0 => self.text.push(']'),
            _ => {}
        }
        if !BLOCKS.contains(&name) {
            return;
        }
        self.flush();
        self.containers.pop();
        match name {
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "li" => drop(self.kinds.pop()),
            "ul" | "ol" => drop(self.lists.pop()),
            "pre" => self.preformatted = self.preformatted.saturating_sub(1),
            _ => {}
        }
    }

    fn close_in_table(&mut self, id: NodeId, element: &Element) {
        let Some((table_id, table, cell)) = &mut self.table else { return };
        match element.name() {
            "td" | "th" => {
                let text = std::mem::take(&mut self.text);
                if let Some((columns, rows)) = cell.take() {
                    table.cell(&text, columns, rows);
                }
            }
            "caption" => {
                let text = std::mem::take(&mut self.text);
                self.page.pieces.push(Piece { container: self.container(), text, ..Piece::default() });
            }
            "table" if *table_id == id => {
                let table = std::mem::take(table);
                self.table = None;
                self.text.clear();
                self.write_table(table);
            }
            _ => {}
        }
        self.space = Space::None;
    }

    /// The rows of a table, or its texts where it is a frame around them.
    fn write_table(&mut self, table: Table) {
        let container = self.container();
        let row = |text: &str| Piece { kind: Kind::Row, text: text.to_owned(), container, ..Piece::default() };
        if table.is_table() {
            let mut blocks = Blocks::default();
            table.write(Style::Inset, 3, &mut blocks);
            self.page.pieces.extend(blocks.finish().lines().filter(|line| !line.is_empty()).map(row));
        } else {
            let paragraph = |text: &str| Piece { kind: Kind::Paragraph, ..row(text) };
            self.page.pieces.extend(table.texts().map(paragraph));
        }
    }

    fn container(&self) -> usize {
        self.containers.last().copied().unwrap_or(0)
    }

    /// Adds text as a browser shows it: white space is one space; a line break of the source between Chinese characters is none.
    fn push(&mut self, text: &str) {
        if self.preformatted > 0 {
            return self.text.push_str(text);
        }
        let before = self.text.len();
        for c in text.chars() {
            if c.is_whitespace() && c != '\u{3000}' {
                self.space = self.space.max(if c == '\n' { Space::Break } else { Space::Blank });
                continue;
            }
            let space = std::mem::take(&mut self.space);
            if space > Space::None {
                let last = self.text.chars().next_back();
                let joined = |last: char| {
                    last == '\n' || space == Space::Break && is_cjk(last) && is_cjk(c) && !is_number(&self.text)
                };
                if !last.is_none_or(joined) {
                    self.text.push(' ');
                }
            }
            // The arrow leads back from a footnote.
            if !c.is_control() && !matches!(c, '↩' | '\u{fe0e}') {
                self.text.push(c);
            }
        }
        if self.links > 0 {
            self.linked += self.text[before..].chars().filter(|c| !c.is_whitespace()).count();
        }
    }

    /// Ends a piece.
    fn flush(&mut self) {
        self.space = Space::None;
        let text = std::mem::take(&mut self.text);
        let linked = std::mem::take(&mut self.linked);
        if text.trim().is_empty() {
            return;
        }
        let kind = self.kinds.last().copied().unwrap_or_default();
        if let Some(Kind::Item { first, .. }) = self.kinds.last_mut() {
            *first = false;
        }
        self.page.pieces.push(Piece { kind, text, linked, container: self.container() });
    }
}

/// Whether a text is the number of an article or chapter, which a space parts from what follows.
fn is_number(text: &str) -> bool {
    text.starts_with('第') && text.ends_with(['编', '章', '节', '条']) && text.chars().count() <= 10
}

/// Whether an element is not shown.
fn is_hidden(element: &Element) -> bool {
    let style = || element.attr("style").map(|style| style.to_lowercase().replace(' ', "")).unwrap_or_default();
    element.attr("hidden").is_some() || element.attr("aria-hidden") == Some("true") || style().contains("display:none")
}

/// The container that an element is.
fn container(parent: usize, element: &Element) -> Container {
    let attribute = |name: &str| element.attr(name).unwrap_or_default();
    let labels = [attribute("class"), attribute("id"), attribute("itemprop")];
    Container::new(parent, element.name(), attribute("role"), &labels)
}
