//! Joins the lines of one paragraph and drops the white space that only the layout had put there.

use super::measure::{is_cjk, is_stretched};

/// One line of text from the lines of a paragraph. Only white space is dropped or altered.
pub(in crate::corpus) fn join(lines: &[&str]) -> String {
    let mut joined = String::new();
    for line in lines {
        let tidy = tidy(line);
        let (Some(left), Some(right)) = (joined.chars().next_back(), tidy.chars().next()) else {
            joined.push_str(&tidy);
            continue;
        };
        if needs_space(&joined, left, right) {
            joined.push(' ');
        }
        joined.push_str(&tidy);
    }
    joined
}

/// Whether the break between two lines stood for a space: between words of alphabets, not beside Chinese, not within
/// a figure or a hyphenated word.
fn needs_space(before: &str, left: char, right: char) -> bool {
    if is_cjk(left) || is_cjk(right) {
        return false;
    }
    let chinese = before.chars().rev().skip(1).take(40).any(is_cjk);
    let figure = |c: char| c.is_ascii_digit() || matches!(c, '.' | '%' | ',');
    if chinese && figure(left) && figure(right) {
        return false;
    }
    let hyphenated = left == '-' && right.is_lowercase() && before.chars().nth_back(1).is_some_and(char::is_alphabetic);
    !hyphenated
}

/// A line of print without its layout spaces: letter-spacing and the gaps around figures.
fn tidy(line: &str) -> String {
    if is_stretched(line) {
        return close_up(line);
    }
    let chars: Vec<char> = line.trim().chars().collect();
    let mut text = String::with_capacity(line.len());
    for (at, &c) in chars.iter().enumerate() {
        if c.is_whitespace() {
            let left = chars[..at].iter().rev().find(|c| !c.is_whitespace());
            let right = chars[at..].iter().find(|c| !c.is_whitespace());
            if let (Some(&left), Some(&right)) = (left, right)
                && (is_cjk(left) && is_figure(right) || is_figure(left) && is_cjk(right))
            {
                continue;
            }
        }
        text.push(c);
    }
    text
}

/// A letter-spaced line, closed up; spaces between words of an alphabet stay.
fn close_up(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for token in line.split_whitespace() {
        let left = text.chars().next_back();
        let right = token.chars().next();
        if let (Some(left), Some(right)) = (left, right)
            && !is_cjk(left)
            && !is_cjk(right)
        {
            text.push(' ');
        }
        text.push_str(token);
    }
    text
}

/// Whether a character belongs to a figure.
fn is_figure(c: char) -> bool {
    c.is_ascii_digit() || matches!(c, '%' | '‰' | '℃' | '+' | '-' | '~')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_join_as_their_script_wants() {
        let check = |lines: &[&str], expected: &str| assert_eq!(join(lines), expected);
        check(&["焦作好儿女积极参军，1947", "年8月15日"], "焦作好儿女积极参军，1947年8月15日");
        check(&["人坚持罢工斗争 8 个多月"], "人坚持罢工斗争8个多月");
        check(&["不忘初心 牢记使命"], "不忘初心 牢记使命");
        check(&["别 同 比 增 长 57.1% 和", "64.2%，实现"], "别同比增长57.1%和64.2%，实现");
        check(&["hard wrapped", "English text"], "hard wrapped English text");
        check(&["a well-", "known word"], "a well-known word");
        check(&["使用 Windows", "系统"], "使用 Windows系统");
        check(&[], "");
    }
}
