//! What a question asks: its language, its kind, the words that carry its meaning, and small talk.

use std::{ops::Range, sync::LazyLock};

use regex::Regex;
use serde::Serialize;

use super::{
    courtesy::{self, Cut},
    followup, smalltalk,
};
use crate::text::{Folded, Tokens, fold, is_ideograph, lexicon, numerals, pinyin, tokenize};

/// The language in which the bot's own words are said.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Language {
    /// Chinese in simplified characters.
    #[default]
    Simplified,
    /// Chinese in traditional characters.
    Traditional,
    /// English.
    English,
}

/// What kind of answer a question expects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// A figure.
    Number,
    /// A day, a year, a period.
    Date,
    /// A person.
    Person,
    /// A place.
    Place,
    /// What something means.
    Definition,
    /// Several things.
    List,
    /// A cause or purpose.
    Reason,
    /// A way of doing.
    Manner,
    /// Yes or no.
    YesNo,
    /// Anything else.
    Other,
}

/// Talk that no document answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Smalltalk {
    /// Hello; are you there?
    Greeting,
    /// Thank you.
    Thanks,
    /// Goodbye.
    Farewell,
    /// Who are you? Are you human?
    Identity,
    /// What can you do? Help!
    Help,
}

/// A question, analysed.
#[derive(Clone, Debug)]
pub struct Question {
    /// As it was asked.
    pub text: String,
    /// The question before it.
    pub context: Option<String>,
    /// Its language.
    pub language: Language,
    /// What it expects.
    pub kind: Kind,
    /// Small talk, if it is that.
    pub smalltalk: Option<Smalltalk>,
    /// Its folded text.
    pub(super) folded: Folded,
    /// Its folded characters with spaces where question words and courtesy were cut away.
    pub(super) content: Vec<char>,
    /// How much of the content is the question's own; the rest is carried over from the question before it.
    pub(super) own: usize,
    /// The question before it, where it takes its subject from that.
    pub(super) before: Option<Before>,
    /// The tokens that carry its meaning.
    pub(super) tokens: Tokens,
}

/// The question that a follow-up takes its subject from.
#[derive(Clone, Debug)]
pub(super) struct Before {
    /// As it was asked.
    pub(super) text: String,
    /// Its folded text.
    pub(super) folded: Folded,
    /// Where it begins in the content of the follow-up.
    pub(super) at: usize,
}

impl Question {
    /// Analyses a question; `context` is the one asked before it in the same conversation.
    pub fn analyse(text: &str, context: Option<&str>) -> Question {
        let folded = fold(text);
        let Cut { mut content, mut kind } = cut(text, &folded);
        let own = content.len();
        let mut before = None;
        if let Some(context) = context.filter(|_| followup::leans_back(&folded.chars, &content)) {
            let earlier = fold(context);
            let cut = cut(context, &earlier);
            kind = if kind == Kind::Other { cut.kind } else { kind };
            content.push(' ');
            before = Some(Before { text: context.to_owned(), folded: earlier, at: content.len() });
            content.extend(carried(&content, &cut.content));
        }
        let spelled = Spelled::read(text);
        if let (Some(spelled), Kind::Other) = (&spelled, kind) {
            kind = courtesy::cut(&spelled.question_words).kind;
        }
        if kind == Kind::Other && SEVERAL.is_match(&folded.text()) {
            kind = Kind::List;
        }
        let tokens = tokenize(&content);
        Question {
            text: text.to_owned(),
            context: context.map(str::to_owned),
            language: spelled.map_or_else(|| language(text, &folded), |_| Language::Simplified),
            kind,
            smalltalk: smalltalk::recognise(&folded.chars),
            folded,
            content,
            own,
            before,
            tokens,
        }
    }
}

impl Question {
    /// What it is about: its folded text without question words and courtesy.
    pub fn matter(&self) -> String {
        self.content[..self.own].iter().collect()
    }

    /// Whether several things may be asked for: a list, or what something means that may have several parts.
    pub(super) fn expects_several(&self) -> bool {
        matches!(self.kind, Kind::List | Kind::Definition) || self.kind == Kind::Other && self.is_bare()
    }

    /// The clauses of a question that have a question word and enough content to go by.
    pub(super) fn asking(&self) -> Vec<Range<usize>> {
        let chars = &self.folded.chars;
        let mut clauses = Vec::new();
        let mut start = 0;
        for end in 0..=chars.len() {
            if end < chars.len() && !CLAUSE_ENDS.contains(chars[end]) {
                continue;
            }
            let content = &self.content[start..end];
            let cut = content.iter().zip(&chars[start..end]).any(|(left, was)| left != was);
            if cut && content.iter().filter(|c| c.is_alphanumeric()).count() >= ASKING {
                clauses.push(start..end);
            }
            start = (end + 1).min(chars.len());
        }
        clauses
    }

    /// Whether it is a keyword rather than a question: no question word was cut from it.
    fn is_bare(&self) -> bool {
        self.folded.chars.iter().zip(&self.content).all(|(was, left)| was == left)
    }
}

/// A text without question words and courtesy, nor the grammatical words of English in Chinese; of a question in English they are left
/// out where it is translated.
fn cut(text: &str, folded: &Folded) -> Cut {
    let mut cut = courtesy::cut(&folded.chars);
    if text.contains(is_ideograph) {
        for word in lexicon::grammatical_words(text) {
            cut.content[folded.position(word.start)..folded.position(word.end)].fill(' ');
        }
        for phrase in courtesy::english_phrases(&folded.chars) {
            cut.content[phrase].fill(' ');
        }
    }
    cut
}

