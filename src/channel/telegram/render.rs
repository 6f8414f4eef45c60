//! Replies as messages in Telegram's HTML. Every message is within the platform's limits; long ones are cut between
//! sentences, and a plain version goes along in case the markup is refused all the same.

use std::ops::Range;

use teloxide::types::{CopyTextButton, InlineKeyboardButton, InlineKeyboardButtonKind, InlineKeyboardMarkup};

use crate::{
    bot::{Button, Part, Press, Reply},
    channel::paper::{chunks, escape, marked, within},
    passage::Span,
};

/// A message holds so many UTF-16 units once the markup is taken away (Bot API: 4096 characters).
const LIMIT: usize = 4096;

/// A message takes 100 entities (td: further ones are dropped in silence); so many are spent on matched words.
const MARKS: usize = 60;

/// A quote of more characters than this is folded up until the reader opens it.
const LONG_QUOTE: usize = 300;

/// Addresses longer than this are not linked: the whole message may have 32,768 bytes.
const LONGEST_URL: usize = 1000;

/// One message.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Page {
    /// With markup.
    pub(super) html: String,
    /// The same words without it.
    pub(super) plain: String,
    length: usize,
    marks: usize,
}

/// A reply as messages; at least one.
pub(super) fn pages(reply: &Reply) -> Vec<Page> {
    let mut pages = vec![Page::default()];
    for part in &reply.parts {
        match part {
            Part::Say(text) => place(&mut pages, text, |page, range| page.say(&text[range])),
            Part::Quote { text, highlights } => {
                place(&mut pages, text, |page, range| page.quote(text, range, highlights))
            }
            Part::Source { line, url } => {
                place(&mut pages, line, |page, range| page.source(&line[range], url.as_deref()))
            }
            Part::Copy(text) => place(&mut pages, text, |page, range| {
                page.wrap("<pre>", &escape(&text[range.clone()]), "</pre>", &text[range])
            }),
        }
    }
    pages
}

/// The buttons of a reply.
pub(super) fn keyboard(reply: &Reply) -> Option<InlineKeyboardMarkup> {
    let button = |Button { label, press }: &Button| match press {
        Press::Act(action) => InlineKeyboardButton::callback(label, action.encode()),
        Press::Copy(text, _) => {
            InlineKeyboardButton::new(label, InlineKeyboardButtonKind::CopyText(CopyTextButton { text: text.clone() }))
        }
    };
    let rows: Vec<Vec<InlineKeyboardButton>> =
        reply.buttons.iter().map(|row| row.iter().map(button).collect()).collect();
    (!rows.is_empty()).then(|| InlineKeyboardMarkup::new(rows))
}

/// Puts a text on the last page, or on new ones where it does not fit.
fn place(pages: &mut Vec<Page>, text: &str, write: impl Fn(&mut Page, Range<usize>)) {
    for range in chunks(text, LIMIT - 8, char::len_utf16) {
        let length = units(&text[range.clone()]);
        let full = pages.last().is_none_or(|page| page.length + length + 8 > LIMIT);
        if full && pages.last().is_some_and(|page| page.length > 0) {
            pages.push(Page::default());
        }
        if let Some(page) = pages.last_mut() {
            write(page, range);
            page.length += length + 4;
        }
    }
}

impl Page {
    fn say(&mut self, text: &str) {
        self.wrap("", &escape(text), "", text);
    }

    fn quote(&mut self, text: &str, range: Range<usize>, highlights: &[Span]) {
        let shown = &text[range.clone()];
        let spans: Vec<Span> = within(highlights, &range).take(MARKS - self.marks.min(MARKS)).collect();
        self.marks += spans.len();
        let open = if shown.chars().count() > LONG_QUOTE { "<blockquote expandable>" } else { "<blockquote>" };
        self.wrap(open, &marked(shown, &spans, "b"), "</blockquote>", shown);
    }

    fn source(&mut self, line: &str, url: Option<&str>) {
        let escaped = escape(line);
        let linked =
            url.filter(|url| url.len() <= LONGEST_URL && (url.starts_with("https://") || url.starts_with("http://")));
        let html = match linked {
            Some(url) => format!("— <a href=\"{}\">{escaped}</a>\n", escape(url).replace('"', "&quot;")),
            None => format!("— {escaped}\n"),
        };
        self.wrap("", &html, "", &format!("— {line}\n"));
    }

    fn wrap(&mut self, open: &str, html: &str, close: &str, plain: &str) {
        if !self.html.is_empty() {
            self.html.push('\n');
            self.plain.push('\n');
        }
        self.html.push_str(&format!("{open}{html}{close}"));
        self.plain.push_str(plain);
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
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
        let pages = pages(&quote("计划<43>个项目。", vec![Span::new(6, 10)]));
        assert_eq!(
            pages[0].html,
            "<blockquote>计划<b>&lt;43&gt;</b>个项目。</blockquote>\n\
             — <a href=\"https://x.cn/?a=&quot;b&quot;&amp;c\">《报告》 &amp; &lt;附件&gt;</a>\n"
        );
        assert_eq!(pages[0].plain, "计划<43>个项目。\n— 《报告》 & <附件>\n");
        assert_eq!(pages.len(), 1);
    }

    #[test]
    fn long_quotes_fold_and_split_between_sentences() {
        let text = "这句话连同句号一共十二个字。".repeat(400);
        let pages = pages(&quote(&text, Vec::new()));
        assert_eq!(pages.len(), 2);
        assert!(pages[0].html.starts_with("<blockquote expandable>这句"));
        assert!(pages[0].html.ends_with("。</blockquote>"));
        let together: String = pages.iter().map(|page| page.plain.as_str()).collect();
        assert!(together.starts_with(&text));
    }

    #[test]
    fn dubious_links_are_not_linked() {
        let reply = Reply {
            parts: vec![Part::Source { line: "x".to_owned(), url: Some("javascript:alert(1)".to_owned()) }],
            ..Reply::default()
        };
        assert_eq!(pages(&reply)[0].html, "— x\n");
    }

    proptest! {
        #[test]
        fn every_page_is_within_the_limit(text in "[一-十a-z<>&\"。，！👍\u{301} \n]{0,300}", times in 1usize..60, from in 0usize..900) {
            let text = text.repeat(times);
            let spans = text.char_indices().skip(from).step_by(7).map(|(at, c)| Span::new(at, at + c.len_utf8())).collect();
            for page in pages(&quote(&text, spans)) {
                prop_assert!(units(page.plain.trim()) <= LIMIT);
                prop_assert!(page.html.len() < 32_768);
                prop_assert_eq!(page.html.matches("<b>").count(), page.html.matches("</b>").count());
                prop_assert_eq!(page.html.matches("<blockquote").count(), page.html.matches("</blockquote>").count());
            }
        }
    }
}
