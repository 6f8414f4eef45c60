//! What can happen to a build: it is killed at any moment, the disk is full, the folder cannot be written, another one runs.

use std::{
    collections::BTreeMap,
    fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use serde_json::Value;
use wenda::{answer::answer, index::Generations};

use crate::harness::{Dice, Place, quotes};

/// How often builds are killed.
const KILLS: usize = 50;

/// Builds yield to all others: on a machine that has much else to do, no further one is begun after this time.
const ENOUGH: Duration = Duration::from_secs(60);

/// Documents of a corpus of which a build takes so long that a kill can fall into each of its phases.
const MANY: usize = 200;

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

/// The texts of another test's corpus.
fn fixtures() -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/regression/corpus");
    entries(&folder).iter().filter_map(|name| fs::read_to_string(folder.join(name)).ok()).collect()
}

/// The names in a folder, sorted.
fn entries(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name());
    let mut names: Vec<String> = names.map(|name| name.to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

/// The folders in the folder of the index, by name. Some may go while it is read.
fn folders(index: &Path) -> Vec<String> {
    entries(index).into_iter().filter(|name| index.join(name).is_dir()).collect()
}

/// When a build is killed.
#[derive(Clone, Copy)]
enum Moment {
    /// After this share of the time that it takes.
    Share(f64),
    /// As soon as it has begun to write.
    Begun,
    /// As soon as the new generation is complete; it is tried out before it takes effect.
    Complete,
    /// As soon as the new generation has taken effect; the oldest one is still there.
    Published,
}

/// What a killed build left behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Left {
    /// Nothing, or all of its work.
    Nothing,
    /// A generation that was being written.
    Begun,
    /// A complete generation that had not taken effect.
    Complete,
    /// A generation that nobody needs any more.
    Old,
}

/// The names in the pointer to the generations: the one in force and the one before.
fn named(index: &Path) -> Vec<String> {
    let pointer: Value = serde_json::from_slice(&fs::read(index.join("current.json")).unwrap()).unwrap();
    let names = ["current", "previous"].map(|name| pointer[name].as_str().map(str::to_owned));
    names.into_iter().flatten().collect()
}

/// The number at the beginning of a generation's name.
fn number(name: &str) -> u64 {
    name.split_once('-').and_then(|(number, _)| number.parse().ok()).unwrap_or(0)
}

/// Kills a build at a moment.
fn kill(build: &mut Child, index: &Path, moment: Moment, whole: Duration) -> bool {
    let started = Instant::now();
    let newest = number(&named(index)[0]);
    while build.try_wait().unwrap().is_none() {
        let folders = || folders(index);
        let now = match moment {
            Moment::Share(share) => started.elapsed() >= whole.mul_f64(share),
            Moment::Begun => folders().contains(&"building".to_owned()),
            Moment::Complete => folders().iter().any(|name| number(name) > newest),
            Moment::Published => number(&named(index)[0]) > newest,
        };
        if now {
            break;
        }
        thread::sleep(Duration::from_micros(200));
    }
    build.kill().unwrap();
    !build.wait().unwrap().success()
}

fn left(index: &Path) -> Left {
    let (folders, named) = (folders(index), named(index));
    let unnamed: Vec<u64> = folders.iter().filter(|name| !named.contains(name)).map(|name| number(name)).collect();
    match unnamed.first() {
        _ if folders.contains(&"building".to_owned()) => Left::Begun,
        Some(unnamed) if *unnamed > number(&named[0]) => Left::Complete,
        Some(_) => Left::Old,
        None => Left::Nothing,
    }
}

#[test]
fn a_build_may_be_killed_at_any_moment() {
    let place = Place::with(&[("办法.md", LAW)]);
    let texts = fixtures();
    let write = |number: usize, edition: usize| {
        let text = format!("{}\n\n第{number}号文件，第{edition}版。\n", texts[number % texts.len()]);
        place.write(&format!("{number}.md"), text.as_bytes());
    };
    (0..MANY).for_each(|number| write(number, 0));
    let (index, generations) = (place.index(), Generations::new(&place.index()));
    let mut dice = Dice(0x2545_F491_4F6C_DD1D);
    let timed = |arguments: &[&str]| {
        let started = Instant::now();
        assert_eq!(place.run(arguments).code, 0);
        started.elapsed()
    };
    let full = timed(&["reindex", "--full"]);
    write(0, 1);
    let small = timed(&["reindex"]);
    let (mut kills, mut rounds) = (0, 0);
    let mut seen: BTreeMap<Left, usize> = BTreeMap::new();
    let started = Instant::now();
    for edition in (2..2 + KILLS).take_while(|_| started.elapsed() < ENOUGH) {
        rounds += 1;
        // Documents change, go and come, so that there is always something to do.
        write(dice.below(MANY - 20), edition);
        _ = fs::remove_file(place.file(&format!("{}.md", MANY - 20 + dice.below(20))));
        write(MANY - 20 + dice.below(20), edition);
        let moment = match edition % 5 {
            0 => Moment::Begun,
            1 => Moment::Complete,
            2 => Moment::Published,
            _ => Moment::Share(dice.below(1000) as f64 / 1000.0),
        };
        let (arguments, whole): (&[&str], Duration) =
            if edition % 2 == 0 { (&["reindex", "--full"], full) } else { (&["reindex"], small) };
        let mut build = place.command(arguments).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        kills += usize::from(kill(&mut build, &index, moment, whole));
        *seen.entry(left(&index)).or_default() += 1;

        let opened = generations.current().unwrap_or_else(|error| panic!("after {kills} kills: {error}"));
        let found = answer(&opened, "工单几个工作日内答复？", None, 3, None).unwrap();
        assert!(found.quotes.iter().any(|quote| quote.text.contains("五个工作日")), "after {kills} kills");
        assert!(opened.documents().len() > MANY - 20);
        for path in opened.documents().keys() {
            assert!(opened.document(path).unwrap().is_some(), "{path} is listed, but not there");
        }
        drop(opened);
        generations.tidy();
        let mut expected = named(&index);
        assert_eq!(expected.len(), 2);
        expected.extend(["current.json".to_owned(), "lock".to_owned()]);
        expected.sort();
        assert_eq!(entries(&index), expected, "nothing but the two newest generations remains, after {kills} kills");
    }
    println!("{kills} of {rounds} builds were killed, and left behind: {seen:?}");
    assert!(kills >= rounds / 2, "only {kills} of {rounds} builds were killed: {seen:?}");
    for phase in [Left::Begun, Left::Complete] {
        assert!(rounds < KILLS || seen.contains_key(&phase), "no kill left {phase:?}: {seen:?}");
    }
    write(0, 0);
    assert_eq!(place.run(&["reindex"]).code, 0);
    assert_eq!(folders(&index).len(), 2, "the two newest generations remain");
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
