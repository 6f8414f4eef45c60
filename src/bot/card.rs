//! What stands behind the buttons of an answer: its quotes and passages. An index that was built since is no obstacle:
//! each place is looked up in the document as it is now, and left out where its words are gone.

use serde::{Deserialize, Serialize};
use time::Date;

use super::{
    action::Action,
    reply::{Button, Part, Press, Reply, quoted, source_line},
    words::Words,
};
use crate::{
    answer::{Answer, Quote, Ranked, Source},
    index::Index,
    passage::{Document, Span},
    text::sentences,
};

/// The paragraphs around a quote may have so many characters before it, and as many behind it.
const AROUND: usize = 400;

/// Other passages shown at once.
const PASSAGES_PER_PAGE: usize = 3;

/// A passage in a list is cut at the end of a sentence near so many characters.
const PASSAGE_LENGTH: usize = 300;

/// The longest text that a button can copy by itself, in UTF-16 units (Bot API, CopyTextButton).
const COPIED_BY_BUTTON: usize = 256;

/// The card of an answer.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct AnswerCard {
    quotes: Vec<Excerpt>,
    passages: Vec<Place>,
}

/// What the quotes of a card are shown with: the documents as they are now, today's date, the language of the reader.
pub(super) struct Now<'a> {
    pub(super) index: &'a Index,
    pub(super) today: Date,
    pub(super) words: Words,
}

impl Now<'_> {
    fn source(&self, document: &Document) -> Source {
        Source::new(&document.path, document.metadata.clone(), Some(self.today))
    }

    /// The document at a path as a source, if it is still there.
    fn named(&self, path: &str) -> Option<Source> {
        let entry = self.index.documents().get(path)?;
        Some(Source::new(path, entry.metadata.clone(), Some(self.today)))
    }
}

/// A quote as a card keeps it.
#[derive(Debug, Serialize, Deserialize)]
struct Excerpt {
    path: String,
    section: Vec<String>,
    page: Option<usize>,
    span: Span,
    text: String,
    highlights: Vec<Span>,
    /// The paths of other documents that have the same words.
    #[serde(default)]
    also_in: Vec<String>,
}

/// A passage as a card keeps it: where it stands, and the hash of its text.
#[derive(Debug, Serialize, Deserialize)]
struct Place {
    path: String,
    section: Vec<String>,
    span: Span,
    hash: String,
}

impl AnswerCard {
    /// The card of an answer.
    pub(super) fn of(answer: &Answer) -> AnswerCard {
        let excerpt = |quote: &Quote| Excerpt {
            path: quote.document.path.clone(),
            section: quote.section.clone(),
            page: quote.page,
            span: quote.span,
            text: quote.text.clone(),
            highlights: quote.highlights.clone(),
            also_in: quote.also_in.iter().map(|source| source.path.clone()).collect(),
        };
        let shown = |passage: &Ranked| {
            answer
                .quotes
                .iter()
                .any(|quote| quote.document.path == passage.document.path && quote.span.overlaps(&passage.span))
        };
        let place = |passage: &Ranked| Place {
            path: passage.document.path.clone(),
            section: passage.section.clone(),
            span: passage.span,
            hash: hash(&passage.text),
        };
        AnswerCard {
            quotes: answer.quotes.iter().map(excerpt).collect(),
            passages: answer.passages.iter().filter(|passage| !shown(passage)).map(place).collect(),
        }
    }

    /// The buttons under an answer that is shown whole.
    pub(super) fn buttons(&self, id: &str, words: Words) -> Vec<Vec<Button>> {
        let act = |label: &str, action: fn(String) -> Action| Button::act(label, action(id.to_owned()));
        let mut first = vec![act(words.more_context(), Action::Context)];
        if !self.passages.is_empty() {
            first.push(Button::act(words.other_passages(), Action::Passages(id.to_owned(), 0)));
        }
        let mut second = Vec::new();
        if let Some(quote) = self.quotes.first() {
            let action = Action::Copy(id.to_owned());
            let short = quote.text.encode_utf16().count() <= COPIED_BY_BUTTON;
            let press = if short { Press::Copy(quote.text.clone(), action) } else { Press::Act(action) };
            second.push(Button { label: words.copy_quote().to_owned(), press });
        }
        second.extend(thumbs(id));
        vec![first, second]
    }

