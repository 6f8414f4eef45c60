//! A stored text -> its passages: the parts that can answer a question by themselves, each with the headings above it.
//!
//! An article of a law, from 第X条 to the next article or heading, is one passage; elsewhere a paragraph is one, a list
//! with the line that introduces it, a run of short lines, a table, a block of code. What is longer than
//! `MAX_PASSAGE_CHARS` is cut at the ends of paragraphs or sentences. Headings, comments, rules, tables of contents and
//! empty lines are no passages.

mod context;
mod lines;
mod long;
mod marker;

use crate::passage::{Passage, Span};
use lines::{Kind, Line};

/// Longest passage in characters. 99 % of the articles of 1,512 statutes are shorter; a quote shows 400 at most.
pub(super) const MAX_PASSAGE_CHARS: usize = 900;

/// Longest list item that is a true item, which makes sense only with the line that introduces the list.
const MAX_ITEM_CHARS: usize = 150;

/// Longest line without a mark at its end that is a fragment: a name, an entry, a figure.
const MAX_FRAGMENT_CHARS: usize = 40;

/// Longest such line below a title, where dates and adoption notes stand.
const MAX_NOTE_CHARS: usize = 160;

/// Longest run of fragments, or of items without introduction, that is one passage.
const MAX_RUN_CHARS: usize = 300;

/// Longest run of table rows that is one passage: a quote should not need the whole of a long table.
const MAX_TABLE_CHARS: usize = 400;

/// The passages of a text and the headings that it begins with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Split {
    /// The passages, in order, without overlap.
    pub(super) passages: Vec<Passage>,
    /// The headings that stand before any other text: the candidates for the title.
    pub(super) leading: Vec<Leading>,
}

/// A heading at the beginning of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leading {
    /// Its text, cleaned.
    pub(super) text: String,
    /// Whether it was recognised by its look only, so that it may be the line above a headline.
    pub(super) by_look: bool,
}

/// Splits a text into passages. `headings` are spans that are known to be headings (see `reflow`).
pub(super) fn split(text: &str, headings: &[Span]) -> Split {
    let lines = lines::read(text, headings);
    let mut builder = Builder { text, ..Builder::default() };
    for line in &lines {
        builder.add(line);
    }
    builder.flush();
    if builder.split.passages.is_empty() {
        let headings = lines.iter().filter(|line| matches!(line.kind, Kind::Heading { .. } | Kind::Contents));
        let spans = headings.filter_map(|line| long::tidy(text, line.span));
        builder.split.passages = spans.map(|span| Passage { section: Vec::new(), span }).collect();
    }
    builder.split
}

/// The lines of a text that belong to no passage although they are no heading, comment, rule, table of contents or
/// empty line; there must be none.
#[cfg(test)]
pub(super) fn unexplained<'t>(text: &'t str, headings: &[Span], passages: &[Passage]) -> Vec<&'t str> {
    let mut passages = passages.iter().peekable();
    let mut left = Vec::new();
    for line in lines::read(text, headings) {
        while passages.next_if(|passage| passage.span.end <= line.span.start).is_some() {}
        let inside = passages.peek().is_some_and(|passage| passage.span.start <= line.span.start);
        let apart = matches!(line.kind, Kind::Heading { .. } | Kind::Comment | Kind::Rule | Kind::Contents);
        if !inside && !apart {
            left.push(line.text);
        }
    }
    left
}

/// What a passage in the making is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// An article of a law: takes everything up to the next article or heading.
    Article,
    /// A paragraph or an item: takes little.
    Block,
    /// A line that introduces a list, with its items.
    List,
    /// Items or fragments without introduction.
    Run,
    /// Dates and notes below a title.
    Notes,
    /// Rows of a table.
    Table,
    /// Code.
    Code,
}

/// A passage in the making.
#[derive(Clone, Copy, Debug)]
struct Open<'t> {
    shape: Shape,
    span: Span,
    chars: usize,
    first: Line<'t>,
    last: Line<'t>,
}

