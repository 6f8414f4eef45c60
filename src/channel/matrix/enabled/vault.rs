//! The vault: the file that holds the session, encrypted with a key that only the environment has. The databases of keys
//! and rooms beside it are encrypted with a key that is made from it, so that they can only be opened together.

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
};

use anyhow::Context;
use matrix_sdk::authentication::matrix::MatrixSession;
use matrix_sdk_store_encryption::StoreCipher;
use serde::{Deserialize, Serialize};

use crate::config::Secret;

/// Folder in the state folder.
const FOLDER: &str = "matrix";

/// Name of the file in it.
const FILE: &str = "session.json";

/// The vault, open.
pub(super) struct Vault {
    folder: PathBuf,
    cipher: StoreCipher,
    lock: Vec<u8>,
    session: Option<MatrixSession>,
}

/// The vault as it lies on disk.
#[derive(Serialize, Deserialize)]
struct Closed {
    /// The cipher, encrypted with what is made of the key in the environment.
    cipher: Vec<u8>,
    /// The session, encrypted with the cipher.
    session: Vec<u8>,
}

impl Vault {
    /// Opens the vault in the state folder; a new one where there is none. Takes its time, by design: that is what makes
    /// guessing expensive.
    ///
    /// # Errors
    /// When the key does not open it, or the folder cannot be written.
    pub(super) fn open(state: &Path, key: &Secret) -> anyhow::Result<Vault> {
        let folder = state.join(FOLDER);
        create_private(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let path = folder.join(FILE);
        if !path.exists() {
            let cipher = StoreCipher::new()?;
            let lock = cipher.export(key.expose())?;
            let vault = Vault { folder, cipher, lock, session: None };
            // The databases come before the session: without this file they could not be opened again.
            vault.write()?;
            return Ok(vault);
        }
        let closed = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let closed: Closed = serde_json::from_slice(&closed)
            .map_err(|_| anyhow::anyhow!("{} is damaged; {}", path.display(), afresh(&folder)))?;
        let wrong = |_| {
            anyhow::anyhow!(
                "MATRIX_STORE_KEY does not open {}: set it to the value of the first start; or, if that is lost, {}",
                path.display(),
                afresh(&folder)
            )
        };
        let cipher = StoreCipher::import(key.expose(), &closed.cipher).map_err(wrong)?;
        let session = cipher.decrypt_value(&closed.session).map_err(wrong)?;
        Ok(Vault { folder, cipher, lock: closed.cipher, session })
    }

    /// Whether there is one in the state folder.
    pub(super) fn exists(state: &Path) -> bool {
        state.join(FOLDER).join(FILE).exists()
    }

    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The session that was kept.
    pub(super) fn session(&self) -> Option<&MatrixSession> {
        self.session.as_ref()
    }

    /// The key of the databases.
    pub(super) fn store_key(&self) -> [u8; 32] {
        self.cipher.hash_key("wenda", b"databases")
    }

    /// Keeps a session.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub(super) fn keep(&mut self, session: MatrixSession) -> anyhow::Result<()> {
        self.session = Some(session);
        self.write()
    }

    fn write(&self) -> anyhow::Result<()> {
        let closed = Closed { cipher: self.lock.clone(), session: self.cipher.encrypt_value(&self.session)? };
        let (path, beside) = (self.folder.join(FILE), self.folder.join(format!("{FILE}.new")));
        let mut file = fs::File::create(&beside).with_context(|| format!("cannot write {}", beside.display()))?;
        file.write_all(&serde_json::to_vec(&closed)?)?;
        file.sync_all()?;
        fs::rename(&beside, &path).with_context(|| format!("cannot write {}", path.display()))
    }
}

/// What to do where nothing can be saved.
pub(super) fn afresh(folder: &Path) -> String {
    format!("remove the folder {}, and the bot logs in as a new device", folder.display())
}

/// Creates a folder into which nobody else may look: the library writes files that everybody may read.
fn create_private(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_opens_with_its_key_only() {
        let state = tempfile::tempdir().unwrap();
        let key = Secret::new("first");
        let mut vault = Vault::open(state.path(), &key).unwrap();
        let store_key = vault.store_key();
        assert_eq!(Vault::open(state.path(), &key).unwrap().store_key(), store_key, "before the login, too");
        let session = serde_json::json!({"user_id": "@wenda:x", "device_id": "D", "access_token": "syt_secret"});
        vault.keep(serde_json::from_value(session).unwrap()).unwrap();
        let vault = Vault::open(state.path(), &key).unwrap();
        assert_eq!(vault.session().unwrap().tokens.access_token, "syt_secret");
        assert_eq!(vault.store_key(), store_key);
        let wrong = Vault::open(state.path(), &Secret::new("second")).err().unwrap();
        assert!(wrong.to_string().starts_with("MATRIX_STORE_KEY does not open"), "{wrong}");
        let file = fs::read_to_string(state.path().join(FOLDER).join(FILE)).unwrap();
        assert!(!file.contains("syt_secret"));
    }
}
