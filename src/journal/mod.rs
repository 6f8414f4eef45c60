//! The journal: the one SQLite database under `STATE_DIR`, which holds all that must outlive a restart: updates that wait
//! for their answer, what was asked and found, what buttons refer to. The only room that knows SQLite.

use std::{
    fs::{File, TryLockError},
    path::{Path, PathBuf},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use rusqlite::{Connection, ErrorCode, OptionalExtension, params};

use self::key::Key;

mod cards;
mod folder;
mod history;
mod inbox;
mod keeping;
mod key;
mod moves;
mod questions;
mod schema;

pub use cards::Card;
pub use folder::private_folder;
pub use history::Past;
pub use inbox::{Incoming, Waiting};
pub use keeping::Keeping;
pub use questions::{Asked, Conversation, Figures, Miss, Rating};

/// Name of the database in the state folder.
const FILE: &str = "wenda.db";

/// Name of the file that a serving process keeps locked.
const LOCK: &str = "serving";

/// Stands before a chat where it is hashed, so that a person of the same name has another hash.
const CHAT: &str = "chat";

/// How long a write waits for another process that is writing.
const PATIENCE: Duration = Duration::from_secs(5);

/// The database, shared by all doors.
pub struct Journal {
    connection: Mutex<Connection>,
    /// The write-ahead log beside the database.
    log: PathBuf,
    /// The key of the hashes.
    key: Key,
}

/// Someone who asks, as far as the journal knows them: a keyed hash. Without the key there is no way back; who has it can try all
/// ids of a platform.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asker(pub(crate) String);

impl Journal {
    /// Opens the database in `folder`, and creates both where they are missing.
    ///
    /// # Errors
    /// When it cannot be written, is damaged, locked, or of a newer version: each says what to do.
    pub fn open(folder: &Path) -> anyhow::Result<Journal> {
        private_folder(folder).with_context(|| {
            format!("cannot create {}; set STATE_DIR to a folder that can be written", folder.display())
        })?;
        let path = folder.join(FILE);
        let open = || -> anyhow::Result<(Connection, Key)> {
            let mut connection = Connection::open(&path)?;
            connection.busy_timeout(PATIENCE)?;
            connection.pragma_update(None, "journal_mode", "wal")?;
            connection.pragma_update(None, "synchronous", "normal")?;
            // What is erased is overwritten, not only forgotten.
            connection.pragma_update(None, "secure_delete", "on")?;
            let key = schema::migrate(&mut connection, folder)?;
            Ok((connection, key))
        };
        let (connection, key) = open().map_err(|error| explain(error, &path))?;
        // A copy keeps these rights where the folder does not go along.
        folder::make_private(&path);
        Ok(Journal { connection: Mutex::new(connection), log: folder.join(format!("{FILE}-wal")), key })
    }

    /// Reserves a state folder for one serving process: two would answer the same questions. It is free again when the
    /// file is closed, however the process ends.
    ///
    /// # Errors
    /// When another process serves from it.
    pub fn reserve(folder: &Path) -> anyhow::Result<File> {
        let path = folder.join(LOCK);
        let lock = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("another Wenda serves from {}; end it, or set another STATE_DIR", folder.display())
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    /// The hash under which a person of a channel appears in the journal.
    pub fn asker(&self, channel: &str, person: &str) -> Asker {
        Asker(key::hash(&self.key, &[channel, person]))
    }

    /// The hash under which a chat appears in what was sent.
    fn chat(&self, channel: &str, chat: &str) -> String {
        key::hash(&self.key, &[CHAT, channel, chat])
    }

    /// A single value that was noted.
    pub fn note(&self, name: &str) -> anyhow::Result<Option<String>> {
        let find = "SELECT value FROM notes WHERE name = ?";
        Ok(self.lock().query_row(find, [name], |row| row.get(0)).optional()?)
    }

    /// Notes a single value, or strikes it out.
    pub fn set_note(&self, name: &str, value: Option<&str>) -> anyhow::Result<()> {
        let connection = self.lock();
        match value {
            Some(value) => connection.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", params![name, value])?,
            None => connection.execute("DELETE FROM notes WHERE name = ?", [name])?,
        };
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        // A panic between two statements leaves no half-written row: SQLite rolls back.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says what to do about a database that does not open.
fn explain(error: anyhow::Error, path: &Path) -> anyhow::Error {
    let code = error.downcast_ref::<rusqlite::Error>().and_then(rusqlite::Error::sqlite_error_code);
    let advice = match code {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => {
            "it is damaged; move it away (with the files -wal and -shm beside it), and a new one is made at the next start"
        }
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => {
            "another program keeps it locked; end that one, or set another STATE_DIR"
        }
        Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => {
            "it cannot be written; check its owner and rights"
        }
        Some(ErrorCode::DiskFull) => "the disk is full",
        _ => "it cannot be used",
    };
    error.context(format!("the database {}: {advice}", path.display()))
}

/// Seconds since 1970.
fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn notes_outlive_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        journal.set_note("pause", Some("维护中")).unwrap();
        let asker = journal.asker("telegram", "7");
        drop(journal);
        let journal = Journal::open(folder.path()).unwrap();
        assert_eq!(journal.note("pause").unwrap().as_deref(), Some("维护中"));
        assert_eq!(journal.asker("telegram", "7"), asker);
        assert_ne!(journal.asker("telegram", "8"), asker);
        journal.set_note("pause", None).unwrap();
        assert_eq!(journal.note("pause").unwrap(), None);
    }

    #[test]
    fn a_database_that_does_not_open_says_why() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(FILE), "not a database, but long enough to be read as one".repeat(100)).unwrap();
        let error = Journal::open(folder.path()).err().unwrap();
        assert!(format!("{error:#}").contains("it is damaged"), "{error:#}");
        fs::remove_file(folder.path().join(FILE)).unwrap();
        let connection = Connection::open(folder.path().join(FILE)).unwrap();
        connection.pragma_update(None, "user_version", 99).unwrap();
        let error = Journal::open(folder.path()).err().unwrap();
        assert!(format!("{error:#}").contains("newer version"), "{error:#}");
    }
}
