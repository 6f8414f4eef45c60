//! The words of a corpus by their sound: what typed pinyin may mean in it, and what a mistyped Chinese word was
//! meant to be.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::typed::{Run, question_word};
use super::{blurred, readings, similarity, syllables};

/// Longest word indexed, in characters.
const MAX_WORD: usize = 6;
/// Readings tried for a word whose characters have several, so that a long word cannot multiply them.
const MAX_READINGS: usize = 8;
/// Words kept for one stretch of syllables.
const MAX_WORDS: usize = 5;
/// Cost of a syllable that no word covers; above the cost of any word.
const UNCOVERED: f32 = 20.0;
/// Cost that every word adds, so that few long words win over many short ones.
const PER_WORD: f32 = 6.0;
/// Cost of a split for each syllable of a word that was not typed as one, against words across typed spaces.
const ACROSS: f32 = 0.5;
/// Cost that a syllable heard as a confusable one adds.
const BLURRED: f32 = 6.0;
/// Least mean likeness of syllables for a correction. One confused sound in a word of three gives 0.95.
const MIN_LIKENESS: f32 = 0.9;

/// Characters that stand alone in a question; with a neighbour they sound like many a word.
const FUNCTION_CHARACTERS: &str = "的是在了个几有吗呢吧和与及就都也不这那哪什么怎多少谁为把被从到给让很最第只再又啊家";

/// Characters that before a word are words of their own, and after one.
const LEADING: &str = "其该各每此要会能可将已曾由于对以之或且但而越";
const TRAILING: &str = "着过中下上里内外后前时之或等说称叫";

/// Words of a corpus, by exact and by blurred syllables.
pub struct SoundIndex {
    words: Vec<(String, u32)>,
    exact: HashMap<String, Vec<u32>>,
    blurry: HashMap<String, Vec<u32>>,
    known: HashSet<String>,
    total: f32,
}

/// What a stretch of typed syllables may mean.
#[derive(Debug, Clone, PartialEq)]
pub struct Typed {
    /// Syllables it covers, of the run.
    pub syllables: Range<usize>,
    /// Chinese words of the corpus, or a question word, likeliest first, with a weight up to 1; what was typed where no word of
    /// the corpus sounds like it.
    pub words: Vec<(String, f32)>,
    /// What these words are.
    pub sense: Sense,
}

/// What a stretch of typed syllables is to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// Words of the corpus.
    Words,
    /// It only asks: "duoshao", "shi".
    Asks,
    /// No word of the corpus sounds like it.
    Nowhere,
}

/// A word of the question that the corpus lacks, and the word of the corpus that sounds like it.
#[derive(Debug, Clone, PartialEq)]
pub struct Correction {
    /// Where it stands in the question, in bytes.
    pub span: Range<usize>,
    /// The word of the corpus.
    pub word: String,
    /// Likeness of the sound, up to 1.
    pub weight: f32,
}

impl SoundIndex {
    /// Builds the index from words or phrases of a corpus and their frequency; those of one character or of more
    /// than six, and those with signs other than Chinese characters and digits, are left out.
    pub fn build(vocabulary: impl IntoIterator<Item = (String, u32)>) -> SoundIndex {
        let mut index = SoundIndex {
            words: Vec::new(),
            exact: HashMap::new(),
            blurry: HashMap::new(),
            known: HashSet::new(),
            total: 1.0,
        };
        for (word, frequency) in vocabulary {
            let length = word.chars().count();
            if (2..=MAX_WORD).contains(&length)
                && word.chars().all(|c| !spoken(c).is_empty())
                && !index.known.contains(&word)
            {
                index.add(word, frequency.max(1));
            }
        }
        index
    }

    fn add(&mut self, word: String, frequency: u32) {
        let number = self.words.len() as u32;
        for way in ways(&sounds(&word)) {
            self.exact.entry(way.join(" ")).or_default().push(number);
            let key: Vec<String> = way.iter().map(|s| blurred(s)).collect();
            let same = self.blurry.entry(key.join(" ")).or_default();
            if same.last() != Some(&number) {
                same.push(number);
            }
        }
        self.total += frequency as f32;
        self.known.insert(word.clone());
        self.words.push((word, frequency));
    }

