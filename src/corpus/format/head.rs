//! What an HTML page says about itself: title, date, publisher and address from its metadata, or from the line below its
//! headline.

use std::collections::HashMap;

use scraper::{Html, Node};

use super::{
    article::{Chosen, Kind, Page, is_source_line},
    blocks::one_line,
};
use crate::{corpus::date, passage::Metadata};

/// Names of `<meta>` that give the title, the best first: those of Chinese government sites, of social networks, of libraries.
const TITLES: [&str; 5] = ["articletitle", "og:title", "dc.title", "dcterms.title", "citation_title"];

/// Names of `<meta>` that give the date.
const DATES: [&str; 12] = [
    "pubdate",
    "publishdate",
    "publish_date",
    "article:published_time",
    "datepublished",
    "dc.date",
    "dcterms.date",
    "dcterms.issued",
    "dc.date.issued",
    "citation_publication_date",
    "date",
    "createdate",
];

/// Names of `<meta>` that give the publisher.
const PUBLISHERS: [&str; 6] =
    ["contentsource", "dc.publisher", "dcterms.publisher", "og:site_name", "sitename", "article:publisher"];

/// Names of `<meta>` that give the address.
const ADDRESSES: [&str; 3] = ["canonical", "og:url", "url"];

/// Reads the metadata of a page.
pub(super) fn metadata(html: &Html, page: &Page, chosen: &Chosen) -> Metadata {
    let found = collect(html);
    let first = |names: &[&str]| names.iter().find_map(|name| found.get(*name)).cloned();
    let (line_date, line_source) = source_line(page, chosen);
    let address = |url: &String| url.starts_with("http://") || url.starts_with("https://");
    Metadata {
        title: first(&TITLES)
            .or_else(|| headline(page, chosen))
            .or_else(|| found.get("title").and_then(|title| without_site(title))),
        publisher: first(&PUBLISHERS).and_then(|source| publisher(&source)).or(line_source),
        date: DATES.iter().find_map(|name| found.get(*name).and_then(|text| date::normalise(text))).or(line_date),
        url: ADDRESSES.iter().filter_map(|name| found.get(*name)).find(|url| address(url)).cloned(),
        valid_until: None,
    }
}

/// All that `<meta>`, `<title>`, `<link rel=canonical>` and `<time>` say, by lower-case names; the first of a name counts.
fn collect(html: &Html) -> HashMap<String, String> {
    let mut found = HashMap::new();
    let mut note = |name: &str, value: &str| {
        let value = one_line(value);
        if !value.is_empty() && value.chars().count() <= 300 {
            found.entry(name.to_lowercase()).or_insert(value);
        }
    };
    for node in html.tree.root().descendants() {
        let Node::Element(element) = node.value() else { continue };
        match element.name() {
            "meta" => {
                let name = ["name", "property", "itemprop"].iter().find_map(|name| element.attr(name));
                if let (Some(name), Some(content)) = (name, element.attr("content")) {
                    note(name, content);
                }
            }
            "link" if element.attr("rel") == Some("canonical") => {
                note("canonical", element.attr("href").unwrap_or_default())
            }
            "title" => {
                let text: String =
                    node.children().filter_map(|child| child.value().as_text().map(|text| text.to_string())).collect();
                note("title", &text);
            }
            "time" if element.attr("datetime").is_some() => {
                note("datepublished", element.attr("datetime").unwrap_or_default())
            }
            _ => {}
        }
    }
    found
}

/// The one headline of the first level.
fn headline(page: &Page, chosen: &Chosen) -> Option<String> {
    let kept = chosen.pieces.iter().chain(&chosen.around).map(|at| &page.pieces[*at]);
    let mut headlines = kept.filter(|piece| piece.kind == Kind::Heading(1));
    match (headlines.next(), headlines.next()) {
        (Some(only), None) => Some(one_line(&only.text)).filter(|text| text.chars().count() <= 150),
        _ => None,
    }
}

/// The title of a page without the name of the site behind it.
pub(super) fn without_site(title: &str) -> Option<String> {
    let mut title = title;
    for mark in ["_", " | ", "|", " - ", " – ", " — ", "--"] {
        if let Some((before, _)) = title.split_once(mark).filter(|(before, _)| before.chars().count() >= 4) {
            title = before;
        }
    }
    if let Some((before, after)) = title.rsplit_once('-')
        && before.chars().count() >= 4
        && ["网", "政府", "门户", "平台"].iter().any(|word| after.contains(word))
    {
        title = before;
    }
    Some(title.trim().to_owned()).filter(|title| !title.is_empty())
}

/// A source without the word for it; "this site" names nobody.
fn publisher(source: &str) -> Option<String> {
    let bare = source.trim_start_matches(
        ["信息来源", "来源", "发布机构"].iter().find(|word| source.starts_with(**word)).copied().unwrap_or("\0"),
    );
    let bare = bare.trim_start_matches(['：', ':']).trim();
    let nobody = ["本网", "本站", "网络", "未知", "互联网", "原创"].contains(&bare);
    (!nobody && !bare.is_empty() && bare.chars().count() <= 60).then(|| bare.to_owned())
}

/// Date and source from the line below the headline.
fn source_line(page: &Page, chosen: &Chosen) -> (Option<String>, Option<String>) {
    let near = chosen.around.iter().chain(chosen.pieces.iter().take(6)).map(|at| &page.pieces[*at]);
    let Some(line) = near.into_iter().find(|piece| is_source_line(piece)) else { return (None, None) };
    let value = |labels: &[&str]| {
        let rest = labels.iter().find_map(|label| line.text.split_once(label)).map(|(_, rest)| rest)?;
        let rest = rest.trim_start_matches(['：', ':', ' ', '\u{3000}', '\u{a0}']);
        Some(
            rest.split(['\n', '\u{3000}', '|', '　', '【', '[', '(', '（'])
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned(),
        )
    };
    let when = value(&["发布时间", "发布日期", "成文日期", "发文日期", "公开日期", "日期", "时间"]).and_then(|text| {
        let end = text.find(|c: char| !(c.is_ascii_digit() || "-/.年月日 :：".contains(c))).unwrap_or(text.len());
        date::normalise(&text[..end])
    });
    let who =
        value(&["信息来源", "来源", "发布机构"]).and_then(|text| publisher(text.split(' ').next().unwrap_or_default()));
    (when, who)
}
