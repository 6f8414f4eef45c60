//! Building a generation: documents go into a folder of their own, which becomes visible only when all is on disk.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use anyhow::Context;
use tantivy::{IndexWriter, TantivyDocument, indexer::NoMergePolicy};

use super::{citations::citations, passages::Entry, schema::Fields};
use crate::passage::Document;

/// Memory for Tantivy's write buffer, in bytes; the laws of a country (64,666 articles) fit into it as one segment.
const WRITE_BUFFER: usize = 320_000_000;

/// Writes one generation. Nothing of it is seen by readers before `Generations::publish`.
pub struct Builder {
    folder: PathBuf,
    writer: IndexWriter,
    fields: Fields,
    documents: BTreeMap<String, Entry>,
}

/// A document made ready for the index: cut into tokens, the part of the work that runs in parallel.
pub struct Prepared {
    path: String,
    entry: Entry,
    records: Vec<TantivyDocument>,
}

impl Builder {
    /// A builder that starts from nothing in an empty folder.
    pub(super) fn create(folder: &Path) -> anyhow::Result<Builder> {
        let (schema, fields) = Fields::schema();
        let index = tantivy::Index::create_in_dir(folder, schema)
            .with_context(|| format!("cannot create an index in {}", folder.display()))?;
        // One thread keeps the passages in the order of the corpus; cutting into tokens is what takes the time.
        let writer: IndexWriter = index.writer_with_num_threads(1, WRITE_BUFFER)?;
        writer.set_merge_policy(Box::new(NoMergePolicy));
        Ok(Builder { folder: folder.to_owned(), writer, fields, documents: BTreeMap::new() })
    }

    /// Cuts a document into the records of the index. Pure; call it from as many threads as there are.
    pub fn prepare(&self, document: &Document) -> anyhow::Result<Prepared> {
        let records = self.fields.records(document)?;
        let entry = Entry {
            hash: document.hash.clone(),
            metadata: document.metadata.clone(),
            passages: document.passages.len(),
            citations: citations(&document.text),
        };
        Ok(Prepared { path: document.path.clone(), entry, records })
    }

    /// Adds a document.
    pub fn add(&mut self, prepared: Prepared) -> anyhow::Result<()> {
        for record in prepared.records {
            self.writer.add_document(record).context("cannot write to the index")?;
        }
        self.documents.insert(prepared.path, prepared.entry);
        Ok(())
    }

    /// Writes all to disk as one segment, and gives the folder and the list of documents.
    pub(super) fn finish(mut self) -> anyhow::Result<(PathBuf, BTreeMap<String, Entry>)> {
        self.writer.commit().context("cannot write the index; is the disk full?")?;
        let segments = self.writer.index().searchable_segment_ids()?;
        if segments.len() > 1 {
            self.writer.merge(&segments).wait()?;
            self.writer.garbage_collect_files().wait()?;
        }
        self.writer.wait_merging_threads()?;
        Ok((self.folder, self.documents))
    }
}
