//! The settings of the Matrix channel.

use super::{Reader, Secret};

/// The settings of the Matrix channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Address or name of the homeserver.
    pub homeserver: String,
    /// The bot's account: a full user id, or the part before the colon.
    pub user: String,
    /// How the bot proves that it is this user.
    pub login: Login,
    /// Encrypts keys and session on disk.
    pub store_key: Secret,
    /// Opens what the account keeps for a new device.
    pub recovery_key: Option<Secret>,
    /// Whose invitations are accepted.
    pub invites: Invites,
    /// Full user ids of the admins.
    pub admins: Vec<String>,
}

/// How the bot proves who it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Login {
    /// By a password, once; the session that it opens is kept.
    Password(Secret),
    /// By a session that was made elsewhere.
    Token {
        /// Its access token.
        token: Secret,
        /// Its device, where that is told.
        device: Option<String>,
    },
}

/// Whose invitations are accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Invites {
    /// Everybody's.
    Anyone,
    /// Those of these users and of everybody on these servers.
    Allowlist(Vec<String>),
    /// Nobody's.
    Nobody,
}

impl Invites {
    /// Whether an invitation by this user is accepted.
    pub fn accept(&self, user: &str) -> bool {
        let server = user.split_once(':').map_or("", |(_, server)| server);
        match self {
            Invites::Anyone => true,
            Invites::Allowlist(list) => list.iter().any(|entry| entry == user || entry == server),
            Invites::Nobody => false,
        }
    }
}

/// Any one of these configures the channel; the others that it needs are then asked for.
const DECISIVE: [&str; 6] = [
    "MATRIX_HOMESERVER",
    "MATRIX_USER",
    "MATRIX_PASSWORD",
    "MATRIX_ACCESS_TOKEN",
    "MATRIX_DEVICE_ID",
    "MATRIX_STORE_KEY",
];

impl<F: Fn(&str) -> Option<String>> Reader<F> {
    /// The Matrix channel; all its settings are looked at, even where it is not configured.
    pub(super) fn matrix(&mut self) -> Option<Matrix> {
        let invites = self.invites();
        let admins = self.users("MATRIX_ADMINS");
        // What was refused already need not be complete as well.
        let refused = self.wrong.iter().any(|wrong| DECISIVE.contains(&wrong.name));
        if refused || DECISIVE.iter().all(|name| self.text(name).is_none()) {
            return None;
        }
        let homeserver =
            self.needed("MATRIX_HOMESERVER", "the address of the homeserver, like https://matrix.example.org");
        // Neither user nor password: no homeserver asks for them this way, and the library would log them.
        if homeserver.as_ref().is_some_and(|address| !is_address(address)) {
            self.refuse(
                "MATRIX_HOMESERVER",
                "…",
                "an address without user and password, like https://matrix.example.org",
            );
        }
        let user = self.needed("MATRIX_USER", "the account of the bot, like @wenda:example.org");
        let store_key =
            self.needed("MATRIX_STORE_KEY", "a long secret that you make up; keep it as long as the state folder");
        let login = match (self.text("MATRIX_ACCESS_TOKEN"), self.text("MATRIX_PASSWORD")) {
            (Some(token), _) => Some(Login::Token { token: Secret::new(token), device: self.text("MATRIX_DEVICE_ID") }),
            (None, Some(password)) => Some(Login::Password(Secret::new(password))),
            (None, None) => {
                let allowed = "the password of the bot's account (or set MATRIX_ACCESS_TOKEN and MATRIX_DEVICE_ID)";
                self.refuse("MATRIX_PASSWORD", "", allowed);
                None
            }
        };
        let recovery_key = self.text("MATRIX_RECOVERY_KEY").map(Secret::new);
        Some(Matrix {
            homeserver: homeserver?.trim_end_matches('/').to_owned(),
            user: user?,
            login: login?,
            store_key: Secret::new(store_key?),
            recovery_key,
            invites,
            admins,
        })
    }

    fn needed(&mut self, name: &'static str, allowed: &'static str) -> Option<String> {
        let value = self.text(name);
        if value.is_none() {
            self.refuse(name, "", allowed);
        }
        value
    }

    /// The policy; the list may also stand in the setting itself, behind `allowlist:` or alone.
    fn invites(&mut self) -> Invites {
        let value = self.text("MATRIX_INVITES").unwrap_or_default();
        let list = self.text("MATRIX_ALLOWLIST").unwrap_or_default();
        let (policy, here) = match value.strip_prefix("allowlist") {
            Some(rest) => ("allowlist", rest.trim_start_matches([':', '=', ' ', ','])),
            None if value.contains(['@', '.', ':']) => ("allowlist", value.as_str()),
            None => (value.as_str(), ""),
        };
        let allowed: Vec<String> = entries(here).into_iter().chain(entries(&list)).collect();
        if !allowed.iter().all(|entry| is_user(entry) || is_server(entry)) {
            let form = "users and servers with commas between, like @mayor:example.org,example.net";
            self.refuse("MATRIX_ALLOWLIST", &allowed.join(","), form);
        }
        match policy {
            "anyone" => Invites::Anyone,
            "none" => Invites::Nobody,
            "allowlist" if !allowed.is_empty() => Invites::Allowlist(allowed),
            "allowlist" => {
                self.refuse("MATRIX_ALLOWLIST", "", "with MATRIX_INVITES=allowlist, who may invite the bot");
                Invites::Nobody
            }
            _ => {
                self.refuse("MATRIX_INVITES", &value, "anyone, allowlist or none");
                Invites::Nobody
            }
        }
    }