    /// The buttons under an answer of which only the first quote is shown; where it is the only one, those that lead on from it.
    pub(super) fn short_buttons(&self, id: &str, words: Words) -> Vec<Vec<Button>> {
        let mut row = match self.quotes.len() {
            0 | 1 => self.buttons(id, words).swap_remove(0),
            _ => vec![Button::act(words.show_all(), Action::Quotes(id.to_owned()))],
        };
        row.extend(thumbs(id));
        vec![row]
    }

    /// What else there is to show behind an answer, of which perhaps only the first quote is shown.
    pub(super) fn more(&self, id: &str, shortened: bool) -> Option<Action> {
        let passages = (!self.passages.is_empty()).then(|| Action::Passages(id.to_owned(), 0));
        if shortened && self.quotes.len() > 1 { Some(Action::Quotes(id.to_owned())) } else { passages }
    }

    /// All quotes.
    pub(super) fn quotes(&self, now: &Now, id: &str) -> anyhow::Result<Reply> {
        let mut quotes = Vec::new();
        for excerpt in &self.quotes {
            quotes.extend(excerpt.find(now)?.map(|(_, quote)| quote));
        }
        let mut reply = found(quoted(&quotes, now.words), now.words);
        // A button that copies holds the words of the quote: none where these are gone from the documents.
        if quotes.len() == self.quotes.len() {
            reply.buttons = self.buttons(id, now.words);
        }
        Ok(reply)
    }

    /// The quotes with the paragraphs around them; quotes that share paragraphs are shown once.
    pub(super) fn context(&self, now: &Now) -> anyhow::Result<Reply> {
        let mut parts = Vec::new();
        let mut shown: Vec<(&str, Span)> = Vec::new();
        for excerpt in &self.quotes {
            let Some((document, quote)) = excerpt.find(now)? else { continue };
            if shown.iter().any(|(path, span)| {
                *path == excerpt.path && span.start <= quote.span.start && quote.span.end <= span.end
            }) {
                continue;
            }
            let around = around(&document.text, quote.span);
            let Some(text) = around.slice(&document.text) else { continue };
            let marked = Span::new(quote.span.start - around.start, quote.span.end - around.start);
            parts.push(Part::Quote { text: text.to_owned(), highlights: vec![marked] });
            parts.push(Part::Source { line: source_line(&quote, now.words), url: quote.document.url.clone() });
            shown.push((&excerpt.path, around));
        }
        Ok(found(parts, now.words))
    }

    /// A page of the passages that are not quoted.
    pub(super) fn passages(&self, now: &Now, id: &str, page: usize) -> anyhow::Result<Reply> {
        let from = page.saturating_mul(PASSAGES_PER_PAGE);
        let mut quotes = Vec::new();
        for place in self.passages.iter().skip(from).take(PASSAGES_PER_PAGE) {
            quotes.extend(place.find(now)?);
        }
        let mut reply = found(quoted(&quotes, now.words), now.words);
        let pages = self.passages.len().div_ceil(PASSAGES_PER_PAGE);
        reply.buttons = pager(page, pages, now.words, |page| Action::Passages(id.to_owned(), page));
        Ok(reply)
    }

    /// The first quote, to be copied.
    pub(super) fn copy(&self, now: &Now) -> anyhow::Result<Reply> {
        let quote = self.quotes.first().map(|excerpt| excerpt.find(now)).transpose()?.flatten();
        Ok(found(quote.map(|(_, quote)| Part::Copy(quote.text)).into_iter().collect(), now.words))
    }
}

impl Excerpt {
    /// The quote in the document as it is now.
    fn find(&self, now: &Now) -> anyhow::Result<Option<(Document, Quote)>> {
        let Some(document) = now.index.document(&self.path)? else { return Ok(None) };
        let span = match self.span.slice(&document.text) {
            Some(text) if text == self.text => self.span,
            _ => match document.text.find(&self.text) {
                Some(start) => Span::new(start, start + self.text.len()),
                None => return Ok(None),
            },
        };
        let quote = Quote {
            text: self.text.clone(),
            document: now.source(&document),
            section: self.section.clone(),
            page: self.page,
            span,
            highlights: self.highlights.clone(),
            also_in: self.also_in.iter().filter_map(|path| now.named(path)).collect(),
            figures_differ: false,
        };
        Ok(Some((document, quote)))
    }
}

