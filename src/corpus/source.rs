//! The files of a corpus folder: which are documents, which are side files, which are refused.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::Limits;
use crate::passage::Problem;

/// Files of the corpus folder that are for the bot, not about anything: word lists and the admin's own questions.
pub(super) const NOT_DOCUMENTS: [&str; 2] = ["aliases.txt", "questions.jsonl"];

/// Deepest folder that is walked into; a guard against loops that a file system may have.
const MAX_DEPTH: usize = 64;

/// A file that should become a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Path relative to the corpus folder, with `/` between the parts.
    pub path: String,
    /// Where it is.
    pub absolute: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// The side file with its metadata, if there is one.
    pub side: Option<PathBuf>,
}

/// What a walk through a corpus folder found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    /// The files, sorted by path.
    pub files: Vec<SourceFile>,
    /// What was refused, sorted by path.
    pub problems: Vec<Problem>,
}

/// Finds the files of a corpus folder. Hidden files, `README*` and the bot's own lists are left out. Links to files
/// inside the folder are followed; links out of it, and links to folders, are reported.
pub fn walk(dir: &Path) -> Result<Sources> {
    let root = dir.canonicalize().with_context(|| {
        format!("cannot open the corpus folder {}; set CORPUS_DIR to your folder of documents", dir.display())
    })?;
    let mut sources = Sources::default();
    walk_folder(&root, &root, "", 0, &mut sources)
        .with_context(|| format!("cannot read the corpus folder {}", dir.display()))?;
    sources.files.sort_by(|a, b| a.path.cmp(&b.path));
    sources.problems.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(sources)
}

/// Walks one folder.
fn walk_folder(root: &Path, folder: &Path, prefix: &str, depth: usize, sources: &mut Sources) -> Result<()> {
    let mut names: Vec<String> = Vec::new();
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        match name.to_str() {
            Some(name) if name.starts_with('.') => {}
            Some(name) if !name.contains(char::is_control) => names.push(name.to_owned()),
            _ => sources.refuse(
                prefix,
                &name.to_string_lossy(),
                "has a name with control characters or not in UTF-8: rename it",
            ),
        }
    }
    let present: HashSet<&str> = names.iter().map(String::as_str).collect();
    for name in &names {
        let absolute = folder.join(name);
        let found = match inspect(root, &absolute) {
            Ok(found) => found,
            Err(reason) => {
                sources.refuse(prefix, name, &reason);
                continue;
            }
        };
        match found {
            Found::Folder if depth + 1 >= MAX_DEPTH => sources.refuse(prefix, name, "is nested too deeply: move it up"),
            Found::Folder => {
                let inner = format!("{prefix}{name}/");
                if walk_folder(root, &absolute, &inner, depth + 1, sources).is_err() {
                    sources.refuse(prefix, name, "is a folder that cannot be read: check its permissions");
                }
            }
            Found::File(_) if NOT_DOCUMENTS.contains(&name.as_str()) || name.to_uppercase().starts_with("README") => {}
            Found::File(_) if name.ends_with(".toml") => {
                if !describes(name, &names) {
                    sources.refuse(
                        prefix,
                        name,
                        "is a side file, but no document of that name stands beside it: rename or remove it",
                    );
                }
            }
            Found::File(size) => {
                let side = side_names(name)
                    .into_iter()
                    .find(|side| present.contains(side.as_str()))
                    .map(|side| folder.join(side));
                let side = side.filter(|side| inspect(root, side).is_ok());
                sources.files.push(SourceFile { path: format!("{prefix}{name}"), absolute, size, side });
            }
        }
    }
    Ok(())
}

/// What a directory entry is.
enum Found {
    /// A folder.
    Folder,
    /// A regular file, with its size.
    File(u64),
}

/// Looks at a directory entry; the error says why it is refused.
fn inspect(root: &Path, path: &Path) -> Result<Found, String> {
    let unreadable =
        |error: std::io::Error| format!("cannot be read ({}): check that it exists and its permissions", error.kind());
    let own = path.symlink_metadata().map_err(unreadable)?;
    let metadata = if own.is_symlink() {
        let target = path.canonicalize().map_err(|_| "is a broken symbolic link: remove it".to_owned())?;
        if !target.starts_with(root) {
            return Err("is a symbolic link out of the corpus folder: copy the file into the folder instead".to_owned());
        }
        let metadata = target.metadata().map_err(unreadable)?;
        if metadata.is_dir() {
            return Err("is a symbolic link to a folder: its files are read where they are; remove the link".to_owned());
        }
        metadata
    } else {
        own
    };
    match metadata.file_type() {
        kind if kind.is_dir() => Ok(Found::Folder),
        kind if kind.is_file() => Ok(Found::File(metadata.len())),
        _ => Err("is neither a file nor a folder: remove it".to_owned()),
    }
}

/// The names that a side file of `name` can have, the most exact first.
fn side_names(name: &str) -> Vec<String> {
    let mut names = vec![format!("{name}.toml")];
    if let Some((stem, _)) = name.rsplit_once('.') {
        names.push(format!("{stem}.toml"));
    }
    names
}

