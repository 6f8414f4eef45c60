//! A living corpus: the index changes under a running bot, and citizens notice nothing but other answers.

use std::fs;

use super::{QUESTIONS, button, press_and_read};
use crate::{
    harness::Story,
    server::{Person, Server},
};

/// A document that is not among the fixtures.
const LIBRARY: &str = "# 清河县图书馆开放公告\n\n县图书馆每周二至周日9时至20时30分开放，周一闭馆整理。\n\n少儿阅览室位于图书馆二楼东侧。\n";

/// What it alone answers.
const QUESTION: &str = "少儿阅览室在哪里？";

/// A bot with one admin and one citizen.
fn town(settings: &[(&str, &str)]) -> (Story, Person, Person) {
    let mut story = Story::prepare(Server::start());
    let (admin, citizen) = (story.person("主任", "zh-hans"), story.person("张三", "zh-hans"));
    story.set("TELEGRAM_ADMINS", &admin.id.to_string());
    for (name, value) in settings {
        story.set(name, value);
    }
    story.start();
    (story, admin, citizen)
}

/// Waits until the bot says something to a person, in a new or an edited message.
#[track_caller]
fn until_told(story: &Story, person: &Person, words: &str) {
    story.until(words, |world| {
        let mut told = world.chats[&person.id].messages.values().filter(|message| message.of_bot);
        told.any(|message| message.formatted.text.contains(words)).then_some(())
    });
}

/// Whether the new document answers.
#[track_caller]
fn answers(story: &Story, person: &Person) -> bool {
    story.ask(person, QUESTION).formatted.text.contains("二楼东侧")
}

/// Asks something that another document answers, whatever is going on.
#[track_caller]
pub(super) fn still_answers(story: &Story, person: &Person, number: usize) {
    let (question, expected) = QUESTIONS[number];
    let answer = story.ask(person, question).formatted.text;
    assert!(answer.contains(expected), "{answer}");
}

#[test]
fn what_another_process_builds_is_taken_up_and_taken_back() {
    let (story, _, citizen) = town(&[]);
    assert!(!answers(&story, &citizen));
    fs::write(story.folder("corpus").join("图书馆.md"), LIBRARY).unwrap();
    assert!(story.command(&["reindex"]).output().unwrap().status.success());
    story.until_logged(&["is in force now"]);
    assert!(answers(&story, &citizen));
    let output = story.command(&["rollback"]).output().unwrap();
    let generation = String::from_utf8_lossy(&output.stdout).split_whitespace().nth(1).unwrap().to_owned();
    story.until_logged(&[&format!("index {generation} is in force now")]);
    assert!(!answers(&story, &citizen));
    still_answers(&story, &citizen, 0);
    story.close();
}

#[test]
fn a_watched_folder_is_taken_up_by_itself() {
    let (story, _, citizen) = town(&[("CORPUS_WATCH", "true")]);
    assert!(!answers(&story, &citizen));
    let path = story.folder("corpus").join("图书馆.md");
    fs::write(&path, LIBRARY).unwrap();
    still_answers(&story, &citizen, 1);
    story.until_logged(&["the files have changed: 1 added, 0 changed, 0 moved, 0 removed, 0 refused"]);
    assert!(answers(&story, &citizen));
    fs::write(story.folder("corpus").join("扫描.pdf"), b"%PDF-1.4 cut").unwrap();
    fs::remove_file(path).unwrap();
    still_answers(&story, &citizen, 2);
    story.until_logged(&["the files have changed: 0 added, 0 changed, 0 moved, 1 removed, 1 refused"]);
    assert!(!answers(&story, &citizen), "what is deleted is quoted no longer");
    still_answers(&story, &citizen, 3);
    story.close();
}

#[test]
fn a_watching_bot_leaves_alone_what_an_official_went_back_to() {
    let (story, admin, citizen) = town(&[("CORPUS_WATCH", "true")]);
    fs::write(story.folder("corpus").join("图书馆.md"), LIBRARY).unwrap();
    story.until_logged(&["the files have changed: 1 added"]);
    story.hear(&admin, "/rollback");
    assert!(!answers(&story, &citizen));
    fs::write(story.folder("corpus").join("另.md"), "# 另一份公告\n\n县档案馆周六开放。\n").unwrap();
    story.hear(&admin, "/reindex");
    until_told(&story, &admin, "新增 2");
    assert!(answers(&story, &citizen), "the build that was asked for ends the rollback");
    fs::remove_file(story.folder("corpus").join("另.md")).unwrap();
    story.until_logged(&["the files have changed: 0 added, 0 changed, 0 moved, 1 removed"]);
    assert_eq!(story.log().matches("the files have changed").count(), 2, "not while the rollback held");
    story.close();
}

#[test]
fn the_gate_is_told_to_the_official_who_may_force_it() {
    let (story, admin, citizen) = town(&[]);
    let corpus = story.folder("corpus");
    fs::write(corpus.join("图书馆.md"), LIBRARY).unwrap();
    let line =
        format!("{{\"id\":\"1\",\"question\":\"{QUESTION}\",\"answers\":[[\"二楼东侧\"]],\"answerable\":true}}\n");
    fs::write(corpus.join("questions.jsonl"), line).unwrap();
    story.hear(&admin, "/reindex");
    until_told(&story, &admin, "新答对");
    fs::remove_file(corpus.join("图书馆.md")).unwrap();
    story.hear(&admin, "/reindex");
    until_told(&story, &admin, "/reindex force");
    until_told(&story, &admin, &format!("不再答对：{QUESTION}"));
    until_told(&story, &admin, "新索引答对 0 个检验问题（共 1 个），原索引答对 1 个");
    assert!(answers(&story, &citizen), "the index before stays in force");
    assert!(story.hear(&admin, "/status").formatted.text.contains("没有生效"));
    let begun = story.hear(&admin, "/reindex force");
    story.until("the forced index is in force", |world| {
        let told = &world.text(admin.id, begun.id)?.text;
        (told.contains("已生效") && told.contains("删除 1")).then_some(())
    });
    assert!(!answers(&story, &citizen));
    assert!(!story.hear(&admin, "/status").formatted.text.contains("没有生效"));
    story.close();
}

#[test]
fn buttons_follow_a_document_that_has_moved() {
    let (story, admin, citizen) = town(&[]);
    let corpus = story.folder("corpus");
    fs::write(corpus.join("图书馆.md"), LIBRARY).unwrap();
    story.hear(&admin, "/reindex");
    until_told(&story, &admin, "新增 1");
    let answer = story.ask(&citizen, QUESTION);
    fs::create_dir(corpus.join("旧")).unwrap();
    fs::rename(corpus.join("图书馆.md"), corpus.join("旧/图书馆.md")).unwrap();
    story.hear(&admin, "/reindex");
    until_told(&story, &admin, "移动 1");
    let shown = press_and_read(&story, &citizen, &answer, &button(&answer, "上下文"));
    assert!(shown.text.contains("周一闭馆整理"), "{}", shown.text);
    still_answers(&story, &citizen, 0);
    story.close();
}
