//! The lines of a text as reflow sees them, and the regions of running prose between lines that have a structure of
//! their own (Markdown, tables, code, quotations), which are never touched.

use super::measure::{Ending, Ink, head, is_cjk, is_stretched};

/// A line that is not blank.
#[derive(Clone, Copy, Debug)]
pub(super) struct Line<'t> {
    /// The line without white space at its ends.
    pub(super) text: &'t str,
    /// Byte offset of the line's first byte, indentation included.
    pub(super) start: usize,
    /// Byte offset after the last byte, line break excluded.
    pub(super) end: usize,
    /// Whether an empty line stands before it.
    pub(super) blank_before: bool,
    /// The white space before it.
    pub(super) indentation: &'t str,
    /// Whether it ends with two spaces: a line break that was meant, in Markdown.
    pub(super) hard_break: bool,
    /// Width of the indentation in ems.
    pub(super) indent: f32,
    /// Its ink.
    pub(super) ink: Ink,
    /// The ink of its unbreakable head.
    pub(super) head: Ink,
    /// How it ends.
    pub(super) ending: Ending,
    /// Whether it was stretched to the full width.
    pub(super) stretched: bool,
    /// Whether it begins with the mark of a list, a numbered heading or an article.
    pub(super) marked: bool,
}

/// Runs of lines without structure of their own, in order.
pub(super) fn regions(text: &str) -> Vec<Vec<Line<'_>>> {
    let mut regions = Vec::new();
    let mut current: Vec<Line<'_>> = Vec::new();
    let mut blank_before = false;
    let mut fence: Option<&str> = None;
    let mut comment = false;
    let mut start = 0;
    for raw in text.split_inclusive('\n') {
        let line = raw.strip_suffix('\n').unwrap_or(raw);
        let trimmed = line.trim();
        let at = start;
        start += raw.len();
        if trimmed.is_empty() && fence.is_none() {
            blank_before = true;
            continue;
        }
        let opened = fence;
        let fenced = opened.is_some() || comment || trimmed.starts_with("<!--");
        if let Some(mark) = fence {
            if trimmed.starts_with(mark) {
                fence = None;
            }
        } else if let Some(mark) = ["```", "~~~"].into_iter().find(|mark| trimmed.starts_with(mark)) {
            fence = Some(mark);
        }
        if comment || trimmed.starts_with("<!--") {
            comment = !trimmed.contains("-->");
        }
        if fenced || fence.is_some() || is_structure(line) {
            if !current.is_empty() {
                regions.push(std::mem::take(&mut current));
            }
        } else {
            current.push(measure(line, at, blank_before && !current.is_empty()));
        }
        blank_before = false;
    }
    if !current.is_empty() {
        regions.push(current);
    }
    regions
}

/// Measures one line.
fn measure(line: &str, start: usize, blank_before: bool) -> Line<'_> {
    let text = line.trim();
    let indentation = &line[..line.len() - line.trim_start().len()];
    let indent = indentation.chars().map(|c| if c == '\u{3000}' { 1.0 } else { 0.5 }).sum();
    Line {
        text,
        start,
        end: start + line.len(),
        blank_before,
        indentation,
        hard_break: line.ends_with("  ") || text.ends_with('\\'),
        indent,
        ink: Ink::of(text),
        head: Ink::of(head(text)),
        ending: Ending::of(text),
        stretched: is_stretched(text),
        marked: is_marked(text),
    }
}

/// Whether a line has a structure of its own.
fn is_structure(line: &str) -> bool {
    let text = line.trim();
    if text.starts_with('|') || text.starts_with('>') || text.contains('\t') || is_atx(text) {
        return true;
    }
    if text.starts_with('<') && text[1..].starts_with(|c: char| c.is_ascii_alphabetic() || c == '/') {
        return true;
    }
    if text.chars().all(|c| matches!(c, '-' | '=' | '*' | '_' | '+' | '~' | ' ' | '－' | '＝' | '─')) {
        return true;
    }
    columns(text) || looks_like_code(line)
}

