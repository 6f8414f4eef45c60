//! The program: starts logging, hands over to the hall, prints what went wrong, gives the exit code.

use std::process::ExitCode;

use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("WENDA_LOG").unwrap_or_else(|_| EnvFilter::new("warn,wenda=info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    wenda::cli::run().unwrap_or_else(|error| {
        eprintln!("error: {error:#}");
        ExitCode::from(2)
    })
}
