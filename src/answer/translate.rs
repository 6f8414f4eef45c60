//! English and pinyin in a question: each word or phrase becomes a term whose texts are the Chinese words that may stand
//! for it. Nothing is translated as a sentence, and nothing of it is ever shown as a quote.

use std::{collections::HashMap, ops::Range};

use super::{
    aliases::Named,
    question::Question,
    terms::{CARRIED, Term},
};
use crate::{
    index::{Alternative, Index, Scoring, View},
    text::{
        Folded, is_ideograph,
        lexicon::{self, Group, Kind},
        numerals,
        pinyin::{self, Run, Sense},
    },
};

/// Alternatives count by their weight to this power: found on xquad, where 0.5 to 1.1 differ little.
const TRUST: f32 = 0.8;
/// Alternatives of so many characters are looked up by their beginnings and ends as well: 国际联盟 by 国际 and 联盟.
const LONG: usize = 4;
/// What such a piece counts beside the whole, for a piece as long as the whole.
const PIECE: f32 = 0.5;
/// What a part of a foreign name (贾里德·艾伦) counts beside the whole.
const NAME_PART: f32 = 0.7;
/// What a word of more than two characters counts more, for each of at most three more.
const PER_CHARACTER: f32 = 0.05;
/// Alternatives that say nothing by themselves.
const FUNCTION_WORDS: &str = "的地了是在和与及等其之也不将被以为于使这那有就都而着或个把从到由";

/// What was read of the English and the pinyin of a question.
#[derive(Default)]
pub(super) struct Reading {
    /// In the order of the question.
    pub(super) terms: Vec<Term>,
    /// English words that were read in place of misspelt ones.
    pub(super) respelled: Vec<String>,
    /// The stretches of the content that have letters and no ideographs.
    pub(super) foreign: Vec<Range<usize>>,
}

/// A text as it was typed, and its place in the content of the question.
struct Stretch<'q> {
    text: &'q str,
    folded: &'q Folded,
    at: usize,
    /// What its words count.
    weight: f32,
}

/// Reads the English and the pinyin of a question and of the one before it, where it leans on that; nothing where there are
/// no Latin letters. The admin's aliases go before the dictionaries.
pub(super) fn read(index: &Index, question: &Question, named: &[Named]) -> anyhow::Result<Reading> {
    let own = Stretch { text: &question.text, folded: &question.folded, at: 0, weight: 1.0 };
    let before = question.before.as_ref();
    let before =
        before.map(|before| Stretch { text: &before.text, folded: &before.folded, at: before.at, weight: CARRIED });
    let mut reading = Reading::default();
    for stretch in std::iter::once(own).chain(before) {
        stretch.read(index, &mut reading)?;
        for name in named.iter().filter(|name| name.is_foreign() && stretch.range().contains(&name.from)) {
            reading.terms.retain(|term| term.to <= name.from || name.to <= term.from);
            reading.terms.push(name.term(stretch.weight));
        }
    }
    // What was cut away is not looked up: a follow-up with a number of its own does not take over that of the question before.
    reading.terms.retain(|term| {
        let content = question.content.get(term.from..term.to);
        !term.texts.is_empty() && content.is_some_and(|chars| chars.iter().any(|c| *c != ' '))
    });
    reading.terms.sort_by_key(|term| term.from);
    Ok(reading)
}

impl Stretch<'_> {
    fn range(&self) -> Range<usize> {
        self.at..self.at + self.folded.chars.len()
    }

    fn read(&self, index: &Index, reading: &mut Reading) -> anyhow::Result<()> {
        let text = self.text;
        if !text.contains(|c: char| c.is_alphabetic() && !is_ideograph(c)) {
            return Ok(());
        }
        let mixed = text.contains(is_ideograph);
        let mut runs = pinyin::runs(text);
        if mixed {
            let mut foreign = Vec::new();
            for run in runs {
                if !is_known(index, &text[run.span.clone()])? {
                    foreign.push(run);
                }
            }
            runs = foreign;
        } else {
            reading.foreign.push(self.range());
        }
        let mut heard = Vec::new();
        for run in &runs {
            if let Some(terms) = self.sounding(index, run) {
                heard.push(run.span.clone());
                reading.terms.extend(terms);
            }
        }
        for group in lexicon::translate(text, &heard) {
            if mixed && (group.kind == Kind::Number || is_known(index, &text[group.span.clone()])?) {
                continue;
            }
            if self.at == 0 && !group.english.contains(' ') && is_respelled(&text[group.span.clone()], &group) {
                reading.respelled.push(group.english.clone());
            }
            reading.terms.push(self.translated(index, group));
        }
        Ok(())
    }

    /// The terms for a run of pinyin; none if it sounds like nothing that the corpus has.
    fn sounding(&self, index: &Index, run: &Run) -> Option<Vec<Term>> {
        let typed = index.sounds().typed(run);
        let heard = typed.iter().any(|typed| typed.sense != Sense::Nowhere);
        let words = typed.into_iter().filter(|typed| typed.sense != Sense::Asks);
        let terms = words.map(|typed| self.term(&run.span, weigh(typed.words), 1.0)).collect();
        heard.then_some(terms)
    }

    /// The term for a group of English words.
    fn translated(&self, index: &Index, group: Group) -> Term {
        let mut ways = Ways::default();
        for alternative in &group.alternatives {
            let text = alternative.text.to_lowercase();
            let text = text.strip_suffix('的').filter(|stem| stem.chars().count() == 1).unwrap_or(&text);
            ways.add(text, alternative.weight.powf(TRUST));
        }
        ways.add_pieces();
        match group.kind {
            Kind::Number => add_values(&mut ways, &self.text[group.span.end..]),
            Kind::Word | Kind::Name => ways.add(&group.english, 1.0),
            Kind::Part if group.alternatives.is_empty() => ways.add(&group.english, 1.0),
            Kind::Part => {}
        }
        if group.kind == Kind::Name {
            for (name, weight) in index.names().candidates(&group.english) {
                ways.add(&name, weight);
            }
        }
        self.term(&group.span, weigh(ways.texts), group.weight)
    }

    fn term(&self, span: &Range<usize>, texts: Vec<(String, f32)>, weight: f32) -> Term {
        let (from, to) = (self.folded.position(span.start), self.folded.position(span.end));
        Term {
            view: View::Bigrams,
            texts,
            reworded: Vec::new(),
            aliases: Vec::new(),
            weight: weight * self.weight,
            from: self.at + from,
            to: self.at + to,
            scoring: Scoring::Translated,
        }
    }
}

