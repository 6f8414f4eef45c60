//! Messages of the bot: sending, editing, copying and deleting, with the platform's checks.

use std::time::Instant;

use serde_json::{Value, json};

use super::{
    Blame, Formatted, Params, Refusal, World, keyboard,
    markup::{self, MOST_ENTITIES},
    world::{BOT_ID, BOT_NAME, Sent, Stored, now},
};

/// Most characters of a text, counted after the markup has been read.
const LONGEST_TEXT: usize = 4096;
/// Most characters below a file.
const LONGEST_CAPTION: usize = 1024;
/// Most bytes of a text with its markup.
const LARGEST_TEXT: usize = 32_768;
/// Most characters that a quote within a reply may have.
const LONGEST_QUOTE: usize = 1024;

/// Where a message goes.
struct Target {
    chat: i64,
    reply_to: Option<i64>,
    thread: Option<i64>,
}

/// A text parameter with its length limit.
struct Field<'p> {
    name: &'p str,
    mode: &'p str,
    entities: &'p str,
    longest: usize,
}

const TEXT: Field<'_> = Field { name: "text", mode: "parse_mode", entities: "entities", longest: LONGEST_TEXT };
const CAPTION: Field<'_> =
    Field { name: "caption", mode: "parse_mode", entities: "caption_entities", longest: LONGEST_CAPTION };

/// Reads a text as the platform does.
fn formatted(params: &Params, field: &Field<'_>) -> Result<Formatted, Refusal> {
    let text = params.text(field.name).unwrap_or_default();
    if text.len() > LARGEST_TEXT {
        return Err(Refusal::bad("text is too long"));
    }
    let formatted = match params.text(field.mode).unwrap_or_default().to_lowercase().as_str() {
        "" => Formatted { text, entities: Vec::new() },
        "html" => markup::parse(&text).map_err(|reason| Refusal::bad(&format!("can't parse entities: {reason}")))?,
        mode => return Err(Refusal::bad(&format!("parse mode {mode} is not modelled by the tests' server"))),
    };
    if formatted.entities.is_empty() {
        offsets_fit(&formatted.text, params.object(field.entities)?.as_ref())?;
    }
    let formatted = formatted.trimmed();
    if formatted.text.chars().count() > field.longest {
        return Err(Refusal::bad(if field.name == "text" {
            "message is too long"
        } else {
            "message caption is too long"
        }));
    }
    Ok(formatted)
}

/// A text as `sendMessage` takes it.
pub(super) fn formatted_text(params: &Params) -> Result<Formatted, Refusal> {
    formatted(params, &TEXT)
}

fn offsets_fit(text: &str, entities: Option<&Value>) -> Result<(), Refusal> {
    let units = text.encode_utf16().count() as u64;
    for entity in entities.and_then(Value::as_array).into_iter().flatten() {
        let end = entity["offset"].as_u64().zip(entity["length"].as_u64()).map(|(offset, length)| offset + length);
        if end.is_none_or(|end| end > units) {
            return Err(Refusal::bad("entity beyond the end of the message text"));
        }
    }
    Ok(())
}

fn markup_of(params: &Params) -> Result<Option<Value>, Refusal> {
    let markup = params.object("reply_markup")?;
    if let Some(markup) = &markup {
        keyboard::check(markup).map_err(|reason| Refusal::bad(&reason))?;
    }
    Ok(markup)
}

impl World {
    pub(super) fn send_message(&mut self, params: &Params) -> Result<Value, Refusal> {
        let target = self.target(params)?;
        let formatted = formatted(params, &TEXT)?;
        if formatted.text.is_empty() {
            return Err(Refusal::bad("message text is empty"));
        }
        let markup = markup_of(params)?;
        Ok(self.deliver(&target, formatted, markup, json!({})))
    }

    pub(super) fn send_document(&mut self, params: &Params) -> Result<Value, Refusal> {
        let target = self.target(params)?;
        let caption = formatted(params, &CAPTION)?;
        let markup = markup_of(params)?;
        let named = params.text("document").unwrap_or_default();
        let part = named.strip_prefix("attach://").unwrap_or("document");
        let (name, size) = match params.files.get(part) {
            Some((name, bytes)) if !bytes.is_empty() => (name.clone(), bytes.len()),
            Some(_) => return Err(Refusal::bad("file must be non-empty")),
            None if self.files.contains_key(&named) => (self.files[&named].0.clone(), self.files[&named].1.len()),
            None => return Err(Refusal::bad("wrong remote file identifier specified")),
        };
        let id = format!("document-{}", self.fresh());
        let bytes = params.files.get(part).map(|(_, bytes)| bytes.clone()).unwrap_or_default();
        self.files.insert(id.clone(), (name.clone(), bytes));
        let document = json!({"file_id": id, "file_unique_id": format!("u{id}"), "file_name": name, "file_size": size});
        Ok(self.deliver(&target, caption, markup, json!({"document": document})))
    }

