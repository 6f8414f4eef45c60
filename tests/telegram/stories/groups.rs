//! Point 3: groups, topics, anonymous admins, channels and migrations.

use serde_json::json;

use super::{QUESTIONS, actions, press_and_read};
use crate::{
    harness::Story,
    server::{BOT_NAME, Chat, Person},
};

#[test]
fn a_group_is_answered_when_it_addresses_the_bot_and_only_then() {
    let story = Story::open();
    let (zhang, li) = (story.person("张三", "zh-hans"), story.person("李四", "zh-hans"));
    let group = story.group("清河邻里");
    let chatter = [
        story.post(&zhang, group, QUESTIONS[0].0, json!({})),
        story.post(&zhang, group, &format!("/ask@other_bot {}", QUESTIONS[0].0), json!({})),
        story.post(&zhang, group, "/help@other_bot", json!({})),
        story.post(&zhang, group, "/start@other_bot", json!({})),
        story.post(&li, group, "@other_bot 加装电梯多少部？", json!({})),
    ];
    story.reply(&li, group, chatter[0], QUESTIONS[1].0);
    let asked = story.post(&li, group, &format!("/ask@{BOT_NAME} {}", QUESTIONS[3].0), json!({}));
    let answer = story.reply_to(group, asked);
    assert!(answer.formatted.text.contains(QUESTIONS[3].1));
    let follow = story.reply(&zhang, group, answer.id, QUESTIONS[4].0);
    assert!(story.reply_to(group, follow).formatted.text.contains(QUESTIONS[4].1), "a reply to the bot asks it");
    let mention = story.post(&zhang, group, &format!("@{BOT_NAME} {}", QUESTIONS[5].0), json!({}));
    assert!(story.reply_to(group, mention).formatted.text.contains(QUESTIONS[5].1), "a mention asks it");
    let capitals =
        story.post(&zhang, group, &format!("/ask@{} {}", BOT_NAME.to_uppercase(), QUESTIONS[6].0), json!({}));
    assert!(story.reply_to(group, capitals).formatted.text.contains(QUESTIONS[6].1), "names know no case");
    assert_eq!(story.world().sent_in(group).count(), 4, "nothing else is answered");
    story.close();
}

#[test]
fn in_a_group_the_reply_is_short_and_the_rest_stands_behind_a_button() {
    let story = Story::open();
    let zhang = story.person("张三", "zh-hans");
    let group = story.supergroup("清河邻里", &[]);
    let question = "居住证持有人享受哪些基本公共服务？";
    let alone = story.ask(&zhang, question);
    let asked = story.post(&zhang, group, &format!("/ask@{BOT_NAME} {question}"), json!({}));
    let answer = story.reply_to(group, asked);
    let (short, long) = (answer.formatted.text.chars().count(), alone.formatted.text.chars().count());
    assert!(short <= long && short <= 600, "{short} characters in the group, {long} in private");
    let rest = actions(&answer);
    assert!(!rest.is_empty(), "the rest stands behind a button");
    let read = press_and_read(&story, &zhang, &answer, &rest[0]);
    assert!(read.quotes().iter().all(|quote| story.is_verbatim(quote)));
    story.close();
}

#[test]
fn an_answer_stays_in_the_topic_of_the_question() {
    let story = Story::open();
    let zhang = story.person("张三", "zh-hans");
    let forum = story.supergroup("清河论坛", &[7, 12]);
    let opening = story.world().chats[&forum].messages[&12].json.clone();
    let in_topic =
        |topic: i64| json!({"message_thread_id": topic, "is_topic_message": true, "reply_to_message": opening});
    let silent = story.post(&zhang, forum, QUESTIONS[0].0, in_topic(12));
    let asked = story.post(&zhang, forum, &format!("/ask@{BOT_NAME} {}", QUESTIONS[3].0), in_topic(12));
    let answer = story.reply_to(forum, asked);
    assert_eq!(answer.thread, Some(12), "the answer lands in the topic");
    assert!(
        !story.world().sent_in(forum).any(|sent| sent.reply_to == Some(silent)),
        "a topic's opening is not the bot's message"
    );
    let deleted = story.change(|world| {
        let text = format!("/ask@{BOT_NAME} {}", QUESTIONS[4].0);
        let (id, message) = world.message(&zhang, forum, &text, in_topic(12));
        world.chats.get_mut(&forum).unwrap().messages.remove(&id);
        world.push("message", message);
        world.sent_in(forum).count()
    });
    let orphan = story.nth_in(forum, deleted);
    assert_eq!((orphan.thread, orphan.reply_to), (Some(12), None), "also where the question has been deleted");
    let general = story.post(&zhang, forum, &format!("/ask@{BOT_NAME} {}", QUESTIONS[5].0), json!({}));
    assert_eq!(story.reply_to(forum, general).thread, None);
    let thread = json!({"message_thread_id": 999});
    let plain = story.supergroup("没有话题的群", &[]);
    let asked = story.post(&zhang, plain, &format!("/ask@{BOT_NAME} {}", QUESTIONS[6].0), thread);
    assert_eq!(story.reply_to(plain, asked).thread, None, "a thread of replies is not a topic");
    story.close();
}

