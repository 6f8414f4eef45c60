//! Searching: which passages come first for a list of clauses. Terms are read from the weightiest on; once what is left cannot
//! lift a passage among the first any more, it is looked up only for those that still can get there (after Turtle and Flood,
//! Query evaluation: strategies and optimizations, 1995). What is found is the same as if everything had been read.

use std::{cmp::Reverse, collections::BinaryHeap};

use super::{
    passages::Index,
    postings::Term,
    schema::View,
    scoring::{Clause, Lengths, Meeting},
};
use crate::deadline::Deadline;

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best passages, best first.
    pub hits: Vec<Hit>,
    /// For each clause the idf of its alternative with the greatest one, for translated clauses that of all alternatives
    /// together; 0 where nothing in the corpus has it.
    pub idfs: Vec<f32>,
    /// For each clause the idf of each of its alternatives; 0 where nothing in the corpus has it.
    pub each: Vec<Vec<f32>>,
}

/// A passage that matches.
#[derive(Clone, Debug, PartialEq)]
pub struct Hit {
    /// Segment and document number within this generation.
    pub(super) address: (u32, u32),
    /// Sum over the matches.
    pub score: f32,
    /// What matched, in the order of the clauses.
    pub matches: Vec<Match>,
    /// Tokens in each view, in the order of `View::ALL`.
    pub lengths: [f32; View::ALL.len()],
}

/// A clause that a passage meets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Match {
    /// Which clause.
    pub clause: usize,
    /// How often its best alternative occurs.
    pub frequency: u32,
    /// What it adds to the score.
    pub score: f32,
}

/// How a clause is read.
enum Reading {
    /// Whole, before all others.
    Met(Meeting),
    /// A term, and what it adds to a score at most.
    Term(Term, f32),
}

/// A term in more than this share of the passages is worth the search for those that can still get among the first.
const COMMON: u64 = 8;

/// Where it finds too many, it is worth another try when no more than so much of what was left then is left.
const AGAIN: f32 = 0.8;

/// Looking up one passage costs as much as reading so many in a row.
const LOOKED_UP: usize = 8;

/// Sums of fractions differ by their order: nothing is given up for less than this share.
const ROUNDING: f32 = 1e-4;

impl Index {
    /// The passages that match at least one clause, best first, at most `limit`. Ties stand in the order of paths and texts.
    ///
    /// # Errors
    /// When the index cannot be read, and when the deadline passes.
    pub fn search(&self, clauses: &[Clause], limit: usize, deadline: Deadline) -> anyhow::Result<Found> {
        let (mut found, mut readings) = (Found::default(), Vec::with_capacity(clauses.len()));
        for clause in clauses {
            deadline.check()?;
            let (reading, idf, each) = self.begin(clause)?;
            readings.push(reading);
            found.idfs.push(idf);
            found.each.push(each);
        }
        let mut tally = Tally::new(self, limit)?;
        let mut terms = Vec::new();
        for reading in &readings {
            match reading {
                Reading::Met(meeting) => tally.add(meeting),
                Reading::Term(term, ceiling) => terms.push((term, *ceiling)),
            }
        }
        terms.sort_by(|(_, one), (_, other)| other.total_cmp(one));
        // Summed from the least on, so that it never falls below what is left.
        let mut left = vec![0.0; terms.len()];
        let mut sum = 0.0;
        for (at, (_, ceiling)) in terms.iter().enumerate().rev() {
            sum += ceiling;
            left[at] = sum;
        }
        for ((term, ceiling), left) in terms.into_iter().zip(left) {
            deadline.check()?;
            tally.read(term, ceiling, left)?;
        }
        deadline.check()?;
        found.hits = tally.hits(&readings)?;
        Ok(found)
    }

    /// Looks up a clause: how it is read, its idf, and that of each of its alternatives.
    fn begin(&self, clause: &Clause) -> tantivy::Result<(Reading, f32, Vec<f32>)> {
        let Some((view, text)) = clause.term() else {
            let meeting = self.meet(clause)?;
            let (idf, each) = (meeting.idf, meeting.each.clone());
            return Ok((Reading::Met(meeting), idf, each));
        };
        let term = self.term(view, text)?;
        let idf = if term.frequency == 0 { 0.0 } else { self.idf(term.frequency) };
        let ceiling = clause.weight * clause.alternatives[0].weight * self.ceiling(view, idf);
        Ok((Reading::Term(term, ceiling), idf, vec![idf]))
    }
}

/// The scores of all passages while clauses are read.
struct Tally<'i> {
    index: &'i Index,
    limit: usize,
    /// By segment and record.
    scores: Vec<Vec<f32>>,
    /// The lengths of the passages by segment and view.
    lengths: Vec<Vec<Lengths>>,
    /// What a passage has scored at most.
    most: f32,
    /// What was left when contenders were last looked for.
    tried: f32,
    /// The records of each segment that can still get among the first; nothing as long as that may be any.
    contenders: Option<Vec<Vec<u32>>>,
}

