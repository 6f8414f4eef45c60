//! A review: what was asked over some days and how it went, as figures for people. Nothing in it says who asked, and of the
//! questions' words only what tells nobody's name.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use time::{Date, Duration, OffsetDateTime, Time, UtcOffset};

use super::{Exclusions, NOTICE_DAYS};
use crate::{
    index::{Alternative, Index, View},
    journal::{Past, Rating},
    text::{fold, tokenize},
};

mod groups;
mod private;

pub use groups::Group;

/// So many of the slowest questions are named.
const SLOWEST: usize = 10;

/// The words of a question are shown up to so many characters.
const LONGEST: usize = 120;

/// The days of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// By which local time the days are told apart.
    pub offset: UtcOffset,
}

/// What a review is made of, beside the questions.
pub struct Setting<'a> {
    /// The generation in force, where there is one.
    pub index: Option<&'a Index>,
    /// What is excluded.
    pub exclusions: &'a Exclusions,
    /// The days.
    pub period: Period,
    /// For how many days the words of questions are kept.
    pub keep_days: u32,
    /// Whether words of questions are shown at all.
    pub words: bool,
}

/// The figures.
#[derive(Clone, Debug, Serialize)]
pub struct Review {
    /// The first day, as `YYYY-MM-DD`.
    pub first_day: String,
    /// The last day.
    pub last_day: String,
    /// By which local time days are told apart.
    pub utc_offset: String,
    /// For how many days the words of questions are kept.
    pub keep_days: u32,
    /// Whether words of questions are shown.
    pub words: bool,
    /// Over all days.
    pub total: Counts,
    /// Day by day, days without questions included.
    pub days: Vec<Day>,
    /// Questions by the door that they came through.
    pub channels: BTreeMap<String, u64>,
    /// Half of the questions were answered within so many microseconds.
    pub median_us: u64,
    /// 95 of 100 were answered within so many microseconds.
    pub percentile_95_us: u64,
    /// Questions that found nothing, grouped by likeness.
    pub misses: Vec<Group>,
    /// Questions that found nothing and whose words are not kept or not shown.
    pub misses_without_words: u64,
    /// Questions whose answer got a thumb down, grouped by likeness.
    pub disliked: Vec<Group>,
    /// The questions that took longest.
    pub slowest: Vec<Slow>,
    /// The documents, the most quoted first.
    pub documents: Vec<Usage>,
}

/// Questions and what became of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Questions.
    pub asked: u64,
    /// Of these, answered.
    pub answered: u64,
    /// Of these, answered with what may be related.
    pub related: u64,
    /// Of these, not found.
    pub missed: u64,
    /// Thumbs up.
    pub good: u64,
    /// Thumbs down.
    pub bad: u64,
}

/// One day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Day {
    /// As `YYYY-MM-DD`.
    pub day: String,
    /// What was asked on it.
    #[serde(flatten)]
    pub counts: Counts,
}

/// A slow question.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Slow {
    /// What was asked, where the words are kept and shown.
    pub question: Option<String>,
    /// The day.
    pub day: String,
    /// The time that it took, in microseconds.
    pub elapsed_us: u64,
}

/// A document and how often it was quoted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Usage {
    /// Its path.
    pub path: String,
    /// Its title.
    pub title: Option<String>,
    /// Its date.
    pub date: Option<String>,
    /// The last day on which it holds.
    pub valid_until: Option<String>,
    /// How it stands.
    pub state: State,
    /// The number of its passages.
    pub passages: usize,
    /// Answers that quoted it.
    pub quoted: u64,
}

/// How a document stands on the last day of a review.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// It is quoted.
    Valid,
    /// It is quoted, and holds for 30 days more at most.
    Expiring,
    /// It is quoted with a mark, for it holds no more.
    Expired,
    /// It is taken down.
    Excluded,
    /// It was quoted, and is no longer in the index.
    Gone,
}

impl Period {
    /// The days up to `last`, that one included; at least one.
    pub fn ending(last: Date, days: u32, offset: UtcOffset) -> Period {
        Period { first: last.saturating_sub(Duration::days(i64::from(days.max(1)) - 1)), last, offset }
    }

    /// From which moment up to which it lasts, in seconds since 1970; the end is not part of it.
    pub fn moments(&self) -> (i64, i64) {
        let begin = |day: Date| OffsetDateTime::new_in_offset(day, Time::MIDNIGHT, self.offset).unix_timestamp();
        (begin(self.first), begin(self.last.saturating_add(Duration::DAY)))
    }

