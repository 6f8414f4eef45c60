//! What tells an answer from a quote that merely has to do with the question: a row of numbers about the question, its quotes and
//! the passage they stand in, weighed by a model into the confidence. docs/quality.md says from what it was learned.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use super::{
    Kind, Quote, alike, aspects,
    clues::{Asked, Clues},
    evidence::{Sentence, Text, focus},
    expected::{self, Expected},
    gaps::Wanted,
    model::Row,
    question::Question,
    retrieve::{Candidate, Retrieved},
    terms::Term,
};
use crate::{
    index::{Index, View},
    text::{WordClass, is_ideograph, rarity, sentences, word_class, wording},
};

/// Periods that a question names: what is said of another one does not answer.
static PERIOD: LazyLock<Regex> = LazyLock::new(|| {
    let period =
        r"(?:1[0-9]|20)[0-9]{2}年?|[一二三四]季度|[上下]半年|[0-9]{1,2}月(?:[0-9]{1,2}[日号])?|十[一二三四五]五";
    Regex::new(period).expect("the pattern is valid; a test compiles it")
});

/// Passages of a small corpus and of a large one, where chance matches are more; between them the size counts by its logarithm.
const SMALL: f32 = 100.0;
const LARGE: f32 = 1000.0;
/// The views of which it is told how much of a question the corpus has.
const VIEWS: [(View, &str); 3] = [(View::Bigrams, "pairs"), (View::Words, "words"), (View::Characters, "characters")];
/// What a word counts of whose characters all are there, but not the word.
const SOFT: f32 = 0.5;

/// The kinds of question that are signals themselves.
const KINDS: [(Kind, &str); 4] =
    [(Kind::Number, "number"), (Kind::Date, "date"), (Kind::Person, "person"), (Kind::Place, "place")];

/// What a question is compared with, from the narrowest to the widest.
struct Texts {
    /// Each sentence of the first quote.
    sentences: Vec<Text>,
    quote: Text,
    quotes: Text,
    passage: Text,
    titles: Text,
}

impl Texts {
    fn new(index: &Index, candidate: &Candidate, quotes: &[Quote]) -> Texts {
        let first = quotes.first().map_or("", |quote| quote.text.as_str());
        let all: Vec<&str> = quotes.iter().map(|quote| quote.text.as_str()).collect();
        Texts {
            sentences: sentences(first).into_iter().map(|range| Text::new(&first[range])).collect(),
            quote: Text::new(first),
            quotes: Text::new(&all.join("\n")),
            passage: Text::new(&candidate.passage.text),
            titles: Text::new(&index.titles(&candidate.passage)),
        }
    }
}

/// The terms of a question, each with its weight and whether it stands in a text.
struct Measure<'r> {
    terms: Vec<(&'r Term, f32)>,
}

