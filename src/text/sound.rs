//! Foreign names by their sound: which names of a corpus, written in Chinese characters, an English name may be.
//! The scores were learnt from pairs of names by `scripts/build_sounds.py`; no name is stored.

use std::collections::{BTreeMap, HashMap};
use std::sync::OnceLock;

use crate::text::pinyin;

static SOUNDS: &str = include_str!("../../data/sounds.tsv");

/// Letters that one syllable may stand for, at most; the table has no longer ones.
const MAX_LETTERS: usize = 4;
/// Shortest English name compared: shorter ones sound like anything.
const MIN_NAME: usize = 3;
/// Characters of a Chinese name; the parts of a full name are names of their own.
const NAME_CHARACTERS: std::ops::RangeInclusive<usize> = 2..=6;
/// Least mean odds (natural log) of a stretch of characters to be a foreign name. On xquad (development half) 0 to
/// 1.2 give the same answers; this keeps 600 names of a hundred statutes and 3,300 of 240 encyclopaedia paragraphs.
const MIN_ODDS: f32 = 0.5;
/// Least odds of the first and the last character: function words such as 是 stick to the ends of names.
const MIN_EDGE_ODDS: f32 = -1.0;
/// Least score per English letter (natural log of likelier than chance) of a name that is returned.
const MIN_SCORE: f32 = 0.8;
/// Weight of a candidate for each unit of score per letter; 1 is the most.
const WEIGHT_PER_SCORE: f32 = 0.5;
/// Candidates returned for a name.
const MAX_CANDIDATES: usize = 4;
/// Anything below is no alignment at all.
const IMPOSSIBLE: f32 = -1.0e6;

/// The learnt table.
struct Sounds {
    /// Letters to (syllable number, natural log of how much likelier than chance).
    pairs: HashMap<&'static str, Vec<(usize, f32)>>,
    syllables: HashMap<&'static str, usize>,
    /// Characters of foreign names, and how much likelier they are there than in text (natural log).
    odds: HashMap<char, f32>,
}

impl Sounds {
    fn shared() -> &'static Sounds {
        static SHARED: OnceLock<Sounds> = OnceLock::new();
        SHARED.get_or_init(|| Sounds::parse(SOUNDS))
    }

    fn parse(table: &'static str) -> Sounds {
        let mut sounds = Sounds { pairs: HashMap::new(), syllables: HashMap::new(), odds: HashMap::new() };
        for (key, scores) in table.lines().filter_map(|line| line.split_once('\t')) {
            for (name, tenths) in scores.split(' ').filter_map(|score| score.split_once(':')) {
                let Ok(tenths) = tenths.parse::<i32>() else { continue };
                let score = tenths as f32 / 10.0;
                if key == "#" {
                    sounds.odds.extend(name.chars().map(|c| (c, score)));
                } else {
                    let next = sounds.syllables.len();
                    let number = *sounds.syllables.entry(name).or_insert(next);
                    sounds.pairs.entry(key).or_default().push((number, score));
                }
            }
        }
        sounds
    }
}

/// Stretches of a text that may be foreign names or parts of them, with repetitions.
pub fn names(text: &str) -> Vec<String> {
    let sounds = Sounds::shared();
    let mut found = Vec::new();
    let mut run: Vec<(char, f32)> = Vec::new();
    for c in text.chars().chain(std::iter::once(' ')) {
        match sounds.odds.get(&c) {
            Some(&odds) => run.push((c, odds)),
            None => {
                push_names(&run, &mut found);
                run.clear();
            }
        }
    }
    found
}

fn push_names(run: &[(char, f32)], found: &mut Vec<String>) {
    for start in 0..run.len() {
        for length in NAME_CHARACTERS {
            let Some(part) = run.get(start..start + length) else { break };
            let mean = part.iter().map(|(_, odds)| odds).sum::<f32>() / length as f32;
            if mean >= MIN_ODDS && part[0].1 >= MIN_EDGE_ODDS && part[length - 1].1 >= MIN_EDGE_ODDS {
                found.push(part.iter().map(|(c, _)| c).collect());
            }
        }
    }
}

/// The foreign names of a corpus, by syllable.
#[derive(Default)]
pub struct NameIndex {
    nodes: Vec<Node>,
}

#[derive(Default)]
struct Node {
    children: BTreeMap<usize, usize>,
    names: Vec<String>,
}

impl NameIndex {
    /// Builds the index from what [`names`] finds, in any order and with repetitions.
    pub fn build(names: impl IntoIterator<Item = String>) -> NameIndex {
        let sounds = Sounds::shared();
        let mut index = NameIndex { nodes: vec![Node::default()] };
        for name in names {
            let syllables: Option<Vec<usize>> =
                name.chars().map(|c| sounds.syllables.get(pinyin::first_reading(c)?).copied()).collect();
            if let Some(syllables) = syllables {
                index.insert(&syllables, name);
            }
        }
        index
    }

