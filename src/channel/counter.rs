//! The counter of the desk: so many questions at once, each with a time limit, on threads that may read the disk.

use std::{sync::Arc, thread, time::Duration};

use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

use crate::{
    bot::{Desk, Reply, Visitor, Work, words::Words},
    deadline::Deadline,
};

/// Questions that the desk answers at once, for each core: more than one, so that a slow one does not hold up the rest.
const AT_ONCE: usize = 4;

/// A message that shows progress is edited no more often than this.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

/// The counter of one door.
pub(super) struct Counter<D = Desk> {
    desk: Arc<D>,
    at_once: Arc<Semaphore>,
    /// A question that takes longer than this is answered with an apology.
    patience: Duration,
}

impl<D: Send + Sync + 'static> Counter<D> {
    /// The counter of a desk, at which a question may take so long.
    pub(super) fn new(desk: Arc<D>, patience: Duration) -> Counter<D> {
        let places = AT_ONCE * thread::available_parallelism().map_or(1, usize::from);
        Counter { desk, at_once: Arc::new(Semaphore::new(places)), patience }
    }

    /// Asks the desk on a thread of its own: so many at once, and not for ever.
    ///
    /// # Errors
    /// When it takes too long, and when the desk panics.
    pub(super) async fn wait_for<T: Send + 'static>(
        &self,
        ask: impl FnOnce(&D, Deadline) -> T + Send + 'static,
    ) -> Result<T, Unanswered> {
        let desk = self.desk.clone();
        let permit = self.at_once.clone().acquire_owned().await.map_err(|_| Unanswered::Failed)?;
        let deadline = Deadline::after(self.patience);
        let asking = tokio::task::spawn_blocking(move || {
            // Kept until the desk is done, even where nobody waits any more; it looks at the deadline and will not be long.
            let _permit = permit;
            ask(&desk, deadline)
        });
        match timeout(self.patience, asking).await {
            Ok(answered) => answered.map_err(|_| Unanswered::Failed),
            Err(_) => {
                tracing::error!("an answer took longer than {:?}", self.patience);
                Err(Unanswered::Overdue)
            }
        }
    }
}

impl Counter {
    /// Asks the desk for a reply; where it does not come, this is said.
    pub(super) async fn consult(
        &self,
        words: Words,
        ask: impl FnOnce(&Desk, Deadline) -> Reply + Send + 'static,
    ) -> Reply {
        self.wait_for(ask).await.unwrap_or_else(|unanswered| match unanswered {
            Unanswered::Overdue => Reply::say(words.too_slow()),
            Unanswered::Failed => Reply::say(words.failed()),
        })
    }

    /// Has the desk do some work; each step is shown now and then, and at last how it went.
    pub(super) async fn labour<F, S>(
        &self,
        visitor: &Visitor,
        work: Work,
        mut show: impl FnMut(Reply) -> S,
    ) -> Result<(), F>
    where
        S: Future<Output = Result<(), F>>,
    {
        let (progress, mut shown) = watch::channel(Reply::default());
        let (desk, labouring) = (self.desk.clone(), visitor.clone());
        let mut task =
            tokio::task::spawn_blocking(move || desk.work(&labouring, &work, |reply| _ = progress.send_replace(reply)));
        let done = loop {
            if let Ok(done) = timeout(PROGRESS_EVERY, &mut task).await {
                break done;
            }
            let step = shown.borrow_and_update().clone();
            show(step).await?;
        };
        show(done.unwrap_or_else(|_| Reply::say(Words(visitor.language.unwrap_or_default()).failed()))).await
    }
}

/// Why the desk gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unanswered {
    /// It took too long.
    Overdue,
    /// It panicked.
    Failed,
}

/// Does something that reads or writes the disk, on a thread for such things.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[tokio::test]
    async fn a_place_is_free_again_soon_after_the_time_is_over() {
        let patience = Duration::from_millis(100);
        let counter = Counter { desk: Arc::new(()), at_once: Arc::new(Semaphore::new(1)), patience };
        let endless = |(): &(), deadline: Deadline| {
            let began = Instant::now();
            while deadline.check().is_ok() && began.elapsed() < Duration::from_secs(60) {
                thread::yield_now();
            }
        };
        // What ends by itself at the deadline may still be heard.
        let ended = counter.wait_for(endless).await;
        assert!(matches!(ended, Ok(()) | Err(Unanswered::Overdue)));
        let next = timeout(Duration::from_secs(20), counter.wait_for(|(), deadline| deadline.check())).await;
        assert_eq!(next, Ok(Ok(Ok(()))), "the place is still taken");
    }

    #[tokio::test]
    async fn who_waits_for_a_panic_is_told() {
        let counter = Counter::new(Arc::new(()), Duration::from_secs(60));
        assert_eq!(counter.wait_for(|(), _| panic!("on purpose")).await, Err::<(), _>(Unanswered::Failed));
    }
}
