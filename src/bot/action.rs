//! What a button does. An action fits into the few bytes that platforms give to a button: what it refers to stands on a
//! card in the journal.

use crate::journal::Rating;

/// What is done when a button is pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Show the paragraphs around the quotes of a card.
    Context(String),
    /// Show a page of the passages of a card.
    Passages(String, usize),
    /// Show all quotes of a card.
    Quotes(String),
    /// Show the first quote of a card so that it can be copied.
    Copy(String),
    /// Rate the answer of a card.
    Rate(String, Rating),
    /// Take back the rating of a card.
    Unrate(String),
    /// Ask one of the questions on a card.
    Example(String, usize),
    /// Show a page of the list of documents.
    Sources(usize),
    /// Add the file of a card to the corpus.
    Join(String),
    /// Throw the file of a card away.
    Discard(String),
}

impl Action {
    /// As text for a button, at most 64 bytes.
    pub fn encode(&self) -> String {
        match self {
            Action::Context(card) => format!("context:{card}"),
            Action::Passages(card, page) => format!("passages:{card}:{page}"),
            Action::Quotes(card) => format!("quotes:{card}"),
            Action::Copy(card) => format!("copy:{card}"),
            Action::Rate(card, Rating::Good) => format!("good:{card}"),
            Action::Rate(card, Rating::Bad) => format!("bad:{card}"),
            Action::Unrate(card) => format!("unrate:{card}"),
            Action::Example(card, number) => format!("example:{card}:{number}"),
            Action::Sources(page) => format!("sources:{page}"),
            Action::Join(card) => format!("join:{card}"),
            Action::Discard(card) => format!("discard:{card}"),
        }
    }

    /// From the text of a button; `None` where it is none of ours.
    pub fn decode(text: &str) -> Option<Action> {
        let (name, rest) = text.split_once(':')?;
        let card = || rest.to_owned();
        let numbered = || {
            let (card, number) = rest.split_once(':')?;
            Some((card.to_owned(), number.parse().ok()?))
        };
        Some(match name {
            "context" => Action::Context(card()),
            "passages" => numbered().map(|(card, page)| Action::Passages(card, page))?,
            "quotes" => Action::Quotes(card()),
            "copy" => Action::Copy(card()),
            "good" => Action::Rate(card(), Rating::Good),
            "bad" => Action::Rate(card(), Rating::Bad),
            "unrate" => Action::Unrate(card()),
            "example" => numbered().map(|(card, number)| Action::Example(card, number))?,
            "sources" => Action::Sources(rest.parse().ok()?),
            "join" => Action::Join(card()),
            "discard" => Action::Discard(card()),
            _ => return None,
        })
    }

    /// Whether the reply takes the place of the message with the button; otherwise it is a new message.
    pub fn replaces(&self) -> bool {
        match self {
            Action::Quotes(_) | Action::Sources(_) | Action::Join(_) | Action::Discard(_) => true,
            Action::Passages(_, page) => *page > 0,
            Action::Context(_) | Action::Copy(_) | Action::Rate(..) | Action::Unrate(_) | Action::Example(..) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn actions_fit_into_a_button_and_come_back() {
        let card = || "0123456789abcdef".to_owned();
        for action in [
            Action::Context(card()),
            Action::Passages(card(), 3),
            Action::Quotes(card()),
            Action::Copy(card()),
            Action::Rate(card(), Rating::Good),
            Action::Rate(card(), Rating::Bad),
            Action::Unrate(card()),
            Action::Example(card(), 2),
            Action::Sources(usize::MAX),
            Action::Join(card()),
            Action::Discard(card()),
        ] {
            assert!(action.encode().len() <= 64);
            assert_eq!(Action::decode(&action.encode()), Some(action));
        }
        for foreign in ["", "context", "sources:x", "passages:1", "drop:table"] {
            assert_eq!(Action::decode(foreign), None, "{foreign}");
        }
    }
}