    fn insert(&mut self, syllables: &[usize], name: String) {
        let mut at = 0;
        for &syllable in syllables {
            let next = self.nodes.len();
            let child = *self.nodes[at].children.entry(syllable).or_insert(next);
            if child == next {
                self.nodes.push(Node::default());
            }
            at = child;
        }
        if !self.nodes[at].names.contains(&name) {
            self.nodes[at].names.push(name);
        }
    }

    /// Names of the corpus that sound like an English one, best first, with a weight up to 1; empty if none does.
    pub fn candidates(&self, english: &str) -> Vec<(String, f32)> {
        let letters: String =
            english.chars().filter(char::is_ascii_alphabetic).map(|c| c.to_ascii_lowercase()).collect();
        if letters.len() < MIN_NAME || self.nodes.is_empty() {
            return Vec::new();
        }
        let mut walk = Walk { index: self, steps: steps(&letters), length: letters.len(), found: Vec::new() };
        let mut start = vec![IMPOSSIBLE; letters.len() + 1];
        start[0] = 0.0;
        walk.visit(0, &start);
        best(walk.found)
    }
}

/// Best first, and no name that merely lengthens a better one (杰克逊是 after 杰克逊).
fn best(mut found: Vec<(f32, &str)>) -> Vec<(String, f32)> {
    found.retain(|(score, _)| *score >= MIN_SCORE);
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    let mut kept: Vec<(String, f32)> = Vec::new();
    for (score, name) in found {
        if !kept.iter().any(|(better, _)| name.contains(better.as_str())) && kept.len() < MAX_CANDIDATES {
            kept.push((name.to_owned(), (score * WEIGHT_PER_SCORE).min(1.0)));
        }
    }
    kept
}

/// For every place in the name: (letters taken, syllable to score) of the table.
fn steps(letters: &str) -> Vec<HashMap<usize, Vec<(usize, f32)>>> {
    let pairs = &Sounds::shared().pairs;
    let mut steps = Vec::with_capacity(letters.len());
    for at in 0..letters.len() {
        let mut here: HashMap<usize, Vec<(usize, f32)>> = HashMap::new();
        for taken in 1..=MAX_LETTERS.min(letters.len() - at) {
            for &(syllable, score) in pairs.get(&letters[at..at + taken]).into_iter().flatten() {
                here.entry(syllable).or_default().push((taken, score));
            }
        }
        steps.push(here);
    }
    steps
}

/// A walk down the index that keeps, for each number of letters used up, the best score so far (Viterbi).
struct Walk<'a> {
    index: &'a NameIndex,
    steps: Vec<HashMap<usize, Vec<(usize, f32)>>>,
    length: usize,
    found: Vec<(f32, &'a str)>,
}

impl Walk<'_> {
    fn visit(&mut self, node: usize, before: &[f32]) {
        let index = self.index;
        let whole = before[self.length];
        if whole > IMPOSSIBLE {
            let score = whole / self.length as f32;
            self.found.extend(index.nodes[node].names.iter().map(|name| (score, name.as_str())));
        }
        for (&syllable, &child) in &index.nodes[node].children {
            let mut after = vec![IMPOSSIBLE; self.length + 1];
            for (at, here) in self.steps.iter().enumerate().filter(|(at, _)| before[*at] > IMPOSSIBLE) {
                for &(taken, score) in here.get(&syllable).into_iter().flatten() {
                    after[at + taken] = after[at + taken].max(before[at] + score);
                }
            }
            if after.iter().any(|&score| score > IMPOSSIBLE) {
                self.visit(child, &after);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_sound() {
        let text =
            "黑豹队的培顿·曼宁和贾里德·艾伦在杰克逊维尔市比赛，约瑟夫·普利斯特里是化学家。尼古拉·特斯拉生于1856年。";
        let index = NameIndex::build(names(text));
        let check = |english: &str, expected: Option<&str>| {
            let found = index.candidates(english);
            assert_eq!(found.first().map(|(name, _)| name.as_str()), expected, "{english}: {found:?}");
        };
        check("Manning", Some("曼宁"));
        check("Jared", Some("贾里德"));
        check("Jacksonville", Some("杰克逊维尔"));
        check("Priestley", Some("普利斯特里"));
        check("Tesla", Some("特斯拉"));
        check("committee", None);
        check("Al", None);
    }

    #[test]
    fn ordinary_text_has_no_names() {
        assert!(names("地区生产总值、一般公共预算收入在总量增长的同时，实现了质量效益提升。").is_empty());
    }

    #[test]
    fn weights_do_not_exceed_one() {
        let index = NameIndex::build(names("迈阿密"));
        assert!(index.candidates("miami").iter().all(|(_, weight)| (0.0..=1.0).contains(weight)));
        assert!(NameIndex::build(Vec::new()).candidates("miami").is_empty());
    }
}
