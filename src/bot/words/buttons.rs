//! What buttons say, and what is said when one is pressed.

use super::Words;

impl Words {
    /// Show the paragraphs around the quotes.
    pub fn more_context(self) -> &'static str {
        self.pick("📖 上下文", "📖 上下文", "📖 More context")
    }

    /// Show the passages that were not quoted.
    pub fn other_passages(self) -> &'static str {
        self.pick("📑 其他段落", "📑 其他段落", "📑 Other passages")
    }

    /// Show what a short reply left out.
    pub fn show_all(self) -> &'static str {
        self.pick("📖 查看全部", "📖 查看全部", "📖 Show all")
    }

    /// Copy the first quote.
    pub fn copy_quote(self) -> &'static str {
        self.pick("📋 复制原文", "📋 複製原文", "📋 Copy quote")
    }

    /// Go to the page before.
    pub fn page_before(self) -> &'static str {
        self.pick("◀ 上一页", "◀ 上一頁", "◀ Back")
    }

    /// Go to the next page.
    pub fn page_after(self) -> &'static str {
        self.pick("下一页 ▶", "下一頁 ▶", "Next ▶")
    }

    /// Add the file to the corpus.
    pub fn join(self) -> &'static str {
        self.pick("✅ 确认收录", "✅ 確認收錄", "✅ Add it")
    }

    /// Throw the file away.
    pub fn discard(self) -> &'static str {
        self.pick("🗑 不收录", "🗑 不收錄", "🗑 Discard it")
    }

    /// Thanks for a rating.
    pub fn rated(self) -> &'static str {
        self.pick("感谢您的评价。", "感謝您的評價。", "Thank you for telling us.")
    }

    /// What a button referred to is no longer kept.
    pub fn expired(self) -> &'static str {
        self.pick(
            "这个按钮已过期，请重新提问。",
            "這個按鈕已過期，請重新提問。",
            "This button has expired. Please ask your question again.",
        )
    }

    /// What a button referred to is no longer in the documents.
    pub fn outdated(self) -> &'static str {
        self.pick(
            "文件已经更新，原来的段落不在其中了。请重新提问。",
            "文件已經更新，原來的段落不在其中了。請重新提問。",
            "The documents have changed and no longer hold this passage. Please ask your question again.",
        )
    }

    /// The question that a button asked.
    pub fn asked(self, question: &str) -> String {
        match self.0 {
            crate::answer::Language::English => format!("Question: {question}"),
            crate::answer::Language::Simplified => format!("问：{question}"),
            crate::answer::Language::Traditional => format!("問：{question}"),
        }
    }

    /// An example that asks for a definition.
    pub fn example_definition(self, term: &str) -> String {
        self.with(term, "什么是{}？", "什麼是{}？", "What does {} mean?")
    }

    /// An example that asks for what stands under a heading.
    pub fn example_heading(self, heading: &str) -> String {
        self.with(
            heading,
            "关于“{}”，文件是怎么说的？",
            "關於「{}」，文件是怎麼說的？",
            "What do the documents say about “{}”?",
        )
    }

    /// An example that asks for what a document is about.
    pub fn example_title(self, title: &str) -> String {
        let title = self.title(title);
        self.with(&title, "{}主要讲了什么？", "{}主要講了什麼？", "What does “{}” say?")
    }
}
