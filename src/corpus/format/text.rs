//! Plain text, with or without front matter.

use super::Content;
use crate::corpus::{decode, metadata};

/// Reads plain text.
pub(super) fn read(bytes: &[u8]) -> Result<Content, String> {
    let mut text = decode::decode(bytes).map_err(|error| error.to_string())?;
    let (metadata, start) = metadata::front_matter(&text).map_err(|error| error.to_string())?;
    text.drain(..start);
    Ok(Content { text, metadata, ..Content::default() })
}
