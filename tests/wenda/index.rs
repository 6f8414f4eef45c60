//! The index: built when needed, rebuilt when damaged, never half.

use std::fs;

use crate::harness::{Place, quotes};

const LAW: &str = "# 市民热线办法\n\n第一条 市民可以拨打热线反映问题。\n\n第二条 工单应当在五个工作日内答复。\n";

#[test]
fn a_changed_corpus_is_indexed_before_the_next_answer() {
    let place = Place::with(&[("办法.md", LAW)]);
    assert!(quotes(&place.answer("几个工作日内答复？")).concat().contains("五个工作日"));
    place.write("办法.md", LAW.replace("五个", "三个").as_bytes());
    assert!(quotes(&place.answer("几个工作日内答复？")).concat().contains("三个工作日"));
}

#[test]
fn a_damaged_index_is_built_anew() {
    let place = Place::with(&[("办法.md", LAW)]);
    place.answer("热线");
    for entry in fs::read_dir(place.index()).unwrap() {
        let folder = entry.unwrap().path();
        if folder.is_dir() {
            for file in fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                let mut bytes = fs::read(&path).unwrap();
                let middle = bytes.len() / 2;
                if let Some(byte) = bytes.get_mut(middle) {
                    *byte = byte.wrapping_add(1);
                }
                fs::write(path, bytes).unwrap();
            }
        }
    }
    let said = place.run(&["ask", "工单应当在几个工作日内答复？"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.err.contains("the index is damaged"), "{}", said.err);
    assert!(said.out.contains("五个工作日") || said.out.contains('五'), "{}", said.out);
}

#[test]
fn an_index_of_another_schema_is_built_anew() {
    let place = Place::with(&[("办法.md", LAW)]);
    let answer = place.answer("热线");
    let manifest = place.index().join(answer["generation"].as_str().unwrap()).join("manifest.json");
    let text = fs::read_to_string(&manifest).unwrap();
    fs::write(&manifest, text.replacen("\"schema\":", "\"schema\":99", 1)).unwrap();
    let said = place.run(&["ask", "热线"]);
    assert!(said.err.contains("schema 99"), "{}", said.err);
    assert_eq!(said.code, 0, "{}", said.err);
}

#[test]
fn a_foreign_pointer_is_replaced() {
    let place = Place::with(&[("办法.md", LAW)]);
    fs::create_dir_all(place.index()).unwrap();
    fs::write(place.index().join("current.json"), "not ours").unwrap();
    assert_eq!(place.run(&["ask", "热线"]).code, 0);
}

#[test]
fn a_broken_file_is_reported_and_the_rest_indexed() {
    let place = Place::with(&[("办法.md", LAW)]);
    place.write("图片.txt", &[0x89, b'P', b'N', b'G', 0, 0, 1, 2, 3, 0xFF, 0xFE, 0, 0]);
    let said = place.run(&["reindex"]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("1 documents") && said.out.contains("refused 图片.txt"), "{}", said.out);
}

#[test]
fn one_process_builds_at_a_time() {
    let place = Place::with(&[("办法.md", LAW)]);
    fs::create_dir_all(place.index()).unwrap();
    let lock = fs::File::create(place.index().join("lock")).unwrap();
    lock.lock().unwrap();
    let said = place.run(&["reindex"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("another process is building"), "{}", said.err);
}

#[test]
fn check_says_what_is_wrong_and_what_to_do() {
    let place = Place::with(&[("办法.md", LAW)]);
    let said = place.run(&["check"]);
    assert!(said.out.contains("wenda reindex"), "{}", said.out);
    assert_eq!(said.code, 2);
    place.answer("热线");
    let said = place.run(&["check"]);
    assert_eq!((said.code, said.out.contains("problem")), (0, false), "{}", said.out);
}

#[test]
fn an_empty_corpus_says_where_to_put_documents() {
    let place = Place::with(&[]);
    let said = place.run(&["ask", "热线"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("put text, Markdown, HTML"), "{}", said.err);
    assert!(!place.file("办法.md").exists());
}
