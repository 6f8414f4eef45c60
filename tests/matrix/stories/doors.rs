//! Login, invitations, and rooms that are left or moved.

use serde_json::{Value, json};

use super::QUESTIONS;
use crate::{
    harness::{PASSWORD, Person, Story},
    synapse::free_port,
};

#[test]
fn mistakes_in_the_settings_are_told_in_plain_words() {
    let mut story = Story::prepare();
    let tell = |story: &Story, command: &str| {
        let (output, told) = story.run(&[command]);
        assert_eq!(output.status.code(), Some(2), "{told}");
        told
    };
    story.set("MATRIX_PASSWORD", "wrong");
    for command in ["check", "serve"] {
        let told = tell(&story, command);
        assert!(told.contains("does not accept MATRIX_PASSWORD for MATRIX_USER"), "{told}");
    }
    story.set("MATRIX_PASSWORD", PASSWORD);
    let good = story.run(&["check"]).1;
    assert!(good.contains("the password is good for @wenda-"), "{good}");

    let address = format!("http://127.0.0.1:{}", free_port());
    story.set("MATRIX_HOMESERVER", &address);
    for command in ["check", "serve"] {
        let told = tell(&story, command);
        assert!(told.contains("cannot be reached at MATRIX_HOMESERVER=http://127.0.0.1:"), "{told}");
    }
    story.unset("MATRIX_STORE_KEY");
    assert!(tell(&story, "check").contains("MATRIX_STORE_KEY"));
}

#[test]
fn the_session_outlives_a_restart_and_its_end_is_told() {
    let mut story = Story::open();
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, true);
    story.ask(&zhang, &room, QUESTIONS[0].0);
    let before = devices(&story, &zhang);
    story.stop();
    // The password is needed once only.
    story.set("MATRIX_PASSWORD", "forgotten");
    let good = story.run(&["check"]).1;
    assert!(good.contains("the session of @wenda-"), "{good}");
    story.start();
    assert!(story.ask(&zhang, &room, QUESTIONS[1].0).body.contains(QUESTIONS[1].1));
    assert_eq!(devices(&story, &zhang), before, "one device for life");
    story.stop();

    let key = "MATRIX_STORE_KEY";
    story.set(key, "another key");
    let told = story.run(&["serve"]).1;
    assert!(told.contains("MATRIX_STORE_KEY does not open"), "{told}");
    story.set(key, "a key that only the tests know");

    story.start();
    let root = story.server_admin();
    for device in &before {
        let path = format!("/_synapse/admin/v2/users/{}/devices/{device}", story.me);
        story.api(Some(&root), "DELETE", &path, json!({}));
    }
    let status = story.ended();
    assert_eq!(status.code(), Some(2));
    assert!(story.log().contains("M_UNKNOWN_TOKEN"), "{}", story.log_end());
    let told = story.run(&["check"]).1;
    assert!(told.contains("has logged out the session"), "{told}");
    assert!(!story.log().contains(PASSWORD));
}

/// The devices of the bot, as others see them.
fn devices(story: &Story, person: &Person) -> Vec<String> {
    let body = json!({"device_keys": {story.me.as_str(): []}});
    let answer = story.api(Some(person), "POST", "/_matrix/client/v3/keys/query", body);
    let keys = answer["body"]["device_keys"][&story.me].as_object().expect("the bot has devices");
    keys.keys().cloned().collect()
}

#[test]
fn a_token_with_its_device_works_like_a_password() {
    let mut story = Story::prepare();
    let body = json!({"type": "m.login.password", "password": PASSWORD,
        "identifier": {"type": "m.id.user", "user": story.me}});
    let login = story.api(None, "POST", "/_matrix/client/v3/login", body);
    let text = |name: &str| login["body"][name].as_str().expect("a login").to_owned();
    story.unset("MATRIX_PASSWORD");
    story.set("MATRIX_ACCESS_TOKEN", &text("access_token"));
    story.set("MATRIX_DEVICE_ID", "SOMEOTHER");
    let told = story.run(&["check"]).1;
    assert!(told.contains("belongs to the device"), "{told}");
    story.set("MATRIX_DEVICE_ID", &text("device_id"));
    story.start();
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, true);
    assert!(story.ask(&zhang, &room, QUESTIONS[0].0).body.contains(QUESTIONS[0].1));
    story.close();
}

