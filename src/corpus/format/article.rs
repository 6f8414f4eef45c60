//! Which pieces of a page are its article: the smallest container that holds nearly all running text, without what is named
//! or looks like menus, teasers and footers.

use super::blocks::{Blocks, one_line};

/// Share of the running text that the container of the article has to hold. What is left are teasers and notes on cookies;
/// with a lower share, lead paragraphs that stand above the article's container would be lost.
const MIN_SHARE: f32 = 0.95;

/// Share of the running text from which an element that the page itself calls its article is believed.
const MIN_NAMED_SHARE: f32 = 0.5;

/// Share from which a container cannot be a menu or footer, whatever it is called.
const MAX_NOISE_SHARE: f32 = 0.4;

/// Share of linked characters from which a short piece is a menu.
const MAX_LINKED: f32 = 0.6;

/// Longest piece that can be a menu entry, a share button or a footer line, in characters.
const MAX_NOISE_CHARS: usize = 80;

/// Words of class names and ids for what is not the article.
const NOISE: [&str; 60] = [
    "nav",
    "navbar",
    "navigation",
    "menu",
    "submenu",
    "footer",
    "foot",
    "bottom",
    "sidebar",
    "aside",
    "breadcrumb",
    "breadcrumbs",
    "crumb",
    "crumbs",
    "share",
    "sharing",
    "bdsharebuttonbox",
    "social",
    "comment",
    "comments",
    "related",
    "relate",
    "recommend",
    "recommended",
    "copyright",
    "advert",
    "advertisement",
    "ads",
    "banner",
    "pagination",
    "pager",
    "paging",
    "toolbar",
    "tools",
    "login",
    "search",
    "searchbox",
    "cookie",
    "cookies",
    "popup",
    "modal",
    "qrcode",
    "ewm",
    "erweima",
    "print",
    "sitemap",
    "friendlink",
    "skip",
    "topbar",
    "topnav",
    "toplink",
    "weizhi",
    "dqwz",
    "location",
    "position",
    "hotnews",
    "ranking",
    "tags",
    "subscribe",
    "newsletter",
];

/// Class names and ids that content management systems give to the article.
const ARTICLE: [&str; 14] = [
    "articlebody",
    "article-body",
    "article-content",
    "article_content",
    "ucap-content",
    "trs_editor",
    "trs_uedit",
    "pages_content",
    "zoom",
    "content-body",
    "entry-content",
    "post-content",
    "view-content",
    "xxgk_content",
];

/// What stands in lines around an article on Chinese and English pages.
const PHRASES: [&str; 26] = [
    "当前位置",
    "您的位置",
    "您现在的位置",
    "版权所有",
    "ICP备",
    "公网安备",
    "网站地图",
    "网站标识码",
    "扫一扫",
    "打印本页",
    "关闭窗口",
    "【打印",
    "[打印",
    "上一篇",
    "下一篇",
    "上一条",
    "下一条",
    "分享到",
    "字体：",
    "字号：",
    "浏览次数",
    "点击数",
    "All rights reserved",
    "Cookie",
    "设为首页",
    "相关链接",
];

/// What a piece of a page is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Kind {
    /// A paragraph.
    #[default]
    Paragraph,
    /// A heading with its level.
    Heading(u8),
    /// An item of a list, or a further paragraph of it.
    Item {
        /// How many lists it is in.
        depth: usize,
        /// Its number, in a numbered list.
        number: Option<usize>,
        /// Whether the item begins with it.
        first: bool,
    },
    /// A row of a table.
    Row,
}

/// A piece of a page: a block of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Piece {
    /// What it is.
    pub(super) kind: Kind,
    /// Its text.
    pub(super) text: String,
    /// How many of its characters are links.
    pub(super) linked: usize,
    /// The container that it stands in.
    pub(super) container: usize,
}

