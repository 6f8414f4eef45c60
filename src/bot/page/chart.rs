//! The charts of a report as inline SVG. Bars stretch with the page; words stand beside them as text, so that they stay readable
//! on a phone.

use maud::{Markup, html};

use super::Labels;
use crate::admin::{Counts, Day};

/// Height of a chart in its own units; the page stretches it.
const HEIGHT: f64 = 100.0;

/// Width of a day in the same units, and of the bar in it.
const STEP: f64 = 10.0;
const BAR: f64 = 8.0;

/// A bar for each day: answered below, related on it, not found on top.
pub(super) fn days(days: &[Day], labels: &Labels) -> Markup {
    let most = days.iter().map(|day| day.counts.asked).max().unwrap_or(0);
    let ceiling = ceiling(most);
    let width = STEP * days.len() as f64;
    html! {
        figure.chart {
            div.scale aria-hidden="true" { span { (ceiling) } span { (ceiling / 2) } span { "0" } }
            svg viewBox=(format!("0 0 {width} {HEIGHT}")) preserveAspectRatio="none" role="img" aria-label=(labels.by_day) {
                @for share in [0.0, 0.5] {
                    line.grid x1="0" x2=(width) y1=(HEIGHT * share) y2=(HEIGHT * share) {}
                }
                @for (number, day) in days.iter().enumerate() { (column(number, day, ceiling, labels)) }
            }
            div.axis aria-hidden="true" { @for day in marked(days) { span { (day) } } }
        }
    }
}

fn column(number: usize, day: &Day, ceiling: u64, labels: &Labels) -> Markup {
    let Counts { asked, answered, related, missed, .. } = day.counts;
    let mut top = HEIGHT;
    let bars = [("answered", answered), ("related", related), ("missed", missed)].map(|(class, count)| {
        let height = HEIGHT * count as f64 / ceiling as f64;
        top -= height;
        (class, top, height)
    });
    let x = STEP * number as f64 + (STEP - BAR) / 2.0;
    html! {
        g {
            title {
                (day.day) ": " (asked) " (" (labels.answered) " " (answered) ", " (labels.related) " " (related) ", " (labels.missed) " "
                (missed) ")"
            }
            @for (class, y, height) in bars.into_iter().filter(|(.., height)| *height > 0.0) {
                rect class=(class) x=(x) y=(format!("{y:.2}")) width=(BAR) height=(format!("{height:.2}")) {}
            }
        }
    }
}

/// The days that are named below a chart: the first, the last, and one between.
fn marked(days: &[Day]) -> Vec<&str> {
    let day = |at: usize| days.get(at).map(|day| day.day.as_str());
    match days.len() {
        0 => Vec::new(),
        1 => day(0).into_iter().collect(),
        2..7 => [0, days.len() - 1].into_iter().filter_map(day).collect(),
        length => [0, length / 2, length - 1].into_iter().filter_map(day).collect(),
    }
}

/// The least even number of one significant digit (or 12, 16, 24, ...) that is not below `most`.
fn ceiling(most: u64) -> u64 {
    let mut unit = 1;
    loop {
        if let Some(step) = [2, 4, 6, 8, 10, 12, 16].into_iter().find(|step| step * unit >= most) {
            return step * unit;
        }
        unit *= 10;
    }
}

/// One bar that shows how all questions were answered.
pub(super) fn verdicts(counts: &Counts, labels: &Labels) -> Markup {
    let shares = [
        ("answered", labels.answered, counts.answered),
        ("related", labels.related, counts.related),
        ("missed", labels.missed, counts.missed),
    ];
    let mut from = 0.0;
    let bars = shares.map(|(class, _, count)| {
        let width = share(count, counts.asked);
        from += width;
        (class, from - width, width)
    });
    html! {
        svg.verdicts viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" {
            @for (class, x, width) in bars {
                rect class=(class) x=(format!("{x:.2}")) y="0" width=(format!("{width:.2}")) height="4" {}
            }
        }
        ul.legend {
            @for (class, label, count) in shares {
                li { span class={ "dot " (class) } {} (label) " " b { (count) } " (" (format!("{:.0}", share(count, counts.asked))) " %)" }
            }
        }
    }
}

/// A bar that shows a number beside the greatest of its kind.
pub(super) fn bar(value: u64, most: u64) -> Markup {
    html! {
        svg.bar viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" {
            rect.quoted x="0" y="0" width=(format!("{:.2}", share(value, most))) height="10" {}
        }
    }
}

/// A share in percent.
fn share(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { 100.0 * part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_are_round_and_have_a_middle() {
        for (most, expected) in [(0, 2), (1, 2), (3, 4), (9, 10), (11, 12), (17, 20), (161, 200), (100_000, 100_000)] {
            assert_eq!(ceiling(most), expected, "{most}");
        }
    }
}
