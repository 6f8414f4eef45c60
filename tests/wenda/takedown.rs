//! Take-down: an excluded document is not quoted from the next question on, whoever asks, and comes back as quickly.

use std::{
    fs,
    io::{BufRead, BufReader, Write},
    process::{Child, ChildStdin, ChildStdout, Stdio},
};

use serde_json::Value;

use crate::harness::{Place, quotes};

const PARKING: &str = "# 停车收费办法\n\n路边停车每小时收费五元，夜间停车免费。\n";
const PARKING_NEW: &str = "# 停车新规\n\n停车收费由市场调节，每小时收费不得超过八元。\n";
const LIBRARY: &str = "# 图书馆通告\n\n图书馆周一闭馆，周末开放到晚上九点。\n";

fn place() -> Place {
    Place::with(&[("通知/停车.md", PARKING), ("停车新规.md", PARKING_NEW), ("图书馆.md", LIBRARY)])
}

/// Someone at the terminal of a running bot.
struct Talk {
    child: Child,
    said: Option<ChildStdin>,
    heard: BufReader<ChildStdout>,
}

impl Talk {
    fn begin(place: &Place) -> Talk {
        let mut child = place.command(&["chat"]).stdin(Stdio::piped()).spawn().unwrap();
        let said = child.stdin.take();
        let heard = BufReader::new(child.stdout.take().unwrap());
        Talk { child, said, heard }
    }

    /// Says a line and gives the reply: all lines up to the empty one that ends the reply to a greeting said after it.
    fn say(&mut self, line: &str) -> String {
        let said = self.said.as_mut().unwrap();
        writeln!(said, "{line}\n谢谢").unwrap();
        said.flush().unwrap();
        let mut reply = String::new();
        while !reply.contains("不客气") {
            assert!(self.heard.read_line(&mut reply).unwrap() > 0, "the bot ended: {reply}");
        }
        reply.replace(['【', '】'], "")
    }
}

impl Drop for Talk {
    fn drop(&mut self) {
        self.said = None;
        let _ = self.child.wait();
    }
}

#[test]
fn a_running_bot_obeys_at_the_next_question() {
    let place = place();
    let mut bot = Talk::begin(&place);
    let question = "路边停车每小时收费多少？";
    assert!(bot.say(question).contains("每小时收费五元"));
    let said = place.run(&["exclude", "通知/停车.md"]);
    assert_eq!((said.code, said.out.as_str()), (0, "excluded 通知/停车.md\n"), "{}", said.err);
    for asked in [question, "夜间停车免费吗？", "/sources", "停车收费办法主要讲了什么？"] {
        let reply = bot.say(asked);
        assert!(!reply.contains("五元") && !reply.contains("《停车收费办法》"), "{asked}: {reply}");
    }
    assert!(bot.say("停车每小时收费不得超过多少？").contains("八元"), "the others still answer");
    assert_eq!(place.run(&["include", "停车收费办法"]).code, 0, "a title is a name, too");
    assert!(bot.say(question).contains("每小时收费五元"));
}

#[test]
fn admins_take_down_from_a_chat() {
    let place = place();
    let mut bot = Talk::begin(&place);
    assert!(bot.say("/exclude").contains("没有下架的文件"));
    let reply = bot.say("/exclude 停车.md");
    assert!(reply.contains("没有这份文件：停车.md") && reply.contains("· 通知/停车.md"), "{reply}");
    assert!(bot.say("/exclude 《停车收费办法》").contains("已下架：通知/停车.md 《停车收费办法》"));
    assert!(!bot.say("路边停车每小时收费多少？").contains("五元"));
    assert!(bot.say("/status").contains("已下架的文件：1\n· 通知/停车.md"));
    assert!(bot.say("/exclude").contains("已下架的文件：1"));
    assert!(bot.say("/include 图书馆.md").contains("图书馆.md 没有下架"));
    assert!(bot.say("/include 通知/停车.md").contains("已恢复"));
    assert!(bot.say("路边停车每小时收费多少？").contains("五元"));
}

#[test]
fn nothing_else_shows_it_either() {
    let place = place();
    assert_eq!(place.run(&["reindex"]).code, 0);
    place.run(&["exclude", "通知/停车.md"]);
    let answer = place.answer("路边停车每小时收费多少？夜间免费吗？");
    assert!(!answer.to_string().contains("通知/停车.md") && !answer.to_string().contains("夜间停车免费"), "{answer}");
    let said = place.run(&["text", "通知/停车.md"]);
    assert_eq!((said.code, said.out.as_str()), (1, ""));
    assert!(said.err.contains("通知/停车.md is excluded"), "{}", said.err);
    let check = place.run(&["check"]).out;
    assert!(check.contains("notice  excluded: 通知/停车.md\n"), "{check}");
}

