//! XML as the office formats use it: events with bounded depth, entities resolved; a document type definition is not obeyed.

use std::borrow::Cow;

use quick_xml::{
    Reader, XmlVersion,
    escape::resolve_predefined_entity,
    events::{BytesStart, Event},
};

/// Deepest nesting that is read: real documents stay below 60.
const MAX_DEPTH: usize = 512;

/// A piece of an XML file; an empty element is opened and closed.
#[derive(Debug)]
pub(super) enum Piece<'x> {
    /// The start of an element.
    Open(Element<'x>),
    /// Its end, with its local name.
    Close(String),
    /// Text.
    Text(Cow<'x, str>),
}

/// The start of an element.
#[derive(Debug)]
pub(super) struct Element<'x>(BytesStart<'x>);

impl Element<'_> {
    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        self.0.local_name().into_inner()
    }

    /// The value of an attribute, by its name without prefix.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut attributes = self.0.attributes();
        let found =
            attributes.with_checks(false).flatten().find(|other| other.key.local_name().into_inner() == name)?;
        found.normalized_value(XmlVersion::Implicit1_0).ok().map(Cow::into_owned)
    }
}

/// Reads an XML file piece by piece.
pub(super) struct Xml<'x> {
    reader: Reader<&'x [u8]>,
    depth: usize,
    empty: Option<String>,
}

impl<'x> Xml<'x> {
    /// Begins to read.
    pub(super) fn new(text: &'x str) -> Xml<'x> {
        let mut reader = Reader::from_str(text);
        reader.config_mut().check_end_names = false;
        reader.config_mut().allow_dangling_amp = true;
        Xml { reader, depth: 0, empty: None }
    }

    /// The next piece; `None` at the end.
    pub(super) fn next(&mut self) -> Result<Option<Piece<'x>>, String> {
        if let Some(name) = self.empty.take() {
            return Ok(Some(Piece::Close(name)));
        }
        loop {
            let event = self.reader.read_event().map_err(|error| format!("is damaged ({error}): save it again"))?;
            let piece = match event {
                Event::Eof if self.depth > 0 => return Err("is damaged (it ends too early): save it again".to_owned()),
                Event::Eof => return Ok(None),
                Event::Start(start) => {
                    self.depth += 1;
                    if self.depth > MAX_DEPTH {
                        return Err(
                            "is nested too deeply: save it again, or copy its text into a new document".to_owned()
                        );
                    }
                    Piece::Open(Element(start))
                }
                Event::Empty(start) => {
                    self.empty = Some(start.local_name().into_inner().to_owned());
                    Piece::Open(Element(start))
                }
                Event::End(end) => {
                    self.depth = self.depth.saturating_sub(1);
                    Piece::Close(end.local_name().into_inner().to_owned())
                }
                Event::Text(text) => Piece::Text(text.into_inner()),
                Event::CData(text) => Piece::Text(text.into_inner()),
                Event::GeneralRef(reference) => {
                    let known = resolve_predefined_entity(&reference.borrow().into_inner()).map(str::to_owned);
                    let character = || reference.resolve_char_ref().ok().flatten().map(String::from);
                    Piece::Text(Cow::Owned(known.or_else(character).unwrap_or_default()))
                }
                _ => continue,
            };
            return Ok(Some(piece));
        }
    }

    /// Skips to the end of the element that was just opened.
    pub(super) fn skip(&mut self) -> Result<(), String> {
        let mut open = 1;
        while open > 0 {
            match self.next()? {
                Some(Piece::Open(_)) => open += 1,
                Some(Piece::Close(_)) => open -= 1,
                Some(Piece::Text(_)) => {}
                None => return Ok(()),
            }
        }
        Ok(())
    }
}
