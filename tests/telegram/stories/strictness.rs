//! The tests' own server, held to the facts: a lenient server would make all other stories worthless.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::server::{Person, Server, TOKEN, post};

/// Calls a method, with a few fields of its own in a call that is right otherwise.
fn check(server: &Server, method: &str, good: &Value, cases: &[(Value, &str)]) {
    for (fields, expected) in cases {
        let mut body = good.clone();
        for (name, value) in fields.as_object().into_iter().flatten() {
            body[name] = value.clone();
        }
        let answer = server.request(method, &body);
        let description = answer["description"].as_str().unwrap_or("ok");
        assert!(description.contains(expected), "{method} {body}: {expected:?} was expected, not {answer}");
    }
}

fn town() -> (Server, Person) {
    let server = Server::start();
    let zhang = server.person("张三", "zh-hans");
    (server, zhang)
}

fn keyboard(button: Value) -> Value {
    json!({"reply_markup": {"inline_keyboard": [[button]]}})
}

#[test]
fn messages_are_refused_as_the_platform_refuses_them() {
    let (server, zhang) = town();
    let asked = server.say(&zhang, "请问几点上班");
    let reply = |fields: Value| json!({"reply_parameters": fields});
    check(
        &server,
        "sendMessage",
        &json!({"chat_id": zhang.id, "text": "好"}),
        &[
            (json!({"unknown": [1], "disable_notification": true}), "ok"),
            (json!({"text": "好".repeat(4096)}), "ok"),
            (json!({"text": format!("  <b>{}</b>\n", "&lt;".repeat(4096)), "parse_mode": "HTML"}), "ok"),
            (json!({"text": "好<br>", "parse_mode": "HTML"}), "can't parse entities: Unsupported start tag \"br\""),
            (json!({"text": " \n"}), "message text is empty"),
            (json!({"text": "<b> </b>", "parse_mode": "HTML"}), "message text is empty"),
            (json!({"text": "好".repeat(4097)}), "message is too long"),
            (json!({"text": "&lt;".repeat(8200), "parse_mode": "HTML"}), "text is too long"),
            (json!({"chat_id": 12}), "chat not found"),
            (json!({"message_thread_id": 1}), "message thread not found"),
            (reply(json!({"message_id": 77})), "message to be replied not found"),
            (reply(json!({"message_id": 77, "allow_sending_without_reply": true})), "ok"),
            (reply(json!({"message_id": asked, "quote": "几点上班"})), "ok"),
            (reply(json!({"message_id": asked, "quote": "几点下班"})), "QUOTE_TEXT_INVALID"),
            (keyboard(json!({"text": "x", "callback_data": "x".repeat(65)})), "BUTTON_DATA_INVALID"),
            (keyboard(json!({"text": "x", "copy_text": {"text": ""}})), "BUTTON_COPY_TEXT_INVALID"),
            (keyboard(json!({"text": "", "url": "https://a.example"})), "text buttons are unallowed"),
            (keyboard(json!({"text": "x"})), "exactly one action"),
            (json!({"entities": [{"type": "bold", "offset": 0, "length": 9}]}), "entity beyond the end"),
        ],
    );
    server.change(|world| world.chats.get_mut(&zhang.id).unwrap().forbidden = Some("bot was blocked by the user"));
    check(
        &server,
        "sendMessage",
        &json!({"chat_id": zhang.id, "text": "好"}),
        &[(json!({}), "Forbidden: bot was blocked")],
    );
}

