//! Messages that cannot be decrypted yet: they wait for their key, and are answered when it comes. Who sent one to the bot
//! alone is told so, once a day at most.

use std::{collections::HashSet, sync::Arc, time::Duration};

use matrix_sdk::Room;
use tokio::time::timeout;

use super::{
    CHANNEL, Office,
    address::{Scene, heard},
    event::{Entry, Event, UNDECRYPTABLE},
    intake::{lane, unlocked},
    now_ms, rooms,
};
use crate::{
    channel::lanes::Lanes,
    journal::{Incoming, Waiting},
};

/// The lane in which they wait; rooms begin with `!`.
pub(super) const LOCKED: &str = "locked";

/// A key that is late by so many seconds is missed.
const LATE: i64 = 60;

/// Messages that wait longer than this are given up, in seconds.
const GIVEN_UP: i64 = 24 * 3600;

/// How often it is looked whether a key has come by another way than a sync.
const LOOK: Duration = Duration::from_secs(10);

/// Messages that are looked at at once.
const BATCH: usize = 1000;

/// Looks after the messages that wait for their keys.
pub(super) async fn watch(office: &Arc<Office>, lanes: &Arc<Lanes<Office>>) {
    let mut told = HashSet::new();
    let mut changed = office.changed.subscribe();
    loop {
        match office.blocking(|journal| journal.waiting(CHANNEL, LOCKED, BATCH)).await {
            Ok(waiting) => look(office, lanes, waiting, &mut told).await,
            Err(error) => tracing::error!("the inbox cannot be read: {error:#}"),
        }
        _ = timeout(LOOK, changed.changed()).await;
    }
}

/// Looks at the messages once, in their order. A key may come while this goes on: what was looked at before it came goes ahead of
/// the first message that it opens.
async fn look(office: &Arc<Office>, lanes: &Arc<Lanes<Office>>, waiting: Vec<Waiting>, told: &mut HashSet<i64>) {
    let mut shut: Vec<(i64, Entry, Room)> = Vec::new();
    let mut opened_before = true;
    for one in waiting {
        let number = one.number;
        let entry = serde_json::from_str::<Entry>(&one.body).ok();
        let room = entry.as_ref().and_then(|entry| office.room(&entry.room));
        let age = now_ms() / 1000 - one.received;
        let (Some(entry), Some(room), true) = (entry, room, age < GIVEN_UP) else {
            office.insist_on_disk(move |journal| journal.done(number)).await;
            continue;
        };
        let Some(event) = opened(&room, &entry).await else {
            if age >= LATE && told.insert(number) && rooms::is_direct(&room).await {
                notice(office, lanes, &entry).await;
            }
            shut.push((number, entry, room));
            opened_before = false;
            continue;
        };
        if !opened_before {
            for (number, entry, room) in std::mem::take(&mut shut) {
                match opened(&room, &entry).await {
                    Some(event) => release(office, lanes, number, Entry { event, ..entry }).await,
                    None => shut.push((number, entry, room)),
                }
            }
        }
        opened_before = true;
        release(office, lanes, number, Entry { event, ..entry }).await;
    }
}

/// The event of a message whose key is there.
async fn opened(room: &Room, entry: &Entry) -> Option<Event> {
    unlocked(room, &serde_json::to_string(&entry.event).unwrap_or_default()).await
}

/// Puts a message that can be read now into the lane of its room, if it is the bot's business.
async fn release(office: &Arc<Office>, lanes: &Arc<Lanes<Office>>, number: i64, entry: Entry) {
    let Some(room) = office.room(&entry.room) else { return };
    let me = rooms::me(office, &room).await;
    let scene = Scene { direct: rooms::is_direct(&room).await, reply: entry.event.answers().is_some() };
    let silent = entry.event.words().is_some() && entry.event.edits().is_none();
    let lane = lane(&entry.event, &room, office).filter(|_| !silent || heard(&entry.event, &me, scene).is_some());
    let Some(lane) = lane.filter(|lane| lane != LOCKED) else {
        return office.insist_on_disk(move |journal| journal.done(number)).await;
    };
    let (to, body) = (lane.clone(), serde_json::to_string(&entry).unwrap_or_default());
    office.insist_on_disk(move |journal| journal.relay(number, &to, &body)).await;
    lanes.wake(lane);
}

/// Has the sender told, unless that was done today.
async fn notice(office: &Arc<Office>, lanes: &Arc<Lanes<Office>>, entry: &Entry) {
    let event = Event { kind: UNDECRYPTABLE.to_owned(), content: serde_json::Value::Null, ..entry.event.clone() };
    let entry = Entry { event, ..entry.clone() };
    let lane = entry.room.clone();
    let body = serde_json::to_string(&entry).unwrap_or_default();
    let day = now_ms() / 86_400_000;
    let notice = move |journal: &crate::journal::Journal| {
        // The id is the same all day, and what was stored once is not stored again.
        let id = format!("undecryptable {} {day}", journal.asker(CHANNEL, &entry.event.sender).0);
        journal.store(CHANNEL, &[Incoming { id, lane: entry.room.clone(), body: body.clone() }])
    };
    office.insist_on_disk(notice).await;
    lanes.wake(lane);
}
