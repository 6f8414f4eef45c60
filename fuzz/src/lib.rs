//! The rooms of Wenda that parse, compiled for the fuzzer.

#![allow(dead_code, missing_docs)]

#[path = "../../src/corpus/mod.rs"]
pub mod corpus;
#[path = "../../src/passage.rs"]
pub mod passage;
#[path = "../../src/text/mod.rs"]
pub mod text;
