//! Questions that are edited, redacted or rated, and the commands that stand for buttons.

use serde_json::{Value, json};

use super::QUESTIONS;
use crate::harness::{Person, Story};

#[test]
fn an_edited_question_edits_its_answer() {
    let story = Story::open();
    let (zhang, li) = (story.person("zhang"), story.person("li"));
    for encrypted in [false, true] {
        let room = story.direct(&zhang, encrypted);
        let asked = story.say(&zhang, &room, QUESTIONS[0].0);
        let answer = story.answer_to(&zhang, &room, &asked);
        story.edit(&zhang, &room, &asked, QUESTIONS[1].0);
        story.edited(&zhang, &room, &answer.id, QUESTIONS[1].1);
        assert_eq!(story.heard(&zhang, &room).len(), 1, "never a second answer");
    }
    // Nobody edits another's question.
    let room = story.group(&[&zhang, &li], false);
    let asked = story.say(&zhang, &room, &format!("!ask {}", QUESTIONS[0].0));
    story.answer_to(&zhang, &room, &asked);
    story.edit(&li, &room, &asked, &format!("!ask {}", QUESTIONS[1].0));
    let later = story.say(&zhang, &room, &format!("!ask {}", QUESTIONS[2].0));
    story.answer_to(&zhang, &room, &later);
    let edits = story.events(&zhang, &room).into_iter();
    let edits = edits.filter(|event| event["sender"] == story.me.as_str());
    let edits = edits.filter(|event| event["content"]["m.relates_to"]["rel_type"] == "m.replace");
    assert_eq!(edits.count(), 0);
    story.close();
}

#[test]
fn a_redacted_question_takes_its_answer_along() {
    let story = Story::open();
    let zhang = story.person("zhang");
    for encrypted in [false, true] {
        let room = story.direct(&zhang, encrypted);
        let asked = story.say(&zhang, &room, QUESTIONS[0].0);
        let answer = story.answer_to(&zhang, &room, &asked);
        story.redact(&zhang, &room, &asked);
        story.until("the answer is redacted", || is_redacted(&story, &zhang, &room, &answer.id).then_some(()));
    }
    story.close();
}

fn is_redacted(story: &Story, person: &Person, room: &str, event: &str) -> bool {
    let path = format!("/_matrix/client/v3/rooms/{room}/event/{event}");
    let answer = story.api(Some(person), "GET", &path, Value::Null);
    answer["body"]["unsigned"]["redacted_because"].is_object()
}

#[test]
fn thumbs_are_counted_and_can_be_taken_back() {
    let mut story = Story::prepare();
    let admin = story.person("mayor");
    story.set("MATRIX_ADMINS", &admin.id);
    story.start();
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, true);
    let office = story.direct(&admin, false);
    let answer = story.ask(&zhang, &room, QUESTIONS[0].0);
    let thumb = |key: &str| {
        let relation = json!({"rel_type": "m.annotation", "event_id": answer.id, "key": key});
        story.send(&zhang, &room, "m.reaction", json!({"m.relates_to": relation}))
    };
    let counted = |expected: &str| {
        story.until(expected, || story.ask(&admin, &office, "!status").body.contains(expected).then_some(()))
    };
    thumb("🎉");
    thumb("👍");
    counted("👍 1，👎 0");
    let down = thumb("👎");
    counted("👍 0，👎 1");
    story.redact(&zhang, &room, &down);
    counted("👍 0，👎 0");
    story.close();
}

#[test]
fn commands_do_what_buttons_do_elsewhere() {
    let story = Story::open();
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, false);
    let first = story.ask(&zhang, &room, "!context");
    assert!(first.body.contains("请先提问"), "{}", first.body);
    let answer = story.ask(&zhang, &room, QUESTIONS[0].0);
    assert!(answer.body.contains("!context") && answer.body.contains("👍 · 👎"), "{}", answer.body);
    let context = story.ask(&zhang, &room, "!context");
    assert!(context.html.contains("<blockquote>") && context.body.contains(QUESTIONS[0].1), "{}", context.body);
    let more = story.ask(&zhang, &room, "!more");
    assert!(more.html.contains("<blockquote>") || more.body.contains("没有更多内容"), "{}", more.body);
    // A command that answers an older answer is about that one.
    story.ask(&zhang, &room, QUESTIONS[1].0);
    let relation = json!({"m.in_reply_to": {"event_id": answer.id}});
    let event = story.say_related(&zhang, &room, "!context", relation);
    let older = story.answer_to(&zhang, &room, &event);
    assert!(older.body.contains(QUESTIONS[0].1), "{}", older.body);

    let help = story.ask(&zhang, &room, "!help");
    assert!(help.body.contains("!forget") && !help.body.contains("/forget"), "{}", help.body);
    assert!(!help.body.contains("!reindex"), "citizens do not see the admins' commands");
    assert!(story.ask(&zhang, &room, "!sources").body.contains("份文件"));
    assert!(story.ask(&zhang, &room, "!about").body.contains(&zhang.id));
    assert!(story.ask(&zhang, &room, "!nonsense").body.contains("!help"));
    assert!(story.ask(&zhang, &room, "!forget").body.contains("已全部删除"));
    story.close();
}

#[test]
fn admins_run_the_bot_between_two_only() {
    let mut story = Story::prepare();
    let admin = story.person("mayor");
    story.set("MATRIX_ADMINS", &admin.id);
    story.start();
    let zhang = story.person("zhang");
    let (office, room) = (story.direct(&admin, true), story.direct(&zhang, false));
    assert!(story.ask(&admin, &office, "!help").body.contains("!reindex"));
    let paused = story.ask(&admin, &office, "!pause 系统维护中");
    assert!(paused.body.contains("系统维护中") && paused.body.contains("!resume"), "{}", paused.body);
    assert_eq!(story.ask(&zhang, &room, QUESTIONS[0].0).body.trim(), "系统维护中");
    assert!(story.ask(&zhang, &room, "!resume").body.contains("没有这个命令"), "it does not exist for citizens");
    story.ask(&admin, &office, "!resume");
    assert!(story.ask(&zhang, &room, QUESTIONS[0].0).body.contains(QUESTIONS[0].1));
    let company = story.group(&[&admin, &zhang], false);
    let unheard = story.say(&admin, &company, "!status");
    let asked = story.say(&admin, &company, &format!("!ask {}", QUESTIONS[0].0));
    story.answer_to(&admin, &company, &asked);
    let told = story.answers(&admin, &company, &unheard);
    assert!(told.iter().all(|answer| answer.body.contains("没有这个命令")), "{told:?}");
    let building = story.ask(&admin, &office, "!reindex");
    story.edited(&admin, &office, &building.id, "已是最新");
    story.close();
}

#[test]
fn a_long_answer_stays_within_the_size_of_an_event() {
    let mut story = Story::prepare();
    let names = "有一条很长很长的规定说明了办理的条件和材料".repeat(3);
    let long: String = (1..=400).map(|number| format!("第{number}项，{names}；\n")).collect();
    let text = format!("# 长名单办法\n\n长名单包括下列事项：\n{long}");
    std::fs::write(story.folder("corpus").join("long.md"), text).expect("a document");
    story.start();
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, true);
    story.ask(&zhang, &room, "长名单包括哪些事项？");
    story.ask(&zhang, &room, "!context");
    for sent in story.heard(&zhang, &room) {
        assert!(sent.body.len() + sent.html.len() <= 20_000, "{}", sent.body.len() + sent.html.len());
    }
    story.close();
}
