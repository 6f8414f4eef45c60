//! Take-down: documents that are not quoted any more, from the next question on. They are kept in a file of the state
//! folder, beside the generations and the journal: a build does not touch it, and every process reads it anew for each
//! question.

use std::{
    collections::{BTreeMap, HashSet},
    fmt,
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::likeness::Likeness;
use crate::{config::Config, corpus, index::Index, journal::private_folder, text::fold};

/// The file in the state folder.
const FILE: &str = "excluded.json";

/// Who changes the file holds this one locked: two changes at once are both kept.
const LOCK: &str = "excluded.lock";

/// Names that are offered in place of one that no document has.
const NEAR: usize = 5;

/// A name counts as near from this likeness on (0..1): one of three pairs of characters is shared.
const NEAR_LIKENESS: f64 = 0.3;

/// The documents that are taken down: the path of each, with the hash of its content where it was known. Whatever stands at
/// the path, and whatever has the same content elsewhere, is not quoted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Exclusions(BTreeMap<String, Option<String>>);

/// A document that is down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Down {
    /// Its path.
    pub path: String,
    /// Its title, where it is in the index and has one.
    pub title: Option<String>,
    /// Why it is down.
    pub reason: Reason,
}

/// Why a document is down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// It was named.
    Named,
    /// It was named, and is not in the index now; when it returns, it stays down.
    Missing,
    /// It has the same content as a document that was named, a copy or the same file under a new name.
    Copy(String),
}

impl fmt::Display for Reason {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Reason::Named => Ok(()),
            Reason::Missing => formatter.write_str(" (not in the index now; stays excluded when it returns)"),
            Reason::Copy(of) => write!(formatter, " (same content as {of})"),
        }
    }
}

/// What is to be done with a document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// Take it down.
    Exclude,
    /// Bring it back.
    Include,
}

/// A document that was taken down or brought back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Changed {
    /// Its path.
    pub path: String,
    /// Its title, where it is in the index and has one.
    pub title: Option<String>,
    /// Other documents with the same content, which go with it.
    pub copies: Vec<String>,
}

/// Why nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// No document has this name, or several have this title.
    #[error("there is no document {name}{}", nearly(.near, "; `wenda chat` lists them with /sources"))]
    Unknown {
        /// The name.
        name: String,
        /// The paths of documents that may be meant.
        near: Vec<String>,
    },
    /// It is not taken down.
    #[error("{name} is not excluded{}", nearly(.near, "; `wenda include` by itself lists what is"))]
    NotExcluded {
        /// The name.
        name: String,
        /// The paths of excluded documents that may be meant.
        near: Vec<String>,
    },
    /// The state folder cannot be read or written.
    #[error(transparent)]
    Failed(#[from] anyhow::Error),
}

/// What may be meant, or where to look.
fn nearly(near: &[String], otherwise: &str) -> String {
    if near.is_empty() { otherwise.to_owned() } else { format!("; did you mean {}?", near.join(", ")) }
}

impl Exclusions {
    /// What is taken down now.
    ///
    /// # Errors
    /// When the file cannot be read or understood: then nobody knows what may be quoted.
    pub fn read(state: &Path) -> anyhow::Result<Exclusions> {
        let path = state.join(FILE);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Exclusions::default()),
            Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
        };
        serde_json::from_slice(&bytes).with_context(|| {
            format!(
                "{} cannot be understood; mend it, or remove it and exclude its documents again: without it they are quoted",
                path.display()
            )
        })
    }

    /// The paths that are taken down.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Whether nothing is taken down.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The index without what is taken down.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn apply(&self, index: &Index) -> anyhow::Result<Index> {
        let hashes: HashSet<&str> = self.0.values().flatten().map(String::as_str).collect();
        index.without(|path, entry| self.0.contains_key(path) || hashes.contains(entry.hash.as_str()))
    }

    /// All that is down: what was named, and what has the same content.
    pub fn down(&self, index: &Index) -> Vec<Down> {
        let all = index.all_documents();
        let named = self.0.keys().map(|path| Down {
            path: path.clone(),
            title: all.get(path).and_then(|entry| entry.metadata.title.clone()),
            reason: if all.contains_key(path) { Reason::Named } else { Reason::Missing },
        });
        let copies = all.iter().filter(|(path, _)| !self.0.contains_key(*path)).filter_map(|(path, entry)| {
            let (of, _) = self.0.iter().find(|(_, hash)| hash.as_ref() == Some(&entry.hash))?;
            let title = entry.metadata.title.clone();
            Some(Down { path: path.clone(), title, reason: Reason::Copy(of.clone()) })
        });
        let mut down: Vec<Down> = named.chain(copies).collect();
        down.sort_by(|a, b| a.path.cmp(&b.path));
        down
    }
}

/// Takes documents down, or brings them back: all of them, or none where one name is wrong. A name is a path in the corpus, or
/// a title that one document alone has.
///
/// # Errors
/// When a name is wrong, or the state folder cannot be written.
pub fn change(config: &Config, index: &Index, names: &[String], change: Change) -> Result<Vec<Changed>, Refusal> {
    let _lock = lock(&config.state)?;
    let mut exclusions = Exclusions::read(&config.state)?;
    let mut changed = Vec::new();
    for name in names {
        changed.push(match change {
            Change::Exclude => exclusions.exclude(config, index, name)?,
            Change::Include => exclusions.include(config, index, name)?,
        });
    }
    exclusions.write(&config.state)?;
    Ok(changed)
}

