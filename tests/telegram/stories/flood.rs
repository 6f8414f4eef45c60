//! Point 6: a limit per person, and the sender's own pace.

use std::time::Duration;

use serde_json::json;

use super::QUESTIONS;
use crate::{
    harness::Story,
    server::{BOT_NAME, Person},
};

#[test]
fn who_asks_too_much_is_told_once_and_then_nothing() {
    let story = Story::open_with(&[("QUESTIONS_PER_MINUTE", "4")]);
    let (eager, calm) = (story.person("急先锋", "zh-hans"), story.person("李四", "zh-hans"));
    for number in 0..20 {
        story.say(&eager, QUESTIONS[number % 10].0);
    }
    story.until("four answers and a notice", |world| (world.sent_in(eager.id).count() >= 5).then_some(()));
    story.ask(&calm, QUESTIONS[3].0);
    let more = story.wait_for(Duration::from_secs(3), |world| (world.sent_in(eager.id).count() > 5).then_some(()));
    assert!(more.is_none(), "one notice, then silence");
    let world = story.world();
    let answers = world.sent_in(eager.id).filter(|sent| !sent.formatted.quotes().is_empty()).count();
    assert_eq!(answers, 4);
    drop(world);
    story.close();
}

#[test]
fn a_group_gets_at_most_twenty_messages_a_minute_and_loses_none() {
    let story = Story::open_with(&[("QUESTIONS_PER_MINUTE", "0")]);
    let people: Vec<Person> = (0..8).map(|number| story.person(&format!("居民{number}"), "zh-hans")).collect();
    let group = story.supergroup("清河邻里", &[]);
    for number in 0..22 {
        story.post(&people[number % 8], group, &format!("/ask@{BOT_NAME} {}", QUESTIONS[number % 10].0), json!({}));
    }
    let count = |world: &crate::server::World| {
        world.calls.iter().filter(|call| call.chat == Some(group) && call.method.contains("message")).count()
    };
    story.until("twenty messages", |world| (count(world) >= 20).then_some(()));
    let more = story.wait_for(Duration::from_secs(6), |world| (count(world) > 20).then_some(()));
    let world = story.world();
    let times: Vec<_> = world.sent_in(group).map(|sent| sent.at).collect();
    assert!(
        more.is_none() || times.last().unwrap().duration_since(times[0]) > Duration::from_secs(59),
        "more than 20 in a minute"
    );
    for burst in times.windows(6) {
        assert!(burst[5] - burst[0] > Duration::from_secs(2), "six messages in {:?} in one chat", burst[5] - burst[0]);
    }
    drop(world);
    story.close();
}

#[test]
fn many_chats_together_stay_below_thirty_messages_a_second() {
    let story = Story::open();
    let people: Vec<Person> = (0..90).map(|number| story.person(&format!("居民{number}"), "zh-hans")).collect();
    let asked: Vec<_> = people.iter().map(|person| (person.id, story.say(person, QUESTIONS[3].0))).collect();
    for (chat, message) in asked {
        story.reply_to(chat, message);
    }
    let world = story.world();
    let times: Vec<_> = world.sent.iter().map(|sent| sent.at).collect();
    // A burst of a second's worth may come first, and arrivals on a busy machine bunch up.
    for window in times.windows(75) {
        assert!(window[74] - window[0] > Duration::from_millis(900), "75 messages in {:?}", window[74] - window[0]);
    }
    drop(world);
    story.close();
}
