//! `wenda read-document`: reads one file for another process of the program, and prints what became of it. The file comes in over
//! standard input (see `corpus::answer`).

use std::{process::ExitCode, time::Duration};

use super::voice::say;
use crate::corpus::{self, Request};

#[derive(clap::Args)]
pub(super) struct Arguments {
    #[arg(long)]
    path: String,
    #[arg(long)]
    side: Option<String>,
    #[arg(long)]
    memory_bytes: u64,
    #[arg(long)]
    seconds: u64,
    #[cfg(debug_assertions)]
    #[command(flatten)]
    probe: Probe,
}

/// Tries out what a reader could do, in place of reading.
#[cfg(debug_assertions)]
#[derive(clap::Args)]
struct Probe {
    /// Behind which walls: `landlock`, `seccomp` or `all`.
    #[arg(long = "probe", requires_all = ["probe_folder", "probe_address", "probe_parent"])]
    walls: Option<String>,
    #[arg(long)]
    probe_secret: Vec<std::path::PathBuf>,
    #[arg(long)]
    probe_folder: Option<std::path::PathBuf>,
    #[arg(long)]
    probe_address: Option<std::net::SocketAddr>,
    #[arg(long)]
    probe_parent: Option<i32>,
}

pub(super) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let request = Request {
        path: arguments.path,
        side: arguments.side,
        memory_bytes: arguments.memory_bytes,
        time: Duration::from_secs(arguments.seconds),
    };
    #[cfg(debug_assertions)]
    if let Probe {
        walls: Some(walls),
        probe_secret: secrets,
        probe_folder: Some(folder),
        probe_address: Some(address),
        probe_parent: Some(parent),
    } = arguments.probe
    {
        say(corpus::probe(request, &walls, corpus::Targets { secrets, folder, address, parent })?)?;
        return Ok(ExitCode::SUCCESS);
    }
    say(corpus::answer(request)?)?;
    Ok(ExitCode::SUCCESS)
}
