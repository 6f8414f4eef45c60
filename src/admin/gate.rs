//! The gate: with questions of the admin's own, a new generation takes effect only if it answers no fewer of them than the one
//! before.

use std::path::Path;

use anyhow::Context;
use serde::Serialize;

use super::{
    crew::in_parallel,
    evaluate::{Case, evaluate, read_cases},
    metrics::Outcome,
    reindex::{Progress, Stage},
};
use crate::{answer::Verdict, index::Index};

/// The file of the corpus with the admin's own questions.
pub const QUESTIONS: &str = "questions.jsonl";

/// Where only the passage is known that answers, it must be among so many.
const AMONG: usize = 3;

/// How two generations answer the admin's questions.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Gate {
    /// Questions asked.
    pub asked: usize,
    /// Questions that the generation before answers.
    pub before: usize,
    /// Questions that the new one answers.
    pub now: usize,
    /// Questions that only the one before answers.
    pub fell: Vec<String>,
    /// Questions that only the new one answers.
    pub rose: Vec<String>,
}

impl Gate {
    /// Whether the new generation may take effect.
    pub fn is_open(&self) -> bool {
        self.now >= self.before
    }
}

/// Asks both generations the questions of the corpus folder; `None` where there are none.
///
/// # Errors
/// When the file of questions cannot be read: then nobody knows whether the new generation is as good.
pub(super) fn compare(
    corpus: &Path,
    (before, now): (&Index, &Index),
    mut progress: impl FnMut(Progress),
) -> anyhow::Result<Option<Gate>> {
    let path = corpus.join(QUESTIONS);
    if !path.exists() {
        return Ok(None);
    }
    let cases = read_cases(&path).context("correct the file of questions, or build with --force")?;
    let mut gate = Gate { asked: cases.len(), ..Gate::default() };
    let mut done = 0;
    let ask = |case: &Case| anyhow::Ok((is_met(case, &evaluate(before, case)?), is_met(case, &evaluate(now, case)?)));
    in_parallel(&cases, ask, |case, met| {
        let (then, now) = met?;
        gate.before += usize::from(then);
        gate.now += usize::from(now);
        match (then, now) {
            (true, false) => gate.fell.push(case.question.clone()),
            (false, true) => gate.rose.push(case.question.clone()),
            _ => {}
        }
        done += 1;
        progress(Progress { stage: Stage::Asking, done, all: cases.len() });
        Ok(())
    })?;
    gate.fell.sort();
    gate.rose.sort();
    Ok(Some(gate))
}

/// Whether a question got what its line of the file asks for.
fn is_met(case: &Case, outcome: &Outcome) -> bool {
    if outcome.smalltalk {
        outcome.verdict == Verdict::Smalltalk
    } else if !case.answerable {
        matches!(outcome.verdict, Verdict::Related | Verdict::None)
    } else if let Some(quoted) = outcome.all_quotes {
        quoted
    } else if let Some(rank) = outcome.rank {
        outcome.verdict != Verdict::None && rank.is_some_and(|rank| rank <= AMONG)
    } else {
        outcome.verdict == Verdict::Answer
    }
}
