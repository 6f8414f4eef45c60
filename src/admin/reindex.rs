//! From the corpus to a published generation.

use std::{
    path::Path,
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use serde::Serialize;

use crate::{
    config::Config,
    corpus::{self, Limits, SourceFile},
    index::{Generations, Index, OpenError},
    passage::{Document, Problem},
};

/// Files are read and cut into tokens in batches of this size, in parallel, and written in order.
const BATCH: usize = 64;

/// How far a build is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Files dealt with.
    pub done: usize,
    /// Files in all.
    pub all: usize,
}

/// What became of the corpus.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The generation that holds the result.
    pub generation: String,
    /// Documents in the index.
    pub documents: usize,
    /// Passages in the index.
    pub passages: u64,
    /// Paths that the generation before did not have.
    pub added: Vec<String>,
    /// Paths whose content differs from the generation before.
    pub changed: Vec<String>,
    /// Paths that only the generation before had.
    pub removed: Vec<String>,
    /// Files that were refused, with reasons.
    pub problems: Vec<Problem>,
    /// Time that it took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

/// A fresh index with the report of how it came about.
pub struct Reindexed {
    /// The index, open for reading.
    pub index: Index,
    /// What became of each file.
    pub report: Report,
}

fn seconds<S: serde::Serializer>(elapsed: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(elapsed.as_secs_f64())
}

/// Opens the index in force, or builds it first where it is missing, damaged, of another schema, or older than the corpus.
/// `build` is called with the reason just before a build begins.
pub fn open_or_build(
    config: &Config,
    build: impl FnOnce(&str),
    progress: impl FnMut(Progress),
) -> anyhow::Result<(Index, Option<Report>)> {
    let generations = Generations::new(&config.index);
    let reason = match generations.current() {
        Ok(index) if generations.is_held() => return Ok((index, None)),
        Ok(index) => match content(&config.corpus) {
            Ok(content) if content != index.manifest().content => "the corpus has changed".to_owned(),
            Ok(_) => return Ok((index, None)),
            Err(error) => {
                tracing::warn!("the corpus cannot be read, the existing index serves: {error:#}");
                return Ok((index, None));
            }
        },
        Err(reason @ (OpenError::Missing | OpenError::OtherSchema { .. } | OpenError::Damaged(_))) => {
            reason.to_string()
        }
    };
    build(&reason);
    let Reindexed { index, report } = reindex(config, progress)?;
    Ok((index, Some(report)))
}

/// Builds a generation from the corpus and lets it take effect.
///
/// # Errors
/// When the corpus folder cannot be read, the index cannot be written, or another process is building it. A single file
/// that cannot be read is a problem in the report.
pub fn reindex(config: &Config, mut progress: impl FnMut(Progress)) -> anyhow::Result<Reindexed> {
    let started = Instant::now();
    let generations = Generations::new(&config.index);
    let mut building = generations.begin()?;
    let before = generations.current().ok();
    let walk = corpus::walk(&config.corpus)?;
    let mut problems = walk.problems;
    let (mut content, all) = (blake3::Hasher::new(), walk.files.len());
    for (batch, files) in walk.files.chunks(BATCH).enumerate() {
        progress(Progress { done: batch * BATCH, all });
        let loaded = in_parallel(files, |file| {
            let document = corpus::load(file, &Limits::default());
            let prepared = document.as_ref().ok().map(|document| building.builder.prepare(document)).transpose();
            (document, prepared)
        });
        for (file, (document, prepared)) in files.iter().zip(loaded) {
            let hash = match document {
                Ok(Document { hash, .. }) => hash,
                Err(problem) => {
                    problems.push(problem);
                    corpus::fingerprint(file).unwrap_or_default()
                }
            };
            fingerprint_line(&mut content, &file.path, &hash);
            if let Some(prepared) = prepared.with_context(|| format!("cannot index {}", file.path))? {
                building.builder.add(prepared)?;
            }
        }
    }
    progress(Progress { done: all, all });
    let content = content.finalize().to_hex().to_string();
    let index = generations.publish(building, &content, problems)?;
    let report = report(&index, before.as_ref(), started.elapsed());
    Ok(Reindexed { index, report })
}

