//! From a question to its answer: what is asked, where it may stand, in which order, which sentences are quoted, and
//! whether they answer. Pure but for reading the index; the same question on the same generation gives the same answer.

use serde::{Serialize, Serializer};
use time::Date;

use self::{editions::Shelf, retrieve::Retrieved};
use crate::{
    deadline::Deadline,
    index::Index,
    passage::{Metadata, Span},
};

mod aliases;
mod alike;
mod aspects;
mod closeup;
mod clues;
mod courtesy;
mod coverage;
mod editions;
mod evidence;
mod expected;
mod explain;
mod features;
mod followup;
mod gaps;
mod limits;
mod matches;
mod model;
mod nearness;
mod overlap;
mod question;
mod quote;
mod rank;
mod retrieve;
mod signals;
mod slips;
mod smalltalk;
mod terms;
mod translate;
mod verdict;

pub use explain::{Explanation, LookedUp, Matched, Origin, Part, Weighed, by_term};
pub use question::{Kind, Language, Question, Smalltalk};
pub use verdict::{Coverage, Judgement, Word};

/// The answer to one question: the contract of `--json` and of every channel.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// Short and stable: depends on the question, its context and the generation alone.
    pub id: String,
    /// The question as it was asked.
    pub question: String,
    /// What kind of answer this is.
    pub verdict: Verdict,
    /// How likely the quotes answer the question, 0..1.
    pub confidence: f32,
    /// What a citizen is shown, the most telling quote first.
    pub quotes: Vec<Quote>,
    /// The ranked passages.
    pub passages: Vec<Ranked>,
    /// The generation of the index that was asked.
    pub generation: String,
    /// Time spent, in microseconds; measured by the caller.
    pub elapsed_us: u64,
    /// Words that were looked up in place of others, which stand nowhere and sound like them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub searched_for: Vec<String>,
    /// The language that the question is written in.
    #[serde(skip)]
    pub language: Language,
    /// What was said, where it was small talk.
    #[serde(skip)]
    pub smalltalk: Option<Smalltalk>,
}

/// The four kinds of answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The quotes answer the question.
    Answer,
    /// The quotes have to do with it, but may not answer it.
    Related,
    /// Nothing was found.
    None,
    /// A greeting, thanks, or a question about the bot itself.
    Smalltalk,
}

/// A stretch of whole sentences, word for word as the document has them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Quote {
    /// The text.
    pub text: String,
    /// Where it comes from.
    pub document: Source,
    /// The headings above it.
    pub section: Vec<String>,
    /// The page, counted from 1, where the document has pages.
    pub page: Option<usize>,
    /// Byte offsets into the stored text of the document.
    #[serde(flatten)]
    pub span: Span,
    /// Byte ranges within the quote that meet words of the question.
    #[serde(serialize_with = "pairs")]
    pub highlights: Vec<Span>,
    /// Where else the same words stand.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub also_in: Vec<Source>,
    /// Whether another quote of the answer says the same with other figures.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub figures_differ: bool,
}

/// A passage with its score.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Ranked {
    /// The text.
    pub text: String,
    /// Where it comes from.
    pub document: Source,
    /// The headings above it.
    pub section: Vec<String>,
    /// Byte offsets into the stored text of the document.
    #[serde(flatten)]
    pub span: Span,
    /// The higher the better; comparable within one answer only.
    pub score: f32,
}

/// The document that a quote or passage comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Path relative to the corpus folder.
    pub path: String,
    /// Its title.
    pub title: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// When it was published.
    pub date: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// The last day on which it holds.
    pub valid_until: Option<String>,
    /// Whether that day has passed.
    pub expired: bool,
}

fn pairs<S: Serializer>(spans: &[Span], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(spans.iter().map(|span| [span.start, span.end]))
}

/// Answers a question. `context` is the question before it in the same conversation; `top` the number of passages wanted;
/// `today` the day on which it is asked: without one no document is expired, and the answer does not change with the calendar.
///
/// # Errors
/// When the index cannot be read.
pub fn answer(
    index: &Index,
    text: &str,
    context: Option<&str>,
    top: usize,
    today: Option<Date>,
) -> anyhow::Result<Answer> {
    answer_within(index, text, context, top, today, Deadline::NONE)
}

