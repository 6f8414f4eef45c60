//! Work that nobody waits for any more stops soon, wherever it is.

use std::time::{Duration, Instant};

use wenda::{
    admin,
    answer::{answer, answer_within},
    config::Config,
    deadline::{Deadline, Overdue},
    index::Index,
};

/// Work may go on for so long behind its deadline: a step that is not divided, on a machine that is busy with other tests.
const SLACK: Duration = Duration::from_millis(1500);

fn index(folder: &std::path::Path) -> Index {
    let path = |name: &str| Some(folder.join(name).to_string_lossy().into_owned());
    let config = Config::read(|name| match name {
        "INDEX_DIR" => path("index"),
        "STATE_DIR" => path("state"),
        _ => None,
    });
    admin::reindex(&config.unwrap(), |_| {}).unwrap().index
}

/// A question as long as may be set at most: all words of the corpus, in Chinese and with English between them.
fn longest(index: &Index) -> String {
    let path = index.documents().keys().next().unwrap();
    let text = index.document(path).unwrap().unwrap().text;
    let words = "investment project mayor development zone high technology industry planned construction ";
    let mixed = text.lines().flat_map(|line| [line, words]).collect::<String>();
    mixed.chars().cycle().filter(|c| !"。？！?!\n".contains(*c)).take(10_000).collect()
}

#[test]
fn an_answer_stops_soon_after_its_deadline() {
    let folder = tempfile::tempdir().unwrap();
    let index = index(folder.path());
    for question in [longest(&index), longest(&index).chars().filter(|c| !c.is_ascii_alphabetic()).collect()] {
        let began = Instant::now();
        let whole = answer(&index, &question, None, 10, None).unwrap();
        let needed = began.elapsed();
        println!("{} characters took {needed:?}", question.chars().count());
        for share in [0.0, 0.1, 0.3, 0.5, 0.7, 0.9] {
            let (began, given) = (Instant::now(), needed.mul_f64(share));
            let ended = answer_within(&index, &question, None, 10, None, Deadline::after(given));
            let over = began.elapsed().saturating_sub(given);
            println!("given {given:?}: {over:?} more");
            match ended {
                Ok(answer) => assert_eq!((answer.quotes, share > 0.0), (whole.quotes.clone(), true), "it was faster"),
                Err(error) => assert!(error.is::<Overdue>(), "{error:#}"),
            }
            assert!(over < SLACK, "of {needed:?} {given:?} were given, and it took {over:?} more");
        }
    }
}
