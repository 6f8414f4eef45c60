//! What is looked at when candidates are ordered: a row of numbers for each, all independent of the size of the corpus or
//! relative to the question. docs/quality.md says what some groups add.

use super::{
    aliases::{Named, as_typed},
    alike::{self, BANDS, Likeness, Seen},
    coverage::{Coverage, Weights, share},
    matches::{Bm25, Scale, matches},
    model::Row,
    nearness::{Nearness, Words},
    overlap::{Overlap, Pattern},
    retrieve::{Candidate, Retrieved},
};
use crate::{
    deadline::Overdue,
    index::{Index, StoredPassage, View},
    text::{Place, fold, places},
};

/// So many candidates are told apart once more, by themselves.
const FIRST: usize = 10;

/// Sentences for ranking end also at semicolons: the items of a list are looked at one by one.
const SENTENCE_ENDS: &str = "。!?;\n";

/// The names of the features, in order.
pub(super) fn names() -> Vec<String> {
    let question = Weights::default();
    let pattern = Pattern::new(&[]);
    let parts = Parts { sentences: vec![Vec::new()], overlaps: vec![Overlap::default()], ..Parts::default() };
    let mut row = Row::default();
    matches(&mut row, &Bm25::default(), &Scale::default());
    overlaps(&mut row, &pattern, &question, &parts);
    distinctions(&mut row, &[question.clone(), question], &parts);
    nearness(&mut row, &Nearness::default());
    title(&mut row, &parts, pattern.letters());
    whereabouts(&mut row, &[], &parts);
    shape(&mut row, &Shape::default());
    likeness(&mut row, &Likeness::default(), &[]);
    relative(&mut row, &[]);
    row.names
}

/// A row of features for each candidate.
pub(super) fn features(index: &Index, content: &[char], retrieved: &Retrieved) -> anyhow::Result<Vec<Vec<f32>>> {
    let pattern = Pattern::new(content);
    let weights = Weights::new(index, &pattern, retrieved);
    let bm25: Vec<Bm25> =
        retrieved.candidates.iter().map(|candidate| Bm25::new(index, content, retrieved, candidate)).collect();
    let scale = Scale::new(index, retrieved, &bm25);
    let parts = |candidate: &Candidate| {
        retrieved.deadline.check()?;
        Ok(Parts::new(index, &pattern, &candidate.passage, &retrieved.named))
    };
    let parts: Vec<Parts> = retrieved.candidates.iter().map(parts).collect::<Result<_, Overdue>>()?;
    let wholes: Vec<&Overlap> = parts.iter().map(|parts| &parts.whole).collect();
    let among = [wholes.len(), FIRST].map(|most| weights.among(&wholes[..most.min(wholes.len())]));
    let words = Words::new(&pattern, &weights);
    let asked = places(content);
    let mut alike = alike::Words::of(&retrieved.terms);
    let mut rows = Vec::with_capacity(bm25.len());
    for ((candidate, bm25), parts) in retrieved.candidates.iter().zip(&bm25).zip(&parts) {
        retrieved.deadline.check()?;
        let mut row = Row::default();
        matches(&mut row, bm25, &scale);
        overlaps(&mut row, &pattern, &weights, parts);
        distinctions(&mut row, &among, parts);
        nearness(&mut row, &words.nearness(&parts.chars));
        title(&mut row, parts, pattern.letters());
        whereabouts(&mut row, &asked, parts);
        shape(&mut row, &Shape::new(index, candidate, parts));
        let mut seen: Vec<Seen> = parts.sentences.iter().map(|sentence| alike.read(sentence)).collect();
        let sentences: Vec<Likeness> = seen.iter().map(|seen| alike.likeness(seen)).collect();
        seen.push(alike.read(&parts.titles_chars));
        likeness(&mut row, &alike.likeness(&Seen::union(&seen)), &sentences);
        rows.push(row);
    }
    Ok(relative_to_best(rows))
}

