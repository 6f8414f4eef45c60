//! `wenda chat`: the terminal channel.

use std::process::ExitCode;

use super::opening;
use crate::{bot::Desk, channel::terminal, config::Config};

pub(super) fn run(config: Config) -> anyhow::Result<ExitCode> {
    let index = opening::open(&config)?;
    terminal::run(&Desk::new(config, index))?;
    Ok(ExitCode::SUCCESS)
}
