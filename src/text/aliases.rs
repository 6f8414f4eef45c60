//! Names for the same thing, as an admin wrote them down: each name of a group may stand for any other of it.

use std::{cmp::Reverse, collections::HashMap};

use super::fold::fold;

/// So many groups are read; what an office writes by hand stays far below.
const MOST_GROUPS: usize = 2_000;
/// So many names of one thing: each is looked up beside every part of the name that was typed.
const MOST_NAMES: usize = 12;
/// Letters and ideographs that a name has: a single one meets by chance, a sentence is no name.
const LEAST_LENGTH: usize = 2;
const MOST_LENGTH: usize = 40;

/// Groups of names, in folded text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Aliases {
    groups: Vec<Vec<String>>,
    /// The names by their first character, longest first, each with the number of its group.
    beginning: HashMap<char, Vec<(Vec<char>, usize)>>,
}

/// A name of a group in a folded text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Naming {
    /// Position of its first character.
    pub from: usize,
    /// Position after its last character.
    pub to: usize,
    /// The number of its group.
    pub group: usize,
}

/// A line of a list of aliases that is left out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadLine {
    /// Its number, counted from 1.
    pub line: usize,
    /// What is wrong and what to do about it.
    pub reason: String,
}

impl Aliases {
    /// Groups of folded names.
    pub fn new(groups: Vec<Vec<String>>) -> Aliases {
        let mut beginning: HashMap<char, Vec<(Vec<char>, usize)>> = HashMap::new();
        for (group, names) in groups.iter().enumerate() {
            for name in names {
                let chars: Vec<char> = name.chars().collect();
                if let Some(first) = chars.first().copied() {
                    beginning.entry(first).or_default().push((chars, group));
                }
            }
        }
        for names in beginning.values_mut() {
            names.sort_by_key(|(name, _)| Reverse(name.len()));
        }
        Aliases { groups, beginning }
    }

    /// Reads a list: on each line the names of one thing with `=` between them; what follows `#` is a comment. Lines that
    /// cannot be understood are left out and named.
    pub fn read(text: &str) -> (Aliases, Vec<BadLine>) {
        let mut groups: Vec<Vec<String>> = Vec::new();
        let mut known: HashMap<String, usize> = HashMap::new();
        let mut bad = Vec::new();
        for (at, line) in text.lines().enumerate() {
            let line_number = at + 1;
            let line = line.split(['#', '＃']).next().unwrap_or_default();
            if line.trim().is_empty() {
                continue;
            }
            let names = names(line).and_then(|names| match names.iter().find_map(|name| known.get_key_value(name)) {
                Some((name, earlier)) => Err(format!(
                    "“{name}” stands in line {earlier} already; write all names of one thing on the same line"
                )),
                None if groups.len() >= MOST_GROUPS => {
                    Err(format!("there are more than {MOST_GROUPS} lines; remove what is not needed"))
                }
                None => Ok(names),
            });
            match names {
                Ok(names) => {
                    known.extend(names.iter().map(|name| (name.clone(), line_number)));
                    groups.push(names);
                }
                Err(reason) => bad.push(BadLine { line: line_number, reason }),
            }
        }
        (Aliases::new(groups), bad)
    }

    /// The groups, in their order.
    pub fn groups(&self) -> &[Vec<String>] {
        &self.groups
    }

    /// The names in a folded text, from left to right, the longest at each place, without overlap.
    pub fn namings(&self, chars: &[char]) -> Vec<Naming> {
        let mut found = Vec::new();
        let mut at = 0;
        while at < chars.len() {
            let names = self.beginning.get(&chars[at]).map_or(&[][..], Vec::as_slice);
            match names.iter().find(|(name, _)| stands_at(chars, at, name)) {
                Some((name, group)) => {
                    found.push(Naming { from: at, to: at + name.len(), group: *group });
                    at += name.len();
                }
                None => at += 1,
            }
        }
        found
    }
}

