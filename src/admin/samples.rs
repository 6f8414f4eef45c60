//! Training material: the features of passages and sentences of questions whose answers are known.

use serde::Serialize;

use super::evaluate::{Case, comparable, hold, is_gold};
use crate::{
    answer::{self, Sample},
    index::Index,
};

/// What is weighed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weighed {
    /// The candidates of a question, by the model of the ranking.
    Passages,
    /// The sentences of the best candidates, by the model of the quotes.
    Sentences,
    /// Whether the quotes answer, by the model of the verdict: one row a question.
    Verdicts,
}

/// The samples of one question.
#[derive(Serialize)]
pub struct Samples {
    /// The question.
    pub id: String,
    /// What answers it: documents, or parts of documents. Questions that share one must not be divided between training and
    /// testing.
    pub gold: Vec<String>,
    /// For each sample, best first, whether it is what was sought.
    pub labels: Vec<bool>,
    /// Whether the corpus answers the question.
    pub answerable: bool,
    /// Whether `gold` names documents or passages; otherwise it repeats the answers.
    pub documents: bool,
    /// For each sample its features.
    pub rows: Vec<Vec<f32>>,
}

impl Weighed {
    /// The names of the features.
    pub fn names(self) -> Vec<String> {
        match self {
            Weighed::Passages => answer::passage_features(),
            Weighed::Sentences => answer::sentence_features(),
            Weighed::Verdicts => answer::verdict_signals(),
        }
    }

    /// The samples of a question, or nothing where it is not known what is sought.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn samples(self, index: &Index, case: &Case) -> anyhow::Result<Option<Samples>> {
        let (question, context) = (&case.question, case.context.as_deref());
        let (rows, labels): (Vec<Vec<f32>>, Vec<bool>) = match self {
            Weighed::Verdicts if case.answerable && case.answers.is_empty() => return Ok(None),
            Weighed::Passages if case.passages.is_empty() && case.answers.is_empty() => return Ok(None),
            Weighed::Sentences if case.answers.is_empty() => return Ok(None),
            Weighed::Passages => {
                let found = answer::passage_samples(index, question, context)?;
                let gold = |sample: &Sample| is_gold(&sample.path, &sample.text, &case.passages);
                let labels =
                    if case.passages.is_empty() { telling(case, &found) } else { found.iter().map(gold).collect() };
                (rows(found), labels)
            }
            Weighed::Sentences => {
                let found = answer::sentence_samples(index, question, context)?;
                let labels = telling(case, &found);
                (rows(found), labels)
            }
            Weighed::Verdicts => {
                let Some((quotes, row)) = answer::verdict_sample(index, question, context)? else { return Ok(None) };
                (vec![row], vec![case.answerable && hold(&quotes, case)])
            }
        };
        let parts = case.passages.iter().map(|gold| gold.text.clone().unwrap_or_else(|| gold.document.clone()));
        let mut gold: Vec<String> = parts.collect();
        if gold.is_empty() {
            gold.push(case.answers.concat().concat());
        }
        Ok(Some(Samples {
            id: case.id.clone(),
            gold,
            labels,
            rows,
            answerable: case.answerable,
            documents: !case.passages.is_empty(),
        }))
    }
}

fn rows(found: Vec<Sample>) -> Vec<Vec<f32>> {
    found.into_iter().map(|sample| sample.features).collect()
}

/// The sentences or passages that hold most of the answers, where any holds some; those of other documents than the gold ones do
/// not count.
fn telling(case: &Case, found: &[Sample]) -> Vec<bool> {
    let held = |sample: &Sample| {
        let elsewhere = !case.passages.is_empty() && !case.passages.iter().any(|gold| gold.document == sample.path);
        let text = comparable(&sample.text);
        let group = |group: &&Vec<String>| group.iter().any(|answer| text.contains(&comparable(answer)));
        if elsewhere { 0 } else { case.answers.iter().filter(group).count() }
    };
    let held: Vec<usize> = found.iter().map(held).collect();
    let most = held.iter().copied().max().unwrap_or(0);
    held.into_iter().map(|held| held > 0 && held == most).collect()
}
