//! What may be shown of a question's words in a report: the matter, not the person. Recognising is by rule, so it is careful
//! rather than sure; who wants certainty leaves the words out altogether.

use std::{ops::Range, sync::OnceLock};

use regex::Regex;

use crate::text::{Folded, fold, is_dictionary_word, is_ideograph, is_person, segments};

/// Stands in the place of what is not shown.
pub(super) const HIDDEN: &str = "•••";

/// What is hidden wherever it stands: the first group of each pattern.
const PATTERNS: [&str; 8] = [
    // Numbers of seven digits or more, however they are written and divided: telephones, identity cards, accounts, cards.
    r"([\d〇零一二三四五六七八九幺][\d〇零一二三四五六七八九幺\s()（）+\-‐–—－·.,，]{0,40}?(?:[\d〇零一二三四五六七八九幺][\s()（）+\-‐–—－·.]{0,2}){5,}[\d〇零一二三四五六七八九幺][xXＸ]?)",
    r"([A-Za-z0-9._%+\-]+\s?[@＠]\s?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+)",
    r"((?:https?://|www\.)[^\s，。；、]+)",
    // Names of accounts, numbers of passports and permits: letters and digits in one.
    r"(?:^|[^A-Za-z0-9_])([A-Za-z](?:[A-Za-z_\-]{4,}\d|[A-Za-z_\-]{0,3}\d[A-Za-z0-9_\-]{4,})[A-Za-z0-9_\-]*)",
    // Number plates.
    r"([京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Za-z][\s·]?[A-Za-z0-9]{5,6})",
    // Where someone lives, from the number of the house on.
    r"(\d+\s*(?:号楼|号院|单元|栋|幢|弄|室|户)(?:\s*\d+\s*(?:号楼|单元|层|楼|室|户|号))*)",
    // Someone who is addressed by a title.
    r"([一-龥]{1,2}?)(?:先生|女士|小姐|同志|大爷|大妈|阿姨|师傅)",
    r"(?i:\bmy name is|\bi am|\bi'm|\bmr\.?|\bmrs\.?|\bms\.?|\bmiss|\bdr\.?)\s+([A-Z][\w'’-]+(?:\s+[A-Z][\w'’-]+)*)",
];

/// The surnames of nearly all who have a Chinese name.
const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪\
    范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿\
    关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂苗谷盛曲翁冉骆蓝游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑";

/// What a place, an office or a payment ends with, and hardly a name.
const NO_NAMES: &str = "区县市省镇乡街路局委院校厂店所站部处费税款证险";

/// A Chinese name has at most so many characters.
const LONGEST_NAME: usize = 4;

/// A question without what may tell who asked it. What `is_public` knows, because a document has it, stays.
pub(super) fn veiled(text: &str, is_public: impl Fn(&str) -> bool) -> String {
    static COMPILED: OnceLock<Vec<Regex>> = OnceLock::new();
    let patterns = COMPILED.get_or_init(|| PATTERNS.iter().filter_map(|pattern| Regex::new(pattern).ok()).collect());
    let found = patterns.iter().flat_map(|pattern| pattern.captures_iter(text)).filter_map(|captures| captures.get(1));
    let mut hidden: Vec<Range<usize>> =
        found.filter(|found| !is_public(found.as_str())).map(|found| found.range()).collect();
    hidden.extend(names(&fold(text), &is_public));
    hidden.sort_by_key(|range| range.start);
    let (mut shown, mut at) = (String::new(), 0);
    for range in hidden {
        if range.end <= at {
            continue;
        }
        if range.start >= at {
            shown.push_str(text.get(at..range.start).unwrap_or_default());
            shown.push_str(HIDDEN);
        }
        at = range.end;
    }
    shown.push_str(text.get(at..).unwrap_or_default());
    shown
}

/// Where words stand that look like the name of a person, as ranges of the original text.
fn names(folded: &Folded, is_public: impl Fn(&str) -> bool) -> Vec<Range<usize>> {
    let words = segments(&folded.chars).into_iter().filter(|word| {
        let chars = &folded.chars[word.clone()];
        let word: String = chars.iter().collect();
        (2..=LONGEST_NAME).contains(&chars.len())
            && SURNAMES.contains(chars[0])
            && chars.iter().all(|c| is_ideograph(*c))
            && !chars.last().is_some_and(|last| NO_NAMES.contains(*last))
            && (is_person(&word) || !is_dictionary_word(&word))
            && !is_public(&word)
    });
    words.map(|word| folded.origin(word.start, word.end)).map(|(start, end)| start..end).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(veiled(text, |word| word == "吕沛"), expected);
    }

    #[test]
    fn what_tells_who_asked_is_hidden() {
        check("我的电话是13800138000，什么时候办好？", "我的电话是•••，什么时候办好？");
        check("电话138-0013-8000", "电话•••");
        check("１３８００１３８０００能查吗", "•••能查吗");
        check("一三八零零一三八零零零", "•••");
        check("身份证41080219900101123X到期", "身份证•••到期");
        check("回复到 zhang.san@example.com 可以吗", "回复到 ••• 可以吗");
        check("微信zhangsan_1988联系我", "微信•••联系我");
        check("豫H12345违章怎么处理", "•••违章怎么处理");
        check("解放路12号楼3单元501室停水", "解放路•••停水");
        check("王先生的低保批了吗", "•••的低保批了吗");
        check("王小明的低保批了吗", "•••的低保批了吗");
        check("My name is John Smith, when is my permit ready?", "My name is •••, when is my permit ready?");
    }

    #[test]
    fn what_is_asked_stays() {
        for text in [
            "25311是什么意思？",
            "今年计划多少个项目？总投资130.23亿元吗？",
            "吕沛是什么职务？",
            "2026年3月1日以后12345热线还能打吗",
            "高新区的公积金怎么提取",
            "How many projects are planned in 2026?",
            "方案什么时候公布？任何人都能参加吗？",
            "<script>alert(1)</script>",
            "",
        ] {
            check(text, text);
        }
    }
}
