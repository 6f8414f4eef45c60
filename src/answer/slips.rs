//! Slips of typing: words that neither a dictionary nor the corpus has, and that sound like one that the corpus has. A last
//! resort: nothing that occurs as it was typed is touched, and the citizen is told what was looked up instead.

use std::{collections::HashSet, ops::Range};

use super::{question::Question, retrieve::Retrieved, terms::phrase};
use crate::{
    index::{Index, View},
    text::{dictionary_segments, fold, is_dictionary_word, is_ideograph, tokenize},
};

/// A question as it was probably meant.
pub(super) struct Meant {
    pub(super) question: Question,
    /// The words that took the place of others.
    pub(super) words: Vec<String>,
}

/// A correction counts if one of so many passages at the top has it: what the other words of the question do not bear out is
/// more likely a name or a word that the dictionary lacks.
const BORNE_OUT: usize = 3;

impl Meant {
    /// Whether the best passages have one of the words.
    pub(super) fn is_borne_out(&self, index: &Index, retrieved: &Retrieved) -> bool {
        retrieved.candidates.iter().take(BORNE_OUT).any(|candidate| {
            let text = fold(&format!("{}\n{}", index.titles(&candidate.passage), candidate.passage.text)).text();
            self.words.iter().any(|word| text.contains(word))
        })
    }
}

/// The question as it was probably meant, if a pair of its characters stands nowhere and a word of the corpus sounds like it.
pub(super) fn meant(index: &Index, question: &Question, retrieved: &Retrieved) -> anyhow::Result<Option<Meant>> {
    if !has_unseen_pair(retrieved) {
        return Ok(None);
    }
    let content: String = question.content.iter().collect();
    let deadline = retrieved.deadline;
    deadline.check()?;
    // What cannot be read, or not in time, counts as known: no correction is better than a wrong one.
    let found = |text: &str, titles: bool| index.occurs(&phrase(titles, text, 1.0)).unwrap_or(true);
    let occurs = |text: &str| deadline.check().is_err() || [false, true].into_iter().any(|titles| found(text, titles));
    let bounds = bounds(&question.content);
    let whole = |span: &Range<usize>| bounds.contains(&span.start) && bounds.contains(&span.end);
    let corrections = index.sounds().corrections(&content, is_dictionary_word, occurs, whole);
    deadline.check()?;
    if corrections.is_empty() {
        return Ok(None);
    }
    let (mut question, mut words) = (question.clone(), Vec::new());
    for correction in corrections {
        let from = content[..correction.span.start].chars().count();
        for (at, c) in (from..).zip(correction.word.chars()) {
            // The content may be longer than what was typed: it holds the subject of a follow-up as well.
            for chars in [&mut question.content, &mut question.folded.chars] {
                chars.get_mut(at).into_iter().for_each(|place| *place = c);
            }
        }
        words.push(correction.word);
    }
    question.tokens = tokenize(&question.content);
    Ok(Some(Meant { question, words }))
}

/// Where words begin and end, in bytes.
fn bounds(content: &[char]) -> HashSet<usize> {
    let mut starts = vec![0];
    for c in content {
        starts.push(starts[starts.len() - 1] + c.len_utf8());
    }
    dictionary_segments(content).into_iter().flat_map(|word| [starts[word.start], starts[word.end]]).collect()
}

/// Whether two neighbouring ideographs of the question stand side by side nowhere in the corpus.
fn has_unseen_pair(retrieved: &Retrieved) -> bool {
    let count = retrieved.terms.len();
    let typed =
        retrieved.terms.iter().enumerate().filter(|(_, term)| !term.is_translated() && term.view == View::Bigrams);
    typed.filter(|(_, term)| term.to == term.from + 2).any(|(at, term)| {
        let ideographs = term.texts.iter().all(|(text, _)| text.chars().all(is_ideograph));
        ideographs && retrieved.idfs[at] == 0.0 && retrieved.idfs[count + at] == 0.0
    })
}
