//! Doors for the fuzz targets in `fuzz/`, to parsers that are private otherwise. Each states what must hold for any input;
//! compiled with `--cfg fuzzing` only.

use super::{decode, format, metadata, reflow, split};

/// Reflow changes white space only.
pub fn reflow(text: &str) {
    let reflowed = reflow::reflow(text);
    let ink = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    assert_eq!(ink(text), ink(&reflowed.text));
    for heading in &reflowed.headings {
        assert!(heading.slice(&reflowed.text).is_some());
    }
    let offsets: Vec<usize> = text.char_indices().map(|(at, _)| at).step_by(7).collect();
    let carried = reflow::carry_offsets(text, &reflowed.text, &offsets);
    assert_eq!(carried.len(), offsets.len());
    assert!(carried.is_sorted() && carried.iter().all(|at| reflowed.text.is_char_boundary(*at)));
}

/// Passages are in order, do not overlap, hold text, and are of bounded length.
pub fn split(text: &str) {
    let split = split::split(text, &[]);
    let mut end = 0;
    for passage in &split.passages {
        assert!(passage.span.start >= end && passage.span.end > passage.span.start);
        assert!(passage.span.slice(text).is_some_and(|text| !text.trim().is_empty()));
        end = passage.span.end;
    }
}

/// Front matter ends within the text, at a character.
pub fn front_matter(text: &str) {
    if let Ok((_, at)) = metadata::front_matter(text) {
        assert!(text.is_char_boundary(at));
    }
    let _ = metadata::side_file(text, "a.toml");
}

/// Any bytes are text or refused.
pub fn decode(bytes: &[u8]) {
    let _ = decode::decode(bytes);
}

/// What a format makes of bytes, with the offsets of pages within its text.
pub fn read(extension: &str, bytes: &[u8]) {
    let format = format::Format::of(&format!("a.{extension}")).expect("the targets name formats that are read");
    if let Ok(content) = format.read(bytes) {
        assert!(content.pages.iter().all(|at| content.text.is_char_boundary(*at)));
        assert!(content.pages.is_sorted());
        reflow(&content.text);
        split(&content.text);
    }
}

/// The body of a Word document.
pub fn word(xml: &str) {
    format::fuzzing::word(xml);
}

/// Glyphs at places that are made of bytes.
pub fn layout(bytes: &[u8]) {
    format::fuzzing::layout(bytes);
}

/// A table whose cells and spans are made of bytes.
pub fn table(bytes: &[u8]) {
    format::fuzzing::table(bytes);
}
