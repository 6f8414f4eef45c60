//! Starts the built binary against Synapse, lets citizens speak, waits for replies, kills and restarts. Nothing here sleeps
//! for luck: every wait ends with the event, with the death of the bot, or with the patience.

use std::{
    cell::RefCell,
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Output, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use rustix::process::{Pid, Signal, WaitId, WaitIdOptions, waitid};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::synapse::{SECRET, Synapse, python, script};

/// Whatever is waited for comes within this time, also on a machine that is busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// How often a wait looks again.
const HEARTBEAT: Duration = Duration::from_millis(100);

/// The password of everybody.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// A bot, its citizens and its folders.
pub(crate) struct Story {
    number: String,
    driver: RefCell<Driver>,
    home: TempDir,
    settings: BTreeMap<String, String>,
    bot: Option<Child>,
    /// The full user id of the bot.
    pub(crate) me: String,
}

/// Somebody with an account.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    name: String,
    pub(crate) id: String,
}

/// A message of the bot.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) id: String,
    pub(crate) body: String,
    pub(crate) html: String,
    pub(crate) event: Value,
}

struct Driver {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
    count: u64,
}

impl Story {
    /// A bot with an account; it does not run yet.
    pub(crate) fn prepare() -> Story {
        static COUNT: AtomicUsize = AtomicUsize::new(0);
        let number = format!("{}", COUNT.fetch_add(1, Ordering::Relaxed));
        let home = tempfile::Builder::new().prefix("wenda-matrix-").tempdir().expect("a temporary folder");
        fs::create_dir(home.path().join("corpus")).expect("an empty folder");
        for entry in fs::read_dir(fixtures()).expect("the fixtures stand beside the tests") {
            let path = entry.expect("a readable folder").path();
            let name = path.file_name().expect("a file has a name");
            fs::copy(&path, home.path().join("corpus").join(name)).expect("a copy of a fixture");
        }
        let mut story = Story {
            driver: RefCell::new(Driver::start()),
            home,
            settings: BTreeMap::new(),
            bot: None,
            me: format!("@wenda-{number}:wenda.test"),
            number,
        };
        story.register(&format!("wenda-{}", story.number), false);
        let me = story.me.clone();
        story.set("MATRIX_HOMESERVER", &Synapse::shared().url());
        story.set("MATRIX_USER", &me);
        story.set("MATRIX_PASSWORD", PASSWORD);
        story.set("MATRIX_STORE_KEY", "a key that only the tests know");
        story
    }

    /// A bot that listens.
    pub(crate) fn open() -> Story {
        Story::open_with(&[])
    }

    /// A bot that listens, with more settings.
    pub(crate) fn open_with(settings: &[(&str, &str)]) -> Story {
        let mut story = Story::prepare();
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

    /// Takes a setting away.
    pub(crate) fn unset(&mut self, name: &str) {
        self.settings.remove(name);
    }

    /// Starts the bot and waits until it is logged in.
    #[track_caller]
    pub(crate) fn start(&mut self) {
        let greeted = self.log().matches("at your service").count();
        self.launch();
        self.until("the bot is logged in", || (self.log().matches("at your service").count() > greeted).then_some(()));
    }

    /// Starts the bot and waits for nothing.
    pub(crate) fn launch(&mut self) {
        assert!(self.bot.is_none(), "the bot runs already");
        let log = fs::OpenOptions::new().create(true).append(true).open(self.log_path()).expect("a log file");
        let mut command = self.command(&["serve"]);
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

    /// Runs the binary to its end.
    pub(crate) fn run(&self, arguments: &[&str]) -> (Output, String) {
        let output = self.command(arguments).output().expect("the binary can be started");
        let told = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        (output, told)
    }

    /// Kills the bot as `kill -9` does.
    pub(crate) fn kill(&mut self) {
        let mut bot = self.bot.take().expect("a bot that runs");
        bot.kill().expect("a child can be killed");
        bot.wait().expect("a killed child ends");
    }

    /// Ends the bot as `systemctl stop` does.
    #[track_caller]
    pub(crate) fn stop(&mut self) {
        let bot = self.bot.as_ref().expect("a bot that runs");
        rustix::process::kill_process(Pid::from_child(bot), Signal::TERM).expect("a child can be signalled");
        let status = self.ended();
        assert!(status.success(), "{status}\n{}", self.log_end());
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
            thread::sleep(HEARTBEAT);
        }
    }

    /// Waits until `look` finds something; fails at once when the bot has died.
    #[track_caller]
    pub(crate) fn until<T>(&self, what: &str, mut look: impl FnMut() -> Option<T>) -> T {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(
                self.bot.as_ref().is_some_and(alive),
                "the bot is dead; it was waited for: {what}\n{}",
                self.log_end()
            );
            assert!(Instant::now() < deadline, "waited in vain for: {what}\n{}", self.log_end());
            thread::sleep(HEARTBEAT);
        }
    }

