//! The neural model: text in, numbers out. A small transformer reads a question beside a stretch of a document and says whether the
//! stretch answers, and where; it generates nothing. scripts/reader trains it and writes its file.

mod file;
mod network;
mod tokenizer;

use std::ops::Range;

use file::Model;
pub use file::ModelError;
use network::{Input, Network};
use tokenizer::{Token, Tokenizer};

/// A reader: the model, ready to read. Its weights take four bytes each in memory, those of the words half a byte.
pub struct Reader {
    tokenizer: Tokenizer,
    network: Network,
    limits: Limits,
    identity: String,
}

/// How much of each part is read, in tokens.
#[derive(Clone, Copy, Debug, serde::Deserialize)]
struct Limits {
    question: usize,
    title: usize,
    all: usize,
}

/// What the reader says of one window.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Whether the window answers: a logit, above 0 where it rather does.
    pub presence: f32,
    /// The tokens of the window, in order.
    pub places: Vec<Place>,
}

/// A token of a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    /// The bytes of the window that it stands for.
    pub range: Range<usize>,
    /// How likely the answer begins here, as a natural logarithm; all tokens of the window together have 1.
    pub start: f32,
    /// The same for its end.
    pub end: f32,
}

impl Reader {
    /// A model from the bytes of its file, as scripts/reader/export.py writes it.
    ///
    /// # Errors
    /// When the file is damaged or of another version.
    pub fn new(bytes: &[u8]) -> Result<Reader, ModelError> {
        let model = Model::parse(bytes)?;
        Ok(Reader {
            tokenizer: Tokenizer::new(&model)?,
            network: Network::new(&model)?,
            limits: model.head.limits,
            identity: model.head.identity.clone(),
        })
    }

    /// Which model this is: short, and other for other weights. Answers depend on it.
    pub fn identity(&self) -> &str {
        &self.identity
    }

    /// Reads a window of a passage, with what stands above it, for a question. What is longer than the model reads is cut off.
    pub fn read(&self, question: &str, title: &str, window: &str) -> Reading {
        let mut input = Input::default();
        input.mark(self.tokenizer.begin);
        input.text(&self.tokenizer.encode(question), self.limits.question, Segment::Question);
        input.mark(self.tokenizer.end);
        input.text(&self.tokenizer.encode(title), self.limits.title, Segment::Title);
        input.mark_title(self.tokenizer.end);
        let tokens = self.tokenizer.encode(window);
        let first = input.len();
        let room = self.limits.all.saturating_sub(first + 1).min(tokens.len());
        input.text(&tokens, room, Segment::Window);
        input.mark(self.tokenizer.end);
        let output = self.network.run(&input, first..first + room);
        let places = tokens.into_iter().zip(output.starts.into_iter().zip(output.ends));
        let place = |(token, (start, end)): (Token, _)| Place { range: token.range, start, end };
        Reading { presence: output.presence, places: places.map(place).collect() }
    }
}

/// Which part of the input a token belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Segment {
    Question = 0,
    Title = 1,
    Window = 2,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What scripts/reader/export.py computed with PyTorch.
    #[derive(serde::Deserialize)]
    struct Example {
        question: String,
        title: String,
        window: String,
        pieces: Vec<u32>,
        ranges: Vec<(usize, usize)>,
        presence: f32,
        starts: Vec<f32>,
        ends: Vec<f32>,
    }

    const EXAMPLES: &str = include_str!("../../tests/fixtures/reader/examples.jsonl");
    /// A small model of chance weights, by the same script.
    const TINY: &[u8] = include_bytes!("../../tests/fixtures/reader/tiny.bin");

    #[test]
    fn the_reader_computes_what_it_was_trained_to() {
        let reader = Reader::new(TINY).unwrap();
        let near = |one: f32, other: f32| (one - other).abs() < 2e-3 * other.abs().max(1.0);
        for example in EXAMPLES.lines().map(|line| serde_json::from_str::<Example>(line).unwrap()) {
            let Example { question, title, window, .. } = &example;
            let pieces: Vec<u32> = reader.tokenizer.encode(window).into_iter().map(|token| token.piece).collect();
            assert_eq!(pieces, example.pieces, "{window}");
            let reading = reader.read(question, title, window);
            assert!(near(reading.presence, example.presence), "{} is not {}", reading.presence, example.presence);
            let each = reading.places.iter().zip(&example.ranges).zip(example.starts.iter().zip(&example.ends));
            for ((place, range), (start, end)) in each {
                assert_eq!((place.range.start, place.range.end), *range, "{window}");
                assert!(near(place.start, *start) && near(place.end, *end), "{place:?} is not {start}, {end}");
            }
        }
    }

    #[test]
    fn long_and_empty_texts_are_read() {
        let reader = Reader::new(TINY).unwrap();
        assert!(reader.read("", "", "").places.is_empty());
        let long = "测试文字。".repeat(400);
        let reading = reader.read(&long, &long, &long);
        assert!(reading.presence.is_finite() && reading.places.len() < 400);
    }
}
