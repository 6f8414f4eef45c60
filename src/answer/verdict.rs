//! Whether the quotes answer the question. The confidence is a share of the question's words that stand where the first quote
//! does, each counted by how rare it is in this corpus and in Chinese at large, set against what chance would bring in a
//! corpus of this size. docs/quality.md has the figures behind the constants.

use std::ops::Range;

use serde::Serialize;

use super::{
    Quote, Verdict, aspects,
    evidence::Text,
    question::Question,
    retrieve::{Candidate, Retrieved},
    terms::Term,
};
use crate::{
    index::{Index, View},
    text::rarity,
};

/// The share that an answer must reach in a small corpus, and in a large one, where chance matches are more.
const SMALL: (f32, f32) = (50.0, 0.225);
const LARGE: (f32, f32) = (1000.0, 0.54);
/// Below this share nothing was found, whatever the size.
const NOTHING: f32 = 0.14;
/// What is taken from the share where the passage shows nothing of the kind that was asked for.
const MISSING: f32 = 0.4;
/// A clause with fewer letters or ideographs says too little to be taken by itself.
const ASKING: usize = 4;
/// What ends a clause of a question.
const CLAUSE_ENDS: &str = ",。?!;:\n";
/// What is asked in another language must reach so much more: each word has many translations, and some of them stand anywhere.
const FOREIGN: f32 = 0.12;
/// Steepness of the confidence around the share that an answer must reach; at that share it is one half.
const STEEPNESS: f32 = 12.0;

/// How a verdict came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The confidence behind it.
    pub confidence: f32,
    /// What an answer must reach in this corpus, for this question.
    pub threshold: f32,
    /// What a related passage must reach.
    pub least: f32,
    /// How much of the question stands where the first quote does; nothing where nothing is quoted.
    pub coverage: Option<Coverage>,
}

/// How much of a question a passage and its titles cover.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// What decides: the whole or the clause that asks, whichever is more, less what is missing.
    pub share: f32,
    /// The share of the whole question.
    pub whole: f32,
    /// The share of the clause that asks.
    pub clause: f32,
    /// What is taken off, because the passage shows nothing of the kind that was asked for.
    pub missing: f32,
    /// The terms of the question.
    pub words: Vec<Word>,
}

/// A term of the question, as the verdict counts it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Word {
    /// The first of its texts.
    pub term: String,
    /// What it counts.
    pub weight: f32,
    /// How far the passage or its titles have it, 0..1.
    pub met: f32,
}

/// The verdict and the confidence behind it.
pub(super) fn decide(index: &Index, question: &Question, retrieved: &Retrieved, quotes: &[Quote]) -> Judgement {
    let found = quotes.first().and_then(|quote| {
        let quoted = |candidate: &&Candidate| {
            candidate.passage.path == quote.document.path && candidate.passage.span.overlaps(&quote.span)
        };
        retrieved.candidates.iter().find(quoted)
    });
    let foreign = retrieved.terms.iter().all(Term::is_translated);
    let threshold = threshold(index.passage_count()) + if foreign { FOREIGN } else { 0.0 };
    let coverage = found.map(|candidate| covered(index, question, retrieved, candidate));
    let (verdict, confidence) = match coverage.as_ref().map(|coverage| coverage.share) {
        None => (Verdict::None, 0.0),
        Some(share) => {
            let confidence = 1.0 / (1.0 + (-STEEPNESS * (share - threshold)).exp());
            let verdict = match share {
                share if share >= threshold => Verdict::Answer,
                share if share >= NOTHING => Verdict::Related,
                _ => Verdict::None,
            };
            (verdict, confidence)
        }
    };
    Judgement { verdict, confidence, threshold, least: NOTHING, coverage }
}

/// The share that an answer must reach in a corpus of so many passages: it grows with the logarithm of the size.
fn threshold(passages: u64) -> f32 {
    let (small, least) = SMALL;
    let (large, most) = LARGE;
    let size = ((passages.max(1) as f32 / small).ln() / (large / small).ln()).clamp(0.0, 1.0);
    least + (most - least) * size
}

/// The share of the question that a candidate and its titles cover: of the whole, or of the clause that asks, whichever is more;
/// what a citizen tells of themselves beside the question need not stand in a document.
fn covered(index: &Index, question: &Question, retrieved: &Retrieved, candidate: &Candidate) -> Coverage {
    let text = Text::new(&candidate.passage.text);
    let titles = Text::new(&index.titles(&candidate.passage));
    let asking = asking(question);
    let (mut whole, mut clause, mut words) = (Sum::default(), Sum::default(), Vec::new());
    for (term, idf) in retrieved.terms.iter().zip(&retrieved.idfs) {
        let view = if term.view == View::Bigrams { 1.0 } else { 0.7 };
        let here = if *idf == 0.0 { 1.0 } else { idf / index.greatest_idf() };
        let anywhere = term.texts.first().map_or(1.0, |(text, _)| rarity(text));
        let weight = term.weight.min(1.0) * view * (here + anywhere) / 2.0;
        let met = text.meets(term).max(titles.meets(term)).min(1.0);
        whole.add(weight, met);
        words.push(Word { term: term.texts.first().map(|(text, _)| text.clone()).unwrap_or_default(), weight, met });
        if asking.iter().any(|range| range.start <= term.from && term.to <= range.end) {
            clause.add(weight, met);
        }
    }
    let missing = MISSING * aspects::missing(&question.folded.text(), text.folded());
    let (whole, clause) = (whole.share(), clause.share());
    Coverage { share: whole.max(clause) - missing, whole, clause, missing, words }
}

#[derive(Default)]
struct Sum {
    met: f32,
    all: f32,
}

impl Sum {
    fn add(&mut self, weight: f32, met: f32) {
        self.all += weight;
        self.met += weight * met;
    }

    fn share(&self) -> f32 {
        if self.all > 0.0 { self.met / self.all } else { 0.0 }
    }
}

/// The clauses of a question that have a question word and enough content to go by.
fn asking(question: &Question) -> Vec<Range<usize>> {
    let chars = &question.folded.chars;
    let mut clauses = Vec::new();
    let mut start = 0;
    for end in 0..=chars.len() {
        if end < chars.len() && !CLAUSE_ENDS.contains(chars[end]) {
            continue;
        }
        let content = &question.content[start..end];
        let cut = content.iter().zip(&chars[start..end]).any(|(left, was)| left != was);
        if cut && content.iter().filter(|c| c.is_alphanumeric()).count() >= ASKING {
            clauses.push(start..end);
        }
        start = (end + 1).min(chars.len());
    }
    clauses
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_threshold_grows_with_the_corpus() {
        let (small, middle, large) = (threshold(10), threshold(220), threshold(1_000_000));
        assert_eq!((small, large), (SMALL.1, LARGE.1));
        assert!(small < middle && middle < large);
    }
}
