//! The HTML that Telegram accepts, and nothing else: text and entities, or the reason for a 400. Border: the wording
//! and the order of the checks follow `parse_html` of tdlib (MessageEntity.cpp); where the platform would silently
//! repair (nested quotations, an unknown `&name;`), this parser refuses, because the reader would see something else.

use std::ops::Range;

use serde_json::{Value, json};

/// Most entities that a message keeps; the platform drops the rest without a word.
pub(crate) const MOST_ENTITIES: usize = 100;

/// A text with its entities.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Formatted {
    /// The text as it is read.
    pub(crate) text: String,
    /// What is special about parts of it.
    pub(crate) entities: Vec<Entity>,
}

/// A part of a text that is special.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Entity {
    /// Its kind, as the Bot API names it.
    pub(crate) kind: &'static str,
    /// Bytes of the text.
    pub(crate) range: Range<usize>,
    /// Where a link leads.
    pub(crate) url: Option<String>,
}

impl Formatted {
    /// The parts of the text that are of a kind.
    pub(crate) fn parts(&self, kind: &str) -> Vec<&str> {
        let of_kind = self.entities.iter().filter(|entity| entity.kind == kind);
        of_kind.map(|entity| &self.text[entity.range.clone()]).collect()
    }

    /// What the citizen sees quoted, in the order of the text.
    pub(crate) fn quotes(&self) -> Vec<&str> {
        let quotes = self.entities.iter().filter(|entity| entity.kind.ends_with("blockquote"));
        quotes.map(|entity| &self.text[entity.range.clone()]).collect()
    }

    /// The addresses of all links.
    pub(crate) fn links(&self) -> Vec<&str> {
        self.entities.iter().filter_map(|entity| entity.url.as_deref()).collect()
    }

    /// The entities as the Bot API gives them, with offsets in UTF-16 units.
    pub(crate) fn to_json(&self) -> Value {
        let units = |text: &str| text.encode_utf16().count();
        let entity = |entity: &Entity| {
            let (offset, length) = (units(&self.text[..entity.range.start]), units(&self.text[entity.range.clone()]));
            let mut json = json!({"type": entity.kind, "offset": offset, "length": length});
            if let Some(url) = &entity.url {
                json["url"] = json!(url);
            }
            json
        };
        self.entities.iter().take(MOST_ENTITIES).map(entity).collect()
    }

    /// The text without white space at its ends, as it arrives.
    pub(crate) fn trimmed(mut self) -> Formatted {
        let start = self.text.len() - self.text.trim_start().len();
        self.text = self.text.trim().to_owned();
        for entity in &mut self.entities {
            let clamp = |at: usize| at.saturating_sub(start).min(self.text.len());
            entity.range = clamp(entity.range.start)..clamp(entity.range.end);
        }
        self.entities.retain(|entity| !entity.range.is_empty());
        self
    }
}

/// A tag that is open.
struct Open {
    name: String,
    kind: &'static str,
    start: usize,
    url: Option<String>,
}

struct Parser<'h> {
    html: &'h str,
    at: usize,
    formatted: Formatted,
    open: Vec<Open>,
}

/// Reads HTML; the error is what follows "can't parse entities: ".
pub(crate) fn parse(html: &str) -> Result<Formatted, String> {
    let mut parser = Parser { html, at: 0, formatted: Formatted::default(), open: Vec::new() };
    while let Some(next) = parser.rest().chars().next() {
        match next {
            '&' => parser.character_reference()?,
            '<' if parser.rest().starts_with("</") => parser.end_tag()?,
            '<' => parser.start_tag()?,
            _ => {
                parser.formatted.text.push(next);
                parser.at += next.len_utf8();
            }
        }
    }
    if let Some(open) = parser.open.last() {
        return Err(format!("Can't find end tag corresponding to start tag \"{}\"", open.name));
    }
    parser.formatted.entities.sort_by_key(|entity| (entity.range.start, usize::MAX - entity.range.end));
    Ok(parser.formatted)
}

