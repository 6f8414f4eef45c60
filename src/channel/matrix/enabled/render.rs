//! Replies as messages: a plain body, and the same in the HTML that Matrix allows. Every message is small enough for an
//! encrypted room, in which an event grows by a third, and for an edit, which holds it beside its relation.

use std::ops::Range;

use crate::{
    bot::{Action, COMMANDS, Part, Reply},
    channel::paper::{chunks, escape, marked, within},
    passage::Span,
};

/// A message holds so many bytes, body and formatted body together (an event 65,536 with all that surrounds it).
const LIMIT: usize = 18_000;

/// What one part may take of it.
const CHUNK: usize = 12_000;

/// Matched words that are marked in one message.
const MARKS: usize = 100;

/// Addresses longer than this are not linked.
const LONGEST_URL: usize = 1000;

/// One message.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    pub(super) plain: String,
    pub(super) html: String,
    marks: usize,
}

/// A reply as messages; none where it says nothing.
pub(super) fn pages(reply: &Reply) -> Vec<Page> {
    let mut pages = vec![Page::default()];
    for part in &reply.parts {
        match part {
            Part::Say(text) => {
                let text = with_our_commands(text);
                place(&mut pages, &text, |page, range| page.paragraph(&text[range]));
            }
            Part::Quote { text, highlights } => {
                place(&mut pages, text, |page, range| page.quote(text, range, highlights))
            }
            Part::Source { line, url } => {
                place(&mut pages, line, |page, range| page.source(&line[range], url.as_deref()))
            }
            Part::Copy(text) => place(&mut pages, text, |page, range| {
                let shown = &text[range];
                page.push(shown, &format!("<pre><code>{}</code></pre>", escape(shown)));
            }),
        }
    }
    let hints = hints(reply);
    if !hints.is_empty() {
        place(&mut pages, &hints, |page, range| page.paragraph(&hints[range]));
    }
    pages.retain(|page| !page.plain.trim().is_empty());
    pages
}

