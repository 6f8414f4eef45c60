//! 200 broken files of all formats: nothing crashes or hangs, and each is accounted for.

use std::{
    collections::BTreeSet,
    time::{Duration, Instant},
};

use serde_json::Value;
use wenda::{answer::Language, bot::words::Words};

use crate::{good::fixtures, harness::Place};

/// Files that are made.
const FILES: usize = 200;

/// Numbers that look random and are the same in every run (Knuth's MMIX generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % end.max(1)
    }
}

/// Breaks a file in the way of its number.
fn broken(number: usize, name: &str, bytes: &[u8], dice: &mut Dice) -> (String, Vec<u8>) {
    let (stem, extension) = name.rsplit_once('.').unwrap();
    let mut bytes = bytes.to_vec();
    let mut label = extension.to_owned();
    let way = match number % 7 {
        0 => {
            bytes.truncate(dice.below(bytes.len()));
            "truncated"
        }
        1 => {
            for _ in 0..1 + dice.below(40) {
                let at = dice.below(bytes.len());
                bytes[at] ^= 1 << dice.below(8);
            }
            "flipped"
        }
        2 => {
            label = ["pdf", "docx", "xlsx", "csv", "html", "txt", "md"][dice.below(7)].to_owned();
            "mislabelled"
        }
        3 => {
            bytes.clear();
            "empty"
        }
        4 => {
            let from = dice.below(bytes.len());
            let to = (from + dice.below(4000)).min(bytes.len());
            bytes.drain(from..to);
            "holed"
        }
        5 => {
            let (from, to) = (dice.below(bytes.len()), dice.below(bytes.len()));
            let part: Vec<u8> = bytes[from.min(to)..from.max(to)].to_vec();
            let at = dice.below(bytes.len());
            bytes.splice(at..at, part);
            "doubled"
        }
        _ => {
            let length = dice.below(3000);
            bytes = bytes.into_iter().take(8).chain((0..length).map(|_| dice.below(256) as u8)).collect();
            "noise"
        }
    };
    (format!("{number:03}-{stem}-{way}.{label}"), bytes)
}

#[test]
fn every_one_of_200_broken_files_is_accounted_for() {
    let mut sources = fixtures("good");
    sources.extend(fixtures("bad"));
    sources.push(("路灯.txt".to_owned(), "路灯不亮的，维修人员应当在四十八小时内修复。\n".repeat(20).into_bytes()));
    sources.push(("信访.md".to_owned(), "---\ntitle: 信访\n---\n# 接待日\n\n每月十五日。\n".repeat(9).into_bytes()));
    let place = Place::with(&[("通知.md", "# 通知\n\n市民之家每周一开放。\n")]);
    let mut dice = Dice(20_240_601);
    let mut names = BTreeSet::new();
    for number in 0..FILES {
        let (name, bytes) = &sources[dice.below(sources.len())];
        let (name, bytes) = broken(number, name, bytes, &mut dice);
        place.write(&name, &bytes);
        names.insert(name);
    }
    let started = Instant::now();
    let said = place.run(&["reindex", "--json"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(started.elapsed() < Duration::from_secs(300), "{:?}", started.elapsed());

    let report: Value = serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}", said.out));
    let mut accounted = BTreeSet::new();
    for added in report["added"].as_array().unwrap() {
        accounted.insert(added.as_str().unwrap().to_owned());
    }
    for problem in report["problems"].as_array().unwrap() {
        let reason = problem["reason"].as_str().unwrap();
        assert!(reason.len() > 10, "{problem}");
        for language in [Language::Simplified, Language::Traditional] {
            assert_ne!(Words(language).reason(reason), reason, "an admin is told in English");
        }
        assert!(accounted.insert(problem["path"].as_str().unwrap().to_owned()), "{problem} is indexed as well");
    }
    names.insert("通知.md".to_owned());
    assert_eq!(accounted, names);
    let empty = report["problems"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|problem| problem["path"].as_str().unwrap().contains("-empty"));
    assert!(empty.count() >= FILES / 7, "an empty file is refused");
    // What is left of the folder can be asked.
    assert!(place.answer("市民之家哪天开放？")["quotes"][0]["text"].as_str().unwrap().contains("周一"));
}
