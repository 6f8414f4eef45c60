//! What the neighbours of a line make of it: numbered headings are told from list items, articles from mentions of
//! articles, tables of contents and titles of plain texts are found.

use super::lines::{Kind, Line, rank};
use super::marker::{self, Series};

/// Longest numbered line, in characters, that can be a heading: headings name laws, and laws have long names.
const MAX_HEADING_CHARS: usize = 60;

/// Most lines of a table of contents.
const MAX_CONTENTS: usize = 400;

/// Reads the lines in the light of each other.
pub(super) fn read(lines: &mut [Line<'_>]) {
    title(lines);
    contents(lines);
    tables(lines);
    articles(lines);
    chapter_titles(lines);
    numbered_headings(lines);
}

/// A plain text without headings may begin with its title: a short line set off from the rest.
fn title(lines: &mut [Line<'_>]) {
    let marked = |line: &Line<'_>| matches!(line.kind, Kind::Heading { rank } if rank <= rank::BY_LOOK);
    if lines.iter().any(marked) {
        return;
    }
    let [first, second, ..] = lines else {
        return;
    };
    let set_off = second.blank_before || matches!(second.kind, Kind::Article | Kind::Heading { .. });
    let names_something = !first.text.contains(['：', ':']);
    if first.kind == Kind::Text && !first.ended && first.chars <= 60 && set_off && names_something {
        first.kind = Kind::Heading { rank: rank::TITLE };
    }
}

/// A table of contents: 目录, and short lines up to where the first of them comes again.
fn contents(lines: &mut [Line<'_>]) {
    let Some(at) =
        lines.iter().take(60).position(|line| matches!(key(line.text).as_str(), "目录" | "目次" | "contents"))
    else {
        return;
    };
    let Some(first) = lines.get(at + 1).map(|line| key(line.text)) else {
        return;
    };
    let short = |line: &Line<'_>| !line.ended && line.chars <= 60;
    let mut end = at + 1;
    while end < lines.len() && end - at <= MAX_CONTENTS && short(&lines[end]) {
        if end > at + 1 && key(lines[end].text) == first {
            break;
        }
        end += 1;
    }
    let again = end > at + 1 && lines.get(end).is_some_and(|line| key(line.text) == first);
    if !again {
        end = at + 1;
        while end < lines.len() && has_page_number(lines[end].text) {
            end += 1;
        }
    }
    if again || end > at + 1 {
        for line in &mut lines[at..end] {
            line.kind = Kind::Contents;
        }
    }
}

/// What makes two mentions of a heading equal: no white space, no leaders, no page number.
fn key(text: &str) -> String {
    let text =
        text.trim_end_matches(|c: char| c.is_ascii_digit() || c.is_whitespace() || matches!(c, '.' | '…' | '·' | '-'));
    text.chars().filter(|c| !c.is_whitespace()).flat_map(char::to_lowercase).collect()
}

/// Whether leaders and a page number end a line.
fn has_page_number(text: &str) -> bool {
    let rest = text.trim_end_matches(|c: char| c.is_ascii_digit());
    rest.len() < text.len()
        && rest.trim_end().ends_with(['…', '·', '.'])
        && rest.chars().filter(|c| "….·".contains(*c)).count() >= 2
}

/// Rows of tables that do not begin with a bar: the neighbours of a delimiter row.
fn tables(lines: &mut [Line<'_>]) {
    let delimiter = |line: &Line<'_>| line.text.contains('|') && line.text.chars().all(|c| "|-: ".contains(c));
    let mut at = 1;
    while at < lines.len() {
        if lines[at].kind != Kind::Text || !delimiter(&lines[at]) || !lines[at - 1].text.contains('|') {
            at += 1;
            continue;
        }
        let rows = lines[at..].iter().take_while(|line| line.text.contains('|')).count();
        for line in &mut lines[at - 1..at + rows] {
            line.kind = Kind::Table;
        }
        at += rows;
    }
}

/// Articles are lines that begin with 第X条 and a space. Without the space, only the next number in order is believed:
/// a sentence may begin with "第三条规定的".
fn articles(lines: &mut [Line<'_>]) {
    let mut last = 0;
    for line in lines.iter_mut().filter(|line| line.kind == Kind::Article) {
        let inner = line.text.strip_prefix("**").unwrap_or(line.text);
        let Some(mark) = marker::read(inner) else {
            continue;
        };
        let rest = &inner[mark.len..];
        let sure = rest.chars().next().is_none_or(|c| c.is_whitespace() || matches!(c, '【' | '*' | '：' | ':'));
        let about = rest.starts_with([
            '的', '规', '第', '款', '和', '与', '及', '至', '中', '所', '以', '、', '，', '或', '修', '之', '改', '并',
            '增', '删',
        ]);
        if sure || !about && (mark.number == last + 1 || mark.number == last && inner[..mark.len].contains('之')) {
            last = mark.number;
        } else {
            line.kind = Kind::Text;
        }
    }
}

/// The title of a chapter may stand on the line after its number.
fn chapter_titles(lines: &mut [Line<'_>]) {
    for at in 1..lines.len() {
        let Kind::Heading { rank } = lines[at - 1].kind else {
            continue;
        };
        let above = lines[at - 1].text.trim_end_matches(['：', ':']);
        let bare = marker::read(above).is_some_and(|mark| mark.len == above.len())
            || rank == rank::ANNEX && above.chars().count() <= 4;
        let line = &mut lines[at];
        if bare && line.kind == Kind::Text && !line.ended && line.chars <= MAX_HEADING_CHARS {
            line.kind = Kind::Heading { rank: rank + 1 };
        }
    }
}

/// A short numbered line without a mark at its end is a heading if something other than the next number follows it;
/// among the paragraphs of an article, only if an article follows it. So is one that introduces whole paragraphs.
fn numbered_headings(lines: &mut [Line<'_>]) {
    let mut in_article = false;
    for at in 0..lines.len() {
        let Kind::Item(series, _) = lines[at].kind else {
            match lines[at].kind {
                Kind::Article => in_article = true,
                Kind::Heading { .. } | Kind::Comment => in_article = false,
                _ => {}
            }
            continue;
        };
        let line = &lines[at];
        let numbered = !matches!(series, Series::Circled | Series::Letter | Series::Bullet);
        let Some(next) = lines.get(at + 1).filter(|_| numbered && line.chars <= MAX_HEADING_CHARS) else {
            continue;
        };
        let sibling = |kind: Kind| matches!(kind, Kind::Item(other, _) if other == series);
        let paragraph = |line: &Line<'_>| matches!(line.kind, Kind::Item(..)) && !super::is_item(line);
        if line.ended && (!super::introduces(line) || in_article || sibling(next.kind) || !paragraph(next)) {
            continue;
        }
        let heading = match next.kind {
            Kind::Article => true,
            _ if in_article => false,
            Kind::Heading { .. } | Kind::Comment | Kind::Rule | Kind::Contents => false,
            kind if sibling(kind) => false,
            // A number of a larger part follows: nothing stands below this one.
            Kind::Item(other, _) if other < series => false,
            _ => at == 0 || !sibling(lines[at - 1].kind),
        };
        if heading {
            lines[at].kind = Kind::Heading { rank: rank::series(series) };
            in_article = false;
        }
    }
}
