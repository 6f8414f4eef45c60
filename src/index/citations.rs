//! Which documents and articles others refer to: 《title》, 《title》第N条, 本法第N条. What is referred to often is more likely
//! what is asked for.

use std::collections::{BTreeMap, HashMap};

use crate::text::{fold, ordinal};

/// Ways in which a document refers to itself before the number of an article.
const ITSELF: [&str; 8] = ["本法", "本条例", "本规定", "本办法", "本解释", "本细则", "本决定", "本规则"];

/// How often a document refers to others and to itself: by title, and by title and article. The empty title stands for the
/// document itself.
pub(super) type Citations = BTreeMap<String, u32>;

/// The references in a text.
pub(super) fn citations(text: &str) -> Citations {
    let chars = fold(text).chars;
    let mut found = Citations::new();
    let mut at = 0;
    while at < chars.len() {
        let (title, end) = if chars[at] == '《' {
            let length = chars[at..].iter().take(80).position(|c| *c == '》').unwrap_or(0);
            (canonical(&chars[at + 1..at + length.max(1)]), at + length + 1)
        } else if let Some(word) = ITSELF.iter().find(|word| chars[at..].starts_with(&word.chars().collect::<Vec<_>>()))
        {
            (String::new(), at + word.chars().count())
        } else {
            at += 1;
            continue;
        };
        if end > at + 1 && (!title.is_empty() || chars[at] == '本') {
            if !title.is_empty() {
                *found.entry(title.clone()).or_default() += 1;
            }
            if let Some(length) = ordinal(&chars[end.min(chars.len())..], '条') {
                let article: String = chars[end..end + length].iter().collect();
                *found.entry(format!("{title}#{article}")).or_default() += 1;
            }
        }
        at = end.max(at + 1);
    }
    found
}

/// A title as it is compared: without the name of the state, brackets and what stands in them, and white space.
pub(super) fn canonical_title(title: &str) -> String {
    canonical(&fold(title).chars)
}

fn canonical(chars: &[char]) -> String {
    let mut depth = 0;
    let mut title = String::new();
    for c in chars {
        match c {
            '(' | '<' => depth += 1,
            ')' | '>' => depth -= 1,
            c if depth == 0 && !c.is_whitespace() => title.push(*c),
            _ => {}
        }
    }
    title.strip_prefix("中华人民共和国").map(str::to_owned).unwrap_or(title)
}

/// The references of a whole corpus, counted by what they refer to.
#[derive(Debug, Default)]
pub(super) struct Cited {
    /// In how many documents with another title a title occurs.
    documents: HashMap<String, u32>,
    /// How often an article is referred to, by title and article.
    articles: HashMap<String, u32>,
}

impl Cited {
    /// Counts the references of all documents, each given with its title.
    pub(super) fn count<'d>(documents: impl Iterator<Item = (Option<&'d str>, &'d Citations)>) -> Cited {
        let mut cited = Cited::default();
        for (title, citations) in documents {
            let own = title.map(canonical_title).unwrap_or_default();
            for (key, count) in citations {
                match key.split_once('#') {
                    None if *key != own => *cited.documents.entry(key.clone()).or_default() += 1,
                    None => {}
                    Some(("", article)) => *cited.articles.entry(format!("{own}#{article}")).or_default() += count,
                    Some(_) => *cited.articles.entry(key.clone()).or_default() += count,
                }
            }
        }
        cited
    }

    /// In how many other documents the title occurs, and how often the article is referred to.
    pub(super) fn of(&self, title: &str, article: Option<&str>) -> (u32, u32) {
        // A title of several parts (民法典 总则) is known by the first one as well.
        let first = canonical_title(title.split_whitespace().next().unwrap_or_default());
        let title = Some(canonical_title(title)).filter(|title| self.documents.contains_key(title)).unwrap_or(first);
        let articles = article.and_then(|article| self.articles.get(&format!("{title}#{article}")));
        (self.documents.get(&title).copied().unwrap_or(0), articles.copied().unwrap_or(0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_are_found_and_counted() {
        let found =
            citations("依照《中华人民共和国民法典》第十条和《公司法（2023年修订）》办理，本法第三条除外。《未完");
        let pairs: Vec<(&str, u32)> = found.iter().map(|(key, count)| (key.as_str(), *count)).collect();
        assert_eq!(pairs, [("#第三条", 1), ("公司法", 1), ("民法典", 1), ("民法典#第十条", 1)]);
        let cited = Cited::count([(Some("公司法"), &found), (Some("民法典"), &citations("《民法典》"))].into_iter());
        assert_eq!(cited.of("中华人民共和国民法典", Some("第十条")), (1, 1));
        assert_eq!(cited.of("公司法", Some("第三条")), (0, 1));
        assert_eq!(cited.of("", None), (0, 0));
    }
}
