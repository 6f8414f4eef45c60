//! Wenda answers questions with passages of official documents, quoted word for word with their source.
//!
//! The river: corpus -> passages -> index; message -> Command -> Question -> hits -> Quote -> Answer -> Reply -> markup.
//! ARCHITECTURE.md walks the rooms in this order; imports point up the list only, and a test keeps them so.

// What nobody reads any more must not be a panic: `cli/voice.rs` speaks for all.
#![warn(clippy::print_stdout, clippy::print_stderr)]

// The shared nouns.
pub mod passage;
// When an answer must be there.
pub mod deadline;
// How words are read and compared.
pub mod text;
// Every knob.
pub mod config;
// What must outlive a restart.
pub mod journal;
// The neural model: text -> numbers.
#[cfg(feature = "reader")]
pub mod encode;
// Files -> documents -> passages.
pub mod corpus;
// Passages <-> disk.
pub mod index;
// Question -> answer.
pub mod answer;
// Build, check, measure.
pub mod admin;
// Message -> reply.
pub mod bot;
// The doors.
pub mod channel;
// The hall.
pub mod cli;
