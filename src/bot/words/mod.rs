//! Every sentence that the bot can say, in simplified and traditional Chinese and in English: here what citizens read,
//! beside it what stands on buttons and what is said to admins.

use std::fmt::Display;

use crate::{
    answer::{Language, Smalltalk},
    bot::command::Command,
};

mod admin;
mod building;
mod buttons;
mod reasons;
mod report;
mod takedown;

pub use admin::Standing;
pub(in crate::bot) use report::Labels;

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

    /// A sentence with something in the place of `{}`.
    fn with(self, value: impl Display, simplified: &str, traditional: &str, english: &str) -> String {
        self.pick(simplified, traditional, english).replace("{}", &value.to_string())
    }

    /// The language as a tag.
    pub fn code(self) -> &'static str {
        self.pick("zh-CN", "zh-TW", "en")
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

    /// What was looked up in place of words that seem to be slips of typing.
    pub fn searched_for(self, words: &[String]) -> String {
        match self.0 {
            Language::Simplified => format!("我按“{}”为您查找。", words.join("”“")),
            Language::Traditional => format!("我按「{}」為您查找。", words.join("」「")),
            Language::English => format!("I searched for “{}”.", words.join("”, “")),
        }
    }

    /// Only the beginning of a question was read.
    pub fn cut(self, chars: usize) -> String {
        self.with(
            chars,
            "您的问题较长，我只读了前 {} 个字，其余没有读。如果没有答到点子上，请用一两句话再问一次。",
            "您的問題較長，我只讀了前 {} 個字，其餘沒有讀。如果沒有答到點子上，請用一兩句話再問一次。",
            "Your question is long: I read its first {} characters and not the rest. If this misses the point, please ask again in a \
             sentence or two.",
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
            Command::More => {
                self.pick("上一个答复之外的段落", "上一個答覆之外的段落", "more passages for the last answer")
            }
            Command::Context => self.pick("上一个答复的上下文", "上一個答覆的上下文", "the context of the last answer"),
            Command::Sources => self.pick("文件目录", "文件目錄", "the documents that are quoted"),
            Command::About => self.pick("关于本机器人", "關於本機器人", "about this bot"),
            Command::Forget => self.pick("删除我的记录", "刪除我的記錄", "erase what is kept of me"),
            Command::Reindex => self.pick("重建索引（管理员）", "重建索引（管理員）", "build the index anew (admins)"),
            Command::Status => self.pick("运行状态（管理员）", "運行狀態（管理員）", "state of the bot (admins)"),
            Command::Rollback => {
                self.pick("恢复上一个索引（管理员）", "恢復上一個索引（管理員）", "back to the index before (admins)")
            }
            Command::Misses => self.pick(
                "未找到答案的问题（管理员）",
                "未找到答案的問題（管理員）",
                "questions that found nothing (admins)",
            ),
            Command::Exclude => self.pick(
                "下架文件，附路径或标题（管理员）",
                "下架文件，附路徑或標題（管理員）",
                "take a document down, by path or title (admins)",
            ),
            Command::Include => {
                self.pick("恢复下架的文件（管理员）", "恢復下架的文件（管理員）", "bring a document back (admins)")
            }
            Command::Pause => self.pick(
                "暂停答复，可附说明（管理员）",
                "暫停答覆，可附說明（管理員）",
                "pause answers, with a note (admins)",
            ),
            Command::Resume => self.pick("恢复答复（管理员）", "恢復答覆（管理員）", "resume answers (admins)"),
        }
    }

    /// What the bot is and what it keeps, for how many days and minutes.
    pub fn about(self, days: u32, minutes: u64) -> String {
        let text = self.pick(
            "“问答”（Wenda）是开源程序（MIT 许可）。答案全部是文件原文，逐字核对后才发出；没有语言模型，不会编造。\n\n\
             {kept}上一个问题保留 {minutes} 分钟，以便您追问。收到的消息在答复后立即删除；为避免重复答复，消息编号和聊天的加密摘要保留 3 天。\
             日志不记录您的问题和账号。使用 /forget 可随时删除属于您的记录；此前另做的备份和聊天平台自己保存的内容不在其内。",
            "「問答」（Wenda）是開源程式（MIT 授權）。答案全部是文件原文，逐字核對後才送出；沒有語言模型，不會編造。\n\n\
             {kept}上一個問題保留 {minutes} 分鐘，以便您追問。收到的訊息在答覆後立即刪除；為避免重複答覆，訊息編號和聊天的加密摘要保留 3 天。\
             日誌不記錄您的問題和帳號。使用 /forget 可隨時刪除屬於您的記錄；此前另做的備份和聊天平台自己保存的內容不在其內。",
            "Wenda is open source (MIT licence). Every word of an answer is the document's own and is checked before it is sent; \
             there is no language model in it and nothing is made up.\n\n\
             {kept}The question before is kept for {minutes} minutes, so that you can follow up. A message is erased as soon as it \
             is answered; its number and a keyed hash of the chat are kept for 3 days, lest it be answered twice. The log has neither \
             your question nor your account. /forget erases what is yours at any time; it does not reach backups that were made \
             before, nor what the chat platform itself keeps.",
        );
        text.replace("{kept}", &self.kept(days)).replace("{minutes}", &minutes.to_string())
    }

    /// What is kept of a question, and for how long.
    fn kept(self, days: u32) -> String {
        if days == 0 {
            return self
                .pick(
                    "不保存您的问题，只保存不含个人信息的统计。",
                    "不保存您的問題，只保存不含個人資訊的統計。",
                    "Your questions are not kept, only figures without anything personal. ",
                )
                .to_owned();
        }
        self.with(
            days,
            "为改进服务，保存您的问题、答复的结果和您的评价；提问人只以加密摘要记录，不保存姓名和账号。\
             密钥另存一个文件：只有同时掌握数据库和密钥的运营方，才能核对某个账号是否问过。{} 天后，\
             问题文字和提问人摘要自动删除，只留下不含个人信息的统计。",
            "為改進服務，保存您的問題、答覆的結果和您的評價；提問人只以加密摘要記錄，不保存姓名和帳號。\
             金鑰另存一個檔案：只有同時掌握資料庫和金鑰的營運方，才能核對某個帳號是否問過。{} 天後，\
             問題文字和提問人摘要自動刪除，只留下不含個人資訊的統計。",
            "In order to serve you better, your question, what was found and your rating are kept; you appear in it as a keyed hash \
             only, without name or account. The key lies in a file of its own: only who runs the bot, having both, could test whether \
             a certain account asked. After {} days the words of the question and the hash are erased, and figures without \
             anything personal remain. ",
        )
    }

    /// The number under which the platform knows a person; admins need it for the settings.
    pub fn your_id(self, id: &str) -> String {
        self.with(id, "您的编号：{}", "您的編號：{}", "Your id: {}")
    }

    /// What belonged to the asker is erased.
    pub fn forgotten(self) -> &'static str {
        self.pick(
            "您的提问、评价和相关记录已全部删除。",
            "您的提問、評價和相關記錄已全部刪除。",
            "Your questions, ratings and all that belonged to them are erased.",
        )
    }

    /// The bot is paused; `note` is what the admins want said, if anything.
    pub fn paused(self, note: &str) -> String {
        if !note.is_empty() {
            return note.to_owned();
        }
        self.pick(
            "抱歉，系统正在维护，暂时不能答复。请稍后再来。",
            "抱歉，系統正在維護，暫時不能答覆。請稍後再來。",
            "Sorry, this service is being maintained and cannot answer now. Please come back later.",
        )
        .to_owned()
    }

    /// A question waited too long.
    pub fn stale(self) -> &'static str {
        self.pick(
            "抱歉，系统中断期间未能及时答复您的问题。如仍需要，请再问一次。",
            "抱歉，系統中斷期間未能及時答覆您的問題。如仍需要，請再問一次。",
            "Sorry, I was not available when you asked this. If you still need an answer, please ask again.",
        )
    }

    /// Someone asks more than one person may.
    pub fn too_many(self) -> &'static str {
        self.pick(
            "您的提问有些频繁，请稍等一分钟再问。",
            "您的提問有些頻繁，請稍等一分鐘再問。",
            "You are asking rather fast. Please wait a minute before you go on.",
        )
    }

    /// A message arrived encrypted, and its key did not.
    pub fn undecryptable(self) -> &'static str {
        self.pick(
            "抱歉，您的消息无法解密，请再发送一次。",
            "抱歉，您的訊息無法解密，請再傳送一次。",
            "Sorry, I could not decrypt your message. Please send it again.",
        )
    }

    /// There is no answer yet to which more could be shown.
    pub fn ask_first(self) -> &'static str {
        self.pick(
            "请先提问，然后再使用这个命令。",
            "請先提問，然後再使用這個命令。",
            "Please ask a question first; this command shows more of its answer.",
        )
    }

    /// Nothing is left to be shown of an answer.
    pub fn no_more(self) -> &'static str {
        self.pick("没有更多内容了。", "沒有更多內容了。", "There is nothing more to show.")
    }

    /// A message without words.
    pub fn words_please(self) -> &'static str {
        self.pick("请用文字输入您的问题。", "請用文字輸入您的問題。", "Please type your question in words.")
    }

    /// Said where an answer took too long.
    pub fn too_slow(self) -> &'static str {
        self.pick(
            "抱歉，这个问题处理时间过长，请换一种说法再问。",
            "抱歉，這個問題處理時間過長，請換一種說法再問。",
            "Sorry, this took too long. Please try other words.",
        )
    }

    /// The heading above the list of documents.
    pub fn sources(self, documents: usize, page: usize, pages: usize) -> String {
        match self.0 {
            Language::Simplified => format!("共有 {documents} 份文件（第 {page} / {pages} 页）："),
            Language::Traditional => format!("共有 {documents} 份文件（第 {page} / {pages} 頁）："),
            Language::English => format!("Documents: {documents} (page {page} of {pages})"),
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

    /// A title as the language writes titles.
    pub fn title(self, title: &str) -> String {
        match self.0 {
            Language::English => title.to_owned(),
            _ if title.starts_with('《') => title.to_owned(),
            _ => format!("《{title}》"),
        }
    }

    /// Two documents say the same with other figures.
    pub fn figures_differ(self) -> &'static str {
        self.pick(
            "各文件给出的数字不同，请注意各自的日期：",
            "各文件給出的數字不同，請注意各自的日期：",
            "The documents give different figures; please mind their dates:",
        )
    }

    /// Other documents that have the same words.
    pub fn also_in(self, documents: &[String]) -> String {
        let lead = self.pick("同样见于", "同樣見於", "also in");
        format!("{lead} {}", documents.join(self.pick("；", "；", "; ")))
    }

    /// A document holds no more.
    pub fn no_longer_valid(self, valid_until: &str) -> String {
        self.with(
            valid_until,
            "⚠️ 有效期至 {}，现已失效",
            "⚠️ 有效期至 {}，現已失效",
            "⚠️ no longer valid (valid until {})",
        )
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
