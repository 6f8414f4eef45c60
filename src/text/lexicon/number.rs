//! English numerals: "twenty-one", "9th", "1.5 billion", "Q1", each as the Chinese and Arabic forms a document may use.

/// A numeral read from the head of a list of words.
pub(crate) struct Numeral {
    /// How many words it took.
    pub(crate) words: usize,
    /// Forms a Chinese text may use, likeliest first.
    pub(crate) forms: Vec<String>,
}

const UNITS: &[&str] = &[
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
];
const TENS: &[&str] = &["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"];
const ORDINALS: &[&str] = &[
    "zeroth",
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
    "eleventh",
    "twelfth",
    "thirteenth",
    "fourteenth",
    "fifteenth",
    "sixteenth",
    "seventeenth",
    "eighteenth",
    "nineteenth",
];
const SCALES: &[(&str, f64)] =
    &[("hundred", 1e2), ("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("trillion", 1e12)];
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Reads a numeral that begins at the first of `words` (lower case, hyphens already taken as word breaks).
pub(crate) fn read(words: &[&str]) -> Option<Numeral> {
    let first = *words.first()?;
    // "one" alone is a pronoun more often than a number.
    if first == "one" && words.get(1).is_none_or(|next| scale_value(next).is_none()) {
        return None;
    }
    let readers = [date, quarter, century, ordinal, cardinal];
    readers.iter().find_map(|reader| reader(words))
}

/// "April 9", "9th April", "March": the month of May needs a day, because "may" is a verb.
fn date(words: &[&str]) -> Option<Numeral> {
    let day = |at: usize| {
        let word = words.get(at)?;
        ordinal_value(word).or_else(|| word.parse().ok()).filter(|day| (1..=31).contains(day))
    };
    let (month, day, used) = match (month(words[0]), words.get(1).and_then(|w| month(w))) {
        (Some(month), _) => (month, day(1), 1 + usize::from(day(1).is_some())),
        (None, Some(month)) => (month, Some(day(0)?), 2),
        (None, None) => return None,
    };
    match day {
        Some(day) => Some(Numeral { words: used, forms: vec![format!("{month}月{day}日")] }),
        None if words[0] == "may" => None,
        None => Some(Numeral { words: 1, forms: vec![format!("{month}月"), format!("{}月", chinese(month as u64))] }),
    }
}

/// The number of a month's English name, 1 to 12.
fn month(word: &str) -> Option<usize> {
    MONTHS.iter().position(|&name| name == word || (word.len() == 3 && name.starts_with(word))).map(|at| at + 1)
}

fn quarter(words: &[&str]) -> Option<Numeral> {
    let number = words.first()?.strip_prefix('q')?.parse::<u64>().ok().filter(|n| (1..=4).contains(n))?;
    let digit = chinese(number);
    let mut forms = vec![format!("第{digit}季度"), format!("{digit}季度")];
    if number == 1 {
        forms.push("首季".to_owned());
    }
    Some(Numeral { words: 1, forms })
}

/// "19th century", "nineteenth century": the century alone is more telling than its number.
fn century(words: &[&str]) -> Option<Numeral> {
    if !matches!(*words.get(1)?, "century" | "centuries") {
        return None;
    }
    let number = ordinal_value(words[0])?;
    Some(Numeral { words: 2, forms: vec![format!("{number}世纪"), format!("{}世纪", chinese(number))] })
}

fn ordinal(words: &[&str]) -> Option<Numeral> {
    let first = *words.first()?;
    let (number, used) = match tens_value(first) {
        Some(tens) if words.len() > 1 => (tens + ordinal_value(words[1]).filter(|&n| n < 10)?, 2),
        _ => (ordinal_value(first)?, 1),
    };
    let mut forms = vec![format!("第{}", chinese(number)), format!("第{number}")];
    if number == 1 {
        forms.extend(["首次", "首", "最早"].map(str::to_owned));
    }
    Some(Numeral { words: used, forms })
}

fn ordinal_value(word: &str) -> Option<u64> {
    let digits = ["st", "nd", "rd", "th"].iter().find_map(|ending| word.strip_suffix(ending));
    digits
        .and_then(|d| d.parse().ok())
        .or_else(|| ORDINALS.iter().position(|&w| w == word).map(|n| n as u64))
        .or_else(|| word.strip_suffix("ieth").and_then(|stem| tens_value(&format!("{stem}y"))))
}

fn tens_value(word: &str) -> Option<u64> {
    TENS.iter().position(|&w| w == word).map(|n| 20 + 10 * n as u64)
}

fn scale_value(word: &str) -> Option<f64> {
    SCALES.iter().find(|(name, _)| *name == word).map(|&(_, scale)| scale)
}

/// "two hundred and five", "1.5 billion", "282": digits may head the words.
fn cardinal(words: &[&str]) -> Option<Numeral> {
    let first = *words.first()?;
    if let Some(digits) = digits_value(first) {
        let scale = words.get(1).and_then(|w| scale_value(w));
        let value = digits * scale.unwrap_or(1.0);
        let mut forms = number_forms(value);
        if scale.is_none() {
            forms.insert(0, first.replace(',', ""));
            forms.insert(1, first.to_owned());
            forms.dedup();
        }
        return Some(Numeral { words: 1 + usize::from(scale.is_some()), forms });
    }
    let (value, used) = spelled(words)?;
    Some(Numeral { words: used, forms: number_forms(value) })
}

fn digits_value(word: &str) -> Option<f64> {
    let plain = word.replace(',', "");
    plain.bytes().all(|b| b.is_ascii_digit() || b == b'.').then(|| plain.parse().ok()).flatten()
}

fn spelled(words: &[&str]) -> Option<(f64, usize)> {
    let (mut total, mut part, mut used) = (0.0, 0.0, 0);
    for (at, &word) in words.iter().enumerate() {
        if let Some(unit) = UNITS.iter().position(|&w| w == word) {
            part += unit as f64;
        } else if let Some(tens) = tens_value(word) {
            part += tens as f64;
        } else if let (Some(scale), true) = (scale_value(word), used > 0) {
            if scale > 100.0 {
                total += part * scale;
                part = 0.0;
            } else {
                part *= scale;
            }
        } else if word == "and"
            && used > 0
            && words.get(at + 1).is_some_and(|w| UNITS.contains(w) || tens_value(w).is_some())
        {
            continue;
        } else {
            break;
        }
        used = at + 1;
    }
    (used > 0).then_some((total + part, used))
}

/// Digits, Chinese numerals, and the value in 万 or 亿 as documents write large amounts.
fn number_forms(value: f64) -> Vec<String> {
    let mut forms = Vec::new();
    for (unit, size) in [("亿", 1e8), ("万", 1e4)] {
        if value >= size {
            forms.push(format!("{}{unit}", round(value / size)));
            break;
        }
    }
    if value.fract() == 0.0 && value < 1e15 {
        let whole = value as u64;
        forms.push(whole.to_string());
        if whole < 10_000 {
            forms.push(chinese(whole));
        }
        if whole == 2 {
            forms.push("两".to_owned());
        }
    } else {
        forms.push(round(value));
    }
    forms
}

/// At most four decimals, without trailing zeros.
fn round(value: f64) -> String {
    let text = format!("{value:.4}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Chinese numeral of a number below ten thousand; larger ones stay in digits.
pub(crate) fn chinese(number: u64) -> String {
    const DIGITS: [&str; 10] = ["零", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    if number >= 10_000 {
        return number.to_string();
    }
    if number == 0 {
        return DIGITS[0].to_owned();
    }
    let mut text = String::new();
    let mut gap = false;
    for (unit, size) in [("千", 1000), ("百", 100), ("十", 10), ("", 1)] {
        let digit = (number / size % 10) as usize;
        if digit == 0 {
            gap = !text.is_empty();
            continue;
        }
        if gap {
            text.push_str(DIGITS[0]);
            gap = false;
        }
        if !(size == 10 && digit == 1 && text.is_empty()) {
            text.push_str(DIGITS[digit]);
        }
        text.push_str(unit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numerals() {
        let check = |words: &str, used: usize, form: &str| {
            let list: Vec<&str> = words.split(' ').collect();
            let numeral = read(&list).unwrap();
            assert_eq!(numeral.words, used, "{words}: {:?}", numeral.forms);
            assert!(numeral.forms.iter().any(|f| f == form), "{words}: {:?}", numeral.forms);
        };
        check("twenty one dogs", 2, "二十一");
        check("two hundred and five", 4, "205");
        check("1.5 billion yuan", 2, "15亿");
        check("three million", 2, "300万");
        check("9th column", 1, "第九");
        check("ninth", 1, "第9");
        check("twenty first", 2, "第二十一");
        check("19th century", 2, "19世纪");
        check("april 9th", 2, "4月9日");
        check("15 march", 2, "3月15日");
        check("october report", 1, "10月");
        check("one hundred", 2, "100");
        check("q1", 1, "一季度");
        check("11,000 miners", 1, "11000");
        check("282 projects", 1, "282");
        assert!(read(&["hundred"]).is_none());
        assert!(read(&["one"]).is_none());
        assert!(read(&["may"]).is_none());
        assert!(read(&["qx"]).is_none());
    }

    #[test]
    fn chinese_numerals() {
        let check = |number, expected: &str| assert_eq!(chinese(number), expected);
        check(0, "零");
        check(10, "十");
        check(21, "二十一");
        check(105, "一百零五");
        check(1000, "一千");
        check(2016, "二千零一十六");
    }

    #[test]
    fn months() {
        assert_eq!(month("march"), Some(3));
        assert_eq!(month("sep"), Some(9));
        assert_eq!(month("zone"), None);
    }
}
