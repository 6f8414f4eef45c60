//! Questions that are alike, as groups: what many ask in different words is one matter.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use time::Date;

use super::private::HIDDEN;
use crate::{admin::likeness::Likeness, answer::Question};

/// Questions belong together from this likeness on (0..1), by the pairs of characters of what they are about: half of the
/// pairs are shared. Lower, "护照办理" joins "居住证办理"; higher, "停车收费标准" leaves "停车怎么收费".
const ALIKE: f64 = 0.5;

/// So many other wordings of a group are named.
const WORDINGS: usize = 5;

/// So many groups are named.
const MOST_GROUPS: usize = 100;

/// Questions that are alike.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    /// The most frequent wording of which nothing is hidden; where there is none, the most frequent one.
    pub question: String,
    /// How often it was asked, in all wordings.
    pub times: u64,
    /// Other wordings, the most frequent first.
    pub others: Vec<String>,
    /// The day on which it was asked last, as `YYYY-MM-DD`.
    pub last_day: String,
}

/// A wording: how often, and when last.
struct Wording {
    times: u64,
    last: Date,
}

/// Groups questions, each given with its day; the most frequent group first. The leader algorithm (Hartigan, Clustering
/// Algorithms, 1975): in the order of their frequency, those of which something is hidden last, each wording joins the group whose first one it is most like, or begins
/// one of its own.
pub(super) fn group(questions: impl Iterator<Item = (String, Date)>) -> Vec<Group> {
    let mut wordings: BTreeMap<String, Wording> = BTreeMap::new();
    for (question, day) in questions {
        let wording = wordings.entry(question).or_insert(Wording { times: 0, last: day });
        wording.times += 1;
        wording.last = wording.last.max(day);
    }
    let mut wordings: Vec<(String, Wording)> = wordings.into_iter().collect();
    wordings.sort_by_key(|(question, wording)| (question.contains(HIDDEN), std::cmp::Reverse(wording.times)));
    let (mut leaders, mut groups) = (Leaders::default(), Vec::<(Group, Date)>::new());
    for (question, Wording { times, last }) in wordings {
        let likeness = about(&question);
        match leaders.likest(&likeness) {
            Some(at) => {
                let (group, latest) = &mut groups[at];
                group.times += times;
                group.others.push(question);
                *latest = last.max(*latest);
            }
            None => {
                leaders.push(likeness);
                groups.push((Group { question, times, others: Vec::new(), last_day: String::new() }, last));
            }
        }
    }
    groups.sort_by_key(|(group, _)| std::cmp::Reverse(group.times));
    groups.truncate(MOST_GROUPS);
    for (group, latest) in &mut groups {
        group.last_day = latest.to_string();
        group.others.truncate(WORDINGS);
    }
    groups.into_iter().map(|(group, _)| group).collect()
}

/// What a question is about: courtesy and question words do not make two questions alike.
fn about(question: &str) -> Likeness {
    let matter = Likeness::of(&Question::analyse(question, None).matter());
    if matter.is_empty() { Likeness::of(question) } else { matter }
}

/// The first wordings of all groups, found by the pairs that they have.
#[derive(Default)]
struct Leaders {
    all: Vec<Likeness>,
    by_pair: HashMap<String, Vec<usize>>,
}

impl Leaders {
    fn push(&mut self, likeness: Likeness) {
        for pair in likeness.pairs() {
            self.by_pair.entry(pair.clone()).or_default().push(self.all.len());
        }
        self.all.push(likeness);
    }

    /// The leader that is most like a wording, if one is alike.
    fn likest(&self, likeness: &Likeness) -> Option<usize> {
        let mut candidates: Vec<usize> =
            likeness.pairs().iter().filter_map(|pair| self.by_pair.get(pair)).flatten().copied().collect();
        candidates.sort_unstable();
        candidates.dedup();
        let scored = candidates.into_iter().map(|at| (likeness.to(&self.all[at]), at));
        let best = scored.filter(|(alike, _)| *alike >= ALIKE).max_by(|a, b| a.0.total_cmp(&b.0).then(b.1.cmp(&a.1)));
        best.map(|(_, at)| at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grouped(questions: &[&str]) -> Vec<(String, u64, usize)> {
        let groups = group(questions.iter().map(|question| ((*question).to_owned(), Date::MIN)));
        groups.into_iter().map(|group| (group.question, group.times, group.others.len())).collect()
    }

    #[test]
    fn what_is_asked_in_other_words_is_one_group() {
        let groups = grouped(&[
            "请问停车怎么收费？",
            "停车收费标准",
            "停车收费标准",
            "居住证在哪里办理？",
            "護照在哪裡辦理？",
            "怎么办理护照",
            "how do I get a passport?",
        ]);
        let expected = [("停车收费标准", 3, 1), ("怎么办理护照", 2, 1)];
        for (question, times, others) in expected {
            assert!(groups.contains(&(question.to_owned(), times, others)), "{groups:?}");
        }
        assert_eq!(groups.len(), 4, "{groups:?}");
        assert_eq!(groups[0].1, 3, "the most frequent first");
    }

    #[test]
    fn questions_without_words_stand_alone() {
        assert_eq!(grouped(&["？？", "!!", ""]).len(), 3);
    }
}
