//! Pinyin without tones: how characters are read, how typed letters split into syllables, and how alike two
//! syllables sound. ü is written v.

mod index;
mod typed;

use std::collections::HashMap;
use std::sync::OnceLock;

pub use index::{Correction, Sense, SoundIndex, Typed};
pub use typed::{Run, question_word, runs, split};

static CHARS: &str = include_str!("../../../data/pinyin-chars.tsv");
static PHRASES: &str = include_str!("../../../data/pinyin-phrases.tsv");

/// Longest word of the phrase table, in characters.
const MAX_PHRASE: usize = 4;
/// Likeness of two sounds that people confuse in speech or typing, against 1 for the same sound.
const CONFUSED: f32 = 0.85;
/// Initials that dialects and input methods confuse.
const CONFUSED_INITIALS: &[(&str, &str)] = &[("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("f", "h"), ("r", "l")];
/// Finals that differ in a nasal ending.
const CONFUSED_FINALS: &[(&str, &str)] =
    &[("an", "ang"), ("en", "eng"), ("in", "ing"), ("ian", "iang"), ("uan", "uang")];
/// Initials of two letters go first, so that `zh` is not read as `z`.
const INITIALS: &[&str] = &[
    "zh", "ch", "sh", "b", "p", "m", "f", "d", "t", "n", "l", "g", "k", "h", "j", "q", "x", "r", "z", "c", "s", "y",
    "w",
];

struct Tables {
    readings: HashMap<char, Vec<&'static str>>,
    phrases: HashMap<&'static str, &'static str>,
    syllables: std::collections::HashSet<&'static str>,
}

impl Tables {
    fn shared() -> &'static Tables {
        static SHARED: OnceLock<Tables> = OnceLock::new();
        SHARED.get_or_init(|| {
            let mut readings: HashMap<char, Vec<&'static str>> = HashMap::new();
            let mut syllables = std::collections::HashSet::new();
            // First readings of all characters go in before any second reading.
            for column in [1, 2] {
                for line in CHARS.lines() {
                    let fields: Vec<&'static str> = line.split('\t').collect();
                    let (Some(&syllable), Some(chars)) = (fields.first(), fields.get(column)) else { continue };
                    // Sounds such as `m` and `ng` are interjections; typed letters never mean them.
                    if syllable.contains(['a', 'e', 'i', 'o', 'u', 'v']) {
                        syllables.insert(syllable);
                    }
                    for c in chars.chars() {
                        readings.entry(c).or_default().push(syllable);
                    }
                }
            }
            let phrases = PHRASES.lines().filter_map(|line| line.split_once('\t')).collect();
            Tables { readings, phrases, syllables }
        })
    }
}

/// All usual readings of a character, the commonest first; empty for other signs.
pub fn readings(c: char) -> &'static [&'static str] {
    Tables::shared().readings.get(&c).map_or(&[], Vec::as_slice)
}

/// The commonest reading of a character.
pub fn first_reading(c: char) -> Option<&'static str> {
    readings(c).first().copied()
}

/// The readings of each character of a text: one where a known word decides it, else all usual ones; none for signs
/// that are not Chinese.
pub fn syllables(text: &str) -> Vec<Vec<&'static str>> {
    let chars: Vec<char> = text.chars().collect();
    let mut found: Vec<Vec<&'static str>> = Vec::with_capacity(chars.len());
    while found.len() < chars.len() {
        let rest = &chars[found.len()..];
        match (2..=MAX_PHRASE.min(rest.len())).rev().find_map(|n| phrase(&rest[..n])) {
            Some(read) => found.extend(read.split(' ').map(|syllable| vec![syllable])),
            None => found.push(readings(rest[0]).to_vec()),
        }
    }
    found
}

fn phrase(chars: &[char]) -> Option<&'static str> {
    let word: String = chars.iter().collect();
    Tables::shared().phrases.get(word.as_str()).copied()
}

/// Whether letters are a syllable of Mandarin.
pub(crate) fn syllable(letters: &str) -> Option<&'static str> {
    Tables::shared().syllables.get(letters).copied()
}

/// How alike two syllables sound: 1 for the same, less for each pair of sounds that people confuse, 0 for others.
pub fn similarity(a: &str, b: &str) -> f32 {
    if a == b {
        return 1.0;
    }
    let ((start_a, end_a), (start_b, end_b)) = (parts(a), parts(b));
    likeness(start_a, start_b, CONFUSED_INITIALS) * likeness(end_a, end_b, CONFUSED_FINALS)
}

fn likeness(a: &str, b: &str, confused: &[(&str, &str)]) -> f32 {
    if a == b {
        1.0
    } else if confused.contains(&(a, b)) || confused.contains(&(b, a)) {
        CONFUSED
    } else {
        0.0
    }
}

/// Initial and final of a syllable; the initial may be empty.
fn parts(syllable: &str) -> (&str, &str) {
    let initial = INITIALS.iter().find(|initial| syllable.starts_with(**initial)).map_or(0, |initial| initial.len());
    syllable.split_at(initial)
}

/// A key that confusable syllables share, so that an index finds them together.
pub(crate) fn blurred(syllable: &str) -> String {
    let (initial, last) = parts(syllable);
    let initial = match initial {
        "zh" => "z",
        "ch" => "c",
        "sh" => "s",
        "n" | "r" => "l",
        "h" => "f",
        other => other,
    };
    let last = if last.ends_with("ng") && last != "ong" && last != "iong" { &last[..last.len() - 1] } else { last };
    format!("{initial}{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_words_and_characters() {
        let check = |text: &str, expected: &str| {
            let first: Vec<&str> = syllables(text).iter().map(|r| r.first().copied().unwrap_or("-")).collect();
            assert_eq!(first.join(" "), expected, "{text}");
        };
        check("焦作高新区", "jiao zuo gao xin qu");
        check("吕沛", "lv pei");
        check("长空", "chang kong");
        check("民生支出", "min sheng zhi chu");
        check("25亿", "- - yi");
        check("", "");
    }

    #[test]
    fn several_readings() {
        assert!(readings('长').contains(&"chang") && readings('长').contains(&"zhang"));
        assert!(readings('行').len() > 1);
        assert!(readings('A').is_empty());
    }

    #[test]
    fn alike_syllables() {
        let check =
            |a, b, expected: f32| assert!((similarity(a, b) - expected).abs() < 1e-3, "{a} {b} {}", similarity(a, b));
        check("zhi", "zhi", 1.0);
        check("zhi", "zi", 0.85);
        check("xin", "xing", 0.85);
        check("zhang", "zan", 0.7225);
        check("lan", "nan", 0.85);
        check("hua", "fua", 0.85);
        check("ma", "ba", 0.0);
    }

    #[test]
    fn blurred_keys_meet() {
        let check = |a, b| assert_eq!(blurred(a), blurred(b), "{a} {b}");
        check("zhang", "zan");
        check("xing", "xin");
        check("nu", "lu");
        check("hui", "fui");
        assert_ne!(blurred("dong"), blurred("don"));
    }
}
