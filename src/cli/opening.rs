//! Opening the index, with the build before it where one is needed, and its progress on the error stream.

use std::io::{self, IsTerminal};

use indicatif::{ProgressBar, ProgressStyle};

use crate::{
    admin::{self, Progress, Report},
    config::Config,
    index::Index,
};

/// Opens the index; builds it first where it is missing, damaged or older than the corpus.
pub(super) fn open(config: &Config) -> anyhow::Result<Index> {
    let mut bar = Bar::new();
    let begin = |reason: &str| eprintln!("Building the index of {}: {reason}.", config.corpus.display());
    let (index, report) = admin::open_or_build(config, begin, |progress| bar.show(progress))?;
    bar.finish();
    if let Some(report) = report {
        eprint!("{}", summary(&report));
    }
    anyhow::ensure!(
        !index.documents().is_empty(),
        "there is no document in {}; put text or Markdown files there",
        config.corpus.display()
    );
    Ok(index)
}

/// A report in a few lines.
pub(super) fn summary(report: &Report) -> String {
    let mut text = format!(
        "Index {}: {} documents, {} passages, in {:.1} s.\n",
        report.generation,
        report.documents,
        report.passages,
        report.elapsed.as_secs_f64()
    );
    for problem in &report.problems {
        text.push_str(&format!("  refused {}: {}\n", problem.path, problem.reason));
    }
    text
}

/// A progress bar on a terminal, nothing elsewhere.
pub(super) struct Bar(Option<ProgressBar>);

impl Bar {
    pub(super) fn new() -> Bar {
        Bar(io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} files, {eta} left");
            ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
        }))
    }

    pub(super) fn show(&mut self, progress: Progress) {
        if let Some(bar) = &self.0 {
            bar.set_length(progress.all as u64);
            bar.set_position(progress.done as u64);
        }
    }

    pub(super) fn finish(self) {
        if let Some(bar) = self.0 {
            bar.finish_and_clear();
        }
    }
}
