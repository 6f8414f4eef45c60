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

/// What /forget erases by the hash of a person, in this order: what a message shows is found by its card, a card by its question.
const FORGET: [&str; 5] = [
    "DELETE FROM shown WHERE card IN (SELECT id FROM cards WHERE asker = ?1 \
     OR question IN (SELECT number FROM questions WHERE asker = ?1))",
    "DELETE FROM cards WHERE asker = ?1 OR question IN (SELECT number FROM questions WHERE asker = ?1)",
    "DELETE FROM questions WHERE asker = ?1",
    "DELETE FROM conversations WHERE asker = ?1",
    // The note that somebody was told of a message that cannot be decrypted.
    "DELETE FROM inbox WHERE body IS NULL AND instr(id, ?1) > 0",
];

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

    /// Erases all that belongs to a person, and what was sent into `chat`, a channel with a chat in which nobody else is. What still
    /// waits for its answer is erased when it has it.
    pub fn forget(&self, asker: &Asker, chat: Option<(&str, &str)>) -> anyhow::Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        for delete in FORGET {
            transaction.execute(delete, params![asker.0])?;
        }
        if let Some((channel, chat)) = chat {
            let delete = "DELETE FROM sent WHERE channel = ? AND chat = ?";
            transaction.execute(delete, params![channel, self.chat(channel, chat)])?;
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
        let asker = journal.asker("telegram", person);
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
        journal.forget(&journal.asker("telegram", "1"), None).unwrap();
        assert_eq!(journal.card(&mine).unwrap(), None);
        assert!(journal.card(&other).unwrap().is_some());
        assert!(!files_hold(folder.path(), "我的秘密"));
        assert!(files_hold(folder.path(), "别人的问题"));
    }

    /// What stands in a column, as far as it has to do with a person.
    #[derive(Clone, Copy, Debug, PartialEq, Eq)]
    enum Holds {
        /// Nothing about anybody.
        Nobody,
        /// Words or a hash of a person: /forget erases it, and the time of keeping.
        Person,
        /// What the platform delivered: erased as soon as it is answered.
        Waiting,
        /// The hash of a chat: /forget erases it where nobody else is in the chat, and three days do.
        Chat,
        /// The number that a platform gave to a message or update: three days erase it, or /forget with what it shows.
        Number,
    }

    /// Every column of the database. What is added here must be erased in `forget` or be about nobody.
    const COLUMNS: [(&str, &str, Holds); 42] = [
        ("cards", "id", Holds::Nobody),
        ("cards", "question", Holds::Person),
        ("cards", "asker", Holds::Person),
        ("cards", "at", Holds::Nobody),
        ("cards", "body", Holds::Person),
        ("conversations", "id", Holds::Person),
        ("conversations", "asker", Holds::Person),
        ("conversations", "at", Holds::Nobody),
        ("conversations", "language", Holds::Person),
        ("conversations", "question", Holds::Person),
        ("conversations", "card", Holds::Person),
        ("conversations", "more", Holds::Person),
        ("inbox", "number", Holds::Nobody),
        ("inbox", "channel", Holds::Nobody),
        ("inbox", "id", Holds::Number),
        ("inbox", "lane", Holds::Waiting),
        ("inbox", "received", Holds::Nobody),
        ("inbox", "body", Holds::Waiting),
        ("inbox", "attempts", Holds::Nobody),
        ("notes", "name", Holds::Nobody),
        ("notes", "value", Holds::Nobody),
        ("questions", "number", Holds::Nobody),
        ("questions", "at", Holds::Nobody),
        ("questions", "channel", Holds::Nobody),
        ("questions", "language", Holds::Nobody),
        ("questions", "verdict", Holds::Nobody),
        ("questions", "confidence", Holds::Nobody),
        ("questions", "documents", Holds::Nobody),
        ("questions", "elapsed_us", Holds::Nobody),
        ("questions", "rating", Holds::Nobody),
        ("questions", "question", Holds::Person),
        ("questions", "asker", Holds::Person),
        ("sent", "channel", Holds::Nobody),
        ("sent", "chat", Holds::Chat),
        ("sent", "origin", Holds::Number),
        ("sent", "part", Holds::Nobody),
        ("sent", "message", Holds::Number),
        ("sent", "at", Holds::Nobody),
        ("shown", "channel", Holds::Nobody),
        ("shown", "message", Holds::Number),
        ("shown", "card", Holds::Person),
        ("shown", "at", Holds::Nobody),
    ];

    /// All that stands in the database, with the column in which it stands.
    fn dump(journal: &Journal) -> Vec<(String, String, String)> {
        let connection = journal.lock();
        let tables = "SELECT m.name, p.name FROM sqlite_master m, pragma_table_info(m.name) p \
                      WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite_%' ORDER BY m.name, p.cid";
        let mut statement = connection.prepare(tables).unwrap();
        let columns: Vec<(String, String)> =
            statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap().map(Result::unwrap).collect();
        let mut all = Vec::new();
        for (table, column) in columns {
            // An empty table has its columns all the same.
            all.push((table.clone(), column.clone(), String::new()));
            let mut values = connection.prepare(&format!("SELECT quote({column}) FROM {table}")).unwrap();
            let values = values.query_map([], |row| row.get::<_, String>(0)).unwrap();
            all.extend(values.map(|value| (table.clone(), column.clone(), value.unwrap())));
        }
        all
    }

    #[test]
    fn every_column_is_known_with_what_it_holds() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let mut columns: Vec<(String, String)> =
            dump(&journal).into_iter().map(|(table, column, _)| (table, column)).collect();
        columns.dedup();
        columns.sort();
        let mut known: Vec<(String, String)> =
            COLUMNS.iter().map(|(table, column, _)| ((*table).to_owned(), (*column).to_owned())).collect();
        known.sort();
        assert_eq!(columns, known, "say what a new column holds of persons, and have `forget` erase it");
    }

    #[test]
    fn forgetting_reaches_every_table_and_no_id_is_kept_as_it_is() {
        const PERSON: &str = "4242424242";
        const WORDS: &str = "我的秘密";
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let asker = journal.asker("telegram", PERSON);
        let update =
            |id: &str| Incoming { id: id.to_owned(), lane: PERSON.to_owned(), body: format!("{PERSON} {WORDS}") };
        journal
            .store("telegram", &[update("1"), update("2"), update(&format!("undecryptable {} 9", asker.0))])
            .unwrap();
        journal.done(1).unwrap();
        journal.withdraw("telegram", "2").unwrap();
        journal.done(3).unwrap();
        let card = fill(&journal, PERSON, WORDS);
        journal.record_shown("telegram", "77", &card).unwrap();
        journal.record_sent("telegram", PERSON, "m5", 0, "77").unwrap();
        assert!(journal.has_sent("telegram", PERSON, "77").unwrap());
        let holding = |what: &str| -> Vec<(String, String)> {
            let found = dump(&journal).into_iter().filter(|(_, _, value)| value.contains(what));
            found.map(|(table, column, _)| (table, column)).collect()
        };
        let chat = journal.chat("telegram", PERSON);
        assert!(holding(&asker.0).len() >= 4 && holding(WORDS).len() >= 3 && holding(&chat).len() == 1);
        let raw: Vec<(String, String)> = holding(PERSON);
        assert_eq!(
            raw,
            [("conversations".to_owned(), "id".to_owned())],
            "`fill` takes the person for the conversation"
        );
        journal.forget(&asker, Some(("telegram", PERSON))).unwrap();
        for trace in [PERSON, WORDS, &asker.0, &chat, &card, "m5"] {
            assert_eq!(holding(trace), [], "{trace}");
        }
        for trace in [PERSON, WORDS, &asker.0, &chat] {
            assert!(!files_hold(folder.path(), trace), "{trace}");
        }
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
