//! Numbers and dates as a spreadsheet shows them, by their number format (ECMA-376 part 1, 18.8.30 and 18.8.31).

/// A moment as a cell holds it: year, month, day, hour, minute, second.
pub(super) type Moment = (u16, u8, u8, u8, u8, u8);

/// A number as it is shown.
pub(super) fn number(value: f64, code: &str) -> String {
    let sections: Vec<&str> = sections(code);
    let section = match (value < 0.0, sections.len()) {
        (true, 2..) => sections[1],
        (false, 3..) if value == 0.0 => sections[2],
        _ => sections.first().copied().unwrap_or_default(),
    };
    let marks = marks(section);
    let form: String = marks.iter().filter_map(|mark| if let Mark::Form(c) = mark { Some(*c) } else { None }).collect();
    if form.is_empty() || form.contains(['E', 'e', '/']) || form.to_lowercase().contains("general") {
        return general(value);
    }
    let percents = form.matches('%').count() as i32;
    let figures = form.trim_end_matches(',');
    let thousands = form[figures.len()..].chars().filter(|c| *c == ',').count() as i32;
    let scaled = value * 100_f64.powi(percents) / 1000_f64.powi(thousands);
    let (whole, fraction) = figures.split_once('.').unwrap_or((figures, ""));
    let places = fraction.chars().filter(|c| matches!(c, '0' | '#' | '?')).count();
    let least = fraction.chars().filter(|c| *c == '0').count();
    let shown = if value < 0.0 && sections.len() > 1 { scaled.abs() } else { scaled };
    let mut text = format!("{shown:.places$}");
    while text.contains('.') && text.len() - text.find('.').unwrap_or(0) - 1 > least && text.ends_with('0') {
        text.pop();
    }
    let text = text.trim_end_matches('.');
    let least_whole = whole.chars().filter(|c| *c == '0').count();
    let text = padded(text, least_whole);
    surround(&marks, &if whole.contains(',') { grouped(&text) } else { text })
}

/// A date or time as it is shown; as 2024-03-01 where the format names months by words or follows the system's language.
pub(super) fn moment(moment: Moment, code: &str) -> String {
    let (year, month, day, hour, minute, second) = moment;
    let section = sections(code).first().copied().unwrap_or_default().to_owned();
    let marks = marks(&section);
    let form: String =
        marks.iter().map(|mark| if let Mark::Form(c) = mark { c.to_ascii_lowercase() } else { '\0' }).collect();
    let plain = form.contains("mmm")
        || form.contains("dd-yy")
        || form.contains("d/yy")
        || form.contains("general")
        || form.is_empty();
    if plain || !form.contains(['y', 'm', 'd', 'h', 's']) {
        let time = if (hour, minute, second) == (0, 0, 0) { String::new() } else { format!(" {hour:02}:{minute:02}") };
        return format!("{year:04}-{month:02}-{day:02}{time}");
    }
    let mut out = String::new();
    let letters: Vec<char> = form.chars().collect();
    let half_day = form.contains("am/pm") || form.contains("a/p");
    let mut at = 0;
    while at < letters.len() {
        let run = letters[at..].iter().take_while(|c| **c == letters[at]).count();
        let pad = |value: u16| if run > 1 { format!("{value:02}") } else { value.to_string() };
        let minutes = || {
            let before = letters[..at].iter().rev().find(|c| c.is_ascii_alphabetic());
            let after = letters[at + run..].iter().find(|c| c.is_ascii_alphabetic());
            before == Some(&'h') || after == Some(&'s')
        };
        match letters[at] {
            'y' if run > 2 => out.push_str(&format!("{year:04}")),
            'y' => out.push_str(&format!("{:02}", year % 100)),
            'm' if minutes() => out.push_str(&pad(minute.into())),
            'm' => out.push_str(&pad(month.into())),
            'd' => out.push_str(&pad(day.into())),
            'h' if half_day => out.push_str(&pad(if hour % 12 == 0 { 12 } else { u16::from(hour % 12) })),
            'h' => out.push_str(&pad(hour.into())),
            's' => out.push_str(&pad(second.into())),
            'a' if half_day => out.push_str(if hour < 12 { "上午" } else { "下午" }),
            '/' if out.ends_with("午") => {}
            'p' if half_day => {}
            '\0' => {
                for mark in &marks[at..at + run] {
                    if let Mark::Literal(c) = mark {
                        out.push(*c);
                    }
                }
            }
            other => out.extend(std::iter::repeat_n(other, run)),
        }
        at += run;
        // The letters of am/pm are one mark.
        if half_day && out.ends_with("午") {
            while letters.get(at).is_some_and(|c| matches!(c, 'm' | '/' | 'p' | 'a')) {
                at += 1;
            }
        }
    }
    out.trim().to_owned()
}

