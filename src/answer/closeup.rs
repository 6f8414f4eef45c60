//! A closer look at the candidates of a question in another language: which translations stand side by side, and how many of
//! them one sentence has. Too costly for the whole corpus, cheap for its best passages.

use std::collections::{BTreeMap, HashMap};

use super::{
    retrieve::{Candidate, Retrieved},
    terms::{Term, phrase},
};
use crate::{
    index::{Clause, Hit, Index, Scoring},
    text::{fold, numerals},
};

/// What translations of neighbouring words count that are neighbours in the text: total investment, 总投资.
const PAIR: f32 = 0.25;
/// The same in the other order: mayor of Jiaozuo, 焦作市长.
const REVERSED: f32 = 0.7;
/// So many translations of a word form pairs.
const PAIRED: usize = 10;
/// What the best sentence counts beside the passage.
const SENTENCE: f32 = 0.2;
/// Sentences for ranking end also at semicolons.
const SENTENCE_ENDS: &str = "。!?;\n";

/// Two translations side by side: the number of the first term, and the text.
type Pair = (usize, String);

/// What a sentence says.
struct Said {
    worth: f32,
    pairs: Vec<Pair>,
}

/// What the closer look adds to the score of each candidate.
pub(super) fn look(index: &Index, retrieved: &Retrieved) -> anyhow::Result<Vec<f32>> {
    let ways = Ways::new(index, retrieved);
    let mut pairs = BTreeMap::new();
    let mut said: Vec<Vec<Said>> = Vec::with_capacity(retrieved.candidates.len());
    for candidate in &retrieved.candidates {
        retrieved.deadline.check()?;
        said.push(ways.read(candidate, &mut pairs));
    }
    let hits: Vec<&Hit> = retrieved.candidates.iter().map(|candidate| &candidate.hit).collect();
    retrieved.deadline.check()?;
    let (mut added, worths) = weigh(index, pairs, &hits)?;
    for (added, sentences) in added.iter_mut().zip(&said) {
        let worth = |said: &Said| {
            let mut best: BTreeMap<usize, f32> = BTreeMap::new();
            for pair in &said.pairs {
                let known = best.entry(pair.0).or_default();
                *known = known.max(worths.get(pair).copied().unwrap_or(0.0));
            }
            said.worth + best.values().sum::<f32>()
        };
        *added += SENTENCE * sentences.iter().map(worth).fold(0f32, f32::max);
    }
    Ok(added)
}

/// What the pairs add to each hit, and what each of them is worth in a sentence.
fn weigh(index: &Index, pairs: BTreeMap<Pair, f32>, hits: &[&Hit]) -> anyhow::Result<(Vec<f32>, BTreeMap<Pair, f32>)> {
    let mut terms: BTreeMap<usize, Vec<(String, f32)>> = BTreeMap::new();
    for ((term, text), weight) in pairs {
        terms.entry(term).or_default().push((text, weight));
    }
    let (mut added, mut worths) = (vec![0.0; hits.len()], BTreeMap::new());
    for (term, texts) in terms {
        let alternatives = texts.iter().map(|(text, weight)| phrase(false, text, *weight)).collect();
        let clause = Clause { alternatives, weight: PAIR, scoring: Scoring::Translated };
        let scored = index.score(&clause, hits)?;
        added.iter_mut().zip(&scored.scores).for_each(|(added, score)| *added += score);
        let rarity = index.shared_rarity(scored.idf);
        for ((text, weight), idf) in texts.into_iter().zip(scored.each) {
            worths.insert((term, text), PAIR * rarity * weight * idf);
        }
    }
    Ok((added, worths))
}

/// A translation that the corpus has.
struct Way {
    /// The number of its term.
    term: usize,
    /// Its place among the translations of its term.
    place: usize,
    text: Vec<char>,
    weight: f32,
    /// What it adds to a sentence.
    worth: f32,
}

/// A translation at its place in a sentence.
#[derive(Clone, Copy)]
struct Found<'w> {
    way: &'w Way,
    from: usize,
    to: usize,
}

/// The translations of all terms, ready to be found in texts.
struct Ways {
    ways: Vec<Way>,
    /// Those that begin with a character.
    beginning: HashMap<char, Vec<usize>>,
    /// Those that are a number.
    number: HashMap<String, Vec<usize>>,
    /// For each term the one that may form pairs with it.
    next: Vec<Option<usize>>,
}

