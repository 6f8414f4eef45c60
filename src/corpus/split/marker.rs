//! The marks with which lines of official Chinese documents begin: 第一章, 第十三条之一, 一、, （一）, 1., (1), ①, bullets.

/// A part of a law above its articles, the largest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Division {
    /// 编, 篇, 部分.
    Book,
    /// 分编.
    SubBook,
    /// 章.
    Chapter,
    /// 节.
    Section,
}

/// A way of numbering headings and list items, the outermost by custom first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Series {
    /// 一、
    Chinese,
    /// （一）
    ChineseInBrackets,
    /// 1.  1、
    Arabic,
    /// (1)
    ArabicInBrackets,
    /// ①
    Circled,
    /// 5.7.1
    Decimal,
    /// A letter: a) or (a).
    Letter,
    /// -, *, •
    Bullet,
}

/// What a line begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Marker {
    /// 第X编, 章, 节.
    Division(Division),
    /// 第X条, 第X条之X.
    Article,
    /// A numbered heading or list item, or a bullet.
    Series(Series),
}

/// A mark, its number and its length in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mark {
    /// The kind.
    pub(super) marker: Marker,
    /// The number it shows; 0 for bullets and letters.
    pub(super) number: u32,
    /// How many bytes of the line it takes.
    pub(super) len: usize,
}

/// The mark that a line, without white space before it, begins with.
pub(super) fn read(line: &str) -> Option<Mark> {
    let mut chars = line.chars();
    let first = chars.next()?;
    let rest = chars.as_str();
    let mark = |marker, number, rest: &str| Some(Mark { marker, number, len: line.len() - rest.len() });
    let series = |kind, number, rest: &str| mark(Marker::Series(kind), number, rest);
    match first {
        '第' => division_or_article(line, rest),
        '（' | '(' => {
            let (number, chinese, after) = match numeral(rest.trim_start()) {
                Some(found) => found,
                None => {
                    let after = rest.strip_prefix(|c: char| c.is_ascii_lowercase())?.strip_prefix(['）', ')'])?;
                    return series(Series::Letter, 0, after);
                }
            };
            let after = after.trim_start().strip_prefix(['）', ')'])?;
            let kind = if chinese { Series::ChineseInBrackets } else { Series::ArabicInBrackets };
            (number < 1000).then(|| series(kind, number, after))?
        }
        '①'..='⑳' => series(Series::Circled, first as u32 - '①' as u32 + 1, rest),
        '-' | '*' | '+' | '–' | '·' => {
            let after = rest.strip_prefix([' ', '\u{3000}'])?;
            mark(Marker::Series(Series::Bullet), 0, after).map(|mark| Mark { len: first.len_utf8(), ..mark })
        }
        '•' | '●' | '■' | '◆' | '□' | '▲' | '★' | '☆' | '※' | '◇' | '○' | '►' | '▶' => {
            series(Series::Bullet, 0, rest)
        }
        'a'..='z' | 'A'..='Z' => {
            let after = rest.strip_prefix(['.', ')', '）'])?;
            after.starts_with(' ').then(|| series(Series::Letter, 0, after))?
        }
        _ => {
            let (number, chinese, after) = numeral(line)?;
            if chinese {
                return series(Series::Chinese, number, after.strip_prefix(['、', '．'])?);
            }
            arabic(line, number, after)
        }
    }
}

/// A line that begins with an Arabic number.
fn arabic(line: &str, number: u32, after: &str) -> Option<Mark> {
    let mark = |series, rest: &str| Some(Mark { marker: Marker::Series(series), number, len: line.len() - rest.len() });
    if number == 0 || number >= 1000 {
        return None;
    }
    if let Some(rest) = after.strip_prefix(['、', '．']) {
        return mark(Series::Arabic, rest);
    }
    let rest = after.strip_prefix(['.', ')', '）'])?;
    if !rest.starts_with(|c: char| c.is_ascii_digit()) {
        return mark(Series::Arabic, rest);
    }
    let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.');
    let levels = rest[..rest.len() - tail.len()].split('.').all(|level| level.len() <= 2);
    (levels && after.starts_with('.') && tail.starts_with([' ', '\u{3000}'])).then(|| mark(Series::Decimal, tail))?
}

