//! The numbers of lists in a Word document, which are not written in its text: 第一条, （一）, 1.1.

use std::collections::HashMap;

use super::xml::{Piece, Xml};

/// Levels that a list can have.
const LEVELS: usize = 9;

/// One level of a list.
#[derive(Clone, Debug, Default)]
struct Level {
    format: String,
    /// `%1` stands for the number of the first level.
    text: String,
    start: u32,
    legal: bool,
}

/// A list: the definition that it follows and where it begins anew.
#[derive(Clone, Debug, Default)]
struct List {
    definition: String,
    starts: HashMap<usize, u32>,
}

/// The lists of a document, with how far each has been counted.
#[derive(Debug, Default)]
pub(super) struct Numbering {
    definitions: HashMap<String, Vec<Level>>,
    lists: HashMap<String, List>,
    counters: HashMap<String, [Option<u32>; LEVELS]>,
}

impl Numbering {
    /// Reads `numbering.xml`; an empty text has no lists.
    pub(super) fn read(xml: &str) -> Result<Numbering, String> {
        let mut numbering = Numbering::default();
        let (mut definition, mut list, mut level) = (None, None, 0);
        let mut xml = Xml::new(xml);
        while let Some(piece) = xml.next()? {
            let Piece::Open(element) = piece else {
                if let Piece::Close(name) = piece {
                    match name.as_str() {
                        "abstractNum" => definition = None,
                        "num" => list = None,
                        _ => {}
                    }
                }
                continue;
            };
            let value = element.attribute("val");
            match element.name() {
                "abstractNum" => definition = element.attribute("abstractNumId"),
                "num" => list = element.attribute("numId"),
                "lvl" | "lvlOverride" => {
                    level = element.attribute("ilvl").and_then(|level| level.parse().ok()).unwrap_or(0)
                }
                "abstractNumId" => {
                    if let (Some(list), Some(value)) = (&list, value) {
                        numbering.lists.entry(list.clone()).or_default().definition = value;
                    }
                }
                "startOverride" => {
                    let start = value.and_then(|start| start.parse().ok());
                    if let (Some(list), Some(start)) = (&list, start) {
                        numbering.lists.entry(list.clone()).or_default().starts.insert(level, start);
                    }
                }
                name => {
                    if let Some(id) = definition.as_ref().filter(|_| level < LEVELS) {
                        let levels =
                            numbering.definitions.entry(id.clone()).or_insert_with(|| vec![Level::default(); LEVELS]);
                        levels[level].set(name, value);
                    }
                }
            }
        }
        Ok(numbering)
    }

    /// Counts one paragraph of a list, and gives its label; `- ` for bullets.
    pub(super) fn label(&mut self, list: &str, level: usize) -> Option<String> {
        let list = self.lists.get_mut(list)?;
        let levels = self.definitions.get(&list.definition)?;
        let own = levels.get(level)?;
        let counters = self.counters.entry(list.definition.clone()).or_default();
        if let Some(start) = list.starts.remove(&level) {
            counters[level] = Some(start);
        } else {
            counters[level] = Some(counters[level].map_or(own.start, |count| count.saturating_add(1)));
        }
        counters[level + 1..].fill(None);
        if own.format == "bullet" {
            return Some("- ".to_owned());
        }
        if own.format == "none" || own.text.is_empty() {
            return None;
        }
        let mut label = own.text.clone();
        for (at, other) in levels.iter().enumerate().take(level + 1) {
            let count = counters[at].unwrap_or(other.start);
            let format = if own.legal { "decimal" } else { &other.format };
            label = label.replace(&format!("%{}", at + 1), &written(count, format));
        }
        Some(label.trim().to_owned()).filter(|label| !label.is_empty())
    }
}

impl Level {
    fn set(&mut self, name: &str, value: Option<String>) {
        match (name, value) {
            ("numFmt", Some(format)) => self.format = format,
            ("lvlText", Some(text)) => self.text = text.chars().take(40).collect(),
            ("start", Some(start)) => self.start = start.parse().unwrap_or(1),
            ("isLgl", _) => self.legal = true,
            _ => {}
        }
    }
}