#[test]
fn anonymous_admins_are_answered_and_rule_nothing() {
    let mut story = Story::prepare(crate::server::Server::start());
    story.set("TELEGRAM_ADMINS", "1087968824");
    story.set("QUESTIONS_PER_MINUTE", "3");
    story.start();
    let anonymous = Person { id: 1_087_968_824, name: "Group".to_owned(), language: None };
    for number in 0..3 {
        let group = story.supergroup(&format!("第{number}村"), &[]);
        let chat = story.world().chats[&group].to_json(group);
        let ask = |text: &str| {
            let text = format!("/{text}");
            story.post(&anonymous, group, &text, json!({"sender_chat": chat, "author_signature": "主任"}))
        };
        for (question, expected) in &QUESTIONS[..2] {
            let asked = ask(&format!("ask@{BOT_NAME} {question}"));
            assert!(story.reply_to(group, asked).formatted.text.contains(expected), "group {number}");
        }
        let before = story.world().sent_in(group).count();
        ask(&format!("pause@{BOT_NAME}"));
        let asked = story.post(
            &story.person("客", "zh-hans"),
            group,
            &format!("/ask@{BOT_NAME} {}", QUESTIONS[5].0),
            json!({}),
        );
        assert!(
            story.reply_to(group, asked).formatted.text.contains(QUESTIONS[5].1),
            "an anonymous admin cannot pause"
        );
        let told = story.world().sent_in(group).skip(before).count();
        assert!(told <= 2);
    }
    story.close();
}

#[test]
fn channel_posts_and_service_messages_are_left_alone() {
    let story = Story::open();
    let zhang = story.person("张三", "zh-hans");
    let group = story.supergroup("频道评论", &[]);
    let channel = Person { id: 777_000, name: "Telegram".to_owned(), language: None };
    let sender = json!({"id": -1_001_234_567_890_i64, "type": "channel", "title": "清河发布"});
    story.post(&channel, group, QUESTIONS[0].0, json!({"sender_chat": sender, "is_automatic_forward": true}));
    story.change(|world| {
        let post = json!({"message_id": 3, "date": 1_790_000_000, "chat": sender, "sender_chat": sender, "text": QUESTIONS[1].0});
        world.push("channel_post", post);
        let (_, mut joined) = world.message(&zhang, group, "", json!({"new_chat_members": [zhang.to_json()]}));
        joined.as_object_mut().unwrap().remove("text");
        world.push("message", joined);
    });
    let asked = story.post(&zhang, group, &format!("/ask@{BOT_NAME} {}", QUESTIONS[3].0), json!({}));
    story.reply_to(group, asked);
    assert_eq!(story.world().sent.len(), 1, "only the question was answered");
    story.close();
}

#[test]
fn a_group_that_becomes_a_supergroup_gets_its_answer_there() {
    let story = Story::open();
    let zhang = story.person("张三", "zh-hans");
    let old = story.group("清河邻里");
    let new = story.supergroup("清河邻里", &[]);
    story.change(|world| {
        world.chats.get_mut(&old).unwrap().migrated_to = Some(new);
        let (_, question) = world.message(&zhang, old, &format!("/ask@{BOT_NAME} {}", QUESTIONS[3].0), json!({}));
        world.push("message", question);
    });
    let answer = story.nth_in(new, 0);
    assert!(answer.formatted.text.contains(QUESTIONS[3].1), "a question asked before the change is answered after it");
    story.change(|world| {
        for (chat, field, other) in [(old, "migrate_to_chat_id", new), (new, "migrate_from_chat_id", old)] {
            let (_, mut service) = world.message(&zhang, chat, "", json!({field: other}));
            service.as_object_mut().unwrap().remove("text");
            world.push("message", service);
        }
    });
    let asked = story.post(&zhang, new, &format!("/ask@{BOT_NAME} {}", QUESTIONS[4].0), json!({}));
    assert!(story.reply_to(new, asked).formatted.text.contains(QUESTIONS[4].1));
    assert!(
        story.world().chats.get(&old).is_some_and(|chat: &Chat| chat.messages.values().all(|message| !message.of_bot))
    );
    story.close();
}
