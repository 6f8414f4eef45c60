//! A report as one page of HTML: it needs no other file, no network and no script, and reads on a screen, a phone and paper.
//! What stands in it is escaped by the templates; the questions in it come from anyone.

use maud::{DOCTYPE, Markup, PreEscaped, html};

use super::words::{Labels, Words};
use crate::admin::{AskedAlike, Review, State, Usage};

mod chart;

const STYLE: &str = include_str!("style.css");

/// Nothing may be loaded, and no script runs, whatever a question holds.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'";

/// So many rows of a list are seen at once; the rest is folded up.
const ROWS: usize = 20;

/// The page of a review.
pub fn report_page(review: &Review, words: Words) -> String {
    let labels = words.labels();
    let page = html! {
        (DOCTYPE)
        html lang=(words.code()) {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(POLICY);
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="robots" content="noindex";
                title { (labels.title) " " (review.first_day) " – " (review.last_day) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                header {
                    h1 { (labels.title) }
                    p { (review.first_day) " " (labels.to) " " (review.last_day) }
                }
                main { (figures(review, labels)) (sections(review, words)) }
                footer { (notes(review, labels)) }
            }
        }
    };
    page.into_string()
}

fn figures(review: &Review, labels: &Labels) -> Markup {
    let total = &review.total;
    html! {
        section {
            dl.figures {
                div { dt { (labels.asked) } dd { (total.asked) } }
                div { dt { (labels.good) } dd { (total.good) } }
                div { dt { (labels.bad) } dd { (total.bad) } }
                div { dt { (labels.median) } dd { (time(review.median_us)) } }
                div { dt { (labels.slow) } dd { (time(review.percentile_95_us)) } }
            }
            (chart::verdicts(total, labels))
            @if review.channels.len() > 1 {
                p.hint { (labels.channels) @for (channel, asked) in &review.channels { " · " (channel) "\u{a0}" (asked) } }
            }
        }
    }
}

fn sections(review: &Review, words: Words) -> Markup {
    let labels = words.labels();
    let attention = |usage: &&Usage| matches!(usage.state, State::Expiring | State::Expired | State::Excluded);
    let attention: Vec<&Usage> = review.documents.iter().filter(attention).collect();
    html! {
        section {
            h2 { (labels.by_day) }
            (chart::days(&review.days, labels))
            details { summary { (labels.as_table) } (days(review, labels)) }
        }
        section {
            h2 { (labels.misses) }
            p.hint { (labels.misses_hint) }
            (groups(&review.misses, labels))
        }
        @if review.total.bad > 0 {
            section { h2 { (labels.disliked) } p.hint { (labels.disliked_hint) } (groups(&review.disliked, labels)) }
        }
        section { h2 { (labels.slowest) } (slowest(review, labels)) }
        section {
            h2 { (labels.attention) }
            p.hint { (labels.attention_hint) }
            @if attention.is_empty() { p { (labels.nothing) } } @else { (endings(&attention, words)) }
        }
        section { h2 { (labels.documents) } (documents(&review.documents, words)) }
    }
}

fn days(review: &Review, labels: &Labels) -> Markup {
    html! {
        table {
            thead {
                tr {
                    th { (labels.day) }
                    @for label in [labels.asked, labels.answered, labels.related, labels.missed, labels.good, labels.bad] { th.number { (label) } }
                }
            }
            tbody {
                @for day in review.days.iter().filter(|day| day.counts.asked > 0) {
                    @let c = &day.counts;
                    tr {
                        td { (day.day) }
                        @for count in [c.asked, c.answered, c.related, c.missed, c.good, c.bad] { td.number { (count) } }
                    }
                }
            }
        }
    }
}

/// A list of which the first rows are seen at once.
fn folded<T>(rows: &[T], labels: &Labels, table: impl Fn(&[T]) -> Markup) -> Markup {
    let (first, rest) = rows.split_at(rows.len().min(ROWS));
    html! {
        @if first.is_empty() { p { (labels.nothing) } } @else { (table(first)) }
        @if !rest.is_empty() {
            details { summary { (labels.more.replace("{}", &rest.len().to_string())) } (table(rest)) }
        }
    }
}

