//! Which sentences are quoted: whole, word for word, the most telling ones first.

use std::ops::Range;

use super::{
    Kind, Quote, Source,
    editions::{Shelf, Statement},
    evidence::{self, Sentence},
    limits,
    question::Question,
    retrieve::{Candidate, Retrieved},
    terms::Term,
};
use crate::{
    index::{Index, View},
    passage::{Document, Span},
    text::{fold, sentences},
};

/// At most so many quotes are shown.
const MOST_QUOTES: usize = 3;
/// The same for lists, which may have to be gathered from several places.
const MOST_QUOTES_OF_LIST: usize = 5;
/// A further quote says at least so much as a share of what the first one says: what is far fainter has nothing to do with the
/// question.
const FAINT: f32 = 0.02;
/// The first quote has at most so many characters where whole sentences allow it.
const FIRST_QUOTE: usize = 200;
/// All quotes together have at most so many characters.
const ALL_QUOTES: usize = 400;
/// The same for lists.
const ALL_QUOTES_OF_LIST: usize = 600;

/// How many characters of following paragraphs a quote may take in: of those that a lead-in announces, and of those that explain
/// what is named.
#[derive(Clone, Copy, Default)]
struct Room {
    announced: usize,
    explained: usize,
}

/// Neighbouring sentences of one candidate: which ones, as a range into the list of all sentences.
type Window = Range<usize>;

/// Quotes for a question from the best candidates, and the sentences that they were chosen from.
pub(super) fn quotes(
    index: &Index,
    question: &Question,
    retrieved: &Retrieved,
    shelf: &Shelf,
) -> anyhow::Result<(Vec<Quote>, Vec<Sentence>)> {
    let mut weighed = evidence::weigh(index, question, retrieved)?;
    let (most, mut left) = match question.kind {
        Kind::List => (MOST_QUOTES_OF_LIST, ALL_QUOTES_OF_LIST),
        _ => (MOST_QUOTES, ALL_QUOTES),
    };
    let statements: Vec<Statement> = weighed.iter().map(|sentence| Statement::new(text(retrieved, sentence))).collect();
    let mut used = repeated(retrieved, shelf, &mut weighed, &statements);
    let mut quotes = Vec::new();
    let mut least = 0.0;
    while quotes.len() < most {
        retrieved.deadline.check()?;
        let limit = if quotes.is_empty() { FIRST_QUOTE } else { left };
        let Some((share, window)) = best_window(&weighed, &used, limit, quotes.is_empty()) else { break };
        if share < least {
            break;
        }
        let window = widen(retrieved, &weighed, &used, window, left);
        used[window.clone()].fill(true);
        // What has no room for its limits is not shown beside others.
        if !quotes.is_empty() && is_cut_off(retrieved, &weighed, &used, &window) {
            continue;
        }
        left = left.saturating_sub(length(&weighed[window.clone()]));
        // What a lead-in announces is quoted where several things were asked for; elsewhere it would crowd out other quotes.
        let room = Room {
            announced: if question.kind == Kind::List { left } else { 0 },
            explained: if question.expects_several() { left } else { 0 },
        };
        let Some(quote) = cut(shelf, retrieved, &weighed[window.clone()], room)? else { continue };
        let items = quote.text.chars().count().saturating_sub(length(&weighed[window]));
        left = left.saturating_sub(items);
        let quote = newest(shelf, retrieved, quote)?;
        mark_used(&quote, retrieved, (&weighed, &statements), &mut used);
        quotes.push(quote);
        least = least.max(FAINT * share);
        if let [first] = quotes.as_mut_slice()
            && let Some(mut other) = differing(shelf, retrieved, first, (&weighed, &statements))?
        {
            left = left.saturating_sub(other.text.chars().count());
            (first.figures_differ, other.figures_differ) = (true, true);
            mark_used(&other, retrieved, (&weighed, &statements), &mut used);
            let at = if shelf.is_before(&other.document.path, &first.document.path) { 0 } else { 1 };
            quotes.insert(at, other);
        }
    }
    Ok((quotes, weighed))
}

