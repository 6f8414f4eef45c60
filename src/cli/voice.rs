//! What the program says: results on standard output, remarks on the error stream. Who listens may go away early, as `head`
//! does; the macros of the standard library would panic then.

use std::{
    io::{self, ErrorKind, Write},
    process::ExitCode,
};

use anyhow::Context;

/// Nobody listens to standard output any more: what is left to be said may be left out.
#[derive(Debug, thiserror::Error)]
#[error("nobody reads the output any more")]
pub(super) struct Unheard;

/// Prints a part of the result, as it is.
///
/// # Errors
/// `Unheard` where nobody reads it; otherwise what kept it from being written.
pub(super) fn say(text: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_ref()).and_then(|()| out.flush()) {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Err(Unheard.into()),
        written => written.context("cannot write the output"),
    }
}

/// Makes a remark on the error stream, in a line of its own. Where nobody reads it, it is lost.
pub(super) fn remark(text: impl AsRef<str>) {
    _ = writeln!(io::stderr().lock(), "{}", text.as_ref());
}

/// How a subcommand ended: not to be heard to the end is no failure.
pub(super) fn ended(outcome: anyhow::Result<ExitCode>) -> anyhow::Result<ExitCode> {
    match outcome {
        Err(error) if error.is::<Unheard>() => Ok(ExitCode::SUCCESS),
        outcome => outcome,
    }
}
