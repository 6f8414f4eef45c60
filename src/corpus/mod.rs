//! Files -> documents -> passages: finds the files of the corpus folder, decodes them, reads their metadata, recovers
//! paragraphs from broken lines and splits the text into passages. Knows nothing of the index.
//!
//! One bad file never stops anything: what cannot be read becomes a `Problem` that says what to do.

mod aliases;
mod apart;
mod date;
mod decode;
mod format;
#[cfg(fuzzing)]
pub mod fuzzing;
mod glance;
mod metadata;
mod reflow;
mod source;
mod split;
mod title;

use std::fs;
use std::io::{self, Read};
use std::panic::{self, AssertUnwindSafe};
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::passage::{Document, Metadata, Problem};
pub use aliases::{AliasList, aliases};
pub use apart::{Request, answer, this_program};
#[cfg(debug_assertions)]
pub use apart::{Targets, probe};
use format::{Content, Format};
pub use glance::glance;
pub use source::{SourceFile, Sources, fingerprint, walk};

/// Text files up to this size are read in the process itself: there is nothing in them to parse, and starting a process for
/// each of a thousand small files costs more than reading them.
const SMALL_TEXT_BYTES: u64 = 1024 * 1024;

/// Bounds for what one file may cost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The largest file that is read, in bytes.
    pub max_file_bytes: u64,
    /// The largest side file that is read, in bytes.
    pub max_side_bytes: u64,
    /// Memory that reading a file may take, in bytes.
    pub memory_bytes: u64,
    /// Time that reading a file may take.
    pub time: Duration,
    /// The program that reads files apart (see `apart`); without it, they are read in this process, and neither time nor
    /// memory is bounded.
    pub program: Option<PathBuf>,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits {
            max_file_bytes: 50 * 1024 * 1024,
            max_side_bytes: 64 * 1024,
            memory_bytes: 1024 * 1024 * 1024,
            time: Duration::from_secs(60),
            program: None,
        }
    }
}

/// Reads a file into a document; the problem says what is wrong with the file and what to do.
pub fn load(file: &SourceFile, limits: &Limits) -> Result<Document, Problem> {
    let format = Format::of(&file.path).map_err(|reason| Problem { path: file.path.clone(), reason })?;
    let small = matches!(format, Format::Text | Format::Markdown) && file.size <= SMALL_TEXT_BYTES;
    match &limits.program {
        // What is too large is not read; that needs no process.
        Some(program) if !small && file.size <= limits.max_file_bytes => apart::load(program, file, limits),
        _ => panic::catch_unwind(AssertUnwindSafe(|| load_here(file, limits))).unwrap_or_else(|_| {
            let reason = "makes the reader fail: save it again from the program that it was made with".to_owned();
            Err(Problem { path: file.path.clone(), reason })
        }),
    }
}

/// What a document is made of, as it was found on the disk.
#[derive(Debug)]
struct Raw {
    /// The file.
    bytes: Vec<u8>,
    /// Its side file.
    side: Option<SideFile>,
}

/// A side file.
#[derive(Debug)]
struct SideFile {
    name: String,
    bytes: Vec<u8>,
}

/// Reads a file in this process.
fn load_here(file: &SourceFile, limits: &Limits) -> Result<Document, Problem> {
    let read = || -> Result<Raw, String> {
        let bytes = read_bounded(&file.absolute, limits.max_file_bytes)?;
        Ok(Raw { bytes, side: read_side(file, limits)? })
    };
    parse(&file.path, read().map_err(|reason| Problem { path: file.path.clone(), reason })?)
}

/// Makes a document of bytes, wherever they come from. The disk is not touched.
fn parse(path: &str, raw: Raw) -> Result<Document, Problem> {
    let problem = |reason: String| Problem { path: path.to_owned(), reason };
    let format = Format::of(path).map_err(problem)?;
    let hash = source::hash(&raw.bytes, raw.side.as_ref().map(|side| side.bytes.as_slice()));
    let content = format.read(&raw.bytes).map_err(problem)?;
    let beside = match raw.side {
        Some(side) => decode::decode(&side.bytes)
            .map_err(|error| error.to_string())
            .and_then(|text| metadata::side_file(&text, &side.name).map_err(|error| error.to_string()))
            .map_err(problem)?,
        None => Metadata::default(),
    };
    if content.text.trim().is_empty() {
        return Err(problem("is empty: add its text, or remove it".to_owned()));
    }
    let document = assemble(path, hash, content, beside);
    if document.passages.is_empty() {
        return Err(problem("has no text beside comments and rules: add its text, or remove it".to_owned()));
    }
    tracing::debug!(path = %document.path, passages = document.passages.len(), "document loaded");
    Ok(document)
}

/// Makes the document of what was read: reflow, split, title and date.
fn assemble(path: &str, hash: String, content: Content, beside: Metadata) -> Document {
    let reflowed = reflow::reflow(&content.text);
    let pages = reflow::carry_offsets(&content.text, &reflowed.text, &content.pages);
    let mut split = split::split(&reflowed.text, &reflowed.headings);
    let stem = stem(path);
    let chosen = title::choose(&split.leading, stem).map(|heading| heading.text.clone());
    let heading = chosen.map(|title| settle_title(&mut split, title));
    let text = reflowed.text.into_owned();
    let found = Metadata {
        title: Some(heading.unwrap_or_else(|| stem.to_owned())),
        date: date::in_file_name(stem),
        ..Metadata::default()
    };
    let metadata = metadata::merge(found, metadata::merge(content.metadata, beside));
    Document { path: path.to_owned(), hash, metadata, text, pages, passages: split.passages }
}

