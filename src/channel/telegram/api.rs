//! Calls to the Bot API server. teloxide gives the names and forms of the requests; the calls are our own, because its
//! client sleeps 10 s at a server error, knows no test environment, and loses an update whose form it does not know.

use std::{fmt, time::Duration};

use reqwest::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use teloxide::requests::Payload;

use crate::config::{Secret, Telegram};

/// An ordinary call is given up after this time.
const CALL: Duration = Duration::from_secs(15);

/// Files of more than this are not handed to bots (Bot API, getFile).
pub(super) const LARGEST_DOWNLOAD: u64 = 20 * 1024 * 1024;

/// The Bot API server as one bot sees it.
pub(super) struct Api {
    client: reqwest::Client,
    server: String,
    token: Secret,
    /// Stands behind the token in every address.
    environment: &'static str,
}

/// Why a call did not succeed.
#[derive(Debug)]
pub(super) enum Failure {
    /// The server answered, and said no.
    Refused {
        code: u16,
        description: String,
        /// Wait so long before the next try.
        retry_after: Option<Duration>,
        /// The group has become this supergroup.
        migrated_to: Option<i64>,
    },
    /// The server was not reached, or could not work: nothing was done.
    Down(String),
    /// The connection broke, or what came back is not an answer: it may have been done.
    Unclear(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused { code, description, .. } => write!(formatter, "{code}: {description}"),
            Failure::Down(reason) => write!(formatter, "the server cannot be reached: {reason}"),
            Failure::Unclear(reason) => write!(formatter, "no clear answer: {reason}"),
        }
    }
}

impl std::error::Error for Failure {}

impl Failure {
    /// The failure without a token that the server, or a proxy on the way, gave back in its words.
    fn without(mut self, token: &str) -> Failure {
        let key = token.split_once(':').map_or(token, |(_, key)| key);
        if let Failure::Refused { description: words, .. } | Failure::Down(words) | Failure::Unclear(words) = &mut self
            && !key.is_empty()
        {
            *words = words.replace(key, "…");
        }
        self
    }
}

/// What every answer looks like.
#[derive(Deserialize)]
struct Envelope {
    ok: bool,
    #[serde(default)]
    result: Value,
    error_code: Option<u16>,
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
    migrate_to_chat_id: Option<i64>,
}

impl Api {
    /// The server that the settings name.
    pub(super) fn new(config: &Telegram) -> anyhow::Result<Api> {
        Ok(Api {
            client: reqwest::Client::builder().connect_timeout(Duration::from_secs(5)).tcp_nodelay(true).build()?,
            server: config.api_url.clone(),
            token: config.token.clone(),
            environment: if config.test_environment { "/test" } else { "" },
        })
    }

    /// Makes a call.
    pub(super) async fn call<P: Payload + Serialize>(&self, payload: &P) -> Result<Value, Failure> {
        let patience = CALL + payload.timeout_hint().unwrap_or_default();
        // teloxide writes GetMe; the documentation writes getMe, and the server takes both.
        let (first, rest) = P::NAME.split_at(1);
        let url = format!(
            "{}/bot{}{}/{}{rest}",
            self.server,
            self.token.expose(),
            self.environment,
            first.to_ascii_lowercase()
        );
        let response = self.client.post(url).timeout(patience).json(payload).send().await.map_err(broken)?;
        let status = response.status();
        let body = response.bytes().await.map_err(broken)?;
        understand(status, &body).map_err(|failure| failure.without(self.token.expose()))
    }

    /// The content of a file that a message brought, by the path that getFile gave.
    pub(super) async fn download(&self, path: &str) -> Result<Vec<u8>, Failure> {
        let url = format!("{}/file/bot{}{}/{path}", self.server, self.token.expose(), self.environment);
        let mut response = self.client.get(url).timeout(10 * CALL).send().await.map_err(broken)?;
        if !response.status().is_success() {
            return Err(Failure::Down(response.status().to_string()));
        }
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(broken)? {
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > LARGEST_DOWNLOAD {
                return Err(Failure::Unclear("the file is larger than it may be".to_owned()));
            }
        }
        Ok(bytes)
    }
}

/// A transport error, without the address: that holds the token.
fn broken(error: reqwest::Error) -> Failure {
    let connecting = error.is_connect() || error.is_builder();
    let error = anyhow::Error::from(error.without_url());
    if connecting { Failure::Down(format!("{error:#}")) } else { Failure::Unclear(format!("{error:#}")) }
}

/// Reads an answer.
fn understand(status: StatusCode, body: &[u8]) -> Result<Value, Failure> {
    if status.is_server_error() {
        return Err(Failure::Down(status.to_string()));
    }
    match serde_json::from_slice::<Envelope>(body) {
        Ok(Envelope { ok: true, result, .. }) => Ok(result),
        Ok(Envelope { error_code, description, parameters, .. }) => Err(Failure::Refused {
            code: error_code.unwrap_or(status.as_u16()),
            description,
            retry_after: parameters.retry_after.map(Duration::from_secs),
            migrated_to: parameters.migrate_to_chat_id,
        }),
        Err(error) if status.is_success() => Err(Failure::Unclear(error.to_string())),
        Err(_) => Err(Failure::Refused {
            code: status.as_u16(),
            description: status.to_string(),
            // A proxy on the way may ask for patience without Telegram's words.
            retry_after: (status == StatusCode::TOO_MANY_REQUESTS).then_some(Duration::from_secs(5)),
            migrated_to: None,
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_told_apart() {
        let check = |status: u16, body: &str, expected: &str| {
            let understood = understand(StatusCode::from_u16(status).unwrap(), body.as_bytes());
            let text = match understood {
                Ok(value) => value.to_string(),
                Err(failure) => format!("{failure:?}"),
            };
            assert!(text.starts_with(expected), "{text}");
        };
        check(200, r#"{"ok":true,"result":[1]}"#, "[1]");
        check(200, r#"{"ok":tr"#, "Unclear");
        check(502, "<html>", "Down");
        check(500, r#"{"ok":false,"error_code":500}"#, "Down");
        check(404, "not json", "Refused { code: 404");
        check(
            429,
            r#"{"ok":false,"error_code":429,"description":"Too Many Requests","parameters":{"retry_after":3}}"#,
            r#"Refused { code: 429, description: "Too Many Requests", retry_after: Some(3s)"#,
        );
    }
}
