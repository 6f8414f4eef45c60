//! Word vectors: words that are used alike (辞退, 解雇) have vectors of nearly the same direction. Alike means nearly the same, or the
//! opposite, or another thing of the same kind, so a likeness is weighed beside what was typed and never taken for it.
//! `scripts/build_vectors.py` makes the table.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

/// Numbers of a vector.
const SIZE: usize = 100;

static TABLE: &[u8] = include_bytes!("../../data/vectors.bin");

/// A word that the table has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Entry(usize);

impl Entry {
    /// A folded word; nothing for names of persons and what the table does not have.
    pub fn find(word: &str) -> Option<Entry> {
        Table::shared().places.get(word.as_bytes()).copied().map(Entry)
    }

    /// How rare the word is in Chinese at large, 0..1.
    pub fn rarity(self) -> f32 {
        f32::from(Table::shared().rarities[self.0]) / 255.0
    }

    /// The vector of the word, of length 1.
    pub fn vector(self) -> Vector {
        let mut vector = Vector::default();
        let steps = &Table::shared().vectors[self.0 * SIZE..][..SIZE];
        vector.0.iter_mut().zip(steps).for_each(|(number, step)| *number = f32::from(step.cast_signed()));
        let length = vector.dot(&vector).sqrt();
        vector.0.iter_mut().for_each(|number| *number /= length);
        vector
    }
}

/// A direction and a length: a word's, or that of several words together.
#[derive(Clone, Debug, PartialEq)]
pub struct Vector([f32; SIZE]);

impl Default for Vector {
    fn default() -> Vector {
        Vector([0.0; SIZE])
    }
}

impl Vector {
    /// Adds another one, so and so much of it.
    pub fn add(&mut self, other: &Vector, much: f32) {
        self.0.iter_mut().zip(other.0).for_each(|(sum, number)| *sum += much * number);
    }

    /// The cosine of the angle to another one, -1..1; 0 where one of them has no direction.
    pub fn cosine(&self, other: &Vector) -> f32 {
        let lengths = (self.dot(self) * other.dot(other)).sqrt();
        if lengths > 0.0 { self.dot(other) / lengths } else { 0.0 }
    }

    /// The inner product with another one: of two words, whose vectors have the length 1, the cosine.
    pub fn dot(&self, other: &Vector) -> f32 {
        // In lanes, so that the compiler computes several products at once.
        const LANES: usize = 4;
        let mut sums = [0f32; LANES];
        for (a, b) in self.0.chunks_exact(LANES).zip(other.0.chunks_exact(LANES)) {
            for lane in 0..LANES {
                sums[lane] += a[lane] * b[lane];
            }
        }
        sums.iter().sum()
    }
}

/// The parts of the table.
#[derive(Default)]
struct Table {
    places: FxHashMap<&'static [u8], usize>,
    rarities: &'static [u8],
    vectors: &'static [u8],
}

impl Table {
    /// Bytes that are not such a table give an empty one, so that a damaged build answers still.
    fn shared() -> &'static Table {
        static SHARED: OnceLock<Table> = OnceLock::new();
        SHARED.get_or_init(|| Table::read(TABLE).unwrap_or_default())
    }

    fn read(bytes: &'static [u8]) -> Option<Table> {
        let number = |at: usize| {
            let bytes: [u8; 4] = bytes.get(4 * at..4 * at + 4)?.try_into().ok()?;
            usize::try_from(u32::from_le_bytes(bytes)).ok()
        };
        let count = number(0)?;
        let words = bytes.get(4 * (2 + count)..)?;
        let (words, rest) = words.split_at_checked(number(1 + count)?)?;
        let (rarities, vectors) = rest.split_at_checked(count)?;
        if number(1)? != SIZE || vectors.len() != count * SIZE {
            return None;
        }
        let mut places = FxHashMap::default();
        places.reserve(count);
        let mut start = 0;
        for at in 0..count {
            let end = number(2 + at)?;
            places.insert(words.get(start..end)?, at);
            start = end;
        }
        Some(Table { places, rarities, vectors })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::rarity;

    fn entry(word: &str) -> Entry {
        Entry::find(word).unwrap_or_else(|| panic!("{word}"))
    }

    #[test]
    fn words_that_are_used_alike_have_near_vectors() {
        let cosine = |a: &str, b: &str| entry(a).vector().cosine(&entry(b).vector());
        assert!(cosine("辞退", "解雇") > 0.6, "{}", cosine("辞退", "解雇"));
        assert!(cosine("支出", "开支") > 0.6);
        assert!(cosine("支出", "河流") < 0.2);
        assert!((cosine("学校", "学校") - 1.0).abs() < 1e-5);
        assert_eq!(["", "25311", "wifi"].map(Entry::find), [None; 3]);
    }

    #[test]
    fn several_have_a_direction_between() {
        let [a, b] = ["学校", "河流"].map(|word| entry(word).vector());
        let mut both = a.clone();
        both.add(&b, 1.0);
        assert!(both.cosine(&a) > a.cosine(&b) && both.cosine(&b) > a.cosine(&b));
        both.add(&b, -1.0);
        both.add(&a, -1.0);
        assert!(Vector::default().cosine(&a) == 0.0);
        assert!(both.0.iter().all(|number| number.abs() < 1e-5));
    }

    #[test]
    fn rarities_are_those_of_the_program() {
        for word in ["水", "学校", "解雇", "辞退"] {
            assert!(
                (entry(word).rarity() - rarity(word)).abs() < 0.005,
                "{word}: {} {}",
                entry(word).rarity(),
                rarity(word)
            );
        }
    }

    #[test]
    fn damaged_bytes_are_no_table() {
        assert!(Table::read(&[1, 0, 0, 0, 100, 0, 0, 0, 200, 0, 0, 0, 1]).is_none());
        assert!(Table::read(&TABLE[..TABLE.len() - 1]).is_none());
        assert!(Table::read(TABLE).is_some_and(|table| table.places.len() > 50_000));
    }
}
