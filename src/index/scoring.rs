//! Scoring: BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) over each view, term by term, with
//! alternatives that count once, by the best of them.

use tantivy::{
    DocSet, SegmentReader, TERMINATED, fieldnorm::FieldNormReader, postings::Postings, schema::IndexRecordOption,
};

use super::{passages::Index, schema::View};

/// How one view is scored. The constants were found by search over all measuring sets, see docs/quality.md.
struct Parameters {
    /// Saturation of the term frequency.
    k1: f32,
    /// Influence of the length.
    b: f32,
    /// Lengths below this share of the average count as that.
    shortest: f32,
    /// A term counts idf * (idf / greatest idf) ^ sharpness: rare terms gain.
    sharpness: f32,
}

impl Parameters {
    /// For words of another language, whichever view they are looked up in; found on xquad, see docs/quality.md.
    const TRANSLATED: Parameters = Parameters { k1: 1.2, b: 0.6, shortest: 0.0, sharpness: 0.0 };

    fn of(view: View) -> Parameters {
        match view {
            View::Bigrams | View::Words => Parameters { k1: 0.6, b: 0.5, shortest: 0.3, sharpness: 0.5 },
            View::Characters => Parameters { k1: 1.4, b: 0.9, shortest: 0.3, sharpness: 0.5 },
            View::TitleBigrams | View::TitleWords | View::TitleCharacters => {
                Parameters { k1: 1.2, b: 0.5, shortest: 0.0, sharpness: 0.0 }
            }
        }
    }
}

/// One thing that a question asks for. Several alternatives count once, by the one that scores best.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    /// What to look for.
    pub alternatives: Vec<Alternative>,
    /// How much it counts.
    pub weight: f32,
    /// By which formula.
    pub scoring: Scoring,
}

/// How a clause is scored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Scoring {
    /// By the parameters of the view of each alternative.
    #[default]
    AsTyped,
    /// As a word of another language: one set of parameters for all views, and the rarity of all alternatives together
    /// beside that of each.
    Translated,
}

/// How much the rarity of all alternatives of a translated clause counts: an exponent.
const SHARED_RARITY: f32 = 0.25;

/// Into so many parts the weight of a translation is divided where weights are counted.
const PARTS: f32 = 65_536.0;

/// One way to say it.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Where to look.
    pub view: View,
    /// One term, or the terms of a phrase; each with the distance of its first character from that of the phrase.
    pub terms: Vec<(u32, String)>,
    /// How much it counts beside the other alternatives, 0..1.
    pub weight: f32,
}

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

/// What one clause adds to hits that were found by others.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scored {
    /// For each hit.
    pub scores: Vec<f32>,
    /// As in `Found`.
    pub idf: f32,
    /// As in `Found`.
    pub each: Vec<f32>,
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

/// A passage of a segment that meets a clause.
#[derive(Clone, Copy)]
struct Posting {
    document: u32,
    frequency: u32,
    score: f32,
    /// The weight of the alternative.
    weight: f32,
}

/// What a clause meets.
struct Meeting {
    /// The passages of each segment, in the order of the documents.
    postings: Vec<Vec<Posting>>,
    idf: f32,
    /// The idf of each alternative.
    each: Vec<f32>,
}

impl Index {
    /// The passages that match at least one clause, best first, at most `limit`. Ties stand in the order of paths and texts.
    pub fn search(&self, clauses: &[Clause], limit: usize) -> tantivy::Result<Found> {
        let segments = self.searcher().segment_readers();
        let mut scores: Vec<Vec<f32>> = segments.iter().map(|segment| vec![0.0; segment.max_doc() as usize]).collect();
        let mut found = Found::default();
        let mut lists = Vec::with_capacity(clauses.len());
        for clause in clauses {
            let Meeting { postings, idf, each } = self.meet(clause)?;
            for (postings, scores) in postings.iter().zip(&mut scores) {
                for posting in postings {
                    scores[posting.document as usize] += posting.score;
                }
            }
            lists.push(postings);
            found.idfs.push(idf);
            found.each.push(each);
        }
        for (address, score) in best(&scores, &self.ranks, limit) {
            found.hits.push(self.hit(address, score, &lists)?);
        }
        Ok(found)
    }

    /// What a clause adds to the score of each of the hits.
    pub fn score(&self, clause: &Clause, hits: &[&Hit]) -> tantivy::Result<Scored> {
        let Meeting { postings, idf, each } = self.meet(clause)?;
        let score = |hit: &&Hit| {
            let (segment, document) = hit.address;
            let postings = &postings[segment as usize];
            let at = postings.binary_search_by_key(&document, |posting| posting.document);
            at.map_or(0.0, |at| postings[at].score)
        };
        Ok(Scored { scores: hits.iter().map(score).collect(), idf, each })
    }

