//! The inbox: updates stand here from before they are confirmed to the platform until their answer has been sent.

use std::{fs::OpenOptions, io};

use rusqlite::params;

use super::{Journal, now};

/// The notes that say how far the stream of a platform has been read.
const CURSOR: &str = "cursor";

/// An update as it came in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Incoming {
    /// What the platform calls it; the same id is stored once.
    pub id: String,
    /// Updates of one lane are handled one after another, in the order in which they came.
    pub lane: String,
    /// The update, word for word.
    pub body: String,
}

/// An update that waits for its answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// Its number in the inbox.
    pub number: i64,
    /// What the platform calls it.
    pub id: String,
    /// When it came in, in seconds since 1970.
    pub received: i64,
    /// The update, word for word.
    pub body: String,
    /// How often it was begun, and the program ended before it was done.
    pub attempts: u32,
}

impl Journal {
    /// Stores updates in one transaction that is on disk when this returns. Those seen before are left out.
    pub fn store(&self, channel: &str, updates: &[Incoming]) -> anyhow::Result<()> {
        self.store_up_to(channel, updates, None)
    }

    /// Stores updates, and with them, in the same transaction, how far the stream of the platform has been read.
    pub fn store_up_to(&self, channel: &str, updates: &[Incoming], cursor: Option<&str>) -> anyhow::Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction()?;
        {
            let insert = "INSERT OR IGNORE INTO inbox (channel, id, lane, received, body) VALUES (?, ?, ?, ?, ?)";
            let mut insert = transaction.prepare_cached(insert)?;
            for update in updates {
                insert.execute(params![channel, update.id, update.lane, now(), update.body])?;
            }
            if let Some(cursor) = cursor {
                let note = format!("{CURSOR} {channel}");
                transaction.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", params![note, cursor])?;
            }
        }
        transaction.commit()?;
        drop(connection);
        // The platform forgets what we confirm: this one write has to survive a power cut. The log is synced here and not
        // by SQLite (synchronous=FULL), which would keep all answers waiting meanwhile. No log means that it was synced
        // and carried over into the database already.
        match OpenOptions::new().write(true).open(&self.log) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            log => Ok(log?.sync_data()?),
        }
    }

    /// How far the stream of a platform has been read.
    pub fn cursor(&self, channel: &str) -> anyhow::Result<Option<String>> {
        self.note(&format!("{CURSOR} {channel}"))
    }

    /// The lanes in which updates wait.
    pub fn waiting_lanes(&self, channel: &str) -> anyhow::Result<Vec<String>> {
        let connection = self.lock();
        let find = "SELECT lane FROM inbox WHERE channel = ? AND body IS NOT NULL GROUP BY lane ORDER BY min(number)";
        let mut statement = connection.prepare_cached(find)?;
        let lanes = statement.query_map([channel], |row| row.get(0))?.collect::<Result<_, _>>()?;
        Ok(lanes)
    }

    /// The update that is next in a lane.
    pub fn next(&self, channel: &str, lane: &str) -> anyhow::Result<Option<Waiting>> {
        Ok(self.waiting(channel, lane, 1)?.pop())
    }

    /// The updates that are next in a lane, at most so many.
    pub fn waiting(&self, channel: &str, lane: &str, limit: usize) -> anyhow::Result<Vec<Waiting>> {
        let connection = self.lock();
        let find = "SELECT number, id, received, body, attempts FROM inbox WHERE channel = ? AND lane = ? AND body IS NOT NULL ORDER BY number LIMIT ?";
        let mut statement = connection.prepare_cached(find)?;
        let waiting = statement.query_map(params![channel, lane, limit], |row| {
            Ok(Waiting {
                number: row.get(0)?,
                id: row.get(1)?,
                received: row.get(2)?,
                body: row.get(3)?,
                attempts: row.get(4)?,
            })
        })?;
        Ok(waiting.collect::<Result<_, _>>()?)
    }

    /// Counts one more attempt at an update, before it is made. It outlives the process, but need not outlive a power cut.
    pub fn begin(&self, number: i64) -> anyhow::Result<()> {
        let update = "UPDATE inbox SET attempts = attempts + 1 WHERE number = ?";
        self.lock().prepare_cached(update)?.execute([number])?;
        Ok(())
    }

    /// Forgets the attempts at an update: the program has outlived what could end it.
    pub fn outlive(&self, number: i64) -> anyhow::Result<()> {
        let update = "UPDATE inbox SET attempts = 0 WHERE number = ?";
        self.lock().prepare_cached(update)?.execute([number])?;
        Ok(())
    }

    /// Forgets the attempts at what waits: the program ends in good order, so that none of them was to blame.
    pub fn acquit(&self, channel: &str) -> anyhow::Result<()> {
        let update = "UPDATE inbox SET attempts = 0 WHERE channel = ? AND body IS NOT NULL";
        self.lock().execute(update, [channel])?;
        Ok(())
    }

    /// Moves an update to another lane, where it keeps its place by number; it now says `body`.
    pub fn relay(&self, number: i64, lane: &str, body: &str) -> anyhow::Result<()> {
        let update = "UPDATE inbox SET lane = ?, body = ? WHERE number = ? AND body IS NOT NULL";
        self.lock().prepare_cached(update)?.execute(params![lane, body, number])?;
        Ok(())
    }

    /// Erases an update that waits, because it was taken back on the platform.
    pub fn withdraw(&self, channel: &str, id: &str) -> anyhow::Result<()> {
        let update = "UPDATE inbox SET body = NULL, lane = '' WHERE channel = ? AND id = ?";
        self.lock().prepare_cached(update)?.execute([channel, id])?;
        Ok(())
    }

    /// Marks an update as answered; what it said is erased, and where.
    pub fn done(&self, number: i64) -> anyhow::Result<()> {
        let update = "UPDATE inbox SET body = NULL, lane = '' WHERE number = ?";
        self.lock().prepare_cached(update)?.execute([number])?;
        Ok(())
    }

    /// The messages that were sent in answer to `origin`: parts with their message ids.
    pub fn sent(&self, channel: &str, chat: &str, origin: &str) -> anyhow::Result<Vec<(usize, String)>> {
        let connection = self.lock();
        let find = "SELECT part, message FROM sent WHERE channel = ? AND chat = ? AND origin = ? ORDER BY part";
        let mut statement = connection.prepare_cached(find)?;
        let sent = statement
            .query_map([channel, &self.chat(channel, chat), origin], |row| Ok((row.get(0)?, row.get(1)?)))?
            .collect::<Result<_, _>>()?;
        Ok(sent)
    }

    /// Whether a message is one that was sent.
    pub fn has_sent(&self, channel: &str, chat: &str, message: &str) -> anyhow::Result<bool> {
        let connection = self.lock();
        let find = "SELECT 1 FROM sent WHERE channel = ? AND chat = ? AND message = ?";
        Ok(connection.prepare_cached(find)?.exists([channel, &self.chat(channel, chat), message])?)
    }

    /// Records that a part of the answer to `origin` was sent.
    pub fn record_sent(
        &self,
        channel: &str,
        chat: &str,
        origin: &str,
        part: usize,
        message: &str,
    ) -> anyhow::Result<()> {
        let connection = self.lock();
        let insert = "INSERT OR REPLACE INTO sent VALUES (?, ?, ?, ?, ?, ?)";
        connection.prepare_cached(insert)?.execute(params![
            channel,
            self.chat(channel, chat),
            origin,
            part,
            message,
            now()
        ])?;
        Ok(())
    }

    /// Forgets the parts from `part` on: their messages were deleted.
    pub fn unsend(&self, channel: &str, chat: &str, origin: &str, part: usize) -> anyhow::Result<()> {
        let delete = "DELETE FROM sent WHERE channel = ? AND chat = ? AND origin = ? AND part >= ?";
        self.lock().execute(delete, params![channel, self.chat(channel, chat), origin, part])?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn update(id: &str, lane: &str) -> Incoming {
        Incoming { id: id.to_owned(), lane: lane.to_owned(), body: format!("body {id}") }
    }

    #[test]
    fn updates_wait_in_order_and_are_stored_once() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        journal.store("telegram", &[update("2", "b"), update("1", "a"), update("3", "b")]).unwrap();
        journal.store("telegram", &[update("3", "b"), update("4", "a")]).unwrap();
        assert_eq!(journal.waiting_lanes("telegram").unwrap(), ["b", "a"]);
        assert!(journal.waiting_lanes("matrix").unwrap().is_empty());
        let mut seen = Vec::new();
        while let Some(waiting) = journal.next("telegram", "b").unwrap() {
            seen.push(waiting.body);
            journal.done(waiting.number).unwrap();
            journal.store("telegram", &[update("2", "b")]).unwrap();
        }
        assert_eq!(seen, ["body 2", "body 3"]);
    }

    #[test]
    fn attempts_are_counted_until_a_good_end() {
        let folder = tempfile::tempdir().unwrap();
        let attempts = || {
            let journal = Journal::open(folder.path()).unwrap();
            let waiting = journal.next("telegram", "a").unwrap().unwrap();
            journal.begin(waiting.number).unwrap();
            waiting.attempts
        };
        Journal::open(folder.path()).unwrap().store("telegram", &[update("1", "a")]).unwrap();
        assert_eq!([attempts(), attempts(), attempts()], [0, 1, 2]);
        Journal::open(folder.path()).unwrap().acquit("matrix").unwrap();
        assert_eq!(attempts(), 3);
        Journal::open(folder.path()).unwrap().acquit("telegram").unwrap();
        assert_eq!(attempts(), 0);
        let journal = Journal::open(folder.path()).unwrap();
        let number = journal.next("telegram", "a").unwrap().unwrap().number;
        journal.outlive(number).unwrap();
        assert_eq!(journal.next("telegram", "a").unwrap().unwrap().attempts, 0);
    }

    #[test]
    fn the_cursor_moves_with_the_updates() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        journal.store_up_to("matrix", &[update("$1", "locked"), update("$2", "!a")], Some("s1")).unwrap();
        assert_eq!(journal.cursor("matrix").unwrap().as_deref(), Some("s1"));
        assert_eq!(journal.cursor("telegram").unwrap(), None);
        let locked = journal.waiting("matrix", "locked", 9).unwrap();
        journal.relay(locked[0].number, "!a", "clear").unwrap();
        let bodies: Vec<String> = journal.waiting("matrix", "!a", 9).unwrap().into_iter().map(|one| one.body).collect();
        assert_eq!(bodies, ["clear", "body $2"]);
        journal.withdraw("matrix", "$1").unwrap();
        journal.relay(locked[0].number, "!a", "again").unwrap();
        assert_eq!(journal.waiting("matrix", "!a", 9).unwrap().len(), 1);
    }

    #[test]
    fn what_was_sent_is_remembered_by_part() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        for (part, message) in [(0, "10"), (1, "11"), (2, "12")] {
            journal.record_sent("telegram", "5", "m9", part, message).unwrap();
        }
        journal.unsend("telegram", "5", "m9", 2).unwrap();
        assert_eq!(journal.sent("telegram", "5", "m9").unwrap(), [(0, "10".to_owned()), (1, "11".to_owned())]);
        assert!(journal.sent("telegram", "6", "m9").unwrap().is_empty());
        assert!(journal.has_sent("telegram", "5", "11").unwrap());
        assert!(!journal.has_sent("telegram", "5", "12").unwrap());
    }
}
