//! What the server knows: chats, messages, updates, menus, files, and every call that was made.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    time::{Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::{Value, json};

use super::{Blame, Call, Fault, Formatted, Params, Refusal, TOKEN};

/// The bot's id; the first part of its token.
pub(crate) const BOT_ID: i64 = 110_201_543;
/// The bot's name.
pub(crate) const BOT_NAME: &str = "wenda_test_bot";

/// The whole world.
pub(crate) struct World {
    pub(super) test_environment: bool,
    /// All chats by id.
    pub(crate) chats: BTreeMap<i64, Chat>,
    /// Updates that nobody has confirmed.
    pub(crate) updates: VecDeque<(i64, Value)>,
    /// The id of the next update.
    pub(super) next_update: i64,
    /// Kinds of updates that are delivered; `None` stands for the platform's default.
    pub(crate) allowed: Option<Vec<String>>,
    /// Number of the call of getUpdates that is in force; an older one that still waits is a second poller.
    pub(super) poll: u64,
    /// Whether another program with the same token fetches updates all the time.
    pub(crate) other_poller: bool,
    /// The webhook.
    pub(crate) webhook: Option<super::webhook::Webhook>,
    /// Open queries (buttons, inline) by id: whether they can still be answered.
    pub(crate) queries: HashMap<String, Query>,
    /// Menus by scope and language.
    pub(crate) menus: BTreeMap<(String, String), Vec<(String, String)>>,
    /// Files by id: their path and bytes.
    pub(crate) files: BTreeMap<String, (String, Vec<u8>)>,
    /// Messages of the bot that arrived, in the order of their arrival.
    pub(crate) sent: Vec<Sent>,
    /// Every call.
    pub(crate) calls: Vec<Call>,
    /// What will go wrong.
    pub(crate) faults: Vec<Fault>,
    /// Chats that are refused for a while after a 429.
    pub(super) quiet: HashMap<i64, Quiet>,
    /// Calls that did not wait as long as a 429 had told them.
    pub(crate) impatient: usize,
    /// Degradations that the platform would not tell the bot of.
    pub(crate) complaints: Vec<String>,
    pub(super) next_id: i64,
}

/// A time in which a chat is refused.
#[derive(Clone, Copy)]
pub(super) struct Quiet {
    pub(super) since: Instant,
    pub(super) until: Instant,
}

/// A query that waits for its answer.
#[derive(Clone, Debug)]
pub(crate) struct Query {
    /// Whether it can be answered no more.
    pub(crate) over: bool,
    /// The answer: the parameters of the call.
    pub(crate) answer: Option<Value>,
}

/// A chat.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chat {
    /// `private`, `group`, `supergroup` or `channel`.
    pub(crate) kind: &'static str,
    /// Its name.
    pub(crate) title: String,
    /// Topics; a chat with any is a forum.
    pub(crate) topics: Vec<i64>,
    /// Its messages.
    pub(crate) messages: BTreeMap<i64, Stored>,
    pub(super) next_message: i64,
    /// Why nothing can be sent there: the description of a 403.
    pub(crate) forbidden: Option<&'static str>,
    /// The supergroup that it has become.
    pub(crate) migrated_to: Option<i64>,
}

/// A message of a chat.
#[derive(Clone, Debug)]
pub(crate) struct Stored {
    /// Whether the bot wrote it.
    pub(crate) of_bot: bool,
    /// Text and entities.
    pub(crate) formatted: Formatted,
    /// Its keyboard.
    pub(crate) markup: Option<Value>,
    /// Its topic.
    pub(crate) thread: Option<i64>,
    /// The message as the Bot API gives it.
    pub(crate) json: Value,
}

/// A message of the bot that arrived.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    /// When.
    pub(crate) at: Instant,
    /// Where.
    pub(crate) chat: i64,
    /// Its id in the chat.
    pub(crate) id: i64,
    /// The message that it answers.
    pub(crate) reply_to: Option<i64>,
    /// Its topic.
    pub(crate) thread: Option<i64>,
    /// Text and entities.
    pub(crate) formatted: Formatted,
    /// Its keyboard.
    pub(crate) markup: Option<Value>,
}

impl World {
    pub(super) fn new(test_environment: bool) -> World {
        World {
            test_environment,
            chats: BTreeMap::new(),
            updates: VecDeque::new(),
            next_update: 731_000_001,
            allowed: None,
            poll: 0,
            other_poller: false,
            webhook: None,
            queries: HashMap::new(),
            menus: BTreeMap::new(),
            files: BTreeMap::new(),
            sent: Vec::new(),
            calls: Vec::new(),
            faults: Vec::new(),
            quiet: HashMap::new(),
            impatient: 0,
            complaints: Vec::new(),
            next_id: 5_000_000,
        }
    }

    /// A number that was not given before.
    pub(super) fn fresh(&mut self) -> i64 {
        self.next_id += 1;
        self.next_id
    }

