//! What people ask of public bodies, and what a passage must show to be able to answer: who asks for a telephone number is not
//! answered by a passage without digits, however much else it has in common with the question.

use std::sync::OnceLock;

use regex::Regex;

static TABLE: &str = include_str!("../../data/aspects.txt");

/// Classes of evidence that stand for more than words.
const CLASSES: [(&str, &str); 13] = [
    ("<digits7>", r"[0-9][0-9-]{6,}"),
    ("<number>", r"[0-9〇零一二三四五六七八九十百千万亿两]"),
    ("<money>", r"[0-9一二三四五六七八九十百千万亿]\s*(?:余|多)?(?:万|亿)?(?:元|美元|欧元|英镑|日元|块)"),
    ("<date>", r"[0-9一二三四五六七八九十〇]\s*[年月日号]"),
    ("<percent>", r"[0-9]%|百分之"),
    ("<url>", r"https?:|www\.|\.(?:com|cn|org|net)"),
    ("<email>", r"[a-z0-9._-]+@[a-z0-9.-]+"),
    ("<clock>", r"[0-9]{1,2}[:时点]|上午|下午"),
    ("<age>", r"[0-9一二三四五六七八九十]岁|出生|生于|周岁"),
    ("<address>", r"[路街巷]\s*[0-9]|[0-9]号|号楼|大道|大厦|镇|乡"),
    ("<ordinal>", r"第[0-9一二三四五六七八九十]"),
    ("<person>", r"[\u{4e00}-\u{9fff}]"),
    ("<list>", r"、"),
];

struct Aspect {
    asked: Regex,
    shown: Regex,
}

fn aspects() -> &'static [Aspect] {
    static SHARED: OnceLock<Vec<Aspect>> = OnceLock::new();
    SHARED.get_or_init(|| TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(aspect).collect())
}

fn aspect(line: &str) -> Option<Aspect> {
    let mut columns = line.split('\t').skip(1);
    let (asked, shown) = (columns.next()?, columns.next()?);
    Some(Aspect { asked: alternatives(asked)?, shown: alternatives(shown)? })
}

/// A pattern that meets any of the alternatives; those of letters as whole words.
fn alternatives(list: &str) -> Option<Regex> {
    let one = |text: &str| match CLASSES.iter().find(|(name, _)| *name == text) {
        Some((_, pattern)) => (*pattern).to_owned(),
        None => {
            let text = text.to_lowercase();
            let edge = |c: Option<char>| if c.is_some_and(|c| c.is_ascii_alphanumeric()) { r"\b" } else { "" };
            format!("{}{}{}", edge(text.chars().next()), regex::escape(&text), edge(text.chars().last()))
        }
    };
    Regex::new(&list.split('|').map(one).collect::<Vec<_>>().join("|")).ok()
}

/// The share of what a folded question asks for that a folded text does not show; 0 where nothing of the table is asked.
pub(super) fn missing(question: &str, text: &str) -> f32 {
    let asked: Vec<&Aspect> = aspects().iter().filter(|aspect| aspect.asked.is_match(question)).collect();
    let missing = asked.iter().filter(|aspect| !aspect.shown.is_match(text)).count();
    missing as f32 / asked.len().max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evidence_is_missed() {
        assert_eq!(missing("管委会的联系电话是多少?", "管委会召开会议。"), 1.0);
        assert_eq!(missing("管委会的联系电话是多少?", "管委会电话0391-1234567。"), 0.0);
        assert_eq!(missing("what is the phone number?", "管委会召开会议。"), 1.0);
        assert_eq!(missing("25311是什么意思?", "任何文字"), 0.0);
    }

    #[test]
    fn every_line_of_the_table_is_understood() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
        for line in lines {
            assert!(aspect(line).is_some(), "{line}");
            for class in line.split(['|', '\t']).filter(|word| word.starts_with('<')) {
                assert!(CLASSES.iter().any(|(name, _)| *name == class), "{class} in {line}");
            }
        }
    }
}