/// The whole title, taken out of the sections. A heading of the same kind that stands above it ("民法典" above "总则") is what
/// the document is part of, and belongs to its title; a line above a headline, recognised by its look only, does not.
fn settle_title(split: &mut split::Split, title: String) -> String {
    let above = split.leading.iter().take_while(|heading| heading.text != title);
    let parent = above.last().filter(|heading| !heading.by_look).map(|heading| heading.text.clone());
    for passage in &mut split.passages {
        passage.section.retain(|heading| *heading != title && Some(heading) != parent.as_ref());
    }
    parent.map(|parent| format!("{parent} {title}")).unwrap_or(title)
}

/// Reads the side file of a file, if it has one.
fn read_side(file: &SourceFile, limits: &Limits) -> Result<Option<SideFile>, String> {
    let Some(side) = &file.side else { return Ok(None) };
    let name = name(side);
    match read_bounded(side, limits.max_side_bytes) {
        Ok(bytes) => Ok(Some(SideFile { name, bytes })),
        Err(reason) => Err(format!("its side file {name} {reason}")),
    }
}

/// Reads a file that is not larger than `limit`; nothing of a larger one is kept.
fn read_bounded(path: &Path, limit: u64) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = fs::File::open(path).map_err(cannot_read)?;
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes).map_err(cannot_read)?;
    if bytes.len() as u64 > limit {
        return Err(too_large(limit));
    }
    Ok(bytes)
}

fn cannot_read(error: io::Error) -> String {
    format!("cannot be read ({}): check that it exists and its permissions", error.kind())
}

fn too_large(limit: u64) -> String {
    format!("is larger than {} KB: split it into parts, or raise MAX_FILE_MB", limit / 1024)
}

/// The name of a file.
fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The file name of a path without its extension.
fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.rsplit_once('.').map_or(name, |(stem, _)| stem)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Loads one file from a folder with these files.
    fn load_one(path: &str, files: &[(&str, &[u8])]) -> Result<Document, Problem> {
        let dir = tempfile::tempdir().unwrap();
        for (name, bytes) in files {
            fs::write(dir.path().join(name), bytes).unwrap();
        }
        let sources = walk(dir.path()).unwrap();
        let file = sources.files.iter().find(|file| file.path == path).unwrap();
        load(file, &Limits { max_file_bytes: 2000, ..Limits::default() })
    }

    #[test]
    fn metadata_comes_from_everywhere() {
        let text = "---\ntitle: 前言标题\ndate: 2021年3月5日\npublisher: 甲\n---\n# 正文标题\n\n正文。\n";
        let side = "title = \"旁注标题\"\nurl = \"https://example.org\"\n";
        let document = load_one("停车(2019-01-02).md", &[("停车(2019-01-02).md", text.as_bytes())]).unwrap();
        assert_eq!(document.metadata.title.as_deref(), Some("前言标题"));
        assert_eq!(document.text, "# 正文标题\n\n正文。\n");
        assert_eq!(document.passages[0].section, [] as [&str; 0]);
        let files: &[(&str, &[u8])] = &[("a.md", text.as_bytes()), ("a.md.toml", side.as_bytes())];
        let metadata = load_one("a.md", files).unwrap().metadata;
        assert_eq!(metadata.title.as_deref(), Some("旁注标题"));
        assert_eq!(metadata.date.as_deref(), Some("2021-03-05"));
        assert_eq!(metadata.publisher.as_deref(), Some("甲"));
        assert_eq!(metadata.url.as_deref(), Some("https://example.org"));
        let plain = load_one("停车(2019-01-02).md", &[("停车(2019-01-02).md", "正文。".as_bytes())]).unwrap().metadata;
        assert_eq!((plain.title.as_deref(), plain.date.as_deref()), (Some("停车(2019-01-02)"), Some("2019-01-02")));
    }

    #[test]
    fn a_heading_above_the_title_belongs_to_it() {
        let text =
            "# 民法典\n\n# 总则\n\n2021年1月1日 施行\n\n<!-- INFO END -->\n\n## 第一章 基本规定\n\n第一条 甲。\n";
        let document = load_one("总则.md", &[("总则.md", text.as_bytes())]).unwrap();
        let sections: Vec<String> = document.passages.iter().map(|passage| passage.section.join("/")).collect();
        assert_eq!(document.metadata.title.as_deref(), Some("民法典 总则"));
        assert_eq!(sections, ["", "第一章 基本规定"]);
    }

    #[test]
    fn bad_files_say_what_to_do() {
        let check = |name: &str, bytes: &[u8], part: &str| {
            let problem = load_one(name, &[(name, bytes)]).expect_err("must be refused");
            assert_eq!(problem.path, name);
            assert!(problem.reason.contains(part), "{}", problem.reason);
        };
        check("a.txt", b"", "is empty");
        check("a.txt", b" \n\n", "is empty");
        check("a.md", b"<!-- nothing -->\n", "no text");
        check("a.xyz", b"text", "save it as .txt, .md, .html");
        check("a.docx", b"text", "is text, not an office document");
        check("a.pdf", b"text", "is not a PDF");
        check("a.html", b"<script>x</script>", "is empty");
        check("a", b"text", "no file extension");
        check("a.txt", &[b'x'; 2001], "larger than");
        check("a.txt", b"PK\x03\x04", "office document");
        check("a.txt", "---\ndate: soon\n---\nx".as_bytes(), "line 2");
    }
}
