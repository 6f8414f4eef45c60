//! Reindexing: only what has changed is read, and the result is the one that a build from nothing gives.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;
use wenda::{
    admin::{self, Built, Order, Report},
    answer::answer,
    config::Config,
    index::Index,
};

use crate::harness::{Dice, Place, quotes};

const LAW: &str = "# 市民热线办法\n\n第一条 市民可以拨打热线反映问题。\n\n第二条 工单应当在五个工作日内答复。\n";

/// A corpus with its index, driven without the program.
struct Workshop {
    home: tempfile::TempDir,
}

impl Workshop {
    fn new() -> Workshop {
        let home = tempfile::tempdir().unwrap();
        fs::create_dir(home.path().join("corpus")).unwrap();
        Workshop { home }
    }

    fn config(&self, index: &str) -> Config {
        let folder = |name: &str| self.home.path().join(name).display().to_string();
        Config::read(|name| match name {
            "CORPUS_DIR" => Some(folder("corpus")),
            "INDEX_DIR" => Some(folder(index)),
            "STATE_DIR" => Some(folder("state")),
            _ => None,
        })
        .unwrap()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.home.path().join("corpus").join(name)
    }

    fn reindex(&self) -> (Index, Report) {
        let built = admin::reindex(&self.config("index"), |_| {}).unwrap();
        (built.index, built.report)
    }

    /// The index that a build from nothing makes of the same files.
    fn build_anew(&self) -> Index {
        admin::reindex_as(&self.config("fresh"), Order { afresh: true, ..Order::default() }, |_| {}).unwrap().index
    }
}

/// A document of sentences that share words, names and references with those of others, with many equal scores among them.
fn document(dice: &mut Dice) -> String {
    const WHO: [&str; 6] = ["市政府", "卫生局", "教育局", "玛丽·居里", "斯蒂芬森", "街道办事处"];
    const WHAT: [&str; 6] = ["补贴", "许可证", "医疗保险", "停车位", "入学手续", "图书馆"];
    const WHEN: [&str; 5] = ["五个工作日内", "每周一", "三十日内", "2024年3月1日前", "节假日"];
    let law = format!("市民{}办法", WHAT[dice.below(6)]);
    let mut text = format!("# {law}\n\n");
    for number in 1..=1 + dice.below(6) {
        let (who, what, when) = (WHO[dice.below(6)], WHAT[dice.below(6)], WHEN[dice.below(5)]);
        text.push_str(&format!(
            "第{number}条 {who}应当在{when}办理{what}，依照《市民{}办法》第1条。\n\n",
            WHAT[dice.below(6)]
        ));
    }
    text
}

/// Questions of all kinds: Chinese, English with names, pinyin, slips of typing.
const QUESTIONS: [&str; 9] = [
    "卫生局什么时候办理医疗保险？",
    "谁办理停车位？",
    "几个工作日内办理许可证",
    "图书馆每周一开放吗",
    "when does Stephenson grant a permit?",
    "who gives medical insurance subsidies",
    "tushuguan",
    "医聊保显怎么办理",
    "居里",
];

/// All that an answer holds, but for its time and the name of its generation.
fn answers(index: &Index) -> BTreeMap<&'static str, Value> {
    QUESTIONS
        .into_iter()
        .map(|question| {
            let mut value = serde_json::to_value(answer(index, question, None, 30, None).unwrap()).unwrap();
            for key in ["elapsed_us", "generation", "id"] {
                value.as_object_mut().unwrap().remove(key);
            }
            (question, value)
        })
        .collect()
}

