//! Numerals in any writing: 43, 1,098, １２.６％, 四十三, 一千零九十八, 二五三一一, 叁, 5.3亿, 百分之四十. Each comes with one canonical
//! value, so that a question's 四十三个 meets a document's 43个.

/// A numeral in a folded text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Numeral {
    /// Position of its first character.
    pub from: usize,
    /// Position after its last character, multiplier and percent sign included.
    pub to: usize,
    /// The value in decimal digits without superfluous zeros, with `%` at the end for a percentage.
    pub value: String,
}

impl Numeral {
    /// The value with its unit where it is a month or the day of one: 4月 for 四月份 and 4月, 9日 for the day in 四月九号. A bare 4 says
    /// next to nothing.
    pub fn date_part(&self, chars: &[char]) -> Option<String> {
        let value: u32 = self.value.parse().ok()?;
        let behind_month = self.from > 0 && chars[self.from - 1] == '月';
        match chars.get(self.to)? {
            '月' if (1..=12).contains(&value) => Some(format!("{value}月")),
            '日' | '号' if behind_month && (1..=31).contains(&value) => Some(format!("{value}日")),
            _ => None,
        }
    }
}

/// Characters that follow a numeral of a single Chinese digit where it counts something; elsewhere (一般, 十分, 三角洲) it is
/// more often part of a word.
const COUNTERS: &str = "个位名件项条款家户人次年月日号天周岁元块角分吨米公平亩倍级期批届章节编座所栋辆台只头本张份套组队类种层点起例\
                        大方城区县市省乡镇村路段步轮步阶小时倍成折";

/// The largest number of digits that a value may have; longer ones are identifiers and stay as they stand.
const MOST_DIGITS: usize = 30;

/// Finds the numerals of a folded text, from left to right, without overlap.
pub fn numerals(chars: &[char]) -> Vec<Numeral> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        match numeral(chars, at) {
            Some(numeral) => {
                at = numeral.to;
                found.push(numeral);
            }
            None => at += 1,
        }
    }
    found
}

fn numeral(chars: &[char], at: usize) -> Option<Numeral> {
    let percent = chars[at..].starts_with(&['百', '分', '之']);
    let start = if percent { at + 3 } else { at };
    let (decimal, mut to) = arabic(chars, start).or_else(|| chinese(chars, start, percent))?;
    let (decimal, after) = multiply(decimal, chars, to);
    to = after;
    let sign = chars.get(to) == Some(&'%');
    let mut value = decimal.canonical()?;
    if percent || sign {
        value.push('%');
        to += usize::from(sign);
    }
    Some(Numeral { from: at, to, value })
}

/// `digits * 10^exponent`.
struct Decimal {
    digits: String,
    exponent: i32,
}

impl Decimal {
    fn canonical(&self) -> Option<String> {
        let digits = self.digits.trim_start_matches('0');
        if digits.is_empty() {
            return Some("0".to_owned());
        }
        let significant = digits.trim_end_matches('0');
        let exponent = self.exponent + i32::try_from(digits.len() - significant.len()).ok()?;
        let whole = i32::try_from(significant.len()).ok()? + exponent;
        let length = usize::try_from(whole.abs().max(exponent.abs())).ok()?;
        if length > MOST_DIGITS || significant.len() > MOST_DIGITS {
            return None;
        }
        Some(if exponent >= 0 {
            format!("{significant}{}", "0".repeat(exponent.unsigned_abs() as usize))
        } else if whole > 0 {
            let (left, right) = significant.split_at(whole.unsigned_abs() as usize);
            format!("{left}.{right}")
        } else {
            format!("0.{}{significant}", "0".repeat(whole.unsigned_abs() as usize))
        })
    }
}

/// Digits with or without thousands separators and a fraction. Letters around them make an identifier, not a number.
fn arabic(chars: &[char], at: usize) -> Option<(Decimal, usize)> {
    let digit = |at: usize| chars.get(at).is_some_and(char::is_ascii_digit);
    if !digit(at) || at > 0 && chars[at - 1].is_ascii_alphanumeric() {
        return None;
    }
    let mut digits = String::new();
    let mut to = at;
    while digit(to) {
        digits.push(chars[to]);
        to += 1;
        let group = chars.get(to) == Some(&',') && (1..=3).all(|next| digit(to + next)) && !digit(to + 4);
        if group && (to - at <= 3 || chars[at..to].contains(&',')) {
            to += 1;
        }
    }
    let mut exponent = 0;
    if chars.get(to) == Some(&'.') && digit(to + 1) {
        to += 1;
        while digit(to) {
            digits.push(chars[to]);
            exponent -= 1;
            to += 1;
        }
    }
    Some((Decimal { digits, exponent }, to))
}