impl Place {
    /// The passage in the document as it is now, cut after whole sentences where it is long.
    fn find(&self, now: &Now) -> anyhow::Result<Option<Quote>> {
        let Some(document) = now.index.document(&self.path)? else { return Ok(None) };
        let same = |span: &Span| span.slice(&document.text).is_some_and(|text| hash(text) == self.hash);
        let moved = || document.passages.iter().map(|passage| passage.span).find(same);
        let Some(span) = Some(self.span).filter(same).or_else(moved) else { return Ok(None) };
        let Some(text) = span.slice(&document.text) else { return Ok(None) };
        Ok(Some(quote_of(now.source(&document), self.section.clone(), span.start, leading(text))))
    }
}

/// A quote of the beginning of a passage.
pub(super) fn quote_of(document: Source, section: Vec<String>, start: usize, text: &str) -> Quote {
    let span = Span::new(start, start + text.len());
    Quote {
        text: text.to_owned(),
        document,
        section,
        page: None,
        span,
        highlights: Vec::new(),
        also_in: Vec::new(),
        figures_differ: false,
    }
}

/// The leading sentences of a passage: whole ones, the first in any case.
pub(super) fn leading(text: &str) -> &str {
    let mut end = text.len();
    for (number, sentence) in sentences(text).into_iter().enumerate() {
        if number > 0 && text[..sentence.end].chars().count() > PASSAGE_LENGTH {
            break;
        }
        end = sentence.end;
    }
    &text[..end]
}

/// Buttons to the pages before and after.
pub(super) fn pager(page: usize, pages: usize, words: Words, action: impl Fn(usize) -> Action) -> Vec<Vec<Button>> {
    let mut row = Vec::new();
    if page > 0 && pages > 1 {
        row.push(Button::act(words.page_before(), action(page.min(pages) - 1)));
    }
    if page + 1 < pages {
        row.push(Button::act(words.page_after(), action(page + 1)));
    }
    Some(row).filter(|row| !row.is_empty()).into_iter().collect()
}

fn thumbs(id: &str) -> [Button; 2] {
    use crate::journal::Rating;
    [("👍", Rating::Good), ("👎", Rating::Bad)]
        .map(|(label, rating)| Button::act(label, Action::Rate(id.to_owned(), rating)))
}

/// A reply of these parts, or the news that the documents no longer hold them.
fn found(parts: Vec<Part>, words: Words) -> Reply {
    if parts.is_empty() { Reply::say(words.outdated()) } else { Reply { parts, ..Reply::default() } }
}

/// The paragraph before, the paragraphs of the quote, the paragraph behind: whole where they are short, else the
/// sentences that are nearest.
fn around(text: &str, quote: Span) -> Span {
    let before = &text[..quote.start];
    let line = before.rfind('\n').map_or(0, |at| at + 1);
    let upper = before[..line].trim_end();
    let start = upper.rfind('\n').map_or(0, |at| at + 1);
    let cuts = sentences(&before[start..]);
    let near = cuts.iter().map(|cut| start + cut.start).find(|at| before[*at..].chars().count() <= AROUND);
    let start = near.unwrap_or(quote.start);

    let after = &text[quote.end..];
    let line = after.find('\n').unwrap_or(after.len());
    let lower = after[line..].trim_start();
    let from = after.len() - lower.len();
    let end = from + lower.find('\n').unwrap_or(lower.len());
    let cuts = sentences(&after[..end]);
    let near = cuts.iter().rev().map(|cut| cut.end).find(|at| after[..*at].chars().count() <= AROUND);
    Span::new(start, quote.end + near.unwrap_or(0))
}

fn hash(text: &str) -> String {
    blake3::hash(text.as_bytes()).to_hex()[..16].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_context_is_the_paragraphs_around() {
        let text = "标题\n\n第一段。\n第二段甲。引文。第二段乙。\n\n第三段。\n第四段。";
        let start = text.find("引文").unwrap();
        let span = around(text, Span::new(start, start + "引文。".len()));
        assert_eq!(span.slice(text).unwrap(), "第一段。\n第二段甲。引文。第二段乙。\n\n第三段。");
        let whole = Span::new(0, text.len());
        assert_eq!(around(text, whole), whole);
    }

    #[test]
    fn long_neighbours_are_cut_between_sentences() {
        let long = "这一句话有十个字啊。".repeat(100);
        let text = format!("{long}引文。{long}");
        let quote = Span::new(long.len(), long.len() + "引文。".len());
        let shown = around(&text, quote).slice(&text).unwrap();
        assert_eq!(shown.chars().count(), 2 * AROUND + 3);
        assert!(shown.starts_with("这一") && shown.ends_with("啊。"));
        assert_eq!(leading(&long).chars().count(), PASSAGE_LENGTH);
    }
}