/// Which sentences stand in a document that goes before as well; that copy counts for all.
fn repeated(retrieved: &Retrieved, shelf: &Shelf, weighed: &mut [Sentence], statements: &[Statement]) -> Vec<bool> {
    let mut used = vec![false; weighed.len()];
    for one in 0..weighed.len() {
        for other in one + 1..weighed.len() {
            let path = |at: usize| retrieved.candidates[weighed[at].candidate].passage.path.as_str();
            if used[one] || used[other] || !statements[one].is_same(&statements[other]) || path(one) == path(other) {
                continue;
            }
            let (kept, left) = if shelf.is_before(path(other), path(one)) { (other, one) } else { (one, other) };
            weighed[kept].share += weighed[left].share;
            used[left] = true;
        }
    }
    used
}

/// Marks the sentences that a quote says already.
fn mark_used(
    quote: &Quote,
    retrieved: &Retrieved,
    (weighed, statements): (&[Sentence], &[Statement]),
    used: &mut [bool],
) {
    let said = Statement::new(&quote.text);
    for ((sentence, statement), used) in weighed.iter().zip(statements).zip(used) {
        *used |= covers(quote, retrieved, sentence) || statement.is_part_of(&said);
    }
}

fn text<'r>(retrieved: &'r Retrieved, sentence: &Sentence) -> &'r str {
    retrieved.candidates[sentence.candidate].passage.text.get(sentence.range.clone()).unwrap_or_default()
}

/// The words of a quote from the newest document that has them, with the others named.
fn newest(shelf: &Shelf, retrieved: &Retrieved, quote: Quote) -> anyhow::Result<Quote> {
    let twins = shelf.twins(retrieved, &quote.document.path, &quote.text);
    let Some((best, range)) = twins.first() else { return Ok(quote) };
    let path = |at: usize| retrieved.candidates[at].passage.path.as_str();
    let newer = match shelf.is_before(path(*best), &quote.document.path) {
        true => place(shelf, retrieved, (*best, range.clone()), Room::default())?,
        false => None,
    };
    let shown = newer.as_ref().unwrap_or(&quote).document.path.as_str();
    let all = twins.iter().map(|(at, _)| path(*at)).chain([quote.document.path.as_str()]);
    let also_in = shelf.sources(all.filter(|path| *path != shown).collect());
    Ok(Quote { also_in, ..newer.unwrap_or(quote) })
}

/// What another document says of the same thing with other figures.
fn differing(
    shelf: &Shelf,
    retrieved: &Retrieved,
    quote: &Quote,
    (weighed, statements): (&[Sentence], &[Statement]),
) -> anyhow::Result<Option<Quote>> {
    let said: Vec<Statement> =
        sentences(&quote.text).into_iter().map(|range| Statement::new(&quote.text[range])).collect();
    let differs = |(sentence, statement): &(&Sentence, &Statement)| {
        let path = &retrieved.candidates[sentence.candidate].passage.path;
        *path != quote.document.path
            && said.iter().any(|said| said.differs_in_figures(statement))
            && shelf.may_contradict(path, &quote.document.path)
    };
    match weighed.iter().zip(statements).find(differs) {
        Some((sentence, _)) => cut(shelf, retrieved, std::slice::from_ref(sentence), Room::default()),
        None => Ok(None),
    }
}

fn length(window: &[Sentence]) -> usize {
    window.iter().map(|sentence| sentence.length).sum()
}

/// The window of unused neighbours within the limit that says most. A sentence that is longer than the limit of the first
/// quote by itself counts with the part that fits.
fn best_window(sentences: &[Sentence], used: &[bool], limit: usize, first: bool) -> Option<(f32, Window)> {
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
    best
}

