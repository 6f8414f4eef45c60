//! Shelf life: which documents no longer hold, and which will not for long.

use time::{Date, Duration};

use crate::index::Index;

/// Documents whose last day comes within so many days are named in advance: time enough to ask for the new edition.
pub const NOTICE_DAYS: i64 = 30;

/// A document and its last day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// The path of the document.
    pub path: String,
    /// Its title, or its path where it has none.
    pub title: String,
    /// The last day on which it holds.
    pub last_day: Date,
}

/// The documents whose time is over, or will be soon; each list by the last day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShelfLife {
    /// Those that no longer hold.
    pub expired: Vec<Ending>,
    /// Those that hold for `NOTICE_DAYS` more at most.
    pub expiring: Vec<Ending>,
}

/// Looks through the documents of an index.
pub fn shelf_life(index: &Index, today: Date) -> ShelfLife {
    let notice = today.saturating_add(Duration::days(NOTICE_DAYS));
    let mut shelf = ShelfLife::default();
    for (path, entry) in index.documents() {
        let Some(last_day) = entry.metadata.last_day().filter(|last| *last <= notice) else { continue };
        let title = entry.metadata.title.clone().unwrap_or_else(|| path.clone());
        let list = if last_day < today { &mut shelf.expired } else { &mut shelf.expiring };
        list.push(Ending { path: path.clone(), title, last_day });
    }
    for list in [&mut shelf.expired, &mut shelf.expiring] {
        list.sort_by_key(|ending| ending.last_day);
    }
    shelf
}
