//! Chinese provinces and the cities below them, as texts name them. Of two notices about the same thing the one that names another
//! city is not the one that was asked for.

use std::{collections::HashMap, sync::OnceLock};

static TABLE: &str = include_str!("../../data/places.tsv");

/// What stands before the name of a province that has one character: 来沪, 返粤.
const GOING: &str = "来返入赴离在抵驻";

/// A province, or a city of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    province: usize,
    city: Option<usize>,
}

impl Place {
    /// Whether both are the same, or one lies in the other.
    pub fn meets(self, other: Place) -> bool {
        self.province == other.province && (self.city == other.city || self.city.is_none() || other.city.is_none())
    }
}

struct Table {
    /// The names by their first character, longest first.
    names: HashMap<char, Vec<(Vec<char>, Place)>>,
    /// Names of one character.
    single: HashMap<char, Place>,
}

fn table() -> &'static Table {
    static SHARED: OnceLock<Table> = OnceLock::new();
    SHARED.get_or_init(|| {
        let mut table = Table { names: HashMap::new(), single: HashMap::new() };
        let mut add = |name: &str, place: Place| {
            let name: Vec<char> = name.chars().collect();
            match name[..] {
                [] => {}
                [single] => drop(table.single.insert(single, place)),
                [first, ..] => table.names.entry(first).or_default().push((name, place)),
            }
        };
        for (province, line) in TABLE.lines().filter(|line| !line.starts_with('#')).enumerate() {
            let (own, cities) = line.split_once('\t').unwrap_or((line, ""));
            own.split(' ').for_each(|name| add(name, Place { province, city: None }));
            for (city, name) in cities.split(' ').enumerate() {
                add(name, Place { province, city: Some(city) });
            }
        }
        for names in table.names.values_mut() {
            names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
        }
        table
    })
}

/// The places that a folded text names, each once.
pub fn places(chars: &[char]) -> Vec<Place> {
    let table = table();
    let mut found = Vec::new();
    let mut at = 0;
    while at < chars.len() {
        let names = table.names.get(&chars[at]).map_or(&[][..], Vec::as_slice);
        if let Some((name, place)) = names.iter().find(|(name, _)| chars[at..].starts_with(name)) {
            found.push(*place);
            at += name.len();
            continue;
        }
        if let Some(place) = table.single.get(&chars[at]).filter(|_| at > 0 && GOING.contains(chars[at - 1])) {
            found.push(*place);
        }
        at += 1;
    }
    found.sort_unstable();
    found.dedup();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(text: &str) -> Vec<Place> {
        places(&text.chars().collect::<Vec<char>>())
    }

    #[test]
    fn a_city_lies_in_its_province() {
        let (city, province, other) = (named("内江市的工地")[0], named("四川省")[0], named("云南各界")[0]);
        assert!(city.meets(province) && province.meets(city) && city.meets(city));
        assert!(!city.meets(other) && !city.meets(named("成都")[0]));
        assert_eq!(named("四川省内江市").len(), 2);
        assert_eq!(named("吉林市"), named("吉林省"));
    }

    #[test]
    fn short_names_stand_behind_a_verb_of_going() {
        assert_eq!(named("来沪返沪人员"), named("上海"));
        assert_eq!(named("江湖"), []);
        assert_eq!(named("日照时间"), []);
    }

    #[test]
    fn the_table_has_each_name_once() {
        let mut seen = std::collections::HashSet::new();
        let words = TABLE.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split(['\t', ' ']));
        for name in words.filter(|name| !name.is_empty()) {
            assert!(seen.insert(name), "{name}");
        }
        assert!(seen.len() > 350);
    }
}
