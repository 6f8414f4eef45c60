//! Follow-ups: questions that take their subject from the question before them ("那总投资呢？", "when was that?").

use std::sync::LazyLock;

use regex::Regex;

/// Words that show that something said before is meant.
static REFERS: LazyLock<Regex> = LazyLock::new(|| {
    let opening = r"^(?:那|那么|还有|另外|然后|接着|其中|以及)";
    let chinese = r"呢[?。!]*$|它|他们|她们|^[他她]|这个|那个|这些|那些|这次|那次|这事|那事|这里|那里|这家|那家|这条|该|此|上述|刚才|前面|同样|又";
    Regex::new(&[opening, chinese].join("|")).expect("the pattern is valid; a test compiles it")
});

/// The same in English: a beginning that goes on from something, or a word that points back.
static REFERS_IN_ENGLISH: LazyLock<Regex> = LazyLock::new(|| {
    let opening = r"^(?:and|then|what about|how about|so|also|or)\b";
    let pointing = r"\b(?:that|this|it|its|they|them|their|those|these|he|him|his|she|her|there|same)\b";
    Regex::new(&[opening, pointing].join("|")).expect("the pattern is valid; a test compiles it")
});

/// Words that look as if they pointed back: "are there any", "is it true that", "companies that moved".
static POINTS_NOWHERE: LazyLock<Regex> = LazyLock::new(|| {
    let there = r"\b(?:is|are|was|were|be|been) there\b|\bthere (?:is|are|was|were|will|has|have|any)\b";
    let that =
        r"\b(?:so|say|says|said|know|true|sure|than|all|those) that\b|\bthat (?:the|a|an|are|is|have|has|were)\b";
    let it = r"\b(?:is|was|does) it (?:true|possible|allowed|necessary|free|take)\b|\bthis (?:year|month|week)\b";
    Regex::new(&[there, that, it].join("|")).expect("the pattern is valid; a test compiles it")
});

/// An English question of more words tells its subject itself, whatever it points at.
const LONG: usize = 9;

/// A question with no more letters and ideographs of content than this leans on the one before it.
const SHORT: usize = 4;

/// Whether a folded question, of which `content` is left without question words, takes its subject from the one before.
pub(super) fn leans_back(question: &[char], content: &[char]) -> bool {
    let text: String = question.iter().collect();
    let words = content.split(|c| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    // A word of letters says as much as two ideographs.
    let said: usize = words.map(|word| if word[0].is_ascii() { 2 } else { word.len() }).sum();
    said <= SHORT || REFERS.is_match(text.trim()) || refers_in_english(text.trim())
}

fn refers_in_english(text: &str) -> bool {
    let letters = |word: &&str| word.starts_with(|c: char| c.is_ascii_alphabetic());
    text.split_whitespace().filter(letters).count() < LONG
        && REFERS_IN_ENGLISH.is_match(&POINTS_NOWHERE.replace_all(text, " "))
}

#[cfg(test)]
mod tests {
    use super::{
        super::{courtesy, question::Question},
        *,
    };
    use crate::text::fold;

    #[track_caller]
    fn check(question: &str, expected: bool) {
        let chars = fold(question).chars;
        assert_eq!(leans_back(&chars, &courtesy::cut(&chars).content), expected, "{question}");
    }

    #[test]
    fn follow_ups_are_told_from_new_subjects() {
        check("那总投资呢？", true);
        check("是哪一天呢？", true);
        check("由谁负责？", true);
        check("它们什么时候建成？", true);
        check("When was that?", true);
        check("What about the pipelines?", true);
        check("Who built it?", true);
        check("Are there any schools nearby?", false);
        check("How many schools are there in the zone?", false);
        check("Is it true that the airport is closed on Sundays?", false);
        check("Which companies received the subsidy this year?", false);
        check("Do the rules for dogs say that they must be kept on a lead in the park?", false);
        check("今年计划实施多少个区重点项目？", false);
        check("城镇就业人口增加了多少？", false);
        check("Which airport is closest to the city centre?", false);
    }

    #[test]
    fn the_subject_is_carried_over() {
        let question = Question::analyse("那总投资呢？", Some("今年第一批集中开工的项目有多少个？"));
        let content: String = question.content.iter().collect();
        assert!(content.contains("总投资") && content.contains("集中开工"), "{content}");
        let afresh = Question::analyse("城镇就业人口增加了多少？", Some("今年开工的项目有多少个？"));
        assert!(!afresh.content.iter().collect::<String>().contains("开工"));
    }
}
