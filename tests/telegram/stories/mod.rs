//! What must hold, point by point. Each test is a story that a citizen or an official could tell.

use crate::{
    harness::{Button, Story, buttons},
    server::{Formatted, Person, Sent},
};

mod admins;
mod answers;
mod durability;
mod flood;
mod groups;
mod inline;
mod load;
mod poller;
mod privacy;
mod private;
mod renewal;
mod strictness;
mod surroundings;
mod uploads;
mod weather;
mod webhook;

/// Questions with words that only the right answer holds.
pub(crate) const QUESTIONS: [(&str, &str); 10] = [
    ("政务服务中心咨询电话是多少？", "0319-8162345"),
    ("老年人优待证在几号窗口办理？", "7号窗口"),
    ("2026年全县计划实施民生实事项目多少个？", "43个"),
    ("加装电梯多少部？", "电梯96部"),
    ("新增公办幼儿园学位多少个？", "2160个"),
    ("县人民医院新院区设置床位多少张？", "床位800张"),
    ("首次申领居住证要交工本费吗？", "免收证件工本费"),
    ("居住证多久签注一次？", "每年签注一次"),
    ("城乡居民基本医疗保险个人缴费标准是多少？", "400元"),
    ("中心地下停车场共有车位多少个？", "车位260个"),
];

/// A question that no document answers, with no word in common with any.
const UNANSWERABLE: &str = "xylophone quokka zeppelin";

/// Presses a button under a message and reads what it brings: the changed message, or a new one.
#[track_caller]
fn press_and_read(story: &Story, person: &Person, shown: &Sent, button: &Button) -> Formatted {
    let count = story.world().sent_in(shown.chat).count();
    let mut shown = shown.clone();
    if let Some(now) = story.world().text(shown.chat, shown.id) {
        shown.formatted = now.clone();
    }
    story.press(person, shown.chat, shown.id, &button.value);
    story.changed(&shown, count)
}

/// The buttons with which the bot itself does something, thumbs aside.
fn actions(shown: &Sent) -> Vec<Button> {
    let all = buttons(shown.markup.as_ref()).into_iter();
    all.filter(|button| button.action == "callback_data" && !button.text.contains(['👍', '👎'])).collect()
}

/// The button that says something.
#[track_caller]
fn button(shown: &Sent, says: &str) -> Button {
    let all = buttons(shown.markup.as_ref());
    let found = all.iter().find(|button| button.text.contains(says)).cloned();
    found.unwrap_or_else(|| panic!("no button says {says:?}: {all:?}"))
}
