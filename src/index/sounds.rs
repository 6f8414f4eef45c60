//! What the corpus sounds like: its foreign names and its words, read from a generation when a question first needs them.
//! Questions in Chinese without slips never do.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{files, passages::Index, schema::View};
use crate::text::{is_ideograph, pinyin::SoundIndex, sound::NameIndex};

/// The file of a generation that lists what may be foreign names, by the path of the document.
pub(super) const NAMES: &str = "names.json";

/// What may be foreign names in each document.
pub(super) type Names = BTreeMap<String, Vec<String>>;

/// At most so many words are known by their sound, the most frequent ones: reading them stays below 0.3 s.
const MOST_WORDS: usize = 60_000;
/// A pair of characters that is no word must stand in so many passages to count as one.
const LEAST_PAIR: u32 = 2;

impl Index {
    /// The foreign names of the corpus by their sound.
    pub fn names(&self) -> &NameIndex {
        self.names.get_or_init(|| {
            let names: Names = files::read_json(&self.folder.join(NAMES)).unwrap_or_else(|error| {
                tracing::error!("the names of the index cannot be read, they are not found by sound: {error:#}");
                Names::new()
            });
            let names: BTreeSet<String> = names.into_values().flatten().collect();
            NameIndex::build(names)
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
            let mut words = Vec::new();
            self.frequencies(view, |text, frequency| {
                if frequency >= least && is_spoken(text) {
                    words.push((text.to_owned(), frequency));
                    // Never more than twice what is kept: a large corpus has millions of pairs.
                    if words.len() == 2 * MOST_WORDS {
                        keep_most_frequent(&mut words);
                    }
                }
            })?;
            keep_most_frequent(&mut words);
            for (text, frequency) in words {
                let known = frequencies.entry(text).or_default();
                *known = (*known).max(frequency);
            }
        }
        let mut words: Vec<(String, u32)> = frequencies.into_iter().collect();
        keep_most_frequent(&mut words);
        Ok(words)
    }
}

fn keep_most_frequent(words: &mut Vec<(String, u32)>) {
    words.sort_unstable_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
    words.truncate(MOST_WORDS);
}

/// Two ideographs or digits, or more, and nothing else.
fn is_spoken(text: &str) -> bool {
    text.chars().nth(1).is_some() && text.chars().all(|c| is_ideograph(c) || c.is_ascii_digit())
}
