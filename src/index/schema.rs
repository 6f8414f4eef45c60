//! The fields of the index, and how a document becomes Tantivy documents: one for each passage with its searchable
//! views, and one that stores the whole text.

use serde::{Deserialize, Serialize};
use tantivy::{
    TantivyDocument, Term,
    schema::{FAST, Field, IndexRecordOption, STORED, STRING, Schema, TextFieldIndexing, TextOptions},
    tokenizer::{PreTokenizedString, Token as IndexToken},
};

use crate::{
    passage::{Document, Span},
    text::{Token, Tokens, fold, ordinal, tokenize},
};

/// Raised whenever an older index would be misread: other fields, other tokens, other folding, other splitting.
pub const SCHEMA_VERSION: u32 = 5;

/// The views of a passage that can be searched. The titles hold the document's title and the headings above the passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum View {
    /// Pairs of neighbouring characters of the text.
    Bigrams,
    /// Words and numerals of the text.
    Words,
    /// Single characters of the text.
    Characters,
    /// Pairs of neighbouring characters of the titles.
    TitleBigrams,
    /// Words and numerals of the titles.
    TitleWords,
    /// Single characters of the titles.
    TitleCharacters,
}

impl View {
    /// All views, in the order of their discriminants.
    pub const ALL: [View; 6] =
        [View::Bigrams, View::Words, View::Characters, View::TitleBigrams, View::TitleWords, View::TitleCharacters];

    fn name(self) -> &'static str {
        match self {
            View::Bigrams => "bigrams",
            View::Words => "words",
            View::Characters => "characters",
            View::TitleBigrams => "title_bigrams",
            View::TitleWords => "title_words",
            View::TitleCharacters => "title_characters",
        }
    }
}

/// What is stored with a passage.
#[derive(Serialize, Deserialize)]
pub(super) struct PassageRecord {
    pub(super) path: String,
    pub(super) section: Vec<String>,
    pub(super) span: Span,
    pub(super) text: String,
}

/// The fields of the schema.
#[derive(Clone)]
pub(super) struct Fields {
    pub(super) views: [Field; View::ALL.len()],
    /// The path of the document, on passages and on the document's own record: what deletes find them by.
    pub(super) path: Field,
    /// The path of the document, on the document's own record only.
    pub(super) document: Field,
    /// A `PassageRecord` or a `Document`, as JSON.
    pub(super) record: Field,
    /// The number of a passage in its document, counted from 1; 0 on the document's own record.
    pub(super) number: Field,
}

/// Tokens in each view, in the order of `View::ALL`.
pub(super) type TokenCounts = [u64; View::ALL.len()];

/// The name of the field with the numbers of passages, which is read as a column.
pub(super) const NUMBER: &str = "number";

impl Fields {
    pub(super) fn schema() -> (Schema, Fields) {
        let mut builder = Schema::builder();
        let indexing = TextFieldIndexing::default()
            .set_tokenizer("raw")
            .set_index_option(IndexRecordOption::WithFreqsAndPositions);
        let options = TextOptions::default().set_indexing_options(indexing);
        let views = View::ALL.map(|view| builder.add_text_field(view.name(), options.clone()));
        let path = builder.add_text_field("path", STRING);
        let document = builder.add_text_field("document", STRING);
        let record = builder.add_text_field("record", STORED);
        let number = builder.add_u64_field(NUMBER, FAST);
        (builder.build(), Fields { views, path, document, record, number })
    }

    pub(super) fn term(&self, view: View, text: &str) -> Term {
        Term::from_field_text(self.views[view as usize], text)
    }

    /// Cuts a document into its records, hands them to `write` one by one, and counts their tokens.
    pub(super) fn write(
        &self,
        document: &Document,
        mut write: impl FnMut(TantivyDocument) -> anyhow::Result<()>,
    ) -> anyhow::Result<TokenCounts> {
        let mut whole = TantivyDocument::new();
        whole.add_text(self.path, &document.path);
        whole.add_text(self.document, &document.path);
        whole.add_u64(self.number, 0);
        whole.add_text(self.record, serde_json::to_string(document)?);
        write(whole)?;
        let mut counts = TokenCounts::default();
        let mut headings: Option<(&[String], Tokens)> = None;
        for (number, passage) in (1..).zip(&document.passages) {
            let text = passage.span.slice(&document.text).unwrap_or_default();
            // Neighbouring passages share their headings: they are cut into tokens once.
            let titles = match headings.take() {
                Some((section, tokens)) if section == passage.section => tokens,
                _ => tokenize(&fold(&titles(document.metadata.title.as_deref(), &passage.section)).chars),
            };
            let chars = fold(text).chars;
            // The number of an article names it, it is not part of what the article says.
            let label = ordinal(&chars, '条').unwrap_or(0);
            let tokens = tokenize(&chars[label..]);
            let mut record = TantivyDocument::new();
            record.add_text(self.path, &document.path);
            record.add_u64(self.number, number);
            record.add_text(
                self.record,
                serde_json::to_string(&PassageRecord {
                    path: document.path.clone(),
                    section: passage.section.clone(),
                    span: passage.span,
                    text: text.to_owned(),
                })?,
            );
            for view in View::ALL {
                let tokens = match view {
                    View::Bigrams => &tokens.bigrams,
                    View::Words => &tokens.words,
                    View::Characters => &tokens.characters,
                    View::TitleBigrams => &titles.bigrams,
                    View::TitleWords => &titles.words,
                    View::TitleCharacters => &titles.characters,
                };
                self.add(&mut record, view, tokens);
                counts[view as usize] += tokens.len() as u64;
            }
            write(record)?;
            headings = Some((&passage.section, titles));
        }
        Ok(counts)
    }

    fn add(&self, record: &mut TantivyDocument, view: View, tokens: &[Token]) {
        // The position of a token is that of its first character, so that neighbours in the text are neighbours here.
        let tokens = tokens.iter().map(|token| IndexToken {
            offset_from: token.from,
            offset_to: token.to,
            position: token.from,
            text: token.text.clone(),
            position_length: 1,
        });
        let text = PreTokenizedString { text: String::new(), tokens: tokens.collect() };
        record.add_pre_tokenized_text(self.views[view as usize], text);
    }
}

/// The title of a document and the headings above a passage, as one text.
pub(super) fn titles(title: Option<&str>, section: &[String]) -> String {
    let mut text = title.unwrap_or_default().to_owned();
    for heading in section {
        text.push('\n');
        text.push_str(heading);
    }
    text
}
