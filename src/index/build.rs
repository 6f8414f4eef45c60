//! Building a generation: documents go into a folder of their own, which becomes visible only when all is on disk.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context;
use tantivy::{IndexWriter, TantivyDocument, indexer::NoMergePolicy};

use super::{citations::citations, passages::Entry, schema::Fields, sounds::NAMES};
use crate::{
    passage::Document,
    text::{fold, sound},
};

/// Memory for Tantivy's write buffer, in bytes; the laws of a country (64,666 articles) fit into it as one segment.
const WRITE_BUFFER: usize = 320_000_000;

/// Writes one generation. Nothing of it is seen by readers before `Generations::publish`.
pub struct Builder {
    folder: PathBuf,
    writer: IndexWriter,
    fields: Fields,
    documents: BTreeMap<String, Entry>,
    /// What may be foreign names in the texts.
    names: BTreeSet<String>,
}

/// A document made ready for the index: cut into tokens, the part of the work that runs in parallel.
pub struct Prepared {
    path: String,
    entry: Entry,
    records: Vec<TantivyDocument>,
    names: BTreeSet<String>,
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
        Ok(Builder { folder: folder.to_owned(), writer, fields, documents: BTreeMap::new(), names: BTreeSet::new() })
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
        let names = sound::names(&fold(&document.text).text()).into_iter().collect();
        Ok(Prepared { path: document.path.clone(), entry, records, names })
    }

    /// Adds a document.
    pub fn add(&mut self, prepared: Prepared) -> anyhow::Result<()> {
        for record in prepared.records {
            self.writer.add_document(record).context("cannot write to the index")?;
        }
        self.documents.insert(prepared.path, prepared.entry);
        self.names.extend(prepared.names);
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
        let names: Vec<String> = self.names.into_iter().collect();
        fs::write(self.folder.join(NAMES), names.join("\n")).context("cannot write the names; is the disk full?")?;
        Ok((self.folder, self.documents))
    }
}
