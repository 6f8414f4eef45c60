//! Conversations of two, in clear and in encrypted rooms.

use serde_json::json;

use super::QUESTIONS;
use crate::harness::Story;

#[test]
fn a_citizen_invites_the_bot_and_gets_every_question_answered() {
    let story = Story::open();
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, false);
    for (question, expected) in QUESTIONS {
        let answer = story.ask(&zhang, &room, question);
        assert!(answer.body.contains(expected), "{question}: {}", answer.body);
        let content = &answer.event["content"];
        assert_eq!(content["msgtype"], "m.notice");
        assert_eq!(content["format"], "org.matrix.custom.html");
        assert_eq!(content["m.mentions"], json!({}));
        assert!(answer.html.contains("<blockquote>") && answer.html.contains("— "), "{}", answer.html);
        assert!(answer.relation()["rel_type"].is_null(), "in a room of two it is a plain reply");
    }
    story.close();
}

#[test]
fn an_encrypted_room_is_answered_encrypted() {
    let story = Story::open();
    let li = story.person("li");
    let room = story.direct(&li, true);
    for (question, expected) in &QUESTIONS[..2] {
        let answer = story.ask(&li, &room, question);
        assert!(answer.body.contains(expected), "{question}: {}", answer.body);
        assert_eq!(answer.event["encrypted"], true, "the answer is encrypted, too");
    }
    story.close();
}