fn groups(groups: &[AskedAlike], labels: &Labels) -> Markup {
    folded(groups, labels, |groups| {
        html! {
            table {
                thead { tr { th.number { (labels.times) } th { (labels.question) } th.day { (labels.last) } } }
                tbody {
                    @for group in groups {
                        tr {
                            td.number { (group.times) }
                            td {
                                (group.question)
                                @if !group.others.is_empty() { div.others { (labels.others) ": " (group.others.join(" / ")) } }
                            }
                            td.day { (group.last_day) }
                        }
                    }
                }
            }
        }
    })
}

fn slowest(review: &Review, labels: &Labels) -> Markup {
    folded(&review.slowest, labels, |slowest| {
        html! {
            table {
                thead { tr { th.number { (labels.time) } th { (labels.question) } th.day { (labels.day) } } }
                tbody {
                    @for slow in slowest {
                        tr {
                            td.number { (time(slow.elapsed_us)) }
                            td { (slow.question.as_deref().unwrap_or(labels.not_shown)) }
                            td.day { (slow.day) }
                        }
                    }
                }
            }
        }
    })
}

fn endings(documents: &[&Usage], words: Words) -> Markup {
    let labels = words.labels();
    html! {
        table {
            thead { tr { th { (labels.document) } th.day { (labels.valid_until) } } }
            tbody {
                @for usage in documents {
                    tr { td { (name(usage, words)) } td.day { (usage.valid_until.as_deref().unwrap_or("–")) } }
                }
            }
        }
    }
}

fn documents(documents: &[Usage], words: Words) -> Markup {
    let labels = words.labels();
    let most = documents.first().map_or(0, |usage| usage.quoted);
    let never = documents.iter().filter(|usage| usage.quoted == 0).count();
    html! {
        @if never > 0 { p.hint { (labels.never.replace("{}", &never.to_string())) } }
        (folded(documents, labels, |documents| html! {
            table.documents {
                thead {
                    tr {
                        th { (labels.document) }
                        th.number { (labels.quoted) }
                        th.share {}
                        th.day { (labels.date) }
                        th.number.passages { (labels.passages) }
                    }
                }
                tbody {
                    @for usage in documents {
                        tr {
                            td { (name(usage, words)) }
                            td.number { (usage.quoted) }
                            td.share { (chart::bar(usage.quoted, most)) }
                            td.day { (usage.date.as_deref().unwrap_or("–")) }
                            td.number.passages { (usage.passages) }
                        }
                    }
                }
            }
        }))
    }
}

/// A document by its title, with its path, and how it stands.
fn name(usage: &Usage, words: Words) -> Markup {
    html! {
        @if let Some(title) = &usage.title { (words.title(title)) " " }
        span.path { (usage.path) }
        @if let Some(state) = words.labels().state(usage.state) { " " span.state { (state) } }
    }
}

fn notes(review: &Review, labels: &Labels) -> Markup {
    let kept = labels.kept.replace("{}", &review.keep_days.to_string());
    html! {
        @if review.words {
            p { (labels.private) }
            p { (kept.replace("{n}", &review.misses_without_words.to_string())) }
        } @else {
            p { (labels.wordless) }
        }
        p { "Wenda " (env!("CARGO_PKG_VERSION")) " · UTC" (review.utc_offset) }
    }
}

/// A time in milliseconds, or in seconds where it is long.
fn time(microseconds: u64) -> String {
    let milliseconds = microseconds as f64 / 1000.0;
    match milliseconds {
        ..10.0 => format!("{milliseconds:.1} ms"),
        10.0..1000.0 => format!("{milliseconds:.0} ms"),
        _ => format!("{:.1} s", milliseconds / 1000.0),
    }
}
