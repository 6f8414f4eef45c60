//! Starts the built binary against a server of ours, lets citizens speak, waits for replies, kills and restarts.
//! Nothing here sleeps for luck: every wait ends with the event, with the death of the bot, or with the patience.

use std::{
    collections::BTreeMap,
    fs,
    ops::Deref,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};
use serde_json::Value;
use tempfile::TempDir;

use crate::server::{PATIENCE, Person, Sent, Server, TOKEN, World};

/// How often a wait looks whether the bot still lives.
const HEARTBEAT: Duration = Duration::from_millis(500);

/// A bot, its server and its folders.
pub(crate) struct Story {
    server: Server,
    home: TempDir,
    settings: BTreeMap<String, String>,
    bot: Option<Child>,
}

/// A button of an inline keyboard.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Button {
    /// What it says.
    pub(crate) text: String,
    /// Its action, as the Bot API names the field.
    pub(crate) action: String,
    /// The data, the address or the text to copy.
    pub(crate) value: String,
}

impl Deref for Story {
    type Target = Server;

    fn deref(&self) -> &Server {
        &self.server
    }
}

impl Story {
    /// The folders and the server; the bot does not run yet.
    pub(crate) fn prepare(server: Server) -> Story {
        let home = tempfile::Builder::new().prefix("wenda-telegram-").tempdir().expect("a temporary folder");
        for folder in ["corpus", "index", "state"] {
            fs::create_dir(home.path().join(folder)).expect("an empty folder");
        }
        for entry in fs::read_dir(fixtures()).expect("the fixtures stand beside the tests") {
            let path = entry.expect("a readable folder").path();
            let name = path.file_name().expect("a file has a name");
            fs::copy(&path, home.path().join("corpus").join(name)).expect("a copy of a fixture");
        }
        let mut story = Story { server, home, settings: BTreeMap::new(), bot: None };
        story.set("TELEGRAM_TOKEN", TOKEN);
        let url = story.url();
        story.set("TELEGRAM_API_URL", &url);
        story
    }

    /// A bot that fetches updates, with nothing set but token and address.
    pub(crate) fn open() -> Story {
        Story::open_with(&[])
    }

    /// A bot that fetches updates, with more settings.
    pub(crate) fn open_with(settings: &[(&str, &str)]) -> Story {
        let mut story = Story::prepare(Server::start());
        for (name, value) in settings {
            story.set(name, value);
        }
        story.start();
        story
    }