    pub(super) fn copy_message(&mut self, params: &Params) -> Result<Value, Refusal> {
        let target = self.target(params)?;
        let from = params.integer("from_chat_id").and_then(|chat| self.chats.get(&chat));
        let source = from.and_then(|chat| chat.messages.get(&params.integer("message_id").unwrap_or_default()));
        let source = source.ok_or_else(|| Refusal::world("message to copy not found"))?.formatted.clone();
        let markup = markup_of(params)?;
        let message = self.deliver(&target, source, markup, json!({}));
        Ok(json!({"message_id": message["message_id"]}))
    }

    /// Who a message goes to, checked.
    fn target(&self, params: &Params) -> Result<Target, Refusal> {
        let chat = self.reachable(params)?;
        let known = &self.chats[&chat];
        let mut thread = params.integer("message_thread_id");
        if thread.is_some_and(|thread| !known.topics.contains(&thread)) {
            return Err(Refusal::bad("message thread not found"));
        }
        let reply = match params.object("reply_parameters")? {
            Some(reply) => reply,
            None => match params.integer("reply_to_message_id") {
                Some(id) => {
                    json!({"message_id": id, "allow_sending_without_reply": params.text("allow_sending_without_reply").is_some_and(|flag| flag == "true")})
                }
                None => return Ok(Target { chat, reply_to: None, thread }),
            },
        };
        let id = reply["message_id"].as_i64().ok_or_else(|| Refusal::bad("can't parse reply parameters"))?;
        let elsewhere = reply["chat_id"].as_i64().filter(|other| *other != chat);
        let Some(replied) = known.messages.get(&id).filter(|_| elsewhere.is_none()) else {
            return match reply["allow_sending_without_reply"].as_bool() {
                Some(true) => Ok(Target { chat, reply_to: None, thread }),
                _ => Err(Refusal::bad("message to be replied not found")),
            };
        };
        if let Some(quote) = reply["quote"].as_str() {
            let html = reply["quote_parse_mode"].as_str().is_some_and(|mode| mode.eq_ignore_ascii_case("html"));
            let quote = if html { markup::parse(quote).map(|quote| quote.text) } else { Ok(quote.to_owned()) };
            let fits = |quote: &String| {
                quote.chars().count() <= LONGEST_QUOTE && replied.formatted.text.contains(quote.as_str())
            };
            if !quote.is_ok_and(|quote| fits(&quote)) {
                return Err(Refusal::bad("QUOTE_TEXT_INVALID"));
            }
        }
        thread = thread.or(replied.thread);
        Ok(Target { chat, reply_to: Some(id), thread })
    }

    /// The chat of a call, where the bot may write.
    pub(super) fn reachable(&self, params: &Params) -> Result<i64, Refusal> {
        let given = params.required("chat_id").map_err(|_| Refusal::bad("chat_id is empty"))?;
        let id = params.integer("chat_id").ok_or_else(|| Refusal::bad("chat not found"))?;
        let Some(chat) = self.chats.get(&id) else { return Err(Refusal::world(&format!("chat not found ({given})"))) };
        if let Some(new) = chat.migrated_to {
            let mut refusal = Refusal::world("group chat was upgraded to a supergroup chat");
            refusal.parameters = Some(json!({"migrate_to_chat_id": new}));
            return Err(refusal);
        }
        match chat.forbidden {
            Some(reason) => Err(Refusal::new(403, &format!("Forbidden: {reason}"), Blame::World)),
            None => Ok(id),
        }
    }

