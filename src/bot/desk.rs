//! The desk: takes a message and gives the reply. One desk serves all doors at once.

use std::sync::{Arc, RwLock};

use super::{
    command::{Access, COMMANDS, Command, parse},
    reply::Reply,
    words::Words,
};
use crate::{
    admin,
    answer::{Answer, Language, answer},
    config::Config,
    index::Index,
};

/// Passages behind each answer.
const TOP: usize = 10;

/// Documents that one list shows.
const SOURCES_PER_PAGE: usize = 20;

/// What has been said before in a conversation, as far as the next message needs it.
#[derive(Clone, Debug, Default)]
pub struct Conversation {
    /// The question before.
    pub context: Option<String>,
    /// The language last spoken.
    pub language: Language,
}

/// The desk.
pub struct Desk {
    config: Config,
    index: RwLock<Arc<Index>>,
}

impl Desk {
    /// A desk that answers from `index`.
    pub fn new(config: Config, index: Index) -> Desk {
        Desk { config, index: RwLock::new(Arc::new(index)) }
    }

    /// The generation in force; who holds it keeps it to the end of the question.
    pub fn index(&self) -> Arc<Index> {
        self.index.read().unwrap_or_else(std::sync::PoisonError::into_inner).clone()
    }

    /// The reply to a message.
    pub fn reply(&self, conversation: &mut Conversation, message: &str, access: Access) -> Reply {
        let words = Words(conversation.language);
        let Some((command, rest)) = parse(message, access) else { return Reply::say(words.unknown_command()) };
        let reply = match command {
            Command::Start => Ok(Reply::say(words.start())),
            Command::Help => Ok(Reply::say(help(words, access))),
            Command::Ask if rest.is_empty() => Ok(Reply::say(help(words, access))),
            Command::Ask => self.answer(conversation, rest),
            Command::Sources => Ok(self.sources(words)),
            Command::About => Ok(Reply::say(words.about())),
            Command::Reindex => self.reindex(words),
            Command::Status => Ok(self.status(words)),
        };
        reply.unwrap_or_else(|error| {
            tracing::error!("a message could not be answered: {error:#}");
            Reply::say(words.failed())
        })
    }

    fn answer(&self, conversation: &mut Conversation, question: &str) -> anyhow::Result<Reply> {
        let answer = answer(&self.index(), question, conversation.context.as_deref(), TOP)?;
        conversation.language = answer.language;
        if answer.smalltalk.is_none() {
            conversation.context = Some(question.to_owned());
        }
        Ok(show(&answer, &self.config))
    }

    fn sources(&self, words: Words) -> Reply {
        let index = self.index();
        let mut text = words.sources(index.documents().len());
        for (path, entry) in index.documents().iter().take(SOURCES_PER_PAGE) {
            let title = entry.metadata.title.as_deref().unwrap_or(path);
            let date = entry.metadata.date.as_ref().map(|date| format!(" · {date}")).unwrap_or_default();
            text.push_str(&format!("\n{}{date}", words.title(title)));
        }
        Reply::say(text)
    }

    fn reindex(&self, words: Words) -> anyhow::Result<Reply> {
        let built = admin::reindex(&self.config, |_| {})?;
        *self.index.write().unwrap_or_else(std::sync::PoisonError::into_inner) = Arc::new(built.index);
        Ok(self.status(words))
    }

    fn status(&self, words: Words) -> Reply {
        let index = self.index();
        let manifest = index.manifest();
        Reply::say(words.status(
            &manifest.generation,
            index.documents().len(),
            index.passage_count(),
            manifest.problems.len(),
        ))
    }
}

/// The reply that shows an answer.
pub fn show(answer: &Answer, config: &Config) -> Reply {
    Reply::of(answer, Words(answer.language), config.where_to_ask.as_deref())
}

fn help(words: Words, access: Access) -> String {
    let commands = COMMANDS.iter().filter(|(_, _, may)| *may <= access).map(|(command, name, _)| (*command, *name));
    words.help(&commands.collect::<Vec<_>>())
}
