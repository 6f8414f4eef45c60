//! The sentences of the best candidates, and how much each of them says about what was asked: a row of numbers, weighed by a
//! model as the candidates are.

use std::ops::Range;

use super::{
    alike::{self, BANDS, Likeness},
    clues::{Asked, Clues, Shown},
    expected::{self, Expected},
    gaps::Wanted,
    model::Model,
    question::Question,
    retrieve::Retrieved,
    terms::Term,
};
use crate::{
    deadline::Overdue,
    index::{Index, View},
    text::{Numeral, fold, numerals, sentences, string},
};

/// Sentences are taken from so many candidates: one alone loses much, see docs/quality.md.
const PASSAGES: usize = 5;

/// A sentence of a candidate.
#[derive(Clone, Debug)]
pub(super) struct Sentence {
    /// Which candidate.
    pub(super) candidate: usize,
    /// Byte range within the candidate's text.
    pub(super) range: Range<usize>,
    /// Its length in characters.
    pub(super) length: usize,
    /// What the model gives it.
    pub(super) score: f32,
    /// Its share of what all sentences together say, 0..1.
    pub(super) share: f32,
}

/// A sentence with its features, before it is weighed.
pub(super) struct Looked {
    pub(super) sentence: Sentence,
    pub(super) features: Vec<f32>,
}

/// The sentences of the best candidates, weighed; in the order of the candidates and of their texts.
pub(super) fn weigh(index: &Index, question: &Question, retrieved: &Retrieved) -> Result<Vec<Sentence>, Overdue> {
    let looked = look(index, question, retrieved)?;
    let model = Model::sentences();
    let scores: Vec<f32> = looked.iter().map(|looked| model.score(&looked.features)).collect();
    let best = scores.iter().copied().fold(f32::MIN, f32::max);
    let mass: f32 = scores.iter().map(|score| (score - best).exp()).sum();
    let weighed = looked.into_iter().zip(scores);
    let weigh =
        |(looked, score): (Looked, f32)| Sentence { score, share: (score - best).exp() / mass, ..looked.sentence };
    Ok(weighed.map(weigh).collect())
}

/// The names of the features, in order.
pub(super) fn names() -> Vec<String> {
    let mut names: Vec<String> = NAMES.iter().map(|name| (*name).to_owned()).collect();
    names.extend(Asked::ALL.iter().map(|asked| format!("shows_{}", asked.name())));
    names.extend(["alike", "alike_direction", "alike_missing"].map(str::to_owned));
    names.extend(BANDS.map(|(name, ..)| format!("alike_{name}")));
    names.extend(["alike_below_best", "alike_direction_below_best", "gaps", "gaps_above_least"].map(str::to_owned));
    names
}

const NAMES: [&str; 37] = [
    "cover",
    "cover_b",
    "cover_w",
    "cover_c",
    "local",
    "only_here",
    "title",
    "with_title",
    "below_best",
    "below_best_local",
    "place",
    "before",
    "before_local",
    "after",
    "after_local",
    "next_to_best",
    "before_best",
    "first",
    "candidate",
    "candidate_gap",
    "candidate_ratio",
    "new_digits",
    "unit_part",
    "unit_whole",
    "unit_missing",
    "head",
    "head_asked",
    "defines",
    "pronoun",
    "length",
    "focus",
    "numeral",
    "answer",
    "answer_near",
    "answer_focus",
    "answer_none",
    "answer_below_best",
];

