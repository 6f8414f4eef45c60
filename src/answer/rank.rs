//! The order of the candidates: features, weighed by the model; for words of another language, how well their translations
//! match.

use super::{
    Ranked, Source, closeup, features,
    model::Model,
    question::Question,
    retrieve::{Candidate, Retrieved},
    terms::Term,
};
use crate::index::{Hit, Index};

/// What all translated words of a mixed question together count beside the model; found on questions of xquad of which one
/// or two words were put into English, where 1 to 2 differ little.
const TRANSLATED: f32 = 1.5;

/// Orders the candidates, best first; ties keep the order of retrieval.
pub(super) fn rank(index: &Index, question: &Question, retrieved: &mut Retrieved) -> anyhow::Result<()> {
    let translated = retrieved.terms.iter().any(Term::is_translated);
    let typed = retrieved.terms.iter().any(|term| !term.is_translated());
    let added = if translated { closeup::look(index, retrieved)? } else { Vec::new() };
    if typed || !translated {
        by_model(index, question, retrieved)?;
    }
    match (translated, typed) {
        (true, false) => by_translations(retrieved, &added),
        (true, true) => with_translations(index, retrieved, &added),
        (false, _) => {}
    }
    retrieved.candidates.sort_by(|a, b| b.score.total_cmp(&a.score));
    Ok(())
}

/// What was typed in Chinese is weighed by the model.
fn by_model(index: &Index, question: &Question, retrieved: &mut Retrieved) -> anyhow::Result<()> {
    let model = Model::ranking();
    let mut content = question.content.clone();
    for term in retrieved.terms.iter().filter(|term| term.is_translated()) {
        content[term.from..term.to].fill(' ');
    }
    let rows = features::features(index, &content, retrieved)?;
    for (candidate, values) in retrieved.candidates.iter_mut().zip(rows) {
        candidate.score = model.score(&values);
        candidate.features = values;
    }
    Ok(())
}

/// A question without Chinese: the matches of its translations, and what the closer look added. The model was trained on
/// Chinese questions, whose words stand in the passages as they were typed.
fn by_translations(retrieved: &mut Retrieved, added: &[f32]) {
    for (candidate, added) in retrieved.candidates.iter_mut().zip(added) {
        candidate.translations = candidate.hit.score + added;
        candidate.score = candidate.translations;
    }
}

/// A mixed question: the share of the translated words that a candidate has, beside the model.
fn with_translations(index: &Index, retrieved: &mut Retrieved, added: &[f32]) {
    let terms = &retrieved.terms;
    let is_translated = |clause: usize| terms.get(clause).is_some_and(Term::is_translated);
    let matched = |hit: &Hit| -> f32 {
        hit.matches.iter().filter(|found| is_translated(found.clause)).map(|found| found.score).sum()
    };
    let weighed = terms.iter().zip(&retrieved.idfs).filter(|(term, _)| term.is_translated());
    let all: f32 = weighed.map(|(term, idf)| term.weight * idf * index.shared_rarity(*idf)).sum();
    if all <= 0.0 {
        return;
    }
    for (candidate, added) in retrieved.candidates.iter_mut().zip(added) {
        candidate.translations = TRANSLATED * (matched(&candidate.hit) + added) / all;
        candidate.score += candidate.translations;
    }
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
