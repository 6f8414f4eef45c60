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
}

/// One way to say it.
#[derive(Clone, Debug, PartialEq)]
pub struct Alternative {
    /// Where to look.
    pub view: View,
    /// One term, or the terms of a phrase whose first characters follow one another.
    pub terms: Vec<String>,
    /// How much it counts beside the other alternatives, 0..1.
    pub weight: f32,
}

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// The best passages, best first.
    pub hits: Vec<Hit>,
    /// For each clause the idf of its alternative with the greatest one; 0 where nothing in the corpus has it.
    pub idfs: Vec<f32>,
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

/// The passages of one segment that meet a clause: document number, frequency, score; in the order of the documents.
type Meeting = Vec<(u32, u32, f32)>;

impl Index {
    /// The passages that match at least one clause, best first, at most `limit`. Ties stand in the order of the index.
    pub fn search(&self, clauses: &[Clause], limit: usize) -> tantivy::Result<Found> {
        let segments = self.searcher().segment_readers();
        let mut scores: Vec<Vec<f32>> = segments.iter().map(|segment| vec![0.0; segment.max_doc() as usize]).collect();
        let (mut lists, mut idfs) = (Vec::with_capacity(clauses.len()), Vec::with_capacity(clauses.len()));
        for clause in clauses {
            let (found, idf) = self.meet(clause)?;
            for (postings, scores) in found.iter().zip(&mut scores) {
                for (document, _, score) in postings {
                    scores[*document as usize] += score;
                }
            }
            lists.push(found);
            idfs.push(idf);
        }
        let mut hits = Vec::with_capacity(limit);
        for (address, score) in best(&scores, segments, limit) {
            hits.push(self.hit(address, score, &lists)?);
        }
        Ok(Found { hits, idfs })
    }

    /// In how many passages a term stands.
    pub fn frequency(&self, view: View, term: &str) -> tantivy::Result<u64> {
        self.searcher().doc_freq(&self.fields().term(view, term))
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

    /// The passages of each segment that meet a clause, and the greatest idf among its alternatives.
    fn meet(&self, clause: &Clause) -> tantivy::Result<(Vec<Meeting>, f32)> {
        let segments = self.searcher().segment_readers();
        let mut found: Vec<Meeting> = vec![Vec::new(); segments.len()];
        let mut greatest = 0f32;
        for alternative in &clause.alternatives {
            let view = alternative.view;
            let mut occurrences = Vec::with_capacity(segments.len());
            for segment in segments {
                occurrences.push(self.occurrences(segment, view, &alternative.terms)?);
            }
            let frequency: usize = occurrences.iter().map(Vec::len).sum();
            if frequency == 0 {
                continue;
            }
            let idf = self.idf(frequency as u64);
            greatest = greatest.max(idf);
            let weight = clause.weight * alternative.weight * self.ceiling(view, idf);
            for ((segment, documents), found) in segments.iter().zip(occurrences).zip(&mut found) {
                let lengths = self.lengths(segment, view)?;
                found.extend(documents.into_iter().map(|(document, frequency)| {
                    (document, frequency, weight * lengths.saturation(document, frequency))
                }));
            }
        }
        if clause.alternatives.len() > 1 {
            for postings in &mut found {
                postings.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.2.total_cmp(&a.2)));
                postings.dedup_by_key(|posting| posting.0);
            }
        }
        Ok((found, greatest))
    }

    /// The passages of a segment that have a term or phrase, and how often.
    fn occurrences(&self, segment: &SegmentReader, view: View, terms: &[String]) -> tantivy::Result<Vec<(u32, u32)>> {
        let inverted = segment.inverted_index(self.fields().views[view as usize])?;
        let phrase = terms.len() > 1;
        let option = if phrase { IndexRecordOption::WithFreqsAndPositions } else { IndexRecordOption::WithFreqs };
        let mut postings = Vec::with_capacity(terms.len());
        for text in terms {
            match inverted.read_postings(&self.fields().term(view, text), option)? {
                Some(list) => postings.push(list),
                None => return Ok(Vec::new()),
            }
        }
        let mut found = Vec::new();
        let Some((first, rest)) = postings.split_first_mut() else { return Ok(found) };
        let (mut starts, mut others) = (Vec::new(), Vec::new());
        let mut document = first.doc();
        while document != TERMINATED {
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
                for (distance, list) in (1u32..).zip(rest.iter_mut()) {
                    list.positions(&mut others);
                    starts.retain(|start| others.binary_search(&(start + distance)).is_ok());
                }
                if !starts.is_empty() {
                    found.push((document, u32::try_from(starts.len()).unwrap_or(u32::MAX)));
                }
            }
            document = first.advance();
        }
        Ok(found)
    }

    fn hit(&self, address: (u32, u32), score: f32, lists: &[Vec<Meeting>]) -> tantivy::Result<Hit> {
        let (ordinal, document) = address;
        let mut matches = Vec::new();
        for (clause, segments) in lists.iter().enumerate() {
            let postings = &segments[ordinal as usize];
            if let Ok(at) = postings.binary_search_by_key(&document, |posting| posting.0) {
                matches.push(Match { clause, frequency: postings[at].1, score: postings[at].2 });
            }
        }
        let segment = self.searcher().segment_reader(ordinal);
        let mut lengths = [0.0; View::ALL.len()];
        for (length, field) in lengths.iter_mut().zip(self.fields().views) {
            *length = segment.get_fieldnorms_reader(field)?.fieldnorm(document) as f32;
        }
        Ok(Hit { address, score, matches, lengths })
    }

    fn lengths(&self, segment: &SegmentReader, view: View) -> tantivy::Result<Lengths> {
        let norms = segment.get_fieldnorms_reader(self.fields().views[view as usize])?;
        Ok(Lengths::new(norms, self.average_length(view), &Parameters::of(view)))
    }
}

/// The addresses with the best scores, best first, at most `limit`.
fn best(scores: &[Vec<f32>], segments: &[SegmentReader], limit: usize) -> Vec<((u32, u32), f32)> {
    let mut found: Vec<((u32, u32), f32)> = Vec::new();
    for ((ordinal, segment), scores) in (0u32..).zip(segments).zip(scores) {
        let scored = (0u32..).zip(scores).filter(|(document, score)| **score > 0.0 && !segment.is_deleted(*document));
        found.extend(scored.map(|(document, score)| ((ordinal, document), *score)));
    }
    let order = |a: &((u32, u32), f32), b: &((u32, u32), f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
    if found.len() > limit && limit > 0 {
        found.select_nth_unstable_by(limit - 1, order);
    }
    found.truncate(limit);
    found.sort_unstable_by(order);
    found
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
