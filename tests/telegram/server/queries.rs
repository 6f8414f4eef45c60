//! Answers to taps on buttons and to inline queries.

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{Formatted, Params, Refusal, World, keyboard, messages};

/// Most results of an inline query.
const MOST_RESULTS: usize = 50;
/// Most characters of a notice.
const LONGEST_NOTICE: usize = 200;

impl World {
    pub(super) fn answer_callback(&mut self, params: &Params) -> Result<Value, Refusal> {
        if params.text("text").unwrap_or_default().chars().count() > LONGEST_NOTICE {
            return Err(Refusal::bad("MESSAGE_TOO_LONG"));
        }
        self.answer_query(params, "callback_query_id")
    }

    pub(super) fn answer_inline(&mut self, params: &Params) -> Result<Value, Refusal> {
        let results = params.object("results")?.unwrap_or_default();
        let results = results.as_array().ok_or_else(|| Refusal::bad("can't parse results: array expected"))?;
        if results.len() > MOST_RESULTS {
            return Err(Refusal::bad("RESULTS_TOO_MUCH"));
        }
        let mut ids = HashSet::new();
        for result in results {
            let id = result["id"].as_str().unwrap_or_default();
            if !(1..=64).contains(&id.len()) {
                return Err(Refusal::bad("RESULT_ID_INVALID"));
            }
            if !ids.insert(id) {
                return Err(Refusal::bad("RESULT_ID_DUPLICATE"));
            }
            inline_result(result)?;
        }
        if params.text("next_offset").is_some_and(|offset| offset.len() > 64) {
            return Err(Refusal::bad("NEXT_OFFSET_INVALID"));
        }
        self.answer_query(params, "inline_query_id")
    }

    fn answer_query(&mut self, params: &Params, name: &str) -> Result<Value, Refusal> {
        let id = params.required(name)?;
        let open = self.queries.get_mut(&id).filter(|query| !query.over && query.answer.is_none());
        let query =
            open.ok_or_else(|| Refusal::world("query is too old and response timeout expired or query ID is invalid"))?;
        query.answer = Some(Value::Object(params.values.clone()));
        Ok(json!(true))
    }
}

/// An inline result with a text, checked as a message is.
fn inline_result(result: &Value) -> Result<(), Refusal> {
    if result["type"] != "article" {
        return Err(Refusal::bad("only inline results of type article are modelled by the tests' server"));
    }
    if result["title"].as_str().is_none_or(|title| title.trim().is_empty()) {
        return Err(Refusal::bad("ARTICLE_TITLE_EMPTY"));
    }
    inline_text(result)?;
    match result.get("reply_markup").filter(|markup| !markup.is_null()) {
        Some(markup) => keyboard::check(markup).map_err(|reason| Refusal::bad(&reason)),
        None => Ok(()),
    }
}

/// The message that an inline result sends.
pub(crate) fn inline_text(result: &Value) -> Result<Formatted, Refusal> {
    let content = &result["input_message_content"];
    let values = ["message_text", "parse_mode", "entities"].into_iter().filter_map(|name| {
        let value = content.get(name).filter(|value| !value.is_null())?;
        Some((if name == "message_text" { "text" } else { name }.to_owned(), value.clone()))
    });
    let params = Params { values: values.collect(), ..Params::default() };
    let formatted = messages::formatted_text(&params)?;
    if formatted.text.is_empty() {
        return Err(Refusal::bad("message text is empty"));
    }
    Ok(formatted)
}
