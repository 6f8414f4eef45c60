//! What was asked over a time, for reports: nothing here says who asked.

use rusqlite::params;

use super::{Journal, Rating};

/// A question of the past.
#[derive(Clone, Debug, PartialEq)]
pub struct Past {
    /// When it was asked, in seconds since 1970.
    pub at: i64,
    /// The door that it came through.
    pub channel: String,
    /// The verdict, as the answer object spells it.
    pub verdict: String,
    /// The paths of the documents that were quoted.
    pub documents: Vec<String>,
    /// Time spent, in microseconds.
    pub elapsed_us: u64,
    /// What the reader thought of the answer.
    pub rating: Option<Rating>,
    /// The question; `None` where it is not kept, or not any more.
    pub question: Option<String>,
}

impl Journal {
    /// The questions asked from one moment up to another, the earliest first; small talk is left out.
    pub fn past(&self, from: i64, until: i64) -> anyhow::Result<Vec<Past>> {
        let connection = self.lock();
        let find = "SELECT at, channel, verdict, documents, elapsed_us, rating, question FROM questions \
                    WHERE verdict != 'smalltalk' AND at >= ? AND at < ? ORDER BY at, number";
        let mut statement = connection.prepare(find)?;
        let rows = statement.query_map(params![from, until], |row| {
            let documents: String = row.get(3)?;
            let elapsed: i64 = row.get(4)?;
            let rating: Option<i64> = row.get(5)?;
            Ok(Past {
                at: row.get(0)?,
                channel: row.get(1)?,
                verdict: row.get(2)?,
                documents: serde_json::from_str(&documents).unwrap_or_default(),
                elapsed_us: u64::try_from(elapsed).unwrap_or(0),
                rating: rating.map(|rating| if rating > 0 { Rating::Good } else { Rating::Bad }),
                question: row.get(6)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Asked;

    #[test]
    fn the_past_is_told_without_the_askers() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let asker = journal.asker("telegram", "7");
        let ask = |verdict| {
            let asked = Asked {
                channel: "telegram",
                asker: Some(&asker),
                question: Some("停车收费多少？"),
                language: "zh-CN",
                verdict,
                confidence: 0.5,
                documents: &["停车.md".to_owned()],
                elapsed_us: 900,
            };
            journal.record(&asked).unwrap()
        };
        let first = ask("answer");
        ask("smalltalk");
        journal.rate(first, Rating::Bad).unwrap();
        let past = journal.past(0, i64::MAX).unwrap();
        assert_eq!(past.len(), 1);
        assert_eq!((past[0].rating, past[0].elapsed_us), (Some(Rating::Bad), 900));
        assert_eq!((past[0].documents.as_slice(), past[0].verdict.as_str()), (&["停车.md".to_owned()][..], "answer"));
        assert!(!format!("{past:?}").contains(&asker.0));
        assert!(journal.past(0, past[0].at).unwrap().is_empty(), "the end is not part of the time");
    }
}