/// The folded text of a passage without the number of an article at its beginning.
fn body(text: &str) -> Vec<char> {
    let chars = fold(text).chars;
    let label = crate::text::ordinal(&chars, '条').unwrap_or(0);
    chars[label..].to_vec()
}

/// A passage cut for comparison.
#[derive(Default)]
struct Parts {
    chars: Vec<char>,
    whole: Overlap,
    /// The folded characters of each sentence, and what it shares with the question.
    sentences: Vec<Vec<char>>,
    overlaps: Vec<Overlap>,
    /// What all titles above it share with the question, and the title of its document alone.
    titles: Overlap,
    titles_chars: Vec<char>,
    title: Overlap,
    /// Letters, digits and ideographs of the passage, and of the title of its document.
    length: usize,
    title_letters: usize,
    /// Characters of the title, and of the headings below it.
    title_length: usize,
    section_length: usize,
}

impl Parts {
    /// Reads a passage as if it had the names that were typed.
    fn new(index: &Index, pattern: &Pattern, passage: &StoredPassage, named: &[Named]) -> Parts {
        let chars = as_typed(named, body(&passage.text));
        let sentences: Vec<Vec<char>> = chars
            .split(|c| SENTENCE_ENDS.contains(*c))
            .filter(|sentence| sentence.iter().any(|c| c.is_alphanumeric()))
            .map(<[char]>::to_vec)
            .collect();
        let titles = index.titles(passage);
        let titles_chars = as_typed(named, fold(&titles).chars);
        let name = own_name(&as_typed(named, fold(titles.lines().next().unwrap_or_default()).chars));
        let section_length = passage.section.iter().map(|heading| heading.chars().count()).sum();
        Parts {
            whole: pattern.overlap(&chars),
            overlaps: sentences.iter().map(|sentence| pattern.overlap(sentence)).collect(),
            sentences,
            titles: pattern.overlap(&titles_chars),
            title: pattern.overlap(&name),
            length: letters(&chars),
            title_letters: letters(&name),
            title_length: titles_chars.len().saturating_sub(section_length),
            section_length,
            titles_chars,
            chars,
        }
    }
}

/// A title without what is added in brackets: a version, what tells it from others of its name.
fn own_name(title: &[char]) -> Vec<char> {
    let end = title.iter().position(|c| *c == '(').filter(|at| *at > 0);
    title[..end.unwrap_or(title.len())].to_vec()
}

fn letters(chars: &[char]) -> usize {
    chars.iter().filter(|c| c.is_alphanumeric()).count()
}

fn overlaps(row: &mut Row, pattern: &Pattern, weights: &Weights, parts: &Parts) {
    let whole = Coverage::new(weights, &parts.whole);
    row.put("cover_1", whole.single);
    row.put("cover_2", whole.pair);
    row.put("cover_3", whole.triple);
    row.put("cover_word", whole.word);
    row.put("missing", whole.missing);
    let covers: Vec<Coverage> = parts.overlaps.iter().map(|overlap| Coverage::new(weights, overlap)).collect();
    let best = (0..covers.len()).max_by(|a, b| covers[*a].sum().total_cmp(&covers[*b].sum()).then(b.cmp(a)));
    let none = Coverage::default();
    let cover = best.map_or(&none, |best| &covers[best]);
    row.put("sentence_1", cover.single);
    row.put("sentence_2", cover.pair);
    row.put("sentence_3", cover.triple);
    row.put("sentence_word", cover.word);
    let pairs = parts.overlaps.windows(2).map(|pair| Coverage::new(weights, &pair[0].union(&pair[1])).sum());
    row.put("two_sentences", pairs.fold(cover.sum(), f32::max));
    let whole_weight: f32 = weights.single.iter().sum();
    let subsequence = best.map_or(0.0, |best| pattern.subsequence(&parts.sentences[best], &weights.single));
    row.put("subsequence", share(subsequence, whole_weight));
    row.put("longest", share(parts.whole.longest() as f32, pattern.letters() as f32));
    let heaviest =
        parts.whole.run.iter().enumerate().map(|(at, run)| weights.single[at + 1 - run..=at].iter().sum::<f32>());
    row.put("heaviest", share(heaviest.fold(0f32, f32::max), whole_weight));
    row.put("focus_1", share(parts.whole.single as f32, parts.length as f32));
    row.put("focus_2", share(parts.whole.double as f32, parts.length as f32));
    let titles = Coverage::new(weights, &parts.titles);
    row.put("title_2", titles.pair);
    row.put("title_word", titles.word);
    let both = Coverage::new(weights, &parts.whole.union(&parts.titles));
    row.put("both_2", both.pair);
    row.put("both_word", both.word);
    row.put("both_missing", both.missing);
}