    /// The likeliest Chinese words of the corpus for a run of typed pinyin; of syllables that fit no word, one alone is left out.
    pub fn typed(&self, run: &Run) -> Vec<Typed> {
        let mut best: Option<(f32, Vec<Typed>)> = None;
        for (flat, ends) in flatten(run) {
            let (cost, found) = self.segment(&flat, &ends);
            if best.as_ref().is_none_or(|(least, _)| cost < *least) {
                best = Some((cost, found));
            }
        }
        best.map(|(_, found)| found).unwrap_or_default()
    }

    /// Cheapest cover of the syllables by words (dynamic programming from the left).
    fn segment(&self, flat: &[&'static str], ends: &HashSet<usize>) -> (f32, Vec<Typed>) {
        let mut cheapest: Vec<(f32, Option<Typed>)> = vec![(0.0, None)];
        for end in 1..=flat.len() {
            let mut here = (cheapest[end - 1].0 + UNCOVERED, None);
            for (start, before) in cheapest.iter().enumerate().skip(end.saturating_sub(MAX_WORD)) {
                let Some((cost, typed)) = self.cover(flat, start..end) else { continue };
                let torn = (start > 0 && !ends.contains(&start)) as u8 + !ends.contains(&end) as u8;
                let cost = before.0 + cost + ACROSS * f32::from(torn);
                if cost < here.0 {
                    here = (cost, Some(typed));
                }
            }
            cheapest.push(here);
        }
        let cost = cheapest[flat.len()].0;
        let mut found = Vec::new();
        let mut at = flat.len();
        while at > 0 {
            match cheapest[at].1.take() {
                Some(typed) => {
                    at = typed.syllables.start;
                    found.push(typed);
                }
                None => {
                    let end = at;
                    while at > 0 && cheapest[at].1.is_none() {
                        at -= 1;
                    }
                    if end - at > 1 {
                        let words = vec![(flat[at..end].concat(), 1.0)];
                        found.push(Typed { syllables: at..end, words, sense: Sense::Nowhere });
                    }
                }
            }
        }
        found.reverse();
        (cost, found)
    }

    /// The best reading of one stretch of syllables as a word, and its cost.
    fn cover(&self, flat: &[&'static str], range: Range<usize>) -> Option<(f32, Typed)> {
        let part = &flat[range.clone()];
        if let Some((chinese, count)) = question_word(part)
            && count == part.len()
        {
            return Some((
                PER_WORD,
                Typed { syllables: range, words: vec![(chinese.to_owned(), 1.0)], sense: Sense::Asks },
            ));
        }
        let exact = self.exact.get(&part.join(" ")).map_or(&[][..], Vec::as_slice);
        let (numbers, extra) = if exact.is_empty() {
            let key: Vec<String> = part.iter().map(|s| blurred(s)).collect();
            (self.blurry.get(&key.join(" ")).map_or(&[][..], Vec::as_slice), BLURRED)
        } else {
            (exact, 0.0)
        };
        let mut words: Vec<&(String, u32)> = numbers.iter().map(|&n| &self.words[n as usize]).collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(MAX_WORDS);
        let commonest = words.first()?.1 as f32;
        let cost = PER_WORD + extra + 0.3 * (self.total / commonest).ln();
        let words = words.iter().map(|(word, n)| (word.clone(), (*n as f32 / commonest).powf(0.3))).collect();
        Some((cost, Typed { syllables: range, words, sense: Sense::Words }))
    }

    /// Words of the question that the corpus lacks and that sound like a word it has, in order and without overlaps,
    /// longer ones preferred. `is_word` says whether a stretch of the question is a word of a dictionary, without which `时间`
    /// would be taken for a slip of `实践`; `occurs` whether it stands in the corpus; `whole` whether a stretch, in bytes, begins and
    /// ends where words do: `通常生` in `通常生活` is no slip of `通产省`.
    pub fn corrections(
        &self,
        question: &str,
        is_word: impl Fn(&str) -> bool,
        occurs: impl Fn(&str) -> bool,
        whole: impl Fn(&Range<usize>) -> bool,
    ) -> Vec<Correction> {
        let places: Vec<(usize, char)> = question.char_indices().collect();
        let mut found: Vec<Correction> = Vec::new();
        for length in (2..=MAX_WORD).rev() {
            for window in places.windows(length) {
                let start = window[0].0;
                let end = window[length - 1].0 + window[length - 1].1.len_utf8();
                let taken = found.iter().any(|c| c.span.start < end && start < c.span.end);
                let text = &question[start..end];
                let loose =
                    text.starts_with(leads) || text.ends_with(trails) || text.contains(|c: char| c.is_ascii_digit());
                if taken || loose || self.known.contains(text) || !whole(&(start..end)) {
                    continue;
                }
                // Few sound like another word: whether what was typed stands in the corpus, which takes longer, is asked of these.
                let Some((word, weight)) = self.alike(text, &is_word) else { continue };
                let is_known = |text: &str| self.known.contains(text) || is_word(text) || occurs(text);
                if !is_known(text) && (length > 2 || !stands_between_words(question, start..end, is_known)) {
                    found.push(Correction { span: start..end, word, weight });
                }
            }
        }
        found.sort_by_key(|correction| correction.span.start);
        found
    }

    /// The word of the corpus that sounds most like `text` and has as many characters.
    fn alike(&self, text: &str, is_word: impl Fn(&str) -> bool) -> Option<(String, f32)> {
        let sounds = sounds(text);
        let chars: Vec<char> = text.chars().collect();
        let mut best: Option<(f32, &str, f32)> = None;
        for way in ways(&sounds) {
            let key: Vec<String> = way.iter().map(|s| blurred(s)).collect();
            for &number in self.blurry.get(&key.join(" ")).into_iter().flatten() {
                let (word, frequency) = &self.words[number as usize];
                let shared = word.chars().zip(&chars).filter(|(a, b)| a == *b).count();
                let likeness = likeness(&way, word);
                // A word that shares no character is another word, unless it sounds exactly so; the same where what it
                // shares is a word by itself.
                let other = likeness < 1.0 && (shared == 0 || is_word(&same_part(&chars, word)));
                if likeness < MIN_LIKENESS || other || shared == chars.len() {
                    continue;
                }
                let score = likeness + 0.1 * shared as f32 + 0.01 * (*frequency as f32).ln();
                if best.is_none_or(|(most, _, _)| score > most) {
                    best = Some((score, word, likeness));
                }
            }
        }
        best.map(|(_, word, likeness)| (word.to_owned(), likeness))
    }
}

fn leads(c: char) -> bool {
    is_function(c) || LEADING.contains(c)
}

fn trails(c: char) -> bool {
    is_function(c) || TRAILING.contains(c)
}

fn is_function(c: char) -> bool {
    FUNCTION_CHARACTERS.contains(c)
}

/// All but the first or all but the last character, if that is what a text shares with a word: where it is a word by itself,
/// the odd one is likely to be one as well (`研究说` is no slip of `研究所`).
fn same_part(chars: &[char], word: &str) -> String {
    let word: Vec<char> = word.chars().collect();
    let parts = [chars[1..] == word[1..], chars[..chars.len() - 1] == word[..word.len() - 1]];
    match parts {
        _ if chars.len() < 3 => String::new(),
        [true, _] => chars[1..].iter().collect(),
        [_, true] => chars[..chars.len() - 1].iter().collect(),
        _ => String::new(),
    }
}

/// Whether two characters are no word of their own but the end of one and the beginning of the next (`区在`).
fn stands_between_words(question: &str, span: Range<usize>, known: impl Fn(&str) -> bool) -> bool {
    let text = &question[span.clone()];
    let before = question[..span.start].chars().next_back();
    let after = question[span.end..].chars().next();
    let (first, last) = (text.chars().next(), text.chars().next_back());
    let pair = |a: Option<char>, b: Option<char>| a.into_iter().chain(b).collect::<String>();
    text.contains(is_function)
        || before.is_some_and(|_| known(&pair(before, first)))
        || after.is_some_and(|_| known(&pair(last, after)))
}

/// How a character is said; digits are said one by one, as people spell numbers out ("er wu san yao yao").
fn spoken(c: char) -> &'static [&'static str] {
    const DIGITS: [&[&str]; 10] =
        [&["ling"], &["yi", "yao"], &["er", "liang"], &["san"], &["si"], &["wu"], &["liu"], &["qi"], &["ba"], &["jiu"]];
    c.to_digit(10).map_or_else(|| readings(c), |digit| DIGITS[digit as usize])
}

/// The readings of a word of Chinese characters and digits.
fn sounds(word: &str) -> Vec<Vec<&'static str>> {
    let digits = word.chars().map(|c| if c.is_ascii_digit() { spoken(c) } else { &[] });
    syllables(word)
        .into_iter()
        .zip(digits)
        .map(|(read, digit)| if read.is_empty() { digit.to_vec() } else { read })
        .collect()
}

