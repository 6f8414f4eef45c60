//! What is known about a document beside its text: front matter (YAML between `---`, TOML between `+++`) and side files
//! (`<name>.toml`). Broken metadata is refused with its line and what is allowed; unknown keys are tolerated.

use thiserror::Error;

use super::date;
use crate::passage::Metadata;

/// Lines in which the end of front matter is looked for; more than anyone writes.
const MAX_FRONT_MATTER_LINES: usize = 200;

/// The keys that are understood, with the Chinese words for them.
const KEYS: [(&str, &[&str]); 5] = [
    ("title", &["标题", "名称"]),
    ("publisher", &["发布机构", "发布单位", "发文机关"]),
    ("date", &["日期", "发布日期", "成文日期"]),
    ("url", &["网址", "链接", "link"]),
    ("valid_until", &["有效期至", "失效日期", "valid-until"]),
];

/// Why metadata cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("{place}, line {line}: {reason}; allowed are title, publisher, date, url and valid_until, dates as 2021-03-05")]
pub(super) struct MetadataError {
    /// Where it stands: "front matter" or the side file's name.
    pub(super) place: String,
    /// The line of the file, from 1.
    pub(super) line: usize,
    /// What is wrong with it.
    pub(super) reason: String,
}

/// A value of a key, with the line that it stands in.
type Field = (String, Option<String>, usize);

/// Splits front matter off a text: what it says, and where the text after it begins.
pub(in crate::corpus) fn front_matter(text: &str) -> Result<(Metadata, usize), MetadataError> {
    let none = (Metadata::default(), 0);
    let Some(fence) = ["---", "+++"].into_iter().find(|fence| first_line(text).trim_end() == *fence) else {
        return Ok(none);
    };
    let start = first_line(text).len() + 1;
    let body = text.get(start..).unwrap_or_default();
    let mut at = start;
    let mut end = None;
    for line in body.split_inclusive('\n').take(MAX_FRONT_MATTER_LINES) {
        let fenced = line.trim_end() == fence || fence == "---" && line.trim_end() == "...";
        if fenced {
            end = Some((at, at + line.len()));
            break;
        }
        at += line.len();
    }
    let intended = first_line(body.trim_start()).split_once([':', '=']).is_some_and(|(key, _)| is_key(key));
    let Some((close, after)) = end else {
        return if intended {
            Err(error("front matter", 1, format!("the closing {fence} is missing")))
        } else {
            Ok(none)
        };
    };
    if !intended && fence == "---" && !body.starts_with(['#', '-']) {
        return Ok(none);
    }
    let source = &text[start..close];
    let fields = if fence == "---" { yaml(source) } else { toml_fields(source, "front matter", 1) };
    match fields {
        Ok(fields) => Ok((collect(fields, "front matter")?, after)),
        // A rule, some text, another rule: no front matter at all.
        Err(_) if !intended => Ok(none),
        Err(error) => Err(error),
    }
}

/// Reads a side file.
pub(super) fn side_file(source: &str, name: &str) -> Result<Metadata, MetadataError> {
    collect(toml_fields(source, name, 0)?, name)
}

/// `over` where it knows something, else `under`.
pub(super) fn merge(under: Metadata, over: Metadata) -> Metadata {
    Metadata {
        title: over.title.or(under.title),
        publisher: over.publisher.or(under.publisher),
        date: over.date.or(under.date),
        url: over.url.or(under.url),
        valid_until: over.valid_until.or(under.valid_until),
    }
}

/// Whether something before a colon looks like a key of metadata.
fn is_key(key: &str) -> bool {
    let key = key.trim().trim_matches(['"', '\'']);
    !key.is_empty()
        && key.chars().count() <= 30
        && key.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.'))
}

/// The fields of YAML front matter.
fn yaml(source: &str) -> Result<Vec<Field>, MetadataError> {
    use serde_yaml_ng::Value;
    let value: Value = serde_yaml_ng::from_str(source).map_err(|yaml| {
        let line = yaml.location().map_or(1, |location| location.line());
        error("front matter", line + 1, first_line(&yaml.to_string()).to_owned())
    })?;
    let mapping = match value {
        Value::Null => return Ok(Vec::new()),
        Value::Mapping(mapping) => mapping,
        _ => {
            return Err(error("front matter", 2, "expected lines like `title: …`".to_owned()));
        }
    };
    let fields = mapping.into_iter().filter_map(|(key, value)| {
        let key = key.as_str()?.to_owned();
        let line = line_of(source, &key) + 1;
        let value = match value {
            Value::String(text) => Some(text),
            Value::Number(number) => Some(number.to_string()),
            Value::Bool(flag) => Some(flag.to_string()),
            Value::Null => Some(String::new()),
            _ => None,
        };
        Some((key, value, line))
    });
    Ok(fields.collect())
}

