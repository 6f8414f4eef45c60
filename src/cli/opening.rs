//! Opening the index, with the build before it where one is needed, and its progress on the error stream.

use std::{
    io::{self, IsTerminal},
    time::{Duration, Instant},
};

use indicatif::{ProgressBar, ProgressStyle};

use super::voice::remark;
use crate::{
    admin::{self, Built, Exclusions, Progress, Report, Stage},
    config::Config,
    index::{Generations, Index},
};

/// Opens the index without what is excluded; builds it first where it is missing, damaged or older than the corpus.
pub(super) fn open(config: &Config) -> anyhow::Result<Index> {
    Exclusions::read(&config.state)?.apply(&open_whole(config)?)
}

/// Opens the index that is there, whether or not the corpus has changed since; builds one only where none can be opened.
pub(super) fn open_as_it_is(config: &Config) -> anyhow::Result<Index> {
    Generations::new(&config.index).current().or_else(|_| open_whole(config))
}

fn open_whole(config: &Config) -> anyhow::Result<Index> {
    let mut bar = Bar::new();
    let begin = |reason: &str| remark(format!("Building the index of {}: {reason}.", config.corpus.display()));
    let (index, report) = admin::open_or_build(config, begin, |progress| bar.show(progress))?;
    bar.finish();
    if let Some(report) = report {
        remark(summary(&report).trim_end());
    }
    anyhow::ensure!(
        !index.documents().is_empty(),
        "there is no document in {}; put text, Markdown, HTML, PDF, Word or Excel files there",
        config.corpus.display()
    );
    Ok(index)
}

/// A report in a few lines.
pub(super) fn summary(report: &Report) -> String {
    let Report { generation, documents, passages, read, .. } = report;
    let seconds = report.elapsed.as_secs_f64();
    let mut text = format!(
        "Index {generation}: {documents} documents, {passages} passages; {read} files read, in {seconds:.1} s.\n"
    );
    match &report.outcome {
        Built::Live => {}
        Built::Unchanged => text.push_str("  Nothing has changed since it was built.\n"),
        Built::Kept(reason) => text.push_str(&format!(
            "  It stays in force: the new index was thrown away.\n  Reason: {reason}.\n  Look at the files and build again, or \
             use the new index all the same: `wenda reindex --force`.\n"
        )),
    }
    for problem in &report.problems {
        text.push_str(&format!("  refused {}: {}\n", problem.path, problem.reason));
    }
    text
}

/// Seconds between two lines of progress in a log.
const BETWEEN_LINES: Duration = Duration::from_secs(5);

/// Progress on the error stream: a bar on a terminal, a line now and then elsewhere.
pub(super) enum Bar {
    /// On a terminal.
    Terminal(ProgressBar),
    /// In a log, with the time of the last line.
    Log(Instant),
}

impl Bar {
    pub(super) fn new() -> Bar {
        if !io::stderr().is_terminal() {
            return Bar::Log(Instant::now());
        }
        let style = ProgressStyle::with_template("{msg} {bar:40} {pos}/{len}, {eta} left");
        Bar::Terminal(ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar())))
    }

    pub(super) fn show(&mut self, Progress { stage, done, all }: Progress) {
        let doing = match stage {
            Stage::Reading => "reading files",
            Stage::Writing => "writing the index",
            Stage::Asking => "asking your questions",
        };
        match self {
            Bar::Terminal(bar) => {
                bar.set_message(doing);
                bar.set_length(all as u64);
                bar.set_position(done as u64);
            }
            Bar::Log(last) if last.elapsed() >= BETWEEN_LINES => {
                remark(format!("{doing}: {done} of {all}"));
                *last = Instant::now();
            }
            Bar::Log(_) => {}
        }
    }

    pub(super) fn finish(self) {
        if let Bar::Terminal(bar) = self {
            bar.finish_and_clear();
        }
    }
}