#[test]
fn it_survives_a_reindex_and_a_file_that_goes_and_comes_back() {
    let place = place();
    place.answer("停车");
    place.run(&["exclude", "通知/停车.md"]);
    let quoted = || quotes(&place.answer("路边停车每小时收费多少？")).concat().contains("路边停车");
    assert_eq!(place.run(&["reindex"]).code, 0);
    assert!(!quoted());
    // Under another name it is the same document.
    fs::rename(place.file("通知/停车.md"), place.file("改名.md")).unwrap();
    assert!(!quoted());
    let list = place.run(&["exclude"]).out;
    assert!(
        list.contains("通知/停车.md (not in the index now") && list.contains("改名.md (same content as 通知/停车.md)"),
        "{list}"
    );
    // Under its own name it stays down, whatever stands in it.
    fs::remove_file(place.file("改名.md")).unwrap();
    place.write("通知/停车.md", PARKING.replace("五元", "六元").as_bytes());
    assert!(!quoted());
    fs::remove_dir_all(place.index()).unwrap();
    assert!(!quoted(), "the index may be deleted, the exclusion stays");
    place.run(&["include", "通知/停车.md"]);
    assert!(quoted());
}

#[test]
fn a_wrong_name_changes_nothing_and_names_what_may_be_meant() {
    let place = place();
    place.answer("停车");
    let said = place.run(&["exclude", "图书馆.md", "停车收费"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("there is no document 停车收费; did you mean 通知/停车.md"), "{}", said.err);
    assert_eq!(place.run(&["exclude"]).out, "nothing is excluded\n");
    let said = place.run(&["exclude", "天文台"]);
    assert!(said.code == 2 && said.err.contains("`wenda chat` lists them with /sources"), "{}", said.err);
    let said = place.run(&["include", "图书馆.md"]);
    assert!(said.code == 2 && said.err.contains("图书馆.md is not excluded"), "{}", said.err);
    let typed = place.file("图书馆.md").display().to_string();
    assert_eq!(place.run(&["exclude", &typed]).out, "excluded 图书馆.md\n", "a path that the shell completed");
}

#[test]
fn a_file_that_is_not_indexed_yet_can_be_excluded_and_copies_go_with_it() {
    let place = place();
    place.answer("停车");
    place.write("草案.md", "# 草案\n\n草案规定停车每小时收费九元。\n".as_bytes());
    assert_eq!(place.run(&["exclude", "草案.md"]).out, "excluded 草案.md\n");
    assert!(!place.answer("停车每小时收费九元吗？").to_string().contains("草案规定"));
    place.write("副本.md", LIBRARY.as_bytes());
    place.answer("停车");
    let said = place.run(&["exclude", "图书馆.md"]).out;
    assert_eq!(said, "excluded 图书馆.md\nexcluded 副本.md, which has the same content\n");
    assert!(quotes(&place.answer("图书馆周一开放吗？")).is_empty());
    place.run(&["include", "副本.md"]);
    assert!(!quotes(&place.answer("图书馆周一开放吗？")).is_empty());
}

#[test]
fn all_may_be_excluded_and_a_damaged_list_shows_nothing() {
    let place = place();
    place.answer("停车");
    place.run(&["exclude", "图书馆.md", "停车新规.md", "通知/停车.md"]);
    let said = place.run(&["ask", "图书馆周一开放吗？"]);
    assert_eq!(said.code, 1, "{}", said.err);
    let list = place.state().join("excluded.json");
    fs::write(&list, "{").unwrap();
    let said = place.run(&["ask", "图书馆周一开放吗？"]);
    assert!(said.code == 2 && said.err.contains("excluded.json cannot be understood; mend it"), "{}", said.err);
    assert!(place.run(&["check"]).out.contains("problem"), "check says so");
}

#[test]
fn an_answer_without_a_document_is_that_of_a_corpus_without_it() {
    let whole = place();
    whole.answer("停车");
    whole.run(&["exclude", "通知/停车.md"]);
    let without = Place::with(&[("停车新规.md", PARKING_NEW), ("图书馆.md", LIBRARY)]);
    for question in
        ["路边停车每小时收费多少？", "夜间停车免费吗？", "停车收费", "图书馆周末几点关门？", "parking fee per hour"]
    {
        let (masked, built) = (whole.answer(question), without.answer(question));
        assert_eq!((quotes(&masked), &masked["verdict"]), (quotes(&built), &built["verdict"]), "{question}");
        let paths = |answer: &Value| -> Vec<Value> {
            answer["passages"].as_array().unwrap().iter().map(|passage| passage["document"]["path"].clone()).collect()
        };
        assert_eq!(paths(&masked), paths(&built), "{question}");
    }
}

#[test]
fn a_long_list_of_questions_obeys_in_the_middle() {
    let place = place();
    place.answer("停车");
    let mut child = place.command(&["ask", "--jsonl"]).stdin(Stdio::piped()).spawn().unwrap();
    let (mut said, mut heard) = (child.stdin.take().unwrap(), BufReader::new(child.stdout.take().unwrap()));
    let mut ask = || {
        writeln!(said, "{{\"question\": \"路边停车每小时收费多少？\"}}").unwrap();
        let mut line = String::new();
        heard.read_line(&mut line).unwrap();
        line
    };
    assert!(ask().contains("路边停车每小时收费五元"));
    place.run(&["exclude", "通知/停车.md"]);
    assert!(!ask().contains("路边停车每小时收费五元"));
    drop(said);
    child.wait().unwrap();
}
