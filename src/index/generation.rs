//! Generations: complete indexes in folders of their own, and the pointer that says which one counts. A crash at any
//! moment leaves the last published one in force; leftovers are swept away by the next build.

use std::{
    collections::BTreeMap,
    fs::{self, File, TryLockError},
    io::{self, Write},
    path::{Path, PathBuf},
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::{
    build::Builder,
    passages::{Entry, Index},
    schema::SCHEMA_VERSION,
};
use crate::passage::Problem;

const MANIFEST: &str = "manifest.json";
const DOCUMENTS: &str = "documents.json";
const POINTER: &str = "current.json";
const LOCK: &str = "lock";

/// Generations up to this size in bytes are read through and compared with their checksums when they are opened
/// (0.1 s); of larger ones only the sizes of the files are compared.
const CHECKED_WHOLE: u64 = 256_000_000;

/// What a generation says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the schema that it was written with.
    pub schema: u32,
    /// Its name: a number that counts up, and a hash of what it holds.
    pub generation: String,
    /// Hash of the texts and settings that it was made from.
    pub content: String,
    /// The files that were refused, with reasons.
    pub problems: Vec<Problem>,
    /// Size in bytes and checksum of each file.
    files: BTreeMap<String, (u64, String)>,
}

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

/// A generation under construction; holds the lock that keeps other builders away.
pub struct Building {
    /// Takes the documents.
    pub builder: Builder,
    lock: File,
}

impl Generations {
    /// The generations in `root`, which need not exist yet.
    pub fn new(root: &Path) -> Generations {
        Generations { root: root.to_owned() }
    }

    /// Begins a new generation from nothing. Fails when another process is building.
    pub fn begin(&self) -> anyhow::Result<Building> {
        fs::create_dir_all(&self.root).with_context(|| format!("cannot create {}", self.root.display()))?;
        let lock = self.lock()?;
        let pointer = self.pointer().unwrap_or_default();
        self.sweep(&pointer)?;
        let folder = self.root.join("building");
        fs::create_dir(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        Ok(Building { builder: Builder::create(&folder)?, lock })
    }

    /// Finishes a generation, verifies that it opens, and lets it take effect in one step. The one before it is kept.
    pub fn publish(&self, building: Building, content: &str, problems: Vec<Problem>) -> anyhow::Result<Index> {
        let (folder, documents) = building.builder.finish()?;
        write_synced(&folder.join(DOCUMENTS), &serde_json::to_vec(&documents)?)?;
        let pointer = self.pointer().unwrap_or_default();
        let newest = number(&pointer.current).max(pointer.previous.as_deref().map_or(0, number));
        let generation = format!("{}-{}", newest + 1, content.get(..8).unwrap_or(content));
        let manifest = Manifest {
            schema: SCHEMA_VERSION,
            generation: generation.clone(),
            content: content.to_owned(),
            problems,
            files: checksums(&folder)?,
        };
        write_synced(&folder.join(MANIFEST), &serde_json::to_vec(&manifest)?)?;
        let target = self.root.join(&generation);
        fs::rename(&folder, &target).with_context(|| format!("cannot move the index to {}", target.display()))?;
        let index = self.open(&generation).context("the new index does not open")?;
        let previous = Some(pointer.current).filter(|name| self.root.join(name).join(MANIFEST).is_file());
        let pointer = Pointer { current: generation, previous, held: false };
        self.point(&pointer)?;
        self.sweep(&pointer)?;
        drop(building.lock);
        Ok(index)
    }

    /// Returns to the generation before, which is kept beside the one in force; a second call undoes the first.
    ///
    /// # Errors
    /// When there is none, it does not open, or another process is building.
    pub fn rollback(&self) -> anyhow::Result<Index> {
        let _lock = self.lock()?;
        let pointer = self.pointer().context("there is no index yet")?;
        let previous = pointer.previous.context("there is no index before this one")?;
        let index = self.open(&previous).with_context(|| format!("the index {previous} does not open"))?;
        self.point(&Pointer { current: previous, previous: Some(pointer.current), held: !pointer.held })?;
        Ok(index)
    }

    /// Keeps other builders away for as long as the file is open.
    fn lock(&self) -> anyhow::Result<File> {
        let path = self.root.join(LOCK);
        let lock = File::create(&path).with_context(|| format!("cannot write {}", path.display()))?;
        match lock.try_lock() {
            Ok(()) => Ok(lock),
            Err(TryLockError::WouldBlock) => {
                anyhow::bail!("another process is building the index; wait for it to finish")
            }
            Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("cannot lock {}", path.display())),
        }
    }

