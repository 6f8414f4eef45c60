//! Every knob, typed, with its default and one line of meaning. The only reader of the environment.

use std::{fmt, net::SocketAddr, path::PathBuf, str::FromStr, time::Duration};

use time::{Date, OffsetDateTime, UtcOffset};

mod matrix;

pub use matrix::{Invites, Login, Matrix};

/// A setting as `.env.example` shows it.
#[derive(Clone, Copy, Debug)]
pub struct Knob {
    /// Name of the environment variable.
    pub name: &'static str,
    /// Value where it is not set; empty means "not set".
    pub default: &'static str,
    /// One line of meaning.
    pub meaning: &'static str,
}

/// All knobs, in the order of `.env.example`.
pub const KNOBS: &[Knob] = &[
    Knob { name: "CORPUS_DIR", default: "corpus", meaning: "Folder with the documents to quote from." },
    Knob {
        name: "CORPUS_WATCH",
        default: "false",
        meaning: "Whether a running bot takes up changed files by itself, once they were left alone for a few seconds.",
    },
    Knob {
        name: "INDEX_DIR",
        default: "index",
        meaning: "Folder for the index; it is built from the corpus and may be deleted.",
    },
    Knob { name: "STATE_DIR", default: "state", meaning: "Folder for all that must outlive a restart." },
    Knob { name: "MAX_FILE_MB", default: "50", meaning: "The largest document that is read, in megabytes." },
    Knob {
        name: "FILE_SECONDS",
        default: "60",
        meaning: "Seconds that reading one document may take; what takes longer is refused.",
    },
    Knob {
        name: "FILE_MEMORY_MB",
        default: "1024",
        meaning: "Memory in megabytes that reading one document may take (on Linux); what needs more is refused.",
    },
    Knob {
        name: "WHERE_TO_ASK",
        default: "",
        meaning: "Said when nothing was found: who can help instead, for instance: 请拨打 12345 政务服务热线。",
    },
    Knob {
        name: "KEEP_DAYS",
        default: "14",
        meaning: "Days for which questions are kept, and for which buttons work; /about tells it.",
    },
    Knob {
        name: "CONVERSATION_MINUTES",
        default: "30",
        meaning: "Minutes for which a follow-up may refer to the question before it.",
    },
    Knob {
        name: "QUESTIONS_PER_MINUTE",
        default: "30",
        meaning: "Questions that one person may ask in a minute; 0 for no limit.",
    },
    Knob {
        name: "STALE_MINUTES",
        default: "720",
        meaning: "A question that waited longer than this gets an apology instead of an answer.",
    },
    Knob {
        name: "UTC_OFFSET",
        default: "+08:00",
        meaning: "Local time, as its distance from UTC: when a day ends on which a document is valid, and which day a question counts to.",
    },
    Knob {
        name: "TELEGRAM_TOKEN",
        default: "",
        meaning: "Token of the Telegram bot, from @BotFather; with it alone the bot works.",
    },
    Knob {
        name: "TELEGRAM_ADMINS",
        default: "",
        meaning: "Numeric ids of those who may run the Telegram bot, with commas between; /about tells each person theirs.",
    },
    Knob {
        name: "TELEGRAM_API_URL",
        default: "https://api.telegram.org",
        meaning: "Address of the Bot API server; set it for a local one.",
    },
    Knob {
        name: "TELEGRAM_TEST_ENVIRONMENT",
        default: "false",
        meaning: "Whether the token belongs to Telegram's test servers.",
    },
    Knob {
        name: "TELEGRAM_WEBHOOK_URL",
        default: "",
        meaning: "Public https address at which Telegram delivers messages; without it the bot fetches them, which needs no address.",
    },
    Knob {
        name: "TELEGRAM_WEBHOOK_LISTEN",
        default: "127.0.0.1:8443",
        meaning: "Address and port on which deliveries are awaited, behind a reverse proxy that speaks https.",
    },
    Knob {
        name: "TELEGRAM_WEBHOOK_PATH",
        default: "",
        meaning: "Path on which deliveries are awaited, where the proxy changes it; otherwise the path of TELEGRAM_WEBHOOK_URL.",
    },
    Knob {
        name: "TELEGRAM_WEBHOOK_SECRET",
        default: "",
        meaning: "Secret that deliveries must carry, 1 to 256 of A-Z a-z 0-9 _ -; otherwise one is made up and kept.",
    },
    Knob {
        name: "TELEGRAM_PACE",
        default: "true",
        meaning: "Whether to keep to Telegram's limits on sending; false only for load tests.",
    },
    Knob {
        name: "MATRIX_HOMESERVER",
        default: "",
        meaning: "Address of the bot's homeserver, like https://matrix.example.org, or only its name, like example.org.",
    },
    Knob { name: "MATRIX_USER", default: "", meaning: "The bot's account there, like @wenda:example.org." },
    Knob { name: "MATRIX_PASSWORD", default: "", meaning: "Its password; needed at the first start." },
    Knob {
        name: "MATRIX_ACCESS_TOKEN",
        default: "",
        meaning: "Instead of the password: the access token of a session that was made for the bot alone.",
    },
    Knob { name: "MATRIX_DEVICE_ID", default: "", meaning: "The device of that session." },
    Knob {
        name: "MATRIX_STORE_KEY",
        default: "",
        meaning: "Secret with which keys and session are encrypted on disk; make up a long one, and keep it.",
    },
    Knob {
        name: "MATRIX_RECOVERY_KEY",
        default: "",
        meaning: "Recovery key or passphrase of the account: with it the bot verifies itself, and old keys outlive a lost disk.",
    },
    Knob {
        name: "MATRIX_INVITES",
        default: "anyone",
        meaning: "Whose invitations are accepted: anyone, none, or allowlist, that is those in MATRIX_ALLOWLIST.",
    },
    Knob {
        name: "MATRIX_ALLOWLIST",
        default: "",
        meaning: "Users and servers who may invite the bot, with commas between, like @mayor:example.org,example.net.",
    },
    Knob {
        name: "MATRIX_ADMINS",
        default: "",
        meaning: "Full user ids of those who may run the bot on Matrix, with commas between, like @mayor:example.org.",
    },
];

