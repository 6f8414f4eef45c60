//! The column widths of a printed text, read off its lines: the lines that stop in the middle of a sentence stop there
//! because the column was full.

use super::lines::Line;
use super::measure::Ending;

/// How far, in ems, full lines of one column stray from each other; justified print strays by half a character.
const STRAY: f32 = 0.75;

/// The most column widths that one region of text is thought to have.
const MAX_COLUMNS: usize = 6;

/// The layout of a region.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    /// Width of a punctuation mark in ems: newspapers compress it to a half.
    pub(super) punctuation: f32,
    /// Column widths in ems, the commonest first.
    pub(super) columns: Vec<f32>,
    /// Whether the first lines of paragraphs still carry their indentation.
    pub(super) indented: bool,
    /// Whether the text is mainly written in an alphabet, with ragged lines.
    pub(super) alphabetic: bool,
}

impl Layout {
    /// Reads the layout off the lines; `None` where too few lines look full.
    pub(super) fn of(lines: &[Line<'_>]) -> Option<Layout> {
        let full: Vec<&Line<'_>> =
            lines.iter().filter(|line| line.ending != Ending::Sentence && !line.stretched).collect();
        if full.len() < 2 {
            return None;
        }
        let indented = is_indented(lines);
        let chinese: f32 = lines.iter().map(|line| line.ink.full + line.ink.punctuation).sum();
        let half: f32 = lines.iter().map(|line| line.ink.half).sum();
        if half > chinese * 2.0 {
            let mut layout = Layout { punctuation: 1.0, columns: Vec::new(), indented, alphabetic: true };
            let mut widths: Vec<f32> = full.iter().map(|line| layout.width(line)).collect();
            widths.sort_by(f32::total_cmp);
            layout.columns.push(widths[(widths.len() * 97).div_ceil(100) - 1]);
            return Some(layout);
        }
        [0.5, 1.0]
            .into_iter()
            .map(|punctuation| {
                let mut layout = Layout { punctuation, columns: Vec::new(), indented, alphabetic: false };
                let mut widths: Vec<f32> = full.iter().map(|line| layout.width(line)).collect();
                widths.sort_by(f32::total_cmp);
                let (agreeing, columns) = clusters(&widths);
                layout.columns = columns;
                (agreeing, layout)
            })
            .reduce(|compressed, whole| if whole.0 > compressed.0 { whole } else { compressed })
            .map(|(_, layout)| layout)
            .filter(|layout| !layout.columns.is_empty())
    }

    /// Width of a line, kept indentation included.
    pub(super) fn width(&self, line: &Line<'_>) -> f32 {
        let indent = if self.indented { line.indent } else { 0.0 };
        indent + line.ink.width(self.punctuation)
    }

    /// Width of the unbreakable head of a line: what would have had to fit on the line before.
    pub(super) fn head(&self, line: &Line<'_>) -> f32 {
        line.head.width(self.punctuation) + if self.alphabetic { 0.5 } else { 0.0 }
    }

    /// Whether a line is full in some column: the head of the next would not have fitted.
    pub(super) fn is_full(&self, line: &Line<'_>, next: &Line<'_>) -> bool {
        let (width, head) = (self.width(line), self.head(next));
        let indent = if self.indented { 0.0 } else { 2.0 };
        line.stretched
            || self.columns.iter().any(|&column| {
                width <= column + STRAY && width + head > column - 0.25 || (width - (column - indent)).abs() <= 0.5
            })
    }
}

/// Whether some lines, but not nearly all, are set in.
fn is_indented(lines: &[Line<'_>]) -> bool {
    let set_in = lines.iter().filter(|line| line.indent >= 1.0).count();
    set_in >= 2 && set_in * 10 <= lines.len() * 7
}

/// The widths around which the lines gather: how well the commonest explains the lines (how many, less how far they
/// stray from each other), and the columns.
fn clusters(sorted: &[f32]) -> (f32, Vec<f32>) {
    let needed = 3.max(sorted.len() * 15 / 1000).min(sorted.len());
    let mut rest = sorted.to_vec();
    let mut columns = Vec::new();
    let mut agreeing = 0.0;
    while columns.len() < MAX_COLUMNS && !rest.is_empty() {
        let (mut best, mut from) = (0, 0);
        let mut low = 0;
        for high in 0..rest.len() {
            while rest[high] - rest[low] > 2.0 * STRAY {
                low += 1;
            }
            if high + 1 - low >= best {
                (best, from) = (high + 1 - low, low);
            }
        }
        if best < needed {
            break;
        }
        if columns.is_empty() {
            agreeing = best as f32 - (rest[from + best - 1] - rest[from]) / (2.0 * STRAY + 0.1);
        }
        let column = rest[from + (best - 1) * 3 / 4];
        columns.push(column);
        rest.retain(|&width| width < column - 2.0 || width > column + STRAY);
    }
    (agreeing, columns)
}