    /// Has the driver do something.
    pub(crate) fn attempt(&self, deed: &str, arguments: Value) -> Result<Value, String> {
        self.driver.borrow_mut().call(deed, arguments)
    }

    /// Has the driver do something that succeeds.
    #[track_caller]
    pub(crate) fn act(&self, deed: &str, arguments: Value) -> Value {
        self.attempt(deed, arguments).unwrap_or_else(|error| panic!("{error}\n{}", self.log_end()))
    }

    #[track_caller]
    fn register(&self, name: &str, admin: bool) {
        self.act("register", json!({"name": name, "password": PASSWORD, "admin": admin}));
    }

    /// Somebody with an account and one device.
    #[track_caller]
    pub(crate) fn person(&self, name: &str) -> Person {
        self.enter(&format!("{name}-{}", self.number), false)
    }

    /// An admin of the homeserver.
    #[track_caller]
    pub(crate) fn server_admin(&self) -> Person {
        self.enter(&format!("root-{}", self.number), true)
    }

    #[track_caller]
    fn enter(&self, name: &str, admin: bool) -> Person {
        self.register(name, admin);
        let id = self.act("enter", json!({"name": name, "password": PASSWORD}));
        Person { name: name.to_owned(), id: id.as_str().expect("a user id").to_owned() }
    }

    /// A room of a person; nobody is invited.
    #[track_caller]
    pub(crate) fn room(&self, person: &Person, encrypted: bool) -> String {
        let room = self.act("create", json!({"who": person.name, "encrypted": encrypted}));
        room.as_str().expect("a room id").to_owned()
    }

    #[track_caller]
    pub(crate) fn invite(&self, person: &Person, room: &str, user: &str) {
        let path = format!("/_matrix/client/v3/rooms/{room}/invite");
        let answer = self.api(Some(person), "POST", &path, json!({"user_id": user}));
        assert_eq!(answer["status"], 200, "{answer}");
    }

    /// A room of a person and the bot, which has joined.
    #[track_caller]
    pub(crate) fn direct(&self, person: &Person, encrypted: bool) -> String {
        let room = self.room(person, encrypted);
        let me = self.me.clone();
        self.invite(person, &room, &me);
        self.until("the bot joins", || self.is_member(person, &room, &me).then_some(()));
        if encrypted {
            self.act("know", json!({"who": person.name, "room": room, "user": me}));
        }
        room
    }

    /// A room of several persons and the bot, all of whom have joined.
    #[track_caller]
    pub(crate) fn group(&self, persons: &[&Person], encrypted: bool) -> String {
        let room = self.room(persons[0], encrypted);
        for person in &persons[1..] {
            self.invite(persons[0], &room, &person.id);
            self.act("join", json!({"who": person.name, "room": room}));
        }
        let me = self.me.clone();
        self.invite(persons[0], &room, &me);
        self.until("the bot joins", || self.is_member(persons[0], &room, &me).then_some(()));
        for person in persons.iter().filter(|_| encrypted) {
            self.act("know", json!({"who": person.name, "room": room, "user": me}));
        }
        room
    }

