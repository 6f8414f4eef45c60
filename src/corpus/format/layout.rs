//! Pages of glyphs -> the text of a document: paragraphs over the ends of lines, columns and pages, headings by their size,
//! without the headers, footers and page numbers that pages repeat. Where geometry does not tell, lines stay as they were printed,
//! for `reflow`.

use std::collections::HashMap;

use super::{
    blocks::is_cjk,
    page::{self, Line, Sheet},
};
use crate::corpus::reflow;

/// Narrowest column, in ems, whose full lines are believed to be broken ones: names and figures of one length stand in narrower ones.
const MIN_COLUMN: f32 = 10.0;

/// What may be left of a full line, in ems: a mark that must not begin a line takes its neighbour with it.
const SLACK: f32 = 1.6;

/// Widest indentation of running text, in ems.
const MAX_INDENT: f32 = 5.0;

/// Indentation with which a paragraph begins, in ems.
const INDENT: f32 = 1.0;

/// How much larger than the running text a heading is.
const HEADING_SIZE: f32 = 1.25;

/// Longest heading, in characters.
const MAX_HEADING_CHARS: usize = 60;

/// Lines at the top and the bottom of a page that can be its header or footer.
const EDGE_LINES: usize = 3;

/// Part of the page's height at its edges in which page numbers stand.
const EDGE: f32 = 0.12;

/// The text of all pages, and the offsets at which they begin.
pub(super) fn write(sheets: Vec<Sheet>) -> (String, Vec<usize>) {
    let heights: Vec<f32> = sheets.iter().map(|sheet| sheet.height).collect();
    let mut pages: Vec<Vec<Line>> = sheets.into_iter().map(page::lines).collect();
    drop_edges(&mut pages, &heights);
    let body = body_size(&pages);
    let mut writer = Writer { text: String::new(), sizes: heading_sizes(&pages, body), body, last: None };
    let starts = pages.iter().map(|page| writer.page(page)).collect();
    if !writer.text.is_empty() {
        writer.text.push('\n');
    }
    (writer.text, starts)
}

/// Writes page after page.
struct Writer {
    text: String,
    sizes: Vec<f32>,
    body: f32,
    /// The last line of running text, where nothing came after it.
    last: Option<Line>,
}

impl Writer {
    /// Writes a page, and gives the offset at which it begins.
    fn page(&mut self, page: &[Line]) -> usize {
        let mut start = None;
        let body = self.body;
        let apart = |line: &Line, next: &Line| {
            let heading = is_heading(line, body) || is_heading(next, body);
            next.begins || heading && (line.size - next.size).abs() > 0.1
        };
        for block in page.chunk_by(|line, next| !apart(line, next)) {
            let begun = match self.level(block) {
                Some(level) => self.heading(block, level),
                None => self.paragraphs(block),
            };
            start.get_or_insert(begun);
        }
        start.unwrap_or(self.text.len())
    }

    fn heading(&mut self, block: &[Line], level: usize) -> usize {
        self.part("\n\n");
        let start = self.text.len();
        self.text.extend(std::iter::repeat_n('#', level));
        self.text.push(' ');
        self.text.push_str(&join(block));
        self.last = None;
        start
    }

    fn paragraphs(&mut self, block: &[Line]) -> usize {
        let mut start = None;
        let mut from = 0;
        while from < block.len() {
            let mut to = from + 1;
            while to < block.len() && joins(&block[from], &block[to - 1], &block[to]) {
                to += 1;
            }
            let next = &block[from];
            // A sentence goes on over the end of a column or page.
            let goes_on = from == 0
                && self.last.as_ref().is_some_and(|last| {
                    !is_ended(&last.text) && is_full(last, next) && next.indent < INDENT && may_follow(last, next)
                });
            if goes_on {
                let wide = self.text.ends_with(is_cjk) || next.text.starts_with(is_cjk);
                self.part(if wide { "" } else { " " });
            } else {
                self.part(if from > 0 && next.cells == 1 && !reflow::is_marked(&next.text) { "\n\n" } else { "\n" });
                if from == 0 && !self.text.is_empty() {
                    self.text.push('\n');
                }
            }
            start.get_or_insert(self.text.len());
            self.text.push_str(&join(&block[from..to]));
            from = to;
        }
        self.last = block.last().cloned();
        start.unwrap_or(self.text.len())
    }

    /// What parts the next block from the text before it.
    fn part(&mut self, between: &str) {
        if !self.text.is_empty() {
            self.text.push_str(between);
        }
    }

