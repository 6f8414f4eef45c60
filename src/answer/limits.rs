//! What belongs to a quote because it changes its meaning: exceptions, conditions, the items of a list, the sentence that a
//! reference points back to. docs/quality.md says how often the rules carry what a set of traps from statutes asks for.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;

use crate::text::{fold, ordinal};

/// An article of a law up to this many characters is quoted whole: what limits a sentence of it may stand anywhere in it.
const WHOLE_ARTICLE: usize = 300;

/// Sentences that take back or narrow what stands before them.
static NARROWS: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"^(?:但|然而|不过|其中|除外|除前|除本|上述|前款|前两款|前三款|有前款|依照前款|违反前款|法律另有|法律、行政法规另有|超过|逾期|未)|(?:除外|不在此限|从其规定|依照其规定)。?$",
    )
});
/// Sentences that make no sense without what stands before them.
static LEANS_BACK: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^(?:但|然而|不过|其中|上述|除此之外|前款|有前款|依照前款|违反前款|前两款|前三款)"));
/// Paragraphs that refer to the one before them, wherever they say so.
static REFERS_BACK: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"前[一二两三四]?[款项]|第[一二三四五六七八九十]+[款项]|本[条款]|上述|所列|该[^，。]{0,12}规定")
});
/// A lead-in to a list.
static LEADS_IN: LazyLock<Regex> = LazyLock::new(|| pattern(r":$|(?:下列|以下|如下)[^。]*。$"));
/// An item of a list.
static ITEM: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r"^(?:\([一二三四五六七八九十0-9]+\)|[一二三四五六七八九十]+、|[0-9]{1,2}[.、)]|[①-⑳]|[-*•])")
});

fn pattern(pattern: &str) -> Regex {
    Regex::new(pattern).expect("the patterns of this file are valid; a test compiles them")
}

/// A passage cut into sentences, with what each of them leans on.
struct Piece {
    folded: String,
    length: usize,
    /// The paragraph that it stands in.
    paragraph: usize,
}

/// Widens a window of sentences by what belongs to it, as far as `most` characters allow.
pub(super) fn widen(text: &str, sentences: &[Range<usize>], window: Range<usize>, most: usize) -> Range<usize> {
    let pieces = pieces(text, sentences);
    let length = |window: &Range<usize>| pieces[window.clone()].iter().map(|piece| piece.length).sum::<usize>();
    let all = 0..pieces.len();
    if ordinal(&fold(text.get(..64).unwrap_or(text)).chars, '条').is_some() && length(&all) <= WHOLE_ARTICLE.min(most)
    {
        return all;
    }
    let mut window = window;
    loop {
        let wider = [with_list(&pieces, &window), back(&pieces, &window), forth(&pieces, &window)];
        let fitting = wider.into_iter().flatten().find(|wider| *wider != window && length(wider) <= most);
        match fitting {
            Some(wider) => window = wider,
            None => return window,
        }
    }
}

/// Whether what stands behind a window of sentences narrows it.
pub(super) fn is_limited(text: &str, sentences: &[Range<usize>], window: Range<usize>) -> bool {
    forth(&pieces(text, sentences), &window).is_some()
}

fn pieces(text: &str, sentences: &[Range<usize>]) -> Vec<Piece> {
    let piece = |range: &Range<usize>| Piece {
        folded: fold(&text[range.clone()]).text(),
        length: text[range.clone()].chars().count(),
        paragraph: text[..range.start].matches('\n').count(),
    };
    sentences.iter().map(piece).collect()
}

/// With the lead-in and all items of a list that the window touches.
fn with_list(pieces: &[Piece], window: &Range<usize>) -> Option<Range<usize>> {
    let item = |at: usize| pieces.get(at).is_some_and(|piece| ITEM.is_match(&piece.folded));
    let leads = |at: usize| pieces.get(at).is_some_and(|piece| LEADS_IN.is_match(&piece.folded));
    let (mut start, mut end) = (window.start, window.end);
    if item(start) {
        while start > 0 && item(start) {
            start -= 1;
        }
        // A lead-in opens the list; anything else above the items does not belong to it.
        start += usize::from(!leads(start) && !item(start));
    }
    if end > 0 && (leads(end - 1) || item(end - 1)) {
        while item(end) {
            end += 1;
        }
    }
    Some(start..end)
}

/// With the sentence that the beginning of the window refers to.
fn back(pieces: &[Piece], window: &Range<usize>) -> Option<Range<usize>> {
    let leans = LEANS_BACK.is_match(&pieces.get(window.start)?.folded);
    let before = window.start.checked_sub(1)?;
    if !leans {
        return None;
    }
    // 前款 is the whole paragraph before this one; 但 takes up the sentence before it.
    let paragraph = pieces[before].paragraph;
    let own = paragraph == pieces[window.start].paragraph;
    let start = (0..=before).rev().take_while(|at| !own && pieces[*at].paragraph == paragraph).last().unwrap_or(before);
    Some(start..window.end)
}

/// With the sentence or paragraph behind the window that narrows it.
fn forth(pieces: &[Piece], window: &Range<usize>) -> Option<Range<usize>> {
    let next = pieces.get(window.end)?;
    let same = window.end > 0 && next.paragraph == pieces[window.end - 1].paragraph;
    if NARROWS.is_match(&next.folded) {
        return Some(window.start..window.end + 1);
    }
    if !same && REFERS_BACK.is_match(&next.folded) {
        let length = pieces[window.end..].iter().take_while(|piece| piece.paragraph == next.paragraph).count();
        return Some(window.start..window.end + length);
    }
    None
}