    /// Gives a setting a value for the next start.
    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.insert(name.to_owned(), value.to_owned());
    }

    /// Starts the bot and waits until it fetches updates.
    #[track_caller]
    pub(crate) fn start(&mut self) {
        let polls = self.world().polls();
        self.launch();
        self.until("the bot fetches updates", |world| (world.polls() > polls).then_some(()));
    }

    /// Starts the bot and waits for nothing.
    pub(crate) fn launch(&mut self) {
        assert!(self.bot.is_none(), "the bot runs already");
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log_path()).expect("a log file");
        let mut command = self.command(&[]);
        command.stdout(log.try_clone().expect("a second handle")).stderr(log);
        self.bot = Some(command.spawn().expect("the binary can be started"));
    }

    /// The binary with the settings of this story and nothing else in its environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(arguments).current_dir(self.home.path()).env_clear().stdin(Stdio::null());
        command.env("NO_PROXY", "127.0.0.1").env("HOME", self.home.path());
        for folder in ["corpus", "index", "state"] {
            command.env(format!("{}_DIR", folder.to_uppercase()), self.home.path().join(folder));
        }
        command.envs(&self.settings);
        command
    }

    /// Kills the bot as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        let mut bot = self.bot.take().expect("a bot that runs");
        bot.kill().expect("a child can be killed");
        bot.wait().expect("a killed child ends");
    }

    /// Asks the bot to end, as `systemctl stop` does; it has not ended yet.
    pub(crate) fn terminate(&self) {
        self.signal(Signal::TERM);
    }

    /// Sends the bot a signal.
    pub(crate) fn signal(&self, signal: Signal) {
        let bot = self.bot.as_ref().expect("a bot that runs");
        rustix::process::kill_process(Pid::from_child(bot), signal).expect("a child can be signalled");
    }

    /// Waits until the bot has ended by itself.
    #[track_caller]
    pub(crate) fn ended(&mut self) -> ExitStatus {
        let mut bot = self.bot.take().expect("a bot that runs");
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = bot.try_wait().expect("a child can be asked") {
                return status;
            }
            if Instant::now() > deadline {
                let _ = bot.kill();
                panic!("the bot did not end\n{}", self.log_end());
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until `look` finds something; fails at once when the bot has died.
    #[track_caller]
    pub(crate) fn until<T>(&self, what: &str, look: impl FnMut(&World) -> Option<T>) -> T {
        self.until_for(PATIENCE, what, look)
    }

    /// The same with a patience of its own.
    #[track_caller]
    pub(crate) fn until_for<T>(&self, patience: Duration, what: &str, mut look: impl FnMut(&World) -> Option<T>) -> T {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(found) = self.wait_for(HEARTBEAT, &mut look) {
                return found;
            }
            let dead = !self.bot.as_ref().is_some_and(alive);
            if dead || Instant::now() > deadline {
                let why = if dead { "the bot is dead; it was waited for" } else { "waited in vain for" };
                panic!("{why}: {what}\n{}\nlog:\n{}", self.world().last_calls(12), self.log_end());
            }
        }
    }

    /// Waits for the first message of the bot in reply to a message.
    #[track_caller]
    pub(crate) fn reply_to(&self, chat: i64, message: i64) -> Sent {
        self.until(&format!("the reply to message {message} in chat {chat}"), |world| {
            world.sent.iter().find(|sent| sent.chat == chat && sent.reply_to == Some(message)).cloned()
        })
    }

    /// A citizen asks in private, and the reply to it.
    #[track_caller]
    pub(crate) fn ask(&self, person: &Person, question: &str) -> Sent {
        let message = self.say(person, question);
        self.reply_to(person.id, message)
    }

    /// A citizen says something in private, and the next message that the bot sends there.
    #[track_caller]
    pub(crate) fn hear(&self, person: &Person, text: &str) -> Sent {
        let before = self.world().sent_in(person.id).count();
        self.say(person, text);
        self.nth_in(person.id, before)
    }

    /// The message of the bot in a chat with this number, counted from 0.
    #[track_caller]
    pub(crate) fn nth_in(&self, chat: i64, number: usize) -> Sent {
        self.until(&format!("message {number} in chat {chat}"), |world| world.sent_in(chat).nth(number).cloned())
    }

    /// Taps a button and waits until the tap is answered; gives the answer to the tap.
    #[track_caller]
    pub(crate) fn press(&self, person: &Person, chat: i64, message: i64, data: &str) -> Value {
        let query = self.tap(person, chat, message, data);
        self.until(&format!("the answer to a tap on {data}"), |world| world.queries[&query].answer.clone())
    }

    /// Waits until a message's text differs from `before` or a new message stands in the chat; gives its text.
    #[track_caller]
    pub(crate) fn changed(&self, shown: &Sent, count: usize) -> crate::server::Formatted {
        self.until("a changed or a new message", |world| {
            let now = world.text(shown.chat, shown.id)?;
            let new = world.sent_in(shown.chat).nth(count).map(|sent| &sent.formatted);
            Some(now).filter(|now| **now != shown.formatted).or(new).cloned()
        })
    }

    /// Ends the story: the bot lives, and it did nothing that the platform had to refuse.
    #[track_caller]
    pub(crate) fn close(self) {
        let mistakes = self.world().mistakes();
        assert!(mistakes.is_empty(), "the platform had to refuse:\n{}", mistakes.join("\n"));
        assert!(self.bot.as_ref().is_none_or(alive), "the bot is dead\n{}", self.log_end());
    }

    /// A folder of the bot.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Everything that the bot has printed.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    /// Waits until the log says one of these words.
    #[track_caller]
    pub(crate) fn until_logged(&self, words: &[&str]) {
        let deadline = Instant::now() + PATIENCE;
        while !words.iter().any(|word| self.log().contains(word)) {
            assert!(Instant::now() < deadline, "the log never says any of {words:?}:\n{}", self.log_end());
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn log_path(&self) -> PathBuf {
        self.home.path().join("log")
    }

    fn log_end(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(25)..].join("\n")
    }

    /// Whether a text stands in one of the documents, white space aside.
    pub(crate) fn is_verbatim(&self, text: &str) -> bool {
        let bare = |text: &str| text.chars().filter(|c| !c.is_whitespace() && *c != '…').collect::<String>();
        let text = bare(text);
        let files = fs::read_dir(self.folder("corpus")).expect("the corpus").flatten();
        let mut texts = files.filter_map(|file| fs::read_to_string(file.path()).ok());
        texts.any(|document| bare(&document).contains(&text))
    }
}

impl Drop for Story {
    fn drop(&mut self) {
        if let Some(bot) = &mut self.bot {
            let _ = bot.kill();
            let _ = bot.wait();
        }
    }
}

/// Whether a process runs: a zombie does not, and asking must not reap it.
fn alive(bot: &Child) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(Pid::from_child(bot)), options).is_ok_and(|status| status.is_none())
}

/// The buttons of a keyboard, row after row.
pub(crate) fn buttons(markup: Option<&Value>) -> Vec<Button> {
    let rows = markup.and_then(|markup| markup["inline_keyboard"].as_array()).into_iter().flatten();
    let all = rows.filter_map(Value::as_array).flatten().filter_map(Value::as_object);
    all.map(|fields| {
        let text = fields["text"].as_str().unwrap_or_default().to_owned();
        let action = fields.keys().find(|name| *name != "text" && *name != "style").cloned().unwrap_or_default();
        let field = fields.get(&action).unwrap_or(&Value::Null);
        let value = field.as_str().or_else(|| field["text"].as_str()).unwrap_or_default().to_owned();
        Button { text, action, value }
    })
    .collect()
}

/// The documents that the stories ask about.
pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/telegram/corpus")
}

/// The binary under test; `WENDA_BINARY` names another build.
fn binary() -> PathBuf {
    let other = std::env::var_os("WENDA_BINARY").map(PathBuf::from);
    other.or_else(|| option_env!("CARGO_BIN_EXE_wenda").map(PathBuf::from)).expect("cargo builds the binary first")
}
