//! How well candidates match a question term by term, as retrieval scored them and by plain BM25 as a second opinion: features that
//! need no look at the text.

use super::{
    coverage::share,
    model::Row,
    retrieve::{Candidate, Retrieved},
};
use crate::index::{Index, View};

/// The views of the text, with the letter that stands for each in the names of features.
const TEXT_VIEWS: [(View, char); 3] = [(View::Bigrams, 'b'), (View::Words, 'w'), (View::Characters, 'c')];
/// The thirds of the question in which its terms stand.
const THIRDS: usize = 3;
/// Plain BM25, as a second opinion beside the tuned one.
const PLAIN_K1: f32 = 0.9;
const PLAIN_B: f32 = 0.75;

/// How well a candidate matches term by term.
#[derive(Default)]
pub(super) struct Bm25 {
    score: f32,
    /// Tuned BM25 of each view of the text, weighted.
    body: [f32; 3],
    /// Plain BM25 of each view of the text.
    plain: [f32; 3],
    /// BM25 of the titles: bigrams, words, characters.
    title: [f32; 3],
    /// The tuned part from each third of the question, view by view.
    thirds: [[f32; THIRDS]; 3],
}

impl Bm25 {
    pub(super) fn new(index: &Index, content: &[char], retrieved: &Retrieved, candidate: &Candidate) -> Bm25 {
        let mut bm25 = Bm25 { score: candidate.hit.score, ..Bm25::default() };
        let count = retrieved.terms.len();
        for found in &candidate.hit.matches {
            let clause = &retrieved.clauses[found.clause];
            let term = &retrieved.terms[found.clause % count];
            let view = TEXT_VIEWS.iter().position(|(view, _)| *view == term.view).unwrap_or(0);
            if found.clause >= count {
                bm25.title[view] += found.score / clause.weight;
                continue;
            }
            let third = (THIRDS * (term.from + term.to) / 2 / content.len().max(1)).min(THIRDS - 1);
            bm25.body[view] += found.score;
            bm25.thirds[view][third] += found.score;
            let relative = candidate.hit.lengths[term.view as usize] / index.average_length(term.view).max(1.0);
            let frequency = found.frequency as f32;
            let damping = PLAIN_K1 * (1.0 - PLAIN_B + PLAIN_B * relative);
            bm25.plain[view] += retrieved.idfs[found.clause] * frequency * (PLAIN_K1 + 1.0) / (frequency + damping);
        }
        bm25
    }

    fn plain_sum(&self) -> f32 {
        self.plain[0] + 0.7 * self.plain[1] + self.plain[2]
    }
}

/// What the matches are measured against: the most that the question allows, and the best of the candidates.
#[derive(Default)]
pub(super) struct Scale {
    most: f32,
    most_of: [f32; 3],
    most_of_title: [f32; 3],
    top: f32,
    tenth: f32,
    best_body: [f32; 3],
    best_plain: [f32; 3],
    best_plain_sum: f32,
}

impl Scale {
    pub(super) fn new(index: &Index, retrieved: &Retrieved, rows: &[Bm25]) -> Scale {
        let mut scale = Scale::default();
        for (at, (clause, idf)) in retrieved.clauses.iter().zip(&retrieved.idfs).enumerate() {
            let term = &retrieved.terms[at % retrieved.terms.len()];
            let view = TEXT_VIEWS.iter().position(|(view, _)| *view == term.view).unwrap_or(0);
            let ceiling = clause.alternatives.first().map_or(0.0, |first| index.ceiling(first.view, *idf));
            if at < retrieved.terms.len() {
                scale.most_of[view] += clause.weight * ceiling;
            } else {
                scale.most_of_title[view] += ceiling;
            }
        }
        scale.most = scale.most_of.iter().sum();
        let greatest = |value: &dyn Fn(&Bm25) -> f32| rows.iter().map(value).fold(0f32, f32::max);
        scale.top = greatest(&|row| row.score);
        scale.tenth = rows.get(9).map_or(0.0, |row| row.score);
        scale.best_body = [0, 1, 2].map(|view| greatest(&|row| row.body[view]));
        scale.best_plain = [0, 1, 2].map(|view| greatest(&|row| row.plain[view]));
        scale.best_plain_sum = greatest(&Bm25::plain_sum);
        scale
    }
}

pub(super) fn matches(row: &mut Row, bm25: &Bm25, scale: &Scale) {
    row.put("score", share(bm25.score, scale.most));
    row.put("score_to_top", share(bm25.score, scale.top));
    row.put("score_to_tenth", share(bm25.score - scale.tenth, scale.top));
    row.put("plain_to_best", share(bm25.plain_sum(), scale.best_plain_sum));
    for (view, (_, letter)) in TEXT_VIEWS.iter().enumerate() {
        row.put(format!("body_{letter}"), share(bm25.body[view], scale.most_of[view]));
        row.put(format!("body_{letter}_to_best"), share(bm25.body[view], scale.best_body[view]));
        row.put(format!("plain_{letter}_to_best"), share(bm25.plain[view], scale.best_plain[view]));
        if *letter != 'w' {
            row.put(format!("title_{letter}"), share(bm25.title[view], scale.most_of_title[view]));
        }
        for third in 0..THIRDS {
            row.put(format!("third_{letter}{third}"), share(bm25.thirds[view][third], scale.most));
        }
    }
}
