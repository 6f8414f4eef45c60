//! Text layers of printed pages -> paragraphs: lines broken by the width of a column are joined again.
//!
//! Reflow drops or alters white space only: without white space, the text is the same before and after. It decides by
//! evidence, for each region of a text (see `lines`): where lines stop in the middle of sentences because a column was
//! full, paragraphs are put on one line each, with an empty line between them; a region without that evidence (poems,
//! lists, addresses, well-formed text, code, tables, Markdown) is not touched, byte for byte. List items that followed
//! each other without an empty line still do.

mod join;
mod lines;
mod measure;
mod paragraphs;
mod widths;

use std::borrow::Cow;

use crate::passage::Span;
pub(super) use join::join;
use lines::Line;
pub(super) use lines::is_marked;
use measure::Ending;
use paragraphs::{Role, Run};
use widths::Layout;

/// The fewest lines that can show that empty lines stand between all lines.
const MIN_DOUBLED: usize = 8;

/// Share of lines that stop inside a sentence, of all lines but the last: 0.7 in narrow columns, 0.5 in wide ones, under
/// 0.1 in well-formed text, where only headings do.
const MIN_OPEN: f32 = 0.4;

/// Share of those lines that fill a column; 0.95 and more in print, by chance about 0.3 in lists of names.
const MIN_FULL: f32 = 0.75;

/// Share of lines with a mark in their midst: prose, not a list of names.
const MIN_PROSE: f32 = 0.3;

/// Share of lines that break off inside a clause; verse and lists break after one.
const MIN_INSIDE: f32 = 0.25;

/// Narrowest column in ems that is believed without other evidence; lines of verse are shorter.
const MIN_COLUMN: f32 = 9.0;

/// Highest cost of a line, on average, of a reading that is believed.
const MAX_COST: f32 = 1.6;

/// The largest text that is looked at: the layer of a printed page has some 20 KB, that of a thick book 3 MB.
const MAX_BYTES: usize = 16 * 1024 * 1024;

/// A text after reflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reflowed<'t> {
    /// The text; borrowed where nothing had to be done.
    pub(super) text: Cow<'t, str>,
    /// Where lines of it were recognised as headings by their look.
    pub(super) headings: Vec<Span>,
}

/// Recovers the paragraphs of a text whose lines were broken by a layout.
pub(super) fn reflow(text: &str) -> Reflowed<'_> {
    let mut out = String::new();
    let mut headings = Vec::new();
    if text.len() > MAX_BYTES {
        return Reflowed { text: Cow::Borrowed(text), headings };
    }
    let mut copied = 0;
    for region in lines::regions(text) {
        for (run, blocks) in read_region(&region) {
            let (Some(first), Some(last)) = (run.first(), run.last()) else {
                continue;
            };
            out.push_str(&text[copied..first.start]);
            copied = last.end;
            write_blocks(&mut out, &mut headings, run, &blocks);
        }
    }
    if copied == 0 {
        return Reflowed { text: Cow::Borrowed(text), headings };
    }
    out.push_str(&text[copied..]);
    Reflowed { text: Cow::Owned(out), headings }
}

/// Carries byte offsets of the text before reflow over to the text after it, by counting what is not white space.
pub(super) fn carry_offsets(before: &str, after: &str, offsets: &[usize]) -> Vec<usize> {
    let mut ink = after.char_indices().filter(|(_, c)| !c.is_whitespace()).map(|(at, _)| at);
    let mut passed = 0;
    let mut carried = Vec::with_capacity(offsets.len());
    let mut place = ink.next().unwrap_or(after.len());
    for &offset in offsets {
        let head = before.get(passed..offset).unwrap_or_default();
        for _ in head.chars().filter(|c| !c.is_whitespace()) {
            place = ink.next().unwrap_or(after.len());
        }
        passed = passed.max(offset);
        carried.push(if offset == 0 { 0 } else { place });
    }
    carried
}

