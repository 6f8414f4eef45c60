//! `wenda read-document`: reads one file for another process of the program, and prints what became of it.

use std::{path::PathBuf, process::ExitCode, time::Duration};

use super::voice::say;
use crate::corpus::{self, Limits, SourceFile};

#[derive(clap::Args)]
pub(super) struct Arguments {
    file: PathBuf,
    #[arg(long)]
    path: String,
    #[arg(long)]
    side: Option<PathBuf>,
    #[arg(long)]
    max_file_bytes: u64,
    #[arg(long)]
    max_side_bytes: u64,
    #[arg(long)]
    memory_bytes: u64,
}

pub(super) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let file = SourceFile { path: arguments.path, absolute: arguments.file, size: 0, side: arguments.side };
    let limits = Limits {
        max_file_bytes: arguments.max_file_bytes,
        max_side_bytes: arguments.max_side_bytes,
        memory_bytes: arguments.memory_bytes,
        time: Duration::MAX,
        program: None,
    };
    say(corpus::answer(file, limits)?)?;
    Ok(ExitCode::SUCCESS)
}