    fn users(&mut self, name: &'static str) -> Vec<String> {
        let list = self.text(name).unwrap_or_default();
        let users = entries(&list);
        if !users.iter().all(|user| is_user(user)) {
            self.refuse(name, &list, "full user ids with commas between, like @mayor:example.org");
        }
        users
    }
}

/// The entries of a list.
fn entries(list: &str) -> Vec<String> {
    list.split([',', ' ', ';']).filter(|entry| !entry.is_empty()).map(str::to_owned).collect()
}

fn is_user(text: &str) -> bool {
    text.strip_prefix('@')
        .and_then(|rest| rest.split_once(':'))
        .is_some_and(|(local, server)| !local.is_empty() && is_server(server))
}

/// Whether a text is the address or name of a server, without a user before it.
fn is_address(text: &str) -> bool {
    let rest = text.split_once("://").map_or(text, |(_, rest)| rest);
    is_server(rest.split('/').next().unwrap_or_default())
}

fn is_server(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    !text.is_empty() && text.bytes().all(allowed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Absent, Config, Wrong};

    fn read(set: &[(&str, &str)], absent: &[Absent]) -> Result<Option<Matrix>, Vec<Wrong>> {
        let lookup = |name: &str| set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        Config::read_without(absent, lookup).map(|config| config.matrix)
    }

    const ACCOUNT: [(&str, &str); 4] = [
        ("MATRIX_HOMESERVER", "https://matrix.example.org/"),
        ("MATRIX_USER", "@wenda:example.org"),
        ("MATRIX_PASSWORD", "geheim"),
        ("MATRIX_STORE_KEY", "lang und geheim"),
    ];

    #[test]
    fn an_account_configures_matrix() {
        assert_eq!(read(&[], &[]).unwrap(), None);
        let matrix = read(&ACCOUNT, &[]).unwrap().unwrap();
        assert_eq!((matrix.homeserver.as_str(), &matrix.invites), ("https://matrix.example.org", &Invites::Anyone));
        assert!(!format!("{matrix:?}").contains("geheim"));
        let with_password = ("MATRIX_HOMESERVER", "https://wenda:geheim@example.org");
        let wrong = read(&[&[with_password], &ACCOUNT[1..]].concat(), &[]).unwrap_err();
        let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert!(
            told[0].starts_with("MATRIX_HOMESERVER=") && told.len() == 1 && !told[0].contains("geheim"),
            "{told:?}"
        );
        let wrong = read(&ACCOUNT[..1], &[]).unwrap_err();
        let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert!(
            told[0].starts_with("MATRIX_USER=") && told[1].starts_with("MATRIX_STORE_KEY=") && told.len() == 3,
            "{told:?}"
        );
    }

    #[test]
    fn invitations_follow_the_policy() {
        let check = |invites: &str, list: &str, user: &str, expected: bool| {
            let mut set = ACCOUNT.to_vec();
            set.extend([("MATRIX_INVITES", invites), ("MATRIX_ALLOWLIST", list)]);
            let matrix = read(&set, &[]).unwrap().unwrap();
            assert_eq!(matrix.invites.accept(user), expected, "{invites} {list} {user}");
        };
        check("anyone", "", "@a:x.org", true);
        check("none", "", "@a:x.org", false);
        check("allowlist", "@a:x.org, y.org:8448", "@a:x.org", true);
        check("allowlist", "@a:x.org, y.org:8448", "@b:y.org:8448", true);
        check("allowlist", "@a:x.org, y.org:8448", "@b:x.org", false);
        check("allowlist:@a:x.org,y.org", "", "@b:y.org", true);
        check("@a:x.org y.org", "", "@b:x.org", false);
        let wrong = read(&[("MATRIX_INVITES", "allowlist")], &[]).unwrap_err();
        assert!(wrong[0].to_string().starts_with("MATRIX_ALLOWLIST="));
        assert!(read(&[("MATRIX_INVITES", "everyone")], &[]).is_err());
        assert!(read(&[("MATRIX_ADMINS", "mayor")], &[]).is_err());
    }

    #[test]
    fn a_program_without_matrix_says_how_to_get_it() {
        let absent = [Absent { prefix: "MATRIX_", advice: "build it with it" }];
        assert_eq!(read(&[], &absent).unwrap(), None);
        let wrong = read(&[("MATRIX_PASSWORD", "geheim")], &absent).unwrap_err();
        let told: Vec<String> = wrong.iter().map(ToString::to_string).collect();
        assert_eq!(told, ["MATRIX_PASSWORD=\"…\" is not allowed: build it with it"]);
    }
}
