//! The glyphs of a page -> its lines in the order of reading.

use super::{
    blocks::is_cjk,
    columns::{self, Fragment},
    radicals,
};

/// Widest gap within a fragment of a line, in ems: the gutters of newspapers have 1.5 and more.
const MAX_GAP: f32 = 1.2;

/// Two glyphs are on one line when their baselines differ by less than this, in ems.
const SAME_LINE: f32 = 0.4;

/// Distance between two lines from which a new block begins, in the usual distances.
const NEW_BLOCK: f32 = 1.45;

/// A glyph on a page; `y` grows downwards.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Glyph {
    /// Left edge.
    pub(super) x: f32,
    /// Baseline.
    pub(super) y: f32,
    /// How far it moves the next one.
    pub(super) width: f32,
    /// Size of its font.
    pub(super) size: f32,
    /// Its characters; empty where they are not known.
    pub(super) text: String,
}

/// A page with its glyphs.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Sheet {
    /// Its height.
    pub(super) height: f32,
    /// Its glyphs, in the order in which they were drawn.
    pub(super) glyphs: Vec<Glyph>,
}

/// A line of a page.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Line {
    /// Its text.
    pub(super) text: String,
    /// Its baseline.
    pub(super) y: f32,
    /// Size of its largest glyph.
    pub(super) size: f32,
    /// Distance from the left edge of its column, in ems.
    pub(super) indent: f32,
    /// What is left to the right edge of its column, in ems.
    pub(super) left_over: f32,
    /// Width of its column, in ems.
    pub(super) column: f32,
    /// Parts that stand apart: one, or the cells of a row.
    pub(super) cells: usize,
    /// Whether a new block begins with it.
    pub(super) begins: bool,
}

/// The lines of a page in the order of reading.
pub(super) fn lines(sheet: Sheet) -> Vec<Line> {
    let fragments = fragments(sheet.glyphs);
    let mut lines = Vec::new();
    for (number, block) in columns::order(fragments).into_iter().enumerate() {
        let left = block.fragments.iter().map(|fragment| fragment.left).fold(f32::INFINITY, f32::min);
        let right = block.fragments.iter().map(|fragment| fragment.right).fold(f32::NEG_INFINITY, f32::max);
        let pitch = pitch(&block.fragments);
        let mut before: Option<f32> = None;
        for row in block.fragments.chunk_by(same_line) {
            let first = &row[0];
            let size = row.iter().map(|fragment| fragment.size).fold(1.0, f32::max);
            let end = row.iter().map(|fragment| fragment.right).fold(f32::NEG_INFINITY, f32::max);
            let parted = before.is_some_and(|y| first.y - y > pitch * NEW_BLOCK);
            lines.push(Line {
                // What stands apart on one line stays apart: the cells of a row.
                text: row.iter().map(|fragment| fragment.text.trim()).collect::<Vec<_>>().join("   "),
                y: first.y,
                size: (size * 2.0).round() / 2.0,
                indent: (first.left - left) / size,
                left_over: (right - end) / size,
                column: (right - left) / size,
                cells: row.len(),
                begins: parted || before.is_none() && (number == 0 || !block.goes_on),
            });
            before = Some(first.y);
        }
    }
    lines.retain(|line| !line.text.is_empty());
    lines
}

/// The usual distance between the lines of a block.
fn pitch(fragments: &[Fragment]) -> f32 {
    let mut steps: Vec<f32> =
        fragments.windows(2).map(|pair| pair[1].y - pair[0].y).filter(|step| *step > 1.0).collect();
    steps.sort_by(f32::total_cmp);
    steps.get(steps.len() / 3).copied().unwrap_or(f32::INFINITY)
}

fn same_line(a: &Fragment, b: &Fragment) -> bool {
    (a.y - b.y).abs() < SAME_LINE * a.size.max(b.size)
}

/// Parts of lines: glyphs that stand beside each other.
fn fragments(mut glyphs: Vec<Glyph>) -> Vec<Fragment> {
    glyphs.sort_by(|a, b| a.y.total_cmp(&b.y));
    let mut rows: Vec<Vec<Glyph>> = Vec::new();
    for glyph in glyphs {
        match rows.last_mut() {
            Some(row) if glyph.y - row[0].y < SAME_LINE * row[0].size.max(glyph.size) => row.push(glyph),
            _ => rows.push(vec![glyph]),
        }
    }
    let mut fragments: Vec<Fragment> = Vec::new();
    for mut row in rows {
        row.sort_by(|a, b| a.x.total_cmp(&b.x));
        let first = fragments.len();
        for glyph in row {
            let blank = glyph.text.trim().is_empty() && !glyph.text.is_empty();
            let right = glyph.x + glyph.width;
            match fragments[first..].last_mut() {
                Some(last) if glyph.x - last.right <= MAX_GAP * last.size.max(glyph.size) => {
                    if needs_space(last, &glyph) {
                        last.text.push(' ');
                    }
                    push(last, &glyph);
                    // White space at the end of a line does not make it wider.
                    if !blank {
                        last.right = last.right.max(right);
                        last.size = last.size.max(glyph.size);
                    } else if glyph.x - last.right < 0.6 * last.size {
                        last.right = last.right.max(right);
                    }
                }
                _ if blank => {}
                _ => {
                    let mut fragment = Fragment {
                        left: glyph.x,
                        right,
                        y: glyph.y,
                        size: glyph.size,
                        text: String::new(),
                        known: true,
                    };
                    push(&mut fragment, &glyph);
                    fragments.push(fragment);
                }
            }
        }
    }
    // A line with a hole in it is not quoted.
    fragments.retain(|fragment| fragment.known && !fragment.text.trim().is_empty());
    fragments
}

/// Adds a glyph. Unknown ones are bullets where a line begins with them, holes elsewhere.
fn push(fragment: &mut Fragment, glyph: &Glyph) {
    match glyph.text.as_str() {
        "" if fragment.text.is_empty() => fragment.text.push_str("• "),
        "" => fragment.known = false,
        text => fragment.text.extend(text.chars().flat_map(radicals::unified)),
    }
}

/// Whether a gap between glyphs is a space that was not drawn: between letters of an alphabet a quarter of an em is one.
fn needs_space(last: &Fragment, glyph: &Glyph) -> bool {
    let gap = (glyph.x - last.right) / last.size.max(glyph.size).max(1.0);
    let (Some(before), Some(after)) = (last.text.chars().next_back(), glyph.text.chars().next()) else { return false };
    let cjk = is_cjk(before) || is_cjk(after);
    !before.is_whitespace() && !after.is_whitespace() && gap > if cjk { 0.4 } else { 0.22 }
}
