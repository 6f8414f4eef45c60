//! The nouns that several rooms share: a document, its metadata, a passage of it, a span of bytes.
//! Plain data with public fields; how they are read, indexed or ranked is the business of the rooms.

use serde::{Deserialize, Serialize};
use time::{Date, Month};

/// A half-open range of bytes, `start..end`, into the stored text of a document (or into a quote, for highlights).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Span {
    /// First byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The span `start..end`.
    pub fn new(start: usize, end: usize) -> Span {
        Span { start, end }
    }

    /// The bytes that it covers, or `None` where it leaves the text or cuts a character.
    pub fn slice<'t>(&self, text: &'t str) -> Option<&'t str> {
        text.get(self.start..self.end)
    }

    /// Whether both share at least one byte.
    pub fn overlaps(&self, other: &Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// What is known about a document beside its text; what is not known stays empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The title, from the metadata or from the document itself.
    pub title: Option<String>,
    /// Who published it.
    pub publisher: Option<String>,
    /// When it was published or adopted, as `YYYY-MM-DD` (or `YYYY-MM`, `YYYY`).
    pub date: Option<String>,
    /// Where it can be read.
    pub url: Option<String>,
    /// The last day on which it holds, as `YYYY-MM-DD` (or `YYYY-MM`, `YYYY`).
    pub valid_until: Option<String>,
}

impl Metadata {
    /// The last day on which it holds; where only a month or year is known, the last day of that.
    pub fn last_day(&self) -> Option<Date> {
        let mut parts = self.valid_until.as_deref()?.split('-');
        let year: i32 = parts.next()?.parse().ok()?;
        let month = parts.next().map_or(Some(12), |month| month.parse::<u8>().ok())?;
        let month = Month::try_from(month).ok()?;
        let length = month.length(year);
        let day = parts.next().map_or(Some(length), |day| day.parse().ok())?;
        Date::from_calendar_date(year, month, length.min(day)).ok()
    }

    /// Whether it no longer holds on a day.
    pub fn is_expired(&self, today: Date) -> bool {
        self.last_day().is_some_and(|last| last < today)
    }
}

/// One document of the corpus as it is stored: what quotes are cut from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Path relative to the corpus folder, with `/` between the parts.
    pub path: String,
    /// Hash of the bytes that it was read from (the file and its side file), in hexadecimal.
    pub hash: String,
    /// What is known about it.
    pub metadata: Metadata,
    /// The stored text: decoded and reflowed. All offsets point into it.
    pub text: String,
    /// Byte offsets at which the pages begin; empty where the format has no pages.
    pub pages: Vec<usize>,
    /// Its passages, in the order of the text, without overlap.
    pub passages: Vec<Passage>,
}

/// A part of a document that can answer a question by itself: an article of a law, a paragraph, a list item.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The headings above it, outermost first, without the document's title.
    pub section: Vec<String>,
    /// Where it stands in the stored text.
    pub span: Span,
}

/// A file of the corpus that was not read, or not wholly, and why.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Path relative to the corpus folder.
    pub path: String,
    /// What was wrong and what to do about it, in lower case, without a full stop.
    pub reason: String,
}

/// A document that was found again under another path.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Move {
    /// The path that it had.
    pub from: String,
    /// The path that it has.
    pub to: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_document_holds_until_the_end_of_its_last_day() {
        let check = |valid_until: &str, last: &str| {
            let metadata = Metadata { valid_until: Some(valid_until.to_owned()), ..Metadata::default() };
            assert_eq!(metadata.last_day().map(|day| day.to_string()).unwrap_or_default(), last, "{valid_until}");
            if let Some(last) = metadata.last_day() {
                assert!(!metadata.is_expired(last) && metadata.is_expired(last.next_day().unwrap()), "{valid_until}");
            }
        };
        check("2026-06-30", "2026-06-30");
        check("2024-02", "2024-02-29");
        check("2026", "2026-12-31");
        check("2026-02-31", "2026-02-28");
        check("soon", "");
        assert!(!Metadata::default().is_expired(Date::MAX));
    }
}
