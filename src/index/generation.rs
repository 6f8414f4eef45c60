//! Generations: complete indexes in folders of their own, and the pointer that says which one counts. A crash at any
//! moment leaves the last published one in force; leftovers are swept away by the next build.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::{
    build::Builder,
    files::{self, Checksums},
    manifest::{Lasting, Manifest, Origin, remember},
    passages::{Entry, Index},
    schema::SCHEMA_VERSION,
};
use crate::passage::Move;

const MANIFEST: &str = "manifest.json";
const DOCUMENTS: &str = "documents.json";
const POINTER: &str = "current.json";
const NEXT_POINTER: &str = "current.json.new";
const LOCK: &str = "lock";
const BUILDING: &str = "building";

#[derive(Default, Serialize, Deserialize)]
struct Pointer {
    current: String,
    previous: Option<String>,
    /// Whether an admin went back to it: then a newer corpus is no reason to build.
    #[serde(default)]
    held: bool,
}

/// Why there is no generation to open.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing was built yet.
    #[error("there is no index yet")]
    Missing,
    /// Another version of the program wrote it.
    #[error("the index was written with schema {found}, this version writes {SCHEMA_VERSION}")]
    OtherSchema {
        /// The version found.
        found: u32,
    },
    /// It cannot be read.
    #[error("the index is damaged: {0}")]
    Damaged(String),
}

/// The folder that holds the generations.
#[derive(Clone, Debug)]
pub struct Generations {
    root: PathBuf,
}

