//! Shelf life: what has expired is marked wherever it is quoted, and named to those who run the bot.

use serde_json::Value;

use crate::harness::{Place, quotes};

const OLD: &str = "---\ntitle: 停车收费办法\npublisher: 市交通局\ndate: 2024-03-01\nvalid_until: 2026-06-30\n---\n路边停车每小时收费五元。\n";
const MONTHLY: &str = "---\ntitle: 图书馆通告\nvalid_until: 2026-07\n---\n图书馆周一闭馆，周末开放到晚上九点。\n";
const LASTING: &str = "---\ntitle: 养犬规定\n---\n养犬人应当为犬只办理登记。\n";

fn place() -> Place {
    Place::with(&[("停车.md", OLD), ("图书馆.md", MONTHLY), ("养犬.md", LASTING)])
}

fn asked(place: &Place, today: &str, question: &str) -> Value {
    let said = place.run(&["ask", "--json", "--today", today, question]);
    serde_json::from_str(&said.out).unwrap_or_else(|error| panic!("{error}: {}{}", said.out, said.err))
}

#[test]
fn an_expired_source_is_marked_from_the_day_after_its_last_one() {
    let place = place();
    let question = "路边停车每小时收费多少？";
    let (last, after) = (asked(&place, "2026-06-30", question), asked(&place, "2026-07-01", question));
    assert_eq!(quotes(&last), quotes(&after), "the day marks a source, it does not change what is quoted");
    for (answer, expired) in [(&last, false), (&after, true)] {
        for list in ["quotes", "passages"] {
            let document = &answer[list][0]["document"];
            assert_eq!(document["valid_until"], "2026-06-30", "{answer}");
            assert_eq!(document["expired"], expired, "{answer}");
        }
    }
    let shown = |today: &str| place.run(&["ask", "--today", today, question]).out;
    assert!(
        shown("2026-07-01").contains("《停车收费办法》 · 市交通局 · 2024-03-01 · ⚠️ 有效期至 2026-06-30，现已失效")
    );
    assert!(!shown("2026-06-30").contains("失效"), "{}", shown("2026-06-30"));
    let english = place.run(&["ask", "--today", "2026-07-01", "how much is parking per hour?"]).out;
    assert!(english.contains("no longer valid (valid until 2026-06-30)"), "{english}");
    let traditional = place.run(&["ask", "--today", "2026-07-01", "路邊停車每小時收費多少？"]).out;
    assert!(traditional.contains("現已失效"), "{traditional}");
}

#[test]
fn what_is_not_known_is_not_made_up() {
    let document = &asked(&place(), "2999-12-31", "养犬要登记吗？")["quotes"][0]["document"];
    assert_eq!((&document["date"], &document["valid_until"]), (&Value::Null, &Value::Null));
    assert_eq!(document["expired"], false);
}

#[test]
fn the_list_of_documents_shows_dates_and_marks() {
    let said = place().run_with(&["chat", "--today", "2026-08-01"], "/sources\n");
    for line in
        ["《停车收费办法》 · 市交通局 · 2024-03-01 · ⚠️ 有效期至 2026-06-30", "《图书馆通告》 · ⚠️ 有效期至 2026-07，"]
    {
        assert!(said.out.contains(line), "{line} is missing in {}", said.out);
    }
    assert!(said.out.contains("《养犬规定》\n"), "{}", said.out);
}

#[test]
fn those_who_run_the_bot_learn_what_expires() {
    let place = place();
    place.answer("热线");
    let check = |today: &str| place.run(&["check", "--today", today]).out;
    let text = check("2026-07-05");
    assert!(text.contains("notice  expired: 停车.md was valid until 2026-06-30"), "{text}");
    assert!(text.contains("notice  expiring: 图书馆.md is valid until 2026-07-31"), "{text}");
    assert!(!text.contains("problem"), "{text}");
    assert!(!check("2026-05-30").contains("notice"), "30 days in advance, no earlier");
    assert!(check("2026-05-31").contains("expiring: 停车.md"));
    let status = place.run_with(&["chat", "--today", "2026-07-05"], "/status\n").out;
    for line in
        ["已失效文件：1\n· 《停车收费办法》（2026-06-30）", "30 天内到期的文件：1\n· 《图书馆通告》（2026-07-31）"]
    {
        assert!(status.contains(line), "{line} is missing in {status}");
    }
}

#[test]
fn a_day_that_is_none_is_refused() {
    let said = place().run(&["ask", "--today", "2026-02-30", "热线"]);
    assert_eq!(said.code, 2);
    assert!(said.err.contains("a day is written like 2026-06-30"), "{}", said.err);
}