/// What other platforms show as buttons: the commands and reactions that do the same.
fn hints(reply: &Reply) -> String {
    let mut lines = Vec::new();
    for row in &reply.buttons {
        let hint = |button: &crate::bot::Button| {
            let crate::bot::Press::Act(action) = &button.press else { return None };
            match action {
                Action::Context(_) => Some(format!("{} !context", button.label)),
                Action::Passages(..) | Action::Quotes(_) => Some(format!("{} !more", button.label)),
                Action::Sources(page) => Some(format!("{} !sources {}", button.label, page + 1)),
                Action::Rate(..) => Some(button.label.clone()),
                Action::Example(..) => Some(format!("· {}", button.label)),
                Action::Copy(_) | Action::Unrate(_) | Action::Join(_) | Action::Discard(_) => None,
            }
        };
        let line: Vec<String> = row.iter().filter_map(hint).collect();
        lines.push(line.join(" · "));
    }
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

/// The bot's own words with its commands written as they are typed here: clients keep `/` for themselves.
fn with_our_commands(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('/') {
        let (before, behind) = (&rest[..at], &rest[at + 1..]);
        let length = behind.bytes().take_while(u8::is_ascii_alphanumeric).count();
        let apart = before.chars().next_back().is_none_or(|c| !c.is_ascii_graphic() || "(\"".contains(c));
        let ours = apart && COMMANDS.iter().any(|(_, name, _)| *name == &behind[..length]);
        out.push_str(before);
        out.push(if ours { '!' } else { '/' });
        rest = behind;
    }
    out.push_str(rest);
    out
}

/// Puts a text on the last page, or on new ones where it does not fit.
fn place(pages: &mut Vec<Page>, text: &str, write: impl Fn(&mut Page, Range<usize>)) {
    for range in chunks(text, CHUNK, cost) {
        let size: usize = text[range.clone()].chars().map(cost).sum();
        if pages.last().is_none_or(|page| page.size() > 0 && page.size() + size + 2 * LONGEST_URL > LIMIT) {
            pages.push(Page::default());
        }
        if let Some(page) = pages.last_mut() {
            write(page, range);
        }
    }
}

/// Bytes that a character takes in both bodies, as JSON.
fn cost(c: char) -> usize {
    match c {
        '\n' => 2 + "<br>\\n".len(),
        '&' => 1 + "&amp;".len(),
        '<' | '>' => 1 + "&lt;".len(),
        '"' | '\\' => 4,
        c if c.is_control() => 12,
        c => 2 * c.len_utf8(),
    }
}

impl Page {
    fn size(&self) -> usize {
        self.plain.len() + self.html.len()
    }

    fn push(&mut self, plain: &str, html: &str) {
        if !self.plain.is_empty() {
            self.plain.push('\n');
        }
        self.plain.push_str(plain);
        self.html.push_str(html);
    }

    fn paragraph(&mut self, text: &str) {
        self.push(text, &format!("<p>{}</p>", broken(&escape(text))));
    }

    fn quote(&mut self, text: &str, range: Range<usize>, highlights: &[Span]) {
        let shown = &text[range.clone()];
        let spans: Vec<Span> = within(highlights, &range).take(MARKS - self.marks.min(MARKS)).collect();
        self.marks += spans.len();
        let html = broken(&marked(shown, &spans, "strong"));
        self.push(shown, &format!("<blockquote>{html}</blockquote>"));
    }

    fn source(&mut self, line: &str, url: Option<&str>) {
        let escaped = escape(line);
        let linked =
            url.filter(|url| url.len() <= LONGEST_URL && (url.starts_with("https://") || url.starts_with("http://")));
        match linked {
            Some(url) => {
                let link = escape(url).replace('"', "&quot;");
                self.push(&format!("— {line} {url}\n"), &format!("<p>— <a href=\"{link}\">{escaped}</a></p>"));
            }
            None => self.push(&format!("— {line}\n"), &format!("<p>— {escaped}</p>")),
        }
    }
}

/// Escaped text with its line breaks as markup.
fn broken(html: &str) -> String {
    html.replace('\n', "<br>\n")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn quote(text: &str, highlights: Vec<Span>) -> Reply {
        let source = Part::Source {
            line: "《报告》 & <附件>".to_owned(),
            url: Some("https://x.cn/?a=\"b\"&c".to_owned()),
        };
        Reply { parts: vec![Part::Quote { text: text.to_owned(), highlights }, source], ..Reply::default() }
    }

    #[test]
    fn an_answer_as_html() {
        let pages = pages(&quote("计划<43>\n个项目。", vec![Span::new(6, 10)]));
        assert_eq!(
            pages[0].html,
            "<blockquote>计划<strong>&lt;43&gt;</strong><br>\n个项目。</blockquote>\
             <p>— <a href=\"https://x.cn/?a=&quot;b&quot;&amp;c\">《报告》 &amp; &lt;附件&gt;</a></p>"
        );
        assert_eq!(pages[0].plain, "计划<43>\n个项目。\n— 《报告》 & <附件> https://x.cn/?a=\"b\"&c\n");
        assert_eq!(pages.len(), 1);
        assert!(super::pages(&Reply::default()).is_empty());
    }

    #[test]
    fn commands_are_written_as_they_are_typed() {
        let check = |text: &str, expected: &str| assert_eq!(with_our_commands(text), expected);
        check("输入 /help 查看；使用 /forget 删除", "输入 !help 查看；使用 !forget 删除");
        check("\n/ask – 提问", "\n!ask – 提问");
        check("https://x.cn/help 1/2 /nonsense", "https://x.cn/help 1/2 /nonsense");
        check("输入/help。", "输入!help。");
    }

    #[test]
    fn dubious_links_are_not_linked() {
        let source = Part::Source { line: "x".to_owned(), url: Some("javascript:alert(1)".to_owned()) };
        let reply = Reply { parts: vec![source], ..Reply::default() };
        assert_eq!(pages(&reply)[0].html, "<p>— x</p>");
    }

    proptest! {
        #[test]
        fn every_page_is_within_the_limit(text in "[一-十a-z<>&\"。，！👍\u{301} \n]{0,300}", times in 1usize..200, from in 0usize..900) {
            let text = text.repeat(times);
            let spans = text.char_indices().skip(from).step_by(7).map(|(at, c)| Span::new(at, at + c.len_utf8())).collect();
            let pages = pages(&quote(&text, spans));
            for page in &pages {
                let json = serde_json::json!([page.plain, page.html]).to_string();
                prop_assert!(json.len() < 20_000 + MARKS * 17, "{}", json.len());
                prop_assert_eq!(page.html.matches("<strong>").count(), page.html.matches("</strong>").count());
                prop_assert_eq!(page.html.matches("<blockquote>").count(), page.html.matches("</blockquote>").count());
            }
            let together: String = pages.iter().flat_map(|page| page.plain.chars()).filter(|c| !c.is_whitespace()).collect();
            let said: String = text.chars().filter(|c| !c.is_whitespace()).collect();
            prop_assert!(together.starts_with(&said));
        }
    }
}
