//! Whether a message speaks to the bot, and what it says then.

use serde_json::Value;

use super::event::Event;
use crate::bot::COMMANDS;

/// The bot as others in a room see it.
#[derive(Clone, Debug)]
pub(super) struct Me {
    /// The full user id.
    pub(super) id: String,
    /// The name that is shown.
    pub(super) name: String,
}

/// What is known of where a message was said.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Scene {
    /// Nobody else is there.
    pub(super) direct: bool,
    /// It answers a message of the bot.
    pub(super) reply: bool,
}

/// What a message says to the bot, with commands written as the desk reads them; `None` where it speaks to others.
pub(super) fn heard(event: &Event, me: &Me, scene: Scene) -> Option<String> {
    let body = event.words()?;
    let body = if event.answers().is_some() { without_fallback(body) } else { body };
    let (text, named) = without_name(body, me);
    let mentions = event.content.get("m.mentions").filter(|mentions| mentions.is_object());
    let mentioned = match mentions {
        Some(mentions) => names_us(mentions, me) || named == Named::Called,
        None => named != Named::Not,
    };
    let addressed = scene.direct || scene.reply || mentioned;
    let text = if mentioned { text.as_str() } else { body }.trim();
    match text.strip_prefix(['!', '！']) {
        Some(line) => match command(line) {
            Some(command) => Some(command),
            // In company `!x` may be meant for another bot.
            None => scene.direct.then(|| format!("/{line}")),
        },
        None => addressed.then(|| text.to_owned()),
    }
}

/// `name rest` as the desk reads it, if it is one of our commands.
fn command(line: &str) -> Option<String> {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let name = name.to_ascii_lowercase();
    COMMANDS.iter().any(|(_, known, _)| *known == name).then(|| format!("/{name} {}", rest.trim()))
}

fn names_us(mentions: &Value, me: &Me) -> bool {
    mentions["user_ids"].as_array().is_some_and(|users| users.iter().any(|user| *user == me.id.as_str()))
}

/// How a text names the bot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Named {
    Not,
    /// Somewhere in the text.
    Within,
    /// At the beginning, with a sign behind it as one calls somebody.
    Called,
}

/// The text without the name of the bot, and how it stood there.
fn without_name(body: &str, me: &Me) -> (String, Named) {
    let body = body.trim();
    let local = me.id.split(':').next().unwrap_or_default();
    for name in [me.id.as_str(), &format!("@{}", me.name), local, &me.name] {
        let Some(rest) = strip_prefix_folded(body, name) else { continue };
        let called = rest.trim_start().strip_prefix([':', '：', ',', '，']);
        match called {
            Some(text) => return (text.trim().to_owned(), Named::Called),
            None if rest.is_empty() || rest.starts_with(char::is_whitespace) => {
                return (rest.trim().to_owned(), Named::Within);
            }
            None => {}
        }
    }
    for name in [me.id.as_str(), &format!("@{}", me.name), &me.name] {
        if let Some(at) = find_word(body, name) {
            let text = format!("{} {}", body[..at].trim_end(), body[at + name.len()..].trim_start());
            return (text.trim().to_owned(), Named::Within);
        }
    }
    (body.to_owned(), Named::Not)
}

/// The rest of a text behind a name, whatever the case of its letters.
fn strip_prefix_folded<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let head = text.get(..name.len()).filter(|_| name.len() > 1)?;
    head.eq_ignore_ascii_case(name).then(|| &text[name.len()..])
}

/// Where a name stands as a word of its own.
fn find_word(text: &str, name: &str) -> Option<usize> {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '@';
    let whole = |at: &usize| {
        let before = text[..*at].chars().next_back();
        let after = text[*at + name.len()..].chars().next();
        !before.is_some_and(word) && !after.is_some_and(word)
    };
    text.match_indices(name).map(|(at, _)| at).find(whole).filter(|_| name.len() > 1)
}

/// A reply without the lines that older clients repeat from the message that it answers.
fn without_fallback(body: &str) -> &str {
    let mut rest = body;
    while let Some(line) = rest.strip_prefix("> ").or_else(|| rest.strip_prefix(">\n")) {
        match line.split_once('\n') {
            Some((_, next)) => rest = next,
            None => return body,
        }
    }
    rest.trim_start_matches('\n')
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(content: Value, direct: bool, reply: bool, expected: Option<&str>) {
        let mut content = content;
        content["msgtype"] = json!("m.text");
        let event = Event { kind: "m.room.message".to_owned(), content, ..Event::default() };
        let me = Me { id: "@wenda:x.org".to_owned(), name: "Wenda 问答".to_owned() };
        assert_eq!(heard(&event, &me, Scene { direct, reply }).as_deref(), expected);
    }

    #[test]
    fn in_a_direct_room_everything_is_heard() {
        check(json!({"body": "何时？"}), true, false, Some("何时？"));
        check(json!({"body": "!Help"}), true, false, Some("/help "));
        check(json!({"body": "！ask 何时？"}), true, false, Some("/ask 何时？"));
        check(json!({"body": "!nonsense"}), true, false, Some("/nonsense"));
        let reply = json!({"m.in_reply_to": {"event_id": "$1"}});
        check(
            json!({"body": "> <@wenda:x.org> 引文\n> 又\n\n何时？", "m.relates_to": reply}),
            true,
            false,
            Some("何时？"),
        );
    }

    #[test]
    fn in_company_only_what_is_addressed() {
        check(json!({"body": "何时？"}), false, false, None);
        check(json!({"body": "何时？"}), false, true, Some("何时？"));
        check(json!({"body": "!ask 何时？"}), false, false, Some("/ask 何时？"));
        check(json!({"body": "!ban @a:x"}), false, false, None);
        check(json!({"body": "!ban @a:x"}), false, true, None);
        let us = json!({"user_ids": ["@wenda:x.org"]});
        check(json!({"body": "Wenda 问答: 何时？", "m.mentions": us}), false, false, Some("何时？"));
        check(json!({"body": "@wenda:x.org !help", "m.mentions": us}), false, false, Some("/help "));
        check(json!({"body": "请问 @wenda:x.org 何时？", "m.mentions": us}), false, false, Some("请问 何时？"));
        check(json!({"body": "@room 何时？", "m.mentions": {"room": true}}), false, false, None);
        check(json!({"body": "他说 Wenda 问答 很好", "m.mentions": {}}), false, false, None);
        check(json!({"body": "wenda 问答：何时？", "m.mentions": {}}), false, false, Some("何时？"));
        check(json!({"body": "Wenda 问答 何时？"}), false, false, Some("何时？"));
        check(json!({"body": "@wenda 何时？"}), false, false, Some("何时？"));
        check(json!({"body": "@wendax:x.org 何时？"}), false, false, None);
    }
}
