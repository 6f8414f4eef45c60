//! The webhook: the platform, and the reverse proxy in front of the bot, which ends HTTPS and speaks HTTP to it.

use std::{
    io::{self, BufRead, BufReader, Write},
    net::{SocketAddr, TcpStream},
    sync::Arc,
    thread,
    time::Duration,
};

use serde_json::{Value, json};

use super::{Params, Refusal, Shared, World, http};

/// Ports that the platform calls.
const PORTS: [&str; 4] = ["443", "80", "88", "8443"];
/// How long the platform waits for an answer.
const ANSWER: Duration = Duration::from_secs(20);

/// A webhook.
#[derive(Clone, Debug, Default)]
pub(crate) struct Webhook {
    /// The public address.
    pub(crate) url: String,
    /// The path of the public address.
    pub(crate) path: String,
    /// What the header `X-Telegram-Bot-Api-Secret-Token` must hold.
    pub(crate) secret: Option<String>,
    /// Where the reverse proxy finds the bot; nothing is delivered before it is known.
    pub(crate) proxy: Option<SocketAddr>,
    /// What went wrong last.
    pub(crate) last_error: Option<String>,
}

impl World {
    pub(super) fn set_webhook(&mut self, params: &Params) -> Result<Value, Refusal> {
        let url = params.text("url").unwrap_or_default();
        if url.is_empty() {
            return self.delete_webhook(params);
        }
        let bad = |reason: &str| Refusal::bad(&format!("bad webhook: {reason}"));
        let rest = url.strip_prefix("https://").ok_or_else(|| bad("An HTTPS URL must be provided for webhook"))?;
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        if host.split_once(':').is_some_and(|(_, port)| !PORTS.contains(&port)) {
            return Err(bad("Webhook can be set up only on ports 80, 88, 443 or 8443"));
        }
        let secret = params.text("secret_token").filter(|secret| !secret.is_empty());
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
        if secret.as_ref().is_some_and(|secret| secret.len() > 256 || !secret.chars().all(allowed)) {
            return Err(bad("secret token contains unallowed characters"));
        }
        self.allow(params)?;
        if params.text("drop_pending_updates").is_some_and(|flag| flag == "true") {
            self.updates.clear();
        }
        let proxy = self.webhook.take().and_then(|webhook| webhook.proxy);
        self.webhook = Some(Webhook { path: format!("/{path}"), url, secret, proxy, last_error: None });
        Ok(json!(true))
    }

    pub(super) fn delete_webhook(&mut self, params: &Params) -> Result<Value, Refusal> {
        if params.text("drop_pending_updates").is_some_and(|flag| flag == "true") {
            self.updates.clear();
        }
        self.webhook = None;
        Ok(json!(true))
    }

    pub(super) fn webhook_info(&self) -> Value {
        let webhook = self.webhook.clone().unwrap_or_default();
        let mut info = json!({
            "url": webhook.url, "has_custom_certificate": false, "pending_update_count": self.updates.len(),
        });
        if let Some(error) = webhook.last_error {
            info["last_error_date"] = json!(super::world::now());
            info["last_error_message"] = json!(error);
        }
        if let Some(kinds) = &self.allowed {
            info["allowed_updates"] = json!(kinds);
        }
        info
    }
}

/// Delivers waiting updates to the webhook, one after the other; what is not answered with 2xx is delivered again.
pub(super) fn deliver(shared: &Arc<Shared>) {
    loop {
        let (webhook, proxy, id, update) = {
            let mut world = shared.lock();
            loop {
                let webhook = world.webhook.clone();
                let proxy = webhook.as_ref().and_then(|webhook| webhook.proxy);
                if let (Some(webhook), Some(proxy), Some((id, update))) = (webhook, proxy, world.updates.front()) {
                    break (webhook, proxy, *id, update.clone());
                }
                world = shared.changed.wait(world).unwrap_or_else(std::sync::PoisonError::into_inner);
            }
        };
        let secret = webhook.secret.as_deref();
        let status = post(proxy, &webhook.path, secret, update.to_string().as_bytes());
        shared.change(|world| match &status {
            Ok(200..300) => world.updates.retain(|(waiting, _)| *waiting != id),
            other => {
                let error = other.as_ref().map_or_else(ToString::to_string, |status| format!("{status}"));
                if let Some(webhook) = &mut world.webhook {
                    webhook.last_error = Some(format!("Wrong response from the webhook: {error}"));
                }
            }
        });
        if !matches!(status, Ok(200..300)) {
            thread::sleep(Duration::from_millis(100));
        }
    }
}

/// Posts a body as the platform does, by way of a reverse proxy; gives the status.
pub(crate) fn post(to: SocketAddr, path: &str, secret: Option<&str>, body: &[u8]) -> io::Result<u16> {
    let mut connection = TcpStream::connect_timeout(&to, ANSWER)?;
    connection.set_read_timeout(Some(ANSWER))?;
    let secret = secret.map(|secret| format!("X-Telegram-Bot-Api-Secret-Token: {secret}\r\n")).unwrap_or_default();
    let length = body.len();
    let head = format!(
        "POST {path} HTTP/1.1\r\nHost: bot.qinghe.example\r\nX-Forwarded-For: 149.154.167.220\r\n\
         X-Forwarded-Proto: https\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\
         Connection: close\r\n{secret}\r\n"
    );
    connection.write_all(head.as_bytes())?;
    connection.write_all(body)?;
    let mut reader = BufReader::new(connection);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    http::headers(&mut reader)?;
    let status = line.split(' ').nth(1).and_then(|status| status.parse().ok());
    status.ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, format!("no status in {line:?}")))
}
