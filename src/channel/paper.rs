//! What the renderers share: text cut to size between sentences, matched words marked, markup escaped.

use std::ops::Range;

use crate::{passage::Span, text::sentences};

/// A text in which the marked spans stand in `tag`. Spans that do not fit the text are left out.
pub(super) fn marked(text: &str, spans: &[Span], tag: &str) -> String {
    let mut html = String::new();
    let mut at = 0;
    for span in spans {
        let (Some(before), Some(word)) = (text.get(at..span.start), span.slice(text)) else { continue };
        html.push_str(&escape(before));
        html.push_str(&format!("<{tag}>{}</{tag}>", escape(word)));
        at = span.end;
    }
    html.push_str(&escape(text.get(at..).unwrap_or_default()));
    html
}

/// The parts of the spans that lie in a range, counted from its start.
pub(super) fn within(spans: &[Span], range: &Range<usize>) -> impl Iterator<Item = Span> {
    spans
        .iter()
        .filter(|span| span.start < range.end && range.start < span.end)
        .map(|span| Span::new(span.start.max(range.start) - range.start, span.end.min(range.end) - range.start))
}

/// The three characters that mean something in HTML.
pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Ranges of at most `limit`, as `measure` counts characters, that hold all of a text but white space between them: cut
/// between sentences, in a longer sentence behind a comma or a space, and where there is none between two characters.
pub(super) fn chunks(text: &str, limit: usize, measure: fn(char) -> usize) -> Vec<Range<usize>> {
    let size = |range: Range<usize>| text[range].chars().map(measure).sum::<usize>();
    let mut chunks: Vec<Range<usize>> = Vec::new();
    for sentence in sentences(text) {
        match chunks.last_mut() {
            Some(last) if size(last.start..sentence.end) <= limit => last.end = sentence.end,
            _ => chunks.extend(pieces(text, sentence, limit, measure)),
        }
    }
    chunks
}

fn pieces(text: &str, sentence: Range<usize>, limit: usize, measure: fn(char) -> usize) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut length, mut pause) = (sentence.start, 0, None);
    for (offset, c) in text[sentence.clone()].char_indices() {
        let at = sentence.start + offset;
        if length + measure(c) > limit {
            let end = pause.take().filter(|end| *end > start).unwrap_or(at);
            pieces.push(start..end);
            (start, length) = (end, text[end..at].chars().map(measure).sum());
        }
        length += measure(c);
        if "，；、,; ".contains(c) {
            pause = Some(at + c.len_utf8());
        }
    }
    pieces.push(start..sentence.end);
    pieces
}