/// Applies 十 百 千 万 亿 (also 万亿) that follow a number.
fn multiply(mut decimal: Decimal, chars: &[char], mut at: usize) -> (Decimal, usize) {
    while let Some(power) = chars.get(at).and_then(|c| power(*c)) {
        decimal.exponent += power;
        at += 1;
    }
    (decimal, at)
}

/// A numeral in Chinese characters: by places (一千零九十八), digit for digit (二五三一一), with a fraction (五十三点六).
fn chinese(chars: &[char], at: usize, percent: bool) -> Option<(Decimal, usize)> {
    let spells = |c: &char| digit(*c).is_some() || power(*c).is_some();
    // A part of a run that makes no number as a whole is none either.
    if at > 0 && spells(&chars[at - 1]) && !percent {
        return None;
    }
    let length = chars[at..].iter().take_while(|c| spells(c)).count();
    let run = &chars[at..at + length];
    digit(*run.first()?).or_else(|| (run[0] == '十' || run[0] == '拾').then_some(1))?;
    if length > MOST_DIGITS || length == 1 && !percent && !counts(chars, at) {
        return None;
    }
    let mut to = at + length;
    // The large units at the end of the run are left to `multiply`, so that 五十三点六亿 and 五十三亿 read alike.
    let mut decimal = if run.iter().all(|c| digit(*c).is_some()) {
        Decimal { digits: run.iter().filter_map(|c| digit(*c)).map(|d| char::from(b'0' + d)).collect(), exponent: 0 }
    } else {
        Decimal { digits: by_places(run)?.to_string(), exponent: 0 }
    };
    if chars.get(to) == Some(&'点') {
        let fraction: Vec<u8> = chars[to + 1..].iter().map_while(|c| digit(*c)).collect();
        if !fraction.is_empty() {
            decimal.exponent -= i32::try_from(fraction.len()).ok()?;
            to += 1 + fraction.len();
            decimal.digits.extend(fraction.into_iter().map(|d| char::from(b'0' + d)));
        }
    }
    Some((decimal, to))
}

fn counts(chars: &[char], at: usize) -> bool {
    // 十分 is "very" far more often than ten minutes.
    if chars[at..].starts_with(&['十', '分']) {
        return false;
    }
    let ordinal = at > 0 && chars[at - 1] == '第';
    ordinal || chars.get(at + 1).is_some_and(|next| COUNTERS.contains(*next) || *next == '点')
}

/// Reads 一亿零三百五十万: 十 百 千 multiply the digit before them, 万 and 亿 all that stands before them since the last of their kind.
fn by_places(run: &[char]) -> Option<u128> {
    let (mut total, mut myriads, mut section, mut pending) = (0u128, 0u128, 0u128, None::<u128>);
    let mut last_power = 0;
    for c in run {
        if let Some(value) = digit(*c) {
            // Two digits in a row, other than after a zero, are no number by places: 十四五 is a plan, not a count.
            if pending.is_some_and(|before| before > 0) {
                return None;
            }
            pending = Some(u128::from(value));
            continue;
        }
        let power = power(*c)?;
        let unit = 10u128.pow(power.unsigned_abs());
        if power < 4 {
            section += pending.take().unwrap_or(1).checked_mul(unit)?;
        } else {
            let amount = section + pending.take().unwrap_or(0);
            if power == 4 {
                myriads += amount.checked_mul(unit)?;
            } else {
                total = total.checked_add((myriads + amount).checked_mul(unit)?)?;
                myriads = 0;
            }
            section = 0;
        }
        last_power = power;
    }
    let mut rest = pending.unwrap_or(0);
    // 三百五 is 350, 一万二 is 12,000: a digit right after a unit of hundreds or more counts in the next smaller place.
    let bare = run.len() >= 2 && power(run[run.len() - 2]).is_some();
    if bare && last_power >= 2 && (1..10).contains(&rest) {
        rest *= 10u128.pow(last_power.unsigned_abs() - 1);
    }
    total.checked_add(myriads)?.checked_add(section)?.checked_add(rest)
}

fn digit(c: char) -> Option<u8> {
    Some(match c {
        '〇' | '零' => 0,
        '一' | '壹' | '幺' => 1,
        '二' | '两' | '贰' | '兩' => 2,
        '三' | '叁' => 3,
        '四' | '肆' => 4,
        '五' | '伍' => 5,
        '六' | '陆' => 6,
        '七' | '柒' => 7,
        '八' | '捌' => 8,
        '九' | '玖' => 9,
        _ => return None,
    })
}

