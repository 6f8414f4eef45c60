//! Updates as far as they matter here. Everything else in them is left unread, so that nothing new on the platform can
//! make a question unreadable.

use serde::Deserialize;
use serde_json::Value;

use crate::bot::Language;

/// The person that stands for a group's anonymous admins.
const ANONYMOUS_ADMIN: i64 = 1_087_968_824;

/// The person that stands for channels whose posts are copied into a group.
const CHANNEL_POSTER: i64 = 777_000;

/// An update.
#[derive(Debug, Default, Deserialize)]
pub(super) struct Update {
    pub(super) message: Option<Message>,
    pub(super) edited_message: Option<Message>,
    pub(super) callback_query: Option<Callback>,
    pub(super) inline_query: Option<InlineQuery>,
}

/// A message.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Message {
    pub(super) message_id: i32,
    #[serde(default)]
    pub(super) date: i64,
    pub(super) edit_date: Option<i64>,
    pub(super) chat: Chat,
    pub(super) from: Option<User>,
    pub(super) sender_chat: Option<Chat>,
    pub(super) via_bot: Option<User>,
    pub(super) text: Option<String>,
    pub(super) caption: Option<String>,
    #[serde(default)]
    pub(super) entities: Vec<Entity>,
    #[serde(default)]
    pub(super) caption_entities: Vec<Entity>,
    pub(super) reply_to_message: Option<Box<Message>>,
    pub(super) message_thread_id: Option<i32>,
    #[serde(default)]
    pub(super) is_topic_message: bool,
    pub(super) forum_topic_created: Option<Value>,
    pub(super) document: Option<File>,
    #[serde(flatten)]
    pub(super) content: Content,
}

/// Kinds of message that someone sends on purpose, but that hold no words.
#[derive(Clone, Debug, Default, Deserialize)]
pub(super) struct Content {
    photo: Option<Value>,
    sticker: Option<Value>,
    voice: Option<Value>,
    audio: Option<Value>,
    video: Option<Value>,
    video_note: Option<Value>,
    animation: Option<Value>,
    location: Option<Value>,
    contact: Option<Value>,
    poll: Option<Value>,
}

/// A chat.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Chat {
    pub(super) id: i64,
    #[serde(rename = "type")]
    pub(super) kind: String,
}

/// A person or a bot.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct User {
    pub(super) id: i64,
    #[serde(default)]
    pub(super) is_bot: bool,
    pub(super) language_code: Option<String>,
}

/// A stretch of a text with a meaning; offsets count UTF-16 units.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Entity {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) offset: usize,
    pub(super) length: usize,
    pub(super) user: Option<User>,
}

/// A file.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct File {
    pub(super) file_id: String,
    pub(super) file_name: Option<String>,
    pub(super) file_size: Option<u64>,
}

/// A button was pressed.
#[derive(Debug, Deserialize)]
pub(super) struct Callback {
    pub(super) id: String,
    pub(super) from: User,
    pub(super) message: Option<Message>,
    pub(super) data: Option<String>,
}

/// Somebody types behind the bot's name in any chat.
#[derive(Debug, Deserialize)]
pub(super) struct InlineQuery {
    pub(super) id: String,
    pub(super) from: User,
    #[serde(default)]
    pub(super) query: String,
}

impl Chat {
    pub(super) fn is_private(&self) -> bool {
        self.kind == "private"
    }
}

impl Message {
    /// The words of the message with their entities.
    pub(super) fn words(&self) -> Option<(&str, &[Entity])> {
        let text = self.text.as_deref().map(|text| (text, self.entities.as_slice()));
        text.or_else(|| self.caption.as_deref().map(|caption| (caption, self.caption_entities.as_slice())))
    }

    /// Whether somebody sent something on purpose, though without words.
    pub(super) fn is_wordless(&self) -> bool {
        let Content { photo, sticker, voice, audio, video, video_note, animation, location, contact, poll } =
            &self.content;
        [photo, sticker, voice, audio, video, video_note, animation, location, contact, poll]
            .iter()
            .any(|kind| kind.is_some())
            || self.document.is_some()
    }

    /// The person who wrote it; not a group, a channel, or the accounts that stand for them.
    pub(super) fn person(&self) -> Option<&User> {
        let stand_in = |user: &&User| user.id == ANONYMOUS_ADMIN || user.id == CHANNEL_POSTER;
        self.from.as_ref().filter(|user| self.sender_chat.is_none() && !stand_in(user))
    }

    /// The topic of a forum in which it stands.
    pub(super) fn topic(&self) -> Option<i32> {
        self.message_thread_id.filter(|thread| self.is_topic_message && *thread > 1)
    }
}

impl User {
    /// The language that the platform tells of this person.
    pub(super) fn language(&self) -> Option<Language> {
        let code = self.language_code.as_deref()?.to_ascii_lowercase().replace('_', "-");
        Some(match code.as_str() {
            code if code.starts_with("zh-hant") => Language::Traditional,
            "zh-tw" | "zh-hk" | "zh-mo" => Language::Traditional,
            code if code.starts_with("zh") => Language::Simplified,
            _ => Language::English,
        })
    }
}

/// The lane of a raw update: its chat, so that a chat is answered in order; what has no chat goes by the person.
pub(super) fn lane(update: &Value) -> String {
    let chats = ["/message/chat/id", "/edited_message/chat/id", "/callback_query/message/chat/id"];
    let person = ["/inline_query/from/id", "/callback_query/from/id"];
    let find = |paths: &[&str]| paths.iter().find_map(|path| update.pointer(path)).and_then(Value::as_i64);
    find(&chats).map(|id| id.to_string()).or(find(&person).map(inline_lane)).unwrap_or_default()
}

/// The lane of what a person types behind the bot's name in any chat.
pub(super) fn inline_lane(person: i64) -> String {
    format!("inline {person}")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn unknown_things_do_no_harm() {
        let update = json!({"update_id": 1, "brand_new": {}, "message": {
            "message_id": 5, "date": 1, "chat": {"id": 7, "type": "private", "x": 1}, "from": {"id": 7, "is_bot": false},
            "text": "25311?", "entities": [{"type": "date_time", "offset": 0, "length": 2, "unix_time": 1}],
            "external_reply": {"origin": {"type": "unheard-of"}}, "rich": [1]}});
        assert_eq!(lane(&update), "7");
        let message = serde_json::from_str::<Update>(&update.to_string()).unwrap().message.unwrap();
        assert_eq!(message.words().unwrap().0, "25311?");
        assert!(
            serde_json::from_value::<Update>(json!({"update_id": 2, "message_reaction": {}}))
                .unwrap()
                .message
                .is_none()
        );
    }

    #[test]
    fn languages() {
        let check = |code: &str, expected: Language| {
            let user = User { id: 1, is_bot: false, language_code: Some(code.to_owned()) };
            assert_eq!(user.language(), Some(expected), "{code}");
        };
        check("zh-hans", Language::Simplified);
        check("zh", Language::Simplified);
        check("zh-TW", Language::Traditional);
        check("zh-Hant-HK", Language::Traditional);
        check("pt-br", Language::English);
    }
}
