//! In company: the bot answers only what is addressed to it, and in a thread.

use serde_json::{Value, json};

use super::QUESTIONS;
use crate::harness::Story;

#[test]
fn in_company_only_a_mention_a_reply_or_a_command_is_answered() {
    let story = Story::open();
    let (zhang, li) = (story.person("zhang"), story.person("li"));
    let room = story.group(&[&zhang, &li], false);
    let (question, expected) = QUESTIONS[0];
    let me = story.me.as_str();
    let message = |text: &str, mentions: Value| json!({"msgtype": "m.text", "body": text, "m.mentions": mentions});

    let silent = [
        story.say(&zhang, &room, question),
        story.say(&li, &room, "!ban @x:wenda.test"),
        story.send(&li, &room, "m.room.message", message(question, json!({"room": true}))),
        story.send(&li, &room, "m.room.message", json!({"msgtype": "m.notice", "body": format!("{me}: {question}")})),
        story.send(&li, &room, "m.room.message", json!({"msgtype": "m.emote", "body": format!("{me}: {question}")})),
    ];
    let mentioned = message(&format!("{me}: {question}"), json!({"user_ids": [me]}));
    let mentioned = story.send(&zhang, &room, "m.room.message", mentioned);
    let answer = story.answer_to(&zhang, &room, &mentioned);
    assert!(answer.body.contains(expected), "{}", answer.body);
    assert_eq!(answer.relation()["rel_type"], "m.thread");
    assert_eq!(answer.relation()["event_id"], mentioned.as_str(), "the thread begins at the question");
    assert_eq!(answer.event["content"]["m.mentions"], json!({"user_ids": [zhang.id]}));

    let command = story.say(&li, &room, &format!("!ask {question}"));
    assert!(story.answer_to(&li, &room, &command).body.contains(expected));
    let named = story.say(&li, &room, &format!("{}：{question}", me[1..].split(':').next().unwrap_or_default()));
    assert!(story.answer_to(&li, &room, &named).body.contains(expected));
    let reply = story.say_related(&li, &room, question, json!({"m.in_reply_to": {"event_id": answer.id}}));
    assert!(story.answer_to(&li, &room, &reply).body.contains(expected));
    for event in silent {
        assert!(story.answers(&zhang, &room, &event).is_empty(), "nobody asked the bot");
    }
    story.close();
}

#[test]
fn a_thread_is_answered_in_the_thread() {
    let story = Story::open();
    let (zhang, li) = (story.person("zhang"), story.person("li"));
    for encrypted in [false, true] {
        let room = story.group(&[&zhang, &li], encrypted);
        let root = story.say(&zhang, &room, "大家好，这里说说民生实事");
        let thread = json!({"rel_type": "m.thread", "event_id": root, "is_falling_back": true,
            "m.in_reply_to": {"event_id": root}});
        let asked = story.say_related(&li, &room, &format!("!ask {}", QUESTIONS[2].0), thread);
        let answer = story.answer_to(&li, &room, &asked);
        assert!(answer.body.contains(QUESTIONS[2].1), "{}", answer.body);
        assert_eq!(answer.relation()["rel_type"], "m.thread");
        assert_eq!(answer.relation()["event_id"], root.as_str());
    }
    story.close();
}

#[test]
fn a_direct_room_that_fills_up_is_company() {
    let story = Story::open();
    let (zhang, li) = (story.person("zhang"), story.person("li"));
    let room = story.direct(&zhang, false);
    story.ask(&zhang, &room, QUESTIONS[0].0);
    story.invite(&zhang, &room, &li.id);
    story.act("join", json!({"who": li.name(), "room": room}));
    let unheard = story.say(&li, &room, QUESTIONS[1].0);
    let heard = story.say(&li, &room, &format!("!ask {}", QUESTIONS[1].0));
    assert!(story.answer_to(&li, &room, &heard).body.contains(QUESTIONS[1].1));
    assert!(story.answers(&li, &room, &unheard).is_empty());
    story.close();
}