fn power(c: char) -> Option<i32> {
    Some(match c {
        '十' | '拾' => 1,
        '百' | '佰' => 2,
        '千' | '仟' => 3,
        '万' => 4,
        '亿' => 8,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(input: &str, expected: &[&str]) {
        let chars: Vec<char> = input.chars().collect();
        let values: Vec<String> = numerals(&chars).into_iter().map(|numeral| numeral.value).collect();
        assert_eq!(values, expected, "{input}");
    }

    #[test]
    fn arabic_numerals() {
        check("43个项目", &["43"]);
        check("1,098亿元", &["109800000000"]);
        check("130.23亿元", &["13023000000"]);
        check("12.60%", &["12.6%"]);
        check("2021年3月15日", &["2021", "3", "15"]);
        check("1,2,3", &["1", "2", "3"]);
        check("2.2万人", &["22000"]);
        check("1.5万亿", &["1500000000000"]);
        check("0.05", &["0.05"]);
        check("g20", &[]);
    }

    #[test]
    fn months_and_their_days() {
        let check = |input: &str, expected: &[&str]| {
            let chars: Vec<char> = input.chars().collect();
            let parts: Vec<String> =
                numerals(&chars).into_iter().filter_map(|numeral| numeral.date_part(&chars)).collect();
            assert_eq!(parts, expected, "{input}");
        };
        check("2021年3月15日", &["3月", "15日"]);
        check("四月九号", &["4月", "9日"]);
        check("十二月份", &["12月"]);
        check("3个月", &[]);
        check("30月", &[]);
        check("5日内答复", &[]);
    }

    #[test]
    fn chinese_numerals() {
        check("四十三个", &["43"]);
        check("二五三一一是什么", &["25311"]);
        check("二〇二一年", &["2021"]);
        check("一千零九十八亿", &["109800000000"]);
        check("五十三点六亿", &["5360000000"]);
        check("百分之十二点六", &["12.6%"]);
        check("百分之五", &["5%"]);
        check("十个", &["10"]);
        check("十五", &["15"]);
        check("两个坚持", &["2"]);
        check("叁佰贰拾元", &["320"]);
        check("三百五", &["350"]);
        check("一万二", &["12000"]);
        check("三百零五", &["305"]);
        check("一亿三千万", &["130000000"]);
        check("第三天", &["3"]);
        check("一百四十六位", &["146"]);
    }

    #[test]
    fn words_are_no_numerals() {
        check("一般来说十分统一", &[]);
        check("百分之", &[]);
        check("万一", &[]);
        check("十四五规划", &[]);
        check("", &[]);
    }

    proptest! {
        #[test]
        fn any_text_is_read_without_panic(text in "[0-9,.%一二三四五六七八九十百千万亿零点个第分之]{0,40}") {
            let chars: Vec<char> = text.chars().collect();
            let mut last = 0;
            for numeral in numerals(&chars) {
                prop_assert!(last <= numeral.from && numeral.from < numeral.to && numeral.to <= chars.len());
                last = numeral.to;
            }
        }

        #[test]
        fn writing_does_not_matter(value in 1u32..99_999_999) {
            let chars: Vec<char> = spell(value).chars().chain(['个']).collect();
            let expected = vec![value.to_string()];
            let values: Vec<String> = numerals(&chars).into_iter().map(|numeral| numeral.value).collect();
            prop_assert_eq!(values, expected);
        }
    }

    /// Writes a number the way it is read aloud.
    fn spell(value: u32) -> String {
        let (high, low) = (value / 10_000, value % 10_000);
        let mut text = String::new();
        if high > 0 {
            text.push_str(&thousands(high, false));
            text.push('万');
        }
        if low > 0 {
            text.push_str(&thousands(low, high > 0));
        }
        text
    }

    fn thousands(value: u32, inside: bool) -> String {
        let names = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];
        let mut text = String::new();
        let mut gap = inside && value < 1000;
        for (place, unit) in [(1000, "千"), (100, "百"), (10, "十"), (1, "")] {
            let digit = value / place % 10;
            if digit == 0 {
                gap |= !text.is_empty();
                continue;
            }
            if gap {
                text.push('零');
                gap = false;
            }
            text.push(names[digit as usize]);
            text.push_str(unit);
        }
        text
    }
}
