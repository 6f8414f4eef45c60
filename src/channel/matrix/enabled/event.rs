//! Events as far as they matter here, and what stands in the inbox. Everything else in them is left unread, so that nothing
//! new on the platform can make a question unreadable.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The type under which the inbox holds the note that a message could not be decrypted.
pub(super) const UNDECRYPTABLE: &str = "wenda.undecryptable";

/// An event of a room, decrypted where it was encrypted.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
pub(super) struct Event {
    #[serde(rename = "type", default)]
    pub(super) kind: String,
    #[serde(default)]
    pub(super) event_id: String,
    #[serde(default)]
    pub(super) sender: String,
    /// Milliseconds since 1970, by the clock of the sender's server.
    #[serde(rename = "origin_server_ts", default)]
    pub(super) time: i64,
    #[serde(default)]
    pub(super) state_key: Option<String>,
    /// What a redaction redacts, in rooms of older versions.
    #[serde(default)]
    pub(super) redacts: Option<String>,
    #[serde(default)]
    pub(super) content: Value,
}

/// What stands in the inbox.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Entry {
    pub(super) room: String,
    pub(super) event: Event,
    /// It came in at the start: it was said while the bot was away.
    #[serde(default)]
    pub(super) backlog: bool,
}

impl Event {
    /// Reads an event; what cannot be read is no event for us.
    pub(super) fn read(json: &str) -> Option<Event> {
        let event: Event = serde_json::from_str(json).ok()?;
        Some(event).filter(|event| !event.event_id.is_empty() && !event.sender.is_empty())
    }

    fn text_at(&self, path: &str) -> Option<&str> {
        self.content.pointer(path).and_then(Value::as_str)
    }

    /// The words of a message that a person typed.
    pub(super) fn words(&self) -> Option<&str> {
        let typed = self.kind == "m.room.message" && self.text_at("/msgtype") == Some("m.text");
        self.text_at("/body").filter(|_| typed)
    }

    /// The event that this one edits.
    pub(super) fn edits(&self) -> Option<&str> {
        let edits = self.text_at("/m.relates_to/rel_type") == Some("m.replace");
        self.text_at("/m.relates_to/event_id").filter(|_| edits)
    }

    /// The message as it reads after this edit.
    pub(super) fn edited(&self) -> Event {
        Event { content: self.content["m.new_content"].clone(), ..self.clone() }
    }

    /// The event to which this one reacts, and with what.
    pub(super) fn reacts(&self) -> Option<(&str, &str)> {
        let annotates = self.kind == "m.reaction" && self.text_at("/m.relates_to/rel_type") == Some("m.annotation");
        let target = self.text_at("/m.relates_to/event_id").filter(|_| annotates)?;
        Some((target, self.text_at("/m.relates_to/key")?))
    }

    /// The event that this one redacts.
    pub(super) fn redacted(&self) -> Option<&str> {
        let redacts = self.redacts.as_deref().or_else(|| self.text_at("/redacts"));
        redacts.filter(|_| self.kind == "m.room.redaction")
    }

    /// The root of the thread in which it stands.
    pub(super) fn thread(&self) -> Option<&str> {
        let threaded = self.text_at("/m.relates_to/rel_type") == Some("m.thread");
        self.text_at("/m.relates_to/event_id").filter(|_| threaded)
    }

    /// The event that it answers. In a thread clients name the last message for those that know no threads: that is no answer.
    pub(super) fn answers(&self) -> Option<&str> {
        let fallback = self.thread().is_some() && self.content["m.relates_to"]["is_falling_back"] == true;
        self.text_at("/m.relates_to/m.in_reply_to/event_id").filter(|_| !fallback)
    }

    /// The room that takes the place of this one.
    pub(super) fn successor(&self) -> Option<&str> {
        let tombstone = self.kind == "m.room.tombstone" && self.state_key.as_deref() == Some("");
        self.text_at("/replacement_room").filter(|_| tombstone)
    }

