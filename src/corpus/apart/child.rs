//! The other side of reading apart: takes the bytes of a file, reads them where nothing else is within reach, and gives the reply.

use std::{
    io::{self, Read},
    thread,
    time::Duration,
};

use super::confine;
use crate::{
    corpus::{Raw, SideFile, cannot_read, parse},
    passage::{Document, Problem},
};

/// Stack of the thread that reads: parsers descend into what is nested.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// What a process needs beside what it reads, in bytes: its stack, and tables.
const OWN_BYTES: u64 = STACK_BYTES as u64 + 64 * 1024 * 1024;

/// What a process is asked to read.
#[derive(Clone, Debug)]
pub struct Request {
    /// The path of the file relative to the corpus folder; the file itself is not opened.
    pub path: String,
    /// The name of its side file, if there is one.
    pub side: Option<String>,
    /// Memory that reading it may take, in bytes.
    pub memory_bytes: u64,
    /// Time that reading it may take.
    pub time: Duration,
}

/// The walls that are put up.
#[derive(Clone, Copy, Debug)]
struct Walls {
    /// Limits of memory, time and what else can be counted.
    limits: bool,
    /// Landlock.
    landlock: bool,
    /// The list of system calls.
    seccomp: bool,
}

/// Reads the file that comes in over standard input, within the limits and confined, and gives the reply to be printed.
///
/// # Errors
/// When there is not even a thread to be had.
pub fn answer(request: Request) -> io::Result<String> {
    let walls = Walls { limits: true, landlock: true, seccomp: true };
    confined(walls, request, |request, _| {
        let read = receive(request).and_then(|raw| parse(&request.path, raw));
        serde_json::to_string(&read).unwrap_or_default()
    })
}

/// Runs something on a thread with much stack, behind walls, and tells it how far Landlock goes. Where there is no way to put them up, it does not run, and the reply
/// is a refusal.
fn confined(
    walls: Walls,
    request: Request,
    run: impl FnOnce(&Request, &str) -> String + Send + 'static,
) -> io::Result<String> {
    let landlock = if walls.landlock { confine::close_files() } else { String::new() };
    if walls.limits {
        confine::limit(request.memory_bytes.saturating_add(OWN_BYTES), request.time);
    }
    let reader = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        // This was the last thread that could be started.
        match if walls.seccomp { confine::close_calls() } else { Ok(()) } {
            Ok(()) => run(&request, &landlock),
            Err(error) => {
                let reason = format!("cannot be read, because this system cannot confine its reader ({error})");
                let refusal = Err::<Document, _>(Problem { path: request.path, reason });
                serde_json::to_string(&refusal).unwrap_or_default()
            }
        }
    })?;
    // A reader that panicked has said so; without an answer the other side asks no further.
    Ok(reader.join().unwrap_or_default())
}

/// Takes what comes in: the length of the side file as eight bytes, the side file, and the file.
fn receive(request: &Request) -> Result<Raw, Problem> {
    let read = || -> io::Result<Raw> {
        let mut input = io::stdin().lock();
        let mut length = [0; 8];
        input.read_exact(&mut length)?;
        let length = u64::from_le_bytes(length);
        let mut side = Vec::new();
        input.by_ref().take(length).read_to_end(&mut side)?;
        let mut bytes = Vec::new();
        input.read_to_end(&mut bytes)?;
        let side = request.side.clone().map(|name| SideFile { name, bytes: side });
        Ok(Raw { bytes, side })
    };
    read().map_err(|error| Problem { path: request.path.clone(), reason: cannot_read(error) })
}

/// Tries out, in place of reading, what a parser could do behind these walls (`none`, `landlock`, `seccomp`, or `all`, with limits),
/// and gives what became of it as JSON.
///
/// # Errors
/// When there is not even a thread to be had.
#[cfg(debug_assertions)]
pub fn probe(request: Request, walls: &str, targets: super::Targets) -> io::Result<String> {
    let has = |wall: &str| walls == "all" || walls == wall;
    let walls = Walls { limits: has("limits"), landlock: has("landlock"), seccomp: has("seccomp") };
    let walled = walls.landlock || walls.seccomp;
    confined(walls, request, move |_, landlock| super::probe::attempt(&targets, walled, landlock))
}
