//! Every knob with its default and its meaning: what may be set, and what `.env.example` shows.

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
        name: "MAX_QUESTION_CHARS",
        default: "500",
        meaning: "Characters of a question that are read, at least 20; the asker is told that the rest was not.",
    },
    Knob {
        name: "ANSWER_SECONDS",
        default: "20",
        meaning: "Seconds that answering one question may take; what takes longer gets an apology.",
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
    fn the_example_file_lists_every_knob() {
        assert_eq!(include_str!("../../.env.example"), example());
    }
}
