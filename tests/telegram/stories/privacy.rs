//! Point 10: what is kept, and how it is forgotten.

use std::fs;

use super::QUESTIONS;
use crate::{harness::Story, server::TOKEN};

/// A private matter that no document holds.
const SECRET: &str = "我叫欧阳翡翠，患有罕见病，居住证多久签注一次？";

/// Whether the bytes of a text stand in any file of the state.
fn kept(story: &Story, text: &str) -> bool {
    let files = fs::read_dir(story.folder("state")).expect("the state").flatten();
    let mut bytes = files.filter_map(|file| fs::read(file.path()).ok());
    bytes.any(|bytes| bytes.windows(text.len()).any(|window| window == text.as_bytes()))
}

#[test]
fn the_log_holds_no_word_of_a_citizen_and_no_token() {
    let mut story = Story::open();
    let zhang = story.person("欧阳翡翠", "zh-hans");
    story.ask(&zhang, SECRET);
    story.hear(&zhang, "/ask 欧阳翡翠的补贴");
    story.inline(&zhang, "欧阳翡翠", "");
    story.ask(&zhang, QUESTIONS[0].0);
    story.terminate();
    story.ended();
    let log = story.log();
    for word in ["欧阳", "翡翠", "罕见病", "签注", "咨询电话", TOKEN.split(':').nth(1).unwrap()] {
        assert!(!log.contains(word), "the log says {word}:\n{log}");
    }
}

#[test]
fn a_citizen_asks_to_be_forgotten_and_is() {
    let mut story = Story::open();
    let (zhang, li) = (story.person("张三", "zh-hans"), story.person("李四", "zh-hans"));
    let answer = story.ask(&zhang, SECRET);
    story.ask(&li, "李四也想知道居住证多久签注一次？");
    let told = story.hear(&zhang, "/forget").formatted.text;
    assert!(!told.is_empty());
    for action in super::actions(&answer) {
        story.press(&zhang, zhang.id, answer.id, &action.value);
    }
    story.ask(&zhang, QUESTIONS[0].0);
    story.terminate();
    story.ended();
    assert!(!kept(&story, "欧阳翡翠"), "the words of who asked to be forgotten still stand on the disk");
    for person in [&zhang, &li] {
        assert!(!kept(&story, &person.id.to_string()), "the number of a person stands on the disk as it is");
    }
    story.start();
    story.ask(&zhang, QUESTIONS[1].0);
    story.close();
}
