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

use super::{CHANNEL, Office, api::Failure, render::pages, sender::no_preview, update::InlineQuery};
use crate::{
    bot::{Access, Offer, Visitor},
    channel::counter::blocking,
    journal::Waiting,
};

/// Passages that are offered; the platform takes 50.
const OFFERS: usize = 10;

/// A query is answered within this time or not at all: the client has long asked anew.
const TOO_LATE: Duration = Duration::from_secs(15);

/// How long the platform may give the same offers again, in seconds: not at all, for a document may be taken down meanwhile.
const CACHE: u32 = 0;

/// Characters of a title or description that a client shows.
const SHOWN: usize = 120;

pub(super) async fn answer(office: &Arc<Office>, waiting: &Waiting, typed: &InlineQuery) -> Result<(), Failure> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    if now.saturating_sub(Duration::from_secs(u64::try_from(waiting.received).unwrap_or(0))) > TOO_LATE {
        return Ok(());
    }
    let visitor = Visitor {
        channel: CHANNEL,
        chat: "inline".to_owned(),
        person: Some(typed.from.id.to_string()),
        access: Access::Everyone,
        language: typed.from.language(),
        public: true,
    };
    let (desk, question) = (office.desk.clone(), typed.query.trim().to_owned());
    let offers =
        if question.is_empty() { Vec::new() } else { blocking(move || desk.offers(&visitor, &question)).await };
    let results: Vec<InlineQueryResult> = offers.iter().enumerate().filter_map(result).take(OFFERS).collect();
    let answer = AnswerInlineQuery::new(InlineQueryId(typed.id.clone()), results).cache_time(CACHE).is_personal(true);
    match tokio::time::timeout(TOO_LATE, office.sender.insist(None, &answer)).await {
        Ok(Err(Failure::Refused { code: 400, description, .. })) if description.contains("too old") => Ok(()),
        Ok(answered) => answered.map(|_| ()),
        Err(_) => Ok(()),
    }
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
