//! What a text shares with the question, character by character: for each character of the question the longest common
//! substring that ends there.

use rustc_hash::FxHashMap;

/// The content of a question, made ready for comparison with many texts.
pub(super) struct Pattern {
    /// Its characters; spaces match nothing.
    chars: Vec<char>,
    /// Where each character occurs in it.
    places: FxHashMap<char, Vec<usize>>,
}

/// What a stretch of text shares with the question.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Overlap {
    /// For each character of the question the length of the longest common substring that ends there.
    pub(super) run: Vec<usize>,
    /// Characters of the text that stand in the question.
    pub(super) single: usize,
    /// Characters of the text that end a common substring of two or more.
    pub(super) double: usize,
}

impl Pattern {
    pub(super) fn new(chars: &[char]) -> Pattern {
        let mut places: FxHashMap<char, Vec<usize>> = FxHashMap::default();
        for (at, c) in chars.iter().enumerate().filter(|(_, c)| c.is_alphanumeric()) {
            places.entry(*c).or_default().push(at);
        }
        Pattern { chars: chars.to_vec(), places }
    }

    pub(super) fn chars(&self) -> &[char] {
        &self.chars
    }

    /// Letters, digits and ideographs.
    pub(super) fn letters(&self) -> usize {
        self.chars.iter().filter(|c| c.is_alphanumeric()).count()
    }

    /// Compares a text with the question.
    pub(super) fn overlap(&self, text: &[char]) -> Overlap {
        let mut overlap = Overlap { run: vec![0; self.chars.len()], ..Overlap::default() };
        // The common substrings that end at the character before: where in the question, and how long.
        let mut before: Vec<(usize, usize)> = Vec::new();
        let mut now = Vec::new();
        for c in text {
            now.clear();
            let mut longest = 0;
            for at in self.places.get(c).into_iter().flatten() {
                let earlier = before.iter().find(|(end, _)| end + 1 == *at).map_or(0, |(_, length)| *length);
                now.push((*at, earlier + 1));
                overlap.run[*at] = overlap.run[*at].max(earlier + 1);
                longest = longest.max(earlier + 1);
            }
            overlap.single += usize::from(longest >= 1);
            overlap.double += usize::from(longest >= 2);
            std::mem::swap(&mut before, &mut now);
        }
        overlap
    }

    /// The heaviest common subsequence with a text, by the weights of the question's characters.
    pub(super) fn subsequence(&self, text: &[char], weights: &[f32]) -> f32 {
        let mut best = vec![0f32; self.chars.len() + 1];
        for c in text {
            if !self.places.contains_key(c) {
                continue;
            }
            let mut diagonal = 0.0;
            for at in 1..best.len() {
                let above = best[at];
                if self.chars[at - 1] == *c {
                    best[at] = best[at].max(diagonal + weights[at - 1]);
                }
                best[at] = best[at].max(best[at - 1]);
                diagonal = above;
            }
        }
        best.last().copied().unwrap_or(0.0)
    }
}

impl Overlap {
    /// Whether the text has this stretch of the question.
    pub(super) fn has(&self, from: usize, to: usize) -> bool {
        to > from && self.run.get(to - 1).is_some_and(|run| *run >= to - from)
    }

    /// The length of the longest common substring.
    pub(super) fn longest(&self) -> usize {
        self.run.iter().copied().max().unwrap_or(0)
    }

    /// The overlap of both texts taken together.
    pub(super) fn union(&self, other: &Overlap) -> Overlap {
        Overlap {
            run: self.run.iter().zip(&other.run).map(|(a, b)| *a.max(b)).collect(),
            single: self.single + other.single,
            double: self.double + other.double,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn runs_end_where_common_substrings_end() {
        let pattern = Pattern::new(&chars("重点项目 投资"));
        let overlap = pattern.overlap(&chars("省重点的项目，投资额"));
        assert_eq!(overlap.run, [1, 2, 1, 2, 0, 1, 2]);
        assert_eq!((overlap.single, overlap.double), (6, 3));
        assert_eq!(pattern.overlap(&[]).run, [0; 7]);
    }

    #[test]
    fn subsequences_keep_the_order() {
        let pattern = Pattern::new(&chars("甲乙丙"));
        assert_eq!(pattern.subsequence(&chars("甲x丙"), &[1.0, 2.0, 4.0]), 5.0);
        assert_eq!(pattern.subsequence(&chars("丙甲"), &[1.0, 2.0, 4.0]), 4.0);
        assert_eq!(pattern.subsequence(&chars("丙甲乙"), &[1.0, 2.0, 4.0]), 4.0);
        assert_eq!(pattern.subsequence(&chars("甲乙丙"), &[1.0, 2.0, 4.0]), 7.0);
    }
}
