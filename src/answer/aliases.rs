//! The admin's aliases in a question: what else is looked up for a name, and texts read as if they had the name that was typed.

use super::{question::Question, terms::Term};
use crate::{
    index::{Index, Scoring, View},
    text::{is_ideograph, stands_at},
};

/// What another name counts beside the one that was typed, view by view: a phrase is rarer than one of its characters.
const PHRASE: f32 = 0.95;
const CHARACTER: f32 = 0.5;

/// A name in a question with the others of its group.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Named {
    /// Position of its first character in the question, and after its last.
    pub(super) from: usize,
    pub(super) to: usize,
    typed: Vec<char>,
    others: Vec<String>,
}

/// The names in a question, those that it takes over from the question before included.
pub(super) fn named(index: &Index, question: &Question) -> Vec<Named> {
    // A name may hold a question word, which is cut out of the content.
    let mut chars = question.folded.chars.clone();
    chars.truncate(question.own);
    chars.extend(question.content.iter().skip(question.own));
    let aliases = index.aliases();
    let with_others = |naming: crate::text::Naming| {
        let typed = chars[naming.from..naming.to].to_vec();
        let name: String = typed.iter().collect();
        let others = aliases.groups()[naming.group].iter().filter(|other| **other != name).cloned().collect();
        Named { from: naming.from, to: naming.to, typed, others }
    };
    aliases.namings(&chars).into_iter().map(with_others).collect()
}

impl Named {
    /// Whether it is written in the letters of another language, so that it is looked up as a translation is.
    pub(super) fn is_foreign(&self) -> bool {
        self.typed.iter().any(|c| c.is_alphabetic()) && !self.typed.iter().any(|c| is_ideograph(*c))
    }

    /// The names that stand beside it, for a term of the question that is part of it.
    pub(super) fn beside(&self, term: &Term) -> Vec<(String, f32)> {
        if term.from < self.from || self.to < term.to {
            return Vec::new();
        }
        let weight = if term.view == View::Characters { CHARACTER } else { PHRASE };
        self.others.iter().map(|other| (other.clone(), weight)).collect()
    }

    /// The term that looks it up like a translation.
    pub(super) fn term(&self, weight: f32) -> Term {
        let typed: String = self.typed.iter().collect();
        let texts = self.others.iter().cloned().chain([typed]).map(|text| (text, 1.0)).collect();
        Term {
            view: View::Bigrams,
            texts,
            reworded: Vec::new(),
            aliases: Vec::new(),
            weight,
            from: self.from,
            to: self.to,
            scoring: Scoring::Translated,
        }
    }
}

/// A folded text in which each name that has another one in the question is replaced by that.
pub(super) fn as_typed(named: &[Named], chars: Vec<char>) -> Vec<char> {
    if named.is_empty() {
        return chars;
    }
    let mut names: Vec<(Vec<char>, &[char])> = Vec::new();
    for one in named {
        names.push((one.typed.clone(), &one.typed));
        for other in one.others.iter().map(|other| other.chars().collect::<Vec<char>>()) {
            // What holds the typed name already stays as it is.
            let holds = other.windows(one.typed.len()).any(|part| part == one.typed);
            names.push(if holds { (other, &[]) } else { (other, &one.typed) });
        }
    }
    names.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    let mut read = Vec::with_capacity(chars.len());
    let mut at = 0;
    while at < chars.len() {
        match names.iter().find(|(name, _)| stands_at(&chars, at, name)) {
            Some((name, typed)) => {
                read.extend_from_slice(if typed.is_empty() { name } else { typed });
                at += name.len();
            }
            None => {
                read.push(chars[at]);
                at += 1;
            }
        }
    }
    read
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_with_the_typed_name() {
        let named = |typed: &str, others: &[&str]| Named {
            from: 0,
            to: typed.chars().count(),
            typed: typed.chars().collect(),
            others: others.iter().map(|other| (*other).to_owned()).collect(),
        };
        let check = |named: &Named, text: &str, expected: &str| {
            let read = as_typed(std::slice::from_ref(named), text.chars().collect());
            assert_eq!(read.iter().collect::<String>(), expected);
        };
        let zone = named("示范区", &["高新区", "焦作高新区"]);
        check(&zone, "焦作高新区和高新区、示范区", "示范区和示范区、示范区");
        let long = named("焦作高新区", &["高新区"]);
        check(&long, "焦作高新区、高新区", "焦作高新区、焦作高新区");
        let short = named("高新区", &["焦作高新区"]);
        check(&short, "焦作高新区、高新区", "焦作高新区、高新区");
        let office = named("人社局", &["hr"]);
        check(&office, "hr、three", "人社局、three");
        assert_eq!(as_typed(&[], vec!['x']), ['x']);
    }
}
