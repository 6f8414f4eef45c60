//! What a process that read a file replied, as far as it can be believed. A parser that obeys its file may reply anything: nothing of
//! it may be larger than a document is, point outside of its text, or speak of another file.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, SeqAccess, Visitor},
};

use crate::passage::{Document, Metadata, Passage, Problem, Span};

/// Longest reply that is looked at, in bytes.
pub(super) const MAX_BYTES: u64 = 256 * 1024 * 1024;

/// So many pages and passages, and so many headings above a passage, are taken.
const MAX_PAGES: usize = 100_000;
const MAX_PASSAGES: usize = 2_000_000;
const MAX_DEPTH: usize = 64;

/// Longest value of the metadata, heading, and reason of a refusal that is taken, in bytes.
const MAX_LINE_BYTES: usize = 64 * 1024;

/// A document that is to be checked.
#[derive(Deserialize)]
struct Read {
    path: String,
    hash: String,
    metadata: Metadata,
    text: String,
    pages: Few<usize, MAX_PAGES>,
    passages: Few<Part, MAX_PASSAGES>,
}

/// A passage that is to be checked.
#[derive(Deserialize)]
struct Part {
    section: Few<String, MAX_DEPTH>,
    span: Span,
}

/// What a reply says about the file of this path, of which bytes with this hash were sent (none where not all of them were);
/// `None` where it is no such reply.
pub(super) fn check(reply: &[u8], path: &str, sent: Option<&str>) -> Option<Result<Document, String>> {
    if reply.len() as u64 > MAX_BYTES {
        return Some(Err(format!("has more than {} MB of text: split it into parts", MAX_BYTES / 1024 / 1024)));
    }
    match serde_json::from_slice::<Result<Read, Problem>>(reply).ok()? {
        Ok(read) if read.path == path && is_sound(&read) => {
            if sent != Some(read.hash.as_str()) {
                return Some(Err("changed while it was read: run `wenda reindex` again".to_owned()));
            }
            let passages = read.passages.0.into_iter();
            let passages = passages.map(|part| Passage { section: part.section.0, span: part.span }).collect();
            let Read { path, hash, metadata, text, pages, .. } = read;
            Some(Ok(Document { path, hash, metadata, text, pages: pages.0, passages }))
        }
        Err(problem) if problem.path == path && is_bearable(&problem.reason) => {
            Some(Err(problem.reason.replace(char::is_control, " ")))
        }
        _ => None,
    }
}

/// Whether all parts lie within the text, in its order, and what is shown beside it can be shown.
fn is_sound(read: &Read) -> bool {
    let Metadata { title, publisher, date, url, valid_until } = &read.metadata;
    let mut lines = [title, publisher, date, url, valid_until].into_iter().flatten();
    let pages = &read.pages.0;
    let passages = &read.passages.0;
    lines.all(|line| is_bearable(line))
        && pages.iter().all(|page| read.text.is_char_boundary(*page))
        && pages.is_sorted()
        && !passages.is_empty()
        && passages.iter().all(|part| part.span.slice(&read.text).is_some_and(|text| !text.is_empty()))
        && passages.is_sorted_by(|one, next| one.span.end <= next.span.start)
        && passages.iter().flat_map(|part| &part.section.0).all(|heading| is_bearable(heading))
}

/// Whether a text is not longer than anybody would write, and does not steer a terminal.
fn is_bearable(text: &str) -> bool {
    text.len() <= MAX_LINE_BYTES && !text.contains(|c: char| c.is_control() && !c.is_whitespace())
}

