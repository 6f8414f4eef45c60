//! One event from the inbox: what it is, and what is done about it.

use std::{sync::Arc, time::Duration};

use matrix_sdk::ruma::EventId;
use serde_json::Value;

use super::{
    CHANNEL, Office,
    address::{Scene, heard},
    deliver::{Letter, Mode},
    event::{Entry, Event, UNDECRYPTABLE},
    failure::Failure,
    now_ms, rooms,
};
use crate::{
    bot::{Access, Action, Reply, Visitor, words::Words},
    channel::{counter::blocking, lanes::outlived, visits},
    journal::{Rating, Waiting},
};

/// Handles an event.
///
/// # Errors
/// When an answer could not be sent; the event is done all the same.
pub(super) async fn handle(office: &Arc<Office>, waiting: &Waiting) -> Result<(), Failure> {
    let Some(entry) = entry(waiting) else { return Ok(()) };
    let Some(room) = office.room(&entry.room) else { return Ok(()) };
    let event = &entry.event;
    if let Some(target) = event.redacted() {
        redaction(office, &room, event, target).await
    } else if let Some((target, key)) = event.reacts() {
        reaction(office, &entry.room, event, target, key).await;
        Ok(())
    } else if let Some(successor) = event.successor() {
        rooms::follow(office, event, successor).await
    } else if event.kind == UNDECRYPTABLE {
        let words = words(office, &visitor(office, &room, event, true)).await;
        // The message itself may still be answered, when its key comes: that is another origin.
        let origin = format!("{UNDECRYPTABLE} {}", event.event_id);
        let letter = Letter { cause: origin.clone(), origin, ..Letter::answering(&room, event, true) };
        letter.deliver(office, &Reply::say(words.undecryptable())).await
    } else if let Some(target) = event.edits() {
        edit(office, &room, waiting, &entry, target).await
    } else {
        question(office, &room, waiting, &entry).await
    }
}

/// Says that something went wrong, where an event could not be handled at all.
pub(super) async fn apologise(office: &Arc<Office>, waiting: &Waiting) -> Result<(), Failure> {
    let Some(entry) = entry(waiting).filter(|entry| entry.event.words().is_some()) else { return Ok(()) };
    let Some(room) = office.room(&entry.room) else { return Ok(()) };
    let direct = rooms::is_direct(&room).await;
    let words = words(office, &visitor(office, &room, &entry.event, direct)).await;
    Letter::answering(&room, &entry.event, direct).deliver(office, &Reply::say(words.failed())).await
}

fn entry(waiting: &Waiting) -> Option<Entry> {
    // The error itself may quote the message.
    let unreadable = |_| tracing::warn!(event = waiting.id, "an event in the inbox cannot be understood");
    serde_json::from_str(&waiting.body).map_err(unreadable).ok()
}

async fn question(
    office: &Arc<Office>,
    room: &matrix_sdk::Room,
    waiting: &Waiting,
    entry: &Entry,
) -> Result<(), Failure> {
    let event = &entry.event;
    let direct = rooms::is_direct(room).await;
    let me = rooms::me(office, room).await;
    let target = event.answers().map(str::to_owned);
    let unclear = !direct && heard(event, &me, Scene { direct, reply: false }).is_none();
    let reply = match &target {
        Some(target) if unclear => is_ours(office, room, target).await,
        _ => false,
    };
    let Some(text) = heard(event, &me, Scene { direct, reply }) else { return Ok(()) };
    let letter = Letter::answering(room, event, direct);
    let visitor = visitor(office, room, event, direct);
    answer(office, waiting, &visitor, &letter, Asked { text, target, time: event.time, backlog: entry.backlog }).await
}

/// What was asked.
struct Asked {
    text: String,
    /// The message that it answers.
    target: Option<String>,
    time: i64,
    /// It was said while the bot was away.
    backlog: bool,
}

async fn answer(
    office: &Arc<Office>,
    waiting: &Waiting,
    visitor: &Visitor,
    letter: &Letter,
    asked: Asked,
) -> Result<(), Failure> {
    let words = words(office, visitor).await;
    // When many wait from a time when the bot was away, they were not said at once.
    let second = waiting.received.min(asked.time / 1000);
    let entry = match &visitor.person {
        // Who could not be answered at once has not asked too fast.
        Some(person) if !visitor.is_admin() && !asked.backlog => office.visits.enter(person, second),
        _ => visits::Entry::Welcome,
    };
    match entry {
        visits::Entry::Welcome => {}
        visits::Entry::Notice => return letter.deliver(office, &Reply::say(words.too_many())).await,
        visits::Entry::Silence => return Ok(()),
    }
    if now_ms() - asked.time > i64::try_from(office.stale.as_millis()).unwrap_or(i64::MAX) {
        return letter.deliver(office, &Reply::say(words.stale())).await;
    }
    let (asking, text) = (visitor.clone(), asked.text.clone());
    let reply = match pressed(office, &asked).await {
        Some(action) => {
            office.counter.consult(words, move |desk, deadline| desk.press(&asking, &action, deadline)).await
        }
        None => office.counter.consult(words, move |desk, deadline| desk.reply(&asking, &text, deadline)).await,
    };
    outlived(office.journal.clone(), waiting, &reply).await;
    letter.deliver(office, &reply).await?;
    let Some(work) = reply.work else { return Ok(()) };
    let mut step = 0;
    let show = |reply: Reply| {
        step += 1;
        let letter =
            Letter { mode: Mode::Renew, cause: format!("{} {step} {}", letter.cause, now_ms()), ..letter.clone() };
        async move { letter.deliver(office, &reply).await }
    };
    office.counter.labour(visitor, work, show).await
}

