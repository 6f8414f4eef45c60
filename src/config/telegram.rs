//! The settings of the Telegram channel.

use std::net::SocketAddr;

use super::{Reader, Secret};

/// The settings of the Telegram channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Telegram {
    /// The bot's token.
    pub token: Secret,
    /// Numeric ids of the admins.
    pub admins: Vec<u64>,
    /// Address of the Bot API server, without a slash at its end.
    pub api_url: String,
    /// Whether the token belongs to the test servers.
    pub test_environment: bool,
    /// How updates are delivered; without it they are fetched.
    pub webhook: Option<Webhook>,
    /// Whether to keep to the platform's limits on sending.
    pub pace: bool,
}

/// Delivery of updates by HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Webhook {
    /// The public address.
    pub url: String,
    /// Where deliveries are awaited.
    pub listen: SocketAddr,
    /// The path on which they are awaited.
    pub path: String,
    /// What they must carry.
    pub secret: Option<Secret>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    /// The Telegram channel; all its settings are looked at, even without a token.
    pub(super) fn telegram(&mut self) -> Option<Telegram> {
        let token =
            self.secret("TELEGRAM_TOKEN", "the token as @BotFather shows it, like 123456789:AAbb_cc-dd", |value| {
                value.split_once(':').is_some_and(|(id, key)| id.parse::<u64>().is_ok() && is_word(key))
            });
        let admins = self.text("TELEGRAM_ADMINS").unwrap_or_default();
        let ids: Result<Vec<u64>, _> = admins.split([',', ' ']).filter(|id| !id.is_empty()).map(str::parse).collect();
        if ids.is_err() {
            self.refuse("TELEGRAM_ADMINS", &admins, "numeric ids with commas between, like 123456789,987654321");
        }
        let telegram = Telegram {
            token: token.clone().unwrap_or(Secret(String::new())),
            admins: ids.unwrap_or_default(),
            api_url: self.address("TELEGRAM_API_URL", &["http://", "https://"]).unwrap_or_default(),
            test_environment: self.parsed("TELEGRAM_TEST_ENVIRONMENT", "true or false", |_| true),
            webhook: self.webhook(),
            pace: self.parsed("TELEGRAM_PACE", "true or false", |_| true),
        };
        token.map(|_| telegram)
    }

    fn webhook(&mut self) -> Option<Webhook> {
        let secret = self.secret("TELEGRAM_WEBHOOK_SECRET", "1 to 256 of A-Z a-z 0-9 _ -", |value| {
            value.len() <= 256 && is_word(value)
        });
        let listen = self.text("TELEGRAM_WEBHOOK_LISTEN").unwrap_or_default();
        let address = listen.parse();
        if address.is_err() {
            self.refuse("TELEGRAM_WEBHOOK_LISTEN", &listen, "an address with a port, like 127.0.0.1:8443");
        }
        let path = self.text("TELEGRAM_WEBHOOK_PATH");
        let url = self.address("TELEGRAM_WEBHOOK_URL", &["https://", "http://"])?;
        let rest = url.split_once("://").map_or("", |(_, rest)| rest);
        let path = path.unwrap_or_else(|| rest.find('/').map_or("/", |slash| &rest[slash..]).to_owned());
        Some(Webhook { listen: address.ok()?, path: format!("/{}", path.trim_matches('/')), url, secret })
    }
}

/// Whether a text is made of letters, digits, `_` and `-` alone.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

#[cfg(test)]
mod tests {
    use crate::config::Config;

    #[test]
    fn a_token_alone_configures_telegram() {
        let telegram = |set: &[(&str, &str)]| {
            let lookup =
                |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
            Config::read(lookup).map(|config| config.telegram)
        };
        assert_eq!(telegram(&[]).unwrap(), None);
        let token = ("TELEGRAM_TOKEN", "123:AA-b_c");
        let plain = telegram(&[token]).unwrap().unwrap();
        assert_eq!((plain.api_url.as_str(), plain.pace, plain.webhook), ("https://api.telegram.org", true, None));
        let url = ("TELEGRAM_WEBHOOK_URL", "https://bot.example.org/hook/");
        let webhook = telegram(&[token, url]).unwrap().unwrap().webhook.unwrap();
        assert_eq!((webhook.path.as_str(), webhook.listen.port()), ("/hook", 8443));
        let admins = telegram(&[token, ("TELEGRAM_ADMINS", "1, 22")]).unwrap().unwrap().admins;
        assert_eq!(admins, [1, 22]);
    }
}
