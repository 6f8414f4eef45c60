//! The order of the passages, whatever the segments that hold them: by the path of the document, and by the order of its
//! text. Equal scores are decided by it, so that an answer does not depend on how its generation came about.

use std::collections::BTreeMap;

use anyhow::Context;
use tantivy::{DocSet, SegmentReader, TERMINATED, schema::IndexRecordOption};

use super::{
    passages::Entry,
    schema::{Fields, NUMBER},
};

/// The rank of a record that was removed.
pub(super) const REMOVED: u32 = u32::MAX;

/// For each record of a segment its place in the order of the generation. Fails where the segments do not hold exactly the
/// documents of the list: then something was lost.
pub(super) fn ranks(
    segments: &[SegmentReader],
    fields: &Fields,
    documents: &BTreeMap<String, Entry>,
) -> anyhow::Result<Vec<Vec<u32>>> {
    let mut first = 0u32;
    // By path: the rank of the document's own record, and how many of its records are still to be found.
    let mut expected: BTreeMap<&str, (u32, usize)> = BTreeMap::new();
    for (path, entry) in documents {
        let records = entry.passages + 1;
        expected.insert(path, (first, records));
        first =
            u32::try_from(records).ok().and_then(|records| first.checked_add(records)).context("too many passages")?;
    }
    let mut all = Vec::with_capacity(segments.len());
    for segment in segments {
        let mut ranks = vec![REMOVED; segment.max_doc() as usize];
        let numbers = segment.fast_fields().u64(NUMBER)?;
        let inverted = segment.inverted_index(fields.path)?;
        let mut paths = inverted.terms().stream()?;
        while paths.advance() {
            let mut postings = inverted.read_postings_from_terminfo(paths.value(), IndexRecordOption::Basic)?;
            let path = std::str::from_utf8(paths.key())?;
            let mut document = postings.doc();
            while document != TERMINATED {
                if !segment.is_deleted(document) {
                    let (first, left) = expected.get_mut(path).with_context(|| format!("{path} is not listed"))?;
                    let number = u32::try_from(numbers.first(document).context("a record has no number")?)?;
                    ranks[document as usize] = *first + number;
                    *left = left.checked_sub(1).with_context(|| format!("{path} is there twice"))?;
                }
                document = postings.advance();
            }
        }
        all.push(ranks);
    }
    match expected.into_iter().find(|(_, (_, left))| *left > 0) {
        Some((path, (_, left))) => anyhow::bail!("{left} records of {path} are missing"),
        None => Ok(all),
    }
}
