//! What a generation says of itself.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{files::Checksums, generation::number};
use crate::passage::{Move, Problem};

/// So many moves are remembered, the newest ones.
const MOVES: usize = 10_000;

/// What a generation is made from, and what became of the files; the manifest says it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// As in the manifest.
    pub settings: String,
    /// As in the manifest.
    pub content: String,
    /// As in the manifest.
    pub aliases: Vec<Vec<String>>,
    /// As in the manifest.
    pub problems: Vec<Problem>,
    /// As in the manifest.
    pub refused: BTreeMap<String, String>,
}

/// What a generation says of itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// The version of the schema that it was written with.
    pub schema: u32,
    /// Its name: a number that counts up, and a hash of what it holds.
    pub generation: String,
    /// Hash of all that decides how a file is read. A generation of other settings is not built upon.
    pub settings: String,
    /// Hash of the files and settings that it was made from.
    pub content: String,
    /// The admin's names for the same thing, in groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub aliases: Vec<Vec<String>>,
    /// The files that were refused, with reasons.
    pub problems: Vec<Problem>,
    /// Hashes of the files that were refused, by path: unchanged ones are not read again.
    pub refused: BTreeMap<String, String>,
    /// Documents that changed their path, with the number of the generation that noticed it, oldest first.
    pub moves: Vec<(u64, Move)>,
    /// Size and checksum of each file.
    pub(super) files: Checksums,
}

impl Manifest {
    /// The number in its name: later generations have greater ones.
    pub fn number(&self) -> u64 {
        number(&self.generation)
    }

    pub(super) fn files(&self) -> &Checksums {
        &self.files
    }
}

/// The parts of a manifest that every version of the program can read.
#[derive(Default, Deserialize)]
pub(super) struct Lasting {
    pub(super) schema: u32,
    #[serde(default)]
    pub(super) moves: Vec<(u64, Move)>,
}

/// Adds the moves of a generation to those that are remembered.
pub(super) fn remember(moves: &mut Vec<(u64, Move)>, generation: u64, new: Vec<Move>) {
    moves.extend(new.into_iter().map(|moved| (generation, moved)));
    moves.drain(..moves.len().saturating_sub(MOVES));
}