impl<'i> Tally<'i> {
    fn new(index: &'i Index, limit: usize) -> tantivy::Result<Tally<'i>> {
        let segments = index.searcher().segment_readers();
        let mut lengths = Vec::with_capacity(segments.len());
        for segment in segments {
            let views = View::ALL.iter().map(|view| index.lengths(segment, *view));
            lengths.push(views.collect::<tantivy::Result<Vec<Lengths>>>()?);
        }
        let scores = segments.iter().map(|segment| vec![0.0; segment.max_doc() as usize]).collect();
        Ok(Tally { index, limit, scores, lengths, most: 0.0, tried: f32::MAX, contenders: None })
    }

    fn add(&mut self, meeting: &Meeting) {
        self.most += meeting.postings.iter().flatten().map(|posting| posting.score).fold(0f32, f32::max);
        for (postings, scores) in meeting.postings.iter().zip(&mut self.scores) {
            for posting in postings {
                scores[posting.document as usize] += posting.score;
            }
        }
    }

    /// Adds what a term scores; `left` is what it and all terms after it add at most.
    fn read(&mut self, term: &Term, ceiling: f32, left: f32) -> tantivy::Result<()> {
        let common = term.frequency * COMMON > self.index.passage_count();
        let worthwhile = common && self.most > left && left < self.tried * AGAIN;
        if self.contenders.is_some() || worthwhile {
            self.tried = left;
            self.narrow(left);
        }
        self.most += ceiling;
        for (ordinal, (scores, lengths)) in self.scores.iter_mut().zip(&self.lengths).enumerate() {
            let lengths = &lengths[term.view as usize];
            let mut add = |record: u32, frequency: u32| {
                scores[record as usize] += ceiling * lengths.saturation(record, frequency);
            };
            match &self.contenders {
                Some(few) if (few[ordinal].len() * LOOKED_UP) < term.frequency as usize => {
                    let records = &few[ordinal];
                    self.index.those_with(ordinal, term, records, |at, frequency| add(records[at], frequency))?;
                }
                _ => self.index.all_with(ordinal, term, add)?,
            }
        }
        Ok(())
    }

    /// Gives up the passages that cannot get among the first any more with what is left.
    fn narrow(&mut self, left: f32) {
        let last = self.last_of_the_first();
        let least = last - left - ROUNDING * last;
        if least <= 0.0 {
            return;
        }
        match &mut self.contenders {
            Some(contenders) => {
                for (records, scores) in contenders.iter_mut().zip(&self.scores) {
                    records.retain(|record| scores[*record as usize] >= least);
                }
            }
            None => self.contenders = Some(self.scores.iter().map(|scores| at_least(scores, least)).collect()),
        }
    }

    /// The score of the last of the first `limit` passages; 0 where there are not so many.
    fn last_of_the_first(&self) -> f32 {
        // Positive numbers have the order of their bits.
        let mut first: BinaryHeap<Reverse<u32>> = BinaryHeap::new();
        let mut least = 0.0;
        let mut offer = |score: f32| {
            if score > least {
                first.push(Reverse(score.to_bits()));
                if first.len() > self.limit {
                    first.pop();
                }
                if first.len() == self.limit {
                    least = first.peek().map_or(0.0, |Reverse(bits)| f32::from_bits(*bits));
                }
            }
        };
        match &self.contenders {
            Some(contenders) => {
                for (records, scores) in contenders.iter().zip(&self.scores) {
                    records.iter().for_each(|record| offer(scores[*record as usize]));
                }
            }
            None => self.scores.iter().flatten().for_each(|score| offer(*score)),
        }
        least
    }

    /// The first passages with what they meet.
    fn hits(mut self, readings: &[Reading]) -> tantivy::Result<Vec<Hit>> {
        self.narrow(0.0);
        let every = || self.scores.iter().map(|scores| at_least(scores, f32::MIN_POSITIVE)).collect();
        let first = self.contenders.take().unwrap_or_else(every);
        let mut hits = Vec::new();
        for (ordinal, records) in first.into_iter().enumerate() {
            self.look(ordinal, &records, readings, &mut hits)?;
        }
        let rank = |hit: &Hit| self.index.ranks[hit.address.0 as usize][hit.address.1 as usize];
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| rank(a).cmp(&rank(b))));
        hits.truncate(self.limit);
        Ok(hits)
    }

    /// Looks closely at some records of a segment: what each clause gives them.
    fn look(&self, ordinal: usize, records: &[u32], readings: &[Reading], hits: &mut Vec<Hit>) -> tantivy::Result<()> {
        let mut matches = vec![Vec::new(); records.len()];
        for (clause, reading) in readings.iter().enumerate() {
            match reading {
                Reading::Met(meeting) => {
                    for (record, matches) in records.iter().zip(&mut matches) {
                        if let Some(posting) = meeting.posting(ordinal, *record) {
                            matches.push(Match { clause, frequency: posting.frequency, score: posting.score });
                        }
                    }
                }
                Reading::Term(term, ceiling) => {
                    let lengths = &self.lengths[ordinal][term.view as usize];
                    self.index.those_with(ordinal, term, records, |at, frequency| {
                        let score = ceiling * lengths.saturation(records[at], frequency);
                        matches[at].push(Match { clause, frequency, score });
                    })?;
                }
            }
        }
        for (record, matches) in records.iter().zip(matches) {
            hits.push(Hit {
                address: (u32::try_from(ordinal).unwrap_or(u32::MAX), *record),
                score: matches.iter().map(|found| found.score).sum(),
                lengths: View::ALL.map(|view| self.lengths[ordinal][view as usize].tokens(*record)),
                matches,
            });
        }
        Ok(())
    }
}

