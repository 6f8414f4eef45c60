//! Which lines begin a paragraph, which continue one, which are headings: the cheapest reading of a run of lines, found
//! by dynamic programming over the column width and the role of each line (Viterbi).
//!
//! The costs are negative log likelihoods in spirit, set by hand on newspaper pages, and only their order of size
//! matters: a paragraph that ends without a sentence's end is nearly impossible (6), a line that has room for the next
//! word but breaks is improbable in proportion to the room.

use super::lines::Line;
use super::measure::{Ending, is_cjk};
use super::widths::Layout;

/// What a line is within its paragraph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The first line of a paragraph.
    First,
    /// A further line of it.
    Inner,
    /// The first line of a heading.
    Heading,
    /// A further line of it.
    HeadingInner,
}

const ROLES: [Role; 4] = [Role::First, Role::Inner, Role::Heading, Role::HeadingInner];

/// What is known of a run beside its lines.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run<'r, 't> {
    /// The lines.
    pub(super) lines: &'r [Line<'t>],
    /// The layout of the region.
    pub(super) layout: &'r Layout,
    /// Indentation of first lines in ems, where it got lost.
    pub(super) indent: f32,
    /// Whether empty lines stand between all lines, so that they mean nothing and their absence means something.
    pub(super) doubled: bool,
    /// Whether the run begins the document.
    pub(super) leading: bool,
}

/// The cheapest reading of a run: the cost and the role of each line.
pub(super) fn read(run: &Run<'_, '_>) -> (f32, Vec<Role>) {
    let columns = &run.layout.columns;
    let states = columns.len() * ROLES.len();
    let role = |state: usize| ROLES[state % ROLES.len()];
    let column = |state: usize| columns[state / ROLES.len()];
    let mut costs: Vec<f32> = (0..states)
        .map(|state| match role(state) {
            Role::First => 0.0,
            Role::Heading if run.leading => run.heading(0, column(state)) - 2.0,
            Role::Heading => run.heading(0, column(state)),
            Role::Inner | Role::HeadingInner => f32::INFINITY,
        })
        .collect();
    let mut back: Vec<u8> = Vec::with_capacity(run.lines.len() * states);
    for at in 1..run.lines.len() {
        let leaving: Vec<[f32; 4]> = (0..states).map(|from| run.leave(at - 1, role(from), column(from))).collect();
        let mut next = vec![f32::INFINITY; states];
        let mut origin = vec![0_u8; states];
        for to in 0..states {
            for from in 0..states {
                let mut cost = costs[from] + leaving[from][to % ROLES.len()];
                if to / ROLES.len() != from / ROLES.len() {
                    cost += if matches!(role(to), Role::First | Role::Heading) { 1.5 } else { 2.5 };
                }
                if cost < next[to] {
                    // At most six columns and four roles.
                    (next[to], origin[to]) = (cost, from as u8);
                }
            }
            if role(to) == Role::Heading {
                next[to] += run.heading(at, column(to));
            }
        }
        costs = next;
        back.extend(origin);
    }
    let last = run.lines.len() - 1;
    let closing = |state: usize| costs[state] + run.last(last, role(state), column(state));
    let mut state = (0..states).min_by(|&a, &b| closing(a).total_cmp(&closing(b))).unwrap_or(0);
    let cost = closing(state);
    let mut roles = vec![role(state)];
    for origin in back.chunks(states.max(1)).rev() {
        state = usize::from(origin[state]);
        roles.push(role(state));
    }
    roles.reverse();
    (cost, roles)
}

impl Run<'_, '_> {
    /// The costs of going from line `at`, in this role, to each role of the next line.
    fn leave(&self, at: usize, role: Role, column: f32) -> [f32; 4] {
        let never = f32::INFINITY;
        let next = &self.lines[at + 1];
        let tight = self.doubled && !next.blank_before;
        match role {
            Role::First | Role::Inner => {
                let stop = self.stop(at, role, column);
                [stop, self.go_on(at, role, column), stop, never]
            }
            Role::Heading | Role::HeadingInner => {
                let go_on = match (tight, self.doubled) {
                    (true, _) => 0.3,
                    (false, true) => 4.0,
                    (false, false) => 2.0,
                };
                let stop = if tight { 6.0 } else { 0.5 };
                [stop, never, stop + 0.5, go_on]
            }
        }
    }

    /// The room that a line in this role has.
    fn capacity(&self, role: Role, column: f32) -> f32 {
        if role == Role::First { column - self.indent } else { column }
    }

