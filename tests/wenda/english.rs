//! Questions in English, mixed and pinyin, and slips of typing: what is found, and what the citizen is told.

use serde_json::Value;

use crate::harness::{Place, quotes};

/// A small corpus that has nothing in common with the bundled article.
fn town() -> Place {
    Place::with(&[
        ("pool.md", "# 游泳馆\n\n市民游泳馆位于人民公园东门，每天九点至二十一点开放。六十岁以上老年人免费入场。\n"),
        (
            "waste.md",
            "# 垃圾分类\n\n生活垃圾分为可回收物、有害垃圾、厨余垃圾和其他垃圾四类。违反规定的处二百元罚款。\n",
        ),
        (
            "school.md",
            "# 入学登记\n\n小学入学登记于8月15日开始，须持户口簿和出生证明办理。约瑟夫·普利斯特里小学设在滨河路。\n",
        ),
        ("tax.md", "# 税费\n\n今年一季度减免中小企业税费1.5亿元，同比增长12.6%。研发平台达到67家。\n"),
    ])
}

#[track_caller]
fn check(place: &Place, question: &str, expected: &str) -> Value {
    let answer = place.answer(question);
    let best = answer["passages"][0]["text"].as_str().unwrap_or_default().to_owned();
    assert!(best.contains(expected), "{question}: {best}");
    answer
}

#[test]
fn english_questions_are_answered_in_chinese_words() {
    let place = town();
    check(&place, "When does the swimming pool open?", "游泳馆");
    check(&place, "what is the fine for not sorting garbage", "二百元罚款");
    check(&place, "Which documents are needed for primary school registration?", "户口簿");
    check(&place, "How much tax relief was given to SMEs in Q1?", "1.5亿元");
    check(&place, "growth of 12.6 percent", "12.6%");
    check(&place, "150 million yuan of what?", "税费");
    check(&place, "where is Priestley school", "普利斯特里");
    check(&place, "what starts on August 15th", "8月15日");
}

#[test]
fn english_words_within_chinese_are_understood() {
    let place = town();
    check(&place, "garbage要分成几类？", "四类");
    check(&place, "老年人去swimming pool要钱吗", "免费入场");
    check(&place, "R&D platform有几家？", "67家");
}

#[test]
fn pinyin_is_read_by_its_sound() {
    let place = town();
    check(&place, "youyongguan zai nali", "人民公园东门");
    check(&place, "shenghuo laji fen ji lei", "四类");
    let said = place.run(&["ask", "youyongguan zai nali"]);
    assert!(!said.out.contains("I searched"), "{}", said.out);
}

#[test]
fn slips_are_mended_and_the_citizen_is_told() {
    let place = town();
    let answer = check(&place, "游永馆几点开放", "游泳馆");
    assert_eq!(answer["searched_for"], serde_json::json!(["游泳馆"]));
    let said = place.run(&["ask", "游永馆几点开放"]);
    assert!(said.out.contains("我按“游泳馆”为您查找"), "{}", said.out);
    let said = place.run(&["ask", "what is needed for school registraton"]);
    assert!(said.out.contains("I searched for “registration”"), "{}", said.out);
}

#[test]
fn nothing_is_mended_where_nothing_is_wrong() {
    let place = town();
    for question in
        ["游泳馆几点开放", "生活垃圾分为几类？", "企业减税多少", "When does the swimming pool open?", "夜市几点收摊"]
    {
        assert_eq!(place.answer(question).get("searched_for"), None, "{question}");
    }
}

#[test]
fn highlights_and_quotes_of_english_questions_are_verbatim() {
    let place = town();
    let answer = place.answer("what is the fine for garbage");
    let stored = place.run(&["text", "waste.md"]).out;
    let quoted = quotes(&answer);
    assert!(!quoted.is_empty() && quoted.iter().all(|quote| stored.contains(quote)), "{quoted:?}");
}

#[test]
fn english_follow_ups_take_their_subject_along() {
    let place = town();
    let check = |context: &str, question: &str, expected: &str| {
        let said = place.run(&["ask", "--json", "--context", context, question]);
        let answer: Value = serde_json::from_str(&said.out).unwrap();
        let first = quotes(&answer).first().cloned().unwrap_or_default();
        assert!(first.contains(expected), "{context} {question}: {answer}");
    };
    check("Where is the swimming pool?", "When does it open?", "九点");
    check("游泳馆在哪里？", "When does it open?", "九点");
    check("Where is the swimming pool?", "那里几点开放？", "九点");
    check("Which documents are needed for primary school registration?", "When does that start?", "8月15日");
    check("小学入学登记需要什么材料？", "when was that?", "8月15日");
    check("Where is the swimming pool?", "What is the fine for not sorting garbage?", "二百元");
}
