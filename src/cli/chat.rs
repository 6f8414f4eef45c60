//! `wenda chat`: the terminal channel.

use std::{
    io::{Error, ErrorKind},
    process::ExitCode,
    sync::Arc,
};

use super::{opening, voice::Unheard};
use crate::{bot::Desk, channel::terminal, config::Config, journal::Journal};

pub(super) fn run(config: Config) -> anyhow::Result<ExitCode> {
    let index = opening::open(&config)?;
    let journal = Arc::new(Journal::open(&config.state)?);
    match terminal::run(&Desk::new(config, index, journal)?) {
        Err(error) if error.downcast_ref().map(Error::kind) == Some(ErrorKind::BrokenPipe) => Err(Unheard.into()),
        ended => ended.map(|()| ExitCode::SUCCESS),
    }
}