impl Ways {
    fn new(index: &Index, retrieved: &Retrieved) -> Ways {
        let terms = &retrieved.terms;
        let mut ways =
            Ways { ways: Vec::new(), beginning: HashMap::new(), number: HashMap::new(), next: neighbours(terms) };
        for (at, term) in terms.iter().enumerate().filter(|(_, term)| term.is_translated()) {
            let rarity = term.weight * index.shared_rarity(retrieved.idfs[at]);
            for (place, ((text, weight), idf)) in term.texts.iter().zip(&retrieved.each[at]).enumerate() {
                let number = ways.ways.len();
                match text.strip_prefix('#') {
                    Some(value) => ways.number.entry(value.to_owned()).or_default().push(number),
                    None => text.chars().take(1).for_each(|c| ways.beginning.entry(c).or_default().push(number)),
                }
                let (text, worth) = (text.chars().collect(), rarity * weight * idf);
                ways.ways.push(Way { term: at, place, text, weight: *weight, worth });
            }
        }
        ways
    }

    /// Looks for translations in every sentence of a candidate, and notes the pairs with their weights.
    fn read(&self, candidate: &Candidate, pairs: &mut BTreeMap<Pair, f32>) -> Vec<Said> {
        let chars = fold(&candidate.passage.text).chars;
        let sentences = chars.split(|c| SENTENCE_ENDS.contains(*c)).filter(|sentence| !sentence.is_empty());
        sentences.map(|sentence| self.say(sentence, pairs)).collect()
    }

    fn say(&self, sentence: &[char], pairs: &mut BTreeMap<Pair, f32>) -> Said {
        let mut found: Vec<Vec<Found>> = vec![Vec::new(); self.next.len()];
        for (from, c) in sentence.iter().enumerate() {
            for way in self.beginning.get(c).into_iter().flatten().map(|number| &self.ways[*number]) {
                let to = from + way.text.len();
                if sentence[from..].starts_with(&way.text) && stands_alone(sentence, from, to) {
                    found[way.term].push(Found { way, from, to });
                }
            }
        }
        for numeral in numerals(sentence) {
            for way in self.number.get(&numeral.value).into_iter().flatten().map(|number| &self.ways[*number]) {
                found[way.term].push(Found { way, from: numeral.from, to: numeral.to });
            }
        }
        let best = |found: &Vec<Found>| found.iter().map(|found| found.way.worth).fold(0f32, f32::max);
        let mut said = Said { worth: found.iter().map(best).sum(), pairs: Vec::new() };
        for (term, next) in self.next.iter().enumerate() {
            let Some(next) = next else { continue };
            for (one, other) in found[term].iter().flat_map(|one| found[*next].iter().map(move |other| (one, other))) {
                if let Some((text, weight)) = pair(sentence, *one, *other) {
                    let known = pairs.entry((term, text.clone())).or_insert(weight);
                    *known = known.max(weight);
                    said.pairs.push((term, text));
                }
            }
        }
        said
    }
}

/// For each term the translated one that follows it, where both are single words.
fn neighbours(terms: &[Term]) -> Vec<Option<usize>> {
    let single = |term: &Term| term.is_translated() && term.weight <= 1.0;
    let next = |at: usize| terms.get(at + 1).filter(|next| single(next) && single(&terms[at])).map(|_| at + 1);
    (0..terms.len()).map(next).collect()
}

/// Whether Latin letters and digits do not go on before or after.
fn stands_alone(sentence: &[char], from: usize, to: usize) -> bool {
    let letter = |at: usize| sentence.get(at).is_some_and(char::is_ascii_alphanumeric);
    let before = letter(from) && from > 0 && letter(from - 1);
    let after = letter(to - 1) && (letter(to) || sentence.get(to) == Some(&'.') && letter(to + 1));
    !before && !after
}

/// The text and the weight of two translations side by side, with at most 的 between them.
fn pair(sentence: &[char], one: Found, other: Found) -> Option<(String, f32)> {
    let (first, second, order) = if one.from <= other.from { (one, other, 1.0) } else { (other, one, REVERSED) };
    let between = sentence.get(first.to..second.from)?;
    let joined = between.is_empty() || between == ['的'];
    let long = second.to - first.from > 2;
    if !joined || !long || one.way.place >= PAIRED || other.way.place >= PAIRED || one.way.text == other.way.text {
        return None;
    }
    Some((sentence[first.from..second.to].iter().collect(), one.way.weight * other.way.weight * order))
}