/// The same, unless the deadline passes first: the work then stops with `Overdue`.
///
/// # Errors
/// When the index cannot be read, and when the deadline passes.
pub fn answer_within(
    index: &Index,
    text: &str,
    context: Option<&str>,
    top: usize,
    today: Option<Date>,
    deadline: Deadline,
) -> anyhow::Result<Answer> {
    deadline.check()?;
    Ok(work(index, &Question::analyse(text, context), top, today, deadline)?.0)
}

/// The same, with what led to it; small talk needs no explanation.
///
/// # Errors
/// When the index cannot be read.
pub fn explain(
    index: &Index,
    text: &str,
    context: Option<&str>,
    top: usize,
    today: Option<Date>,
) -> anyhow::Result<(Answer, Option<Explanation>)> {
    let (answer, worked) = work(index, &Question::analyse(text, context), top, today, Deadline::NONE)?;
    Ok((answer, worked.map(|worked| Explanation::of(&worked, top))))
}

/// What an answer is made of.
struct Worked {
    question: Question,
    retrieved: Retrieved,
    judgement: Judgement,
    searched_for: Vec<String>,
}

/// An answer, and what it was made of where it is no small talk.
fn work(
    index: &Index,
    question: &Question,
    top: usize,
    today: Option<Date>,
    deadline: Deadline,
) -> anyhow::Result<(Answer, Option<Worked>)> {
    let mut answer = Answer {
        id: identifier(question, index),
        question: question.text.clone(),
        verdict: Verdict::None,
        confidence: 0.0,
        quotes: Vec::new(),
        passages: Vec::new(),
        generation: index.manifest().generation.clone(),
        elapsed_us: 0,
        searched_for: Vec::new(),
        language: question.language,
        smalltalk: question.smalltalk,
    };
    if question.smalltalk.is_some() {
        answer.verdict = Verdict::Smalltalk;
        answer.confidence = 1.0;
        return Ok((answer, None));
    }
    let (question, mut retrieved, searched_for) = search(index, question.clone(), top, deadline)?;
    // The passages keep the order of the ranking; what is shown comes from the newest edition.
    answer.passages = retrieved.candidates.iter().take(top).map(|candidate| candidate.ranked(index)).collect();
    let shelf = Shelf::new(index, today);
    retrieved.candidates = shelf.newest_editions(&question.text, retrieved.candidates);
    let (quotes, sentences) = quote::quotes(index, &question, &retrieved, &shelf)?;
    let judgement = verdict::decide(index, &question, &retrieved, (&quotes, &sentences));
    (answer.verdict, answer.confidence) = (judgement.verdict, judgement.confidence);
    answer.searched_for.clone_from(&searched_for);
    if answer.verdict != Verdict::None {
        answer.quotes = quotes;
    }
    if let Some(today) = today {
        answer.mark_expired(index, today);
    }
    Ok((answer, Some(Worked { question, retrieved, judgement, searched_for })))
}

impl Answer {
    /// Marks the sources that no longer hold.
    fn mark_expired(&mut self, index: &Index, today: Date) {
        let quoted = self.quotes.iter_mut().flat_map(|quote| quote.also_in.iter_mut().chain([&mut quote.document]));
        for source in quoted.chain(self.passages.iter_mut().map(|passage| &mut passage.document)) {
            source.expired = index.documents().get(&source.path).is_some_and(|entry| entry.metadata.is_expired(today));
        }
    }
}

/// What was found for a question, in order; where a word of it stands nowhere, for what was probably meant, with the words
/// that were looked up instead.
fn search(
    index: &Index,
    question: Question,
    top: usize,
    deadline: Deadline,
) -> anyhow::Result<(Question, Retrieved, Vec<String>)> {
    let mut retrieved = retrieve::retrieve(index, &question, top, deadline)?;
    if let Some(meant) = slips::meant(index, &question, &retrieved)? {
        let mut instead = retrieve::retrieve(index, &meant.question, top, deadline)?;
        rank::rank(index, &meant.question, &mut instead)?;
        if meant.is_borne_out(index, &instead) {
            let words = meant.words.into_iter().chain(instead.respelled.iter().cloned()).collect();
            return Ok((meant.question, instead, words));
        }
    }
    rank::rank(index, &question, &mut retrieved)?;
    let words = retrieved.respelled.clone();
    Ok((question, retrieved, words))
}

