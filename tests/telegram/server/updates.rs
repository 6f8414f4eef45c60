//! Updates: what waits, what is fetched, and when it is forgotten.

use std::{
    sync::PoisonError,
    thread,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{Blame, Params, Refusal, Shared, World};

/// The longest time that the platform keeps a poller waiting.
const LONGEST_POLL: u64 = 50;
/// Kinds that nobody gets who has not asked for them.
const ON_REQUEST: [&str; 3] = ["chat_member", "message_reaction", "message_reaction_count"];

impl World {
    /// Adds an update of a kind, unless the bot did not want that kind.
    pub(crate) fn push(&mut self, kind: &str, payload: Value) -> i64 {
        let id = self.next_update;
        let wanted = match &self.allowed {
            Some(kinds) => kinds.iter().any(|wanted| wanted == kind),
            None => !ON_REQUEST.contains(&kind),
        };
        if wanted {
            self.next_update += 1;
            self.updates.push_back((id, json!({"update_id": id, kind: payload})));
        }
        id
    }

    /// Remembers which kinds are wanted, where a call says so; an empty list stands for the default.
    pub(super) fn allow(&mut self, params: &Params) -> Result<(), Refusal> {
        if let Some(kinds) = params.object("allowed_updates")? {
            let kinds = kinds.as_array().ok_or_else(|| Refusal::bad("can't parse allowed_updates"))?;
            let kinds: Vec<String> = kinds.iter().filter_map(|kind| kind.as_str().map(str::to_owned)).collect();
            self.allowed = Some(kinds).filter(|kinds| !kinds.is_empty());
        }
        Ok(())
    }

    fn conflict(&self) -> Option<Refusal> {
        let reason = if self.webhook.is_some() {
            "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
        } else if self.other_poller {
            "terminated by other getUpdates request; make sure that only one bot instance is running"
        } else {
            return None;
        };
        Some(Refusal::new(409, &format!("Conflict: {reason}"), Blame::World))
    }
}

impl Shared {
    /// Long polling: an earlier poller that still waits is sent away, all updates before `offset` are forgotten.
    pub(super) fn get_updates(&self, params: &Params) -> Result<Value, Refusal> {
        let conflict = self.lock().conflict();
        if let Some(conflict) = conflict {
            thread::sleep(Duration::from_millis(100));
            return Err(conflict);
        }
        let limit = usize::try_from(params.integer("limit").unwrap_or(100).clamp(1, 100)).unwrap_or(100);
        let seconds = u64::try_from(params.integer("timeout").unwrap_or(0)).unwrap_or(0).min(LONGEST_POLL);
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let offset = params.integer("offset").unwrap_or(0);
        let poll = self.change(|world| -> Result<u64, Refusal> {
            world.allow(params)?;
            world.poll += 1;
            let from_end = world.updates.len().saturating_sub(usize::try_from(-offset).unwrap_or(0));
            match offset {
                ..0 => drop(world.updates.drain(..from_end)),
                _ => world.updates.retain(|(id, _)| *id >= offset),
            }
            Ok(world.poll)
        })?;
        let mut world = self.lock();
        loop {
            if world.poll != poll {
                let reason =
                    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";
                return Err(Refusal::new(409, reason, Blame::World));
            }
            if let Some(conflict) = world.conflict() {
                return Err(conflict);
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if !world.updates.is_empty() || left.is_zero() {
                return Ok(world.updates.iter().take(limit).map(|(_, update)| update.clone()).collect());
            }
            world = self.changed.wait_timeout(world, left).unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}
