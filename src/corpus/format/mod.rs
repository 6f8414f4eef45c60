//! The file formats: each turns bytes into text, with the pages and the metadata that the format knows of.

mod markdown;
mod text;

use crate::passage::Metadata;

/// What a format makes of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Content {
    /// The text, before reflow.
    pub(super) text: String,
    /// Byte offsets at which the pages begin; empty where the format has no pages.
    pub(super) pages: Vec<usize>,
    /// What the file says about itself.
    pub(super) metadata: Metadata,
}

/// A format that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
}

impl Format {
    /// The format of a file, by its extension; `Err` names the formats that can be read.
    pub(super) fn of(path: &str) -> Result<Format, String> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "txt" | "text" => Ok(Format::Text),
            "md" | "markdown" => Ok(Format::Markdown),
            "" => Err("has no file extension: name it .txt or .md if it is text".to_owned()),
            other => Err(format!("is of a kind that is not read (.{other}): save it as .txt or .md")),
        }
    }

    /// Reads the bytes of a file; the error says what is wrong and what to do.
    pub(super) fn read(self, bytes: &[u8]) -> Result<Content, String> {
        match self {
            Format::Text => text::read(bytes),
            Format::Markdown => markdown::read(bytes),
        }
    }
}