    fn deliver(&mut self, target: &Target, formatted: Formatted, markup: Option<Value>, extra: Value) -> Value {
        if formatted.entities.len() > MOST_ENTITIES {
            self.complaints.push(format!("{} entities, the platform keeps {MOST_ENTITIES}", formatted.entities.len()));
        }
        let Some(chat) = self.chats.get_mut(&target.chat) else { return Value::Null };
        let id = chat.fresh_message();
        let mut json = json!({
            "message_id": id, "date": now(), "chat": chat.to_json(target.chat),
            "from": {"id": BOT_ID, "is_bot": true, "first_name": "问答", "username": BOT_NAME},
        });
        let with_file = extra.get("document").is_some();
        let (text, entities) = if with_file { ("caption", "caption_entities") } else { ("text", "entities") };
        if !formatted.text.is_empty() {
            json[text] = json!(formatted.text);
            json[entities] = formatted.to_json();
        }
        if let Some(thread) = target.thread {
            json["message_thread_id"] = json!(thread);
            json["is_topic_message"] = json!(true);
        }
        if let Some(replied) = target.reply_to.and_then(|id| chat.messages.get(&id)) {
            let mut shallow = replied.json.clone();
            if let Some(fields) = shallow.as_object_mut() {
                fields.remove("reply_to_message");
            }
            json["reply_to_message"] = shallow;
        }
        if let Some(markup) = markup.as_ref().filter(|markup| markup.get("inline_keyboard").is_some()) {
            json["reply_markup"] = markup.clone();
        }
        for (name, value) in extra.as_object().into_iter().flatten() {
            json[name] = value.clone();
        }
        let (thread, reply_to) = (target.thread, target.reply_to);
        let stored =
            Stored { of_bot: true, formatted: formatted.clone(), markup: markup.clone(), thread, json: json.clone() };
        chat.messages.insert(id, stored);
        self.sent.push(Sent { at: Instant::now(), chat: target.chat, id, reply_to, thread, formatted, markup });
        json
    }

    pub(super) fn edit_text(&mut self, params: &Params) -> Result<Value, Refusal> {
        let formatted = formatted(params, &TEXT)?;
        if formatted.text.is_empty() {
            return Err(Refusal::bad("message text is empty"));
        }
        self.edit(params, Some(formatted))
    }

    pub(super) fn edit_markup(&mut self, params: &Params) -> Result<Value, Refusal> {
        self.edit(params, None)
    }

    fn edit(&mut self, params: &Params, formatted: Option<Formatted>) -> Result<Value, Refusal> {
        let markup = markup_of(params)?.filter(|markup| markup["inline_keyboard"] != json!([]));
        if params.text("inline_message_id").is_some() {
            return Ok(json!(true));
        }
        let chat = self.reachable(params)?;
        let id = params.integer("message_id").ok_or_else(|| Refusal::bad("message identifier is not specified"))?;
        let messages = self.chats.get_mut(&chat).map(|chat| &mut chat.messages);
        let message = messages.and_then(|messages| messages.get_mut(&id));
        let message = message.ok_or_else(|| Refusal::world("message to edit not found"))?;
        if !message.of_bot {
            return Err(Refusal::bad("message can't be edited"));
        }
        if message.json.get("document").is_some() && formatted.is_some() {
            return Err(Refusal::bad("there is no text in the message to edit"));
        }
        let formatted = formatted.unwrap_or_else(|| message.formatted.clone());
        if message.formatted == formatted && message.markup == markup {
            return Err(Refusal::world(
                "message is not modified: specified new message content and reply markup are exactly the same as a \
                 current content and reply markup of the message",
            ));
        }
        message.json["text"] = json!(formatted.text);
        message.json["entities"] = formatted.to_json();
        message.json["edit_date"] = json!(now());
        match &markup {
            Some(markup) => message.json["reply_markup"] = markup.clone(),
            None => drop(message.json.as_object_mut().and_then(|fields| fields.remove("reply_markup"))),
        }
        (message.formatted, message.markup) = (formatted, markup);
        Ok(message.json.clone())
    }

    pub(super) fn delete_message(&mut self, params: &Params) -> Result<Value, Refusal> {
        let chat = self.reachable(params)?;
        let id = params.integer("message_id").unwrap_or_default();
        let removed = self.chats.get_mut(&chat).and_then(|chat| chat.messages.remove(&id));
        removed.map(|_| json!(true)).ok_or_else(|| Refusal::world("message to delete not found"))
    }

    pub(super) fn chat_action(&mut self, params: &Params) -> Result<Value, Refusal> {
        let actions = ["typing", "upload_document", "upload_photo", "find_location", "choose_sticker"];
        self.reachable(params)?;
        if actions.contains(&params.text("action").unwrap_or_default().as_str()) {
            return Ok(json!(true));
        }
        Err(Refusal::bad("wrong parameter action in request"))
    }
}
