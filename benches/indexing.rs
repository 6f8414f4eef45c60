//! What indexing costs: from nothing, and after small changes, on a corpus and on 4 and 16 times as much.
//!
//!     cargo bench --bench indexing -- CORPUS [QUESTIONS.jsonl] [TIMES ...]
//!
//! Without arguments the bundled article is taken. The further copies of the corpus are no duplicates: a third of the lines of
//! each file come from other files. Each size is measured in a process of its own. Memory is what the process has for itself
//! (on Linux), without the files that it maps. Costs are set against those of the plain corpus, per passage.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    thread,
    time::{Duration, Instant},
};

use serde::{Deserialize, Serialize};
use wenda::{
    admin::{self, Built, Order},
    answer::answer,
    config::Config,
};

/// Questions asked in a run at most.
const MOST: usize = 200;

/// What one build cost.
#[derive(Clone, Serialize, Deserialize)]
struct Cost {
    what: String,
    files: usize,
    passages: u64,
    megabytes: f64,
    seconds: f64,
    memory: f64,
}

/// What was measured at one size: builds, and the median and 99th percentile of a question in milliseconds.
#[derive(Clone, Serialize, Deserialize)]
struct Measured {
    costs: Vec<Cost>,
    questions: Option<(f64, f64)>,
}

fn main() -> anyhow::Result<()> {
    // Cargo passes --bench; what follows it is ours.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    if let [flag, folder, questions @ ..] = arguments.as_slice()
        && flag == "--measure"
    {
        println!("{}", serde_json::to_string(&measure(Path::new(folder), questions.first())?)?);
        return Ok(());
    }
    let (numbers, paths): (Vec<String>, Vec<String>) =
        arguments.into_iter().partition(|argument| argument.parse::<usize>().is_ok());
    let corpus = PathBuf::from(paths.first().map_or("corpus", String::as_str));
    let mut sizes: Vec<usize> = numbers.iter().filter_map(|number| number.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![1, 4, 16];
    }
    let texts = texts(&corpus)?;
    println!(
        "| times | build | files read | passages | MB | s | files/s | passages/s | MB/s | peak memory, MB | per passage |"
    );
    println!("|---|---|---|---|---|---|---|---|---|---|---|");
    let mut baseline: Option<Measured> = None;
    let mut questions = Vec::new();
    for times in sizes {
        let home = tempfile::tempdir()?;
        fill(&home.path().join("corpus"), &texts, times)?;
        let mut child = Command::new(std::env::current_exe()?);
        child.arg("--measure").arg(home.path()).args(paths.get(1));
        let output = child.output()?;
        anyhow::ensure!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let measured: Measured = serde_json::from_slice(&output.stdout)?;
        let first = baseline.get_or_insert_with(|| measured.clone());
        for (cost, plain) in measured.costs.iter().zip(&first.costs) {
            let Cost { what, files, passages, megabytes, seconds, memory } = cost;
            let per = |cost: &Cost| cost.seconds / first_passages(cost);
            println!(
                "| {times} | {what} | {files} | {passages} | {megabytes:.1} | {seconds:.2} | {:.0} | {:.0} | {:.1} | {memory:.0} | {:.2} |",
                *files as f64 / seconds,
                *passages as f64 / seconds,
                megabytes / seconds,
                per(cost) / per(plain),
            );
        }
        if let (Some((median, slow)), Some((plain, plain_slow))) = (measured.questions, first.questions) {
            questions.push(format!(
                "{times} times the corpus: a question takes {median:.2} ms at the median ({:.2} times as long), {slow:.2} ms at \
                 the 99th percentile ({:.2} times)",
                median / plain,
                slow / plain_slow
            ));
        }
    }
    questions.iter().for_each(|line| println!("{line}"));
    Ok(())
}

/// The passages of the whole index: what the cost of a build is set against.
fn first_passages(cost: &Cost) -> f64 {
    cost.passages.max(1) as f64
}

