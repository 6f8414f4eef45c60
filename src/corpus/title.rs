//! The title of a document that does not say it: the heading at its beginning that is most like the file name.

use super::split::Leading;

/// Likeness from which a heading is thought to be what the file was named after.
const MIN_LIKENESS: f32 = 0.3;

/// The heading that is the title, of those at the beginning of a document; `stem` is the file name without extension.
pub(super) fn choose<'h>(leading: &'h [Leading], stem: &str) -> Option<&'h Leading> {
    let stem = bigrams(bare(stem));
    let mut best: Option<(f32, &Leading)> = None;
    for heading in leading {
        let likeness = likeness(&stem, &bigrams(&heading.text));
        if likeness >= MIN_LIKENESS && best.is_none_or(|(highest, _)| likeness > highest) {
            best = Some((likeness, heading));
        }
    }
    best.map(|(_, heading)| heading).or(leading.first())
}

/// A file name without the date or version in brackets at its end.
fn bare(stem: &str) -> &str {
    let cut = stem.rfind(['(', '（']).filter(|&at| stem[at..].chars().nth(1).is_some_and(|c| c.is_ascii_digit()));
    cut.map_or(stem, |at| stem[..at].trim_end())
}

/// The pairs of neighbouring letters, sorted.
fn bigrams(text: &str) -> Vec<(char, char)> {
    let letters: Vec<char> = text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let mut pairs: Vec<(char, char)> = letters.windows(2).map(|pair| (pair[0], pair[1])).collect();
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Share of pairs in common (Dice's coefficient).
fn likeness(a: &[(char, char)], b: &[(char, char)]) -> f32 {
    let common = a.iter().filter(|pair| b.binary_search(pair).is_ok()).count();
    2.0 * common as f32 / (a.len() + b.len()).max(1) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heading_most_like_the_file_name_is_the_title() {
        let check = |headings: &[&str], stem: &str, expected: Option<&str>| {
            let leading: Vec<Leading> =
                headings.iter().map(|text| Leading { text: (*text).to_owned(), by_look: false }).collect();
            assert_eq!(choose(&leading, stem).map(|heading| heading.text.as_str()), expected);
        };
        let article = ["不忘初心 牢记使命 接续奋斗", "焦作高新区开创“又高又新”发展新局面"];
        check(&article, "焦作高新区开创又高又新发展新局面", Some(article[1]));
        check(&["中华人民共和国民法典", "总则"], "总则", Some("总则"));
        check(
            &["中华人民共和国环境保护税法", "第一章 总则"],
            "环境保护税法(2018-10-26)",
            Some("中华人民共和国环境保护税法"),
        );
        check(&["甲", "乙"], "scan0001", Some("甲"));
        check(&[], "scan0001", None);
    }
}
