//! The encoding of a web page: the one that it names, where that fits.

use encoding_rs::Encoding;

use crate::corpus::decode;

/// Bytes in which a page says its encoding; the standard has 1,024, pages with long scripts before it need more.
const HEAD_BYTES: usize = 8 * 1024;

/// The text of a page: in the encoding that it names where that fits, else in the one that it looks like.
pub(super) fn decoded(bytes: &[u8]) -> Result<String, String> {
    let guessed = || decode::decode(bytes).map_err(|error| error.to_string());
    if Encoding::for_bom(bytes).is_some() || std::str::from_utf8(bytes).is_ok() {
        return guessed();
    }
    let named = declared(&bytes[..bytes.len().min(HEAD_BYTES)]);
    match named.and_then(|encoding| encoding.decode_without_bom_handling_and_without_replacement(bytes)) {
        Some(text) if !text.contains('\0') => Ok(text.replace("\r\n", "\n").replace('\r', "\n")),
        _ => guessed(),
    }
}

/// The encoding that `<meta charset=…>` or its older form names.
fn declared(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head).to_lowercase();
    let label = head.split("charset").skip(1).find_map(|rest| {
        let rest = rest.trim_start().strip_prefix('=')?.trim_start().trim_start_matches(['"', '\'']);
        let end = rest
            .find(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ':' | '.')))
            .unwrap_or(rest.len());
        Some(rest[..end].to_owned()).filter(|label| !label.is_empty())
    })?;
    Encoding::for_label(label.as_bytes())
}
