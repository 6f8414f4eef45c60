//! As much of HTTP/1.1 as a Bot API client speaks: a request is read from a connection, a response is written to it.

use std::{
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
};

/// The largest body that is read: Telegram's upload limit of 50 MB and some room for the form around it.
const LARGEST_BODY: usize = 52 * 1024 * 1024;

/// A request.
pub(crate) struct Request {
    /// The path as it was sent, without decoding and without the query.
    pub(crate) path: String,
    /// The query, without the question mark.
    pub(crate) query: String,
    /// Names in lower case, with their values.
    pub(crate) headers: Vec<(String, String)>,
    /// The body.
    pub(crate) body: Vec<u8>,
}

impl Request {
    /// The value of a header; the name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Reads the next request; `None` where the other side has closed the connection.
pub(crate) fn read(connection: &mut BufReader<TcpStream>) -> io::Result<Option<Request>> {
    let mut line = String::new();
    if connection.read_line(&mut line)? == 0 {
        return Ok(None);
    }
    let target = line.split(' ').nth(1).ok_or_else(|| broken("no target in the request line"))?;
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut request =
        Request { path: path.to_owned(), query: query.to_owned(), headers: headers(connection)?, body: Vec::new() };
    request.body = body(connection, &request)?;
    Ok(Some(request))
}

/// Reads header lines up to the empty one.
pub(crate) fn headers(connection: &mut impl BufRead) -> io::Result<Vec<(String, String)>> {
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line)?;
        let line = line.trim_end();
        if line.is_empty() {
            return Ok(headers);
        }
        let (name, value) = line.split_once(':').ok_or_else(|| broken("a header without a colon"))?;
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
}

fn body(connection: &mut BufReader<TcpStream>, request: &Request) -> io::Result<Vec<u8>> {
    if request.header("expect").is_some() {
        connection.get_mut().write_all(b"HTTP/1.1 100 Continue\r\n\r\n")?;
    }
    if request.header("transfer-encoding").is_some_and(|value| value.eq_ignore_ascii_case("chunked")) {
        return chunks(connection);
    }
    let length: usize = request.header("content-length").unwrap_or("0").parse().map_err(broken)?;
    if length > LARGEST_BODY {
        return Err(broken("the body is too large"));
    }
    let mut body = vec![0; length];
    connection.read_exact(&mut body)?;
    Ok(body)
}

fn chunks(connection: &mut impl BufRead) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut line = String::new();
        connection.read_line(&mut line)?;
        let size = line.trim().split(';').next().unwrap_or_default();
        let size = usize::from_str_radix(size, 16).map_err(broken)?;
        let start = body.len();
        if start + size > LARGEST_BODY {
            return Err(broken("the body is too large"));
        }
        body.resize(start + size, 0);
        connection.read_exact(&mut body[start..])?;
        connection.read_line(&mut line)?;
        if size == 0 {
            return Ok(body);
        }
    }
}

fn broken(reason: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, reason)
}

/// Writes a response.
pub(crate) fn respond(connection: &mut TcpStream, status: u16, kind: &str, body: &[u8]) -> io::Result<()> {
    let length = body.len();
    let head = format!("HTTP/1.1 {status} Status\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\n\r\n");
    let mut response = head.into_bytes();
    response.extend_from_slice(body);
    connection.write_all(&response)?;
    connection.flush()
}

/// `%41` becomes `A`; `+` becomes a space where it stands for one.
pub(crate) fn decode(text: &str, plus_is_space: bool) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((&byte, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|digits| std::str::from_utf8(digits).ok());
        match (byte, hex.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (b'%', Some(decoded)) => {
                bytes.push(decoded);
                rest = &after[2..];
                continue;
            }
            (b'+', _) if plus_is_space => bytes.push(b' '),
            _ => bytes.push(byte),
        }
        rest = after;
    }
    String::from_utf8_lossy(&bytes).into_owned()
}
