//! The file of the model: "WREAD1", u32 length of a head in JSON, the head, then the tensors, each at an offset from the end of the head
//! that the head names. Numbers are little-endian. Matrices lie row by row as i8 with an f32 scale a row, words as blocks of 32
//! weights in 4 bits with an f16 scale, all else as f32.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::Limits;

/// What such a file begins with.
const MAGIC: &[u8] = b"WREAD1";
/// Weights of a block of words, and its bytes: a scale of two bytes, then half a byte a weight.
const BLOCK: usize = 32;
const BLOCK_BYTES: usize = 2 + BLOCK / 2;

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {
    /// The file is of another kind or version.
    #[error("the model is not one that this version reads; take data/reader.bin of the same version of Wenda")]
    Unknown,
    /// Something is missing or cut off.
    #[error("the model is damaged ({0}); take data/reader.bin from the repository again")]
    Damaged(String),
}

/// What a model file says of itself.
#[derive(Debug, Deserialize)]
pub(super) struct Head {
    /// Other for other weights.
    pub(super) identity: String,
    pub(super) width: usize,
    pub(super) layers: usize,
    pub(super) heads: usize,
    pub(super) inner: usize,
    pub(super) epsilon: f32,
    /// How many pieces of words there are, and the numbers of four of them.
    pub(super) pieces: usize,
    pub(super) bos: u32,
    pub(super) eos: u32,
    pub(super) unk: u32,
    pub(super) limits: Limits,
    tensors: BTreeMap<String, Range>,
}

#[derive(Debug, Deserialize)]
struct Range {
    offset: usize,
    bytes: usize,
}

/// A model file, its head read.
pub(super) struct Model<'b> {
    pub(super) head: Head,
    body: &'b [u8],
}

impl<'b> Model<'b> {
    pub(super) fn parse(bytes: &'b [u8]) -> Result<Model<'b>, ModelError> {
        let rest = bytes.strip_prefix(MAGIC).ok_or(ModelError::Unknown)?;
        let (length, rest) = rest.split_first_chunk::<4>().ok_or_else(|| damaged("its head"))?;
        let length = u32::from_le_bytes(*length) as usize;
        let (head, body) = rest.split_at_checked(length).ok_or_else(|| damaged("its head"))?;
        let head: Head = serde_json::from_slice(head).map_err(|error| damaged(&error.to_string()))?;
        if head.heads == 0 || !head.width.is_multiple_of(head.heads) || !head.width.is_multiple_of(BLOCK) {
            return Err(damaged("its shape"));
        }
        Ok(Model { head, body })
    }

    /// The bytes of a tensor; an error where they are not as many as expected.
    pub(super) fn bytes(&self, name: &str, expected: usize) -> Result<&'b [u8], ModelError> {
        let bytes = self.all_bytes(name)?;
        if bytes.len() == expected { Ok(bytes) } else { Err(damaged(name)) }
    }

    /// The bytes of a tensor of any length.
    pub(super) fn all_bytes(&self, name: &str) -> Result<&'b [u8], ModelError> {
        let range = self.head.tensors.get(name).ok_or_else(|| damaged(name))?;
        let end = range.offset.checked_add(range.bytes).ok_or_else(|| damaged(name))?;
        self.body.get(range.offset..end).ok_or_else(|| damaged(name))
    }

    /// `count` numbers.
    pub(super) fn numbers(&self, name: &str, count: usize) -> Result<Vec<f32>, ModelError> {
        Ok(floats(self.bytes(name, count * 4)?))
    }

    /// A matrix, row by row: for each row its weights times its scale.
    pub(super) fn matrix(&self, name: &str, rows: usize, columns: usize) -> Result<Vec<f32>, ModelError> {
        let scales = self.numbers(&format!("{name}.scale"), rows)?;
        let weights = self.bytes(name, rows * columns)?;
        let row = |(weights, scale): (&'b [u8], f32)| {
            weights.iter().map(move |weight| f32::from(weight.cast_signed()) * scale)
        };
        Ok(weights.chunks_exact(columns).zip(scales).flat_map(row).collect())
    }
}

/// The words of a model: a row of weights for each piece.
pub(super) struct Words {
    blocks: Vec<u8>,
    row_bytes: usize,
}

impl Words {
    pub(super) fn new(model: &Model) -> Result<Words, ModelError> {
        let row_bytes = model.head.width / BLOCK * BLOCK_BYTES;
        Ok(Words { blocks: model.bytes("words", model.head.pieces * row_bytes)?.to_vec(), row_bytes })
    }

    /// Adds the row of a piece to `sum`.
    pub(super) fn add(&self, piece: u32, sum: &mut [f32]) {
        let start = piece as usize * self.row_bytes;
        let row = self.blocks.get(start..start + self.row_bytes).unwrap_or_default();
        for (block, sum) in row.chunks_exact(BLOCK_BYTES).zip(sum.chunks_exact_mut(BLOCK)) {
            let scale = half(u16::from_le_bytes([block[0], block[1]]));
            let (low, high) = sum.split_at_mut(BLOCK / 2);
            for ((byte, low), high) in block[2..].iter().zip(low).zip(high) {
                *low += (f32::from(byte & 15) - 8.0) * scale;
                *high += (f32::from(byte >> 4) - 8.0) * scale;
            }
        }
    }
}

/// A number of 16 bits (IEEE 754 binary16) as one of 32.
fn half(bits: u16) -> f32 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f32::from(bits & 1023) / 1024.0);
    match exponent {
        0 => sign * fraction * 2f32.powi(-14),
        _ => sign * (1.0 + fraction) * 2f32.powi(exponent - 15),
    }
}

/// Little-endian numbers.
pub(super) fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|bytes| f32::from_le_bytes(*bytes)).collect()
}

pub(super) fn damaged(what: &str) -> ModelError {
    ModelError::Damaged(what.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves() {
        for (bits, value) in [(0x3c00, 1.0), (0xc000, -2.0), (0x3555, 0.333_251_95), (0x0001, 5.960_464_5e-8), (0, 0.0)]
        {
            assert_eq!(half(bits), value, "{bits:x}");
        }
    }

    #[test]
    fn damaged_files_are_told() {
        let error = |bytes: &[u8]| Model::parse(bytes).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(error(b"GGUF").contains("not one that this version reads"));
        assert!(error(b"WREAD1\xff\xff\x00\x00{").contains("damaged (its head)"));
        assert!(error(b"WREAD1\x02\x00\x00\x00{}").contains("damaged"));
    }
}
