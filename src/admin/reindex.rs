//! From the corpus to a published generation: only what has changed since the last build is read.

use std::time::{Duration, Instant};

use anyhow::Context;
use serde::Serialize;

use super::{
    crew::{in_background, in_parallel},
    examine::limits,
    gate::{self, Gate},
    survey::{Plan, Survey, moves, survey},
};
use crate::{
    config::Config,
    corpus,
    index::{Generations, Index, Lock, OpenError, Origin},
    passage::{Move, Problem},
};

/// What a build does at the moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Files are read and cut into tokens.
    Reading,
    /// The index is written to disk.
    Writing,
    /// The admin's own questions are asked.
    Asking,
}

/// How far a build is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// What is being done.
    pub stage: Stage,
    /// Files or questions dealt with.
    pub done: usize,
    /// Files or questions in all.
    pub all: usize,
}

/// How a build is wanted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Order {
    /// Let the result take effect even if it answers fewer of the admin's questions, or holds no document.
    pub force: bool,
    /// Read every file, also those that have not changed.
    pub afresh: bool,
}

/// What came of a build.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Built {
    /// The new generation is in force.
    Live,
    /// Nothing had changed; the generation in force is the newest one.
    Unchanged,
    /// The new generation was thrown away for this reason; the one before stays in force.
    Kept(String),
}

/// What became of the corpus.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// What came of it.
    pub outcome: Built,
    /// The generation that holds the result.
    pub generation: String,
    /// Documents in the index.
    pub documents: usize,
    /// Passages in the index.
    pub passages: u64,
    /// Files that were read.
    pub read: usize,
    /// Paths that the generation before did not have.
    pub added: Vec<String>,
    /// Paths whose content differs from the generation before.
    pub changed: Vec<String>,
    /// Documents that the generation before had under another path.
    pub moved: Vec<Move>,
    /// Paths that only the generation before had.
    pub removed: Vec<String>,
    /// Files that were refused, with reasons.
    pub problems: Vec<Problem>,
    /// How the admin's own questions are answered, where there are any.
    pub gate: Option<Gate>,
    /// Time that it took.
    #[serde(serialize_with = "seconds")]
    pub elapsed: Duration,
}

