//! Files that citizens send, and what is known of a chat.

use serde_json::{Value, json};

use super::{Params, Refusal, TOKEN, World};

/// The largest file that a bot may download.
const LARGEST_DOWNLOAD: usize = 20 * 1024 * 1024;

impl World {
    pub(super) fn get_file(&mut self, params: &Params) -> Result<Value, Refusal> {
        let id = params.required("file_id")?;
        let file = self.files.get(&id).ok_or_else(|| Refusal::bad("invalid file_id"))?;
        if file.1.len() > LARGEST_DOWNLOAD {
            return Err(Refusal::world("file is too big"));
        }
        let (unique, path) = (format!("u{id}"), format!("documents/{id}"));
        Ok(json!({"file_id": id, "file_unique_id": unique, "file_size": file.1.len(), "file_path": path}))
    }

    /// The bytes behind the path of a download, which begins after `/file/bot`.
    pub(super) fn file(&self, path: &str) -> Option<Vec<u8>> {
        let rest = path.strip_prefix(TOKEN)?.strip_prefix('/')?;
        let rest = if self.test_environment { rest.strip_prefix("test/")? } else { rest };
        self.files.get(rest.strip_prefix("documents/")?).map(|(_, bytes)| bytes.clone())
    }

    pub(super) fn get_chat(&mut self, params: &Params) -> Result<Value, Refusal> {
        let id = params.integer("chat_id").unwrap_or_default();
        let chat = self.chats.get(&id).ok_or_else(|| Refusal::world("chat not found"))?;
        let mut json = chat.to_json(id);
        json["accent_color_id"] = json!(1);
        json["max_reaction_count"] = json!(11);
        json["accepted_gift_types"] = json!({
            "unlimited_gifts": true, "limited_gifts": true, "unique_gifts": true, "premium_subscription": true,
        });
        Ok(json)
    }
}
