//! Events come in. The library forgets what it has handed over, so each batch stands in the inbox together with the token of
//! the next one; at a start everything behind that token is fetched once more, past the library.

use std::{convert::Infallible, sync::Arc, time::Duration};

use matrix_sdk::{
    Room,
    config::{SyncSettings, SyncToken},
    deserialized_responses::{TimelineEvent, TimelineEventKind},
    room::MessagesOptions,
    ruma::{
        UInt,
        api::client::{
            filter::{FilterDefinition, RoomEventFilter, RoomFilter},
            sync::sync_events::v3::{Filter, Request},
        },
        events::{AnySyncTimelineEvent, room::encrypted::OriginalSyncRoomEncryptedEvent},
        presence::PresenceState,
        serde::Raw,
    },
};
use tokio::time::sleep;

use super::{
    CHANNEL, Office,
    address::{Scene, heard},
    event::{Entry, Event, lacks_invitation, since_invited},
    failure::Failure,
    locked::LOCKED,
    rooms,
};
use crate::{
    channel::{counter::blocking, lanes::Lanes},
    journal::Incoming,
};

/// A sync is held open for so long.
const POLL: Duration = Duration::from_secs(30);

/// Events of one room in one sync; what is more is fetched page by page.
const TIMELINE: u32 = 50;

/// Events of one such page, and the most pages that are fetched of one room.
const PAGE: u32 = 100;
const PAGES: usize = 50;

/// The pauses between failed requests.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// What is older than this when it comes in is not answered any more, in milliseconds.
const TOO_OLD: i64 = 24 * 3600 * 1000;

/// A part of a room's history.
struct Stretch {
    room: Room,
    events: Vec<Event>,
    /// Where it goes on towards the past, if something is missing.
    before: Option<String>,
    limited: bool,
}

