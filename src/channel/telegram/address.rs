//! Whether a message speaks to the bot, and what it says then.

use super::update::{Entity, Message};
use crate::bot::COMMANDS;

/// The bot as others see it.
#[derive(Clone, Debug)]
pub(super) struct Me {
    pub(super) id: i64,
    pub(super) username: String,
}

/// What a message says to the bot, with commands written as the desk reads them; `None` where it speaks to others.
pub(super) fn heard(message: &Message, me: &Me) -> Option<String> {
    let robot = message.person().is_some_and(|person| person.is_bot);
    // What was sent by way of the bot holds the bot's own words.
    if robot || message.via_bot.as_ref().is_some_and(|bot| bot.id == me.id) {
        return None;
    }
    let (text, entities) = message.words()?;
    if let Some(command) = text.strip_prefix('/') {
        return addressed_command(command, message.chat.is_private(), me);
    }
    if message.chat.is_private() {
        return Some(text.to_owned());
    }
    if let Some(rest) = without_mention(text, entities, me) {
        return Some(rest);
    }
    replies_to(message, me).then(|| text.to_owned())
}

/// `/name@bot rest` without the bot, if the command is for this one. In a group a command without a name counts where it
/// is one of ours.
fn addressed_command(line: &str, private: bool, me: &Me) -> Option<String> {
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (name, bot) = name.split_once('@').map_or((name, None), |(name, bot)| (name, Some(bot)));
    let name = name.to_ascii_lowercase();
    let ours = match bot {
        Some(bot) => bot.eq_ignore_ascii_case(&me.username),
        None => private || COMMANDS.iter().any(|(_, known, _)| *known == name),
    };
    ours.then(|| format!("/{name} {rest}"))
}

/// The text without the mention of the bot, if it has one.
fn without_mention(text: &str, entities: &[Entity], me: &Me) -> Option<String> {
    entities.iter().find_map(|entity| {
        let (before, mention, after) = around(text, entity)?;
        let named = entity.kind == "mention"
            && mention.strip_prefix('@').is_some_and(|name| name.eq_ignore_ascii_case(&me.username));
        let pointed = entity.kind == "text_mention" && entity.user.as_ref().is_some_and(|user| user.id == me.id);
        (named || pointed).then(|| format!("{} {}", before.trim(), after.trim()).trim().to_owned())
    })
}

/// Whether the message answers one of the bot's; every message of a topic "answers" the one that opened the topic.
fn replies_to(message: &Message, me: &Me) -> bool {
    message.reply_to_message.as_ref().is_some_and(|reply| {
        let opened_topic = reply.forum_topic_created.is_some() || message.topic() == Some(reply.message_id);
        !opened_topic && reply.from.as_ref().is_some_and(|from| from.id == me.id)
    })
}

/// A text before, in and behind an entity; `None` where its offsets, counted in UTF-16 units, do not fit.
fn around<'t>(text: &'t str, entity: &Entity) -> Option<(&'t str, &'t str, &'t str)> {
    let byte = |units: usize| {
        let mut seen = 0;
        let mut starts = text.char_indices().map(|(at, c)| {
            seen += c.len_utf16();
            (at, seen - c.len_utf16())
        });
        starts
            .find(|(_, at)| *at == units)
            .map(|(at, _)| at)
            .or((text.encode_utf16().count() == units).then_some(text.len()))
    };
    let (start, end) = (byte(entity.offset)?, byte(entity.offset.checked_add(entity.length)?)?);
    Some((&text[..start], text.get(start..end)?, &text[end..]))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[track_caller]
    fn check(mut message: Value, expected: Option<&str>) {
        let me = Me { id: 99, username: "WendaBot".to_owned() };
        message["message_id"] = json!(10);
        if message["chat"].is_null() {
            message["chat"] = json!({"id": -5, "type": "supergroup"});
        }
        if message["from"].is_null() {
            message["from"] = json!({"id": 7});
        }
        let message: Message = serde_json::from_str(&message.to_string()).unwrap();
        assert_eq!(heard(&message, &me).as_deref(), expected);
    }

    #[test]
    fn in_private_everything_is_heard() {
        let chat = json!({"id": 7, "type": "private"});
        check(json!({"chat": chat, "text": "何时？"}), Some("何时？"));
        check(json!({"chat": chat, "text": "/Help"}), Some("/help "));
        check(json!({"chat": chat, "text": "/help@other_bot"}), None);
        check(json!({"chat": chat, "caption": "何时？"}), Some("何时？"));
        check(json!({"chat": chat, "text": "答案", "via_bot": {"id": 99, "is_bot": true}}), None);
    }

    #[test]
    fn in_groups_only_what_is_addressed() {
        check(json!({"text": "何时？"}), None);
        check(json!({"text": "/ask@wendabot 何时？"}), Some("/ask 何时？"));
        check(json!({"text": "/ask 何时？"}), Some("/ask 何时？"));
        check(json!({"text": "/ban 7"}), None);
        check(json!({"text": "/help@other_bot"}), None);
        check(
            json!({"text": "👍 @WendaBot 何时？", "entities": [{"type": "mention", "offset": 3, "length": 9}]}),
            Some("👍 何时？"),
        );
        check(json!({"text": "@other 何时？", "entities": [{"type": "mention", "offset": 0, "length": 6}]}), None);
        check(json!({"text": "x", "entities": [{"type": "mention", "offset": 0, "length": 900}]}), None);
        check(
            json!({"text": "@WendaBot 何时？", "entities": [{"type": "mention", "offset": 0, "length": 9}], "from": {"id": 8, "is_bot": true}}),
            None,
        );
    }

    #[test]
    fn replies_count_but_topics_do_not() {
        let reply = |from: i64| json!({"message_id": 4, "chat": {"id": -5, "type": "supergroup"}, "from": {"id": from, "is_bot": true}});
        check(json!({"text": "何时？", "reply_to_message": reply(99)}), Some("何时？"));
        check(json!({"text": "何时？", "reply_to_message": reply(98)}), None);
        let mut opening = reply(99);
        opening["forum_topic_created"] = json!({"name": "x"});
        check(
            json!({"text": "何时？", "reply_to_message": opening, "message_thread_id": 4, "is_topic_message": true}),
            None,
        );
        check(
            json!({"text": "何时？", "reply_to_message": reply(99), "message_thread_id": 4, "is_topic_message": true}),
            None,
        );
        check(
            json!({"text": "何时？", "reply_to_message": reply(99), "message_thread_id": 3, "is_topic_message": true}),
            Some("何时？"),
        );
    }

    #[test]
    fn anonymous_admins_are_heard_and_nobody() {
        let anonymous = json!({"id": 1_087_968_824, "is_bot": true});
        check(
            json!({"text": "/ask@wendabot 何时？", "from": anonymous, "sender_chat": {"id": -5, "type": "supergroup"}}),
            Some("/ask 何时？"),
        );
    }
}