/// The runs of a region that have to be written anew, with the roles of their lines.
fn read_region<'r, 't>(region: &'r [Line<'t>]) -> Vec<(&'r [Line<'t>], Vec<Role>)> {
    let Some(layout) = Layout::of(region) else {
        return Vec::new();
    };
    let leading = region.first().is_some_and(|line| line.start < 200);
    if is_doubled(region) {
        return read_run(region, &layout, true, leading).map(|roles| (region, roles)).into_iter().collect();
    }
    // Two spaces at the end of a line are a line break that was meant (Markdown), unless the layout put them everywhere.
    let breaks = region.iter().filter(|line| line.hard_break).count();
    let meant = breaks * 3 < region.len();
    let runs: Vec<&[Line<'_>]> =
        region.chunk_by(|line, next| !(next.blank_before || meant && line.hard_break)).collect();
    let prose: Vec<_> =
        runs.iter().filter(|run| run.len() > 1 && run.iter().any(|line| is_prose(line, &layout))).collect();
    let lines: usize = prose.iter().map(|run| run.len()).sum();
    let wrapped: usize = prose.iter().filter(|run| is_wrapped(run, &layout, Company::None)).map(|run| run.len()).sum();
    let company = if wrapped >= 4 && wrapped * 2 > lines { Company::Wrapped } else { Company::None };
    runs.into_iter()
        .enumerate()
        .filter(|(_, run)| run.len() > 1 && is_wrapped(run, &layout, company))
        .filter(|(_, run)| run.len() > 2 || company == Company::Wrapped)
        .filter_map(|(at, run)| read_run(run, &layout, false, leading && at == 0).map(|roles| (run, roles)))
        .collect()
}

/// What is known of the other runs of a region.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Company {
    /// Nothing: the run has to show by itself that it was broken.
    None,
    /// Most of them were broken by the layout: less evidence will do.
    Wrapped,
}

