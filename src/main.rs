//! The program: starts logging, hands over to the hall, prints what went wrong, gives the exit code.

use std::{
    io::{self, Write},
    process::ExitCode,
};

use tracing_subscriber::EnvFilter;

/// What is logged where `WENDA_LOG` says nothing. The library for Matrix reports each refused request on its own, as an error,
/// though the bot tells what matters in plain words.
const FILTER: &str =
    "warn,wenda=info,matrix_sdk=off,matrix_sdk_base=error,matrix_sdk_crypto=error,matrix_sdk_sqlite=error";

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("WENDA_LOG").unwrap_or_else(|_| EnvFilter::new(FILTER));
    // A log that nobody reads any more, as a pipe whose reader has died, is lost: to complain about it on the same stream would
    // be a panic.
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).log_internal_errors(false).init();
    wenda::cli::run().unwrap_or_else(|error| {
        _ = writeln!(io::stderr(), "error: {error:#}");
        ExitCode::from(2)
    })
}