/// The window with what belongs to it, without sentences that are quoted already.
fn widen(retrieved: &Retrieved, weighed: &[Sentence], used: &[bool], window: Window, most: usize) -> Window {
    let (text, ranges, first) = around(retrieved, weighed, &window);
    let wide = limits::widen(text, &ranges, window.start - first..window.end - first, most);
    let wide = wide.start + first..wide.end + first;
    let start = (wide.start..window.start).rev().take_while(|at| !used[*at]).last().unwrap_or(window.start);
    let end = (window.end..wide.end).take_while(|at| !used[*at]).last().map_or(window.end, |last| last + 1);
    start..end
}

/// Whether the sentence behind a window limits it and is not quoted.
fn is_cut_off(retrieved: &Retrieved, weighed: &[Sentence], used: &[bool], window: &Window) -> bool {
    let (text, ranges, first) = around(retrieved, weighed, window);
    let own = window.start - first..window.end - first;
    limits::is_limited(text, &ranges, own) && used.get(window.end) == Some(&false)
}

/// The text of the candidate that a window stands in, its sentences, and which of all sentences is the first of them.
fn around<'r>(retrieved: &'r Retrieved, weighed: &[Sentence], window: &Window) -> (&'r str, Vec<Range<usize>>, usize) {
    let candidate = weighed[window.start].candidate;
    let own = |sentence: &&Sentence| sentence.candidate == candidate;
    let first = weighed.iter().position(|sentence| own(&sentence)).unwrap_or(window.start);
    let ranges = weighed.iter().filter(own).map(|sentence| sentence.range.clone()).collect();
    (&retrieved.candidates[candidate].passage.text, ranges, first)
}

/// Whether a quote has a sentence already.
fn covers(quote: &Quote, retrieved: &Retrieved, sentence: &Sentence) -> bool {
    let passage = &retrieved.candidates[sentence.candidate].passage;
    let start = passage.span.start;
    passage.path == quote.document.path
        && Span::new(start + sentence.range.start, start + sentence.range.end).overlaps(&quote.span)
}

/// Cuts a quote out of the stored text and checks it; a quote that is not what was indexed is not shown. A lead-in at its end
/// brings the paragraphs that it announces, what it names in quotation marks those that explain it, as far as there is room.
fn cut(shelf: &Shelf, retrieved: &Retrieved, window: &[Sentence], room: Room) -> anyhow::Result<Option<Quote>> {
    let (Some(first), Some(last)) = (window.first(), window.last()) else { return Ok(None) };
    place(shelf, retrieved, (first.candidate, first.range.start..last.range.end), room)
}

/// The quote of a stretch of a candidate.
fn place(
    shelf: &Shelf,
    retrieved: &Retrieved,
    (candidate, range): (usize, Range<usize>),
    room: Room,
) -> anyhow::Result<Option<Quote>> {
    let Candidate { passage, .. } = &retrieved.candidates[candidate];
    let Some(document) = shelf.document(&passage.path)? else { return Ok(None) };
    let span = Span::new(passage.span.start + range.start, passage.span.start + range.end);
    let indexed = passage.text.get(range);
    let Some(text) = span.slice(&document.text).filter(|text| Some(*text) == indexed) else {
        tracing::error!(document = %passage.path, start = span.start, end = span.end,
            "a quote differs from its source and is withheld; rebuild the index with `wenda reindex`");
        return Ok(None);
    };
    let announced = limits::with_announced(&document.text, span.end, room.announced);
    let explained = limits::with_explained(&document.text, span.start..span.end, room.explained);
    let span = Span::new(span.start, announced.max(explained));
    let text = span.slice(&document.text).unwrap_or(text);
    Ok(Some(Quote {
        text: text.to_owned(),
        document: Source::of(shelf.index, &passage.path),
        section: passage.section.clone(),
        page: page(&document, span.start),
        span,
        highlights: highlights(text, &retrieved.terms),
        also_in: Vec::new(),
        figures_differ: false,
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
        let meets = |value: &str| {
            terms.iter().any(|term| term.texts.iter().any(|(text, _)| text.strip_prefix('#') == Some(value)))
        };
        if numeral.date_part(&folded.chars).is_some_and(|part| meets(&part)) {
            marked[numeral.from..numeral.to + 1].fill(true);
        } else if meets(&numeral.value) {
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
