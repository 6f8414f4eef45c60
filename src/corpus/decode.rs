//! Bytes -> text: UTF-8, UTF-16, GB18030 and Big5, told apart by byte order marks, by validity and by how common the
//! characters are that each reading gives. Binary data and other encodings are refused rather than guessed.

use encoding_rs::{BIG5, Encoding, GB18030, UTF_16BE, UTF_16LE};
use thiserror::Error;

/// Bytes that are looked at when encodings are compared: some thousand characters, more than enough to tell.
const SAMPLE_BYTES: usize = 16 * 1024;

/// Lowest mean score of a character that is believed; right readings get 0.3 and more, wrong ones are below zero.
const MIN_SCORE: f32 = 0.12;

/// What the detector's opinion is worth where readings score alike.
const DETECTOR_WEIGHT: f32 = 0.05;

/// The commonest characters of Chinese, simplified and traditional: some 40 % of any running text.
const COMMON: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多\
    定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政\
    四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通\
    這個為國時來們對會發動經過說產種後學進點從應還關與變條沒結問無係開業體實現當機電間樣數氣線質達規務處執號區員總報請權議項\
    市县省区局院委员规定务施管办通知单位申请部门人民政府条例办法";

/// Beginnings of files that are not text, and what they are.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"%PDF-", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xD0\xCF\x11\xE0", "an old office document"),
    (b"\x89PNG", "a picture"),
    (b"\xFF\xD8\xFF", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1F\x8B", "a compressed file"),
    (b"\x7FELF", "a program"),
    (b"{\\rtf", "an RTF document"),
];

/// Why bytes are not text.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub(super) enum DecodeError {
    /// The bytes are of a known kind that is not text.
    #[error("is {0}, not text: give it the file extension of what it is, or save it as text in UTF-8")]
    Signature(&'static str),
    /// The bytes are of no known kind.
    #[error("is binary data, not text: remove it from the corpus, or save its text in UTF-8")]
    Binary,
    /// Text, but in an encoding that cannot be told.
    #[error("has an encoding that could not be recognised (it looks like {0}): save it as UTF-8")]
    Encoding(&'static str),
    /// Text in a known encoding with broken places.
    #[error("is not valid {encoding} from byte {at} on: the file is damaged or mixes encodings; save it as UTF-8")]
    Broken {
        /// The encoding.
        encoding: &'static str,
        /// The first broken byte.
        at: usize,
    },
}

/// The text of a file: without byte order mark, and with `\n` as the only line break.
pub(super) fn decode(bytes: &[u8]) -> Result<String, DecodeError> {
    let text = decode_bytes(bytes)?;
    if is_binary(&text) {
        return Err(DecodeError::Binary);
    }
    Ok(unify_line_breaks(text))
}

/// Decodes, in the order in which evidence is strong.
fn decode_bytes(bytes: &[u8]) -> Result<String, DecodeError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        return strict(encoding, &bytes[mark..]).ok_or(DecodeError::Broken { encoding: encoding.name(), at: mark });
    }
    if let Some((_, what)) = SIGNATURES.iter().find(|(signature, _)| bytes.starts_with(signature)) {
        return Err(DecodeError::Signature(what));
    }
    let broken_at = match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => return Ok(text.to_owned()),
        Ok(_) => 0,
        Err(error) => error.valid_up_to(),
    };
    let detected = detect(bytes);
    let best = [UTF_16LE, UTF_16BE, GB18030, BIG5]
        .into_iter()
        .filter_map(|encoding| {
            let agreed = if detected == encoding { DETECTOR_WEIGHT } else { 0.0 };
            Some((score(encoding, bytes)? + agreed, encoding))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0));
    if let Some((score, encoding)) = best
        && score >= MIN_SCORE
    {
        return strict(encoding, bytes)
            .ok_or_else(|| DecodeError::Broken { encoding: encoding.name(), at: broken_byte(encoding, bytes) });
    }
    if bytes.contains(&0) {
        return Err(DecodeError::Binary);
    }
    let mostly_utf8 = String::from_utf8_lossy(&bytes[..bytes.len().min(SAMPLE_BYTES)]);
    let damaged = mostly_utf8.chars().filter(|&c| c == char::REPLACEMENT_CHARACTER).count();
    let wide = mostly_utf8.chars().filter(|c| !c.is_ascii()).count();
    if damaged * 5 < wide {
        return Err(DecodeError::Broken { encoding: "UTF-8", at: broken_at });
    }
    Err(if is_binary(&mostly_utf8) { DecodeError::Binary } else { DecodeError::Encoding(detected.name()) })
}

/// The whole of `bytes` in an encoding, or `None` where a byte is invalid.
fn strict(encoding: &'static Encoding, bytes: &[u8]) -> Option<String> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    Some(text.into_owned())
}

/// The first byte that is invalid in an encoding, found by halving: prefixes up to it decode.
fn broken_byte(encoding: &'static Encoding, bytes: &[u8]) -> usize {
    let clean = |end: usize| !encoding.decode_without_bom_handling(&bytes[..end.saturating_sub(4)]).1;
    let (mut good, mut bad) = (0, bytes.len());
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if clean(middle) { good = middle } else { bad = middle }
    }
    good.saturating_sub(4)
}

/// What the general detector thinks.
fn detect(bytes: &[u8]) -> &'static Encoding {
    let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Deny);
    detector.feed(&bytes[..bytes.len().min(SAMPLE_BYTES)], bytes.len() <= SAMPLE_BYTES);
    detector.guess(None, chardetng::Utf8Detection::Allow)
}

