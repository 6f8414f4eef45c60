//! What has become of the files since the last build: which are as they were, and which have to be read.

use std::collections::BTreeMap;

use super::crew::in_parallel;
use crate::{
    corpus::{self, AliasList, Limits, SourceFile},
    index::{Index, SCHEMA_VERSION},
    passage::{Move, Problem},
};

/// The files of the corpus with their hashes.
pub(super) struct Survey {
    /// Each file with the hash of what it holds; empty where it cannot be read.
    pub(super) files: Vec<(SourceFile, String)>,
    /// What was refused by its name or kind.
    pub(super) problems: Vec<Problem>,
    /// The admin's names for the same thing.
    pub(super) aliases: AliasList,
    /// Hash of all that decides how files are read.
    pub(super) settings: String,
    /// What reading a file may cost.
    pub(super) limits: Limits,
}

/// What a build has to do.
#[derive(Default)]
pub(super) struct Plan<'s> {
    /// Files to be read.
    pub(super) read: Vec<&'s (SourceFile, String)>,
    /// Documents of the generation before that are no longer as they were: changed, moved, removed, refused.
    pub(super) remove: Vec<String>,
    /// Refused files that are as they were, with their hashes.
    pub(super) refused: BTreeMap<String, String>,
    /// What is still wrong with files that are as they were.
    pub(super) problems: Vec<Problem>,
}

/// Looks at every file. All are hashed: sizes and times of change do not tell for sure, least of all on network drives, and
/// reading is fast beside cutting into tokens.
pub(super) fn survey(folder: &std::path::Path, limits: &Limits) -> anyhow::Result<Survey> {
    let walk = corpus::walk(folder)?;
    let mut hashes = BTreeMap::new();
    in_parallel(
        &walk.files,
        |file| corpus::fingerprint(file, limits).unwrap_or_default(),
        |file, hash| {
            hashes.insert(file.path.clone(), hash);
            Ok(())
        },
    )?;
    let hash = |file: SourceFile| {
        let hash = hashes.remove(&file.path).unwrap_or_default();
        (file, hash)
    };
    let files = walk.files.into_iter().map(hash);
    let aliases = corpus::aliases(folder);
    let problems = walk.problems.into_iter().chain(aliases.problems.iter().cloned()).collect();
    let (settings, limits) = (settings(limits), limits.clone());
    Ok(Survey { files: files.collect(), problems, aliases, settings, limits })
}

/// Hash of all that decides how a file is read: another version of the program may read files that this one refuses.
fn settings(limits: &Limits) -> String {
    let limits = Limits { program: None, ..limits.clone() };
    let settings = format!("{SCHEMA_VERSION} {} {limits:?}", env!("CARGO_PKG_VERSION"));
    blake3::hash(settings.as_bytes()).to_hex().to_string()
}

impl Survey {
    /// Hash of all that a generation would be made from: equal where a rebuild would change nothing.
    pub(super) fn content(&self) -> String {
        let mut content = blake3::Hasher::new();
        content.update(self.settings.as_bytes());
        for (file, hash) in &self.files {
            content.update(file.path.as_bytes()).update(&[0]).update(hash.as_bytes()).update(b"\n");
        }
        if let Some(hash) = &self.aliases.hash {
            content.update(b"aliases").update(&[0]).update(hash.as_bytes()).update(b"\n");
        }
        content.finalize().to_hex().to_string()
    }

    /// What is to be done where `before` is built upon, or everything.
    pub(super) fn plan(&self, before: Option<&Index>) -> Plan<'_> {
        let Some(before) = before else {
            return Plan { read: self.files.iter().collect(), ..Plan::default() };
        };
        let manifest = before.manifest();
        let mut plan = Plan::default();
        let mut kept = BTreeMap::new();
        for file in &self.files {
            let (SourceFile { path, .. }, hash) = file;
            if hash.is_empty() {
                plan.read.push(file);
            } else if before.documents().get(path).is_some_and(|entry| entry.hash == *hash) {
                kept.insert(path.as_str(), hash);
            } else if manifest.refused.get(path) == Some(hash) {
                plan.refused.insert(path.clone(), hash.clone());
            } else {
                plan.read.push(file);
            }
        }
        let is_kept = |path: &str| kept.contains_key(path) || plan.refused.contains_key(path);
        plan.problems = manifest.problems.iter().filter(|problem| is_kept(&problem.path)).cloned().collect();
        plan.remove = before.documents().keys().filter(|path| !kept.contains_key(path.as_str())).cloned().collect();
        plan
    }
}

/// Pairs documents that are gone with new ones of the same hash, given as path and hash: those of the same file name first.
pub(super) fn moves(gone: &[(&str, &str)], new: &[(&str, &str)]) -> Vec<Move> {
    let mut gone = gone.to_vec();
    let mut new = new.to_vec();
    let mut moves = Vec::new();
    fn name(path: &str) -> &str {
        path.rsplit('/').next().unwrap_or(path)
    }
    for same_name in [true, false] {
        new.retain(|(to, hash)| {
            let fits = |(from, other): &(&str, &str)| other == hash && (!same_name || name(from) == name(to));
            let Some(at) = gone.iter().position(fits) else { return true };
            let (from, _) = gone.remove(at);
            moves.push(Move { from: from.to_owned(), to: (*to).to_owned() });
            false
        });
    }
    moves.sort_by(|a, b| a.to.cmp(&b.to));
    moves
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moved_documents_are_recognised_by_their_hash() {
        let gone = [("a/通知.md", "1"), ("b.md", "1"), ("c.md", "2")];
        let new = [("d.md", "1"), ("e/通知.md", "1"), ("f.md", "3")];
        let moves = moves(&gone, &new);
        let pairs: Vec<(&str, &str)> = moves.iter().map(|moved| (moved.from.as_str(), moved.to.as_str())).collect();
        assert_eq!(pairs, [("b.md", "d.md"), ("a/通知.md", "e/通知.md")]);
    }
}
