//! Reading a file apart: in a process of its own, which has a bounded time, memory and stack, and which can do nothing but
//! compute. Files come from anywhere, and a parser that runs wild over one of them, crashes, eats the memory or obeys what the
//! file says must neither harm the bot, nor end a build, nor get at a secret.
//!
//! The process is the program itself, called with the hidden subcommand `read-document`. This side opens the file and sends its
//! bytes; the other side (`child`) confines itself (`confine`) before it looks at them, and prints what it read as JSON. What it
//! prints is believed only as far as this side can check it (`reply`).

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod calls;
mod child;
#[cfg_attr(not(target_os = "linux"), path = "unconfined.rs")]
mod confine;
#[cfg(debug_assertions)]
mod probe;
mod reply;

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::mpsc::{self, Receiver},
    thread,
    time::{Duration, Instant},
};

use super::{Limits, SideFile, SourceFile, cannot_read, read_side, source, too_large};
use crate::passage::{Document, Problem};
pub use child::{Request, answer};
#[cfg(debug_assertions)]
pub use {child::probe, probe::Targets};

/// The name of the subcommand.
const SUBCOMMAND: &str = "read-document";

/// As much of its complaints is looked at, in bytes.
const MAX_COMPLAINT_BYTES: u64 = 16 * 1024;

/// So long is waited for what a killed process must have left behind.
const AFTERMATH: Duration = Duration::from_secs(5);

/// Has `program` read a file.
pub(super) fn load(program: &Path, file: &SourceFile, limits: &Limits) -> Result<Document, Problem> {
    read(program, file, limits).map_err(|reason| Problem { path: file.path.clone(), reason })
}

/// Sends a file to a process and takes its reply; the error says what is wrong with the file.
fn read(program: &Path, file: &SourceFile, limits: &Limits) -> Result<Document, String> {
    let side = read_side(file, limits)?;
    let opened = File::open(&file.absolute).map_err(cannot_read)?;
    let size = opened.metadata().map_err(cannot_read)?.len();
    if size > limits.max_file_bytes {
        return Err(too_large(limits.max_file_bytes));
    }
    let mut child = start(program, file, side.as_ref(), limits)
        .map_err(|error| format!("cannot be read, because no process can be started for it ({error})"))?;
    let started = Instant::now();
    let hash = send(opened, size, side, child.stdin.take());
    let answer = listen(child.stdout.take(), reply::MAX_BYTES + 1);
    let complaint = listen(child.stderr.take(), MAX_COMPLAINT_BYTES);
    let answer = answer.recv_timeout(limits.time);
    // Whatever it does now, it has had its time.
    let _ = child.kill();
    let _ = child.wait();
    let Ok(answer) = answer else {
        let seconds = limits.time.as_secs();
        return Err(format!("takes longer than {seconds} s to read: split it into parts, or raise FILE_SECONDS"));
    };
    let sent = hash.recv_timeout(AFTERMATH).ok();
    if let Some(read) = reply::check(&answer, &file.path, sent.as_deref()) {
        return read;
    }
    let complaint = complaint.recv_timeout(limits.time.saturating_sub(started.elapsed())).unwrap_or_default();
    let complaint = String::from_utf8_lossy(&complaint);
    tracing::debug!(path = %file.path, "reading a file failed: {}", complaint.trim().escape_debug());
    Err(failure(&complaint, limits))
}

fn start(program: &Path, file: &SourceFile, side: Option<&SideFile>, limits: &Limits) -> io::Result<Child> {
    let mut command = Command::new(program);
    command.arg(SUBCOMMAND).arg(format!("--path={}", file.path));
    if let Some(side) = side {
        command.arg(format!("--side={}", side.name));
    }
    command.arg(format!("--memory-bytes={}", limits.memory_bytes));
    command.arg(format!("--seconds={}", limits.time.as_secs()));
    // Nothing of the environment, where settings stand and with them secrets.
    command.env_clear();
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

/// Sends the side file and the file to a process on a thread of its own, as `Request::receive` expects them; gives the hash of
/// what was sent, once all of it was.
fn send(
    file: File,
    size: u64,
    side: Option<SideFile>,
    stream: Option<impl Write + Send + 'static>,
) -> Receiver<String> {
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || {
        let side = side.map(|side| side.bytes);
        let Some(mut stream) = stream else { return };
        let head = side.as_deref().unwrap_or_default();
        let mut hasher = source::Hasher::new(size);
        let copy = || -> io::Result<()> {
            stream.write_all(&(head.len() as u64).to_le_bytes())?;
            stream.write_all(head)?;
            let mut file = file.take(size);
            let mut buffer = vec![0; 64 * 1024];
            loop {
                let read = file.read(&mut buffer)?;
                if read == 0 {
                    return Ok(());
                }
                hasher.update(&buffer[..read]);
                stream.write_all(&buffer[..read])?;
            }
        };
        // A process that dies early breaks the pipe; what it died of is told elsewhere. Nobody listens any more where the time
        // is over.
        if copy().is_ok() {
            let _ = sender.send(hasher.finish(side.as_deref()));
        }
    });
    receiver
}

/// Reads a stream to its end on a thread of its own.
fn listen(stream: Option<impl Read + Send + 'static>, limit: u64) -> Receiver<Vec<u8>> {
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

/// The program that runs now, as long as it runs: on Linux also after its file was replaced.
pub fn this_program() -> Option<PathBuf> {
    if cfg!(target_os = "linux") { Some(PathBuf::from("/proc/self/exe")) } else { std::env::current_exe().ok() }
}
