//! What those who run the bot ask of the desk, and what everybody may ask about it.

use std::time::Duration;

use super::{
    command::Access,
    desk::{Desk, Visitor},
    reply::{Reply, Work},
    words::{Standing, Words},
};
use crate::admin::{self, Exclusions, Order, Progress};

/// The note in the journal that says that the bot is paused, and what citizens are told.
const PAUSE: &str = "pause";

/// Misses in one list.
const MISSES: usize = 20;

/// What may follow /reindex, so that the result takes effect even if it answers fewer of the admin's questions.
const FORCE: [&str; 3] = ["force", "强制", "強制"];

/// Refused files in the state of the bot.
const PROBLEMS: usize = 5;

impl Desk {
    /// Does work that takes its time, and says how it went.
    pub fn work(&self, visitor: &Visitor, work: &Work, mut progress: impl FnMut(Reply) + Send) -> Reply {
        let words = self.words(visitor);
        let report = |step: Progress| progress(Reply::say(words.reindexing(step)));
        let done = match work {
            Work::Reindex(order) => self.reindex(*order, words, report),
            Work::Join(card) => self.join(card, words, report),
        };
        done.unwrap_or_else(|error| {
            tracing::error!("the index could not be built: {error:#}");
            Reply::say(words.reindex_failed(&format!("{error:#}")))
        })
    }

    pub(super) fn begin_reindex(&self, rest: &str, words: Words) -> Reply {
        let order = Order { force: FORCE.contains(&rest), ..Order::default() };
        Reply { work: Some(Work::Reindex(order)), ..Reply::say(words.reindex_begins()) }
    }

    pub(super) fn status(&self, words: Words) -> anyhow::Result<Reply> {
        let index = self.index()?;
        let problems = &index.manifest().problems;
        let standing = Standing {
            generation: &index.manifest().generation,
            documents: index.documents().len(),
            passages: index.passage_count(),
            problems: problems.len(),
            uptime: self.opened.elapsed(),
            paused: self.pause_note()?.is_some(),
            hour: self.journal.figures(3600)?,
            day: self.journal.figures(24 * 3600)?,
        };
        let mut text = words.status(&standing);
        let down = Exclusions::read(&self.config.state)?.down(&index);
        text.push_str(&words.excluded(&down));
        text.push_str(&words.shelf_life(&admin::shelf_life(&index, self.config.today())));
        if let Some(reason) = self.kept_because() {
            text.push_str(&words.index_kept(&reason));
        }
        for problem in problems.iter().take(PROBLEMS) {
            text.push_str(&words.problem(problem));
        }
        Ok(Reply::say(text))
    }

    pub(super) fn misses(&self, words: Words) -> anyhow::Result<Reply> {
        let (misses, index) = (self.journal.misses(MISSES)?, self.index()?);
        let mut text = words.misses(misses.len(), self.config.keep_days).to_owned();
        for miss in misses {
            text.push_str(&format!("\n{}× {}", miss.times, admin::shown_words(&miss.question, Some(&*index))));
        }
        Ok(Reply::say(text))
    }

    pub(super) fn pause(&self, note: &str, words: Words) -> anyhow::Result<Reply> {
        self.journal.set_note(PAUSE, Some(note))?;
        Ok(Reply::say(words.pause_begins(&words.paused(note))))
    }

    pub(super) fn resume(&self, words: Words) -> anyhow::Result<Reply> {
        self.journal.set_note(PAUSE, None)?;
        Ok(Reply::say(words.pause_ends()))
    }

    /// What citizens are told while the bot is paused; empty where nothing special.
    pub(super) fn pause_note(&self) -> anyhow::Result<Option<String>> {
        self.journal.note(PAUSE)
    }

    pub(super) fn about(&self, visitor: &Visitor, words: Words) -> String {
        let minutes = self.config.conversation.as_secs() / 60;
        let mut text = words.about(self.config.keep_days, minutes);
        if let Some(person) = visitor.person.as_deref().filter(|_| !visitor.public && !visitor.is_admin()) {
            text.push_str(&format!("\n{}", words.your_id(person)));
        }
        text
    }

    pub(super) fn forget(&self, visitor: &Visitor, words: Words) -> anyhow::Result<Reply> {
        if let Some(asker) = self.asker(visitor) {
            // What was sent into a chat with this person alone is about this person.
            let chat = (!visitor.public).then_some((visitor.channel, visitor.chat.as_str()));
            self.journal.forget(&asker, chat)?;
        }
        Ok(Reply::say(words.forgotten()))
    }

    /// Erases what is older than it may be; a door or the hall calls it now and then.
    ///
    /// # Errors
    /// When the journal or the folder of uploads cannot be written.
    pub fn purge(&self) -> anyhow::Result<()> {
        let days = Duration::from_secs(u64::from(self.config.keep_days) * 24 * 3600);
        self.journal.purge(crate::journal::Keeping {
            questions: i64::try_from(days.as_secs())?,
            conversations: i64::try_from(self.config.conversation.as_secs())?,
        })?;
        self.purge_uploads(days)
    }
}

impl Visitor {
    /// Whether this person runs the bot.
    pub fn is_admin(&self) -> bool {
        self.access == Access::Admin
    }
}
