//! The desk: takes a message and gives the reply. One desk serves all doors at once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Instant,
};

use super::{
    action::Action,
    card::{AnswerCard, Now, pager},
    command::{Access, Command, available, parse},
    examples,
    offers::Offered,
    renewal::Renewal,
    reply::{Button, Reply},
    words::Words,
};
use crate::{
    admin::{Change, Serving},
    answer::Language,
    config::Config,
    deadline::{Deadline, Overdue},
    index::Index,
    journal::{Asker, Conversation, Journal, Rating},
};

/// Documents that one page of the list shows.
const SOURCES_PER_PAGE: usize = 10;

/// Who says something, and where.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// The door.
    pub channel: &'static str,
    /// The conversation: what the door calls the chat or room.
    pub chat: String,
    /// What the door calls the person; `None` where that is not known.
    pub person: Option<String>,
    /// What this person may do here.
    pub access: Access,
    /// The language that the platform tells of this person.
    pub language: Option<Language>,
    /// Whether others read along: then answers are short.
    pub public: bool,
}

/// The desk.
pub struct Desk {
    pub(super) config: Config,
    pub(super) journal: Arc<Journal>,
    pub(super) opened: Instant,
    pub(super) serving: Serving,
    pub(super) renewal: Renewal,
    /// Examples for the greeting, by language.
    examples: Mutex<HashMap<&'static str, Examples>>,
    /// What was offered lately for questions that are typed.
    pub(super) offered: Mutex<Offered>,
}

/// Questions to begin with, and the index that they were made from.
type Examples = (Weak<Index>, Arc<[String]>);

impl Desk {
    /// A desk that answers from `index` and keeps its journal.
    ///
    /// # Errors
    /// When it cannot be read what is excluded.
    pub fn new(config: Config, index: Index, journal: Arc<Journal>) -> anyhow::Result<Desk> {
        let serving = Serving::new(&config.state, &index)?;
        let (renewal, examples, offered) = (Renewal::default(), Mutex::default(), Mutex::default());
        let desk = Desk { config, journal, opened: Instant::now(), serving, renewal, examples, offered };
        desk.follow(&index);
        Ok(desk)
    }

