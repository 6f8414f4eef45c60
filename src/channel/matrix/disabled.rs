//! The program was built without Matrix: its settings are refused, with the way to build it.

use std::{path::Path, sync::Arc};

use crate::{
    bot::Desk,
    config::{Absent, Config, Matrix},
};

/// What to do.
const ADVICE: &str = "this program was built without Matrix; build it with: cargo build --release --features matrix";

/// The settings that cannot be heeded.
pub const ABSENT: &[Absent] = &[Absent { prefix: "MATRIX_", advice: ADVICE }];

/// Does nothing: the settings do not come this far.
///
/// # Errors
/// Where they do all the same.
pub async fn run(_desk: Arc<Desk>, config: &Config, _shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
    anyhow::ensure!(config.matrix.is_none(), ADVICE);
    Ok(())
}

/// Says that there is nothing to check.
///
/// # Errors
/// Always.
pub async fn check(_matrix: &Matrix, _state: &Path) -> anyhow::Result<String> {
    anyhow::bail!(ADVICE)
}
