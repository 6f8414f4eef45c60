//! Matrix, encrypted rooms included. An event stands in the inbox before the token of the next batch does, and leaves it when
//! its answer has been sent; a repeated answer carries the transaction id of the first, so that the homeserver takes it once.

use std::{
    path::Path,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::Context;
use matrix_sdk::{Client, Room, ruma::RoomId};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep, sleep_until},
};

use crate::{
    bot::Desk,
    channel::{
        counter::{Counter, blocking},
        lanes::{Clerk, DRAIN, Lanes},
        visits::Visits,
    },
    config::{Absent, Config, Matrix},
    journal::{Journal, Waiting},
};

mod address;
mod deliver;
mod event;
mod failure;
mod handle;
mod intake;
mod locked;
mod render;
mod rooms;
mod session;
mod vault;

use failure::Failure;

/// What the journal calls this channel.
const CHANNEL: &str = "matrix";

/// The note that says since when the bot answers, in milliseconds since 1970.
const SINCE: &str = "matrix since";

/// Nothing is missing in this program.
pub const ABSENT: &[Absent] = &[];

/// What all workers share.
struct Office {
    desk: Arc<Desk>,
    counter: Counter,
    journal: Arc<Journal>,
    client: Client,
    settings: Matrix,
    /// Where the session lies, for messages.
    folder: std::path::PathBuf,
    /// The full user id of the bot.
    me: String,
    visits: Visits,
    stale: Duration,
    /// What was said before the first start is not answered.
    since: i64,
    /// Something came in.
    changed: watch::Sender<()>,
    /// The session is no longer known.
    ended: Notify,
    secured: OnceLock<()>,
    /// The homeserver asked for patience until then; its limits count for the account, not for a room.
    patience: Mutex<Option<Instant>>,
}

/// Answers messages until `shutdown` comes; then finishes what came in.
///
/// # Errors
/// When the account or the store cannot be used, or the session is no longer known: the message says what to do.
pub async fn run(desk: Arc<Desk>, config: &Config, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
    let Some(settings) = &config.matrix else { return Ok(()) };
    tokio::pin!(shutdown);
    let client = tokio::select! {
        client = session::open(settings, &config.state) => client?,
        () = &mut shutdown => return Ok(()),
    };
    let me = client.user_id().context("the session has no user")?.to_string();
    tracing::info!("Matrix: {me} is at your service");
    let journal = desk.journal();
    let office = Arc::new(Office {
        counter: Counter::new(desk.clone(), config.answer_time),
        since: first_start(&journal)?,
        desk,
        journal,
        client,
        settings: settings.clone(),
        folder: session::folder(&config.state),
        me,
        visits: Visits::new(config.questions_per_minute),
        stale: config.stale,
        changed: watch::Sender::new(()),
        ended: Notify::new(),
        secured: OnceLock::new(),
        patience: Mutex::default(),
    });
    let lanes = Lanes::new(office.clone());
    let waiting = office.journal.waiting_lanes(CHANNEL)?;
    waiting.into_iter().filter(|lane| lane != locked::LOCKED).for_each(|lane| lanes.wake(lane));
    let ended = tokio::select! {
        ended = intake::listen(&office, &lanes) => ended.map(|never| match never {}),
        () = rooms::keep(&office) => Ok(()),
        () = locked::watch(&office, &lanes) => Ok(()),
        () = office.ended.notified() => Err(anyhow::anyhow!(office.logged_out())),
        () = &mut shutdown => Ok(()),
    };
    if ended.is_ok() {
        lanes.drain(DRAIN).await;
    }
    ended
}

/// Whether the homeserver accepts the account: who it is, or what to do.
///
/// # Errors
/// When it does not, or cannot be reached.
pub async fn check(matrix: &Matrix, state: &Path) -> anyhow::Result<String> {
    session::check(matrix, state).await
}

/// When the bot was started first; that is now, where it never was.
fn first_start(journal: &Journal) -> anyhow::Result<i64> {
    if let Some(since) = journal.note(SINCE)? {
        return Ok(since.parse()?);
    }
    let now = now_ms();
    journal.set_note(SINCE, Some(&now.to_string()))?;
    Ok(now)
}

impl Clerk for Office {
    const CHANNEL: &'static str = CHANNEL;
    type Failure = Failure;

    fn journal(&self) -> Arc<Journal> {
        self.journal.clone()
    }

    fn kind(&self, _: &Waiting) -> &'static str {
        // Whether a room is direct is not known without asking the library for it.
        "room"
    }

    async fn handle(self: &Arc<Office>, waiting: &Waiting) -> Result<(), Failure> {
        handle::handle(self, waiting).await
    }

    async fn apologise(self: &Arc<Office>, waiting: &Waiting) -> Result<(), Failure> {
        handle::apologise(self, waiting).await
    }
}

impl Office {
    fn room(&self, id: &str) -> Option<Room> {
        self.client.get_room(&RoomId::parse(id).ok()?)
    }

    fn logged_out(&self) -> String {
        session::logged_out(&self.settings, &self.folder)
    }

    async fn blocking<T: Send + 'static>(&self, work: impl FnOnce(&Journal) -> T + Send + 'static) -> T {
        let journal = self.journal.clone();
        blocking(move || work(&journal)).await
    }

    /// Does something until it succeeds or there is no hope. Where the session is gone nothing is given up: the bot ends, and
    /// what waits is done after the next start.
    async fn insist<T, F>(&self, what: &str, mut attempt: impl FnMut() -> F) -> Result<T, Failure>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let started = Instant::now();
        let mut pause = handle::FIRST_PAUSE;
        loop {
            let until = *self.patience.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(until) = until {
                sleep_until(until).await;
            }
            let failure = match attempt().await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            match &failure {
                Failure::Refused(..) => return Err(failure),
                Failure::LoggedOut => {
                    self.ended.notify_one();
                    std::future::pending::<()>().await;
                }
                _ if started.elapsed() > self.stale => return Err(failure),
                Failure::Limited(time) => {
                    let until = Instant::now() + *time;
                    *self.patience.lock().unwrap_or_else(PoisonError::into_inner) = Some(until);
                }
                Failure::Down(reason) => {
                    tracing::warn!("Matrix: a {what} is tried again: {reason}");
                    sleep(pause).await;
                    pause = (pause * 2).min(handle::LONGEST_PAUSE);
                }
            }
        }
    }
}

/// Milliseconds since 1970.
fn now_ms() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_millis()).unwrap_or(i64::MAX)
}