impl<'r> Measure<'r> {
    fn new(index: &Index, retrieved: &'r Retrieved) -> Measure<'r> {
        let weigh = |(term, idf): (&'r Term, &f32)| (term, weight(index, term, *idf));
        Measure { terms: retrieved.terms.iter().zip(&retrieved.idfs).map(weigh).collect() }
    }

    /// The share of those terms that count which the texts meet; 0 where none counts.
    fn share(&self, texts: &[&Text], counts: impl Fn(usize, &Term) -> f32) -> f32 {
        let (mut met, mut all) = (0.0, 0.0);
        for (at, (term, weight)) in self.terms.iter().enumerate() {
            let weight = weight * counts(at, term);
            if weight > 0.0 {
                all += weight;
                met += weight * meets(texts, term);
            }
        }
        if all > 0.0 { met / all } else { 0.0 }
    }

    /// The share that they do not meet; 0 where none counts.
    fn missing(&self, texts: &[&Text], counts: impl Fn(usize, &Term) -> f32 + Copy) -> f32 {
        let any = self.terms.iter().enumerate().any(|(at, (term, weight))| weight * counts(at, term) > 0.0);
        if any { 1.0 - self.share(texts, counts) } else { 0.0 }
    }

    /// The share of the words that they meet, of which those that are missing count in part for the characters that are there.
    fn soft_share(&self, texts: &[&Text], counts: impl Fn(usize, &Term) -> f32) -> f32 {
        let (mut met, mut all) = (0.0, 0.0);
        for (at, (term, weight)) in self.terms.iter().enumerate().filter(|(_, (term, _))| is_word(term)) {
            let weight = weight * counts(at, term);
            all += weight;
            met += weight * meets(texts, term).max(SOFT * characters_met(texts, term));
        }
        if all > 0.0 { met / all } else { 0.0 }
    }
}

/// What a term counts: by its view, and by how rare it is in this corpus and in Chinese at large.
pub(super) fn weight(index: &Index, term: &Term, idf: f32) -> f32 {
    let view = if term.view == View::Bigrams { 1.0 } else { 0.7 };
    let here = if idf == 0.0 { 1.0 } else { idf / index.greatest_idf() };
    let anywhere = term.texts.first().map_or(1.0, |(text, _)| rarity(text));
    term.weight.min(1.0) * view * (here + anywhere) / 2.0
}

fn is_word(term: &Term) -> bool {
    (term.view == View::Words || term.is_translated()) && !term.is_numeral()
}

/// Whether a term names a thing: what is missing of these is more telling than of verbs and the like.
fn is_thing(term: &Term) -> bool {
    is_word(term) && term.texts.first().is_some_and(|(word, _)| word_class(word) == WordClass::Thing)
}

fn meets(texts: &[&Text], term: &Term) -> f32 {
    texts.iter().map(|text| text.meets(term)).fold(0f32, f32::max).min(1.0)
}

/// The share of the ideographs of a word that the texts have.
fn characters_met(texts: &[&Text], term: &Term) -> f32 {
    let Some((word, _)) = term.texts.first() else { return 0.0 };
    let all: Vec<char> = word.chars().filter(|c| is_ideograph(*c)).collect();
    let met = all.iter().filter(|c| texts.iter().any(|text| text.folded().contains(**c))).count();
    met as f32 / all.len().max(1) as f32
}

/// The names of the signals, in order.
pub(super) fn names() -> Vec<String> {
    let blank = Question::analyse("", None);
    let empty = || Text::new("");
    let texts = Texts { sentences: Vec::new(), quote: empty(), quotes: empty(), passage: empty(), titles: empty() };
    let measure = Measure { terms: Vec::new() };
    let mut row = Row::default();
    coverage(&mut row, &measure, &texts, (&[], &[]));
    kinds(&mut row, &blank, &texts);
    support(&mut row, &blank, &texts, (&measure, &[]));
    circumstances(&mut row, &blank, &[], 1);
    familiarity(&mut row, &[], &[]);
    directions(&mut row, &[], &texts);
    row.names
}

/// The signals of a question, the candidate that the first quote stands in, and the quotes with the sentences that they were
/// chosen from.
pub(super) fn signals(
    index: &Index,
    question: &Question,
    retrieved: &Retrieved,
    candidate: &Candidate,
    (quotes, sentences): (&[Quote], &[Sentence]),
) -> Row {
    let measure = Measure::new(index, retrieved);
    let texts = Texts::new(index, candidate, quotes);
    let focus = focus(question, retrieved);
    let mut row = Row::default();
    coverage(&mut row, &measure, &texts, (&focus, &question.asking()));
    kinds(&mut row, question, &texts);
    support(&mut row, question, &texts, (&measure, &focus));
    circumstances(&mut row, question, sentences, index.passage_count());
    familiarity(&mut row, &retrieved.terms, &retrieved.idfs);
    directions(&mut row, &retrieved.terms, &texts);
    row
}

/// How much of the question stands where.
fn coverage(row: &mut Row, measure: &Measure, texts: &Texts, (focus, asking): (&[f32], &[Range<usize>])) {
    let Texts { quote, passage, titles, .. } = texts;
    let all = |_: usize, _: &Term| 1.0;
    let in_clause = |_: usize, term: &Term| {
        f32::from(u8::from(asking.iter().any(|range| range.start <= term.from && term.to <= range.end)))
    };
    let things = |_: usize, term: &Term| f32::from(u8::from(is_thing(term)));
    let near = |at: usize, _: &Term| focus.get(at).copied().unwrap_or(0.0);
    let whole = |texts: &[&Text]| measure.share(texts, all).max(measure.share(texts, in_clause));
    let best = texts
        .sentences
        .iter()
        .max_by(|a, b| measure.share(&[a, titles], all).total_cmp(&measure.share(&[b, titles], all)));
    let best: Vec<&Text> = best.into_iter().collect();
    let with_titles: Vec<&Text> = best.iter().copied().chain([titles]).collect();
    row.put("passage", whole(&[passage, titles]));
    row.put("quote", whole(&[quote, titles]));
    row.put("sentence", whole(&with_titles));
    row.put("sentence_alone", measure.share(&best, all));
    row.put("things_missing_passage", measure.missing(&[passage, titles], things));
    row.put("things_missing_quote", measure.missing(&[quote, titles], things));
    row.put("words_soft_passage", measure.soft_share(&[passage, titles], all));
    row.put("words_soft_quote", measure.soft_share(&[quote, titles], all));
    row.put("things_soft_quote", measure.soft_share(&[quote, titles], things));
    row.put("focus_soft_quote", measure.soft_share(&[quote, titles], near));
}

/// Whether there is anything of the kind that was asked for, and of the period.
fn kinds(row: &mut Row, question: &Question, texts: &Texts) {
    let asked = question.folded.text();
    let clues = Clues::new(&question.folded.chars);
    let quote = clues.look(texts.quote.folded());
    for (kind, name) in KINDS {
        row.flag(format!("asks_{name}"), question.kind == kind);
    }
    row.flag("lacks_person", clues.asks(Asked::Person) && quote.kinds[Asked::Person as usize] == 0.0);
    row.flag("lacks_new_number", clues.asks(Asked::Number) && quote.new_digits == 0.0);
    row.put("head", quote.head);
    row.put("aspect_missing_passage", aspects::missing(&asked, texts.passage.folded()));
    row.put("aspect_missing_quotes", aspects::missing(&asked, texts.quotes.folded()));
    row.put("aspect_missing_quote", aspects::missing(&asked, texts.quote.folded()));
    let asked = asked.replace('号', "日");
    let periods: Vec<&str> = PERIOD.find_iter(&asked).map(|found| found.as_str()).collect();
    let missing = |text: &Text| {
        let (text, titles) = (text.folded().replace('号', "日"), texts.titles.folded());
        let gone = periods.iter().filter(|period| !text.contains(**period) && !titles.contains(**period)).count();
        gone as f32 / periods.len().max(1) as f32
    };
    row.put("periods_missing_passage", missing(&texts.passage));
    row.put("periods_missing_quote", missing(&texts.quote));
}

/// How much of the question stands near something that could be its answer; where it is open what an answer looks like, how much
/// stands in the best sentence.
fn support(row: &mut Row, question: &Question, texts: &Texts, (measure, focus): (&Measure, &[f32])) {
    let asked = question.folded.text();
    let expected = Expected::new(&asked);
    row.put("gaps", Wanted::new(&asked, &expected).gaps(texts.quote.folded()) as f32);
    let terms: Vec<(&Term, f32, f32)> =
        measure.terms.iter().zip(focus).map(|((term, weight), focus)| (*term, *weight, *focus)).collect();
    let best = texts.sentences.iter().map(|text| expected::support(&expected, text.folded(), &terms));
    let best = best.max_by(|a, b| a.near.total_cmp(&b.near)).unwrap_or_default();
    let passage = expected::support(&expected, texts.passage.folded(), &terms);
    let sentence = |weigh: &dyn Fn(usize) -> f32| {
        let share = |text: &Text| measure.share(&[text], |at, _| weigh(at));
        texts.sentences.iter().map(share).fold(0f32, f32::max)
    };
    let known = expected.is_known();
    row.put("answer_near", if known { best.near } else { sentence(&|_| 1.0) });
    row.put("answer_focus", if known { best.focus } else { sentence(&|at| focus.get(at).copied().unwrap_or(0.0)) });
    row.put("answer_near_passage", if known { passage.near } else { sentence(&|_| 1.0) });
}

/// What the question and the search were like: how it is worded, how long it is, how far one sentence stands out.
fn circumstances(row: &mut Row, question: &Question, sentences: &[Sentence], passages: u64) {
    let best = sentences.iter().max_by(|a, b| a.score.total_cmp(&b.score));
    let size = (passages.max(1) as f32 / SMALL).ln() / (LARGE / SMALL).ln();
    // Everyday words are seldom those of the document, also where it answers; written ones of a question that it does not answer
    // often are.
    let wording = wording(&question.folded.text());
    row.put("wording_things", wording.things);
    row.put("wording_deeds", wording.deeds);
    row.put("wording_particles", wording.particles);
    row.put("wording_singles", wording.singles);
    row.put("length", (question.content.iter().filter(|c| c.is_alphanumeric()).count() as f32).ln_1p());
    row.put("sentence_share", best.map_or(0.0, |best| best.share));
    row.put("large", size.clamp(0.0, 1.0));
}

/// Whether the words of the question are translated, how many of them the corpus has anywhere, and the rarest thing among them that
/// it has not.
fn familiarity(row: &mut Row, terms: &[Term], idfs: &[f32]) {
    for (view, name) in VIEWS {
        let of_view = terms.iter().zip(idfs).filter(|(term, _)| term.view == view && !term.is_translated());
        let idfs: Vec<f32> = of_view.map(|(_, idf)| *idf).collect();
        let known = idfs.iter().filter(|idf| **idf > 0.0).count() as f32 / idfs.len() as f32;
        row.put(format!("known_{name}"), if idfs.is_empty() { 1.0 } else { known });
    }
    let nowhere = terms.iter().zip(idfs).filter(|(term, idf)| **idf == 0.0 && is_thing(term));
    let rarest = nowhere.map(|(term, _)| term.texts.first().map_or(1.0, |(text, _)| rarity(text)));
    row.put("unknown_things", rarest.fold(0f32, f32::max));
    row.flag("foreign", !terms.is_empty() && terms.iter().all(Term::is_translated));
}

/// How near the words of the question together come to those of the first quote and of its passage: what is far from both is
/// another subject.
fn directions(row: &mut Row, terms: &[Term], texts: &Texts) {
    let mut words = alike::Words::of(terms);
    for (text, name) in [(&texts.quote, "quote"), (&texts.passage, "passage")] {
        let seen = words.read(&text.folded().chars().collect::<Vec<char>>());
        row.put(format!("direction_{name}"), words.likeness(&seen).direction);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_signal_has_a_name_of_its_own() {
        let names = names();
        let distinct: std::collections::HashSet<&String> = names.iter().collect();
        assert_eq!(distinct.len(), names.len());
    }

    #[test]
    fn periods_are_found() {
        let found: Vec<&str> = PERIOD.find_iter("2022年二季度和3月15日").map(|found| found.as_str()).collect();
        assert_eq!(found, ["2022年", "二季度", "3月15日"]);
    }
}