/// A clause with fewer letters or ideographs says too little to be taken by itself.
const ASKING: usize = 4;
/// What ends a clause of a question.
const CLAUSE_ENDS: &str = ",。?!;:\n";

/// A counted noun by itself, or asked for with 哪: “八个方面工作”, “要办哪八件事”.
static SEVERAL: LazyLock<Regex> = LazyLock::new(|| {
    let counted = "(?:[两二三四五六七八九]|十[一二三四五六七八九]?|[2-9]|1[0-9])(?:个|大|项|条|种|类|点|件|级)";
    let several = format!("哪[两二三四五六七八九十0-9]+|^[\"“]?{counted}[\u{3400}-\u{9fff}]{{2,8}}[\"”]?$");
    Regex::new(&several).expect("the pattern is valid; a test compiles it")
});

/// What a follow-up takes from the question before it: its content, without the numbers where the follow-up has its own.
fn carried(own: &[char], before: &[char]) -> Vec<char> {
    let mut carried = before.to_vec();
    if !numerals(own).is_empty() {
        for numeral in numerals(before) {
            carried[numeral.from..numeral.to].fill(' ');
        }
    }
    carried
}

/// A question without ideographs that is pinyin for the greater part.
struct Spelled {
    /// Its question words in characters.
    question_words: Vec<char>,
}

impl Spelled {
    fn read(text: &str) -> Option<Spelled> {
        let letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
        if text.contains(is_ideograph) || letters(text) == 0 {
            return None;
        }
        let runs = pinyin::runs(text);
        let spelled: usize = runs.iter().map(|run| letters(&text[run.span.clone()])).sum();
        let asked = runs.iter().flat_map(pinyin::Run::question_words).collect::<Vec<_>>().join(" ");
        let several = runs.iter().any(|run| run.words.len() > 1);
        (spelled * 2 > letters(text) && several).then(|| Spelled { question_words: asked.chars().collect() })
    }
}

/// Chinese where a tenth of the letters are ideographs; traditional where folding simplified any of them.
fn language(text: &str, folded: &Folded) -> Language {
    let ideograph = |c: &char| ('\u{4e00}'..='\u{9fff}').contains(c);
    let letters = folded.chars.iter().filter(|c| c.is_alphabetic()).count();
    let ideographs = folded.chars.iter().filter(|c| ideograph(c)).count();
    if ideographs * 10 < letters.max(1) {
        return if letters == 0 { Language::Simplified } else { Language::English };
    }
    let original = text.chars().filter(ideograph);
    let simplified = folded.chars.iter().copied().filter(ideograph);
    if original.eq(simplified) { Language::Simplified } else { Language::Traditional }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_pinyin_questions() {
        let check = |text: &str, expected: Kind| assert_eq!(Question::analyse(text, None).kind, expected, "{text}");
        check("25311 shi shenme yisi a", Kind::Definition);
        check("jin wu nian minsheng zhichu duoshao yi", Kind::Number);
        check("gaoxinqu zai nali", Kind::Place);
        check("who is Lü Pei?", Kind::Person);
    }

    #[test]
    fn the_clause_that_asks_is_found() {
        let question = Question::analyse("我家住在河边，今年新修的道路有多长？", None);
        let clauses: Vec<String> =
            question.asking().into_iter().map(|range| question.folded.chars[range].iter().collect()).collect();
        assert_eq!(clauses, ["今年新修的道路有多长"]);
    }

    #[test]
    fn several_things_are_asked_for() {
        let check = |text: &str, expected: bool| {
            assert_eq!(Question::analyse(text, None).expects_several(), expected, "{text}");
        };
        check("八个方面工作", true);
        check("今年要办哪八件事", true);
        check("25311", true);
        check("五大任务是什么意思", true);
        check("谁任司令员", false);
        check("今年投资多少", false);
        assert_eq!(Question::analyse("八个方面工作", None).kind, Kind::List);
        assert_eq!(Question::analyse("哪八件事", None).kind, Kind::List);
    }

    #[test]
    fn english_question_words_in_chinese_are_not_what_it_is_about() {
        let check = |text: &str, expected: &str| {
            let matter = Question::analyse(text, None).matter();
            assert_eq!(matter.split_whitespace().collect::<Vec<_>>().join(" "), expected, "{text}");
        };
        check("GDP stands for what，谢谢", "gdp ,");
        check("WHO的标准", "who的标准");
        check("what is the standard", "what is the standard");
        let followup = Question::analyse("那投资呢？", Some("how many项目开工了"));
        assert_ne!(followup.before.map(|before| before.text), None);
        assert!(!String::from_iter(&followup.content).contains("many"));
    }

    #[test]
    fn languages() {
        let check =
            |text: &str, expected: Language| assert_eq!(Question::analyse(text, None).language, expected, "{text}");
        check("25311是什么意思？", Language::Simplified);
        check("第九縱隊的司令員是何人？", Language::Traditional);
        check("how many projects are planned?", Language::English);
        check("25311", Language::Simplified);
        check("今年的project一共多少个", Language::Simplified);
        check("gaoxinqu you ji suo gaozhong", Language::Simplified);
        check("who is Lü Pei?", Language::English);
        check("Denver", Language::English);
    }
}
