//! `wenda evaluate`: the figures of a set of questions.

use std::{path::PathBuf, process::ExitCode};

use super::{opening, voice::say};
use crate::{
    admin::{self, Group, Rate, Summary, Weighed},
    config::Config,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// Files of questions whose answers are known, one JSON object a line.
    #[arg(required = true, value_name = "QUESTIONS.jsonl")]
    questions: Vec<PathBuf>,
    /// Print the figures as a JSON object.
    #[arg(long)]
    json: bool,
    /// Print what became of each question: a line of JSON each, before the figures.
    #[arg(long)]
    each: bool,
    /// Print the features of what is weighed instead, as training material for scripts/train.py.
    #[arg(long, conflicts_with_all = ["json", "each"], value_name = "WHAT")]
    features: Option<Features>,
}

/// What is weighed.
#[derive(Clone, Copy, clap::ValueEnum)]
enum Features {
    /// The candidates of a question.
    Passages,
    /// The sentences of the best candidates.
    Sentences,
    /// Whether the quotes answer.
    Verdicts,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut cases = Vec::new();
    for path in &arguments.questions {
        cases.extend(admin::read_cases(path)?);
    }
    let index = opening::open(config)?;
    if let Some(features) = arguments.features {
        let weighed = match features {
            Features::Passages => Weighed::Passages,
            Features::Sentences => Weighed::Sentences,
            Features::Verdicts => Weighed::Verdicts,
        };
        say(serde_json::to_string(&weighed.names())? + "\n")?;
        for case in &cases {
            if let Some(samples) = weighed.samples(&index, case)? {
                say(serde_json::to_string(&samples)? + "\n")?;
            }
        }
        return Ok(ExitCode::SUCCESS);
    }
    let mut outcomes = Vec::with_capacity(cases.len());
    for case in &cases {
        let outcome = admin::evaluate(&index, case)?;
        if arguments.each {
            let each = serde_json::json!({
                    "id": case.id, "question": case.question, "rank": outcome.rank.flatten(), "quote@1": outcome.first_quote,
                    "quote": outcome.all_quotes, "verdict": outcome.verdict, "confidence": outcome.confidence,
            });
            say(format!("{each}\n"))?;
        }
        outcomes.push(outcome);
    }
    let summary = admin::summarise(&outcomes);
    if arguments.json {
        say(serde_json::to_string_pretty(&summary)? + "\n")?;
    } else {
        say(table(&summary))?;
    }
    Ok(ExitCode::SUCCESS)
}

const COLUMNS: [&str; 12] =
    ["", "n", "hit@1", "hit@3", "hit@10", "MRR@10", "quote@1", "quote", "refused", "wrongly", "smalltalk", "AUROC"];

/// The figures in percent with half the width of the 95 % interval, a row for each group.
fn table(summary: &Summary) -> String {
    let mut rows = vec![COLUMNS.map(str::to_owned).to_vec()];
    rows.push(row("all", summary.questions, &summary.all));
    for (name, group) in &summary.groups {
        let rates = [group.hit_1, group.quote, group.refused, group.smalltalk];
        let counted = rates.iter().flatten().map(|rate| rate.count).max().unwrap_or(0);
        rows.push(row(name, counted, group));
    }
    let widths: Vec<usize> = (0..COLUMNS.len())
        .map(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0))
        .collect();
    let mut text = String::new();
    for row in rows {
        let cells: Vec<String> = row.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}")).collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    let percent = |value: Option<f64>| value.map_or("-".to_owned(), |value| format!("{:.1} %", value * 100.0));
    text.push_str(&format!(
        "refused where 95 % of the answerable keep their answer: {}\n",
        percent(summary.all.refused_where_95_kept)
    ));
    text.push_str(&format!("verbatim: {}\n", percent(summary.all.verbatim)));
    text
}

fn row(name: &str, count: usize, group: &Group) -> Vec<String> {
    let percent = |rate: Option<Rate>| {
        rate.map_or("-".to_owned(), |rate| format!("{:.1} ±{:.1}", rate.mean * 100.0, (rate.high - rate.low) * 50.0))
    };
    vec![
        name.to_owned(),
        count.to_string(),
        percent(group.hit_1),
        percent(group.hit_3),
        percent(group.hit_10),
        percent(group.mrr_10),
        percent(group.quote_1),
        percent(group.quote),
        percent(group.refused),
        percent(group.wrongly_refused),
        percent(group.smalltalk),
        group.auroc.map_or("-".to_owned(), |value| format!("{value:.3}")),
    ]
}
