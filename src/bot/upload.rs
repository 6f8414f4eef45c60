//! A document that an admin sends as a file: looked at, shown, and added to the corpus only after a confirmation.

use std::{fs, path::PathBuf, time::Duration};

use anyhow::Context;

use super::{
    action::Action,
    desk::Desk,
    reply::{Button, Reply},
    words::Words,
};
use crate::admin::{self, Exclusions, Order, Progress};

/// Folder in the state folder for files that wait for their confirmation.
const UPLOADS: &str = "uploads";

/// The longest file name that is kept, in bytes; file systems take 255.
const LONGEST_NAME: usize = 200;

impl Desk {
    /// Looks at a file that an admin sent, and asks whether it should join the corpus.
    pub fn upload(&self, name: &str, bytes: &[u8], words: Words) -> Reply {
        self.offer_upload(name, bytes, words)
            .unwrap_or_else(|error| Reply::say(words.upload_refused(&format!("{error:#}"))))
    }

    fn offer_upload(&self, name: &str, bytes: &[u8], words: Words) -> anyhow::Result<Reply> {
        let name = safe_name(name).context("the file has no usable name")?;
        let id = self.journal.keep_card(None, None, &name)?;
        let folder = self.upload_folder(&id);
        fs::create_dir_all(&folder).with_context(|| format!("cannot create {}", folder.display()))?;
        let checked = fs::write(folder.join(&name), bytes)
            .context("cannot write the file")
            .and_then(|()| admin::examine(&folder, &self.config));
        let document = match checked {
            Ok(document) => document,
            Err(error) => {
                self.remove_upload(&id)?;
                return Err(error);
            }
        };
        let replaces = self.config.corpus.join(&name).exists();
        let title = document.metadata.title.as_deref().unwrap_or(&name);
        let mut text = words.upload_found(title, document.passages.len(), document.metadata.date.as_deref(), replaces);
        if Exclusions::read(&self.config.state)?.paths().any(|path| path == name) {
            text = format!("{}\n{text}", words.stays_down());
        }
        let row = vec![
            Button::act(words.join(), Action::Join(id.clone())),
            Button::act(words.discard(), Action::Discard(id)),
        ];
        Ok(Reply { buttons: vec![row], ..Reply::say(text) })
    }

    pub(super) fn begin_join(&self, id: &str, words: Words) -> anyhow::Result<Reply> {
        if self.journal.card(id)?.is_none() {
            return Ok(Reply::say(words.expired()));
        }
        Ok(Reply { work: Some(super::Work::Join(id.to_owned())), ..Reply::say(words.reindex_begins()) })
    }

    /// Moves a confirmed file into the corpus and builds the index.
    pub(super) fn join(&self, id: &str, words: Words, progress: impl FnMut(Progress) + Send) -> anyhow::Result<Reply> {
        let Some(card) = self.journal.card(id)? else { return Ok(Reply::say(words.expired())) };
        let name = safe_name(&card.body).context("the card of this file is damaged")?;
        let from = self.upload_folder(id).join(&name);
        // The corpus never holds half a file: it is copied beside it first.
        let beside = self.config.corpus.join(format!(".{name}.new"));
        fs::copy(&from, &beside).with_context(|| format!("cannot copy {} into the corpus", from.display()))?;
        fs::rename(&beside, self.config.corpus.join(&name)).context("cannot put the file into the corpus")?;
        let reply = self.reindex(Order::default(), words, progress)?;
        self.remove_upload(id)?;
        Ok(reply)
    }

    pub(super) fn discard(&self, id: &str, words: Words) -> anyhow::Result<Reply> {
        if self.journal.card(id)?.is_none() {
            return Ok(Reply::say(words.expired()));
        }
        self.remove_upload(id)?;
        Ok(Reply::say(words.discarded()))
    }

    fn remove_upload(&self, id: &str) -> anyhow::Result<()> {
        self.journal.drop_card(id)?;
        let folder = self.upload_folder(id);
        if folder.exists() {
            fs::remove_dir_all(&folder).with_context(|| format!("cannot remove {}", folder.display()))?;
        }
        Ok(())
    }

    /// Removes files that nobody confirmed.
    pub(super) fn purge_uploads(&self, age: Duration) -> anyhow::Result<()> {
        let Ok(entries) = fs::read_dir(self.config.state.join(UPLOADS)) else { return Ok(()) };
        for entry in entries {
            let entry = entry?;
            if entry.metadata()?.modified()?.elapsed().is_ok_and(|elapsed| elapsed > age) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    fn upload_folder(&self, id: &str) -> PathBuf {
        // Ids of cards are hexadecimal; whatever else a button claims names no folder outside.
        let id: String = id.chars().filter(char::is_ascii_alphanumeric).collect();
        self.config.state.join(UPLOADS).join(id)
    }
}

/// The last part of a name, without what a file system or a reader could misunderstand.
fn safe_name(name: &str) -> Option<String> {
    let last = name.rsplit(['/', '\\']).next()?;
    let clean: String = last.chars().filter(|c| !c.is_control() && !"<>:\"|?*".contains(*c)).collect();
    let clean = clean.trim().trim_start_matches('.');
    let cut = clean.char_indices().map(|(at, _)| at).find(|at| clean.len() - at <= LONGEST_NAME)?;
    Some(clean[cut..].to_owned()).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_in_their_folder() {
        let check = |name: &str, expected: Option<&str>| assert_eq!(safe_name(name).as_deref(), expected, "{name:?}");
        check("通知.md", Some("通知.md"));
        check("../../etc/passwd", Some("passwd"));
        check("..\\.env", Some("env"));
        check("a\n\0b?.txt", Some("ab.txt"));
        check("..", None);
        check("", None);
        assert_eq!(
            safe_name(&format!("{}.txt", "长".repeat(200)))
                .map(|name| name.len() <= LONGEST_NAME && name.ends_with(".txt")),
            Some(true)
        );
    }
}