/// How much a passage and its best sentence have of what tells the candidates apart: all of them, and the first.
fn distinctions(row: &mut Row, among: &[Weights; 2], parts: &Parts) {
    for (weights, name) in among.iter().zip(["distinct", "distinct_first"]) {
        row.put(name, Coverage::new(weights, &parts.whole).sum());
        let sentences = parts.overlaps.iter().map(|overlap| Coverage::new(weights, overlap).sum());
        row.put(format!("{name}_sentence"), sentences.fold(0f32, f32::max));
    }
}

/// How near together a passage has the words of the question.
fn nearness(row: &mut Row, near: &Nearness) {
    row.put("near", near.all);
    row.put("near_neighbours", near.neighbours);
}

/// How much of the title of the document the question has: a title that is named in full is likely what is asked about.
fn title(row: &mut Row, parts: &Parts, question: usize) {
    let longest = share(parts.title.longest() as f32, parts.title_letters as f32);
    let named = if longest >= 1.0 { 1.0 } else { 0.0 };
    row.put("title_named", named);
    row.put("title_named_share", named * share(parts.title_letters as f32, question as f32));
    row.put("title_longest", longest);
    row.put("title_letters", share(parts.title.single as f32, parts.title_letters as f32));
}

/// Whether a passage and its titles name the places that the question names, or others.
fn whereabouts(row: &mut Row, asked: &[Place], parts: &Parts) {
    let mut named = if asked.is_empty() { Vec::new() } else { places(&parts.chars) };
    if !asked.is_empty() {
        named.extend(places(&parts.titles_chars));
    }
    let others = named.iter().filter(|place| !asked.iter().any(|other| other.meets(**place))).count();
    let flag = |yes: bool| f32::from(u8::from(yes));
    row.put("place_meets", flag(others < named.len()));
    row.put("place_same", flag(named.iter().any(|place| asked.contains(place))));
    row.put("place_differs", flag(others > 0 && others == named.len()));
    row.put("places_else", (others as f32).ln_1p());
}

/// How near a passage with its titles, and the sentences that come nearest, are to the words of the question.
fn likeness(row: &mut Row, whole: &Likeness, sentences: &[Likeness]) {
    let best = |of: &dyn Fn(&Likeness) -> f32| sentences.iter().map(of).fold(0f32, f32::max);
    row.put("alike", whole.share);
    row.put("alike_direction", whole.direction);
    row.put("alike_missing", whole.missing);
    row.put("alike_sentence", best(&|sentence| sentence.share));
    row.put("alike_sentence_direction", best(&|sentence| sentence.direction));
    for ((name, ..), share) in BANDS.iter().zip(whole.bands) {
        row.put(format!("alike_{name}"), share);
    }
}

/// What a candidate is like, whatever was asked.
#[derive(Default)]
struct Shape {
    length: usize,
    average: f32,
    sentences: usize,
    rarity: f32,
    title: usize,
    section: usize,
    citing_documents: u32,
    citing_articles: u32,
}

