//! Imports point up the river only: the rooms of `src/` may use what this table allows, and nothing else.

#![allow(clippy::unwrap_used)]

use std::{collections::BTreeSet, fs, path::Path};

/// Each room with the rooms that it may import.
const ROOMS: [(&str, &[&str]); 13] = [
    ("passage", &[]),
    ("deadline", &[]),
    ("text", &[]),
    ("encode", &[]),
    ("config", &[]),
    ("corpus", &["passage", "text"]),
    ("index", &["passage", "deadline", "text"]),
    ("journal", &["passage"]),
    ("answer", &["passage", "deadline", "text", "index"]),
    ("admin", &["passage", "text", "config", "corpus", "index", "journal", "answer"]),
    ("bot", &["passage", "deadline", "text", "config", "index", "journal", "answer", "admin"]),
    ("channel", &["passage", "deadline", "text", "config", "journal", "bot"]),
    ("cli", &["passage", "deadline", "config", "corpus", "index", "journal", "answer", "admin", "bot", "channel"]),
];

/// Foreign crates that live in one room only.
const CRATES: &[(&str, &str)] = &[
    ("tantivy", "index"),
    ("jieba_rs", "text"),
    ("opencc_fmmseg", "text"),
    ("miniz_oxide", "text"),
    ("rusqlite", "journal"),
    ("rustyline", "channel"),
    ("teloxide", "channel"),
    ("reqwest", "channel"),
    ("matrix_sdk", "channel"),
    ("matrix_sdk_store_encryption", "channel"),
    ("clap", "cli"),
    ("maud", "bot"),
    ("calamine", "corpus"),
    ("csv", "corpus"),
    ("hayro_interpret", "corpus"),
    ("landlock", "corpus"),
    ("quick_xml", "corpus"),
    ("scraper", "corpus"),
    ("seccompiler", "corpus"),
    ("zip", "corpus"),
    ("rten_gemm", "encode"),
    ("rten_simd", "encode"),
    ("rten_tensor", "encode"),
    ("rten_vecmath", "encode"),
];

#[test]
fn rooms_import_only_what_the_table_allows() {
    let mut wrong = Vec::new();
    for (room, files) in rooms() {
        let allowed = ROOMS.iter().find(|(name, _)| *name == room).map(|(_, allowed)| *allowed);
        let allowed = allowed.unwrap_or_else(|| panic!("src/{room} is not in the table"));
        for (path, code) in files {
            for import in imports(&code) {
                if import != room && !allowed.contains(&import.as_str()) {
                    wrong.push(format!("{path} imports {import}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn foreign_crates_have_one_room() {
    let mut wrong = Vec::new();
    for (room, files) in rooms() {
        for (path, code) in files {
            for (name, home) in CRATES.iter().copied() {
                let used = code.contains(&format!("{name}::")) || code.contains(&format!("use {name}"));
                if used && room != home {
                    wrong.push(format!("{path} uses {name}, which lives in {home}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_scanner_sees_every_form_of_import() {
    let seen = |code: &str| imports(code).into_iter().collect::<Vec<_>>();
    assert_eq!(
        seen("use crate::text::fold;\nuse crate::{\n    index::{Hit, View},\n    passage::Span,\n};"),
        ["index", "passage", "text"]
    );
    assert_eq!(seen("let x = crate::bot::words::Words(y); // crate::cli"), ["bot"]);
}

/// The rooms with their files: path and code without comments.
fn rooms() -> Vec<(String, Vec<(String, String)>)> {
    let mut rooms = Vec::new();
    for entry in fs::read_dir("src").unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "main" || name == "lib" {
            continue;
        }
        let mut files = Vec::new();
        collect(&path, &mut files);
        rooms.push((name, files));
    }
    assert!(rooms.len() >= 9, "the test must run where src/ is");
    rooms
}

fn collect(path: &Path, files: &mut Vec<(String, String)>) {
    if path.is_dir() {
        for entry in fs::read_dir(path).unwrap() {
            collect(&entry.unwrap().path(), files);
        }
    } else {
        let code = fs::read_to_string(path).unwrap();
        let code: String = code.lines().map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n").collect();
        files.push((path.display().to_string(), code));
    }
}

/// The names that follow `crate::`, those within braces included.
fn imports(code: &str) -> BTreeSet<String> {
    let code: String = code.lines().map(|line| line.split("//").next().unwrap_or("").to_owned() + "\n").collect();
    let mut found = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(group) = rest.strip_prefix('{') {
            let (mut depth, mut name) = (0, String::new());
            for c in group.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => {
                        found.insert(std::mem::take(&mut name));
                    }
                    c if depth == 0 && !c.is_whitespace() => name.push(c),
                    _ => {}
                }
            }
            found.insert(name);
        } else {
            found.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    found
        .into_iter()
        .map(|name| name.split("::").next().unwrap_or("").to_owned())
        .filter(|name| !name.is_empty())
        .collect()
}
