//! How it is judged: many at once, and one who floods.

use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use super::QUESTIONS;
use crate::{
    harness::Story,
    server::{PATIENCE, Person},
};

#[test]
fn two_thousand_questions_from_two_hundred_chats_lose_nothing_and_keep_their_order() {
    let story = Story::open_with(&[("QUESTIONS_PER_MINUTE", "0"), ("TELEGRAM_PACE", "false")]);
    let people: Vec<Person> = (0..200).map(|number| story.person(&format!("居民{number}"), "zh-hans")).collect();
    let mut asked: BTreeMap<i64, Vec<(i64, &str)>> = BTreeMap::new();
    for number in 0..10 {
        for person in &people {
            let (question, expected) = QUESTIONS[(number + usize::try_from(person.id).unwrap()) % 10];
            asked.entry(person.id).or_default().push((story.say(person, question), expected));
        }
    }
    story.until_for(PATIENCE * 3, "2,000 answers", |world| (world.sent.len() >= 2000).then_some(()));
    for person in &people {
        story.ask(person, QUESTIONS[0].0);
    }
    let world = story.world();
    for (chat, questions) in &asked {
        let answers: Vec<_> = world.sent_in(*chat).collect();
        let order: Vec<Option<i64>> = answers.iter().map(|answer| answer.reply_to).take(10).collect();
        let expected: Vec<Option<i64>> = questions.iter().map(|(message, _)| Some(*message)).collect();
        assert_eq!(order, expected, "chat {chat}");
        assert_eq!(answers.len(), 11, "chat {chat}: each question is answered once");
        for (answer, (_, expected)) in answers.iter().zip(questions) {
            assert!(answer.formatted.text.contains(expected), "{expected}: {}", answer.formatted.text);
        }
    }
    drop(world);
    story.close();
}

#[test]
fn a_chat_that_floods_delays_another_by_less_than_a_second() {
    let story = Story::open_with(&[("QUESTIONS_PER_MINUTE", "0")]);
    let wait = |name: &str| {
        let person = story.person(name, "zh-hans");
        let started = Instant::now();
        story.ask(&person, QUESTIONS[3].0);
        started.elapsed()
    };
    let mut idle: Vec<Duration> = (0..5).map(|_| wait("闲时")).collect();
    idle.sort_unstable();
    let flooder = story.person("刷屏者", "zh-hans");
    for number in 0..400 {
        story.say(&flooder, QUESTIONS[number % 10].0);
    }
    let mut busy: Vec<Duration> = (0..5).map(|_| wait("忙时")).collect();
    busy.sort_unstable();
    println!("idle {idle:?}, beside a flood {busy:?}");
    // The median of five on both sides: other work on the machine may slow one of them down.
    assert!(busy[2] < idle[2] + Duration::from_secs(1), "idle {idle:?}, beside a flood {busy:?}");
    assert!(story.world().sent_in(flooder.id).count() < 400, "the flood had ended before it was measured");
    story.close();
}
