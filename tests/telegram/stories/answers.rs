//! Point 2: the answer as a message: verbatim, marked, with its source, with buttons that last.

use std::fs;

use super::{QUESTIONS, actions, button, press_and_read};
use crate::{
    harness::{Story, buttons},
    server::{Fault, Weather},
};

#[test]
fn an_answer_replies_to_the_question_marks_the_words_and_names_its_source() {
    let story = Story::open();
    let zhang = story.person("张三", "zh-hans");
    let answer = story.ask(&zhang, "申请材料齐全的，公安派出所几日内发放居住证？").formatted;
    let quotes: Vec<_> = answer.entities.iter().filter(|entity| entity.kind.ends_with("blockquote")).collect();
    let first = &answer.text[quotes.first().expect("a quote").range.clone()];
    assert!(first.contains("15日内制作发放居住证"), "{first}");
    for quote in &quotes {
        let text = &answer.text[quote.range.clone()];
        assert!(story.is_verbatim(text), "not word for word: {text}");
        assert!(text.chars().count() <= 300 || quote.kind == "expandable_blockquote", "a long quote folds: {text}");
    }
    let marks = answer.entities.iter().filter(|entity| ["bold", "underline", "italic"].contains(&entity.kind));
    let within = |mark: &std::ops::Range<usize>| {
        quotes.iter().any(|quote| quote.range.start <= mark.start && mark.end <= quote.range.end)
    };
    assert!(marks.clone().any(|mark| within(&mark.range)), "matched words are marked: {answer:?}");
    for detail in ["清河县居住证管理办法", "清河县人民政府", "2025-11-18", "第二章 申领"] {
        assert!(answer.text.contains(detail), "{detail} is missing in {}", answer.text);
    }
    let links = answer.links();
    assert!(
        links.contains(&"https://www.qinghe.example/law/juzhuzheng")
            || answer.text.contains("https://www.qinghe.example/law/juzhuzheng")
    );
    let previews = story.world().calls_of("sendmessage").all(|call| {
        let options = call.params.get("link_preview_options").map(ToString::to_string).unwrap_or_default();
        options.contains("true") || call.params.contains_key("disable_web_page_preview")
    });
    assert!(previews, "no preview hides the quote");
    story.close();
}

#[test]
fn every_button_under_an_answer_does_what_it_says() {
    let story = Story::open();
    let li = story.person("李四", "zh-hans");
    let answer = story.ask(&li, QUESTIONS[7].0);
    let all = buttons(answer.markup.as_ref());
    let copy = all.iter().find(|button| button.action == "copy_text");
    let quote = answer.formatted.quotes()[0].to_owned();
    if let Some(copy) = copy {
        assert!(quote.starts_with(&copy.value) || copy.value.contains(&quote), "{copy:?} copies {quote}");
    }
    let mut read = String::new();
    for action in actions(&answer) {
        read.push_str(&press_and_read(&story, &li, &answer, &action).text);
    }
    let around = ["第七条", "法律援助", "本办法自2026年1月1日起施行"];
    assert!(around.iter().any(|text| read.contains(text)), "the paragraphs around it: {read}");
    assert!(copy.is_some() || read.contains(&quote), "the quote can be copied");
    for action in actions(&answer) {
        story.press(&li, li.id, answer.id, &action.value);
    }
    for thumb in ["👍", "👎", "👎"] {
        let answered = story.press(&li, li.id, answer.id, &button(&answer, thumb).value);
        assert!(answered.is_object());
    }
    story.close();
}