/// Gathers lines into passages.
#[derive(Default)]
struct Builder<'t> {
    text: &'t str,
    stack: Vec<(u8, String)>,
    open: Option<Open<'t>>,
    table_header: Option<String>,
    split: Split,
}

impl<'t> Builder<'t> {
    /// Takes the next line.
    fn add(&mut self, line: &Line<'t>) {
        match line.kind {
            Kind::Heading { rank } => self.heading(line, rank),
            Kind::Comment | Kind::Rule | Kind::Contents => self.flush(),
            _ => {
                let joined = self.open.as_ref().is_some_and(|open| open.takes(line));
                match self.open.as_mut() {
                    Some(open) if joined => open.push(line),
                    _ => self.begin(line),
                }
            }
        }
    }

    /// A heading ends the passage and opens a section.
    fn heading(&mut self, line: &Line<'t>, rank: u8) {
        self.flush();
        let text = clean_heading(line.text);
        let rank = self.close_sibling(line.text).unwrap_or(rank);
        self.stack.retain(|(above, _)| *above < rank);
        if self.split.passages.is_empty() {
            let by_look = rank == lines::rank::BY_LOOK;
            self.split.leading.push(Leading { text: text.clone(), by_look });
        }
        self.stack.push((rank, text));
    }

    /// Begins a passage.
    fn begin(&mut self, line: &Line<'t>) {
        self.flush();
        if matches!(line.kind, Kind::Item(..)) {
            self.close_sibling(line.text);
        }
        let below_title = self.split.passages.is_empty() && !self.split.leading.is_empty();
        let shape = match line.kind {
            Kind::Article => Shape::Article,
            Kind::Table => Shape::Table,
            Kind::Code => Shape::Code,
            Kind::Text if below_title && !line.ended && line.chars <= MAX_NOTE_CHARS => Shape::Notes,
            _ if introduces(line) => Shape::List,
            Kind::Text if is_fragment(line) => Shape::Run,
            Kind::Item(..) if is_item(line) && !closes(line) => Shape::Run,
            _ => Shape::Block,
        };
        if shape != Shape::Table {
            self.table_header = None;
        } else if self.table_header.is_none() {
            self.table_header =
                Some(line.text.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>().join(" | "));
        }
        self.open = Some(Open { shape, span: line.span, chars: line.chars, first: *line, last: *line });
    }

    /// A heading or item that goes on numbering after a heading above ("（二）" below "（一）…") ends its section, however
    /// both are marked; returns the rank of that heading.
    fn close_sibling(&mut self, text: &str) -> Option<u8> {
        let mark = marker::read(text).filter(|mark| mark.number > 1)?;
        let before = |text: &str| {
            marker::read(text).is_some_and(|other| other.marker == mark.marker && other.number + 1 == mark.number)
        };
        let at = self.stack.iter().position(|(_, above)| before(above))?;
        let rank = self.stack[at].0;
        self.stack.truncate(at);
        Some(rank)
    }

    /// Ends the passage in the making.
    fn flush(&mut self) {
        let Some(open) = self.open.take() else {
            return;
        };
        let mut section: Vec<String> = self.stack.iter().map(|(_, text)| text.clone()).collect();
        if let (Shape::Table, Some(header)) = (open.shape, &self.table_header)
            && open.first.text.trim_matches('|').split('|').map(str::trim).collect::<Vec<_>>().join(" | ") != *header
        {
            section.push(header.clone());
        }
        let parts = if open.chars > MAX_PASSAGE_CHARS {
            long::cut(self.text, open.span, MAX_PASSAGE_CHARS)
        } else {
            vec![open.span]
        };
        let spans = parts.into_iter().filter_map(|part| long::tidy(self.text, part));
        self.split.passages.extend(spans.map(|span| Passage { section: section.clone(), span }));
    }
}

impl<'t> Open<'t> {
    /// Adds a line.
    fn push(&mut self, line: &Line<'t>) {
        self.span.end = line.span.end;
        // With the line breaks between them.
        self.chars += line.chars + 2;
        self.last = *line;
    }

