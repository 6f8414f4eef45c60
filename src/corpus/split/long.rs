//! Cuts a passage that is too long: at the ends of paragraphs, else of sentences, else of clauses, else of characters
//! as a reader sees them.

use unicode_segmentation::{GraphemeCursor, UnicodeSegmentation};

use super::lines::trim;
use crate::passage::Span;

/// Where a text may be cut, the best places first.
const LEVELS: [fn(&str) -> Vec<&str>; 4] = [paragraphs, sentences, clauses, graphemes];

/// The parts of `span`, each at most `limit` characters long and of about the same length.
pub(super) fn cut(text: &str, span: Span, limit: usize) -> Vec<Span> {
    let mut parts = Vec::new();
    if let Some(long) = span.slice(text) {
        pack(long, span.start, limit, 0, &mut parts);
    }
    parts
}

/// Packs the units of a level into parts; a unit that is too long is cut at the next level.
fn pack(long: &str, start: usize, limit: usize, level: usize, parts: &mut Vec<Span>) {
    let total = long.chars().count();
    let target = total.div_ceil(total.div_ceil(limit).max(1));
    let (mut from, mut at, mut length) = (start, start, 0);
    for unit in LEVELS[level](long) {
        let chars = unit.chars().count();
        if length > 0 && (length + chars > limit || length >= target) {
            parts.push(Span::new(from, at));
            (from, length) = (at, 0);
        }
        if chars > limit && level + 1 < LEVELS.len() {
            pack(unit, at, limit, level + 1, parts);
            from = at + unit.len();
        } else {
            length += chars;
        }
        at += unit.len();
    }
    if at > from {
        parts.push(Span::new(from, at));
    }
}

/// The lines of a text, with their line breaks.
fn paragraphs(text: &str) -> Vec<&str> {
    text.split_inclusive('\n').collect()
}

/// The sentences of a text, closing quotes included.
fn sentences(text: &str) -> Vec<&str> {
    after_marks(text, |c, next| match c {
        '。' | '！' | '？' | '；' | '…' | '\n' => true,
        '.' | '!' | '?' => next.is_none_or(char::is_whitespace),
        _ => false,
    })
}

/// The clauses of a text.
fn clauses(text: &str) -> Vec<&str> {
    after_marks(text, |c, _| matches!(c, '，' | '、' | '：' | ',' | ';') || c.is_whitespace())
}

/// The characters as a reader sees them.
fn graphemes(text: &str) -> Vec<&str> {
    text.graphemes(true).collect()
}

/// Cuts after each mark, and after the closing quotes and brackets that follow it.
fn after_marks(text: &str, is_mark: impl Fn(char, Option<char>) -> bool) -> Vec<&str> {
    let mut units = Vec::new();
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((_, c)) = chars.next() {
        if !is_mark(c, chars.peek().map(|&(_, next)| next)) {
            continue;
        }
        while chars
            .next_if(|&(_, c)| {
                matches!(c, '”' | '’' | '"' | '）' | ')' | '》' | '」' | '』' | '。' | '！' | '？' | '…')
            })
            .is_some()
        {}
        let end = chars.peek().map_or(text.len(), |&(at, _)| at);
        if is_boundary(text, end) {
            units.push(&text[from..end]);
            from = end;
        }
    }
    if from < text.len() {
        units.push(&text[from..]);
    }
    units
}

/// A span without white space at its ends, that does not cut a character as a reader sees it; `None` where nothing is left.
pub(super) fn tidy(text: &str, span: Span) -> Option<Span> {
    let part = span.slice(text)?;
    let inner = trim(part);
    if inner.is_empty() {
        return None;
    }
    let mut start = span.start + (inner.as_ptr() as usize - part.as_ptr() as usize);
    let mut end = start + inner.len();
    // White space may carry a combining mark, or be carried by the character before it. A line break never is: both
    // loops end in the same line.
    while is_trimmed_at(text, start) && !is_boundary(text, start) {
        start = text.floor_char_boundary(start - 1);
    }
    while is_trimmed_at(text, end) && !is_boundary(text, end) {
        end = text.ceil_char_boundary(end + 1);
    }
    Some(Span::new(start, end))
}

/// Whether white space was trimmed at a place; elsewhere the edges of a span are boundaries already, and asking would cost
/// a look back over the whole text where it is made of flags.
fn is_trimmed_at(text: &str, at: usize) -> bool {
    let blank = |c: Option<char>| c.is_some_and(|c| trim(c.encode_utf8(&mut [0; 4])).is_empty());
    blank(text[..at].chars().next_back()) || blank(text[at..].chars().next())
}

/// Whether a place lies between two characters as a reader sees them.
fn is_boundary(text: &str, at: usize) -> bool {
    let (Some(before), Some(after)) = (text[..at].chars().next_back(), text[at..].chars().next()) else {
        return true;
    };
    let simple = |c: char| {
        c != '\r'
            && (c.is_ascii()
                || matches!(c, '\u{3001}'..='\u{3029}' | '\u{4e00}'..='\u{9fff}' | '\u{ff01}'..='\u{ff5e}' | '“' | '”'))
    };
    if simple(before) && simple(after) {
        return true;
    }
    GraphemeCursor::new(at, text.len(), true).is_boundary(text, 0).unwrap_or(true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_cut_where_they_pause() {
        let check = |text: &str, limit: usize, expected: &[&str]| {
            let parts = cut(text, Span::new(0, text.len()), limit);
            let parts: Vec<&str> = parts.iter().filter_map(|part| part.slice(text)).collect();
            assert_eq!(parts, expected);
        };
        check("甲乙。丙丁。", 20, &["甲乙。丙丁。"]);
        check("甲乙丙。丁戊。己庚。", 6, &["甲乙丙。", "丁戊。己庚。"]);
        check("一段文字。\n二段文字。\n", 6, &["一段文字。\n", "二段文字。\n"]);
        check("他说：“来。”走了。", 7, &["他说：“来。”", "走了。"]);
        check("甲乙，丙丁，戊己", 3, &["甲乙，", "丙丁，", "戊己"]);
        check("甲乙丙丁戊", 2, &["甲乙", "丙丁", "戊"]);
    }
}
