//! Point 5: nothing is lost, whatever happens to the process.

use std::{
    collections::BTreeMap,
    thread,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use serde_json::json;

use super::QUESTIONS;
use crate::{
    harness::Story,
    server::{Fault, Person, Server, Weather, World},
};

/// So many deaths over one update are enough, as docs/telegram.md promises.
const ATTEMPTS: usize = 5;

/// How long before its death a bot may have sent what it had no time to write down: a window in which the platform
/// has the answer and the disk does not know. Generous, because the machine may be slow; the bot's own is milliseconds.
const UNKNOWABLE: Duration = Duration::from_secs(2);

/// The messages of each chat in the order in which they were first answered, and how often each was.
fn answered(world: &World) -> BTreeMap<i64, Vec<(i64, usize)>> {
    let mut chats: BTreeMap<i64, Vec<(i64, usize)>> = BTreeMap::new();
    for sent in &world.sent {
        let Some(question) = sent.reply_to else { continue };
        let answers = chats.entry(sent.chat).or_default();
        match answers.iter_mut().find(|(known, _)| *known == question) {
            Some((_, count)) => *count += 1,
            None => answers.push((question, 1)),
        }
    }
    chats
}

/// Waits for a moment that is bad for dying: just before or after the platform forgets, between two answers, or any.
fn at_a_bad_moment(story: &Story, round: usize, chance: Duration) {
    let calls = story.world().calls.len();
    let sent = story.world().sent.len();
    let found = |moment: fn(&World, usize, usize) -> bool| {
        story.wait_for(Duration::from_secs(3), |world| moment(world, calls, sent).then_some(()));
    };
    match round % 5 {
        0 => found(|world, calls, _| world.calls[calls..].iter().any(|call| call.method == "getupdates")),
        1 => found(|world, _, _| world.updates.is_empty()),
        2 => found(|world, _, sent| world.sent.len() > sent),
        3 => found(|world, _, sent| world.sent.len() > sent + 2),
        _ => thread::sleep(chance),
    }
}

#[test]
fn a_hundred_questions_survive_twenty_kills() {
    let mut story = Story::prepare(Server::start());
    story.set("QUESTIONS_PER_MINUTE", "0");
    let people: Vec<Person> = (0..20).map(|number| story.person(&format!("居民{number}"), "zh-hans")).collect();
    let mut asked: BTreeMap<i64, Vec<i64>> = BTreeMap::new();
    let mut expected = BTreeMap::new();
    let mut kills = Vec::new();
    let mut dice = 88_172_645_463_325_252_u64;
    story.start();
    for round in 0..20 {
        for person in people.iter().skip(round % 4 * 5).take(5) {
            let message = story.say(person, QUESTIONS[round % 10].0);
            asked.entry(person.id).or_default().push(message);
            expected.insert((person.id, message), QUESTIONS[round % 10].1);
        }
        dice ^= dice << 13;
        dice ^= dice >> 7;
        dice ^= dice << 17;
        at_a_bad_moment(&story, round, Duration::from_millis(dice % 300));
        story.kill();
        kills.push(Instant::now());
        if round % 5 == 4 { story.launch() } else { story.start() }
    }
    assert_eq!(asked.values().map(Vec::len).sum::<usize>(), 100);
    // The last question of each chat stands behind all others: its answer shows that nothing else will come.
    for person in &people {
        asked.entry(person.id).or_default().push(story.say(person, QUESTIONS[0].0));
    }
    for person in &people {
        story.reply_to(person.id, *asked[&person.id].last().unwrap());
    }
    let world = story.world();
    let answers = answered(&world);
    for (chat, questions) in &asked {
        let order: Vec<i64> = answers[chat].iter().map(|(question, _)| *question).collect();
        assert_eq!(&order, questions, "in chat {chat} answers are missing or out of order");
        for (question, count) in &answers[chat] {
            let copies: Vec<_> = world.sent_in(*chat).filter(|sent| sent.reply_to == Some(*question)).collect();
            let part = expected.get(&(*chat, *question)).copied().unwrap_or_default();
            for sent in &copies {
                let text = &sent.formatted.text;
                assert!(text.contains(part), "not an answer with {part}: {text}\n{}", story.log());
            }
            for pair in copies.windows(2) {
                let died = kills.iter().any(|kill| *kill >= pair[0].at && *kill - pair[0].at < UNKNOWABLE);
                assert!(
                    died,
                    "question {question} of chat {chat} was answered {count} times, and no death explains it"
                );
            }
        }
    }
    let twice = answers.values().flatten().filter(|(_, count)| *count > 1).count();
    // Eight deaths are timed at the very arrival of an answer, while up to five chats are being answered.
    println!("answered twice in the unknowable window: {twice} of 120");
    drop(world);
    story.close();
}

#[test]
fn an_update_is_confirmed_only_after_it_is_safe() {
    let mut story = Story::prepare(Server::start());
    let zhang = story.person("张三", "zh-hans");
    let waiting: Vec<i64> = QUESTIONS[..4].iter().map(|(question, _)| story.say(&zhang, question)).collect();
    story.start();
    // The very moment in which the platform forgets the questions.
    story.until("the questions are confirmed", |world| world.updates.is_empty().then_some(()));
    story.kill();
    story.start();
    for (message, (_, expected)) in waiting.iter().zip(QUESTIONS) {
        assert!(story.reply_to(zhang.id, *message).formatted.text.contains(expected));
    }
    story.close();
}

#[test]
fn the_same_update_delivered_again_is_answered_once() {
    let mut story = Story::open();
    let li = story.person("李四", "zh-hans");
    let again = story.change(|world| {
        let (message, json) = world.message(&li, li.id, QUESTIONS[3].0, json!({}));
        let id = world.push("message", json);
        (message, world.updates.iter().find(|(known, _)| *known == id).cloned().unwrap())
    });
    story.reply_to(li.id, again.0);
    story.until("the update is confirmed", |world| world.updates.is_empty().then_some(()));
    story.change(|world| world.updates.push_back(again.1.clone()));
    story.ask(&li, QUESTIONS[4].0);
    story.kill();
    story.change(|world| world.updates.push_front(again.1.clone()));
    story.start();
    story.ask(&li, QUESTIONS[5].0);
    let answers = story.world().sent_in(li.id).filter(|sent| sent.reply_to == Some(again.0)).count();
    assert_eq!(answers, 1);
    story.close();
}

#[test]
fn a_question_from_the_day_before_yesterday_gets_one_short_apology() {
    let mut story = Story::prepare(Server::start());
    let wang = story.person("王五", "zh-hans");
    let two_days_ago = crate::server::now() - 2 * 86_400;
    story.post(&wang, wang.id, QUESTIONS[3].0, json!({"date": two_days_ago}));
    let group = story.group("清河邻里");
    story.post(&wang, group, QUESTIONS[3].0, json!({"date": two_days_ago}));
    let fresh = story.say(&wang, QUESTIONS[4].0);
    story.start();
    assert!(story.reply_to(wang.id, fresh).formatted.text.contains(QUESTIONS[4].1));
    let world = story.world();
    let sent: Vec<_> = world.sent_in(wang.id).collect();
    assert_eq!(sent.len(), 2, "one apology, one answer");
    assert_eq!(world.sent_in(group).count(), 0, "nobody apologises to a group that asked nothing");
    assert!(
        sent[0].formatted.quotes().is_empty() && sent[0].formatted.text.chars().count() < 200,
        "{}",
        sent[0].formatted.text
    );
    drop(world);
    story.close();
}

#[test]
fn an_update_over_which_the_bot_dies_again_and_again_is_set_aside() {
    let mut story = Story::prepare(Server::start());
    let (admin, citizen) = (story.person("主任", "zh-hans"), story.person("张三", "zh-hans"));
    story.set("TELEGRAM_ADMINS", &admin.id.to_string());
    story.start();
    // The bot is still busy with what was sent when it dies: a file that does not come. A citizen's answer is on its way.
    let hang = |method, times| Fault::of(method, times, Weather::Hang(Duration::from_secs(60)));
    let faults = [hang("getfile", 1000), hang("sendmessage", 1000).in_chat(citizen.id)];
    story.change(|world| world.faults.extend(faults));
    let deadly = story.upload(&admin, "电梯公告.md", "# 电梯公告\n\n电梯检修。\n".as_bytes());
    let behind = story.say(&admin, QUESTIONS[4].0);
    let beside = story.say(&citizen, QUESTIONS[5].0);
    for death in 0..ATTEMPTS {
        story.until(&format!("attempt {death}"), |world| {
            let tried = |method| world.calls_of(method).filter(|call| call.outcome.is_err()).count();
            (tried("getfile") > death && tried("sendmessage") > 0).then_some(())
        });
        story.kill();
        if death + 1 < ATTEMPTS {
            story.start();
        }
    }
    story.change(|world| world.faults.clear());
    story.start();
    let apology = story.reply_to(admin.id, deadly).formatted;
    assert!(apology.quotes().is_empty() && apology.text.chars().count() < 200, "{}", apology.text);
    let answer = story.reply_to(admin.id, behind).formatted.text;
    assert!(answer.contains(QUESTIONS[4].1), "what stands behind it is answered: {answer}");
    let answer = story.reply_to(citizen.id, beside).formatted.text;
    assert!(answer.contains(QUESTIONS[5].1), "who was cut off with it is answered: {answer}");
    let log = story.log();
    let told: Vec<&str> = log.lines().filter(|line| line.contains("it is set aside")).collect();
    assert!(told.len() == 1 && told[0].contains("private"), "{log}");
    assert!(!log.contains("电梯") && !log.contains(&admin.id.to_string()), "{log}");
    story.kill();
    story.start();
    story.ask(&admin, QUESTIONS[6].0);
    let replies = story.world().sent_in(admin.id).filter(|sent| sent.reply_to == Some(deadly)).count();
    assert_eq!(replies, 1, "one apology");
    story.close();
}

#[test]
fn a_polite_stop_loses_nothing_and_repeats_nothing() {
    for signal in [Signal::TERM, Signal::INT] {
        let mut story = Story::open();
        let people: Vec<Person> = (0..8).map(|number| story.person(&format!("居民{number}"), "zh-hans")).collect();
        let ask = |person: &Person| [0, 1, 2].map(|number: usize| (person.id, story.say(person, QUESTIONS[number].0)));
        let asked: Vec<_> = people.iter().flat_map(ask).collect();
        story.until("the first answer", |world| (!world.sent.is_empty()).then_some(()));
        story.signal(signal);
        let status = story.ended();
        assert!(status.success(), "a stop that was asked for is not a failure: {status}");
        story.start();
        for (chat, message) in asked {
            story.reply_to(chat, message);
        }
        for person in &people {
            story.ask(person, QUESTIONS[5].0);
        }
        let counts = answered(&story.world());
        assert!(counts.values().flatten().all(|(_, count)| *count == 1), "answered twice: {counts:?}");
        story.close();
    }
}

#[test]
fn a_stop_amid_a_long_queue_does_not_keep_the_supervisor_waiting() {
    let mut story = Story::open_with(&[("QUESTIONS_PER_MINUTE", "0")]);
    let li = story.person("李四", "zh-hans");
    let asked: Vec<i64> = (0..16).map(|number| story.say(&li, QUESTIONS[number % 10].0)).collect();
    story.until("the first answer", |world| (!world.sent.is_empty()).then_some(()));
    let told = Instant::now();
    story.signal(Signal::TERM);
    assert!(story.ended().success());
    // systemd and docker wait 10 s at least before they kill; a busy machine may add some.
    assert!(told.elapsed() < Duration::from_secs(20), "it took {:?}", told.elapsed());
    story.start();
    story.reply_to(li.id, *asked.last().unwrap());
    let order: Vec<_> = story.world().sent_in(li.id).map(|sent| sent.reply_to.unwrap()).collect();
    assert_eq!(order, asked);
    story.close();
}

#[test]
fn buttons_and_conversation_survive_a_kill_between_question_and_tap() {
    let mut story = Story::open();
    let zhao = story.person("赵六", "zh-hans");
    let answer = story.ask(&zhao, QUESTIONS[7].0);
    let action = super::actions(&answer).first().cloned().expect("a button");
    story.kill();
    let query = story.tap(&zhao, zhao.id, answer.id, &action.value);
    let old = story.tap(&zhao, zhao.id, answer.id, &action.value);
    if let Some(query) = story.world().queries.get_mut(&old) {
        query.over = true;
    }
    story.start();
    story.until("the answer to a tap made while the bot was dead", |world| world.queries[&query].answer.clone());
    story.tap(&zhao, zhao.id, 987_654, &action.value);
    story.tap(&zhao, zhao.id, answer.id, "forged:1:2:3:4");
    story.ask(&zhao, QUESTIONS[0].0);
    story.close();
}

#[test]
fn a_tap_cut_off_by_a_kill_is_carried_out() {
    let mut story = Story::open();
    let qian = story.person("钱七", "zh-hans");
    let answer = story.ask(&qian, QUESTIONS[7].0);
    let action = super::actions(&answer).first().cloned().expect("a button");
    let before = story.world().calls.len();
    story.tap(&qian, qian.id, answer.id, &action.value);
    let effect = |world: &World| world.calls[before..].iter().filter(|call| call.chat == Some(qian.id)).count();
    story.until("the first call after the tap", |world| (effect(world) > 0).then_some(()));
    story.kill();
    story.start();
    story.ask(&qian, QUESTIONS[0].0);
    let effects = effect(&story.world());
    assert!((2..=4).contains(&effects), "{effects} calls for a tap and a question");
    story.close();
}

#[test]
fn a_long_note_cut_off_between_its_parts_is_completed() {
    let mut story = Story::prepare(Server::start());
    let (admin, citizen) = (story.person("主任", "zh-hans"), story.person("张三", "zh-hans"));
    story.set("TELEGRAM_ADMINS", &admin.id.to_string());
    story.start();
    let sentences: Vec<String> = (100..450).map(|number| format!("第{number}条<提示>&说明。")).collect();
    let note: String = sentences.concat().chars().take(4088).collect();
    story.hear(&admin, &format!("/pause {note}"));
    let before = story.world().sent_in(citizen.id).count();
    story.say(&citizen, QUESTIONS[3].0);
    story.nth_in(citizen.id, before);
    story.kill();
    story.start();
    let last = note.chars().skip(4000).collect::<String>();
    story.until("the end of the note", |world| {
        world.sent_in(citizen.id).find(|sent| sent.formatted.text.contains(&last)).map(|_| ())
    });
    let world = story.world();
    let parts: Vec<&str> = world.sent_in(citizen.id).map(|sent| sent.formatted.text.as_str()).collect();
    let missing: Vec<_> =
        sentences.iter().take(300).filter(|sentence| !parts.iter().any(|part| part.contains(*sentence))).collect();
    assert!(missing.is_empty(), "lost or split within a sentence: {missing:?}");
    drop(world);
    story.close();
}
