//! No value of a secret setting is ever printed: not when it is wrong, not when the file that holds it cannot be read, not when
//! a server gives it back, and not in the most talkative log.

use std::{
    fs,
    io::{Read, Write},
    net::{Shutdown, TcpListener},
    thread,
};

use crate::harness::{Place, Said};

/// A part of every secret.
const CANARY: &str = "kanarienvogel";

/// All secret settings, with good values. Any of them may also stand where it does not belong.
const SECRETS: [(&str, &str); 6] = [
    ("TELEGRAM_TOKEN", "123456789:AAkanarienvogel-1"),
    ("TELEGRAM_WEBHOOK_SECRET", "kanarienvogel-2"),
    ("MATRIX_PASSWORD", "kanarienvogel-3"),
    ("MATRIX_ACCESS_TOKEN", "kanarienvogel-4"),
    ("MATRIX_STORE_KEY", "kanarienvogel-5"),
    ("MATRIX_RECOVERY_KEY", "kanarienvogel-6"),
];

/// Settings that are no secrets, but in which one may land by mistake.
const BESIDE: [&str; 11] = [
    "MATRIX_HOMESERVER",
    "TELEGRAM_ADMINS",
    "TELEGRAM_API_URL",
    "TELEGRAM_TEST_ENVIRONMENT",
    "TELEGRAM_WEBHOOK_URL",
    "TELEGRAM_WEBHOOK_LISTEN",
    "TELEGRAM_PACE",
    "MATRIX_INVITES",
    "MATRIX_ALLOWLIST",
    "MATRIX_ADMINS",
    "TELEGRAM_TOKEN",
];

fn place() -> Place {
    Place::with(&[("停车.md", "# 停车\n\n路边停车每小时收费五元。\n")])
}

fn with_env_file(place: &Place, text: &[u8], arguments: &[&str]) -> Said {
    fs::write(place.state().with_file_name(".env"), text).unwrap();
    place.run(arguments)
}

#[track_caller]
fn is_silent(said: &Said, what: &str) {
    for text in [&said.out, &said.err] {
        assert!(!text.contains(CANARY) && !text.contains("nachtigall"), "{what}: {text}");
    }
}

#[test]
fn a_line_that_cannot_be_read_is_named_by_its_number_only() {
    let place = place();
    for (line, text) in [
        (3, "# Settings\nKEEP_DAYS=3\nMATRIX_PASSWORD=kanarienvogel nachtigall\n".as_bytes()),
        (1, b"MATRIX_PASSWORD='kanarienvogel\nKEEP_DAYS=3\n"),
        (2, b"\nkanarienvogel nachtigall\n"),
        (1, b"TELEGRAM_TOKEN=\"kanarienvogel \\q\"\n"),
        (1, b"MATRIX_PASSWORD=kanarienvogel\xff\n"),
        (2, b"KEEP_DAYS=3\nMATRIX_PASSWORD=kanarienvogel\0\n"),
    ] {
        for arguments in [&["check"][..], &["ask", "停车"], &["report"], &["reindex"], &[]] {
            let said = with_env_file(&place, text, arguments);
            is_silent(&said, &format!("line {line}, {arguments:?}"));
            assert_eq!(said.code, 2);
            assert!(said.err.contains(&format!("line {line} of ")) && said.err.contains("in quotes"), "{}", said.err);
        }
    }
}

#[test]
fn settings_are_read_from_the_file_and_slips_in_their_names_are_told() {
    let place = place();
    let text =
        format!("TELEGRAM_TOKN={CANARY}\nMATRIX_PASWORD='nachtigall'\nHTTP_PROXY=\nWHERE_TO_ASK='请 拨打 12345'\n");
    let said = with_env_file(&place, text.as_bytes(), &["ask", "护照怎么办理？"]);
    is_silent(&said, "slips");
    assert!(said.out.contains("请 拨打 12345"), "{}", said.out);
    for (slip, meant) in [("TELEGRAM_TOKN", "TELEGRAM_TOKEN"), ("MATRIX_PASWORD", "MATRIX_PASSWORD")] {
        assert!(said.err.contains(&format!("there is no setting {slip}; is {meant} meant?")), "{}", said.err);
    }
    assert!(said.err.contains("line 1 of ") && !said.err.contains("HTTP_PROXY"), "{}", said.err);
}

