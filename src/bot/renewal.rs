//! What becomes of the index while the desk is open: it is built anew when an admin asks for it or files have changed, taken
//! up when another process has built it, and taken back. Who holds a generation keeps it; what a new one costs at first is
//! paid before it takes the place of the old one.

use std::{
    sync::{Mutex, PoisonError, TryLockError},
    time::{Duration, Instant},
};

use super::{desk::Desk, reply::Reply, words::Words};
use crate::{
    admin::{self, Built, Order, Progress, Report},
    index::{Generations, Index},
};

/// Files must have been left alone so long before they are read: whoever copies a folder is not done with the first file.
const QUIET: Duration = Duration::from_secs(5);

/// So long after a build that failed the next one is tried.
const AGAIN: Duration = Duration::from_secs(60);

/// Looking at the folder takes at most one part in so many of the time.
const SHARE: u32 = 20;

/// Seconds between two lines of progress in the log.
const BETWEEN_LINES: Duration = Duration::from_secs(10);

/// What the desk knows of the index beside the index itself.
#[derive(Default)]
pub(super) struct Renewal {
    /// Held by whoever brings a new generation, so that none is brought twice.
    busy: Mutex<()>,
    /// A generation that did not open, so that it is not tried again and again.
    refused: Mutex<Option<String>>,
    /// Why the newest build did not take effect.
    kept: Mutex<Option<String>>,
    watch: Mutex<Watch>,
}

/// How the corpus folder looked.
#[derive(Default)]
struct Watch {
    /// At the last look at which it was what an index holds, with the name of that generation: what somebody else has built since
    /// may hold something else.
    settled: Option<(String, String)>,
    /// At the last look, where it was different, and since when it looks so.
    seen: Option<(String, Instant)>,
    /// The next look is not before this.
    next: Option<Instant>,
}

impl Desk {
    /// Takes up a generation that another process has published.
    ///
    /// # Errors
    /// When that generation does not open; the one in force stays, and this one is not tried again.
    pub fn refresh(&self) -> anyhow::Result<()> {
        let generations = Generations::new(&self.config.index);
        let Some(name) = generations.current_name() else { return Ok(()) };
        let mut refused = self.renewal.refused.lock().unwrap_or_else(PoisonError::into_inner);
        if name == self.serving.generation() || refused.as_ref() == Some(&name) {
            return Ok(());
        }
        let _busy = match self.renewal.busy.try_lock() {
            Ok(busy) => busy,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            // Someone is about to bring this generation.
            Err(TryLockError::WouldBlock) => return Ok(()),
        };
        match admin::in_background(|| generations.current()) {
            Ok(index) => {
                self.replace_index(&index)?;
                tracing::info!("index {name} is in force now");
                Ok(())
            }
            Err(error) => {
                *refused = Some(name.clone());
                Err(anyhow::Error::from(error)
                    .context(format!("index {name} does not open, the one before stays in force")))
            }
        }
    }

    /// Pays what the first questions would have to wait for.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn warm_up(&self) -> anyhow::Result<()> {
        let index = self.index()?;
        admin::in_background(|| index.warm_up());
        Ok(())
    }

    /// Brings the index up to the corpus once its files have changed and were then left alone for a while.
    ///
    /// # Errors
    /// When the folder cannot be read or the index not be built; the next look tries again.
    pub fn watch(&self) -> anyhow::Result<()> {
        let mut watch = self.renewal.watch.lock().unwrap_or_else(PoisonError::into_inner);
        let started = Instant::now();
        if watch.next.is_some_and(|next| started < next) || Generations::new(&self.config.index).is_held() {
            // What an admin went back to stays until an admin asks for a build.
            return Ok(());
        }
        let (look, index) = (admin::glance(&self.config)?, self.index()?);
        watch.next = Some(Instant::now() + started.elapsed() * SHARE);
        let generation = &index.manifest().generation;
        watch.settled.take_if(|(settled, _)| settled != generation);
        if watch.settled.is_none() && admin::is_current(&self.config, &index) {
            watch.settled = Some((generation.clone(), look.clone()));
        }
        if watch.settled.as_ref().is_some_and(|(_, settled)| *settled == look) {
            watch.seen = None;
            return Ok(());
        }
        match &watch.seen {
            Some((seen, since)) if *seen == look => {
                if since.elapsed() < QUIET {
                    return Ok(());
                }
            }
            _ => {
                watch.seen = Some((look, started));
                return Ok(());
            }
        }
        watch.next = Some(Instant::now() + AGAIN);
        let mut last = Instant::now();
        let log = |step: Progress| {
            if last.elapsed() >= BETWEEN_LINES {
                tracing::info!("building the index: {:?}, {} of {}", step.stage, step.done, step.all);
                last = Instant::now();
            }
        };
        let report = self.renew(Order::default(), log)?;
        *watch = Watch { settled: Some((report.generation.clone(), look)), seen: None, next: None };
        match &report.outcome {
            Built::Kept(reason) => tracing::warn!("the files have changed, but the index stays as it is: {reason}"),
            Built::Live | Built::Unchanged => tracing::info!(
                "the files have changed: {} added, {} changed, {} moved, {} removed, {} refused",
                report.added.len(),
                report.changed.len(),
                report.moved.len(),
                report.removed.len(),
                report.problems.len()
            ),
        }
        Ok(())
    }

    pub(super) fn reindex(
        &self,
        order: Order,
        words: Words,
        progress: impl FnMut(Progress) + Send,
    ) -> anyhow::Result<Reply> {
        Ok(Reply::say(words.reindexed(&self.renew(order, progress)?)))
    }

    fn renew(&self, order: Order, progress: impl FnMut(Progress) + Send) -> anyhow::Result<Report> {
        let _busy = self.renewal.busy.lock().unwrap_or_else(PoisonError::into_inner);
        let built = admin::reindex_as(&self.config, order, progress)?;
        let reason = match &built.report.outcome {
            Built::Kept(reason) => Some(reason.clone()),
            Built::Live | Built::Unchanged => None,
        };
        *self.renewal.kept.lock().unwrap_or_else(PoisonError::into_inner) = reason;
        if built.index.manifest().generation != self.serving.generation() {
            self.replace_index(&built.index)?;
        }
        Ok(built.report)
    }

    /// Why the newest build did not take effect, where it did not.
    pub(super) fn kept_because(&self) -> Option<String> {
        self.renewal.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn rollback(&self, words: Words) -> anyhow::Result<Reply> {
        let _busy = self.renewal.busy.lock().unwrap_or_else(PoisonError::into_inner);
        match Generations::new(&self.config.index).rollback() {
            Ok(index) => {
                let generation = index.manifest().generation.clone();
                self.replace_index(&index)?;
                Ok(Reply::say(words.rolled_back(&generation)))
            }
            Err(error) => Ok(Reply::say(words.not_rolled_back(&format!("{error:#}")))),
        }
    }

    /// Lets a generation answer from now on.
    fn replace_index(&self, index: &Index) -> anyhow::Result<()> {
        admin::in_background(|| index.warm_up());
        self.follow(index);
        self.serving.replace(index)?;
        admin::in_background(|| self.renew_examples())
    }

    /// Lets the journal follow the documents that have moved.
    pub(super) fn follow(&self, index: &Index) {
        if let Err(error) = admin::follow(&self.journal, index) {
            tracing::error!("the journal does not follow the documents that have moved: {error:#}");
        }
    }
}
