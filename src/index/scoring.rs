//! Scoring: BM25 (Robertson and Zaragoza, The Probabilistic Relevance Framework, 2009) over each view, term by term, with
//! alternatives that count once, by the best of them.

use tantivy::{SegmentReader, fieldnorm::FieldNormReader};

use super::{passages::Index, schema::View, search::Hit};

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

impl Clause {
    /// The view and text of the one term that it looks for, where it has neither alternatives nor phrases nor translations.
    pub(super) fn term(&self) -> Option<(View, &str)> {
        match (self.alternatives.as_slice(), self.scoring) {
            ([Alternative { view, terms, .. }], Scoring::AsTyped) => match terms.as_slice() {
                [(_, text)] => Some((*view, text)),
                _ => None,
            },
            _ => None,
        }
    }
}

/// A passage of a segment that meets a clause.
#[derive(Clone, Copy)]
pub(super) struct Posting {
    pub(super) document: u32,
    pub(super) frequency: u32,
    pub(super) score: f32,
    /// The weight of the alternative.
    weight: f32,
}

/// What a clause meets.
pub(super) struct Meeting {
    /// The passages of each segment, in the order of the documents.
    pub(super) postings: Vec<Vec<Posting>>,
    pub(super) idf: f32,
    /// The idf of each alternative.
    pub(super) each: Vec<f32>,
}

impl Meeting {
    /// What it gives a document of a segment, if that meets it.
    pub(super) fn posting(&self, segment: usize, document: u32) -> Option<&Posting> {
        let postings = &self.postings[segment];
        postings.binary_search_by_key(&document, |posting| posting.document).ok().map(|at| &postings[at])
    }
}

impl Index {
    /// What a clause adds to the score of each of the hits.
    pub fn score(&self, clause: &Clause, hits: &[&Hit]) -> tantivy::Result<Scored> {
        let meeting = self.meet(clause)?;
        let score = |hit: &&Hit| {
            let (segment, document) = hit.address;
            meeting.posting(segment as usize, document).map_or(0.0, |posting| posting.score)
        };
        Ok(Scored { scores: hits.iter().map(score).collect(), idf: meeting.idf, each: meeting.each })
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
    pub(super) fn meet(&self, clause: &Clause) -> tantivy::Result<Meeting> {
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
                let lengths = self.lengths_for(segment, view, clause.scoring)?;
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

    /// The lengths of the passages of a segment in a view, for what is scored as it was typed.
    pub(super) fn lengths(&self, segment: &SegmentReader, view: View) -> tantivy::Result<Lengths> {
        self.lengths_for(segment, view, Scoring::AsTyped)
    }

    fn lengths_for(&self, segment: &SegmentReader, view: View, scoring: Scoring) -> tantivy::Result<Lengths> {
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

/// The lengths of the passages in one view, made ready for BM25.
pub(super) struct Lengths {
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
    pub(super) fn saturation(&self, document: u32, frequency: u32) -> f32 {
        let frequency = frequency as f32;
        frequency / (frequency + self.damping[usize::from(self.norms.fieldnorm_id(document))])
    }

    /// The tokens of a passage.
    pub(super) fn tokens(&self, document: u32) -> f32 {
        self.norms.fieldnorm(document) as f32
    }
}
