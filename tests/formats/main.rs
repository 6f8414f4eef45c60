//! The formats that an office has, through the built binary: real files made by other software (see
//! `tests/fixtures/formats`), and broken and hostile ones that the tests make.

#![allow(clippy::unwrap_used, unreachable_pub, dead_code)]

mod broken;
mod good;
#[path = "../wenda/harness.rs"]
mod harness;
mod hostile;
