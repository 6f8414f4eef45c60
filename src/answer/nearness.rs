//! How near together a text has the words of a question. Words that stand side by side say the same thing as in the question;
//! strewn over a page they may be about several. Pairs of words within a window come from Metzler and Croft, A Markov random field
//! model for term dependencies (2005); here the share falls off with the distance instead of ending at a window.

use rustc_hash::FxHashMap;

use super::{
    coverage::{Weights, share},
    overlap::Pattern,
};

/// Two words with so many characters between them count a third (1/e) of two that touch. From 5 to 40 all give the
/// same figures, see docs/quality.md.
const REACH: f32 = 15.0;

/// So many occurrences of a word are looked at: a long text costs no more than that.
const MOST: usize = 8;

/// The words of a question, made ready to be found in many texts.
pub(super) struct Words {
    /// In their order, with what each weighs.
    words: Vec<(Vec<char>, f32)>,
    /// Which of them begin with a character.
    beginnings: FxHashMap<char, Vec<usize>>,
}

/// Shares of the pairs of words of a question that a text has, by how near together it has them.
#[derive(Default)]
pub(super) struct Nearness {
    /// Of the words that follow one another in the question.
    pub(super) neighbours: f32,
    /// Of all.
    pub(super) all: f32,
}

impl Words {
    pub(super) fn new(pattern: &Pattern, weights: &Weights) -> Words {
        let text = |(from, to, weight): (usize, usize, f32)| (pattern.chars()[from..to].to_vec(), weight);
        let words: Vec<(Vec<char>, f32)> = weights.whole_words().into_iter().map(text).collect();
        let mut beginnings: FxHashMap<char, Vec<usize>> = FxHashMap::default();
        for (at, (word, _)) in words.iter().enumerate() {
            beginnings.entry(word[0]).or_default().push(at);
        }
        Words { words, beginnings }
    }

    pub(super) fn nearness(&self, text: &[char]) -> Nearness {
        let occurrences = self.occurrences(text);
        let (mut near, mut most) = (Nearness::default(), Nearness::default());
        for (at, (word, weight)) in self.words.iter().enumerate() {
            for (other_at, (other, other_weight)) in self.words.iter().enumerate().skip(at + 1) {
                let weight = (weight * other_weight).sqrt();
                let found = gap((&occurrences[at], word.len()), (&occurrences[other_at], other.len()));
                let met = found.map_or(0.0, |gap| weight * (-(gap as f32) / REACH).exp());
                most.all += weight;
                near.all += met;
                if other_at == at + 1 {
                    most.neighbours += weight;
                    near.neighbours += met;
                }
            }
        }
        Nearness { neighbours: share(near.neighbours, most.neighbours), all: share(near.all, most.all) }
    }

    /// Where each word begins in a text.
    fn occurrences(&self, text: &[char]) -> Vec<Vec<usize>> {
        let mut found = vec![Vec::new(); self.words.len()];
        for (at, c) in text.iter().enumerate() {
            for word in self.beginnings.get(c).into_iter().flatten() {
                if found[*word].len() < MOST && text[at..].starts_with(&self.words[*word].0) {
                    found[*word].push(at);
                }
            }
        }
        found
    }
}

/// How many characters at least stand between two words, each with where it begins and how long it is.
fn gap(one: (&[usize], usize), other: (&[usize], usize)) -> Option<usize> {
    let between = |a: usize, b: usize| if a <= b { b.saturating_sub(a + one.1) } else { a.saturating_sub(b + other.1) };
    one.0.iter().flat_map(|a| other.0.iter().map(|b| between(*a, *b))).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    fn nearness(text: &str) -> Nearness {
        // 高新 is a part of 高新区 and does not count beside it.
        let question = chars("高新区投资项目");
        let words = [(0, 3, 4.0), (0, 2, 9.0), (3, 5, 1.0), (5, 7, 1.0)];
        let pattern = Pattern::new(&question);
        let weights = Weights { words: words.to_vec(), ..Weights::default() };
        Words::new(&pattern, &weights).nearness(&chars(text))
    }

    #[test]
    fn what_touches_counts_in_full() {
        let whole = nearness("本年高新区投资项目很多");
        assert_eq!(whole.neighbours, 1.0);
        // The first word and the last have one between them.
        assert!(whole.all < 1.0 && whole.all > 0.9, "{}", whole.all);
        assert_eq!((nearness("").all, nearness("高新区").all), (0.0, 0.0));
        assert_eq!(Words::new(&Pattern::new(&[]), &Weights::default()).nearness(&chars("高新区")).neighbours, 0.0);
    }

    #[test]
    fn what_is_far_apart_counts_little() {
        let far = format!("高新区{}投资项目", "的".repeat(30));
        let (far, near) = (nearness(&far), nearness("高新区的投资项目"));
        // 投资项目 stands together in both.
        assert!(far.neighbours > 1.0 / 3.0 && far.neighbours < 0.45, "{}", far.neighbours);
        assert!(near.neighbours > 0.9 && near.all > far.all);
        // The nearest occurrences count, in any order.
        assert_eq!(gap((&[0, 50], 3), (&[40], 2)), Some(8));
        assert_eq!(gap((&[7], 3), (&[], 2)), None);
    }
}
