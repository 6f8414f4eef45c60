//! `wenda ask`: one question, or one a line.

use std::{
    io::{self, BufRead},
    process::ExitCode,
    time::Instant,
};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::{
    NOTHING_FOUND, explain, opening,
    voice::{remark, say},
};
use crate::{
    admin::Serving,
    answer::{self, Answer, Explanation, Verdict},
    bot,
    channel::terminal::{Style, render},
    config::Config,
    index::Index,
};

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The question.
    #[arg(required_unless_present = "jsonl")]
    question: Option<String>,
    /// The question before it, which a follow-up takes its subject from.
    #[arg(long)]
    context: Option<String>,
    /// How many passages to rank.
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
    /// Print the answer as a JSON object.
    #[arg(long)]
    json: bool,
    /// Print why the passages stand in this order, and how the verdict came about.
    #[arg(long, conflicts_with = "jsonl")]
    explain: bool,
    /// Read questions from standard input, one JSON object a line ({"question": ..., "context": ...}), and print one answer a line.
    #[arg(long, conflicts_with_all = ["question", "context", "json"])]
    jsonl: bool,
}

/// An answer as JSON, explained where that was wanted.
#[derive(Serialize)]
struct Explained<'a> {
    #[serde(flatten)]
    answer: &'a Answer,
    #[serde(skip_serializing_if = "Option::is_none")]
    explanation: Option<&'a Explanation>,
}

/// A line of `--jsonl`; other keys are ignored.
#[derive(Deserialize)]
struct Line {
    question: String,
    #[serde(default)]
    context: Option<String>,
}

pub(super) fn run(config: &Config, arguments: Arguments) -> anyhow::Result<ExitCode> {
    let index = opening::open(config)?;
    if arguments.jsonl {
        return lines(&Serving::new(&config.state, &index)?, config, arguments.top);
    }
    let asked = arguments.question.unwrap_or_default();
    let (question, cut) = bot::readable(&asked, config);
    if cut {
        remark(format!(
            "The question is long: only its first {} characters were read (MAX_QUESTION_CHARS).",
            config.max_question_chars
        ));
    }
    let context = arguments.context.as_deref().map(|context| bot::readable(context, config).0);
    let (answer, explanation) = if arguments.explain {
        let started = Instant::now();
        let (answer, explanation) = answer::explain(&index, question, context, arguments.top, Some(config.today()))?;
        (Answer { elapsed_us: micros(started), ..answer }, explanation)
    } else {
        (timed(&index, config, question, context, arguments.top)?, None)
    };
    if arguments.json {
        say(serde_json::to_string(&Explained { answer: &answer, explanation: explanation.as_ref() })? + "\n")?;
    } else {
        let reply = bot::show(&answer, config);
        say(render(&reply, Style::of_stdout()))?;
        say(explanation.as_ref().map(explain::render).unwrap_or_default())?;
    }
    Ok(if answer.verdict == Verdict::None { ExitCode::from(NOTHING_FOUND) } else { ExitCode::SUCCESS })
}

/// Answers every line in order. A line that cannot be understood yields an object with `error`, and exit code 2 at the end.
fn lines(serving: &Serving, config: &Config, top: usize) -> anyhow::Result<ExitCode> {
    let mut code = ExitCode::SUCCESS;
    for line in io::stdin().lock().lines() {
        let line = line.context("cannot read standard input")?;
        if line.trim().is_empty() {
            continue;
        }
        let answered = match serde_json::from_str::<Line>(&line) {
            Ok(Line { question, context }) => {
                let question = bot::readable(&question, config).0;
                let context = context.as_deref().map(|context| bot::readable(context, config).0);
                serde_json::to_string(&timed(&*serving.index()?, config, question, context, top)?)?
            }
            Err(error) => {
                code = ExitCode::from(2);
                serde_json::json!({ "error": format!("not a question: {error}") }).to_string()
            }
        };
        say(answered + "\n")?;
    }
    Ok(code)
}

fn timed(index: &Index, config: &Config, question: &str, context: Option<&str>, top: usize) -> anyhow::Result<Answer> {
    let started = Instant::now();
    let answer = answer::answer(index, question, context, top, Some(config.today()))?;
    Ok(Answer { elapsed_us: micros(started), ..answer })
}

fn micros(started: Instant) -> u64 {
    u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX)
}
