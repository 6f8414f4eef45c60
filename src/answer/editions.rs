//! Documents that say the same: the same words in several of them, several editions of one work, and figures that differ. The
//! newest source that still holds goes first.

use std::{
    cell::RefCell,
    cmp::Ordering,
    collections::{HashMap, HashSet},
    ops::Range,
    rc::Rc,
    sync::LazyLock,
};

use regex::Regex;
use time::Date;

use super::{
    Source,
    retrieve::{Candidate, Retrieved},
};
use crate::{
    index::Index,
    passage::Document,
    text::{fold, is_ideograph, numerals, sentences},
};

/// Passages of two editions are the same provision where they share so much (Dice coefficient of pairs of characters).
const SAME_PROVISION: f32 = 0.5;
/// Sentences that share so much beside their numbers speak of one thing.
const SAME_STATEMENT: f32 = 0.8;
/// So many ideographs are looked for before a text is compared as a whole.
const LANDMARK: usize = 6;
/// Fewer letters and ideographs are repeated by chance.
const LEAST_REPEATED: usize = 8;

/// What tells editions of a work apart in its folded title.
static EDITION: LazyLock<Regex> = LazyLock::new(|| {
    let bracketed = r"\([^()]*(?:修正|修订|修改|试行|暂行|版|[12][0-9]{3})[^()]*\)";
    // A year within a title is what the document is about: two yearly reports are no editions of one.
    let behind =
        r"(?:(?:19|20)[0-9]{2}年?)?(?:修正|修订)(?:版|本)?$|(?:(?:19|20)[0-9]{2}年?|新)版$|(?:19|20)[0-9]{2}$|试行$";
    Regex::new(&[bracketed, behind].join("|")).expect("the pattern is valid; a test compiles it")
});

static YEAR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new("(?:19|20)[0-9]{2}").expect("the pattern is valid; a test compiles it"));

/// How titles of documents end that lay something down until a newer edition does. Reports and news do not: what they say is
/// true of their day, and a newer one does not take its place.
static LAYS_DOWN: LazyLock<Regex> = LazyLock::new(|| {
    let forms = "法|条例|规定|办法|细则|规则|通则|总则|章程|标准|准则|规程|规范|制度|目录|方案|指南|须知|手册|预案|解释|措施|政策|说明";
    Regex::new(&format!("(?:{forms})$")).expect("the pattern is valid; a test compiles it")
});

/// Which edition of which work a document is.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Edition {
    /// The title without the marks of the edition; nothing where it is no work that has editions.
    work: Option<String>,
    /// Its date, or the year in its title.
    date: Option<String>,
}

impl Edition {
    fn new(title: &str, date: Option<&str>) -> Edition {
        let title = fold(title).text();
        let year = || YEAR.find(&title).map(|year| year.as_str().to_owned());
        let mut work = EDITION.replace_all(title.trim(), "").into_owned();
        work.retain(char::is_alphanumeric);
        let work = Some(work).filter(|work| LAYS_DOWN.is_match(work));
        Edition { work, date: date.map(str::to_owned).or_else(year) }
    }

    fn of(index: &Index, path: &str) -> Edition {
        let metadata = index.documents().get(path).map(|entry| &entry.metadata);
        let title = metadata.and_then(|metadata| metadata.title.as_deref()).unwrap_or_default();
        Edition::new(title, metadata.and_then(|metadata| metadata.date.as_deref()))
    }
}

/// The order of documents: by whether they still hold, and by date.
pub(super) struct Shelf<'i> {
    pub(super) index: &'i Index,
    today: Option<Date>,
    /// The editions that were looked at, by path: titles are compared again and again.
    editions: RefCell<HashMap<String, Rc<Edition>>>,
    /// The documents that were quoted from, by path.
    documents: RefCell<HashMap<String, Option<Rc<Document>>>>,
}

