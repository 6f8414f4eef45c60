//! The same words in several documents, several editions of one work, and figures that differ.

use serde_json::Value;

use crate::harness::{Place, quotes};

/// A document with its metadata.
fn document(title: &str, metadata: &str, text: &str) -> String {
    format!("---\ntitle: {title}\n{metadata}\n---\n{text}\n")
}

fn asked(place: &Place, arguments: &[&str]) -> Value {
    let said = place.run(&[&["ask", "--json"], arguments].concat());
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err))
}

fn paths(list: &Value) -> Vec<&str> {
    let path = |one: &Value| one["document"]["path"].as_str().or(one["path"].as_str()).map(str::len);
    assert!(list.as_array().unwrap().iter().all(|one| path(one).is_some()), "{list}");
    list.as_array()
        .unwrap()
        .iter()
        .map(|one| one["document"]["path"].as_str().unwrap_or_else(|| one["path"].as_str().unwrap()))
        .collect()
}

const HEAT: &str = "城区集中供热从十一月十五日开始，到次年三月十五日结束。";

#[test]
fn the_same_sentence_is_shown_once_from_the_newest_source() {
    let place = Place::with(&[
        ("a.md", &document("供热公告", "date: 2022-10-08", &format!("{HEAT}热费按面积计算。"))),
        ("b.md", &document("冬季生活指南", "date: 2024-10-20", &format!("请注意防寒保暖。\n\n{HEAT}"))),
        ("c.md", &document("供热问答", "date: 2023-10-12", HEAT)),
        ("d.md", &document("供水公告", "date: 2024-10-01", "供水管网定于六月检修。")),
    ]);
    let answer = asked(&place, &["城区集中供热什么时候开始？"]);
    let shown: Vec<String> = quotes(&answer);
    assert_eq!(shown.iter().filter(|quote| quote.contains(HEAT.trim_end_matches('。'))).count(), 1, "{shown:?}");
    let first = &answer["quotes"][0];
    assert_eq!(first["document"]["path"], "b.md", "{answer}");
    assert_eq!(paths(&first["also_in"]), ["c.md", "a.md"], "{answer}");
    let said = place.run(&["ask", "城区集中供热什么时候开始？"]).out;
    assert!(said.contains("—— 同样见于 《供热问答》 · 2023-10-12；《供热公告》 · 2022-10-08"), "{said}");
    let stored = place.run(&["text", "b.md"]).out;
    let offset = |name: &str| usize::try_from(first[name].as_u64().unwrap()).unwrap();
    assert_eq!(&stored[offset("start")..offset("end")], first["text"].as_str().unwrap());
}

fn rules(fee: &str) -> String {
    format!(
        "第一条 为了规范养犬行为，制定本办法。\n\n第二条 养犬登记费每只每年{fee}元，由派出所收取，绝育犬只减半。\n\n第三条 携犬出户应当牵绳。"
    )
}

#[test]
fn the_newest_valid_edition_of_a_law_wins() {
    let old = document("养犬管理办法（试行）", "date: 2016-05-01", &rules("三百"));
    let middle = document("养犬管理办法（2020年修订）", "date: 2020-03-01", &rules("二百"));
    let newest = document("养犬管理办法", "date: 2024-07-01", &rules("一百"));
    let limited = document("养犬管理办法", "date: 2024-07-01\nvalid_until: 2025-06-30", &rules("一百"));
    let question = "养犬登记费每年多少元？";
    let place = Place::with(&[("旧.md", &old), ("中.md", &middle), ("新.md", &newest)]);
    let answer = asked(&place, &["--today", "2026-01-01", question]);
    assert!(quotes(&answer)[0].contains("一百元") && !quotes(&answer).concat().contains("三百元"), "{answer}");
    assert_eq!(answer["quotes"][0]["document"]["path"], "新.md");
    // Who asks for a year gets the edition of that year.
    assert!(quotes(&asked(&place, &["2016年养犬登记费每年多少元？"])).concat().contains("三百元"));
    // An edition that has expired gives way to one that holds.
    let place = Place::with(&[("旧.md", &old), ("中.md", &middle), ("新.md", &limited)]);
    assert!(quotes(&asked(&place, &["--today", "2025-06-30", question]))[0].contains("一百元"));
    assert!(quotes(&asked(&place, &["--today", "2025-07-01", question]))[0].contains("二百元"));
}

#[test]
fn documents_of_one_name_that_say_other_things_are_no_editions() {
    let parking = document("管理规定", "date: 2018-01-01", "第一条 路边停车每小时收费五元，夜间免费。");
    let library = document("管理规定", "date: 2024-01-01", "第一条 图书馆周一闭馆，借书期限三十天。");
    let place = Place::with(&[("停车.md", &parking), ("图书.md", &library)]);
    let answer = asked(&place, &["路边停车每小时收费多少？"]);
    assert_eq!(answer["quotes"][0]["document"]["path"], "停车.md", "{answer}");
}

#[test]
fn figures_that_differ_are_both_shown_with_their_dates() {
    let before =
        document("2022年政府工作报告", "date: 2023-01-20", "全市共有公共图书馆12座，藏书300万册。教育支出增长。");
    let after =
        document("2024年政府工作报告", "date: 2025-01-18", "道路建设加快。全市共有公共图书馆15座，藏书420万册。");
    let other = document("文旅简报", "date: 2024-06-01", "博物馆周一闭馆。");
    let place = Place::with(&[("a.md", &before), ("b.md", &after), ("c.md", &other)]);
    let answer = asked(&place, &["全市有多少座公共图书馆？"]);
    let shown = quotes(&answer);
    assert!(shown[0].contains("15座") && shown[1].contains("12座"), "{answer}");
    assert_eq!(
        (&answer["quotes"][0]["figures_differ"], &answer["quotes"][1]["figures_differ"]),
        (&true.into(), &true.into())
    );
    let said = place.run(&["ask", "全市有多少座公共图书馆？"]).out;
    for part in ["数字不同", "2025-01-18", "2023-01-20"] {
        assert!(said.contains(part), "{part}: {said}");
    }
}
