//! What the desk says, without markup: the doors render it for their platforms.

use super::{action::Action, words::Words};
use crate::{
    admin::Order,
    answer::{Answer, Quote, Source, Verdict},
    passage::Span,
};

/// A reply, part by part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The parts, in the order in which they are read.
    pub parts: Vec<Part>,
    /// What can be done with it, row by row. Doors without buttons leave them out.
    pub buttons: Vec<Vec<Button>>,
    /// Work that was asked for and takes its time: the door has the desk do it, and shows how it goes.
    pub work: Option<Work>,
}

/// A part of a reply.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// The bot's own words.
    Say(String),
    /// The words of a document.
    Quote {
        /// The text, word for word.
        text: String,
        /// Byte ranges that meet words of the question.
        highlights: Vec<Span>,
    },
    /// Where the quote above comes from.
    Source {
        /// Title, publisher, date, section.
        line: String,
        /// Where it can be read.
        url: Option<String>,
    },
    /// The words of a document, to be copied.
    Copy(String),
}

/// A button under a reply.
#[derive(Clone, Debug, PartialEq)]
pub struct Button {
    /// What it says.
    pub label: String,
    /// What it does.
    pub press: Press,
}

/// What a button does.
#[derive(Clone, Debug, PartialEq)]
pub enum Press {
    /// The desk does it.
    Act(Action),
    /// The reader's device copies a text, where the platform can do that; otherwise the desk does the action.
    Copy(String, Action),
}

/// Work that takes its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Work {
    /// Build the index anew.
    Reindex(Order),
    /// Add the file of a card to the corpus, and build the index anew.
    Join(String),
}

impl Button {
    /// A button that has the desk do something.
    pub(super) fn act(label: impl Into<String>, action: Action) -> Button {
        Button { label: label.into(), press: Press::Act(action) }
    }
}

impl Reply {
    /// A reply in the bot's own words.
    pub fn say(text: impl Into<String>) -> Reply {
        Reply { parts: vec![Part::Say(text.into())], ..Reply::default() }
    }

    /// What its buttons do, in the order in which they stand.
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.buttons.iter().flatten().map(|button| match &button.press {
            Press::Act(action) | Press::Copy(_, action) => action,
        })
    }

    /// The reply that shows an answer.
    pub(super) fn of(answer: &Answer, words: Words, where_to_ask: Option<&str>) -> Reply {
        let opening = match (answer.verdict, answer.smalltalk) {
            (Verdict::Smalltalk, Some(smalltalk)) => Some(words.smalltalk(smalltalk)),
            (Verdict::None | Verdict::Smalltalk, _) => Some(words.nothing_found(where_to_ask)),
            (Verdict::Related, _) => Some(words.related().to_owned()),
            (Verdict::Answer, _) => None,
        };
        let differ = answer.quotes.iter().any(|quote| quote.figures_differ).then(|| words.figures_differ().to_owned());
        let instead = (!answer.searched_for.is_empty()).then(|| words.searched_for(&answer.searched_for));
        let mut parts: Vec<Part> = instead.into_iter().chain(opening).chain(differ).map(Part::Say).collect();
        parts.extend(quoted(&answer.quotes, words));
        Reply { parts, ..Reply::default() }
    }
}

/// Quotes with their source lines; neighbours from the same place share one.
pub(super) fn quoted(quotes: &[Quote], words: Words) -> Vec<Part> {
    let (mut parts, mut others) = (Vec::new(), Vec::new());
    for (number, quote) in quotes.iter().enumerate() {
        parts.push(Part::Quote { text: quote.text.clone(), highlights: quote.highlights.clone() });
        for line in quote.also_in.iter().map(|document| document_line(document, words)) {
            if !others.contains(&line) {
                others.push(line);
            }
        }
        let next = quotes.get(number + 1);
        if next.is_none_or(|next| next.document.path != quote.document.path || next.section != quote.section) {
            parts.push(Part::Source { line: source_line(quote, words), url: quote.document.url.clone() });
            if !others.is_empty() {
                parts.push(Part::Source { line: words.also_in(&std::mem::take(&mut others)), url: None });
            }
        }
    }
    parts
}

/// Title, publisher and date of a document in one line; of an expired one also that.
fn document_line(document: &Source, words: Words) -> String {
    let mut line = words.title(document.title.as_ref().unwrap_or(&document.path));
    for detail in [&document.publisher, &document.date].into_iter().flatten() {
        line.push_str(&format!(" · {detail}"));
    }
    if document.expired {
        line.push_str(&format!(" · {}", words.no_longer_valid(document.valid_until.as_deref().unwrap_or_default())));
    }
    line
}

/// Title, publisher, date, section and page of a quote in one line; of an expired document also that.
pub(super) fn source_line(quote: &Quote, words: Words) -> String {
    let mut line = document_line(&quote.document, words);
    for heading in quote.section.iter().filter(|heading| Some(*heading) != quote.document.title.as_ref()) {
        line.push_str(&format!(" › {heading}"));
    }
    if let Some(page) = quote.page {
        line.push_str(&format!(" · {}", words.page(page)));
    }
    line
}
