//! How fast a person may ask.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

/// Persons who have been silent are forgotten when more than this many are remembered.
const REMEMBERED: usize = 10_000;

/// What becomes of one more message of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// It is answered.
    Welcome,
    /// It is the first one too many: say so.
    Notice,
    /// It is one of many too many.
    Silence,
}

/// How fast persons may ask.
pub(super) struct Visits {
    per_minute: usize,
    persons: Mutex<HashMap<String, (VecDeque<i64>, bool)>>,
}

impl Visits {
    /// So many in a minute; 0 for no limit.
    pub(super) fn new(per_minute: u32) -> Visits {
        Visits { per_minute: per_minute as usize, persons: Mutex::default() }
    }

    /// One more message of a person that came in at `second`.
    pub(super) fn enter(&self, person: &str, second: i64) -> Entry {
        if self.admit(person, second) {
            return Entry::Welcome;
        }
        let mut persons = self.persons.lock().unwrap_or_else(PoisonError::into_inner);
        let (_, warned) = persons.entry(person.to_owned()).or_default();
        if std::mem::replace(warned, true) { Entry::Silence } else { Entry::Notice }
    }

    /// Whether one more question of a person is answered, where there is no place to say that it is not.
    pub(super) fn admit(&self, person: &str, second: i64) -> bool {
        if self.per_minute == 0 {
            return true;
        }
        let mut persons = self.persons.lock().unwrap_or_else(PoisonError::into_inner);
        if persons.len() > REMEMBERED {
            persons.retain(|_, (visits, _)| visits.back().is_some_and(|last| *last > second - 60));
        }
        let (visits, warned) = persons.entry(person.to_owned()).or_default();
        while visits.front().is_some_and(|first| *first <= second - 60) {
            visits.pop_front();
        }
        if visits.len() < self.per_minute {
            visits.push_back(second);
            *warned = false;
            return true;
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_much_is_told_once() {
        let visits = Visits::new(2);
        let entries: Vec<Entry> =
            [0, 0, 1, 2, 61, 61, 61].into_iter().map(|second| visits.enter("7", second)).collect();
        use Entry::{Notice, Silence, Welcome};
        assert_eq!(entries, [Welcome, Welcome, Notice, Silence, Welcome, Welcome, Notice]);
        assert_eq!(visits.enter("8", 61), Welcome);
        assert_eq!(Visits::new(0).enter("7", 0), Welcome);
    }

    #[test]
    fn who_is_not_admitted_is_still_told_once() {
        let visits = Visits::new(1);
        let admitted: Vec<bool> = [0, 0, 1].into_iter().map(|second| visits.admit("7", second)).collect();
        assert_eq!(admitted, [true, false, false]);
        assert_eq!([visits.enter("7", 2), visits.enter("7", 3)], [Entry::Notice, Entry::Silence]);
        assert!(Visits::new(0).admit("7", 0));
    }
}
