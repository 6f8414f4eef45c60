//! Point 4: passages offered in any chat.

use super::{QUESTIONS, UNANSWERABLE};
use crate::{harness::Story, server::inline_text};

#[test]
fn a_citizen_looks_a_passage_up_in_any_chat_and_sends_it_with_its_source() {
    let story = Story::open();
    let zhang = story.person("张三", "zh-hans");
    let results = |query: &str| {
        let query = story.inline(&zhang, query, "");
        let answer = story.until("the answer to an inline query", |world| world.queries[&query].answer.clone());
        assert!(answer.get("cache_time").is_some(), "how long results may be kept is said: {answer}");
        let results = match &answer["results"] {
            serde_json::Value::String(text) => serde_json::from_str(text).unwrap(),
            other => other.clone(),
        };
        results.as_array().expect("results").clone()
    };
    let found = results(QUESTIONS[3].0);
    assert!(!found.is_empty());
    let first = inline_text(&found[0]).unwrap();
    assert!(first.text.contains(QUESTIONS[3].1) && first.text.contains("民生实事"), "{}", first.text);
    for result in &found {
        let text = inline_text(result).unwrap();
        assert!(
            !text.quotes().is_empty() && text.quotes().iter().all(|quote| story.is_verbatim(quote)),
            "{}",
            text.text
        );
    }
    assert!(results("2160").iter().any(|result| inline_text(result).unwrap().text.contains("2160")), "a mere number");
    assert!(results(UNANSWERABLE).iter().all(|result| inline_text(result).unwrap().quotes().is_empty()));
    for odd in ["", " ", "<b>&lt;", "？", &"居".repeat(256), "标签 <br> 转义 实体", "表情符号 生僻字"] {
        results(odd);
    }
    story.close();
}

#[test]
fn who_types_letter_by_letter_is_answered_where_the_typing_ends() {
    let story = Story::open();
    let li = story.person("李四", "zh-hans");
    let question: Vec<char> = QUESTIONS[2].0.chars().collect();
    let queries: Vec<String> =
        (1..=question.len()).map(|end| story.inline(&li, &question[..end].iter().collect::<String>(), "")).collect();
    let (last, before) = queries.split_last().unwrap();
    story.until("the answer to the last letter", |world| world.queries[last].answer.clone());
    let world = story.world();
    let answered = before.iter().filter(|query| world.queries[*query].answer.is_some()).count();
    // One may stand still while the next are on their way.
    assert!(before.len() >= 10 && answered <= 2, "{answered} of {} were looked up", before.len());
    drop(world);
    story.close();
}

#[test]
fn who_looks_up_too_much_is_offered_nothing_for_a_while() {
    let story = Story::open_with(&[("QUESTIONS_PER_MINUTE", "2")]);
    let (li, zhang) = (story.person("李四", "zh-hans"), story.person("张三", "zh-hans"));
    let offered = |person, question: &str| {
        let query = story.inline(person, question, "");
        let answer = story.until("the answer to an inline query", |world| world.queries[&query].answer.clone());
        answer["results"].to_string().contains("article")
    };
    let seen: Vec<bool> = (0..4).map(|number| offered(&li, QUESTIONS[number].0)).collect();
    assert_eq!(seen, [true, true, false, false]);
    assert!(offered(&zhang, QUESTIONS[0].0), "another person is not concerned");
    // It is one limit for all ways to ask.
    assert!(story.ask(&li, QUESTIONS[0].0).formatted.quotes().is_empty());
    story.close();
}

#[test]
fn an_inline_query_that_was_abandoned_does_not_disturb_the_next() {
    let story = Story::open();
    let li = story.person("李四", "zh-hans");
    let abandoned = story.inline(&li, QUESTIONS[0].0, "");
    if let Some(query) = story.world().queries.get_mut(&abandoned) {
        query.over = true;
    }
    let query = story.inline(&li, QUESTIONS[1].0, "");
    story.until("the answer to the second query", |world| world.queries[&query].answer.clone());
    story.close();
}