/// The settings of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Folder with the documents.
    pub corpus: PathBuf,
    /// Whether changed files are taken up without being asked for.
    pub watch: bool,
    /// Folder for the index.
    pub index: PathBuf,
    /// Folder for what must last.
    pub state: PathBuf,
    /// The largest document that is read, in bytes.
    pub max_file_bytes: u64,
    /// Time that reading one document may take.
    pub file_time: Duration,
    /// Memory that reading one document may take, in bytes.
    pub file_memory_bytes: u64,
    /// The program that reads documents in processes of its own; no setting, `cli` knows it.
    pub reader: Option<PathBuf>,
    /// Who can help when nothing was found.
    pub where_to_ask: Option<String>,
    /// Days for which questions are kept, and for which buttons work.
    pub keep_days: u32,
    /// How long a follow-up may refer to the question before it.
    pub conversation: Duration,
    /// Questions that one person may ask in a minute; 0 for no limit.
    pub questions_per_minute: u32,
    /// A question that waited longer gets an apology.
    pub stale: Duration,
    /// The local time.
    pub utc_offset: UtcOffset,
    /// The day that is taken for today, in place of what the clock says.
    pub today: Option<Date>,
    /// The Telegram channel, where it is configured.
    pub telegram: Option<Telegram>,
    /// The Matrix channel, where it is configured.
    pub matrix: Option<Matrix>,
}

/// Settings that this program cannot heed, because it was built without what they are for.
#[derive(Clone, Copy, Debug)]
pub struct Absent {
    /// What their names begin with.
    pub prefix: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

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

/// A value that must not be seen: it does not show itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// A secret with this value.
    pub fn new(value: impl Into<String>) -> Secret {
        Secret(value.into())
    }

    /// The value, for the one place that needs it.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(…)")
    }
}

/// A setting with a value that is not allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{name}={value:?} is not allowed: {allowed}")]
pub struct Wrong {
    name: &'static str,
    value: String,
    allowed: &'static str,
}

impl Config {
    /// Reads the environment, and before it the file `.env` of the current folder. Settings for what is `absent` are
    /// refused.
    ///
    /// # Errors
    /// Every wrong value, all at once.
    pub fn load(absent: &[Absent]) -> anyhow::Result<Config> {
        match dotenvy::dotenv() {
            Err(error) if !error.not_found() => anyhow::bail!("cannot understand .env: {error}"),
            _ => {}
        }
        Config::read_without(absent, |name| std::env::var(name).ok()).map_err(|wrong| {
            let lines: Vec<String> = wrong.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("wrong settings (see .env.example):\n  {}", lines.join("\n  "))
        })
    }