/// The records whose score is not below `least`.
fn at_least(scores: &[f32], least: f32) -> Vec<u32> {
    (0..).zip(scores).filter(|(_, score)| **score >= least).map(|(record, _)| record).collect()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::{
        deadline::Overdue,
        index::{Alternative, Generations, Origin, Scoring},
        passage::{Document, Metadata, Passage, Span},
    };

    /// Characters from common to rare.
    const CHARACTERS: &str = "的是区有民工河路园灯桥鹤";

    /// Numbers of a linear congruential generator: the same in every run.
    struct Random(u64);

    impl Random {
        fn below(&mut self, below: usize) -> usize {
            self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(self.0 >> 33).expect("31 bits") % below
        }

        /// Characters with an `x` between them, so that there are no pairs; the later ones are rarer. Some texts repeat one, so
        /// that a term scores nearly all that it can.
        fn text(&mut self) -> String {
            let characters: Vec<char> = CHARACTERS.chars().collect();
            let mut text = String::new();
            if self.below(4) == 0 {
                return format!("{}x", characters[self.below(characters.len())]).repeat(60);
            }
            for _ in 0..4 + self.below(40) {
                let at =
                    self.below(characters.len()).min(self.below(characters.len())).min(self.below(characters.len()));
                text.extend([characters[at], 'x']);
            }
            text
        }
    }

    fn document(path: String, text: String) -> Document {
        let passage = Passage { section: Vec::new(), span: Span::new(0, text.len()) };
        let metadata = Metadata { title: Some("的区".to_owned()), ..Metadata::default() };
        Document { hash: path.clone(), path, metadata, text, pages: Vec::new(), passages: vec![passage] }
    }

    fn clauses(random: &mut Random) -> Vec<Clause> {
        let mut clauses = Vec::new();
        for c in CHARACTERS.chars().filter(|_| random.below(3) > 0).collect::<Vec<char>>() {
            let alternative = |view, c: char| Alternative { view, terms: vec![(0, c.to_string())], weight: 1.0 };
            let mut alternatives = vec![alternative(View::Characters, c)];
            if random.below(8) == 0 {
                alternatives.push(alternative(View::TitleCharacters, '区'));
            }
            let weight = 0.1 + random.below(20) as f32 / 10.0;
            clauses.push(Clause { alternatives, weight, scoring: Scoring::AsTyped });
        }
        clauses
    }

    /// Two segments, of which something was removed.
    fn generation(generations: &Generations, random: &mut Random) -> Index {
        let lock = generations.lock().unwrap();
        let mut before: Option<Index> = None;
        for part in 0..2 {
            let builder = generations.begin(&lock, before.as_ref()).unwrap();
            if part == 1 {
                (0..40).for_each(|number| builder.remove(&format!("0-{}", 7 * number)));
            }
            for number in 0..700 {
                builder.add(&document(format!("{part}-{number}"), random.text())).unwrap();
            }
            let index = generations.finish(&lock, builder, Origin::default(), Vec::new()).unwrap();
            generations.publish(&lock, &index).unwrap();
            before = Some(index);
        }
        before.unwrap()
    }

    #[test]
    fn the_first_are_the_same_as_if_everything_were_read() {
        let folder = tempfile::tempdir().unwrap();
        let random = &mut Random(7);
        let whole = generation(&Generations::new(folder.path()), random);
        assert!(whole.searcher().segment_readers().len() > 1);
        assert!(whole.searcher().segment_readers().iter().any(|segment| segment.has_deletes()));
        let without = whole.without(|path, _| path.ends_with('3')).unwrap();
        let mut shortened = 0;
        for _ in 0..150 {
            let clauses = clauses(random);
            for index in [&whole, &without] {
                let all = index.search(&clauses, usize::MAX, Deadline::NONE).unwrap();
                for limit in [1, 10, 40] {
                    let found = index.search(&clauses, limit, Deadline::NONE).unwrap();
                    assert_eq!(found.hits, all.hits[..limit.min(all.hits.len())], "{clauses:?}");
                    assert_eq!((found.idfs, found.each), (all.idfs.clone(), all.each.clone()));
                    shortened += usize::from(all.hits.len() > 2 * limit);
                }
            }
        }
        assert!(shortened > 300, "{shortened}");
    }

    #[test]
    fn nothing_is_looked_up_any_more_when_the_time_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let random = &mut Random(7);
        let index = generation(&Generations::new(folder.path()), random);
        let overdue = index.search(&clauses(random), 10, Deadline::after(Duration::ZERO)).unwrap_err();
        assert!(overdue.is::<Overdue>(), "{overdue}");
    }
}
