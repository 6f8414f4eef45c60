//! Point 9: what officials may do, and what others never learn of.

use std::fs;

use super::{QUESTIONS, UNANSWERABLE, actions, press_and_read};
use crate::{
    harness::{Button, Story, buttons},
    server::{Person, Server},
};

/// A document that is not among the fixtures.
const LIBRARY: &str = "---\ntitle: 清河县图书馆开放公告\ndate: 2026-06-01\n---\n\n# 清河县图书馆开放公告\n\n县图书馆每周二至周日9时至20时30分开放，周一闭馆整理。\n\n少儿阅览室位于图书馆二楼东侧。\n";

/// A bot with one admin and one citizen.
fn town() -> (Story, Person, Person) {
    let mut story = Story::prepare(Server::start());
    let (admin, citizen) = (story.person("主任", "zh-hans"), story.person("张三", "zh-hans"));
    story.set("TELEGRAM_ADMINS", &format!("4711, {}", admin.id));
    story.start();
    (story, admin, citizen)
}

/// Waits until a message of the bot in the chat, new or edited, says one of these.
#[track_caller]
fn until_told(story: &Story, person: &Person, words: &[&str]) {
    story.until(&format!("one of {words:?}"), |world| {
        let messages = &world.chats[&person.id].messages;
        let mut texts = messages.values().filter(|message| message.of_bot).map(|message| &message.formatted.text);
        texts.any(|text| words.iter().any(|word| text.contains(word))).then_some(())
    });
}

/// Asks until the answer holds an expected text.
#[track_caller]
fn until_answered(story: &Story, person: &Person, question: &str, expected: &str) {
    for _ in 0..20 {
        if story.ask(person, question).formatted.text.contains(expected) {
            return;
        }
    }
    panic!("{question} is never answered with {expected}\n{}", story.world().last_calls(6));
}

#[test]
fn an_official_reindexes_and_watches_it_and_takes_it_back() {
    let (story, admin, citizen) = town();
    assert!(!story.ask(&citizen, "少儿阅览室在哪里？").formatted.text.contains("二楼东侧"));
    fs::write(story.folder("corpus").join("图书馆.md"), LIBRARY).unwrap();
    let progress = story.hear(&admin, "/reindex");
    story.until("live progress in the same message", |world| {
        let mut edits = world.calls_of("editmessagetext").filter(|call| call.outcome.is_ok());
        edits.any(|call| call.params["message_id"] == progress.id).then_some(())
    });
    until_answered(&story, &citizen, "少儿阅览室在哪里？", "二楼东侧");
    story.hear(&admin, "/rollback");
    story.ask(&admin, QUESTIONS[0].0);
    assert!(!story.ask(&citizen, "少儿阅览室在哪里？").formatted.text.contains("二楼东侧"), "rolled back");
    story.close();
}

#[test]
fn status_tells_an_official_the_state_of_things() {
    let (story, admin, citizen) = town();
    fs::write(story.folder("corpus").join("坏文件.pdf"), b"%PDF-1.4 broken").unwrap();
    story.ask(&citizen, QUESTIONS[0].0);
    let status = story.hear(&admin, "/status").formatted.text;
    assert!(status.contains('6'), "six documents: {status}");
    assert!(status.lines().count() >= 3 || status.chars().count() > 40, "{status}");
    story.close();
}

#[test]
fn to_a_citizen_the_officials_commands_do_not_exist() {
    let (story, _, citizen) = town();
    let stranger = story.person("李四", "zh-hans");
    let nonsense = story.hear(&stranger, "/nonsense").formatted.text;
    for command in ["/reindex", "/status", "/rollback", "/misses", "/exclude", "/include", "/pause", "/resume"] {
        assert_eq!(story.hear(&stranger, command).formatted.text, nonsense, "{command}");
    }
    let before = story.world().sent_in(citizen.id).count();
    story.upload(&citizen, "假通知.md", "# 假通知\n\n明天放假一年。\n".as_bytes());
    story.ask(&citizen, QUESTIONS[3].0);
    let world = story.world();
    let told: Vec<_> =
        world.sent_in(citizen.id).skip(before).filter(|sent| sent.formatted.quotes().is_empty()).collect();
    assert!(told.iter().all(|sent| sent.markup.is_none()), "a citizen's file is not offered for the corpus: {told:?}");
    drop(world);
    let help = story.hear(&stranger, "/help").formatted.text;
    assert!(!help.contains("/reindex") && !help.contains("/pause"), "{help}");
    story.close();
}