    /// Reads the settings through `lookup`, which knows the value of a name.
    ///
    /// # Errors
    /// Every wrong value, all at once.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Config, Vec<Wrong>> {
        Config::read_without(&[], lookup)
    }

    /// The same in a program from which something is absent.
    ///
    /// # Errors
    /// Every wrong value, all at once, and every setting for what is absent.
    pub fn read_without(absent: &[Absent], lookup: impl Fn(&str) -> Option<String>) -> Result<Config, Vec<Wrong>> {
        let mut reader = Reader { lookup, wrong: Vec::new() };
        reader.refuse_absent(absent);
        let config = Config {
            corpus: reader.folder("CORPUS_DIR"),
            watch: reader.parsed("CORPUS_WATCH", "true or false", |_| true),
            index: reader.folder("INDEX_DIR"),
            state: reader.folder("STATE_DIR"),
            max_file_bytes: reader.megabytes("MAX_FILE_MB"),
            file_time: Duration::from_secs(reader.parsed(
                "FILE_SECONDS",
                "a number of seconds, 1 to 3600",
                |seconds: &u64| (1..=3600).contains(seconds),
            )),
            file_memory_bytes: reader.megabytes("FILE_MEMORY_MB"),
            reader: None,
            where_to_ask: reader.text("WHERE_TO_ASK"),
            keep_days: reader
                .parsed("KEEP_DAYS", "a number of days, at most 3650", |days: &u32| (..=3650).contains(days)),
            conversation: reader.minutes("CONVERSATION_MINUTES"),
            questions_per_minute: reader.parsed("QUESTIONS_PER_MINUTE", "a number, 0 for no limit", |_| true),
            stale: reader.minutes("STALE_MINUTES"),
            utc_offset: reader.offset("UTC_OFFSET"),
            today: None,
            telegram: reader.telegram(),
            matrix: reader.matrix(),
        };
        if reader.wrong.is_empty() { Ok(config) } else { Err(reader.wrong) }
    }

    /// The day that it is here. Each question asks once: what is expired does not change while it is answered.
    pub fn today(&self) -> Date {
        self.today.unwrap_or_else(|| OffsetDateTime::now_utc().to_offset(self.utc_offset).date())
    }
}

