//! How near a text comes to the words of a question that it has not, by word vectors: a citizen asks about 辞退, the law speaks of
//! 解雇. The nearest word for each word, after Kusner and others, From word embeddings to document distances (2015); the direction of
//! all words together, after Arora and others, A simple but tough-to-beat baseline for sentence embeddings (2017).

use rustc_hash::FxHashMap;

use super::{
    coverage::{is_part, share},
    terms::Term,
};
use crate::{
    index::View,
    text::{Entry, Vector, is_ideograph, rarity, segments, string},
};

/// The words of a question that a text has not are divided by how near its nearest word comes.
pub(super) const BANDS: [(&str, f32, f32); 4] =
    [("same", 0.75, 2.0), ("near", 0.65, 0.75), ("akin", 0.55, 0.65), ("far", -2.0, 0.4)];

/// The words of a question, made ready to be compared with many texts.
pub(super) struct Words {
    words: Vec<Word>,
    direction: Vector,
    /// The words of texts that were read.
    near: FxHashMap<Entry, Near>,
}

struct Word {
    /// As it was typed, and what may stand in its place, each with how far.
    texts: Vec<(String, f32)>,
    weight: f32,
    vector: Vector,
}

/// A word of a text.
struct Near {
    vector: Vector,
    /// How near it comes to each word of the question.
    cosines: Box<[f32]>,
}

/// What was found of a question in a text.
#[derive(Clone, Default)]
pub(super) struct Seen {
    /// For each word of the question how far it stands there, 0..1.
    typed: Vec<f32>,
    /// For each how near the nearest word comes, 0..1.
    near: Vec<f32>,
    /// The direction of all words of the text.
    direction: Vector,
}

/// How near a text comes to a question.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Likeness {
    /// The share of the words that stand there; those that do not count by the nearest word.
    pub(super) share: f32,
    /// The cosine between all words of both.
    pub(super) direction: f32,
    /// What is missing of the word of which most is missing, against the weightiest of all.
    pub(super) missing: f32,
    /// The share of the words that do not stand there, band by band.
    pub(super) bands: [f32; BANDS.len()],
}

impl Words {
    pub(super) fn of(terms: &[Term]) -> Words {
        let is_typed = |term: &&Term| term.view == View::Words && !term.is_translated() && !term.is_numeral();
        let terms: Vec<&Term> = terms.iter().filter(is_typed).collect();
        let place = |term: &Term| (term.from, term.to);
        let whole = terms.iter().filter(|term| !terms.iter().any(|other| is_part(place(term), place(other))));
        let words: Vec<Word> = whole.filter_map(|term| Word::new(term)).collect();
        let mut direction = Vector::default();
        words.iter().for_each(|word| direction.add(&word.vector, word.weight));
        Words { words, direction, near: FxHashMap::default() }
    }

    /// Reads a folded text.
    pub(super) fn read(&mut self, chars: &[char]) -> Seen {
        if self.words.is_empty() {
            return Seen::default();
        }
        let text = string(chars);
        let mut seen = Seen {
            typed: self.words.iter().map(|word| word.stands_in(&text)).collect(),
            near: vec![0.0; self.words.len()],
            direction: Vector::default(),
        };
        let mut word = String::new();
        for range in segments(chars).into_iter().filter(|range| is_ideograph(chars[range.start])) {
            word.clear();
            word.extend(&chars[range]);
            let Some(entry) = Entry::find(&word) else { continue };
            let words = &self.words;
            let near = self.near.entry(entry).or_insert_with(|| {
                let vector = entry.vector();
                Near { cosines: words.iter().map(|word| word.vector.dot(&vector)).collect(), vector }
            });
            seen.direction.add(&near.vector, entry.rarity());
            seen.near.iter_mut().zip(&near.cosines).for_each(|(nearest, cosine)| *nearest = nearest.max(*cosine));
        }
        seen
    }

    pub(super) fn likeness(&self, seen: &Seen) -> Likeness {
        let all: f32 = self.words.iter().map(|word| word.weight).sum();
        let weightiest = self.words.iter().map(|word| word.weight).fold(0f32, f32::max);
        let mut likeness = Likeness { direction: self.direction.cosine(&seen.direction), ..Likeness::default() };
        for ((word, typed), near) in self.words.iter().zip(&seen.typed).zip(&seen.near) {
            let part = share(word.weight, all);
            let met = typed.max(*near);
            likeness.share += part * met;
            likeness.missing = likeness.missing.max(share(word.weight * (1.0 - met), weightiest));
            for ((_, from, to), sum) in BANDS.iter().zip(&mut likeness.bands) {
                if *typed < 1.0 && (*from..*to).contains(near) {
                    *sum += part;
                }
            }
        }
        likeness
    }
}

