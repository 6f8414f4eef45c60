//! All fuzz targets in one program; `FUZZ_TARGET` chooses the parser. See ../README.md.

#![no_main]

use std::sync::OnceLock;

use libfuzzer_sys::fuzz_target;
use wenda_fuzz::{corpus::fuzzing, text};

static TARGET: OnceLock<String> = OnceLock::new();

fuzz_target!(|bytes: &[u8]| {
    let target = TARGET.get_or_init(|| std::env::var("FUZZ_TARGET").expect("FUZZ_TARGET names a target"));
    let as_text = || String::from_utf8_lossy(bytes);
    match target.as_str() {
        "reflow" => fuzzing::reflow(&as_text()),
        "split" => fuzzing::split(&as_text()),
        "front_matter" => fuzzing::front_matter(&as_text()),
        "decode" => fuzzing::decode(bytes),
        "fold" => fold(&as_text()),
        "html" => fuzzing::read("html", bytes),
        "csv" => fuzzing::read("csv", bytes),
        "word" => fuzzing::word(&as_text()),
        "layout" => fuzzing::layout(bytes),
        "table" => fuzzing::table(bytes),
        "pdf" => fuzzing::read("pdf", bytes),
        other => panic!("there is no target {other}"),
    }
});

/// Every stretch of a folded text comes from a stretch of the original.
fn fold(text: &str) {
    let folded = text::fold(text);
    let length = folded.text().chars().count();
    for at in (0..length).step_by(3) {
        let (start, end) = folded.origin(at, (at + 2).min(length));
        assert!(start <= end && text.get(start..end).is_some());
    }
    for sentence in text::sentences(text) {
        assert!(text.get(sentence).is_some_and(|sentence| !sentence.is_empty()));
    }
}