impl<'h> Parser<'h> {
    fn rest(&self) -> &'h str {
        &self.html[self.at..]
    }

    fn character_reference(&mut self) -> Result<(), String> {
        let (character, length) =
            character(self.rest()).ok_or_else(|| format!("Unknown or unescaped entity at byte offset {}", self.at))?;
        self.formatted.text.push(character);
        self.at += length;
        Ok(())
    }

    fn start_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        let unclosed = || format!("Unclosed start tag at byte offset {begin}");
        let inside = &self.html[begin + 1..];
        let end_of_name = inside.find(|c: char| c.is_ascii_whitespace() || c == '>').ok_or_else(unclosed)?;
        let name = inside[..end_of_name].to_lowercase();
        let kind = kind(&name).ok_or_else(|| format!("Unsupported start tag \"{name}\" at byte offset {begin}"))?;
        self.at = begin + 1 + end_of_name;
        let mut open = Open { name, kind, start: self.formatted.text.len(), url: None };
        loop {
            self.at += self.rest().len() - self.rest().trim_start().len();
            match self.rest().chars().next() {
                None => return Err(unclosed()),
                Some('>') => break self.at += 1,
                Some(_) => self.attribute(begin, &mut open)?,
            }
        }
        self.allowed(&open, begin)?;
        self.open.push(open);
        Ok(())
    }

    fn attribute(&mut self, begin: usize, open: &mut Open) -> Result<(), String> {
        let unclosed = || format!("Unclosed start tag \"{}\" at byte offset {begin}", open.name);
        let rest = self.rest();
        let length = rest.find(|c: char| c.is_ascii_whitespace() || c == '=' || c == '>').ok_or_else(unclosed)?;
        let attribute = rest[..length].to_lowercase();
        if attribute.is_empty() {
            return Err(format!("Empty attribute name in the tag \"{}\" at byte offset {begin}", open.name));
        }
        self.at += length;
        if !self.rest().starts_with('=') {
            if open.name == "blockquote" && attribute == "expandable" {
                open.kind = "expandable_blockquote";
                return Ok(());
            }
            let tag = &open.name;
            return Err(format!(
                "Expected equal sign in declaration of an attribute of the tag \"{tag}\" at byte offset {begin}"
            ));
        }
        self.at += 1;
        let value = self.value(begin)?;
        match (open.name.as_str(), attribute.as_str()) {
            ("a", "href") => open.url = Some(value),
            ("blockquote", "expandable") => open.kind = "expandable_blockquote",
            _ => {}
        }
        Ok(())
    }

    fn value(&mut self, begin: usize) -> Result<String, String> {
        let unclosed = || format!("Unclosed start tag at byte offset {begin}");
        let rest = self.rest();
        let quote = rest.chars().next().ok_or_else(unclosed)?;
        if quote != '"' && quote != '\'' {
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && !".-".contains(c)).ok_or_else(unclosed)?;
            self.at += length;
            return match self.rest().chars().next() {
                Some(c) if c.is_ascii_whitespace() || c == '>' => Ok(rest[..length].to_owned()),
                _ => Err(format!("Unexpected end of name token at byte offset {}", self.at)),
            };
        }
        let length = rest[1..].find(quote).ok_or_else(unclosed)?;
        let (raw, mut value) = (&rest[1..=length], String::new());
        let mut at = 0;
        while let Some(next) = raw[at..].chars().next() {
            let (character, length) = match next {
                '&' => character(&raw[at..])
                    .ok_or_else(|| format!("Unknown or unescaped entity at byte offset {}", self.at + 1 + at))?,
                _ => (next, next.len_utf8()),
            };
            value.push(character);
            at += length;
        }
        self.at += length + 2;
        Ok(value)
    }

    /// Quotations hold no quotation, code and pre hold nothing (a `code` may stand directly within `pre`).
    fn allowed(&self, open: &Open, begin: usize) -> Result<(), String> {
        let quotation = |name: &str| name == "blockquote";
        for outer in &self.open {
            let literal = outer.name == "code" || (outer.name == "pre" && open.name != "code");
            if literal || (quotation(&outer.name) && quotation(&open.name)) {
                return Err(format!(
                    "Tag \"{}\" must not stand in \"{}\", at byte offset {begin}",
                    open.name, outer.name
                ));
            }
        }
        Ok(())
    }

    fn end_tag(&mut self) -> Result<(), String> {
        let begin = self.at;
        let Some(open) = self.open.pop() else { return Err(format!("Unexpected end tag at byte offset {begin}")) };
        let length = self.rest().find('>').ok_or_else(|| format!("Unclosed end tag at byte offset {begin}"))?;
        let name = self.rest()[2..length].trim_end().to_lowercase();
        if !name.is_empty() && name != open.name {
            let expected = open.name;
            return Err(format!(
                "Unmatched end tag at byte offset {begin}, expected \"</{expected}>\", found \"</{name}>\""
            ));
        }
        self.at += length + 1;
        let range = open.start..self.formatted.text.len();
        let url = if open.name == "a" {
            Some(open.url.unwrap_or_else(|| self.formatted.text[range.clone()].to_owned()))
        } else {
            None
        };
        if !range.is_empty() {
            self.formatted.entities.push(Entity { kind: open.kind, range, url });
        }
        Ok(())
    }
}