#[test]
fn a_document_that_is_taken_down_is_shown_by_no_button_either() {
    let (story, admin, citizen) = town();
    let answer = story.ask(&citizen, QUESTIONS[7].0);
    assert!(answer.formatted.text.contains(QUESTIONS[7].1));
    let told = story.hear(&admin, "/exclude 居住证管理办法").formatted.text;
    assert!(told.contains("没有这份文件") && told.contains("居住证管理办法.md"), "near matches are named: {told}");
    assert!(story.hear(&admin, "/exclude 居住证管理办法.md").formatted.text.contains("已下架"));
    let words = ["签注", "工本费", "居住证持有人"];
    let silent = |text: &str| words.iter().all(|word| !text.contains(word));
    for action in actions(&answer) {
        let shown = press_and_read(&story, &citizen, &answer, &action);
        assert!(silent(&shown.text) || shown.quotes().is_empty(), "{action:?}: {}", shown.text);
    }
    let card = actions(&answer)[0].value.split(':').nth(1).unwrap().to_owned();
    let linked = story.hear(&citizen, &format!("/start {card}"));
    assert!(silent(&linked.formatted.text), "{}", linked.formatted.text);
    assert!(!buttons(linked.markup.as_ref()).iter().any(|button| !silent(&button.value)), "{:?}", linked.markup);
    let query = story.inline(&citizen, QUESTIONS[7].0, "");
    let offered = story.until("the answer to an inline query", |world| world.queries[&query].answer.clone());
    assert!(!offered.to_string().contains(QUESTIONS[7].1), "{offered}");
    assert_eq!(offered["cache_time"], 0, "nothing that was offered before is offered again");
    let again = story.ask(&citizen, QUESTIONS[7].0).formatted;
    assert!(!again.text.contains(QUESTIONS[7].1), "{}", again.text);
    story.hear(&admin, "/include 居住证管理办法.md");
    assert!(story.ask(&citizen, QUESTIONS[7].0).formatted.text.contains(QUESTIONS[7].1));
    story.close();
}

#[test]
fn misses_list_what_was_asked_and_not_found() {
    let (story, admin, citizen) = town();
    story.ask(&citizen, UNANSWERABLE);
    story.ask(&citizen, QUESTIONS[0].0);
    let misses = story.hear(&admin, "/misses").formatted.text;
    assert!(misses.contains("quokka"), "{misses}");
    assert!(!misses.contains(QUESTIONS[0].0) && !misses.contains("张三"), "{misses}");
    story.close();
}

#[test]
fn an_official_pauses_the_bot_with_a_note_and_resumes() {
    let (mut story, admin, citizen) = town();
    story.hear(&admin, "/pause 系统升级，今晚八点恢复");
    let note = story.hear(&citizen, QUESTIONS[3].0).formatted;
    assert!(note.text.contains("系统升级，今晚八点恢复") && note.quotes().is_empty(), "{}", note.text);
    story.kill();
    story.start();
    let note = story.hear(&citizen, QUESTIONS[4].0).formatted;
    assert!(note.quotes().is_empty(), "a pause outlives a restart: {}", note.text);
    story.hear(&admin, "/resume");
    assert!(story.ask(&citizen, QUESTIONS[5].0).formatted.text.contains(QUESTIONS[5].1));
    story.close();
}

#[test]
fn an_official_sends_a_document_and_it_joins_only_after_a_confirmation() {
    let (story, admin, citizen) = town();
    let before = story.world().sent_in(admin.id).count();
    story.upload(&admin, "图书馆 公告.md", LIBRARY.as_bytes());
    let card = story.nth_in(admin.id, before);
    assert!(
        card.formatted.text.contains("清河县图书馆开放公告") && card.formatted.text.contains("2026-06-01"),
        "{}",
        card.formatted.text
    );
    assert!(
        !story.ask(&citizen, "少儿阅览室在哪里？").formatted.text.contains("二楼东侧"),
        "not before the confirmation"
    );
    let confirm: Button = actions(&card).first().cloned().expect("a confirming button");
    story.press(&citizen, admin.id, card.id, &confirm.value);
    assert!(!story.ask(&citizen, "少儿阅览室在哪里？").formatted.text.contains("二楼东侧"), "a citizen cannot confirm");
    story.press(&admin, admin.id, card.id, &confirm.value);
    until_told(&story, &admin, &["图书馆"]);
    until_answered(&story, &citizen, "少儿阅览室在哪里？", "二楼东侧");
    story.close();
}

#[test]
fn a_file_that_is_no_document_is_refused_with_a_reason() {
    let (story, admin, citizen) = town();
    let files: [(&str, &[u8]); 4] = [
        ("../../../etc/passwd", b"root"),
        ("empty.md", b""),
        ("noise.bin", &[0, 159, 146, 150, 255, 0, 1]),
        ("..\\..\\.env", b"TELEGRAM_TOKEN=x"),
    ];
    for (name, bytes) in files {
        let before = story.world().sent_in(admin.id).count();
        story.upload(&admin, name, bytes);
        let told = story.nth_in(admin.id, before);
        assert!(!told.formatted.text.is_empty(), "{name}");
        for action in actions(&told) {
            story.press(&admin, admin.id, told.id, &action.value);
        }
    }
    story.ask(&citizen, QUESTIONS[0].0);
    let names = |folder: &str| -> Vec<String> {
        let entries = fs::read_dir(story.folder(folder)).unwrap().flatten();
        entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
    };
    let strange = names("").into_iter().find(|name| !["corpus", "index", "log", "state"].contains(&name.as_str()));
    assert_eq!(strange, None, "a file name leads out of the corpus");
    let no_document = names("corpus").into_iter().find(|name| ["noise.bin", "empty.md"].contains(&name.as_str()));
    assert_eq!(no_document, None, "joined the corpus");
    story.close();
}
