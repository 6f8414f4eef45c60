//! Inline mode: `@bot question` in any chat offers passages, each of which sends itself with its source.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use teloxide::{
    payloads::{AnswerInlineQuery, AnswerInlineQuerySetters},
    types::{
        InlineQueryId, InlineQueryResult, InlineQueryResultArticle, InputMessageContent, InputMessageContentText,
        ParseMode,
    },
};

use tokio::time::sleep;

use super::{
    CHANNEL, Office,
    api::Failure,
    render::pages,
    sender::no_preview,
    update::{InlineQuery, inline_lane},
};
use crate::{
    bot::{Access, Offer, Visitor},
    channel::counter::blocking,
    journal::Waiting,
};

/// Passages that are offered; the platform takes 50.
const OFFERS: usize = 10;

/// A query is answered within this time or not at all: the client has long asked anew.
const TOO_LATE: Duration = Duration::from_secs(15);

/// So long it is waited whether the next letter is typed: only what stands still is looked up.
const STILL: Duration = Duration::from_millis(250);

/// How long the platform may give the same offers again, in seconds: not at all, for a document may be taken down meanwhile.
const CACHE: u32 = 0;

/// Characters of a title or description that a client shows.
const SHOWN: usize = 120;

pub(super) async fn answer(office: &Arc<Office>, waiting: &Waiting, typed: &InlineQuery) -> Result<(), Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    if now.saturating_sub(Duration::from_secs(u64::try_from(waiting.received).unwrap_or(0))) > TOO_LATE {
        return Ok(());
    }
    let question = typed.query.trim().to_owned();
    if !question.is_empty() {
        if has_typed_on(office, waiting, typed.from.id).await {
            return Ok(());
        }
        sleep(STILL).await;
        if has_typed_on(office, waiting, typed.from.id).await {
            return Ok(());
        }
    }
    let visitor = Visitor {
        channel: CHANNEL,
        chat: "inline".to_owned(),
        person: Some(typed.from.id.to_string()),
        access: Access::Everyone,
        language: typed.from.language(),
        public: true,
    };
    let person = typed.from.id;
    // What is empty costs nothing.
    let admitted =
        question.is_empty() || office.is_admin(person) || office.visits.admit(&person.to_string(), waiting.received);
    let offers =
        if admitted && !question.is_empty() { offers(office, visitor, question).await } else { Arc::default() };
    let results: Vec<InlineQueryResult> = offers.iter().enumerate().filter_map(result).take(OFFERS).collect();
    let answer = AnswerInlineQuery::new(InlineQueryId(typed.id.clone()), results).cache_time(CACHE).is_personal(true);
    match tokio::time::timeout(TOO_LATE, office.sender.insist(None, &answer)).await {
        Ok(Err(Failure::Refused { code: 400, description, .. })) if description.contains("too old") => Ok(()),
        Ok(answered) => answered.map(|_| ()),
        Err(_) => Ok(()),
    }
}

/// What is offered; nothing where it takes too long.
async fn offers(office: &Office, visitor: Visitor, question: String) -> Arc<[Offer]> {
    let asked = office.counter.wait_for(move |desk, deadline| desk.offers(&visitor, &question, deadline)).await;
    // What took too long, or made the desk panic, was told to the log there.
    asked.unwrap_or_else(|_| Ok(Arc::default())).unwrap_or_else(|error| {
        tracing::error!("nothing can be offered: {error:#}");
        Arc::default()
    })
}

/// Whether the same person has typed on meanwhile: nobody sees the answer to what stood there before.
async fn has_typed_on(office: &Office, waiting: &Waiting, person: i64) -> bool {
    let (journal, lane, number) = (office.journal.clone(), inline_lane(person), waiting.number);
    let behind = blocking(move || journal.waiting(CHANNEL, &lane, 2)).await;
    behind.is_ok_and(|behind| behind.iter().any(|behind| behind.number > number))
}

/// An offer as an article; none where it does not fit into one message.
fn result((number, offer): (usize, &Offer)) -> Option<InlineQueryResult> {
    let pages = pages(&offer.reply);
    let [page] = pages.as_slice() else { return None };
    let text = InputMessageContentText::new(&page.html).parse_mode(ParseMode::Html).link_preview_options(no_preview());
    let article =
        InlineQueryResultArticle::new(number.to_string(), shown(&offer.title), InputMessageContent::Text(text));
    Some(InlineQueryResult::Article(article.description(shown(&offer.summary))))
}

fn shown(text: &str) -> String {
    let end = text.char_indices().nth(SHOWN).map_or(text.len(), |(at, _)| at);
    text[..end].replace('\n', " ")
}
