//! Citizens and their groups: who lives here and what they say, tap, type inline and upload.

use serde_json::{Value, json};

use super::{
    Formatted, Server,
    world::{BOT_NAME, Chat, Query, Stored, World, now},
};

/// A citizen; the private chat with the bot has the same id.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    /// The user id, and the id of the private chat.
    pub(crate) id: i64,
    /// First name.
    pub(crate) name: String,
    /// Language of the app.
    pub(crate) language: Option<String>,
}

impl Person {
    /// The user as the Bot API gives it.
    pub(crate) fn to_json(&self) -> Value {
        let mut json = json!({"id": self.id, "is_bot": false, "first_name": self.name});
        if let Some(language) = &self.language {
            json["language_code"] = json!(language);
        }
        json
    }
}

impl Server {
    /// A citizen who has opened the private chat; `language` as the app tells it, empty where it tells none.
    pub(crate) fn person(&self, name: &str, language: &str) -> Person {
        let language = Some(language.to_owned()).filter(|language| !language.is_empty());
        self.change(|world| {
            let id = world.fresh();
            world.chats.insert(id, Chat { kind: "private", title: name.to_owned(), ..Chat::default() });
            Person { id, name: name.to_owned(), language }
        })
    }

    /// A basic group.
    pub(crate) fn group(&self, title: &str) -> i64 {
        self.change(|world| {
            let id = -world.fresh();
            world.chats.insert(id, Chat { kind: "group", title: title.to_owned(), ..Chat::default() });
            id
        })
    }

    /// A supergroup; with topics it is a forum.
    pub(crate) fn supergroup(&self, title: &str, topics: &[i64]) -> i64 {
        self.change(|world| {
            let id = -1_000_000_000_000 - world.fresh();
            let mut chat =
                Chat { kind: "supergroup", title: title.to_owned(), topics: topics.to_vec(), ..Chat::default() };
            chat.next_message = topics.iter().copied().max().unwrap_or_default();
            for topic in topics {
                let json = json!({
                    "message_id": topic, "date": now(), "chat": chat.to_json(id), "message_thread_id": topic,
                    "is_topic_message": true, "from": {"id": 4_000_001, "is_bot": false, "first_name": "群主"},
                    "forum_topic_created": {"name": format!("话题{topic}"), "icon_color": 7_322_096},
                });
                let stored =
                    Stored { of_bot: false, formatted: Formatted::default(), markup: None, thread: Some(*topic), json };
                chat.messages.insert(*topic, stored);
            }
            world.chats.insert(id, chat);
            id
        })
    }

    /// A citizen writes to the bot in private; gives the message id.
    pub(crate) fn say(&self, person: &Person, text: &str) -> i64 {
        self.post(person, person.id, text, json!({}))
    }

    /// A citizen writes in a chat. `extra` goes into the message and overrides what stands there.
    pub(crate) fn post(&self, person: &Person, chat: i64, text: &str, extra: Value) -> i64 {
        self.change(|world| {
            let (id, message) = world.message(person, chat, text, extra);
            world.push("message", message);
            id
        })
    }

    /// A citizen replies to a message of the chat.
    pub(crate) fn reply(&self, person: &Person, chat: i64, to: i64, text: &str) -> i64 {
        let replied = self.world().chats[&chat].messages[&to].json.clone();
        self.post(person, chat, text, json!({"reply_to_message": replied}))
    }

    /// A citizen taps a button of a message; gives the id of the query.
    pub(crate) fn tap(&self, person: &Person, chat: i64, message: i64, data: &str) -> String {
        self.change(|world| {
            let id = format!("49{}", world.fresh());
            world.queries.insert(id.clone(), Query { over: false, answer: None });
            let stored = world.chats[&chat].messages.get(&message);
            let inaccessible = json!({"chat": world.chats[&chat].to_json(chat), "message_id": message, "date": 0});
            let json = stored.map_or(inaccessible, |stored| stored.json.clone());
            let (from, instance) = (person.to_json(), format!("{chat}"));
            let query = json!({"id": id, "from": from, "message": json, "chat_instance": instance, "data": data});
            world.push("callback_query", query);
            id
        })
    }

    /// A citizen types `@bot query` in some chat; gives the id of the query.
    pub(crate) fn inline(&self, person: &Person, query: &str, offset: &str) -> String {
        self.change(|world| {
            let id = format!("51{}", world.fresh());
            world.queries.insert(id.clone(), Query { over: false, answer: None });
            let payload =
                json!({"id": id, "from": person.to_json(), "query": query, "offset": offset, "chat_type": "sender"});
            world.push("inline_query", payload);
            id
        })
    }

    /// A citizen sends a file in private.
    pub(crate) fn upload(&self, person: &Person, name: &str, bytes: &[u8]) -> i64 {
        self.change(|world| {
            let file = format!("BQACAgUAAxk{}", world.fresh());
            world.files.insert(file.clone(), (name.to_owned(), bytes.to_vec()));
            let document = json!({
                "file_id": file, "file_unique_id": format!("u{file}"), "file_name": name, "file_size": bytes.len(),
                "mime_type": "text/markdown",
            });
            let (id, mut message) = world.message(person, person.id, "", json!({"document": document}));
            if let Some(fields) = message.as_object_mut() {
                fields.remove("text");
            }
            world.push("message", message);
            id
        })
    }
}

impl World {
    /// A citizen's message, stored in the chat and as the Bot API gives it.
    pub(crate) fn message(&mut self, person: &Person, chat: i64, text: &str, extra: Value) -> (i64, Value) {
        let Some(known) = self.chats.get_mut(&chat) else { return (0, Value::Null) };
        let id = known.fresh_message();
        let mut json = json!({
            "message_id": id, "from": person.to_json(), "chat": known.to_json(chat), "date": now(), "text": text,
        });
        let entities = entities(text);
        if !entities.is_empty() {
            json["entities"] = json!(entities);
        }
        for (name, value) in extra.as_object().into_iter().flatten() {
            json[name] = value.clone();
        }
        let formatted = Formatted { text: text.to_owned(), entities: Vec::new() };
        let thread = json["message_thread_id"].as_i64().filter(|_| json["is_topic_message"] == true);
        known.messages.insert(id, Stored { of_bot: false, formatted, markup: None, thread, json: json.clone() });
        (id, json)
    }
}

/// Commands and mentions of a text, as the platform finds them.
fn entities(text: &str) -> Vec<Value> {
    let units = |text: &str| text.encode_utf16().count();
    let mut found = Vec::new();
    if text.starts_with('/') {
        let end = text.find(char::is_whitespace).unwrap_or(text.len());
        found.push(json!({"type": "bot_command", "offset": 0, "length": units(&text[..end])}));
    }
    let mention = format!("@{BOT_NAME}");
    for (at, _) in text.match_indices(&mention) {
        if at > 0 && !text[..at].ends_with(|c: char| c.is_alphanumeric() && c.is_ascii()) {
            found.push(json!({"type": "mention", "offset": units(&text[..at]), "length": units(&mention)}));
        } else if at == 0 {
            found.push(json!({"type": "mention", "offset": 0, "length": units(&mention)}));
        }
    }
    found
}
