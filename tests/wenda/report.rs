//! The report for people: its figures, its page, and what must not be in it.

use std::fs;

use serde_json::Value;

use crate::harness::Place;

const PARKING: &str = "---\ntitle: 停车收费办法\ndate: 2024-03-01\nvalid_until: 2025-06-30\n---\n路边停车每小时收费五元。李建国任市交通局局长。\n";
const LIBRARY: &str = "# 图书馆通告\n\n图书馆周一闭馆。\n";

/// A place in which citizens have asked.
fn asked(questions: &str) -> Place {
    let place = Place::with(&[("停车.md", PARKING), ("图书馆.md", LIBRARY)]);
    let said = place.run_with(&["chat"], questions);
    assert_eq!(said.code, 0, "{}", said.err);
    place
}

fn figures(place: &Place, arguments: &[&str]) -> Value {
    let said = place.run(&[&["report", "--json"], arguments].concat());
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err))
}

fn page(place: &Place, arguments: &[&str]) -> String {
    let said = place.run(&[&["report", "--output", "page.html"], arguments].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    fs::read_to_string(place.state().parent().unwrap().join("page.html")).unwrap()
}

#[test]
fn questions_are_counted_and_misses_grouped() {
    let place = asked(
        "你好\n路边停车每小时收费多少？\n图书馆周一开门吗？\n护照怎么办理？\n请问護照在哪裡辦理？\n养老金怎么领取？\n",
    );
    place.run(&["exclude", "图书馆.md"]);
    let figures = figures(&place, &["--days", "7"]);
    let total = &figures["total"];
    let count = |name: &str| total[name].as_u64().unwrap();
    assert_eq!(count("asked"), 5, "small talk does not count: {figures}");
    assert_eq!(count("answered") + count("related") + count("missed"), 5);
    let days = figures["days"].as_array().unwrap();
    assert_eq!(days.len(), 7);
    assert_eq!(days.iter().map(|day| day["asked"].as_u64().unwrap()).sum::<u64>(), 5);
    let misses = figures["misses"].as_array().unwrap();
    assert_eq!(
        (&misses[0]["times"], misses[0]["others"].as_array().unwrap().len()),
        (&Value::from(2), 1),
        "{misses:?}"
    );
    assert!(misses[0]["question"].as_str().unwrap().contains("办理") || misses[0].to_string().contains("護照"));
    let document =
        |path: &str| figures["documents"].as_array().unwrap().iter().find(|usage| usage["path"] == path).unwrap();
    assert_eq!(
        (&document("停车.md")["state"], &document("图书馆.md")["state"]),
        (&"expired".into(), &"excluded".into())
    );
    assert!(document("停车.md")["quoted"].as_u64().unwrap() >= 1, "{figures}");
    assert_eq!(figures["channels"]["terminal"], 5);
    assert_eq!(figures["slowest"].as_array().unwrap().len(), 5);
}

#[test]
fn nothing_personal_is_in_it() {
    let place = asked(
        "我叫王小明，手机13800138000，护照怎么办理？\n身份证41080219900101123X过期了怎么补办？\n结果请发到 wang.xm@example.com，护照多少钱？\n李建国局长的护照在哪里办？\n",
    );
    let (json, html) = (figures(&place, &[]).to_string(), page(&place, &[]));
    for text in [&json, &html] {
        for secret in ["王小明", "13800138000", "41080219900101123X", "410802", "wang.xm", "example.com", "operator"]
        {
            assert!(!text.contains(secret), "{secret} is in {text}");
        }
        assert!(text.contains("护照") && text.contains("•••"), "{text}");
        assert!(text.contains("李建国"), "who stands in a public document is public: {text}");
    }
    let wordless = page(&place, &["--no-words"]);
    assert!(!wordless.contains("护照") && wordless.contains("不显示提问的文字"), "{wordless}");
}

#[test]
fn misses_in_a_chat_are_veiled_as_in_the_report() {
    let place = asked("我叫王小明，手机13800138000，护照怎么办理？\n");
    let said = place.run_with(&["chat"], "/misses\n");
    assert!(said.out.contains("护照") && said.out.contains("•••"), "{}", said.out);
    assert!(!said.out.contains("王小明") && !said.out.contains("13800138000"), "{}", said.out);
}

#[test]
fn the_page_stands_alone_and_escapes_what_was_asked() {
    let place =
        asked("<script>alert(1)</script><img src=x onerror=alert(2)> \"护照\" & '身份'\n路边停车每小时收费多少？\n");
    for (language, title) in [("zh-CN", "问答服务报告"), ("zh-TW", "問答服務報告"), ("en", "a report")] {
        let html = page(&place, &["--language", language]);
        assert!(html.starts_with("<!DOCTYPE html>") && html.contains(title), "{html}");
        assert!(html.contains(&format!("lang=\"{language}\"")) && html.contains("<svg"), "{html}");
        assert!(html.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), "{html}");
        for foreign in ["<script", "<img", "http://", "https://", "src=", "href=", "url(", "@import"] {
            let within = html.replace("&lt;img src=x onerror=alert(2)&gt;", "");
            assert!(!within.contains(foreign), "{foreign} is in {html}");
        }
    }
}

#[test]
fn a_report_of_nothing_is_a_report() {
    let place = Place::with(&[]);
    let html = page(&place, &[]);
    assert!(html.contains("没有。"), "{html}");
    let figures = figures(&place, &["--days", "1"]);
    assert_eq!((&figures["total"]["asked"], figures["days"].as_array().unwrap().len()), (&Value::from(0), 1));
    assert_eq!(place.run(&["report", "--days", "0"]).code, 2);
    assert_eq!(place.run(&["report", "--language", "fr"]).code, 2);
}

#[test]
fn where_questions_are_not_kept_only_figures_are_shown() {
    let place = Place::with(&[("图书馆.md", LIBRARY)]);
    let mut command = place.command(&["chat"]);
    command.env("KEEP_DAYS", "0").stdin(std::process::Stdio::piped());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(child.stdin.as_mut().unwrap(), "护照怎么办理？\n".as_bytes()).unwrap();
    assert!(child.wait_with_output().unwrap().status.success());
    let figures = figures(&place, &[]);
    assert_eq!((&figures["total"]["missed"], &figures["misses_without_words"]), (&Value::from(1), &Value::from(1)));
    assert!(!figures.to_string().contains("护照"), "{figures}");
}

#[test]
fn documents_keep_their_figures_when_they_move() {
    let place = asked("路边停车每小时收费多少？\n路边停车一小时几元？\n图书馆周一开门吗？\n");
    let quoted = |path: &str| {
        let figures = figures(&place, &[]);
        let documents = figures["documents"].as_array().unwrap();
        let usage = documents.iter().find(|usage| usage["path"] == path);
        usage.unwrap_or_else(|| panic!("{path} is not in {figures}"))["quoted"].as_u64().unwrap()
    };
    let (parking, library) = (quoted("停车.md"), quoted("图书馆.md"));
    assert!(parking >= 2 && library >= 1);
    fs::create_dir(place.file("交通")).unwrap();
    fs::rename(place.file("停车.md"), place.file("交通/停车收费.md")).unwrap();
    fs::rename(place.file("图书馆.md"), place.file("书.md")).unwrap();
    assert_eq!(place.run(&["reindex"]).code, 0);
    for _ in 0..2 {
        assert_eq!((quoted("交通/停车收费.md"), quoted("书.md")), (parking, library));
    }
    assert_eq!(place.run(&["rollback"]).code, 0);
    assert_eq!((quoted("停车.md"), quoted("图书馆.md")), (parking, library));
}