#[test]
fn edits_taps_inline_results_and_menus_are_checked() {
    let (server, zhang) = town();
    let sent = server.request("sendMessage", &json!({"chat_id": zhang.id, "text": "好"}));
    let edit = json!({"chat_id": zhang.id, "message_id": sent["result"]["message_id"], "text": "很好"});
    check(
        &server,
        "editMessageText",
        &edit,
        &[
            (json!({}), "ok"),
            (json!({}), "message is not modified"),
            (json!({"message_id": 999}), "message to edit not found"),
        ],
    );
    let query = server.tap(&zhang, zhang.id, 1, "x");
    check(
        &server,
        "answerCallbackQuery",
        &json!({"callback_query_id": query}),
        &[(json!({"text": "好".repeat(201)}), "MESSAGE_TOO_LONG"), (json!({}), "ok"), (json!({}), "query is too old")],
    );
    let result = |id: String| json!({"type": "article", "id": id, "title": "好", "input_message_content": {"message_text": "好"}});
    let results = |ids: Vec<String>| json!({"results": ids.into_iter().map(result).collect::<Vec<_>>()});
    let query = server.inline(&zhang, "好", "");
    check(
        &server,
        "answerInlineQuery",
        &json!({"inline_query_id": query}),
        &[
            (results((0..51).map(|id| id.to_string()).collect()), "RESULTS_TOO_MUCH"),
            (results(vec!["a".to_owned(), "a".to_owned()]), "RESULT_ID_DUPLICATE"),
            (results(vec!["文".repeat(22)]), "RESULT_ID_INVALID"),
            (results((0..50).map(|id| id.to_string()).collect()), "ok"),
        ],
    );
    let command = |name: &str, text: &str| json!({"commands": [{"command": name, "description": text}]});
    check(
        &server,
        "setMyCommands",
        &json!({}),
        &[
            (command("ask", "提问"), "ok"),
            (command("Ask", "提问"), "BOT_COMMAND_INVALID"),
            (command("ask", ""), "BOT_COMMAND_DESCRIPTION_INVALID"),
            (json!({"commands": [], "language_code": "zh-CN"}), "invalid language code"),
            (json!({"commands": [], "scope": {"type": "chat", "chat_id": 5}}), "chat not found"),
        ],
    );
}

#[test]
fn updates_wait_until_a_later_offset_is_asked_for() {
    let (server, zhang) = town();
    server.say(&zhang, "一");
    server.say(&zhang, "二");
    let updates =
        |offset: i64| server.request("getUpdates", &json!({"offset": offset}))["result"].as_array().unwrap().clone();
    let first = updates(0);
    assert_eq!((first.len(), &first), (2, &updates(0)), "what was not confirmed is delivered again");
    let second = first[1]["update_id"].as_i64().unwrap();
    assert_eq!(updates(second).len(), 1);
    assert!(updates(second + 1).is_empty() && updates(0).is_empty(), "what was confirmed is forgotten");
    check(
        &server,
        "setWebhook",
        &json!({"url": "https://a.example:8443/x"}),
        &[
            (json!({"url": "http://a.example"}), "An HTTPS URL must be provided"),
            (json!({"url": "https://a.example:9000"}), "only on ports"),
            (json!({"secret_token": "a b"}), "unallowed characters"),
            (json!({}), "ok"),
        ],
    );
    check(
        &server,
        "getUpdates",
        &json!({}),
        &[(json!({}), "Conflict: can't use getUpdates method while webhook is active")],
    );
}

#[test]
fn only_the_right_token_at_the_right_address_is_served() {
    let status = |server: &Server, path: &str| {
        let address: SocketAddr = server.url().strip_prefix("http://").unwrap().parse().unwrap();
        post(address, path, None, b"{}").unwrap()
    };
    let (server, test_server) = (Server::start(), Server::of_test_environment());
    for (path, here, there) in [
        (format!("/bot{TOKEN}/getMe"), 200, 401),
        (format!("/bot{TOKEN}/GETME"), 200, 401),
        (format!("/bot{TOKEN}/test/getMe"), 401, 200),
        (format!("/bot{TOKEN}x/getMe"), 401, 401),
        ("/botnonsense/getMe".to_owned(), 404, 404),
        (format!("/bot{TOKEN}/inventedMethod"), 404, 401),
        (format!("/file/bot{TOKEN}/documents/none"), 404, 404),
    ] {
        assert_eq!((status(&server, &path), status(&test_server, &path)), (here, there), "{path}");
    }
}
