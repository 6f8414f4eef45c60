//! What is said about documents that are taken down.

use super::Words;
use crate::admin::{Change, Changed, Down, Reason};

/// Documents that one list names.
const LISTED: usize = 20;

/// The same in the state of the bot.
const LISTED_IN_STATE: usize = 5;

impl Words {
    /// A document was taken down or brought back.
    pub fn changed(self, change: Change, changed: &Changed) -> String {
        let name = self.named(&changed.path, changed.title.as_deref());
        let mut text = match change {
            Change::Exclude => self.with(
                name,
                "已下架：{}。从下一个问题起不再引用，重建索引后仍然有效。/include 可恢复。",
                "已下架：{}。從下一個問題起不再引用，重建索引後仍然有效。/include 可恢復。",
                "Taken down: {}. It is not quoted from the next question on, also after a reindex. /include brings it back.",
            ),
            Change::Include => self.with(
                name,
                "已恢复：{}。从下一个问题起可以引用。",
                "已恢復：{}。從下一個問題起可以引用。",
                "Brought back: {}. It is quoted again from the next question on.",
            ),
        };
        if !changed.copies.is_empty() {
            text.push('\n');
            text.push_str(&self.with(
                changed.copies.join(", "),
                "内容相同的文件一并处理：{}",
                "內容相同的文件一併處理：{}",
                "Documents with the same content go with it: {}",
            ));
        }
        text
    }

    /// No document has this name.
    pub fn unknown_document(self, name: &str, near: &[String]) -> String {
        let text = self.with(
            name,
            "没有这份文件：{}。请输入文件路径或完整标题。",
            "沒有這份文件：{}。請輸入文件路徑或完整標題。",
            "There is no document {}. Please give its path or its whole title.",
        );
        text + self.meant(near).as_str()
    }

    /// A document is not down.
    pub fn not_excluded(self, name: &str, near: &[String]) -> String {
        let text = self.with(name, "{} 没有下架。", "{} 沒有下架。", "{} is not taken down.");
        text + self.meant(near).as_str()
    }

    fn meant(self, near: &[String]) -> String {
        if near.is_empty() {
            return String::new();
        }
        let lead = self.pick("您是否想找：", "您是否想找：", "Did you mean:");
        near.iter().fold(format!("\n{lead}"), |text, path| format!("{text}\n· {path}"))
    }

    /// The documents that are down.
    pub fn down(self, down: &[Down]) -> String {
        if down.is_empty() {
            return self
                .pick(
                    "没有下架的文件。下架请用：/exclude 文件路径或标题",
                    "沒有下架的文件。下架請用：/exclude 文件路徑或標題",
                    "Nothing is taken down. To take a document down: /exclude and its path or title",
                )
                .to_owned();
        }
        self.taken_down(down, LISTED)
    }

    /// The documents that are down, as a part of the state of the bot; nothing where there are none.
    pub fn excluded(self, down: &[Down]) -> String {
        if down.is_empty() { String::new() } else { format!("\n{}", self.taken_down(down, LISTED_IN_STATE)) }
    }

    /// The heading and the first `most` of the documents that are down.
    fn taken_down(self, down: &[Down], most: usize) -> String {
        let mut text =
            self.with(down.len(), "已下架的文件：{}", "已下架的文件：{}", "Documents that are taken down: {}");
        for document in down.iter().take(most) {
            text.push_str(&format!("\n· {}", self.named(&document.path, document.title.as_deref())));
            match &document.reason {
                Reason::Named => {}
                Reason::Missing => {
                    text.push_str(self.pick("（现在不在索引中）", "（現在不在索引中）", " (not in the index now)"))
                }
                Reason::Copy(of) => {
                    text.push_str(&self.with(
                        of,
                        "（与 {} 内容相同）",
                        "（與 {} 內容相同）",
                        " (the same content as {})",
                    ));
                }
            }
        }
        text
    }

    /// A file that an admin sent has the name of a document that is down.
    pub fn stays_down(self) -> &'static str {
        self.pick(
            "同名文件已下架，收录后仍不会被引用；用 /include 恢复。",
            "同名文件已下架，收錄後仍不會被引用；用 /include 恢復。",
            "The document of this name is taken down and stays so; /include brings it back.",
        )
    }

    fn named(self, path: &str, title: Option<&str>) -> String {
        title.map_or_else(|| path.to_owned(), |title| format!("{path} {}", self.title(title)))
    }
}
