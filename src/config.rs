//! Every knob, typed, with its default and one line of meaning. The only reader of the environment.

use std::{fmt, path::PathBuf, str::FromStr, time::Duration};

use time::{Date, OffsetDateTime, UtcOffset};

mod dotenv;
mod knobs;
mod matrix;
mod telegram;

pub use knobs::{KNOBS, Knob, example};
pub use matrix::{Invites, Login, Matrix};
pub use telegram::{Telegram, Webhook};

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
    /// Characters of a question that are read.
    pub max_question_chars: usize,
    /// Time that answering one question may take.
    pub answer_time: Duration,
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
    /// Reads the environment, and before it the file `.env` of the current folder or one above it. Settings for what is
    /// `absent` are refused, names that look like ours and are not get a warning.
    ///
    /// # Errors
    /// Every wrong value, all at once.
    pub fn load(absent: &[Absent]) -> anyhow::Result<Config> {
        dotenv::load()?.iter().for_each(|warning| tracing::warn!("{warning}"));
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
            max_question_chars: reader
                .parsed("MAX_QUESTION_CHARS", "a number, 20 to 10000", |chars: &usize| (20..=10_000).contains(chars)),
            answer_time: Duration::from_secs(reader.parsed(
                "ANSWER_SECONDS",
                "a number of seconds, 1 to 600",
                |seconds: &u64| (1..=600).contains(seconds),
            )),
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

/// What may be shown of an address: no user, no password, and no path, which may be secret as well.
pub(crate) fn host_of(address: &str) -> String {
    let (scheme, rest) = address.split_once("://").map_or(("", address), |(scheme, rest)| (scheme, rest));
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    if scheme.is_empty() { host.to_owned() } else { format!("{scheme}://{host}") }
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

    /// Refuses a value. Settings of the channels are easily mistaken for the secrets beside them: what was written there is not
    /// shown.
    fn refuse(&mut self, name: &'static str, value: &str, allowed: &'static str) {
        let hidden = !value.is_empty() && dotenv::OURS.iter().any(|prefix| name.starts_with(prefix));
        self.wrong.push(Wrong { name, value: if hidden { "…" } else { value }.to_owned(), allowed });
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

    fn address(&mut self, name: &'static str, schemes: &[&str]) -> Option<String> {
        let value = self.text(name)?;
        let host = schemes.iter().find_map(|scheme| value.strip_prefix(scheme)).unwrap_or_default();
        if host.is_empty() || value.chars().any(char::is_whitespace) {
            self.refuse(name, &value, "an address that begins with https:// (http:// for local servers)");
        }
        Some(value.trim_end_matches('/').to_owned())
    }
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
    fn of_an_address_only_the_host_is_shown() {
        let check = |address: &str, expected: &str| assert_eq!(host_of(address), expected);
        check("https://bot.example.org:8443/hook-geheim?x=1", "https://bot.example.org:8443");
        check("http://wenda:geheim@127.0.0.1:8081", "http://127.0.0.1:8081");
        check("https://wenda:ge@heim@example.org/", "https://example.org");
        check("example.org", "example.org");
    }

    #[test]
    fn secrets_are_not_shown() {
        let config = Config::read(|name| (name == "TELEGRAM_TOKEN").then(|| "123:geheim".to_owned())).unwrap();
        assert!(!format!("{config:?}").contains("geheim"));
        let wrong = Config::read(|name| (name == "TELEGRAM_TOKEN").then(|| "geheim".to_owned())).unwrap_err();
        assert!(!format!("{wrong:?} {}", wrong[0]).contains("geheim"));
        for mistaken in
            ["TELEGRAM_ADMINS", "TELEGRAM_API_URL", "TELEGRAM_WEBHOOK_LISTEN", "TELEGRAM_PACE", "MATRIX_ADMINS"]
        {
            let wrong = Config::read(|name| (name == mistaken).then(|| "1:geheim".to_owned())).unwrap_err();
            let told = format!("{wrong:?} {}", wrong[0]);
            assert!(told.contains(mistaken) && !told.contains("geheim"), "{told}");
        }
    }
}
