//! `wenda serve`: every channel that the settings configure; the terminal where they configure none.

use std::process::ExitCode;

use super::chat;
use crate::config::Config;

pub(super) fn run(config: Config) -> anyhow::Result<ExitCode> {
    eprintln!("No channel is configured, so this is the terminal. Type a question, or /help; end with Ctrl-D.");
    chat::run(config)
}