    /// The method that a path names, where its token is right.
    pub(super) fn authorise(&self, path: &str) -> Result<String, Refusal> {
        let not_found = || Refusal::new(404, "Not Found", Blame::Bot);
        let (token, method) = path.strip_prefix("/bot").and_then(|rest| rest.split_once('/')).ok_or_else(not_found)?;
        let (number, secret) = token.split_once(':').ok_or_else(not_found)?;
        if number.parse::<u64>().is_err() || secret.is_empty() {
            return Err(not_found());
        }
        let (in_test, method) = method.strip_prefix("test/").map_or((false, method), |method| (true, method));
        if token != TOKEN || in_test != self.test_environment {
            return Err(Refusal::new(401, "Unauthorized", Blame::Bot));
        }
        Ok(method.to_lowercase())
    }

    /// Carries out a call.
    pub(super) fn call(&mut self, method: &str, params: &Params) -> Result<Value, Refusal> {
        match method {
            "getme" => Ok(json!({
                "id": BOT_ID, "is_bot": true, "first_name": "问答", "username": BOT_NAME, "can_join_groups": true,
                "can_read_all_group_messages": false, "supports_inline_queries": true, "can_connect_to_business": false,
                "has_main_web_app": false,
            })),
            "sendmessage" => self.send_message(params),
            "editmessagetext" => self.edit_text(params),
            "editmessagereplymarkup" => self.edit_markup(params),
            "deletemessage" => self.delete_message(params),
            "copymessage" => self.copy_message(params),
            "senddocument" => self.send_document(params),
            "sendchataction" => self.chat_action(params),
            "getchat" => self.get_chat(params),
            "getfile" => self.get_file(params),
            "answercallbackquery" => self.answer_callback(params),
            "answerinlinequery" => self.answer_inline(params),
            "setmycommands" => self.set_commands(params),
            "deletemycommands" => self.delete_commands(params),
            "getmycommands" => self.get_commands(params),
            "setmydescription" => World::described(params, "description", 512),
            "setmyshortdescription" => World::described(params, "short_description", 120),
            "setwebhook" => self.set_webhook(params),
            "deletewebhook" => self.delete_webhook(params),
            "getwebhookinfo" => Ok(self.webhook_info()),
            _ => {
                Err(Refusal::new(404, &format!("Not Found: {method} is not modelled by the tests' server"), Blame::Bot))
            }
        }
    }

    /// Calls that were refused and for which the bot is to blame.
    pub(crate) fn mistakes(&self) -> Vec<String> {
        let refused = self.calls.iter().filter_map(|call| Some((call, call.outcome.as_ref().err()?)));
        let blamed = refused.filter(|(_, refusal)| refusal.blame == Blame::Bot);
        let told = blamed.map(|(call, refusal)| {
            format!("{} {}: {} {}", call.method, Value::Object(call.params.clone()), refusal.code, refusal.description)
        });
        told.chain(self.complaints.iter().cloned()).collect()
    }

    /// The last calls but for the fetching of updates, for a failing test.
    pub(crate) fn last_calls(&self, count: usize) -> String {
        let told = self.calls.iter().filter(|call| call.method != "getupdates" || call.outcome.is_err());
        let mut lines: Vec<String> = told
            .rev()
            .take(count)
            .map(|call| {
                let outcome =
                    call.outcome.as_ref().map_or_else(|refusal| refusal.description.clone(), |_| "ok".to_owned());
                format!("  {} {} -> {outcome}", call.method, Value::Object(call.params.clone()))
            })
            .collect();
        lines.reverse();
        format!("{} updates wait; the last calls:\n{}", self.updates.len(), lines.join("\n"))
    }

    /// How many times updates were asked for.
    pub(crate) fn polls(&self) -> u64 {
        self.poll
    }

    /// Messages of the bot in a chat, in the order of their arrival.
    pub(crate) fn sent_in(&self, chat: i64) -> impl Iterator<Item = &Sent> {
        self.sent.iter().filter(move |sent| sent.chat == chat)
    }

    /// Calls of a method.
    pub(crate) fn calls_of(&self, method: &str) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(move |call| call.method == method)
    }

    /// The keyboard that a message carries now.
    pub(crate) fn markup(&self, chat: i64, message: i64) -> Option<&Value> {
        self.chats.get(&chat)?.messages.get(&message)?.markup.as_ref()
    }

    /// A message as it stands now.
    pub(crate) fn text(&self, chat: i64, message: i64) -> Option<&Formatted> {
        Some(&self.chats.get(&chat)?.messages.get(&message)?.formatted)
    }
}

impl Chat {
    /// The chat as the Bot API gives it.
    pub(crate) fn to_json(&self, id: i64) -> Value {
        match self.kind {
            "private" => json!({"id": id, "type": "private", "first_name": self.title}),
            kind if self.topics.is_empty() => json!({"id": id, "type": kind, "title": self.title}),
            kind => json!({"id": id, "type": kind, "title": self.title, "is_forum": true}),
        }
    }

    pub(super) fn fresh_message(&mut self) -> i64 {
        self.next_message += 1;
        self.next_message
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(elapsed.as_secs()).unwrap_or(i64::MAX)
}