impl Shape {
    fn new(index: &Index, candidate: &Candidate, parts: &Parts) -> Shape {
        let rarities: Vec<f32> = parts.chars.iter().filter_map(|c| index.character_idf(*c)).collect();
        let (citing_documents, citing_articles) = index.cited(&candidate.passage);
        Shape {
            length: parts.length,
            average: index.average_length(View::Characters),
            sentences: parts.sentences.len(),
            rarity: share(rarities.iter().sum(), rarities.len() as f32 * index.greatest_idf()),
            title: parts.title_length,
            section: parts.section_length,
            citing_documents,
            citing_articles,
        }
    }
}

fn shape(row: &mut Row, shape: &Shape) {
    row.put("length", (shape.length as f32).ln_1p());
    row.put("length_to_average", ((shape.length as f32 + 5.0) / (shape.average + 5.0)).ln());
    row.put("sentences", (shape.sentences as f32).ln_1p());
    row.put("rarity", shape.rarity);
    row.put("title_length", (shape.title as f32).ln_1p());
    row.put("section_length", (shape.section as f32).ln_1p());
    row.put("citing_documents", (shape.citing_documents as f32).ln_1p());
    row.put("citing_articles", (shape.citing_articles as f32).ln_1p());
}

/// Features that are repeated in relation to the best of the candidates.
const RELATIVE: [&str; 9] = [
    "cover_1",
    "cover_2",
    "sentence_2",
    "both_2",
    "two_sentences",
    "alike",
    "alike_direction",
    "alike_sentence",
    "alike_sentence_direction",
];

fn relative(row: &mut Row, best: &[f32]) {
    for (at, name) in RELATIVE.iter().enumerate() {
        let value = row.names.iter().position(|known| known == name).map_or(0.0, |at| row.values[at]);
        row.put(format!("{name}_to_best"), share(value, best.get(at).copied().unwrap_or(0.0)));
    }
}

fn relative_to_best(mut rows: Vec<Row>) -> Vec<Vec<f32>> {
    let places = RELATIVE.map(|name| rows.first().and_then(|row| row.names.iter().position(|known| known == name)));
    let best = places.map(|place| place.map_or(0.0, |at| rows.iter().map(|row| row.values[at]).fold(0f32, f32::max)));
    for row in &mut rows {
        relative(row, &best);
    }
    rows.into_iter().map(|row| row.values).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chars(text: &str) -> Vec<char> {
        text.chars().collect()
    }

    #[test]
    fn every_feature_has_a_name_of_its_own() {
        let names = names();
        let once: std::collections::HashSet<&String> = names.iter().collect();
        assert_eq!(once.len(), names.len());
    }

    #[test]
    fn titles_are_named_in_full_or_in_part() {
        let check = |question: &str, name: &str, expected: [f32; 4]| {
            let pattern = Pattern::new(&chars(question));
            let name = own_name(&chars(name));
            let parts = Parts { title: pattern.overlap(&name), title_letters: letters(&name), ..Parts::default() };
            let mut row = Row::default();
            title(&mut row, &parts, pattern.letters());
            assert_eq!(row.values, expected, "{question}");
        };
        check("劳动法 加班", "劳动法(2018修正)", [1.0, 0.6, 1.0, 1.0]);
        check("劳动 加班法", "劳动法", [0.0, 0.0, 2.0 / 3.0, 1.0]);
        check("加班", "", [0.0; 4]);
    }

    #[test]
    fn places_agree_or_differ() {
        let check = |question: &str, text: &str, titles: &str, expected: [f32; 4]| {
            let parts = Parts { chars: chars(text), titles_chars: chars(titles), ..Parts::default() };
            let mut row = Row::default();
            whereabouts(&mut row, &places(&chars(question)), &parts);
            assert_eq!(row.values, expected, "{question} {text}");
        };
        check("成都怎么申请", "四川省各地", "", [1.0, 0.0, 0.0, 0.0]);
        check("成都怎么申请", "各区", "成都市通知", [1.0, 1.0, 0.0, 0.0]);
        check("成都怎么申请", "绵阳市各区", "", [0.0, 0.0, 1.0, 2f32.ln()]);
        check("怎么申请", "绵阳市各区", "", [0.0; 4]);
    }
}
