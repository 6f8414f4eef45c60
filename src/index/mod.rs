//! Passages on disk and back: the only room that knows Tantivy. Generations are immutable folders behind one pointer;
//! a reader holds one of them for as long as it likes.

mod build;
mod citations;
mod files;
mod frequencies;
mod generation;
mod manifest;
mod mask;
mod passages;
mod postings;
mod ranks;
mod schema;
mod scoring;
mod search;
mod sounds;

pub use build::Builder;
pub use generation::{Generations, Lock, OpenError};
pub use manifest::{Manifest, Origin};
pub use passages::{Entry, Index, StoredPassage};
pub use schema::{SCHEMA_VERSION, View};
pub use scoring::{Alternative, Clause, Scored, Scoring};
pub use search::{Found, Hit, Match};
