//! `wenda reindex`: brings the index up to the corpus, and lets it take effect.

use std::process::ExitCode;

use super::{
    opening::{Bar, summary},
    voice::say,
};
use crate::{
    admin::{self, Built, Order, Report},
    config::Config,
};

/// Exit code where the new index does not take effect.
const KEPT: u8 = 1;

/// Paths and questions that one list shows.
const LISTED: usize = 20;

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Let the new index take effect even if it answers fewer of the questions in questions.jsonl, or holds no document.
    #[arg(long)]
    force: bool,
    /// Read every file, also those that have not changed, and write the index from nothing.
    #[arg(long)]
    full: bool,
    /// Print the report as a JSON object.
    #[arg(long)]
    json: bool,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut bar = Bar::new();
    let order = Order { force: arguments.force, afresh: arguments.full };
    let report = admin::reindex_as(config, order, |progress| bar.show(progress))?.report;
    bar.finish();
    if arguments.json {
        say(serde_json::to_string(&report)? + "\n")?;
    } else {
        say(summary(&report))?;
        say(details(&report))?;
    }
    Ok(if matches!(report.outcome, Built::Kept(_)) { ExitCode::from(KEPT) } else { ExitCode::SUCCESS })
}

/// What became of the files, and of the questions.
fn details(report: &Report) -> String {
    let moved: Vec<String> = report.moved.iter().map(|moved| format!("{} -> {}", moved.from, moved.to)).collect();
    let (mut lists, mut text) = (Vec::new(), String::new());
    lists.push(("added", &report.added));
    lists.push(("changed", &report.changed));
    lists.push(("moved", &moved));
    lists.push(("removed", &report.removed));
    if let Some(gate) = &report.gate {
        text.push_str(&format!(
            "  your {} questions: the index before answers {}, the new one {}\n",
            gate.asked, gate.before, gate.now
        ));
        lists.push(("no longer answered", &gate.fell));
        lists.push(("answered now", &gate.rose));
    }
    for (name, items) in lists {
        text.push_str(&format!("  {name}: {}\n", items.len()));
        for item in items.iter().take(LISTED) {
            text.push_str(&format!("    {item}\n"));
        }
        if items.len() > LISTED {
            text.push_str(&format!("    and {} more; --json lists all\n", items.len() - LISTED));
        }
    }
    text
}
