//! PDF with a text layer: the glyphs of each page with their places, taken from an interpreter of the page's drawing; what lines,
//! columns and paragraphs they form is the business of `layout`.

use std::collections::HashSet;

use hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask,
    font::{Glyph as Drawn, GlyphRun},
    hayro_cmap::BfString,
    hayro_syntax::{DecryptionError, LoadPdfError, Pdf},
    interpret_page,
    kurbo::{Affine, BezPath, Point, Rect, Vec2},
};

use super::{
    Content, head, layout, office,
    page::{Glyph, Sheet},
};
use crate::{corpus::date, passage::Metadata};

/// Most pages that are read.
const MAX_PAGES: usize = 10_000;

/// Most glyphs of a page: the densest newspaper page has 20,000.
const MAX_GLYPHS: usize = 200_000;

/// One glyph in so many may be without a character: bullets often are. With more, what is quoted would have holes.
const MAX_UNKNOWN: usize = 50;

/// Reads a PDF.
pub(super) fn read(bytes: &[u8]) -> Result<Content, String> {
    let pdf = Pdf::new(bytes.to_vec()).map_err(|error| refusal(error, bytes))?;
    let pages = pdf.pages();
    if pages.len() > MAX_PAGES {
        return Err(format!("has more than {MAX_PAGES} pages: split it"));
    }
    let settings = InterpreterSettings::default();
    let cache = InterpreterCache::new();
    let mut sheets = Vec::new();
    let (mut images, mut unknown, mut glyphs) = (0, 0, 0);
    for page in pages.iter() {
        let (width, height) = page.render_dimensions();
        let transform = Affine::new(page.initial_transform(true).as_coeffs());
        let bounds = Rect::new(0.0, 0.0, f64::from(width), f64::from(height));
        let mut context = Context::new(transform, bounds, &cache, pdf.xref(), settings.clone());
        let mut reader = PageReader { width, height, ..PageReader::default() };
        interpret_page(page, &mut context, &mut reader);
        images += reader.images;
        unknown += reader.unknown;
        glyphs += reader.glyphs.len();
        sheets.push(Sheet { height, glyphs: reader.glyphs });
    }
    if unknown * MAX_UNKNOWN > glyphs {
        return Err(
            "has fonts that do not say which characters their signs are, so its text cannot be read: export it again \
                    from the program that it was made with, or save its text as .txt"
                .to_owned(),
        );
    }
    let (text, starts) = layout::write(sheets);
    if text.trim().is_empty() {
        let what = if images > 0 { "is a scan, pictures of pages without text" } else { "has no text" };
        return Err(format!("{what}: run text recognition (OCR) over it, or save its text as .txt"));
    }
    let title =
        pdf.metadata().title.as_deref().map(decoded).and_then(|title| head::without_site(&office::title(&title)?));
    let metadata = Metadata { title, date: date::standing_alone(&text), ..Metadata::default() };
    Ok(Content { text, pages: starts, metadata })
}

/// Why a PDF cannot be opened.
fn refusal(error: LoadPdfError, bytes: &[u8]) -> String {
    match error {
        LoadPdfError::Decryption(DecryptionError::PasswordProtected) => {
            "is encrypted: save it without a password".to_owned()
        }
        LoadPdfError::Decryption(_) => {
            "is encrypted in a way that is not understood: save it without a password".to_owned()
        }
        LoadPdfError::Invalid if !bytes.iter().take(1024).any(|byte| *byte == b'%') => {
            "is not a PDF: give it the file extension of what it is".to_owned()
        }
        LoadPdfError::Invalid => "is damaged: save it again".to_owned(),
    }
}

/// The text of a string in the properties: UTF-16 with a byte order mark, UTF-8 with one, or Latin letters.
fn decoded(bytes: &[u8]) -> String {
    match bytes {
        [0xFE, 0xFF, ..] => encoding_rs::UTF_16BE.decode(bytes).0.into_owned(),
        [0xEF, 0xBB, 0xBF, ..] => encoding_rs::UTF_8.decode(bytes).0.into_owned(),
        _ if bytes.is_ascii() => String::from_utf8_lossy(bytes).into_owned(),
        _ => String::new(),
    }
}

/// Gathers the glyphs of a page; pictures are counted, not decoded, and all else is not drawn.
#[derive(Default)]
struct PageReader {
    width: f32,
    height: f32,
    glyphs: Vec<Glyph>,
    seen: HashSet<(u32, i32, i32)>,
    images: usize,
    unknown: usize,
}

impl PageReader {
    fn add(&mut self, glyph: &Drawn<'_>, transform: Affine) {
        let [a, b, c, d, _, _] = transform.as_coeffs();
        // The glyph's own space has 1,000 units to the em.
        let size = (Vec2::new(c, d).hypot() * 1000.0) as f32;
        let upright = a > 0.0 && b.abs() < a * 0.1 && c.abs() < d.abs() * 0.5;
        let at = transform * Point::ZERO;
        let (x, y) = (at.x as f32, at.y as f32);
        let inside = x >= -1.0 && y >= -1.0 && x <= self.width + 1.0 && y <= self.height + 1.0;
        if !upright || !inside || !(1.0..2000.0).contains(&size) || self.glyphs.len() >= MAX_GLYPHS {
            return;
        }
        let width = match glyph {
            Drawn::Outline(outline) => outline.advance_width(),
            Drawn::Type3(drawn) => drawn.advance_width(),
        };
        let text = match glyph.as_unicode() {
            Some(BfString::Char(c)) => String::from(c),
            Some(BfString::String(text)) => text,
            None => String::new(),
        };
        let known = text.chars().all(|c| !c.is_control() && !matches!(c, '\u{fffd}' | '\u{e000}'..='\u{f8ff}'))
            && !text.is_empty();
        // Bold letters are sometimes the same letter twice.
        let place = (text.chars().next().map_or(0, u32::from), (x * 2.0) as i32, (y * 2.0) as i32);
        if !self.seen.insert(place) && known {
            return;
        }
        self.unknown += usize::from(!known);
        let advance = width.map_or(0.5, |width| width / 1000.0).clamp(0.0, 3.0) * (a as f32 * 1000.0);
        self.glyphs.push(Glyph { x, y, width: advance, size, text: if known { text } else { String::new() } });
    }
}

impl<'a> Device<'a> for PageReader {
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, 'a>, props: DrawProps<'a>, _: &DrawMode) {
        for glyph in run.glyphs() {
            self.add(glyph, props.transform * glyph.transform());
        }
    }

    fn draw_image(&mut self, _: Image<'a, '_>, _: ImageDrawProps<'a>) {
        self.images += 1;
    }

    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'a>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'a>>, _: BlendMode) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
}
