//! Every knob, typed, with its default and one line of meaning. The only reader of the environment.

use std::path::PathBuf;

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
pub const KNOBS: [Knob; 4] = [
    Knob { name: "CORPUS_DIR", default: "corpus", meaning: "Folder with the documents to quote from." },
    Knob {
        name: "INDEX_DIR",
        default: "index",
        meaning: "Folder for the index; it is built from the corpus and may be deleted.",
    },
    Knob { name: "STATE_DIR", default: "state", meaning: "Folder for all that must outlive a restart." },
    Knob {
        name: "WHERE_TO_ASK",
        default: "",
        meaning: "Said when nothing was found: who can help instead, for instance: 请拨打 12345 政务服务热线。",
    },
];

/// The settings of a run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Folder with the documents.
    pub corpus: PathBuf,
    /// Folder for the index.
    pub index: PathBuf,
    /// Folder for what must last.
    pub state: PathBuf,
    /// Who can help when nothing was found.
    pub where_to_ask: Option<String>,
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
    /// Reads the environment, and before it the file `.env` of the current folder.
    ///
    /// # Errors
    /// Every wrong value, all at once.
    pub fn load() -> anyhow::Result<Config> {
        match dotenvy::dotenv() {
            Err(error) if !error.not_found() => anyhow::bail!("cannot understand .env: {error}"),
            _ => {}
        }
        Config::read(|name| std::env::var(name).ok()).map_err(|wrong| {
            let lines: Vec<String> = wrong.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("wrong settings (see .env.example):\n  {}", lines.join("\n  "))
        })
    }

    /// Reads the settings through `lookup`, which knows the value of a name.
    ///
    /// # Errors
    /// Every wrong value, all at once.
    pub fn read(lookup: impl Fn(&str) -> Option<String>) -> Result<Config, Vec<Wrong>> {
        let mut reader = Reader { lookup, wrong: Vec::new() };
        let config = Config {
            corpus: reader.folder("CORPUS_DIR"),
            index: reader.folder("INDEX_DIR"),
            state: reader.folder("STATE_DIR"),
            where_to_ask: reader.text("WHERE_TO_ASK"),
        };
        if reader.wrong.is_empty() { Ok(config) } else { Err(reader.wrong) }
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
            self.wrong.push(Wrong { name, value: value.clone(), allowed: "the path of a folder" });
        }
        PathBuf::from(value)
    }
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
    fn the_example_file_lists_every_knob() {
        assert_eq!(include_str!("../.env.example"), example());
    }
}