/// Mean likeness of typed or read syllables and the nearest readings of a word's characters.
fn likeness(way: &[&'static str], word: &str) -> f32 {
    let each = way
        .iter()
        .zip(word.chars())
        .map(|(syllable, c)| readings(c).iter().map(|reading| similarity(syllable, reading)).fold(0.0, f32::max));
    each.sum::<f32>() / way.len() as f32
}

/// The first few combinations of the readings of characters; none if one has no reading.
fn ways(sounds: &[Vec<&'static str>]) -> Vec<Vec<&'static str>> {
    let mut ways: Vec<Vec<&'static str>> = vec![Vec::new()];
    for readings in sounds {
        ways = readings.iter().flat_map(|r| ways.iter().map(|way| [way.as_slice(), &[*r]].concat())).collect();
        ways.truncate(MAX_READINGS);
    }
    ways
}

/// The run as one list of syllables with the places where typed words end, for each of the first splits.
fn flatten(run: &Run) -> Vec<(Vec<&'static str>, HashSet<usize>)> {
    let mut flats: Vec<(Vec<&'static str>, HashSet<usize>)> = vec![Default::default()];
    for splits in &run.words {
        let mut next = Vec::new();
        for (flat, ends) in &flats {
            for way in splits {
                let flat = [flat.as_slice(), way].concat();
                let mut ends = ends.clone();
                ends.insert(flat.len());
                next.push((flat, ends));
            }
        }
        next.truncate(super::typed::MAX_SPLITS * 4);
        flats = next;
    }
    flats
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::pinyin::runs;

    fn index() -> SoundIndex {
        let words = [
            ("焦作", 60),
            ("高新区", 50),
            ("民生", 5),
            ("支出", 2),
            ("全国", 9),
            ("排名", 4),
            ("吕沛", 2),
            ("工资", 1),
            ("研发", 3),
            ("平台", 5),
            ("西安", 1),
            ("方案", 2),
            ("绿化", 3),
            ("生态", 6),
            ("是否", 3),
            ("近5年", 1),
            ("25311", 5),
        ];
        SoundIndex::build(words.map(|(word, n)| (word.to_owned(), n)))
    }

    #[test]
    fn typed_pinyin() {
        let index = index();
        let check = |question: &str, expected: &str| {
            let found: Vec<String> =
                runs(question).iter().flat_map(|run| index.typed(run)).map(|t| t.words[0].0.clone()).collect();
            assert_eq!(found.join(" "), expected, "{question}");
        };
        check("jiaozuo gaoxinqu quanguo paiming di ji", "焦作 高新区 全国 排名 第几");
        check("gaoxinqu fangjia duoshao", "高新区 fangjia 多少");
        check("jin wu nian minsheng zhichu duoshao", "近5年 民生 支出 多少");
        check("min sheng zhi chu", "民生 支出");
        check("mingsheng zichu", "民生 支出");
        check("xian fangan", "西安 方案");
        check("lvhua shi shenme", "绿化 是 什么");
        check("er wu san yao yao shi shenme", "25311 是 什么");
        check("Lü Pei", "吕沛");
    }

    #[test]
    fn corrections() {
        let index = index();
        let check = |question: &str, expected: &[(&str, &str)]| {
            let found = index.corrections(question, |_| false, |_| false, |_| true);
            let pairs: Vec<(&str, &str)> = found.iter().map(|c| (&question[c.span.clone()], c.word.as_str())).collect();
            assert_eq!(pairs, expected, "{question}");
        };
        check("高新去在哪里", &[("高新去", "高新区")]);
        check("高兴区最低公资", &[("高兴区", "高新区"), ("公资", "工资")]);
        check("吕佩是谁", &[("吕佩", "吕沛")]);
        check("研法平台有几个", &[("研法", "研发")]);
        check("高新区的民生支出", &[]);
        check("生太", &[("生太", "生态")]);
        check("平台有机个", &[]);
        check("高新区在哪", &[]);
        check("高新区怎么样", &[]);
        assert!(index.corrections("公资", |text| text == "公资", |_| false, |_| true).is_empty());
        assert!(index.corrections("公资", |_| false, |text| text == "公资", |_| true).is_empty());
        let corrected = |word: &str| {
            let index = SoundIndex::build([(word.to_owned(), 3)]);
            !index.corrections("平台三", |text| text == "平台", |_| false, |_| true).is_empty()
        };
        assert!(corrected("平台伞"));
        assert!(!corrected("平台商"));
    }
}