/// Where a stretch that ends at `end` ends with the paragraphs that its last words announce: those behind a colon that open alike
/// ("聚焦…" eight times) or are items, as far as `room` characters allow. Without a colon, or without such a paragraph, `end` itself.
pub(super) fn with_announced(text: &str, end: usize, room: usize) -> usize {
    let (Some(before), Some(behind)) = (text.get(..end), text.get(end..)) else { return end };
    if !before.ends_with(['：', ':']) {
        return end;
    }
    let (mut reached, mut at, mut length) = (end, end, 0);
    let mut opening: Option<Vec<char>> = None;
    for line in behind.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let item = line.trim();
        if item.is_empty() {
            continue;
        }
        let chars: Vec<char> = fold(item).chars.into_iter().take(2).collect();
        let alike = opening.get_or_insert_with(|| chars.clone()) == &chars || ITEM.is_match(&fold(item).text());
        length += item.chars().count();
        if !alike || length > room {
            break;
        }
        reached = start + item.len();
    }
    reached
}

/// Where a stretch ends with the paragraphs that explain what it names in quotation marks: “甲、乙” followed by paragraphs that
/// open with “甲”即 and “乙”即, as far as `room` characters allow; `range.end` where there are none.
pub(super) fn with_explained(text: &str, range: Range<usize>, room: usize) -> usize {
    static NAMED: LazyLock<Regex> = LazyLock::new(|| pattern("[“\"]([^”\"]{2,40})[”\"]"));
    static EXPLAINS: LazyLock<Regex> = LazyLock::new(|| pattern("^[“\"]([^”\"]{2,20})[”\"](?:即|是|指|为|包括|——)"));
    let (Some(quoted), Some(behind)) = (text.get(range.clone()), text.get(range.end..)) else { return range.end };
    let named: Vec<&str> = NAMED
        .captures_iter(quoted)
        .filter_map(|found| found.get(1))
        .flat_map(|found| found.as_str().split('、'))
        .collect();
    let (mut reached, mut at, mut length) = (range.end, range.end, 0);
    for line in behind.split_inclusive('\n') {
        let start = at + (line.len() - line.trim_start().len());
        at += line.len();
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let explains = EXPLAINS.captures(line).is_some_and(|found| named.contains(&&found[1]));
        length += line.chars().count();
        if !explains || length > room {
            break;
        }
        reached = start + line.len();
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::sentences;

    #[track_caller]
    fn check(text: &str, part: &str, expected: &str) {
        let cut = sentences(text);
        let at = cut.iter().position(|range| text[range.clone()].contains(part)).unwrap();
        let window = widen(text, &cut, at..at + 1, 400);
        assert_eq!(&text[cut[window.start].start..cut[window.end - 1].end], expected);
    }

    #[test]
    fn what_limits_a_sentence_goes_with_it() {
        check("可以申请。但是，未成年人除外。办法另定。", "可以申请", "可以申请。但是，未成年人除外。");
        check("可以申请。但是，未成年人除外。办法另定。", "未成年", "可以申请。但是，未成年人除外。");
        check("可以申请。由市局办理。", "可以申请", "可以申请。");
        check("总投资98亿元。其中今年50亿元。另有说明。", "98", "总投资98亿元。其中今年50亿元。");
    }

    #[test]
    fn what_limits_a_sentence_is_seen_behind_it() {
        let text = "可以申请。但是，未成年人除外。办法另定。";
        let cut = sentences(text);
        let limited = [0..1, 0..2, 1..2, 0..3].map(|window| is_limited(text, &cut, window));
        assert_eq!(limited, [true, false, false, false]);
    }

    #[test]
    fn lists_stay_whole() {
        let list = "须提交下列材料：\n（一）申请书；\n（二）身份证。\n逐级上报。";
        check(list, "身份证", "须提交下列材料：\n（一）申请书；\n（二）身份证。");
        check(list, "须提交", "须提交下列材料：\n（一）申请书；\n（二）身份证。");
    }

    #[test]
    fn references_lead_to_what_they_refer_to() {
        check("甲可以申请。\n前款规定不适用于乙。\n丙另定。", "甲可以", "甲可以申请。\n前款规定不适用于乙。");
        check("甲可以申请。\n前款规定不适用于乙。\n丙另定。", "不适用", "甲可以申请。\n前款规定不适用于乙。");
    }

    #[test]
    fn a_lead_in_brings_what_it_announces() {
        let text = "重点抓好两项工作：\n\n聚焦产业，稳增长。\n\n聚焦民生，办实事。\n\n会议要求落实。";
        let colon = text.find('：').unwrap() + '：'.len_utf8();
        let check = |room, expected: &str| assert!(text[..with_announced(text, colon, room)].ends_with(expected));
        check(100, "聚焦民生，办实事。");
        check(12, "聚焦产业，稳增长。");
        check(3, "两项工作：");
        assert_eq!(with_announced(text, 3, 100), 3);
    }

    #[test]
    fn what_a_quote_names_is_explained() {
        let text = "定位是“甲点、乙点”。\n“甲点”即第一。\n“乙点”是第二。\n“丙点”即第三。";
        let end = text.find('\n').unwrap();
        let check = |room, expected: &str| assert!(text[..with_explained(text, 0..end, room)].ends_with(expected));
        check(100, "是第二。");
        check(10, "即第一。");
        check(2, "乙点”。");
        assert_eq!(with_explained("甲。\n乙。", 0.."甲。".len(), 100), "甲。".len());
    }

    #[test]
    fn short_articles_are_quoted_whole() {
        let article = "第九条 甲可以申请。由市局办理。\n特殊情况另议。";
        check(article, "市局", article);
    }
}