    /// The level of a block that is a heading.
    fn level(&self, block: &[Line]) -> Option<usize> {
        let line = block.first().filter(|line| is_heading(line, self.body))?;
        let chars: usize = block.iter().map(|line| line.text.chars().count()).sum();
        let figures = line.text.chars().filter(char::is_ascii_digit).count() * 2 >= line.text.chars().count();
        let at = self.sizes.iter().position(|size| line.size > *size * 0.9)?;
        (chars <= MAX_HEADING_CHARS && block.len() <= 3 && !figures).then_some((at + 1).min(4))
    }
}

/// Whether a line belongs to the paragraph that begins with `first` and has come to `last`.
fn joins(first: &Line, last: &Line, next: &Line) -> bool {
    let hanging = reflow::is_marked(&first.text) && next.indent > first.indent;
    (next.indent < INDENT || hanging) && is_full(last, next) && may_follow(last, next)
}

/// Whether a line was broken off because its column was full: what begins the next one had no room.
fn is_full(line: &Line, next: &Line) -> bool {
    let word = next.text.chars().take_while(|c| !c.is_whitespace() && !is_cjk(*c)).count() as f32 * 0.6;
    line.left_over <= SLACK.max(word + 0.5)
}

/// Whether two lines can be one paragraph at all. What is set far in stands at the right edge, as a signature does.
fn may_follow(line: &Line, next: &Line) -> bool {
    line.indent < MAX_INDENT
        && line.cells == 1
        && next.cells == 1
        && line.column >= MIN_COLUMN
        && !reflow::is_marked(&next.text)
}

fn is_ended(text: &str) -> bool {
    text.trim_end().ends_with(['。', '！', '？', '：', '；', '.', '!', '?', ':'])
}

/// The lines as one; a row of cells keeps its gaps.
fn join(lines: &[Line]) -> String {
    match lines {
        [row] if row.cells > 1 => row.text.trim().to_owned(),
        _ => reflow::join(&lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>()),
    }
}

/// The size in which most of the text is set.
fn body_size(pages: &[Vec<Line>]) -> f32 {
    let mut chars: HashMap<u32, usize> = HashMap::new();
    for line in pages.iter().flatten() {
        *chars.entry((line.size * 2.0) as u32).or_default() += line.text.chars().count();
    }
    chars.into_iter().max_by_key(|(size, count)| (*count, *size)).map_or(0.0, |(size, _)| size as f32 / 2.0)
}

fn is_heading(line: &Line, body: f32) -> bool {
    line.size >= body * HEADING_SIZE && line.text.chars().count() <= MAX_HEADING_CHARS
}

/// The sizes of headings, the largest first; the title of one article is not that of another, so that sizes near each other are
/// one level.
fn heading_sizes(pages: &[Vec<Line>], body: f32) -> Vec<f32> {
    let mut sizes: Vec<f32> =
        pages.iter().flatten().filter(|line| is_heading(line, body)).map(|line| line.size).collect();
    sizes.sort_by(|a, b| b.total_cmp(a));
    sizes.dedup_by(|a, b| *a > *b * 0.9);
    sizes
}

/// Drops what pages repeat at their edges, and page numbers.
fn drop_edges(pages: &mut [Vec<Line>], heights: &[f32]) {
    let mut repeated: HashMap<String, usize> = HashMap::new();
    for page in pages.iter() {
        let mut keys: Vec<String> = edges(page).map(|at| key(&page[at].text)).collect();
        keys.sort_unstable();
        keys.dedup();
        for key in keys {
            *repeated.entry(key).or_default() += 1;
        }
    }
    // Left and right pages may differ.
    let enough = (pages.len() / 3).max(2);
    for (page, height) in pages.iter_mut().zip(heights) {
        let dropped: Vec<usize> = edges(page)
            .filter(|at| {
                let line = &page[*at];
                let at_edge = line.y < height * EDGE || line.y > height * (1.0 - EDGE);
                at_edge
                    && (is_page_number(&line.text)
                        || is_print_mark(&line.text)
                        || repeated.get(&key(&line.text)).is_some_and(|count| *count >= enough))
            })
            .collect();
        let mut at = 0;
        page.retain(|_| {
            at += 1;
            !dropped.contains(&(at - 1))
        });
    }
}

/// The lines that stand highest and lowest on a page.
fn edges(page: &[Line]) -> impl Iterator<Item = usize> + use<> {
    let mut order: Vec<usize> = (0..page.len()).collect();
    order.sort_by(|a, b| page[*a].y.total_cmp(&page[*b].y));
    let (top, bottom) =
        (EDGE_LINES.min(order.len()), order.len().saturating_sub(EDGE_LINES).max(EDGE_LINES.min(order.len())));
    let mut edges: Vec<usize> = order[..top].to_vec();
    edges.extend(&order[bottom..]);
    edges.into_iter()
}

