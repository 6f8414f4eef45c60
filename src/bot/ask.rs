//! Questions: answered from the index, entered into the journal, and shown with their buttons.

use std::time::Instant;

use super::{
    card::AnswerCard,
    command::Access,
    desk::{Desk, Visitor},
    reply::{Part, Reply, quoted},
    words::Words,
};
use crate::{
    answer::{Answer, Verdict, answer_within},
    config::Config,
    deadline::Deadline,
    journal::{Asked, Asker},
};

/// Passages behind each answer.
pub(super) const TOP: usize = 10;

impl Desk {
    pub(super) fn example(
        &self,
        visitor: &Visitor,
        (id, number): (&str, usize),
        words: Words,
        deadline: Deadline,
    ) -> anyhow::Result<Reply> {
        let card = self.journal.card(id)?.and_then(|card| serde_json::from_str::<Vec<String>>(&card.body).ok());
        let Some(question) = card.and_then(|questions| questions.into_iter().nth(number)) else {
            return Ok(Reply::say(words.expired()));
        };
        let mut reply = self.ask(visitor, &question, words, deadline)?;
        reply.parts.insert(0, Part::Say(words.asked(&question)));
        Ok(reply)
    }

    pub(super) fn ask(
        &self,
        visitor: &Visitor,
        question: &str,
        words: Words,
        deadline: Deadline,
    ) -> anyhow::Result<Reply> {
        if visitor.access < Access::Admin
            && let Some(note) = self.pause_note()?
        {
            return Ok(Reply::say(words.paused(&note)));
        }
        let conversation = self.conversation(visitor);
        let context = conversation.as_ref().and_then(|(_, conversation)| conversation.question.as_deref());
        let started = Instant::now();
        let index = self.index()?;
        let (question, cut) = readable(question, &self.config);
        let mut answer = answer_within(&index, question, context, TOP, Some(self.config.today()), deadline)?;
        answer.elapsed_us = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
        if !question.chars().any(char::is_alphabetic) {
            answer.language = words.0;
        }
        let words = Words(answer.language);
        let mut reply = Reply::of(&answer, words, self.config.where_to_ask.as_deref());
        // A full disk must not keep the answer back: then it goes out without buttons.
        match self.enter(visitor, &answer) {
            Ok(Some((id, card))) if visitor.public => shorten(&mut reply, &answer, &card, &id),
            Ok(Some((id, card))) => reply.buttons = card.buttons(&id, words),
            Ok(None) => {}
            Err(error) => tracing::error!("the journal cannot be written: {error:#}"),
        }
        if cut {
            reply.parts.insert(0, Part::Say(words.cut(self.config.max_question_chars)));
        }
        Ok(reply)
    }

    /// Enters an answer into the journal; gives its card where there is something to show.
    fn enter(&self, visitor: &Visitor, answer: &Answer) -> anyhow::Result<Option<(String, AnswerCard)>> {
        let asker = self.asker(visitor);
        let number = self.record(visitor, asker.as_ref(), answer)?;
        let mut shown = None;
        if !answer.quotes.is_empty() {
            let card = AnswerCard::of(answer);
            let id = self.journal.keep_card(Some(number), asker.as_ref(), &serde_json::to_string(&card)?)?;
            shown = Some((id, card));
        }
        if let Some((id, mut conversation)) = self.conversation(visitor) {
            conversation.language = Words(answer.language).code().to_owned();
            if answer.smalltalk.is_none() {
                conversation.question = Some(answer.question.clone());
                conversation.card = shown.as_ref().map(|(card, _)| card.clone());
                let more = shown.as_ref().and_then(|(id, card)| card.more(id, visitor.public));
                conversation.more = more.map(|action| action.encode());
            }
            self.journal.converse(&id, asker.as_ref(), &conversation)?;
        }
        Ok(shown)
    }

    /// Enters a question and gives its number.
    fn record(&self, visitor: &Visitor, asker: Option<&Asker>, answer: &Answer) -> anyhow::Result<i64> {
        let keeps = self.config.keep_days > 0;
        let mut documents: Vec<String> = answer.quotes.iter().map(|quote| quote.document.path.clone()).collect();
        documents.dedup();
        self.journal.record(&Asked {
            channel: visitor.channel,
            asker: asker.filter(|_| keeps),
            question: Some(answer.question.as_str()).filter(|_| keeps),
            language: Words(answer.language).code(),
            verdict: verdict_name(answer.verdict),
            confidence: answer.confidence,
            documents: &documents,
            elapsed_us: answer.elapsed_us,
        })
    }
}

/// What is read of a question, and whether that is not all of it. The first characters are read: who writes a long letter names
/// the matter early, and where not, is told what was read.
pub fn readable<'q>(question: &'q str, config: &Config) -> (&'q str, bool) {
    match question.char_indices().nth(config.max_question_chars) {
        Some((end, _)) => (question[..end].trim_end(), true),
        None => (question, false),
    }
}

/// The reply that shows an answer.
pub fn show(answer: &Answer, config: &Config) -> Reply {
    Reply::of(answer, Words(answer.language), config.where_to_ask.as_deref())
}

/// Leaves only the first quote of an answer, with a button to the rest.
fn shorten(reply: &mut Reply, answer: &Answer, card: &AnswerCard, id: &str) {
    let words = Words(answer.language);
    let quotes = quoted(&answer.quotes[..1], words);
    let opening = reply.parts.iter().take_while(|part| matches!(part, Part::Say(_))).count();
    reply.parts.truncate(opening);
    reply.parts.extend(quotes);
    reply.buttons = card.short_buttons(id, words);
}

fn verdict_name(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Answer => "answer",
        Verdict::Related => "related",
        Verdict::None => "none",
        Verdict::Smalltalk => "smalltalk",
    }
}
