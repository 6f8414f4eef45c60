//! English words and phrases to Chinese alternatives, from dictionaries embedded in the binary. It translates words
//! so that a search can look for them; it never makes a sentence.

mod number;
mod spell;
mod stem;
mod table;
pub(crate) mod tokens;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::OnceLock;

use table::{Reader, Table};
use tokens::Token;

static ECDICT: &[u8] = include_bytes!("../../../data/lexicon-ecdict.bin");
static CEDICT: &[u8] = include_bytes!("../../../data/lexicon-cedict.bin");
static SUPPLEMENT: &str = include_str!("../../../data/lexicon-supplement.tsv");

/// Longest phrase looked up, in words: longer headwords are proverbs.
const MAX_PHRASE: usize = 5;
/// Weight lost with each place down a dictionary's list: place n weighs 1 / (1 + DECAY n). Not sensitive: on xquad
/// (English, development half) these weights to the power of 0.5, 0.8 and 1.1 differ by 0.2 points of hit@1.
const DECAY: f32 = 0.10;
/// What a second dictionary adds to an alternative that both name.
const AGREED: f32 = 0.15;
/// Weight of a related word's alternatives ("legislation" by "legislate") against the word's own.
const RELATED: f32 = 0.5;
/// Weight of the single words of a phrase, which are searched besides the phrase.
const PART: f32 = 0.5;
/// Weight of a phrase of two words against that of one; every further word adds as much again.
const PHRASE_STEP: f32 = 0.4;
/// Weight of a word that the speller changed.
const CORRECTED: f32 = 0.8;
/// Place in the list of common words below which a word is likelier than a rare one that differs by one letter.
const VERY_COMMON: usize = 2_000;
/// Alternatives kept for a group, most useful first.
const MAX_ALTERNATIVES: usize = 24;

/// A Chinese equivalent, and how far it may be trusted (1 is the first of a dictionary's list).
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    /// The Chinese.
    pub text: String,
    /// How far it may be trusted.
    pub weight: f32,
}

/// What a group was read as; a search may treat names and numbers apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A dictionary word or phrase.
    Word,
    /// A single word of a phrase that is a group of its own.
    Part,
    /// A numeral.
    Number,
    /// A proper name or an unknown word: to be compared by its sound as well.
    Name,
}

/// One English word or phrase of a question and the Chinese words that may stand for it. A passage is credited
/// once for a group, by the best of its alternatives.
#[derive(Debug, Clone)]
pub struct Group {
    /// Where it stands in the question, in bytes.
    pub span: Range<usize>,
    /// The English, in lower case, as it was looked up.
    pub english: String,
    /// The Chinese words, most useful first.
    pub alternatives: Vec<Alternative>,
    /// What the group counts for against others (1 is a single word).
    pub weight: f32,
    /// What it was read as.
    pub kind: Kind,
}

/// The dictionaries.
pub struct Lexicon {
    ecdict: Table,
    cedict: Table,
    supplement: HashMap<&'static str, &'static str>,
}

impl Lexicon {
    /// The one instance; the first call reads the directories of the tables (about a millisecond).
    pub fn shared() -> &'static Lexicon {
        static SHARED: OnceLock<Lexicon> = OnceLock::new();
        SHARED.get_or_init(|| Lexicon {
            ecdict: Table::new(ECDICT),
            cedict: Table::new(CEDICT),
            supplement: SUPPLEMENT.lines().filter(|l| !l.starts_with('#')).filter_map(|l| l.split_once('\t')).collect(),
        })
    }

    /// Chinese equivalents of an English word or phrase in any case and inflection, most useful first; empty if
    /// none is known.
    pub fn alternatives(&self, phrase: &str) -> Vec<Alternative> {
        let words: Vec<String> = tokens::read(phrase).into_iter().map(|t| t.word).collect();
        let mut session = Session::new(self);
        if words.len() == 1 { session.word(&words[0]) } else { session.phrase(&words) }
    }
}

