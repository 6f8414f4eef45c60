//! Writing the stored text of a format that knows its structure (HTML, DOCX, tables): headings, items and rows in the marks of
//! Markdown, which `split` and `reflow` read in every text, one block a line.

/// Writes blocks, with an empty line between any two but items.
#[derive(Debug, Default)]
pub(super) struct Blocks {
    text: String,
    after_item: bool,
}

impl Blocks {
    /// A heading; `level` counts from 1.
    pub(super) fn heading(&mut self, level: u8, text: &str) {
        let text = one_line(text);
        if !text.is_empty() {
            self.open(false);
            self.text.extend(std::iter::repeat_n('#', usize::from(level.clamp(1, 6))));
            self.text.push(' ');
            self.text.push_str(&text);
        }
    }

    /// A paragraph; line breaks in it are kept.
    pub(super) fn paragraph(&mut self, text: &str) {
        let mut lines = text.split('\n').map(str::trim).filter(|line| !line.is_empty()).peekable();
        if lines.peek().is_none() {
            return;
        }
        self.open(false);
        for (number, line) in lines.enumerate() {
            if number > 0 {
                self.text.push('\n');
            }
            self.line(line);
        }
    }

    /// An item of a list, `depth` lists deep, with the mark that stands before it.
    pub(super) fn item(&mut self, depth: usize, mark: &str, text: &str) {
        let text = one_line(text);
        if text.is_empty() {
            return;
        }
        self.open(true);
        self.text.extend(std::iter::repeat_n("  ", depth.min(8)));
        if mark.is_empty() {
            self.line(&text);
        } else {
            self.text.push_str(mark);
            self.text.push_str(&text);
        }
    }

    /// The text.
    pub(super) fn finish(mut self) -> String {
        if !self.text.is_empty() {
            self.text.push('\n');
        }
        self.text
    }

    fn open(&mut self, item: bool) {
        if !self.text.is_empty() {
            self.text.push_str(if item && self.after_item { "\n" } else { "\n\n" });
        }
        self.after_item = item;
    }

    /// A line of text; what would be read as a mark of Markdown that changes the meaning of other lines gets a backslash.
    fn line(&mut self, line: &str) {
        if ["#", "|", "<!--", "```", "~~~"].iter().any(|mark| line.starts_with(mark)) {
            self.text.push('\\');
        }
        self.text.push_str(line);
    }
}

/// A text on one line, with single spaces, without characters that control a device.
pub(super) fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(|c: char| c.is_whitespace() && c != '\u{3000}' || c.is_control()).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out.trim().to_owned()
}

/// Whether a character is written without spaces between words: Chinese, and the marks that belong to it.
pub(super) fn is_cjk(c: char) -> bool {
    matches!(c, '\u{2e80}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{fe30}'..='\u{fe4f}' | '\u{ff00}'..='\u{ffef}'
        | '\u{20000}'..='\u{3ffff}' | '“' | '”' | '‘' | '’' | '…' | '—')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_are_written_as_markdown() {
        let mut blocks = Blocks::default();
        blocks.heading(1, "停车\n办法");
        blocks.paragraph("第一条 甲。\n 乙。");
        blocks.paragraph("\n");
        blocks.item(0, "- ", "甲");
        blocks.item(1, "1. ", "乙");
        blocks.paragraph("# 不是标题");
        assert_eq!(blocks.finish(), "# 停车 办法\n\n第一条 甲。\n乙。\n\n- 甲\n  1. 乙\n\n\\# 不是标题\n");
        assert_eq!(Blocks::default().finish(), "");
    }
}
