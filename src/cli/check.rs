//! `wenda check`: is everything in order, and what is to be done where it is not?

use std::process::ExitCode;

use crate::{admin, config::Config};

pub(super) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let findings = admin::check(config);
    let mut code = ExitCode::SUCCESS;
    for finding in findings {
        println!("{} {}", if finding.good { "ok     " } else { "problem" }, finding.text);
        if !finding.good {
            code = ExitCode::from(2);
        }
    }
    Ok(code)
}