    /// Whether somebody is in a room.
    pub(crate) fn is_member(&self, person: &Person, room: &str, user: &str) -> bool {
        let members = self.act("members", json!({"who": person.name, "room": room}));
        members.as_array().is_some_and(|members| members.iter().any(|member| member == user))
    }

    /// Calls the homeserver.
    #[track_caller]
    pub(crate) fn api(&self, person: Option<&Person>, method: &str, path: &str, body: Value) -> Value {
        let who = person.map(|person| person.name.as_str());
        self.act("api", json!({"who": who, "method": method, "path": path, "body": body}))
    }

    /// A person sends an event; gives its id.
    #[track_caller]
    pub(crate) fn send(&self, person: &Person, room: &str, kind: &str, content: Value) -> String {
        let sent = self.act("send", json!({"who": person.name, "room": room, "type": kind, "content": content}));
        sent.as_str().expect("an event id").to_owned()
    }

    /// A person says something; gives the event's id.
    #[track_caller]
    pub(crate) fn say(&self, person: &Person, room: &str, text: &str) -> String {
        self.send(person, room, "m.room.message", json!({"msgtype": "m.text", "body": text, "m.mentions": {}}))
    }

    /// A person says something that is related to an event.
    #[track_caller]
    pub(crate) fn say_related(&self, person: &Person, room: &str, text: &str, relation: Value) -> String {
        let content = json!({"msgtype": "m.text", "body": text, "m.mentions": {}, "m.relates_to": relation});
        self.send(person, room, "m.room.message", content)
    }

    /// A person edits a message of theirs.
    #[track_caller]
    pub(crate) fn edit(&self, person: &Person, room: &str, event: &str, text: &str) -> String {
        let new = json!({"msgtype": "m.text", "body": text, "m.mentions": {}});
        let content = json!({"msgtype": "m.text", "body": format!("* {text}"), "m.mentions": {}, "m.new_content": new,
            "m.relates_to": {"rel_type": "m.replace", "event_id": event}});
        self.send(person, room, "m.room.message", content)
    }

    #[track_caller]
    pub(crate) fn redact(&self, person: &Person, room: &str, event: &str) {
        self.act("redact", json!({"who": person.name, "room": room, "event": event}));
    }

    /// What a person has seen in a room.
    #[track_caller]
    pub(crate) fn events(&self, person: &Person, room: &str) -> Vec<Value> {
        let events = self.act("events", json!({"who": person.name, "room": room}));
        events.as_array().expect("a list").clone()
    }

    /// The messages of the bot in a room, edits left out.
    #[track_caller]
    pub(crate) fn heard(&self, person: &Person, room: &str) -> Vec<Sent> {
        let events = self.events(person, room).into_iter();
        let ours = events.filter(|event| event["sender"] == self.me.as_str() && event["type"] == "m.room.message");
        ours.filter(|event| event["content"]["m.relates_to"]["rel_type"] != "m.replace").map(Sent::of).collect()
    }

    /// The messages with which the bot answered an event.
    #[track_caller]
    pub(crate) fn answers(&self, person: &Person, room: &str, event: &str) -> Vec<Sent> {
        let heard = self.heard(person, room).into_iter();
        heard.filter(|sent| sent.relation()["m.in_reply_to"]["event_id"] == event).collect()
    }

    /// Waits for the answer to an event.
    #[track_caller]
    pub(crate) fn answer_to(&self, person: &Person, room: &str, event: &str) -> Sent {
        self.until("an answer", || self.answers(person, room, event).into_iter().next())
    }