/// A line that begins with 第.
fn division_or_article(line: &str, rest: &str) -> Option<Mark> {
    let (number, _, after) = numeral(rest.trim_start())?;
    let after = after.trim_start();
    let mark = |marker, rest: &str| Some(Mark { marker, number, len: line.len() - rest.len() });
    if let Some(mut tail) = after.strip_prefix('条') {
        if let Some((_, _, further)) = tail.strip_prefix('之').and_then(numeral) {
            tail = further;
        }
        return mark(Marker::Article, tail);
    }
    let divisions = [
        ("分编", Division::SubBook),
        ("部分", Division::Book),
        ("编", Division::Book),
        ("篇", Division::Book),
        ("章", Division::Chapter),
        ("节", Division::Section),
    ];
    let (tail, division) =
        divisions.iter().find_map(|(word, division)| Some((after.strip_prefix(word)?, *division)))?;
    mark(Marker::Division(division), tail)
}

/// A number at the beginning of `text`: its value, whether it is written in Chinese numerals, and the rest.
fn numeral(text: &str) -> Option<(u32, bool, &str)> {
    let arabic = |c: char| c.to_digit(10).or_else(|| ('０'..='９').contains(&c).then(|| c as u32 - '０' as u32));
    let first = text.chars().next()?;
    if arabic(first).is_some() {
        let rest = text.trim_start_matches(|c| arabic(c).is_some());
        let digits = text[..text.len() - rest.len()].chars().filter_map(arabic);
        return Some((digits.fold(0_u32, |sum, digit| sum.saturating_mul(10).saturating_add(digit)), false, rest));
    }
    let (mut total, mut digit, mut end) = (0_u32, 0_u32, 0);
    let mut positional = 0;
    for (at, c) in text.char_indices() {
        let value = match c {
            '零' | '〇' | '○' => Some(0),
            '两' => Some(2),
            _ => "一二三四五六七八九".chars().position(|numeral| numeral == c).map(|at| at as u32 + 1),
        };
        let unit = match c {
            '十' => 10,
            '百' => 100,
            '千' => 1000,
            _ if value.is_some() => 1,
            _ => break,
        };
        end = at + c.len_utf8();
        if let Some(value) = value {
            positional += 1;
            digit = if positional > 1 && digit > 0 { digit.saturating_mul(10).saturating_add(value) } else { value };
        } else {
            positional = 0;
            total = total.saturating_add(digit.max(1).saturating_mul(unit));
            digit = 0;
        }
    }
    (end > 0).then(|| (total.saturating_add(digit), true, &text[end..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read() {
        let check = |line: &str, expected: Option<(Marker, u32, &str)>| {
            let found = read(line).map(|mark| (mark.marker, mark.number, &line[..mark.len]));
            assert_eq!(found, expected, "{line}");
        };
        let series = Marker::Series;
        check("第一条 为了", Some((Marker::Article, 1, "第一条")));
        check("第一百二十三条之二 有", Some((Marker::Article, 123, "第一百二十三条之二")));
        check("第 12 条", Some((Marker::Article, 12, "第 12 条")));
        check("第二分编  典型合同", Some((Marker::Division(Division::SubBook), 2, "第二分编")));
        check("第十章 附则", Some((Marker::Division(Division::Chapter), 10, "第十章")));
        check("第三部分 任务", Some((Marker::Division(Division::Book), 3, "第三部分")));
        check("十一、其他", Some((series(Series::Chinese), 11, "十一、")));
        check("（二）范围", Some((series(Series::ChineseInBrackets), 2, "（二）")));
        check("(12)项", Some((series(Series::ArabicInBrackets), 12, "(12)")));
        check("2．3，4—亚甲基", Some((series(Series::Arabic), 2, "2．")));
        check("1. 申请", Some((series(Series::Arabic), 1, "1.")));
        check("5.7.1 重伤一级", Some((series(Series::Decimal), 5, "5.7.1")));
        check("③在", Some((series(Series::Circled), 3, "③")));
        check("- 项", Some((series(Series::Bullet), 0, "-")));
        check("(a)项", Some((series(Series::Letter), 0, "(a)")));
        for line in
            ["第一个", "2021.3.5", "1.5亿元", "一个、两个", "2021年", "（见附件）", "-5度", "e.g. this", "18 锌", ""]
        {
            check(line, None);
        }
    }
}
