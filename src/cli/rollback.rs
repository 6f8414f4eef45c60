//! `wenda rollback`: returns to the index before, at once.

use std::process::ExitCode;

use super::voice::say;
use crate::{config::Config, index::Generations};

pub(super) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let index = Generations::new(&config.index).rollback()?;
    say(format!(
        "Index {} is in force again: {} documents, {} passages. It stays until the next `wenda reindex`; another `wenda \
         rollback` undoes this.\n",
        index.manifest().generation,
        index.documents().len(),
        index.passage_count()
    ))?;
    Ok(ExitCode::SUCCESS)
}
