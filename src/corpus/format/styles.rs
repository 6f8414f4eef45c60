//! The paragraph styles of a Word document: which are headings, which carry a list, which a table of contents.

use std::collections::HashMap;

use super::xml::{Piece, Xml};

/// Longest chain of styles that are based on each other; a guard against circles.
const MAX_CHAIN: usize = 16;

/// What a style says about its paragraphs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct ParagraphStyle {
    /// Level of the heading, from 1: the title is 1, the first headings 2.
    pub(super) heading: Option<u8>,
    /// Number of the list.
    pub(super) list: Option<String>,
    /// Level within the list.
    pub(super) level: Option<usize>,
    /// Whether it is for entries of a table of contents.
    pub(super) contents: bool,
    based_on: Option<String>,
}

/// The styles of a document by their ids.
#[derive(Debug, Default)]
pub(super) struct Styles(HashMap<String, ParagraphStyle>);

impl Styles {
    /// Reads `styles.xml`; an empty text has none.
    pub(super) fn read(xml: &str) -> Result<Styles, String> {
        let mut styles = HashMap::new();
        let mut current: Option<(String, ParagraphStyle)> = None;
        let mut xml = Xml::new(xml);
        while let Some(piece) = xml.next()? {
            match piece {
                Piece::Open(element) if element.name() == "style" => {
                    current = element.attribute("styleId").map(|id| (id, ParagraphStyle::default()));
                }
                Piece::Open(element) => {
                    let Some((_, style)) = &mut current else { continue };
                    let value = element.attribute("val");
                    match element.name() {
                        "name" => style.name(&value.unwrap_or_default()),
                        "basedOn" => style.based_on = value,
                        "outlineLvl" => {
                            let level = value.and_then(|level| level.parse::<u8>().ok()).filter(|level| *level < 9);
                            style.heading = style.heading.or(level.map(|level| level + 2));
                        }
                        "numId" => style.list = value,
                        "ilvl" => style.level = value.and_then(|level| level.parse().ok()),
                        _ => {}
                    }
                }
                Piece::Close(name) if name == "style" => styles.extend(current.take()),
                _ => {}
            }
        }
        Ok(Styles(styles))
    }

    /// The style of a paragraph, with what it takes from the styles that it is based on.
    pub(super) fn get(&self, id: Option<&str>) -> ParagraphStyle {
        let mut style = id.and_then(|id| self.0.get(id)).cloned().unwrap_or_default();
        for _ in 0..MAX_CHAIN {
            let Some(base) = style.based_on.take().and_then(|id| self.0.get(&id)) else { break };
            style.heading = style.heading.or(base.heading);
            style.list = style.list.or_else(|| base.list.clone());
            style.level = style.level.or(base.level);
            style.contents |= base.contents;
            style.based_on.clone_from(&base.based_on);
        }
        style
    }
}

impl ParagraphStyle {
    /// What the name of a style says: programs of all languages keep the English names of those built in.
    fn name(&mut self, name: &str) {
        let name = name.to_lowercase();
        let level = |rest: &str| rest.trim().parse::<u8>().ok().filter(|level| (1..=9).contains(level));
        if name == "title" {
            self.heading = Some(1);
        } else if let Some(level) = ["heading", "标题"].iter().find_map(|word| name.strip_prefix(word)).and_then(level)
        {
            self.heading = Some(level + 1);
        }
        self.contents = name.starts_with("toc ") || name.starts_with("contents ");
    }
}
