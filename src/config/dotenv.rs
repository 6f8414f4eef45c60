//! The file `.env`, in the current folder or the nearest one above it. Its values may be secret, and what cannot be read may be
//! a part of one: of a line that is wrong only the number is told.

use std::{
    cell::Cell,
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use anyhow::Context;

use super::KNOBS;

/// Name of the file.
const FILE: &str = ".env";

/// A name that differs from that of a setting in so many letters is a slip of typing.
const SLIP: usize = 2;

/// The same for names that can only be meant for us.
const OURS_SLIP: usize = 4;

/// What the names of the channels' settings begin with: such a name can only be meant for us.
pub(super) const OURS: [&str; 2] = ["TELEGRAM_", "MATRIX_"];

/// Puts the settings of the file into the environment, where it does not have them already. Gives a warning for each name
/// that is none of ours and looks as if it were meant to be.
///
/// # Errors
/// When the file cannot be read or understood: the message names the line and what to do, and shows nothing of it.
pub(super) fn load() -> anyhow::Result<Vec<String>> {
    let Some(path) = find()? else { return Ok(Vec::new()) };
    let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let names = names(&bytes).map_err(|line| unreadable(&path, line))?;
    // The text is known to be good: what remains would be a failure of the library, whose words may quote a value.
    dotenvy::from_read(bytes.as_slice()).map_err(|_| anyhow::anyhow!("cannot understand {}", path.display()))?;
    let warning = |(line, name): &(usize, String)| Some(format!("line {line} of {}: {}", path.display(), doubt(name)?));
    Ok(names.iter().filter_map(warning).collect())
}

fn find() -> anyhow::Result<Option<PathBuf>> {
    let folder = std::env::current_dir().context("cannot tell the current folder")?;
    Ok(folder.ancestors().map(|folder| folder.join(FILE)).find(|path| path.is_file()))
}

fn unreadable(path: &Path, line: usize) -> anyhow::Error {
    anyhow::anyhow!(
        "cannot understand line {line} of {}: it must be NAME=value; put a value with spaces, quotation marks, # or $ in quotes, \
         as NAME='a value'. The line is not shown, since it may hold a secret",
        path.display()
    )
}

/// The names that a text sets, each with the number of its line; or the number of the first line that cannot be read.
fn names(bytes: &[u8]) -> Result<Vec<(usize, String)>, usize> {
    let line_at = |at: usize| bytes[..at].iter().filter(|byte| **byte == b'\n').count() + 1;
    let text = std::str::from_utf8(bytes).map_err(|error| line_at(error.valid_up_to()))?;
    // The environment takes no such value, and the library would show it.
    if let Some(at) = text.find('\0') {
        return Err(line_at(at));
    }
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let read = Cell::new(0);
    let mut names = Vec::new();
    let mut entries = dotenvy::Iter::new(LineByLine { rest: text.as_bytes(), read: &read });
    loop {
        let before = read.get();
        let entry = entries.next();
        let begins = |line: &&str| !line.trim_start().is_empty() && !line.trim_start().starts_with('#');
        let skipped = text.lines().skip(before).take_while(|line| !begins(line)).count();
        match entry {
            None => return Ok(names),
            Some(Ok((name, _))) => names.push((before + skipped + 1, name)),
            Some(Err(_)) => return Err(before + skipped + 1),
        }
    }
}

/// Gives a text line by line, and counts the lines that it has given: the library tells no numbers.
struct LineByLine<'t> {
    rest: &'t [u8],
    read: &'t Cell<usize>,
}

impl Read for LineByLine<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let line = self.rest.iter().position(|byte| *byte == b'\n').map_or(self.rest.len(), |at| at + 1);
        let count = line.min(into.len());
        let (now, rest) = self.rest.split_at(count);
        into[..count].copy_from_slice(now);
        self.rest = rest;
        self.read.set(self.read.get() + usize::from(now.ends_with(b"\n")));
        Ok(count)
    }
}

