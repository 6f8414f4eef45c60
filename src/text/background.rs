//! How rare words are in Chinese at large, whatever the corpus: on a corpus of one document, its own frequencies say little.

use super::tokens::segmenter;

/// Words counted behind the dictionary of the segmenter.
const ALL_WORDS: f32 = 60_000_000.0;
/// Added to every count, so that what was never seen is as rare as what was seen hardly ever.
const SMOOTHING: f32 = 5.0;
/// Single characters occur in many words: counts of them are taken with more caution.
const CHARACTER_SMOOTHING: f32 = 20.0;
/// Rarity of letters and digits, which the dictionary does not count: a single one, a number, a foreign word.
const LETTER: f32 = 0.5;
const NUMBER: f32 = 0.6;
const FOREIGN: f32 = 0.8;
/// Nothing counts for less.
const LEAST: f32 = 0.02;

/// How rare a folded word is, from 0 (everywhere) to 1 (never seen).
pub fn rarity(word: &str) -> f32 {
    let word = word.trim_start_matches('#');
    if word.chars().any(|c| c.is_ascii_alphanumeric()) {
        return match word.chars().count() {
            1 => LETTER,
            _ if word.chars().all(|c| !c.is_alphabetic()) => NUMBER,
            _ => FOREIGN,
        };
    }
    let frequency = segmenter().suggest_freq(word) as f32;
    let rarity = if word.chars().nth(1).is_none() {
        (2.0 * ALL_WORDS / (frequency + CHARACTER_SMOOTHING)).ln() / (ALL_WORDS / 10.0).ln()
    } else {
        (ALL_WORDS / (frequency + SMOOTHING)).ln() / (ALL_WORDS / SMOOTHING).ln()
    };
    rarity.clamp(LEAST, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rare_words_are_rarer() {
        assert!(rarity("电话") > rarity("我们"));
        assert!(rarity("孵化器") > rarity("电话"));
        assert!(rarity("的") < 0.5);
        assert_eq!(rarity("25311"), NUMBER);
        assert_eq!(rarity("#282"), NUMBER);
        assert_eq!(rarity("wifi"), FOREIGN);
        assert!((LEAST..=1.0).contains(&rarity("")));
    }
}
