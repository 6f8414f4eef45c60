//! `wenda ask --explain`: the numbers that it prints add up to the order and the verdict of the answer.

use serde_json::Value;

use crate::harness::Place;

fn place() -> Place {
    Place::with(&[
        ("pool.md", "# 游泳馆\n\n市民游泳馆位于人民公园东门，每天九点至二十一点开放。六十岁以上老年人免费入场。\n"),
        ("school.md", "# 入学登记\n\n小学入学登记于8月15日开始，须持户口簿和出生证明办理。\n"),
        ("hall.md", "# 办事指南\n\n政务服务中心每天九点开门，老年人优先办理。\n"),
        ("aliases.txt", "泳池 = 游泳馆\n"),
    ])
}

fn explained(arguments: &[&str]) -> (Value, Value) {
    let said = place().run(&[&["ask", "--explain", "--json"], arguments].concat());
    let answer: Value =
        serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err));
    let explanation = answer["explanation"].clone();
    (answer, explanation)
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or_else(|| panic!("no number: {value}"))
}

#[test]
fn the_parts_add_up() {
    for (question, by_model) in [("泳池每天几点开放？", true), ("when does the swimming pool open?", false)] {
        let (answer, explanation) = explained(&[question]);
        let candidates = explanation["candidates"].as_array().unwrap();
        let passages = answer["passages"].as_array().unwrap();
        assert!(!passages.is_empty() && candidates.len() == passages.len(), "{answer}");
        for (candidate, passage) in candidates.iter().zip(passages) {
            assert_eq!((&candidate["path"], &candidate["score"]), (&passage["document"]["path"], &passage["score"]));
            let sum = |list: &str, name: &str| -> f64 {
                candidate[list].as_array().unwrap().iter().map(|part| number(&part[name])).sum()
            };
            let near = |one: f64, other: f64| (one - other).abs() < 1e-3;
            assert!(near(sum("matches", "score"), number(&candidate["retrieval"])), "{candidate}");
            let model = sum("model", "adds") + number(&candidate["trees"]);
            assert!(near(model, number(&candidate["model_score"])), "{candidate}");
            let parts = number(&candidate["model_score"]) + number(&candidate["translations"]);
            assert!(near(parts, number(&candidate["score"])), "{candidate}");
            assert_eq!(candidate["model"].as_array().unwrap().is_empty(), !by_model);
        }
        let verdict = &explanation["verdict"];
        assert_eq!((&verdict["verdict"], &verdict["confidence"]), (&answer["verdict"], &answer["confidence"]));
        assert!(number(&verdict["confidence"]) >= number(&verdict["threshold"]), "{verdict}");
        assert!(number(&verdict["coverage"]["share"]) >= number(&verdict["least"]), "{verdict}");
        assert!(!verdict["signals"].as_array().unwrap().is_empty(), "{verdict}");
    }
}

#[test]
fn terms_say_where_they_come_from() {
    let (_, explanation) = explained(&["--context", "小学入学登记要带什么？", "那泳池呢？"]);
    assert_eq!(explanation["taken_from"], "小学入学登记要带什么？");
    let terms = explanation["terms"].as_array().unwrap();
    let find = |text: &str| terms.iter().find(|term| term["texts"][0][0] == text).unwrap_or_else(|| panic!("{text}"));
    assert_eq!((&find("泳池")["origin"], &find("泳池")["aliases"][0]), (&"typed".into(), &"游泳馆".into()));
    assert_eq!(find("登记")["origin"], "taken_over");
    let (_, explanation) = explained(&["when does the swimming pool open?"]);
    let translated = explanation["terms"].as_array().unwrap().iter();
    assert!(translated.clone().count() > 0 && translated.clone().all(|term| term["origin"] == "translated"));
}

#[test]
fn the_tables_are_for_people() {
    let said = place().run(&["ask", "--explain", "泳池每天几点开放？"]);
    for part in [
        "Looked up: 泳池",
        "alias: 游泳馆",
        "1. pool.md",
        "score ",
        "feature",
        "Verdict: Answer",
        "an answer must reach",
    ] {
        assert!(said.out.contains(part), "{part} is missing in {}", said.out);
    }
    let small = place().run(&["ask", "--explain", "--json", "你好"]);
    let answer: Value = serde_json::from_str(&small.out).unwrap();
    assert!(answer["explanation"].is_null() && answer["verdict"] == "smalltalk");
    assert!(!place().run(&["ask", "--json", "泳池每天几点开放？"]).out.contains("explanation"));
}
