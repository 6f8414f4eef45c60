//! The hall: reads the arguments, builds everything from the top down, and gives the exit code.

use std::{path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use time::{Date, Month};

use crate::{admin::Change, channel::matrix, config::Config, corpus};

mod ask;
mod chat;
mod check;
mod evaluate;
mod exclude;
mod explain;
mod opening;
mod read;
mod reindex;
mod report;
mod rollback;
mod serve;
mod text;
mod voice;

/// Exit code where nothing was found.
const NOTHING_FOUND: u8 = 1;

/// Answers questions with passages of your documents, quoted word for word, with their source.
///
/// Without a subcommand Wenda serves: it opens every channel that the settings configure, and the terminal where they
/// configure none. Settings come from the environment and from a file `.env`; `.env.example` lists them all.
///
/// Exit codes: 0 answered, 1 nothing found (reindex: the index before stays in force), 2 error.
#[derive(Parser)]
#[command(version, max_term_width = 100)]
struct Arguments {
    /// Folder with the documents (instead of CORPUS_DIR).
    #[arg(long, global = true, value_name = "DIR")]
    corpus: Option<PathBuf>,
    /// Folder for the index (instead of INDEX_DIR).
    #[arg(long, global = true, value_name = "DIR")]
    index: Option<PathBuf>,
    /// Take this day for today, as YYYY-MM-DD: what will have expired by then?
    #[arg(long, global = true, value_name = "DAY", value_parser = day)]
    today: Option<Date>,
    #[command(subcommand)]
    command: Option<Subcommands>,
}

#[derive(Subcommand)]
enum Subcommands {
    /// Run every configured channel (the default).
    Serve,
    /// Answer one question, or many.
    Ask(ask::Arguments),
    /// Talk in the terminal.
    Chat,
    /// Bring the index up to the corpus.
    Reindex(reindex::Arguments),
    /// Return to the index before the last build.
    Rollback,
    /// Measure the answers against questions whose answers are known.
    Evaluate(evaluate::Arguments),
    /// Print the stored text of a document, into which the offsets of quotes point.
    Text(text::Arguments),
    /// Take documents down: they are not quoted from the next question on, also by a running bot.
    Exclude(exclude::Arguments),
    /// Bring excluded documents back.
    Include(exclude::Arguments),
    /// Write what was asked and how it went as a page for people, or as JSON.
    Report(report::Arguments),
    /// Check settings, corpus and index, and say what to do.
    Check,
    /// Read one file for another process of the program.
    #[command(hide = true)]
    ReadDocument(read::Arguments),
}

/// Runs the program with the arguments of the process.
///
/// # Errors
/// Whatever keeps it from doing what was asked; the exit code is then 2.
pub fn run() -> anyhow::Result<ExitCode> {
    let arguments = Arguments::parse();
    // A process that reads a file knows no settings, and so no secrets.
    if let Some(Subcommands::ReadDocument(arguments)) = arguments.command {
        return voice::ended(read::run(arguments));
    }
    let mut config = Config::load(matrix::ABSENT)?;
    config.reader = corpus::this_program();
    config.corpus = arguments.corpus.unwrap_or(config.corpus);
    config.index = arguments.index.unwrap_or(config.index);
    config.today = arguments.today;
    voice::ended(match arguments.command.unwrap_or(Subcommands::Serve) {
        Subcommands::Serve => serve::run(config),
        Subcommands::Ask(arguments) => ask::run(&config, arguments),
        Subcommands::Chat => chat::run(config),
        Subcommands::Reindex(arguments) => reindex::run(&config, &arguments),
        Subcommands::Rollback => rollback::run(&config),
        Subcommands::Evaluate(arguments) => evaluate::run(&config, &arguments),
        Subcommands::Text(arguments) => text::run(&config, &arguments),
        Subcommands::Exclude(arguments) => exclude::run(&config, &arguments, Change::Exclude),
        Subcommands::Include(arguments) => exclude::run(&config, &arguments, Change::Include),
        Subcommands::Report(arguments) => report::run(&config, &arguments),
        Subcommands::Check => check::run(&config),
        Subcommands::ReadDocument(arguments) => read::run(arguments),
    })
}

/// A day of the calendar, as `YYYY-MM-DD`.
fn day(text: &str) -> Result<Date, String> {
    let parse = || {
        let [year, month, day] = text.splitn(3, '-').collect::<Vec<_>>().try_into().ok()?;
        let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
        Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
    };
    parse().ok_or_else(|| "a day is written like 2026-06-30".to_owned())
}