    fn day(&self, at: i64) -> Date {
        OffsetDateTime::from_unix_timestamp(at).map_or(self.last, |moment| moment.to_offset(self.offset).date())
    }
}

/// Makes a review of questions, which must lie within its period.
pub fn review(past: &[Past], setting: &Setting) -> Review {
    let period = setting.period;
    let (mut total, mut days) = (Counts::default(), BTreeMap::new());
    let mut day = period.first;
    while day <= period.last {
        days.insert(day, Counts::default());
        let Some(next) = day.next_day() else { break };
        day = next;
    }
    let mut channels: BTreeMap<String, u64> = BTreeMap::new();
    for asked in past {
        total.add(asked);
        days.entry(period.day(asked.at)).or_default().add(asked);
        *channels.entry(asked.channel.clone()).or_default() += 1;
    }
    let mut times: Vec<u64> = past.iter().map(|asked| asked.elapsed_us).collect();
    times.sort_unstable();
    let shown = Shown::of(past, setting);
    let missed = || past.iter().filter(|asked| asked.verdict == "none");
    let told = |asked: &Past| Some((shown.words(asked)?.to_owned(), period.day(asked.at)));
    Review {
        first_day: period.first.to_string(),
        last_day: period.last.to_string(),
        utc_offset: offset(period.offset),
        keep_days: setting.keep_days,
        words: setting.words,
        total,
        days: days.into_iter().map(|(day, counts)| Day { day: day.to_string(), counts }).collect(),
        channels,
        median_us: percentile(&times, 0.5),
        percentile_95_us: percentile(&times, 0.95),
        misses: groups::group(missed().filter_map(told)),
        misses_without_words: missed().filter(|asked| shown.words(asked).is_none()).count() as u64,
        disliked: groups::group(past.iter().filter(|asked| asked.rating == Some(Rating::Bad)).filter_map(told)),
        slowest: slowest(past, &shown, period),
        documents: usage(past, setting),
    }
}

impl Counts {
    fn add(&mut self, asked: &Past) {
        self.asked += 1;
        match asked.verdict.as_str() {
            "answer" => self.answered += 1,
            "related" => self.related += 1,
            _ => self.missed += 1,
        }
        match asked.rating {
            Some(Rating::Good) => self.good += 1,
            Some(Rating::Bad) => self.bad += 1,
            None => {}
        }
    }
}

/// What is shown of the words of questions, by what was typed.
struct Shown(HashMap<String, String>);

impl Shown {
    fn of(past: &[Past], setting: &Setting) -> Shown {
        let mut shown = HashMap::new();
        for question in past.iter().filter(|_| setting.words).filter_map(|asked| asked.question.as_ref()) {
            if !shown.contains_key(question) {
                shown.insert(question.clone(), shown_words(question, setting.index));
            }
        }
        Shown(shown)
    }

    fn words(&self, asked: &Past) -> Option<&str> {
        self.0.get(asked.question.as_ref()?).map(String::as_str)
    }
}

/// What people who run the bot are shown of a question: one line, without what may tell who asked. What stands in a document is
/// public.
pub fn shown_words(question: &str, index: Option<&Index>) -> String {
    let words = question.split_whitespace().collect::<Vec<_>>().join(" ");
    shortened(private::veiled(&words, |word| index.is_some_and(|index| occurs(index, word))))
}

fn shortened(text: String) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}

/// Whether a document that is shown has a word, in its text or its titles.
fn occurs(index: &Index, word: &str) -> bool {
    let pairs = tokenize(&fold(word).chars).bigrams;
    let first = pairs.first().map_or(0, |token| token.from);
    let terms: Vec<(u32, String)> =
        pairs.into_iter().filter_map(|token| Some((u32::try_from(token.from - first).ok()?, token.text))).collect();
    [View::Bigrams, View::TitleBigrams]
        .into_iter()
        .any(|view| index.occurs(&Alternative { view, terms: terms.clone(), weight: 1.0 }).unwrap_or(false))
}

/// A distance from UTC as the settings write it.
fn offset(offset: UtcOffset) -> String {
    let (hours, minutes, _) = offset.as_hms();
    let sign = if offset.is_negative() { '-' } else { '+' };
    format!("{sign}{:02}:{:02}", hours.unsigned_abs(), minutes.unsigned_abs())
}