/// Takes events in until the session is no longer known.
///
/// # Errors
/// When it is not; the message says what to do.
pub(super) async fn listen(office: &Arc<Office>, lanes: &Arc<Lanes<Office>>) -> anyhow::Result<Infallible> {
    let mut since = office.blocking(|journal| journal.cursor(CHANNEL)).await?;
    let mut caught_up = since.is_none();
    let (mut pause, mut told) = (FIRST_PAUSE, String::new());
    loop {
        let outcome =
            if caught_up { sync(office, lanes, &mut since).await } else { catch_up(office, lanes, &since).await };
        let failure = match outcome {
            Ok(()) => {
                caught_up = true;
                (pause, told) = (FIRST_PAUSE, String::new());
                continue;
            }
            Err(failure) => failure,
        };
        let time = match &failure {
            Failure::LoggedOut => anyhow::bail!(office.logged_out()),
            Failure::Limited(time) => *time,
            _ => pause,
        };
        let reason = failure.to_string();
        if reason != told {
            tracing::warn!("Matrix: no messages can be fetched ({reason}); trying again");
        }
        told = reason;
        sleep(time).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Hears what happened since the last time.
async fn sync(office: &Arc<Office>, lanes: &Arc<Lanes<Office>>, since: &mut Option<String>) -> Result<(), Failure> {
    let settings = SyncSettings::new()
        .timeout(POLL)
        .filter(Filter::FilterDefinition(filter()))
        .set_presence(PresenceState::Offline)
        .token(SyncToken::ReusePrevious);
    let response = Box::pin(office.client.sync_once(settings)).await?;
    let mut stretches = Vec::new();
    for (id, update) in response.rooms.joined {
        let Some(room) = office.client.get_room(&id) else { continue };
        let events = update.timeline.events.iter().filter_map(read).collect();
        stretches.push(Stretch { room, events, before: update.timeline.prev_batch, limited: update.timeline.limited });
    }
    take_in(office, lanes, stretches, since.as_deref(), Some(&response.next_batch)).await;
    *since = Some(response.next_batch);
    office.changed.send_replace(());
    if office.secured.set(()).is_ok() {
        let (client, key) = (office.client.clone(), office.settings.recovery_key.clone());
        tokio::spawn(async move { super::session::secure(&client, key.as_ref()).await });
    }
    Ok(())
}

/// Fetches what came after the last batch in the inbox. The library may have taken notice of it already, and would not show
/// it again.
async fn catch_up(office: &Arc<Office>, lanes: &Arc<Lanes<Office>>, since: &Option<String>) -> Result<(), Failure> {
    let mut request = Request::new();
    request.since = since.clone();
    request.filter = Some(Filter::FilterDefinition(filter()));
    request.timeout = Some(Duration::ZERO);
    request.set_presence = PresenceState::Offline;
    let response = office.client.send(request).await?;
    let mut stretches = Vec::new();
    for (id, update) in response.rooms.join {
        // A room that the library does not know yet comes with its next sync.
        let Some(room) = office.client.get_room(&id) else { continue };
        let mut events = Vec::new();
        for raw in &update.timeline.events {
            events.extend(decrypted(&room, raw).await);
        }
        stretches.push(Stretch { room, events, before: update.timeline.prev_batch, limited: update.timeline.limited });
    }
    take_in(office, lanes, stretches, since.as_deref(), None).await;
    Ok(())
}

fn filter() -> FilterDefinition {
    let mut timeline = RoomEventFilter::default();
    timeline.limit = Some(UInt::from(TIMELINE));
    let mut room = RoomFilter::with_lazy_loading();
    room.timeline = timeline;
    room.ephemeral = RoomEventFilter::ignore_all();
    let mut filter = FilterDefinition::default();
    filter.room = room;
    filter.presence = matrix_sdk::ruma::api::client::filter::Filter::ignore_all();
    filter
}

/// Stores what is to be answered, and wakes its lanes. While the disk is full nothing more is fetched.
async fn take_in(
    office: &Arc<Office>,
    lanes: &Arc<Lanes<Office>>,
    stretches: Vec<Stretch>,
    since: Option<&str>,
    next: Option<&str>,
) {
    let (mut incoming, mut withdrawn) = (Vec::new(), Vec::new());
    for mut stretch in stretches {
        complete(office, &mut stretch, since).await;
        let me = rooms::me(office, &stretch.room).await;
        for event in since_invited(stretch.events, &me.id) {
            withdrawn.extend(event.redacted().map(str::to_owned));
            let direct = stretch.room.active_members_count() <= 2;
            let lane = match lane(&event, &stretch.room, office) {
                Some(lane) if lane == LOCKED || !is_speech(&event) => lane,
                // What people say among each other is not even stored. Whether a reply is one to the bot is seen later.
                Some(lane) if heard(&event, &me, Scene { direct, reply: event.answers().is_some() }).is_some() => lane,
                _ => continue,
            };
            let entry =
                Entry { room: stretch.room.room_id().to_string(), event, backlog: office.secured.get().is_none() };
            let body = serde_json::to_string(&entry).unwrap_or_default();
            incoming.push(Incoming { id: entry.event.event_id, lane, body });
        }
    }
    let (stored, next) = (incoming.clone(), next.map(str::to_owned));
    office
        .insist_on_disk(move |journal| {
            journal.store_up_to(CHANNEL, &stored, next.as_deref())?;
            withdrawn.iter().try_for_each(|id| journal.withdraw(CHANNEL, id))
        })
        .await;
    incoming.into_iter().filter(|update| update.lane != LOCKED).for_each(|update| lanes.wake(update.lane));
}

/// Whether an event is a message that says something new.
fn is_speech(event: &Event) -> bool {
    event.kind == "m.room.message" && event.edits().is_none()
}

/// The lane of an event that may be the bot's business: its room, or that of those which cannot be read yet.
pub(super) fn lane(event: &Event, room: &Room, office: &Office) -> Option<String> {
    let ours = event.sender == office.me;
    if ours || event.time < office.since || event.time < super::now_ms() - TOO_OLD {
        return None;
    }
    let locked = event.kind == "m.room.encrypted" && !event.content["ciphertext"].is_null();
    let business = event.words().is_some()
        || event.edits().is_some()
        || event.reacts().is_some()
        || event.redacted().is_some()
        || event.successor().is_some();
    match (locked, business) {
        (true, _) => Some(LOCKED.to_owned()),
        (_, true) => Some(room.room_id().to_string()),
        _ => None,
    }
}

/// Fetches what is missing of a stretch: the gap that a busy room leaves, or what was said before the bot's invitation was
/// accepted.
async fn complete(office: &Office, stretch: &mut Stretch, since: Option<&str>) {
    for _ in 0..PAGES {
        let joined = lacks_invitation(&stretch.events, &office.me);
        // Before the first sync nothing is missed; what is older than a day is not wanted any more.
        let gap = stretch.limited && since.is_some();
        let old = stretch.events.first().is_some_and(|first| first.time < super::now_ms() - TOO_OLD);
        let Some(before) = stretch.before.take().filter(|_| (joined || gap) && !old) else { return };
        let mut options = MessagesOptions::backward().from(before.as_str());
        options.limit = UInt::from(PAGE);
        options.to = since.filter(|_| !joined).map(str::to_owned);
        let room = &stretch.room;
        let page = office.insist("history", || {
            let mut again = MessagesOptions::backward().from(before.as_str());
            (again.limit, again.to) = (options.limit, options.to.clone());
            async move { Ok(room.messages(again).await?) }
        });
        match page.await {
            Ok(page) => {
                let mut events: Vec<Event> = page.chunk.iter().rev().filter_map(read).collect();
                if events.is_empty() {
                    return;
                }
                events.append(&mut stretch.events);
                stretch.events = events;
                stretch.before = page.end;
            }
            Err(failure) => {
                tracing::error!("Matrix: a part of a room's history cannot be read: {failure}");
                return;
            }
        }
    }
}

/// An event as the library hands it over.
fn read(event: &TimelineEvent) -> Option<Event> {
    Event::read(event.raw().json().get())
}

/// A raw event, decrypted where that is possible.
async fn decrypted(room: &Room, raw: &Raw<AnySyncTimelineEvent>) -> Option<Event> {
    let event = Event::read(raw.json().get())?;
    if event.kind != "m.room.encrypted" {
        return Some(event);
    }
    unlocked(room, raw.json().get()).await.or(Some(event))
}

/// An encrypted event in the clear, if its key is there.
pub(super) async fn unlocked(room: &Room, json: &str) -> Option<Event> {
    let raw: Raw<OriginalSyncRoomEncryptedEvent> = Raw::from_json_string(json.to_owned()).ok()?;
    let event = room.decrypt_event(&raw, None).await.ok()?;
    matches!(event.kind, TimelineEventKind::Decrypted(_)).then(|| read(&event)).flatten()
}

/// Does something in the journal, again and again while the disk is full.
impl Office {
    pub(super) async fn insist_on_disk<T: Send + 'static>(
        &self,
        work: impl Fn(&crate::journal::Journal) -> anyhow::Result<T> + Send + Sync + 'static,
    ) -> T {
        let work = Arc::new(work);
        loop {
            let (journal, work) = (self.journal.clone(), work.clone());
            match blocking(move || work(&journal)).await {
                Ok(done) => return done,
                Err(error) => tracing::error!("the inbox cannot be written: {error:#}"),
            }
            sleep(Duration::from_secs(1)).await;
        }
    }
}
