//! Tokens: the two views in which texts are compared, words and character bigrams, with single characters and numerals
//! beside them. Positions count characters of the folded text.

use std::{ops::Range, sync::OnceLock};

use jieba_rs::{Jieba, TokenizeMode};

use super::{fold::string, numerals::numerals};

/// A token of a folded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Token {
    /// The folded form that is compared.
    pub text: String,
    /// Position of its first character.
    pub from: usize,
    /// Position after its last character.
    pub to: usize,
}

/// The views of one text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tokens {
    /// Words, those within longer words included, then numerals as `#value`, months and their days as `#4月` and `#9日` as well.
    pub words: Vec<Token>,
    /// Pairs of neighbouring ideographs; a lone ideograph, and a run of other letters and digits, count as one.
    pub bigrams: Vec<Token>,
    /// Single ideographs, and runs of other letters and digits.
    pub characters: Vec<Token>,
}

/// The word segmenter with its dictionary, loaded at the first use (about 0.1 s, 32 MB).
pub(super) fn segmenter() -> &'static Jieba {
    static SHARED: OnceLock<Jieba> = OnceLock::new();
    SHARED.get_or_init(Jieba::new)
}

/// Whether the segmenter's dictionary has a word, as it stands.
pub fn is_dictionary_word(word: &str) -> bool {
    segmenter().has_word(word)
}

/// Whether the segmenter's dictionary knows a word as the name of a person.
pub fn is_person(word: &str) -> bool {
    let tags = segmenter().tag(word, false);
    matches!(tags.as_slice(), [tag] if tag.tag.starts_with("nr"))
}

/// What a word does in a sentence, as far as the segmenter's dictionary tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WordClass {
    /// Names a thing: nouns, names, and words that the dictionary does not have.
    Thing,
    /// Says what is done: verbs.
    Deed,
    /// All others.
    Other,
}

/// The class of a folded word.
pub fn word_class(word: &str) -> WordClass {
    let tags = segmenter().tag(word, false);
    tags.last().map_or(WordClass::Other, |tag| class(tag.tag))
}

fn class(tag: &str) -> WordClass {
    match tag {
        "vn" => WordClass::Thing,
        tag if tag.starts_with('v') => WordClass::Deed,
        tag if tag.starts_with(['n', 'x', 'e', 'j', 'l', 'i', 's']) => WordClass::Thing,
        _ => WordClass::Other,
    }
}

/// How a text is worded: written language has long nouns (项目总投资), everyday speech short words, verbs and particles (砸了多少
/// 钱呀). The shares of its letters that stand in words of a kind, 0..1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Wording {
    /// Words that name a thing.
    pub things: f32,
    /// Verbs.
    pub deeds: f32,
    /// Pronouns, adverbs and particles.
    pub particles: f32,
    /// Words of one character.
    pub singles: f32,
}

/// How a folded text is worded; all 0 where it has no letters.
pub fn wording(text: &str) -> Wording {
    let mut wording = Wording::default();
    let mut all = 0.0;
    for tag in segmenter().tag(text, true).into_iter().filter(|tag| tag.word.chars().any(char::is_alphanumeric)) {
        let length = tag.word.chars().count() as f32;
        all += length;
        match class(tag.tag) {
            WordClass::Thing => wording.things += length,
            WordClass::Deed => wording.deeds += length,
            WordClass::Other if tag.tag.starts_with(['r', 'd', 'y', 'u']) => wording.particles += length,
            WordClass::Other => {}
        }
        wording.singles += if length == 1.0 { 1.0 } else { 0.0 };
    }
    for share in [&mut wording.things, &mut wording.deeds, &mut wording.particles, &mut wording.singles] {
        *share /= f32::max(all, 1.0);
    }
    wording
}

/// Cuts a folded text into its views.
pub fn tokenize(chars: &[char]) -> Tokens {
    let mut tokens = Tokens { words: words(chars), ..Tokens::default() };
    for run in runs(chars) {
        if !is_ideograph(chars[run.start]) {
            tokens.bigrams.push(token(chars, run.clone()));
            tokens.characters.push(token(chars, run));
            continue;
        }
        if run.len() == 1 {
            tokens.bigrams.push(token(chars, run.clone()));
        }
        for at in run.clone() {
            tokens.characters.push(token(chars, at..at + 1));
            if at + 1 < run.end {
                tokens.bigrams.push(token(chars, at..at + 2));
            }
        }
    }
    tokens
}

/// The single characters of a folded text as `tokenize` gives them, without the work for the other views.
pub fn characters(chars: &[char]) -> Vec<Token> {
    let ideographs = |run: &Range<usize>| is_ideograph(chars[run.start]);
    let mut tokens = Vec::new();
    for run in runs(chars) {
        if ideographs(&run) {
            tokens.extend(run.map(|at| token(chars, at..at + 1)));
        } else {
            tokens.push(token(chars, run));
        }
    }
    tokens
}

/// Cuts folded characters into words without overlap: their ranges.
pub fn segments(chars: &[char]) -> Vec<Range<usize>> {
    cut(chars, true)
}