/// Place of an English word in order of frequency (0 is the commonest); none if it is not common.
pub(crate) fn common_rank(word: &str) -> Option<usize> {
    spell::Words::shared().rank(word)
}

/// Whether a dictionary has the word as it stands, in any case.
pub(crate) fn is_known(word: &str) -> bool {
    let mut session = Session::new(Lexicon::shared());
    tokens::read(word).first().is_some_and(|token| !session.exact(&token.word).is_empty())
}

/// The grammatical words of English in a text (what, of, is), as byte ranges; those with capitals may be names (WHO).
pub fn grammatical_words(text: &str) -> Vec<Range<usize>> {
    let is_grammatical = |token: &Token| {
        let typed = &text[token.span.clone()];
        typed.len() > 1 && !typed.contains(char::is_uppercase) && tokens::is_stop(&token.word)
    };
    tokens::read(text).into_iter().filter(is_grammatical).map(|token| token.span).collect()
}

/// Groups of the English runs of a question, which may be mixed with Chinese; in order of the question. Words inside
/// `pinyin` (byte ranges, from [`runs`](crate::text::pinyin::runs)) are no English and are left out.
pub fn translate(question: &str, pinyin: &[Range<usize>]) -> Vec<Group> {
    let mut tokens = tokens::read(question);
    tokens.retain(|token| !pinyin.iter().any(|run| run.start <= token.span.start && token.span.end <= run.end));
    let mut session = Session::new(Lexicon::shared());
    tokens.iter_mut().for_each(|token| session.respell(token));
    let mut groups = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        at += session.take(&tokens, at, &mut groups);
    }
    groups
}

/// Look-ups of one question.
struct Session<'a> {
    ecdict: Reader<'a>,
    cedict: Reader<'a>,
    supplement: &'a HashMap<&'static str, &'static str>,
}

