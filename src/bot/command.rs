//! The one table of commands: parser, help text and the menus of the platforms are all made from it.

/// Who may use a command. To others it does not exist.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Access {
    /// Everybody.
    Everyone,
    /// Those who run the bot.
    Admin,
}

/// What a message asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Greet and explain.
    Start,
    /// Say what can be asked.
    Help,
    /// Answer a question; plain messages mean this.
    Ask,
    /// Show what else there is to the last answer.
    More,
    /// Show the paragraphs around the quotes of the last answer.
    Context,
    /// List the documents.
    Sources,
    /// Say what the bot is and what it keeps.
    About,
    /// Erase what belongs to the asker.
    Forget,
    /// Build the index anew.
    Reindex,
    /// Show the state of the bot.
    Status,
    /// Go back to the index before.
    Rollback,
    /// List what was asked and not found.
    Misses,
    /// Take a document down.
    Exclude,
    /// Bring a document back.
    Include,
    /// Answer citizens with a note only.
    Pause,
    /// Answer citizens again.
    Resume,
}

/// The table: command, name, who may.
pub const COMMANDS: &[(Command, &str, Access)] = &[
    (Command::Start, "start", Access::Everyone),
    (Command::Help, "help", Access::Everyone),
    (Command::Ask, "ask", Access::Everyone),
    (Command::More, "more", Access::Everyone),
    (Command::Context, "context", Access::Everyone),
    (Command::Sources, "sources", Access::Everyone),
    (Command::About, "about", Access::Everyone),
    (Command::Forget, "forget", Access::Everyone),
    (Command::Reindex, "reindex", Access::Admin),
    (Command::Status, "status", Access::Admin),
    (Command::Rollback, "rollback", Access::Admin),
    (Command::Misses, "misses", Access::Admin),
    (Command::Exclude, "exclude", Access::Admin),
    (Command::Include, "include", Access::Admin),
    (Command::Pause, "pause", Access::Admin),
    (Command::Resume, "resume", Access::Admin),
];

/// Reads a message: `/name rest`, or plain text, which asks. A name that this person may not use, or that nobody knows, is `None`.
pub fn parse(message: &str, access: Access) -> Option<(Command, &str)> {
    let message = message.trim();
    let Some(line) = message.strip_prefix('/') else { return Some((Command::Ask, message)) };
    let (name, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let (command, ..) = available(access).find(|(_, known)| *known == name)?;
    Some((command, rest.trim()))
}

/// The commands that exist for someone, with their names.
pub fn available(access: Access) -> impl Iterator<Item = (Command, &'static str)> {
    COMMANDS.iter().copied().filter(move |(_, _, may)| *may <= access).map(|(command, name, _)| (command, name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages() {
        let check = |message, access, expected| assert_eq!(parse(message, access), expected, "{message}");
        check(" 25311是什么意思？", Access::Everyone, Some((Command::Ask, "25311是什么意思？")));
        check("/ask  何时？ ", Access::Everyone, Some((Command::Ask, "何时？")));
        check("/help", Access::Everyone, Some((Command::Help, "")));
        check("/reindex", Access::Everyone, None);
        check("/reindex", Access::Admin, Some((Command::Reindex, "")));
        check("/pause 系统维护", Access::Admin, Some((Command::Pause, "系统维护")));
        check("/nonsense", Access::Admin, None);
    }
}
