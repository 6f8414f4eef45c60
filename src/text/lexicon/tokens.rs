//! English words of a question, with their places, and the grammatical words that carry no subject.

use std::ops::Range;

/// An English word: letters, digits and the signs inside them ("R&D", "people's", "3.5").
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Token {
    /// Lower case, without accents.
    pub(crate) word: String,
    /// Bytes of the question.
    pub(crate) span: Range<usize>,
    pub(crate) capital: bool,
    /// It may be capital only because a sentence begins with it.
    pub(crate) starts_sentence: bool,
    /// Nothing but a space or a hyphen stands between it and the token before.
    pub(crate) joined: bool,
    /// The word is not what was typed but what was probably meant.
    pub(crate) respelt: bool,
}

/// Articles, pronouns, auxiliaries, prepositions and question words, and the phrases of politeness around a question.
const STOP: &str = " a an one the this that these those it its itself he she him her his hers they them their theirs we us our \
    ours you your yours i me my mine myself himself herself themselves one's is am are was were be been being do does did \
    doing done have has had having will would shall should can could may might must ought of in on at by for from to into \
    onto with without within about above below under over between among through during before after against along around \
    across behind beside besides beyond near off out up down upon toward towards than as if then else when where who whom \
    whose which what why how whether while because since until unless though although and or but nor so not no yes any \
    some each every either neither both all such same other another also too very just only even still yet again once \
    here there now ever never please tell know say said says called call named name many much more most less least few \
    several lot lots kind type sort thing things something anything use used using get gets got make makes made let lets \
    want wants wanted like likely become becomes became take takes took happen happens happened give gives gave given \
    come comes came go goes went gone put see seen look find found mean means term refer refers referred known well \
    etc per via isn't aren't wasn't don't doesn't didn't can't it's that's what's who's there's i'm sorry thanks hello \
    hi bother considered ";

/// Whether a word is grammatical: it says what kind of question it is, not what it is about.
pub(crate) fn is_stop(word: &str) -> bool {
    word.len() == 1 && !word.as_bytes()[0].is_ascii_digit() || STOP.contains(&format!(" {word} "))
}

/// The English words of a text, in order.
pub(crate) fn read(text: &str) -> Vec<Token> {
    let mut tokens: Vec<Token> = Vec::new();
    let mut start = None;
    for (at, c) in text.char_indices().chain(std::iter::once((text.len(), ' '))) {
        let inside = is_letter(c) || (start.is_some() && joins(c) && text[at + c.len_utf8()..].starts_with(is_letter));
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                push(text, from..at, &mut tokens);
                start = None;
            }
            _ => {}
        }
    }
    tokens
}

/// Tokens from `at` on that a phrase may span: only spaces and hyphens between them.
pub(crate) fn run_from(tokens: &[Token], at: usize) -> &[Token] {
    let more = tokens[at + 1..].iter().take_while(|t| t.joined).count();
    &tokens[at..=at + more]
}

fn push(text: &str, span: Range<usize>, tokens: &mut Vec<Token>) {
    let raw = &text[span.clone()];
    let word: String = raw.chars().map(plain).collect::<String>().to_lowercase();
    let before = &text[tokens.last().map_or(0, |t| t.span.end)..span.start];
    let joined = !tokens.is_empty() && before.chars().all(|c| c == ' ' || c == '-');
    let starts_sentence = tokens.is_empty() || before.contains(['.', '?', '!', '。', '？', '！', '"', '“']);
    let capital = raw.starts_with(|c: char| c.is_uppercase());
    tokens.push(Token { word, span, capital, starts_sentence, joined, respelt: false });
}

fn is_letter(c: char) -> bool {
    c.is_ascii_alphanumeric() || ('\u{c0}'..='\u{24f}').contains(&c)
}

/// Signs that may stand inside a word.
fn joins(c: char) -> bool {
    matches!(c, '\'' | '’' | '&' | '.' | ',' | '/')
}

/// The letter without its accent, for the letters of European names and of pinyin with tones.
fn plain(c: char) -> char {
    match c.to_lowercase().next().unwrap_or(c) {
        'à'..='å' | 'ā' | 'ă' | 'ǎ' => 'a',
        'è'..='ë' | 'ē' | 'ě' | 'ę' => 'e',
        'ì'..='ï' | 'ī' | 'ǐ' => 'i',
        'ò'..='ö' | 'ø' | 'ō' | 'ő' | 'ǒ' => 'o',
        'ù' | 'ú' | 'û' | 'ū' | 'ǔ' | 'ů' => 'u',
        // Pinyin's ü is typed v; in a German name it reads as u, which the sound comparison allows for.
        'ü' | 'ǖ' | 'ǘ' | 'ǚ' | 'ǜ' => 'v',
        'ç' | 'ć' | 'č' => 'c',
        'ñ' | 'ń' | 'ň' => 'n',
        'š' | 'ś' | 'ş' => 's',
        'ž' | 'ź' | 'ż' => 'z',
        'ý' => 'y',
        'ł' => 'l',
        '’' => '\'',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words() {
        let check = |text: &str, expected: &[&str]| {
            let found: Vec<String> = read(text).into_iter().map(|t| t.word).collect();
            assert_eq!(found, expected, "{text}");
        };
        check("How many R&D platforms?", &["how", "many", "r&d", "platforms"]);
        check("高新区在tourism方面的positioning是啥？", &["tourism", "positioning"]);
        check("people's 1.5 billion, high-tech", &["people's", "1.5", "billion", "high", "tech"]);
        check("Lü Pei, Zürich.", &["lv", "pei", "zvrich"]);
        check("总投资98亿元", &["98"]);
        check("", &[]);
    }

    #[test]
    fn runs() {
        let tokens = read("high-tech zone, city of Jiaozuo");
        assert_eq!(run_from(&tokens, 0).len(), 3);
        assert_eq!(run_from(&tokens, 3).len(), 3);
    }

    #[test]
    fn stop_words() {
        for word in ["the", "what", "a", "how"] {
            assert!(is_stop(word), "{word}");
        }
        for word in ["zone", "9", "capital"] {
            assert!(!is_stop(word), "{word}");
        }
    }
}
