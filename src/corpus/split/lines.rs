//! Each line of a text and what it is: heading, article, list item, table, code, comment, plain text. First what a line
//! shows by itself, then what its neighbours make of it (see `context`).

use super::marker::{self, Division, Marker, Series};
use crate::passage::Span;

/// What a line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A heading; the smaller the rank, the larger the part that it opens.
    Heading {
        /// Its rank.
        rank: u8,
    },
    /// The first line of an article of a law.
    Article,
    /// A numbered or bulleted line.
    Item(Series, u32),
    /// Any other text.
    Text,
    /// A row of a table.
    Table,
    /// A line inside a fence.
    Code,
    /// A comment.
    Comment,
    /// A rule, or the mark of a fence: decoration.
    Rule,
    /// A line of a table of contents.
    Contents,
}

/// A line that is not blank.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    /// Its text, without white space and heading marks at the ends.
    pub(super) text: &'t str,
    /// Where that text stands.
    pub(super) span: Span,
    /// What it is.
    pub(super) kind: Kind,
    /// Whether an empty line stands before it.
    pub(super) blank_before: bool,
    /// White space before it, in characters.
    pub(super) indent: usize,
    /// Its length in characters.
    pub(super) chars: usize,
    /// Whether it ends as a sentence does.
    pub(super) ended: bool,
}

/// Ranks of headings: Markdown's by level (10 to 60), then what reflow found, then divisions and numbered headings.
pub(super) mod rank {
    use super::{Division, Series};

    /// A title that stands above all.
    pub(in super::super) const TITLE: u8 = 10;
    /// A heading that was recognised by its look.
    pub(in super::super) const BY_LOOK: u8 = 65;
    /// 附件, 附录, 附表.
    pub(in super::super) const ANNEX: u8 = 70;

    /// Of 编, 章, 节.
    pub(in super::super) fn division(division: Division) -> u8 {
        71 + division as u8
    }

    /// Of 一、 （一） 1.
    pub(in super::super) fn series(series: Series) -> u8 {
        80 + series as u8
    }
}

/// The lines of a text that are not blank, by what they show themselves. `headings` are spans known to be headings.
pub(super) fn read<'t>(text: &'t str, headings: &[Span]) -> Vec<Line<'t>> {
    let mut reader = Reader { text, headings, fence: None, in_comment: false };
    let mut lines: Vec<Line<'t>> = Vec::new();
    let mut blank_before = false;
    let mut start = 0;
    for raw in text.split_inclusive('\n') {
        let trimmed = trim(raw);
        if trimmed.is_empty() {
            blank_before = true;
        } else {
            let mut line = plain(text, start, raw, trimmed);
            line.blank_before = blank_before;
            blank_before = false;
            reader.classify(&mut line, lines.last_mut());
            lines.push(line);
        }
        start += raw.len();
    }
    super::context::read(&mut lines);
    lines
}

/// What has to be remembered from line to line.
struct Reader<'t, 'h> {
    text: &'t str,
    headings: &'h [Span],
    fence: Option<&'static str>,
    in_comment: bool,
}

impl<'t> Reader<'t, '_> {
    /// Finds out what a line is by itself; an underline makes a heading of the line above.
    fn classify(&mut self, line: &mut Line<'t>, above: Option<&mut Line<'t>>) {
        let trimmed = line.text;
        let past = self.headings.partition_point(|span| span.end <= line.span.start);
        self.headings = &self.headings[past..];
        if let Some(mark) = self.fence {
            line.kind = if trimmed.starts_with(mark) { Kind::Rule } else { Kind::Code };
            self.fence = (line.kind == Kind::Code).then_some(mark);
        } else if self.in_comment {
            self.in_comment = !trimmed.contains("-->");
            line.kind = Kind::Comment;
        } else if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark)) {
            self.fence = Some(mark);
            line.kind = Kind::Rule;
        } else if trimmed.starts_with("<!--") {
            self.comment(line);
        } else if self.headings.first().is_some_and(|span| span.overlaps(&line.span)) {
            line.kind = Kind::Heading { rank: rank::BY_LOOK };
        } else if let Some((level, heading)) = atx(trimmed) {
            line.narrow(self.text, heading);
            line.kind = match heading {
                "" => Kind::Rule,
                _ if is_article(heading) => Kind::Article,
                _ => Kind::Heading { rank: level * 10 },
            };
        } else if trimmed.starts_with('|') {
            line.kind = Kind::Table;
        } else if let Some(level) = underline(trimmed) {
            line.kind = Kind::Rule;
            let titled = |above: &Line<'_>| above.kind == Kind::Text && above.chars <= 60 && !above.ended;
            if let (Some(level), Some(above), false) = (level, above, line.blank_before)
                && titled(above)
            {
                above.kind = Kind::Heading { rank: level * 10 };
            }
        } else {
            line.kind = by_marker(trimmed);
        }
    }

    /// A line that begins with a comment; what follows the comment on the line is text.
    fn comment(&mut self, line: &mut Line<'t>) {
        match line.text.find("-->").map(|end| trim(&line.text[end + 3..])) {
            Some("") => line.kind = Kind::Comment,
            Some(rest) => line.narrow(self.text, rest),
            None => {
                self.in_comment = true;
                line.kind = Kind::Comment;
            }
        }
    }
}

