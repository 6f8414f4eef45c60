//! `wenda text`: the stored text of a document.

use std::process::ExitCode;

use super::{
    NOTHING_FOUND, opening,
    voice::{remark, say},
};
use crate::config::Config;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Path of the document, relative to the corpus folder.
    document: String,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let index = opening::open(config)?;
    let Some(document) = index.document(&arguments.document)? else {
        if index.all_documents().contains_key(&arguments.document) {
            remark(format!("{0} is excluded; `wenda include {0}` brings it back", arguments.document));
        } else {
            remark(format!(
                "there is no document {} in the index; `wenda chat` lists them with /sources",
                arguments.document
            ));
        }
        return Ok(ExitCode::from(NOTHING_FOUND));
    };
    say(document.text)?;
    Ok(ExitCode::SUCCESS)
}
