//! The file formats: each turns bytes into text, with the pages and the metadata that the format knows of.
//!
//! What a format makes of a file is stored in the index: a change here that alters texts has to raise `SCHEMA_VERSION` in
//! `index/schema.rs`, or documents that have not changed keep the text of the version before.

mod archive;
mod article;
mod blocks;
mod charset;
mod columns;
mod csv;
mod docx;
mod figures;
#[cfg(fuzzing)]
pub(super) mod fuzzing;
mod head;
mod html;
mod layout;
mod markdown;
mod numbering;
mod office;
mod page;
mod pdf;
mod radicals;
mod styles;
mod table;
mod text;
mod xlsx;
mod xml;

use super::decode;
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
    /// A web page.
    Html,
    /// A PDF.
    Pdf,
    /// A Word document.
    Docx,
    /// An Excel workbook.
    Xlsx,
    /// Comma-separated values.
    Csv,
}

/// The extensions that are read, as a refusal names them.
const READ: &str = ".txt, .md, .html, .pdf, .docx, .xlsx or .csv";

impl Format {
    /// The format of a file, by its extension; `Err` says what to do.
    pub(super) fn of(path: &str) -> Result<Format, String> {
        let name = path.rsplit('/').next().unwrap_or(path);
        let extension = name.rsplit_once('.').map(|(_, extension)| extension.to_lowercase()).unwrap_or_default();
        match extension.as_str() {
            "txt" | "text" => Ok(Format::Text),
            "md" | "markdown" => Ok(Format::Markdown),
            "html" | "htm" | "xhtml" | "shtml" => Ok(Format::Html),
            "pdf" => Ok(Format::Pdf),
            "docx" | "docm" => Ok(Format::Docx),
            "xlsx" | "xlsm" => Ok(Format::Xlsx),
            "csv" | "tsv" => Ok(Format::Csv),
            "" => Err("has no file extension: name it .txt or .md if it is text".to_owned()),
            "doc" | "wps" | "odt" | "rtf" => {
                Err(format!("is of a kind that is not read (.{extension}): save it as .docx"))
            }
            "xls" | "xlsb" | "et" | "ods" => {
                Err(format!("is of a kind that is not read (.{extension}): save it as .xlsx"))
            }
            "ppt" | "pptx" | "odp" | "ofd" => {
                Err(format!("is of a kind that is not read (.{extension}): save it as .pdf"))
            }
            other => Err(format!("is of a kind that is not read (.{other}): save it as {READ}")),
        }
    }

    /// Reads the bytes of a file; the error says what is wrong and what to do.
    pub(super) fn read(self, bytes: &[u8]) -> Result<Content, String> {
        if bytes.iter().all(u8::is_ascii_whitespace) {
            return Err("is empty: add its text, or remove it".to_owned());
        }
        match self {
            Format::Text => text::read(bytes),
            Format::Markdown => markdown::read(bytes),
            Format::Html => html::read(bytes),
            Format::Pdf => pdf::read(bytes),
            Format::Docx => zipped(bytes).and_then(|()| docx::read(bytes)),
            Format::Xlsx => zipped(bytes).and_then(|()| xlsx::read(bytes)),
            Format::Csv => csv::read(bytes),
        }
    }
}

/// Whether the bytes are an archive, as office documents are; an encrypted one is wrapped in the container of older formats.
fn zipped(bytes: &[u8]) -> Result<(), String> {
    if bytes.starts_with(b"PK") {
        return Ok(());
    }
    let wide: Vec<u8> = "EncryptedPackage".encode_utf16().flat_map(u16::to_le_bytes).collect();
    if bytes.starts_with(b"\xD0\xCF\x11\xE0") && bytes.windows(wide.len()).any(|window| window == wide) {
        return Err("is encrypted: save it without a password".to_owned());
    }
    match decode::decode(bytes) {
        Ok(_) => Err("is text, not an office document: give it the extension of what it is, such as .txt".to_owned()),
        Err(decode::DecodeError::Binary) => Err("is damaged: save it again".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
