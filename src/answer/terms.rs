//! The terms of a question: what is looked up, in which view, and how much each counts.

use std::{collections::HashSet, ops::Range};

use super::{aliases::Named, question::Question};
use crate::{
    index::{Alternative, Clause, Scoring, View},
    text::{Token, Tokens, characters, is_ideograph, numerals, rewordings, segments},
};

/// Weights of the views of the text; found by search over all measuring sets, see docs/quality.md.
const BIGRAMS: f32 = 1.0;
const WORDS: f32 = 0.2;
const CHARACTERS: f32 = 1.6;
/// What the titles count beside the text.
const TITLES: f32 = 0.2;
/// A canonical numeral counts as much as a bigram: it meets other writings of the number.
const NUMERALS: f32 = 1.0;

/// What the question before counts in a follow-up.
pub(super) const CARRIED: f32 = 0.5;

/// What an official word counts where an everyday one was typed.
const REWORDED: f32 = 0.8;

/// A pair of characters from two words that holds one of these says little.
const FUNCTION_CHARACTERS: &str =
    "的了是在有为于和与及等对被把将由从到向中上下个之其这那些并且或者而所以就也都要会能可以应该不";

/// A term of the question.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Term {
    /// The view of the text in which it is looked up.
    pub(super) view: View,
    /// Its folded text; or several that may stand for it, each with how far it may, 0..1.
    pub(super) texts: Vec<(String, f32)>,
    /// What an official text may say instead of the phrase that the term is part of.
    pub(super) reworded: Vec<(String, f32)>,
    /// The admin's other names for the name that the term is part of.
    pub(super) aliases: Vec<(String, f32)>,
    /// What it counts within its view.
    pub(super) weight: f32,
    /// Position of its first character in the content of the question, and after its last.
    pub(super) from: usize,
    pub(super) to: usize,
    /// Whether its texts are what was typed, or translations of it.
    pub(super) scoring: Scoring,
}

impl Term {
    /// Whether its texts are translations of what was typed.
    pub(super) fn is_translated(&self) -> bool {
        self.scoring == Scoring::Translated
    }

    /// Whether it stands for a number in any writing.
    pub(super) fn is_numeral(&self) -> bool {
        self.texts.first().is_some_and(|(text, _)| text.starts_with('#'))
    }
}

/// The terms of a question, each view in turn, without repetition; with the other names of what it names.
pub(super) fn terms(question: &Question, named: &[Named]) -> Vec<Term> {
    let mut bounds = HashSet::new();
    for word in segments(&question.content) {
        bounds.extend([word.start, word.end]);
    }
    let pair = |token: &Token| {
        let straddles = token.to == token.from + 2 && bounds.contains(&(token.from + 1));
        match straddles {
            false => 1.0,
            true if token.text.chars().any(|c| FUNCTION_CHARACTERS.contains(c)) => 0.3,
            true => 0.7,
        }
    };
    let tokens = without_spelled_numbers(question);
    let mut terms = Vec::new();
    add(&mut terms, View::Bigrams, &tokens.bigrams, pair);
    add(
        &mut terms,
        View::Words,
        &tokens.words,
        |token| if token.text.starts_with('#') { NUMERALS / WORDS } else { 1.0 },
    );
    add(&mut terms, View::Characters, &tokens.characters, |_| 1.0);
    for term in terms.iter_mut().filter(|term| term.from >= question.own) {
        term.weight *= CARRIED;
    }
    for rewording in rewordings(question.folded.chars.as_slice()) {
        let within = |term: &&mut Term| term.from < rewording.to && rewording.from < term.to;
        for term in terms.iter_mut().filter(within) {
            term.reworded.extend(rewording.official.iter().map(|text| (text.clone(), REWORDED)));
        }
    }
    for term in &mut terms {
        term.aliases = named.iter().flat_map(|named| named.beside(term)).collect();
    }
    terms
}

