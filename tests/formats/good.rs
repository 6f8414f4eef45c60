//! A folder with a file of each format is indexed, and asked.

use std::{fs, path::Path};

use serde_json::Value;

use crate::harness::{Place, quotes};

/// The folder of files that other software made.
pub fn fixtures(kind: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats").join(kind);
    let mut files: Vec<(String, Vec<u8>)> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

/// A corpus of some of the files.
fn place(kind: &str, chosen: impl Fn(&str) -> bool) -> Place {
    let place = Place::with(&[]);
    for (name, bytes) in fixtures(kind).iter().filter(|(name, _)| chosen(name)) {
        place.write(name, bytes);
    }
    place
}

/// Asks, and compares the first quote: where it is from, its page, and a part of its text.
fn check(place: &Place, question: &str, document: &str, page: Option<u64>, part: &str) {
    let answer = place.answer(question);
    let quoted = quotes(&answer);
    let all = answer["quotes"].as_array().unwrap();
    let found = all.iter().find(|quote| quote["text"].as_str().unwrap().contains(part));
    let Some(quote) = found else { panic!("{question}: {quoted:?} in {answer}") };
    assert_eq!(quote["document"]["path"], document, "{question}");
    assert_eq!(quote["page"].as_u64(), page, "{question}: {quoted:?}");
}

#[test]
fn a_folder_with_a_file_of_each_format_is_indexed_and_asked() {
    let place = place("good", |name| !matches!(name, "停车.html" | "图书馆.html" | "养老.csv"));
    place.write("信访.md", "# 信访接待\n\n市长接待日为每月十五日，在市信访接待中心一楼大厅。\n".as_bytes());
    place.write("路灯.txt", "路灯报修\n\n路灯不亮的，维修人员应当在四十八小时内修复。\n".as_bytes());
    let said = place.run(&["reindex", "--json"]);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!(report["problems"], Value::Array(Vec::new()), "{}", said.err);
    assert_eq!(report["documents"], 11);

    check(&place, "小型车停车首小时多少钱？", "停车.docx", None, "小型车；首小时：5元");
    check(&place, "每户可以养几只狗？", "犬只.docx", None, "每户限养犬两只");
    check(&place, "外文图书可以借几天？", "图书馆.docx", None, "外文图书；可借册数：4册；借期：60天");
    check(&place, "租房每月可以提取多少公积金？", "公积金.html", None, "一千八百元");
    check(&place, "入职体检套餐男的多少钱？", "体检.xlsx", None, "价格 男：180.50");
    check(&place, "病案室的电话是多少？", "体检.xlsx", None, "0000-6019");
    check(&place, "松鹤康养中心有多少床位？", "养老.xlsx", None, "床位：260");
    check(&place, "市长接待日是哪天？", "信访.md", None, "十五日");
    check(&place, "路灯不亮多久修复？", "路灯.txt", None, "四十八小时");

    check(&place, "水表使用期限是几年？", "供水.pdf", Some(1), "六年");
    check(&place, "管道漏水后抢修人员多久到达？", "供水.pdf", Some(2), "一小时内到达城区现场");
    check(&place, "第二阶梯水价每立方米多少钱？", "供水.pdf", Some(3), "四元二角");
    check(&place, "夜间公交末班车几点发车？", "晚报.pdf", Some(2), "末班车凌晨一时发车");
    check(&place, "第二批老旧小区改造计划完成多少个？", "晚报.pdf", Some(1), "九十五个小区");
    check(&place, "大件家具上门收取要多少钱？", "垃圾分类.pdf", Some(2), "每件收费二十元");
}

#[test]
fn what_people_see_names_the_page() {
    let place = place("good", |name| name == "供水.pdf");
    let said = place.run(&["ask", "管道漏水后抢修人员多久到达？"]);
    assert!(
        said.out.contains("第 2 页") && said.out.contains("《云川市城市供水服务规范》"),
        "{}{}",
        said.out,
        said.err
    );
}

#[test]
fn the_same_text_comes_out_of_what_other_programs_make_of_it() {
    let place = place("good", |_| true);
    let said = place.run(&["reindex"]);
    assert_eq!(said.code, 0, "{}", said.err);
    let text = |name: &str| place.run(&["text", name]).out;
    // Pandoc's page and its Word document; LibreOffice's page and its Word document; CSV in GB18030 and LibreOffice's workbook.
    let ink = |name: &str| text(name).replace(['#', ' ', '\n'], "");
    let until_notes = |text: String| text.split("第二章").nth(1).unwrap().split("1.专用").next().unwrap().to_owned();
    assert_eq!(until_notes(ink("停车.html")), until_notes(ink("停车.docx")));
    assert_eq!(ink("图书馆.html"), ink("图书馆.docx"));
    assert_eq!(text("养老.csv").lines().last(), text("养老.xlsx").lines().last());
}

#[test]
fn a_page_of_a_town_is_read_without_its_menus() {
    let place = place("good", |name| name == "公积金.html");
    let answer = place.answer("租房每月可以提取多少公积金？");
    let document = &answer["quotes"][0]["document"];
    assert_eq!(document["title"], "关于调整住房公积金提取政策的通知");
    assert_eq!(document["date"], "2024-05-20");
    assert_eq!(document["publisher"], "云川市住房公积金管理中心");
    let text = place.run(&["text", "公积金.html"]).out;
    for noise in ["首页", "栏目", "当前位置", "版权", "上一篇", "分享", "统计脚本", "浏览次数", "搜索"]
    {
        assert!(!text.contains(noise), "{noise} in {text}");
    }
}

#[test]
fn what_cannot_be_read_says_why() {
    let place = place("bad", |_| true);
    place.write("通知.md", "# 通知\n\n周一开放。\n".as_bytes());
    let report: Value = serde_json::from_str(&place.run(&["reindex", "--json"]).out).unwrap();
    let problem = |name: &str| {
        let all = report["problems"].as_array().unwrap();
        let found = all.iter().find(|problem| problem["path"] == name).unwrap_or_else(|| panic!("{name}: {report}"));
        found["reason"].as_str().unwrap().to_owned()
    };
    for (name, reason) in [
        ("加密.pdf", "is encrypted"),
        ("扫描.pdf", "is a scan"),
        ("无字符表.pdf", "fonts that do not say which characters"),
    ] {
        assert!(problem(name).contains(reason), "{}", problem(name));
    }
    assert_eq!(report["documents"], 1);
}
