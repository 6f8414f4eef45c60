//! Files of an office, made by the programs of an office: an official sends them in the chat, a citizen gets their answers.

use std::{fs, path::Path};

use super::{actions, button};
use crate::{
    harness::Story,
    server::{Person, Sent, Server},
};

/// A file that other software made.
fn fixture(name: &str) -> Vec<u8> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/formats");
    fs::read(folder.join(name)).expect("a fixture")
}

fn town() -> (Story, Person, Person) {
    let mut story = Story::prepare(Server::start());
    let (admin, citizen) = (story.person("主任", "zh-hans"), story.person("张三", "zh-hans"));
    story.set("TELEGRAM_ADMINS", &admin.id.to_string());
    story.start();
    (story, admin, citizen)
}

/// An official sends a file, and what the bot says of it.
#[track_caller]
fn send(story: &Story, admin: &Person, name: &str, bytes: &[u8]) -> Sent {
    let before = story.world().sent_in(admin.id).count();
    story.upload(admin, name, bytes);
    story.nth_in(admin.id, before)
}

/// An official sends a file and has it join the corpus.
#[track_caller]
fn join(story: &Story, admin: &Person, name: &str, title: &str) {
    let card = send(story, admin, name, &fixture(&format!("good/{name}")));
    assert!(card.formatted.text.contains(title), "{}", card.formatted.text);
    story.press(admin, admin.id, card.id, &button(&card, "确认收录").value);
    story.until(&format!("{name} is indexed"), |world| {
        let text = &world.text(admin.id, card.id)?.text;
        (text.contains("已生效") && text.contains("新增 1")).then_some(())
    });
}

#[test]
fn files_of_an_office_are_sent_and_answer() {
    let (story, admin, citizen) = town();
    join(&story, &admin, "停车.docx", "停车");
    join(&story, &admin, "供水.pdf", "云川市城市供水服务规范");
    join(&story, &admin, "体检.xlsx", "体检");
    join(&story, &admin, "公积金.html", "关于调整住房公积金提取政策的通知");
    for (question, parts) in [
        ("小型车停车首小时多少钱？", &["小型车；首小时：5元"][..]),
        ("管道漏水后抢修人员多久到达？", &["一小时内到达城区现场", "云川市城市供水服务规范", "第 2 页"]),
        ("第二阶梯水价每立方米多少钱？", &["四元二角", "第 3 页"]),
        ("入职体检套餐男的多少钱？", &["价格 男：180.50"]),
        ("租房每月可以提取多少公积金？", &["一千八百元"]),
    ] {
        let answer = story.ask(&citizen, question).formatted.text;
        for part in parts {
            assert!(answer.contains(part), "{question}: {part} is missing in {answer}");
        }
    }
    story.close();
}

#[test]
fn broken_files_are_refused_in_words_that_say_what_to_do() {
    let (story, admin, citizen) = town();
    let whole = fixture("good/供水.pdf");
    let half = &whole[..whole.len() / 2];
    let cut = fixture("good/停车.docx");
    let files: [(&str, Vec<u8>, &[&str]); 7] = [
        ("供水.pdf", half.to_vec(), &["损坏", "重新保存"]),
        ("停车.docx", cut[..cut.len() / 2].to_vec(), &["损坏", "重新保存"]),
        ("扫描.pdf", fixture("bad/扫描.pdf"), &["扫描", "文字识别"]),
        ("加密.pdf", fixture("bad/加密.pdf"), &["加密", "不设密码"]),
        ("无字符表.pdf", fixture("bad/无字符表.pdf"), &["字体", "重新导出"]),
        ("旧.doc", b"\xD0\xCF\x11\xE0 old".to_vec(), &[".doc", "另存为 .docx"]),
        ("空.md", b" \n".to_vec(), &["空"]),
    ];
    for (name, bytes, parts) in files {
        let told = send(&story, &admin, name, &bytes);
        for part in parts {
            assert!(told.formatted.text.contains(part), "{name}: {part} is missing in {}", told.formatted.text);
        }
        assert!(actions(&told).is_empty(), "{name} can be added: {:?}", told.markup);
        assert!(!story.folder("corpus").join(name).exists(), "{name}");
    }
    let left = fs::read_dir(story.folder("state").join("uploads")).unwrap().count();
    assert_eq!(left, 0, "refused files are not kept");
    super::renewal::still_answers(&story, &citizen, 0);
    story.close();
}
