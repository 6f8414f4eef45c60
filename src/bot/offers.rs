//! What is offered for a question that is still being typed: passages that can be sent by themselves. Each letter that is typed
//! may ask, so what was found lately is kept in memory for a while.

use std::{
    collections::VecDeque,
    sync::{Arc, PoisonError, Weak},
};

use time::Date;

use super::{
    ask::{TOP, readable},
    card,
    desk::{Desk, Visitor},
    reply::{Reply, quoted},
    words::Words,
};
use crate::{
    answer::{Answer, Quote, Verdict, answer_within},
    deadline::Deadline,
    index::Index,
    text::fold,
};

/// So many questions are remembered with what was offered for them.
const REMEMBERED: usize = 128;

/// A passage that can be sent by itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    /// The title of its document.
    pub title: String,
    /// The passage in brief.
    pub summary: String,
    /// The quote with its source.
    pub reply: Reply,
}

/// What was offered lately, the newest last. It holds for one index, that is for one generation without what is excluded, and for
/// one day: documents expire.
#[derive(Default)]
pub(super) struct Offered {
    of: Option<(Weak<Index>, Date)>,
    offers: VecDeque<(String, Words, Arc<[Offer]>)>,
}

impl Desk {
    /// The passages for a question that is still being typed; nothing of it is kept but in memory, without who asked.
    ///
    /// # Errors
    /// When the index or the journal cannot be read, and when the deadline passes.
    pub fn offers(&self, visitor: &Visitor, question: &str, deadline: Deadline) -> anyhow::Result<Arc<[Offer]>> {
        if self.pause_note()?.is_some() {
            return Ok(Arc::default());
        }
        let words = Words(visitor.language.unwrap_or_default());
        let (index, today) = (self.index()?, self.config.today());
        let question = readable(question, &self.config).0;
        let asked = normalised(question);
        let remembered = || self.offered.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(offers) = remembered().find(&index, today, &asked, words) {
            return Ok(offers);
        }
        let answer = answer_within(&index, question, None, TOP, Some(today), deadline)?;
        let offers: Arc<[Offer]> = offers(&answer, words).into();
        remembered().keep(&index, today, (asked, words, offers.clone()));
        Ok(offers)
    }
}

impl Offered {
    fn find(&mut self, index: &Arc<Index>, today: Date, question: &str, words: Words) -> Option<Arc<[Offer]>> {
        if !self.is_of(index, today) {
            return None;
        }
        let at = self.offers.iter().position(|(asked, of, _)| asked == question && *of == words)?;
        let found = self.offers.remove(at)?;
        let offers = found.2.clone();
        self.offers.push_back(found);
        Some(offers)
    }

    fn keep(&mut self, index: &Arc<Index>, today: Date, found: (String, Words, Arc<[Offer]>)) {
        if !self.is_of(index, today) {
            *self = Offered { of: Some((Arc::downgrade(index), today)), offers: VecDeque::new() };
        }
        self.offers.push_back(found);
        if self.offers.len() > REMEMBERED {
            self.offers.pop_front();
        }
    }

    fn is_of(&self, index: &Arc<Index>, today: Date) -> bool {
        self.of
            .as_ref()
            .is_some_and(|(of, day)| *day == today && of.upgrade().is_some_and(|of| Arc::ptr_eq(&of, index)))
    }
}