#[test]
fn answers_do_not_depend_on_how_the_index_came_about() {
    let workshop = Workshop::new();
    let mut dice = Dice(0x9E37_79B9_7F4A_7C15);
    for number in 0..12 {
        workshop.write(&format!("{number}.md"), &document(&mut dice));
    }
    let mut seen = Vec::new();
    for round in 0..16 {
        let (index, report) = workshop.reindex();
        assert_eq!(report.outcome, Built::Live, "round {round}");
        let grown = answers(&index);
        assert_eq!(grown, answers(&workshop.build_anew()), "round {round}");
        assert!(grown.values().filter(|answer| answer["passages"] != Value::Array(Vec::new())).count() > 5);
        seen.push(grown);
        for _ in 0..1 + dice.below(4) {
            let names: Vec<String> = index.documents().keys().cloned().collect();
            let name = names[dice.below(names.len())].clone();
            match dice.below(4) {
                0 => workshop.write(&format!("{}/{round}.md", dice.below(3)), &document(&mut dice)),
                1 => workshop.write(&name, &document(&mut dice)),
                2 => _ = fs::rename(workshop.path(&name), workshop.path(&format!("{round}-{}.md", dice.below(100)))),
                _ if names.len() > 6 => _ = fs::remove_file(workshop.path(&name)),
                _ => {}
            }
        }
        workshop.write(&format!("every-round-{}.md", round % 3), &document(&mut dice));
    }
    assert!(seen.windows(2).any(|pair| pair[0] != pair[1]), "the changes show in the answers");
}

#[test]
fn only_what_has_changed_is_read() {
    let workshop = Workshop::new();
    for name in ["a.md", "b.md", "c.md"] {
        workshop.write(name, &format!("# {name}\n\n{name} 的内容。\n"));
    }
    workshop.write("坏.txt", "");
    let (_, report) = workshop.reindex();
    assert_eq!((report.read, report.added.len(), report.problems.len()), (4, 3, 1));

    let (_, again) = workshop.reindex();
    assert_eq!((again.outcome, again.read, again.generation), (Built::Unchanged, 0, report.generation));

    workshop.write("b.md", "# b\n\n新的内容。\n");
    fs::create_dir(workshop.path("旧")).unwrap();
    fs::rename(workshop.path("c.md"), workshop.path("旧/c.md")).unwrap();
    fs::remove_file(workshop.path("a.md")).unwrap();
    let (index, report) = workshop.reindex();
    assert_eq!(
        (report.read, &report.changed, &report.removed),
        (2, &vec!["b.md".to_owned()], &vec!["a.md".to_owned()])
    );
    assert_eq!((report.moved[0].from.as_str(), report.moved[0].to.as_str()), ("c.md", "旧/c.md"));
    assert_eq!((report.added.len(), report.problems.len()), (0, 1), "a refused file is not forgotten");
    assert_eq!(index.documents().keys().collect::<Vec<_>>(), ["b.md", "旧/c.md"]);
    assert!(index.document("a.md").unwrap().is_none());

    workshop.write("坏.txt", "已经补上了内容。");
    let (index, report) = workshop.reindex();
    assert_eq!((report.read, report.added, report.problems.len()), (1, vec!["坏.txt".to_owned()], 0));
    assert!(index.document("坏.txt").unwrap().is_some());
}

