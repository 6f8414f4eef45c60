//! The terminal: line editing where a person types, plain lines where a pipe does.

use std::io::{self, BufRead, IsTerminal, Write};

use rustyline::{DefaultEditor, error::ReadlineError};

use crate::{
    bot::{Access, Desk, Part, Reply, Visitor},
    deadline::Deadline,
    passage::Span,
};

/// How quotes, matched words and sources stand out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// Colours and bold type.
    Ansi,
    /// Nothing but letters: matched words stand in 【】.
    Plain,
}

impl Style {
    /// Colours where the output is a terminal that wants them.
    pub fn of_stdout() -> Style {
        let wanted = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
        if wanted && io::stdout().is_terminal() { Style::Ansi } else { Style::Plain }
    }
}

/// Talks until the input ends.
///
/// # Errors
/// When the terminal cannot be read or written.
pub fn run(desk: &Desk) -> anyhow::Result<()> {
    let style = Style::of_stdout();
    let visitor = Visitor {
        channel: "terminal",
        // Each session is a conversation of its own.
        chat: std::process::id().to_string(),
        person: Some("operator".to_owned()),
        access: Access::Admin,
        language: None,
        public: false,
    };
    let show = |reply: &Reply| -> io::Result<()> {
        let mut out = io::stdout().lock();
        writeln!(out, "{}", render(reply, style))?;
        out.flush()
    };
    let answer = |line: &str| -> io::Result<()> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let reply = desk.reply(&visitor, line, Deadline::NONE);
        show(&reply)?;
        reply.work.map_or(Ok(()), |work| show(&desk.work(&visitor, &work, |_| {})))
    };
    if !io::stdin().is_terminal() {
        for line in io::stdin().lock().lines() {
            answer(&line?)?;
        }
        return Ok(());
    }
    let mut editor = DefaultEditor::new()?;
    loop {
        match editor.readline("> ") {
            Ok(line) => {
                let _ = editor.add_history_entry(&line);
                answer(&line)?;
            }
            Err(ReadlineError::Eof | ReadlineError::Interrupted) => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}

/// A reply as text for a terminal.
pub fn render(reply: &Reply, style: Style) -> String {
    let mut text = String::new();
    for part in &reply.parts {
        match part {
            Part::Say(words) => text.push_str(&format!("{words}\n")),
            Part::Quote { text: quote, highlights } => {
                for line in marked(quote, highlights, style).lines() {
                    text.push_str(&format!("  │ {line}\n"));
                }
            }
            Part::Copy(quote) => text.push_str(&format!("{quote}\n")),
            Part::Source { line, url } => {
                let url = url.as_ref().map(|url| format!(" {url}")).unwrap_or_default();
                text.push_str(&match style {
                    Style::Ansi => format!("    \u{1b}[2m—— {line}{url}\u{1b}[0m\n"),
                    Style::Plain => format!("    —— {line}{url}\n"),
                });
            }
        }
    }
    text
}

fn marked(quote: &str, highlights: &[Span], style: Style) -> String {
    let (open, close) = match style {
        Style::Ansi => ("\u{1b}[1;33m", "\u{1b}[0m"),
        Style::Plain => ("【", "】"),
    };
    let mut text = String::new();
    let mut at = 0;
    for span in highlights {
        text.push_str(quote.get(at..span.start).unwrap_or_default());
        text.push_str(open);
        text.push_str(span.slice(quote).unwrap_or_default());
        text.push_str(close);
        at = span.end;
    }
    text.push_str(quote.get(at..).unwrap_or_default());
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stand_out_and_matched_words_are_marked() {
        let reply = Reply {
            parts: vec![
                Part::Quote { text: "计划43个项目。".to_owned(), highlights: vec![Span::new(6, 11)] },
                Part::Source { line: "《报告》".to_owned(), url: None },
            ],
            ..Reply::default()
        };
        assert_eq!(render(&reply, Style::Plain), "  │ 计划【43个】项目。\n    —— 《报告》\n");
    }
}
