//! One generation, opened for reading: its documents, its passages, their stored texts.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::{Arc, OnceLock},
};

use anyhow::Context;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use tantivy::{
    ReloadPolicy, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    query::TermQuery,
    schema::{IndexRecordOption, Value},
};

use super::{
    citations::{Citations, Cited},
    manifest::Manifest,
    mask::Mask,
    ranks::ranks,
    schema::{Fields, PassageRecord, TokenCounts, View, titles},
    search::Hit,
};
use crate::{
    passage::{Document, Metadata, Span},
    text::{Aliases, fold, ordinal, pinyin::SoundIndex, sound::NameIndex},
};

/// What the list of documents says about one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Hash of the bytes that it was read from.
    pub hash: String,
    /// What is known about it.
    pub metadata: Metadata,
    /// The number of its passages.
    pub passages: usize,
    /// The tokens of all its passages, by view.
    pub(super) tokens: TokenCounts,
    /// What it refers to.
    pub(super) citations: Citations,
}

/// A passage as it was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPassage {
    /// The path of its document.
    pub path: String,
    /// The headings above it.
    pub section: Vec<String>,
    /// Where it stands in the stored text.
    pub span: Span,
    /// Its text.
    pub text: String,
}

/// Tokens per passage of the documents, in each view.
fn average_lengths(documents: &BTreeMap<String, Entry>) -> [f32; View::ALL.len()] {
    let passages: u64 = documents.values().map(|entry| entry.passages as u64).sum();
    View::ALL.map(|view| {
        let tokens: u64 = documents.values().map(|entry| entry.tokens[view as usize]).sum();
        tokens as f32 / passages.max(1) as f32
    })
}

/// A generation of the index, open for reading.
pub struct Index {
    manifest: Manifest,
    /// The documents that it shows, and all that it holds.
    documents: Arc<BTreeMap<String, Entry>>,
    all_documents: Arc<BTreeMap<String, Entry>>,
    /// The records of those that it does not show.
    pub(super) mask: Mask,
    searcher: Searcher,
    fields: Fields,
    passages: u64,
    /// For each record of a segment its place in the order of paths and texts.
    pub(super) ranks: Vec<Vec<u32>>,
    average_lengths: [f32; View::ALL.len()],
    cited: Cited,
    /// The admin's names for the same thing.
    aliases: Aliases,
    /// The idf of every single character of the corpus; read at the first question that needs it.
    characters: Arc<OnceLock<FxHashMap<char, f32>>>,
    /// Where the generation lies.
    pub(super) folder: PathBuf,
    /// The foreign names of the corpus by their sound; read at the first question that needs them.
    pub(super) names: Arc<OnceLock<NameIndex>>,
    /// The words of the corpus by their sound; read at the first question that needs them.
    pub(super) sounds: Arc<OnceLock<SoundIndex>>,
}

impl Index {
    /// Opens the generation in `folder`.
    pub(super) fn open(folder: &Path, manifest: Manifest, documents: BTreeMap<String, Entry>) -> anyhow::Result<Index> {
        let index = tantivy::Index::open_in_dir(folder).context("cannot open the index")?;
        let (schema, fields) = Fields::schema();
        anyhow::ensure!(index.schema() == schema, "the index has other fields than this version");
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let searcher: Searcher = tantivy::IndexReader::searcher(&reader);
        let passages: u64 = documents.values().map(|entry| entry.passages as u64).sum();
        let average_lengths = average_lengths(&documents);
        let ranks = ranks(searcher.segment_readers(), &fields, &documents)?;
        let documents = Arc::new(documents);
        let cited = Cited::count(documents.values().map(|entry| (entry.metadata.title.as_deref(), &entry.citations)));
        Ok(Index {
            aliases: Aliases::new(manifest.aliases.clone()),
            manifest,
            all_documents: documents.clone(),
            documents,
            mask: Mask::default(),
            searcher,
            fields,
            passages,
            ranks,
            average_lengths,
            cited,
            characters: Arc::default(),
            folder: folder.to_owned(),
            names: Arc::default(),
            sounds: Arc::default(),
        })
    }

