//! The program as its users meet it: the built binary, on the bundled article and on small corpora of the tests' own.

#![allow(clippy::unwrap_used, unreachable_pub)]

mod aliases;
mod ask;
#[cfg(target_os = "linux")]
mod confined;
mod crash;
mod deadline;
mod editions;
mod english;
mod explain;
mod harness;
mod index;
mod limits;
mod pipe;
mod quotes;
mod regression;
mod reindex;
mod report;
mod secrets;
mod shelf;
#[cfg(target_os = "linux")]
mod strace;
mod takedown;
