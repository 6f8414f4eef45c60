//! Documents that have moved: the journal follows the index.

use crate::{index::Index, journal::Journal};

/// Lets all that the journal says of documents follow to where this generation has them. `index` is the whole generation: what
/// is excluded keeps its place, too.
///
/// # Errors
/// When the journal cannot be written.
pub fn follow(journal: &Journal, index: &Index) -> anyhow::Result<()> {
    let manifest = index.manifest();
    journal.follow(manifest.number(), &manifest.moves, |path| index.all_documents().contains_key(path))
}
