//! The parameters of a call, whichever of the four ways they came: query, form, multipart or JSON.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{
    Refusal,
    http::{Request, decode},
};

/// The parameters of a call.
#[derive(Clone, Debug, Default)]
pub(crate) struct Params {
    /// The values: strings from forms, anything from JSON.
    pub(crate) values: Map<String, Value>,
    /// Files, by the name of their part: file name and bytes.
    pub(crate) files: BTreeMap<String, (String, Vec<u8>)>,
}

impl Params {
    /// Reads the parameters of a request.
    pub(crate) fn read(request: &Request) -> Result<Params, Refusal> {
        let mut params = Params::default();
        params.form(&request.query);
        let kind = request.header("content-type").unwrap_or_default();
        if request.body.is_empty() {
        } else if kind.starts_with("application/json") {
            match serde_json::from_slice(&request.body) {
                Ok(Value::Object(values)) => params.values.extend(values),
                _ => return Err(Refusal::bad("can't parse JSON object")),
            }
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            params.form(&String::from_utf8_lossy(&request.body));
        } else if let Some((_, boundary)) = kind.split_once("boundary=") {
            params.multipart(&request.body, boundary.trim_matches('"'));
        } else {
            return Err(Refusal::bad("unsupported content type"));
        }
        params.values.retain(|_, value| !value.is_null());
        Ok(params)
    }

    fn form(&mut self, form: &str) {
        for pair in form.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            self.values.insert(decode(name, true), Value::String(decode(value, true)));
        }
    }

    fn multipart(&mut self, body: &[u8], boundary: &str) {
        let delimiter = format!("--{boundary}").into_bytes();
        for part in split(body, &delimiter) {
            let Some(at) = find(part, b"\r\n\r\n") else { continue };
            let head = String::from_utf8_lossy(&part[..at]).into_owned();
            let content = part[at + 4..].strip_suffix(b"\r\n").unwrap_or(&part[at + 4..]);
            let named = |key: &str| {
                let start = head.find(&format!("{key}=\""))? + key.len() + 2;
                head[start..].split('"').next().map(str::to_owned)
            };
            let name = head.split("; ").find_map(|piece| piece.strip_prefix("name=")).map(|name| {
                let name = name.lines().next().unwrap_or_default();
                name.trim_matches('"').to_owned()
            });
            let Some(name) = name else { continue };
            match named("filename") {
                Some(file) => drop(self.files.insert(name, (file, content.to_vec()))),
                None => {
                    self.values.insert(name, Value::String(String::from_utf8_lossy(content).into_owned()));
                }
            }
        }
    }

    /// A parameter as text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        match self.values.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        }
    }

    /// A parameter as a whole number; forms carry numbers as text.
    pub(crate) fn integer(&self, name: &str) -> Option<i64> {
        match self.values.get(name)? {
            Value::Number(number) => number.as_i64(),
            Value::String(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// A parameter as an object or an array; forms carry them as JSON text.
    pub(crate) fn object(&self, name: &str) -> Result<Option<Value>, Refusal> {
        match self.values.get(name) {
            Some(Value::String(text)) if text.trim().is_empty() => Ok(None),
            Some(Value::String(text)) => {
                let parsed = serde_json::from_str(text);
                parsed.map(Some).map_err(|_| Refusal::bad(&format!("can't parse {name} JSON object")))
            }
            other => Ok(other.cloned()),
        }
    }

    /// A parameter that must be there.
    pub(crate) fn required(&self, name: &str) -> Result<String, Refusal> {
        let missing = || Refusal::bad(&format!("parameter \"{name}\" is required"));
        self.text(name).filter(|text| !text.is_empty()).ok_or_else(missing)
    }
}

fn find(text: &[u8], pattern: &[u8]) -> Option<usize> {
    text.windows(pattern.len()).position(|window| window == pattern)
}

fn split<'b>(mut body: &'b [u8], delimiter: &[u8]) -> Vec<&'b [u8]> {
    let mut parts = Vec::new();
    while let Some(at) = find(body, delimiter) {
        parts.push(&body[..at]);
        body = &body[at + delimiter.len()..];
    }
    parts
}
