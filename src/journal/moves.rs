//! Documents that change their paths: what the journal says of them follows.

use std::collections::HashMap;

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Journal;
use crate::passage::Move;

/// The note that says up to which generation of the index the journal has followed.
const NOTE: &str = "followed";

/// How far the journal has followed the index.
#[derive(Default, Serialize, Deserialize)]
struct Followed {
    /// The number of the generation.
    generation: u64,
    /// What moved with it: undone where an admin goes back to the generation before.
    moves: Vec<Move>,
}

impl Journal {
    /// Lets all that refers to a document by its path follow to where the generation `number` has it. `moves` are those that
    /// this generation remembers, oldest first; `holds` says whether it has a document of a path. What was followed already is
    /// not followed twice, whoever built the generation.
    pub fn follow(&self, number: u64, moves: &[(u64, Move)], holds: impl Fn(&str) -> bool) -> anyhow::Result<()> {
        let mut connection = self.lock();
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let find = "SELECT value FROM notes WHERE name = ?";
        let noted: Option<String> = transaction.query_row(find, [NOTE], |row| row.get(0)).optional()?;
        let followed: Followed = noted.map(|noted| serde_json::from_str(&noted)).transpose()?.unwrap_or_default();
        if followed.generation == number {
            return Ok(());
        }
        if number < followed.generation {
            // A rollback. (Or the index was deleted and counts from 1 again: then the documents are where they were.)
            let back = followed.moves.iter().filter(|moved| holds(&moved.from) && !holds(&moved.to));
            apply(&transaction, &back.map(|moved| (moved.to.as_str(), moved.from.as_str())).collect())?;
        }
        let new = |step: &&[(u64, Move)]| step[0].0 > followed.generation && step[0].0 <= number;
        for step in moves.chunk_by(|a, b| a.0 == b.0).filter(new) {
            apply(&transaction, &step.iter().map(|(_, moved)| (moved.from.as_str(), moved.to.as_str())).collect())?;
        }
        let last =
            moves.iter().filter(|(generation, _)| *generation == number).map(|(_, moved)| moved.clone()).collect();
        let noted = serde_json::to_string(&Followed { generation: number, moves: last })?;
        transaction.execute("INSERT OR REPLACE INTO notes VALUES (?, ?)", params![NOTE, noted])?;
        Ok(transaction.commit()?)
    }
}

/// Puts new paths in the place of old ones, all at once: two documents may have changed places.
fn apply(connection: &Connection, paths: &HashMap<&str, &str>) -> anyhow::Result<()> {
    if paths.is_empty() {
        return Ok(());
    }
    rewrite(connection, ("questions", "number", "documents"), |value| {
        let Value::Array(documents) = value else { return false };
        documents.iter_mut().map(|document| exchange(document, paths)).filter(|changed| *changed).count() > 0
    })?;
    rewrite(connection, ("cards", "id", "body"), |value| exchange_paths(value, paths))
}

/// Reads a column of JSON row by row, and writes back what `change` has changed. What is no JSON stays as it is.
fn rewrite(
    connection: &Connection,
    (table, key, column): (&str, &str, &str),
    change: impl Fn(&mut Value) -> bool,
) -> anyhow::Result<()> {
    let mut rows = Vec::new();
    let mut find = connection.prepare(&format!("SELECT {key}, {column} FROM {table} WHERE {column} LIKE '%\"%'"))?;
    let mut found = find.query([])?;
    while let Some(row) = found.next()? {
        let text: String = row.get(1)?;
        let Ok(mut value) = serde_json::from_str(&text) else { continue };
        if change(&mut value) {
            rows.push((row.get::<_, rusqlite::types::Value>(0)?, value.to_string()));
        }
    }
    let mut update = connection.prepare(&format!("UPDATE {table} SET {column} = ? WHERE {key} = ?"))?;
    for (id, text) in rows {
        update.execute(params![text, id])?;
    }
    Ok(())
}

/// Exchanges the paths in all fields `path` of a card.
fn exchange_paths(value: &mut Value, paths: &HashMap<&str, &str>) -> bool {
    let mut changed = false;
    match value {
        Value::Array(items) => {
            for item in items {
                changed |= exchange_paths(item, paths);
            }
        }
        Value::Object(fields) => {
            for (name, field) in fields {
                changed |= if name == "path" { exchange(field, paths) } else { exchange_paths(field, paths) };
            }
        }
        _ => {}
    }
    changed
}

fn exchange(value: &mut Value, paths: &HashMap<&str, &str>) -> bool {
    let Some(new) = value.as_str().and_then(|path| paths.get(path)) else { return false };
    *value = Value::from(*new);
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::journal::Asked;

    #[test]
    fn questions_and_cards_follow_a_document_and_return_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let journal = Journal::open(folder.path()).unwrap();
        let asked = Asked {
            channel: "telegram",
            asker: None,
            question: Some("a.md"),
            language: "zh-CN",
            verdict: "answer",
            confidence: 0.5,
            documents: &["a.md".to_owned(), "b.md".to_owned()],
            elapsed_us: 900,
        };
        let question = journal.record(&asked).unwrap();
        let card = journal.keep_card(Some(question), None, r#"{"quotes":[{"path":"a.md","text":"a.md"}]}"#).unwrap();
        let upload = journal.keep_card(None, None, "a.md").unwrap();
        let look = || {
            let find = "SELECT documents FROM questions";
            let documents: String = journal.lock().query_row(find, [], |row| row.get(0)).unwrap();
            (documents, journal.card(&card).unwrap().unwrap().body)
        };
        let moved = |generation, from: &str, to: &str| (generation, Move { from: from.to_owned(), to: to.to_owned() });
        let both = |documents: &str, path: &str| {
            (documents.to_owned(), format!(r#"{{"quotes":[{{"path":"{path}","text":"a.md"}}]}}"#))
        };
        // The two documents changed places, then one of them moved on.
        let moves = [moved(2, "a.md", "b.md"), moved(2, "b.md", "a.md"), moved(4, "b.md", "新/b.md")];
        for _ in 0..2 {
            journal.follow(4, &moves, |path| path != "b.md").unwrap();
            assert_eq!(look(), both(r#"["新/b.md","a.md"]"#, "新/b.md"));
        }
        journal.follow(3, &moves[..2], |path| path == "b.md").unwrap();
        assert_eq!(look(), both(r#"["b.md","a.md"]"#, "b.md"), "a rollback takes the paths back");
        journal.follow(4, &moves, |path| path != "b.md").unwrap();
        assert_eq!(look(), both(r#"["新/b.md","a.md"]"#, "新/b.md"));
        journal.follow(1, &[], |path| path != "b.md").unwrap();
        assert_eq!(look(), both(r#"["新/b.md","a.md"]"#, "新/b.md"), "a new index counts anew, its documents stay");
        assert_eq!(journal.card(&upload).unwrap().unwrap().body, "a.md");
    }
}