    /// The generation in force without what is excluded; who holds it keeps it to the end of the question.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn index(&self) -> anyhow::Result<Arc<Index>> {
        self.serving.index()
    }

    /// The journal that it keeps.
    pub fn journal(&self) -> Arc<Journal> {
        self.journal.clone()
    }

    /// Makes examples for the generation in force, in the languages in which some were given before.
    pub(super) fn renew_examples(&self) -> anyhow::Result<()> {
        let spoken: Vec<&str> = self.examples.lock().unwrap_or_else(PoisonError::into_inner).keys().copied().collect();
        spoken.into_iter().filter_map(Words::from_code).try_for_each(|words| self.examples(words).map(drop))
    }

    /// The words in which to speak to a visitor: those of the conversation, else of the platform, else simplified Chinese.
    pub fn words(&self, visitor: &Visitor) -> Words {
        let conversation =
            self.conversation(visitor).and_then(|(_, conversation)| Words::from_code(&conversation.language));
        conversation.unwrap_or(Words(visitor.language.unwrap_or_default()))
    }

    /// The reply to a message; after the deadline nobody waits for it.
    pub fn reply(&self, visitor: &Visitor, message: &str, deadline: Deadline) -> Reply {
        let words = self.words(visitor);
        let Some((command, rest)) = parse(message, visitor.access) else { return Reply::say(words.unknown_command()) };
        let reply = match command {
            Command::Start => self.start(visitor, rest, words),
            Command::Help => Ok(Reply::say(help(words, visitor.access))),
            Command::Ask if rest.is_empty() => Ok(Reply::say(help(words, visitor.access))),
            Command::Ask => self.ask(visitor, rest, words, deadline),
            Command::More => self.more(visitor, words, deadline),
            Command::Context => self.last_context(visitor, words, deadline),
            Command::Sources => self.sources(rest.parse::<usize>().unwrap_or(1).saturating_sub(1), words),
            Command::About => Ok(Reply::say(self.about(visitor, words))),
            Command::Forget => self.forget(visitor, words),
            Command::Reindex => Ok(self.begin_reindex(rest, words)),
            Command::Status => self.status(words),
            Command::Rollback => self.rollback(words),
            Command::Misses => self.misses(words),
            Command::Exclude => self.change_exclusions(Change::Exclude, rest, words),
            Command::Include => self.change_exclusions(Change::Include, rest, words),
            Command::Pause => self.pause(rest, words),
            Command::Resume => self.resume(words),
        };
        polite(reply, words)
    }

    /// The reply to a button; after the deadline nobody waits for it.
    pub fn press(&self, visitor: &Visitor, action: &Action, deadline: Deadline) -> Reply {
        let words = self.words(visitor);
        let reply = match action {
            Action::Context(id) => self.with_card(id, words, |card, now| card.context(now)),
            Action::Passages(id, page) => self.with_card(id, words, |card, now| card.passages(now, id, *page)),
            Action::Quotes(id) => self.with_card(id, words, |card, now| card.quotes(now, id)),
            Action::Copy(id) => self.with_card(id, words, |card, now| card.copy(now)),
            Action::Rate(id, rating) => self.rate(id, Some(*rating)),
            Action::Unrate(id) => self.rate(id, None),
            Action::Example(id, number) => self.example(visitor, (id, *number), words, deadline),
            Action::Sources(page) => self.sources(*page, words),
            // To others these buttons do not exist.
            Action::Join(_) | Action::Discard(_) if visitor.access < Access::Admin => Ok(Reply::default()),
            Action::Join(id) => self.begin_join(id, words),
            Action::Discard(id) => self.discard(id, words),
        };
        polite(reply, words)
    }

    fn rate(&self, card: &str, rating: Option<Rating>) -> anyhow::Result<Reply> {
        if let Some(question) = self.journal.card(card)?.and_then(|card| card.question) {
            match rating {
                Some(rating) => self.journal.rate(question, rating)?,
                None => self.journal.unrate(question)?,
            }
        }
        Ok(Reply::default())
    }

    /// What else there is to the last answer in this conversation, page by page.
    fn more(&self, visitor: &Visitor, words: Words, deadline: Deadline) -> anyhow::Result<Reply> {
        let Some((id, mut conversation)) = self.conversation(visitor) else { return Ok(Reply::say(words.failed())) };
        let Some(action) = conversation.more.as_deref().and_then(Action::decode) else {
            let asked = conversation.card.is_some();
            return Ok(Reply::say(if asked { words.no_more() } else { words.ask_first() }));
        };
        let reply = self.press(visitor, &action, deadline);
        conversation.more = rest(&action, &reply).map(|action| action.encode());
        self.journal.converse(&id, self.asker(visitor).as_ref(), &conversation)?;
        Ok(reply)
    }

    fn last_context(&self, visitor: &Visitor, words: Words, deadline: Deadline) -> anyhow::Result<Reply> {
        match self.conversation(visitor).and_then(|(_, conversation)| conversation.card) {
            Some(card) => Ok(self.press(visitor, &Action::Context(card), deadline)),
            None => Ok(Reply::say(words.ask_first())),
        }
    }

    fn start(&self, visitor: &Visitor, payload: &str, words: Words) -> anyhow::Result<Reply> {
        // A link may lead to an answer: https://t.me/<bot>?start=<card>. Whoever made it up is simply greeted.
        if let Some(card) = self.answer_card(payload)? {
            let now = Now { index: &*self.index()?, today: self.config.today(), words };
            return card.quotes(&now, payload);
        }
        let mut reply = Reply::say(words.start());
        if visitor.public {
            return Ok(reply);
        }
        let examples = self.examples(words)?;
        if !examples.is_empty() {
            let card = self.journal.keep_card(None, None, &serde_json::to_string(&*examples)?)?;
            let button = |(number, question): (usize, &String)| {
                vec![Button::act(question, Action::Example(card.clone(), number))]
            };
            reply.buttons = examples.iter().enumerate().map(button).collect();
        }
        Ok(reply)
    }

    fn examples(&self, words: Words) -> anyhow::Result<Arc<[String]>> {
        let index = self.index()?;
        if let Some((of, examples)) = self.examples.lock().unwrap_or_else(PoisonError::into_inner).get(words.code())
            && of.upgrade().is_some_and(|of| Arc::ptr_eq(&of, &index))
        {
            return Ok(examples.clone());
        }
        let examples: Arc<[String]> = examples::examples(&index, words).into();
        let made = (Arc::downgrade(&index), examples.clone());
        self.examples.lock().unwrap_or_else(PoisonError::into_inner).insert(words.code(), made);
        Ok(examples)
    }

    /// The id of the conversation with a visitor, and where it stands.
    pub(super) fn conversation(&self, visitor: &Visitor) -> Option<(String, Conversation)> {
        let find = || {
            let place = format!("{} {}", visitor.chat, visitor.person.as_deref().unwrap_or_default());
            let id = self.journal.asker(visitor.channel, &place).0;
            let seconds = i64::try_from(self.config.conversation.as_secs())?;
            let conversation = self.journal.conversation(&id, seconds)?.unwrap_or_default();
            anyhow::Ok((id, conversation))
        };
        find().inspect_err(|error| tracing::error!("the journal cannot be read: {error:#}")).ok()
    }

    pub(super) fn asker(&self, visitor: &Visitor) -> Option<Asker> {
        visitor.person.as_ref().map(|person| self.journal.asker(visitor.channel, person))
    }

    fn answer_card(&self, id: &str) -> anyhow::Result<Option<AnswerCard>> {
        Ok(self.journal.card(id)?.and_then(|card| serde_json::from_str(&card.body).ok()))
    }

    fn with_card(
        &self,
        id: &str,
        words: Words,
        show: impl FnOnce(AnswerCard, &Now) -> anyhow::Result<Reply>,
    ) -> anyhow::Result<Reply> {
        match self.answer_card(id)? {
            Some(card) => show(card, &Now { index: &*self.index()?, today: self.config.today(), words }),
            None => Ok(Reply::say(words.expired())),
        }
    }

    fn sources(&self, page: usize, words: Words) -> anyhow::Result<Reply> {
        let index = self.index()?;
        let (documents, today) = (index.documents(), self.config.today());
        let pages = documents.len().div_ceil(SOURCES_PER_PAGE).max(1);
        let page = page.min(pages - 1);
        let mut text = words.sources(documents.len(), page + 1, pages);
        for (number, (path, entry)) in documents.iter().enumerate().skip(page * SOURCES_PER_PAGE).take(SOURCES_PER_PAGE)
        {
            let title = entry.metadata.title.as_deref().unwrap_or(path);
            let details = [&entry.metadata.publisher, &entry.metadata.date].into_iter().flatten();
            let details: String = details.map(|detail| format!(" · {detail}")).collect();
            text.push_str(&format!("\n{}. {}{details}", number + 1, words.title(title)));
            if entry.metadata.is_expired(today) {
                let last = entry.metadata.valid_until.as_deref().unwrap_or_default();
                text.push_str(&format!(" · {}", words.no_longer_valid(last)));
            }
        }
        Ok(Reply { buttons: pager(page, pages, words, Action::Sources), ..Reply::say(text) })
    }
}

/// The next page behind an action, as the buttons of its reply offer it.
fn rest(action: &Action, reply: &Reply) -> Option<Action> {
    let shown = match action {
        Action::Passages(_, page) => Some(*page),
        _ => None,
    };
    let offered = reply
        .actions()
        .find(|offered| matches!(offered, Action::Passages(_, page) if shown.is_none_or(|shown| *page > shown)));
    offered.cloned()
}

fn polite(reply: anyhow::Result<Reply>, words: Words) -> Reply {
    reply.unwrap_or_else(|error| {
        if error.is::<Overdue>() {
            tracing::warn!("an answer was given up: {error}");
            return Reply::say(words.too_slow());
        }
        tracing::error!("a message could not be answered: {error:#}");
        Reply::say(words.failed())
    })
}

fn help(words: Words, access: Access) -> String {
    words.help(&available(access).collect::<Vec<_>>())
}

impl Words {
    /// The words of a language that the journal names.
    pub fn from_code(code: &str) -> Option<Words> {
        [Language::Simplified, Language::Traditional, Language::English]
            .map(Words)
            .into_iter()
            .find(|words| words.code() == code)
    }
}
