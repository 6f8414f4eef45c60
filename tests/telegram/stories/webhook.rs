//! Point 7: deliveries through a reverse proxy instead of fetching.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use super::QUESTIONS;
use crate::{
    harness::Story,
    server::{Fault, PATIENCE, Server, Weather, post},
};

/// The path of the public address.
const PATH: &str = "/hooks/wenda";

/// An address that nobody listens on.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
    listener.local_addr().expect("a bound listener has an address")
}

/// A bot behind a reverse proxy, and where it listens.
fn behind_a_proxy(secret: Option<&str>) -> (Story, SocketAddr) {
    let mut story = Story::prepare(Server::start());
    let free = free_address();
    story.set("TELEGRAM_WEBHOOK_URL", &format!("https://bot.qinghe.example:8443{PATH}"));
    story.set("TELEGRAM_WEBHOOK_LISTEN", &free.to_string());
    if let Some(secret) = secret {
        story.set("TELEGRAM_WEBHOOK_SECRET", secret);
    }
    story.world().faults.push(Fault::of("setwebhook", 1, Weather::BadGateway));
    story.launch();
    open_the_proxy(&story, free);
    (story, free)
}

/// Waits until the bot has registered its address and listens, and lets the proxy find it.
#[track_caller]
fn open_the_proxy(story: &Story, bot: SocketAddr) {
    story.until("setWebhook", |world| world.webhook.as_ref().map(|_| ()));
    let deadline = Instant::now() + PATIENCE;
    while TcpStream::connect(bot).is_err() {
        assert!(Instant::now() < deadline, "the bot does not listen on {bot}\n{}", story.log());
        thread::sleep(Duration::from_millis(20));
    }
    story.change(|world| {
        if let Some(webhook) = &mut world.webhook {
            webhook.proxy = Some(bot);
        }
    });
}

#[test]
fn questions_delivered_to_the_webhook_are_answered_even_after_a_kill() {
    let (mut story, bot) = behind_a_proxy(Some("s3cret-Token_1"));
    let registered = story.world().webhook.clone().unwrap();
    assert_eq!((registered.path.as_str(), registered.secret.as_deref()), (PATH, Some("s3cret-Token_1")));
    let kinds = story.world().allowed.clone().expect("allowed_updates is sent with setWebhook");
    assert!(["message", "callback_query", "inline_query"].iter().all(|kind| kinds.iter().any(|known| known == kind)));
    let zhang = story.person("张三", "zh-hans");
    assert!(story.ask(&zhang, QUESTIONS[3].0).formatted.text.contains(QUESTIONS[3].1));
    // 200 means stored: death right after it loses nothing.
    for (question, expected) in &QUESTIONS[..4] {
        let asked = story.say(&zhang, question);
        story.until("the delivery", |world| world.updates.is_empty().then_some(()));
        story.kill();
        story.launch();
        assert!(story.reply_to(zhang.id, asked).formatted.text.contains(expected));
        open_the_proxy(&story, bot);
    }
    let polled = story.world().calls_of("getupdates").count();
    assert_eq!(polled, 0, "with a webhook nothing is fetched");
    story.close();
}

#[test]
fn nobody_else_gets_in_through_the_webhook() {
    let (story, bot) = behind_a_proxy(None);
    let secret = story.world().webhook.clone().unwrap().secret.expect("a secret is made up where none is set");
    assert!(secret.len() >= 16, "a secret of {} characters can be guessed", secret.len());
    let zhang = story.person("张三", "zh-hans");
    let (_, message) = story.world().message(&zhang, zhang.id, QUESTIONS[3].0, json!({}));
    let update = json!({"update_id": 900_000_001, "message": message}).to_string();
    let status = |path: &str, secret: Option<&str>, body: &str| post(bot, path, secret, body.as_bytes()).unwrap_or(0);
    for wrong in [None, Some(""), Some("wrong"), Some(&secret[1..]), Some(&format!("{secret}x"))] {
        let status = status(PATH, wrong, &update);
        assert!([401, 403, 404].contains(&status), "secret {wrong:?}: {status}");
    }
    assert_eq!(status("/elsewhere", Some(&secret), &update), 404);
    assert!((400..500).contains(&status(PATH, Some(&secret), "{\"update_id\": 5, ")), "half an update is refused");
    let huge = format!("{{\"update_id\": 6, \"x\": \"{}\"}}", "a".repeat(20_000_000));
    assert_ne!(status(PATH, Some(&secret), &huge), 200, "20 MB are refused, or the connection is closed");
    story.ask(&zhang, QUESTIONS[4].0);
    assert_eq!(story.world().sent_in(zhang.id).count(), 1, "the forged question is not answered");
    story.close();
}

#[test]
fn a_delivery_that_the_platform_repeats_is_answered_once() {
    let (mut story, bot) = behind_a_proxy(Some("s3cret-Token_1"));
    let zhang = story.person("张三", "zh-hans");
    let (asked, message) = story.world().message(&zhang, zhang.id, QUESTIONS[3].0, json!({}));
    let update = json!({"update_id": 731_900_001, "message": message}).to_string();
    for round in 0..6 {
        let status = post(bot, PATH, Some("s3cret-Token_1"), update.as_bytes()).unwrap();
        assert_eq!(status, 200, "round {round}");
        if round == 2 {
            story.reply_to(zhang.id, asked);
            story.ask(&zhang, QUESTIONS[4].0);
            story.terminate();
            story.ended();
            story.launch();
            open_the_proxy(&story, bot);
        }
    }
    story.ask(&zhang, QUESTIONS[5].0);
    let answers = story.world().sent_in(zhang.id).filter(|sent| sent.reply_to == Some(asked)).count();
    assert_eq!(answers, 1);
    story.close();
}

#[test]
fn a_proxy_may_change_the_path() {
    let mut story = Story::prepare(Server::start());
    let free = free_address();
    story.set("TELEGRAM_WEBHOOK_URL", "https://www.qinghe.example/bots/wenda/");
    story.set("TELEGRAM_WEBHOOK_LISTEN", &free.to_string());
    story.set("TELEGRAM_WEBHOOK_PATH", "/inner");
    story.launch();
    open_the_proxy(&story, free);
    story.change(|world| {
        if let Some(webhook) = &mut world.webhook {
            webhook.path = "/inner".to_owned();
        }
    });
    let zhang = story.person("张三", "zh-hans");
    assert!(story.ask(&zhang, QUESTIONS[3].0).formatted.text.contains(QUESTIONS[3].1));
    story.close();
}

#[test]
fn a_webhook_given_up_is_removed_when_fetching_begins() {
    let (mut story, _) = behind_a_proxy(None);
    story.terminate();
    assert!(story.ended().success());
    let zhang = story.person("张三", "zh-hans");
    let asked = story.say(&zhang, QUESTIONS[3].0);
    story.set("TELEGRAM_WEBHOOK_URL", "");
    story.launch();
    story.reply_to(zhang.id, asked);
    story.close();
}