/// The tokens of a question without those inside a number that is spelled in characters: 五十三点六亿 and 四月份 are looked up as what
/// they are, in whatever writing the documents have it. A month or day is looked up with its unit alone.
fn without_spelled_numbers(question: &Question) -> Tokens {
    let content = &question.content;
    let mut spelled: Vec<Range<usize>> = Vec::new();
    let mut dates: Vec<usize> = Vec::new();
    for numeral in numerals(content) {
        let is_date = numeral.date_part(content).is_some();
        let is_spelled = !content[numeral.from].is_ascii_digit();
        let unit = content[numeral.to..].iter().take(if is_date { 2 } else { 0 });
        let unit = unit.take_while(|c| "月日号份".contains(**c)).count();
        if is_date {
            dates.push(numeral.from);
            // 月份 is no word of a document that has 4月.
            spelled.push(numeral.to..numeral.to + unit);
        }
        if is_spelled && (is_date || numeral.to - numeral.from > 1) {
            spelled.push(numeral.from..numeral.to + unit);
        }
    }
    let apart = |token: &Token| match token.text.strip_prefix('#') {
        Some(value) => value.ends_with(['月', '日']) || !dates.contains(&token.from),
        None => !spelled.iter().any(|range| range.start <= token.from && token.to <= range.end),
    };
    let mut tokens = question.tokens.clone();
    for view in [&mut tokens.bigrams, &mut tokens.words, &mut tokens.characters] {
        view.retain(apart);
    }
    tokens
}

fn add(terms: &mut Vec<Term>, view: View, tokens: &[Token], weight: impl Fn(&Token) -> f32) {
    let mut seen = HashSet::new();
    for token in tokens.iter().filter(|token| seen.insert(&token.text)) {
        terms.push(Term {
            view,
            texts: vec![(token.text.clone(), 1.0)],
            reworded: Vec::new(),
            aliases: Vec::new(),
            weight: weight(token),
            from: token.from,
            to: token.to,
            scoring: Scoring::AsTyped,
        });
    }
}

/// What a view counts against the others.
fn view_weight(view: View) -> f32 {
    match view {
        View::Bigrams => BIGRAMS,
        View::Words => WORDS,
        View::Characters => CHARACTERS,
        View::TitleBigrams => BIGRAMS * TITLES,
        View::TitleWords => WORDS * TITLES,
        View::TitleCharacters => CHARACTERS * TITLES,
    }
}

/// The view of the titles that goes with a view of the text.
fn titles(view: View) -> View {
    match view {
        View::Bigrams | View::TitleBigrams => View::TitleBigrams,
        View::Words | View::TitleWords => View::TitleWords,
        View::Characters | View::TitleCharacters => View::TitleCharacters,
    }
}

/// The clauses that look the terms up: first one in the text for each, in their order, then one in the titles for each.
pub(super) fn clauses(terms: &[Term]) -> Vec<Clause> {
    let clause = |view: View, term: &Term, weight: f32| Clause {
        alternatives: alternatives(view, term),
        weight: weight * view_weight(view),
        scoring: term.scoring,
    };
    let texts = terms.iter().map(|term| clause(term.view, term, term.weight));
    // In the titles every term that was typed counts by its rarity alone.
    let title = |term: &Term| clause(titles(term.view), term, if term.is_translated() { term.weight } else { 1.0 });
    texts.chain(terms.iter().map(title)).collect()
}

/// What meets a term in a view: its texts, then the other names of what it is part of.
fn alternatives(view: View, term: &Term) -> Vec<Alternative> {
    let texts = term.texts.iter().map(|(text, weight)| alternative(view, term.scoring, text, *weight));
    let aliases = term.aliases.iter().map(|(name, weight)| phrase(view == titles(view), name, *weight));
    texts.chain(aliases).collect()
}

fn alternative(view: View, scoring: Scoring, text: &str, weight: f32) -> Alternative {
    match scoring {
        Scoring::AsTyped => Alternative { view, terms: vec![(0, text.to_owned())], weight },
        Scoring::Translated => phrase(view == titles(view), text, weight),
    }
}

/// A word of any length, as a phrase in the view that has its parts.
pub(super) fn phrase(in_titles: bool, text: &str, weight: f32) -> Alternative {
    let chars: Vec<char> = text.chars().collect();
    let place = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    let (view, terms) = if text.starts_with('#') {
        (View::Words, vec![(0, text.to_owned())])
    } else if chars.len() > 1 && chars.iter().all(|c| is_ideograph(*c)) {
        // Every second pair, and the last one: they hold all characters.
        let last = chars.len() - 2;
        let places = (0..last).step_by(2).chain([last]);
        (View::Bigrams, places.map(|at| (place(at), chars[at..at + 2].iter().collect())).collect())
    } else {
        let parts = characters(&chars).into_iter();
        (View::Characters, parts.map(|part| (place(part.from), part.text)).collect())
    };
    Alternative { view: if in_titles { titles(view) } else { view }, terms, weight }
}