/// A question as it is looked up: what differs only in white space, width, case or script finds the same.
fn normalised(question: &str) -> String {
    fold(question).text().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The quotes of an answer and its passages, each by itself.
fn offers(answer: &Answer, words: Words) -> Vec<Offer> {
    let shown = |path: &str, start: usize| {
        answer.quotes.iter().any(|quote| quote.document.path == path && quote.span.start == start)
    };
    let passages = answer.passages.iter().filter(|passage| !shown(&passage.document.path, passage.span.start));
    let passages = passages.map(|passage| {
        card::quote_of(
            passage.document.clone(),
            passage.section.clone(),
            passage.span.start,
            card::leading(&passage.text),
        )
    });
    let passages: Vec<Quote> = if answer.verdict == Verdict::None { Vec::new() } else { passages.collect() };
    let title = |quote: &Quote| {
        let document = &quote.document;
        let title = quote.section.last().or(document.title.as_ref()).unwrap_or(&document.path);
        if document.expired { format!("⚠️ {title}") } else { title.clone() }
    };
    let offer = |quote: &Quote| Offer {
        title: title(quote),
        summary: quote.text.clone(),
        reply: Reply { parts: quoted(std::slice::from_ref(quote), words), ..Reply::default() },
    };
    answer.quotes.iter().chain(&passages).map(offer).collect()
}

#[cfg(test)]
mod tests {
    use std::{fs, time::Duration};

    use super::*;
    use crate::{admin, bot::Access, config::Config, deadline::Overdue, journal::Journal};

    /// A desk over two documents; the folder lasts as long as the test.
    fn desk(folder: &std::path::Path) -> Desk {
        let corpus = folder.join("corpus");
        fs::create_dir(&corpus).unwrap();
        fs::write(corpus.join("停车.md"), "# 停车\n\n路边停车每小时收费五元。\n").unwrap();
        fs::write(corpus.join("公告.md"), "# 公告\n\n路边停车每小时收费六元。\n").unwrap();
        let path =
            |name: &str| folder.join(name.trim_end_matches("_DIR").to_lowercase()).to_string_lossy().into_owned();
        let config = Config::read(|name| name.ends_with("_DIR").then(|| path(name))).unwrap();
        let index = admin::reindex(&config, |_| {}).unwrap().index;
        let journal = Arc::new(Journal::open(&config.state).unwrap());
        Desk::new(config, index, journal).unwrap()
    }

    fn visitor(language: crate::bot::Language) -> Visitor {
        Visitor {
            channel: "telegram",
            chat: "inline".to_owned(),
            person: Some("7".to_owned()),
            access: Access::Everyone,
            language: Some(language),
            public: true,
        }
    }

    #[test]
    fn the_same_question_is_looked_up_once() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(folder.path());
        let (here, taiwan) = (visitor(crate::bot::Language::Simplified), visitor(crate::bot::Language::Traditional));
        let offers = |visitor: &Visitor, question: &str| desk.offers(visitor, question, Deadline::NONE).unwrap();
        let first = offers(&here, "停车收费多少");
        assert!(!first.is_empty());
        for same in ["停车收费多少", " 停車收費多少 ", "停车收费多少"] {
            assert!(Arc::ptr_eq(&first, &offers(&here, same)), "{same}");
        }
        assert!(!Arc::ptr_eq(&first, &offers(&here, "停车收费多少元")));
        assert!(!Arc::ptr_eq(&first, &offers(&taiwan, "停车收费多少")), "its source line is in another script");
        for number in 0..REMEMBERED {
            offers(&here, &number.to_string());
        }
        assert!(!Arc::ptr_eq(&first, &offers(&here, "停车收费多少")), "what is remembered is bounded");
        assert_eq!(desk.offered.lock().unwrap().offers.len(), REMEMBERED);
    }

    #[test]
    fn nothing_is_offered_from_memory_that_was_taken_down() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(folder.path());
        let here = visitor(crate::bot::Language::Simplified);
        let titles = || {
            let offers = desk.offers(&here, "路边停车收费", Deadline::NONE).unwrap();
            format!("{offers:?}")
        };
        assert!(titles().contains("六元"));
        desk.reply(
            &Visitor { access: Access::Admin, public: false, ..here.clone() },
            "/exclude 公告.md",
            Deadline::NONE,
        );
        assert!(titles().contains("五元") && !titles().contains("六元"), "{}", titles());
    }

    #[test]
    fn what_takes_too_long_is_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let desk = desk(folder.path());
        let here = visitor(crate::bot::Language::Simplified);
        let overdue = desk.offers(&here, "路边停车收费", Deadline::after(Duration::ZERO)).unwrap_err();
        assert!(overdue.is::<Overdue>(), "{overdue}");
        let reply = desk.reply(&here, "路边停车收费", Deadline::after(Duration::ZERO));
        assert_eq!(reply, Reply::say(Words(crate::bot::Language::Simplified).too_slow()));
    }
}