/// The index in force after a build, with the report of how it came about.
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
    progress: impl FnMut(Progress) + Send,
) -> anyhow::Result<(Index, Option<Report>)> {
    let generations = Generations::new(&config.index);
    generations.tidy();
    let reason = match generations.current() {
        Ok(index) if generations.is_held() => return Ok((index, None)),
        Ok(index) => match survey(&config.corpus, &limits(config)) {
            Ok(survey) if survey.content() != index.manifest().content => "the corpus has changed".to_owned(),
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

/// Brings the index up to the corpus: builds a generation from the one in force and what has changed, and lets it take effect.
/// Where there is an index already, the threads of the build yield to all others.
///
/// # Errors
/// When the corpus folder cannot be read, the index cannot be written, or another process is building it. A single file
/// that cannot be read is a problem in the report.
pub fn reindex(config: &Config, progress: impl FnMut(Progress) + Send) -> anyhow::Result<Reindexed> {
    reindex_as(config, Order::default(), progress)
}

/// `reindex` with wishes.
///
/// # Errors
/// As `reindex`.
pub fn reindex_as(config: &Config, order: Order, progress: impl FnMut(Progress) + Send) -> anyhow::Result<Reindexed> {
    // Where there is no index yet, nobody can be kept waiting by the build but those who wait for it.
    if Generations::new(&config.index).current_name().is_none() {
        return build(config, order, progress);
    }
    in_background(|| build(config, order, progress))
}

/// Whether a rebuild from the corpus would change nothing.
pub fn is_current(config: &Config, index: &Index) -> bool {
    survey(&config.corpus, &limits(config)).is_ok_and(|survey| survey.content() == index.manifest().content)
}

/// How the files of the corpus look from outside, as one hash: a cheap way to see that something is going on.
///
/// # Errors
/// When the folder cannot be read.
pub fn glance(config: &Config) -> anyhow::Result<String> {
    corpus::glance(&config.corpus)
}

fn build(config: &Config, order: Order, mut progress: impl FnMut(Progress)) -> anyhow::Result<Reindexed> {
    let started = Instant::now();
    let generations = Generations::new(&config.index);
    let lock = generations.lock()?;
    let before = generations.current().ok();
    let survey = survey(&config.corpus, &limits(config))?;
    let alike = before.as_ref().filter(|before| !order.afresh && before.manifest().settings == survey.settings);
    let plan = survey.plan(alike);
    let read = plan.read.len();
    let mut draft = Draft { outcome: Built::Live, read, gate: None, started };
    if alike.is_some_and(|before| is_unchanged(before, &survey, &plan)) {
        generations.release(&lock)?;
        drop(plan);
        let index = before.context("there is an index, for it has not changed")?;
        draft.outcome = Built::Unchanged;
        let report = draft.report(&index, Some(&index));
        return Ok(Reindexed { index, report });
    }
    let index = write(&generations, &lock, (&survey, plan), (before.as_ref(), alike), &mut progress)?;
    if let Some(before) = &before {
        draft.outcome = match look_at(config, (before, &index), &mut draft.gate, progress) {
            Ok(()) => Built::Live,
            Err(reason) if order.force => {
                tracing::warn!("{reason:#}; the new index takes effect all the same");
                Built::Live
            }
            Err(reason) => Built::Kept(format!("{reason:#}")),
        };
    }
    let mut report = draft.report(&index, before.as_ref());
    match (&report.outcome, before) {
        (Built::Kept(_), Some(before)) => {
            generations.discard(&lock, index)?;
            report.generation = before.manifest().generation.clone();
            Ok(Reindexed { index: before, report })
        }
        _ => {
            generations.publish(&lock, &index)?;
            Ok(Reindexed { index, report })
        }
    }
}

/// Whether there is nothing to do at all.
fn is_unchanged(before: &Index, survey: &Survey, plan: &Plan) -> bool {
    let unread = plan.read.iter().all(|(file, hash)| {
        // What could not be read last time cannot be read now: this is known already.
        hash.is_empty() && before.manifest().problems.iter().any(|problem| problem.path == file.path)
    });
    let problems = survey.problems.iter().all(|problem| before.manifest().problems.contains(problem));
    unread && problems && survey.content() == before.manifest().content
}

/// Builds a generation by a plan: upon `alike`, or from nothing. `before` is what it is compared with.
fn write(
    generations: &Generations,
    lock: &Lock,
    (survey, plan): (&Survey, Plan),
    (before, alike): (Option<&Index>, Option<&Index>),
    progress: &mut impl FnMut(Progress),
) -> anyhow::Result<Index> {
    let builder = generations.begin(lock, alike)?;
    for path in &plan.remove {
        builder.remove(path);
    }
    let mut problems = survey.problems.clone();
    problems.extend(plan.problems);
    let mut refused = plan.refused;
    let mut new: Vec<(String, String)> = Vec::new();
    let (mut done, all) = (0, plan.read.len());
    progress(Progress { stage: Stage::Reading, done, all });
    let read = |(file, _): &&(corpus::SourceFile, String)| match corpus::load(file, &survey.limits) {
        Ok(document) => {
            builder.add(&document).with_context(|| format!("cannot index {}", file.path))?;
            Ok(Ok((document.path, document.hash)))
        }
        Err(problem) => anyhow::Ok(Err(problem)),
    };
    in_parallel(&plan.read, read, |(file, hash), outcome| {
        match outcome? {
            Ok(document) => new.push(document),
            Err(problem) => {
                problems.push(problem);
                if !hash.is_empty() {
                    refused.insert(file.path.clone(), hash.clone());
                }
            }
        }
        done += 1;
        progress(Progress { stage: Stage::Reading, done, all });
        Ok(())
    })?;
    progress(Progress { stage: Stage::Writing, done, all });
    problems.sort_by(|a, b| a.path.cmp(&b.path));
    new.sort();
    let moved = before.map(|before| moved(before, survey, &new)).unwrap_or_default();
    let origin = Origin {
        settings: survey.settings.clone(),
        content: survey.content(),
        aliases: survey.aliases.aliases.groups().to_vec(),
        problems,
        refused,
    };
    generations.finish(lock, builder, origin, moved)
}

/// The documents of `before` that stand under another path now; `new` are path and hash of what was read.
fn moved(before: &Index, survey: &Survey, new: &[(String, String)]) -> Vec<Move> {
    let there = |path: &str| survey.files.binary_search_by(|(file, _)| file.path.as_str().cmp(path)).is_ok();
    let gone = before.documents().iter().filter(|(path, _)| !there(path));
    let gone: Vec<(&str, &str)> = gone.map(|(path, entry)| (path.as_str(), entry.hash.as_str())).collect();
    let new = new.iter().filter(|(path, _)| !before.documents().contains_key(path));
    let new: Vec<(&str, &str)> = new.map(|(path, hash)| (path.as_str(), hash.as_str())).collect();
    moves(&gone, &new)
}

/// Whether a new generation may take effect; the error says why not.
fn look_at(
    config: &Config,
    (before, index): (&Index, &Index),
    gate: &mut Option<Gate>,
    progress: impl FnMut(Progress),
) -> anyhow::Result<()> {
    anyhow::ensure!(
        !index.documents().is_empty() || before.documents().is_empty(),
        "no document is left in {}; is the right folder there?",
        config.corpus.display()
    );
    *gate = gate::compare(&config.corpus, (before, index), progress)?;
    match gate {
        Some(gate) if !gate.is_open() => {
            anyhow::bail!("it answers {} of your {} questions, the index before {}", gate.now, gate.asked, gate.before)
        }
        _ => Ok(()),
    }
}

/// What is known of a build beside its result.
struct Draft {
    outcome: Built,
    read: usize,
    gate: Option<Gate>,
    started: Instant,
}

impl Draft {
    fn report(self, index: &Index, before: Option<&Index>) -> Report {
        let manifest = index.manifest();
        let moved = manifest.moves.iter().filter(|(generation, _)| *generation == manifest.number());
        let moved: Vec<Move> = match self.outcome {
            Built::Unchanged => Vec::new(),
            _ => moved.map(|(_, moved)| moved.clone()).collect(),
        };
        let (mut added, mut changed) = (Vec::new(), Vec::new());
        for (path, entry) in index.documents() {
            match before.and_then(|before| before.documents().get(path)) {
                None if moved.iter().any(|moved| moved.to == *path) => {}
                None => added.push(path.clone()),
                Some(old) if old.hash != entry.hash => changed.push(path.clone()),
                Some(_) => {}
            }
        }
        let gone = before.iter().flat_map(|before| before.documents().keys());
        let gone = gone.filter(|path| !index.documents().contains_key(*path));
        let removed = gone.filter(|path| !moved.iter().any(|moved| moved.from == **path)).cloned().collect();
        Report {
            outcome: self.outcome,
            generation: manifest.generation.clone(),
            documents: index.documents().len(),
            passages: index.passage_count(),
            read: self.read,
            added,
            changed,
            moved,
            removed,
            problems: manifest.problems.clone(),
            gate: self.gate,
            elapsed: self.started.elapsed(),
        }
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