    /// The same generation without some of the documents that it holds: they are neither found nor handed out, and do not count
    /// in how rare words are and how long passages. Nothing is written. Only the rarity of single characters and the sounds of
    /// words still know them.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn without(&self, left_out: impl Fn(&str, &Entry) -> bool) -> anyhow::Result<Index> {
        let shown = |(path, entry): &(&String, &Entry)| !left_out(path, entry);
        let documents: BTreeMap<String, Entry> =
            self.all_documents.iter().filter(shown).map(|(path, entry)| (path.clone(), entry.clone())).collect();
        let hidden = self.all_documents.keys().filter(|path| !documents.contains_key(*path)).map(String::as_str);
        let mask = Mask::of(&self.searcher, self.fields.path, hidden)?;
        let cited = Cited::count(documents.values().map(|entry| (entry.metadata.title.as_deref(), &entry.citations)));
        Ok(Index {
            manifest: self.manifest.clone(),
            aliases: self.aliases.clone(),
            passages: documents.values().map(|entry| entry.passages as u64).sum(),
            average_lengths: average_lengths(&documents),
            documents: Arc::new(documents),
            all_documents: self.all_documents.clone(),
            mask,
            searcher: self.searcher.clone(),
            fields: self.fields.clone(),
            ranks: self.ranks.clone(),
            cited,
            characters: self.characters.clone(),
            folder: self.folder.clone(),
            names: self.names.clone(),
            sounds: self.sounds.clone(),
        })
    }

    /// What this generation says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// The admin's names for the same thing.
    pub fn aliases(&self) -> &Aliases {
        &self.aliases
    }

    /// The documents that it shows, by path.
    pub fn documents(&self) -> &BTreeMap<String, Entry> {
        &self.documents
    }

    /// The documents that it holds, also those that it does not show.
    pub fn all_documents(&self) -> &BTreeMap<String, Entry> {
        &self.all_documents
    }

    /// The number of passages that it shows.
    pub fn passage_count(&self) -> u64 {
        self.passages
    }

    pub(super) fn searcher(&self) -> &Searcher {
        &self.searcher
    }

    pub(super) fn fields(&self) -> &Fields {
        &self.fields
    }

    /// The title of a passage's document and the headings above the passage, a line each.
    pub fn titles(&self, passage: &StoredPassage) -> String {
        let entry = self.documents.get(&passage.path);
        titles(entry.and_then(|entry| entry.metadata.title.as_deref()), &passage.section)
    }

    /// In how many other documents the title of a passage's document occurs, and how often the corpus refers to the
    /// article that the passage is.
    pub fn cited(&self, passage: &StoredPassage) -> (u32, u32) {
        let title = self.documents.get(&passage.path).and_then(|entry| entry.metadata.title.as_deref());
        let start: Vec<char> = fold(passage.text.get(..64).unwrap_or(&passage.text)).chars;
        let article: Option<String> = ordinal(&start, '条').map(|length| start[..length].iter().collect());
        title.map_or((0, 0), |title| self.cited.of(title, article.as_deref()))
    }

    /// The idf of a single character, if the corpus has it.
    pub fn character_idf(&self, c: char) -> Option<f32> {
        let table = self.characters.get_or_init(|| self.read_characters().unwrap_or_default());
        table.get(&c).copied()
    }

    fn read_characters(&self) -> anyhow::Result<FxHashMap<char, f32>> {
        let mut table = FxHashMap::default();
        self.frequencies(View::Characters, |text, frequency| {
            let mut letters = text.chars();
            if let (Some(c), None) = (letters.next(), letters.next()) {
                table.insert(c, self.idf(u64::from(frequency)));
            }
        })?;
        Ok(table)
    }

    /// Reads what is otherwise read when the first question needs it, so that nobody waits for it.
    pub fn warm_up(&self) {
        self.character_idf('的');
        self.names();
        self.sounds();
    }

    /// Tokens per passage in a view.
    pub fn average_length(&self, view: View) -> f32 {
        self.average_lengths[view as usize]
    }

    /// The passage behind a hit.
    pub fn passage(&self, hit: &Hit) -> anyhow::Result<StoredPassage> {
        let (segment, document) = hit.address;
        let record: PassageRecord = self.record(tantivy::DocAddress::new(segment, document))?;
        Ok(StoredPassage { path: record.path, section: record.section, span: record.span, text: record.text })
    }

    /// The document at `path` with its stored text, if the generation has it and shows it.
    pub fn document(&self, path: &str) -> anyhow::Result<Option<Document>> {
        if !self.documents.contains_key(path) {
            return Ok(None);
        }
        let query = TermQuery::new(Term::from_field_text(self.fields.document, path), IndexRecordOption::Basic);
        let found = self.searcher.search(&query, &TopDocs::with_limit(1).order_by_score())?;
        found.first().map(|(_, address)| self.record(*address)).transpose()
    }

    fn record<T: serde::de::DeserializeOwned>(&self, address: tantivy::DocAddress) -> anyhow::Result<T> {
        let stored: TantivyDocument = self.searcher.doc(address)?;
        let record = stored.get_first(self.fields.record).and_then(|value| value.as_str());
        serde_json::from_str(record.context("a record of the index is empty")?)
            .context("a record of the index is damaged")
    }
}