    /// Whether a line belongs to this passage.
    fn takes(&self, line: &Line<'t>) -> bool {
        let chars = self.chars + line.chars;
        if self.shape == Shape::Article {
            return matches!(line.kind, Kind::Text | Kind::Item(..));
        }
        if self.shape == Shape::Code || self.shape == Shape::Table {
            let limit = if self.shape == Shape::Table { MAX_TABLE_CHARS } else { usize::MAX };
            return line.kind == self.first.kind && chars <= limit;
        }
        if !matches!(line.kind, Kind::Text | Kind::Item(..)) || chars > MAX_PASSAGE_CHARS {
            return false;
        }
        let same_series = |a: &Line<'_>, b: &Line<'_>| match (a.kind, b.kind) {
            (Kind::Item(one, _), Kind::Item(other, _)) => one == other,
            _ => false,
        };
        // A sentence goes on in the next line, an item in lines that are set in below it.
        if !line.blank_before && line.kind == Kind::Text {
            let goes_on = !(self.last.ended || is_fragment(&self.last) && is_fragment(line));
            let set_in = matches!(self.last.kind, Kind::Item(..)) && line.indent >= 2;
            if goes_on || set_in {
                return true;
            }
        }
        if same_series(&self.first, line) && self.shape != Shape::Run {
            return false;
        }
        if leaves_quote_open(self.last.text) {
            return true;
        }
        // An amendment quotes the new wording below the line that introduces it.
        if introduces(&self.last) && line.text.starts_with(['“', '「']) {
            return true;
        }
        match self.shape {
            Shape::List => is_item(line) && matches!(line.kind, Kind::Item(..)),
            Shape::Notes => line.kind == Kind::Text && !line.ended && line.chars <= MAX_NOTE_CHARS,
            Shape::Run => {
                let alike = is_fragment(line) || is_item(line) && same_series(&self.last, line) && !closes(line);
                alike && chars <= MAX_RUN_CHARS
            }
            _ => false,
        }
    }
}

/// Whether a line introduces a list.
fn introduces(line: &Line<'_>) -> bool {
    line.text.ends_with(['：', ':'])
}

/// Whether a line is a true list item: short, and one sentence at most.
fn is_item(line: &Line<'_>) -> bool {
    let inner = line.text.trim_end_matches(['。', '；', ';', '！', '？']);
    matches!(line.kind, Kind::Item(..)) && line.chars <= MAX_ITEM_CHARS && !inner.contains(['。', '！', '？'])
}

/// Whether a line ends with a full stop, as the last item of a list or a paragraph of its own does.
fn closes(line: &Line<'_>) -> bool {
    line.ended && !line.text.ends_with(['；', ';'])
}

/// Whether a line is a fragment: short, without a mark at its end.
fn is_fragment(line: &Line<'_>) -> bool {
    matches!(line.kind, Kind::Text | Kind::Item(..)) && !line.ended && line.chars <= MAX_FRAGMENT_CHARS
}

/// Whether a quotation is still open at the end of a paragraph. Chinese print opens each paragraph of a quotation anew
/// and closes the last one only.
fn leaves_quote_open(text: &str) -> bool {
    let mut open = false;
    for c in text.chars() {
        match c {
            '“' => open = true,
            '”' => open = false,
            _ => {}
        }
    }
    open
}

