//! Whether settings, corpus and index are in order.

use super::{
    examine::limits,
    exclusion::Exclusions,
    shelf::{ShelfLife, shelf_life},
};
use crate::{
    config::Config,
    corpus::{self, AliasList},
    index::Generations,
};

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// Whether it is in order.
    pub good: bool,
    /// What was found, and what to do where it is not in order.
    pub text: String,
}

/// Looks at the corpus file by file and at the index.
pub fn check(config: &Config) -> Vec<Finding> {
    let mut findings = corpus(config);
    findings.extend(aliases(config));
    findings.push(index(config));
    if let Err(error) = Exclusions::read(&config.state) {
        findings.push(Finding { good: false, text: format!("excluded documents: {error:#}") });
    }
    findings
}

/// What is in order, and yet should be known: documents that are excluded, have expired, or soon will.
pub fn notices(config: &Config) -> Vec<String> {
    let Ok(index) = Generations::new(&config.index).current() else { return Vec::new() };
    let exclusions = Exclusions::read(&config.state).unwrap_or_default();
    let down = exclusions.down(&index);
    let excluded = down.iter().map(|down| format!("excluded: {}{}", down.path, down.reason));
    let Ok(index) = exclusions.apply(&index) else { return Vec::new() };
    let ShelfLife { expired, expiring } = shelf_life(&index, config.today());
    let expired = expired.iter().map(|ending| {
        format!("expired: {} was valid until {}; quotes from it are marked", ending.path, ending.last_day)
    });
    let expiring =
        expiring.iter().map(|ending| format!("expiring: {} is valid until {}", ending.path, ending.last_day));
    excluded.chain(expired).chain(expiring).collect()
}

fn corpus(config: &Config) -> Vec<Finding> {
    let folder = config.corpus.display();
    let walk = match corpus::walk(&config.corpus) {
        Ok(walk) => walk,
        Err(error) => {
            return vec![Finding { good: false, text: format!("corpus: {error:#}") }];
        }
    };
    let limits = limits(config);
    let loaded = walk.files.iter().filter_map(|file| corpus::load(file, &limits).err());
    let problems: Vec<_> = walk.problems.iter().cloned().chain(loaded).collect();
    let good = walk.files.len().saturating_sub(problems.len());
    let mut findings = vec![Finding { good: good > 0, text: format!("corpus: {good} readable files in {folder}") }];
    let refused = problems
        .into_iter()
        .map(|problem| Finding { good: false, text: format!("{}: {}", problem.path, problem.reason) });
    findings.extend(refused);
    findings
}

/// The list of names for the same thing, where there is one.
fn aliases(config: &Config) -> Vec<Finding> {
    let list = corpus::aliases(&config.corpus);
    if list == AliasList::default() {
        return Vec::new();
    }
    let (groups, names) = (list.aliases.groups().len(), list.aliases.groups().iter().flatten().count());
    let text = format!("aliases: {names} names of {groups} things");
    let problems = list.problems.into_iter();
    let problems =
        problems.map(|problem| Finding { good: false, text: format!("{}: {}", problem.path, problem.reason) });
    std::iter::once(Finding { good: true, text }).chain(problems).collect()
}

fn index(config: &Config) -> Finding {
    match Generations::new(&config.index).current() {
        Ok(index) if super::reindex::is_current(config, &index) => Finding {
            good: true,
            text: format!("index: generation {}, {} passages", index.manifest().generation, index.passage_count()),
        },
        Ok(_) => Finding { good: false, text: "index: older than the corpus; run `wenda reindex`".to_owned() },
        Err(error) => Finding { good: false, text: format!("index: {error}; run `wenda reindex`") },
    }
}
