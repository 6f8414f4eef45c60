//! The counter of the desk: so many questions at once, each with a time limit, on threads that may read the disk.

use std::{sync::Arc, thread, time::Duration};

use tokio::{
    sync::{Semaphore, watch},
    time::timeout,
};

use crate::bot::{Desk, Reply, Visitor, Work, words::Words};

/// A question that takes longer than this is answered with an apology.
pub(super) const PATIENCE: Duration = Duration::from_secs(20);

/// Questions that the desk answers at once, for each core: more than one, so that a slow one does not hold up the rest.
const AT_ONCE: usize = 4;

/// A message that shows progress is edited no more often than this.
const PROGRESS_EVERY: Duration = Duration::from_secs(2);

/// The counter of one door.
#[derive(Clone)]
pub(super) struct Counter {
    desk: Arc<Desk>,
    at_once: Arc<Semaphore>,
}

impl Counter {
    pub(super) fn new(desk: Arc<Desk>) -> Counter {
        let places = AT_ONCE * thread::available_parallelism().map_or(1, usize::from);
        Counter { desk, at_once: Arc::new(Semaphore::new(places)) }
    }

    /// Asks the desk on a thread of its own: so many at once, and not for ever.
    pub(super) async fn consult(&self, words: Words, ask: impl FnOnce(&Desk) -> Reply + Send + 'static) -> Reply {
        let desk = self.desk.clone();
        let Ok(permit) = self.at_once.clone().acquire_owned().await else { return Reply::say(words.failed()) };
        let asking = tokio::task::spawn_blocking(move || {
            // Kept until the desk is done, even where nobody waits any more.
            let _permit = permit;
            ask(&desk)
        });
        match timeout(PATIENCE, asking).await {
            Ok(Ok(reply)) => reply,
            Ok(Err(_)) => Reply::say(words.failed()),
            Err(_) => {
                tracing::error!("an answer took longer than {PATIENCE:?}");
                Reply::say(words.too_slow())
            }
        }
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

/// Does something that reads or writes the disk, on a thread for such things.
pub(super) async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()))
}