#[test]
fn a_deleted_file_is_quoted_no_longer_and_a_moved_one_is_reported() {
    let place = Place::with(&[("办法.md", LAW), ("图书馆.md", "# 图书馆\n\n图书馆每周一闭馆。\n")]);
    assert!(quotes(&place.answer("几个工作日内答复？")).concat().contains("五个工作日"));
    fs::create_dir(place.file("新")).unwrap();
    fs::rename(place.file("图书馆.md"), place.file("新/图书馆.md")).unwrap();
    fs::remove_file(place.file("办法.md")).unwrap();
    let said = place.run(&["reindex"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in ["图书馆.md -> 新/图书馆.md", "moved: 1", "removed: 1\n    办法.md", "added: 0", "1 files read"]
    {
        assert!(said.out.contains(part), "{part} is missing in {}", said.out);
    }
    assert!(!quotes(&place.answer("几个工作日内答复？")).concat().contains("五个工作日"));
    assert!(quotes(&place.answer("图书馆哪天闭馆？")).concat().contains("每周一闭馆"));
}

#[test]
fn the_gate_keeps_an_index_that_answers_fewer_questions() {
    let place = Place::with(&[("办法.md", LAW)]);
    place.write(
        "questions.jsonl",
        "{\"id\":\"1\",\"question\":\"工单几个工作日内答复？\",\"answers\":[[\"五个工作日\"]],\"answerable\":true}\n"
            .as_bytes(),
    );
    let before = place.answer("热线")["generation"].clone();
    place.write("办法.md", LAW.replace("第二条 工单应当在五个工作日内答复。", "").as_bytes());
    let said = place.run(&["reindex"]);
    assert_eq!(said.code, 1, "{}", said.err);
    for part in ["--force", "0 of your 1 questions", "no longer answered: 1\n    工单几个工作日内答复？"] {
        assert!(said.out.contains(part), "{part} is missing in {}", said.out);
    }
    assert_eq!(place.answer("工单几个工作日内答复？")["generation"], before);
    assert_eq!(folders(&place.index()), 1, "what was refused leaves nothing behind");
    let said = place.run(&["reindex", "--force"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert_ne!(place.answer("热线")["generation"], before);

    place.write("办法.md", LAW.as_bytes());
    let said = place.run(&["reindex"]);
    assert!(said.out.contains("answered now: 1"), "{}", said.out);
    place.write("questions.jsonl", b"nonsense\n");
    let said = place.run(&["reindex"]);
    assert!(said.code == 0 && said.out.contains("Nothing has changed"), "questions alone are no change: {}", said.out);
    place.write("另.md", LAW.as_bytes());
    let said = place.run(&["reindex"]);
    assert!(said.code == 1 && said.out.contains("line 1"), "{}{}", said.out, said.err);
}

#[test]
fn a_folder_that_is_suddenly_empty_takes_nothing_away() {
    let place = Place::with(&[("办法.md", LAW)]);
    place.answer("热线");
    fs::remove_file(place.file("办法.md")).unwrap();
    let said = place.run(&["reindex"]);
    assert!(said.code == 1 && said.out.contains("no document is left"), "{}{}", said.out, said.err);
    assert!(quotes(&place.answer("几个工作日内答复？")).concat().contains("五个工作日"));
    assert_eq!(place.run(&["reindex", "--force"]).code, 0);
}

#[test]
fn a_missing_folder_says_which_setting_names_it() {
    let place = Place::with(&[]);
    fs::remove_dir_all(place.file("")).unwrap();
    let said = place.run(&["reindex"]);
    assert!(said.code == 2 && said.err.contains("set CORPUS_DIR to your folder of documents"), "{}", said.err);
}

#[test]
fn rollback_returns_at_once_and_holds() {
    let place = Place::with(&[("办法.md", LAW)]);
    let said = place.run(&["rollback"]);
    assert!(said.code == 2 && said.err.contains("run `wenda reindex`"), "{}", said.err);
    let first = place.answer("热线")["generation"].clone();
    let said = place.run(&["rollback"]);
    assert!(said.code == 2 && said.err.contains("each reindex that changes something keeps"), "{}", said.err);
    place.write("办法.md", LAW.replace("五个", "三个").as_bytes());
    assert_eq!(place.run(&["reindex"]).code, 0);
    let said = place.run(&["rollback"]);
    assert!(said.code == 0 && said.out.contains(first.as_str().unwrap()), "{}{}", said.out, said.err);
    let answer = place.answer("几个工作日内答复？");
    assert!(answer["generation"] == first && quotes(&answer).concat().contains("五个工作日"));
    assert_eq!(place.run(&["rollback"]).code, 0);
    assert!(quotes(&place.answer("几个工作日内答复？")).concat().contains("三个工作日"));
}

/// The folders in the folder of the index.
fn folders(index: &Path) -> usize {
    fs::read_dir(index).unwrap().filter(|entry| entry.as_ref().unwrap().path().is_dir()).count()
}
