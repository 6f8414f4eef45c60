//! Bad weather: the ways in which the platform and the network between fail, as often as a test orders them.

use std::{
    io::Write,
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Blame, Params, Refusal, World, http, reset};

/// One kind of failure.
#[derive(Clone, Debug)]
pub(crate) enum Weather {
    /// 429 with this many seconds in `retry_after`; the platform means it and refuses the chat for that long.
    TooMany(u64),
    /// A 5xx with a page of HTML.
    BadGateway,
    /// The connection is reset and the call is not carried out.
    ResetBefore,
    /// The call is carried out and the connection is reset before the answer.
    ResetAfter,
    /// The call is carried out and its answer ends in the middle.
    Truncated,
    /// Nothing happens for a while, then the connection ends; the call is not carried out.
    Hang(Duration),
    /// A refusal with this code and description.
    Refuse(u16, &'static str),
}

/// An order of bad weather.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    /// The method that it strikes, in lower case.
    pub(crate) method: &'static str,
    /// The chat that it strikes; every one where there is none.
    pub(crate) chat: Option<i64>,
    /// Strikes only calls that send HTML.
    pub(crate) html_only: bool,
    /// How many calls it strikes.
    pub(crate) times: usize,
    /// What happens.
    pub(crate) weather: Weather,
}

impl Fault {
    /// Strikes the next calls of a method, whatever the chat.
    pub(crate) fn of(method: &'static str, times: usize, weather: Weather) -> Fault {
        Fault { method, chat: None, html_only: false, times, weather }
    }

    /// Strikes one chat alone.
    pub(crate) fn in_chat(self, chat: i64) -> Fault {
        Fault { chat: Some(chat), ..self }
    }

    /// Strikes calls with HTML alone.
    pub(crate) fn on_html(self) -> Fault {
        Fault { html_only: true, ..self }
    }
}

impl World {
    /// What strikes this call, if anything does.
    pub(super) fn weather(&mut self, method: &str, params: &Params) -> Option<Weather> {
        let chat = params.integer("chat_id");
        if let Some(quiet) = chat.and_then(|chat| self.quiet.get(&chat)).copied() {
            let left = quiet.until.saturating_duration_since(Instant::now());
            if !left.is_zero() && method != "sendchataction" {
                let late = quiet.since.elapsed() > Duration::from_millis(300);
                self.impatient += usize::from(late);
                return Some(Weather::TooMany(left.as_secs() + 1));
            }
        }
        let html = params.text("parse_mode").is_some();
        let fault = self.faults.iter_mut().find(|fault| {
            let meant = fault.times > 0 && fault.method == method && fault.chat.is_none_or(|meant| Some(meant) == chat);
            meant && (html || !fault.html_only)
        })?;
        fault.times -= 1;
        let weather = fault.weather.clone();
        if let (Weather::TooMany(seconds), Some(chat)) = (&weather, chat) {
            let since = Instant::now();
            self.quiet.insert(chat, super::world::Quiet { since, until: since + Duration::from_secs(*seconds) });
        }
        Some(weather)
    }
}

impl Weather {
    /// Whether the call takes effect all the same.
    pub(super) fn is_carried_out(&self) -> bool {
        matches!(self, Weather::ResetAfter | Weather::Truncated)
    }

    /// Strikes; `None` where the connection is over.
    pub(super) fn strike(&self, connection: &mut TcpStream, answer: &Value) -> Option<()> {
        let refuse = |connection: &mut TcpStream, refusal: Refusal| {
            http::respond(connection, refusal.code, "application/json", refusal.to_json().to_string().as_bytes()).ok()
        };
        match self {
            Weather::TooMany(seconds) => {
                let mut refusal =
                    Refusal::new(429, &format!("Too Many Requests: retry after {seconds}"), Blame::Weather);
                refusal.parameters = Some(json!({"retry_after": seconds}));
                refuse(connection, refusal)
            }
            Weather::BadGateway => {
                let page = b"<html>\r\n<head><title>502 Bad Gateway</title></head>\r\n<body>nginx</body>\r\n</html>";
                http::respond(connection, 502, "text/html", page).ok()
            }
            Weather::ResetBefore | Weather::ResetAfter => {
                reset(connection);
                None
            }
            Weather::Truncated => {
                let text = answer.to_string();
                let mut half = text.len() / 2;
                while !text.is_char_boundary(half) {
                    half -= 1;
                }
                http::respond(connection, 200, "application/json", &text.as_bytes()[..half]).ok()?;
                connection.flush().ok()
            }
            Weather::Hang(time) => {
                thread::sleep(*time);
                None
            }
            Weather::Refuse(code, description) => refuse(connection, Refusal::new(*code, description, Blame::Weather)),
        }
    }
}
