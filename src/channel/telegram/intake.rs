//! Updates come in: each batch stands in the inbox, on disk, before the platform hears that it arrived.

use std::{convert::Infallible, sync::Arc, time::Duration};

use serde::Serialize;
use serde_json::Value;
use teloxide::{payloads::DeleteWebhook, requests::Payload, types::AllowedUpdate};
use tokio::time::sleep;

use super::{CHANNEL, Office, api::Failure, update::lane, wrong_token};
use crate::{
    channel::{counter::blocking, lanes::Lanes},
    journal::Incoming,
};

/// What the bot wants to hear of; sent with every request, because the platform remembers the last word.
pub(super) const WANTED: [AllowedUpdate; 4] =
    [AllowedUpdate::Message, AllowedUpdate::EditedMessage, AllowedUpdate::CallbackQuery, AllowedUpdate::InlineQuery];

/// A request for updates is held open so many seconds.
const POLL_SECONDS: u32 = 25;

/// The pauses between failed requests.
const FIRST_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The request for updates. teloxide's own gives up a whole batch over one update whose form it does not know.
#[derive(Serialize)]
struct GetUpdates {
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
    limit: u8,
    timeout: u32,
    allowed_updates: [AllowedUpdate; WANTED.len()],
}

impl Payload for GetUpdates {
    type Output = Vec<Value>;
    const NAME: &'static str = "GetUpdates";

    fn timeout_hint(&self) -> Option<Duration> {
        Some(Duration::from_secs(u64::from(self.timeout)))
    }
}

/// Stores raw updates, and wakes their lanes.
pub(super) async fn take_in(office: &Office, lanes: &Arc<Lanes<Office>>, updates: &[Value]) -> anyhow::Result<()> {
    let incoming: Vec<Incoming> = updates
        .iter()
        .filter_map(|update| {
            Some(Incoming { id: identifier(update)?.to_string(), lane: lane(update), body: update.to_string() })
        })
        .collect();
    let (journal, stored) = (office.journal.clone(), incoming.clone());
    blocking(move || journal.store(CHANNEL, &stored)).await?;
    incoming.into_iter().for_each(|update| lanes.wake(update.lane));
    Ok(())
}

fn identifier(update: &Value) -> Option<i64> {
    update.get("update_id").and_then(Value::as_i64)
}

/// Fetches updates until the token is refused.
///
/// # Errors
/// When the token is refused.
pub(super) async fn poll(office: &Office, lanes: &Arc<Lanes<Office>>) -> anyhow::Result<Infallible> {
    // A webhook that was set before would keep the updates away. What waits there is not dropped.
    if let Err(failure) = office.sender.insist(None, &DeleteWebhook::new()).await {
        tracing::warn!("the webhook cannot be removed: {failure}");
    }
    let (mut offset, mut pause) = (None, FIRST_PAUSE);
    loop {
        let request = GetUpdates { offset, limit: 100, timeout: POLL_SECONDS, allowed_updates: WANTED };
        let failure = match office.api.call(&request).await {
            Ok(Value::Array(updates)) => match take_in(office, lanes, &updates).await {
                Ok(()) => {
                    // After an empty answer everything is confirmed. Asking without an offset then is right even where
                    // the platform has begun to count anew, as it does after a silent week.
                    offset = updates.iter().filter_map(identifier).max().map(|last| last + 1);
                    pause = FIRST_PAUSE;
                    continue;
                }
                Err(error) => Failure::Down(format!("{error:#}")),
            },
            Ok(_) => Failure::Unclear("the answer holds no updates".to_owned()),
            Err(failure) => failure,
        };
        sleep(after(&failure, pause)?).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// The pause after a failure, which is told in plain words.
fn after(failure: &Failure, pause: Duration) -> anyhow::Result<Duration> {
    match failure {
        Failure::Refused { code: 401 | 404, .. } => anyhow::bail!(wrong_token(failure)),
        Failure::Refused { code: 409, .. } => tracing::error!(
            "another program fetches the messages of this bot ({failure}). Only one may: end the other one, or get a token of its own \
             from @BotFather for each. Trying again in {pause:?}"
        ),
        Failure::Refused { retry_after: Some(time), .. } => return Ok(*time),
        _ => tracing::warn!("no messages can be fetched ({failure}); trying again in {pause:?}"),
    }
    Ok(pause)
}
