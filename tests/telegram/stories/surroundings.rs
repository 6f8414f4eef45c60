//! Point 8: Telegram's test servers, a local Bot API server, and `wenda check`.

use super::QUESTIONS;
use crate::{
    harness::Story,
    server::{BOT_NAME, Server, TOKEN},
};

#[test]
fn a_token_of_the_test_servers_works_with_one_setting() {
    let mut story = Story::prepare(Server::of_test_environment());
    let admin = story.person("主任", "zh-hans");
    story.set("TELEGRAM_TEST_ENVIRONMENT", "true");
    story.set("TELEGRAM_ADMINS", &admin.id.to_string());
    story.start();
    let zhang = story.person("张三", "zh-hans");
    assert!(story.ask(&zhang, QUESTIONS[3].0).formatted.text.contains(QUESTIONS[3].1));
    let before = story.world().sent_in(admin.id).count();
    story.upload(&admin, "新通告.md", "# 新通告\n\n图书馆周一闭馆。\n".as_bytes());
    let card = story.nth_in(admin.id, before);
    assert!(card.markup.is_some(), "files of the test servers are fetched too: {}", card.formatted.text);
    let world = story.world();
    let odd = world.calls.iter().find(|call| !call.path.starts_with(&format!("/bot{TOKEN}/test/")));
    assert!(odd.is_none(), "/test/ stands in the path as it is documented: {:?}", odd.map(|call| &call.path));
    drop(world);
    story.close();
}

#[test]
fn wenda_check_says_whose_token_it_is() {
    let mut story = Story::prepare(Server::start());
    let run = |story: &mut Story, token: &str, test: &str| {
        story.set("TELEGRAM_TOKEN", token);
        story.set("TELEGRAM_TEST_ENVIRONMENT", test);
        let output = story.command(&["check"]).output().unwrap();
        let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
        (output.status.success(), text)
    };
    assert!(story.command(&["reindex"]).output().unwrap().status.success());
    let (good, text) = run(&mut story, TOKEN, "false");
    assert!(good && text.contains(BOT_NAME), "{text}");
    for (token, test) in
        [("110201543:AAHnotTheTokenThatTheServerKnows00000", "false"), (TOKEN, "true"), ("no token at all", "false")]
    {
        let (good, text) = run(&mut story, token, test);
        assert!(!good, "{token} {test}: {text}");
        assert!(!text.contains("AAH"), "the token is not printed: {text}");
    }
}