    /// A person says something in a room, and the answer to it.
    #[track_caller]
    pub(crate) fn ask(&self, person: &Person, room: &str, text: &str) -> Sent {
        let event = self.say(person, room, text);
        self.answer_to(person, room, &event)
    }

    /// Waits until a message of the bot was edited, and gives what it reads now.
    #[track_caller]
    pub(crate) fn edited(&self, person: &Person, room: &str, message: &str, contains: &str) -> String {
        self.until("an edited answer", || {
            let edits = self.events(person, room).into_iter().rev().filter(|event| {
                let relation = &event["content"]["m.relates_to"];
                relation["rel_type"] == "m.replace" && relation["event_id"] == message
            });
            let mut bodies =
                edits.filter_map(|event| event["content"]["m.new_content"]["body"].as_str().map(str::to_owned));
            bodies.find(|body| body.contains(contains))
        })
    }

    /// Ends the story: the bot lives, and nothing went wrong on the way.
    #[track_caller]
    pub(crate) fn close(self) {
        assert!(self.bot.as_ref().is_none_or(alive), "the bot is dead\n{}", self.log_end());
        assert!(!self.log().contains("defect in the program"), "{}", self.log_end());
    }

    /// A folder of the bot.
    pub(crate) fn folder(&self, name: &str) -> PathBuf {
        self.home.path().join(name)
    }

    /// Everything that the bot has printed.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.log_path()).unwrap_or_default()
    }

    fn log_path(&self) -> PathBuf {
        self.home.path().join("log")
    }

    pub(crate) fn log_end(&self) -> String {
        let log = self.log();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(25)..].join("\n")
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

impl Person {
    /// The name under which the driver knows the person.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }
}

impl Sent {
    fn of(event: Value) -> Sent {
        let text = |name: &str| event["content"][name].as_str().unwrap_or_default().to_owned();
        Sent {
            id: event["event_id"].as_str().unwrap_or_default().to_owned(),
            body: text("body"),
            html: text("formatted_body"),
            event,
        }
    }

    /// How it is related to other events.
    pub(crate) fn relation(&self) -> &Value {
        &self.event["content"]["m.relates_to"]
    }
}

impl Driver {
    fn start() -> Driver {
        let mut command = Command::new(python());
        command.arg(script("driver.py")).arg(Synapse::shared().url()).arg(SECRET);
        let mut child =
            command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::inherit()).spawn().expect("a driver");
        let input = child.stdin.take().expect("a pipe");
        let output = BufReader::new(child.stdout.take().expect("a pipe"));
        Driver { child, input, output, count: 0 }
    }

    fn call(&mut self, deed: &str, mut arguments: Value) -> Result<Value, String> {
        self.count += 1;
        arguments["id"] = json!(self.count);
        arguments["do"] = json!(deed);
        writeln!(self.input, "{arguments}").map_err(|error| format!("the driver is gone: {error}"))?;
        let mut line = String::new();
        self.output.read_line(&mut line).map_err(|error| error.to_string())?;
        let mut answer: Value = serde_json::from_str(&line).map_err(|error| format!("{error}: {line:?}"))?;
        match answer["error"].take() {
            Value::Null => Ok(answer["ok"].take()),
            error => Err(error.as_str().unwrap_or_default().to_owned()),
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether a process runs: a zombie does not, and asking must not reap it.
fn alive(bot: &Child) -> bool {
    let options = WaitIdOptions::EXITED | WaitIdOptions::NOHANG | WaitIdOptions::NOWAIT;
    waitid(WaitId::Pid(Pid::from_child(bot)), options).is_ok_and(|status| status.is_none())
}

/// The binary under test; `WENDA_BINARY` names another build.
fn binary() -> PathBuf {
    let other = std::env::var_os("WENDA_BINARY").map(PathBuf::from);
    other.unwrap_or_else(|| PathBuf::from(env!("CARGO_BIN_EXE_wenda")))
}

/// The documents that the stories ask about.
fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/telegram/corpus")
}
