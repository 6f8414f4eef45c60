//! Doors for the fuzz targets to the parts of formats that have no bytes of their own to parse.

use super::{
    blocks::Blocks,
    docx, figures, layout,
    page::{Glyph, Sheet},
    table::{Style, Table},
};

/// The body of a Word document.
pub(in crate::corpus) fn word(xml: &str) {
    let part = || xml.to_owned();
    let notes = [part(), String::new()];
    let _ = docx::text(&docx::Parts { document: part(), styles: part(), numbering: part(), notes });
}

/// Glyphs at places that are made of bytes: five bytes each, a new page now and then.
pub(in crate::corpus) fn layout(bytes: &[u8]) {
    let letters: Vec<char> = "甲乙。，a 1-第页条\u{3000}•".chars().collect();
    let mut sheets = vec![Sheet { height: 800.0, glyphs: Vec::new() }];
    for part in bytes.as_chunks::<5>().0 {
        if part[4] > 250 {
            sheets.push(Sheet { height: 800.0, glyphs: Vec::new() });
        }
        let glyph = Glyph {
            x: f32::from(part[0]) * 3.0,
            y: f32::from(part[1]) * 3.2,
            width: f32::from(part[2] % 16),
            size: f32::from(part[2] / 8) + 1.0,
            text: letters.get(usize::from(part[3]) % (letters.len() + 1)).map(char::to_string).unwrap_or_default(),
        };
        if let Some(sheet) = sheets.last_mut() {
            sheet.glyphs.push(glyph);
        }
    }
    let pages = sheets.len();
    let (text, starts) = layout::write(sheets);
    assert_eq!(starts.len(), pages);
    assert!(starts.is_sorted() && starts.iter().all(|at| text.is_char_boundary(*at)));
}

/// A table whose cells and spans are made of bytes, and a number format.
pub(in crate::corpus) fn table(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut table = Table::default();
    for (row, line) in text.split('\n').enumerate() {
        table.begin_row();
        for (column, cell) in line.split('|').enumerate() {
            let span = |of: usize| cell.as_bytes().get(of).map_or(1, |byte| usize::from(byte % 5));
            match span(0) {
                4 if row > 0 => table.continued(span(1)),
                _ => table.cell(cell, span(1), span(2)),
            }
            figures::number(column as f64 * 1.37 - 3.0, cell);
            figures::moment((2024, 3, 1, 14, 5, 9), cell);
        }
    }
    table.head = bytes.first().map_or(0, |byte| usize::from(byte % 3));
    let mut blocks = Blocks::default();
    table.write(if bytes.len() % 2 == 0 { Style::Sheet } else { Style::Inset }, 2, &mut blocks);
    blocks.finish();
}
