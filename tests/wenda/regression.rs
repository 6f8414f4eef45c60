//! A small measured set: an invented town's documents and 120 questions of all kinds, written before anyone looked how they are
//! answered. Figures must not fall below the floors that are stored beside it; a figure that is missing fails as well.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use crate::harness::Place;

const SET: &str = "tests/fixtures/regression";

/// Floors by figure: `GROUP/NAME`, where the group `all` stands for every question, in percent.
type Floors = BTreeMap<String, f64>;

/// What is wrong with the figures of a set; nothing where all are reached.
fn compare(floors: &Floors, summary: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    if floors.is_empty() {
        wrong.push("there are no floors to compare with".to_owned());
    }
    for (path, floor) in floors {
        match figure(summary, path) {
            Some(found) if found >= *floor => {}
            Some(found) => wrong.push(format!("{path} is {found:.1}, its floor is {floor}")),
            None => wrong.push(format!("{path} is not among the figures")),
        }
    }
    wrong
}

/// A figure in percent.
fn figure(summary: &Value, path: &str) -> Option<f64> {
    let (group, name) = path.split_once('/')?;
    let group = if group == "all" { &summary["all"] } else { &summary["groups"][group] };
    let value = &group[name];
    value.as_f64().or_else(|| value["mean"].as_f64()).map(|value| value * 100.0)
}

#[test]
fn the_figures_of_the_town_do_not_fall() {
    let mut files = Vec::new();
    for entry in fs::read_dir(Path::new(SET).join("corpus")).unwrap() {
        let entry = entry.unwrap();
        files.push((entry.file_name().into_string().unwrap(), fs::read_to_string(entry.path()).unwrap()));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    let questions = fs::canonicalize(Path::new(SET).join("questions.jsonl")).unwrap();
    let floors: Floors =
        serde_json::from_str(&fs::read_to_string(Path::new(SET).join("floors.json")).unwrap()).unwrap();
    let said = Place::with(&files).run(&["evaluate", "--json", questions.to_str().unwrap()]);
    assert_eq!(said.code, 0, "{}", said.err);
    let summary: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(summary["questions"], fs::read_to_string(&questions).unwrap().lines().count());
    for path in floors.keys() {
        println!("{path} {:.1}", figure(&summary, path).unwrap_or(f64::NAN));
    }
    let wrong = compare(&floors, &summary);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_gate_closes_when_it_cannot_compare() {
    let summary = serde_json::json!({
        "questions": 2,
        "all": {"hit@1": {"mean": 0.5, "low": 0.0, "high": 1.0, "count": 2}, "verbatim": 1.0, "refused": null},
        "groups": {"lang=en": {"quote": {"mean": 1.0, "low": 1.0, "high": 1.0, "count": 1}}},
    });
    let check = |floors: &[(&str, f64)], expected: &[&str]| {
        let floors = floors.iter().map(|(path, floor)| ((*path).to_owned(), *floor)).collect();
        assert_eq!(compare(&floors, &summary), expected);
    };
    check(&[("all/hit@1", 50.0), ("all/verbatim", 100.0), ("lang=en/quote", 90.0)], &[]);
    check(&[("all/hit@1", 51.0)], &["all/hit@1 is 50.0, its floor is 51"]);
    check(&[("all/refused", 1.0)], &["all/refused is not among the figures"]);
    check(&[("lang=zh/quote", 0.0)], &["lang=zh/quote is not among the figures"]);
    check(&[("nonsense", 0.0)], &["nonsense is not among the figures"]);
    check(&[], &["there are no floors to compare with"]);
}
