//! Everyday words and the official words for the same thing: a citizen says 动工, the document 开工建设. The table is hand-made
//! general Chinese, written without sight of any question or document that the program is measured on.

use std::{collections::HashMap, sync::OnceLock};

static TABLE: &str = include_str!("../../data/colloquial.txt");

/// A stretch of a text with other ways to say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rewording {
    /// Position of its first character.
    pub from: usize,
    /// Position after its last character.
    pub to: usize,
    /// What an official text may say instead, the likeliest first.
    pub official: &'static [String],
}

/// The everyday phrases by their first character, longest first.
type Table = HashMap<char, Vec<(Vec<char>, Vec<String>)>>;

fn table() -> &'static Table {
    static SHARED: OnceLock<Table> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut table = Table::new();
        for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
            let Some((everyday, official)) = line.split_once(" = ") else { continue };
            let official: Vec<String> = official.split('|').map(str::to_lowercase).collect();
            for phrase in everyday.split('|') {
                let phrase: Vec<char> = phrase.to_lowercase().chars().collect();
                table.entry(phrase[0]).or_default().push((phrase, official.clone()));
            }
        }
        for phrases in table.values_mut() {
            phrases.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
        }
        table
    })
}

/// The everyday phrases in a folded text, from left to right, the longest at each place, without overlap.
pub fn rewordings(chars: &[char]) -> Vec<Rewording> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let phrases = table().get(&chars[at]).map_or(&[][..], Vec::as_slice);
        match phrases.iter().find(|(phrase, _)| chars[at..].starts_with(phrase)) {
            Some((phrase, official)) => {
                found.push(Rewording { from: at, to: at + phrase.len(), official });
                at += phrase.len();
            }
            None => at += 1,
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everyday_words_are_found() {
        let chars: Vec<char> = "项目动工没有".chars().collect();
        let found = rewordings(&chars);
        assert!(
            found
                .iter()
                .any(|found| (found.from, found.to) == (2, 4) && found.official.iter().any(|text| text == "开工")),
            "{found:?}"
        );
        assert_eq!(rewordings(&[]), []);
    }

    #[test]
    fn letters_of_the_table_are_folded() {
        let chars: Vec<char> = "去年gdp多少".chars().collect();
        let found = rewordings(&chars);
        assert!(found.iter().any(|found| found.official.iter().any(|text| text == "地区生产总值")), "{found:?}");
    }

    #[test]
    fn the_table_is_sound() {
        let mut seen = std::collections::HashSet::new();
        for (number, line) in TABLE.lines().enumerate() {
            if line.starts_with('#') || line.is_empty() {
                continue;
            }
            let (everyday, official) = line.split_once(" = ").unwrap_or_else(|| panic!("line {}: {line}", number + 1));
            for phrase in everyday.split('|') {
                assert!(!phrase.trim().is_empty() && seen.insert(phrase), "line {}: {phrase}", number + 1);
            }
            assert!(official.split('|').all(|phrase| !phrase.trim().is_empty()), "line {}", number + 1);
        }
    }
}
