//! A Bot API server on loopback that is as strict as Telegram: it refuses what Telegram refuses, forgets an update only
//! when a later one is asked for, can fail in the ways in which networks fail, and writes down every call. Border: it
//! knows nothing of Wenda; what a test may do to it stands in `town` (citizens) and `faults` (bad weather).

use std::{
    io::BufReader,
    net::{TcpListener, TcpStream},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

mod commands;
mod faults;
mod files;
mod http;
mod keyboard;
mod markup;
mod messages;
mod params;
mod queries;
mod town;
mod updates;
mod webhook;
mod world;

pub(crate) use faults::{Fault, Weather};
pub(crate) use markup::Formatted;
use params::Params;
pub(crate) use queries::inline_text;
pub(crate) use town::Person;
pub(crate) use webhook::{Webhook, post};
pub(crate) use world::{BOT_NAME, Chat, Sent, World, now};

/// How long a test waits for anything at most: a slow machine with other work on it must not fail a test.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// The server: its address and its world.
pub(crate) struct Server {
    shared: Arc<Shared>,
    port: u16,
}

struct Shared {
    world: Mutex<World>,
    changed: Condvar,
}

/// A call as it was written down.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// When it arrived.
    pub(crate) at: Instant,
    /// The method in lower case.
    pub(crate) method: String,
    /// The path as it was sent.
    pub(crate) path: String,
    /// The parameters.
    pub(crate) params: Map<String, Value>,
    /// The chat it is about.
    pub(crate) chat: Option<i64>,
    /// What came of it; an error also where a fault kept it from being heard.
    pub(crate) outcome: Result<Value, Refusal>,
}

/// A call that was not carried out, or whose answer was not heard.
#[derive(Clone, Debug)]
pub(crate) struct Refusal {
    /// The HTTP status and `error_code`.
    pub(crate) code: u16,
    /// The description.
    pub(crate) description: String,
    /// `parameters` of the answer.
    pub(crate) parameters: Option<Value>,
    /// Whose fault it was.
    pub(crate) blame: Blame,
}

/// Whose fault a refusal was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blame {
    /// The bot's: a careful bot does not send this.
    Bot,
    /// The world's: something changed that the bot could not know.
    World,
    /// The weather's: the test asked for it.
    Weather,
}

impl Refusal {
    /// 400, and the bot is to blame.
    pub(crate) fn bad(description: &str) -> Refusal {
        Refusal::new(400, &format!("Bad Request: {description}"), Blame::Bot)
    }

    /// 400, and the bot could not know.
    pub(crate) fn world(description: &str) -> Refusal {
        Refusal::new(400, &format!("Bad Request: {description}"), Blame::World)
    }

    /// Any refusal.
    pub(crate) fn new(code: u16, description: &str, blame: Blame) -> Refusal {
        Refusal { code, description: description.to_owned(), parameters: None, blame }
    }

    fn to_json(&self) -> Value {
        let mut json = json!({"ok": false, "error_code": self.code, "description": self.description});
        if let Some(parameters) = &self.parameters {
            json["parameters"] = parameters.clone();
        }
        json
    }
}

/// The token that the server knows.
pub(crate) const TOKEN: &str = "110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw";

impl Server {
    /// A server that answers at once.
    pub(crate) fn start() -> Server {
        Server::with(World::new(false))
    }

    /// A server of the test environment, whose addresses hold `/test/`.
    pub(crate) fn of_test_environment() -> Server {
        Server::with(World::new(true))
    }