impl<'i> Shelf<'i> {
    /// The shelf as it stands on a day; without one everything holds.
    pub(super) fn new(index: &'i Index, today: Option<Date>) -> Shelf<'i> {
        Shelf { index, today, editions: RefCell::default(), documents: RefCell::default() }
    }

    fn edition(&self, path: &str) -> Rc<Edition> {
        if let Some(known) = self.editions.borrow().get(path) {
            return Rc::clone(known);
        }
        let edition = Rc::new(Edition::of(self.index, path));
        self.editions.borrow_mut().insert(path.to_owned(), Rc::clone(&edition));
        edition
    }

    /// A document with its stored text, read once for all quotes from it.
    pub(super) fn document(&self, path: &str) -> anyhow::Result<Option<Rc<Document>>> {
        if let Some(known) = self.documents.borrow().get(path) {
            return Ok(known.clone());
        }
        let document = self.index.document(path)?.map(Rc::new);
        self.documents.borrow_mut().insert(path.to_owned(), document.clone());
        Ok(document)
    }

    fn has_expired(&self, path: &str) -> bool {
        let entry = self.index.documents().get(path);
        entry.zip(self.today).is_some_and(|(entry, today)| entry.metadata.is_expired(today))
    }

    /// Which of two documents goes first: what still holds, then the newer one; equal where nothing tells.
    fn order(&self, one: &str, other: &str) -> Ordering {
        let (former, latter) = (self.edition(one), self.edition(other));
        let by_date = match (&former.date, &latter.date) {
            (Some(former), Some(latter)) => latter.cmp(former),
            _ => Ordering::Equal,
        };
        self.has_expired(one).cmp(&self.has_expired(other)).then(by_date)
    }

    /// Lets the newest edition of a work take the place of older ones: a passage that a newer edition has too is left out, and
    /// that of the newer edition stands in its place. An edition whose year is asked for stays.
    pub(super) fn newest_editions(&self, question: &str, candidates: Vec<Candidate>) -> Vec<Candidate> {
        let editions: Vec<Rc<Edition>> =
            candidates.iter().map(|candidate| self.edition(&candidate.passage.path)).collect();
        let asked: HashSet<&str> = YEAR.find_iter(question).map(|year| year.as_str()).collect();
        let stays = |at: usize| {
            let year = editions[at].date.as_deref().and_then(|date| date.get(..4));
            year.is_some_and(|year| asked.contains(year))
        };
        let successor = |older: usize| -> Option<usize> {
            let rivals = (0..candidates.len()).filter(|newer| {
                editions[older].work.is_some()
                    && editions[*newer].work == editions[older].work
                    && self.order(&candidates[*newer].passage.path, &candidates[older].passage.path) == Ordering::Less
            });
            let mut rivals: Vec<usize> = rivals.collect();
            if rivals.is_empty() || stays(older) {
                return None;
            }
            let text = pairs(&candidates[older].passage.text);
            let likeness = |at: usize| likeness(&text, &pairs(&candidates[at].passage.text));
            rivals.retain(|newer| likeness(*newer) >= SAME_PROVISION);
            rivals.into_iter().min_by(|one, other| {
                let by_date = self.order(&candidates[*one].passage.path, &candidates[*other].passage.path);
                by_date.then(likeness(*other).total_cmp(&likeness(*one))).then(one.cmp(other))
            })
        };
        let successors: Vec<Option<usize>> = (0..candidates.len()).map(successor).collect();
        if successors.iter().all(Option::is_none) {
            return candidates;
        }
        let order = in_place(&successors);
        let mut left: Vec<Option<Candidate>> = candidates.into_iter().map(Some).collect();
        let mut placed = Vec::with_capacity(left.len());
        for (at, place) in order {
            let score = left[place].as_ref().map(|candidate| candidate.score);
            placed.push((at, score));
        }
        placed
            .into_iter()
            .filter_map(|(at, score)| {
                let mut candidate = left[at].take()?;
                candidate.score = score.map_or(candidate.score, |score| score.max(candidate.score));
                Some(candidate)
            })
            .collect()
    }

    /// Where else the words of a quote stand as whole sentences: the number of the candidate, and where in its text; of each
    /// other document the first place.
    pub(super) fn twins(&self, retrieved: &Retrieved, path: &str, text: &str) -> Vec<(usize, Range<usize>)> {
        let (words, landmark) = (plain(text), landmark(text));
        let mut documents = HashSet::from([path]);
        let mut twins = Vec::new();
        if words.chars().count() < LEAST_REPEATED {
            return twins;
        }
        for (at, candidate) in retrieved.candidates.iter().enumerate() {
            if documents.contains(candidate.passage.path.as_str()) || !candidate.passage.text.contains(landmark) {
                continue;
            }
            if let Some(range) = find_sentences(&candidate.passage.text, &words) {
                documents.insert(&candidate.passage.path);
                twins.push((at, range));
            }
        }
        // Stable: what cannot be told apart keeps its rank.
        twins.sort_by(|(one, _), (other, _)| {
            let path = |at: usize| retrieved.candidates[at].passage.path.as_str();
            self.order(path(*one), path(*other))
        });
        twins
    }

    /// Whether one document goes before another.
    pub(super) fn is_before(&self, one: &str, other: &str) -> bool {
        self.order(one, other) == Ordering::Less
    }

    /// Whether what two documents say can contradict each other. Two rules of different names have figures of their own.
    pub(super) fn may_contradict(&self, one: &str, other: &str) -> bool {
        let (one, other) = (self.edition(one), self.edition(other));
        one.work.is_none() || other.work.is_none() || one.work == other.work
    }

    /// The documents as sources, in the order of the shelf.
    pub(super) fn sources(&self, mut paths: Vec<&str>) -> Vec<Source> {
        paths.sort_by(|one, other| self.order(one, other));
        paths.into_iter().map(|path| Source::of(self.index, path)).collect()
    }
}

/// The order of candidates of which some give their place to a successor: each with the best place that it takes.
fn in_place(successors: &[Option<usize>]) -> Vec<(usize, usize)> {
    let mut order: Vec<(usize, usize)> = Vec::new();
    for (place, successor) in successors.iter().enumerate() {
        let mut at = successor.unwrap_or(place);
        // A successor that has one itself is no longer the newest.
        while let Some(newer) = successors[at] {
            at = newer;
        }
        if order.iter().all(|(known, _)| *known != at) {
            order.push((at, place));
        }
    }
    order
}

/// Letters, digits and ideographs of a text, folded.
fn plain(text: &str) -> String {
    fold(text).chars.into_iter().filter(|c| c.is_alphanumeric()).collect()
}

/// The longest run of ideographs of a text, cut short: what repeats the text has it, and it is quickly looked for.
fn landmark(text: &str) -> &str {
    let runs = text.split(|c| !is_ideograph(c));
    let longest = runs.max_by_key(|run| run.len()).unwrap_or_default();
    longest.char_indices().nth(LANDMARK).map_or(longest, |(end, _)| &longest[..end])
}

/// The sentences of a text that say just these words.
fn find_sentences(text: &str, words: &str) -> Option<Range<usize>> {
    let ranges = sentences(text);
    let each: Vec<String> = ranges.iter().map(|range| plain(&text[range.clone()])).collect();
    for start in 0..ranges.len() {
        let mut rest = words;
        for end in start..ranges.len() {
            match rest.strip_prefix(each[end].as_str()) {
                Some("") => return Some(ranges[start].start..ranges[end].end),
                Some(left) => rest = left,
                None => break,
            }
        }
    }
    None
}

/// The pairs of neighbouring characters of a text.
fn pairs(text: &str) -> HashSet<(char, char)> {
    let chars: Vec<char> = plain(text).chars().collect();
    chars.windows(2).map(|pair| (pair[0], pair[1])).collect()
}

/// The Dice coefficient of two sets.
fn likeness(one: &HashSet<(char, char)>, other: &HashSet<(char, char)>) -> f32 {
    let both = one.intersection(other).count();
    if both == 0 { 0.0 } else { 2.0 * both as f32 / (one.len() + other.len()) as f32 }
}

/// What a sentence says, made ready for comparison.
pub(super) struct Statement {
    /// Its letters, digits and ideographs.
    plain: String,
    /// The pairs of characters of its words, with one mark for any figure.
    words: HashSet<(char, char)>,
    figures: Vec<String>,
}

impl Statement {
    pub(super) fn new(text: &str) -> Statement {
        let chars = fold(text).chars;
        let is_said = |c: &char| c.is_alphanumeric();
        let (mut words, mut figures) = (Vec::new(), Vec::new());
        let mut at = 0;
        for numeral in numerals(&chars) {
            words.extend(chars[at..numeral.from.max(at)].iter().copied().filter(is_said));
            words.push('#');
            at = numeral.to;
            figures.push(numeral.value);
        }
        words.extend(chars[at..].iter().copied().filter(is_said));
        let words = words.windows(2).map(|pair| (pair[0], pair[1])).collect();
        Statement { plain: chars.into_iter().filter(is_said).collect(), words, figures }
    }