/// Whether a word was read as another one; accents and capitals aside.
fn is_respelled(typed: &str, group: &Group) -> bool {
    group.kind != Kind::Number && typed.is_ascii() && typed.to_ascii_lowercase() != group.english
}

/// Whether the corpus has every word of a stretch of Latin letters: such words are looked up as they were typed.
fn is_known(index: &Index, text: &str) -> anyhow::Result<bool> {
    let folded = crate::text::fold(text);
    for word in crate::text::characters(&folded.chars) {
        let stands = |view| index.occurs(&Alternative { view, terms: vec![(0, word.text.clone())], weight: 1.0 });
        if !stands(View::Characters)? && !stands(View::TitleCharacters)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Texts with their weights, each once.
#[derive(Default)]
struct Ways {
    texts: Vec<(String, f32)>,
    places: HashMap<String, usize>,
}

impl Ways {
    /// Adds a text, or raises the weight of one that is there.
    fn add(&mut self, text: &str, weight: f32) {
        let mut letters = text.chars();
        let single = letters.next().filter(|_| letters.next().is_none());
        if text.is_empty() || single.is_some_and(|c| FUNCTION_WORDS.contains(c)) {
            return;
        }
        match self.places.get(text) {
            Some(at) => self.texts[*at].1 = self.texts[*at].1.max(weight),
            None => {
                self.places.insert(text.to_owned(), self.texts.len());
                self.texts.push((text.to_owned(), weight));
            }
        }
    }

    /// Adds a text that is there already only if it is there by itself.
    fn add_new(&mut self, text: &str, weight: f32) {
        if !self.places.contains_key(text) {
            self.add(text, weight);
        }
    }

    /// Adds the beginnings and ends of long texts, and the parts of names.
    fn add_pieces(&mut self) {
        for (text, weight) in self.texts.clone() {
            if text.contains('·') {
                text.split('·').for_each(|part| self.add_new(part, weight * NAME_PART));
                continue;
            }
            let chars: Vec<char> = text.chars().collect();
            if chars.len() < LONG || chars.iter().all(char::is_ascii) {
                continue;
            }
            for length in [2, 3] {
                for piece in [&chars[..length], &chars[chars.len() - length..]] {
                    let piece: String = piece.iter().collect();
                    self.add_new(&piece, weight * PIECE * length as f32 / chars.len() as f32);
                }
            }
        }
    }
}

/// Adds the values of the numerals among the texts, so that they meet any writing; `rest` is what follows in the question.
fn add_values(ways: &mut Ways, rest: &str) {
    let percent = ["%", "percent", "per cent"].iter().any(|sign| rest.trim_start().starts_with(sign));
    for (text, weight) in ways.texts.clone() {
        let chars: Vec<char> = text.chars().collect();
        if let [numeral] = numerals(&chars).as_slice()
            && (numeral.from, numeral.to) == (0, chars.len())
        {
            ways.add(&format!("#{}", numeral.value), weight);
            if percent {
                ways.add(&format!("#{}%", numeral.value), weight);
            }
        }
    }
}

/// Longer words count more; the weightiest first.
fn weigh(mut texts: Vec<(String, f32)>) -> Vec<(String, f32)> {
    for (text, weight) in &mut texts {
        let length = text.chars().count();
        if length > 1 && !text.is_ascii() {
            *weight *= 1.0 + PER_CHARACTER * (length.min(5) - 2) as f32;
        }
    }
    texts.sort_by(|a, b| b.1.total_cmp(&a.1));
    texts
}
