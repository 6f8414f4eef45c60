//! Menus of commands and the bot's description.

use serde_json::{Value, json};

use super::{Params, Refusal, World};

/// Most commands of a menu.
const MOST_COMMANDS: usize = 100;

impl World {
    pub(super) fn set_commands(&mut self, params: &Params) -> Result<Value, Refusal> {
        let key = self.menu(params)?;
        let commands = params.object("commands")?.unwrap_or_default();
        let commands = commands.as_array().ok_or_else(|| Refusal::bad("can't parse commands: array expected"))?;
        if commands.len() > MOST_COMMANDS {
            return Err(Refusal::bad("BOT_COMMANDS_TOO_MUCH"));
        }
        let mut menu = Vec::new();
        for command in commands {
            let name = command["command"].as_str().unwrap_or_default();
            let name = name.strip_prefix('/').unwrap_or(name);
            let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if !(1..=32).contains(&name.len()) || !name.chars().all(allowed) {
                return Err(Refusal::bad("BOT_COMMAND_INVALID"));
            }
            let description = command["description"].as_str().unwrap_or_default();
            if !(1..=256).contains(&description.chars().count()) {
                return Err(Refusal::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
            }
            menu.push((name.to_owned(), description.to_owned()));
        }
        self.menus.insert(key, menu);
        Ok(json!(true))
    }

    pub(super) fn delete_commands(&mut self, params: &Params) -> Result<Value, Refusal> {
        let key = self.menu(params)?;
        self.menus.remove(&key);
        Ok(json!(true))
    }

    pub(super) fn get_commands(&mut self, params: &Params) -> Result<Value, Refusal> {
        let menu = self.menus.get(&self.menu(params)?).cloned().unwrap_or_default();
        Ok(menu
            .into_iter()
            .map(|(command, description)| json!({"command": command, "description": description}))
            .collect())
    }

    /// Scope and language of a menu; a scope of one chat is told with the chat's id.
    fn menu(&self, params: &Params) -> Result<(String, String), Refusal> {
        let language = params.text("language_code").unwrap_or_default();
        if !language.is_empty() && (language.len() != 2 || !language.chars().all(|c| c.is_ascii_lowercase())) {
            return Err(Refusal::bad("invalid language code specified"));
        }
        let scope = params.object("scope")?.unwrap_or_else(|| json!({"type": "default"}));
        match scope["type"].as_str().unwrap_or_default() {
            kind @ ("default" | "all_private_chats" | "all_group_chats" | "all_chat_administrators") => {
                Ok((kind.to_owned(), language))
            }
            kind @ ("chat" | "chat_administrators" | "chat_member") => {
                let chat = scope["chat_id"].as_i64().filter(|chat| self.chats.contains_key(chat));
                let chat = chat.ok_or_else(|| Refusal::world("chat not found"))?;
                Ok((format!("{kind} {chat}"), language))
            }
            _ => Err(Refusal::bad("can't parse BotCommandScope: unsupported type specified")),
        }
    }

    /// Sets a description that may have so many characters.
    pub(super) fn described(params: &Params, name: &str, longest: usize) -> Result<Value, Refusal> {
        if params.text(name).unwrap_or_default().chars().count() > longest {
            return Err(Refusal::bad("description is too long"));
        }
        Ok(json!(true))
    }
}
