//! What all office documents have in common: the relation to their main part, and their properties.

use super::{
    archive::Archive,
    xml::{Piece, Xml},
};
use crate::passage::Metadata;

/// Titles that programs fill in by themselves.
const EMPTY_TITLES: [&str; 9] = [
    "untitled",
    "(anonymous)",
    "无标题",
    "文档",
    "新建",
    "microsoft word",
    "microsoft powerpoint",
    "powerpoint 演示文稿",
    "document",
];

/// The name of the main part.
pub(super) fn main_part(archive: &mut Archive<'_>, usual: &str) -> Result<String, String> {
    let relations = archive.part("_rels/.rels")?.unwrap_or_default();
    let mut xml = Xml::new(&relations);
    while let Some(piece) = xml.next()? {
        if let Piece::Open(element) = piece
            && element.attribute("Type").is_some_and(|kind| kind.ends_with("/officeDocument"))
            && let Some(target) = element.attribute("Target")
        {
            return Ok(target.trim_start_matches('/').to_owned());
        }
    }
    Ok(usual.to_owned())
}

/// What the properties say: the title. The author is a person at a keyboard, not who published it, and the day on which a file
/// was made is that of its template as often as its own; both would mislead in a source line.
pub(super) fn metadata(archive: &mut Archive<'_>) -> Result<Metadata, String> {
    let core = archive.part("docProps/core.xml")?.unwrap_or_default();
    let mut metadata = Metadata::default();
    let mut xml = Xml::new(&core);
    let mut text = String::new();
    while let Some(piece) = xml.next()? {
        match piece {
            Piece::Open(_) => text.clear(),
            Piece::Text(part) => text.push_str(&part),
            Piece::Close(name) if name == "title" => metadata.title = title(&text),
            Piece::Close(_) => {}
        }
    }
    Ok(metadata)
}

/// A title that says something: not empty, and not what a program writes by itself.
pub(super) fn title(text: &str) -> Option<String> {
    let text = super::blocks::one_line(text);
    let lower = text.to_lowercase();
    let empty =
        EMPTY_TITLES.iter().any(|empty| lower.starts_with(empty) && lower.chars().count() <= empty.chars().count() + 3)
            || lower.starts_with("microsoft word - ")
            || lower
                .rsplit_once('.')
                .is_some_and(|(_, end)| (2..=4).contains(&end.len()) && end.is_ascii() && !end.contains(' '));
    (!empty && text.chars().count() >= 2 && text.chars().count() <= 200).then_some(text)
}
