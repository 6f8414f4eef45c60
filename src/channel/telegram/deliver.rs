//! From a reply to messages in a chat. What was sent is recorded part by part: after a crash the rest follows, and an
//! edited question finds the messages that answered it.

use super::{
    CHANNEL, Office,
    api::Failure,
    render::{keyboard, pages},
    sender::{Place, is_gone},
};
use crate::{bot::Reply, channel::counter::blocking};

/// What becomes of messages that were sent before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// They stay; only what is missing is sent.
    Once,
    /// They are brought up to date.
    Renew,
    /// The first part takes the place of this message of the bot.
    Replace(i32),
}

/// A reply on its way.
#[derive(Clone, Debug)]
pub(super) struct Letter {
    pub(super) place: Place,
    /// What it answers: a name that is unique within the chat.
    pub(super) origin: String,
    pub(super) mode: Mode,
}

impl Letter {
    /// Delivers a reply.
    ///
    /// # Errors
    /// When the platform refuses it for good, or its fate is unclear after some tries.
    pub(super) async fn deliver(&self, office: &Office, reply: &Reply) -> Result<(), Failure> {
        let known = self.known(office).await;
        let mut place = self.place;
        let (pages, keyboard) = (pages(reply), keyboard(reply));
        for (part, page) in pages.iter().enumerate().filter(|(_, page)| !page.plain.trim().is_empty()) {
            let keyboard = keyboard.as_ref().filter(|_| part + 1 == pages.len());
            let before = known.iter().find(|(known, _)| *known == part).map(|(_, id)| *id);
            let outdated = match (self.mode, before) {
                (Mode::Once, Some(_)) => continue,
                (Mode::Replace(message), None) if part == 0 => Some(message),
                (_, before) => before,
            };
            if let Some(id) = outdated {
                match office.sender.edit(place.chat, id, page, keyboard).await {
                    Err(failure) if is_gone(&failure) => {}
                    Ok(()) => continue,
                    Err(failure) => return Err(failure),
                }
            }
            let id = office.sender.send(&mut place, page, keyboard).await?;
            self.record(office, part, id).await;
        }
        if self.mode == Mode::Renew {
            self.remove_surplus(office, &known, pages.len()).await;
        }
        Ok(())
    }

    /// The messages that answered before: parts with their ids.
    async fn known(&self, office: &Office) -> Vec<(usize, i32)> {
        let (journal, chat, origin) = (office.journal.clone(), self.place.chat.to_string(), self.origin.clone());
        let sent = blocking(move || journal.sent(CHANNEL, &chat, &origin)).await;
        let sent =
            sent.inspect_err(|error| tracing::error!("the journal cannot be read: {error:#}")).unwrap_or_default();
        sent.into_iter().filter_map(|(part, id)| Some((part, id.parse().ok()?))).collect()
    }

    /// The chat under which it is recorded stays the one in which the question was asked.
    async fn record(&self, office: &Office, part: usize, id: i64) {
        let (journal, chat, origin) = (office.journal.clone(), self.place.chat.to_string(), self.origin.clone());
        let recorded = blocking(move || journal.record_sent(CHANNEL, &chat, &origin, part, &id.to_string())).await;
        if let Err(error) = recorded {
            tracing::error!("the journal cannot be written: {error:#}");
        }
    }

    async fn remove_surplus(&self, office: &Office, known: &[(usize, i32)], parts: usize) {
        let surplus: Vec<i32> = known.iter().filter(|(part, _)| *part >= parts).map(|(_, id)| *id).collect();
        if surplus.is_empty() {
            return;
        }
        for id in surplus {
            office.sender.delete(self.place.chat, id).await;
        }
        let (journal, chat, origin) = (office.journal.clone(), self.place.chat.to_string(), self.origin.clone());
        if let Err(error) = blocking(move || journal.unsend(CHANNEL, &chat, &origin, parts)).await {
            tracing::error!("the journal cannot be written: {error:#}");
        }
    }
}