/// A list of at most `MOST`; a longer one is not even taken into memory.
struct Few<T, const MOST: usize>(Vec<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for Few<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct List<T, const MOST: usize>(std::marker::PhantomData<T>);
        impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for List<T, MOST> {
            type Value = Few<T, MOST>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "a list of at most {MOST}")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut sequence: A) -> Result<Self::Value, A::Error> {
                let mut list = Vec::new();
                while let Some(next) = sequence.next_element()? {
                    if list.len() == MOST {
                        return Err(A::Error::invalid_length(MOST + 1, &self));
                    }
                    list.push(next);
                }
                Ok(Few(list))
            }
        }
        deserializer.deserialize_seq(List::<T, MOST>(std::marker::PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A sound reply, changed in one place.
    fn changed(pointer: &str, value: Value) -> Vec<u8> {
        let mut reply = json!({"Ok": {
            "path": "a.pdf", "hash": "ab", "text": "第一条 甲。\n第二条 乙。", "pages": [0, 17],
            "metadata": {"title": "办法", "publisher": null, "date": "2024-01-02", "url": null, "valid_until": null},
            "passages": [
                {"section": ["总则"], "span": {"start": 0, "end": 16}},
                {"section": [], "span": {"start": 17, "end": 33}},
            ],
        }});
        if let Some(place) = reply.pointer_mut(pointer) {
            *place = value;
        }
        serde_json::to_vec(&reply).unwrap()
    }

    fn believed(reply: &[u8]) -> bool {
        check(reply, "a.pdf", Some("ab")).is_some_and(|read| read.is_ok())
    }

    #[test]
    fn a_sound_reply_is_taken_as_it_is() {
        let reply = changed("/none", Value::Null);
        let document = check(&reply, "a.pdf", Some("ab")).unwrap().unwrap();
        assert_eq!(
            serde_json::to_value(Ok::<_, Problem>(document)).unwrap(),
            serde_json::from_slice::<Value>(&reply).unwrap()
        );
    }

    #[test]
    fn what_cannot_be_is_not_believed() {
        for (pointer, value) in [
            ("/Ok/path", json!("other.pdf")),
            ("/Ok/hash", json!("cd")),
            // Outside of the text, within a character, backwards, over another, empty.
            ("/Ok/passages/1/span/end", json!(34)),
            ("/Ok/passages/1/span/end", json!(u64::MAX)),
            ("/Ok/passages/1/span/end", json!(-1)),
            ("/Ok/passages/1/span/start", json!(18)),
            ("/Ok/passages/1/span", json!({"start": 33, "end": 17})),
            ("/Ok/passages/1/span/start", json!(13)),
            ("/Ok/passages/1/span", json!({"start": 17, "end": 17})),
            ("/Ok/passages", json!([])),
            ("/Ok/pages", json!([0, 18])),
            ("/Ok/pages", json!([17, 0])),
            ("/Ok/pages", json!([0, 1000])),
            ("/Ok/pages", json!(vec![0; MAX_PAGES + 1])),
            ("/Ok/passages/0/section", json!(vec!["甲"; MAX_DEPTH + 1])),
            ("/Ok/passages/0/section/0", json!("总\u{1b}[2J则")),
            ("/Ok/metadata/title", json!("甲\u{7}乙")),
            ("/Ok/metadata/title", json!("甲".repeat(MAX_LINE_BYTES))),
            ("/Ok", json!("nothing")),
            ("", json!([1, 2, 3])),
        ] {
            let what = format!("{pointer} as {:.60}", value.to_string());
            assert!(!believed(&changed(pointer, value)), "{what}");
        }
        assert!(!believed(b""));
        assert!(!believed(b"{\"Ok\":"));
    }

    #[test]
    fn a_file_that_was_not_sent_whole_is_not_taken() {
        let reply = changed("/none", Value::Null);
        for sent in [None, Some("cd")] {
            let reason = check(&reply, "a.pdf", sent).unwrap().unwrap_err();
            assert!(reason.contains("changed while it was read"), "{reason}");
        }
    }

    #[test]
    fn refusals_are_lines_about_the_same_file() {
        let refusal = |path: &str, reason: &str| {
            let reply = serde_json::to_vec(&json!({"Err": {"path": path, "reason": reason}})).unwrap();
            check(&reply, "a.pdf", None).map(|read| read.unwrap_err())
        };
        assert_eq!(refusal("a.pdf", "is damaged: save it again").as_deref(), Some("is damaged: save it again"));
        assert_eq!(refusal("a.pdf", "is damaged\n(at 3)").as_deref(), Some("is damaged (at 3)"));
        assert_eq!(refusal("b.pdf", "is damaged: save it again"), None);
        assert_eq!(refusal("a.pdf", "is \u{1b}[2J"), None);
        assert_eq!(refusal("a.pdf", &"x".repeat(MAX_LINE_BYTES + 1)), None);
    }
}
