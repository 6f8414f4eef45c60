//! What reading a file costs by its format: time and peak memory of the process that reads it, beside those for plain text.
//!
//!     cargo bench --bench formats [-- FOLDER]
//!
//! Without an argument the files are taken that the tests have, made by other software. Each file is read as the bot reads it, by
//! the program itself in a process of its own; so is its own text as a file of plain text, which is the baseline of its row, and
//! an empty text, which shows what the process itself costs. The three take turns, so that other work on the machine meets all of
//! them. The least time of some runs counts; memory is the greatest that was seen (on Linux).

use std::{
    fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use anyhow::Context;
use serde_json::Value;

/// How often each file is read.
const RUNS: usize = 50;

/// How often memory is looked at.
const LOOK: Duration = Duration::from_micros(500);

/// What reading a file cost.
struct Cost {
    seconds: f64,
    /// In MB.
    memory: f64,
    /// The text that was read.
    text: String,
}

fn main() -> anyhow::Result<()> {
    // Cargo passes --bench; what follows it is ours.
    let folder = std::env::args().skip(1).find(|argument| argument != "--bench");
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats/good");
    let folder = folder.map_or(fixtures, PathBuf::from);
    let mut files: Vec<PathBuf> =
        fs::read_dir(&folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    files.sort_by_key(|path| (path.extension().map(ToOwned::to_owned), path.clone()));
    let home = tempfile::tempdir()?;
    let (plain, nothing) = (home.path().join("text.txt"), home.path().join("nothing.txt"));
    fs::write(&nothing, "空。\n")?;
    println!(
        "| file | kB | its text, kB | ms | ms beyond an empty text | MB | times the time of its text | times the memory |"
    );
    println!("|---|---|---|---|---|---|---|---|");
    for path in files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = read(&path).with_context(|| name.clone())?.text;
        fs::write(&plain, &text)?;
        let [cost, text_cost, start] = in_turns([&path, &plain, &nothing]).with_context(|| name.clone())?;
        println!(
            "| {name} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.2} | {:.2} |",
            fs::metadata(&path)?.len() as f64 / 1000.0,
            text.len() as f64 / 1000.0,
            cost.seconds * 1000.0,
            (cost.seconds - start.seconds) * 1000.0,
            cost.memory,
            cost.seconds / text_cost.seconds,
            cost.memory / text_cost.memory,
        );
    }
    Ok(())
}

/// Reads files in turns, each some times: the least time and the greatest memory of each.
fn in_turns<const FILES: usize>(paths: [&Path; FILES]) -> anyhow::Result<[Cost; FILES]> {
    let mut costs = paths.map(|_| Cost { seconds: f64::INFINITY, memory: 0.0, text: String::new() });
    for _ in 0..RUNS {
        for (path, cost) in paths.iter().zip(&mut costs) {
            let one = read(path)?;
            cost.seconds = cost.seconds.min(one.seconds);
            cost.memory = cost.memory.max(one.memory);
            cost.text = one.text;
        }
    }
    Ok(costs)
}

/// Reads a file once.
fn read(path: &Path) -> anyhow::Result<Cost> {
    let started = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_wenda"))
        .args(["read-document", "--memory-bytes=4000000000", "--seconds=600"])
        .arg(format!("--path={}", path.file_name().unwrap_or_default().to_string_lossy()))
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = child.stdout.take().context("the output is piped")?;
    let listening = thread::spawn(move || std::io::read_to_string(output));
    // No side file, and the file.
    let mut input = child.stdin.take().context("the input is piped")?;
    let bytes = [&[0; 8], fs::read(path)?.as_slice()].concat();
    let sending = thread::spawn(move || input.write_all(&bytes));
    let memory = watch(&mut child)?;
    sending.join().map_err(|_| anyhow::anyhow!("the sender failed"))??;
    let seconds = started.elapsed().as_secs_f64();
    let answer = listening.join().map_err(|_| anyhow::anyhow!("the listener failed"))??;
    let answer: Value = serde_json::from_str(&answer)?;
    let text = answer["Ok"]["text"].as_str().with_context(|| format!("it is refused: {}", answer["Err"]["reason"]))?;
    Ok(Cost { seconds, memory, text: text.to_owned() })
}

/// Waits for the end of a process, and gives the most memory that it had, in MB.
fn watch(child: &mut Child) -> anyhow::Result<f64> {
    let status = format!("/proc/{}/status", child.id());
    let mut most = 0.0_f64;
    while child.try_wait()?.is_none() {
        let status = fs::read_to_string(&status).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
        most = most.max(kilobytes.unwrap_or(0.0) / 1000.0);
        thread::sleep(LOOK);
    }
    Ok(most)
}
