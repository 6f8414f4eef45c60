//! Asking: in the terminal, as JSON, line by line.

use serde_json::Value;

use crate::harness::{Place, quotes};

#[test]
fn a_newcomer_asks_what_25311_means() {
    let said = Place::bundled().run(&["ask", "25311是什么意思？"]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in ["两个坚持", "五个定位", "三级目标"] {
        assert!(said.out.replace(['【', '】'], "").contains(part), "{}", said.out);
    }
    assert!(said.out.contains("—— 《焦作高新区开创“又高又新”发展新局面》"), "{}", said.out);
}

#[test]
fn the_number_of_projects_is_quoted() {
    assert!(quotes(&Place::bundled().answer("今年计划多少个项目")).concat().contains("282个"));
}

#[test]
fn a_list_over_several_paragraphs_is_quoted_in_full() {
    let quotes = quotes(&Place::bundled().answer("今年重点聚焦的八个方面工作是哪些？"));
    assert_eq!(quotes[0].matches("\n聚焦").count(), 8, "{quotes:?}");
}

#[test]
fn a_list_is_gathered_from_several_places() {
    let school = |area: &str, name: &str| {
        format!(
            "{area}的道路已经全部通车，绿化正在进行。\n\n今年九月，{name}学校在{area}建成开学。\n\n{area}的公交线路增加到八条。\n"
        )
    };
    let areas = [("东区", "育英"), ("西区", "明德"), ("南区", "求实"), ("北区", "致远")];
    let files: Vec<(String, String)> =
        areas.iter().map(|(area, name)| (format!("{area}.txt"), school(area, name))).collect();
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let quotes = quotes(&Place::with(&files).answer("今年有哪些学校建成开学？")).concat();
    for (_, name) in areas {
        assert!(quotes.contains(name), "{quotes}");
    }
}

#[test]
fn a_month_is_found_in_any_writing() {
    let paragraphs =
        "3个社区开展活动。\n\n3月5日，全城举行植树活动。\n\n第3批名单在6月公布。\n\n12月23日举行冬泳活动。\n";
    let place = Place::with(&[("活动.txt", paragraphs)]);
    for (asked, expected, met) in [
        ("三月份有什么活动？", "植树", "3月"),
        ("3月有什么活动？", "植树", "3月"),
        ("三月五号举行什么？", "植树", "3月5日"),
        ("十二月有什么活动？", "冬泳", "12月"),
    ] {
        let answer = place.answer(asked);
        let first = quotes(&answer)[0].clone();
        assert!(first.contains(expected), "{asked}: {first}");
        let ends = answer["quotes"][0]["highlights"][0].as_array().unwrap().clone();
        let [start, end] = [0, 1].map(|at| usize::try_from(ends[at].as_u64().unwrap()).unwrap());
        assert_eq!(first.get(start..end), Some(met), "{asked}");
    }
}

#[test]
fn what_no_document_says_is_not_answered() {
    let said = Place::bundled().run(&["ask", "北京明天天气怎么样"]);
    assert_eq!(said.code, 1);
    assert!(said.out.contains("没有找到"), "{}", said.out);
}

#[test]
fn the_answer_object_has_all_that_it_promises() {
    let place = Place::bundled();
    let answer = place.answer("吕沛是什么职务？");
    let object = answer.as_object().unwrap();
    let keys: Vec<&str> = object.keys().map(String::as_str).collect();
    for key in ["id", "question", "verdict", "confidence", "quotes", "passages", "generation", "elapsed_us"] {
        assert!(keys.contains(&key), "{key} is missing in {keys:?}");
    }
    let quote = &answer["quotes"][0];
    assert_eq!(quote["page"], Value::Null);
    let stored = place.run(&["text", quote["document"]["path"].as_str().unwrap()]).out;
    let offset = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    assert_eq!(&stored[offset(&quote["start"])..offset(&quote["end"])], quote["text"].as_str().unwrap());
    for span in quote["highlights"].as_array().unwrap() {
        assert!(quote["text"].as_str().unwrap().get(offset(&span[0])..offset(&span[1])).is_some());
    }
}

#[test]
fn the_same_question_gets_the_same_answer() {
    let place = Place::bundled();
    let strip = |mut answer: Value| {
        answer["elapsed_us"] = Value::Null;
        answer.to_string()
    };
    assert_eq!(strip(place.answer("大沙河有多长？")), strip(place.answer("大沙河有多长？")));
}

#[test]
fn many_questions_are_answered_in_order() {
    let questions =
        "{\"question\": \"25311是什么意思\"}\nnonsense\n\n{\"question\": \"今年计划多少个项目\", \"other\": 1}\n";
    let said = Place::bundled().run_with(&["ask", "--jsonl", "--top", "2"], questions);
    let lines: Vec<Value> = said.out.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["question"], "25311是什么意思");
    assert!(lines[1]["error"].as_str().unwrap().starts_with("not a question"));
    assert_eq!(lines[2]["passages"].as_array().unwrap().len(), 2);
    assert_eq!(said.code, 2);
}

#[test]
fn of_a_long_question_the_beginning_is_read() {
    let place = Place::bundled();
    let long = format!("今年计划多少个项目？{}", "另外还有一件事情要说，".repeat(3000));
    let said = place.run(&["ask", "--json", &long]);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(answer["question"].as_str().unwrap().chars().count(), 500);
    assert!(said.err.contains("MAX_QUESTION_CHARS"), "{}", said.err);
    let mut command = place.command(&["ask", "--json", "--context", &long, "今年计划多少个项目？"]);
    let output = command.env("MAX_QUESTION_CHARS", "20").output().unwrap();
    assert!(output.stderr.is_empty() && output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = place.run_with(&["chat"], &format!("{long}\n"));
    assert!(said.out.starts_with("您的问题较长，我只读了前 500 个字"), "{}", said.out);
    let line = serde_json::json!({ "question": long }).to_string();
    let said = place.run_with(&["ask", "--jsonl"], &line);
    let answer: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(answer["question"].as_str().unwrap().chars().count(), 500);
}

#[test]
fn a_pipe_can_chat() {
    let said = Place::bundled().run_with(&[], "你好\n/help\n/nonsense\n25311是什么意思？\n/sources\n");
    assert_eq!(said.code, 0, "{}", said.err);
    for part in ["您好！", "/sources", "没有这个命令", "五个定位", "共有 1 份文件"] {
        assert!(said.out.contains(part), "{part} is missing in {}", said.out);
    }
}

#[test]
fn wrong_settings_are_refused_all_at_once() {
    let place = Place::bundled();
    let output = place.command(&["check"]).env("CORPUS_DIR", "").env("STATE_DIR", " ").output().unwrap();
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(error.contains("CORPUS_DIR=\"\" is not allowed") && error.contains("STATE_DIR="), "{error}");
}

#[test]
fn help_names_every_subcommand() {
    let help = Place::bundled().run(&["--help"]).out;
    for name in
        ["serve", "ask", "chat", "reindex", "rollback", "evaluate", "text", "exclude", "include", "report", "check"]
    {
        assert!(help.contains(name), "{help}");
    }
}