/// What to say of a name that is none of ours and looks as if it were meant to be.
fn doubt(name: &str) -> Option<String> {
    if KNOBS.iter().any(|knob| knob.name == name) {
        return None;
    }
    let upper = name.to_ascii_uppercase();
    let (slip, meant) = KNOBS.iter().map(|knob| (slips(&upper, knob.name), knob.name)).min()?;
    let ours = OURS.iter().any(|prefix| upper.starts_with(prefix));
    if slip <= SLIP || ours && slip <= OURS_SLIP {
        Some(format!("there is no setting {name}; is {meant} meant?"))
    } else {
        ours.then(|| format!("there is no setting {name}; .env.example lists them all"))
    }
}

/// How many letters must be put in, left out, changed or swapped with their neighbours to make one name of another (optimal string
/// alignment).
fn slips(one: &str, other: &str) -> usize {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut rows: Vec<Vec<usize>> = vec![(0..=other.len()).collect()];
    for at in 1..=one.len() {
        let mut row = vec![at];
        for to in 1..=other.len() {
            let changed = rows[at - 1][to - 1] + usize::from(one[at - 1] != other[to - 1]);
            let mut least = changed.min(rows[at - 1][to] + 1).min(row[to - 1] + 1);
            if at > 1 && to > 1 && one[at - 1] == other[to - 2] && one[at - 2] == other[to - 1] {
                least = least.min(rows[at - 2][to - 2] + 1);
            }
            row.push(least);
        }
        rows.push(row);
    }
    rows[one.len()][other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_line_that_cannot_be_read_is_known() {
        let check = |text: &[u8], expected: Result<&[usize], usize>| {
            let lines = names(text).map(|names| names.into_iter().map(|(line, _)| line).collect::<Vec<usize>>());
            assert_eq!(lines.as_deref().map_err(|line| *line), expected, "{}", String::from_utf8_lossy(text));
        };
        check(b"", Ok(&[]));
        check(b"A=1\n\n# b c\nexport B='x y'\n", Ok(&[1, 4]));
        check(b"A=\"one\ntwo\"\nB=1", Ok(&[1, 3]));
        check(b"\xef\xbb\xbfA=1\r\nB=2\r\n", Ok(&[1, 2]));
        check(b"A=1\n\n# b\nB=hunter2 secret\nC=1\n", Err(4));
        check(b"A=1\nhunter2\n", Err(2));
        check(b"\n\nA='hunter2\nB=1\n", Err(3));
        check(b"A=1\nB=hunter\xff2", Err(2));
        check(b"A=1\nB=hunter\0", Err(2));
        check(&[b"A=".as_slice(), &[b'x'; 20_000], b"\nB=y z"].concat(), Err(2));
    }

    #[test]
    fn slips_of_typing_are_noticed() {
        let check = |name: &str, meant: Option<&str>| {
            let doubt = doubt(name);
            match meant {
                Some(meant) => assert!(doubt.as_ref().is_some_and(|doubt| doubt.contains(meant)), "{name}: {doubt:?}"),
                None => assert_eq!(doubt, None, "{name}"),
            }
        };
        check("TELEGRAM_TOKN", Some("TELEGRAM_TOKEN"));
        check("TELEGRAM_BOT_TOKEN", Some("TELEGRAM_TOKEN"));
        check("telegram_token", Some("TELEGRAM_TOKEN"));
        check("MATIRX_USER", Some("MATRIX_USER"));
        check("MATRIX_HOME_SERVER", Some("MATRIX_HOMESERVER"));
        check("MATRIX_COLOUR_OF_THE_BIKE_SHED", Some(".env.example"));
        check("KEEPDAYS", Some("KEEP_DAYS"));
        check("TELEGRAM_TOKEN", None);
        check("HTTPS_PROXY", None);
        check("hunter2", None);
    }
}
