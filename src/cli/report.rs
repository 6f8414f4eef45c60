//! `wenda report`: what was asked and how it went, as a page for people or as JSON.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};

use anyhow::Context;

use super::voice::{remark, say};
use crate::{
    admin::{Exclusions, Period, Setting, follow, review},
    bot::{report_page, words::Words},
    config::Config,
    index::Generations,
    journal::Journal,
};

/// Where the page is written unless something else is said.
const PAGE: &str = "wenda-report.html";

#[derive(clap::Args)]
pub(super) struct Arguments {
    /// How many days, today included.
    #[arg(long, default_value_t = 30, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=3650))]
    days: u32,
    /// Where to write; - is standard output. [default: wenda-report.html; standard output with --json]
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// Print the figures as a JSON object.
    #[arg(long)]
    json: bool,
    /// Show nothing of the words of questions.
    #[arg(long)]
    no_words: bool,
    /// The language of the page: zh-CN, zh-TW or en.
    #[arg(long, default_value = "zh-CN", value_name = "TAG", value_parser = language)]
    language: Words,
}

pub(super) fn run(config: &Config, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let journal = Journal::open(&config.state)?;
    // A report needs no index: without one it has no documents.
    let index = Generations::new(&config.index).current().ok();
    // Where no bot runs, nobody else has followed the documents that a build has found at other places.
    index.as_ref().map(|index| follow(&journal, index)).transpose()?;
    let exclusions = Exclusions::read(&config.state)?;
    let index = index.map(|index| exclusions.apply(&index)).transpose()?;
    let period = Period::ending(config.today(), arguments.days, config.utc_offset);
    let (from, until) = period.moments();
    let past = journal.past(from, until)?;
    let setting = Setting {
        index: index.as_ref(),
        exclusions: &exclusions,
        period,
        keep_days: config.keep_days,
        words: !arguments.no_words,
    };
    let review = review(&past, &setting);
    let text =
        if arguments.json { serde_json::to_string_pretty(&review)? } else { report_page(&review, arguments.language) };
    let output = arguments.output.clone().or_else(|| (!arguments.json).then(|| PathBuf::from(PAGE)));
    match output.filter(|path| path != Path::new("-")) {
        Some(path) => {
            write(&path, &text)?;
            remark(format!("{} questions of {} days: {}", review.total.asked, arguments.days, path.display()));
        }
        None => say(text + "\n")?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes a file whole or not at all.
fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".new");
    let cannot = || format!("cannot write {}", path.display());
    fs::write(&beside, text).with_context(cannot)?;
    fs::rename(&beside, path).with_context(cannot)
}

fn language(tag: &str) -> Result<Words, String> {
    Words::from_code(tag).ok_or_else(|| "the languages are zh-CN, zh-TW and en".to_owned())
}
