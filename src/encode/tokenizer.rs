//! Text to pieces of words: the unigram model of SentencePiece (Kudo 2018), the likeliest way to cut a text.

use std::ops::Range;

use rustc_hash::FxHashMap;
use unicode_normalization::UnicodeNormalization;

use super::file::{Model, ModelError, damaged, floats};

/// Stands before the first letter of a word.
const WORD_START: char = '▁';
/// What a character that no piece has costs below the unlikeliest piece.
const UNKNOWN: f32 = 10.0;

/// The pieces of a model.
pub(super) struct Tokenizer {
    pieces: FxHashMap<Box<str>, (u32, f32)>,
    longest: usize,
    unknown: (u32, f32),
    /// The piece that opens every input.
    pub(super) begin: u32,
    /// The piece that ends each part.
    pub(super) end: u32,
}

/// A piece and the bytes of the text that it stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) piece: u32,
    pub(super) range: Range<usize>,
}

/// A character after normalising, and the bytes that it comes from.
struct Normal {
    char: char,
    range: Range<usize>,
}

impl Tokenizer {
    pub(super) fn new(model: &Model) -> Result<Tokenizer, ModelError> {
        let scores = floats(model.bytes("pieces.scores", model.head.pieces * 4)?);
        let text = std::str::from_utf8(model.all_bytes("pieces")?).map_err(|_| damaged("pieces"))?;
        let mut pieces = FxHashMap::default();
        let mut longest = 0;
        for (number, (piece, score)) in text.split('\n').zip(&scores).enumerate() {
            longest = longest.max(piece.chars().count());
            pieces.insert(piece.into(), (u32::try_from(number).unwrap_or(u32::MAX), *score));
        }
        if pieces.len() != scores.len() {
            return Err(damaged("pieces"));
        }
        let least = scores.iter().copied().fold(f32::MAX, f32::min);
        let unknown = (model.head.unk, least - UNKNOWN);
        Ok(Tokenizer { pieces, longest, unknown, begin: model.head.bos, end: model.head.eos })
    }

    /// Cuts a text into pieces, word by word.
    pub(super) fn encode(&self, text: &str) -> Vec<Token> {
        let chars = normalised(text);
        let starts = (0..chars.len()).filter(|at| chars[*at].char == WORD_START).chain([chars.len()]);
        let starts: Vec<usize> = starts.collect();
        let mut tokens = Vec::new();
        for word in starts.windows(2) {
            self.cut(&chars[word[0]..word[1]], &mut tokens);
        }
        tokens
    }

    /// The likeliest pieces of one word (Viterbi).
    fn cut(&self, chars: &[Normal], tokens: &mut Vec<Token>) {
        // For each place: what the best way there costs, where its last piece begins, and which one it is.
        let mut best: Vec<Option<(f32, usize, u32)>> = vec![None; chars.len() + 1];
        best[0] = Some((0.0, 0, 0));
        let mut key = String::new();
        for start in 0..chars.len() {
            let Some((so_far, ..)) = best[start] else { continue };
            let mut offer = |end: usize, (piece, score): (u32, f32)| {
                if best[end].is_none_or(|(known, ..)| so_far + score > known) {
                    best[end] = Some((so_far + score, start, piece));
                }
            };
            key.clear();
            let mut single = false;
            for (length, normal) in chars[start..].iter().take(self.longest).enumerate() {
                key.push(normal.char);
                if let Some(found) = self.pieces.get(key.as_str()) {
                    single |= length == 0;
                    offer(start + length + 1, *found);
                }
            }
            if !single {
                offer(start + 1, self.unknown);
            }
        }
        let (first, mut end) = (tokens.len(), chars.len());
        while end > 0 {
            let Some((_, start, piece)) = best[end] else { break };
            let range = chars[start].range.start..chars[end - 1].range.end;
            // Unknown characters that follow one another are one token.
            match tokens[first..].last_mut().filter(|behind| piece == self.unknown.0 && behind.piece == piece) {
                Some(behind) => behind.range.start = range.start,
                None => tokens.push(Token { piece, range }),
            }
            end = start;
        }
        tokens[first..].reverse();
    }
}

/// The characters of a text in compatibility form, white space as the mark of a word's start, one before the text.
fn normalised(text: &str) -> Vec<Normal> {
    let mut chars = Vec::with_capacity(text.len() / 2);
    for (at, char) in text.char_indices() {
        for char in std::iter::once(char).nfkc() {
            let char = if char.is_whitespace() { WORD_START } else { char };
            chars.push(Normal { char, range: at..at + text[at..].chars().next().map_or(0, char::len_utf8) });
        }
    }
    // The mark that is put before the text stands for its first character, as in training.
    if let Some(first) = chars.first().filter(|first| first.char != WORD_START) {
        chars.insert(0, Normal { char: WORD_START, range: first.range.clone() });
    }
    chars
}
