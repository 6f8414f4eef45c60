//! Files that were made to harm: they cost a bounded time and memory, are refused with a reason, and the rest is indexed.

use std::{
    io::Write,
    process::Stdio,
    time::{Duration, Instant},
};

use serde_json::Value;
use wenda::{answer::Language, bot::words::Words};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::harness::Place;

const NOTICE: (&str, &str) = ("通知.md", "# 通知\n\n市民之家每周一开放。\n");

/// Indexes a hostile file beside a good one with these settings, and gives what the report says of it, if it was refused.
fn refusal(name: &str, bytes: &[u8], settings: &[(&str, &str)]) -> Option<String> {
    let place = Place::with(&[NOTICE]);
    place.write(name, bytes);
    let mut command = place.command(&["reindex", "--json"]);
    command.envs(settings.iter().copied()).stdin(Stdio::null());
    let started = Instant::now();
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(started.elapsed() < Duration::from_secs(120), "{name} takes {:?}", started.elapsed());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let problems = report["problems"].as_array().unwrap();
    assert_eq!(report["documents"], 2 - problems.len(), "{report}");
    problems.first().map(|problem| problem["reason"].as_str().unwrap().to_owned())
}

fn check(name: &str, bytes: &[u8], settings: &[(&str, &str)], part: &str) {
    let reason = refusal(name, bytes, settings).unwrap_or_else(|| panic!("{name} is not refused"));
    assert!(reason.contains(part), "{name}: {reason}");
    assert_ne!(Words(Language::Simplified).reason(&reason), reason, "an admin is told in English");
}

/// An office document with these parts; `{}` in a part is repeated so many times.
fn office(parts: &[(&str, &str, usize)]) -> Vec<u8> {
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text, times) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        let (before, after) = text.split_once("{}").unwrap_or((text, ""));
        zip.write_all(before.as_bytes()).unwrap();
        let filler = "<w:p><w:r><w:t>充数</w:t></w:r></w:p>".repeat(1000);
        for _ in 0..*times {
            zip.write_all(filler.as_bytes()).unwrap();
        }
        zip.write_all(after.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// A PDF of these objects, numbered from 1; the first is the catalog.
fn pdf(objects: &[&[u8]]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", number + 1).bytes());
        out.extend(*object);
        out.extend(b"\nendobj\n");
    }
    let start = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", places.len() + 1).bytes());
    for place in &places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    out.extend(format!("trailer\n<</Size {}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF\n", places.len() + 1).bytes());
    out
}

#[test]
fn zip_bombs_are_not_unpacked() {
    let document = "<w:document><w:body>{}</w:body></w:document>";
    let bomb = office(&[("word/document.xml", document, 5000)]);
    check("炸弹.docx", &bomb, &[], "unpacks to");
    let sheet = "<worksheet><sheetData>{}</sheetData></worksheet>";
    check("炸弹.xlsx", &office(&[("xl/worksheets/sheet1.xml", sheet, 5000)]), &[], "unpacks to");
}

#[test]
fn deep_nesting_is_borne() {
    let deep =
        |open: &str, close: &str, times: usize| format!("{}正文在此。{}", open.repeat(times), close.repeat(times));
    let page = format!("<html><body>{}<p>市民之家周二开放。</p></body></html>", deep("<div>", "</div>", 20_000));
    assert_eq!(refusal("深.html", page.as_bytes(), &[]), None);
    let word = format!("<w:document><w:body>{}</w:body></w:document>", deep("<w:p>", "</w:p>", 100_000));
    check("深.docx", &office(&[("word/document.xml", &word, 0)]), &[], "nested too deeply");
    let array = format!("<</Type/Catalog/Pages {}{}>>", "[".repeat(200_000), "]".repeat(200_000));
    assert!(refusal("深.pdf", &pdf(&[array.as_bytes()]), &[]).is_some());
}

#[test]
fn a_pdf_in_circles_ends() {
    let pages = pdf(&[b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 2>>"]);
    assert!(refusal("圈.pdf", &pages, &[]).is_some());
    // A form that draws itself, twice each time.
    let form = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</F 4 0 R>>>>/Length 12>>\nstream\n/F Do /F Do\nendstream";
    let page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Resources<</XObject<</F 4 0 R>>>>/Contents 5 0 R>>";
    let drawing = pdf(&[
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        page,
        form,
        b"<</Length 5>>\nstream\n/F Do\nendstream",
    ]);
    assert!(refusal("形.pdf", &drawing, &[("FILE_SECONDS", "3")]).is_some());
}

#[test]
fn one_endless_line_is_refused_or_read() {
    let line = "停车收费标准另行规定，".repeat(200 * 1024 * 1024 / 33);
    check("长行.txt", line.as_bytes(), &[], "larger than");
    assert_eq!(refusal("行.txt", &line.as_bytes()[..33 * 300_000], &[("FILE_MEMORY_MB", "2048")]), None);
}

#[test]
fn time_and_memory_are_bounded() {
    // Unclosed paragraphs in unclosed tables: each costs the parser a walk through all that is open.
    let page = format!("<html><body>{}", "<div><p>正文。<table><tr><td>".repeat(60_000));
    let reason = refusal("慢.html", page.as_bytes(), &[("FILE_SECONDS", "1")]);
    assert!(reason.is_none_or(|reason| reason.contains("FILE_SECONDS") || reason.contains("FILE_MEMORY_MB")));
    let rows: String = (0..400_000).map(|row| format!("<p>第{row}段。</p>")).collect();
    check("大.html", format!("<body>{rows}</body>").as_bytes(), &[("FILE_MEMORY_MB", "16")], "FILE_MEMORY_MB");
}