/// The fields of TOML; `before` lines stand before it in the file.
fn toml_fields(source: &str, place: &str, before: usize) -> Result<Vec<Field>, MetadataError> {
    let table: toml::Table = source.parse().map_err(|toml: toml::de::Error| {
        let at = toml.span().map_or(0, |span| span.start.min(source.len()));
        let line = source.as_bytes()[..at].iter().filter(|&&b| b == b'\n').count() + 1;
        error(place, line + before, first_line(toml.message()).to_owned())
    })?;
    let fields = table.into_iter().map(|(key, value)| {
        let line = line_of(source, &key) + before;
        let value = match value {
            toml::Value::String(text) => Some(text),
            toml::Value::Integer(number) => Some(number.to_string()),
            toml::Value::Float(number) => Some(number.to_string()),
            toml::Value::Datetime(date) => Some(date.to_string()),
            toml::Value::Boolean(flag) => Some(flag.to_string()),
            toml::Value::Array(_) | toml::Value::Table(_) => None,
        };
        (key, value, line)
    });
    Ok(fields.collect())
}

/// Metadata from fields; those with unknown keys are left out.
fn collect(fields: Vec<Field>, place: &str) -> Result<Metadata, MetadataError> {
    let mut metadata = Metadata::default();
    for (key, value, line) in fields {
        let lower = key.trim().to_lowercase();
        let known = KEYS.iter().find(|(name, words)| *name == lower || words.contains(&lower.as_str()));
        let Some((name, _)) = known else {
            continue;
        };
        let Some(value) = value else {
            return Err(error(place, line, format!("`{key}` has to be one line of text")));
        };
        let value = value.split_whitespace().collect::<Vec<_>>().join(" ");
        if value.is_empty() {
            continue;
        }
        let date =
            || date::normalise(&value).ok_or_else(|| error(place, line, format!("`{key}` is not a date: {value}")));
        match *name {
            "title" => metadata.title = Some(value),
            "publisher" => metadata.publisher = Some(value),
            "url" => metadata.url = Some(value),
            "date" => metadata.date = Some(date()?),
            _ => metadata.valid_until = Some(date()?),
        }
    }
    Ok(metadata)
}

/// The line, from 1, in which a key stands.
fn line_of(source: &str, key: &str) -> usize {
    let begins = |line: &str| line.trim_start().trim_start_matches(['"', '\'']).starts_with(key);
    source.lines().position(begins).map_or(1, |line| line + 1)
}

/// The first line of a text, without its line break.
fn first_line(text: &str) -> &str {
    text.split('\n').next().unwrap_or_default()
}

/// An error at a place.
fn error(place: &str, line: usize, reason: String) -> MetadataError {
    MetadataError { place: place.to_owned(), line, reason }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn front_matter_is_read() {
        let yaml = "---\ntitle: 停车办法\npublisher: \"市政府\"\ndate: 2021年3月5日\nvalid_until: 2026/12/31\ntags: [a, b]\n---\n正文\n";
        let (metadata, at) = front_matter(yaml).unwrap();
        assert_eq!(&yaml[at..], "正文\n");
        assert_eq!(metadata.title.as_deref(), Some("停车办法"));
        assert_eq!(metadata.publisher.as_deref(), Some("市政府"));
        assert_eq!(metadata.date.as_deref(), Some("2021-03-05"));
        assert_eq!(metadata.valid_until.as_deref(), Some("2026-12-31"));

        let toml = "+++\ntitle = \"T\"\ndate = 2021-03-05\nurl = \"https://example.org\"\n+++\nbody";
        let (metadata, at) = front_matter(toml).unwrap();
        assert_eq!(&toml[at..], "body");
        assert_eq!(metadata.date.as_deref(), Some("2021-03-05"));
        assert_eq!(metadata.url.as_deref(), Some("https://example.org"));
    }

    #[test]
    fn rules_are_not_front_matter() {
        for text in ["---\n\n正文在此。\n\n---\n更多", "--- a", "", "---", "---\n正文", "正文\n---\ntitle: x\n---\n"]
        {
            assert_eq!(front_matter(text), Ok((Metadata::default(), 0)), "{text}");
        }
    }

    #[test]
    fn broken_front_matter_names_the_line() {
        let check = |text: &str, expected: &str| {
            let message = front_matter(text).unwrap_err().to_string();
            assert!(message.starts_with(expected) && message.contains("valid_until"), "{message}");
        };
        check("---\ntitle: a\ndate: soon\n---\nx", "front matter, line 3: `date` is not a date: soon");
        check("---\ntitle: a\n", "front matter, line 1: the closing --- is missing");
        check("---\ntitle: [a\ndate: 2021-01-01\n---\nx", "front matter, line ");
        check("+++\ntitle = \"a\"\nurl = x y\n+++\nx", "front matter, line 3: ");
        check("---\ntitle:\n  a: b\n---\nx", "front matter, line 2: `title` has to be one line of text");
    }

    #[test]
    fn side_files_are_read() {
        let metadata = side_file("title = \"焦作\"\n\"日期\" = \"2021/7/1\"\nother = [1]\n", "a.txt.toml").unwrap();
        assert_eq!((metadata.title.as_deref(), metadata.date.as_deref()), (Some("焦作"), Some("2021-07-01")));
        let message = side_file("title = \"a\"\ndate = \"x\"", "a.txt.toml").unwrap_err().to_string();
        assert!(message.starts_with("a.txt.toml, line 2: "), "{message}");
    }

    proptest! {
        #[test]
        fn never_panics(text in "(---|\\+\\+\\+)\n[a-z:= \"\n\\[\\]{}&*!|>'#\\-+年0-9]{0,80}\n(---|\\+\\+\\+|)\n?x?") {
            if let Ok((_, at)) = front_matter(&text) {
                prop_assert!(text.is_char_boundary(at));
            }
        }
    }
}
