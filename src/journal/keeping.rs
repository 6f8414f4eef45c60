//! How long things are kept, and what is erased when someone asks for it.

use rusqlite::params;

use super::{Asker, Journal, now};

/// How long things are kept, in seconds.
#[derive(Clone, Copy, Debug)]
pub struct Keeping {
    /// The text of questions, who asked them, and what buttons refer to.
    pub questions: i64,
    /// The question before, in a conversation.
    pub conversations: i64,
}

/// Updates and sent messages are remembered so long, in seconds: a platform repeats an update for a day at most, and a
/// message can be edited for two.
const SEEN: i64 = 3 * 24 * 3600;

impl Journal {
    /// Erases what is older than it may be. What remains of a question says neither what nor who.
    pub fn purge(&self, keeping: Keeping) -> anyhow::Result<()> {
        let mut connection = self.lock();
        let now = now();
        let transaction = connection.transaction()?;
        transaction.execute("DELETE FROM inbox WHERE body IS NULL AND received < ?", [now - SEEN])?;
        transaction.execute("DELETE FROM sent WHERE at < ?", [now - SEEN])?;
        let old = now - keeping.questions;
        transaction.execute("UPDATE questions SET question = NULL, asker = NULL WHERE at <= ? AND (question IS NOT NULL OR asker IS NOT NULL)", [old])?;
        transaction.execute("DELETE FROM cards WHERE at <= ?", [old])?;
        transaction.execute("DELETE FROM shown WHERE at <= ?", [old])?;
        transaction.execute("DELETE FROM conversations WHERE at <= ?", [now - keeping.conversations])?;
        transaction.commit()?;
        Ok(connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?)
    }

    /// Erases all that belongs to a person.
    pub fn forget(&self, asker: &Asker) -> anyhow::Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        let cards = "DELETE FROM cards WHERE asker = ?1 OR question IN (SELECT number FROM questions WHERE asker = ?1)";
        for delete in [cards, "DELETE FROM questions WHERE asker = ?1", "DELETE FROM conversations WHERE asker = ?1"] {
            transaction.execute(delete, params![asker.0])?;
        }
        transaction.commit()?;
        // The write-ahead log still holds the erased words: it is emptied, too.
        Ok(connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::{Asked, Conversation, Incoming};

    fn fill(journal: &Journal, person: &str, question: &str) -> String {
        let asker = journal.asker("telegram", person).unwrap();
        let asked = Asked {
            channel: "telegram",
            asker: Some(&asker),
            question: Some(question),
            language: "zh-CN",
            verdict: "none",
            confidence: 0.0,
            documents: &[],
            elapsed_us: 1,
        };
        let number = journal.record(&asked).unwrap();
        let conversation = Conversation {
            language: "zh-CN".to_owned(),
            question: Some(question.to_owned()),
            ..Conversation::default()
        };
        journal.converse(person, Some(&asker), &conversation).unwrap();
        journal.keep_card(Some(number), Some(&asker), question).unwrap()
    }

    fn files_hold(folder: &std::path::Path, words: &str) -> bool {
        std::fs::read_dir(folder).unwrap().any(|entry| {
            let bytes = std::fs::read(entry.unwrap().path()).unwrap();
            bytes.windows(words.len()).any(|window| window == words.as_bytes())
        })
    }

    #[test]
    fn what_belongs_to_a_person_leaves_no_trace() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        journal.store("telegram", &[Incoming { id: "1".into(), lane: "1".into(), body: "我的秘密".into() }]).unwrap();
        journal.done(1).unwrap();
        let mine = fill(&journal, "1", "我的秘密");
        let other = fill(&journal, "2", "别人的问题");
        journal.forget(&journal.asker("telegram", "1").unwrap()).unwrap();
        assert_eq!(journal.card(&mine).unwrap(), None);
        assert!(journal.card(&other).unwrap().is_some());
        assert!(!files_hold(folder.path(), "我的秘密"));
        assert!(files_hold(folder.path(), "别人的问题"));
    }

    #[test]
    fn old_words_are_erased_and_the_figures_stay() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let card = fill(&journal, "1", "旧问题");
        journal.purge(Keeping { questions: 0, conversations: 0 }).unwrap();
        assert_eq!(journal.card(&card).unwrap(), None);
        assert!(journal.misses(9).unwrap().is_empty());
        assert_eq!(journal.figures(60).unwrap().missed, 1);
        assert!(!files_hold(folder.path(), "旧问题"));
    }
}
