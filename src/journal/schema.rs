//! The tables, and how an older database becomes one of this version.

use std::path::Path;

use rusqlite::{Connection, Transaction, params};

use super::{
    CHAT,
    key::{self, Key},
};

/// Each step leads from the version of its position to the next; a published step never changes.
const STEPS: &[&str] = &[
    "
    -- One row for each update of a platform. `body` is emptied when the update is done: the row then only says 'seen'.
    CREATE TABLE inbox (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        channel TEXT NOT NULL,
        id TEXT NOT NULL,
        lane TEXT NOT NULL,
        received INTEGER NOT NULL,
        body TEXT,
        UNIQUE (channel, id)
    );
    CREATE INDEX inbox_waiting ON inbox (channel, lane, number) WHERE body IS NOT NULL;
    CREATE INDEX inbox_received ON inbox (received);

    -- The messages that answer a message, part by part, so that nothing is sent twice and an edit finds its answer.
    CREATE TABLE sent (
        channel TEXT NOT NULL,
        chat TEXT NOT NULL,
        origin TEXT NOT NULL,
        part INTEGER NOT NULL,
        message TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (channel, chat, origin, part)
    ) WITHOUT ROWID;

    -- What was asked and found. `question` and `asker` are emptied after the time of keeping.
    CREATE TABLE questions (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        channel TEXT NOT NULL,
        language TEXT NOT NULL,
        verdict TEXT NOT NULL,
        confidence REAL NOT NULL,
        documents TEXT NOT NULL,
        elapsed_us INTEGER NOT NULL,
        rating INTEGER,
        question TEXT,
        asker TEXT
    );
    CREATE INDEX questions_at ON questions (at);
    CREATE INDEX questions_asker ON questions (asker);

    -- What the buttons under a message refer to.
    CREATE TABLE cards (
        id TEXT PRIMARY KEY,
        question INTEGER,
        asker TEXT,
        at INTEGER NOT NULL,
        body TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX cards_asker ON cards (asker);

    -- The question before, for as long as a conversation lasts.
    CREATE TABLE conversations (
        id TEXT PRIMARY KEY,
        asker TEXT,
        at INTEGER NOT NULL,
        language TEXT NOT NULL,
        question TEXT
    ) WITHOUT ROWID;

    -- Single values: the key of the asker hashes, the note of a pause.
    CREATE TABLE notes (name TEXT PRIMARY KEY, value NOT NULL) WITHOUT ROWID;
    INSERT INTO notes VALUES ('key', randomblob(32));
",
    "
    -- Which card a message shows, for platforms whose buttons cannot carry it.
    CREATE TABLE shown (
        channel TEXT NOT NULL,
        message TEXT NOT NULL,
        card TEXT NOT NULL,
        at INTEGER NOT NULL,
        PRIMARY KEY (channel, message)
    ) WITHOUT ROWID;

    -- The card of the last answer in a conversation, and what else there is to be shown of it.
    ALTER TABLE conversations ADD COLUMN card TEXT;
    ALTER TABLE conversations ADD COLUMN more TEXT;
",
    "
    -- How often an update was begun without being done: one that ends the program each time must not do so for ever.
    ALTER TABLE inbox ADD COLUMN attempts INTEGER NOT NULL DEFAULT 0;
",
    "
    -- Whose update it was is of no use once it is done. (`sent.chat` becomes a hash as well: `hash_chats`.)
    UPDATE inbox SET lane = '' WHERE body IS NULL;
    CREATE INDEX shown_card ON shown (card);
",
];

/// The version from which on chats are hashed in what was sent.
const CHATS_HASHED: usize = 4;

/// Brings the database in a folder to this version, in one transaction. Gives the key of its hashes.
pub(super) fn migrate(connection: &mut Connection, folder: &Path) -> anyhow::Result<Key> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: usize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    anyhow::ensure!(version <= STEPS.len(), "it was written by a newer version of Wenda; update the program");
    for step in &STEPS[version..] {
        transaction.execute_batch(step)?;
    }
    if version < STEPS.len() {
        transaction.pragma_update(None, "user_version", STEPS.len())?;
    }
    let (key, has_moved) = key::settle(&transaction, folder, version == 0)?;
    if version < CHATS_HASHED {
        hash_chats(&transaction, &key)?;
    }
    transaction.commit()?;
    if has_moved {
        // The write-ahead log still holds the key and the chats: it is emptied.
        connection.execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")?;
    }
    Ok(key)
}