struct Reader<F> {
    lookup: F,
    wrong: Vec<Wrong>,
}

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    /// The value of a knob, or its default; `None` where both are empty.
    fn text(&mut self, name: &'static str) -> Option<String> {
        let default = KNOBS.iter().find(|knob| knob.name == name).map_or("", |knob| knob.default);
        let value = (self.lookup)(name).map(|value| value.trim().to_owned()).unwrap_or_else(|| default.to_owned());
        Some(value).filter(|value| !value.is_empty())
    }

    fn folder(&mut self, name: &'static str) -> PathBuf {
        let value = self.text(name).unwrap_or_default();
        if value.is_empty() || value.contains('\0') {
            self.refuse(name, &value, "the path of a folder");
        }
        PathBuf::from(value)
    }

    /// Refuses what is set for parts that this program does not have, and hides it from the rest of the reading.
    fn refuse_absent(&mut self, absent: &[Absent]) {
        for knob in KNOBS {
            let Some(part) = absent.iter().find(|part| knob.name.starts_with(part.prefix)) else { continue };
            if (self.lookup)(knob.name).is_some_and(|value| !value.trim().is_empty()) {
                self.refuse(knob.name, "…", part.advice);
            }
        }
    }

    fn refuse(&mut self, name: &'static str, value: &str, allowed: &'static str) {
        self.wrong.push(Wrong { name, value: value.to_owned(), allowed });
    }

    /// A value that can be parsed and is in order; otherwise it is refused, and the default stands in for it.
    fn parsed<T: FromStr + Default>(
        &mut self,
        name: &'static str,
        allowed: &'static str,
        good: impl Fn(&T) -> bool,
    ) -> T {
        let value = self.text(name).unwrap_or_default();
        value.parse().ok().filter(good).unwrap_or_else(|| {
            self.refuse(name, &value, allowed);
            T::default()
        })
    }

    fn megabytes(&mut self, name: &'static str) -> u64 {
        1024 * 1024
            * self.parsed(name, "a number of megabytes, 1 to 1000000", |megabytes: &u64| {
                (1..=1_000_000).contains(megabytes)
            })
    }

    fn minutes(&mut self, name: &'static str) -> Duration {
        Duration::from_secs(
            60 * u64::from(self.parsed(name, "a number of minutes, at least 1", |minutes: &u32| *minutes > 0)),
        )
    }

    /// A distance from UTC, as `+08:00`.
    fn offset(&mut self, name: &'static str) -> UtcOffset {
        let value = self.text(name).unwrap_or_default();
        let offset = || {
            let (sign, rest) = value.strip_prefix('-').map_or((1, value.trim_start_matches('+')), |rest| (-1, rest));
            let (hours, minutes) = rest.split_once(':')?;
            let number = |digits: &str| digits.parse::<u8>().ok().and_then(|number| i8::try_from(number).ok());
            UtcOffset::from_hms(sign * number(hours)?, sign * number(minutes)?, 0).ok()
        };
        offset().unwrap_or_else(|| {
            self.refuse(name, &value, "hours and minutes east of UTC, like +08:00 or -03:30");
            UtcOffset::UTC
        })
    }

    /// A secret of letters, digits, `_` and `-`, which `form` looks at more closely. A wrong one is refused without being shown.
    fn secret(&mut self, name: &'static str, allowed: &'static str, form: impl Fn(&str) -> bool) -> Option<Secret> {
        let value = self.text(name)?;
        if form(&value) {
            return Some(Secret(value));
        }
        self.refuse(name, "…", allowed);
        None
    }

    /// The Telegram channel; all its settings are looked at, even without a token.
    fn telegram(&mut self) -> Option<Telegram> {
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

    fn address(&mut self, name: &'static str, schemes: &[&str]) -> Option<String> {
        let value = self.text(name)?;
        let host = schemes.iter().find_map(|scheme| value.strip_prefix(scheme)).unwrap_or_default();
        if host.is_empty() || value.chars().any(char::is_whitespace) {
            self.refuse(name, &value, "an address that begins with https:// (http:// for local servers)");
        }
        Some(value.trim_end_matches('/').to_owned())
    }
}

/// Whether a text is made of letters, digits, `_` and `-` alone.
fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-')
}

/// The text of `.env.example`.
pub fn example() -> String {
    let mut text =
        String::from("# Settings of Wenda. Copy this file to .env and remove the # before what you change.\n");
    for knob in KNOBS {
        text.push_str(&format!("\n# {}\n#{}={}\n", knob.meaning, knob.name, knob.default));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_hold_where_nothing_is_set() {
        let config = Config::read(|_| None).unwrap();
        assert_eq!(config.corpus, PathBuf::from("corpus"));
        assert_eq!(config.where_to_ask, None);
    }

    #[test]
    fn all_wrong_values_are_told_at_once() {
        let wrong = Config::read(|name| name.ends_with("_DIR").then(String::new)).unwrap_err();
        assert_eq!(wrong.len(), 3);
        assert_eq!(wrong[0].to_string(), "CORPUS_DIR=\"\" is not allowed: the path of a folder");
    }

    #[test]
    fn the_day_begins_by_local_time() {
        let offset = |value: &'static str| Config::read(|name| (name == "UTC_OFFSET").then(|| value.to_owned()));
        let seconds = |value| offset(value).unwrap().utc_offset.whole_seconds();
        assert_eq!(seconds("+08:00"), 8 * 3600);
        assert_eq!(seconds("-03:30"), -(3 * 3600 + 1800));
        assert_eq!(seconds("00:00"), 0);
        for wrong in ["Asia/Shanghai", "+8", "+99:00", "--1:00", "+08:-5"] {
            assert!(offset(wrong).is_err(), "{wrong}");
        }
    }

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

    #[test]
    fn secrets_are_not_shown() {
        let config = Config::read(|name| (name == "TELEGRAM_TOKEN").then(|| "123:geheim".to_owned())).unwrap();
        assert!(!format!("{config:?}").contains("geheim"));
        let wrong = Config::read(|name| (name == "TELEGRAM_TOKEN").then(|| "geheim".to_owned())).unwrap_err();
        assert!(!format!("{wrong:?} {}", wrong[0]).contains("geheim"));
    }

    #[test]
    fn the_example_file_lists_every_knob() {
        assert_eq!(include_str!("../.env.example"), example());
    }
}
