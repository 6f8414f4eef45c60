//! In how many passages the terms of a view stand, over all segments, without what was removed.

use tantivy::{DocSet, InvertedIndexReader, SegmentReader, TERMINATED, postings::TermInfo, schema::IndexRecordOption};

use super::{passages::Index, schema::View};

impl Index {
    /// Calls `each` with every term of a view and its frequency, in the order of the terms.
    pub(super) fn frequencies(&self, view: View, mut each: impl FnMut(&str, u32)) -> tantivy::Result<()> {
        let field = self.fields().views[view as usize];
        let segments = self.searcher().segment_readers();
        let mut inverted = Vec::with_capacity(segments.len());
        for segment in segments {
            inverted.push((segment, segment.inverted_index(field)?));
        }
        let mut streams = Vec::with_capacity(segments.len());
        for (segment, inverted) in &inverted {
            let mut terms = inverted.terms().stream()?;
            if terms.advance() {
                streams.push((*segment, inverted, terms));
            }
        }
        let mut term = Vec::new();
        while let Some(least) = streams.iter().map(|(.., terms)| terms.key()).min() {
            term.clear();
            term.extend_from_slice(least);
            let mut frequency = 0;
            let mut at = 0;
            while let Some((segment, inverted, terms)) = streams.get_mut(at) {
                if terms.key() == term.as_slice() {
                    frequency += kept(segment, inverted, terms.value())?;
                    if !terms.advance() {
                        streams.remove(at);
                        continue;
                    }
                }
                at += 1;
            }
            if let (1.., Ok(text)) = (frequency, std::str::from_utf8(&term)) {
                each(text, frequency);
            }
        }
        Ok(())
    }
}

/// In how many passages of a segment a term stands; its dictionary still counts those that were removed.
fn kept(segment: &SegmentReader, inverted: &InvertedIndexReader, term: &TermInfo) -> tantivy::Result<u32> {
    let Some(alive) = segment.alive_bitset() else { return Ok(term.doc_freq) };
    let mut postings = inverted.read_postings_from_terminfo(term, IndexRecordOption::Basic)?;
    let mut frequency = 0;
    let mut document = postings.doc();
    while document != TERMINATED {
        frequency += u32::from(alive.is_alive(document));
        document = postings.advance();
    }
    Ok(frequency)
}
