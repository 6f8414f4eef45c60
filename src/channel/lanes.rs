//! Workers: each lane of the inbox is emptied by one task, in order; lanes do not wait for each other. What waits, waits on
//! disk: in memory there is one update for each busy lane.

use std::{
    collections::HashMap,
    fmt::Display,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{sync::watch, time::sleep};

use super::counter::blocking;
use crate::journal::{Journal, Waiting};

/// The pause after the journal could not be read or written.
const JOURNAL_PAUSE: Duration = Duration::from_secs(1);

/// What a door does with the updates of its platform.
pub(super) trait Clerk: Send + Sync + 'static {
    /// What the journal calls the channel.
    const CHANNEL: &'static str;
    /// Why an answer could not be sent.
    type Failure: Display + Send;

    /// Where updates wait.
    fn journal(&self) -> Arc<Journal>;

    /// Handles an update.
    ///
    /// # Errors
    /// When an answer could not be sent; the update is done all the same.
    fn handle(self: &Arc<Self>, waiting: &Waiting) -> impl Future<Output = Result<(), Self::Failure>> + Send;

    /// Says that something went wrong, where an update could not be handled at all.
    ///
    /// # Errors
    /// When this could not be sent, either.
    fn apologise(self: &Arc<Self>, waiting: &Waiting) -> impl Future<Output = Result<(), Self::Failure>> + Send;
}

/// At the end, questions that came in are still answered for so long; supervisors kill after 10 s.
pub(super) const DRAIN: Duration = Duration::from_secs(8);

/// The workers.
pub(super) struct Lanes<C> {
    clerk: Arc<C>,
    /// Busy lanes, and whether something came in since their worker looked last.
    busy: Mutex<HashMap<String, bool>>,
    count: watch::Sender<usize>,
}

impl<C: Clerk> Lanes<C> {
    pub(super) fn new(clerk: Arc<C>) -> Arc<Lanes<C>> {
        Arc::new(Lanes { clerk, busy: Mutex::default(), count: watch::Sender::new(0) })
    }

    /// Wakes every lane in which something waits from before the start.
    pub(super) fn wake_all(self: &Arc<Lanes<C>>) -> anyhow::Result<()> {
        self.clerk.journal().waiting_lanes(C::CHANNEL)?.into_iter().for_each(|lane| self.wake(lane));
        Ok(())
    }

    /// Sees to it that a lane is being emptied.
    pub(super) fn wake(self: &Arc<Lanes<C>>, lane: String) {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(more) = busy.get_mut(&lane) {
            *more = true;
            return;
        }
        busy.insert(lane.clone(), false);
        self.count.send_replace(busy.len());
        tokio::spawn(self.clone().empty(lane));
    }

    /// Waits until all lanes are empty, or the time is over: what is left is answered after the next start.
    pub(super) async fn drain(&self, time: Duration) {
        let mut count = self.count.subscribe();
        let left = tokio::time::timeout(time, count.wait_for(|count| *count == 0)).await.is_err();
        if left {
            tracing::info!("some questions are left; they are answered after the next start");
        }
    }

    async fn empty(self: Arc<Lanes<C>>, lane: String) {
        loop {
            let (journal, name) = (self.clerk.journal(), lane.clone());
            match blocking(move || journal.next(C::CHANNEL, &name)).await {
                Ok(Some(waiting)) => {
                    let number = waiting.number;
                    self.attend(waiting).await;
                    self.finish(number).await;
                }
                Ok(None) if self.leave(&lane) => return,
                Ok(None) => {}
                Err(error) => {
                    tracing::error!("the inbox cannot be read: {error:#}");
                    sleep(JOURNAL_PAUSE).await;
                }
            }
        }
    }

    /// Handles one update in a task of its own, so that a panic stays there.
    async fn attend(&self, waiting: Waiting) {
        let (clerk, update) = (self.clerk.clone(), waiting.clone());
        let handled = tokio::spawn(async move { clerk.handle(&update).await }).await;
        let outcome = match handled {
            Ok(outcome) => outcome,
            Err(_) => {
                tracing::error!(update = waiting.id, "an update could not be handled");
                self.clerk.apologise(&waiting).await
            }
        };
        if let Err(failure) = outcome {
            tracing::warn!(update = waiting.id, "an answer could not be sent: {failure}");
        }
    }

    /// Marks an update as done. While the disk is full the lane stands still: nothing is answered twice.
    async fn finish(&self, number: i64) {
        loop {
            let journal = self.clerk.journal();
            match blocking(move || journal.done(number)).await {
                Ok(()) => return,
                Err(error) => tracing::error!("the inbox cannot be written: {error:#}"),
            }
            sleep(JOURNAL_PAUSE).await;
        }
    }

    /// Ends a worker, unless something came in since it looked.
    fn leave(&self, lane: &str) -> bool {
        let mut busy = self.busy.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(more) = busy.get_mut(lane).filter(|more| **more) {
            *more = false;
            return false;
        }
        busy.remove(lane);
        self.count.send_replace(busy.len());
        true
    }
}
