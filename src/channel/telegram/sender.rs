//! Sends, edits and answers: at the platform's pace, and again where a try failed.

use std::{sync::Arc, time::Duration};

use serde::Serialize;
use serde_json::Value;
use teloxide::{
    payloads::{DeleteMessage, EditMessageText, EditMessageTextSetters, SendMessage, SendMessageSetters},
    requests::Payload,
    types::{ChatId, InlineKeyboardMarkup, LinkPreviewOptions, MessageId, ParseMode, ReplyParameters, ThreadId},
};
use tokio::time::{Instant, sleep};

use super::{
    api::{Api, Failure},
    pace::Pace,
    render::Page,
};

/// The first pause before another try; it doubles up to the longest.
const FIRST_PAUSE: Duration = Duration::from_millis(250);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// A message whose fate is unclear is sent so often at most: each further try may double it.
const UNCLEAR_TRIES: usize = 3;

/// The sender.
pub(super) struct Sender {
    api: Arc<Api>,
    pace: Pace,
    /// A message that could not be sent for so long is given up.
    patience: Duration,
}

/// Where a message goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place {
    pub(super) chat: i64,
    /// The topic of a forum.
    pub(super) topic: Option<i32>,
    /// The message that it answers.
    pub(super) answers: Option<i32>,
}

/// How much of a message the platform is asked to take.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Html,
    Plain,
    /// Plain and without buttons.
    Bare,
}

impl Sender {
    pub(super) fn new(api: Arc<Api>, pace: bool, patience: Duration) -> Sender {
        Sender { api, pace: Pace::new(pace), patience }
    }

    /// Sends a message and gives its id. Where the group has moved, `place` moves along.
    pub(super) async fn send(
        &self,
        place: &mut Place,
        page: &Page,
        keyboard: Option<&InlineKeyboardMarkup>,
    ) -> Result<i64, Failure> {
        let mut form = Form::Html;
        loop {
            let sent = self.insist(Some(place.chat), &message(place, page, keyboard, form)).await;
            match sent {
                Ok(value) => return Ok(value["message_id"].as_i64().unwrap_or_default()),
                Err(Failure::Refused { migrated_to: Some(chat), .. }) if chat != place.chat => {
                    *place = Place { chat, topic: None, answers: None };
                }
                Err(failure) => form = simpler(form, failure)?,
            }
        }
    }

    /// Puts a page in the place of a message of the bot.
    ///
    /// # Errors
    /// Whatever keeps it from being edited; `is_gone` tells whether the message is there no more.
    pub(super) async fn edit(
        &self,
        chat: i64,
        id: i32,
        page: &Page,
        keyboard: Option<&InlineKeyboardMarkup>,
    ) -> Result<(), Failure> {
        let mut form = Form::Html;
        loop {
            let edit = edit(chat, id, page, keyboard, form);
            match self.insist(Some(chat), &edit).await {
                Ok(_) => return Ok(()),
                Err(failure) if says(&failure, "not modified") => return Ok(()),
                Err(failure) if is_gone(&failure) => return Err(failure),
                Err(failure) => form = simpler(form, failure)?,
            }
        }
    }

    /// Removes a message of the bot; it does no harm if it is gone already.
    pub(super) async fn delete(&self, chat: i64, id: i32) {
        if let Err(failure) = self.insist(Some(chat), &DeleteMessage::new(ChatId(chat), MessageId(id))).await {
            tracing::debug!("a message was not deleted: {failure}");
        }
    }

    /// Makes a call until it succeeds or there is no hope. Calls that put something into a chat keep to its pace.
    pub(super) async fn insist<P: Payload + Serialize>(
        &self,
        chat: Option<i64>,
        payload: &P,
    ) -> Result<Value, Failure> {
        let started = Instant::now();
        let (mut pause, mut unclear) = (FIRST_PAUSE, 0);
        loop {
            if let Some(chat) = chat {
                self.pace.wait(chat).await;
            }
            let failure = match self.api.call(payload).await {
                Ok(value) => return Ok(value),
                Err(failure) => failure,
            };
            unclear += usize::from(matches!(failure, Failure::Unclear(_)));
            let again = unclear < UNCLEAR_TRIES && started.elapsed() < self.patience;
            match (&failure, chat) {
                _ if !again => return Err(failure),
                (Failure::Refused { retry_after: Some(time), .. }, Some(chat)) => self.pace.block(chat, *time),
                (Failure::Refused { retry_after: Some(time), .. }, None) => sleep(*time).await,
                (Failure::Refused { .. }, _) => return Err(failure),
                (Failure::Down(_) | Failure::Unclear(_), _) => {
                    tracing::warn!("{} is tried again: {failure}", P::NAME);
                    sleep(pause).await;
                    pause = (pause * 2).min(LONGEST_PAUSE);
                }
            }
        }
    }
}

/// Whether the message to be edited is there no more, or no longer the bot's to edit.
pub(super) fn is_gone(failure: &Failure) -> bool {
    ["message to edit not found", "can't be edited", "MESSAGE_ID_INVALID"].iter().any(|words| says(failure, words))
}

/// Whether the platform refused with these words.
pub(super) fn says(failure: &Failure, words: &str) -> bool {
    matches!(failure, Failure::Refused { description, .. } if description.contains(words))
}

/// The simpler form in which a message is tried again that was refused as it is.
fn simpler(form: Form, failure: Failure) -> Result<Form, Failure> {
    if !matches!(failure, Failure::Refused { code: 400, .. }) {
        return Err(failure);
    }
    tracing::warn!("a message was refused and goes out in a simpler form: {failure}");
    match form {
        Form::Html => Ok(Form::Plain),
        Form::Plain => Ok(Form::Bare),
        Form::Bare => Err(failure),
    }
}

fn message(place: &Place, page: &Page, keyboard: Option<&InlineKeyboardMarkup>, form: Form) -> SendMessage {
    let text = if form == Form::Html { &page.html } else { &page.plain };
    let mut message = SendMessage::new(ChatId(place.chat), text).link_preview_options(no_preview());
    if form == Form::Html {
        message = message.parse_mode(ParseMode::Html);
    }
    if let Some(id) = place.answers {
        message = message.reply_parameters(ReplyParameters::new(MessageId(id)).allow_sending_without_reply());
    }
    if let Some(topic) = place.topic {
        message = message.message_thread_id(ThreadId(MessageId(topic)));
    }
    match keyboard.filter(|_| form != Form::Bare) {
        Some(keyboard) => message.reply_markup(keyboard.clone()),
        None => message,
    }
}

fn edit(chat: i64, id: i32, page: &Page, keyboard: Option<&InlineKeyboardMarkup>, form: Form) -> EditMessageText {
    let text = if form == Form::Html { &page.html } else { &page.plain };
    let mut edit = EditMessageText::new(ChatId(chat), MessageId(id), text).link_preview_options(no_preview());
    if form == Form::Html {
        edit = edit.parse_mode(ParseMode::Html);
    }
    match keyboard.filter(|_| form != Form::Bare) {
        Some(keyboard) => edit.reply_markup(keyboard.clone()),
        None => edit,
    }
}

/// The quote is what counts, not a picture of the page that it links to.
pub(super) fn no_preview() -> LinkPreviewOptions {
    LinkPreviewOptions {
        is_disabled: true,
        url: None,
        prefer_small_media: false,
        prefer_large_media: false,
        show_above_text: false,
    }
}
