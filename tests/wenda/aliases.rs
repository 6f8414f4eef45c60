//! The admin's aliases: a name finds what the documents call by another one, and quotes stay as they are.

use serde_json::Value;

use crate::harness::{Place, quotes};

const ALIASES: &str = "# 同一事物的不同叫法\n滨湖新城 = 湖区 = 第三管理片区\n办事大厅 = 政务服务中心\nPSB = 公安分局\n";

fn place() -> Place {
    Place::with(&[
        ("停电.md", "# 停电通知\n\n第三管理片区于五月六日上午检修线路，停电四小时。\n"),
        ("停水.md", "# 停水通知\n\n老城区于五月九日更换水管，停水两小时。\n"),
        ("大厅.md", "# 服务指南\n\n政务服务中心设在文昌路18号，工作日九点开门。\n"),
        ("分局.md", "# 报警须知\n\n公安分局值班电话为0551-7654321，全天有人接听。\n"),
        ("图书馆.md", "# 图书馆\n\n图书馆周一闭馆，其余日子开放到二十一点。\n"),
    ])
}

#[track_caller]
fn first_quote(place: &Place, question: &str) -> (Value, String) {
    let answer = place.answer(question);
    let quote = quotes(&answer).first().cloned().unwrap_or_else(|| panic!("nothing is quoted: {answer}"));
    (answer, quote)
}

#[test]
fn names_of_the_list_find_one_another() {
    let place = place();
    let before = place.answer("滨湖新城哪天停电");
    place.write("aliases.txt", ALIASES.as_bytes());
    let (after, quote) = first_quote(&place, "滨湖新城哪天停电？");
    assert_eq!(quote, "第三管理片区于五月六日上午检修线路，停电四小时。", "the quote is what the document says");
    assert_eq!(after["verdict"], "answer", "{after}");
    assert_ne!(before["generation"], after["generation"], "the list is part of the generation");
    let confidence = |answer: &Value| answer["confidence"].as_f64().unwrap();
    assert!(confidence(&after) > confidence(&before), "{before}\n{after}");
    let marked: Vec<&str> = after["quotes"][0]["highlights"]
        .as_array()
        .unwrap()
        .iter()
        .map(|span| {
            let at = |place: usize| usize::try_from(span[place].as_u64().unwrap()).unwrap();
            &quote[at(0)..at(1)]
        })
        .collect();
    assert!(marked.contains(&"第三管理片区"), "{marked:?}");
    // In every direction, in traditional characters, in letters, and in English questions.
    for (question, expected) in [
        ("湖區什麼時候停電", "第三管理片区"),
        ("办事大厅几点开门？", "政务服务中心"),
        ("PSB的电话是多少", "0551-7654321"),
        ("what is the phone number of the PSB?", "0551-7654321"),
    ] {
        let (_, quote) = first_quote(&place, question);
        assert!(quote.contains(expected), "{question}: {quote}");
    }
}

#[test]
fn a_bad_line_is_reported_and_the_rest_works() {
    let place = place();
    place.write("aliases.txt", format!("{ALIASES}只有一个\n湖区 = 别处\n").as_bytes());
    let said = place.run(&["reindex"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in
        ["aliases.txt: line 5 is left out: there is only one name", "line 6 is left out: “湖区” stands in line 2"]
    {
        assert!(format!("{}{}", said.out, said.err).contains(part), "{part}: {}{}", said.out, said.err);
    }
    let said = place.run(&["check"]);
    assert_eq!(said.code, 2);
    for part in ["aliases: 7 names of 3 things", "line 5", "line 6"] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    assert!(first_quote(&place, "湖区哪天停电？").1.contains("第三管理片区"));
}

#[test]
fn a_changed_list_takes_effect_at_the_next_start() {
    let place = place();
    place.write("aliases.txt", "湖区 = 老城区\n".as_bytes());
    assert!(first_quote(&place, "湖区哪天停？").1.contains("老城区"));
    place.write("aliases.txt", ALIASES.as_bytes());
    assert!(first_quote(&place, "湖区哪天停？").1.contains("第三管理片区"));
}