/// Whether a rebuild from the corpus would change nothing.
pub(super) fn is_current(config: &Config, index: &Index) -> bool {
    content(&config.corpus).is_ok_and(|content| content == index.manifest().content)
}

/// Hash of all that a generation would be made from: equal where a rebuild would change nothing.
fn content(corpus: &Path) -> anyhow::Result<String> {
    let mut content = blake3::Hasher::new();
    for file in corpus::walk(corpus)?.files {
        let hash = corpus::fingerprint(&file).unwrap_or_default();
        fingerprint_line(&mut content, &file.path, &hash);
    }
    Ok(content.finalize().to_hex().to_string())
}

fn fingerprint_line(content: &mut blake3::Hasher, path: &str, hash: &str) {
    content.update(path.as_bytes()).update(&[0]).update(hash.as_bytes()).update(b"\n");
}

/// Maps the files on as many threads as there are cores, keeping their order.
fn in_parallel<T: Send>(files: &[SourceFile], work: impl Fn(&SourceFile) -> T + Sync) -> Vec<T> {
    let threads = thread::available_parallelism().map_or(1, usize::from);
    let share = files.len().div_ceil(threads).max(1);
    thread::scope(|scope| {
        let work = &work;
        let shares: Vec<_> =
            files.chunks(share).map(|files| scope.spawn(move || files.iter().map(work).collect::<Vec<T>>())).collect();
        shares.into_iter().flat_map(|share| share.join().expect("a loader reports errors, it does not panic")).collect()
    })
}

fn report(index: &Index, before: Option<&Index>, elapsed: Duration) -> Report {
    let (mut added, mut changed, mut removed) = (Vec::new(), Vec::new(), Vec::new());
    for (path, entry) in index.documents() {
        match before.and_then(|before| before.documents().get(path)) {
            None => added.push(path.clone()),
            Some(old) if old.hash != entry.hash => changed.push(path.clone()),
            Some(_) => {}
        }
    }
    for path in before.iter().flat_map(|before| before.documents().keys()) {
        if !index.documents().contains_key(path) {
            removed.push(path.clone());
        }
    }
    Report {
        generation: index.manifest().generation.clone(),
        documents: index.documents().len(),
        passages: index.passage_count(),
        added,
        changed,
        removed,
        problems: index.manifest().problems.clone(),
        elapsed,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_rollback_holds_until_the_next_build() {
        let home = tempfile::tempdir().unwrap();
        let folder = |name: &str| Some(home.path().join(name).display().to_string()).filter(|_| name.ends_with("_DIR"));
        let config = Config::read(folder).unwrap();
        fs::create_dir_all(&config.corpus).unwrap();
        fs::write(config.corpus.join("通知.md"), "# 通知\n\n周一开放。\n").unwrap();
        let first = reindex(&config, |_| {}).unwrap().report.generation;
        fs::write(config.corpus.join("通知.md"), "# 通知\n\n周二开放。\n").unwrap();
        let second = reindex(&config, |_| {}).unwrap().report.generation;
        assert_ne!(first, second);

        let generations = Generations::new(&config.index);
        assert_eq!(generations.rollback().unwrap().manifest().generation, first);
        let (index, report) = open_or_build(&config, |_| {}, |_| {}).unwrap();
        assert!(report.is_none() && index.manifest().generation == first, "a restart does not undo a rollback");
        assert_eq!(generations.rollback().unwrap().manifest().generation, second);
        generations.rollback().unwrap();

        let third = reindex(&config, |_| {}).unwrap().report.generation;
        assert!(third.starts_with("3-") && !generations.is_held());
    }
}