/// A number without format: 15 digits at most, as spreadsheets compute.
fn general(value: f64) -> String {
    let rounded: f64 = format!("{value:.14e}").parse().unwrap_or(value);
    if rounded != 0.0 && !(1e-9..1e18).contains(&rounded.abs()) { format!("{rounded:e}") } else { format!("{rounded}") }
}

/// A character of a format: one that forms the number, or one that is shown as it is.
enum Mark {
    Form(char),
    Literal(char),
}

/// The parts of a format for positive, negative and other values.
fn sections(code: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut start, mut quoted) = (0, false);
    for (at, c) in code.char_indices() {
        match c {
            '"' => quoted = !quoted,
            ';' if !quoted => {
                parts.push(&code[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(&code[start..]);
    parts
}

/// The marks of a section, without colours, languages and the widths of blanks.
fn marks(section: &str) -> Vec<Mark> {
    let mut marks = Vec::new();
    let mut chars = section.chars();
    let mut quoted = false;
    while let Some(c) = chars.next() {
        match c {
            '"' => quoted = !quoted,
            _ if quoted => marks.push(Mark::Literal(c)),
            '\\' => marks.extend(chars.next().map(Mark::Literal)),
            '_' | '*' => drop(chars.next()),
            '[' => {
                let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let currency =
                    inner.strip_prefix('$').map(|rest| rest.split('-').next().unwrap_or_default()).unwrap_or_default();
                marks.extend(currency.chars().map(Mark::Literal));
            }
            '$' | '￥' | '¥' | '(' | ')' | ' ' => marks.push(Mark::Literal(c)),
            c if !c.is_ascii() => marks.push(Mark::Literal(c)),
            c => marks.push(Mark::Form(c)),
        }
    }
    marks
}

/// A figure between the literals that stand before and behind its form.
fn surround(marks: &[Mark], figure: &str) -> String {
    let mut out = String::new();
    let mut written = false;
    for mark in marks {
        match mark {
            Mark::Literal(c) => out.push(*c),
            Mark::Form('%') => out.push('%'),
            Mark::Form('-') if !written => out.push('-'),
            Mark::Form('0' | '#' | '?' | '.' | ',') if !written => {
                out.push_str(figure);
                written = true;
            }
            Mark::Form(_) => {}
        }
    }
    out.trim().to_owned()
}

/// A figure with at least so many digits before its point.
fn padded(text: &str, least: usize) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let whole = digits.find('.').unwrap_or(digits.len());
    format!("{sign}{}{digits}", "0".repeat(least.saturating_sub(whole).min(30)))
}

/// A figure with commas between thousands.
fn grouped(text: &str) -> String {
    let (sign, digits) = text.strip_prefix('-').map_or(("", text), |digits| ("-", digits));
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut out = String::from(sign);
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    out + fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_shown_by_their_format() {
        for (value, code, expected) in [
            (0.15, "0%", "15%"),
            (0.1 + 0.2, "General", "0.3"),
            (1234567.5, "#,##0.00", "1,234,567.50"),
            (-3.5, "0.0;(0.0)", "(3.5)"),
            (12.0, "0\"元\"", "12元"),
            (1200.0, "\"￥\"#,##0", "￥1,200"),
            (7.0, "000", "007"),
            (2.5, "0.##", "2.5"),
            (13800000000.0, "General", "13800000000"),
            (5.0, "", "5"),
            (99.0, "[Red]0_ ", "99"),
        ] {
            assert_eq!(number(value, code), expected, "{code}");
        }
    }

    #[test]
    fn dates_are_shown_by_their_format() {
        let when = (2024, 3, 1, 14, 5, 0);
        for (code, expected) in [
            ("yyyy-mm-dd", "2024-03-01"),
            ("yyyy\"年\"m\"月\"d\"日\"", "2024年3月1日"),
            ("yyyy年m月d日", "2024年3月1日"),
            ("yyyy/m/d h:mm", "2024/3/1 14:05"),
            ("mm-dd-yy", "2024-03-01 14:05"),
            ("h:mm AM/PM", "2:05 下午"),
            ("", "2024-03-01 14:05"),
        ] {
            assert_eq!(moment(when, code), expected, "{code}");
        }
    }
}
