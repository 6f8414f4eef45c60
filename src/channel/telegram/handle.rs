//! One update from the inbox: what it is, and what is done about it.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use teloxide::{
    payloads::{AnswerCallbackQuery, AnswerCallbackQuerySetters},
    types::CallbackQueryId,
};
use tokio::time::timeout;

use super::{
    CHANNEL, Office,
    address::heard,
    api::Failure,
    deliver::{Letter, Mode},
    inline,
    sender::Place,
    update::{Callback, Message, Update, User},
    upload,
};
use crate::{
    bot::{Access, Action, Reply, Visitor, Work, words::Words},
    channel::{lanes::outlived, visits::Entry},
    journal::Waiting,
};

/// A press of a button is acknowledged within this time or not at all: the platform forgets it soon.
const ACKNOWLEDGED: Duration = Duration::from_secs(20);

/// Handles an update.
///
/// # Errors
/// When an answer could not be sent; the update is done all the same.
pub(super) async fn handle(office: &Arc<Office>, waiting: &Waiting) -> Result<(), Failure> {
    let update: Update = match serde_json::from_str(&waiting.body) {
        Ok(update) => update,
        Err(error) => {
            // The error itself may quote the message.
            tracing::warn!(update = waiting.id, "an update cannot be understood, at byte {}", error.column());
            return Ok(());
        }
    };
    if let Some(asked) = update.message {
        message(office, waiting, &asked, Mode::Once).await
    } else if let Some(edited) = update.edited_message {
        message(office, waiting, &edited, Mode::Renew).await
    } else if let Some(pressed) = update.callback_query {
        callback(office, waiting, &pressed).await
    } else if let Some(typed) = update.inline_query {
        inline::answer(office, waiting, &typed).await
    } else {
        Ok(())
    }
}

/// In what kind of chat an update came in.
pub(super) fn kind(waiting: &Waiting) -> &'static str {
    let update: Update = serde_json::from_str(&waiting.body).unwrap_or_default();
    let under = update.callback_query.and_then(|pressed| pressed.message);
    match update.message.or(update.edited_message).or(under).map(|message| message.chat.is_private()) {
        Some(true) => "private",
        Some(false) => "group",
        None => "inline",
    }
}

/// Says that something went wrong, where an update could not be handled at all.
pub(super) async fn apologise(office: &Arc<Office>, waiting: &Waiting) -> Result<(), Failure> {
    let update: Update = serde_json::from_str(&waiting.body).unwrap_or_default();
    let Some(asked) = update.message.or(update.edited_message) else { return Ok(()) };
    let words = Words(asked.person().and_then(User::language).unwrap_or_default());
    letter(&asked, Mode::Once).deliver(office, &Reply::say(words.failed())).await
}

async fn message(office: &Arc<Office>, waiting: &Waiting, asked: &Message, mode: Mode) -> Result<(), Failure> {
    let visitor = visitor(office, asked, asked.person());
    let letter = letter(asked, mode);
    let private = asked.chat.is_private();
    let text = heard(asked, &office.me);
    let file = asked.document.as_ref().filter(|_| visitor.is_admin() && mode == Mode::Once);
    let from_robot = asked.from.as_ref().is_some_and(|from| from.is_bot);
    if text.is_none() && (!private || !asked.is_wordless() || from_robot) {
        return Ok(());
    }
    let entry = if visitor.is_admin() {
        Entry::Welcome
    } else {
        office.visits.enter(&asked.person().map_or(asked.chat.id, |person| person.id).to_string(), waiting.received)
    };
    let words = Words(visitor.language.unwrap_or_default());
    match entry {
        Entry::Welcome => {}
        Entry::Notice => return letter.deliver(office, &Reply::say(words.too_many())).await,
        Entry::Silence => return Ok(()),
    }
    if office.is_stale(asked.edit_date.unwrap_or(asked.date)) {
        return letter.deliver(office, &Reply::say(words.stale())).await;
    }
    if let Some(file) = file {
        return upload::receive(office, file, &visitor, &letter).await;
    }
    let Some(text) = text else { return letter.deliver(office, &Reply::say(words.words_please())).await };
    let asking = visitor.clone();
    let reply = office.counter.consult(words, move |desk, deadline| desk.reply(&asking, &text, deadline)).await;
    outlived(office.journal.clone(), waiting, &reply).await;
    letter.deliver(office, &reply).await?;
    match reply.work {
        Some(work) => labour(office, &visitor, work, &Letter { mode: Mode::Renew, ..letter }).await,
        None => Ok(()),
    }
}