/// The same by the words of the dictionary alone: what it does not have is left as single characters.
pub fn dictionary_segments(chars: &[char]) -> Vec<Range<usize>> {
    cut(chars, false)
}

/// The commonest surnames of one character.
pub const SURNAMES: &str = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟\
                        谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤";

/// What looks like the name of a person in a folded text: names that the segmenter knows, and words that it does not, behind a
/// surname. Byte ranges.
pub fn people(text: &str) -> Vec<Range<usize>> {
    let mut at = 0;
    let mut found = Vec::new();
    for tag in segmenter().tag(text, true) {
        let range = at..at + tag.word.len();
        at = range.end;
        let length = tag.word.chars().count();
        let surname = tag.word.chars().next().is_some_and(|first| SURNAMES.contains(first));
        let guessed = surname && !segmenter().has_word(tag.word);
        if (2..=4).contains(&length) && (tag.tag.starts_with("nr") || length < 4 && guessed) {
            found.push(range);
        }
    }
    found
}

fn cut(chars: &[char], guess: bool) -> Vec<Range<usize>> {
    let text = string(chars);
    let cut = segmenter().tokenize(&text, TokenizeMode::Default, guess);
    cut.into_iter().map(|word| word.start..word.end).collect()
}

fn words(chars: &[char]) -> Vec<Token> {
    let text = string(chars);
    let cut = segmenter().tokenize(&text, TokenizeMode::Search, true);
    let mut words: Vec<Token> = cut
        .into_iter()
        .filter(|word| word.word.chars().any(char::is_alphanumeric))
        .map(|word| Token { text: word.word.to_owned(), from: word.start, to: word.end })
        .collect();
    for numeral in numerals(chars) {
        let (from, to) = (numeral.from, numeral.to);
        words.extend(numeral.date_part(chars).map(|part| Token { text: format!("#{part}"), from, to: to + 1 }));
        words.push(Token { text: format!("#{}", numeral.value), from, to });
    }
    words.sort_by_key(|word| (word.from, word.to));
    words
}

/// Stretches of ideographs, and stretches of other letters and digits (with points and commas between digits).
fn runs(chars: &[char]) -> Vec<Range<usize>> {
    let mut runs = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let start = at;
        if is_ideograph(chars[at]) {
            while at < chars.len() && is_ideograph(chars[at]) {
                at += 1;
            }
        } else {
            while at < chars.len() && (is_letter(chars[at]) || at > start && joins(chars, at)) {
                at += 1;
            }
        }
        if at == start {
            at += 1;
        } else {
            runs.push(start..at);
        }
    }
    runs
}

/// Whether the character is one of those that Chinese and Japanese write without spaces between words.
pub fn is_ideograph(c: char) -> bool {
    matches!(u32::from(c), 0x4E00..=0x9FFF | 0x3400..=0x4DBF | 0x20000..=0x323AF | 0xF900..=0xFAFF | 0x3040..=0x30FF | 0x3007)
}

fn is_letter(c: char) -> bool {
    c.is_alphanumeric() && !is_ideograph(c)
}

/// A point or comma between two digits belongs to the number.
fn joins(chars: &[char], at: usize) -> bool {
    matches!(chars[at], '.' | ',')
        && chars[at - 1].is_ascii_digit()
        && chars.get(at + 1).is_some_and(char::is_ascii_digit)
}

fn token(chars: &[char], range: Range<usize>) -> Token {
    Token { text: chars[range.clone()].iter().collect(), from: range.start, to: range.end }
}

#[cfg(test)]
mod tests {
    use super::{super::fold, *};

    #[track_caller]
    fn check(input: &str, words: &str, bigrams: &str) {
        let tokens = tokenize(&fold(input).chars);
        let join = |tokens: &[Token]| tokens.iter().map(|token| token.text.as_str()).collect::<Vec<_>>().join(" ");
        assert_eq!(join(&tokens.words), words);
        assert_eq!(join(&tokens.bigrams), bigrams);
    }

    #[test]
    fn views() {
        check("焦作高新區", "焦作 高新 高新区 新区", "焦作 作高 高新 新区");
        check("今年计划43个项目。", "今年 计划 43 #43 个 项目", "今年 年计 计划 43 个项 项目");
        check("增长12.6%", "增长 12.6% #12.6%", "增长 12.6");
        check("GDP占比", "gdp 占 比", "gdp 占比");
        check("，。！", "", "");
        check("", "", "");
    }

    #[test]
    fn everyday_speech_is_worded_otherwise_than_written_language() {
        let (written, spoken) = (wording("全市重点项目总投资额"), wording("他们到底砸了多少钱呀"));
        assert!(written.things > spoken.things + 0.3, "{written:?} {spoken:?}");
        assert!(spoken.particles > written.particles + 0.2, "{written:?} {spoken:?}");
        assert!(spoken.singles > written.singles, "{written:?} {spoken:?}");
        assert_eq!(wording("，？"), Wording::default());
    }

    #[test]
    fn positions_lead_to_the_characters() {
        let folded = fold("２５３１１是什麼意思？");
        for token in tokenize(&folded.chars).bigrams {
            assert_eq!(folded.chars[token.from..token.to].iter().collect::<String>(), token.text);
        }
    }
}
