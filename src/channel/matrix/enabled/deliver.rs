//! From a reply to messages in a room. Each carries a transaction id that follows from the question, so that a repeated
//! request gives the first message instead of a second one; what was sent is recorded part by part.

use matrix_sdk::{
    Room,
    config::RequestConfig,
    ruma::{EventId, OwnedTransactionId, TransactionId},
};
use serde_json::{Value, json};

use super::{
    CHANNEL, Office,
    event::Event,
    failure::Failure,
    render::{Page, pages},
};
use crate::bot::{Action, Reply};

/// What becomes of messages that were sent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// They stay; only what is missing is sent.
    Once,
    /// They are brought up to date.
    Renew,
}

/// A reply on its way.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) room: Room,
    /// The event that it answers.
    pub(super) origin: String,
    /// What its transaction ids are made of: the event that caused it.
    pub(super) cause: String,
    pub(super) mode: Mode,
    /// How it is related to the question.
    pub(super) relation: Value,
    /// Whom it mentions.
    pub(super) mentions: Value,
}

impl Letter {
    /// A letter that answers an event: a reply in a conversation of two, in company a thread.
    pub(super) fn answering(room: &Room, event: &Event, direct: bool) -> Letter {
        let reply = json!({"event_id": event.event_id});
        let relation = match event.thread() {
            Some(root) => {
                json!({"rel_type": "m.thread", "event_id": root, "is_falling_back": false, "m.in_reply_to": reply})
            }
            None if direct => json!({"m.in_reply_to": reply}),
            None => json!({
                "rel_type": "m.thread", "event_id": event.event_id, "is_falling_back": true, "m.in_reply_to": reply
            }),
        };
        Letter {
            room: room.clone(),
            origin: event.event_id.clone(),
            cause: event.event_id.clone(),
            mode: Mode::Once,
            relation,
            // A document may hold "@room" or a name: nobody but the asker is called by an answer.
            mentions: if direct { json!({}) } else { json!({"user_ids": [event.sender]}) },
        }
    }

    /// Delivers a reply.
    ///
    /// # Errors
    /// When the homeserver refuses it for good, or cannot be reached for too long.
    pub(super) async fn deliver(&self, office: &Office, reply: &Reply) -> Result<(), Failure> {
        let known = self.known(office).await;
        let pages = pages(reply);
        for (part, page) in pages.iter().enumerate() {
            let before = known.iter().find(|(known, _)| *known == part).map(|(_, id)| id.as_str());
            match (self.mode, before) {
                (Mode::Once, Some(_)) => {}
                (Mode::Renew, Some(id)) => {
                    self.send(office, part, &self.edit(page, id)).await?;
                    self.note(office, reply, id).await;
                }
                (_, None) => {
                    let id = self.send(office, part, &self.message(page)).await?;
                    self.record(office, part, &id).await;
                    self.note(office, reply, &id).await;
                }
            }
        }
        if self.mode == Mode::Renew {
            self.redact_from(office, pages.len()).await?;
        }
        Ok(())
    }

    /// Redacts what answered the event, from a part on.
    ///
    /// # Errors
    /// When the homeserver cannot be reached for too long.
    pub(super) async fn redact_from(&self, office: &Office, first: usize) -> Result<(), Failure> {
        let known = self.known(office).await;
        let surplus: Vec<String> = known.into_iter().filter(|(part, _)| *part >= first).map(|(_, id)| id).collect();
        if surplus.is_empty() {
            return Ok(());
        }
        for id in surplus {
            let event = EventId::parse(&id).map_err(|error| Failure::Refused(0, error.to_string()))?;
            let transaction = transaction("redact", &self.cause, &id);
            let redacted = office.insist("redaction", || async {
                let done = self.room.redact(&event, None, Some(transaction.clone())).await;
                done.map_err(Failure::from)
            });
            if let Err(failure) = redacted.await {
                tracing::warn!("Matrix: an answer cannot be redacted: {failure}");
            }
        }
        let (room, origin) = (self.room.room_id().to_string(), self.origin.clone());
        office.insist_on_disk(move |journal| journal.unsend(CHANNEL, &room, &origin, first)).await;
        Ok(())
    }

    /// The messages that answered before: parts with their ids.
    pub(super) async fn known(&self, office: &Office) -> Vec<(usize, String)> {
        let (room, origin) = (self.room.room_id().to_string(), self.origin.clone());
        office.insist_on_disk(move |journal| journal.sent(CHANNEL, &room, &origin)).await
    }

    async fn send(&self, office: &Office, part: usize, content: &Value) -> Result<String, Failure> {
        let transaction = transaction("send", &self.cause, &part.to_string());
        let sent = office.insist("message", || async {
            // Tries are counted here, with the job safe on disk; not by the library.
            let sending = self.room.send_raw("m.room.message", content.clone()).with_transaction_id(&transaction);
            let sent = sending.with_request_config(RequestConfig::new().retry_limit(1)).await;
            sent.map_err(Failure::from)
        });
        Ok(sent.await?.response.event_id.to_string())
    }

    fn message(&self, page: &Page) -> Value {
        let mut content = notice(page);
        content["m.mentions"] = self.mentions.clone();
        content["m.relates_to"] = self.relation.clone();
        content
    }

    fn edit(&self, page: &Page, id: &str) -> Value {
        json!({
            "msgtype": "m.notice",
            "body": format!("* {}", page.plain),
            "m.mentions": {},
            "m.new_content": { "m.mentions": {}, "msgtype": "m.notice", "body": page.plain,
                "format": "org.matrix.custom.html", "formatted_body": page.html },
            "m.relates_to": {"rel_type": "m.replace", "event_id": id},
        })
    }

    async fn record(&self, office: &Office, part: usize, id: &str) {
        let (room, origin, id) = (self.room.room_id().to_string(), self.origin.clone(), id.to_owned());
        office.insist_on_disk(move |journal| journal.record_sent(CHANNEL, &room, &origin, part, &id)).await;
    }

    /// Notes which card a message shows, so that a reaction finds it.
    async fn note(&self, office: &Office, reply: &Reply, id: &str) {
        let card = reply.actions().find_map(|action| match action {
            Action::Rate(card, _) | Action::Passages(card, _) => Some(card.clone()),
            _ => None,
        });
        if let Some(card) = card {
            let id = id.to_owned();
            office.insist_on_disk(move |journal| journal.record_shown(CHANNEL, &id, &card)).await;
        }
    }
}

fn notice(page: &Page) -> Value {
    json!({
        "msgtype": "m.notice",
        "body": page.plain,
        "format": "org.matrix.custom.html",
        "formatted_body": page.html,
    })
}

/// A transaction id: the same for the same deed, and without anything that says which.
fn transaction(deed: &str, cause: &str, part: &str) -> OwnedTransactionId {
    let hash = blake3::hash(format!("{deed} {cause} {part}").as_bytes()).to_hex();
    <&TransactionId>::from(&hash.as_str()[..32]).to_owned()
}
