//! What the parts of a question weigh, and how much of them a text covers.

use super::{
    overlap::{Overlap, Pattern},
    retrieve::Retrieved,
};
use crate::{
    index::{Index, View},
    text::is_ideograph,
};

/// What the characters, pairs and words of the question weigh.
#[derive(Clone, Default)]
pub(super) struct Weights {
    /// By position in the question.
    pub(super) single: Vec<f32>,
    pub(super) pair: Vec<f32>,
    /// Range and weight of each word.
    pub(super) words: Vec<(usize, usize, f32)>,
}

impl Weights {
    pub(super) fn new(index: &Index, pattern: &Pattern, retrieved: &Retrieved) -> Weights {
        let length = pattern.chars().len();
        let mut weights = Weights { single: vec![0.0; length], pair: vec![0.0; length], words: Vec::new() };
        let greatest = index.greatest_idf();
        for (term, idf) in retrieved.terms.iter().zip(&retrieved.idfs) {
            // What no passage has is as rare as can be.
            let idf = if *idf == 0.0 { greatest } else { *idf };
            let weight = term.weight * idf * (idf / greatest).sqrt();
            match term.view {
                View::Characters => {
                    weights.single[term.from..term.to].fill(weight / (term.to - term.from) as f32);
                }
                View::Bigrams if term.to == term.from + 2 && is_ideograph(pattern.chars()[term.from]) => {
                    weights.pair[term.to - 1] = weight;
                }
                View::Words if !term.is_numeral() => weights.words.push((term.from, term.to, weight)),
                _ => {}
            }
        }
        weights
    }

    /// Range and weight of each word that is no part of a longer one, in their order.
    pub(super) fn whole_words(&self) -> Vec<(usize, usize, f32)> {
        let within = |from: usize, to: usize| self.words.iter().any(|other| is_part((from, to), (other.0, other.1)));
        let mut words: Vec<(usize, usize, f32)> =
            self.words.iter().copied().filter(|(from, to, _)| from < to && !within(*from, *to)).collect();
        words.sort_by_key(|(from, to, _)| (*from, *to));
        words
    }

    /// What the same weighs where these are to be told apart: what all of them have says nothing, what one of them has most.
    pub(super) fn among(&self, texts: &[&Overlap]) -> Weights {
        let rarity = |from: usize, to: usize| {
            let having = texts.iter().filter(|overlap| overlap.has(from, to)).count();
            if having == 0 { 0.0 } else { ((texts.len() as f32 + 1.0) / (having as f32 + 0.5)).ln() }
        };
        let single = |(at, weight): (usize, &f32)| weight * rarity(at, at + 1);
        let pair = |(at, weight): (usize, &f32)| if at == 0 { 0.0 } else { weight * rarity(at - 1, at + 1) };
        let word = |(from, to, weight): &(usize, usize, f32)| (*from, *to, weight * rarity(*from, *to));
        Weights {
            single: self.single.iter().enumerate().map(single).collect(),
            pair: self.pair.iter().enumerate().map(pair).collect(),
            words: self.words.iter().map(word).collect(),
        }
    }
}

/// Shares of the question that a text covers.
#[derive(Default)]
pub(super) struct Coverage {
    pub(super) single: f32,
    pub(super) pair: f32,
    pub(super) triple: f32,
    pub(super) word: f32,
    /// The heaviest word that is missing, against the heaviest of all.
    pub(super) missing: f32,
}

impl Coverage {
    pub(super) fn new(weights: &Weights, overlap: &Overlap) -> Coverage {
        let run = |at: usize| overlap.run.get(at).copied().unwrap_or(0);
        let of = |weight: &dyn Fn(usize) -> f32, least: usize| {
            let all: f32 = (0..weights.single.len()).map(weight).sum();
            let met: f32 = (0..weights.single.len()).filter(|at| run(*at) >= least).map(weight).sum();
            share(met, all)
        };
        let triple = |at: usize| weights.pair[at] + at.checked_sub(1).map_or(0.0, |before| weights.pair[before]);
        let (mut met, mut all, mut heaviest, mut missing) = (0.0, 0.0, 0f32, 0f32);
        for (from, to, weight) in &weights.words {
            all += weight;
            heaviest = heaviest.max(*weight);
            if overlap.has(*from, *to) {
                met += weight;
            } else {
                missing = missing.max(*weight);
            }
        }
        Coverage {
            single: of(&|at| weights.single[at], 1),
            pair: of(&|at| weights.pair[at], 2),
            triple: of(&triple, 3),
            word: share(met, all),
            missing: share(missing, heaviest),
        }
    }

    /// All of them as one number.
    pub(super) fn sum(&self) -> f32 {
        0.3 * self.single + 0.4 * self.pair + 0.3 * self.word
    }
}

/// Whether a stretch of the question lies within a longer one.
pub(super) fn is_part((from, to): (usize, usize), (start, end): (usize, usize)) -> bool {
    start <= from && to <= end && end - start > to - from
}

/// A part of a whole; nothing where there is no whole.
pub(super) fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    /// Weights of a question of two words of two characters each.
    fn weights() -> Weights {
        Weights { single: vec![1.0; 4], pair: vec![0.0, 3.0, 0.0, 1.0], words: vec![(0, 2, 4.0), (2, 4, 1.0)] }
    }

    #[test]
    fn shares_are_of_what_the_question_weighs() {
        let pattern = Pattern::new(&chars("甲乙丙丁"));
        let cover = Coverage::new(&weights(), &pattern.overlap(&chars("甲乙与丁")));
        assert_eq!((cover.single, cover.pair, cover.word), (0.75, 0.75, 0.8));
        assert_eq!((cover.triple, cover.missing), (0.0, 0.25));
        let whole = Coverage::new(&weights(), &pattern.overlap(&chars("甲乙丙丁")));
        assert_eq!((whole.pair, whole.word, whole.missing), (1.0, 1.0, 0.0));
        // Only what ends three in a row counts as such.
        assert_eq!(whole.triple, 4.0 / 7.0);
        assert_eq!(Coverage::new(&Weights::default(), &Overlap::default()).sum(), 0.0);
    }

    #[test]
    fn what_few_have_tells_them_apart() {
        let pattern = Pattern::new(&chars("甲乙丙丁"));
        let texts = ["甲乙", "甲乙丙丁", "甲乙", "甲乙"].map(|text| pattern.overlap(&chars(text)));
        let among = weights().among(&texts.iter().collect::<Vec<_>>());
        assert!(among.pair[3] > among.pair[1] && among.words[1].2 > among.words[0].2, "{:?}", among.pair);
        let cover = |at: usize| Coverage::new(&among, &texts[at]).sum();
        assert!(cover(1) > 0.999 && cover(0) < 0.4, "{} {}", cover(1), cover(0));
        // What none of them has tells nothing.
        let common = weights().among(&[&texts[0], &texts[0]]);
        assert_eq!((common.pair[3], common.words[1].2), (0.0, 0.0));
    }
}
