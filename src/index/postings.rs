//! Where a term or a phrase stands: Tantivy's postings, without the records that are not shown.

use std::ops::ControlFlow;

use tantivy::{
    DocSet, SegmentReader, TERMINATED,
    fastfield::AliveBitSet,
    postings::{BlockSegmentPostings, Postings, SegmentPostings, TermInfo},
    schema::IndexRecordOption,
};

use super::{passages::Index, schema::View, scoring::Alternative};

/// A term of one view, looked up in the dictionary of every segment.
pub(super) struct Term {
    pub(super) view: View,
    /// Where its postings lie, segment by segment; nothing where a segment does not have it.
    places: Vec<Option<TermInfo>>,
    /// In how many of the records that are shown it stands.
    pub(super) frequency: u64,
}

/// What of a segment is not shown: what was removed, and what is left out while it serves.
struct Hidden<'i> {
    alive: Option<&'i AliveBitSet>,
    masked: Option<&'i [bool]>,
}

impl Hidden<'_> {
    fn is_empty(&self) -> bool {
        self.alive.is_none() && self.masked.is_none()
    }

    fn has(&self, record: u32) -> bool {
        self.alive.is_some_and(|alive| alive.is_deleted(record))
            || self.masked.is_some_and(|masked| masked[record as usize])
    }
}

impl Index {
    /// Whether anything that an alternative asks for occurs.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn occurs(&self, alternative: &Alternative) -> tantivy::Result<bool> {
        for segment in self.searcher().segment_readers() {
            let mut found = false;
            self.visit(segment, alternative.view, &alternative.terms, |_, _| {
                found = true;
                ControlFlow::Break(())
            })?;
            if found {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The records of a segment that have a term or phrase, and how often.
    pub(super) fn occurrences(
        &self,
        segment: &SegmentReader,
        view: View,
        terms: &[(u32, String)],
    ) -> tantivy::Result<Vec<(u32, u32)>> {
        let mut found = Vec::new();
        self.visit(segment, view, terms, |record, frequency| {
            found.push((record, frequency));
            ControlFlow::Continue(())
        })?;
        Ok(found)
    }

    /// Looks up a term.
    pub(super) fn term(&self, view: View, text: &str) -> tantivy::Result<Term> {
        let mut term = Term { view, places: Vec::new(), frequency: 0 };
        for segment in self.searcher().segment_readers() {
            let inverted = segment.inverted_index(self.fields().views[view as usize])?;
            let place = inverted.get_term_info(&self.fields().term(view, text))?;
            term.frequency += match &place {
                Some(place) if self.hidden(segment).is_empty() => u64::from(place.doc_freq),
                Some(_) => self.occurrences(segment, view, &[(0, text.to_owned())])?.len() as u64,
                None => 0,
            };
            term.places.push(place);
        }
        Ok(term)
    }

    /// Calls `each` with every record of a segment that has a term, and how often.
    pub(super) fn all_with(&self, ordinal: usize, term: &Term, mut each: impl FnMut(u32, u32)) -> tantivy::Result<()> {
        let hidden = self.hidden(&self.searcher().segment_readers()[ordinal]);
        if let Some(mut blocks) = self.blocks(ordinal, term)? {
            each_block(&mut blocks, |record, frequency| {
                if !hidden.has(record) {
                    each(record, frequency);
                }
                ControlFlow::Continue(())
            });
        }
        Ok(())
    }

    /// Calls `each` with the place of those of some records that have a term, and how often; `records` ascend, and all
    /// of them are shown.
    pub(super) fn those_with(
        &self,
        ordinal: usize,
        term: &Term,
        records: &[u32],
        mut each: impl FnMut(usize, u32),
    ) -> tantivy::Result<()> {
        if let Some(mut blocks) = self.blocks(ordinal, term)? {
            for (at, record) in records.iter().enumerate() {
                let place = blocks.seek(*record);
                if blocks.doc(place) == *record {
                    each(at, blocks.freq(place));
                }
            }
        }
        Ok(())
    }

    fn blocks(&self, ordinal: usize, term: &Term) -> tantivy::Result<Option<BlockSegmentPostings>> {
        let Some(place) = &term.places[ordinal] else { return Ok(None) };
        let segment = &self.searcher().segment_readers()[ordinal];
        let inverted = segment.inverted_index(self.fields().views[term.view as usize])?;
        Ok(Some(inverted.read_block_postings_from_terminfo(place, IndexRecordOption::WithFreqs)?))
    }

    fn hidden<'i>(&'i self, segment: &'i SegmentReader) -> Hidden<'i> {
        Hidden { alive: segment.alive_bitset(), masked: self.mask.of_segment(segment) }
    }

    /// Calls `each` with the records of a segment that have a term or phrase, and how often, until it breaks off.
    fn visit(
        &self,
        segment: &SegmentReader,
        view: View,
        terms: &[(u32, String)],
        mut each: impl FnMut(u32, u32) -> ControlFlow<()>,
    ) -> tantivy::Result<()> {
        let inverted = segment.inverted_index(self.fields().views[view as usize])?;
        let hidden = self.hidden(segment);
        let shown = |record: u32, frequency: u32| {
            if hidden.has(record) { ControlFlow::Continue(()) } else { each(record, frequency) }
        };
        if let [(_, text)] = terms {
            let term = self.fields().term(view, text);
            if let Some(mut blocks) = inverted.read_block_postings(&term, IndexRecordOption::WithFreqs)? {
                each_block(&mut blocks, shown);
            }
            return Ok(());
        }
        let mut lists = Vec::with_capacity(terms.len());
        for (distance, text) in terms {
            let term = self.fields().term(view, text);
            match inverted.read_postings(&term, IndexRecordOption::WithFreqsAndPositions)? {
                Some(list) => lists.push((*distance, list)),
                None => return Ok(()),
            }
        }
        each_phrase(&mut lists, shown);
        Ok(())
    }
}

/// Every record of a list with how often it has the term.
fn each_block(blocks: &mut BlockSegmentPostings, mut each: impl FnMut(u32, u32) -> ControlFlow<()>) {
    while blocks.block_len() > 0 {
        for (record, frequency) in blocks.docs().iter().zip(blocks.freqs()) {
            if each(*record, *frequency).is_break() {
                return;
            }
        }
        blocks.advance();
    }
}

/// Every record that has all terms, each so far from the first as it stands in the phrase, and how often.
fn each_phrase(lists: &mut [(u32, SegmentPostings)], mut each: impl FnMut(u32, u32) -> ControlFlow<()>) {
    let Some(((_, first), rest)) = lists.split_first_mut() else { return };
    let (mut starts, mut others) = (Vec::new(), Vec::new());
    let mut record = first.doc();
    while record != TERMINATED {
        let everywhere = rest.iter_mut().all(|(_, list)| {
            if list.doc() < record {
                list.seek(record);
            }
            list.doc() == record
        });
        if everywhere {
            first.positions(&mut starts);
            for (distance, list) in rest.iter_mut() {
                list.positions(&mut others);
                starts.retain(|start| others.binary_search(&(start + *distance)).is_ok());
            }
            let frequency = u32::try_from(starts.len()).unwrap_or(u32::MAX);
            if frequency > 0 && each(record, frequency).is_break() {
                return;
            }
        }
        record = first.advance();
    }
}