/// Puts hashes in the place of the chats to which something was sent.
fn hash_chats(transaction: &Transaction, key: &Key) -> anyhow::Result<()> {
    let mut chats = transaction.prepare("SELECT DISTINCT channel, chat FROM sent")?;
    let chats: Vec<(String, String)> =
        chats.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<Result<_, _>>()?;
    for (channel, chat) in chats {
        let update = "UPDATE sent SET chat = ? WHERE channel = ? AND chat = ?";
        transaction.execute(update, params![key::hash(key, &[CHAT, &channel, &chat]), channel, chat])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::journal::{Journal, key::FILE as KEY_FILE};

    /// The key of an older database.
    const OLD: Key = [7; 32];

    /// A database as version 3 left it: with its key in itself, and with the chats as the platform calls them.
    fn of_version_3(folder: &Path) {
        let mut connection = Connection::open(folder.join("wenda.db")).unwrap();
        connection.pragma_update(None, "journal_mode", "wal").unwrap();
        let transaction = connection.transaction().unwrap();
        STEPS[..3].iter().for_each(|step| transaction.execute_batch(step).unwrap());
        transaction.pragma_update(None, "user_version", 3).unwrap();
        transaction.execute("UPDATE notes SET value = ? WHERE name = 'key'", [OLD.as_slice()]).unwrap();
        let asker = key::hash(&OLD, &["telegram", "4242424242"]);
        let rows = "
            INSERT INTO inbox (channel, id, lane, received, body) VALUES ('telegram', '1', '4242424242', 5, NULL);
            INSERT INTO inbox (channel, id, lane, received, body) VALUES ('telegram', '2', '4343434343', 5, 'waits');
            INSERT INTO sent VALUES ('telegram', '4242424242', 'm5', 0, '77', 5);";
        transaction.execute_batch(rows).unwrap();
        let insert = "INSERT INTO questions (at, channel, language, verdict, confidence, documents, elapsed_us, question, asker) \
                      VALUES (5, 'telegram', 'zh-CN', 'none', 0.5, '[]', 9, '问', ?)";
        transaction.execute(insert, [&asker]).unwrap();
        transaction.commit().unwrap();
    }

    fn files_hold(folder: &Path, bytes: &[u8]) -> bool {
        let databases = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        let databases = databases.filter(|path| path.to_string_lossy().contains("wenda.db"));
        databases.into_iter().any(|path| fs::read(path).unwrap().windows(bytes.len()).any(|window| window == bytes))
    }

    #[test]
    fn the_key_of_an_older_database_moves_out_of_it() {
        let folder = tempfile::tempdir().unwrap();
        of_version_3(folder.path());
        // The key of another database, as after a backup was put back.
        fs::write(folder.path().join(KEY_FILE), [9; 32]).unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        assert_eq!(fs::read(folder.path().join(KEY_FILE)).unwrap(), OLD);
        assert!(journal.has_sent("telegram", "4242424242", "77").unwrap());
        assert_eq!(journal.waiting_lanes("telegram").unwrap(), ["4343434343"]);
        assert!(!files_hold(folder.path(), &OLD), "the key is still in the database");
        assert!(!files_hold(folder.path(), b"4242424242"), "the chat is still in the database");
        let asker = journal.asker("telegram", "4242424242");
        assert_eq!(journal.past(0, i64::MAX).unwrap().len(), 1);
        journal.forget(&asker, None).unwrap();
        assert!(journal.past(0, i64::MAX).unwrap().is_empty(), "who asked before the update is found by /forget");
        drop(journal);
        assert_eq!(Journal::open(folder.path()).unwrap().asker("telegram", "4242424242"), asker);
    }

    #[test]
    fn a_key_is_made_once_and_never_shown() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(KEY_FILE);
        let asker = || Journal::open(folder.path()).unwrap().asker("telegram", "7");
        let first = asker();
        let key = fs::read(&path).unwrap();
        assert_eq!((key.len(), asker() == first), (32, true));
        assert!(!files_hold(folder.path(), &key));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
            assert_eq!((mode(KEY_FILE), mode("wenda.db"), mode("")), (0o600, 0o600, 0o700));
            fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).unwrap();
            asker();
            assert_eq!(mode(KEY_FILE), 0o600);
        }
        // A new database beside the key, and a new key beside the database.
        fs::remove_file(folder.path().join("wenda.db")).unwrap();
        assert_eq!(asker(), first);
        fs::remove_file(&path).unwrap();
        assert_ne!(asker(), first);
        fs::write(&path, "short").unwrap();
        let error = format!("{:#}", Journal::open(folder.path()).err().unwrap());
        assert!(error.contains(KEY_FILE) && error.contains("remove it"), "{error}");
    }
}