/// A command that answers an answer is about that one, not about the last.
async fn pressed(office: &Office, asked: &Asked) -> Option<Action> {
    let command = asked.text.trim().strip_prefix('/')?;
    let target = asked.target.clone()?;
    let card = office.insist_on_disk(move |journal| journal.shown(CHANNEL, &target)).await?;
    match command {
        "context" => Some(Action::Context(card)),
        "more" => Some(Action::Passages(card, 0)),
        _ => None,
    }
}

/// A question that was edited: its answer is, too. What was not answered before is not answered now.
async fn edit(
    office: &Arc<Office>,
    room: &matrix_sdk::Room,
    waiting: &Waiting,
    entry: &Entry,
    target: &str,
) -> Result<(), Failure> {
    let event = &entry.event;
    let direct = rooms::is_direct(room).await;
    let edited = event.edited();
    let mut letter = Letter::answering(room, &Event { event_id: target.to_owned(), ..edited.clone() }, direct);
    letter.cause = event.event_id.clone();
    letter.mode = Mode::Renew;
    if letter.known(office).await.is_empty() || sender(office, room, target).await.as_deref() != Some(&event.sender) {
        return Ok(());
    }
    let me = rooms::me(office, room).await;
    let Some(text) = heard(&edited, &me, Scene { direct, reply: true }) else { return Ok(()) };
    let visitor = visitor(office, room, event, direct);
    answer(office, waiting, &visitor, &letter, Asked { text, target: None, time: event.time, backlog: entry.backlog })
        .await
}

async fn redaction(office: &Arc<Office>, room: &matrix_sdk::Room, event: &Event, target: &str) -> Result<(), Failure> {
    // A thumb that is taken back.
    let (mark, marked) = (mark(target), mark(target));
    if let Some(card) = office.insist_on_disk(move |journal| journal.shown(CHANNEL, &mark)).await {
        let visitor = visitor(office, room, event, true);
        let words = Words(visitor.language.unwrap_or_default());
        office
            .counter
            .consult(words, move |desk, deadline| desk.press(&visitor, &Action::Unrate(card), deadline))
            .await;
        office.insist_on_disk(move |journal| journal.unshow(CHANNEL, &marked)).await;
    }
    let letter = Letter { origin: target.to_owned(), ..Letter::answering(room, event, true) };
    letter.redact_from(office, 0).await
}

async fn reaction(office: &Arc<Office>, room: &str, event: &Event, target: &str, key: &str) {
    // A skin tone or a variation selector may follow the thumb.
    let rating = match key.chars().next() {
        Some('👍') => Rating::Good,
        Some('👎') => Rating::Bad,
        _ => return,
    };
    let message = target.to_owned();
    let Some(card) = office.insist_on_disk(move |journal| journal.shown(CHANNEL, &message)).await else { return };
    let visitor = Visitor {
        channel: CHANNEL,
        chat: room.to_owned(),
        person: Some(event.sender.clone()),
        access: Access::Everyone,
        language: None,
        public: true,
    };
    let (id, kept) = (mark(&event.event_id), card.clone());
    let words = Words(visitor.language.unwrap_or_default());
    office
        .counter
        .consult(words, move |desk, deadline| desk.press(&visitor, &Action::Rate(card, rating), deadline))
        .await;
    office.insist_on_disk(move |journal| journal.record_shown(CHANNEL, &id, &kept)).await;
}

/// The name under which a reaction is noted: as what it is, not as a message that shows a card.
fn mark(event: &str) -> String {
    format!("reaction {event}")
}

/// Whether a message is one of the bot's.
async fn is_ours(office: &Office, room: &matrix_sdk::Room, id: &str) -> bool {
    let (chat, message) = (room.room_id().to_string(), id.to_owned());
    office.insist_on_disk(move |journal| journal.has_sent(CHANNEL, &chat, &message)).await
        || sender(office, room, id).await.as_deref() == Some(&office.me)
}

/// Who sent an event.
async fn sender(office: &Office, room: &matrix_sdk::Room, id: &str) -> Option<String> {
    let id = EventId::parse(id).ok()?;
    let request = matrix_sdk::ruma::api::client::room::get_room_event::v3::Request::new(room.room_id().to_owned(), id);
    let found = office.insist("event", || {
        let request = request.clone();
        async move { office.client.send(request).await.map_err(Failure::from) }
    });
    let json: Value = serde_json::from_str(found.await.ok()?.event.json().get()).ok()?;
    json["sender"].as_str().map(str::to_owned)
}

/// The words in which to speak to somebody.
async fn words(office: &Office, visitor: &Visitor) -> Words {
    let (desk, visitor) = (office.desk.clone(), visitor.clone());
    blocking(move || desk.words(&visitor)).await
}

/// Who speaks. Rights count between two only: in company everybody would read along.
fn visitor(office: &Office, room: &matrix_sdk::Room, event: &Event, direct: bool) -> Visitor {
    let admin = direct && office.settings.admins.contains(&event.sender);
    Visitor {
        channel: CHANNEL,
        chat: room.room_id().to_string(),
        person: Some(event.sender.clone()),
        access: if admin { Access::Admin } else { Access::Everyone },
        language: None,
        public: !direct,
    }
}

/// Something that is tried until it succeeds or there is no hope is tried again after these pauses.
pub(super) const FIRST_PAUSE: Duration = Duration::from_millis(500);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(30);
