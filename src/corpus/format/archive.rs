//! The ZIP archive that office documents are: its parts, unpacked within bounds.

use std::io::{Cursor, Read};

use zip::{ZipArchive, result::ZipError};

/// The largest part that is unpacked. The text of the longest of laws is 3 MB of XML.
const MAX_PART_BYTES: u64 = 128 * 1024 * 1024;

/// Most parts of an archive; a book with a thousand pictures stays below.
const MAX_PARTS: usize = 20_000;

/// How many times larger all parts together may be than the archive: XML shrinks to a tenth, a trap to a thousandth.
const MAX_RATIO: u64 = 200;

/// What all parts together may always have.
const SMALL_BYTES: u64 = 16 * 1024 * 1024;

/// An office document.
pub(super) struct Archive<'b> {
    zip: ZipArchive<Cursor<&'b [u8]>>,
}

impl<'b> Archive<'b> {
    /// Opens an archive, and looks at what it claims to hold, where it does.
    pub(super) fn open(bytes: &'b [u8]) -> Result<Archive<'b>, String> {
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(damaged)?;
        let mut claimed = 0_u64;
        for at in 0..zip.len().min(MAX_PARTS) {
            let size = zip.by_index_raw(at).map_err(damaged)?.size();
            if size > MAX_PART_BYTES {
                return Err(too_large());
            }
            claimed = claimed.saturating_add(size);
        }
        let allowed = (bytes.len() as u64).saturating_mul(MAX_RATIO).max(SMALL_BYTES);
        if zip.len() > MAX_PARTS || claimed > allowed {
            return Err("unpacks to far more than a document holds: save it again, without pictures and unused parts"
                .to_owned());
        }
        Ok(Archive { zip })
    }

    /// A part as text; `None` where there is none of that name.
    pub(super) fn part(&mut self, name: &str) -> Result<Option<String>, String> {
        let part = match self.zip.by_name(name) {
            Ok(part) => part,
            Err(ZipError::FileNotFound) => return Ok(None),
            Err(error) => return Err(damaged(error)),
        };
        let mut bytes = Vec::new();
        part.take(MAX_PART_BYTES + 1).read_to_end(&mut bytes).map_err(|error| damaged(error.into()))?;
        if bytes.len() as u64 > MAX_PART_BYTES {
            return Err(too_large());
        }
        text(bytes).map(Some)
    }
}

fn too_large() -> String {
    format!("unpacks to more than {} MB: split it into parts", MAX_PART_BYTES / 1024 / 1024)
}

/// XML is UTF-8 or, with a byte order mark, UTF-16.
fn text(bytes: Vec<u8>) -> Result<String, String> {
    let (text, _, broken) = encoding_rs::UTF_8.decode(&bytes);
    if broken {
        return Err("is damaged (its text is not valid UTF-8): save it again".to_owned());
    }
    Ok(text.into_owned())
}

fn damaged(error: ZipError) -> String {
    match error {
        ZipError::UnsupportedArchive(ZipError::PASSWORD_REQUIRED) => {
            "is encrypted: save it without a password".to_owned()
        }
        error => format!("is damaged ({error}): save it again"),
    }
}
