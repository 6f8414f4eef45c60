//! Which sentences are quoted: whole, word for word, the most telling ones first.

use std::ops::Range;

use super::{
    Kind, Quote, Source,
    evidence::{self, Sentence},
    limits,
    question::Question,
    retrieve::{Candidate, Retrieved},
    terms::Term,
};
use crate::{
    index::{Index, View},
    passage::{Document, Span},
    text::fold,
};

/// At most so many quotes are shown.
const MOST_QUOTES: usize = 3;
/// The first quote has at most so many characters where whole sentences allow it.
const FIRST_QUOTE: usize = 200;
/// All quotes together have at most so many characters.
const ALL_QUOTES: usize = 400;
/// The same for lists.
const ALL_QUOTES_OF_LIST: usize = 600;

/// Neighbouring sentences of one candidate: which ones, as a range into the list of all sentences.
type Window = Range<usize>;

/// Quotes for a question from the best candidates.
pub(super) fn quotes(index: &Index, question: &Question, retrieved: &Retrieved) -> anyhow::Result<Vec<Quote>> {
    let weighed = evidence::weigh(index, question, retrieved);
    let mut left = if question.kind == Kind::List { ALL_QUOTES_OF_LIST } else { ALL_QUOTES };
    let mut used = vec![false; weighed.len()];
    let mut quotes = Vec::new();
    while quotes.len() < MOST_QUOTES {
        let limit = if quotes.is_empty() { FIRST_QUOTE } else { left };
        let Some(window) = best_window(&weighed, &used, limit, quotes.is_empty()) else { break };
        let window = widen(retrieved, &weighed, &used, window, left);
        used[window.clone()].fill(true);
        left = left.saturating_sub(length(&weighed[window.clone()]));
        // What a lead-in announces is quoted where several things were asked for; elsewhere it would crowd out other quotes.
        let room = if question.kind == Kind::List { left } else { 0 };
        let Some(quote) = cut(index, retrieved, &weighed[window.clone()], room)? else { continue };
        let items = quote.text.chars().count().saturating_sub(length(&weighed[window]));
        left = left.saturating_sub(items);
        for (sentence, used) in weighed.iter().zip(&mut used) {
            *used |= covers(&quote, retrieved, sentence);
        }
        quotes.push(quote);
    }
    Ok(quotes)
}

fn length(window: &[Sentence]) -> usize {
    window.iter().map(|sentence| sentence.length).sum()
}

/// The window of unused neighbours within the limit that says most. A sentence that is longer than the limit of the first
/// quote by itself counts with the part that fits.
fn best_window(sentences: &[Sentence], used: &[bool], limit: usize, first: bool) -> Option<Window> {
    let mut best: Option<(f32, Window)> = None;
    let mut offer = |share: f32, window: Window| {
        if best.as_ref().is_none_or(|(most, _)| share > *most) {
            best = Some((share, window));
        }
    };
    for start in 0..sentences.len() {
        let (mut share, mut length) = (0.0, 0);
        for (end, sentence) in sentences.iter().enumerate().skip(start) {
            length += sentence.length;
            if used[end] || sentence.candidate != sentences[start].candidate || length > limit && end > start {
                break;
            }
            share += sentence.share;
            if length <= limit {
                offer(share, start..end + 1);
            } else if first {
                offer(share * limit as f32 / length as f32, start..end + 1);
            }
        }
    }
    best.map(|(_, window)| window)
}

