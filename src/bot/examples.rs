//! Questions to begin with, made from the corpus itself: what a document defines, what its headings promise, and where it
//! has neither, how its paragraphs begin. Only those that the bot answers are offered.

use super::words::Words;
use crate::{
    answer::{Verdict, answer},
    index::Index,
    passage::Document,
    text::sentences,
};

/// So many questions are offered.
const WANTED: usize = 3;

/// So many documents, spread over the corpus, are looked at.
const DOCUMENTS: usize = 8;

/// So many questions of one document are tried.
const TRIED: usize = 12;

/// A term or heading has at least and at most so many characters.
const LENGTH: std::ops::RangeInclusive<usize> = 3..=16;

/// Up to three questions that the index answers.
pub(super) fn examples(index: &Index, words: Words) -> Vec<String> {
    let step = index.documents().len().div_ceil(DOCUMENTS).max(1);
    let paths = index.documents().keys().step_by(step);
    let documents: Vec<Document> = paths.filter_map(|path| index.document(path).ok().flatten()).collect();
    let offered: Vec<Vec<String>> = documents.iter().map(|document| questions(document, words)).collect();
    let mut found: Vec<String> = Vec::new();
    // One question of each document in turn, so that few documents do not take all places.
    for round in 0..TRIED {
        for (document, questions) in documents.iter().zip(&offered) {
            let Some(question) = questions.get(round) else { continue };
            if found.len() < WANTED && !found.contains(question) && is_answered(index, question, document) {
                found.push(question.clone());
            }
        }
    }
    found
}

fn is_answered(index: &Index, question: &str, document: &Document) -> bool {
    answer(index, question, None, 1, None).is_ok_and(|answer| {
        answer.verdict == Verdict::Answer
            && answer.quotes.first().is_some_and(|quote| quote.document.path == document.path)
    })
}

/// Questions that a document should answer.
fn questions(document: &Document, words: Words) -> Vec<String> {
    let defined = document.passages.iter().filter_map(|passage| passage.span.slice(&document.text));
    let defined = defined.flat_map(|text| sentences(text).into_iter().filter_map(|range| defined_term(&text[range])));
    let mut questions: Vec<String> = defined.take(TRIED / 4).map(|term| words.example_definition(term)).collect();
    let mut headings: Vec<&str> =
        document.passages.iter().filter_map(|passage| passage.section.last()).map(|heading| bare(heading)).collect();
    headings.dedup();
    let suitable = headings.into_iter().filter(|heading| LENGTH.contains(&heading.chars().count()));
    questions.extend(suitable.map(|heading| words.example_heading(heading)));
    questions.extend(document.metadata.title.iter().map(|title| words.example_title(title)));
    let beginnings = document.passages.iter().filter_map(|passage| beginning(passage.span.slice(&document.text)?));
    questions.extend(beginnings.take(TRIED).map(|clause| words.example_heading(clause)));
    questions.truncate(TRIED);
    questions
}

/// The term that a sentence of the form "本法所称X，是指…" defines.
fn defined_term(sentence: &str) -> Option<&str> {
    let (before, _) = sentence.split_once("是指")?;
    let before = before.rsplit_once("所称").map_or(before, |(_, term)| term);
    let term = before.trim_start_matches(['的', ' ']).trim_end_matches(['，', ',', ' ']);
    let plain = term.chars().all(char::is_alphanumeric);
    (plain && LENGTH.contains(&term.chars().count())).then_some(term)
}

/// The first clause of a passage, if it is words alone.
fn beginning(passage: &str) -> Option<&str> {
    let clause = passage.split(['，', '。', '；', '：', '、', '\n']).next()?.trim();
    (clause.chars().all(char::is_alphanumeric) && LENGTH.contains(&clause.chars().count())).then_some(clause)
}

/// A heading without its number.
fn bare(heading: &str) -> &str {
    let numbering =
        |c: char| c.is_ascii_digit() || "第一二三四五六七八九十百零编章节条、（）()．. \u{3000}".contains(c);
    let rest = heading.trim_start_matches(numbering);
    let rest = if rest.chars().count() < 2 { heading } else { rest };
    rest.trim()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_and_headings() {
        assert_eq!(defined_term("本法所称个人信息，是指与自然人有关的各种信息。"), Some("个人信息"));
        assert_eq!(defined_term("这不是指责。"), None);
        assert_eq!(defined_term("没有定义。"), None);
        assert_eq!(beginning("一座英雄的城市。在解放战争的"), Some("一座英雄的城市"));
        assert_eq!(beginning("“走吧”，他说。"), None);
        assert_eq!(bare("第二章 项目建设"), "项目建设");
        assert_eq!(bare("（三）聚焦招商引资"), "聚焦招商引资");
        assert_eq!(bare("一二三"), "一二三");
    }
}
