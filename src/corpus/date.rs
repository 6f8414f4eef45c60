//! Dates as they are written in metadata and file names -> `YYYY-MM-DD`, `YYYY-MM` or `YYYY`.

/// The date that `text` is, or `None`: 2021-3-5, 2021/3/5, 2021.3.5, 2021年3月5日, 二〇二一年三月五日, 20210305, with a time
/// after it or not; month and day may be missing.
pub(super) fn normalise(text: &str) -> Option<String> {
    let (date, rest) = leading(text.trim())?;
    let rest = rest.trim_start();
    let time =
        rest.is_empty() || rest.starts_with(['T', 't', '(', '（']) || rest.starts_with(|c: char| c.is_ascii_digit());
    time.then_some(date)
}

/// The date in a file name, such as `(2018-12-29)`: one in brackets first, else one that stands free.
pub(super) fn in_file_name(stem: &str) -> Option<String> {
    let bracketed = stem.split(['(', '（', '[', '【']).skip(1).filter_map(|part| {
        let inner = part.split([')', '）', ']', '】']).next()?;
        let (date, rest) = leading(inner)?;
        rest.is_empty().then_some(date)
    });
    let mut before: Option<char> = None;
    let free = stem.char_indices().filter_map(move |(at, c)| {
        let begins = c.is_ascii_digit() && !before.is_some_and(|b| b.is_alphanumeric() && b.is_ascii());
        before = Some(c);
        let (date, rest) = leading(&stem[at..]).filter(|_| begins)?;
        (date.len() == 10 && !rest.starts_with(|c: char| c.is_ascii_alphanumeric())).then_some(date)
    });
    bracketed.chain(free).next()
}

/// The date that stands on a line of its own below the title or at the end of a text, where offices sign.
pub(super) fn standing_alone(text: &str) -> Option<String> {
    /// Lines at either end that are looked at.
    const NEAR: usize = 6;
    let lines: Vec<&str> = text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let date = |line: &&str| normalise(line).filter(|date| date.len() == 10 && line.chars().count() <= 20);
    lines.iter().take(NEAR).find_map(date).or_else(|| lines.iter().rev().take(NEAR).find_map(date))
}

/// A date at the beginning of `text`, and what follows it.
fn leading(text: &str) -> Option<(String, &str)> {
    if let Some(compact) = text.get(..8)
        && compact.bytes().all(|b| b.is_ascii_digit())
        && !text[8..].starts_with(|c: char| c.is_ascii_digit())
    {
        return Some((format_date(&[&compact[..4], &compact[4..6], &compact[6..]])?, &text[8..]));
    }
    let (year, rest) = number(text)?;
    if year.len() != 4 {
        return None;
    }
    let mut parts = vec![year];
    let mut rest = rest;
    for unit in ['月', '日'] {
        let Some((separator, after)) = split_first(rest) else {
            break;
        };
        let chinese = matches!((parts.len(), separator), (1, '年') | (2, '月'));
        if !chinese && !matches!(separator, '-' | '/' | '.' | '．' | '－') {
            break;
        }
        match number(after).filter(|(digits, _)| digits.len() <= 2) {
            Some((digits, tail)) => {
                let closed = if chinese { tail.strip_prefix(unit) } else { Some(tail) };
                let Some(tail) = closed else { break };
                parts.push(digits);
                // 月 closes the month and opens the day.
                rest = if chinese && unit == '月' && number(tail).is_some() {
                    &after[after.len() - tail.len() - '月'.len_utf8()..]
                } else {
                    tail
                };
            }
            None if chinese && parts.len() == 1 => {
                rest = after;
                break;
            }
            None => break,
        }
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    Some((format_date(&parts)?, rest))
}

/// Year, month and day as text, if they can be a date.
fn format_date(parts: &[&str]) -> Option<String> {
    let number = |at: usize| parts.get(at).map(|digits| digits.parse::<u32>().ok());
    let year = number(0).flatten().filter(|year| (1000..=2999).contains(year))?;
    let month = number(1).map(|month| month.filter(|month| (1..=12).contains(month)));
    let day = number(2).map(|day| day.filter(|day| (1..=31).contains(day)));
    match (month, day) {
        (None, _) => Some(format!("{year:04}")),
        (Some(month), None) => Some(format!("{year:04}-{:02}", month?)),
        (Some(month), Some(day)) => Some(format!("{year:04}-{:02}-{:02}", month?, day?)),
    }
}

/// A number at the beginning of `text`, in ASCII digits, whether it is written with digits or with 二〇二一 and 十二.
fn number(text: &str) -> Option<(String, &str)> {
    const NUMERALS: [char; 10] = ['〇', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
    let ascii = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    if ascii > 0 {
        return Some((text[..ascii].to_owned(), &text[ascii..]));
    }
    let digit = |c: char| NUMERALS.iter().position(|&numeral| numeral == c).or((c == '零' || c == '○').then_some(0));
    let rest = text.trim_start_matches(|c: char| digit(c).is_some() || c == '十');
    let written = &text[..text.len() - rest.len()];
    if written.is_empty() {
        return None;
    }
    let Some((tens, ones)) = written.split_once('十') else {
        return Some((written.chars().filter_map(digit).map(|d| d.to_string()).collect(), rest));
    };
    let value = |part: &str, empty: usize| match part.chars().next() {
        None => Some(empty),
        Some(c) => digit(c).filter(|_| part.chars().count() == 1),
    };
    Some(((value(tens, 1)? * 10 + value(ones, 0)?).to_string(), rest))
}

/// The first character and the rest.
fn split_first(text: &str) -> Option<(char, &str)> {
    let mut chars = text.chars();
    chars.next().map(|first| (first, chars.as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn dates_are_normalised() {
        for (text, expected) in [
            ("2021-03-05", Some("2021-03-05")),
            ("2021/3/5", Some("2021-03-05")),
            ("2021.3.5", Some("2021-03-05")),
            ("2021年3月5日", Some("2021-03-05")),
            ("二〇二一年十二月二十五日", Some("2021-12-25")),
            ("二○○八年十月一日", Some("2008-10-01")),
            ("20210305", Some("2021-03-05")),
            ("2021年3月", Some("2021-03")),
            ("2021-03", Some("2021-03")),
            ("2021年", Some("2021")),
            ("2021", Some("2021")),
            ("2021-03-05T10:00:00+08:00", Some("2021-03-05")),
            ("2021-03-05 10:00", Some("2021-03-05")),
            ("2021-13-05", None),
            ("soon", None),
            ("3月5日", None),
            ("", None),
        ] {
            assert_eq!(normalise(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn file_names_carry_dates() {
        for (stem, expected) in [
            ("环境保护税法(2018-10-26)", Some("2018-10-26")),
            ("宪法修正案（2018年）", Some("2018")),
            ("刑法修正案（十一）", None),
            ("通知2021-03-05", Some("2021-03-05")),
            ("20210305通知", Some("2021-03-05")),
            ("gov-01454", None),
            ("第53次", None),
        ] {
            assert_eq!(in_file_name(stem).as_deref(), expected, "{stem}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in "[0-9年月日十二〇a(（./-]{0,20}") {
            let _ = normalise(&text);
            let _ = in_file_name(&text);
        }
    }
}