/// An element that holds pieces and other containers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Container {
    /// The one around it; it comes before this one.
    parent: usize,
    named_article: bool,
    named_noise: bool,
    is_header: bool,
}

impl Container {
    /// A container by the name, the role, the classes and ids of its element.
    pub(super) fn new(parent: usize, name: &str, role: &str, labels: &[&str]) -> Container {
        let labels: Vec<String> =
            labels.iter().flat_map(|label| label.split_whitespace()).map(str::to_lowercase).collect();
        let word = |label: &String| label.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| NOISE.contains(&word));
        let article = |label: &String| ARTICLE.contains(&label.as_str());
        let noise_role = matches!(role, "navigation" | "banner" | "contentinfo" | "search" | "complementary");
        Container {
            parent,
            named_article: matches!(name, "article" | "main") || role == "main" || labels.iter().any(article),
            named_noise: matches!(name, "nav" | "footer" | "aside" | "form") || noise_role || labels.iter().any(word),
            is_header: name == "header",
        }
    }
}

/// A page as it was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Page {
    /// The containers; the first holds all.
    pub(super) containers: Vec<Container>,
    /// The pieces, in order.
    pub(super) pieces: Vec<Piece>,
}

/// What was chosen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Chosen {
    /// Numbers of the pieces that are the article.
    pub(super) pieces: Vec<usize>,
    /// Numbers of pieces around it that are no menus: where dates and sources stand.
    pub(super) around: Vec<usize>,
}

/// Chooses the pieces of the article.
pub(super) fn choose(page: &Page) -> Chosen {
    let weights = weights(page);
    let total = weights.first().copied().unwrap_or(0.0);
    let noise = noise(page, &weights, total);
    let root = root(page, &weights, &noise);
    let mut inside = vec![false; page.containers.len()];
    for (at, container) in page.containers.iter().enumerate() {
        inside[at] = at == root || at > 0 && inside[container.parent];
    }
    let mut chosen = Chosen::default();
    for (at, piece) in page.pieces.iter().enumerate() {
        if noise[piece.container] {
            continue;
        }
        if inside[piece.container] && !is_noise(piece) { chosen.pieces.push(at) } else { chosen.around.push(at) }
    }
    // A page of links has no running text; then its links are what it says.
    if chosen.pieces.is_empty() {
        chosen.pieces = (0..page.pieces.len()).filter(|at| !noise[page.pieces[*at].container]).collect();
    }
    chosen
}

/// The running text of each container, those within it included.
fn weights(page: &Page) -> Vec<f32> {
    let mut weights = vec![0.0; page.containers.len()];
    for piece in &page.pieces {
        weights[piece.container] += weight(piece);
    }
    for at in (1..weights.len()).rev() {
        weights[page.containers[at].parent] += weights[at];
    }
    weights
}

/// What a piece counts as running text: its characters that are no links, a tenth of them where no sentence ends in it.
fn weight(piece: &Piece) -> f32 {
    let own = ink(piece).saturating_sub(piece.linked);
    let sentence = piece.text.contains(['。', '；', '！', '？'])
        || piece.text.contains(". ")
        || piece.text.trim_end().ends_with('.');
    let prose = sentence && own >= 15 || piece.kind == Kind::Row;
    own as f32 * if prose && !is_noise(piece) { 1.0 } else { 0.1 }
}

fn ink(piece: &Piece) -> usize {
    piece.text.chars().filter(|c| !c.is_whitespace()).count()
}

/// Which containers are menus and the like, by their own name or that of one around them.
fn noise(page: &Page, weights: &[f32], total: f32) -> Vec<bool> {
    let mut has_title = vec![false; page.containers.len()];
    for piece in &page.pieces {
        has_title[piece.container] |= piece.kind == Kind::Heading(1);
    }
    for at in (1..has_title.len()).rev() {
        has_title[page.containers[at].parent] |= has_title[at];
    }
    let mut noise = vec![false; page.containers.len()];
    for (at, container) in page.containers.iter().enumerate().skip(1) {
        let named = container.named_noise || container.is_header && !has_title[at];
        let own = named && !container.named_article && weights[at] <= total * MAX_NOISE_SHARE;
        noise[at] = own || noise[container.parent];
    }
    noise
}

