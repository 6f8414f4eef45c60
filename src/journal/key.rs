//! The key of the hashes under which persons and chats stand in the database. It lies in a file of its own: who has the database
//! alone, as a backup has it, cannot find a person by trying all ids.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, ErrorKind, Write},
    path::Path,
};

use anyhow::Context;
use rusqlite::{OptionalExtension, Transaction};

use super::folder::make_private;

/// Name of the file in the state folder.
pub(super) const FILE: &str = "asker-key.do-not-back-up";

/// The key.
pub(super) type Key = [u8; 32];

/// The key of a state folder, made where there is none. A database of an older version has it in itself: it moves into the file. So
/// does the one that a new database is made with, unless there is a file already. Gives also whether the database has changed.
///
/// # Errors
/// When the file cannot be read or written, or is damaged: the message says what to do.
pub(super) fn settle(transaction: &Transaction, folder: &Path, is_new: bool) -> anyhow::Result<(Key, bool)> {
    let path = folder.join(FILE);
    let find = "SELECT value FROM notes WHERE name = 'key'";
    let inside: Option<Vec<u8>> = transaction.query_row(find, [], |row| row.get(0)).optional()?;
    let outside = read(&path)?;
    let has_moved = inside.is_some();
    let key = match (inside, outside) {
        (None, Some(key)) => key,
        (Some(_), Some(key)) if is_new => key,
        // What stands in this database was hashed with the key in it.
        (Some(key), _) => place(&path, Key::try_from(key).ok().context("the key in the database is damaged")?)?,
        // The database came back without its key: who asked before is not known any more.
        (None, None) => place(&path, transaction.query_row("SELECT randomblob(32)", [], |row| row.get(0))?)?,
    };
    if has_moved {
        transaction.execute("DELETE FROM notes WHERE name = 'key'", [])?;
    }
    Ok((key, has_moved))
}

/// The hash of some texts, in a form that fits into a message and a file name.
pub(super) fn hash(key: &Key, texts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new_keyed(key);
    for (at, text) in texts.iter().enumerate() {
        if at > 0 {
            hasher.update(&[0]);
        }
        hasher.update(text.as_bytes());
    }
    hasher.finalize().to_hex()[..32].to_owned()
}

fn read(path: &Path) -> anyhow::Result<Option<Key>> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
        Err(error) => {
            return Err(error)
                .with_context(|| format!("{} cannot be read; check its owner and rights", path.display()));
        }
    };
    make_private(path);
    Key::try_from(bytes).map(Some).map_err(|_| {
        anyhow::anyhow!(
            "{} is damaged; remove it, and a new one is made: /forget then finds only what is asked from now on, and the rest \
             goes after KEEP_DAYS",
            path.display()
        )
    })
}

/// Puts a key into the file, whole or not at all, and readable for nobody else at any moment.
fn place(path: &Path, key: Key) -> anyhow::Result<Key> {
    let write = || -> io::Result<()> {
        let beside = path.with_extension("new");
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&beside)?;
        make_private(&beside);
        file.write_all(&key)?;
        file.sync_all()?;
        fs::rename(&beside, path)?;
        // The key leaves the database next: its name must outlive a power cut, where folders can be synced.
        if let Some(folder) = path.parent().filter(|_| cfg!(unix)) {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    };
    write().with_context(|| format!("{} cannot be written; check its owner and rights", path.display()))?;
    Ok(key)
}