    /// Whether anything that an alternative asks for occurs.
    pub fn occurs(&self, alternative: &Alternative) -> tantivy::Result<bool> {
        for segment in self.searcher().segment_readers() {
            if !self.occurrences(segment, alternative.view, &alternative.terms)?.is_empty() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Inverse document frequency of something that stands in `frequency` passages.
    pub fn idf(&self, frequency: u64) -> f32 {
        let all = self.passage_count().max(frequency) as f32;
        let frequency = frequency as f32;
        (1.0 + (all - frequency + 0.5) / (frequency + 0.5)).ln()
    }

    /// The idf of something that no passage has.
    pub fn greatest_idf(&self) -> f32 {
        self.idf(0)
    }

    /// What a term of this idf counts in a view at most, for a weight of 1.
    pub fn ceiling(&self, view: View, idf: f32) -> f32 {
        let Parameters { k1, sharpness, .. } = Parameters::of(view);
        idf * (idf / self.greatest_idf()).powf(sharpness) * (k1 + 1.0)
    }

    /// What a translated clause counts by the idf of all its alternatives together.
    pub fn shared_rarity(&self, idf: f32) -> f32 {
        (idf / self.idf(1)).powf(SHARED_RARITY)
    }

    /// The passages of each segment that meet a clause.
    fn meet(&self, clause: &Clause) -> tantivy::Result<Meeting> {
        let segments = self.searcher().segment_readers();
        let mut meeting = Meeting { postings: vec![Vec::new(); segments.len()], idf: 0.0, each: Vec::new() };
        for alternative in &clause.alternatives {
            let view = alternative.view;
            let mut occurrences = Vec::with_capacity(segments.len());
            for segment in segments {
                occurrences.push(self.occurrences(segment, view, &alternative.terms)?);
            }
            let frequency: usize = occurrences.iter().map(Vec::len).sum();
            if frequency == 0 {
                meeting.each.push(0.0);
                continue;
            }
            let idf = self.idf(frequency as u64);
            meeting.each.push(idf);
            meeting.idf = meeting.idf.max(idf);
            let ceiling = match clause.scoring {
                Scoring::AsTyped => self.ceiling(view, idf),
                Scoring::Translated => idf * (Parameters::TRANSLATED.k1 + 1.0),
            };
            let weight = clause.weight * alternative.weight * ceiling;
            for ((segment, documents), found) in segments.iter().zip(occurrences).zip(&mut meeting.postings) {
                let lengths = self.lengths(segment, view, clause.scoring)?;
                found.extend(documents.into_iter().map(|(document, frequency)| Posting {
                    document,
                    frequency,
                    score: weight * lengths.saturation(document, frequency),
                    weight: alternative.weight,
                }));
            }
        }
        if clause.alternatives.len() > 1 {
            let order = |a: &Posting, b: &Posting| {
                let better = b.score.total_cmp(&a.score).then(b.weight.total_cmp(&a.weight));
                a.document.cmp(&b.document).then(better).then(b.frequency.cmp(&a.frequency))
            };
            for postings in &mut meeting.postings {
                postings.sort_unstable_by(order);
                postings.dedup_by_key(|posting| posting.document);
            }
        }
        if clause.scoring == Scoring::Translated && meeting.idf > 0.0 {
            self.share_rarity(&mut meeting);
        }
        Ok(meeting)
    }

    /// Weighs what a translated clause meets by the rarity of all its alternatives together.
    fn share_rarity(&self, meeting: &mut Meeting) {
        // Counted in whole parts: a sum of fractions would depend on the order of the segments.
        let parts = |posting: &Posting| (posting.weight.min(1.0) * PARTS).round() as u64;
        let met: u64 = meeting.postings.iter().flatten().map(parts).sum();
        let met = (met as f64 / f64::from(PARTS)).round() as u64;
        meeting.idf = self.idf(met.clamp(1, self.passage_count().max(1)));
        let factor = self.shared_rarity(meeting.idf);
        for posting in meeting.postings.iter_mut().flatten() {
            posting.score *= factor;
        }
    }

    /// The passages of a segment that have a term or phrase, and how often.
    fn occurrences(
        &self,
        segment: &SegmentReader,
        view: View,
        terms: &[(u32, String)],
    ) -> tantivy::Result<Vec<(u32, u32)>> {
        let inverted = segment.inverted_index(self.fields().views[view as usize])?;
        let phrase = terms.len() > 1;
        let option = if phrase { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs };
        let mut postings = Vec::with_capacity(terms.len());
        for (_, text) in terms {
            match inverted.read_postings(&self.fields().term(view, text), option)? {
                Some(list) => postings.push(list),
                None => return Ok(Vec::new()),
            }
        }
        let mut found = Vec::new();
        let Some((first, rest)) = postings.split_first_mut() else { return Ok(found) };
        let (mut starts, mut others) = (Vec::new(), Vec::new());
        let alive = segment.alive_bitset();
        let mut document = first.doc();
        while document != TERMINATED {
            if alive.is_some_and(|alive| alive.is_deleted(document)) {
                document = first.advance();
                continue;
            }
            let everywhere = rest.iter_mut().all(|list| {
                if list.doc() < document {
                    list.seek(document);
                }
                list.doc() == document
            });
            if !phrase {
                found.push((document, first.term_freq()));
            } else if everywhere {
                first.positions(&mut starts);
                for ((distance, _), list) in terms[1..].iter().zip(rest.iter_mut()) {
                    list.positions(&mut others);
                    starts.retain(|start| others.binary_search(&(start + distance)).is_ok());
                }
                if !starts.is_empty() {
                    found.push((document, u32::try_from(starts.len()).unwrap_or(u32::MAX)));
                }
            }
            document = first.advance();
        }
        self.mask.strike(segment, &mut found);
        Ok(found)
    }

    fn hit(&self, address: (u32, u32), score: f32, lists: &[Vec<Vec<Posting>>]) -> tantivy::Result<Hit> {
        let (ordinal, document) = address;
        let mut matches = Vec::new();
        for (clause, segments) in lists.iter().enumerate() {
            let postings = &segments[ordinal as usize];
            if let Ok(at) = postings.binary_search_by_key(&document, |posting| posting.document) {
                matches.push(Match { clause, frequency: postings[at].frequency, score: postings[at].score });
            }
        }
        let segment = self.searcher().segment_reader(ordinal);
        let mut lengths = [0.0; View::ALL.len()];
        for (length, field) in lengths.iter_mut().zip(self.fields().views) {
            *length = segment.get_fieldnorms_reader(field)?.fieldnorm(document) as f32;
        }
        Ok(Hit { address, score, matches, lengths })
    }

    fn lengths(&self, segment: &SegmentReader, view: View, scoring: Scoring) -> tantivy::Result<Lengths> {
        // Alternatives of a translated clause stand in several views: the length that they share is in characters.
        let (measured, parameters) = match (scoring, view) {
            (Scoring::AsTyped, _) => (view, Parameters::of(view)),
            (_, View::Bigrams | View::Words | View::Characters) => (View::Characters, Parameters::TRANSLATED),
            (_, View::TitleBigrams | View::TitleWords | View::TitleCharacters) => {
                (View::TitleCharacters, Parameters::TRANSLATED)
            }
        };
        let norms = segment.get_fieldnorms_reader(self.fields().views[measured as usize])?;
        Ok(Lengths::new(norms, self.average_length(measured), &parameters))
    }
}

/// The addresses with the best scores, best first, at most `limit`; `ranks` decides between equal scores.
fn best(scores: &[Vec<f32>], ranks: &[Vec<u32>], limit: usize) -> Vec<((u32, u32), f32)> {
    let mut found: Vec<(f32, u32, (u32, u32))> = Vec::new();
    for ((segment, scores), ranks) in (0..).zip(scores).zip(ranks) {
        let scored = (0..).zip(scores).zip(ranks).filter(|((_, score), _)| **score > 0.0);
        found.extend(scored.map(|((document, score), rank)| (*score, *rank, (segment, document))));
    }
    let order = |a: &(f32, u32, _), b: &(f32, u32, _)| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1));
    if found.len() > limit && limit > 0 {
        found.select_nth_unstable_by(limit - 1, order);
    }
    found.truncate(limit);
    found.sort_unstable_by(order);
    found.into_iter().map(|(score, _, address)| (address, score)).collect()
}

/// The lengths of the passages in one view, made ready for BM25.
struct Lengths {
    norms: FieldNormReader,
    /// For each of Tantivy's 256 length classes `k1 * (1 - b + b * length / average)`.
    damping: Vec<f32>,
}

impl Lengths {
    fn new(norms: FieldNormReader, average: f32, parameters: &Parameters) -> Lengths {
        let Parameters { k1, b, shortest, .. } = parameters;
        let relative = |class| (FieldNormReader::id_to_fieldnorm(class) as f32 / average.max(1.0)).max(*shortest);
        let damping = (0..=u8::MAX).map(|class| k1 * (1.0 - b + b * relative(class))).collect();
        Lengths { norms, damping }
    }

    /// The share of its ceiling that a term reaches, below 1.
    fn saturation(&self, document: u32, frequency: u32) -> f32 {
        let frequency = frequency as f32;
        frequency / (frequency + self.damping[usize::from(self.norms.fieldnorm_id(document))])
    }
}
