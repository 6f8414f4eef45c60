//! What is said about building the index.

use super::Words;
use crate::{
    admin::{Built, Gate, Progress, Report, Stage},
    answer::Language,
    passage::Problem,
};

/// Refused files, and questions that are answered no longer, which one message lists.
const LISTED: usize = 10;

impl Words {
    /// A build begins.
    pub fn reindex_begins(self) -> &'static str {
        self.pick("正在检查文件……", "正在檢查文件……", "Looking at the files…")
    }

    /// How far a build is.
    pub fn reindexing(self, Progress { stage, done, all }: Progress) -> String {
        let doing = match stage {
            Stage::Reading => self.pick("正在读取文件……", "正在讀取文件……", "Reading files…"),
            Stage::Writing => return self.pick("正在写入索引……", "正在寫入索引……", "Writing the index…").to_owned(),
            Stage::Asking => self.pick("正在检验问题……", "正在檢驗問題……", "Asking your questions…"),
        };
        format!("{doing} {done} / {all}")
    }

    /// A build is done.
    pub fn reindexed(self, report: &Report) -> String {
        let Report { generation, documents, passages, outcome, .. } = report;
        let seconds = report.elapsed.as_secs_f64();
        let mut text = match (outcome, self.0) {
            (Built::Live, Language::Simplified) => {
                format!("索引 {generation} 已生效，用时 {seconds:.1} 秒：文件 {documents}，段落 {passages}；")
            }
            (Built::Live, Language::Traditional) => {
                format!("索引 {generation} 已生效，用時 {seconds:.1} 秒：文件 {documents}，段落 {passages}；")
            }
            (Built::Live, Language::English) => format!(
                "Index {generation} is in force after {seconds:.1} s: {documents} documents, {passages} passages; "
            ),
            (Built::Unchanged, _) => self.with(
                generation,
                "文件没有变化，索引 {} 已是最新；",
                "文件沒有變化，索引 {} 已是最新；",
                "Nothing has changed; index {} is the newest one; ",
            ),
            (Built::Kept(_), _) => self.with(
                generation,
                "新索引没有生效，索引 {} 继续使用；",
                "新索引沒有生效，索引 {} 繼續使用；",
                "The new index does not take effect, index {} stays in force; ",
            ),
        };
        text.push_str(&self.changes(report));
        if let Built::Kept(reason) = outcome {
            text.push_str(&self.with(
                self.reason(reason),
                "\n原因：{}。\n请检查文件后重试；如仍要启用新索引，请发送 /reindex force",
                "\n原因：{}。\n請檢查文件後重試；如仍要啟用新索引，請發送 /reindex force",
                "\nReason: {}.\nLook at the files and try again; to use the new index all the same, send /reindex force",
            ));
        }
        if let Some(gate) = &report.gate {
            text.push_str(&self.gate(gate));
        }
        for problem in report.problems.iter().take(LISTED) {
            text.push_str(&self.problem(problem));
        }
        text
    }

    /// A file that was refused, in a line.
    pub fn problem(self, problem: &Problem) -> String {
        format!("\n· {}{}{}", problem.path, self.pick("：", "：", ": "), self.reason(&problem.reason))
    }

    fn changes(self, report: &Report) -> String {
        let (added, changed, moved) = (report.added.len(), report.changed.len(), report.moved.len());
        let (removed, refused) = (report.removed.len(), report.problems.len());
        match self.0 {
            Language::Simplified => {
                format!("新增 {added}，修改 {changed}，移动 {moved}，删除 {removed}，未能读取 {refused}。")
            }
            Language::Traditional => {
                format!("新增 {added}，修改 {changed}，移動 {moved}，刪除 {removed}，未能讀取 {refused}。")
            }
            Language::English => {
                format!("{added} added, {changed} changed, {moved} moved, {removed} removed, {refused} refused.")
            }
        }
    }

    /// How the admin's own questions are answered.
    fn gate(self, gate: &Gate) -> String {
        let Gate { asked, before, now, fell, rose } = gate;
        let mut text = match self.0 {
            Language::Simplified => format!("\n检验问题 {asked} 个：原索引答对 {before} 个，新索引答对 {now} 个。"),
            Language::Traditional => format!("\n檢驗問題 {asked} 個：原索引答對 {before} 個，新索引答對 {now} 個。"),
            Language::English => {
                format!("\nYour {asked} questions: the index before answers {before}, the new one {now}.")
            }
        };
        let lost = self.pick("不再答对：", "不再答對：", "No longer: ");
        let won = self.pick("新答对：", "新答對：", "Now: ");
        for (label, questions) in [(lost, fell), (won, rose)] {
            for question in questions.iter().take(LISTED) {
                text.push_str(&format!("\n· {label}{question}"));
            }
        }
        text
    }

    /// The newest build did not take effect.
    pub fn index_kept(self, reason: &str) -> String {
        self.with(
            self.reason(reason),
            "\n最近一次重建的索引没有生效。原因：{}。",
            "\n最近一次重建的索引沒有生效。原因：{}。",
            "\nThe index that was built last did not take effect. Reason: {}.",
        )
    }

    /// A build failed.
    pub fn reindex_failed(self, reason: &str) -> String {
        self.with(
            self.reason(reason),
            "索引没有重建，原来的索引继续使用。原因：{}",
            "索引沒有重建，原來的索引繼續使用。原因：{}",
            "The index was not built; the one before stays in force. Reason: {}",
        )
    }

    /// The index before is in force again.
    pub fn rolled_back(self, generation: &str) -> String {
        self.with(
            generation,
            "已恢复到上一个索引：{}。再次使用 /rollback 可撤销。",
            "已恢復到上一個索引：{}。再次使用 /rollback 可撤銷。",
            "The index before is in force again: {}. Another /rollback undoes this.",
        )
    }

    /// There was no way back.
    pub fn not_rolled_back(self, reason: &str) -> String {
        self.with(
            self.reason(reason),
            "无法恢复。原因：{}",
            "無法恢復。原因：{}",
            "This cannot be rolled back. Reason: {}",
        )
    }
}
