//! Figures over many outcomes: rates with intervals, ranks, and how well the confidence separates.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::answer::Verdict;

/// Resamples behind each interval (Efron, Bootstrap methods, 1979).
const RESAMPLES: usize = 1000;

/// Share of answerable questions that keep their answer at the threshold for which refusals are counted.
const KEPT: f64 = 0.95;

/// What one question came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Names under which it is counted.
    pub groups: Vec<String>,
    /// Whether the corpus answers it.
    pub answerable: bool,
    /// Whether it is small talk.
    pub smalltalk: bool,
    /// Where gold passages are known: the rank of the first of them among the passages, if it is there.
    pub rank: Option<Option<usize>>,
    /// Where answers are known: whether the first quote holds them.
    pub first_quote: Option<bool>,
    /// Where answers are known: whether the quotes hold them and the verdict says so.
    pub all_quotes: Option<bool>,
    /// The verdict.
    pub verdict: Verdict,
    /// The confidence.
    pub confidence: f32,
    /// Quotes that stand in the stored text.
    pub verbatim: usize,
    /// Quotes shown.
    pub quotes: usize,
}

/// A mean with its 95 % interval, all in 0..1, and the number of questions behind it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Rate {
    /// The mean.
    pub mean: f64,
    /// Lower end of the interval.
    pub low: f64,
    /// Upper end of the interval.
    pub high: f64,
    /// Questions counted.
    pub count: usize,
}

/// The figures of one group of questions; what cannot be measured on it is absent.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Group {
    /// Gold passage first.
    #[serde(rename = "hit@1", skip_serializing_if = "Option::is_none")]
    pub hit_1: Option<Rate>,
    /// Gold passage among the first three.
    #[serde(rename = "hit@3", skip_serializing_if = "Option::is_none")]
    pub hit_3: Option<Rate>,
    /// Gold passage among the first ten.
    #[serde(rename = "hit@10", skip_serializing_if = "Option::is_none")]
    pub hit_10: Option<Rate>,
    /// Mean reciprocal rank among the first ten.
    #[serde(rename = "MRR@10", skip_serializing_if = "Option::is_none")]
    pub mrr_10: Option<Rate>,
    /// Answer inside the first quote.
    #[serde(rename = "quote@1", skip_serializing_if = "Option::is_none")]
    pub quote_1: Option<Rate>,
    /// Answer inside the quotes, and the verdict is `answer`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Rate>,
    /// Unanswerable questions with verdict `related` or `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<Rate>,
    /// Answerable questions with verdict `none`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wrongly_refused: Option<Rate>,
    /// Small talk that was recognised.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub smalltalk: Option<Rate>,
    /// How well the confidence separates answerable from unanswerable questions, 0.5..1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub auroc: Option<f64>,
    /// Unanswerable questions below the confidence that 95 % of the answerable ones reach.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused_where_95_kept: Option<f64>,
    /// Share of quotes that stand in the stored text word for word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verbatim: Option<f64>,
}

/// All figures: over everything, and group by group.
#[derive(Clone, Debug, Serialize)]
pub struct Summary {
    /// Questions asked.
    pub questions: usize,
    /// Over all questions.
    pub all: Group,
    /// By language, type, style and whatever else the questions are tagged with.
    pub groups: BTreeMap<String, Group>,
}

/// Sums outcomes up.
pub fn summarise(outcomes: &[Outcome]) -> Summary {
    let mut members: BTreeMap<String, Vec<&Outcome>> = BTreeMap::new();
    for outcome in outcomes {
        for group in &outcome.groups {
            members.entry(group.clone()).or_default().push(outcome);
        }
    }
    Summary {
        questions: outcomes.len(),
        all: group(&outcomes.iter().collect::<Vec<_>>()),
        groups: members.into_iter().map(|(name, members)| (name, group(&members))).collect(),
    }
}