/// Builds from nothing, then after changes.
fn measure(home: &Path, questions: Option<&String>) -> anyhow::Result<Measured> {
    let path = |name: &str| Some(home.join(name).display().to_string());
    let config = Config::read(|name| match name {
        "CORPUS_DIR" => path("corpus"),
        "INDEX_DIR" => path("index"),
        "STATE_DIR" => path("state"),
        _ => None,
    })
    .map_err(|wrong| anyhow::anyhow!("{wrong:?}"))?;
    let mut files = Vec::new();
    collect(&config.corpus, &mut files)?;
    let mut costs = vec![build(&config, "from nothing", Order::default())?];
    change(&files[files.len() / 2])?;
    costs.push(build(&config, "one file changed", Order::default())?);
    files.iter().step_by(100).try_for_each(|path| change(path))?;
    costs.push(build(&config, "1 % changed", Order::default())?);
    costs.push(build(&config, "nothing changed", Order::default())?);
    let Some(questions) = questions else { return Ok(Measured { costs, questions: None }) };
    let index = admin::reindex(&config, |_| {})?.index;
    index.warm_up();
    let cases = admin::read_cases(Path::new(questions))?;
    let mut times = Vec::new();
    for case in cases.iter().take(MOST) {
        let started = Instant::now();
        answer(&index, &case.question, None, 10, None)?;
        times.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    times.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    Ok(Measured { costs, questions: Some((at(0.5), at(0.99))) })
}

fn build(config: &Config, what: &str, order: Order) -> anyhow::Result<Cost> {
    let (peak, stop) = (AtomicU64::new(0), AtomicBool::new(false));
    let report = thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                peak.fetch_max(own_memory(), Ordering::Relaxed);
                thread::sleep(Duration::from_millis(5));
            }
        });
        let built = admin::reindex_as(config, order, |_| {});
        stop.store(true, Ordering::Relaxed);
        built.map(|built| built.report)
    })?;
    anyhow::ensure!(!matches!(report.outcome, Built::Kept(_)), "the index was not built");
    let mut files = Vec::new();
    collect(&config.corpus, &mut files)?;
    let bytes: u64 = files.iter().filter_map(|path| Some(fs::metadata(path).ok()?.len())).sum();
    Ok(Cost {
        what: what.to_owned(),
        files: report.read,
        passages: report.passages,
        megabytes: bytes as f64 / 1e6,
        seconds: report.elapsed.as_secs_f64(),
        memory: peak.into_inner() as f64 / 1000.0,
    })
}

/// Memory of this process that belongs to no file, in kB.
fn own_memory() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn change(path: &Path) -> anyhow::Result<()> {
    let text = fs::read_to_string(path)?;
    Ok(fs::write(path, format!("{text}\n\n第九百九十九条 本条为测量而增加。\n"))?)
}

/// The texts of a corpus with their paths.
fn texts(corpus: &Path) -> anyhow::Result<Vec<(String, String)>> {
    let mut files = Vec::new();
    collect(corpus, &mut files)?;
    let mut texts = Vec::new();
    for path in files {
        let name = path.strip_prefix(corpus)?.display().to_string();
        if let (Ok(text), true) = (fs::read_to_string(&path), name.ends_with(".md") || name.ends_with(".txt")) {
            texts.push((name, text));
        }
    }
    anyhow::ensure!(!texts.is_empty(), "there is no text in {}", corpus.display());
    Ok(texts)
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
    entries.sort();
    for path in entries {
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}

/// Writes a corpus so many times: the first copy as it is, in each further one every third line from another file.
fn fill(folder: &Path, texts: &[(String, String)], times: usize) -> anyhow::Result<()> {
    for copy in 0..times {
        for (at, (name, text)) in texts.iter().enumerate() {
            let path = folder.join(format!("{copy:02}")).join(name);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            if copy == 0 {
                fs::write(path, text)?;
                continue;
            }
            let other: Vec<&str> = texts[(at + 37 * copy) % texts.len()].1.lines().collect();
            let mut mixed = String::with_capacity(text.len());
            for (number, line) in text.lines().enumerate() {
                let taken = (number % 3 == copy % 3).then(|| other.get(number)).flatten();
                mixed.push_str(taken.copied().filter(|other| !other.is_empty() && !line.is_empty()).unwrap_or(line));
                mixed.push('\n');
            }
            fs::write(path, format!("{mixed}\n第{copy}版。\n"))?;
        }
    }
    Ok(())
}