impl<'a> Session<'a> {
    fn new(lexicon: &'a Lexicon) -> Session<'a> {
        Session {
            ecdict: Reader::new(&lexicon.ecdict),
            cedict: Reader::new(&lexicon.cedict),
            supplement: &lexicon.supplement,
        }
    }

    /// Replaces a misspelt word by the one that was meant: an unknown word by any near one, and a rare one ("evry",
    /// a town) by a very common one at a single edit. Names are left as they are.
    fn respell(&mut self, token: &mut Token) {
        let words = spell::Words::shared();
        let ranked = |word: &str| words.rank(word).is_some();
        if token.capital || ranked(&token.word) || stem::lemmas(&token.word).iter().any(|l| ranked(l)) {
            return;
        }
        if self.supplement.contains_key(token.word.as_str()) {
            return;
        }
        let known = tokens::is_stop(&token.word) || !self.exact(&token.word).is_empty();
        // A form of a known word ("held", "spacesuits") is no slip, however rare.
        if !known && !self.word(&token.word).is_empty() {
            return;
        }
        let meant = if known { words.near(&token.word, 1, VERY_COMMON) } else { words.correct(&token.word) };
        if let Some(meant) = meant {
            token.word = meant.to_owned();
            token.respelt = true;
        }
    }

    /// Reads the longest thing that begins at token `at`, adds its groups, and says how many tokens it took.
    fn take(&mut self, tokens: &[Token], at: usize, groups: &mut Vec<Group>) -> usize {
        let run = tokens::run_from(tokens, at);
        let words: Vec<&str> = run.iter().map(|t| t.word.as_str()).collect();
        for length in (2..=MAX_PHRASE.min(run.len())).rev() {
            if let Some(group) = self.phrase_group(&run[..length]) {
                groups.push(group);
                for token in &run[..length] {
                    self.push_single(token, PART, groups);
                }
                return length;
            }
        }
        if let Some(numeral) = number::read(&words) {
            let span = run[0].span.start..run[numeral.words - 1].span.end;
            let alternatives = ranked(numeral.forms.iter().map(String::as_str));
            let english = words[..numeral.words].join(" ");
            groups.push(Group { span, english, alternatives, weight: 1.0, kind: Kind::Number });
            return numeral.words;
        }
        self.push_single(&run[0], 1.0, groups);
        1
    }

    fn phrase_group(&mut self, run: &[Token]) -> Option<Group> {
        // A phrase that begins or ends with a grammatical word ("of the", "in China") says no more than its rest.
        let edges = [run.first()?, run.last()?];
        let words: Vec<String> = run.iter().map(|t| t.word.clone()).collect();
        let supplied = self.is_supplied(&words);
        if !supplied && edges.iter().any(|t| tokens::is_stop(&t.word)) {
            return None;
        }
        let alternatives = self.phrase(&words);
        if alternatives.is_empty() {
            return None;
        }
        let weight = 1.0 + PHRASE_STEP * (run.len() - 1) as f32;
        let span = run[0].span.start..run[run.len() - 1].span.end;
        Some(Group { span, english: words.join(" "), alternatives, weight, kind: Kind::Word })
    }

    /// Whether the supplement has the phrase, by its first word as it stands or by its lemma ("stands for").
    fn is_supplied(&self, words: &[String]) -> bool {
        let Some((first, tail)) = words.split_first() else { return false };
        let mut forms = stem::lemmas(first);
        forms.push(first.clone());
        forms.iter().any(|form| self.supplement.contains_key(format!("{form} {}", tail.join(" ")).as_str()))
    }

    fn push_single(&mut self, token: &Token, scale: f32, groups: &mut Vec<Group>) {
        if tokens::is_stop(&token.word) {
            return;
        }
        let alternatives = self.word(&token.word);
        let name = token.capital && !token.starts_sentence || alternatives.is_empty();
        let weight = if token.respelt { scale * CORRECTED } else { scale };
        let kind = match (name, scale < 1.0) {
            (true, _) => Kind::Name,
            (false, true) => Kind::Part,
            (false, false) => Kind::Word,
        };
        groups.push(Group { span: token.span.clone(), english: token.word.clone(), alternatives, weight, kind });
    }

    fn phrase(&mut self, words: &[String]) -> Vec<Alternative> {
        let mut found = Vec::new();
        let joined = words.join(" ");
        self.look_up(&joined, 1.0, &mut found);
        let Some((last, head)) = words.split_last() else { return Vec::new() };
        for lemma in stem::lemmas(last).into_iter().chain(stem::spellings(last)) {
            self.look_up(&format!("{} {lemma}", head.join(" ")), 1.0, &mut found);
        }
        if let Some((first, tail)) = words.split_first() {
            for lemma in stem::lemmas(first).into_iter().chain(self.irregular(first)) {
                self.look_up(&format!("{lemma} {}", tail.join(" ")), 1.0, &mut found);
            }
        }
        sorted(found)
    }

    fn word(&mut self, word: &str) -> Vec<Alternative> {
        let mut found = Vec::new();
        self.look_up(word, 1.0, &mut found);
        let own = found.is_empty();
        let mut forms: Vec<String> = stem::lemmas(word);
        forms.extend(self.irregular(word));
        for form in &forms {
            self.look_up(form, if own { 1.0 } else { 0.9 }, &mut found);
        }
        for form in stem::spellings(word) {
            self.look_up(&form, 0.95, &mut found);
        }
        for form in std::iter::once(word.to_owned()).chain(forms) {
            for root in stem::roots(&form) {
                self.look_up(&root, RELATED, &mut found);
            }
        }
        sorted(found)
    }

    fn exact(&mut self, word: &str) -> Vec<Alternative> {
        let mut found = Vec::new();
        self.look_up(word, 1.0, &mut found);
        found
    }

    /// The lemma that the table gives for an irregular form.
    fn irregular(&mut self, form: &str) -> Option<String> {
        let line = self.ecdict.get(form)?.strip_prefix('=')?;
        line.split(',').next().map(str::to_owned)
    }

    fn look_up(&mut self, key: &str, scale: f32, found: &mut Vec<Alternative>) {
        let mut here: Vec<Alternative> = Vec::new();
        let lines = [self.supplement.get(key).copied(), self.ecdict.get(key), self.cedict.get(key)];
        for line in lines.into_iter().flatten() {
            for (place, text) in line.split(',').filter(|t| !t.starts_with('=')).enumerate() {
                let weight = 1.0 / (1.0 + DECAY * place as f32);
                match here.iter_mut().find(|a| a.text == text) {
                    Some(known) => known.weight = (known.weight.max(weight) + AGREED).min(1.0 + AGREED),
                    None => here.push(Alternative { text: text.to_owned(), weight }),
                }
            }
        }
        for alternative in here {
            let weight = alternative.weight * scale;
            match found.iter_mut().find(|a| a.text == alternative.text) {
                Some(known) => known.weight = known.weight.max(weight),
                None => found.push(Alternative { weight, ..alternative }),
            }
        }
    }
}

fn ranked<'t>(texts: impl Iterator<Item = &'t str>) -> Vec<Alternative> {
    texts.map(|text| Alternative { text: text.to_owned(), weight: 1.0 }).collect()
}

