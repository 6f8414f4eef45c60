//! Pinyin typed in Latin letters: which words of a question are pinyin rather than English, where their syllables
//! end, and which of them only ask.

use std::ops::Range;

use super::{Tables, syllable};
use crate::text::lexicon::{common_rank, is_known, tokens};

/// Longest syllable in letters ("zhuang").
const MAX_SYLLABLE: usize = 6;
/// Ways to split that are returned: "xianan" has three, longer words hardly more that are sensible.
pub(super) const MAX_SPLITS: usize = 8;
/// English words commoner than this are English unless their neighbours are pinyin. Rarer entries of the list
/// ("shi", "yuan") are often Chinese words themselves.
const COMMON_ENGLISH: usize = 12_000;

/// Neighbouring words of a question that were read as pinyin.
#[derive(Debug, Clone, PartialEq)]
pub struct Run {
    /// Where it stands in the question, in bytes.
    pub span: Range<usize>,
    /// Possible splits of each typed word, likeliest first.
    pub words: Vec<Vec<Vec<&'static str>>>,
    /// It begins with a capital, as a name does.
    pub capital: bool,
}

impl Run {
    /// The question words in it, in characters.
    pub fn question_words(&self) -> Vec<&'static str> {
        let likeliest = self.words.iter().filter_map(|splits| splits.first());
        let syllables: Vec<&str> = likeliest.flatten().copied().collect();
        let (mut found, mut at) = (Vec::new(), 0);
        while at < syllables.len() {
            let asked = question_word(&syllables[at..]);
            found.extend(asked.map(|(chinese, _)| chinese));
            at += asked.map_or(1, |(_, count)| count);
        }
        found
    }
}

/// What pinyin asks with, and the Chinese for it: it tells the kind of question, not its subject.
const QUESTION_WORDS: &[(&str, &str)] = &[
    ("wei shen me", "为什么"),
    ("shen me yi si", "什么意思"),
    ("shen me shi hou", "什么时候"),
    ("shen me", "什么"),
    ("zen me yang", "怎么样"),
    ("zen me", "怎么"),
    ("duo shao", "多少"),
    ("duo jiu", "多久"),
    ("duo da", "多大"),
    ("duo chang", "多长"),
    ("di ji", "第几"),
    ("ji ge", "几个"),
    ("ji jia", "几家"),
    ("ji suo", "几所"),
    ("ji nian", "几年"),
    ("ji yue", "几月"),
    ("ji hao", "几号"),
    ("na ge", "哪个"),
    ("na li", "哪里"),
    ("na er", "哪儿"),
    ("na xie", "哪些"),
    ("na nian", "哪年"),
    ("na", "哪"),
    ("shei", "谁"),
    ("shui", "谁"),
    ("ji", "几"),
    ("mei you", "没有"),
    ("you mei you", "有没有"),
    ("shi bu shi", "是不是"),
    ("shi", "是"),
    ("you", "有"),
    ("zai", "在"),
    ("de", "的"),
    ("le", "了"),
    ("ma", "吗"),
    ("ne", "呢"),
    ("ba", "吧"),
    ("a", "啊"),
    ("ya", "呀"),
    ("qing wen", "请问"),
    ("yi si", "意思"),
];

/// The question word that syllables begin with, the longest first, and how many of them it takes.
pub fn question_word(syllables: &[&str]) -> Option<(&'static str, usize)> {
    QUESTION_WORDS
        .iter()
        .filter(|(typed, _)| {
            let mut rest = syllables.iter();
            typed.split(' ').all(|wanted| rest.next() == Some(&wanted))
        })
        .map(|(typed, chinese)| (*chinese, typed.split(' ').count()))
        .max_by_key(|&(_, count)| count)
}

/// The ways to read letters as syllables, fewest syllables first; none if the letters are not pinyin. ü may be
/// typed as ü, v, u or yu; an apostrophe or a space parts syllables.
pub fn split(typed: &str) -> Option<Vec<Vec<&'static str>>> {
    let letters: String = typed.to_lowercase().replace(['ü', 'ǜ', 'ǚ', 'ǘ', 'ǖ'], "v");
    let mut ways: Vec<Vec<&'static str>> = vec![Vec::new()];
    for part in letters.split(['\'', '’', ' ', '-']).filter(|part| !part.is_empty()) {
        let mut here = Vec::new();
        collect(part, &mut Vec::new(), &mut here);
        ways = ways.iter().flat_map(|way| here.iter().map(|more| [way.as_slice(), more].concat())).collect();
        ways.truncate(MAX_SPLITS);
    }
    ways.retain(|way| !way.is_empty());
    ways.sort_by_key(Vec::len);
    (!ways.is_empty()).then_some(ways)
}

fn collect(rest: &str, taken: &mut Vec<&'static str>, ways: &mut Vec<Vec<&'static str>>) {
    if rest.is_empty() {
        ways.push(taken.clone());
        return;
    }
    for length in (1..=MAX_SYLLABLE.min(rest.len())).rev() {
        if ways.len() >= MAX_SPLITS || !rest.is_char_boundary(length) {
            continue;
        }
        for found in spellings(&rest[..length]) {
            // No character is read `o` or `a` inside a word; such splits are English ("po-si-ti-o-ning").
            if matches!(found, "o" | "a")
                && !(taken.is_empty() && length == rest.len() || taken.is_empty() && found == "a")
            {
                continue;
            }
            taken.push(found);
            collect(&rest[length..], taken, ways);
            taken.pop();
        }
    }
}