impl Word {
    fn new(term: &Term) -> Option<Word> {
        let (typed, _) = term.texts.first()?;
        let aliases = term.aliases.iter().map(|(name, _)| (name.clone(), 1.0));
        Some(Word {
            weight: term.weight.min(1.0) * rarity(typed),
            vector: Entry::find(typed).map(Entry::vector).unwrap_or_default(),
            texts: term.texts.iter().chain(&term.reworded).cloned().chain(aliases).collect(),
        })
    }

    fn stands_in(&self, text: &str) -> f32 {
        let found = self.texts.iter().filter(|(typed, _)| text.contains(typed.as_str()));
        found.map(|(_, far)| *far).fold(0f32, f32::max)
    }
}

impl Seen {
    /// What was found in several texts together.
    pub(super) fn union<'s>(several: impl IntoIterator<Item = &'s Seen>) -> Seen {
        let mut union = Seen::default();
        let greatest = |all: &mut Vec<f32>, values: &[f32]| {
            all.resize(values.len(), 0.0);
            all.iter_mut().zip(values).for_each(|(all, value)| *all = all.max(*value));
        };
        for seen in several {
            greatest(&mut union.typed, &seen.typed);
            greatest(&mut union.near, &seen.near);
            union.direction.add(&seen.direction, 1.0);
        }
        union
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::index::Scoring;

    fn words(typed: &[&str]) -> Words {
        let term = |(at, text): (usize, &&str)| Term {
            view: View::Words,
            texts: vec![((*text).to_owned(), 1.0)],
            reworded: Vec::new(),
            aliases: Vec::new(),
            weight: 1.0,
            from: 2 * at,
            to: 2 * at + 2,
            scoring: Scoring::AsTyped,
        };
        Words::of(&typed.iter().enumerate().map(term).collect::<Vec<Term>>())
    }

    fn likeness(words: &mut Words, text: &str) -> Likeness {
        let seen = words.read(&text.chars().collect::<Vec<char>>());
        words.likeness(&seen)
    }

    #[test]
    fn what_is_used_alike_counts_for_less_than_the_word_itself() {
        let mut words = words(&["员工", "辞退"]);
        let same = likeness(&mut words, "员工被公司辞退");
        let alike = likeness(&mut words, "公司解雇了职员");
        let other = likeness(&mut words, "河里有鱼");
        assert!(same.share > 0.99 && same.missing < 0.01, "{same:?}");
        assert!(0.5 < alike.share && alike.share < 0.99, "{alike:?}");
        assert!(alike.share > other.share + 0.2 && alike.direction > other.direction + 0.2, "{alike:?} {other:?}");
        assert!(other.missing > alike.missing);
        assert_eq!(same.bands, [0.0; BANDS.len()]);
        assert!(other.bands[3] > 0.9, "{other:?}");
    }

    #[test]
    fn several_texts_have_what_any_of_them_has() {
        let mut words = words(&["员工", "辞退"]);
        let mut read = |text: &str| words.read(&text.chars().collect::<Vec<char>>());
        let both = Seen::union(&[read("员工"), read("辞退")]);
        assert!(words.likeness(&both).share > 0.99);
        assert_eq!(words.likeness(&Seen::default()), Likeness::default());
    }

    #[test]
    fn a_word_within_another_counts_with_that() {
        let mut of = words(&["图书馆", "图书"]);
        assert_eq!(of.words.len(), 2);
        let term = |text: &str, to: usize| Term {
            view: View::Words,
            texts: vec![(text.to_owned(), 1.0)],
            reworded: vec![("书库".to_owned(), 0.8)],
            aliases: Vec::new(),
            weight: 1.0,
            from: 0,
            to,
            scoring: Scoring::AsTyped,
        };
        of = Words::of(&[term("图书馆", 3), term("图书", 2)]);
        assert_eq!(of.words.len(), 1);
        assert!(likeness(&mut of, "去书库").share >= 0.8);
    }
}
