//! Points 5 and 7: fetching updates while the platform misbehaves, and while another program has the same token.

use std::time::Duration;

use serde_json::{Value, json};

use super::QUESTIONS;
use crate::{
    harness::Story,
    server::{Fault, Server, Weather},
};

#[test]
fn questions_arrive_through_every_failure_of_fetching() {
    let story = Story::open();
    let zhang = story.person("张三", "zh-hans");
    let failures = [
        Weather::BadGateway,
        Weather::Truncated,
        Weather::ResetBefore,
        Weather::ResetAfter,
        Weather::TooMany(1),
        Weather::Refuse(500, "Internal Server Error"),
        Weather::Hang(Duration::from_secs(2)),
    ];
    for (number, weather) in failures.into_iter().enumerate() {
        story.world().faults.push(Fault::of("getupdates", 1, weather.clone()));
        let (question, expected) = QUESTIONS[number];
        let answer = story.ask(&zhang, question);
        assert!(answer.formatted.text.contains(expected), "{weather:?}: {}", answer.formatted.text);
    }
    assert_eq!(story.world().sent_in(zhang.id).count(), 7, "each question is answered once");
    story.close();
}

#[test]
fn a_platform_that_is_down_at_the_start_is_waited_for() {
    let mut story = Story::prepare(Server::start());
    let li = story.person("李四", "zh-hans");
    let asked = story.say(&li, QUESTIONS[3].0);
    for method in ["getme", "getupdates", "deletewebhook", "setmycommands"] {
        story.world().faults.push(Fault::of(method, 1, Weather::BadGateway));
    }
    story.start();
    assert!(
        story.reply_to(li.id, asked).formatted.text.contains(QUESTIONS[3].1),
        "what waited before the start is answered"
    );
    story.close();
}

#[test]
fn what_the_bot_has_never_heard_of_does_not_hide_the_questions_beside_it() {
    let story = Story::open();
    let wang = story.person("王五", "zh-hans");
    let asked: Vec<i64> = story.change(|world| {
        world.allowed = None;
        let odd = [
            ("managed_bot", json!({"user": wang.to_json(), "bot": {"id": 1, "is_bot": true, "first_name": "x"}})),
            ("future_kind", json!([1, 2, {"deep": null}])),
            ("message", json!({"message_id": "not a number"})),
            ("message", Value::Null),
            ("callback_query", json!({"id": 7})),
            ("message_reaction", json!({})),
        ];
        for (kind, payload) in odd {
            world.push(kind, payload);
        }
        let external = json!({"external_reply": {"origin": {"type": "hidden_user", "sender_user_name": "某", "date": 1},
            "rich_message": {"blocks": []}}, "quote": {"text": "某", "position": 0, "is_manual": true}});
        let dated = json!({"entities": [{"type": "date_time", "offset": 0, "length": 5, "unix_time": 1, "date_time_format": "r"}]});
        let fields = json!({"rich_message": {"blocks": []}, "sender_business_bot": 5, "paid_star_count": "many", "checklist_tasks_done": 1});
        let effects = json!({"link_preview_options": {"is_disabled": true, "new": {}}, "is_from_offline": true, "effect_id": "5"});
        let mut messages = Vec::new();
        for (extra, (question, _)) in [external, dated, fields, effects].into_iter().zip(QUESTIONS) {
            let (id, message) = world.message(&wang, wang.id, question, extra);
            world.push("message", message);
            messages.push(id);
        }
        messages
    });
    for (message, (question, expected)) in asked.into_iter().zip(QUESTIONS) {
        let answer = story.reply_to(wang.id, message);
        assert!(answer.formatted.text.contains(expected), "{question}: {}", answer.formatted.text);
    }
    story.close();
}

#[test]
fn long_polling_asks_for_what_it_needs_at_each_start_and_drops_nothing() {
    let mut story = Story::open();
    for _ in 0..2 {
        let polls: Vec<_> = story.until("two polls", |world| {
            let polls: Vec<Value> =
                world.calls_of("getupdates").map(|call| Value::Object(call.params.clone())).collect();
            (!polls.is_empty()).then_some(polls)
        });
        let kinds = polls.iter().map(|poll| poll["allowed_updates"].to_string()).find(|kinds| kinds != "null");
        let kinds = kinds.expect("allowed_updates is sent");
        for kind in ["message", "callback_query", "inline_query"] {
            assert!(kinds.contains(kind), "{kinds}");
        }
        let dropped = story
            .world()
            .calls
            .iter()
            .any(|call| call.params.get("drop_pending_updates").is_some_and(|drop| *drop == json!(true)));
        assert!(!dropped, "pending updates are never dropped");
        story.kill();
        story.change(|world| world.calls.clear());
        story.start();
        let person = story.person("客", "zh-hans");
        story.ask(&person, QUESTIONS[0].0);
    }
    let long = story
        .world()
        .calls_of("getupdates")
        .any(|call| call.params.get("timeout").is_some_and(|timeout| timeout.as_i64() > Some(5)));
    assert!(long, "polling is long");
    story.close();
}

#[test]
fn a_second_program_with_the_same_token_is_told_in_plain_words_and_outlived() {
    let mut story = Story::prepare(Server::start());
    story.world().other_poller = true;
    story.launch();
    story.until("a conflict", |world| world.calls_of("getupdates").find(|call| call.outcome.is_err()).map(|_| ()));
    story.until_logged(&["another", "second", "other program", "另一"]);
    let polls = story.world().calls_of("getupdates").count();
    let many = story
        .wait_for(Duration::from_secs(2), |world| (world.calls_of("getupdates").count() > polls + 8).then_some(()));
    assert!(many.is_none(), "the bot backs off instead of hammering");
    story.change(|world| world.other_poller = false);
    let zhao = story.person("赵六", "zh-hans");
    story.ask(&zhao, QUESTIONS[3].0);
    story.close();
}

#[test]
fn a_webhook_left_over_from_before_is_removed_and_its_updates_are_answered() {
    let mut story = Story::prepare(Server::start());
    story.change(|world| {
        world.webhook =
            Some(crate::server::Webhook { url: "https://old.example/hook".to_owned(), ..Default::default() });
    });
    let qian = story.person("钱七", "zh-hans");
    let asked = story.say(&qian, QUESTIONS[3].0);
    story.launch();
    story.reply_to(qian.id, asked);
    assert!(story.world().webhook.is_none());
    story.close();
}

#[test]
fn a_wrong_token_ends_the_start_with_a_hint_where_to_get_one() {
    let mut story = Story::prepare(Server::start());
    story.set("TELEGRAM_TOKEN", "110201543:AAHnotTheTokenThatTheServerKnows00000");
    story.launch();
    assert!(!story.ended().success());
    let log = story.log();
    assert!(log.contains("TELEGRAM_TOKEN") && log.contains("BotFather"), "{log}");
    assert!(!log.contains("AAHnotTheToken"), "the token itself is not printed: {log}");
}
