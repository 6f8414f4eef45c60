//! Nothing is lost, and nothing comes twice.

use serde_json::json;

use super::QUESTIONS;
use crate::harness::{Person, Story};

/// Every question is answered once, in its order.
#[track_caller]
fn each_once(story: &Story, person: &Person, room: &str, asked: &[String]) {
    story.until("all answers", || {
        let heard = story.heard(person, room);
        (heard.len() >= asked.len()).then_some(())
    });
    // Whatever would come twice has come when this one is answered.
    let last = story.ask(person, room, "!about");
    let heard = story.heard(person, room);
    let origins: Vec<&str> =
        heard.iter().filter_map(|sent| sent.relation()["m.in_reply_to"]["event_id"].as_str()).collect();
    let expected: Vec<&str> = asked.iter().map(String::as_str).collect();
    assert_eq!(origins[..origins.len() - 1], expected[..], "{}", last.body);
}

#[test]
fn a_backlog_of_fifty_questions_is_answered_after_a_restart() {
    let mut story = Story::open();
    let zhang = story.person("zhang");
    let rooms = [story.direct(&zhang, false), story.direct(&zhang, true)];
    story.stop();
    let mut asked = Vec::new();
    for room in &rooms {
        let ask = |number: usize| story.say(&zhang, room, QUESTIONS[number % QUESTIONS.len()].0);
        asked.push((0..50).map(ask).collect::<Vec<String>>());
    }
    // More than the server sends at once, so the gap has to be read page by page; and more than one may ask in a minute.
    story.start();
    for (room, asked) in rooms.iter().zip(&asked) {
        each_once(&story, &zhang, room, asked);
    }
    story.close();
}

#[test]
fn after_kill_9_each_question_is_answered_once() {
    let mut story = Story::open_with(&[("QUESTIONS_PER_MINUTE", "0")]);
    let zhang = story.person("zhang");
    let rooms = [story.direct(&zhang, false), story.direct(&zhang, true)];
    let mut asked = [Vec::new(), Vec::new()];
    for round in 0..4 {
        for number in 0..5 {
            for (room, asked) in rooms.iter().zip(&mut asked) {
                asked.push(story.say(&zhang, room, QUESTIONS[(round + number) % QUESTIONS.len()].0));
            }
        }
        // In the midst of it: some are answered, some are not, some have not come in.
        let some = asked[0].len() - 4 + round;
        if round % 2 == 0 {
            story.until("some answers", || (story.heard(&zhang, &rooms[0]).len() >= some).then_some(()));
        }
        story.kill();
        story.start();
    }
    for (room, asked) in rooms.iter().zip(&asked) {
        each_once(&story, &zhang, room, asked);
    }
    story.close();
}

#[test]
fn what_the_library_took_notice_of_without_us_is_fetched_again() {
    let mut story = Story::open();
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, false);
    let first = story.say(&zhang, &room, QUESTIONS[0].0);
    story.answer_to(&zhang, &room, &first);
    story.stop();
    // As if the process had died between the library's writing and ours: our inbox is that of an earlier time.
    let files: Vec<_> = std::fs::read_dir(story.folder("state")).expect("the state").flatten().collect();
    let earlier: Vec<_> = files
        .iter()
        .filter(|entry| entry.path().is_file())
        .map(|entry| (entry.path(), std::fs::read(entry.path()).expect("a file")))
        .collect();
    story.start();
    let second = story.say(&zhang, &room, QUESTIONS[1].0);
    story.answer_to(&zhang, &room, &second);
    story.kill();
    for entry in std::fs::read_dir(story.folder("state")).expect("the state").flatten() {
        if entry.path().is_file() {
            std::fs::remove_file(entry.path()).expect("a file");
        }
    }
    for (path, bytes) in earlier {
        std::fs::write(path, bytes).expect("a file");
    }
    let third = story.say(&zhang, &room, QUESTIONS[2].0);
    story.start();
    // The second question is answered anew, with the transaction of the first time: the server keeps one message.
    each_once(&story, &zhang, &room, &[first, second, third]);
    story.close();
}

