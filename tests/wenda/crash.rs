//! What can happen to a build: it is killed at any moment, the disk is full, the folder cannot be written, another one runs.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use wenda::{answer::answer, index::Generations};

use crate::harness::{Dice, Place, quotes};

/// How often builds are killed.
const KILLS: usize = 50;

const LAW: &str = "# 市民热线办法\n\n第一条 市民可以拨打热线反映问题。\n\n第二条 工单应当在五个工作日内答复。\n";

/// A corpus that takes a moment to index.
fn filled() -> Place {
    let place = Place::with(&[("办法.md", LAW)]);
    for number in 0..40 {
        write(&place, number, 0);
    }
    place
}

fn write(place: &Place, number: usize, edition: usize) {
    let sentence = format!("第{number}号公园在第{edition}版规定中每天七时开放。");
    place.write(&format!("{number}.md"), format!("# 公园{number}\n\n{}\n", sentence.repeat(8)).as_bytes());
}

/// The folders in the folder of the index, by name.
fn folders(index: &Path) -> Vec<String> {
    let entries = fs::read_dir(index).unwrap().map(|entry| entry.unwrap());
    let folders = entries.filter(|entry| entry.path().is_dir());
    folders.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_build_may_be_killed_at_any_moment() {
    let place = filled();
    let generations = Generations::new(&place.index());
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let timed = |arguments: &[&str]| {
        let started = Instant::now();
        assert_eq!(place.run(arguments).code, 0);
        started.elapsed()
    };
    let full = timed(&["reindex", "--full"]);
    write(&place, 0, 1);
    let small = timed(&["reindex"]);
    let (mut kills, mut published) = (0, 0);
    let mut newest = generations.current_name();
    for edition in 2..2 + KILLS {
        // Documents change, go and come, so that there is always something to do.
        write(&place, dice.below(30), edition);
        _ = fs::remove_file(place.file(&format!("{}.md", 30 + dice.below(10))));
        write(&place, 30 + dice.below(10), edition);
        let (arguments, whole): (&[&str], Duration) =
            if edition % 2 == 0 { (&["reindex", "--full"], full) } else { (&["reindex"], small) };
        let mut build = place.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        thread::sleep(whole.mul_f64(dice.below(1000) as f64 / 950.0));
        build.kill().unwrap();
        kills += usize::from(!build.wait().unwrap().success());

        let index = generations.current().unwrap_or_else(|error| panic!("after {kills} kills: {error}"));
        let found = answer(&index, "工单几个工作日内答复？", None, 3, None).unwrap();
        assert!(found.quotes.iter().any(|quote| quote.text.contains("五个工作日")), "after {kills} kills");
        for path in index.documents().keys() {
            assert!(index.document(path).unwrap().is_some(), "{path} is listed, but not there");
        }
        published += usize::from(generations.current_name() != newest);
        newest = generations.current_name();
        generations.tidy();
        let left = folders(&place.index());
        assert!(left.len() <= 2 && left.contains(&index.manifest().generation), "after {kills} kills: {left:?}");
    }
    assert!(kills >= KILLS / 2, "only {kills} builds were killed, {published} came through");
    write(&place, 0, 0);
    assert_eq!(place.run(&["reindex"]).code, 0);
    assert_eq!(folders(&place.index()).len(), 2, "the two newest generations remain");
}

#[cfg(unix)]
#[test]
fn a_full_disk_leaves_the_index_in_force() {
    let place = filled();
    let before = place.answer("热线")["generation"].clone();
    for number in 0..40 {
        write(&place, number, 1);
    }
    let wenda = place.command(&[]);
    for blocks in [0, 8, 24] {
        for arguments in [&["reindex"][..], &["reindex", "--full"]] {
            // No file may grow beyond the limit: writes fail as they do on a full disk.
            let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
            let mut command = Command::new("sh");
            command.args(["-c", &script, "sh"]).arg(wenda.get_program()).args(arguments);
            command.envs(wenda.get_envs().filter_map(|(name, value)| Some((name, value?))));
            let output = command.output().unwrap();
            let error = String::from_utf8_lossy(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{blocks} blocks: {error}");
            assert!(error.contains("is the disk full?") && !error.contains("panicked"), "{blocks} blocks: {error}");
            let generations = Generations::new(&place.index());
            assert_eq!(generations.current().unwrap().manifest().generation, before.as_str().unwrap());
            generations.tidy();
            assert_eq!(folders(&place.index()).len(), 1);
        }
    }
    assert_eq!(place.run(&["reindex"]).code, 0);
    assert!(quotes(&place.answer("几个工作日内答复？")).concat().contains("五个工作日"));
}

#[test]
fn a_folder_that_cannot_be_written_says_what_to_do() {
    let place = Place::with(&[("办法.md", LAW)]);
    let output = place.command(&["reindex"]).env("INDEX_DIR", place.file("办法.md")).output().unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(error.contains("INDEX_DIR"), "{error}");
}

#[test]
fn of_two_builds_at_once_one_waits_or_says_so() {
    let place = filled();
    let builds: Vec<_> = (0..3).map(|_| place.command(&["reindex"]).spawn().unwrap()).collect();
    let mut done = 0;
    for build in builds {
        let output = build.wait_with_output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => done += 1,
            code => assert!(code == Some(2) && error.contains("another process is building"), "{error}"),
        }
    }
    assert!(done >= 1);
    assert!(quotes(&place.answer("几个工作日内答复？")).concat().contains("五个工作日"));
}
