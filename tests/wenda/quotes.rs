//! The quote invariant, for arbitrary documents and questions: each quote stands in the stored text where it says it does,
//! begins and ends with whole sentences, and nothing panics.

use proptest::prelude::*;
use wenda::{admin, answer::answer, config::Config, text::sentences};

/// Text as it comes: Chinese, letters, digits, emoji, combining marks, punctuation, line breaks.
fn any_text(longest: usize) -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        4 => "[一-鿿]{1,12}",
        2 => "[。！？；：，、“”（）《》…]",
        2 => "[a-zA-Z0-9 .,%]{1,8}",
        1 => "[０-９Ａ-Ｚ〇壹贰叁百千万亿第条]{1,4}",
        1 => "(👍|👨‍👩‍👧|e\u{301}|ﬁ|㎡|\u{200d}|\u{feff}|🇨🇳|が|\u{1f3fd})",
        1 => "[\n\t #>*|-]{1,3}",
    ];
    prop::collection::vec(piece, 0..longest).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn every_quote_is_the_documents_own(document in any_text(120), asked in prop::collection::vec(any_text(8), 1..6)) {
        let folder = tempfile::tempdir().unwrap();
        let corpus = folder.path().join("corpus");
        std::fs::create_dir(&corpus).unwrap();
        std::fs::write(corpus.join("document.md"), &document).unwrap();
        let path = |name: &str| folder.path().join(name).to_string_lossy().into_owned();
        let config = Config::read(|name| match name {
            "CORPUS_DIR" => Some(path("corpus")),
            "INDEX_DIR" => Some(path("index")),
            _ => None,
        }).unwrap();
        let index = admin::reindex(&config, |_| {}).unwrap().index;
        // Parts of the document itself are asked as well, so that there is something to quote.
        let parts = document.lines().map(|line| line.chars().take(12).collect::<String>()).take(4);
        for question in asked.into_iter().chain(parts) {
            let answer = answer(&index, &question, None, 10, None).unwrap();
            for quote in &answer.quotes {
                let stored = index.document(&quote.document.path).unwrap().unwrap().text;
                prop_assert_eq!(quote.span.slice(&stored), Some(quote.text.as_str()));
                prop_assert_eq!(quote.text.trim(), quote.text.as_str());
                let bounds = sentences(&stored);
                // The marks of a heading are not quoted: of a document that is nothing but a heading, its words are.
                let marks = |from: usize, to: usize| {
                    stored.get(from..to).is_some_and(|cut| cut.trim_matches(['#', ' ']).is_empty())
                };
                prop_assert!(bounds.iter().any(|sentence| marks(sentence.start, quote.span.start)));
                prop_assert!(bounds.iter().any(|sentence| marks(quote.span.end, sentence.end)));
                for highlight in &quote.highlights {
                    prop_assert!(highlight.slice(&quote.text).is_some());
                }
            }
        }
    }
}
