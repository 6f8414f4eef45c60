//! `wenda chat`: the terminal channel.

use std::{process::ExitCode, sync::Arc};

use super::opening;
use crate::{bot::Desk, channel::terminal, config::Config, journal::Journal};

pub(super) fn run(config: Config) -> anyhow::Result<ExitCode> {
    let index = opening::open(&config)?;
    let journal = Arc::new(Journal::open(&config.state)?);
    terminal::run(&Desk::new(config, index, journal)?)?;
    Ok(ExitCode::SUCCESS)
}