/// Whether a folded text has a name at a place; letters and digits do not go on before or after it.
pub fn stands_at(chars: &[char], at: usize, name: &[char]) -> bool {
    let letter = |at: usize| chars.get(at).is_some_and(char::is_ascii_alphanumeric);
    let joined = |left: usize| letter(left) && letter(left + 1);
    chars[at..].starts_with(name)
        && !at.checked_sub(1).is_some_and(joined)
        && !(at + name.len()).checked_sub(1).is_some_and(joined)
}

/// The folded names of a line, each once.
fn names(line: &str) -> Result<Vec<String>, String> {
    let mut names: Vec<String> = Vec::new();
    for part in line.split(['=', '＝']) {
        let name = fold(part).text().split_whitespace().collect::<Vec<_>>().join(" ");
        let length = name.chars().filter(|c| c.is_alphanumeric()).count();
        if name.is_empty() {
            return Err("a name is missing beside “=”; write it, or remove the “=”".to_owned());
        }
        if length < LEAST_LENGTH {
            return Err(format!(
                "“{name}” is too short to be found safely; write a name of {LEAST_LENGTH} characters or more"
            ));
        }
        if name.chars().count() > MOST_LENGTH {
            let beginning: String = name.chars().take(12).collect();
            return Err(format!(
                "“{beginning}…” is longer than {MOST_LENGTH} characters; write names only, with “=” between them"
            ));
        }
        if !names.contains(&name) {
            names.push(name);
        }
    }
    match names.len() {
        0 | 1 => Err("there is only one name; write another name of the same thing behind “=”".to_owned()),
        count if count > MOST_NAMES => {
            Err(format!("there are {count} names; keep the {MOST_NAMES} that people use most"))
        }
        _ => Ok(names),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn lists_are_read_and_bad_lines_named() {
        let list = "# 别名\n\n高新区 = 焦作高新区 ＝ 示範區  # 注\nHR=人社局\n只有一个\n甲 = 乙方\n示范区 = 新区\n= 空\n高新区=\n";
        let (aliases, bad) = Aliases::read(list);
        assert_eq!(aliases.groups(), [vec!["高新区", "焦作高新区", "示范区"], vec!["hr", "人社局"]]);
        let bad: Vec<(usize, &str)> = bad.iter().map(|bad| (bad.line, bad.reason.as_str())).collect();
        for ((line, reason), (expected, part)) in bad.iter().zip([
            (5, "only one name"),
            (6, "too short"),
            (7, "in line 3 already"),
            (8, "missing"),
            (9, "missing"),
        ]) {
            assert!(*line == expected && reason.contains(part), "{line}: {reason}");
        }
        assert_eq!(bad.len(), 5);
    }

    #[test]
    fn sizes_are_bounded() {
        let long = "长".repeat(41);
        let many: Vec<String> = (10..30).map(|n| format!("名字{n}")).collect();
        let (aliases, bad) = Aliases::read(&format!("{long} = 短名\n{}\n", many.join("=")));
        assert_eq!((aliases.groups().len(), bad.len()), (0, 2));
        let lines: String = (0..=MOST_GROUPS).map(|n| format!("甲{n} = 乙{n}\n")).collect();
        let (aliases, bad) = Aliases::read(&lines);
        assert_eq!((aliases.groups().len(), bad.len()), (MOST_GROUPS, 1));
    }

    #[test]
    fn the_longest_name_counts_and_letters_stand_alone() {
        let (aliases, _) = Aliases::read("高新区 = 焦作高新区 = 示范区\nHR = 人社局");
        let found = |text: &str| -> Vec<(usize, usize, usize)> {
            aliases.namings(&chars(text)).iter().map(|found| (found.from, found.to, found.group)).collect()
        };
        assert_eq!(found("焦作高新区和示范区"), [(0, 5, 0), (6, 9, 0)]);
        assert_eq!(found("找hr 三"), [(1, 3, 1)]);
        assert_eq!(found("three chr hrs"), []);
        assert_eq!(found(""), []);
        assert_eq!(Aliases::default().namings(&chars("高新区")), []);
    }
}