fn kind(tag: &str) -> Option<&'static str> {
    Some(match tag {
        "b" | "strong" => "bold",
        "i" | "em" => "italic",
        "u" | "ins" => "underline",
        "s" | "strike" | "del" => "strikethrough",
        "tg-spoiler" => "spoiler",
        "code" => "code",
        "pre" => "pre",
        "a" => "text_link",
        "blockquote" => "blockquote",
        "tg-emoji" => "custom_emoji",
        _ => return None,
    })
}

/// The character that a reference at the start of the text stands for, and the length of the reference.
fn character(text: &str) -> Option<(char, usize)> {
    let end = text.find(';').filter(|end| *end <= 10)?;
    let character = match &text[1..end] {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|character| *character != '\0')?
        }
    };
    Some((character, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_platforms_own_refusals() {
        let check = |html: &str, expected: &str| assert_eq!(parse(html).unwrap_err(), expected, "{html}");
        check("🏟 🏟&lt;<abacaba", "Unclosed start tag at byte offset 13");
        check("🏟 🏟&lt;<abac aba>", "Unsupported start tag \"abac\" at byte offset 13");
        check("<br>", "Unsupported start tag \"br\" at byte offset 0");
        check("a < b", "Unsupported start tag \"\" at byte offset 2");
        check("<i   =aba>", "Empty attribute name in the tag \"i\" at byte offset 0");
        check("<i aba>x</i>", "Expected equal sign in declaration of an attribute of the tag \"i\" at byte offset 0");
        check("<i aba=190azAz-.,", "Unexpected end of name token at byte offset 16");
        check("</b>", "Unexpected end tag at byte offset 0");
        check("<b>x</i>", "Unmatched end tag at byte offset 4, expected \"</b>\", found \"</i>\"");
        check("<b>x", "Can't find end tag corresponding to start tag \"b\"");
        check("<b>x</b", "Unclosed end tag at byte offset 4");
        check("甲&nbsp;乙", "Unknown or unescaped entity at byte offset 3");
        check("<a href=\"?a=1&b=2\">x</a>", "Unknown or unescaped entity at byte offset 13");
        check(
            "<blockquote>a<blockquote>b</blockquote></blockquote>",
            "Tag \"blockquote\" must not stand in \"blockquote\", at byte offset 13",
        );
        check("<code><b>x</b></code>", "Tag \"b\" must not stand in \"code\", at byte offset 6");
    }

    #[test]
    fn entities_count_in_utf16() {
        let formatted =
            parse("😀<blockquote expandable>甲<b>&lt;乙&#62;</b></blockquote><a href=\"x?a&amp;b\">丙</a>").unwrap();
        assert_eq!(formatted.text, "😀甲<乙>丙");
        assert_eq!(formatted.quotes(), ["甲<乙>"]);
        assert_eq!(formatted.parts("bold"), ["<乙>"]);
        assert_eq!(formatted.links(), ["x?a&b"]);
        assert_eq!(formatted.to_json()[0], json!({"type": "expandable_blockquote", "offset": 2, "length": 4}));
        assert_eq!(parse("  <b> a</b> ").unwrap().trimmed().parts("bold"), ["a"]);
    }
}
