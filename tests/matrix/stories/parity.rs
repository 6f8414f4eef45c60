//! One desk, three doors: the same questions in the terminal, on Telegram and on Matrix find the same.

use std::{io::Write, process::Stdio};

use rusqlite::Connection;
use serde_json::Value;

use crate::{harness::Story, telegram};

/// Fifty messages as a citizen types them, one after the other: questions, follow-ups, English, slips, small talk, and what no
/// document answers.
const MESSAGES: [&str; 50] = [
    "你好",
    "政务服务中心咨询电话是多少？",
    "夜间可以打什么电话？",
    "老年人优待证在几号窗口办理？",
    "要收费吗？",
    "政务服务中心在哪里？",
    "坐几路公交车？",
    "夏季办公时间是几点到几点？",
    "周六上班吗？",
    "中心地下停车场共有车位多少个？",
    "可以免费停多久？",
    "2026年全县计划实施民生实事项目多少个？",
    "总投资多少？",
    "什么时候完工？",
    "新建农村幸福院多少所？",
    "惠及多少老年人？",
    "改造老旧小区多少个？",
    "加装电梯多少部？",
    "新增公办幼儿园学位多少个？",
    "城区多少个？",
    "新建口袋公园多少处？",
    "县人民医院新院区设置床位多少张？",
    "何时投入使用？",
    "谢谢",
    "首次申领居住证要交工本费吗？",
    "补领要多少钱？",
    "居住证多久签注一次？",
    "逾期没有签注怎么办？",
    "申领居住证要什么材料？",
    "多少日发证？",
    "居住证持有人享受哪些公共服务？",
    "居住证办法什么时候施行？",
    "谁负责居住证的签注？",
    "申領居住證應當提交什麼材料？",
    "居住證每年簽注幾次？",
    "城乡居民基本医疗保险个人缴费标准是多少？",
    "医保缴费什么时候截止？",
    "怎么缴费？",
    "哪些人可以少缴？",
    "行政许可事项目录由谁编制？",
    "目录多久更新一次？",
    "接口超时阈值是多少？",
    "脚本片段允许吗？",
    "How many elevators will be installed?",
    "Where is the service center?",
    "What is the telephone number?",
    "电梯",
    "明天会下雨吗？",
    "xylophone quokka zeppelin",
    "再见",
];

/// What the journal says of one answer: what was asked, the verdict, the documents, and every quote with its span.
#[derive(Debug, PartialEq)]
struct Found {
    question: String,
    verdict: String,
    confidence: f64,
    documents: String,
    quotes: Value,
    passages: Value,
}

fn found(story: &Story, channel: &str) -> Vec<Found> {
    let journal = Connection::open(story.folder("state").join("wenda.db")).expect("the journal");
    let find = "SELECT question, verdict, confidence, documents, (SELECT body FROM cards WHERE cards.question = number) \
                FROM questions WHERE channel = ? ORDER BY number";
    let mut statement = journal.prepare(find).expect("the table of questions");
    let rows = statement.query_map([channel], |row| {
        let card: Option<String> = row.get(4)?;
        let card: Value = card.and_then(|card| serde_json::from_str(&card).ok()).unwrap_or_default();
        Ok(Found {
            question: row.get(0)?,
            verdict: row.get(1)?,
            confidence: row.get(2)?,
            documents: row.get(3)?,
            quotes: card["quotes"].clone(),
            passages: card["passages"].clone(),
        })
    });
    rows.expect("rows").collect::<Result<_, _>>().expect("readable rows")
}

/// What is quoted in a message, and under it the line of its source, without its address.
fn sources(text: &str) -> Vec<String> {
    let lines = text.lines().filter(|line| line.starts_with("— "));
    lines.map(|line| line.split(" http").next().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_same_questions_find_the_same_through_every_door() {
    let bots = telegram::Server::start();
    let mut story = Story::prepare();
    story.set("QUESTIONS_PER_MINUTE", "0");
    let mut chat = story.command(&["chat"]).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("the terminal");
    let lines = MESSAGES.join("\n") + "\n";
    chat.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("a pipe that can be written");
    let terminal = chat.wait_with_output().expect("the terminal ends");
    let terminal = String::from_utf8(terminal.stdout).expect("text");

    story.set("TELEGRAM_TOKEN", telegram::TOKEN);
    story.set("TELEGRAM_API_URL", &bots.url());
    story.set("TELEGRAM_PACE", "false");
    story.start();
    let zhang = story.person("zhang");
    let room = story.direct(&zhang, true);
    let asked: Vec<String> = MESSAGES.iter().map(|message| story.say(&zhang, &room, message)).collect();
    let citizen = bots.person("张三", "zh-hans");
    let posted: Vec<i64> = MESSAGES.iter().map(|message| bots.say(&citizen, message)).collect();

    let mut on_matrix = Vec::new();
    for event in &asked {
        story.answer_to(&zhang, &room, event);
        let answers = story.answers(&zhang, &room, event);
        on_matrix.push(answers.iter().map(|sent| sent.body.clone()).collect::<Vec<_>>().join("\n"));
    }
    let mut on_telegram = Vec::new();
    for message in &posted {
        let look = || {
            let world = bots.world();
            let answers = world.sent.iter().filter(|sent| sent.reply_to == Some(*message));
            let text = answers.map(|sent| sent.formatted.text.clone()).collect::<Vec<_>>().join("\n");
            (!text.is_empty()).then_some(text)
        };
        on_telegram.push(story.until("an answer on Telegram", look));
    }

    let expected = found(&story, "terminal");
    assert_eq!(expected.len(), MESSAGES.len());
    assert!(expected.iter().filter(|found| found.verdict == "answer").count() >= 25, "most are answered");
    assert!(expected.iter().any(|found| found.verdict == "none"), "some are not");
    assert_eq!(found(&story, "telegram"), expected);
    assert_eq!(found(&story, "matrix"), expected);
    for ((found, matrix), telegram) in expected.iter().zip(&on_matrix).zip(&on_telegram) {
        for quote in found.quotes.as_array().into_iter().flatten() {
            let text = quote["text"].as_str().expect("a text");
            assert!(matrix.contains(text), "{}: {text} is not shown on Matrix: {matrix}", found.question);
            assert!(telegram.contains(text), "{}: {text} is not shown on Telegram: {telegram}", found.question);
            let first = text.lines().next().unwrap_or_default();
            let bare = terminal.replace(['【', '】'], "");
            assert!(
                bare.contains(&first.replace(['【', '】'], "")),
                "{}: {first} is not in the terminal",
                found.question
            );
        }
        assert_eq!(sources(matrix), sources(telegram), "{}", found.question);
    }
    story.close();
}
