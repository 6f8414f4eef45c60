//! Misspelt English words: the commonest known word at a small edit distance.

use std::collections::HashMap;
use std::sync::OnceLock;

/// Common English words, commonest first, one a line; made by `scripts/build_lexicon.py`.
static WORDS: &[u8] = include_bytes!("../../../data/english-words.bin");

/// A word this common is worth one edit less than one ten times as rare.
const RANK_STEP: f32 = 0.35;

pub(crate) struct Words {
    text: String,
}

impl Words {
    pub(crate) fn shared() -> &'static Words {
        static SHARED: OnceLock<Words> = OnceLock::new();
        SHARED.get_or_init(|| {
            // The limit only guards against a damaged blob: the list is about 400 kB.
            let bytes = miniz_oxide::inflate::decompress_to_vec_with_limit(WORDS, 4 << 20).unwrap_or_default();
            Words { text: String::from_utf8(bytes).unwrap_or_default() }
        })
    }

    /// Place in the list of common words (0 is the commonest).
    pub(crate) fn rank(&self, word: &str) -> Option<usize> {
        static RANKS: OnceLock<HashMap<&'static str, usize>> = OnceLock::new();
        let ranks = RANKS.get_or_init(|| Words::shared().text.lines().enumerate().map(|(n, w)| (w, n)).collect());
        ranks.get(word).copied()
    }

    /// The likeliest intended word for an unknown one: one edit for words of four letters, two from six on.
    pub(crate) fn correct(&self, typed: &str) -> Option<&str> {
        self.near(typed, if typed.len() < 6 { 1 } else { 2 }, usize::MAX)
    }

    /// The likeliest word within `allowed` edits among those of a rank below `below`; none for short or odd words.
    pub(crate) fn near(&self, typed: &str, allowed: usize, below: usize) -> Option<&str> {
        let letters = typed.len();
        if !typed.bytes().all(|b| b.is_ascii_lowercase()) || letters < 4 {
            return None;
        }
        let mut best: Option<(f32, &str)> = None;
        for (rank, word) in self.text.lines().enumerate().take(below) {
            if word.len().abs_diff(letters) > allowed || word.len() < 3 {
                continue;
            }
            let Some(edits) = distance_within(typed.as_bytes(), word.as_bytes(), allowed) else { continue };
            let other_start = if typed.as_bytes()[0] == word.as_bytes()[0] { 0.0 } else { 1.0 };
            let cost = edits as f32 + other_start + RANK_STEP * (1.0 + rank as f32).log10();
            if best.is_none_or(|(least, _)| cost < least) {
                best = Some((cost, word));
            }
        }
        best.map(|(_, word)| word)
    }
}

/// Damerau-Levenshtein distance (optimal string alignment) if it is at most `limit`.
pub(crate) fn distance_within(a: &[u8], b: &[u8], limit: usize) -> Option<usize> {
    let mut before: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let swap = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (previous[j] + 1).min(row[j - 1] + 1).min(previous[j - 1] + swap);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        if row.iter().min().is_none_or(|&least| least > limit) {
            return None;
        }
        before = std::mem::replace(&mut previous, row);
    }
    previous.last().copied().filter(|&edits| edits <= limit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corrections() {
        let check =
            |typed: &str, expected: Option<&str>| assert_eq!(Words::shared().correct(typed), expected, "{typed}");
        check("servise", Some("service"));
        check("evry", Some("every"));
        check("goverment", Some("government"));
        check("recieve", Some("receive"));
        check("investmnet", Some("investment"));
        check("xqzvkw", None);
        check("ab", None);
    }

    #[test]
    fn distances() {
        let check = |a: &str, b: &str, limit, expected| {
            assert_eq!(distance_within(a.as_bytes(), b.as_bytes(), limit), expected)
        };
        check("form", "from", 1, Some(1));
        check("servise", "service", 1, Some(1));
        check("kitten", "sitting", 2, None);
        check("", "a", 1, Some(1));
    }
}
