//! Ordinals that official documents count with: 第十三条, 第二章, 第十三条之一.

/// The length in characters of an ordinal of the given unit (条, 章, …) at the beginning of a folded text.
pub fn ordinal(chars: &[char], unit: char) -> Option<usize> {
    let is_digit = |c: &char| c.is_ascii_digit() || "〇零一二三四五六七八九十百千".contains(*c);
    let count = |from: usize| chars[from..].iter().take_while(|c| is_digit(c)).count();
    if chars.first() != Some(&'第') {
        return None;
    }
    let digits = count(1);
    if digits == 0 || chars.get(digits + 1) != Some(&unit) {
        return None;
    }
    let end = digits + 2;
    // 第十三条之一 is an article of its own, inserted later.
    let inserted = if chars.get(end) == Some(&'之') { count(end + 1) } else { 0 };
    Some(if inserted > 0 { end + 1 + inserted } else { end })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals() {
        let check = |text: &str, unit, expected| {
            assert_eq!(ordinal(&text.chars().collect::<Vec<_>>(), unit), expected, "{text}");
        };
        check("第十三条 自然人", '条', Some(4));
        check("第13条", '条', Some(4));
        check("第一百二十条之一 违反", '条', Some(8));
        check("第二章 通则", '条', None);
        check("第条", '条', None);
        check("十三条", '条', None);
        check("", '条', None);
    }
}