/// What makes the edges of two pages equal: all but figures and white space.
fn key(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace() && !c.is_numeric()).collect()
}

/// Whether a line is a page number: 3, - 3 -, 第3页, 3/12, 第 3 页 共 12 页, Page 3 of 12.
fn is_page_number(text: &str) -> bool {
    let bare: String = text.to_lowercase().chars().filter(|c| !c.is_whitespace()).collect();
    let rest = bare.replace("page", "").replace("of", "");
    let figures = rest.chars().filter(char::is_ascii_digit).count();
    (1..=8).contains(&figures) && rest.chars().all(|c| c.is_ascii_digit() || "-—–―·•/|第页共()（）,，".contains(c))
}

/// Whether a line is what browsers print at the edges of a page: an address, or date and time.
fn is_print_mark(text: &str) -> bool {
    let mut words = text.split([' ', ',']).filter(|word| !word.is_empty());
    let address = text.starts_with("http") && text.contains("://") || text.replace('ﬁ', "fi").starts_with("file:///");
    let date = words
        .next()
        .is_some_and(|word| word.matches('/').count() == 2 && word.chars().all(|c| c.is_ascii_digit() || c == '/'));
    let time = words.next().is_some_and(|word| {
        word.contains(':')
            && word.trim_start_matches(['上', '下', '午']).chars().all(|c| c.is_ascii_digit() || c == ':')
    });
    address || date && time
}

#[cfg(test)]
mod tests {
    use super::{super::page::Glyph, *};

    /// Glyphs of a line of full-width characters.
    fn line(text: &str, x: f32, y: f32, size: f32) -> Vec<Glyph> {
        let place =
            |(at, c): (usize, char)| Glyph { x: x + at as f32 * size, y, width: size, size, text: c.to_string() };
        text.chars().enumerate().map(place).collect()
    }

    fn check(pages: &[&[(&str, f32, f32, f32)]], expected: &str) -> Vec<usize> {
        let sheet = |lines: &&[(&str, f32, f32, f32)]| {
            let glyphs = lines.iter().flat_map(|(text, x, y, size)| line(text, *x, *y, *size)).collect();
            Sheet { height: 800.0, glyphs }
        };
        let (text, starts) = write(pages.iter().map(sheet).collect());
        assert_eq!(text, expected);
        starts
    }

    #[test]
    fn columns_are_read_one_after_the_other() {
        let rows = |x: f32, texts: [&'static str; 4]| {
            texts
                .into_iter()
                .enumerate()
                .map(move |(at, text)| (text, x, 140.0 + at as f32 * 15.0, 10.0))
                .collect::<Vec<_>>()
        };
        let mut page = vec![("新修道路今日通车", 150.0, 100.0, 20.0)];
        page.extend(rows(
            50.0,
            [
                "甲乙丙丁戊己庚辛壬癸子丑寅卯辰",
                "巳午未申酉戌亥甲乙丙丁戊己庚辛",
                "壬癸子丑寅卯辰巳午未申酉戌亥甲",
                "乙丙丁戊己庚辛壬癸子丑寅卯辰巳",
            ],
        ));
        page.extend(rows(
            220.0,
            [
                "午未申酉戌亥甲乙丙丁戊己庚辛壬",
                "癸子丑寅卯辰巳午未申酉戌亥甲乙",
                "丙丁戊己庚辛壬癸子丑寅卯辰巳午",
                "未申酉戌亥。",
            ],
        ));
        check(
            &[&page],
            "# 新修道路今日通车\n\n甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥甲\
             乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午\
             未申酉戌亥。\n",
        );
    }

    #[test]
    fn headers_footers_and_numbers_are_dropped() {
        let starts = check(
            &[
                &[
                    ("市政文件汇编", 50.0, 40.0, 9.0),
                    ("第一条甲乙丙丁。", 50.0, 200.0, 10.0),
                    ("第1页", 280.0, 770.0, 9.0),
                ],
                &[
                    ("市政文件汇编", 50.0, 40.0, 9.0),
                    ("第二条甲乙丙丁。", 50.0, 200.0, 10.0),
                    ("第2页", 280.0, 770.0, 9.0),
                ],
            ],
            "第一条甲乙丙丁。\n\n第二条甲乙丙丁。\n",
        );
        assert_eq!(starts, [0, "第一条甲乙丙丁。\n\n".len()]);
    }

    #[test]
    fn page_numbers_are_told_from_figures() {
        for text in ["3", "- 3 -", "— 12 —", "第 3 页 共 12 页", "3/12", "Page 3 of 12"] {
            assert!(is_page_number(text), "{text}");
        }
        for text in ["第三条", "2024年", "共计", "电话12345"] {
            assert!(!is_page_number(text), "{text}");
        }
    }
}
