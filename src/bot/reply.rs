//! What the desk says, without markup: the doors render it for their platforms.

use crate::{
    answer::{Answer, Quote, Verdict},
    bot::words::Words,
    passage::Span,
};

/// A reply, part by part.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reply {
    /// The parts, in the order in which they are read.
    pub parts: Vec<Part>,
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
}

impl Reply {
    /// A reply in the bot's own words.
    pub fn say(text: impl Into<String>) -> Reply {
        Reply { parts: vec![Part::Say(text.into())] }
    }

    /// The reply that shows an answer.
    pub(super) fn of(answer: &Answer, words: Words, where_to_ask: Option<&str>) -> Reply {
        let opening = match (answer.verdict, answer.smalltalk) {
            (Verdict::Smalltalk, Some(smalltalk)) => Some(words.smalltalk(smalltalk)),
            (Verdict::None | Verdict::Smalltalk, _) => Some(words.nothing_found(where_to_ask)),
            (Verdict::Related, _) => Some(words.related().to_owned()),
            (Verdict::Answer, _) => None,
        };
        let mut parts: Vec<Part> = opening.map(Part::Say).into_iter().collect();
        for (number, quote) in answer.quotes.iter().enumerate() {
            parts.push(Part::Quote { text: quote.text.clone(), highlights: quote.highlights.clone() });
            let next = answer.quotes.get(number + 1);
            if next.is_none_or(|next| next.document.path != quote.document.path || next.section != quote.section) {
                parts.push(Part::Source { line: source_line(quote, words), url: quote.document.url.clone() });
            }
        }
        Reply { parts }
    }
}

/// Title, publisher, date, section and page of a quote in one line.
fn source_line(quote: &Quote, words: Words) -> String {
    let document = &quote.document;
    let title = document.title.clone().unwrap_or_else(|| document.path.clone());
    let mut line = words.title(&title);
    for detail in [&document.publisher, &document.date].into_iter().flatten() {
        line.push_str(&format!(" · {detail}"));
    }
    for heading in quote.section.iter().filter(|heading| **heading != title) {
        line.push_str(&format!(" › {heading}"));
    }
    if let Some(page) = quote.page {
        line.push_str(&format!(" · {}", words.page(page)));
    }
    line
}