/// A passage or sentence with the features by which it is weighed: what training needs.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The path of the document.
    pub path: String,
    /// The text.
    pub text: String,
    /// Its features, in the order of the names.
    pub features: Vec<f32>,
}

/// The names of the features by which passages are ordered.
pub fn passage_features() -> Vec<String> {
    features::names()
}

/// The names of the features by which sentences are weighed.
pub fn sentence_features() -> Vec<String> {
    evidence::names()
}

/// The names of the signals that tell an answer from what merely has to do with the question.
pub fn verdict_signals() -> Vec<String> {
    signals::names()
}

/// The quotes for a question, whatever the verdict, with the signals that it is judged by; nothing where nothing is quoted.
///
/// # Errors
/// When the index cannot be read.
pub fn verdict_sample(
    index: &Index,
    text: &str,
    context: Option<&str>,
) -> anyhow::Result<Option<(Vec<Quote>, Vec<f32>)>> {
    let question = Question::analyse(text, context);
    let (question, retrieved, _) = search(index, question, retrieve::CANDIDATES, Deadline::NONE)?;
    let shelf = Shelf::new(index, None);
    let (quotes, sentences) = quote::quotes(index, &question, &retrieved, &shelf)?;
    let Some(candidate) = verdict::found(&retrieved, &quotes) else { return Ok(None) };
    let row = signals::signals(index, &question, &retrieved, candidate, (&quotes, &sentences));
    Ok(Some((quotes, row.values)))
}

/// The candidates for a question in the order of retrieval, before they are ordered.
///
/// # Errors
/// When the index cannot be read.
pub fn passage_samples(index: &Index, text: &str, context: Option<&str>) -> anyhow::Result<Vec<Sample>> {
    let question = Question::analyse(text, context);
    let retrieved = retrieve::retrieve(index, &question, retrieve::CANDIDATES, Deadline::NONE)?;
    let rows = features::features(index, &question.content, &retrieved)?;
    let both = retrieved.candidates.into_iter().zip(rows);
    Ok(both.map(|(found, features)| Sample { path: found.passage.path, text: found.passage.text, features }).collect())
}

/// The sentences of the best candidates, before they are weighed.
///
/// # Errors
/// When the index cannot be read.
pub fn sentence_samples(index: &Index, text: &str, context: Option<&str>) -> anyhow::Result<Vec<Sample>> {
    let question = Question::analyse(text, context);
    let mut retrieved = retrieve::retrieve(index, &question, retrieve::CANDIDATES, Deadline::NONE)?;
    rank::rank(index, &question, &mut retrieved)?;
    let looked = evidence::look(index, &question, &retrieved)?;
    let sample = |looked: evidence::Looked| {
        let passage = &retrieved.candidates[looked.sentence.candidate].passage;
        let text = passage.text[looked.sentence.range].to_owned();
        Sample { path: passage.path.clone(), text, features: looked.features }
    };
    Ok(looked.into_iter().map(sample).collect())
}

impl Source {
    fn of(index: &Index, path: &str) -> Source {
        let metadata = index.documents().get(path).map(|entry| entry.metadata.clone()).unwrap_or_default();
        Source::new(path, metadata, None)
    }

    /// The source that a document is on a day.
    pub fn new(path: &str, metadata: Metadata, today: Option<Date>) -> Source {
        Source {
            path: path.to_owned(),
            expired: today.is_some_and(|today| metadata.is_expired(today)),
            title: metadata.title,
            publisher: metadata.publisher,
            date: metadata.date,
            url: metadata.url,
            valid_until: metadata.valid_until,
        }
    }
}

/// Eleven letters and digits that stand for question, context and generation.
fn identifier(question: &Question, index: &Index) -> String {
    let mut hasher = blake3::Hasher::new();
    for part in [question.text.as_str(), question.context.as_deref().unwrap_or(""), &index.manifest().generation] {
        hasher.update(part.as_bytes()).update(&[0]);
    }
    let bytes = hasher.finalize();
    let mut number = u64::from_le_bytes(bytes.as_bytes()[..8].try_into().expect("a hash has more than 8 bytes"));
    let digits: Vec<char> = ('0'..='9').chain('a'..='z').chain('A'..='Z').collect();
    std::iter::repeat_with(|| {
        let digit = digits[usize::try_from(number % 62).unwrap_or(0)];
        number /= 62;
        digit
    })
    .take(11)
    .collect()
}
