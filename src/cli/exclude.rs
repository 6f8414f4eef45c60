//! `wenda exclude` and `wenda include`: documents are taken down and brought back, from the next question on.

use std::process::ExitCode;

use super::{opening, voice::say};
use crate::{
    admin::{self, Change, Exclusions},
    config::Config,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Paths in the corpus folder, or whole titles; without any, lists what is excluded.
    #[arg(value_name = "DOCUMENT")]
    documents: Vec<String>,
}

pub(super) fn run(config: &Config, arguments: &Arguments, change: Change) -> anyhow::Result<ExitCode> {
    let index = opening::open_as_it_is(config)?;
    if arguments.documents.is_empty() {
        let down = Exclusions::read(&config.state)?.down(&index);
        if down.is_empty() {
            say("nothing is excluded\n")?;
        }
        for document in down {
            say(format!("{}{}\n", document.path, document.reason))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    for changed in admin::change(config, &index, &arguments.documents, change)? {
        let done = if change == Change::Exclude { "excluded" } else { "included" };
        say(format!("{done} {}\n", changed.path))?;
        for copy in changed.copies {
            say(format!("{done} {copy}, which has the same content\n"))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
