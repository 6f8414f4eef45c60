//! Folding: the one form in which questions and documents are compared (width, case, compatibility forms, traditional
//! to simplified), with a map back to the original bytes.

use unicode_normalization::{IsNormalized, UnicodeNormalization, char::canonical_combining_class, is_nfkc_quick};

use super::simplify::simplify;

/// A folded text. Positions count folded characters; every one leads back to the bytes that it came from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folded {
    /// The folded characters.
    pub chars: Vec<char>,
    /// For each folded character the first byte of its origin, then the length of the original.
    starts: Vec<u32>,
    /// For each folded character the byte after its origin.
    ends: Vec<u32>,
}

impl Folded {
    fn push(&mut self, c: char, start: usize, end: usize) {
        self.chars.push(c);
        self.starts.push(u32::try_from(start).unwrap_or(u32::MAX));
        self.ends.push(u32::try_from(end).unwrap_or(u32::MAX));
    }

    /// The folded text as a string.
    pub fn text(&self) -> String {
        string(&self.chars)
    }

    /// The bytes `start..end` of the original from which the characters `from..to` came; empty ranges give an empty span.
    pub fn origin(&self, from: usize, to: usize) -> (usize, usize) {
        if from >= to {
            let at = self.starts.get(from).or(self.ends.last()).map_or(0, |at| *at as usize);
            return (at, at);
        }
        (self.starts[from] as usize, self.ends[to - 1] as usize)
    }

    /// The position of the first folded character whose origin starts at or after the byte `at`.
    pub fn position(&self, at: usize) -> usize {
        self.starts.partition_point(|start| (*start as usize) < at)
    }
}

/// Characters as a string; space for it is taken at once.
pub(crate) fn string(chars: &[char]) -> String {
    let mut text = String::with_capacity(3 * chars.len());
    text.extend(chars);
    text
}

/// Folds a text. Compatibility forms are decomposed and composed (NFKC), letters lower-cased, typographic variants of
/// quotes and dashes unified, traditional characters simplified. The original is never altered.
pub fn fold(text: &str) -> Folded {
    // Most characters have three bytes.
    let most = text.len() / 3 + 1;
    let mut folded =
        Folded { chars: Vec::with_capacity(most), starts: Vec::with_capacity(most), ends: Vec::with_capacity(most) };
    let mut rest = text.char_indices().peekable();
    while let Some((start, c)) = rest.next() {
        let mut end = start + c.len_utf8();
        let stands_alone = rest.peek().is_none_or(|(_, next)| is_plain(*next));
        if is_plain(c) && stands_alone {
            folded.push(c, start, end);
            continue;
        }
        // A letter and the marks that combine with it are one unit: composing them needs both.
        while let Some((_, mark)) = rest.peek() {
            if is_plain(*mark) || mark.is_ascii() || canonical_combining_class(*mark) == 0 {
                break;
            }
            end += mark.len_utf8();
            rest.next();
        }
        push(&mut folded, &text[start..end], start, end);
    }
    simplify(&mut folded.chars);
    folded
}

/// Whether neither composition nor case changes a character, and it combines with nothing: most ideographs, for which the long
/// way would be slow.
fn is_plain(c: char) -> bool {
    ('\u{4e00}'..='\u{9fa5}').contains(&c)
}

fn push(folded: &mut Folded, unit: &str, start: usize, end: usize) {
    let mut add = |c: char| folded.push(c, start, end);
    if is_nfkc_quick(unit.chars()) == IsNormalized::Yes {
        unit.chars().flat_map(char::to_lowercase).for_each(|c| add(unify(c)));
    } else {
        unit.nfkc().flat_map(char::to_lowercase).for_each(|c| add(unify(c)));
    }
}

/// Marks that typists and publishers use for one another.
fn unify(c: char) -> char {
    match c {
        '「' | '」' | '『' | '』' | '“' | '”' | '„' | '‟' | '〝' | '〞' => '"',
        '‘' | '’' | '‚' | '‛' | '′' => '\'',
        '–' | '—' | '―' | '‐' | '‑' | '−' | '﹣' => '-',
        '・' | '•' | '‧' | '∙' | '●' => '·',
        '〇' | '○' => '〇',
        _ => c,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &str) {
        assert_eq!(fold(input).text(), expected);
    }

    #[test]
    fn folds() {
        check("２５３１１ ＧＤＰ", "25311 gdp");
        check("焦作高新區", "焦作高新区");
        check("「十三五」", "\"十三五\"");
        check("e\u{301}té", "été");
        check("㎡ ½", "m2 1⁄2");
        check("", "");
    }

    #[test]
    fn offsets_lead_back() {
        let text = "甲２區㎡乙";
        let folded = fold(text);
        assert_eq!(folded.text(), "甲2区m2乙");
        let origin = |from, to| {
            let (start, end) = folded.origin(from, to);
            &text[start..end]
        };
        assert_eq!(origin(1, 3), "２區");
        assert_eq!(origin(3, 4), "㎡");
        assert_eq!(origin(4, 6), "㎡乙");
        assert_eq!(folded.origin(2, 2), (6, 6));
        assert_eq!(folded.position(6), 2);
    }

    #[test]
    fn plain_characters_need_no_long_way() {
        for c in ('\u{4e00}'..='\u{9fa5}').chain(['\u{9fa6}', 'a', '〇']) {
            let text = c.to_string();
            let (mut long, mut short) = (Folded::default(), Folded::default());
            push(&mut long, &text, 0, text.len());
            short.push(c, 0, text.len());
            assert!(!is_plain(c) || long == short && canonical_combining_class(c) == 0, "{c}");
        }
    }

    proptest! {
        #[test]
        fn every_position_leads_to_whole_characters(text in "\\PC{0,60}") {
            let folded = fold(&text);
            for from in 0..folded.chars.len() {
                let (start, end) = folded.origin(from, from + 1);
                prop_assert!(text.get(start..end).is_some_and(|part| !part.is_empty()));
            }
        }

        #[test]
        fn folding_twice_changes_nothing_more(text in "[a-zA-Z０-９一-龥「」—]{0,40}") {
            let once = fold(&text).text();
            prop_assert_eq!(fold(&once).text(), once);
        }
    }
}
