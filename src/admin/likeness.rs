//! How alike two short texts are: names of documents, questions.

use std::collections::BTreeSet;

use crate::text::{fold, tokenize};

/// What of a text is compared: its pairs of neighbouring characters, and its words where it is written with spaces.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Likeness(BTreeSet<String>);

impl Likeness {
    /// What of a text is compared, whatever its script, width and case.
    pub(super) fn of(text: &str) -> Likeness {
        Likeness(tokenize(&fold(text).chars).bigrams.into_iter().map(|token| token.text).collect())
    }

    /// The pairs.
    pub(super) fn pairs(&self) -> &BTreeSet<String> {
        &self.0
    }

    /// Whether there is nothing to compare.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The likeness of two texts, 0..1: twice what they share, by what both have (Dice, Measures of the Amount of Ecologic
    /// Association Between Species, 1945).
    pub(super) fn to(&self, other: &Likeness) -> f64 {
        let shared = self.0.intersection(&other.0).count();
        let both = self.0.len() + other.0.len();
        if both == 0 { 0.0 } else { 2.0 * shared as f64 / both as f64 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn likeness_ignores_how_a_text_is_written() {
        let check = |one: &str, other: &str, least: f64, most: f64| {
            let likeness = Likeness::of(one).to(&Likeness::of(other));
            assert!((least..=most).contains(&likeness), "{one} {other}: {likeness}");
        };
        check("居住证怎么办理？", "居住證怎麼辦理", 1.0, 1.0);
        check("居住证怎么办", "怎么办居住证", 0.7, 0.9);
        check("停车.md", "停车收费.md", 0.5, 0.9);
        check("居住证", "公积金", 0.0, 0.0);
        check("", "", 0.0, 0.0);
    }
}
