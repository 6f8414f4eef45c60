//! Documents that those who run the bot take down from a chat, or bring back.

use super::{desk::Desk, reply::Reply, words::Words};
use crate::admin::{self, Change, Exclusions, Refusal};

impl Desk {
    /// Takes a document down or brings it back; without a name, lists what is down.
    pub(super) fn change_exclusions(&self, change: Change, name: &str, words: Words) -> anyhow::Result<Reply> {
        let index = self.index()?;
        if name.is_empty() {
            return Ok(Reply::say(words.down(&Exclusions::read(&self.config.state)?.down(&index))));
        }
        match admin::change(&self.config, &index, &[name.to_owned()], change) {
            Ok(changed) => Ok(Reply::say(changed.iter().map(|one| words.changed(change, one)).collect::<String>())),
            Err(Refusal::Unknown { name, near }) => Ok(Reply::say(words.unknown_document(&name, &near))),
            Err(Refusal::NotExcluded { name, near }) => Ok(Reply::say(words.not_excluded(&name, &near))),
            Err(Refusal::Failed(error)) => Err(error),
        }
    }
}
