//! Keyboards as the platform checks them: one action a button, none without a text, data within its limits.

use serde_json::Value;

/// Most buttons that a keyboard may have.
const MOST_BUTTONS: usize = 100;

/// Fields of an inline button of which it must have exactly one.
const ACTIONS: [&str; 10] = [
    "url",
    "callback_data",
    "web_app",
    "login_url",
    "switch_inline_query",
    "switch_inline_query_current_chat",
    "switch_inline_query_chosen_chat",
    "copy_text",
    "callback_game",
    "pay",
];

/// Checks a reply markup; the error is what follows "Bad Request: ".
pub(crate) fn check(markup: &Value) -> Result<(), String> {
    let markup = markup.as_object().ok_or("object expected as reply markup")?;
    if let Some(rows) = markup.get("inline_keyboard") {
        return each(rows, "inline keyboard", inline_button);
    }
    if let Some(rows) = markup.get("keyboard") {
        return each(rows, "keyboard", keyboard_button);
    }
    let known = ["remove_keyboard", "force_reply"].iter().any(|name| markup.contains_key(*name));
    if known || markup.is_empty() { Ok(()) } else { Err("can't parse reply keyboard markup JSON object".to_owned()) }
}

fn each(rows: &Value, what: &str, check: fn(&Value) -> Result<(), String>) -> Result<(), String> {
    let rows = rows.as_array().ok_or_else(|| format!("can't parse {what}: array of arrays expected"))?;
    let mut count = 0;
    for row in rows {
        for button in row.as_array().ok_or_else(|| format!("can't parse {what}: array of arrays expected"))? {
            check(button)?;
            count += 1;
        }
    }
    if count > MOST_BUTTONS { Err("REPLY_MARKUP_TOO_LONG".to_owned()) } else { Ok(()) }
}

fn inline_button(button: &Value) -> Result<(), String> {
    let fields = button.as_object().ok_or("can't parse inline keyboard button: object expected")?;
    let text = fields.get("text").and_then(Value::as_str).unwrap_or_default();
    if text.trim().is_empty() {
        return Err("can't parse inline keyboard button: text buttons are unallowed in the inline keyboard".to_owned());
    }
    let actions: Vec<&str> = ACTIONS.into_iter().filter(|action| fields.contains_key(*action)).collect();
    let [action] = actions[..] else {
        return Err(format!(
            "can't parse inline keyboard button {text:?}: exactly one action expected, got {actions:?}"
        ));
    };
    let value = fields[action].as_str().unwrap_or_default();
    match action {
        "callback_data" if !(1..=64).contains(&value.len()) => Err(format!("BUTTON_DATA_INVALID ({value})")),
        "url" if !["http://", "https://", "tg://"].iter().any(|scheme| value.starts_with(scheme)) => {
            Err(format!("BUTTON_URL_INVALID ({value})"))
        }
        "url" if value.contains(char::is_whitespace) || value.contains(['<', '>', '"']) => {
            Err(format!("BUTTON_URL_INVALID ({value})"))
        }
        "switch_inline_query" | "switch_inline_query_current_chat" if value.chars().count() > 256 => {
            Err("BUTTON_INLINE_QUERY_INVALID".to_owned())
        }
        "copy_text" => match fields[action]["text"].as_str().map_or(0, |text| text.chars().count()) {
            1..=256 => Ok(()),
            _ => Err("BUTTON_COPY_TEXT_INVALID".to_owned()),
        },
        _ => Ok(()),
    }
}

fn keyboard_button(button: &Value) -> Result<(), String> {
    let text = button.as_str().or_else(|| button["text"].as_str()).unwrap_or_default();
    if text.is_empty() { Err("keyboard button text must be non-empty".to_owned()) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn buttons() {
        let check = |button: Value, good: bool| {
            let markup = json!({"inline_keyboard": [[button]]});
            assert_eq!(super::check(&markup).is_ok(), good, "{markup}");
        };
        check(json!({"text": "更多", "callback_data": "m:1"}), true);
        check(json!({"text": "更多", "callback_data": "文".repeat(21)}), true);
        check(json!({"text": "更多", "callback_data": "文".repeat(22)}), false);
        check(json!({"text": "更多", "callback_data": ""}), false);
        check(json!({"text": "", "callback_data": "m:1"}), false);
        check(json!({"text": "更多"}), false);
        check(json!({"text": "更多", "callback_data": "m", "url": "https://a.example"}), false);
        check(json!({"text": "复制", "copy_text": {"text": "文".repeat(256)}}), true);
        check(json!({"text": "复制", "copy_text": {"text": "文".repeat(257)}}), false);
        check(json!({"text": "原文", "url": "www.a.example"}), false);
    }
}
