//! `wenda reindex`: builds a new generation and lets it take effect.

use std::process::ExitCode;

use super::opening::{Bar, summary};
use crate::{admin, config::Config};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Print the report as a JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut bar = Bar::new();
    let built = admin::reindex(config, |progress| bar.show(progress))?;
    bar.finish();
    let report = built.report;
    if arguments.json {
        println!("{}", serde_json::to_string(&report)?);
    } else {
        print!("{}", summary(&report));
        for (name, paths) in [("added", &report.added), ("changed", &report.changed), ("removed", &report.removed)] {
            println!("  {name}: {}", paths.len());
        }
    }
    Ok(ExitCode::SUCCESS)
}