    /// The cost of a line that is wider than its room.
    fn over(&self, at: usize, capacity: f32) -> f32 {
        let line = &self.lines[at];
        if line.stretched {
            return 0.0;
        }
        let over = (self.layout.width(line) - capacity - 0.5).max(0.0);
        (1.5 * over * over).min(9.0)
    }

    /// The room left on a line when the head of the next is put there.
    fn room(&self, at: usize, capacity: f32) -> f32 {
        let line = &self.lines[at];
        if line.stretched {
            return 0.0;
        }
        capacity - self.layout.width(line) - self.layout.head(&self.lines[at + 1])
    }

    /// The cost of a paragraph that goes on after line `at`.
    fn go_on(&self, at: usize, role: Role, column: f32) -> f32 {
        let next = &self.lines[at + 1];
        let capacity = self.capacity(role, column);
        let room = self.room(at, capacity);
        let mut cost = self.over(at, capacity);
        if room > 0.25 {
            cost += (1.0 + 1.5 * room).min(7.0);
        }
        if self.doubled && !next.blank_before {
            cost -= 2.0;
        }
        if next.marked {
            cost += 5.0;
        }
        if self.layout.indented && next.indent > self.lines[at].indent.min(1.0) && next.indent >= 1.0 {
            cost += 6.0;
        }
        cost
    }

    /// The cost of a paragraph that stops after line `at`.
    fn stop(&self, at: usize, role: Role, column: f32) -> f32 {
        let (line, next) = (&self.lines[at], &self.lines[at + 1]);
        let capacity = self.capacity(role, column);
        let room = self.room(at, capacity);
        let alone = role == Role::First;
        let mut cost = self.over(at, capacity) + 0.3;
        cost += match line.ending {
            Ending::Sentence if room > 0.25 => 0.0,
            Ending::Sentence => 1.0,
            _ if alone && is_label(line.text) => 0.5,
            _ if room > capacity * 0.3 && next.marked => 2.0,
            _ => 6.0,
        };
        if self.doubled && !next.blank_before {
            cost += 6.0;
        }
        if self.layout.indented && next.indent < 1.0 && !next.marked {
            cost += 4.0;
        }
        cost
    }

    /// The cost of reading line `at` as the beginning of a heading.
    fn heading(&self, at: usize, column: f32) -> f32 {
        let line = &self.lines[at];
        let width = self.layout.width(line);
        if line.ending == Ending::Sentence || line.stretched || is_label(line.text) || width > column.min(30.0) + 0.5 {
            return f32::INFINITY;
        }
        let mut cost = 2.0;
        if width + self.indent > column - 0.5 {
            cost += 0.5;
        }
        if spaced_phrases(line.text) {
            cost -= 1.0;
        }
        cost
    }

    /// The cost of ending the run with this line.
    fn last(&self, at: usize, role: Role, column: f32) -> f32 {
        match role {
            Role::First | Role::Inner => self.over(at, self.capacity(role, column)),
            Role::Heading | Role::HeadingInner => 3.0,
        }
    }
}

/// Whether a short line says who wrote or printed something rather than what a section is about: names set apart by
/// spaces behind a mark, or "本版图片来源：…".
pub(super) fn is_label(text: &str) -> bool {
    let names = text.trim_start_matches(['▶', '■', '●', '◆', '□', '○', '☆', '★', '△', '▲', '◎']).trim_start();
    let mut count = 0;
    let short = |name: &str| (2..=3).contains(&name.chars().count()) && name.chars().all(is_hanzi);
    let all_names = names.split_whitespace().all(|name| {
        count += 1;
        short(name)
    });
    if all_names && (count >= 2 || count == 1 && names.len() < text.len()) {
        return true;
    }
    let mut parts = text.split(['：', ':']);
    let (label, rest) = (parts.next().unwrap_or_default(), parts.next());
    let labels = label.chars().count();
    rest.is_some_and(|rest| !rest.trim().is_empty()) && (2..=8).contains(&labels) && label.chars().all(is_hanzi)
}

/// Whether phrases of four characters or more stand side by side, as in the line above a headline.
fn spaced_phrases(text: &str) -> bool {
    let mut count = 0;
    text.split_whitespace().all(|phrase| {
        count += 1;
        phrase.chars().count() >= 4 && phrase.chars().all(is_hanzi)
    }) && count >= 2
}

/// Whether a character is a Chinese character, not a mark.
fn is_hanzi(c: char) -> bool {
    is_cjk(c) && c.is_alphabetic()
}