impl<'t> Line<'t> {
    /// Narrows the line to a part of its text.
    fn narrow(&mut self, text: &'t str, part: &'t str) {
        let start = part.as_ptr() as usize - text.as_ptr() as usize;
        self.text = part;
        self.span = Span::new(start, start + part.len());
        self.chars = part.chars().count();
        self.ended = is_ended(part);
    }
}

/// A line of plain text.
fn plain<'t>(text: &'t str, at: usize, raw: &'t str, trimmed: &'t str) -> Line<'t> {
    let indentation = &raw[..raw.len() - raw.trim_start().len()];
    let mut line = Line {
        text: trimmed,
        span: Span::new(at, at),
        kind: Kind::Text,
        blank_before: false,
        indent: indentation.chars().map(|c| if c == '\u{3000}' { 2 } else { 1 }).sum(),
        chars: 0,
        ended: false,
    };
    line.narrow(text, trimmed);
    line
}

/// What a line is by the mark at its beginning; bold marks of Markdown are looked through.
fn by_marker(text: &str) -> Kind {
    let inner = text.strip_prefix("**").unwrap_or(text);
    match marker::read(inner) {
        Some(mark) => match mark.marker {
            Marker::Article => Kind::Article,
            Marker::Division(division) if is_division_heading(inner, mark.len) => {
                Kind::Heading { rank: rank::division(division) }
            }
            Marker::Division(_) => Kind::Text,
            Marker::Series(series) => Kind::Item(series, mark.number),
        },
        None if is_annex(text) => Kind::Heading { rank: rank::ANNEX },
        None => Kind::Text,
    }
}

/// Whether the text of a Markdown heading is an article of a law.
fn is_article(text: &str) -> bool {
    marker::read(text).is_some_and(|mark| mark.marker == Marker::Article)
}

/// Whether a line that begins with 第X章 is the heading of the chapter rather than a sentence about it.
fn is_division_heading(text: &str, mark: usize) -> bool {
    let title = text[mark..].trim_matches(['*', ' ', '\u{3000}']);
    let about = title.starts_with(['的', '至', '、', '和', '与', '所', '中', '，', '及', '或', '规', '以']);
    !about && !is_ended(text) && text.chars().count() <= 40
}

/// Whether a line is the heading of an annex: 附件, 附件1：…, 附表二.
fn is_annex(text: &str) -> bool {
    let Some(rest) = ["附件", "附录", "附表", "附图", "附"].into_iter().find_map(|word| text.strip_prefix(word))
    else {
        return false;
    };
    let after = rest.trim_start_matches(|c: char| c.is_ascii_digit() || "一二三四五六七八九十".contains(c));
    let title = after.trim_start_matches(['：', ':', ' ', '\u{3000}']);
    let set_off = title.len() < after.len()
        || title.is_empty() && text.starts_with("附件")
        || after.is_empty() && rest.len() > after.len();
    let list = marker::read(title).is_some();
    set_off && !list && text.chars().count() <= 40 && (title.is_empty() || !is_ended(title))
        || text == "附录"
        || text == "附表"
}

/// Level and text of a Markdown heading.
fn atx(text: &str) -> Option<(u8, &str)> {
    let rest = text.trim_start_matches('#');
    let level = text.len() - rest.len();
    if !(1..=6).contains(&level) || !(rest.is_empty() || rest.starts_with([' ', '\u{3000}', '\t'])) {
        return None;
    }
    let heading = trim(trim(rest).trim_end_matches('#'));
    Some((level as u8, heading))
}

/// Whether a line is made of dashes or the like, and of which level a heading above it would be.
fn underline(text: &str) -> Option<Option<u8>> {
    let first = text.chars().next().filter(|c| "-=*_~+－＝─━—".contains(*c))?;
    let only = text.chars().all(|c| c == first || c == ' ');
    (only && text.chars().count() >= 3).then_some(match first {
        '=' | '＝' => Some(1),
        '-' | '－' => Some(2),
        _ => None,
    })
}

/// Whether a text ends as a sentence does, closing quotes and brackets looked through.
pub(super) fn is_ended(text: &str) -> bool {
    let inner = text.trim_end_matches(['”', '’', '"', '\'', ')', '）', '】', '」', '』', '*', '》', ' ']);
    inner.ends_with(['。', '！', '？', '；', '：', '…', '!', '?', ';', ':', '.'])
}

/// A text without white space and invisible characters at its ends.
pub(super) fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{200b}' | '\u{feff}' | '\u{2060}'))
}