/// The container of the article.
fn root(page: &Page, weights: &[f32], noise: &[bool]) -> usize {
    // What is noise does not count.
    let mut clean = vec![0.0_f32; weights.len()];
    for piece in page.pieces.iter().filter(|piece| !noise[piece.container]) {
        clean[piece.container] += weight(piece);
    }
    for at in (1..clean.len()).rev() {
        clean[page.containers[at].parent] += clean[at];
    }
    let total = clean.first().copied().unwrap_or(0.0);
    let named: Vec<usize> = (1..clean.len())
        .filter(|at| page.containers[*at].named_article && !noise[*at] && clean[*at] >= total * MIN_NAMED_SHARE)
        .collect();
    let largest = named.iter().copied().max_by(|a, b| clean[*a].total_cmp(&clean[*b]).then(a.cmp(b)));
    let wanted = largest.map_or(total, |at| clean[at]) * MIN_SHARE;
    // Containers come before those within them: the last that holds enough is the smallest.
    (0..clean.len()).rev().find(|at| total > 0.0 && clean[*at] >= wanted && !noise[*at]).unwrap_or(0)
}

/// Whether a piece is a menu entry, a button or a footer line.
fn is_noise(piece: &Piece) -> bool {
    let ink = ink(piece);
    if ink > MAX_NOISE_CHARS || matches!(piece.kind, Kind::Row) {
        return false;
    }
    let linked = piece.linked as f32 > ink as f32 * MAX_LINKED;
    linked
        || !matches!(piece.kind, Kind::Heading(_)) && PHRASES.iter().any(|phrase| piece.text.contains(phrase))
        || is_source_line(piece)
}

/// Whether a piece is the line of date and source below a headline.
pub(super) fn is_source_line(piece: &Piece) -> bool {
    let has = |words: &[&str]| words.iter().any(|word| piece.text.contains(word));
    let when = has(&["发布时间", "发布日期", "发文日期", "成文日期", "日期：", "时间：", "公开日期"]);
    ink(piece) <= MAX_NOISE_CHARS
        && when
        && (has(&["来源", "作者", "发布机构", "信息来源"]) || piece.text.trim().starts_with("发布"))
}

/// The text of the chosen pieces.
pub(super) fn write(page: &Page, chosen: &Chosen) -> String {
    let mut blocks = Blocks::default();
    for piece in chosen.pieces.iter().map(|at| &page.pieces[*at]) {
        match piece.kind {
            Kind::Heading(level) => blocks.heading(level, &piece.text),
            Kind::Item { depth, number, first: true } => {
                let mark = match number {
                    Some(number) => format!("{number}. "),
                    None => "- ".to_owned(),
                };
                let own = is_marked(&one_line(&piece.text));
                blocks.item(depth, if own { "" } else { &mark }, &piece.text);
            }
            Kind::Paragraph | Kind::Row | Kind::Item { .. } => blocks.paragraph(&piece.text),
        }
    }
    blocks.finish()
}

/// Whether an item carries a mark of its own: 一、 （一） 1. ①.
fn is_marked(text: &str) -> bool {
    let rest = text.trim_start_matches(['（', '(']);
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十百".contains(c));
    after.len() < rest.len() && after.starts_with(['、', '）', ')', '．', '.'])
        || text.starts_with(|c| matches!(c, '①'..='⑳'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_page_is_chosen_from_without_harm() {
        let page = Page { containers: vec![Container::default()], pieces: Vec::new() };
        assert_eq!(write(&page, &choose(&page)), "");
        assert_eq!(choose(&Page::default()), Chosen::default());
    }
}
