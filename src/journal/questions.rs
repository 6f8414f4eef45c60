//! What was asked, found, quoted and rated; and the question before, for follow-ups.

use rusqlite::{OptionalExtension, params};

use super::{Asker, Journal, now};

/// A question that was answered.
#[derive(Clone, Debug)]
pub struct Asked<'a> {
    /// The door that it came through.
    pub channel: &'a str,
    /// Who asked; `None` where that is not known.
    pub asker: Option<&'a Asker>,
    /// The question; `None` where it is not to be kept.
    pub question: Option<&'a str>,
    /// The language of the answer.
    pub language: &'a str,
    /// The verdict, as the answer object spells it.
    pub verdict: &'a str,
    /// The confidence behind it.
    pub confidence: f32,
    /// The paths of the documents that were quoted.
    pub documents: &'a [String],
    /// Time spent, in microseconds.
    pub elapsed_us: u64,
}

/// What a reader thought of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rating {
    /// Thumb up.
    Good,
    /// Thumb down.
    Bad,
}

/// A question that found nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Miss {
    /// The question as it was asked first.
    pub question: String,
    /// How often it was asked in these words.
    pub times: u64,
}

/// Counts for those who run the bot.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Figures {
    /// Questions.
    pub asked: u64,
    /// Of these, answered.
    pub answered: u64,
    /// Of these, answered with what may be related.
    pub related: u64,
    /// Of these, not found.
    pub missed: u64,
    /// Thumbs up.
    pub good: u64,
    /// Thumbs down.
    pub bad: u64,
}

/// What the next message of a conversation needs to know.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conversation {
    /// The language last spoken.
    pub language: String,
    /// The question before.
    pub question: Option<String>,
    /// The card of the last answer.
    pub card: Option<String>,
    /// What else there is to be shown of it; the desk knows its form.
    pub more: Option<String>,
}

impl Journal {
    /// Enters a question and gives its number.
    pub fn record(&self, asked: &Asked) -> anyhow::Result<i64> {
        let connection = self.lock();
        let insert = "INSERT INTO questions (at, channel, language, verdict, confidence, documents, elapsed_us, question, asker) \
                      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING number";
        let documents = serde_json::to_string(asked.documents)?;
        let elapsed = i64::try_from(asked.elapsed_us).unwrap_or(i64::MAX);
        let asker = asked.asker.map(|asker| &asker.0);
        let values = params![
            now(),
            asked.channel,
            asked.language,
            asked.verdict,
            asked.confidence,
            documents,
            elapsed,
            asked.question,
            asker
        ];
        Ok(connection.prepare_cached(insert)?.query_row(values, |row| row.get(0))?)
    }

    /// Enters what a reader thought of the answer to a question; the last word counts.
    pub fn rate(&self, question: i64, rating: Rating) -> anyhow::Result<()> {
        self.set_rating(question, Some(if rating == Rating::Good { 1 } else { -1 }))
    }

    /// Strikes out what a reader thought of the answer to a question.
    pub fn unrate(&self, question: i64) -> anyhow::Result<()> {
        self.set_rating(question, None)
    }

    fn set_rating(&self, question: i64, value: Option<i64>) -> anyhow::Result<()> {
        self.lock().execute("UPDATE questions SET rating = ? WHERE number = ?", params![value, question])?;
        Ok(())
    }

    /// What was asked and not found, the most frequent first.
    pub fn misses(&self, limit: usize) -> anyhow::Result<Vec<Miss>> {
        let connection = self.lock();
        let find = "SELECT min(question), count(*) FROM questions WHERE verdict = 'none' AND question IS NOT NULL \
                    GROUP BY lower(trim(question)) ORDER BY count(*) DESC, max(number) DESC LIMIT ?";
        let mut statement = connection.prepare(find)?;
        let misses = statement.query_map([limit], |row| Ok(Miss { question: row.get(0)?, times: row.get(1)? }))?;
        Ok(misses.collect::<Result<_, _>>()?)
    }

    /// Counts over the last `seconds`; small talk is not counted.
    pub fn figures(&self, seconds: i64) -> anyhow::Result<Figures> {
        let count = "SELECT count(*), total(verdict = 'answer'), total(verdict = 'related'), total(verdict = 'none'), \
                     total(rating = 1), total(rating = -1) FROM questions WHERE verdict != 'smalltalk' AND at >= ?";
        let figures = self.lock().query_row(count, [now() - seconds], |row| {
            let total = |column| row.get::<_, f64>(column).map(|value| value as u64);
            Ok(Figures {
                asked: row.get(0)?,
                answered: total(1)?,
                related: total(2)?,
                missed: total(3)?,
                good: total(4)?,
                bad: total(5)?,
            })
        })?;
        Ok(figures)
    }

    /// The conversation with this id, if it was continued within the last `seconds`.
    pub fn conversation(&self, id: &str, seconds: i64) -> anyhow::Result<Option<Conversation>> {
        let connection = self.lock();
        let find = "SELECT language, question, card, more FROM conversations WHERE id = ? AND at >= ?";
        let found = connection.prepare_cached(find)?.query_row(params![id, now() - seconds], |row| {
            Ok(Conversation { language: row.get(0)?, question: row.get(1)?, card: row.get(2)?, more: row.get(3)? })
        });
        Ok(found.optional()?)
    }

    /// Notes where a conversation stands.
    pub fn converse(&self, id: &str, asker: Option<&Asker>, conversation: &Conversation) -> anyhow::Result<()> {
        let connection = self.lock();
        let insert = "INSERT OR REPLACE INTO conversations (id, asker, at, language, question, card, more) VALUES (?, ?, ?, ?, ?, ?, ?)";
        let Conversation { language, question, card, more } = conversation;
        let values = params![id, asker.map(|asker| &asker.0), now(), language, question, card, more];
        connection.prepare_cached(insert)?.execute(values)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_are_counted_and_misses_listed() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let ask = |question: &str, verdict: &str| {
            let asked = Asked {
                channel: "telegram",
                asker: None,
                question: Some(question),
                language: "zh-CN",
                verdict,
                confidence: 0.5,
                documents: &["a.md".to_owned()],
                elapsed_us: 900,
            };
            journal.record(&asked).unwrap()
        };
        let first = ask("25311是什么意思？", "answer");
        for question in ["天气？", "Weather", "weather "] {
            ask(question, "none");
        }
        ask("你好", "smalltalk");
        journal.rate(first, Rating::Bad).unwrap();
        journal.unrate(first).unwrap();
        assert_eq!(journal.figures(60).unwrap().bad, 0);
        journal.rate(first, Rating::Good).unwrap();
        let figures = Figures { asked: 4, answered: 1, related: 0, missed: 3, good: 1, bad: 0 };
        assert_eq!(journal.figures(60).unwrap(), figures);
        let misses = journal.misses(1).unwrap();
        assert_eq!(misses, [Miss { question: "Weather".to_owned(), times: 2 }]);
    }

    #[test]
    fn conversations_end_by_themselves() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let conversation = Conversation {
            language: "en".to_owned(),
            question: Some("who?".to_owned()),
            card: Some("0123".to_owned()),
            more: None,
        };
        journal.converse("telegram 1", None, &conversation).unwrap();
        assert_eq!(journal.conversation("telegram 1", 60).unwrap(), Some(conversation));
        assert_eq!(journal.conversation("telegram 1", -1).unwrap(), None);
        assert_eq!(journal.conversation("telegram 2", 60).unwrap(), None);
    }
}
