//! Whether the quotes answer the question: a model weighs the signals into the confidence, and the verdict follows from it. What
//! shares next to nothing with the question is not shown at all. docs/quality.md says what the model was learned from.

use serde::Serialize;

use super::{
    Quote, Verdict, aspects,
    evidence::{Sentence, Text},
    model::Model,
    question::Question,
    retrieve::{Candidate, Retrieved},
    signals,
};
use crate::index::Index;

/// What answers has at least this confidence: cross-validated, of the right quotes 91 in a hundred lie above it on the bundled
/// article, 87 on all single documents, 93 to 100 on many (docs/quality.md).
const ANSWER: f32 = 0.5;
/// Below this share of the question nothing was found, whatever the confidence.
const NOTHING: f32 = 0.14;
/// What is taken from the share where the passage shows nothing of the kind that was asked for.
const MISSING: f32 = 0.4;

/// How a verdict came about.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Judgement {
    /// The verdict.
    pub verdict: Verdict,
    /// The confidence behind it.
    pub confidence: f32,
    /// The confidence that an answer must reach.
    pub threshold: f32,
    /// The share of the question that must stand where the first quote does, or nothing is shown.
    pub least: f32,
    /// How much of the question stands where the first quote does; nothing where nothing is quoted.
    pub coverage: Option<Coverage>,
    /// What the confidence is made of: each signal with its value.
    pub signals: Vec<(String, f32)>,
}

/// How much of a question a passage and its titles cover.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Coverage {
    /// What decides whether anything is shown: the whole or the clause that asks, whichever is more, less what is missing.
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

/// The verdict and the confidence behind it; `quoted` are the quotes and the sentences that they were chosen from.
pub(super) fn decide(
    index: &Index,
    question: &Question,
    retrieved: &Retrieved,
    quoted: (&[Quote], &[Sentence]),
) -> Judgement {
    let mut judgement = Judgement {
        verdict: Verdict::None,
        confidence: 0.0,
        threshold: ANSWER,
        least: NOTHING,
        coverage: None,
        signals: Vec::new(),
    };
    let Some(candidate) = found(retrieved, quoted.0) else { return judgement };
    let row = signals::signals(index, question, retrieved, candidate, quoted);
    let coverage = covered(index, question, retrieved, candidate);
    judgement.confidence = 1.0 / (1.0 + (-Model::verdict().score(&row.values)).exp());
    judgement.verdict = match coverage.share {
        share if share < NOTHING => Verdict::None,
        _ if judgement.confidence >= judgement.threshold => Verdict::Answer,
        _ => Verdict::Related,
    };
    judgement.coverage = Some(coverage);
    judgement.signals = row.names.into_iter().zip(row.values).collect();
    judgement
}

/// The candidate that the first quote stands in.
pub(super) fn found<'r>(retrieved: &'r Retrieved, quotes: &[Quote]) -> Option<&'r Candidate> {
    let quote = quotes.first()?;
    let quoted = |candidate: &&Candidate| {
        candidate.passage.path == quote.document.path && candidate.passage.span.overlaps(&quote.span)
    };
    retrieved.candidates.iter().find(quoted)
}

/// The share of the question that a candidate and its titles cover: of the whole, or of the clause that asks, whichever is more;
/// what a citizen tells of themselves beside the question need not stand in a document.
fn covered(index: &Index, question: &Question, retrieved: &Retrieved, candidate: &Candidate) -> Coverage {
    let text = Text::new(&candidate.passage.text);
    let titles = Text::new(&index.titles(&candidate.passage));
    let asking = question.asking();
    let (mut whole, mut clause, mut words) = (Sum::default(), Sum::default(), Vec::new());
    for (term, idf) in retrieved.terms.iter().zip(&retrieved.idfs) {
        let weight = signals::weight(index, term, *idf);
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
