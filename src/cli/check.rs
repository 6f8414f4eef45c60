//! `wenda check`: is everything in order, and what is to be done where it is not?

use std::process::ExitCode;

use crate::{
    admin::{self, Finding},
    channel::telegram,
    config::Config,
};

pub(super) fn run(config: &Config) -> anyhow::Result<ExitCode> {
    let mut findings = admin::check(config);
    findings.extend(channels(config)?);
    let mut code = ExitCode::SUCCESS;
    for finding in findings {
        println!("{} {}", if finding.good { "ok     " } else { "problem" }, finding.text);
        if !finding.good {
            code = ExitCode::from(2);
        }
    }
    for notice in admin::notices(config) {
        println!("notice  {notice}");
    }
    Ok(code)
}

/// Asks each configured platform whether it accepts the bot.
fn channels(config: &Config) -> anyhow::Result<Vec<Finding>> {
    let Some(telegram) = &config.telegram else {
        return Ok(vec![Finding {
            good: true,
            text: "channels: none is configured, so `wenda serve` is the terminal".to_owned(),
        }]);
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let checked = runtime.block_on(telegram::check(telegram));
    let good = checked.is_ok();
    let text = checked.unwrap_or_else(|error| format!("{error:#}"));
    Ok(vec![Finding { good, text: format!("telegram: {text}") }])
}
