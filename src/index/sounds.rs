//! What the corpus sounds like: its foreign names and its words, read from a generation when a question first needs them.
//! Questions in Chinese without slips never do.

use std::{collections::HashMap, fs};

use super::{passages::Index, schema::View};
use crate::text::{is_ideograph, pinyin::SoundIndex, sound::NameIndex};

/// The file of a generation that lists what may be foreign names, one a line.
pub(super) const NAMES: &str = "names.txt";

/// At most so many words are known by their sound, the most frequent ones: reading them stays below 0.3 s.
const MOST_WORDS: usize = 60_000;
/// A pair of characters that is no word must stand in so many passages to count as one.
const LEAST_PAIR: u32 = 2;

impl Index {
    /// The foreign names of the corpus by their sound.
    pub fn names(&self) -> &NameIndex {
        self.names.get_or_init(|| {
            let names = fs::read_to_string(self.folder.join(NAMES)).unwrap_or_else(|error| {
                tracing::error!("the names of the index cannot be read, they are not found by sound: {error}");
                String::new()
            });
            NameIndex::build(names.lines().map(str::to_owned))
        })
    }

    /// The words of the corpus by their sound.
    pub fn sounds(&self) -> &SoundIndex {
        self.sounds.get_or_init(|| {
            SoundIndex::build(self.vocabulary().unwrap_or_else(|error| {
                tracing::error!("the words of the index cannot be read, they are not found by sound: {error}");
                Vec::new()
            }))
        })
    }

    /// Words, numbers, and pairs of characters that are frequent enough, with the number of passages that have them.
    fn vocabulary(&self) -> tantivy::Result<Vec<(String, u32)>> {
        let mut frequencies: HashMap<String, u32> = HashMap::new();
        for (view, least) in [(View::Words, 1), (View::Bigrams, LEAST_PAIR)] {
            for segment in self.searcher().segment_readers() {
                let inverted = segment.inverted_index(self.fields().views[view as usize])?;
                let mut terms = inverted.terms().stream()?;
                while terms.advance() {
                    let frequency = terms.value().doc_freq;
                    let Ok(text) = std::str::from_utf8(terms.key()) else { continue };
                    if frequency >= least && is_spoken(text) {
                        let known = frequencies.entry(text.to_owned()).or_default();
                        *known = (*known).max(frequency);
                    }
                }
            }
        }
        let mut words: Vec<(String, u32)> = frequencies.into_iter().collect();
        words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(MOST_WORDS);
        Ok(words)
    }
}

/// Two ideographs or digits, or more, and nothing else.
fn is_spoken(text: &str) -> bool {
    text.chars().nth(1).is_some() && text.chars().all(|c| is_ideograph(c) || c.is_ascii_digit())
}
