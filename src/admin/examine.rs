//! Looking at a document before it joins the corpus.

use std::path::Path;

use anyhow::Context;

use crate::{
    config::Config,
    corpus::{self, Limits},
    passage::Document,
};

/// The one document in a folder, read as the corpus would read it.
///
/// # Errors
/// When there is none, it cannot be read, or nothing in it can be quoted.
pub fn examine(folder: &Path, config: &Config) -> anyhow::Result<Document> {
    let walk = corpus::walk(folder)?;
    if let Some(problem) = walk.problems.first() {
        anyhow::bail!("{}", problem.reason);
    }
    let file = walk.files.first().context("this is not a document")?;
    let document = corpus::load(file, &limits(config)).map_err(|problem| anyhow::anyhow!("{}", problem.reason))?;
    anyhow::ensure!(!document.passages.is_empty(), "there is no text in it");
    Ok(document)
}

/// What one file may cost.
pub(super) fn limits(config: &Config) -> Limits {
    Limits {
        max_file_bytes: config.max_file_bytes,
        memory_bytes: config.file_memory_bytes,
        time: config.file_time,
        program: config.reader.clone(),
        ..Limits::default()
    }
}
