//! Building a generation: documents go into a folder of their own, which becomes visible only when all is on disk. What the
//! generation before holds is taken over; what was removed from it is only marked, until merging segments is worth it.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use anyhow::Context;
use tantivy::{
    IndexWriter, Term,
    index::{SegmentId, SegmentMeta},
    indexer::{LogMergePolicy, MergePolicy, NoMergePolicy},
};

use super::{
    citations::citations,
    files,
    passages::{Entry, Index},
    schema::Fields,
    sounds::{NAMES, Names},
};
use crate::{
    passage::Document,
    text::{fold, sound},
};

/// Memory for Tantivy's write buffer, in bytes; the laws of a country (64,666 articles) fit into it as one segment.
const WRITE_BUFFER: usize = 320_000_000;

/// Segments with more records are left alone when segments are merged: however large the corpus, a merge stays this small.
const FULL_SEGMENT: usize = 60_000;

/// So many segments of about one size are merged into one.
const MERGED_AT_ONCE: usize = 8;

/// Segments below so many records count as of one size.
const SMALL_SEGMENT: u32 = 2_000;

/// A segment of which a greater share is removed is written anew without it.
const MOST_REMOVED: f32 = 0.2;

/// Writes one generation. Nothing of it is seen by readers before `Generations::publish`.
pub struct Builder {
    folder: PathBuf,
    writer: IndexWriter,
    fields: Fields,
    contents: Mutex<Contents>,
    /// The size and checksum of each file that was taken over from the generation before.
    pub(super) taken_over: files::Checksums,
}

/// What a generation says of its documents.
#[derive(Default)]
struct Contents {
    documents: BTreeMap<String, Entry>,
    names: Names,
}

impl Builder {
    /// A builder that starts from nothing in an empty folder.
    pub(super) fn create(folder: &Path) -> anyhow::Result<Builder> {
        let (schema, _) = Fields::schema();
        let index = tantivy::Index::create_in_dir(folder, schema)
            .with_context(|| format!("cannot create an index in {}; is the disk full?", folder.display()))?;
        Builder::write_to(folder, &index, Contents::default(), files::Checksums::new())
    }

    /// A builder that goes on, in an empty folder, from what a generation holds.
    pub(super) fn resume(folder: &Path, before: &Index) -> anyhow::Result<Builder> {
        let names = files::read_json(&before.folder.join(NAMES))?;
        let taken_over = files::take_over(&before.folder, folder, before.manifest().files())?;
        let index = tantivy::Index::open_in_dir(folder).context("the index before cannot be taken over")?;
        let contents = Contents { documents: before.documents().clone(), names };
        Builder::write_to(folder, &index, contents, taken_over)
    }

    fn write_to(
        folder: &Path,
        index: &tantivy::Index,
        contents: Contents,
        taken_over: files::Checksums,
    ) -> anyhow::Result<Builder> {
        // Cutting texts into tokens is what takes the time, and whoever calls `add` does it: one thread is enough to write.
        let writer: IndexWriter = index.writer_with_num_threads(1, WRITE_BUFFER)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        let (_, fields) = Fields::schema();
        Ok(Builder { folder: folder.to_owned(), writer, fields, contents: Mutex::new(contents), taken_over })
    }

    /// Removes a document of the generation before.
    pub fn remove(&self, path: &str) {
        self.writer.delete_term(Term::from_field_text(self.fields.path, path));
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        contents.documents.remove(path);
        contents.names.remove(path);
    }

    /// Adds a document that the generation does not hold, or no longer; call it from as many threads as there are.
    pub fn add(&self, document: &Document) -> anyhow::Result<()> {
        let write = |record| self.writer.add_document(record).map(|_| ()).context("cannot write to the index");
        let tokens = self.fields.write(document, write)?;
        let entry = Entry {
            hash: document.hash.clone(),
            metadata: document.metadata.clone(),
            passages: document.passages.len(),
            tokens,
            citations: citations(&document.text),
        };
        let names = sound::names(&fold(&document.text).text());
        let mut contents = self.contents.lock().unwrap_or_else(PoisonError::into_inner);
        contents.documents.insert(document.path.clone(), entry);
        if !names.is_empty() {
            contents.names.insert(document.path.clone(), names.into_iter().collect());
        }
        Ok(())
    }

    /// Writes all to disk, and gives the folder and the list of documents.
    pub(super) fn finish(mut self) -> anyhow::Result<(PathBuf, BTreeMap<String, Entry>)> {
        self.writer.commit().context("cannot write the index; is the disk full?")?;
        let segments = self.writer.index().searchable_segment_metas()?;
        for segments in worth_merging(&segments) {
            self.writer.merge(&segments).wait().context("cannot merge the index; is the disk full?")?;
        }
        self.writer.garbage_collect_files().wait()?;
        self.writer.wait_merging_threads()?;
        let contents = self.contents.into_inner().unwrap_or_else(PoisonError::into_inner);
        files::write_synced(&self.folder.join(NAMES), &serde_json::to_vec(&contents.names)?)?;
        Ok((self.folder, contents.documents))
    }
}

/// Which segments are worth merging: the cost of all merges together grows as the corpus does (times the logarithm of what one
/// segment may hold), no question meets many small segments, and what was removed takes up little.
fn worth_merging(segments: &[SegmentMeta]) -> Vec<Vec<SegmentId>> {
    let mut policy = LogMergePolicy::default();
    policy.set_min_num_segments(MERGED_AT_ONCE);
    policy.set_max_docs_before_merge(FULL_SEGMENT);
    policy.set_min_layer_size(SMALL_SEGMENT);
    let merged: Vec<Vec<SegmentId>> =
        policy.compute_merge_candidates(segments).into_iter().map(|candidate| candidate.0).collect();
    let is_worn = |segment: &&SegmentMeta| segment.num_deleted_docs() as f32 > MOST_REMOVED * segment.max_doc() as f32;
    let worn = segments.iter().filter(is_worn).map(SegmentMeta::id);
    let alone: Vec<Vec<SegmentId>> =
        worn.filter(|id| !merged.iter().any(|ids| ids.contains(id))).map(|id| vec![id]).collect();
    [merged, alone].concat()
}
