//! Word documents (DOCX): paragraphs, headings, numbered lists with their numbers, tables, footnotes and properties. What was
//! deleted, hidden text, fields' codes, headers and footers are left out.

use std::collections::HashMap;

use super::{
    Content,
    archive::Archive,
    blocks::Blocks,
    numbering::Numbering,
    office,
    styles::Styles,
    table::{Style, Table},
    xml::{Element, Piece, Xml},
};
use crate::{corpus::date, passage::Metadata};

/// Elements whose content is no text of the document: deleted or moved away, code of fields, former properties, and the copy
/// for programs that cannot show the original.
const SKIPPED: [&str; 12] = [
    "del",
    "moveFrom",
    "delText",
    "instrText",
    "Fallback",
    "pPrChange",
    "rPrChange",
    "tblPrChange",
    "trPrChange",
    "tcPrChange",
    "sectPr",
    "rPh",
];

/// Most footnotes that are read.
const MAX_NOTES: usize = 20_000;

/// Reads a Word document.
pub(super) fn read(bytes: &[u8]) -> Result<Content, String> {
    let mut archive = Archive::open(bytes)?;
    let main = office::main_part(&mut archive, "word/document.xml")?;
    let document =
        archive.part(&main)?.ok_or("is an archive, but not a Word document: give it the extension of what it is")?;
    let mut part = |name: &str| archive.part(name).map(Option::unwrap_or_default);
    let parts = Parts {
        document,
        styles: part("word/styles.xml")?,
        numbering: part("word/numbering.xml")?,
        notes: [part("word/footnotes.xml")?, part("word/endnotes.xml")?],
    };
    let text = text(&parts)?;
    let metadata = Metadata { date: date::standing_alone(&text), ..office::metadata(&mut archive)? };
    Ok(Content { text, metadata, ..Content::default() })
}

/// The parts of a document that its text comes from, as XML; empty where it has none.
#[derive(Debug, Default)]
pub(super) struct Parts {
    pub(super) document: String,
    pub(super) styles: String,
    pub(super) numbering: String,
    /// Footnotes and endnotes.
    pub(super) notes: [String; 2],
}

/// The text of a document.
pub(super) fn text(parts: &Parts) -> Result<String, String> {
    let mut notes = HashMap::new();
    for (kind, xml) in parts.notes.iter().enumerate() {
        read_notes(xml, kind, &mut notes)?;
    }
    let (styles, numbering) = (Styles::read(&parts.styles)?, Numbering::read(&parts.numbering)?);
    let mut body = Body { styles, numbering, notes, ..Body::default() };
    body.read(&parts.document)?;
    Ok(body.blocks.finish())
}

/// The texts of footnotes (kind 0) or endnotes (kind 1) by their ids.
fn read_notes(xml: &str, kind: usize, notes: &mut HashMap<(usize, String), String>) -> Result<(), String> {
    let mut xml = Xml::new(xml);
    let (mut id, mut text, mut inside) = (None, String::new(), false);
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open(element) if SKIPPED.contains(&element.name()) => xml.skip()?,
            Piece::Open(element) => match element.name() {
                // Separators are notes of a type.
                "footnote" | "endnote" if element.attribute("type").is_none() => id = element.attribute("id"),
                "t" => inside = true,
                "p" if !text.is_empty() => text.push(' '),
                _ => {}
            },
            Piece::Text(part) if inside && id.is_some() => text.push_str(&part),
            Piece::Text(_) => {}
            Piece::Close(name) => match name.as_str() {
                "t" => inside = false,
                "footnote" | "endnote" => {
                    let text = std::mem::take(&mut text);
                    if let Some(id) = id.take().filter(|_| notes.len() < MAX_NOTES && !text.trim().is_empty()) {
                        notes.insert((kind, id), text.trim().to_owned());
                    }
                }
                _ => {}
            },
        }
    }
    Ok(())
}

/// A paragraph in the making.
#[derive(Clone, Debug, Default)]
struct Paragraph {
    text: String,
    style: Option<String>,
    list: Option<String>,
    level: Option<usize>,
    outline: Option<u8>,
    notes: Vec<String>,
}

