//! Telegram. An update is stored before it is confirmed, and leaves the inbox when its answer has been sent; each chat is
//! served by itself. One window is left in which an answer may come twice: between the platform's taking it and our record
//! of it, where the process dies or the connection breaks.

use std::{sync::Arc, time::Duration};

use teloxide::payloads::GetMe;

use super::{
    counter::Counter,
    lanes::{Clerk, DRAIN, Lanes},
    visits::Visits,
};
use crate::{
    bot::Desk,
    config::{Config, Telegram, host_of},
    journal::{Journal, Waiting},
};

mod address;
mod api;
mod deliver;
mod handle;
mod inline;
mod intake;
mod menu;
mod pace;
mod render;
mod sender;
mod update;
mod upload;
mod webhook;

use address::Me;
use api::{Api, Failure};
use sender::Sender;

/// What the journal calls this channel.
const CHANNEL: &str = "telegram";

/// What all workers share.
struct Office {
    counter: Counter,
    journal: Arc<Journal>,
    api: Arc<Api>,
    sender: Sender,
    me: Me,
    admins: Vec<u64>,
    visits: Visits,
    stale: Duration,
}

/// Answers messages until `shutdown` comes; then finishes what came in.
///
/// # Errors
/// When the token is refused, or the webhook cannot be set up.
pub async fn run(desk: Arc<Desk>, config: &Config, shutdown: impl Future<Output = ()>) -> anyhow::Result<()> {
    let Some(telegram) = &config.telegram else { return Ok(()) };
    tokio::pin!(shutdown);
    let api = Arc::new(Api::new(telegram)?);
    let sender = Sender::new(api.clone(), telegram.pace, config.stale);
    let me = tokio::select! {
        me = introduce(&sender) => me?,
        () = &mut shutdown => return Ok(()),
    };
    tracing::info!("Telegram: @{} is at your service", me.username);
    let office = Arc::new(Office {
        journal: desk.journal(),
        counter: Counter::new(desk, config.answer_time),
        api,
        sender,
        me,
        admins: telegram.admins.clone(),
        visits: Visits::new(config.questions_per_minute),
        stale: config.stale,
    });
    let lanes = Lanes::new(office.clone());
    lanes.wake_all()?;
    let (announcing, intake) = (menu::announce(&office), intake(&office, &lanes, telegram));
    let ended = tokio::select! {
        ended = async { tokio::join!(announcing, intake).1 } => ended,
        () = &mut shutdown => Ok(()),
    };
    lanes.drain(DRAIN).await;
    ended
}

impl Clerk for Office {
    const CHANNEL: &'static str = CHANNEL;
    type Failure = Failure;

    fn journal(&self) -> Arc<Journal> {
        self.journal.clone()
    }

    fn kind(&self, waiting: &Waiting) -> &'static str {
        handle::kind(waiting)
    }

    async fn handle(self: &Arc<Office>, waiting: &Waiting) -> Result<(), Failure> {
        handle::handle(self, waiting).await
    }

    async fn apologise(self: &Arc<Office>, waiting: &Waiting) -> Result<(), Failure> {
        handle::apologise(self, waiting).await
    }
}

async fn intake(office: &Arc<Office>, lanes: &Arc<Lanes<Office>>, telegram: &Telegram) -> anyhow::Result<()> {
    match &telegram.webhook {
        Some(webhook) => webhook::serve(office, lanes, webhook).await.map(|never| match never {}),
        None => intake::poll(office, lanes).await.map(|never| match never {}),
    }
}

/// Asks the platform who the bot is.
async fn introduce(sender: &Sender) -> anyhow::Result<Me> {
    loop {
        match sender.insist(None, &GetMe::new()).await {
            Ok(me) => {
                return Ok(Me {
                    id: me["id"].as_i64().unwrap_or_default(),
                    username: me["username"].as_str().unwrap_or_default().to_owned(),
                });
            }
            Err(failure @ Failure::Refused { .. }) => anyhow::bail!(wrong_token(&failure)),
            Err(failure) => tracing::warn!("Telegram does not answer: {failure}"),
        }
    }
}

/// Whether the platform accepts the token: the name of the bot, or what to do.
///
/// # Errors
/// When it does not, or cannot be reached.
pub async fn check(telegram: &Telegram) -> anyhow::Result<String> {
    match Api::new(telegram)?.call(&GetMe::new()).await {
        Ok(me) => {
            let groups = if me["can_read_all_group_messages"] == true {
                "mentions in groups reach it"
            } else {
                "in groups it hears /ask@bot and replies"
            };
            Ok(format!("the token is good for @{}; {groups}", me["username"].as_str().unwrap_or_default()))
        }
        Err(failure @ Failure::Refused { .. }) => anyhow::bail!(wrong_token(&failure)),
        Err(failure) => {
            let server = host_of(&telegram.api_url);
            anyhow::bail!("{failure}; is TELEGRAM_API_URL={server} right, and the network up?")
        }
    }
}

/// What to do about a token that is refused.
fn wrong_token(failure: &Failure) -> String {
    format!(
        "Telegram does not accept TELEGRAM_TOKEN ({failure}); copy the token from @BotFather once more (/mybots, API Token). A token \
         of the test servers needs TELEGRAM_TEST_ENVIRONMENT=true"
    )
}
