//! What is said to those who run the bot.

use std::time::Duration;

use super::Words;
use crate::{
    admin::{Ending, NOTICE_DAYS, ShelfLife},
    answer::Language,
    journal::Figures,
};

/// Documents that are named in one list of the state of the bot.
const LISTED: usize = 5;

/// The state of the bot.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The generation in force.
    pub generation: &'a str,
    /// Documents in it.
    pub documents: usize,
    /// Passages in it.
    pub passages: u64,
    /// Files that were refused.
    pub problems: usize,
    /// Time since the start.
    pub uptime: Duration,
    /// Whether citizens get a note only.
    pub paused: bool,
    /// The last hour.
    pub hour: Figures,
    /// The last day.
    pub day: Figures,
}

impl Words {
    /// The state of the bot.
    pub fn status(self, standing: &Standing) -> String {
        let Standing { generation, documents, passages, problems, .. } = standing;
        let seconds = standing.uptime.as_secs();
        let (days, hours, minutes) = (seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60);
        let mut text = match self.0 {
            Language::Simplified => {
                format!(
                    "索引 {generation}：文件 {documents}，段落 {passages}，未能读取 {problems}\n已运行 {days} 天 {hours} 小时 {minutes} 分"
                )
            }
            Language::Traditional => {
                format!(
                    "索引 {generation}：文件 {documents}，段落 {passages}，未能讀取 {problems}\n已運行 {days} 天 {hours} 小時 {minutes} 分"
                )
            }
            Language::English => format!(
                "Index {generation}: {documents} documents, {passages} passages, {problems} refused files\nUp for {days} d {hours} h {minutes} min"
            ),
        };
        text.push_str(&format!(
            "\n{}{}",
            self.pick("一小时内：", "一小時內：", "Last hour: "),
            self.figures(standing.hour)
        ));
        text.push_str(&format!("\n{}{}", self.pick("一天内：", "一天內：", "Last day: "), self.figures(standing.day)));
        if standing.paused {
            text.push('\n');
            text.push_str(self.pick(
                "现已暂停答复（/resume 恢复）",
                "現已暫停答覆（/resume 恢復）",
                "Answers are paused (/resume ends it)",
            ));
        }
        text
    }

    /// Documents that have expired or soon will; nothing where there are none.
    pub fn shelf_life(self, shelf: &ShelfLife) -> String {
        let expired = self.pick("已失效文件", "已失效文件", "Expired documents");
        let expiring =
            self.with(NOTICE_DAYS, "{} 天内到期的文件", "{} 天內到期的文件", "Documents that expire within {} days");
        format!("{}{}", self.endings(expired, &shelf.expired), self.endings(&expiring, &shelf.expiring))
    }

    fn endings(self, heading: &str, endings: &[Ending]) -> String {
        if endings.is_empty() {
            return String::new();
        }
        let mut text = format!("\n{heading}{}{}", self.pick("：", "：", ": "), endings.len());
        for ending in endings.iter().take(LISTED) {
            text.push_str(&format!("\n· {}（{}）", self.title(&ending.title), ending.last_day));
        }
        text
    }

    fn figures(self, figures: Figures) -> String {
        let Figures { asked, answered, related, missed, good, bad } = figures;
        match self.0 {
            Language::Simplified => {
                format!("提问 {asked}，已答 {answered}，相关 {related}，未找到 {missed}，👍 {good}，👎 {bad}")
            }
            Language::Traditional => {
                format!("提問 {asked}，已答 {answered}，相關 {related}，未找到 {missed}，👍 {good}，👎 {bad}")
            }
            Language::English => {
                format!(
                    "{asked} questions, {answered} answered, {related} related, {missed} not found, 👍 {good}, 👎 {bad}"
                )
            }
        }
    }

    /// The heading above what was asked and not found.
    pub fn misses(self, count: usize, days: u32) -> String {
        if count == 0 {
            return self.with(
                days,
                "最近 {} 天没有未找到答案的问题。",
                "最近 {} 天沒有未找到答案的問題。",
                "Nothing was missed in the last {} days.",
            );
        }
        self.with(
            days,
            "最近 {} 天没有找到答案的问题：",
            "最近 {} 天沒有找到答案的問題：",
            "Asked and not found in the last {} days:",
        )
    }

    /// Citizens get a note from now on.
    pub fn pause_begins(self, note: &str) -> String {
        self.with(
            note,
            "已暂停答复。市民会看到：\n{}\n使用 /resume 恢复。",
            "已暫停答覆。市民會看到：\n{}\n使用 /resume 恢復。",
            "Answers are paused. Citizens read:\n{}\n/resume ends it.",
        )
    }

    /// Citizens get answers again.
    pub fn pause_ends(self) -> &'static str {
        self.pick("已恢复答复。", "已恢復答覆。", "Questions are answered again.")
    }

    /// What is in a file that an admin sent.
    pub fn upload_found(self, title: &str, passages: usize, date: Option<&str>, replaces: bool) -> String {
        let title = self.title(title);
        let mut text = match (self.0, date) {
            (Language::English, Some(date)) => format!("{title}: {passages} passages, dated {date}."),
            (Language::English, None) => format!("{title}: {passages} passages, without a date."),
            (_, Some(date)) => format!("{title}：{passages} 个段落，日期 {date}。"),
            (_, None) => format!("{title}：{passages} 个段落，没有日期。"),
        };
        if self.0 == Language::Traditional {
            text = text.replace('个', "個").replace("没有", "沒有");
        }
        if replaces {
            text.push_str(self.pick(
                "将替换同名的现有文件。",
                "將替換同名的現有文件。",
                " It takes the place of the file with the same name.",
            ));
        }
        text.push('\n');
        text.push_str(self.pick("要收录这份文件吗？", "要收錄這份文件嗎？", "Shall it be added to the documents?"));
        text
    }

    /// A file that an admin sent cannot be used.
    pub fn upload_refused(self, reason: &str) -> String {
        self.with(
            self.reason(reason),
            "这份文件无法收录。原因：{}",
            "這份文件無法收錄。原因：{}",
            "This file cannot be added. Reason: {}",
        )
    }

    /// The platform does not hand over files of this size.
    pub fn upload_too_large(self, megabytes: u64) -> String {
        self.with(
            megabytes,
            "文件超过 {} MB，无法接收。请直接放入文件夹后使用 /reindex。",
            "文件超過 {} MB，無法接收。請直接放入資料夾後使用 /reindex。",
            "The file is larger than {} MB. Please put it into the folder of documents and use /reindex.",
        )
    }

    /// A file that an admin sent was thrown away.
    pub fn discarded(self) -> &'static str {
        self.pick("没有收录，文件已删除。", "沒有收錄，檔案已刪除。", "It was not added; the file is deleted.")
    }
}