    /// Whether another one says it in the same words.
    pub(super) fn is_same(&self, other: &Statement) -> bool {
        self.plain == other.plain && self.is_part_of(other)
    }

    /// Whether a longer one says it too.
    pub(super) fn is_part_of(&self, other: &Statement) -> bool {
        self.plain.chars().nth(LEAST_REPEATED - 1).is_some() && other.plain.contains(&self.plain)
    }

    /// Whether two sentences say the same but for their figures.
    pub(super) fn differs_in_figures(&self, other: &Statement) -> bool {
        !self.figures.is_empty()
            && self.figures.len() == other.figures.len()
            && self.figures != other.figures
            && likeness(&self.words, &other.words) >= SAME_STATEMENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn editions_of_a_work_are_known_by_their_title() {
        let check = |title: &str, date: Option<&str>, work: &str, expected: Option<&str>| {
            let edition = Edition::new(title, date);
            let found = (edition.work.as_deref().unwrap_or_default(), edition.date.as_deref());
            assert_eq!(found, (work, expected), "{title}");
        };
        check("《云溪市养犬管理办法》（2018修正）", None, "云溪市养犬管理办法", Some("2018"));
        check("雲溪市養犬管理辦法(試行)", Some("2016-03"), "云溪市养犬管理办法", Some("2016-03"));
        check("云溪市养犬管理办法（2023年修订版）", Some("2023-06-15"), "云溪市养犬管理办法", Some("2023-06-15"));
        check("养犬管理办法 2021年版", None, "养犬管理办法", Some("2021"));
        check("养犬管理办法2016", None, "养犬管理办法", Some("2016"));
        check("云溪市2025年公租房分配方案", None, "云溪市2025年公租房分配方案", Some("2025"));
        check("云溪市2025年统计公报", None, "", Some("2025"));
        check("刑法修正案（七）", None, "", None);
        check("台湾岛", Some("2025"), "", Some("2025"));
    }

    #[test]
    fn successors_take_the_best_place() {
        assert_eq!(in_place(&[Some(2), None, None]), [(2, 0), (1, 1)]);
        assert_eq!(in_place(&[None, Some(0), Some(0)]), [(0, 0)]);
        assert_eq!(in_place(&[Some(1), Some(3), None, None]), [(3, 0), (2, 2)]);
        assert_eq!(in_place(&[]), []);
    }

    #[test]
    fn the_same_sentences_are_found_whatever_their_marks() {
        let text = "前言。全市設圖書館 12座,另有書房三十處。其他。";
        let words = plain("全市设图书馆12座，另有书房三十处。");
        let range = find_sentences(text, &words).unwrap();
        assert_eq!(&text[range], "全市設圖書館 12座,另有書房三十處。");
        assert_eq!(find_sentences("据了解，全市设图书馆12座，另有书房三十处。", &words), None);
        let whole = Statement::new("全市设图书馆12座，另有书房三十处。");
        assert!(Statement::new("全市設圖書館１２座、").is_part_of(&whole));
        assert!(!Statement::new("另有书房三十处，").is_part_of(&whole), "seven characters are too few");
        assert_eq!(landmark("共12座，其中新建的图书馆有三座。"), "其中新建的图");
        assert_eq!(landmark("12345"), "");
    }

    #[test]
    fn figures_of_one_statement_are_compared() {
        let check = |one: &str, other: &str, expected: bool| {
            assert_eq!(Statement::new(one).differs_in_figures(&Statement::new(other)), expected, "{one} {other}");
        };
        check("全市共有公共图书馆12座，藏书300万册。", "全市共有公共图书馆15座，藏书420万册。", true);
        check("截至2023年底，全市有图书馆十二座。", "截至2024年底，全市有图书馆15座。", true);
        check("全市共有公共图书馆12座。", "全市共有公共图书馆十二座。", false);
        check("全市共有公共图书馆12座。", "全市共有中小学校15所。", false);
        check("图书馆周一闭馆。", "图书馆周一闭馆。", false);
    }
}
