//! From a question to candidate passages: the query is built from tokens, never parsed.

use super::{
    question::Question,
    terms::{self, Term},
};
use crate::index::{Clause, Hit, Index, StoredPassage};

/// How many passages are looked at closely: deeper finds no more on any measuring set, see docs/quality.md.
pub(super) const CANDIDATES: usize = 50;

/// What a search brought up for a question.
pub(super) struct Retrieved {
    /// The terms that were looked up.
    pub(super) terms: Vec<Term>,
    /// For each term a clause in the text, then for each one in the titles.
    pub(super) clauses: Vec<Clause>,
    /// For each clause its idf; 0 where nothing in the corpus has it.
    pub(super) idfs: Vec<f32>,
    /// The passages, best first.
    pub(super) candidates: Vec<Candidate>,
}

/// A passage that may answer, on its way through ranking.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) hit: Hit,
    pub(super) passage: StoredPassage,
    /// What it is ordered by.
    pub(super) score: f32,
}

/// The best passages by word match alone, `top` of them or as many as are looked at closely.
pub(super) fn retrieve(index: &Index, question: &Question, top: usize) -> anyhow::Result<Retrieved> {
    let terms = terms::terms(question);
    let clauses = terms::clauses(&terms);
    let found = index.search(&clauses, top.max(CANDIDATES))?;
    let mut candidates = Vec::with_capacity(found.hits.len());
    for hit in found.hits {
        candidates.push(Candidate { passage: index.passage(&hit)?, score: hit.score, hit });
    }
    Ok(Retrieved { terms, clauses, idfs: found.idfs, candidates })
}
