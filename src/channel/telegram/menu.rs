//! The menus of commands that clients show: for each scope and language, made from the one table.

use teloxide::{
    payloads::{SetMyCommands, SetMyCommandsSetters},
    types::{BotCommand, BotCommandScope, ChatId, Recipient},
};

use super::Office;
use crate::bot::{Access, Language, available, words::Words};

/// Two-letter codes with their language; everybody else reads the first one. Telegram knows one menu for all of Chinese.
const LANGUAGES: [(Option<&str>, Language); 3] =
    [(None, Language::English), (Some("en"), Language::English), (Some("zh"), Language::Simplified)];

/// Sets all menus. A menu that is refused is no reason not to answer.
pub(super) async fn announce(office: &Office) {
    let mut menus = vec![
        (BotCommandScope::Default, Access::Everyone),
        (BotCommandScope::AllPrivateChats, Access::Everyone),
        (BotCommandScope::AllGroupChats, Access::Everyone),
    ];
    for admin in office.admins.iter().filter_map(|admin| i64::try_from(*admin).ok()) {
        menus.push((BotCommandScope::Chat { chat_id: Recipient::Id(ChatId(admin)) }, Access::Admin));
    }
    for (scope, access) in menus {
        for (code, language) in LANGUAGES {
            let commands =
                available(access).map(|(command, name)| BotCommand::new(name, Words(language).summary(command)));
            let mut menu = SetMyCommands::new(commands).scope(scope.clone());
            menu.language_code = code.map(str::to_owned);
            if let Err(failure) = office.sender.insist(None, &menu).await {
                // An admin who never wrote to the bot has no chat with it yet.
                tracing::debug!("a menu of commands was refused: {failure}");
            }
        }
    }
}
