//! `wenda check`: is everything in order, and what is to be done where it is not?

use std::process::ExitCode;

use super::voice::say;
use crate::{
    admin::{self, Finding},
    channel::{matrix, telegram},
    config::Config,
};

pub(super) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let mut findings = admin::check(config);
    findings.extend(channels(config)?);
    let mut code = ExitCode::SUCCESS;
    for finding in findings {
        say(format!("{} {}\n", if finding.good { "ok     " } else { "problem" }, finding.text))?;
        if !finding.good {
            code = ExitCode::from(2);
        }
    }
    for notice in admin::notices(config) {
        say(format!("notice  {notice}\n"))?;
    }
    Ok(code)
}

/// Asks each configured platform whether it accepts the bot.
fn channels(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let mut findings = Vec::new();
    let mut found = |name: &str, checked: anyhow::Result<String>| {
        let good = checked.is_ok();
        let text = checked.unwrap_or_else(|error| format!("{error:#}"));
        findings.push(Finding { good, text: format!("{name}: {text}") });
    };
    if let Some(telegram) = &config.telegram {
        found("telegram", runtime.block_on(telegram::check(telegram)));
    }
    if let Some(matrix) = &config.matrix {
        found("matrix", runtime.block_on(matrix::check(matrix, &config.state)));
    }
    if findings.is_empty() {
        let text = "channels: none is configured, so `wenda serve` is the terminal".to_owned();
        findings.push(Finding { good: true, text });
    }
    Ok(findings)
}