/// The right to build and to switch generations; one process at a time has it, for as long as it keeps this.
pub struct Lock(#[expect(dead_code, reason = "it is locked as long as it is open")] File);

impl Generations {
    /// The generations in `root`, which need not exist yet.
    pub fn new(root: &Path) -> Generations {
        Generations { root: root.to_owned() }
    }

    /// Keeps other builders away, and sweeps away what a crash left behind.
    ///
    /// # Errors
    /// When another process is building, or the folder cannot be written.
    pub fn lock(&self) -> anyhow::Result<Lock> {
        fs::create_dir_all(&self.root).with_context(|| {
            format!("cannot create {}; set INDEX_DIR to a folder that can be written", self.root.display())
        })?;
        let lock = self.try_lock()?.context("another process is building the index; wait for it to finish")?;
        self.sweep(&self.known_pointer()?)?;
        Ok(lock)
    }

    /// Begins a new generation: from what `before` holds, or from nothing.
    pub fn begin(&self, _lock: &Lock, before: Option<&Index>) -> anyhow::Result<Builder> {
        let folder = self.root.join(BUILDING);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        fs::create_dir(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        match before {
            Some(before) => Builder::resume(&folder, before),
            None => Builder::create(&folder),
        }
    }

    /// Finishes a generation and opens it for a trial. Nobody else sees it before it is published.
    pub fn finish(
        &self,
        _lock: &Lock,
        mut builder: Builder,
        origin: Origin,
        moves: Vec<Move>,
    ) -> anyhow::Result<Index> {
        let taken_over = std::mem::take(&mut builder.taken_over);
        let (folder, documents) = builder.finish()?;
        files::write_synced(&folder.join(DOCUMENTS), &serde_json::to_vec(&documents)?)?;
        let pointer = self.known_pointer()?;
        let newest = number(&pointer.current).max(pointer.previous.as_deref().map_or(0, number));
        let generation = format!("{}-{}", newest + 1, origin.content.get(..8).unwrap_or(&origin.content));
        let mut remembered = self.moves();
        remember(&mut remembered, newest + 1, moves);
        let manifest = Manifest {
            schema: SCHEMA_VERSION,
            generation: generation.clone(),
            settings: origin.settings,
            content: origin.content,
            aliases: origin.aliases,
            problems: origin.problems,
            refused: origin.refused,
            moves: remembered,
            files: files::checksums(&folder, &taken_over)?,
        };
        files::write_synced(&folder.join(MANIFEST), &serde_json::to_vec(&manifest)?)?;
        files::sync_folder(&folder)?;
        let target = self.root.join(&generation);
        fs::rename(&folder, &target).with_context(|| format!("cannot move the index to {}", target.display()))?;
        self.open(&generation, &taken_over).context("the new index does not open")
    }

    /// Lets a finished generation take effect in one step. The one before it is kept, all others are removed.
    pub fn publish(&self, _lock: &Lock, index: &Index) -> anyhow::Result<()> {
        let before = self.known_pointer()?;
        let previous = Some(before.current).filter(|name| self.root.join(name).join(MANIFEST).is_file());
        let pointer = Pointer { current: index.manifest().generation.clone(), previous, held: false };
        self.point(&pointer)?;
        self.sweep(&pointer)
    }

    /// Throws a finished generation away that was not published.
    pub fn discard(&self, _lock: &Lock, index: Index) -> anyhow::Result<()> {
        drop(index);
        self.sweep(&self.known_pointer()?)
    }

    /// Lets the generation in force no longer count as chosen by a rollback.
    pub fn release(&self, _lock: &Lock) -> anyhow::Result<()> {
        match self.pointer() {
            Some(pointer) if pointer.held => self.point(&Pointer { held: false, ..pointer }),
            _ => Ok(()),
        }
    }

    /// Sweeps away what a crash left behind, unless someone is building or the folder cannot be written.
    pub fn tidy(&self) {
        let tidied = match self.pointer() {
            Some(pointer) => self.try_lock().and_then(|lock| lock.map_or(Ok(()), |_lock| self.sweep(&pointer))),
            None => Ok(()),
        };
        if let Err(error) = tidied {
            tracing::debug!("the index folder is not swept: {error:#}");
        }
    }

    /// Returns to the generation before, which is kept beside the one in force; a second call undoes the first.
    ///
    /// # Errors
    /// When there is none, it does not open, or another process is building.
    pub fn rollback(&self) -> anyhow::Result<Index> {
        let none = "there is no index yet; run `wenda reindex`";
        self.pointer().context(none)?;
        let _lock = self.lock()?;
        // Only now nobody else changes it.
        let pointer = self.pointer().context(none)?;
        let previous = pointer
            .previous
            .context("there is no index before this one; each reindex that changes something keeps the one before")?;
        let index =
            self.open(&previous, &Checksums::new()).with_context(|| format!("the index {previous} does not open"))?;
        self.point(&Pointer { current: previous, previous: Some(pointer.current), held: !pointer.held })?;
        Ok(index)
    }

    /// The lock, unless someone else has it.
    fn try_lock(&self) -> anyhow::Result<Option<Lock>> {
        let path = self.root.join(LOCK);
        let lock = File::create(&path).with_context(|| {
            format!("cannot write {}; set INDEX_DIR to a folder that can be written", path.display())
        })?;
        match lock.try_lock() {
            Ok(()) => Ok(Some(Lock(lock))),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    /// Opens the generation in force.
    pub fn current(&self) -> Result<Index, OpenError> {
        let mut name = self.pointer().ok_or(OpenError::Missing)?.current;
        loop {
            let opened = self.open(&name, &Checksums::new());
            match self.pointer() {
                // Two builds later its files are gone; then the newest one counts.
                Some(pointer) if opened.is_err() && pointer.current != name => name = pointer.current,
                _ => return opened,
            }
        }
    }

    /// The name of the generation in force, without opening it.
    pub fn current_name(&self) -> Option<String> {
        self.pointer().map(|pointer| pointer.current)
    }

    /// Whether the generation in force was chosen by a rollback, and stays until someone builds a new one.
    pub fn is_held(&self) -> bool {
        self.pointer().is_some_and(|pointer| pointer.held)
    }

    /// Opens a generation; `looked_at` are files that need not be read through.
    fn open(&self, name: &str, looked_at: &Checksums) -> Result<Index, OpenError> {
        let folder = self.root.join(name);
        let damaged = |error: anyhow::Error| OpenError::Damaged(format!("{error:#}"));
        let lasting: Lasting = files::read_json(&folder.join(MANIFEST)).map_err(damaged)?;
        if lasting.schema != SCHEMA_VERSION {
            return Err(OpenError::OtherSchema { found: lasting.schema });
        }
        let manifest: Manifest = files::read_json(&folder.join(MANIFEST)).map_err(damaged)?;
        files::verify(&folder, &manifest.files, looked_at).map_err(damaged)?;
        let documents: BTreeMap<String, Entry> = files::read_json(&folder.join(DOCUMENTS)).map_err(damaged)?;
        Index::open(&folder, manifest, documents).map_err(damaged)
    }

    /// The moves that the generation in force remembers, whatever version of the program wrote it.
    fn moves(&self) -> Vec<(u64, Move)> {
        let lasting = self
            .pointer()
            .and_then(|pointer| files::read_json::<Lasting>(&self.root.join(pointer.current).join(MANIFEST)).ok());
        lasting.unwrap_or_default().moves
    }

    fn pointer(&self) -> Option<Pointer> {
        files::read_json(&self.root.join(POINTER)).ok()
    }

    /// The pointer, or an empty one where there is none, or none that can be understood. What it does not name is swept away,
    /// so a disk that does not give it to read is an error, and not an index that is not there.
    fn known_pointer(&self) -> anyhow::Result<Pointer> {
        let path = self.root.join(POINTER);
        match fs::read(&path) {
            Ok(bytes) => Ok(serde_json::from_slice(&bytes).unwrap_or_default()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Pointer::default()),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    fn point(&self, pointer: &Pointer) -> anyhow::Result<()> {
        let temporary = self.root.join(NEXT_POINTER);
        files::write_synced(&temporary, &serde_json::to_vec(pointer)?)?;
        fs::rename(&temporary, self.root.join(POINTER)).context("cannot switch to the new index")?;
        files::sync_folder(&self.root)
    }

    /// Removes every generation but the two that the pointer names, and what a crash left behind.
    fn sweep(&self, pointer: &Pointer) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            if name == NEXT_POINTER {
                fs::remove_file(entry.path()).with_context(|| format!("cannot remove {}", entry.path().display()))?;
            }
            let ours = name == BUILDING || number(&name) > 0;
            let kept = name == pointer.current || Some(&name) == pointer.previous.as_ref();
            if ours && !kept && entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())
                    .with_context(|| format!("cannot remove {}", entry.path().display()))?;
            }
        }
        Ok(())
    }
}

/// The number at the beginning of the name of a generation, 0 if there is none.
pub(super) fn number(name: &str) -> u64 {
    name.split_once('-').and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pointer_that_cannot_be_read_sweeps_nothing_away() {
        let home = tempfile::tempdir().unwrap();
        let generations = Generations::new(home.path());
        fs::create_dir(home.path().join("1-abc")).unwrap();
        // A folder in its place cannot be read, like a file on a broken disk.
        fs::create_dir(home.path().join(POINTER)).unwrap();
        assert!(generations.lock().is_err());
        assert!(home.path().join("1-abc").exists());
        fs::remove_dir(home.path().join(POINTER)).unwrap();
        generations.lock().unwrap();
        assert!(!home.path().join("1-abc").exists(), "what no pointer names is left behind by a crash");
    }
}
