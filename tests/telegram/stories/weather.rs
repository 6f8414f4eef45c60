//! Point 6: bad weather in one chat stays there, and an answer is sent as often as it takes and no oftener.

use std::time::Duration;

use super::QUESTIONS;
use crate::{
    harness::Story,
    server::{Fault, TOKEN, Weather},
};

#[test]
fn a_chat_told_to_wait_waits_and_the_others_do_not() {
    let story = Story::open();
    let (slow, quick) = (story.person("张三", "zh-hans"), story.person("李四", "zh-hans"));
    story.world().faults.push(Fault::of("sendmessage", 1, Weather::TooMany(4)).in_chat(slow.id));
    let waiting = story.say(&slow, QUESTIONS[3].0);
    let told = story
        .until("a 429", |world| world.calls_of("sendmessage").find(|call| call.outcome.is_err()).map(|call| call.at));
    for (question, _) in &QUESTIONS[..2] {
        story.ask(&quick, question);
    }
    let during = story.world().sent.iter().all(|sent| sent.chat == quick.id);
    let answer = story.reply_to(slow.id, waiting);
    assert!(during, "the others are served while one waits");
    assert!(answer.at - told >= Duration::from_secs(4), "it waited only {:?}", answer.at - told);
    assert_eq!(story.world().impatient, 0, "no call before the time was over");
    assert_eq!(story.world().sent_in(slow.id).count(), 1);
    story.close();
}

#[test]
fn an_answer_is_sent_again_when_it_surely_did_not_arrive() {
    let story = Story::open();
    for (weather, (question, expected)) in
        [Weather::BadGateway, Weather::ResetBefore, Weather::Refuse(500, "Internal Server Error")]
            .into_iter()
            .zip(QUESTIONS)
    {
        for times in [1, 2] {
            let person = story.person("客", "zh-hans");
            story.world().faults.push(Fault::of("sendmessage", times, weather.clone()).in_chat(person.id));
            let answer = story.ask(&person, question);
            assert!(answer.formatted.text.contains(expected));
            story.ask(&person, QUESTIONS[5].0);
            assert_eq!(
                story.world().sent_in(person.id).count(),
                2,
                "{weather:?} {times} times: one answer to each question"
            );
        }
    }
    story.close();
}

#[test]
fn an_answer_that_may_have_arrived_is_never_lost_and_at_most_doubled() {
    let story = Story::open();
    for (weather, (question, expected)) in [Weather::ResetAfter, Weather::Truncated].into_iter().zip(QUESTIONS) {
        let person = story.person("客", "zh-hans");
        story.world().faults.push(Fault::of("sendmessage", 1, weather.clone()).in_chat(person.id));
        assert!(story.ask(&person, question).formatted.text.contains(expected));
        story.ask(&person, QUESTIONS[5].0);
        let copies = story.world().sent_in(person.id).count() - 1;
        assert!(copies <= 2, "{weather:?}: {copies} copies");
    }
    story.close();
}

#[test]
fn a_platform_that_hangs_in_one_chat_does_not_hold_up_another() {
    let story = Story::open();
    let (slow, quick) = (story.person("张三", "zh-hans"), story.person("李四", "zh-hans"));
    story.world().faults.push(Fault::of("sendmessage", 1, Weather::Hang(Duration::from_secs(5))).in_chat(slow.id));
    let waiting = story.say(&slow, QUESTIONS[3].0);
    story.until("the hanging call was made", |world| (world.faults[0].times == 0).then_some(()));
    let other = story.ask(&quick, QUESTIONS[4].0);
    let answer = story.reply_to(slow.id, waiting);
    assert!(other.at < answer.at, "the other chat waited for the hanging one");
    story.close();
}

#[test]
fn who_blocks_the_bot_is_left_in_peace() {
    let story = Story::open();
    let reasons = ["bot was blocked by the user", "user is deactivated", "bot can't initiate conversation with a user"];
    for reason in reasons {
        let gone = story.person("走了", "zh-hans");
        story.change(|world| world.chats.get_mut(&gone.id).unwrap().forbidden = Some(reason));
        story.say(&gone, QUESTIONS[3].0);
        story.until("a refusal", |world| {
            world.calls_of("sendmessage").find(|call| call.chat == Some(gone.id)).map(|_| ())
        });
        let other = story.person("李四", "zh-hans");
        for (question, _) in &QUESTIONS[..3] {
            story.ask(&other, question);
        }
        let tries = story.world().calls_of("sendmessage").filter(|call| call.chat == Some(gone.id)).count();
        assert_eq!(tries, 1, "{reason}: tried {tries} times");
        story.change(|world| world.chats.get_mut(&gone.id).unwrap().forbidden = None);
        story.ask(&gone, QUESTIONS[4].0);
        assert_eq!(story.world().sent_in(gone.id).count(), 1, "who comes back gets the new answer and not the old");
    }
    story.close();
}

#[test]
fn a_deleted_question_is_answered_without_a_reply_mark() {
    let story = Story::open();
    let sun = story.person("孙八", "zh-hans");
    story.change(|world| {
        let (id, message) = world.message(&sun, sun.id, QUESTIONS[3].0, serde_json::json!({}));
        world.chats.get_mut(&sun.id).unwrap().messages.remove(&id);
        world.push("message", message);
    });
    assert!(story.nth_in(sun.id, 0).formatted.text.contains(QUESTIONS[3].1));
    story.close();
}

#[test]
fn taps_are_answered_through_bad_weather_and_the_token_stays_out_of_the_log() {
    let story = Story::open();
    let zhou = story.person("周九", "zh-hans");
    let answer = story.ask(&zhou, QUESTIONS[7].0);
    for method in ["answercallbackquery", "editmessagetext", "sendmessage", "getupdates"] {
        story.world().faults.push(Fault::of(method, 1, Weather::ResetBefore));
    }
    for action in super::actions(&answer) {
        story.tap(&zhou, zhou.id, answer.id, &action.value);
    }
    story.ask(&zhou, QUESTIONS[3].0);
    let secret = TOKEN.split(':').nth(1).unwrap();
    assert!(!story.log().contains(secret), "the log holds the token:\n{}", story.log());
    story.close();
}
