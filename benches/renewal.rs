//! Whether citizens notice that the index is renewed: the time of a question at the desk while nothing else happens, while
//! another process builds the index from nothing again and again, and while files change and the desk itself takes them up.
//!
//!     cargo bench --bench renewal -- CORPUS QUESTIONS.jsonl [SECONDS]
//!
//! Without arguments the bundled article is asked, for 20 seconds each. Questions come at a steady rate. Prints medians and
//! 99th percentiles, and how many times longer than in the idle run they are.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use wenda::{
    admin,
    bot::{Access, Desk, Visitor},
    config::Config,
    deadline::Deadline,
    journal::Journal,
};

/// Time between two questions.
const EVERY: Duration = Duration::from_millis(40);

fn main() -> anyhow::Result<()> {
    // Cargo passes --bench; what follows it is ours.
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let corpus = PathBuf::from(arguments.first().map_or("corpus", String::as_str));
    let questions: Vec<String> = match arguments.get(1) {
        Some(path) => admin::read_cases(Path::new(path))?.into_iter().map(|case| case.question).collect(),
        None => ["25311是什么意思？", "今年计划多少个项目？", "吕沛是什么职务？", "how many projects are planned"]
            .map(str::to_owned)
            .to_vec(),
    };
    let seconds = arguments.get(2).and_then(|seconds| seconds.parse().ok()).unwrap_or(20);
    let home = tempfile::tempdir()?;
    copy(&corpus, &home.path().join("corpus"))?;
    let path = |name: &str| home.path().join(name).display().to_string();
    let settings = [("CORPUS_DIR", path("corpus")), ("INDEX_DIR", path("index")), ("STATE_DIR", path("state"))];
    let lookup = |name: &str| settings.iter().find(|(known, _)| *known == name).map(|(_, value)| value.clone());
    let lookup = |name: &str| if name == "QUESTIONS_PER_MINUTE" { Some("0".to_owned()) } else { lookup(name) };
    let config = Config::read(lookup).map_err(|wrong| anyhow::anyhow!("{wrong:?}"))?;
    let index = admin::reindex(&config, |_| {})?.index;
    println!("{} documents, {} passages", index.documents().len(), index.passage_count());
    let desk = Arc::new(Desk::new(config.clone(), index, Arc::new(Journal::open(&config.state)?))?);
    desk.warm_up()?;
    let period = Duration::from_secs(seconds);
    ask(&desk, &questions, Duration::from_secs(2));

    let idle = Times::of(ask(&desk, &questions, period));
    println!("idle                               {}", idle.line(&idle));

    let built = AtomicUsize::new(0);
    let outside = during(&desk, &questions, period, || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wenda"));
        command.args(["reindex", "--full"]).envs(settings.iter().cloned());
        let done = command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success());
        built.fetch_add(usize::from(done), Ordering::Relaxed);
    });
    println!(
        "another process builds from nothing {} ({} times)",
        outside.line(&idle),
        built.swap(0, Ordering::Relaxed)
    );

    let visitor = visitor("admin", Access::Admin);
    let file = first_file(&config.corpus)?;
    let inside = during(&desk, &questions, period, || {
        let text = fs::read_to_string(&file).unwrap_or_default();
        let changed = fs::write(&file, format!("{text}\n\n第九百九十九条 本条为测量而增加。\n")).is_ok();
        let reply = desk.reply(&visitor, "/reindex", Deadline::NONE);
        if let (true, Some(work)) = (changed, reply.work) {
            desk.work(&visitor, &work, |_| {});
            built.fetch_add(1, Ordering::Relaxed);
        }
    });
    println!("the desk takes up one changed file  {} ({} times)", inside.line(&idle), built.swap(0, Ordering::Relaxed));
    Ok(())
}

/// Asks while something else is done again and again, and the desk looks each second for a new index.
fn during(desk: &Desk, questions: &[String], period: Duration, work: impl Fn() + Sync) -> Times {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                work();
            }
        });
        scope.spawn(|| {
            while !stop.load(Ordering::Relaxed) {
                thread::sleep(Duration::from_secs(1));
                desk.refresh().unwrap_or_else(|error| println!("{error:#}"));
            }
        });
        let times = ask(desk, questions, period);
        stop.store(true, Ordering::Relaxed);
        Times::of(times)
    })
}

/// Asks at a steady rate; gives the milliseconds of each question.
fn ask(desk: &Desk, questions: &[String], period: Duration) -> Vec<f64> {
    let visitor = visitor("citizen", Access::Everyone);
    let started = Instant::now();
    let mut times = Vec::new();
    for question in questions.iter().cycle() {
        let due = started + EVERY * u32::try_from(times.len()).unwrap_or(u32::MAX);
        if due - started > period {
            break;
        }
        thread::sleep(due.saturating_duration_since(Instant::now()));
        let asked = Instant::now();
        desk.reply(&visitor, question, Deadline::NONE);
        times.push(asked.elapsed().as_secs_f64() * 1000.0);
    }
    times
}

fn visitor(person: &str, access: Access) -> Visitor {
    Visitor {
        channel: "terminal",
        chat: person.to_owned(),
        person: Some(person.to_owned()),
        access,
        language: None,
        public: false,
    }
}

/// Percentiles of a run.
struct Times {
    count: usize,
    median: f64,
    slow: f64,
    slowest: f64,
}

impl Times {
    fn of(mut times: Vec<f64>) -> Times {
        times.sort_unstable_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
        Times { count: times.len(), median: at(0.5), slow: at(0.99), slowest: at(1.0) }
    }

    fn line(&self, idle: &Times) -> String {
        format!(
            "median {:7.2} ms ({:.2})  99th percentile {:7.2} ms ({:.2})  slowest {:7.2} ms  of {} questions",
            self.median,
            self.median / idle.median,
            self.slow,
            self.slow / idle.slow,
            self.slowest,
            self.count
        )
    }
}

fn copy(from: &Path, to: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let target = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &target)?;
        } else {
            // Not its rights: the copy is changed.
            fs::write(target, fs::read(&path)?)?;
        }
    }
    Ok(())
}

fn first_file(folder: &Path) -> anyhow::Result<PathBuf> {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder)? {
            let path = entry?.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "md" || extension == "txt") {
                return Ok(path);
            }
        }
    }
    anyhow::bail!("there is no text in the corpus")
}
