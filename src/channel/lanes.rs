//! Workers: each lane of the inbox is emptied by one task, in order; lanes do not wait for each other. What waits, waits on
//! disk: in memory there is one update for each busy lane.

use std::{
    collections::HashMap,
    fmt::Display,
    pin::pin,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::{RwLock, watch},
    time::{sleep, timeout},
};

use super::counter::blocking;
use crate::{
    bot::Reply,
    journal::{Journal, Waiting},
};

/// The pause after the journal could not be read or written.
const JOURNAL_PAUSE: Duration = Duration::from_secs(1);

/// An update that was begun so many times, while the program ended each time, is set aside. A bot is killed for other reasons,
/// too, but hardly ever so often over one update.
const ATTEMPTS: u32 = 5;

/// What was begun before is handled alone, so that it is not to blame for what others do, nor they for what it does; but it
/// keeps the others waiting no longer than this.
const ALONE: Duration = Duration::from_secs(10);

/// What a door does with the updates of its platform.
pub(super) trait Clerk: Send + Sync + 'static {
    /// What the journal calls the channel.
    const CHANNEL: &'static str;
    /// Why an answer could not be sent.
    type Failure: Display + Send;

    /// Where updates wait.
    fn journal(&self) -> Arc<Journal>;

    /// In what kind of chat an update came in: nothing that tells whose it is.
    fn kind(&self, waiting: &Waiting) -> &'static str;

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
    /// Held together by those who handle an update, and alone by who handles one that may end the program.
    floor: RwLock<()>,
}

/// Notes that the answer to an update is there, and that it is not this update that ends the program: only sending is left, and
/// whoever dies over that was killed by something else. Work that the answer announces is still to come.
pub(super) async fn outlived(journal: Arc<Journal>, waiting: &Waiting, reply: &Reply) {
    let number = waiting.number;
    if reply.work.is_none()
        && let Err(error) = blocking(move || journal.outlive(number)).await
    {
        tracing::error!("the inbox cannot be written: {error:#}");
    }
}

impl<C: Clerk> Lanes<C> {
    pub(super) fn new(clerk: Arc<C>) -> Arc<Lanes<C>> {
        Arc::new(Lanes { clerk, busy: Mutex::default(), count: watch::Sender::new(0), floor: RwLock::default() })
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
        if !left {
            return;
        }
        tracing::info!("some questions are left; they are answered after the next start");
        let journal = self.clerk.journal();
        if let Err(error) = blocking(move || journal.acquit(C::CHANNEL)).await {
            tracing::error!("the inbox cannot be written: {error:#}");
        }
    }

