//! Every sentence that the bot can say, in simplified and traditional Chinese and in English.

use crate::{
    answer::{Language, Smalltalk},
    bot::command::Command,
};

/// The bot's words in one language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words(pub Language);

impl Words {
    fn pick<'t>(self, simplified: &'t str, traditional: &'t str, english: &'t str) -> &'t str {
        match self.0 {
            Language::Simplified => simplified,
            Language::Traditional => traditional,
            Language::English => english,
        }
    }

    /// Nothing was found, and who can help instead.
    pub fn nothing_found(self, where_to_ask: Option<&str>) -> String {
        let sorry = self.pick(
            "抱歉，在现有文件中没有找到相关内容。您可以换一种说法再问一次。",
            "抱歉，在現有文件中沒有找到相關內容。您可以換一種說法再問一次。",
            "Sorry, I found nothing about this in the documents. You may try other words.",
        );
        where_to_ask.map_or(sorry.to_owned(), |hint| format!("{sorry}\n{hint}"))
    }

    /// What follows may not answer the question.
    pub fn related(self) -> &'static str {
        self.pick(
            "文件中没有找到确切的答案，以下内容可能与您的问题有关：",
            "文件中沒有找到確切的答案，以下內容可能與您的問題有關：",
            "I found no exact answer. The documents say this, which may be related:",
        )
    }

    /// The answer to small talk.
    pub fn smalltalk(self, said: Smalltalk) -> String {
        match said {
            Smalltalk::Greeting => self.pick(
                "您好！请问您想了解什么？我会从公开文件中为您摘录原文。",
                "您好！請問您想了解什麼？我會從公開文件中為您摘錄原文。",
                "Hello! What would you like to know? I quote from public documents.",
            ),
            Smalltalk::Thanks => self.pick("不客气，很高兴能帮到您。", "不客氣，很高興能幫到您。", "You are welcome."),
            Smalltalk::Farewell => {
                self.pick("再见，祝您一切顺利。", "再見，祝您一切順利。", "Goodbye, and all the best.")
            }
            Smalltalk::Identity => self.pick(
                "我是“问答”，一个自动程序，不是真人。我只逐字摘录公开文件中的原文，并注明出处。",
                "我是「問答」，一個自動程式，不是真人。我只逐字摘錄公開文件中的原文，並註明出處。",
                "I am Wenda, a program, not a person. I quote public documents word for word and name the source.",
            ),
            Smalltalk::Help => return self.help(&[]),
        }
        .to_owned()
    }

    /// The greeting at the first contact.
    pub fn start(self) -> String {
        self.pick(
            "您好，我是“问答”。请直接输入您的问题，我会从公开文件中逐字摘录能够回答的原文，并注明出处。",
            "您好，我是「問答」。請直接輸入您的問題，我會從公開文件中逐字摘錄能夠回答的原文，並註明出處。",
            "Hello, I am Wenda. Just type your question: I quote what answers it from public documents, word for word, with the source.",
        )
        .to_owned()
    }

    /// What can be asked, and the commands.
    pub fn help(self, commands: &[(Command, &str)]) -> String {
        let mut text = self
            .pick(
                "请直接输入问题，例如“今年计划多少个项目？”。简体、繁体和英文都可以。",
                "請直接輸入問題，例如「今年計劃多少個項目？」。簡體、繁體和英文都可以。",
                "Just type a question, for instance \"how many projects are planned?\". Chinese and English both work.",
            )
            .to_owned();
        for (command, name) in commands {
            text.push_str(&format!("\n/{name} – {}", self.summary(*command)));
        }
        text
    }

    /// What a command does, for help texts and menus.
    pub fn summary(self, command: Command) -> &'static str {
        match command {
            Command::Start => self.pick("开始", "開始", "start"),
            Command::Help => self.pick("使用说明", "使用說明", "how to use this bot"),
            Command::Ask => self.pick("提问", "提問", "ask a question"),
            Command::Sources => self.pick("文件目录", "文件目錄", "the documents that are quoted"),
            Command::About => self.pick("关于本机器人", "關於本機器人", "about this bot"),
            Command::Reindex => self.pick("重建索引（管理员）", "重建索引（管理員）", "build the index anew (admins)"),
            Command::Status => self.pick("运行状态（管理员）", "運行狀態（管理員）", "state of the bot (admins)"),
        }
    }

    /// What the bot is and what it keeps.
    pub fn about(self) -> &'static str {
        self.pick(
            "“问答”（Wenda）是开源程序（MIT 许可）。答案全部是文件原文，逐字核对后才发出；没有语言模型，不会编造。",
            "「問答」（Wenda）是開源程式（MIT 授權）。答案全部是文件原文，逐字核對後才送出；沒有語言模型，不會編造。",
            "Wenda is open source (MIT licence). Every word of an answer is the document's own and is checked before it is sent; \
             there is no language model in it and nothing is made up.",
        )
    }

    /// The heading above the list of documents.
    pub fn sources(self, documents: usize) -> String {
        match self.0 {
            Language::Simplified => format!("共有 {documents} 份文件："),
            Language::Traditional => format!("共有 {documents} 份文件："),
            Language::English => format!("Documents: {documents}"),
        }
    }

    /// An unknown command.
    pub fn unknown_command(self) -> &'static str {
        self.pick(
            "没有这个命令。输入 /help 查看使用说明。",
            "沒有這個命令。輸入 /help 查看使用說明。",
            "There is no such command. Type /help to see what there is.",
        )
    }

    /// Something failed on our side.
    pub fn failed(self) -> &'static str {
        self.pick(
            "抱歉，系统暂时出现问题，请稍后再试。",
            "抱歉，系統暫時出現問題，請稍後再試。",
            "Sorry, something went wrong on our side. Please try again later.",
        )
    }

    /// The state of the index, for admins.
    pub fn status(self, generation: &str, documents: usize, passages: u64, problems: usize) -> String {
        match self.0 {
            Language::Simplified => {
                format!("索引 {generation}：文件 {documents}，段落 {passages}，未能读取 {problems}")
            }
            Language::Traditional => {
                format!("索引 {generation}：文件 {documents}，段落 {passages}，未能讀取 {problems}")
            }
            Language::English => {
                format!("Index {generation}: {documents} documents, {passages} passages, {problems} refused files")
            }
        }
    }

    /// A title as the language writes titles.
    pub fn title(self, title: &str) -> String {
        match self.0 {
            Language::English => title.to_owned(),
            _ if title.starts_with('《') => title.to_owned(),
            _ => format!("《{title}》"),
        }
    }

    /// A page number.
    pub fn page(self, page: usize) -> String {
        match self.0 {
            Language::Simplified => format!("第 {page} 页"),
            Language::Traditional => format!("第 {page} 頁"),
            Language::English => format!("page {page}"),
        }
    }
}