/// How Chinese the text looks that an encoding makes of the bytes, as a mean for each character; `None` where it is
/// not even nearly valid.
fn score(encoding: &'static Encoding, bytes: &[u8]) -> Option<f32> {
    let wide = encoding == UTF_16LE || encoding == UTF_16BE;
    if wide && !bytes.len().is_multiple_of(2) {
        return None;
    }
    let sample = &bytes[..bytes.len().min(SAMPLE_BYTES)];
    let (text, _) = encoding.decode_without_bom_handling(sample);
    let (mut sum, mut count, mut broken) = (0.0_f32, 0_usize, 0_usize);
    for c in text.chars() {
        // ASCII reads the same in GB18030 and Big5, and in every encoding of the West: it is no evidence for either.
        if c.is_ascii() && !c.is_control() && !wide {
            continue;
        }
        count += 1;
        sum += match c {
            char::REPLACEMENT_CHARACTER => {
                broken += 1;
                -1.0
            }
            '\n' | '\r' | ' ' | '\u{3000}' => 0.1,
            '，' | '。' | '、' | '；' | '：' | '“' | '”' | '（' | '）' | '《' | '》' | '「' | '」' => {
                1.0
            }
            '\t' | '!'..='~' => 0.15,
            '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{e000}'..='\u{f8ff}' => -2.0,
            '\u{4e00}'..='\u{9fff}' if COMMON.contains(c) => 1.0,
            '\u{4e00}'..='\u{9fff}' if is_everyday(c) => 0.1,
            '\u{3400}'..='\u{9fff}' => -0.7,
            '\u{ff01}'..='\u{ff5e}' => 0.3,
            _ => -0.5,
        };
    }
    // The end of the sample may cut a character.
    (count > 0 && broken <= 2 + count / 200).then(|| sum / count as f32)
}

/// Whether a character is among the few thousand of daily use: level one of GB 2312 or of Big5.
fn is_everyday(c: char) -> bool {
    let mut utf8 = [0; 4];
    let lead = |encoding: &'static Encoding, utf8: &str| encoding.encode(utf8).0.first().copied().unwrap_or(0);
    let utf8 = c.encode_utf8(&mut utf8);
    matches!(lead(GB18030, utf8), 0xB0..=0xD7) || matches!(lead(BIG5, utf8), 0xA4..=0xC6)
}

/// Whether a text has the control characters of binary data.
fn is_binary(text: &str) -> bool {
    let control = |c: &char| c.is_control() && !matches!(c, '\n' | '\r' | '\t' | '\u{c}' | '\u{b}');
    let mut controls = 0;
    let mut count = 0;
    for c in text.chars().take(SAMPLE_BYTES) {
        count += 1;
        controls += usize::from(control(&c));
    }
    text.contains('\0') || controls * 100 > count
}

/// `\r\n` and lone `\r` become `\n`; the text is only copied where there are any.
fn unify_line_breaks(text: String) -> String {
    if text.contains('\r') { text.replace("\r\n", "\n").replace('\r', "\n") } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SIMPLIFIED: &str = "第一条 为了规范停车秩序，根据有关法律，制定本办法。\n第二条 本市行政区域内适用。";
    const TRADITIONAL: &str = "在歐洲，梵語的學術研究，由德國學者開創。後來發現印歐語系，也要歸功於對梵語的研究。";

    fn utf16(text: &str, little: bool) -> Vec<u8> {
        text.encode_utf16().flat_map(|unit| if little { unit.to_le_bytes() } else { unit.to_be_bytes() }).collect()
    }

    #[test]
    fn encodings_are_recognised() {
        for text in [SIMPLIFIED, TRADITIONAL, "停车办法", "Plain English text, wrapped.\n"] {
            let marked = format!("\u{feff}{text}");
            let mut readings = vec![
                text.as_bytes().to_vec(),
                marked.clone().into_bytes(),
                utf16(&marked, true),
                utf16(&marked, false),
                GB18030.encode(text).0.into_owned(),
            ];
            if text.chars().count() > 10 {
                readings.push(utf16(text, true));
                readings.push(utf16(text, false));
            }
            for bytes in readings {
                assert_eq!(decode(&bytes).as_deref(), Ok(text), "{bytes:x?}");
            }
        }
        assert_eq!(decode(&BIG5.encode(TRADITIONAL).0).as_deref(), Ok(TRADITIONAL));
        assert_eq!(decode(b"a\r\nb\rc\n").as_deref(), Ok("a\nb\nc\n"));
    }

    #[test]
    fn what_is_not_text_is_refused() {
        let check = |bytes: &[u8], part: &str| {
            let reason = decode(bytes).expect_err("must be refused").to_string();
            assert!(reason.contains(part), "{reason}");
        };
        check(b"%PDF-1.7\n", "PDF");
        check(b"PK\x03\x04rest", "office");
        check(b"ab\0\0\x01\x02\x03cd\0", "binary");
        check(&[0x80, 0x81, 0xff, 0x00, 0x13, 0x02, 0x99], "binary");
        let mut cut = SIMPLIFIED.as_bytes().to_vec();
        cut.truncate(cut.len() - 1);
        check(&cut, "UTF-8");
        check(
            "Straße für Bücher, Käse und Öl".chars().map(|c| c as u8).collect::<Vec<_>>().as_slice(),
            "save it as UTF-8",
        );
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            let _ = decode(&bytes);
        }

        #[test]
        fn utf8_is_kept(text in "[^\u{0}-\u{8}\u{e}-\u{1f}\u{7f}-\u{9f}\r\u{b}\u{c}\u{feff}]{0,80}") {
            prop_assume!(!SIGNATURES.iter().any(|(signature, _)| text.as_bytes().starts_with(signature)));
            prop_assert_eq!(decode(text.as_bytes()), Ok(text));
        }
    }
}