#[test]
fn a_homeserver_that_asks_for_patience_gets_it() {
    let mut story = Story::prepare();
    let root = story.server_admin();
    let path = format!("/_synapse/admin/v1/users/{}/override_ratelimit", story.me);
    let limit = json!({"messages_per_second": 1, "burst_count": 2});
    assert_eq!(story.api(Some(&root), "POST", &path, limit)["status"], 200);
    story.set("QUESTIONS_PER_MINUTE", "0");
    story.start();
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, true);
    let asked: Vec<String> =
        (0..12).map(|number| story.say(&zhang, &room, QUESTIONS[number % QUESTIONS.len()].0)).collect();
    each_once(&story, &zhang, &room, &asked);
    story.close();
}

#[test]
fn a_message_whose_key_is_late_is_told_once_and_answered_when_it_comes() {
    let story = Story::open();
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, true);
    let me = story.me.clone();
    story.ask(&zhang, &room, QUESTIONS[0].0);
    story.act("withhold", json!({"who": zhang.name(), "room": room}));
    let locked = [story.say(&zhang, &room, QUESTIONS[1].0), story.say(&zhang, &room, QUESTIONS[2].0)];
    let notices = || {
        let heard = story.heard(&zhang, &room).into_iter();
        heard.filter(|sent| sent.body.contains("无法解密")).count()
    };
    story.until("a notice", || (notices() > 0).then_some(()));
    story.act("share", json!({"who": zhang.name(), "room": room, "user": me}));
    for (event, (_, expected)) in locked.iter().zip(&QUESTIONS[1..]) {
        story.until("an answer", || {
            story.answers(&zhang, &room, event).iter().any(|sent| sent.body.contains(expected)).then_some(())
        });
    }
    assert_eq!(notices(), 1, "one notice for each sender and day");
    story.close();
}

#[test]
fn the_account_may_have_other_rooms_from_before_the_first_start() {
    let mut story = Story::prepare();
    let zhang = story.person("zhang");
    let room = story.room(&zhang, false);
    let me = story.me.clone();
    story.invite(&zhang, &room, &me);
    let old = story.say(&zhang, &room, QUESTIONS[0].0);
    let body = json!({"type": "m.login.password", "password": crate::harness::PASSWORD,
        "identifier": {"type": "m.id.user", "user": me}});
    let login = story.api(None, "POST", "/_matrix/client/v3/login", body);
    story.act("join_as", json!({"token": login["body"]["access_token"], "room": room}));
    let also_old = story.say(&zhang, &room, QUESTIONS[1].0);
    story.start();
    let new = story.ask(&zhang, &room, QUESTIONS[2].0);
    assert!(new.body.contains(QUESTIONS[2].1));
    for event in [old, also_old] {
        assert!(story.answers(&zhang, &room, &event).is_empty(), "from before the first start");
    }
    story.close();
}

#[test]
fn nothing_that_a_citizen_says_is_logged_or_kept_in_the_inbox() {
    let mut story = Story::open_with(&[("WENDA_LOG", "info")]);
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, true);
    let secret = "我的邻居王小明的房产证丢失如何补办";
    story.ask(&zhang, &room, secret);
    story.ask(&zhang, &room, "!forget");
    story.stop();
    assert!(!story.log().contains("王小明"), "{}", story.log_end());
    let mut files = Vec::new();
    collect(&story.folder("state"), &mut files);
    for (path, bytes) in files {
        let found = |words: &str| bytes.windows(words.len()).any(|window| window == words.as_bytes());
        assert!(!found("王小明"), "{}", path.display());
    }
}

fn collect(folder: &std::path::Path, files: &mut Vec<(std::path::PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        if entry.path().is_dir() {
            collect(&entry.path(), files);
        } else {
            files.push((entry.path(), std::fs::read(entry.path()).expect("a file")));
        }
    }
}