/// Looks at the sentences of the best candidates.
pub(super) fn look(index: &Index, question: &Question, retrieved: &Retrieved) -> Result<Vec<Looked>, Overdue> {
    let clues = Clues::new(&question.folded.chars);
    let asked = question.folded.text();
    let expected = Expected::new(&asked);
    let wanted = Wanted::new(&asked, &expected);
    let terms = Weighed::new(index, retrieved);
    let focus = focus(question, retrieved);
    let mut words = alike::Words::of(&retrieved.terms);
    let mut alike: Vec<Likeness> = Vec::new();
    let mut gaps: Vec<f32> = Vec::new();
    let top = retrieved.candidates.first();
    let weighed: Vec<(&Term, f32, f32)> =
        terms.terms.iter().zip(&focus).map(|((term, weight), focus)| (*term, *weight, *focus)).collect();
    let mut looked = Vec::new();
    for (candidate, found) in retrieved.candidates.iter().enumerate().take(PASSAGES) {
        retrieved.deadline.check()?;
        let title = Text::new(&index.titles(&found.passage));
        let texts: Vec<(Range<usize>, Text)> = sentences(&found.passage.text)
            .into_iter()
            .map(|range| (range.clone(), Text::new(&found.passage.text[range])))
            .collect();
        let page = Page::new(&terms, &texts, &title);
        let gap = top.map_or(0.0, |top| top.score - found.score);
        let ratio = top.map_or(1.0, |top| found.hit.score / top.hit.score.max(f32::MIN_POSITIVE));
        let supports: Vec<_> =
            texts.iter().map(|(_, text)| expected::support(&expected, text.folded(), &weighed)).collect();
        let best = supports.iter().map(|support| support.near).fold(0f32, f32::max);
        for (at, (range, text)) in texts.iter().enumerate() {
            retrieved.deadline.check()?;
            let mut features = page.row(&terms, at);
            features.extend([candidate as f32, gap, ratio]);
            let seen = clues.look(&text.text);
            features.extend(shown(&seen, text, &terms, &focus));
            let flag = |yes: bool| f32::from(u8::from(yes));
            let support = supports[at];
            features.extend([flag(support.found), support.near, support.focus]);
            features.extend([flag(expected.is_known() && !support.found), best - support.near]);
            features.extend(seen.kinds);
            let seen = words.read(&text.chars);
            alike.push(words.likeness(&seen));
            gaps.push(wanted.gaps(text.folded()) as f32);
            let sentence =
                Sentence { candidate, range: range.clone(), length: text.chars.len(), score: 0.0, share: 0.0 };
            looked.push(Looked { sentence, features });
        }
    }
    let greatest = |of: &dyn Fn(&Likeness) -> f32| alike.iter().map(of).fold(f32::MIN, f32::max);
    let (share, direction) = (greatest(&|one| one.share), greatest(&|one| one.direction));
    let least = gaps.iter().copied().fold(f32::MAX, f32::min);
    for ((looked, one), gaps) in looked.iter_mut().zip(&alike).zip(&gaps) {
        looked.features.extend([one.share, one.direction, one.missing]);
        looked.features.extend(one.bands);
        looked.features.extend([share - one.share, direction - one.direction, *gaps, gaps - least]);
    }
    Ok(looked)
}

/// A folded text with the values of its numerals.
pub(super) struct Text {
    chars: Vec<char>,
    text: String,
    values: Vec<String>,
}

impl Text {
    pub(super) fn new(text: &str) -> Text {
        let chars = fold(text).chars;
        let each = |numeral: Numeral| numeral.date_part(&chars).into_iter().chain([numeral.value]);
        let values = numerals(&chars).into_iter().flat_map(each).collect();
        Text { text: string(&chars), chars, values }
    }

    /// The folded text.
    pub(super) fn folded(&self) -> &str {
        &self.text
    }

    /// How far the text meets a term: the weight of the best of its alternatives that occurs.
    pub(super) fn meets(&self, term: &Term) -> f32 {
        let occurs = |text: &str| match text.strip_prefix('#') {
            Some(value) => self.values.iter().any(|known| known == value),
            None => self.text.contains(text),
        };
        // Another name of the same thing says as much as the one that was typed.
        let aliases = term.aliases.iter().map(|(name, _)| (name, 1.0));
        let texts = term.texts.iter().chain(&term.reworded).map(|(text, weight)| (text, *weight));
        texts.chain(aliases).filter(|(text, _)| occurs(text)).map(|(_, weight)| weight).fold(0f32, f32::max)
    }
}

/// The terms of the question with their weights, overall and view by view.
struct Weighed<'r> {
    terms: Vec<(&'r Term, f32)>,
    all: f32,
    of_view: [f32; 3],
}

fn view_number(view: View) -> usize {
    match view {
        View::Bigrams | View::TitleBigrams => 0,
        View::Words | View::TitleWords => 1,
        View::Characters | View::TitleCharacters => 2,
    }
}

impl<'r> Weighed<'r> {
    fn new(index: &Index, retrieved: &'r Retrieved) -> Weighed<'r> {
        let mut weighed = Weighed { terms: Vec::new(), all: 0.0, of_view: [0.0; 3] };
        for (term, idf) in retrieved.terms.iter().zip(&retrieved.idfs) {
            // What no passage has is as rare as can be.
            let idf = if *idf == 0.0 { index.greatest_idf() } else { *idf };
            let view = view_number(term.view);
            let weight = [1.0, 0.7, 0.7][view] * idf;
            weighed.terms.push((term, weight));
            weighed.all += weight;
            weighed.of_view[view] += weight;
        }
        weighed
    }
}

/// A candidate's sentences beside one another.
struct Page {
    /// For each sentence, how far it meets each term.
    met: Vec<Vec<f32>>,
    title: Vec<f32>,
    /// For each term its weight among these sentences: what few of them have tells them apart.
    local: Vec<f32>,
    /// For each term in how many sentences it occurs.
    frequency: Vec<usize>,
    cover: Vec<f32>,
    cover_local: Vec<f32>,
}

impl Page {
    fn new(terms: &Weighed, texts: &[(Range<usize>, Text)], title: &Text) -> Page {
        let meet = |text: &Text| terms.terms.iter().map(|(term, _)| text.meets(term)).collect::<Vec<f32>>();
        let met: Vec<Vec<f32>> = texts.iter().map(|(_, text)| meet(text)).collect();
        let title = meet(title);
        let frequency: Vec<usize> =
            (0..terms.terms.len()).map(|term| met.iter().filter(|met| met[term] > 0.0).count()).collect();
        let rarity = |term: usize| (1.0 + texts.len() as f32 / (frequency[term] as f32 + 0.5)).ln();
        let known = |term: usize| if title[term] > 0.0 { 0.5 } else { 1.0 };
        let local: Vec<f32> =
            (0..terms.terms.len()).map(|term| terms.terms[term].1 * rarity(term) * known(term)).collect();
        let most: f32 = (0..local.len()).filter(|term| frequency[*term] > 0).map(|term| local[term]).sum();
        let dot = |met: &[f32], weight: &dyn Fn(usize) -> f32| {
            met.iter().enumerate().map(|(at, met)| met * weight(at)).sum::<f32>()
        };
        let cover = met.iter().map(|met| share(dot(met, &|at| terms.terms[at].1), terms.all)).collect();
        let cover_local = met.iter().map(|met| share(dot(met, &|at| local[at]), most)).collect();
        Page { met, title, local, frequency, cover, cover_local }
    }

