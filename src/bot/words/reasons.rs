//! Reasons in the reader's language: why a file is refused or an index not used, and what to do. They come into being in English,
//! far below; what has no translation here is shown as it is.

use super::Words;
use crate::answer::Language;

/// A reason in English, in simplified and in traditional Chinese. `{}` stands for a part that is taken over, translated in its
/// turn where it is a reason itself.
type Reason = [&'static str; 3];

/// What is known to be said. Of two that fit, the first counts.
const REASONS: &[Reason] = &[
    ["is empty: add its text, or remove it", "是空的：请补上内容，或删除该文件", "是空的：請補上內容，或刪除該檔案"],
    [
        "has no text beside comments and rules: add its text, or remove it",
        "除注释和分隔线外没有文字：请补上内容，或删除该文件",
        "除註解和分隔線外沒有文字：請補上內容，或刪除該檔案",
    ],
    ["there is no text in it", "其中没有文字", "其中沒有文字"],
    ["this is not a document", "不是可以收录的文件", "不是可以收錄的檔案"],
    ["the file has no usable name", "文件名无法使用：请改名后再发", "檔名無法使用：請改名後再發"],
    [
        "has no file extension: name it .txt or .md if it is text",
        "文件名没有扩展名：如果是文本，请改名为 .txt 或 .md",
        "檔名沒有副檔名：如果是純文字，請改名為 .txt 或 .md",
    ],
    [
        "is of a kind that is not read ({}): save it as {}",
        "不支持这种格式（{}）：请另存为 {}",
        "不支援這種格式（{}）：請另存為 {}",
    ],
    [
        ".txt, .md, .html, .pdf, .docx, .xlsx or .csv",
        ".txt、.md、.html、.pdf、.docx、.xlsx 或 .csv",
        ".txt、.md、.html、.pdf、.docx、.xlsx 或 .csv",
    ],
    ["is encrypted: save it without a password", "已加密：请另存为不设密码的文件", "已加密：請另存為不設密碼的檔案"],
    [
        "is encrypted in a way that is not understood: save it without a password",
        "已加密，且加密方式无法识别：请另存为不设密码的文件",
        "已加密，且加密方式無法識別：請另存為不設密碼的檔案",
    ],
    [
        "is a scan, pictures of pages without text: run text recognition (OCR) over it, or save its text as .txt",
        "是扫描件，页面只有图片、没有文字：请先做文字识别（OCR），或把文字另存为 .txt",
        "是掃描件，頁面只有圖片、沒有文字：請先做文字辨識（OCR），或把文字另存為 .txt",
    ],
    [
        "has no text: run text recognition (OCR) over it, or save its text as .txt",
        "没有文字：请先做文字识别（OCR），或把文字另存为 .txt",
        "沒有文字：請先做文字辨識（OCR），或把文字另存為 .txt",
    ],
    [
        "has fonts that do not say which characters their signs are, so its text cannot be read: export it again from the program that it was made with, or save its text as .txt",
        "所用字体没有标明字符，文字无法读出：请用制作它的软件重新导出，或把文字另存为 .txt",
        "所用字型沒有標明字元，文字無法讀出：請用製作它的軟體重新匯出，或把文字另存為 .txt",
    ],
    [
        "is not a PDF: give it the file extension of what it is",
        "不是 PDF：请改成与内容相符的扩展名",
        "不是 PDF：請改成與內容相符的副檔名",
    ],
    [
        "is an archive, but not {}: give it the extension of what it is",
        "是压缩包，但不是{}：请改成与内容相符的扩展名",
        "是壓縮檔，但不是{}：請改成與內容相符的副檔名",
    ],
    ["a Word document", " Word 文档", " Word 文件"],
    ["an Excel workbook", " Excel 工作簿", " Excel 活頁簿"],
    [
        "is text, not an office document: give it the extension of what it is, such as .txt",
        "是文本，不是办公文档：请改成与内容相符的扩展名，例如 .txt",
        "是純文字，不是辦公文件：請改成與內容相符的副檔名，例如 .txt",
    ],
    ["is damaged: save it again", "文件已损坏：请重新保存", "檔案已損壞：請重新儲存"],
    ["is damaged ({}): save it again", "文件已损坏（{}）：请重新保存", "檔案已損壞（{}）：請重新儲存"],
    ["it ends too early", "内容不完整", "內容不完整"],
    [
        "is damaged in a way that its reader cannot bear: save it again from the program that it was made with",
        "文件已损坏，无法读取：请用制作它的软件重新保存",
        "檔案已損壞，無法讀取：請用製作它的軟體重新儲存",
    ],
    [
        "makes the reader fail: save it again from the program that it was made with",
        "文件已损坏，无法读取：请用制作它的软件重新保存",
        "檔案已損壞，無法讀取：請用製作它的軟體重新儲存",
    ],
    [
        "is nested too deeply: save it again, or copy its text into a new document",
        "结构嵌套过深：请重新保存，或把文字复制到新文档",
        "結構巢狀過深：請重新儲存，或把文字複製到新文件",
    ],
    [
        "is nested too deeply: copy its text into a new document",
        "结构嵌套过深：请把文字复制到新文档",
        "結構巢狀過深：請把文字複製到新文件",
    ],
    ["is nested too deeply: move it up", "文件夹层数过深：请往上移", "資料夾層數過深：請往上移"],
    [
        "unpacks to far more than a document holds: save it again, without pictures and unused parts",
        "解压后远大于正常文档：请去掉图片和无用内容后重新保存",
        "解壓後遠大於正常文件：請去掉圖片和無用內容後重新儲存",
    ],
    ["unpacks to more than {} MB: split it into parts", "解压后超过 {} MB：请拆分", "解壓後超過 {} MB：請拆分"],
    [
        "is larger than {} KB: split it into parts, or raise MAX_FILE_MB",
        "超过 {} KB：请拆分，或调高设置 MAX_FILE_MB",
        "超過 {} KB：請拆分，或調高設定 MAX_FILE_MB",
    ],
    [
        "takes longer than {} s to read: split it into parts, or raise FILE_SECONDS",
        "读取超过 {} 秒：请拆分，或调高设置 FILE_SECONDS",
        "讀取超過 {} 秒：請拆分，或調高設定 FILE_SECONDS",
    ],
    [
        "needs more than {} MB of memory to read: split it into parts, or raise FILE_MEMORY_MB",
        "读取需要超过 {} MB 内存：请拆分，或调高设置 FILE_MEMORY_MB",
        "讀取需要超過 {} MB 記憶體：請拆分，或調高設定 FILE_MEMORY_MB",
    ],
    [
        "cannot be read, because this system cannot confine its reader ({})",
        "无法读取：本系统不能隔离读取文件的程序（{}）",
        "無法讀取：本系統不能隔離讀取檔案的程式（{}）",
    ],
    ["has more than {} MB of text: split it into parts", "文字超过 {} MB：请拆分", "文字超過 {} MB：請拆分"],
    [
        "changed while it was read: run `wenda reindex` again",
        "读取时文件正在变化：请再次运行 `wenda reindex`",
        "讀取時檔案正在變化：請再次執行 `wenda reindex`",
    ],
    ["has more than {} pages: split it", "超过 {} 页：请拆分", "超過 {} 頁：請拆分"],
    [
        "has more than {} columns or {} cells: split it",
        "超过 {} 列或 {} 个单元格：请拆分",
        "超過 {} 欄或 {} 個儲存格：請拆分",
    ],
    [
        "has more than {} columns in its sheet {}: split it",
        "超过 {} 列（工作表“{}”）：请拆分",
        "超過 {} 欄（工作表「{}」）：請拆分",
    ],
    [
        "has more than {} cells in its sheet {}: split it",
        "超过 {} 个单元格（工作表“{}”）：请拆分",
        "超過 {} 個儲存格（工作表「{}」）：請拆分",
    ],
    [
        "is binary data, not text: remove it from the corpus, or save its text in UTF-8",
        "不是文本：请移出文件夹，或把文字另存为 UTF-8 文本",
        "不是純文字：請移出資料夾，或把文字另存為 UTF-8 純文字",
    ],
    [
        "is {}, not text: give it the file extension of what it is, or save it as text in UTF-8",
        "不是文本，而是{}：请改成与内容相符的扩展名，或另存为 UTF-8 文本",
        "不是純文字，而是{}：請改成與內容相符的副檔名，或另存為 UTF-8 純文字",
    ],
    ["a PDF", " PDF", " PDF"],
    ["a ZIP archive or an office document", "压缩包或办公文档", "壓縮檔或辦公文件"],
    ["an old office document", "旧版办公文档", "舊版辦公文件"],
    ["a picture", "图片", "圖片"],
    ["a compressed file", "压缩文件", "壓縮檔"],
    ["a program", "程序", "程式"],
    ["an RTF document", " RTF 文档", " RTF 文件"],
    [
        "has an encoding that could not be recognised (it looks like {}): save it as UTF-8",
        "编码无法识别（看起来像 {}）：请另存为 UTF-8",
        "編碼無法識別（看起來像 {}）：請另存為 UTF-8",
    ],
    [
        "is not valid {} from byte {} on: the file is damaged or mixes encodings; save it as UTF-8",
        "从第 {1} 字节起不是有效的 {0}：文件已损坏或混用编码，请另存为 UTF-8",
        "從第 {1} 位元組起不是有效的 {0}：檔案已損壞或混用編碼，請另存為 UTF-8",
    ],
    [
        "{}, line {}: {}; allowed are title, publisher, date, url and valid_until, dates as 2021-03-05",
        "{}第 {} 行：{}；可以写 title、publisher、date、url 和 valid_until，日期写作 2021-03-05",
        "{}第 {} 行：{}；可以寫 title、publisher、date、url 和 valid_until，日期寫作 2021-03-05",
    ],
    ["its side file {}", "旁注文件 {}", "旁註檔案 {}"],
    ["front matter", "文件开头的说明", "檔案開頭的說明"],
    ["the closing {} is missing", "缺少结尾的 {}", "缺少結尾的 {}"],
    ["expected lines like `title: …`", "应写成 `title: …` 的形式", "應寫成 `title: …` 的形式"],
    ["`{}` has to be one line of text", "`{}` 应为一行文字", "`{}` 應為一行文字"],
    ["`{}` is not a date: {}", "`{}` 不是日期：{}", "`{}` 不是日期：{}"],
    [
        "cannot be read ({}): check that it exists and its permissions",
        "无法读取（{}）：请检查文件是否存在、有无读取权限",
        "無法讀取（{}）：請檢查檔案是否存在、有無讀取權限",
    ],
    [
        "cannot be read, because no process can be started for it ({})",
        "无法读取，因为不能启动读取程序（{}）",
        "無法讀取，因為不能啟動讀取程式（{}）",
    ],
    ["entity not found", "找不到文件", "找不到檔案"],
    ["permission denied", "没有权限", "沒有權限"],
    [
        "has a name with control characters or not in UTF-8: rename it",
        "文件名含有控制字符或不是 UTF-8：请改名",
        "檔名含有控制字元或不是 UTF-8：請改名",
    ],
    [
        "is a folder that cannot be read: check its permissions",
        "文件夹无法读取：请检查读取权限",
        "資料夾無法讀取：請檢查讀取權限",
    ],
    [
        "is a side file, but no document of that name stands beside it: rename or remove it",
        "是旁注文件，但旁边没有同名文件：请改名或删除",
        "是旁註檔案，但旁邊沒有同名檔案：請改名或刪除",
    ],
    ["is a broken symbolic link: remove it", "是失效的符号链接：请删除", "是失效的符號連結：請刪除"],
    [
        "is a symbolic link out of the corpus folder: copy the file into the folder instead",
        "是指向文件夹之外的符号链接：请把文件复制进来",
        "是指向資料夾之外的符號連結：請把檔案複製進來",
    ],
    [
        "is a symbolic link to a folder: its files are read where they are; remove the link",
        "是指向文件夹的符号链接：其中的文件已在原处读取，请删除链接",
        "是指向資料夾的符號連結：其中的檔案已在原處讀取，請刪除連結",
    ],
    ["is neither a file nor a folder: remove it", "既不是文件也不是文件夹：请删除", "既不是檔案也不是資料夾：請刪除"],
    ["line {} is left out: {}", "第 {} 行没有采用：{}", "第 {} 行沒有採用：{}"],
    [
        "it answers {} of your {} questions, the index before {}",
        "新索引答对 {0} 个检验问题（共 {1} 个），原索引答对 {2} 个",
        "新索引答對 {0} 個檢驗問題（共 {1} 個），原索引答對 {2} 個",
    ],
    [
        "no document is left in {}; is the right folder there?",
        "{} 中已没有文件，请确认文件夹是否正确",
        "{} 中已沒有檔案，請確認資料夾是否正確",
    ],
    ["correct the file of questions, or build with --force: {}", "请改正检验问题文件：{}", "請改正檢驗問題檔案：{}"],
    [
        "another process is building the index; wait for it to finish",
        "另一个进程正在重建索引，请稍候再试",
        "另一個程序正在重建索引，請稍候再試",
    ],
    [
        "cannot open the corpus folder {}; set CORPUS_DIR to your folder of documents: {}",
        "无法打开文件夹 {}，请在 CORPUS_DIR 中设置文件所在的文件夹：{}",
        "無法開啟資料夾 {}，請在 CORPUS_DIR 中設定檔案所在的資料夾：{}",
    ],
    ["there is no index yet", "还没有索引", "還沒有索引"],
    ["there is no index yet; run `wenda reindex`", "还没有索引，请先重建索引", "還沒有索引，請先重建索引"],
    [
        "there is no index before this one; each reindex that changes something keeps the one before",
        "没有更早的索引；重建后若有变化，会保留前一个索引",
        "沒有更早的索引；重建後若有變化，會保留前一個索引",
    ],
];

impl Words {
    /// A reason in this language.
    pub fn reason(self, reason: &str) -> String {
        let column = match self.0 {
            Language::Simplified => 1,
            Language::Traditional => 2,
            Language::English => return reason.to_owned(),
        };
        let known = REASONS.iter().find_map(|known| Some((known[column], parts(known[0], reason)?)));
        let Some((translation, parts)) = known else { return reason.to_owned() };
        let (mut text, mut rest, mut next) = (String::new(), translation, 0);
        while let Some((before, after)) = rest.split_once('{') {
            let (number, after) = after.split_once('}').unwrap_or_default();
            let part = parts.get(number.parse().unwrap_or(next)).copied().unwrap_or_default();
            text.push_str(before);
            text.push_str(&self.reason(part));
            (rest, next) = (after, next + 1);
        }
        text + rest
    }
}

/// What stands in the places of `{}`, where a text fits a pattern.
fn parts<'t>(pattern: &str, text: &'t str) -> Option<Vec<&'t str>> {
    let mut pieces = pattern.split("{}");
    let mut rest = text.strip_prefix(pieces.next()?)?;
    let mut pieces = pieces.peekable();
    let mut parts = Vec::new();
    while let Some(piece) = pieces.next() {
        let end = if pieces.peek().is_none() { rest.strip_suffix(piece)?.len() } else { rest.find(piece)? };
        parts.push(&rest[..end]);
        rest = &rest[end + piece.len()..];
    }
    rest.is_empty().then_some(parts)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(reason: &str, expected: &str) {
        assert_eq!(Words(Language::Simplified).reason(reason), expected);
        assert_eq!(Words(Language::English).reason(reason), reason);
    }

    #[test]
    fn reasons_are_told_with_their_parts() {
        check("is empty: add its text, or remove it", "是空的：请补上内容，或删除该文件");
        check("is damaged (it ends too early): save it again", "文件已损坏（内容不完整）：请重新保存");
        check("is damaged (Invalid checksum): save it again", "文件已损坏（Invalid checksum）：请重新保存");
        check(
            "is not valid UTF-8 from byte 17 on: the file is damaged or mixes encodings; save it as UTF-8",
            "从第 17 字节起不是有效的 UTF-8：文件已损坏或混用编码，请另存为 UTF-8",
        );
        check(
            "its side file 甲.toml, line 2: `date` is not a date: 明天; allowed are title, publisher, date, url and valid_until, dates as 2021-03-05",
            "旁注文件 甲.toml第 2 行：`date` 不是日期：明天；可以写 title、publisher、date、url 和 valid_until，日期写作 2021-03-05",
        );
        check("something new", "something new");
        check("", "");
    }

    #[test]
    fn patterns_and_translations_have_the_same_parts() {
        for [english, simplified, traditional] in REASONS {
            let holes = english.matches("{}").count();
            for translation in [simplified, traditional] {
                assert_eq!(translation.matches('{').count(), holes, "{english}");
            }
            assert_eq!(parts(english, english).map(|parts| parts.len()), Some(holes), "{english}");
        }
    }
}