/// Whether a side file belongs to one of the names.
fn describes(side: &str, names: &[String]) -> bool {
    names.iter().any(|name| !name.ends_with(".toml") && side_names(name).iter().any(|own| own == side))
}

impl Sources {
    /// Notes a problem; control characters in the name are written out, so that a report stays readable.
    fn refuse(&mut self, prefix: &str, name: &str, reason: &str) {
        let path = format!("{prefix}{}", name.escape_debug());
        self.problems.push(Problem { path, reason: reason.to_owned() });
    }
}

/// Hash of a file and its side file, in hexadecimal: equal as long as the document cannot have changed. Files beyond the limits
/// are not read: they are refused whatever they hold.
pub fn fingerprint(file: &SourceFile, limits: &Limits) -> Result<String> {
    let cannot = |path: &Path| format!("cannot read {}", path.display());
    let open = || -> std::io::Result<(File, u64)> {
        let opened = File::open(&file.absolute)?;
        let size = opened.metadata()?.len();
        Ok((opened, size))
    };
    let (opened, size) = open().with_context(|| cannot(&file.absolute))?;
    let mut hasher = blake3::Hasher::new();
    hasher.update(&size.to_le_bytes());
    if size > limits.max_file_bytes {
        return Ok(hasher.update(b"too large").finalize().to_hex().to_string());
    }
    std::io::copy(&mut opened.take(size), &mut hasher).with_context(|| cannot(&file.absolute))?;
    if let Some(side) = &file.side {
        let mut opened = File::open(side).with_context(|| cannot(side))?.take(limits.max_side_bytes + 1);
        std::io::copy(&mut opened, &mut hasher).with_context(|| cannot(side))?;
    }
    Ok(hasher.finalize().to_hex().to_string())
}

/// The hash of a file's bytes and its side file's.
pub(super) fn hash(bytes: &[u8], side: Option<&[u8]>) -> String {
    let mut hasher = Hasher::new(bytes.len() as u64);
    hasher.update(bytes);
    hasher.finish(side)
}

/// The same for a file of which one part after the other is read.
pub(super) struct Hasher(blake3::Hasher);

impl Hasher {
    /// For a file of this size.
    pub(super) fn new(size: u64) -> Hasher {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&size.to_le_bytes());
        Hasher(hasher)
    }

    /// Takes the next part.
    pub(super) fn update(&mut self, part: &[u8]) {
        self.0.update(part);
    }

    /// The hash, in hexadecimal.
    pub(super) fn finish(mut self, side: Option<&[u8]>) -> String {
        if let Some(side) = side {
            self.0.update(side);
        }
        self.0.finalize().to_hex().to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_walked() {
        let dir = tempfile::tempdir().unwrap();
        let write = |name: &str| {
            let path = dir.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, name).unwrap();
        };
        for name in [
            "b.md",
            "a/c.txt",
            "a/c.txt.toml",
            "a/d.txt",
            "a/d.toml",
            "lost.toml",
            ".hidden",
            "README.md",
            "aliases.txt",
            "questions.jsonl",
            "x\ny.txt",
        ] {
            write(name);
        }
        let sources = walk(dir.path()).unwrap();
        let files: Vec<(&str, bool)> =
            sources.files.iter().map(|file| (file.path.as_str(), file.side.is_some())).collect();
        assert_eq!(files, [("a/c.txt", true), ("a/d.txt", true), ("b.md", false)]);
        let problems: Vec<&str> = sources.problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!(problems, ["lost.toml", "x\\ny.txt"]);
        assert!(walk(&dir.path().join("missing")).is_err());
    }

    #[cfg(unix)]
    #[test]
    fn links_do_not_leave_the_folder() {
        let outside = tempfile::tempdir().unwrap();
        fs::write(outside.path().join("secret.txt"), "x").unwrap();
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("a.txt"), "x").unwrap();
        let link = |target: &Path, name: &str| std::os::unix::fs::symlink(target, dir.path().join(name)).unwrap();
        link(&outside.path().join("secret.txt"), "out.txt");
        link(outside.path(), "folder");
        link(&dir.path().join("a.txt"), "in.txt");
        link(dir.path(), "loop");
        link(Path::new("nowhere"), "broken.txt");
        let sources = walk(dir.path()).unwrap();
        let files: Vec<&str> = sources.files.iter().map(|file| file.path.as_str()).collect();
        let problems: Vec<&str> = sources.problems.iter().map(|problem| problem.path.as_str()).collect();
        assert_eq!((files, problems), (vec!["a.txt", "in.txt"], vec!["broken.txt", "folder", "loop", "out.txt"]));
    }

    #[test]
    fn fingerprints_change_with_the_file_and_its_side_file() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a.txt");
        let print = || fingerprint(&walk(dir.path()).unwrap().files[0], &Limits::default()).unwrap();
        fs::write(&path, "one").unwrap();
        let one = print();
        assert_eq!(one, print());
        fs::write(&path, "two").unwrap();
        let two = print();
        fs::write(dir.path().join("a.toml"), "title = 'x'").unwrap();
        let three = print();
        assert!(one != two && two != three && one != three);
    }
}
