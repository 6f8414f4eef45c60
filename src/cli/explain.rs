//! `wenda ask --explain`: why the passages stand in this order, and how the verdict came about, as tables.

use crate::answer::{Explanation, LookedUp, Origin, Weighed, by_term};

/// So many parts of a candidate's score are shown; the rest is added up.
const MOST_PARTS: usize = 8;

/// An explanation as text for a terminal.
pub(super) fn render(explanation: &Explanation) -> String {
    let mut text = format!("\nLooked up: {}  (asks for: {:?})\n", explanation.content, explanation.kind);
    if let Some(before) = &explanation.taken_from {
        text.push_str(&format!("Subject taken from: {before}\n"));
    }
    if !explanation.searched_for.is_empty() {
        text.push_str(&format!("Read in place of what was typed: {}\n", explanation.searched_for.join(", ")));
    }
    text.push_str("\n  terms      view        weight     idf\n");
    explanation.terms.iter().for_each(|looked| text.push_str(&term(looked)));
    text.push_str("\nCandidates\n");
    for (number, candidate) in explanation.candidates.iter().enumerate() {
        text.push_str(&format!("{:>3}. {}  {}…\n", number + 1, candidate.path, candidate.beginning));
        text.push_str(&weighed(candidate));
    }
    text.push_str(&verdict(explanation));
    text
}

fn term(looked: &LookedUp) -> String {
    let origin = match looked.origin {
        Origin::Typed => "typed",
        Origin::TakenOver => "taken over",
        Origin::Translated => "translated",
        Origin::TakenOverTranslated => "taken over",
    };
    let texts: Vec<&str> = looked.texts.iter().take(MOST_PARTS).map(|(text, _)| text.as_str()).collect();
    let mut line =
        format!("  {origin:<10} {:<10} {:>7.2} {:>7.2}  {}", looked.view, looked.weight, looked.idf, texts.join(" | "));
    for (what, list) in [("alias", &looked.aliases), ("or", &looked.reworded)] {
        if !list.is_empty() {
            line.push_str(&format!("   {what}: {}", list.join(" | ")));
        }
    }
    line.push('\n');
    line
}

fn weighed(candidate: &Weighed) -> String {
    let mut text = format!(
        "     score {:.3} = model {:.3} + translations {:.3}\n     place {} by the words it has, which count {:.2}:",
        candidate.score, candidate.model_score, candidate.translations, candidate.retrieved, candidate.retrieval
    );
    let terms = by_term(&candidate.matches);
    for (term, in_titles, score) in terms.iter().take(MOST_PARTS) {
        text.push_str(&format!(" {term}{} {score:.2}", if *in_titles { " (title)" } else { "" }));
    }
    let rest: f32 = terms.iter().skip(MOST_PARTS).map(|(_, _, score)| score).sum();
    if rest > 0.0 {
        text.push_str(&format!(" others {rest:.2}"));
    }
    text.push('\n');
    if candidate.model.is_empty() {
        return text;
    }
    text.push_str(&format!("     {:<42} {:>7} {:>7} {:>7}\n", "feature", "value", "weight", "adds"));
    for part in candidate.model.iter().take(MOST_PARTS) {
        text.push_str(&format!(
            "     {:<42} {:>7.3} {:>7.3} {:>+7.3}\n",
            in_words(&part.feature),
            part.value,
            part.weight,
            part.adds
        ));
    }
    let rest: f32 = candidate.model.iter().skip(MOST_PARTS).map(|part| part.adds).sum();
    let others = candidate.model.len().saturating_sub(MOST_PARTS);
    text.push_str(&format!("     {:<58} {rest:>+7.3}\n", format!("{others} others")));
    text.push_str(&format!("     {:<58} {:>+7.3}\n", "trees over all of them", candidate.trees));
    text
}

/// What a feature says, where its name does not.
fn in_words(feature: &str) -> &str {
    match feature {
        "distinct" => "has what few candidates have",
        "distinct_sentence" => "one sentence has what few candidates have",
        "distinct_first" => "has what few of the first ten have",
        "distinct_first_sentence" => "one sentence has what few of the ten have",
        "near" => "has the words near together",
        "near_neighbours" => "has words side by side as in the question",
        "title_named" => "its title is named in full",
        "title_named_share" => "share of the question that is its title",
        "title_longest" => "longest part of its title in the question",
        "title_letters" => "share of its title in the question",
        "place_meets" => "names a place that fits",
        "place_same" => "names the same place",
        "place_differs" => "names other places only",
        "places_else" => "how many other places it names",
        name => name,
    }
}

fn verdict(explanation: &Explanation) -> String {
    let judged = &explanation.verdict;
    let mut text = format!("\nVerdict: {:?}, confidence {:.3}\n", judged.verdict, judged.confidence);
    let Some(coverage) = &judged.coverage else {
        text.push_str("  nothing is quoted\n");
        return text;
    };
    text.push_str(&format!(
        "  an answer must reach a confidence of {:.3}; {:.3} of the question stands where the first quote does, \
         below {:.3} nothing is shown\n",
        judged.threshold, coverage.share, judged.least
    ));
    text.push_str(&format!(
        "  the whole question {:.3}, the clause that asks {:.3}, whichever is more; less {:.3} for what the passage does not show\n",
        coverage.whole, coverage.clause, coverage.missing
    ));
    text.push_str("   counts     met  term\n");
    for word in &coverage.words {
        text.push_str(&format!("  {:>7.3} {:>7.2}  {}\n", word.weight, word.met, word.term));
    }
    text.push_str("  the signals that the confidence is made of\n");
    for (name, value) in &judged.signals {
        text.push_str(&format!("  {value:>7.3}  {}\n", name.replace('_', " ")));
    }
    text
}
