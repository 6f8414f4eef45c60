//! The list of names for the same thing that an admin keeps beside the documents.

use std::path::Path;

use super::{decode::decode, read_bounded, source};
use crate::{passage::Problem, text::Aliases};

/// The name of the list, in the corpus folder itself.
pub(super) const ALIASES: &str = "aliases.txt";

/// The largest list that is read, in bytes.
const MOST_BYTES: u64 = 256 * 1024;

/// What the list of aliases says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AliasList {
    /// The groups that were understood.
    pub aliases: Aliases,
    /// The lines that were not, and why.
    pub problems: Vec<Problem>,
    /// Hash of the file, if there is one.
    pub hash: Option<String>,
}

/// Reads the list of aliases of a corpus folder, which need not be there.
pub fn aliases(dir: &Path) -> AliasList {
    let path = dir.join(ALIASES);
    if path.symlink_metadata().is_err() {
        return AliasList::default();
    }
    let problem = |reason: String| Problem { path: ALIASES.to_owned(), reason };
    let inside = dir.canonicalize().is_ok_and(|dir| path.canonicalize().is_ok_and(|path| path.starts_with(dir)));
    if !inside {
        let reason = "is a symbolic link out of the corpus folder: copy the file into the folder instead".to_owned();
        return AliasList { problems: vec![problem(reason)], ..AliasList::default() };
    }
    let bytes = match read_bounded(&path, MOST_BYTES) {
        Ok(bytes) => bytes,
        Err(reason) => return AliasList { problems: vec![problem(reason)], ..AliasList::default() },
    };
    let hash = Some(source::hash(&bytes, None));
    match decode(&bytes) {
        Ok(text) => {
            let (aliases, bad) = Aliases::read(&text);
            let problems = bad.into_iter().map(|bad| problem(format!("line {} is left out: {}", bad.line, bad.reason)));
            AliasList { aliases, problems: problems.collect(), hash }
        }
        Err(error) => AliasList { problems: vec![problem(error.to_string())], hash, ..AliasList::default() },
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn the_list_is_read_in_any_encoding_and_bad_lines_are_problems() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(aliases(dir.path()), AliasList::default());
        let (gbk, _, _) = encoding_rs::GB18030.encode("高新区 = 示范区 = 焦作高新技术产业开发区\n一把手\n");
        fs::write(dir.path().join(ALIASES), &gbk).unwrap();
        let list = aliases(dir.path());
        assert_eq!(list.aliases.groups(), [["高新区", "示范区", "焦作高新技术产业开发区"]]);
        assert_eq!(list.problems.len(), 1);
        assert!(list.problems[0].reason.starts_with("line 2 is left out: there is only one name"));
        assert!(list.hash.is_some());
        fs::write(dir.path().join(ALIASES), vec![b'x'; 300_000]).unwrap();
        assert!(aliases(dir.path()).problems[0].reason.contains("larger than 256 KB"));
    }
}
