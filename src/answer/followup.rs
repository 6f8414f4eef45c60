//! Follow-ups: questions that take their subject from the question before them ("那总投资呢？", "when was that?").

use std::sync::LazyLock;

use regex::Regex;

/// Words that show that something said before is meant.
static REFERS: LazyLock<Regex> = LazyLock::new(|| {
    let opening = r"^(?:那|那么|还有|另外|然后|接着|其中|以及|and\b|then\b|what about\b|how about\b|so\b|also\b|or\b)";
    let chinese = r"呢[?。!]*$|它|他们|她们|^[他她]|这个|那个|这些|那些|这次|那次|这事|那事|这里|那里|这家|那家|这条|该|此|上述|刚才|前面|同样|又";
    let english = r"\b(?:that|this|it|its|they|them|their|those|these|he|him|his|she|her|there|same)\b";
    Regex::new(&[opening, chinese, english].join("|")).expect("the pattern is valid; a test compiles it")
});

/// A question with no more letters and ideographs of content than this leans on the one before it.
const SHORT: usize = 4;

/// Whether a folded question, of which `content` is left without question words, takes its subject from the one before.
pub(super) fn leans_back(question: &[char], content: &[char]) -> bool {
    let text: String = question.iter().collect();
    let words = content.split(|c| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    // A word of letters says as much as two ideographs.
    let said: usize = words.map(|word| if word[0].is_ascii() { 2 } else { word.len() }).sum();
    said <= SHORT || REFERS.is_match(text.trim())
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