    /// The membership that this event gives a user.
    pub(super) fn membership(&self, user: &str) -> Option<&str> {
        let theirs = self.kind == "m.room.member" && self.state_key.as_deref() == Some(user);
        self.text_at("/membership").filter(|_| theirs)
    }
}

/// Of events in their order, those that are the bot's business: what was said before it was invited last is not.
pub(super) fn since_invited(events: Vec<Event>, me: &str) -> Vec<Event> {
    let Some(joined) = events.iter().rposition(|event| event.membership(me) == Some("join")) else { return events };
    let invited = events[..joined].iter().rposition(|event| event.membership(me) == Some("invite"));
    events.into_iter().skip(invited.unwrap_or(joined)).collect()
}

/// Whether the bot joined among these events, and the invitation to it is not among them.
pub(super) fn lacks_invitation(events: &[Event], me: &str) -> bool {
    let joined = events.iter().rposition(|event| event.membership(me) == Some("join"));
    joined.is_some_and(|joined| !events[..joined].iter().any(|event| event.membership(me) == Some("invite")))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn event(kind: &str, content: Value) -> Event {
        let event = json!({"type": kind, "event_id": "$1", "sender": "@a:x", "origin_server_ts": 5, "content": content,
            "unsigned": {"age": 3}, "brand_new": []});
        Event::read(&event.to_string()).unwrap()
    }

    #[test]
    fn what_events_say() {
        let relation = json!({"rel_type": "m.thread", "event_id": "$root", "is_falling_back": true,
            "m.in_reply_to": {"event_id": "$last"}});
        let message = json!({"msgtype": "m.text", "body": "何时？", "m.relates_to": relation});
        let asked = event("m.room.message", message.clone());
        assert_eq!((asked.words(), asked.thread(), asked.answers()), (Some("何时？"), Some("$root"), None));
        let mut reply = message;
        reply["m.relates_to"]["is_falling_back"] = json!(false);
        assert_eq!(event("m.room.message", reply).answers(), Some("$last"));
        assert_eq!(event("m.room.message", json!({"msgtype": "m.notice", "body": "x"})).words(), None);
        let edit = json!({"msgtype": "m.text", "body": "* 多少？", "m.new_content": {"msgtype": "m.text", "body": "多少？"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": "$0"}});
        let edit = event("m.room.message", edit);
        assert_eq!((edit.edits(), edit.edited().words()), (Some("$0"), Some("多少？")));
        let thumb = json!({"m.relates_to": {"rel_type": "m.annotation", "event_id": "$2", "key": "👍"}});
        assert_eq!(event("m.reaction", thumb).reacts(), Some(("$2", "👍")));
        assert_eq!(event("m.room.redaction", json!({"redacts": "$3"})).redacted(), Some("$3"));
        assert!(Event::read("{}").is_none() && Event::read("nonsense").is_none());
    }

    #[test]
    fn only_what_follows_the_last_invitation_counts() {
        let member = |membership: &str| Event {
            state_key: Some("@me:x".to_owned()),
            ..event("m.room.member", json!({"membership": membership}))
        };
        let said = |body: &str| event("m.room.message", json!({"msgtype": "m.text", "body": body}));
        let words = |events: Vec<Event>| -> Vec<String> {
            since_invited(events, "@me:x").iter().filter_map(|event| event.words().map(str::to_owned)).collect()
        };
        assert_eq!(words(vec![said("1"), said("2")]), ["1", "2"]);
        let again = vec![said("1"), member("invite"), said("2"), member("join"), said("3")];
        assert!(!lacks_invitation(&again, "@me:x"));
        assert_eq!(words(again), ["2", "3"]);
        let joined = vec![said("1"), member("join"), said("2")];
        assert!(lacks_invitation(&joined, "@me:x"));
        assert_eq!(words(joined), ["2"]);
    }
}