/// The window with what belongs to it, without sentences that are quoted already.
fn widen(retrieved: &Retrieved, weighed: &[Sentence], used: &[bool], window: Window, most: usize) -> Window {
    let candidate = weighed[window.start].candidate;
    let first = weighed.iter().position(|sentence| sentence.candidate == candidate).unwrap_or(window.start);
    let ranges: Vec<Range<usize>> = weighed
        .iter()
        .filter(|sentence| sentence.candidate == candidate)
        .map(|sentence| sentence.range.clone())
        .collect();
    let text = &retrieved.candidates[candidate].passage.text;
    let wide = limits::widen(text, &ranges, window.start - first..window.end - first, most);
    let wide = wide.start + first..wide.end + first;
    let start = (wide.start..window.start).rev().take_while(|at| !used[*at]).last().unwrap_or(window.start);
    let end = (window.end..wide.end).take_while(|at| !used[*at]).last().map_or(window.end, |last| last + 1);
    start..end
}

/// Whether a quote has a sentence already.
fn covers(quote: &Quote, retrieved: &Retrieved, sentence: &Sentence) -> bool {
    let passage = &retrieved.candidates[sentence.candidate].passage;
    let start = passage.span.start;
    passage.path == quote.document.path
        && Span::new(start + sentence.range.start, start + sentence.range.end).overlaps(&quote.span)
}

/// Cuts a quote out of the stored text and checks it; a quote that is not what was indexed is not shown. A lead-in at its end
/// brings the paragraphs that it announces, as far as `room` characters allow.
fn cut(index: &Index, retrieved: &Retrieved, window: &[Sentence], room: usize) -> anyhow::Result<Option<Quote>> {
    let (Some(first), Some(last)) = (window.first(), window.last()) else { return Ok(None) };
    let Candidate { passage, .. } = &retrieved.candidates[first.candidate];
    let Some(document) = index.document(&passage.path)? else { return Ok(None) };
    let span = Span::new(passage.span.start + first.range.start, passage.span.start + last.range.end);
    let indexed = passage.text.get(first.range.start..last.range.end);
    let Some(text) = span.slice(&document.text).filter(|text| Some(*text) == indexed) else {
        tracing::error!(document = %passage.path, start = span.start, end = span.end,
            "a quote differs from its source and is withheld; rebuild the index with `wenda reindex`");
        return Ok(None);
    };
    let span = Span::new(span.start, limits::with_announced(&document.text, span.end, room));
    let text = span.slice(&document.text).unwrap_or(text);
    Ok(Some(Quote {
        text: text.to_owned(),
        document: Source::of(index, &passage.path),
        section: passage.section.clone(),
        page: page(&document, span.start),
        span,
        highlights: highlights(text, &retrieved.terms),
    }))
}

fn page(document: &Document, at: usize) -> Option<usize> {
    Some(document.pages.partition_point(|start| *start <= at)).filter(|page| *page > 0)
}

/// The stretches of a quote that meet words of the question, neighbours joined.
fn highlights(text: &str, terms: &[Term]) -> Vec<Span> {
    let folded = fold(text);
    let mut marked = vec![false; folded.chars.len()];
    for (term, needle) in terms.iter().filter(|term| term.view != View::Characters).flat_map(|term| {
        term.texts.iter().chain(&term.aliases).map(move |(text, _)| (term, text.chars().collect::<Vec<char>>()))
    }) {
        // Two characters at least: single ones meet by chance.
        if needle.len() < 2 || term.is_numeral() {
            continue;
        }
        for at in 0..(folded.chars.len() + 1).saturating_sub(needle.len()) {
            if folded.chars[at..].starts_with(&needle) {
                marked[at..at + needle.len()].fill(true);
            }
        }
    }
    for numeral in crate::text::numerals(&folded.chars) {
        let value = format!("#{}", numeral.value);
        if terms.iter().any(|term| term.texts.iter().any(|(text, _)| *text == value)) {
            marked[numeral.from..numeral.to].fill(true);
        }
    }
    let mut spans: Vec<Span> = Vec::new();
    for at in (0..marked.len()).filter(|at| marked[*at]) {
        let (start, end) = folded.origin(at, at + 1);
        match spans.last_mut() {
            Some(last) if last.end >= start => last.end = last.end.max(end),
            _ => spans.push(Span::new(start, end)),
        }
    }
    spans
}