#[test]
fn with_a_recovery_key_the_device_is_verified_and_its_keys_are_backed_up() {
    let mut story = Story::prepare();
    story.set("MATRIX_RECOVERY_KEY", "a passphrase for the keys");
    story.start();
    let zhang = story.person("zhang");
    story.until("the backup is set up", || story.log().contains("they are backed up").then_some(()));
    assert!(is_cross_signed(&story, &zhang));
    story.stop();
    // The disk is lost: the new device is verified by what the account keeps.
    std::fs::remove_dir_all(story.folder("state").join("matrix")).expect("the store");
    story.start();
    story.until("the new device is verified", || story.log().contains("recovery key was accepted").then_some(()));
    story.until("it is signed", || is_cross_signed(&story, &zhang).then_some(()));
    story.close();
}

/// Whether all devices of the bot are signed by its account.
fn is_cross_signed(story: &Story, person: &Person) -> bool {
    let body = json!({"device_keys": {story.me.as_str(): []}});
    let answer = story.api(Some(person), "POST", "/_matrix/client/v3/keys/query", body);
    let master = &answer["body"]["self_signing_keys"][&story.me]["keys"];
    let Some(key) = master.as_object().and_then(|keys| keys.keys().next()) else { return false };
    let devices = answer["body"]["device_keys"][&story.me].as_object().expect("devices");
    let newest = devices.values().filter(|device| device["unsigned"]["device_display_name"] == "Wenda");
    let signed: Vec<bool> = newest.map(|device| device["signatures"][&story.me][key].is_string()).collect();
    !signed.is_empty() && signed.iter().any(|signed| *signed)
}

#[test]
fn invitations_follow_the_policy() {
    let mut story = Story::prepare();
    let (friend, stranger) = (story.person("friend"), story.person("stranger"));
    story.set("MATRIX_INVITES", "allowlist");
    story.set("MATRIX_ALLOWLIST", &friend.id);
    story.start();
    let refused = story.room(&stranger, false);
    let me = story.me.clone();
    story.invite(&stranger, &refused, &me);
    story.direct(&friend, false);
    story.until("the invitation is declined", || (membership(&story, &stranger, &refused) == "leave").then_some(()));
    story.stop();
    story.set("MATRIX_INVITES", "none");
    story.start();
    let refused = story.room(&friend, false);
    story.invite(&friend, &refused, &me);
    story.until("the invitation is declined", || (membership(&story, &friend, &refused) == "leave").then_some(()));
    story.close();
}

/// The bot's membership in a room, as somebody there sees it.
fn membership(story: &Story, person: &Person, room: &str) -> String {
    let path = format!("/_matrix/client/v3/rooms/{room}/state/m.room.member/{}", story.me);
    let answer = story.api(Some(person), "GET", &path, Value::Null);
    answer["body"]["membership"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn an_abandoned_room_is_left_and_a_closed_one_followed() {
    let story = Story::open();
    let (zhang, li) = (story.person("zhang"), story.person("li"));
    let room = story.direct(&zhang, false);
    story.ask(&zhang, &room, QUESTIONS[0].0);
    let root = story.server_admin();
    story.api(Some(&zhang), "POST", &format!("/_matrix/client/v3/rooms/{room}/leave"), json!({}));
    story.until("the bot leaves", || {
        let path = format!("/_synapse/admin/v1/rooms/{room}/members");
        let answer = story.api(Some(&root), "GET", &path, Value::Null);
        answer["body"]["members"].as_array().is_none_or(Vec::is_empty).then_some(())
    });
    let old = story.group(&[&zhang, &li], false);
    let rule = json!({"join_rule": "public"});
    story.api(Some(&zhang), "PUT", &format!("/_matrix/client/v3/rooms/{old}/state/m.room.join_rules/"), rule);
    let path = format!("/_matrix/client/v3/rooms/{old}/upgrade");
    let answer = story.api(Some(&zhang), "POST", &path, json!({"new_version": "11"}));
    let new = answer["body"]["replacement_room"].as_str().expect("a new room").to_owned();
    let me = story.me.clone();
    story.until("the bot follows", || story.is_member(&zhang, &new, &me).then_some(()));
    story.close();
}

#[test]
fn what_was_said_before_the_invitation_is_not_answered() {
    let story = Story::open();
    let zhang = story.person("zhang");
    let room = story.room(&zhang, false);
    for number in 0..50 {
        story.say(&zhang, &room, &format!("第{number}句：{}", QUESTIONS[0].0));
    }
    let me = story.me.clone();
    story.invite(&zhang, &room, &me);
    // Whoever cannot wait is answered all the same.
    let early = story.say(&zhang, &room, QUESTIONS[1].0);
    let answer = story.answer_to(&zhang, &room, &early);
    assert!(answer.body.contains(QUESTIONS[1].1), "{}", answer.body);
    let asked = story.ask(&zhang, &room, QUESTIONS[2].0);
    assert!(asked.body.contains(QUESTIONS[2].1));
    assert_eq!(story.heard(&zhang, &room).len(), 2);
    story.close();
}
