//! How wide a line of print is, and what stands at its two ends: the evidence from which reflow decides.

/// Ink of a piece of text, counted by kind, so that the width of punctuation can be decided later: newspapers
/// compress it to half an em, other layouts give it a whole one.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Ink {
    /// Full-width characters that are not punctuation.
    pub(super) full: f32,
    /// Full-width punctuation.
    pub(super) punctuation: f32,
    /// Half-width characters.
    pub(super) half: f32,
    /// Spaces between half-width characters (half an em) and others (a quarter), in ems.
    pub(super) space: f32,
}

impl Ink {
    /// The ink of `text`, white space at its ends left out.
    pub(super) fn of(text: &str) -> Ink {
        let mut ink = Ink::default();
        let mut before: Option<char> = None;
        let mut gap = 0usize;
        for c in text.trim().chars() {
            if c.is_whitespace() {
                gap += if c == '\u{3000}' { 4 } else { 1 };
                continue;
            }
            if gap > 0 {
                let narrow = before.is_some_and(is_half) && is_half(c);
                ink.space += gap as f32 * if narrow { 0.5 } else { 0.25 };
                gap = 0;
            }
            match c {
                _ if is_half(c) => ink.half += 1.0,
                _ if is_cjk_punctuation(c) => ink.punctuation += 1.0,
                _ => ink.full += 1.0,
            }
            before = Some(c);
        }
        ink
    }

    /// Width in ems where a punctuation mark is `punctuation` ems wide.
    pub(super) fn width(&self, punctuation: f32) -> f32 {
        self.full + self.punctuation * punctuation + self.half * 0.5 + self.space
    }
}

/// How a line ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// With a mark that ends a sentence, or introduces a list.
    Sentence,
    /// With a mark inside a sentence.
    Clause,
    /// In the middle of the words.
    Open,
}

impl Ending {
    /// The ending of a line, closing quotes and brackets looked through.
    pub(super) fn of(line: &str) -> Ending {
        let inner = line.trim_end().trim_end_matches(is_closer);
        match inner.chars().next_back() {
            Some('。' | '！' | '？' | '；' | '：' | '…' | '!' | '?' | ';' | ':' | '．') => Ending::Sentence,
            Some('.') => Ending::Sentence,
            Some('，' | '、' | ',') => Ending::Clause,
            _ => Ending::Open,
        }
    }
}

/// The first piece of a line that cannot be broken: what would have had to fit on the line before.
pub(super) fn head(line: &str) -> &str {
    let line = line.trim_start();
    let mut end = 0;
    let mut in_word = false;
    let mut seen = false;
    for (at, c) in line.char_indices() {
        let opener = is_opener(c);
        let closer = is_closer(c) || matches!(c, '，' | '。' | '、' | '；' | '：' | '！' | '？' | '%' | '％');
        if !seen {
            if !opener {
                seen = true;
                in_word = is_half(c) && !closer;
            }
        } else if c.is_whitespace() || !(closer || in_word && is_half(c)) {
            break;
        }
        end = at + c.len_utf8();
    }
    &line[..end]
}

/// Whether single characters are set apart by spaces ("迈 好 第 一 步"): such a line was stretched to the full width.
pub(super) fn is_stretched(line: &str) -> bool {
    let (mut tokens, mut single) = (0usize, 0usize);
    for token in line.split_whitespace() {
        let mut chars = token.chars().filter(|&c| !is_cjk_punctuation(c));
        if let Some(first) = chars.next() {
            tokens += 1;
            single += usize::from(!is_half(first) && chars.next().is_none());
        }
    }
    single >= 3 && single * 3 >= tokens * 2
}

/// Whether a character takes half an em.
pub(super) fn is_half(c: char) -> bool {
    (c as u32) < 0x1100 && !is_cjk_punctuation(c)
}

/// Whether a character belongs to Chinese (or Japanese) text, its punctuation included.
pub(super) fn is_cjk(c: char) -> bool {
    is_cjk_punctuation(c)
        || matches!(c as u32, 0x2E80..=0x9FFF | 0xF900..=0xFAFF | 0xFE30..=0xFE4F | 0xFF01..=0xFFEF | 0x20000..=0x3FFFF)
}

/// Whether a character is punctuation as Chinese print sets it.
pub(super) fn is_cjk_punctuation(c: char) -> bool {
    matches!(
        c,
        '，' | '。'
            | '、'
            | '；'
            | '：'
            | '！'
            | '？'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '（'
            | '）'
            | '《'
            | '》'
            | '〈'
            | '〉'
            | '「'
            | '」'
            | '『'
            | '』'
            | '【'
            | '】'
            | '〔'
            | '〕'
            | '．'
            | '·'
            | '…'
            | '—'
    )
}

/// Whether a mark opens something: it stays with what follows.
fn is_opener(c: char) -> bool {
    matches!(c, '“' | '‘' | '（' | '《' | '〈' | '「' | '『' | '【' | '〔' | '(' | '[')
}

/// Whether a mark closes something: it stays with what precedes.
fn is_closer(c: char) -> bool {
    matches!(c, '”' | '’' | '）' | '》' | '〉' | '」' | '』' | '】' | '〕' | ')' | ']' | '"' | '\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_what_cannot_be_broken() {
        for (line, expected) in [
            ("校，教育", "校，"),
            ("“25311”描绘", "“25311”"),
            ("市、河南省", "市、"),
            ("9.7%。主体", "9.7%。"),
            ("word and", "word"),
            ("", ""),
        ] {
            assert_eq!(head(line), expected, "{line}");
        }
    }

    #[test]
    fn stretched_lines_are_seen() {
        assert!(is_stretched("迈 好 第 一 步 ，开 局 最 关 键 。 奋 进"));
        assert!(is_stretched("别 同 比 增 长 57.1% 和"));
        assert!(!is_stretched("不忘初心 牢记使命 接续奋斗"));
        assert!(!is_stretched("升到了 2020年的 9.7%。主体税种从 2016"));
    }
}