fn group(outcomes: &[&Outcome]) -> Group {
    let of = |value: &dyn Fn(&Outcome) -> Option<f64>| rate(outcomes.iter().filter_map(|outcome| value(outcome)));
    let yes = |yes: bool| if yes { 1.0 } else { 0.0 };
    let within =
        |most: usize| move |outcome: &Outcome| outcome.rank.map(|rank| yes(rank.is_some_and(|rank| rank <= most)));
    let confidences = |answerable: bool| -> Vec<f32> {
        let counted = outcomes.iter().filter(|outcome| outcome.answerable == answerable && !outcome.smalltalk);
        counted.map(|outcome| outcome.confidence).collect()
    };
    let (answerable, unanswerable) = (confidences(true), confidences(false));
    let quotes: usize = outcomes.iter().map(|outcome| outcome.quotes).sum();
    let verbatim: usize = outcomes.iter().map(|outcome| outcome.verbatim).sum();
    Group {
        hit_1: of(&within(1)),
        hit_3: of(&within(3)),
        hit_10: of(&within(10)),
        mrr_10: of(&|outcome| outcome.rank.map(|rank| rank.map_or(0.0, |rank| 1.0 / rank as f64))),
        quote_1: of(&|outcome| outcome.first_quote.map(yes)),
        quote: of(&|outcome| outcome.all_quotes.map(yes)),
        refused: of(&|outcome| {
            let counts = !outcome.answerable && !outcome.smalltalk;
            counts.then(|| yes(matches!(outcome.verdict, Verdict::Related | Verdict::None)))
        }),
        wrongly_refused: of(&|outcome| outcome.answerable.then(|| yes(outcome.verdict == Verdict::None))),
        smalltalk: of(&|outcome| outcome.smalltalk.then(|| yes(outcome.verdict == Verdict::Smalltalk))),
        auroc: auroc(&answerable, &unanswerable),
        refused_where_95_kept: refused_where_kept(&answerable, &unanswerable),
        verbatim: (quotes > 0).then(|| verbatim as f64 / quotes as f64),
    }
}

/// The mean with its interval: the 2.5th and 97.5th percentile of the means of resamples.
fn rate(values: impl Iterator<Item = f64>) -> Option<Rate> {
    let values: Vec<f64> = values.collect();
    if values.is_empty() {
        return None;
    }
    let mean = |sum: f64| sum / values.len() as f64;
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut means: Vec<f64> =
        (0..RESAMPLES).map(|_| mean((0..values.len()).map(|_| values[draw(&mut state, values.len())]).sum())).collect();
    means.sort_unstable_by(f64::total_cmp);
    let low = means[RESAMPLES * 25 / 1000];
    let high = means[RESAMPLES * 975 / 1000 - 1];
    Some(Rate { mean: mean(values.iter().sum()), low, high, count: values.len() })
}

/// A number below `below` from a xorshift generator (Marsaglia, Xorshift RNGs, 2003): the same figures in every run.
fn draw(state: &mut u64, below: usize) -> usize {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    usize::try_from(*state % below as u64).unwrap_or(0)
}

/// The probability that an answerable question has the higher confidence; ties count half.
fn auroc(answerable: &[f32], unanswerable: &[f32]) -> Option<f64> {
    if answerable.is_empty() || unanswerable.is_empty() {
        return None;
    }
    let mut negatives = unanswerable.to_vec();
    negatives.sort_unstable_by(f32::total_cmp);
    let wins: f64 = answerable
        .iter()
        .map(|value| {
            let below = negatives.partition_point(|other| other < value);
            let up_to = negatives.partition_point(|other| other <= value);
            (below + up_to) as f64 / 2.0
        })
        .sum();
    Some(wins / (answerable.len() * negatives.len()) as f64)
}

fn refused_where_kept(answerable: &[f32], unanswerable: &[f32]) -> Option<f64> {
    if answerable.is_empty() || unanswerable.is_empty() {
        return None;
    }
    let mut positives = answerable.to_vec();
    positives.sort_unstable_by(|a, b| b.total_cmp(a));
    let last_kept = ((positives.len() as f64 * KEPT).ceil() as usize).clamp(1, positives.len()) - 1;
    let refused = unanswerable.iter().filter(|value| **value < positives[last_kept]).count();
    Some(refused as f64 / unanswerable.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_lies_within_its_interval() {
        let rate = rate([1.0, 1.0, 0.0, 1.0].into_iter()).unwrap();
        assert_eq!((rate.mean, rate.count), (0.75, 4));
        assert!(rate.low <= rate.mean && rate.mean <= rate.high && rate.low < rate.high);
        assert_eq!(super::rate(std::iter::empty()), None);
    }

    #[test]
    fn separation() {
        assert_eq!(auroc(&[0.9, 0.8], &[0.1, 0.2]), Some(1.0));
        assert_eq!(auroc(&[0.5], &[0.5]), Some(0.5));
        assert_eq!(auroc(&[], &[0.5]), None);
        assert_eq!(refused_where_kept(&[0.9, 0.8, 0.7], &[0.1, 0.75]), Some(0.5));
    }
}
