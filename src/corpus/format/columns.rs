//! The order in which the fragments of a page are read: it is cut along the gaps between its blocks and columns until nothing is
//! left to cut (the recursive X-Y cut of Nagy and Seth, 1984). A gap between columns is believed only where both sides are
//! running text: the cells of a table stay on their rows.

/// Deepest nesting of cuts; a real page needs six.
const MAX_CUTS: usize = 40;

/// Narrowest gap between columns, in ems.
const MIN_GUTTER: f32 = 0.9;

/// Narrowest column of running text, in ems.
const MIN_COLUMN: f32 = 6.0;

/// Fewest lines of a column.
const MIN_LINES: usize = 3;

/// Smallest gap between blocks, in ems of the running text, from baseline to the top of the next line.
const MIN_BLOCK_GAP: f32 = 0.9;

/// A part of a line, without wide gaps in it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Fragment {
    /// Left edge.
    pub(super) left: f32,
    /// Right edge.
    pub(super) right: f32,
    /// Baseline; it grows downwards.
    pub(super) y: f32,
    /// Size of the largest glyph.
    pub(super) size: f32,
    /// Its text.
    pub(super) text: String,
    /// Whether all of its characters are known.
    pub(super) known: bool,
}

/// Fragments that are read line by line.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Block {
    /// From top to bottom, and from left to right on a line.
    pub(super) fragments: Vec<Fragment>,
    /// Whether it is the next column of the block before it, so that a sentence may go on in it.
    pub(super) goes_on: bool,
}

/// The blocks of a page in the order of reading.
pub(super) fn order(fragments: Vec<Fragment>) -> Vec<Block> {
    let mut blocks = Vec::new();
    cut(fragments, 0, false, &mut blocks);
    blocks
}

fn cut(mut fragments: Vec<Fragment>, depth: usize, goes_on: bool, blocks: &mut Vec<Block>) {
    if fragments.is_empty() {
        return;
    }
    let em = em(&fragments);
    if depth < MAX_CUTS {
        if let Some(x) = gutter(&fragments, em) {
            let (left, right): (Vec<_>, Vec<_>) = fragments.into_iter().partition(|fragment| fragment.left < x);
            cut(left, depth + 1, goes_on, blocks);
            return cut(right, depth + 1, true, blocks);
        }
        if let Some(y) = widest_break(&fragments, em) {
            let (above, below): (Vec<_>, Vec<_>) = fragments.into_iter().partition(|fragment| fragment.y < y);
            cut(above, depth + 1, goes_on, blocks);
            return cut(below, depth + 1, false, blocks);
        }
    }
    fragments.sort_by(|a, b| a.y.total_cmp(&b.y).then(a.left.total_cmp(&b.left)));
    // Baselines that differ by a hair are one line, read from the left.
    let mut at = 0;
    while at < fragments.len() {
        let same = fragments[at..].iter().take_while(|other| other.y - fragments[at].y < 0.4 * em).count().max(1);
        fragments[at..at + same].sort_by(|a, b| a.left.total_cmp(&b.left));
        at += same;
    }
    blocks.push(Block { fragments, goes_on });
}

/// The size of most fragments.
fn em(fragments: &[Fragment]) -> f32 {
    let mut sizes: Vec<f32> = fragments.iter().map(|fragment| fragment.size).collect();
    sizes.sort_by(f32::total_cmp);
    sizes[sizes.len() / 2].max(1.0)
}

/// The right side of the widest gap that runs between two columns of text over the whole height.
fn gutter(fragments: &[Fragment], em: f32) -> Option<f32> {
    let mut spans: Vec<(f32, f32)> = fragments.iter().map(|fragment| (fragment.left, fragment.right)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mut end = spans.first()?.1;
    let mut best: Option<(f32, f32)> = None;
    for (left, right) in spans {
        let gap = left - end;
        if gap >= MIN_GUTTER * em && best.is_none_or(|(widest, _)| gap > widest) && are_columns(fragments, left, em) {
            best = Some((gap, left));
        }
        end = end.max(right);
    }
    best.map(|(_, x)| x)
}

/// Whether running text stands on both sides of a gap.
fn are_columns(fragments: &[Fragment], x: f32, em: f32) -> bool {
    let is_column = |side: &dyn Fn(&&Fragment) -> bool| {
        let widths: Vec<f32> = fragments.iter().filter(side).map(|fragment| fragment.right - fragment.left).collect();
        let widest = widths.iter().copied().fold(0.0, f32::max);
        let full = widths.iter().filter(|width| **width >= widest * 0.8).count();
        widths.len() >= MIN_LINES && widest >= MIN_COLUMN * em && full * 2 >= widths.len()
    };
    is_column(&|fragment| fragment.left < x) && is_column(&|fragment| fragment.left >= x)
}

/// The middle of the widest gap between lines over the whole width, where columns below or above it may be hidden by what spans
/// them: only where several fragments share lines is there anything to part.
fn widest_break(fragments: &[Fragment], em: f32) -> Option<f32> {
    let mut spans: Vec<(f32, f32)> =
        fragments.iter().map(|fragment| (fragment.y - fragment.size, fragment.y + fragment.size * 0.2)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let beside = spans.windows(2).any(|pair| pair[1].0 < pair[0].1 - 0.5 * em);
    if !beside {
        return None;
    }
    let mut end = spans.first()?.1;
    let mut best: Option<(f32, f32)> = None;
    for (top, bottom) in spans {
        let gap = top - end;
        if gap >= MIN_BLOCK_GAP * em && best.is_none_or(|(widest, _)| gap > widest) {
            best = Some((gap, (top + end) / 2.0));
        }
        end = end.max(bottom);
    }
    best.map(|(_, y)| y)
}
