//! Cards: what the buttons under a message refer to, under a short id that fits into a button.

use rusqlite::{OptionalExtension, params};

use super::{Asker, Journal, now};

/// What buttons refer to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    /// The question that was answered, for ratings.
    pub question: Option<i64>,
    /// What it says; the desk knows its form.
    pub body: String,
}

impl Journal {
    /// Keeps a card and gives its id: sixteen characters that cannot be guessed.
    pub fn keep_card(&self, question: Option<i64>, asker: Option<&Asker>, body: &str) -> anyhow::Result<String> {
        let connection = self.lock();
        let insert = "INSERT INTO cards VALUES (lower(hex(randomblob(8))), ?, ?, ?, ?) RETURNING id";
        let values = params![question, asker.map(|asker| &asker.0), now(), body];
        Ok(connection.prepare_cached(insert)?.query_row(values, |row| row.get(0))?)
    }

    /// The card with an id, unless it was erased.
    pub fn card(&self, id: &str) -> anyhow::Result<Option<Card>> {
        let find = "SELECT question, body FROM cards WHERE id = ?";
        let card = self.lock().query_row(find, [id], |row| Ok(Card { question: row.get(0)?, body: row.get(1)? }));
        Ok(card.optional()?)
    }

    /// Notes that a message shows a card.
    pub fn record_shown(&self, channel: &str, message: &str, card: &str) -> anyhow::Result<()> {
        let insert = "INSERT OR REPLACE INTO shown VALUES (?, ?, ?, ?)";
        self.lock().prepare_cached(insert)?.execute(params![channel, message, card, now()])?;
        Ok(())
    }

    /// The card that a message shows.
    pub fn shown(&self, channel: &str, message: &str) -> anyhow::Result<Option<String>> {
        let find = "SELECT card FROM shown WHERE channel = ? AND message = ?";
        Ok(self.lock().query_row(find, [channel, message], |row| row.get(0)).optional()?)
    }

    /// Forgets what a message shows.
    pub fn unshow(&self, channel: &str, message: &str) -> anyhow::Result<()> {
        self.lock().execute("DELETE FROM shown WHERE channel = ? AND message = ?", [channel, message])?;
        Ok(())
    }

    /// Tears up a card: what it offered is done.
    pub fn drop_card(&self, id: &str) -> anyhow::Result<()> {
        self.lock().execute("DELETE FROM cards WHERE id = ?", [id])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_are_found_until_they_are_dropped() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let id = journal.keep_card(Some(3), None, "{}").unwrap();
        assert_eq!(id.len(), 16);
        assert_eq!(journal.card(&id).unwrap(), Some(Card { question: Some(3), body: "{}".to_owned() }));
        journal.record_shown("matrix", "$answer", &id).unwrap();
        assert_eq!(journal.shown("matrix", "$answer").unwrap().as_ref(), Some(&id));
        assert_eq!(journal.shown("telegram", "$answer").unwrap(), None);
        journal.drop_card(&id).unwrap();
        assert_eq!(journal.card(&id).unwrap(), None);
    }
}
