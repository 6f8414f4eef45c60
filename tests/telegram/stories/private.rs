//! Point 1: private chats, the greeting, the lists, the menu, in the language of the user.

use std::fs;

use serde_json::json;

use super::{QUESTIONS, UNANSWERABLE, actions, press_and_read};
use crate::harness::{Story, buttons};

#[test]
fn a_citizen_with_nothing_but_a_token_set_up_gets_every_question_answered() {
    let story = Story::open();
    let zhang = story.person("张三", "zh-hans");
    for (question, expected) in QUESTIONS {
        let answer = story.ask(&zhang, question);
        assert!(answer.formatted.text.contains(expected), "{question}: {}", answer.formatted.text);
        assert!(!answer.formatted.quotes().is_empty(), "{question}: nothing is quoted");
    }
    let asked = story.say(&zhang, "/ask 政务服务中心咨询电话是多少？");
    assert!(story.reply_to(zhang.id, asked).formatted.text.contains("0319-8162345"));
    story.close();
}

#[test]
fn a_newcomer_presses_start_and_taps_one_of_three_examples() {
    let story = Story::open();
    let li = story.person("李四", "zh-hans");
    for start in ["/start", "/start from_poster-7", "/start %27;DROP--"] {
        let greeting = story.hear(&li, start);
        let examples = buttons(greeting.markup.as_ref());
        let examples: Vec<_> = examples.iter().filter(|button| button.action == "callback_data").collect();
        assert!(examples.len() >= 3, "{start}: three examples as buttons, not {examples:?}");
        for example in &examples[..3] {
            let answer = press_and_read(&story, &li, &greeting, example);
            let quotes = answer.quotes();
            assert!(!quotes.is_empty(), "{example:?} is made from the corpus, yet brings {}", answer.text);
            assert!(quotes.iter().all(|quote| story.is_verbatim(quote)), "{quotes:?}");
        }
    }
    story.close();
}

#[test]
fn everybody_is_spoken_to_in_the_language_of_the_app() {
    let story = Story::open();
    let help = |language: &str| story.hear(&story.person("客", language), "/help").formatted.text;
    for simplified in ["zh-hans", "zh", "zh-CN"] {
        let text = help(simplified);
        assert!(text.contains(['请', '问']), "{simplified}: {text}");
    }
    for traditional in ["zh-hant", "zh-TW", "zh-HK"] {
        let text = help(traditional);
        assert!(text.contains(['請', '問']) && !text.contains(['请', '问']), "{traditional}: {text}");
    }
    for english in ["en", "en-GB", "pt-br"] {
        let text = help(english);
        let letters = text.chars().filter(char::is_ascii_alphabetic).count();
        assert!(letters * 2 > text.chars().filter(|c| c.is_alphabetic()).count(), "{english}: {text}");
    }
    assert!(help("").contains("/ask"), "an app that tells no language is answered all the same");
    story.close();
}

#[test]
fn the_language_of_the_question_outweighs_that_of_the_app() {
    let story = Story::open();
    let wang = story.person("王五", "zh-hans");
    let english = story.ask(&wang, UNANSWERABLE).formatted.text;
    assert!(english.to_lowercase().contains("sorry") || english.is_ascii(), "{english}");
    let traditional = story.ask(&wang, "鳳凰號飛船與鱷魚龜鱉飼養獎勵辦法？").formatted.text;
    assert!(!traditional.contains('请'), "{traditional}");
    story.close();
}

#[test]
fn a_citizen_leafs_through_the_documents_and_their_dates() {
    let mut story = Story::prepare(crate::server::Server::start());
    for number in 10..50 {
        let text = format!(
            "---\ntitle: 清河县第{number}号通告\ndate: 2024-05-{:02}\n---\n\n# 清河县第{number}号通告\n\n第{number}号通告自发布之日起施行。\n",
            number % 28 + 1
        );
        fs::write(story.folder("corpus").join(format!("通告{number}.md")), text).unwrap();
    }
    story.start();
    let zhao = story.person("赵六", "zh-hans");
    let first = story.hear(&zhao, "/sources");
    let mut seen = first.formatted.text.clone();
    assert!(seen.contains("2024-05-") || seen.contains("2024年5月"), "dates stand beside the titles: {seen}");
    let mut page = first.clone();
    for _ in 0..20 {
        let turn = actions(&page);
        let Some(next) = turn.last().filter(|_| page.id == first.id) else { break };
        let text = press_and_read(&story, &zhao, &page, next).text;
        if seen.contains(&text) {
            break;
        }
        seen.push_str(&text);
        page.markup = story.world().markup(zhao.id, first.id).cloned();
    }
    let missing: Vec<_> = (10..50).filter(|number| !seen.contains(&format!("第{number}号通告"))).collect();
    assert!(missing.is_empty(), "no page shows {missing:?}");
    story.close();
}