impl Exclusions {
    fn exclude(&mut self, config: &Config, index: &Index, name: &str) -> Result<Changed, Refusal> {
        let indexed = index.all_documents().iter().map(|(path, entry)| (path.clone(), entry.metadata.title.clone()));
        let mut known: BTreeMap<String, Option<String>> = indexed.collect();
        // A file may be taken down before it is indexed.
        let files = corpus::walk(&config.corpus).map(|sources| sources.files).unwrap_or_default();
        for file in files {
            known.entry(file.path).or_default();
        }
        let path = resolve(config, &known, name).map_err(|near| Refusal::Unknown { name: name.to_owned(), near })?;
        let entry = index.all_documents().get(&path);
        let hash = entry.map(|entry| entry.hash.clone());
        self.0.insert(path.clone(), hash.clone());
        Ok(changed(index, path, hash.as_deref()))
    }

    fn include(&mut self, config: &Config, index: &Index, name: &str) -> Result<Changed, Refusal> {
        let title = |path: &str| index.all_documents().get(path).and_then(|entry| entry.metadata.title.clone());
        let known: BTreeMap<String, Option<String>> =
            self.down(index).into_iter().map(|down| (down.path.clone(), title(&down.path))).collect();
        let path =
            resolve(config, &known, name).map_err(|near| Refusal::NotExcluded { name: name.to_owned(), near })?;
        let recorded = self.0.remove(&path).flatten();
        let hash = index.all_documents().get(&path).map(|entry| entry.hash.clone());
        // What has the same content comes back with it: otherwise it would stay down as a copy.
        self.0.retain(|_, kept| kept.is_none() || *kept != hash && *kept != recorded);
        Ok(changed(index, path, hash.as_deref()))
    }

    fn write(&self, state: &Path) -> anyhow::Result<()> {
        let (path, beside) = (state.join(FILE), state.join(format!("{FILE}.new")));
        let cannot = || format!("cannot write {}", path.display());
        let write = || -> io::Result<()> {
            let mut file = File::create(&beside)?;
            file.write_all(&serde_json::to_vec_pretty(self)?)?;
            file.sync_all()?;
            fs::rename(&beside, &path)?;
            File::open(state)?.sync_all()
        };
        write().with_context(cannot)
    }
}

fn changed(index: &Index, path: String, hash: Option<&str>) -> Changed {
    let copies =
        index.all_documents().iter().filter(|(other, entry)| **other != path && Some(entry.hash.as_str()) == hash);
    let copies = copies.map(|(other, _)| other.clone()).collect();
    let title = index.all_documents().get(&path).and_then(|entry| entry.metadata.title.clone());
    Changed { path, title, copies }
}

fn lock(state: &Path) -> anyhow::Result<File> {
    let path = state.join(LOCK);
    let lock = || -> io::Result<File> {
        private_folder(state)?;
        let file = File::create(&path)?;
        file.lock()?;
        Ok(file)
    };
    lock().with_context(|| format!("cannot lock {}; set STATE_DIR to a folder that can be written", path.display()))
}

/// The path that a name means, among known paths with their titles; otherwise the paths that come near.
fn resolve(config: &Config, known: &BTreeMap<String, Option<String>>, name: &str) -> Result<String, Vec<String>> {
    let name = name.trim();
    // A shell completes paths from where it stands.
    let within = Path::new(name).strip_prefix(&config.corpus).ok().and_then(Path::to_str);
    let spelled = [Some(name), name.strip_prefix("./"), within];
    if let Some(path) = spelled.into_iter().flatten().find(|path| known.contains_key(*path)) {
        return Ok(path.to_owned());
    }
    let sought = bare(name);
    let titled = |title: &Option<String>| title.as_deref().is_some_and(|title| bare(title) == sought);
    let mut titled: Vec<&String> = known.iter().filter(|(_, title)| titled(title)).map(|(path, _)| path).collect();
    if let ([path], false) = (titled.as_slice(), sought.is_empty()) {
        return Ok((*path).clone());
    }
    if titled.is_empty() {
        titled = near(known, name);
    }
    Err(titled.into_iter().take(NEAR).cloned().collect())
}

/// The paths whose path or title is most like a name, the likest first.
fn near<'k>(known: &'k BTreeMap<String, Option<String>>, name: &str) -> Vec<&'k String> {
    let (sought, name) = (Likeness::of(name), bare(name));
    let like = |text: &str| {
        let within = !name.is_empty() && bare(text).contains(&name);
        if within { 1.0 } else { sought.to(&Likeness::of(text)) }
    };
    let mut found: Vec<(f64, &String)> = known
        .iter()
        .map(|(path, title)| (title.as_deref().map_or(0.0, like).max(like(path)), path))
        .filter(|(likeness, _)| *likeness >= NEAR_LIKENESS)
        .collect();
    found.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
    found.into_iter().map(|(_, path)| path).collect()
}

/// A title or name as it is compared.
fn bare(text: &str) -> String {
    fold(text).chars.iter().filter(|c| c.is_alphanumeric()).collect()
}