/// A table in the making.
#[derive(Default)]
struct OpenTable {
    table: Table,
    paragraphs: Vec<Paragraph>,
    cell: String,
    columns: usize,
    continued: bool,
    deleted: bool,
    rows: Vec<Row>,
}

/// A row in the making: its cells with the columns that they span; `None` goes on from above.
#[derive(Default)]
struct Row {
    cells: Vec<(Option<String>, usize)>,
    head: bool,
}

/// The body of a document in the making.
#[derive(Default)]
struct Body {
    styles: Styles,
    numbering: Numbering,
    notes: HashMap<(usize, String), String>,
    cited: usize,
    blocks: Blocks,
    paragraphs: Vec<Paragraph>,
    tables: Vec<OpenTable>,
    in_text: bool,
    in_run: bool,
    hidden: bool,
    in_row_properties: bool,
}

impl Body {
    fn read(&mut self, document: &str) -> Result<(), String> {
        let mut xml = Xml::new(document);
        while let Some(piece) = xml.next()? {
            match piece {
                Piece::Open(element) => {
                    if element.name() == "del" && self.in_row_properties {
                        self.tables.iter_mut().next_back().into_iter().for_each(|table| table.deleted = true);
                    }
                    if SKIPPED.contains(&element.name()) { xml.skip()? } else { self.open(&element) }
                }
                Piece::Text(text) if self.in_text && !self.hidden => self.push(&text),
                Piece::Text(_) => {}
                Piece::Close(name) => self.close(&name),
            }
        }
        Ok(())
    }

    fn push(&mut self, text: &str) {
        if let Some(paragraph) = self.paragraphs.last_mut() {
            paragraph.text.push_str(text);
        }
    }

    fn open(&mut self, element: &Element<'_>) {
        let value = || element.attribute("val");
        match element.name() {
            "p" => self.paragraphs.push(Paragraph::default()),
            "r" => (self.in_run, self.hidden) = (true, false),
            "t" => self.in_text = self.in_run,
            "vanish" if self.in_run => self.hidden = !matches!(value().as_deref(), Some("0" | "false")),
            "tab" if self.in_run && !self.hidden => self.push(" "),
            "br" | "cr" if self.in_run && !self.hidden => self.push("\n"),
            "noBreakHyphen" if self.in_run => self.push("-"),
            "footnoteReference" => self.cite(0, element),
            "endnoteReference" => self.cite(1, element),
            "trPr" => self.in_row_properties = true,
            "tbl" => self.tables.push(OpenTable::default()),
            "pStyle" | "numId" | "ilvl" | "outlineLvl" => {
                if let Some(paragraph) = self.paragraphs.last_mut() {
                    match element.name() {
                        "pStyle" => paragraph.style = value(),
                        "numId" => paragraph.list = value(),
                        "ilvl" => paragraph.level = value().and_then(|level| level.parse().ok()),
                        _ => paragraph.outline = value().and_then(|level| level.parse().ok()),
                    }
                }
            }
            name => {
                if let Some(open) = self.tables.last_mut() {
                    open.open(name, value());
                }
            }
        }
    }

    /// A reference to a note: its number in the text, its text below the paragraph.
    fn cite(&mut self, kind: usize, element: &Element<'_>) {
        let note = element.attribute("id").and_then(|id| self.notes.remove(&(kind, id)));
        if let (Some(note), Some(paragraph)) = (note, self.paragraphs.last_mut()) {
            self.cited += 1;
            paragraph.text.push_str(&format!("[{}]", self.cited));
            paragraph.notes.push(format!("[{}] {note}", self.cited));
        }
    }

    fn close(&mut self, name: &str) {
        match name {
            "t" => self.in_text = false,
            "r" => (self.in_run, self.hidden) = (false, false),
            "trPr" => self.in_row_properties = false,
            "p" => {
                let Some(paragraph) = self.paragraphs.pop() else { return };
                match self.tables.last_mut() {
                    Some(open) => open.paragraph(paragraph),
                    None => self.write(&paragraph),
                }
            }
            "tc" | "tr" => {
                if let Some(open) = self.tables.last_mut() {
                    open.close(name);
                }
            }
            "tbl" => self.close_table(),
            _ => {}
        }
    }