/// A number as a format writes it (ECMA-376 part 1, 17.18.59).
fn written(number: u32, format: &str) -> String {
    match format {
        "chineseCounting"
        | "chineseCountingThousand"
        | "japaneseCounting"
        | "taiwaneseCounting"
        | "taiwaneseCountingThousand" => chinese(number),
        "ideographDigital" | "japaneseDigitalTenThousand" | "taiwaneseDigital" => {
            number.to_string().chars().map(|c| DIGITS[c as usize - '0' as usize]).collect()
        }
        "decimalEnclosedCircle" | "decimalEnclosedCircleChinese" if (1..=20).contains(&number) => {
            char::from_u32('①' as u32 + number - 1).map(String::from).unwrap_or_default()
        }
        "decimalZero" => format!("{number:02}"),
        "lowerLetter" => letters(number),
        "upperLetter" => letters(number).to_uppercase(),
        "lowerRoman" => roman(number).to_lowercase(),
        "upperRoman" => roman(number),
        _ => number.to_string(),
    }
}

const DIGITS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// 十二, 一百零三; larger numbers than any list has are written in figures.
fn chinese(number: u32) -> String {
    if number == 0 || number > 9999 {
        return if number == 0 { "零".to_owned() } else { number.to_string() };
    }
    let mut out = String::new();
    let mut gap = false;
    for (unit, name) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
        let digit = number / unit % 10;
        if digit == 0 {
            gap = !out.is_empty();
            continue;
        }
        if std::mem::take(&mut gap) {
            out.push('零');
        }
        if !(digit == 1 && unit == 10 && out.is_empty()) {
            out.push(DIGITS[digit as usize]);
        }
        out.push_str(name);
    }
    out
}

/// a to z, then aa, bb.
fn letters(number: u32) -> String {
    let index = number.max(1) - 1;
    let letter = char::from(b'a' + (index % 26) as u8);
    std::iter::repeat_n(letter, (index / 26 + 1).min(10) as usize).collect()
}

fn roman(number: u32) -> String {
    const PARTS: [(u32, &str); 13] = [
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ];
    let mut left = number.min(3999);
    let mut out = String::new();
    for (value, letters) in PARTS {
        while left >= value {
            out.push_str(letters);
            left -= value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_lists_write_them() {
        for (number, expected) in [
            (1, "一"),
            (10, "十"),
            (12, "十二"),
            (20, "二十"),
            (101, "一百零一"),
            (110, "一百一十"),
            (1005, "一千零五"),
        ] {
            assert_eq!(written(number, "chineseCounting"), expected);
        }
        assert_eq!(written(27, "lowerLetter"), "aa");
        assert_eq!(written(14, "upperRoman"), "XIV");
        assert_eq!(written(3, "decimalEnclosedCircle"), "③");
    }

    #[test]
    fn levels_count_on_and_begin_anew() {
        let level = |at: usize, format: &str, text: &str| {
            format!(
                "<w:lvl w:ilvl=\"{at}\"><w:start w:val=\"1\"/><w:numFmt w:val=\"{format}\"/><w:lvlText w:val=\"{text}\"/></w:lvl>"
            )
        };
        let xml = format!(
            "<w:numbering><w:abstractNum w:abstractNumId=\"7\">{}{}</w:abstractNum>\
             <w:num w:numId=\"1\"><w:abstractNumId w:val=\"7\"/></w:num></w:numbering>",
            level(0, "chineseCounting", "第%1条"),
            level(1, "decimal", "%1.%2"),
        );
        let mut numbering = Numbering::read(&xml).unwrap();
        let labels: Vec<String> = [0, 1, 1, 0, 1].iter().filter_map(|level| numbering.label("1", *level)).collect();
        assert_eq!(labels, ["第一条", "一.1", "一.2", "第二条", "二.1"]);
        assert_eq!(numbering.label("9", 0), None);
    }
}
