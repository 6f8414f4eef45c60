//! Markdown. Its marks stay in the stored text, which is quoted as it is written; what they mean is the business of
//! `split`, which knows them in every text.

use super::{Content, text};

/// Reads Markdown.
pub(super) fn read(bytes: &[u8]) -> Result<Content, String> {
    text::read(bytes)
}
