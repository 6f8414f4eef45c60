//! From a question to candidate passages: the query is built from tokens, never parsed.

use super::{
    aliases::{self, Named},
    question::Question,
    terms::{self, Term},
    translate::{self, Reading},
};
use crate::{
    deadline::Deadline,
    index::{Clause, Hit, Index, StoredPassage},
};

/// How many passages are looked at closely: more find next to nothing, fewer cost laws, see docs/quality.md.
pub(super) const CANDIDATES: usize = 40;

/// The same for questions in another language, whose words have many translations.
const TRANSLATED_CANDIDATES: usize = 100;

/// What a search brought up for a question.
pub(super) struct Retrieved {
    /// The terms that were looked up.
    pub(super) terms: Vec<Term>,
    /// For each term a clause in the text, then for each one in the titles.
    pub(super) clauses: Vec<Clause>,
    /// For each clause its idf; 0 where nothing in the corpus has it.
    pub(super) idfs: Vec<f32>,
    /// English words that were read in place of misspelt ones.
    pub(super) respelled: Vec<String>,
    /// The names in the question that the admin gave others beside.
    pub(super) named: Vec<Named>,
    /// For each term the idf of each of its texts.
    pub(super) each: Vec<Vec<f32>>,
    /// The passages, best first.
    pub(super) candidates: Vec<Candidate>,
    /// When all that is done with them must be done.
    pub(super) deadline: Deadline,
}

/// A passage that may answer, on its way through ranking.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) hit: Hit,
    pub(super) passage: StoredPassage,
    /// The features by which the model weighed it; empty where it was not asked.
    pub(super) features: Vec<f32>,
    /// What translations added to the score.
    pub(super) translations: f32,
    /// What it is ordered by.
    pub(super) score: f32,
}

/// The best passages by word match alone, `top` of them or as many as are looked at closely.
pub(super) fn retrieve(
    index: &Index,
    question: &Question,
    top: usize,
    deadline: Deadline,
) -> anyhow::Result<Retrieved> {
    deadline.check()?;
    let named = aliases::named(index, question);
    let mut terms = terms::terms(question, &named);
    let Reading { terms: translated, respelled, foreign } = translate::read(index, question, &named)?;
    // Of a stretch without Chinese nothing is looked up as it was typed, unless there is nothing else.
    let is_foreign = |term: &Term| foreign.iter().any(|range| range.start <= term.from && term.to <= range.end);
    let mut limit = top.max(CANDIDATES);
    if !translated.is_empty() || !terms.iter().all(is_foreign) {
        let apart = |term: &Term| translated.iter().all(|other| term.to <= other.from || other.to <= term.from);
        terms.retain(|term| !is_foreign(term) && apart(term));
    }
    if !translated.is_empty() {
        terms.extend(translated);
        limit = limit.max(TRANSLATED_CANDIDATES);
    }
    let clauses = terms::clauses(&terms);
    let found = index.search(&clauses, limit, deadline)?;
    let mut each = found.each;
    let mut candidates = Vec::with_capacity(found.hits.len());
    for hit in found.hits {
        deadline.check()?;
        candidates.push(Candidate {
            passage: index.passage(&hit)?,
            score: hit.score,
            hit,
            features: Vec::new(),
            translations: 0.0,
        });
    }
    each.truncate(terms.len());
    for (term, idfs) in terms.iter_mut().zip(&mut each).filter(|(term, _)| term.is_translated()) {
        keep_found(term, idfs);
    }
    Ok(Retrieved { terms, respelled, named, clauses, idfs: found.idfs, each, candidates, deadline })
}

/// Keeps those translations that the corpus has; one of them in any case.
fn keep_found(term: &mut Term, idfs: &mut Vec<f32>) {
    let mut found = idfs.iter().map(|idf| *idf > 0.0);
    if idfs.iter().any(|idf| *idf > 0.0) {
        term.texts.retain(|_| found.next().unwrap_or(false));
        idfs.retain(|idf| *idf > 0.0);
    } else {
        term.texts.truncate(1);
        idfs.truncate(1);
    }
}