    async fn empty(self: Arc<Lanes<C>>, lane: String) {
        loop {
            let (journal, name) = (self.clerk.journal(), lane.clone());
            match blocking(move || journal.next(C::CHANNEL, &name)).await {
                Ok(Some(waiting)) => {
                    self.admit(waiting).await;
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

    /// Handles an update, and sees to it that it does not end the program again and again.
    async fn admit(&self, waiting: Waiting) {
        let number = waiting.number;
        if waiting.attempts >= ATTEMPTS {
            return self.set_aside(waiting).await;
        }
        if waiting.attempts == 0 {
            let _floor = self.floor.read().await;
            self.begin(number).await;
            self.attend(waiting).await;
            return self.finish(number).await;
        }
        let alone = timeout(ALONE, self.floor.write()).await.ok();
        self.begin(number).await;
        let mut attending = pin!(self.attend(waiting));
        if timeout(ALONE, &mut attending).await.is_err() {
            drop(alone);
            attending.await;
        }
        self.finish(number).await;
    }

    /// Counts an attempt before it is made. On a full disk it is made all the same.
    async fn begin(&self, number: i64) {
        let journal = self.clerk.journal();
        if let Err(error) = blocking(move || journal.begin(number)).await {
            tracing::error!("the inbox cannot be written: {error:#}");
        }
    }

    /// Gives an update up, first of all on disk: what is still done about it may end the program once more.
    async fn set_aside(&self, waiting: Waiting) {
        self.finish(waiting.number).await;
        tracing::error!(
            update = waiting.id,
            kind = self.clerk.kind(&waiting),
            "the program has ended {} times while it handled this update; it is set aside",
            waiting.attempts
        );
        if let Err(failure) = self.clerk.apologise(&waiting).await {
            tracing::warn!(update = waiting.id, "an apology could not be sent: {failure}");
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

#[cfg(test)]
mod tests {
    use tokio::task::yield_now;

    use super::*;
    use crate::journal::Incoming;

    /// Writes down what is done with updates, and in which order.
    struct Scribe {
        journal: Arc<Journal>,
        notes: Mutex<Vec<String>>,
    }

    impl Scribe {
        fn note(&self, what: &str, waiting: &Waiting) {
            self.notes.lock().unwrap().push(format!("{what} {}", waiting.id));
        }
    }

    impl Clerk for Scribe {
        const CHANNEL: &'static str = "test";
        type Failure = std::fmt::Error;

        fn journal(&self) -> Arc<Journal> {
            self.journal.clone()
        }

        fn kind(&self, _: &Waiting) -> &'static str {
            "private"
        }

        async fn handle(self: &Arc<Scribe>, waiting: &Waiting) -> Result<(), std::fmt::Error> {
            self.note("begin", waiting);
            let counted = self.journal.waiting(Scribe::CHANNEL, &waiting.id, 1).unwrap();
            assert_eq!(counted[0].attempts, waiting.attempts + 1, "an attempt is counted before it is made");
            for _ in 0..100 {
                yield_now().await;
            }
            self.note("end", waiting);
            Ok(())
        }

        async fn apologise(self: &Arc<Scribe>, waiting: &Waiting) -> Result<(), std::fmt::Error> {
            self.note("sorry", waiting);
            let left = self.journal.waiting(Scribe::CHANNEL, &waiting.id, 1).unwrap();
            assert!(left.is_empty(), "it is given up on disk before anything else is done about it");
            Ok(())
        }
    }

    /// Lanes in which updates wait that were begun so often; each has a lane and a name of its own, its number.
    fn lanes(folder: &std::path::Path, attempts: &[u32]) -> Arc<Lanes<Scribe>> {
        let journal = Arc::new(Journal::open(folder).unwrap());
        for (number, attempts) in attempts.iter().enumerate() {
            let name = number.to_string();
            let update = Incoming { id: name.clone(), lane: name.clone(), body: String::new() };
            journal.store(Scribe::CHANNEL, &[update]).unwrap();
            let stored = journal.next(Scribe::CHANNEL, &name).unwrap().unwrap();
            (0..*attempts).for_each(|_| journal.begin(stored.number).unwrap());
        }
        Lanes::new(Arc::new(Scribe { journal, notes: Mutex::default() }))
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_was_cut_off_is_handled_alone_and_set_aside_in_the_end() {
        let folder = tempfile::tempdir().unwrap();
        let lanes = lanes(folder.path(), &[0, 1, 0, ATTEMPTS - 1, 0, ATTEMPTS, 0, ATTEMPTS + 1]);
        lanes.wake_all().unwrap();
        lanes.drain(Duration::from_secs(60)).await;
        let notes = lanes.clerk.notes.lock().unwrap().clone();
        let place = |note: &str| {
            let found = notes.iter().position(|known| known == note);
            found.unwrap_or_else(|| panic!("no {note} in {notes:?}"))
        };
        for number in [0, 2, 4, 6] {
            assert!(place(&format!("begin {number}")) < place(&format!("end {number}")));
        }
        for suspect in [1, 3] {
            let between = place(&format!("begin {suspect}")) + 1..place(&format!("end {suspect}"));
            let others = notes[between].iter().filter(|note| !note.starts_with("sorry"));
            assert_eq!(others.count(), 0, "{suspect} is not alone in {notes:?}");
        }
        for given_up in [5, 7] {
            place(&format!("sorry {given_up}"));
        }
        assert_eq!(notes.len(), 2 * 6 + 2, "{notes:?}");
        assert!(lanes.clerk.journal.waiting_lanes(Scribe::CHANNEL).unwrap().is_empty());
    }

    #[tokio::test]
    async fn who_ends_in_good_order_was_not_ended_by_an_update() {
        let folder = tempfile::tempdir().unwrap();
        let lanes = lanes(folder.path(), &[ATTEMPTS]);
        // The lane is busy, and is not done in time.
        lanes.busy.lock().unwrap().insert("0".to_owned(), false);
        lanes.count.send_replace(1);
        lanes.drain(Duration::ZERO).await;
        assert_eq!(lanes.clerk.journal.next(Scribe::CHANNEL, "0").unwrap().unwrap().attempts, 0);
    }
}
