//! How long a question takes, set against the plainest way to look for the same words: reading every passage.
//!
//!     cargo bench --bench questions -- CORPUS QUESTIONS.jsonl
//!
//! Without arguments the bundled article is asked. Prints the median and the 99th percentile of a question, the same of the
//! scan over the same questions in the same run, and the ratio of the medians.

use std::{hint::black_box, path::PathBuf, time::Instant};

use wenda::{
    admin,
    answer::answer,
    config::Config,
    text::{fold, tokenize},
};

/// Questions asked in a run at most.
const MOST: usize = 300;

fn main() -> anyhow::Result<()> {
    // Cargo passes --bench; what follows it is ours.
    let mut arguments = std::env::args().skip(1).filter(|argument| !argument.starts_with("--"));
    let corpus = arguments.next().unwrap_or_else(|| "corpus".to_owned());
    let questions = match arguments.next() {
        Some(path) => admin::read_cases(&PathBuf::from(path))?.into_iter().map(|case| case.question).collect(),
        None => ["25311是什么意思？", "今年计划多少个项目？", "吕沛是什么职务？", "how many projects are planned"]
            .map(str::to_owned)
            .to_vec(),
    };
    let folder = tempfile::tempdir()?;
    let index_folder = folder.path().join("index").to_string_lossy().into_owned();
    let config = Config::read(|name| match name {
        "CORPUS_DIR" => Some(corpus.clone()),
        "INDEX_DIR" => Some(index_folder.clone()),
        _ => None,
    })
    .map_err(|wrong| anyhow::anyhow!("{wrong:?}"))?;
    let built = admin::reindex(&config, |_| {})?;
    let (index, report) = (built.index, built.report);
    println!(
        "{} documents, {} passages, indexed in {:.1} s",
        report.documents,
        report.passages,
        report.elapsed.as_secs_f64()
    );
    let mut passages = Vec::new();
    for path in index.documents().keys() {
        let Some(document) = index.document(path)? else { continue };
        passages.extend(
            document.passages.iter().filter_map(|passage| Some(fold(passage.span.slice(&document.text)?).text())),
        );
    }
    let questions: Vec<String> = questions.into_iter().take(MOST).collect();
    answer(&index, &questions[0], None, 10, None)?;
    let (mut asked, mut scanned) = (Vec::new(), Vec::new());
    for question in &questions {
        let started = Instant::now();
        black_box(answer(&index, question, None, 10, None)?);
        asked.push(started.elapsed().as_secs_f64() * 1000.0);
        let started = Instant::now();
        black_box(scan(&passages, question));
        scanned.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    let (median, slow) = percentiles(asked);
    let (scan_median, scan_slow) = percentiles(scanned);
    println!("question  median {median:7.2} ms   99th percentile {slow:7.2} ms");
    println!("scan      median {scan_median:7.2} ms   99th percentile {scan_slow:7.2} ms");
    println!(
        "a question takes {:.3} of a scan at the median, over {} questions",
        median / scan_median,
        questions.len()
    );
    Ok(())
}

/// The baseline: the passage with most pairs of the question, found by reading them all.
fn scan(passages: &[String], question: &str) -> Option<usize> {
    let pairs: Vec<String> = tokenize(&fold(question).chars).bigrams.into_iter().map(|token| token.text).collect();
    let shared = |passage: &String| pairs.iter().filter(|pair| passage.contains(pair.as_str())).count();
    (0..passages.len()).max_by_key(|at| shared(&passages[*at]))
}

fn percentiles(mut times: Vec<f64>) -> (f64, f64) {
    times.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() as f64 * share) as usize).min(times.len() - 1)];
    (at(0.5), at(0.99))
}