    fn close_table(&mut self) {
        let Some(mut open) = self.tables.pop() else { return };
        open.fill();
        let paragraphs = std::mem::take(&mut open.paragraphs);
        if !open.table.is_table() {
            // A frame around text: its paragraphs are paragraphs of the document.
            for paragraph in paragraphs {
                match self.tables.last_mut() {
                    Some(outer) => outer.paragraph(paragraph),
                    None => self.write(&paragraph),
                }
            }
            return;
        }
        match self.tables.last_mut() {
            Some(outer) => {
                let mut blocks = Blocks::default();
                open.table.write(Style::Inset, 3, &mut blocks);
                for line in blocks.finish().lines().filter(|line| !line.is_empty()) {
                    outer.paragraph(Paragraph { text: line.to_owned(), ..Paragraph::default() });
                }
            }
            None => {
                open.table.write(Style::Inset, 3, &mut self.blocks);
                for note in paragraphs.iter().flat_map(|paragraph| &paragraph.notes) {
                    self.blocks.paragraph(note);
                }
            }
        }
    }

    /// Writes a paragraph as what it is.
    fn write(&mut self, paragraph: &Paragraph) {
        let style = self.styles.get(paragraph.style.as_deref());
        if style.contents || paragraph.text.trim().is_empty() {
            return;
        }
        let list = paragraph.list.clone().or_else(|| style.list.clone());
        let level = paragraph.level.or(style.level).unwrap_or(0);
        let label = list.and_then(|list| self.numbering.label(&list, level)).unwrap_or_default();
        let heading = paragraph.outline.filter(|level| *level < 9).map(|level| level + 2).or(style.heading);
        if let Some(heading) = heading.filter(|_| paragraph.text.chars().count() <= 100) {
            self.blocks.heading(heading, &format!("{}{}", spaced(&label), paragraph.text));
        } else if label.is_empty() {
            self.blocks.paragraph(&paragraph.text);
        } else if label.starts_with('第') {
            self.blocks.paragraph(&format!("{}{}", spaced(&label), paragraph.text));
        } else {
            self.blocks.item(level, &spaced(&label), &paragraph.text);
        }
        for note in &paragraph.notes {
            self.blocks.paragraph(note);
        }
    }
}

impl OpenTable {
    fn open(&mut self, name: &str, value: Option<String>) {
        match name {
            "tr" => self.rows.push(Row::default()),
            "tc" => (self.columns, self.continued) = (1, false),
            "gridSpan" => self.columns = value.and_then(|columns| columns.parse().ok()).unwrap_or(1),
            "vMerge" => self.continued = value.is_none_or(|value| value != "restart"),
            "tblHeader" => {
                if let Some(row) = self.rows.last_mut() {
                    row.head = !matches!(value.as_deref(), Some("0" | "false"));
                }
            }
            _ => {}
        }
    }

    fn paragraph(&mut self, paragraph: Paragraph) {
        if !self.cell.is_empty() && !paragraph.text.is_empty() {
            self.cell.push('\n');
        }
        self.cell.push_str(&paragraph.text);
        self.paragraphs.push(paragraph);
    }

    fn close(&mut self, name: &str) {
        if name == "tc" {
            let text = std::mem::take(&mut self.cell);
            let cell = if self.continued { None } else { Some(text) };
            if let Some(row) = self.rows.last_mut() {
                row.cells.push((cell, self.columns));
            }
        } else if std::mem::take(&mut self.deleted) {
            self.rows.pop();
        }
    }

    /// Puts the rows into the table.
    fn fill(&mut self) {
        self.table.head = self.rows.iter().take_while(|row| row.head).count();
        for row in std::mem::take(&mut self.rows) {
            self.table.begin_row();
            for (text, columns) in row.cells {
                match text {
                    Some(text) => self.table.cell(&text, columns, 1),
                    None => self.table.continued(columns),
                }
            }
        }
    }
}

/// A label with the space that parts it from the text.
fn spaced(label: &str) -> String {
    if label.is_empty() || label.ends_with(['、', '）', ' ']) { label.to_owned() } else { format!("{label} ") }
}
