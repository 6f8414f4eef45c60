//! The bundled article, the text layer of a newspaper page, against what a careful reader recovers from it.

use std::path::Path;

use wenda::corpus::{self, Limits};
use wenda::passage::Document;

/// Loads the article of the repository.
fn article() -> Document {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let sources = corpus::walk(&folder).expect("the bundled corpus can be walked");
    let file = sources.files.iter().find(|file| file.path.starts_with("焦作高新区")).expect("the article is there");
    corpus::load(file, &Limits::default()).expect("the article can be read")
}

#[test]
fn paragraphs_and_headings_are_recovered() {
    let document = article();
    // Headings are the lines that belong to no passage; the fixture marks them with `#`.
    let mut blocks = String::new();
    let base = document.text.as_ptr() as usize;
    for line in document.text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let start = line.as_ptr() as usize - base;
        if !document.passages.iter().any(|passage| (passage.span.start..passage.span.end).contains(&start)) {
            blocks.push_str("# ");
        }
        blocks.push_str(line);
        blocks.push('\n');
    }
    assert_eq!(blocks, include_str!("fixtures/article-paragraphs.txt"));
}

#[test]
fn passages_know_their_section() {
    let document = article();
    assert_eq!(document.metadata.title.as_deref(), Some("焦作高新区开创“又高又新”发展新局面"));
    let sections: Vec<String> = document
        .passages
        .chunk_by(|one, next| one.section == next.section)
        .map(|run| run[0].section.join(" > "))
        .collect();
    assert_eq!(
        sections,
        [
            "",
            "不忘初心，22年风雨砥砺，焦作城市之南崛起新城区",
            "牢记使命，“十四五”开局，“25311”擘画精彩新篇章",
            "接续奋斗，党旗猎猎领航，“特别能战斗”铸就新辉煌",
        ]
    );
}
