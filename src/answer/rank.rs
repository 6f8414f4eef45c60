//! The order of the candidates: features, weighed by the model.

use super::{
    Ranked, Source, features,
    model::Model,
    question::Question,
    retrieve::{Candidate, Retrieved},
};
use crate::index::Index;

/// Orders the candidates, best first; ties keep the order of retrieval.
pub(super) fn rank(index: &Index, question: &Question, retrieved: &mut Retrieved) {
    let model = Model::ranking();
    let rows = features::features(index, &question.content, retrieved);
    for (candidate, values) in retrieved.candidates.iter_mut().zip(rows) {
        candidate.score = model.parts(&values).iter().sum();
    }
    retrieved.candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
}

impl Candidate {
    /// The candidate as the answer shows it.
    pub(super) fn ranked(&self, index: &Index) -> Ranked {
        Ranked {
            text: self.passage.text.clone(),
            document: Source::of(index, &self.passage.path),
            section: self.passage.section.clone(),
            span: self.passage.span,
            score: self.score,
        }
    }
}