#[test]
fn a_long_quote_of_many_items_folds_and_is_split_at_the_ends_of_sentences() {
    let story = Story::open();
    let wang = story.person("王五", "zh-hans");
    let answer = story.ask(&wang, "剧毒化学品购买事项多少个工作日内作出决定？");
    for action in actions(&answer) {
        let before = story.world().sent_in(wang.id).count();
        press_and_read(&story, &wang, &answer, &action);
        // What follows in the chat comes after all parts of what the button brought.
        story.ask(&wang, QUESTIONS[0].0);
        let world = story.world();
        let parts: Vec<_> = world.sent_in(wang.id).skip(before).map(|sent| sent.formatted.clone()).collect();
        for part in &parts {
            for quote in part.quotes() {
                assert!(story.is_verbatim(quote), "not word for word: {quote}");
            }
        }
        for pair in parts.windows(2) {
            let cut = pair[0].quotes().last().and_then(|quote| quote.trim().chars().last());
            let goes_on = !pair[1].quotes().is_empty() && pair[0].text.chars().count() > 2000;
            let end = "。；！？：…」』”）)".chars().chain(".;!?".chars()).collect::<Vec<_>>();
            assert!(!goes_on || cut.is_some_and(|cut| end.contains(&cut)), "split within a sentence: {cut:?}");
        }
        let long = parts.iter().flat_map(|part| &part.entities).filter(|entity| entity.kind == "blockquote");
        assert!(long.clone().all(|entity| entity.range.len() < 3000), "a quote of a thousand characters does not fold");
    }
    story.close();
}

#[test]
fn buttons_still_work_after_a_restart_and_after_a_reindex() {
    let mut story = Story::open();
    let zhao = story.person("赵六", "zh-hans");
    let answer = story.ask(&zhao, QUESTIONS[7].0);
    let before: Vec<_> = actions(&answer);
    story.kill();
    let added = "---\ntitle: 清河县公园管理规定\n---\n\n# 清河县公园管理规定\n\n公园每日6时至22时开放。\n";
    fs::write(story.folder("corpus").join("公园.md"), added).unwrap();
    let law = story.folder("corpus").join("居住证管理办法.md");
    let text = fs::read_to_string(&law)
        .unwrap()
        .replace("# 清河县居住证管理办法\n", "# 清河县居住证管理办法\n\n（县政府常务会议通过）\n");
    fs::write(law, text).unwrap();
    story.start();
    assert!(story.ask(&zhao, "公园几时开放？").formatted.text.contains("22时"), "the new document is indexed");
    for action in before {
        let read = press_and_read(&story, &zhao, &answer, &action);
        for quote in read.quotes() {
            assert!(story.is_verbatim(quote), "{action:?} after the reindex: {quote}");
        }
        assert!(!read.text.is_empty());
    }
    story.press(&zhao, zhao.id, answer.id, &button(&answer, "👍").value);
    story.close();
}

#[test]
fn markup_in_documents_reaches_the_citizen_as_it_stands() {
    let story = Story::open();
    let qian = story.person("钱<七>&", "zh-hans");
    let questions = [
        ("页面标签须经转义，变量名不得直接输出吗？", "<br>"),
        ("接口超时阈值须满足什么？", "t<30"),
        ("表情符号与生僻字计入长度吗？", "𠮷"),
        ("脚本片段属于禁止内容吗？", "<script>"),
    ];
    for (question, expected) in questions {
        let answer = story.ask(&qian, question);
        assert!(answer.formatted.text.contains(expected), "{question}: {}", answer.formatted.text);
        assert!(answer.formatted.quotes().iter().all(|quote| story.is_verbatim(quote)));
        for action in actions(&answer) {
            press_and_read(&story, &qian, &answer, &action);
        }
    }
    story.ask(&qian, "<b>接口</b> & </blockquote> 超时 &lt; <a href=\"x\">阈值");
    story.close();
}

#[test]
fn plain_text_arrives_where_the_markup_is_refused_all_the_same() {
    let story = Story::open();
    let sun = story.person("孙八", "zh-hans");
    let reason = "Bad Request: can't parse entities: Unsupported start tag \"b\" at byte offset 7";
    story.world().faults.push(Fault::of("sendmessage", 1, Weather::Refuse(400, reason)).on_html());
    let answer = story.ask(&sun, QUESTIONS[3].0);
    assert!(answer.formatted.text.contains(QUESTIONS[3].1));
    assert!(
        answer.formatted.entities.is_empty() && !answer.formatted.text.contains("<blockquote"),
        "{:?}",
        answer.formatted
    );
    story.close();
}