/// Whether a line is a Markdown heading.
fn is_atx(text: &str) -> bool {
    let rest = text.trim_start_matches('#');
    rest.len() < text.len() && (rest.is_empty() || rest.starts_with([' ', '\u{3000}']))
}

/// Whether wide gaps stand between words, as between the columns of a table.
fn columns(text: &str) -> bool {
    let mut gap = 0;
    let mut gaps = 0;
    for c in text.chars() {
        if c.is_whitespace() {
            gap += if c == '\u{3000}' { 2 } else { 1 };
        } else {
            gaps += usize::from(gap >= 3);
            gap = 0;
        }
    }
    gaps > 0
}

/// Whether a line reads like program text: no Chinese, and marks that prose does not end or begin with.
fn looks_like_code(line: &str) -> bool {
    let text = line.trim();
    if text.chars().any(is_cjk) {
        return false;
    }
    text.ends_with(['{', '}', ';', '\\'])
        || text.starts_with(['{', '}', '$', '@', '<'])
        || text.starts_with("//")
        || text.contains("::")
        || text.contains("()")
        || text.contains(" = ")
}

/// Whether a line begins with a mark that only begins a line: 一、 （一） 1. (1) ① 第一条 第一章, or a bullet.
pub(in crate::corpus) fn is_marked(text: &str) -> bool {
    const NUMERALS: &str = "零〇一二三四五六七八九十百千两";
    let numeral = |c: char| NUMERALS.contains(c);
    let mut chars = text.chars();
    let Some(first) = chars.next() else {
        return false;
    };
    let rest = chars.as_str();
    match first {
        '（' | '(' => {
            let inner = rest.trim_start_matches(|c: char| numeral(c) || c.is_ascii_digit());
            inner.len() < rest.len() && rest.len() - inner.len() <= 9 && inner.starts_with(['）', ')'])
        }
        '第' => {
            let inner = rest.trim_start().trim_start_matches(|c: char| numeral(c) || c.is_ascii_digit());
            let unit = inner.trim_start();
            inner.len() < rest.len()
                && unit.starts_with(['编', '章', '节', '条'])
                && unit.chars().nth(1).is_none_or(|c| c.is_whitespace() || c == '之')
        }
        '①'..='⑳' | '•' | '●' | '■' | '◆' | '□' | '▶' | '▲' | '★' | '☆' | '※' => true,
        '-' | '*' | '+' | '–' | '·' => rest.starts_with(' '),
        _ if numeral(first) => text.trim_start_matches(numeral).starts_with('、'),
        _ if first.is_ascii_digit() => {
            let inner = text.trim_start_matches(|c: char| c.is_ascii_digit());
            let mut after = inner.chars();
            text.len() - inner.len() <= 3
                && match after.next() {
                    Some('、' | '．') => true,
                    Some('.' | ')') => after.next().is_some_and(|c| c == ' ' || is_cjk(c)),
                    _ => false,
                }
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_begin_lines() {
        for line in [
            "一、总则",
            "（一）范围",
            "1. 申请",
            "1、申请",
            "(2)材料",
            "①",
            "第三条 为了",
            "第十三条之一 有",
            "- 项",
            "▶ 刘琦",
        ] {
            assert!(is_marked(line), "{line}");
        }
        for line in ["1.5亿元", "2021年", "（见下）", "第三条的决定", "一个", "-5度"] {
            assert!(!is_marked(line), "{line}");
        }
    }

    #[test]
    fn structure_parts_the_text() {
        let text = "一行\n二行\n# 标题\n三行\n```\ncode\n\nmore\n```\n四行\n<!-- a\nb -->\n五行\n| x |\n";
        let texts: Vec<Vec<&str>> = regions(text).iter().map(|r| r.iter().map(|l| l.text).collect()).collect();
        assert_eq!(texts, [vec!["一行", "二行"], vec!["三行"], vec!["四行"], vec!["五行"]]);
    }
}