fn sorted(mut found: Vec<Alternative>) -> Vec<Alternative> {
    found.sort_by(|a, b| b.weight.total_cmp(&a.weight));
    found.truncate(MAX_ALTERNATIVES);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alternatives_of_words_and_phrases() {
        let check = |phrase: &str, expected: &str| {
            let found = Lexicon::shared().alternatives(phrase);
            assert!(found.iter().any(|a| a.text == expected), "{phrase}: {found:?}");
        };
        check("project", "项目");
        check("Projects", "项目");
        check("went", "去");
        check("invested", "投资");
        check("tertiary industry", "第三产业");
        check("SMEs", "中小企业");
        check("R&D", "研发");
        check("green space", "绿地");
        check("high-tech zone", "高新区");
        check("GDP", "生产总值");
        check("Warsaw", "华沙");
        check("Luther", "路德");
        check("Jiaozuo", "焦作");
        check("defense", "防御");
        check("people's livelihood", "民生");
        assert!(Lexicon::shared().alternatives("").is_empty());
        assert!(Lexicon::shared().alternatives("xqzvkw").is_empty());
    }

    #[test]
    fn weights_fall_down_the_list() {
        let found = Lexicon::shared().alternatives("investment");
        assert!(found.windows(2).all(|pair| pair[0].weight >= pair[1].weight), "{found:?}");
        assert!(found.iter().all(|a| a.weight > 0.0 && a.weight <= 1.0 + AGREED));
    }

    #[test]
    fn groups_of_questions() {
        let check = |question: &str, expected: &[&str]| {
            let found: Vec<String> = translate(question, &[]).into_iter().map(|g| g.english).collect();
            assert_eq!(found, expected, "{question}");
        };
        check("What is the green space?", &["green space", "green", "space"]);
        check(
            "how fast did the servise sector grow evry year",
            &["fast", "service sector", "service", "sector", "grow", "every year", "year"],
        );
        check("Who commanded the 9th Column?", &["commanded", "9th", "column"]);
        check("高新区在tourism方面的positioning是啥？", &["tourism", "positioning"]);
        check("282个projects是不是都started了？", &["282", "projects", "started"]);
        check("free wifi", &["free", "wifi"]);
        check("meetings held and spacesuits kept", &["meetings", "held", "spacesuits", "kept"]);
        check("the date of April 9 meeting", &["date", "april 9", "meeting"]);
        check("焦作高新区", &[]);
        check("", &[]);
    }

    #[test]
    fn spans_and_kinds() {
        let question = "问 Lü Pei: Civil Code 在 Kuechlyton?";
        let pinyin = 4..12;
        let groups = translate(question, std::slice::from_ref(&pinyin));
        let kinds: Vec<(&str, Kind)> = groups.iter().map(|g| (&question[g.span.clone()], g.kind)).collect();
        let expected =
            [("Civil Code", Kind::Word), ("Civil", Kind::Name), ("Code", Kind::Name), ("Kuechlyton", Kind::Name)];
        assert_eq!(kinds, expected);
    }
}