/// A server that refuses everything, and says of each request what it was.
fn parrot() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("127.0.0.1:{}", listener.local_addr().unwrap().port());
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut buffer = [0; 8192];
            let count = stream.read(&mut buffer).unwrap_or(0);
            let request = String::from_utf8_lossy(&buffer[..count]).into_owned();
            let heard = request.lines().next().unwrap_or_default();
            let body =
                serde_json::json!({ "ok": false, "error_code": 404, "description": heard, "errcode": "M_NOT_FOUND" });
            let body = body.to_string();
            let head = format!("HTTP/1.1 404 Not Found\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
            _ = stream.write_all(format!("{head}{body}").as_bytes());
            _ = stream.shutdown(Shutdown::Write);
        }
    });
    address
}

/// Runs a subcommand with all secrets, everything logged, and more settings.
fn whisper(place: &Place, arguments: &[&str], server: &str, settings: &[(&str, &str)]) -> Said {
    let mut command = place.command(arguments);
    command.env("WENDA_LOG", "trace").env("NO_PROXY", "127.0.0.1").env("MATRIX_USER", "@wenda:example.org");
    command.env("TELEGRAM_API_URL", format!("http://wenda:kanarienvogel-7@{server}"));
    command.env("MATRIX_HOMESERVER", format!("http://{server}"));
    command.envs(SECRETS).envs(settings.iter().copied());
    let output = command.output().unwrap();
    Said {
        out: String::from_utf8_lossy(&output.stdout).into_owned(),
        err: String::from_utf8_lossy(&output.stderr).into_owned(),
        code: output.status.code().unwrap_or(-1),
    }
}

#[test]
fn no_subcommand_prints_a_secret() {
    let (place, server) = (place(), parrot());
    // What a program without Matrix refuses is left out by it.
    let without = [("MATRIX_USER", ""), ("MATRIX_HOMESERVER", "")].into_iter();
    let without: Vec<(&str, &str)> = without
        .chain(SECRETS.iter().filter(|(name, _)| name.starts_with("MATRIX")).map(|(name, _)| (*name, "")))
        .collect();
    let hook = [
        ("TELEGRAM_WEBHOOK_URL", "https://bot.example.org/kanarienvogel-9"),
        ("TELEGRAM_WEBHOOK_LISTEN", "127.0.0.1:0"),
    ];
    for arguments in [
        &["check"][..],
        &["serve"],
        &["ask", "停车收费多少？"],
        &["ask", "--explain", "--json", "停车收费多少？"],
        &["chat"],
        &["reindex"],
        &["exclude", "停车.md"],
        &["include", "停车.md"],
        &["text", "停车.md"],
        &["report", "--output", "page.html"],
        &["report", "--json"],
        &["--help"],
        &["no-such-command"],
    ] {
        let all = [&without[..], &hook, &[("MATRIX_ACCESS_TOKEN", "")]];
        let speaks_to_servers = ["check", "serve"].contains(&arguments[0]);
        for settings in &all[..if speaks_to_servers { all.len() } else { 1 }] {
            let said = whisper(&place, arguments, &server, settings);
            is_silent(&said, &format!("{arguments:?} with {settings:?}"));
        }
    }
    let page = fs::read_to_string(place.state().with_file_name("page.html")).unwrap();
    assert!(page.contains("<!DOCTYPE html>") && !page.contains(CANARY));
}

#[test]
fn a_bad_value_is_refused_without_being_shown() {
    let place = place();
    for name in BESIDE {
        for value in ["kanarienvogel nachtigall", "https://:kanarienvogel @x", "@kanarienvogel:", "1:kanarienvogel!"] {
            let said = whisper(&place, &["check"], "127.0.0.1:9", &[(name, value)]);
            is_silent(&said, &format!("{name}={value}"));
        }
    }
}