    /// The features of one sentence that depend on its neighbours.
    fn row(&self, terms: &Weighed, at: usize) -> Vec<f32> {
        let met = &self.met[at];
        let sum = |counts: &dyn Fn(usize) -> f32| (0..met.len()).map(counts).sum::<f32>();
        let of_view = |view: usize| {
            let weight = |term: usize| {
                if view_number(terms.terms[term].0.view) == view { met[term] * terms.terms[term].1 } else { 0.0 }
            };
            share(sum(&weight), terms.of_view[view])
        };
        let most: f32 = (0..met.len()).filter(|term| self.frequency[*term] > 0).map(|term| self.local[term]).sum();
        let only = share(sum(&|term| if self.frequency[term] == 1 { met[term] * self.local[term] } else { 0.0 }), most);
        let title = share(sum(&|term| self.title[term] * terms.terms[term].1), terms.all);
        let union = share(sum(&|term| self.title[term].max(met[term]) * terms.terms[term].1), terms.all);
        let greatest = |values: &[f32]| values.iter().copied().fold(0f32, f32::max);
        let best =
            (0..self.met.len()).max_by(|a, b| self.cover_local[*a].total_cmp(&self.cover_local[*b]).then(b.cmp(a)));
        let place = self.cover_local.iter().filter(|other| **other > self.cover_local[at]).count();
        let before = at.checked_sub(1);
        let flag = |yes: bool| f32::from(u8::from(yes));
        vec![
            self.cover[at],
            of_view(0),
            of_view(1),
            of_view(2),
            self.cover_local[at],
            only,
            title,
            union,
            greatest(&self.cover) - self.cover[at],
            greatest(&self.cover_local) - self.cover_local[at],
            (place as f32).ln_1p(),
            before.map_or(title, |before| self.cover[before]),
            before.map_or(0.0, |before| self.cover_local[before]),
            self.cover.get(at + 1).copied().unwrap_or(0.0),
            self.cover_local.get(at + 1).copied().unwrap_or(0.0),
            flag(before.is_some() && best == before),
            flag(best == Some(at + 1)),
            flag(at == 0),
        ]
    }
}

/// The features that depend on the sentence alone.
fn shown(shown: &Shown, text: &Text, terms: &Weighed, focus: &[f32]) -> Vec<f32> {
    let flag = |yes: bool| f32::from(u8::from(yes));
    let met: f32 = terms.terms.iter().zip(focus).map(|((term, weight), focus)| text.meets(term) * weight * focus).sum();
    let all: f32 = terms.terms.iter().zip(focus).map(|((_, weight), focus)| weight * focus).sum();
    let numeral = terms.terms.iter().any(|(term, _)| term.is_numeral() && text.meets(term) > 0.0);
    vec![
        shown.new_digits,
        flag(shown.unit == 1.0),
        flag(shown.unit == 2.0),
        flag(shown.unit < 0.0),
        shown.head,
        flag(shown.head > 0.99),
        shown.defines,
        shown.pronoun,
        (text.chars.len() as f32).ln_1p(),
        share(met, all),
        flag(numeral),
    ]
}

/// How near each term stands to the question word: what is asked about stands beside it.
pub(super) fn focus(question: &Question, retrieved: &Retrieved) -> Vec<f32> {
    /// Characters on either side that count as near.
    const NEAR: usize = 6;
    let cut =
        |at: usize| question.content.get(at) == Some(&' ') && question.folded.chars.get(at).is_some_and(|c| *c != ' ');
    let cuts: Vec<usize> = (0..question.content.len()).filter(|at| cut(*at)).collect();
    let near = |term: &Term| {
        let distance =
            cuts.iter().map(|at| if *at >= term.to { at + 1 - term.to } else { (term.from + 1).saturating_sub(*at) });
        distance.filter(|distance| (1..=NEAR).contains(distance)).min().map_or(0.0, |distance| 1.0 / distance as f32)
    };
    retrieved.terms.iter().map(near).collect()
}

fn share(part: f32, whole: f32) -> f32 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
