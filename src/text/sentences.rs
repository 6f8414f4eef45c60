//! Sentences: the smallest pieces that are quoted.

use std::ops::Range;

/// Quotation marks and brackets longer than this many characters do not hold a sentence together: a missing closing
/// mark must not swallow a page.
const LONGEST_ENCLOSURE: usize = 120;

/// Marks that end a sentence wherever they stand.
const TERMINATORS: &str = "。！？!?…";

/// Opening marks with their closing partners.
const PAIRS: [(char, char); 7] =
    [('“', '”'), ('「', '」'), ('『', '』'), ('（', '）'), ('(', ')'), ('《', '》'), ('‘', '’')];

/// Cuts a text into sentences: byte ranges in order, free of surrounding white space, that together hold all that is not
/// white space. A sentence ends at a terminator with the closing marks after it, or at a line break; what is enclosed
/// in quotation marks or brackets stays together where it is short.
pub fn sentences(text: &str) -> Vec<Range<usize>> {
    let chars: Vec<(usize, char)> = text.char_indices().collect();
    let mut found = Vec::new();
    let mut start = 0;
    let mut enclosed_until = 0;
    for (position, (at, c)) in chars.iter().enumerate() {
        if *c == '\n' {
            found.extend(trim(text, start..*at));
            start = *at;
            continue;
        }
        if position >= enclosed_until
            && let Some(close) = closing(&chars, position)
        {
            enclosed_until = close;
        }
        let inside = position < enclosed_until && !last_inside(&chars, position, enclosed_until);
        if !inside && ends(&chars, position) {
            let end = at + c.len_utf8();
            found.extend(trim(text, start..end));
            start = end;
        }
    }
    found.extend(trim(text, start..text.len()));
    found
}

/// The range without white space (and the characters of no width that stand for it) at its ends, or nothing where it holds nothing else.
fn trim(text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let blank = |c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}');
    let part = &text[range.clone()];
    let start = range.start + (part.len() - part.trim_start_matches(blank).len());
    let end = range.start + part.trim_end_matches(blank).len();
    (start < end).then_some(start..end)
}

/// Whether a sentence ends right after this character: it is a terminator or a closing mark behind one, and no further
/// terminator or closing mark follows.
fn ends(chars: &[(usize, char)], position: usize) -> bool {
    let next = chars.get(position + 1).map(|pair| pair.1);
    if next.is_some_and(|next| TERMINATORS.contains(next) || is_closing(next)) {
        return false;
    }
    let mut last = position;
    while is_closing(chars[last].1) && last > 0 {
        last -= 1;
    }
    TERMINATORS.contains(chars[last].1) || chars[last].1 == '.' && full_stop(chars, last, next)
}

/// A full stop of an English sentence: behind a letter of a word, before a space and a capital or before the end.
fn full_stop(chars: &[(usize, char)], position: usize, next: Option<char>) -> bool {
    let before = position.checked_sub(2).map(|at| (chars[at].1, chars[at + 1].1));
    let word =
        before.is_some_and(|(first, second)| first.is_alphanumeric() && second.is_alphanumeric() && second.is_ascii());
    let after = chars.get(position + 2).is_none_or(|pair| pair.1.is_uppercase() || !pair.1.is_ascii());
    word && next.is_none_or(|next| next == '\n' || next.is_whitespace() && after)
}

fn is_closing(c: char) -> bool {
    c == '"' || PAIRS.iter().any(|pair| pair.1 == c)
}

/// The position of the mark that closes the one at `position`, if that is near and on the same line.
fn closing(chars: &[(usize, char)], position: usize) -> Option<usize> {
    let (open, close) = *PAIRS.iter().find(|pair| pair.0 == chars[position].1)?;
    let mut depth = 0;
    for (ahead, (_, c)) in chars[position..].iter().take(LONGEST_ENCLOSURE).enumerate() {
        match *c {
            '\n' => return None,
            c if c == open => depth += 1,
            c if c == close => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(position + ahead);
        }
    }
    None
}

/// Whether only closing marks stand between this character and the end of the enclosure: then the end counts there.
fn last_inside(chars: &[(usize, char)], position: usize, close: usize) -> bool {
    chars[position + 1..=close].iter().all(|pair| is_closing(pair.1))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &[&str]) {
        let cut: Vec<&str> = sentences(input).into_iter().map(|range| &input[range]).collect();
        assert_eq!(cut, expected);
    }

    #[test]
    fn chinese_sentences() {
        check("一座城。两条河！三个人？", &["一座城。", "两条河！", "三个人？"]);
        check("他说：“走吧。”然后走了。", &["他说：“走吧。”", "然后走了。"]);
        check("“先干。再说。”他说。", &["“先干。再说。”", "他说。"]);
        check("依照本法（见附件。第二页）执行。完。", &["依照本法（见附件。第二页）执行。", "完。"]);
        check("真的？！是的……对。", &["真的？！", "是的……", "对。"]);
        check("标题\n正文一。\n\n 正文二", &["标题", "正文一。", "正文二"]);
        check("没有关上的“引号。第二句。", &["没有关上的“引号。", "第二句。"]);
    }

    #[test]
    fn english_sentences() {
        check("It rose by 12.6% in 2020. Then it fell.", &["It rose by 12.6% in 2020.", "Then it fell."]);
        check("See www.example.com for more.", &["See www.example.com for more."]);
    }

    #[test]
    fn nothing_to_cut() {
        check("", &[]);
        check(" \n ", &[]);
        check("。", &["。"]);
    }

    proptest! {
        #[test]
        fn sentences_hold_the_whole_text(text in "[一-十“”（）。！？a-zA-Z0-9. \n\u{301}👍]{0,80}") {
            let cut = sentences(&text);
            let mut last = 0;
            let mut kept = String::new();
            for range in cut {
                prop_assert!(last <= range.start && range.start < range.end);
                last = range.end;
                kept.push_str(&text[range]);
            }
            let without = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(without(&kept), without(&text));
        }
    }
}
