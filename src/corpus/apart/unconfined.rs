//! The twin of `confine` for systems that have none of its means: files are read in a process of their own, which is not confined.

use std::time::Duration;

pub(super) fn limit(_: u64, _: Duration) {}

pub(super) fn close_files() -> String {
    "none".to_owned()
}

pub(super) fn close_calls() -> Result<(), String> {
    Ok(())
}