    /// Opens the generation in force.
    pub fn current(&self) -> Result<Index, OpenError> {
        let pointer = self.pointer().ok_or(OpenError::Missing)?;
        self.open(&pointer.current)
    }

    /// The name of the generation in force, without opening it.
    pub fn current_name(&self) -> Option<String> {
        self.pointer().map(|pointer| pointer.current)
    }

    /// Whether the generation in force was chosen by a rollback, and stays until someone builds a new one.
    pub fn is_held(&self) -> bool {
        self.pointer().is_some_and(|pointer| pointer.held)
    }

    fn open(&self, name: &str) -> Result<Index, OpenError> {
        let folder = self.root.join(name);
        let damaged = |error: anyhow::Error| OpenError::Damaged(format!("{error:#}"));
        let version: Version = read_json(&folder.join(MANIFEST)).map_err(damaged)?;
        if version.schema != SCHEMA_VERSION {
            return Err(OpenError::OtherSchema { found: version.schema });
        }
        let manifest: Manifest = read_json(&folder.join(MANIFEST)).map_err(damaged)?;
        verify(&folder, &manifest.files).map_err(damaged)?;
        let documents: BTreeMap<String, Entry> = read_json(&folder.join(DOCUMENTS)).map_err(damaged)?;
        Index::open(&folder, manifest, documents).map_err(damaged)
    }

    fn pointer(&self) -> Option<Pointer> {
        read_json(&self.root.join(POINTER)).ok()
    }

    fn point(&self, pointer: &Pointer) -> anyhow::Result<()> {
        let temporary = self.root.join("current.json.new");
        write_synced(&temporary, &serde_json::to_vec(pointer)?)?;
        fs::rename(&temporary, self.root.join(POINTER)).context("cannot switch to the new index")?;
        File::open(&self.root).and_then(|folder| folder.sync_all()).context("cannot write the index folder")
    }

    /// Removes every generation but the two that the pointer names, and what a crash left behind.
    fn sweep(&self, pointer: &Pointer) -> anyhow::Result<()> {
        for entry in fs::read_dir(&self.root)? {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let ours = name == "building" || number(&name) > 0;
            let kept = name == pointer.current || Some(&name) == pointer.previous.as_ref();
            if ours && !kept && entry.file_type()?.is_dir() {
                fs::remove_dir_all(entry.path())
                    .with_context(|| format!("cannot remove {}", entry.path().display()))?;
            }
        }
        Ok(())
    }
}

/// The part of a manifest that every version of the program can read.
#[derive(Deserialize)]
struct Version {
    schema: u32,
}

/// The number at the beginning of the name of a generation, 0 if there is none.
fn number(name: &str) -> u64 {
    name.split_once('-').and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
}

fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> anyhow::Result<T> {
    let bytes = fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    serde_json::from_slice(&bytes).with_context(|| format!("cannot understand {}", path.display()))
}

fn write_synced(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let write = || -> io::Result<()> {
        let mut file = File::create(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().with_context(|| format!("cannot write {}", path.display()))
}

fn checksums(folder: &Path) -> anyhow::Result<BTreeMap<String, (u64, String)>> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Dot files are Tantivy's lock files: they say nothing about what is stored.
        if !name.starts_with('.') && !name.ends_with(".lock") {
            files.insert(name, (entry.metadata()?.len(), checksum(&entry.path())?));
        }
    }
    Ok(files)
}

fn checksum(path: &Path) -> anyhow::Result<String> {
    let mut hasher = blake3::Hasher::new();
    let mut file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    io::copy(&mut file, &mut hasher)?;
    Ok(hasher.finalize().to_hex().to_string())
}

fn verify(folder: &Path, files: &BTreeMap<String, (u64, String)>) -> anyhow::Result<()> {
    let whole: u64 = files.values().map(|file| file.0).sum();
    for (name, (size, expected)) in files {
        let path = folder.join(name);
        let found = fs::metadata(&path).with_context(|| format!("cannot read {}", path.display()))?.len();
        anyhow::ensure!(found == *size, "{name} has {found} bytes instead of {size}");
        if whole <= CHECKED_WHOLE {
            anyhow::ensure!(checksum(&path)? == *expected, "{name} is not what was written");
        }
    }
    Ok(())
}