/// The text of a heading without marks, doubled spaces and letter-spacing.
pub(super) fn clean_heading(text: &str) -> String {
    let bare: String = lines::trim(text).trim_matches('*').split_whitespace().collect::<Vec<_>>().join(" ");
    let single = |token: &str| token.chars().count() == 1 && !token.is_ascii();
    let mut out = String::with_capacity(bare.len());
    let mut before = "";
    for token in bare.split(' ') {
        if !(out.is_empty() || single(before) && single(token)) {
            out.push(' ');
        }
        out.push_str(token);
        before = token;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use unicode_segmentation::UnicodeSegmentation;

    /// Splits, and compares each passage as `section > section | text`.
    fn check(text: &str, expected: &[&str]) {
        let split = split(text, &[]);
        let shown: Vec<String> = split
            .passages
            .iter()
            .map(|passage| {
                let text = passage.span.slice(text).unwrap().replace("\n\n", "⏎").replace('\n', "⏎");
                format!("{} | {text}", passage.section.join(" > "))
            })
            .collect();
        assert_eq!(shown, expected);
        assert_eq!(unexplained(text, &[], &split.passages), [] as [&str; 0]);
    }

    #[test]
    fn articles_are_whole() {
        check(
            "# 停车办法\n\n2021年3月5日 通过\n\n2021年5月1日 施行\n\n<!-- INFO END -->\n\n## 第一章 总 则\n\n\
             第一条 为了甲，制定本办法。\n\n第二条 有下列情形之一的：\n\n（一）甲；\n\n（二）乙。\n\n前款不适用。\n\n\
             ### 第一节  停放\n\n第三条之一 丙。\n\n第三条规定的丙，从其规定。\n\n## 第二章 附则\n\n第四条 丁。\n\n\
             附件：\n\n收费表\n\n小车 5元\n",
            &[
                "停车办法 | 2021年3月5日 通过⏎2021年5月1日 施行",
                "停车办法 > 第一章 总则 | 第一条 为了甲，制定本办法。",
                "停车办法 > 第一章 总则 | 第二条 有下列情形之一的：⏎（一）甲；⏎（二）乙。⏎前款不适用。",
                "停车办法 > 第一章 总则 > 第一节 停放 | 第三条之一 丙。⏎第三条规定的丙，从其规定。",
                "停车办法 > 第二章 附则 | 第四条 丁。",
                "停车办法 > 第二章 附则 > 附件： > 收费表 | 小车 5元",
            ],
        );
    }

    #[test]
    fn bare_headings_of_notices_are_found() {
        check(
            "关于停车的通知\n\n各区：\n\n为了甲，通知如下。\n\n一、总体要求\n\n坚持甲。\n\n二、主要任务\n\n（一）建设\n\n\
             新建甲。扩建乙。\n\n（二）管理\n\n严管乙。\n\n三、请备以下材料：\n\n1. 申请书\n\n2. 身份证\n\n\
             四、本通知自公布之日起施行。\n",
            &[
                "关于停车的通知 | 各区：",
                "关于停车的通知 | 为了甲，通知如下。",
                "关于停车的通知 > 一、总体要求 | 坚持甲。",
                "关于停车的通知 > 二、主要任务 > （一）建设 | 新建甲。扩建乙。",
                "关于停车的通知 > 二、主要任务 > （二）管理 | 严管乙。",
                "关于停车的通知 | 三、请备以下材料：⏎1. 申请书⏎2. 身份证",
                "关于停车的通知 | 四、本通知自公布之日起施行。",
            ],
        );
    }

    #[test]
    fn numbered_lines_without_anything_below_are_no_headings() {
        check("一、甲\n\n（一）乙\n\n二、丙\n\n（一）丁\n", &["一、甲 | （一）乙", "二、丙 | （一）丁"]);
    }

    #[test]
    fn articles_without_a_space_are_told_from_mentions() {
        check(
            "停车办法\n第一条为了甲，制定本办法。\n第二条停车收费。\n第二条规定的收费，从其规定。\n\
             第九条另有规定的除外。\n第三条本办法自公布之日起施行。\n",
            &[
                "停车办法 | 第一条为了甲，制定本办法。",
                "停车办法 | 第二条停车收费。⏎第二条规定的收费，从其规定。⏎第九条另有规定的除外。",
                "停车办法 | 第三条本办法自公布之日起施行。",
            ],
        );
    }

    #[test]
    fn lists_stay_with_what_introduces_them_but_paragraphs_do_not() {
        check("须提交：\n\n- 申请书\n- 身份证\n\n逾期不候。\n", &[" | 须提交：⏎- 申请书⏎- 身份证", " | 逾期不候。"]);
        check(
            "分工如下：\n\n（一）甲局。负责甲。\n\n（二）乙局。负责乙。\n",
            &[" | 分工如下：", " | （一）甲局。负责甲。", " | （二）乙局。负责乙。"],
        );
        check(
            "一、将第一条修改为：\n\n“为了甲。\n\n“为了乙。”\n\n二、删去第二条。\n",
            &[" | 一、将第一条修改为：⏎“为了甲。⏎“为了乙。”", " | 二、删去第二条。"],
        );
    }

    #[test]
    fn what_is_no_text_is_no_passage() {
        check("标题\n====\n\n---\n\n<!-- a\nb -->\n正文。\n***\n", &["标题 | 正文。"]);
        check(
            "办法\n\n目 录\n\n第一章 总则\n\n第二章 附则\n\n第一章 总则\n\n第一条 甲。\n\n第二章 附则\n\n第二条 乙。\n",
            &["办法 > 第一章 总则 | 第一条 甲。", "办法 > 第二章 附则 | 第二条 乙。"],
        );
        check("# 只有标题\n\n## 另一个\n", &[" | 只有标题", " | 另一个"]);
        check("```\n# code\n\n一、x\n```\n", &[" | # code⏎一、x"]);
        check("", &[]);
    }

    #[test]
    fn tables_go_by_groups_of_rows_with_their_header() {
        let row = format!("| {} | 5% |\n", "甲".repeat(150));
        let text = format!("税率：\n\n| 税目 | 税率 |\n|---|---|\n{row}{row}{row}");
        let split = split(&text, &[]);
        let sections: Vec<String> = split.passages.iter().map(|passage| passage.section.join(" > ")).collect();
        assert_eq!(sections, ["", "", "税目 | 税率"]);
        assert_eq!(unexplained(&text, &[], &split.passages), [] as [&str; 0]);
    }

    #[test]
    fn headings_are_cleaned() {
        for (text, expected) in [
            ("第一章  总 则", "第一章 总则"),
            ("第九章 侦 查", "第九章 侦查"),
            ("第九章\u{2002}\u{2002}买卖合同", "第九章 买卖合同"),
            ("**范围**", "范围"),
            ("不忘初心 牢记使命", "不忘初心 牢记使命"),
            ("A B testing", "A B testing"),
        ] {
            assert_eq!(clean_heading(text), expected);
        }
    }

    proptest! {
        #[test]
        fn spans_are_in_order_whole_and_cover(
            lines in proptest::collection::vec(
                "(第[一二3]条 ?|# |## |一、|（二）|1\\. |- |\\| |<!-- |```| ?\u{301}|\u{3000}|)[甲乙。，：“”|a 👨\u{200d}👩\u{301}\u{200b}-]{0,12}",
                0..30,
            ),
            gap in "\n{1,2}",
        ) {
            let text = lines.join(&gap);
            let split = split(&text, &[]);
            let boundaries: std::collections::HashSet<usize> =
                text.grapheme_indices(true).map(|(at, _)| at).chain([text.len()]).collect();
            let mut last = 0;
            for passage in &split.passages {
                let Span { start, end } = passage.span;
                prop_assert!(last <= start && start < end && end <= text.len());
                prop_assert!(boundaries.contains(&start) && boundaries.contains(&end), "{start}..{end} of {text:?}");
                last = end;
            }
            prop_assert_eq!(unexplained(&text, &[], &split.passages), Vec::<&str>::new());
        }

        #[test]
        fn long_passages_are_cut(text in "[甲乙丙丁。，a ]{0,3000}") {
            for passage in split(&text, &[]).passages {
                prop_assert!(passage.span.slice(&text).is_some_and(|part| part.chars().count() <= MAX_PASSAGE_CHARS));
            }
        }
    }
}