async fn callback(office: &Arc<Office>, waiting: &Waiting, pressed: &Callback) -> Result<(), Failure> {
    let words = Words(pressed.from.language().unwrap_or_default());
    let action = pressed.data.as_deref().and_then(Action::decode);
    let welcome = office.visits.enter(&pressed.from.id.to_string(), waiting.received) == Entry::Welcome
        || office.is_admin(pressed.from.id);
    let toast = match &action {
        _ if !welcome => Some(words.too_many()),
        None => Some(words.expired()),
        Some(Action::Rate(..)) => Some(words.rated()),
        Some(_) => None,
    };
    acknowledge(office, &pressed.id, toast).await;
    let (Some(action), Some(under), true) = (action, &pressed.message, welcome) else { return Ok(()) };
    let visitor = visitor(office, under, Some(&pressed.from));
    let letter = Letter {
        place: Place { chat: under.chat.id, topic: under.topic(), answers: Some(under.message_id) },
        origin: format!("u{}", waiting.id),
        mode: if action.replaces() { Mode::Replace(under.message_id) } else { Mode::Once },
    };
    let pressing = visitor.clone();
    let reply = office.counter.consult(words, move |desk, deadline| desk.press(&pressing, &action, deadline)).await;
    outlived(office.journal.clone(), waiting, &reply).await;
    letter.deliver(office, &reply).await?;
    match reply.work {
        Some(work) => labour(office, &visitor, work, &letter).await,
        None => Ok(()),
    }
}

/// Tells the platform that a press of a button was seen. Too late is no misfortune.
async fn acknowledge(office: &Office, id: &str, toast: Option<&str>) {
    let mut answer = AnswerCallbackQuery::new(CallbackQueryId(id.to_owned()));
    if let Some(toast) = toast {
        answer = answer.text(toast);
    }
    match timeout(ACKNOWLEDGED, office.sender.insist(None, &answer)).await {
        Ok(Err(failure)) => tracing::debug!("a button was not acknowledged: {failure}"),
        Err(_) => tracing::debug!("a button was not acknowledged in time"),
        Ok(Ok(_)) => {}
    }
}

/// Has the desk do some work, and shows how it goes by editing the message of the letter.
async fn labour(office: &Arc<Office>, visitor: &Visitor, work: Work, letter: &Letter) -> Result<(), Failure> {
    let show = |reply: Reply| async move { letter.deliver(office, &reply).await };
    office.counter.labour(visitor, work, show).await
}

fn letter(asked: &Message, mode: Mode) -> Letter {
    let place = Place { chat: asked.chat.id, topic: asked.topic(), answers: Some(asked.message_id) };
    Letter { place, origin: format!("m{}", asked.message_id), mode }
}

/// Who speaks in the chat of a message. Rights count in private only: in a group everybody would read along.
fn visitor(office: &Office, message: &Message, person: Option<&User>) -> Visitor {
    let private = message.chat.is_private();
    let admin = private && person.is_some_and(|person| office.is_admin(person.id));
    Visitor {
        channel: CHANNEL,
        chat: message.chat.id.to_string(),
        person: person.map(|person| person.id.to_string()),
        access: if admin { Access::Admin } else { Access::Everyone },
        language: person.and_then(User::language),
        public: !private,
    }
}

impl Office {
    pub(super) fn is_admin(&self, person: i64) -> bool {
        u64::try_from(person).is_ok_and(|person| self.admins.contains(&person))
    }

    /// Whether something that was said at this second, counted from 1970, is too old to be answered.
    fn is_stale(&self, second: i64) -> bool {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let said = Duration::from_secs(u64::try_from(second).unwrap_or(0));
        second > 0 && now.saturating_sub(said) > self.stale
    }
}
