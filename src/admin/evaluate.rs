//! Measuring answers against questions whose answers are known.

use std::{collections::BTreeMap, path::Path};

use anyhow::Context;
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization;

use super::metrics::Outcome;
use crate::{
    answer::{Answer, Quote, Ranked, Verdict, answer},
    index::Index,
};

/// How deep the ranking is looked at.
const DEPTH: usize = 10;
/// Characters of the first quote that count.
const FIRST_QUOTE: usize = 200;
/// Characters of all quotes that count.
const ALL_QUOTES: usize = 400;
/// The same where the answer is a list.
const ALL_QUOTES_OF_LIST: usize = 600;

/// A question with what would answer it: one line of a question file.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// Its name.
    pub id: String,
    /// The question.
    pub question: String,
    /// The question before it.
    #[serde(default)]
    pub context: Option<String>,
    /// The language that it is asked in.
    #[serde(default)]
    pub lang: String,
    /// Groups of alternatives: each group must be met by one of its alternatives.
    #[serde(default)]
    pub answers: Vec<Vec<String>>,
    /// The passages that answer it.
    #[serde(default)]
    pub passages: Vec<Gold>,
    /// Whether the corpus answers it.
    pub answerable: bool,
    /// What kind of question it is: set, type, style.
    #[serde(default)]
    pub tags: BTreeMap<String, String>,
}

/// A passage that answers: a document, or a part of it.
#[derive(Clone, Debug, Deserialize)]
pub struct Gold {
    /// The path of the document.
    pub document: String,
    /// The part of it, where not the whole document is meant.
    #[serde(default)]
    pub text: Option<String>,
}

/// Reads a question file: one JSON object a line.
///
/// # Errors
/// Names the file and the line that cannot be understood.
pub fn read_cases(path: &Path) -> anyhow::Result<Vec<Case>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines
        .map(|(number, line)| {
            serde_json::from_str(line)
                .with_context(|| format!("{}, line {}: not a question", path.display(), number + 1))
        })
        .collect()
}

/// Asks one question and compares the answer with what is known.
///
/// # Errors
/// When the index cannot be read.
pub fn evaluate(index: &Index, case: &Case) -> anyhow::Result<Outcome> {
    let answer = answer(index, &case.question, case.context.as_deref(), DEPTH, None)?;
    let rank = (!case.passages.is_empty()).then(|| rank(&answer.passages, &case.passages));
    let is = |name: &str, value: &str| case.tags.get(name).is_some_and(|tag| tag == value);
    let expected = !case.answers.is_empty();
    let (verbatim, quotes) = verbatim(index, &answer)?;
    Ok(Outcome {
        groups: groups(case),
        answerable: case.answerable,
        smalltalk: is("type", "chitchat"),
        rank,
        first_quote: expected.then(|| met(&quoted(&answer.quotes, 1, FIRST_QUOTE), &case.answers)),
        all_quotes: expected.then(|| answer.verdict == Verdict::Answer && hold(&answer.quotes, case)),
        verdict: answer.verdict,
        confidence: answer.confidence,
        verbatim,
        quotes,
    })
}

/// Whether quotes hold all that answers a question, as far as their characters count.
pub(super) fn hold(quotes: &[Quote], case: &Case) -> bool {
    let list = case.tags.get("type").is_some_and(|tag| tag == "list");
    let most = if list { ALL_QUOTES_OF_LIST } else { ALL_QUOTES };
    met(&quoted(quotes, usize::MAX, most), &case.answers)
}

/// The names under which a case is counted.
fn groups(case: &Case) -> Vec<String> {
    let tagged =
        case.tags.iter().filter(|(name, _)| name.as_str() != "note").map(|(name, value)| format!("{name}={value}"));
    let language = (!case.lang.is_empty()).then(|| format!("lang={}", case.lang));
    language.into_iter().chain(tagged).collect()
}

/// The rank of the first passage that is gold, counted from 1.
fn rank(passages: &[Ranked], gold: &[Gold]) -> Option<usize> {
    passages.iter().position(|passage| is_gold(&passage.document.path, &passage.text, gold)).map(|at| at + 1)
}

/// Whether a passage is one of those that answer.
pub(super) fn is_gold(path: &str, text: &str, gold: &[Gold]) -> bool {
    let text = comparable(text);
    gold.iter().any(|gold| {
        gold.document == path
            && gold.text.as_ref().is_none_or(|part| {
                let part = comparable(part);
                text.contains(&part) || part.contains(&text)
            })
    })
}

/// Counts the quotes that stand in the stored text where they say they do.
fn verbatim(index: &Index, answer: &Answer) -> anyhow::Result<(usize, usize)> {
    let mut found = 0;
    for quote in &answer.quotes {
        let document = index.document(&quote.document.path)?;
        found +=
            usize::from(document.is_some_and(|document| quote.span.slice(&document.text) == Some(quote.text.as_str())));
    }
    Ok((found, answer.quotes.len()))
}

/// The first `characters` characters of the first `most` quotes, as one text.
fn quoted(quotes: &[Quote], most: usize, characters: usize) -> String {
    let texts: Vec<&str> = quotes.iter().take(most).map(|quote| quote.text.as_str()).collect();
    // The separator keeps an answer from being found across two quotes; it is not counted.
    let mut left = characters;
    let mut kept = Vec::new();
    for text in texts {
        let part: String = text.chars().take(left).collect();
        left -= part.chars().count();
        kept.push(comparable(&part));
    }
    kept.join("\n")
}

fn met(text: &str, groups: &[Vec<String>]) -> bool {
    groups.iter().all(|group| group.iter().any(|alternative| text.contains(&comparable(alternative))))
}

/// White space is ignored and compatibility forms are folded when texts are compared.
pub(super) fn comparable(text: &str) -> String {
    text.nfkc().filter(|c| !c.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_group_must_be_met_by_one_alternative() {
        let groups = [vec!["43个".to_owned()], vec!["98亿".to_owned(), "九十八亿".to_owned()]];
        assert!(met(&comparable("４３ 个项目，九十八亿元"), &groups));
        assert!(!met(&comparable("43个项目"), &groups));
        assert!(met("", &[]));
    }

    #[test]
    fn a_broken_line_is_named() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "{\"id\":\"1\",\"question\":\"?\",\"answerable\":true}\n\nnonsense\n").unwrap();
        let error = format!("{:#}", read_cases(file.path()).unwrap_err());
        assert!(error.contains("line 3: not a question"), "{error}");
    }
}
