//! Why an answer is as it is: what was looked up, what each candidate scored by it, how the model weighed that, and how the
//! verdict came about. Made of the same values that the answer was made of.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Kind, Worked, features,
    model::Model,
    retrieve::{Candidate, Retrieved},
    terms::Term,
    verdict::Judgement,
};
use crate::{index::View, passage::Span};

/// So many characters of a candidate are shown.
const BEGINNING: usize = 36;

/// An answer, explained.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Explanation {
    /// The folded question without question words and courtesy; in a follow-up with what it takes over.
    pub content: String,
    /// What kind of answer was expected.
    pub kind: Kind,
    /// The question that the subject was taken from.
    pub taken_from: Option<String>,
    /// Words that took the place of others, which stand nowhere or are misspelt.
    pub searched_for: Vec<String>,
    /// What was looked up.
    pub terms: Vec<LookedUp>,
    /// The candidates, best first.
    pub candidates: Vec<Weighed>,
    /// How the verdict came about.
    pub verdict: Judgement,
}

/// A term of the question.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LookedUp {
    /// As it was typed, or its translations; the likeliest first, each with what it counts.
    pub texts: Vec<(String, f32)>,
    /// Where it comes from.
    pub origin: Origin,
    /// Official words that may stand in its place in a sentence.
    pub reworded: Vec<String>,
    /// The admin's other names for what it is part of.
    pub aliases: Vec<String>,
    /// In which view of the text.
    pub view: &'static str,
    /// What it counts within its view.
    pub weight: f32,
    /// How rare it is in the corpus; 0 where no passage has it.
    pub idf: f32,
}

/// Where a term comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// It was typed.
    Typed,
    /// It was typed in the question before.
    TakenOver,
    /// It may stand for letters that were typed.
    Translated,
    /// The same, in the question before.
    TakenOverTranslated,
}

/// A candidate with what it was weighed by.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Weighed {
    /// Its document.
    pub path: String,
    /// How it begins.
    pub beginning: String,
    /// Where it stands in the stored text.
    #[serde(flatten)]
    pub span: Span,
    /// Its place in the order of retrieval, counted from 1.
    pub retrieved: usize,
    /// What it scored there, by the terms that it has.
    pub retrieval: f32,
    /// Those terms, the weightiest first.
    pub matches: Vec<Matched>,
    /// What the model made of it, the weightiest part first; empty where the model was not asked.
    pub model: Vec<Part>,
    /// What the trees of the model add to its parts.
    pub trees: f32,
    /// What the model's parts and trees come to.
    pub model_score: f32,
    /// What translations added.
    pub translations: f32,
    /// What it is ordered by.
    pub score: f32,
}

/// A term that a candidate has.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Matched {
    /// The first of its texts.
    pub term: String,
    /// Whether it was found in the titles rather than in the text.
    pub in_titles: bool,
    /// How often.
    pub frequency: u32,
    /// What it added.
    pub score: f32,
}

/// A part of what a model says.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Part {
    /// The name of the feature.
    pub feature: String,
    /// Its value.
    pub value: f32,
    /// Its weight, after standardisation.
    pub weight: f32,
    /// What it added.
    pub adds: f32,
}

impl Explanation {
    /// Explains the first `top` candidates of an answer.
    pub(super) fn of(worked: &Worked, top: usize) -> Explanation {
        let Worked { question, retrieved, judgement, searched_for, .. } = worked;
        let places = places(&retrieved.candidates);
        let candidates = retrieved.candidates.iter().zip(places).take(top);
        Explanation {
            content: question.content.iter().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" "),
            kind: question.kind,
            taken_from: question.before.as_ref().map(|before| before.text.clone()),
            searched_for: searched_for.clone(),
            terms: retrieved
                .terms
                .iter()
                .zip(&retrieved.idfs)
                .map(|(term, idf)| looked_up(term, *idf, question.own))
                .collect(),
            candidates: candidates.map(|(candidate, place)| weighed(retrieved, candidate, place)).collect(),
            verdict: judgement.clone(),
        }
    }
}

/// The place of each candidate in the order of retrieval.
fn places(candidates: &[Candidate]) -> Vec<usize> {
    let better = |score: f32| candidates.iter().filter(|other| other.hit.score > score).count();
    candidates.iter().map(|candidate| better(candidate.hit.score) + 1).collect()
}

fn looked_up(term: &Term, idf: f32, own: usize) -> LookedUp {
    let origin = match (term.is_translated(), term.from >= own) {
        (false, false) => Origin::Typed,
        (false, true) => Origin::TakenOver,
        (true, false) => Origin::Translated,
        (true, true) => Origin::TakenOverTranslated,
    };
    let names = |list: &[(String, f32)]| list.iter().map(|(text, _)| text.clone()).collect();
    let view = match term.view {
        View::Bigrams | View::TitleBigrams => "pairs",
        View::Words | View::TitleWords => "words",
        View::Characters | View::TitleCharacters => "characters",
    };
    LookedUp {
        texts: term.texts.clone(),
        origin,
        reworded: names(&term.reworded),
        aliases: names(&term.aliases),
        view: if term.is_translated() { "phrases" } else { view },
        weight: term.weight,
        idf,
    }
}

fn weighed(retrieved: &Retrieved, candidate: &Candidate, place: usize) -> Weighed {
    let count = retrieved.terms.len();
    let mut matches: Vec<Matched> = candidate
        .hit
        .matches
        .iter()
        .map(|found| Matched {
            term: retrieved.terms[found.clause % count].texts.first().map(|(text, _)| text.clone()).unwrap_or_default(),
            in_titles: found.clause >= count,
            frequency: found.frequency,
            score: found.score,
        })
        .collect();
    matches.sort_by(|a, b| b.score.total_cmp(&a.score));
    let model = parts(&candidate.features);
    let trees = if model.is_empty() { 0.0 } else { Model::ranking().grown(&candidate.features) };
    Weighed {
        path: candidate.passage.path.clone(),
        beginning: candidate.passage.text.chars().filter(|c| !c.is_control()).take(BEGINNING).collect(),
        span: candidate.passage.span,
        retrieved: place,
        retrieval: candidate.hit.score,
        matches,
        model_score: model.iter().map(|part| part.adds).sum::<f32>() + trees,
        model,
        trees,
        translations: candidate.translations,
        score: candidate.score,
    }
}

/// What the model made of a row of features, the weightiest part first.
fn parts(row: &[f32]) -> Vec<Part> {
    let model = Model::ranking();
    let all = features::names().into_iter().zip(row).zip(model.weights()).zip(model.parts(row));
    let mut parts: Vec<Part> =
        all.map(|(((feature, value), weight), adds)| Part { feature, value: *value, weight: *weight, adds }).collect();
    parts.sort_by(|a, b| b.adds.abs().total_cmp(&a.adds.abs()));
    parts
}

/// Matches of one term in several views, added up: what a table shows.
pub fn by_term(matches: &[Matched]) -> Vec<(String, bool, f32)> {
    let mut sums: BTreeMap<(&str, bool), f32> = BTreeMap::new();
    for found in matches {
        *sums.entry((&found.term, found.in_titles)).or_default() += found.score;
    }
    let mut sums: Vec<(String, bool, f32)> =
        sums.into_iter().map(|((term, titles), score)| (term.to_owned(), titles, score)).collect();
    sums.sort_by(|a, b| b.2.total_cmp(&a.2));
    sums
}