#[test]
fn a_long_question_is_read_in_part_and_the_asker_is_told() {
    let story = Story::open();
    for (language, question, rest, note) in [
        ("zh-hans", QUESTIONS[3].0, "我顺便还想说说今天的天气和我的心情。", "只读了前 500 个字"),
        ("zh-hant", "加裝電梯多少部？", "我順便還想說說今天的天氣和我的心情。", "只讀了前 500 個字"),
        (
            "en",
            "How many elevators are installed?",
            " I also want to talk about the weather.",
            "I read its first 500 characters",
        ),
    ] {
        let answer = story.ask(&story.person("长先生", language), &format!("{question}{}", rest.repeat(50)));
        assert!(answer.formatted.text.contains(note), "{}", answer.formatted.text);
    }
    let answer = story.ask(&story.person("短先生", "zh-hans"), QUESTIONS[3].0);
    assert!(answer.formatted.text.contains(QUESTIONS[3].1) && !answer.formatted.text.contains("只读了"));
    story.close();
}

#[test]
fn about_tells_what_the_bot_is_and_what_it_keeps() {
    let story = Story::open();
    let keeps = [
        ("zh-hans", ["保存", "保留", "留存"]),
        ("zh-hant", ["保存", "保留", "留存"]),
        ("en", ["keep", "kept", "store"]),
    ];
    for (language, words) in keeps {
        let about = story.hear(&story.person("客", language), "/about").formatted.text;
        assert!(about.contains("MIT") && about.contains("/forget"), "{about}");
        assert!(words.iter().any(|word| about.contains(word)), "{language}: what is kept? {about}");
        assert!(about.contains("14"), "{language}: for how many days? {about}");
    }
    story.close();
}

#[test]
fn the_menu_is_set_for_every_language_and_scope_without_the_officials_commands() {
    let story = Story::open();
    let menus = story.until("menus for private chats and groups in Chinese and by default", |world| {
        let has = |scope: &str, language: &str| world.menus.contains_key(&(scope.to_owned(), language.to_owned()));
        let private = |language: &str| has("all_private_chats", language) || has("default", language);
        let all = private("") && has("all_group_chats", "") && (private("zh") || private("en"));
        all.then(|| world.menus.clone())
    });
    for ((scope, language), menu) in menus {
        let names: Vec<&str> = menu.iter().map(|(name, _)| name.as_str()).collect();
        assert!(names.contains(&"help") && names.contains(&"about"), "{scope} {language}: {names:?}");
        assert!(scope != "all_group_chats" || names.contains(&"ask"), "in a group one asks with a command: {names:?}");
        let secret = ["reindex", "status", "rollback", "misses", "exclude", "include", "pause", "resume"];
        assert!(!names.iter().any(|name| secret.contains(name)), "{scope} {language}: {names:?}");
    }
    story.close();
}

#[test]
fn an_edited_question_a_sticker_and_a_photo_upset_nobody() {
    let story = Story::open();
    let qian = story.person("钱七", "zh-hans");
    let asked = story.ask(&qian, QUESTIONS[3].0);
    story.change(|world| {
        let (_, mut edited) = world.message(&qian, qian.id, QUESTIONS[4].0, json!({}));
        edited["message_id"] = json!(asked.reply_to);
        edited["edit_date"] = edited["date"].clone();
        world.push("edited_message", edited);
    });
    let sticker = json!({"sticker": {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 512, "height": 512,
        "is_animated": false, "is_video": false}});
    let photo =
        json!({"caption": "这是什么？", "photo": [{"file_id": "p", "file_unique_id": "p", "width": 90, "height": 90}]});
    for extra in [sticker, photo] {
        story.change(|world| {
            let (_, mut message) = world.message(&qian, qian.id, "", extra);
            message.as_object_mut().unwrap().remove("text");
            world.push("message", message);
        });
    }
    let answer = story.ask(&qian, QUESTIONS[5].0);
    assert!(answer.formatted.text.contains(QUESTIONS[5].1));
    let current = story.until("the edited question's answer", |world| {
        let replies = world.sent_in(qian.id).filter(|sent| sent.reply_to == asked.reply_to);
        let texts = replies.filter_map(|sent| world.text(qian.id, sent.id));
        texts.map(|formatted| formatted.text.clone()).find(|text| text.contains(QUESTIONS[4].1))
    });
    assert!(!current.is_empty());
    let to_edited = story.world().sent_in(qian.id).filter(|sent| sent.reply_to == asked.reply_to).count();
    assert!(to_edited <= 2, "an edited question is answered {to_edited} times");
    story.close();
}