/// The value below which a share of sorted values lies, by the nearest rank.
fn percentile(sorted: &[u64], share: f64) -> u64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or(0)
}

fn slowest(past: &[Past], shown: &Shown, period: Period) -> Vec<Slow> {
    let mut slow: Vec<&Past> = past.iter().collect();
    slow.sort_by_key(|asked| std::cmp::Reverse(asked.elapsed_us));
    let slow = slow.into_iter().take(SLOWEST).map(|asked| Slow {
        question: shown.words(asked).map(str::to_owned),
        day: period.day(asked.at).to_string(),
        elapsed_us: asked.elapsed_us,
    });
    slow.collect()
}

/// The documents of the index, and those that were quoted and are no longer in it.
fn usage(past: &[Past], setting: &Setting) -> Vec<Usage> {
    let mut quoted: BTreeMap<&str, u64> = BTreeMap::new();
    for path in past.iter().flat_map(|asked| &asked.documents) {
        *quoted.entry(path).or_default() += 1;
    }
    let (today, notice) = (setting.period.last, Duration::days(NOTICE_DAYS));
    let down = setting.index.map(|index| setting.exclusions.down(index)).unwrap_or_default();
    let mut usage = Vec::new();
    for (path, entry) in setting.index.iter().flat_map(|index| index.all_documents()) {
        let metadata = entry.metadata.clone();
        let state = if down.iter().any(|down| down.path == *path) {
            State::Excluded
        } else if metadata.is_expired(today) {
            State::Expired
        } else if metadata.last_day().is_some_and(|last| last <= today.saturating_add(notice)) {
            State::Expiring
        } else {
            State::Valid
        };
        usage.push(Usage {
            path: path.clone(),
            title: metadata.title,
            date: metadata.date,
            valid_until: metadata.valid_until,
            state,
            passages: entry.passages,
            quoted: quoted.remove(path.as_str()).unwrap_or(0),
        });
    }
    usage.extend(quoted.into_iter().map(|(path, quoted)| Usage {
        path: path.to_owned(),
        title: None,
        date: None,
        valid_until: None,
        state: State::Gone,
        passages: 0,
        quoted,
    }));
    usage.sort_by(|a, b| b.quoted.cmp(&a.quoted).then_with(|| a.path.cmp(&b.path)));
    usage
}

#[cfg(test)]
mod tests {
    use time::Month;

    use super::*;

    fn asked(at: i64, verdict: &str, question: Option<&str>) -> Past {
        Past {
            at,
            channel: "telegram".to_owned(),
            verdict: verdict.to_owned(),
            documents: vec!["停车.md".to_owned()],
            elapsed_us: 1000,
            rating: None,
            question: question.map(str::to_owned),
        }
    }

    #[test]
    fn days_are_local_and_none_is_left_out() {
        let offset = UtcOffset::from_hms(8, 0, 0).unwrap();
        let period = Period::ending(Date::from_calendar_date(2026, Month::March, 1).unwrap(), 3, offset);
        let (from, until) = period.moments();
        assert_eq!((until - from, period.first.to_string().as_str()), (3 * 86_400, "2026-02-27"));
        let past =
            [asked(from, "answer", None), asked(until - 1, "none", None), asked(until - 86_401, "related", None)];
        let exclusions = Exclusions::default();
        let setting = Setting { index: None, exclusions: &exclusions, period, keep_days: 14, words: true };
        let review = review(&past, &setting);
        let days: Vec<(&str, u64)> = review.days.iter().map(|day| (day.day.as_str(), day.counts.asked)).collect();
        assert_eq!(days, [("2026-02-27", 1), ("2026-02-28", 1), ("2026-03-01", 1)]);
        let total = Counts { asked: 3, answered: 1, related: 1, missed: 1, ..Counts::default() };
        assert_eq!((review.total, review.misses_without_words), (total, 1));
        assert_eq!((review.documents[0].state, review.documents[0].quoted), (State::Gone, 3));
    }

    #[test]
    fn percentiles_are_values_that_occur() {
        assert_eq!(percentile(&[1, 2, 3, 4], 0.5), 2);
        assert_eq!(percentile(&[1, 2, 3, 4], 0.95), 4);
        assert_eq!(percentile(&[], 0.5), 0);
    }
}