/// Syllables that the letters may be: as typed, and with the ü that keyboards lack ("lu" for lü, "lyu").
fn spellings(letters: &str) -> Vec<&'static str> {
    let mut found: Vec<&'static str> = syllable(letters).into_iter().collect();
    if let Some(initial) = letters.chars().next().filter(|c| matches!(c, 'n' | 'l')) {
        let last = match &letters[1..] {
            "u" | "yu" => "v",
            "ue" | "yue" => "ve",
            _ => return found,
        };
        found.extend(Tables::shared().syllables.get(format!("{initial}{last}").as_str()));
    }
    found
}

/// The pinyin of a question that may also hold English and Chinese.
pub fn runs(question: &str) -> Vec<Run> {
    let tokens = tokens::read(question);
    let mut found = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        let stretch = tokens::run_from(&tokens, at);
        let first = found.len();
        let both = push_runs(stretch, &mut found);
        // A lone word among English ones that a dictionary knows ("Denver", "simulate") is left to the dictionary.
        let mut place = 0;
        found.retain(|run| {
            place += 1;
            both || place <= first || run.words.len() > 1 || !is_known(&question[run.span.clone()])
        });
        at += stretch.len();
    }
    found
}

/// Splits a stretch of Latin words into its pinyin runs. Words that could be both ("you", "can", "he") go with the
/// rest of the stretch, by letters. Returns whether the stretch is pinyin as a whole.
fn push_runs(stretch: &[tokens::Token], found: &mut Vec<Run>) -> bool {
    let splits: Vec<_> = stretch.iter().map(|token| split(&token.word)).collect();
    let letters = |wanted: fn(bool, bool) -> bool| -> usize {
        let sides = stretch.iter().zip(&splits).filter(|(t, _)| !t.word.starts_with(|c: char| c.is_ascii_digit()));
        sides.filter(|(t, s)| wanted(s.is_some(), is_english(&t.word))).map(|(t, _)| t.word.len()).sum()
    };
    let (surely_pinyin, surely_english) = (letters(|p, e| p && !e), letters(|p, _| !p));
    let both = surely_pinyin > surely_english;
    let mut open = false;
    for (token, ways) in stretch.iter().zip(splits) {
        let ways = ways.filter(|_| both || !is_english(&token.word));
        let Some(ways) = ways else {
            open = false;
            continue;
        };
        match found.last_mut().filter(|_| open) {
            Some(run) => {
                run.span.end = token.span.end;
                run.words.push(ways);
            }
            None => found.push(Run { span: token.span.clone(), words: vec![ways], capital: token.capital }),
        }
        open = true;
    }
    both
}

fn is_english(word: &str) -> bool {
    tokens::is_stop(word) || common_rank(word).is_some_and(|rank| rank < COMMON_ENGLISH)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits() {
        let check = |typed: &str, expected: &str| {
            let ways = split(typed).unwrap_or_default();
            assert!(ways.iter().any(|way| way.join(" ") == expected), "{typed}: {ways:?}");
        };
        check("gaoxinqu", "gao xin qu");
        check("xian", "xian");
        check("xian", "xi an");
        check("xi'an", "xi an");
        check("minsheng zhichu", "min sheng zhi chu");
        check("Lü", "lv");
        check("lv", "lv");
        check("lu", "lv");
        check("lyu", "lv");
        check("fangan", "fang an");
        assert_eq!(split("zone"), None);
        assert_eq!(split("project"), None);
        assert_eq!(split(""), None);
        assert_eq!(split("高"), None);
    }

    #[test]
    fn english_and_pinyin_are_told_apart() {
        let check = |question: &str, expected: &[&str]| {
            let found: Vec<&str> = runs(question).iter().map(|run| &question[run.span.clone()]).collect();
            assert_eq!(found, expected, "{question}");
        };
        check("jin wu nian minsheng zhichu duoshao yi", &["jin wu nian minsheng zhichu duoshao yi"]);
        check("can you tell me the date", &[]);
        check("gaoxinqu you ji suo gaozhong", &["gaoxinqu you ji suo gaozhong"]);
        check("25311 shi shenme yisi a", &["shi shenme yisi a"]);
        check("Which part of the city of Zhaibuchang is it in?", &["Zhaibuchang"]);
        check("Who led Denver in positioning?", &[]);
        check("how many people are in the zone", &[]);
        check("高新区在tourism方面", &[]);
        check("who is Lü Pei?", &["Lü Pei"]);
    }

    #[test]
    fn question_words() {
        let check = |typed: &str, expected| {
            let ways = split(typed).unwrap_or_default();
            assert_eq!(question_word(&ways[0]), expected, "{typed}");
        };
        check("duoshao", Some(("多少", 2)));
        check("shenme yisi", Some(("什么意思", 4)));
        check("ji ge", Some(("几个", 2)));
        check("minsheng", None);
    }
}
