//! The tables, and how an older database becomes one of this version.

use rusqlite::Connection;

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
];

/// Brings the database to this version, in one transaction.
pub(super) fn migrate(connection: &mut Connection) -> anyhow::Result<()> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let version: usize = transaction.pragma_query_value(None, "user_version", |row| row.get(0))?;
    anyhow::ensure!(version <= STEPS.len(), "it was written by a newer version of Wenda; update the program");
    for step in &STEPS[version..] {
        transaction.execute_batch(step)?;
    }
    if version < STEPS.len() {
        transaction.pragma_update(None, "user_version", STEPS.len())?;
    }
    Ok(transaction.commit()?)
}
