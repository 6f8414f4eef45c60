//! Records that are left out of a generation while it serves: what is masked is neither found nor counted.

use std::collections::HashMap;

use tantivy::{
    DocSet, Searcher, SegmentReader, TERMINATED, Term,
    index::SegmentId,
    schema::{Field, IndexRecordOption},
};

/// The records that are left out, segment by segment. Segments of which nothing is left out are absent.
#[derive(Clone, Debug, Default)]
pub(super) struct Mask(HashMap<SegmentId, Vec<bool>>);

impl Mask {
    /// Leaves out all records of the documents at `paths`; `field` holds the path of a record.
    pub(super) fn of<'p>(
        searcher: &Searcher,
        field: Field,
        paths: impl Iterator<Item = &'p str>,
    ) -> tantivy::Result<Mask> {
        let terms: Vec<Term> = paths.map(|path| Term::from_field_text(field, path)).collect();
        let mut mask = Mask::default();
        for segment in searcher.segment_readers() {
            let inverted = segment.inverted_index(field)?;
            for term in &terms {
                let Some(mut records) = inverted.read_postings(term, IndexRecordOption::Basic)? else { continue };
                let masked =
                    mask.0.entry(segment.segment_id()).or_insert_with(|| vec![false; segment.max_doc() as usize]);
                while records.doc() != TERMINATED {
                    masked[records.doc() as usize] = true;
                    records.advance();
                }
            }
        }
        Ok(mask)
    }

    /// For each record of a segment whether it is left out; nothing where none is.
    pub(super) fn of_segment(&self, segment: &SegmentReader) -> Option<&[bool]> {
        self.0.get(&segment.segment_id()).map(Vec::as_slice)
    }
}