    fn with(world: World) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("loopback can be listened on");
        let port = listener.local_addr().expect("a bound listener has an address").port();
        let shared = Arc::new(Shared { world: Mutex::new(world), changed: Condvar::new() });
        let for_connections = Arc::clone(&shared);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let shared = Arc::clone(&for_connections);
                thread::spawn(move || shared.serve(connection));
            }
        });
        let for_webhook = Arc::clone(&shared);
        thread::spawn(move || webhook::deliver(&for_webhook));
        Server { shared, port }
    }

    /// What `TELEGRAM_API_URL` must be.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Calls a method as a bot would; gives the answer.
    pub(crate) fn request(&self, method: &str, body: &Value) -> Value {
        let path = format!("/bot{TOKEN}/{method}");
        let params = Params { values: body.as_object().cloned().unwrap_or_default(), ..Params::default() };
        let request = http::Request { path, query: String::new(), headers: Vec::new(), body: Vec::new() };
        let outcome = self.shared.carry_out(Instant::now(), &request, method, &params);
        outcome.as_ref().map_or_else(Refusal::to_json, |value| json!({"ok": true, "result": value}))
    }

    /// The world, for a look or a change; hold it for a moment only.
    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        self.shared.lock()
    }

    /// Changes the world and wakes all who wait for it to change.
    pub(crate) fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        self.shared.change(change)
    }

    /// Waits until `look` finds something, or the time is over.
    pub(crate) fn wait_for<T>(&self, patience: Duration, mut look: impl FnMut(&World) -> Option<T>) -> Option<T> {
        let deadline = Instant::now() + patience;
        let mut world = self.shared.lock();
        loop {
            if let Some(found) = look(&world) {
                return Some(found);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            world = self.shared.changed.wait_timeout(world, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, World> {
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        let result = change(&mut self.lock());
        self.changed.notify_all();
        result
    }

    fn serve(&self, connection: TcpStream) {
        let _ = connection.set_nodelay(true);
        let Ok(mut writer) = connection.try_clone() else { return };
        let mut reader = BufReader::new(connection);
        while let Ok(Some(request)) = http::read(&mut reader) {
            if self.answer(&request, &mut writer).is_none() {
                return;
            }
        }
    }

    /// Answers a request; `None` where the connection is over.
    fn answer(&self, request: &http::Request, writer: &mut TcpStream) -> Option<()> {
        let at = Instant::now();
        let path = http::decode(&request.path, false);
        if let Some(file) = path.strip_prefix("/file/bot") {
            let found = self.lock().file(file);
            let (status, bytes) = found.map_or((404, b"Not Found".to_vec()), |bytes| (200, bytes));
            return http::respond(writer, status, "application/octet-stream", &bytes).ok();
        }
        let authorised = self.lock().authorise(&path);
        let method = match authorised {
            Ok(method) => method,
            Err(refusal) => {
                let (_, name) = path.rsplit_once('/').unwrap_or_default();
                let call = self.call(at, name, request, &Params::default(), Err(refusal.clone()));
                self.change(|world| world.calls.push(call));
                return http::respond(
                    writer,
                    refusal.code,
                    "application/json",
                    refusal.to_json().to_string().as_bytes(),
                )
                .ok();
            }
        };
        let params = match Params::read(request) {
            Ok(params) => params,
            Err(refusal) => {
                let call = self.call(at, &method, request, &Params::default(), Err(refusal.clone()));
                self.change(|world| world.calls.push(call));
                return http::respond(writer, 400, "application/json", refusal.to_json().to_string().as_bytes()).ok();
            }
        };
        let weather = self.lock().weather(&method, &params);
        if weather.as_ref().is_some_and(|weather| !weather.is_carried_out()) {
            let refusal = Refusal::new(0, &format!("{weather:?}"), Blame::Weather);
            let call = self.call(at, &method, request, &params, Err(refusal));
            self.change(|world| world.calls.push(call));
            return weather.and_then(|weather| weather.strike(writer, &json!({})));
        }
        let outcome = self.carry_out(at, request, &method, &params);
        let answer = outcome.as_ref().map_or_else(Refusal::to_json, |value| json!({"ok": true, "result": value}));
        let status = outcome.as_ref().map_or_else(|refusal| refusal.code, |_| 200);
        match weather {
            Some(weather) => weather.strike(writer, &answer),
            None => http::respond(writer, status, "application/json", answer.to_string().as_bytes()).ok(),
        }
    }

    /// Carries a call out and writes it down.
    fn carry_out(&self, at: Instant, request: &http::Request, method: &str, params: &Params) -> Result<Value, Refusal> {
        let method = method.to_lowercase();
        let outcome = match method.as_str() {
            "getupdates" => self.get_updates(params),
            _ => self.change(|world| world.call(&method, params)),
        };
        let call = self.call(at, &method, request, params, outcome.clone());
        self.change(|world| world.calls.push(call));
        outcome
    }

    fn call(
        &self,
        at: Instant,
        method: &str,
        request: &http::Request,
        params: &Params,
        outcome: Result<Value, Refusal>,
    ) -> Call {
        let (method, path, chat) = (method.to_lowercase(), request.path.clone(), params.integer("chat_id"));
        Call { at, method, path, params: params.values.clone(), chat, outcome }
    }
}

/// Lets a connection end with a reset when it is dropped.
fn reset(connection: &TcpStream) {
    let _ = rustix::net::sockopt::set_socket_linger(connection, Some(Duration::ZERO));
}