/// Whether an empty line stands between nearly any two lines.
fn is_doubled(region: &[Line<'_>]) -> bool {
    let blank = region.iter().skip(1).filter(|line| line.blank_before).count();
    region.len() >= MIN_DOUBLED && blank * 10 >= (region.len() - 1) * 7
}

/// Reads one run, if the evidence is that its lines were broken by a layout.
fn read_run(lines: &[Line<'_>], layout: &Layout, doubled: bool, leading: bool) -> Option<Vec<Role>> {
    if doubled && !is_wrapped(lines, layout, Company::None) {
        return None;
    }
    let indents: &[f32] = if layout.indented { &[0.0] } else { &[0.0, 2.0] };
    let (cost, roles) = indents
        .iter()
        .map(|&indent| paragraphs::read(&Run { lines, layout, indent, doubled, leading }))
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    let joined = roles.iter().any(|role| matches!(role, Role::Inner | Role::HeadingInner));
    (joined && cost <= MAX_COST * lines.len() as f32 + 2.0).then_some(roles)
}

/// Whether the lines of a run stop where a column was full, in the middle of sentences.
fn is_wrapped(run: &[Line<'_>], layout: &Layout, company: Company) -> bool {
    let pairs: Vec<(&Line<'_>, &Line<'_>)> = run.iter().zip(run.iter().skip(1)).collect();
    if pairs.is_empty() || layout.columns[0] < MIN_COLUMN || is_parallel(run) {
        return false;
    }
    let open: Vec<_> = pairs.iter().filter(|(line, _)| line.ending != Ending::Sentence).collect();
    let full = open.iter().filter(|(line, next)| layout.is_full(line, next) && !next.marked).count();
    let prose = pairs.iter().filter(|(line, _)| is_prose(line, layout)).count();
    let at_least = |part: usize, whole: usize, share: f32| part as f32 >= (whole as f32 * share).max(1.0);
    let filled = at_least(full, open.len(), MIN_FULL) && at_least(prose, pairs.len(), MIN_PROSE);
    if company == Company::Wrapped || !filled {
        return filled;
    }
    let mid_word = open.iter().filter(|(line, next)| breaks_inside(line, next, layout)).count();
    at_least(open.len(), pairs.len(), MIN_OPEN) && at_least(mid_word, pairs.len(), MIN_INSIDE)
}

/// Whether a line break stands where no sentence or clause ends: in verse of an alphabet, the next line has a capital.
fn breaks_inside(line: &Line<'_>, next: &Line<'_>, layout: &Layout) -> bool {
    line.ending == Ending::Open && !(layout.alphabetic && next.text.starts_with(char::is_uppercase))
}

/// Whether lines end alike, as records do ("… 第一次修订", "… 第二次修订") and broken sentences do not.
fn is_parallel(run: &[Line<'_>]) -> bool {
    let mut ends: Vec<&str> =
        run.iter().filter_map(|line| line.text.char_indices().nth_back(1).map(|(at, _)| &line.text[at..])).collect();
    ends.sort_unstable();
    let alike: usize = ends.chunk_by(|a, b| a == b).map(<[&str]>::len).filter(|&count| count > 1).sum();
    run.len() >= 3 && alike * 2 > run.len()
}

/// Whether a line reads like running text: a mark in its midst, or many words of an alphabet.
fn is_prose(line: &Line<'_>, layout: &Layout) -> bool {
    if layout.alphabetic {
        return line.text.split_whitespace().count() >= 5;
    }
    let pause = |c: char| matches!(c, '，' | '。' | '、' | '；' | '：' | '？' | '！');
    let marks = line.text.chars().skip(1).filter(|&c| pause(c)).count();
    marks > usize::from(line.text.chars().next_back().is_some_and(pause))
}

/// Writes a run, a paragraph a line, and notes its headings.
fn write_blocks(out: &mut String, headings: &mut Vec<Span>, run: &[Line<'_>], roles: &[Role]) {
    let mut at = 0;
    while at < run.len() {
        let mut end = at + 1;
        while end < run.len() && matches!(roles[end], Role::Inner | Role::HeadingInner) {
            end += 1;
        }
        if at > 0 {
            let line = &run[at];
            if line.marked && !line.blank_before {
                out.push('\n');
                out.push_str(line.indentation);
            } else {
                out.push_str("\n\n");
            }
        }
        let start = out.len();
        let texts: Vec<&str> = run[at..end].iter().map(|line| line.text).collect();
        out.push_str(&join(&texts));
        if roles[at] == Role::Heading {
            headings.push(Span::new(start, out.len()));
        }
        at = end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Reflows, and compares the text, with `# ` before headings.
    fn check(text: &str, expected: &str) {
        let reflowed = reflow(text);
        let mut shown = reflowed.text.clone().into_owned();
        for heading in reflowed.headings.iter().rev() {
            shown.insert_str(heading.start, "# ");
        }
        assert_eq!(shown, expected);
    }

    #[test]
    fn indented_newspaper_columns_are_joined() {
        check(
            "\u{3000}\u{3000}本报讯（记者 张三）昨日上午，市政府召开新闻发布会，介\n\
             绍今年以来全市经济运行情况。上半年，全市地区生产总值同比\n\
             增长6.2%，高于全省平均水平0.5个百分点。\n\
             \u{3000}\u{3000}会上，市统计局局长李四表示，下半年将继续抓好重点项目\n\
             建设，确保完成全年目标任务。\n\
             \u{3000}\u{3000}记者了解到，今年全市共安排重点项目120个，总投资500亿\n\
             元，截至6月底已完成投资260亿元。\n",
            "本报讯（记者 张三）昨日上午，市政府召开新闻发布会，介绍今年以来全市经济运行情况。\
             上半年，全市地区生产总值同比增长6.2%，高于全省平均水平0.5个百分点。\n\n\
             会上，市统计局局长李四表示，下半年将继续抓好重点项目建设，确保完成全年目标任务。\n\n\
             记者了解到，今年全市共安排重点项目120个，总投资500亿元，截至6月底已完成投资260亿元。\n",
        );
    }

    #[test]
    fn a_wrapped_notice_keeps_its_headings_and_items() {
        check(
            "一、总体要求\n\n\
             以习近平新时代中国特色社会主义思想为指导，坚持以人民为中心的发展思想，\n\
             着力解决停车难、停车乱等突出问题，不断提升城市精细化管理水平。\n\n\
             （一）加快停车设施建设。利用边角空地、闲置厂房、桥下空间等资源，新建一\n\
             批公共停车场，2025年底前新增停车泊位5000个以上，缓解老旧小区和医院周\n\
             边停车供需矛盾。\n\
             （二）规范停车管理。\n",
            "一、总体要求\n\n\
             以习近平新时代中国特色社会主义思想为指导，坚持以人民为中心的发展思想，着力解决停车难、停车乱等突出问题，\
             不断提升城市精细化管理水平。\n\n\
             （一）加快停车设施建设。利用边角空地、闲置厂房、桥下空间等资源，新建一批公共停车场，2025年底前新增停车泊位\
             5000个以上，缓解老旧小区和医院周边停车供需矛盾。\n\
             （二）规范停车管理。\n",
        );
    }

    #[test]
    fn wrapped_mail_is_joined_with_spaces() {
        check(
            "Hi all,\n\n\
             as you know, the new rules of the reading room were adopted by the\n\
             council last week. They will come into force on the first of June, and\n\
             every visitor has to show a card at the entrance from that day on.\n\n\
             Anna Smith\nLibrary of the City\nOxford\n",
            "Hi all,\n\n\
             as you know, the new rules of the reading room were adopted by the \
             council last week. They will come into force on the first of June, and \
             every visitor has to show a card at the entrance from that day on.\n\n\
             Anna Smith\nLibrary of the City\nOxford\n",
        );
    }

    #[test]
    fn what_was_not_broken_by_a_layout_is_not_touched() {
        for text in [
            "",
            "\n\n",
            "一行",
            "静夜思\n\n床前明月光，\n疑是地上霜。\n举头望明月，\n低头思故乡。\n",
            "轻轻的我走了，\n正如我轻轻的来；\n我轻轻的招手，\n作别西天的云彩。\n那河畔的金柳，\n是夕阳中的新娘；\n",
            "Two roads diverged in a yellow wood,\nAnd sorry I could not travel both\nAnd be one traveler, long I stood\n\
             And looked down one as far as I could\nTo where it bent in the undergrowth;\n",
            "北京市海淀区中关村大街1号\n邮编：100080\n电话：010-12345678\n",
            "2013年7月18日 《关于修改部分规定的决定》第一次修订\n\n2013年12月7日 《关于修改部分规定的决定》第二次修订\n\n\
             2014年7月29日 《关于修改部分规定的决定》第三次修订\n",
            "| 税目 | 税率 |\n|---|---|\n| 甲 | 5% |\n| 乙 | 6% |\n",
            "```\nlet long = \"a line, of code, that goes on, and on\"\nlet more = \"of the same, with words, and on\"\n```\n",
            "- 苹果、香蕉和梨子都是水果的名字\n- 白菜、萝卜和土豆都是蔬菜的名字\n- 大米、小麦和玉米都是粮食的名字\n",
            "# 标题\n\n第一条 为了规范停车秩序，制定本办法。\n\n第二条 本市行政区域内适用本办法。\n\n（一）甲；\n\n（二）乙。\n",
            "姓名    单位    电话\n张三    市政府    123\n李四    县政府    456\n",
        ] {
            assert!(matches!(reflow(text).text, Cow::Borrowed(_)), "{:?}", reflow(text));
        }
    }

    #[test]
    fn offsets_are_carried() {
        let (before, after) = ("甲乙\n\n丙 8 丁", "甲乙丙8丁");
        assert_eq!(carry_offsets(before, after, &[0, 8, before.len()]), [0, 6, after.len()]);
    }

    fn ink(text: &str) -> String {
        text.chars().filter(|c| !c.is_whitespace()).collect()
    }

    /// A paragraph as it is printed in a column: set in, and without marks at the beginning of a line.
    fn printed(paragraph: &str, width: usize) -> Vec<String> {
        let mut lines = vec![vec!['\u{3000}'; 2]];
        for c in paragraph.chars() {
            if lines.last().is_some_and(|line| line.len() == width) {
                let carried = if matches!(c, '，' | '。') { lines.last_mut().and_then(Vec::pop) } else { None };
                lines.push(Vec::from_iter(carried));
            }
            lines.last_mut().unwrap().push(c);
        }
        lines.into_iter().map(String::from_iter).collect()
    }

    proptest! {
        #[test]
        fn only_white_space_changes(
            lines in proptest::collection::vec("[ \u{3000}]{0,2}[甲乙丙，。；“”0-9a z.%\u{301}😀-]{0,24}", 0..40),
            gap in "\n{1,2}",
        ) {
            let text = lines.join(&gap);
            let reflowed = reflow(&text);
            prop_assert_eq!(ink(&text), ink(&reflowed.text));
            for heading in &reflowed.headings {
                prop_assert!(heading.slice(&reflowed.text).is_some_and(|heading| !heading.contains('\n')));
            }
        }

        #[test]
        fn wrapped_paragraphs_come_back(
            paragraphs in proptest::collection::vec(
                proptest::collection::vec("[一-龥]{5,14}", 4..12).prop_map(|clauses| clauses.join("，") + "。"),
                4..9,
            ),
            width in 20_usize..30,
        ) {
            let lines: Vec<String> = paragraphs.iter().flat_map(|paragraph| printed(paragraph, width)).collect();
            let reflowed = reflow(&lines.join("\n")).text.into_owned();
            prop_assert_eq!(reflowed, paragraphs.join("\n\n"));
        }
    }
}
