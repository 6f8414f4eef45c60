//! Reading a file apart: in a process of its own, which has a bounded time, memory and stack. Files come from anywhere, and a
//! reader that runs wild over one of them, crashes or eats the memory must neither harm the bot nor end a build.
//!
//! The process is the program itself, called with the hidden subcommand `read-document`. It gets no environment, so that no
//! secret is within its reach, and prints what it read as JSON.

use std::{
    io::Read,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc,
    thread,
    time::Instant,
};

use super::{Limits, SourceFile, load_here};
use crate::passage::{Document, Problem};

/// The name of the subcommand.
const SUBCOMMAND: &str = "read-document";

/// Stack of the thread that reads: parsers descend into what is nested.
const STACK_BYTES: usize = 64 * 1024 * 1024;

/// What a process needs beside what it reads: its stack, and tables.
const OWN_BYTES: u64 = STACK_BYTES as u64 + 64 * 1024 * 1024;

/// Longest answer that is taken, in bytes: a text with its passages.
const MAX_ANSWER_BYTES: u64 = 512 * 1024 * 1024;

/// As much of its complaints is looked at.
const MAX_COMPLAINT_BYTES: u64 = 16 * 1024;

/// Has `program` read a file.
pub(super) fn load(program: &Path, file: &SourceFile, limits: &Limits) -> Result<Document, Problem> {
    let problem = |reason: String| Problem { path: file.path.clone(), reason };
    let mut child = match start(program, file, limits) {
        Ok(child) => child,
        Err(error) => {
            return Err(problem(format!("cannot be read, because no process can be started for it ({error})")));
        }
    };
    let started = Instant::now();
    let answer = listen(child.stdout.take(), MAX_ANSWER_BYTES);
    let complaint = listen(child.stderr.take(), MAX_COMPLAINT_BYTES);
    let answer = answer.recv_timeout(limits.time);
    // Whatever it does now, it has had its time.
    let _ = child.kill();
    let _ = child.wait();
    let Ok(answer) = answer else {
        let seconds = limits.time.as_secs();
        return Err(problem(format!(
            "takes longer than {seconds} s to read: split it into parts, or raise FILE_SECONDS"
        )));
    };
    if let Ok(read) = serde_json::from_slice::<Result<Document, Problem>>(&answer) {
        return read;
    }
    let complaint = complaint.recv_timeout(limits.time.saturating_sub(started.elapsed())).unwrap_or_default();
    let complaint = String::from_utf8_lossy(&complaint);
    tracing::debug!(path = %file.path, "reading a file failed: {}", complaint.trim());
    Err(problem(failure(&complaint, limits)))
}

fn start(program: &Path, file: &SourceFile, limits: &Limits) -> std::io::Result<Child> {
    let mut command = Command::new(program);
    command.arg(SUBCOMMAND).arg(format!("--path={}", file.path));
    if let Some(side) = &file.side {
        command.arg("--side").arg(side);
    }
    for (name, limit) in [
        ("--max-file-bytes", limits.max_file_bytes),
        ("--max-side-bytes", limits.max_side_bytes),
        ("--memory-bytes", limits.memory_bytes),
    ] {
        command.arg(format!("{name}={limit}"));
    }
    command.arg("--").arg(&file.absolute).env_clear();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// Reads a stream to its end on a thread of its own.
fn listen(stream: Option<impl Read + Send + 'static>, limit: u64) -> mpsc::Receiver<Vec<u8>> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(stream) = stream {
            let _ = stream.take(limit).read_to_end(&mut bytes);
        }
        // Nobody listens any more where the time is over.
        let _ = sender.send(bytes);
    });
    receiver
}

/// What a process that gave no answer died of, from its last words.
fn failure(complaint: &str, limits: &Limits) -> String {
    if complaint.contains("memory allocation") || complaint.contains("capacity overflow") {
        let megabytes = limits.memory_bytes / 1024 / 1024;
        return format!(
            "needs more than {megabytes} MB of memory to read: split it into parts, or raise FILE_MEMORY_MB"
        );
    }
    if complaint.contains("overflowed its stack") {
        return "is nested too deeply: copy its text into a new document".to_owned();
    }
    "is damaged in a way that its reader cannot bear: save it again from the program that it was made with".to_owned()
}

/// The other side: reads a file within the limits, and gives the answer to be printed.
///
/// # Errors
/// When there is not even a thread to be had.
pub fn answer(file: SourceFile, limits: Limits) -> std::io::Result<String> {
    limit_memory(limits.memory_bytes.saturating_add(OWN_BYTES));
    let reader = thread::Builder::new().stack_size(STACK_BYTES).spawn(move || {
        let read = load_here(&file, &limits);
        serde_json::to_string(&read).unwrap_or_default()
    })?;
    // A reader that panicked has said so; without an answer the other side asks no further.
    Ok(reader.join().unwrap_or_default())
}

/// Bounds the memory of this process, where the system can.
#[cfg(target_os = "linux")]
fn limit_memory(bytes: u64) {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let mut limit: Rlimit = getrlimit(Resource::Data);
    limit.current = Some(limit.maximum.map_or(bytes, |most| most.min(bytes)));
    let _ = setrlimit(Resource::Data, limit);
}

#[cfg(not(target_os = "linux"))]
fn limit_memory(_: u64) {}

/// The program that runs now, as long as it runs: on Linux also after its file was replaced.
pub fn this_program() -> Option<PathBuf> {
    if cfg!(target_os = "linux") { Some(PathBuf::from("/proc/self/exe")) } else { std::env::current_exe().ok() }
}
