//! How words are read and compared: folding, tokens, numerals, sentences, English words, sounds. Pure functions that cannot fail;
//! nothing here knows documents, indexes or languages of the interface.

mod aliases;
mod background;
mod fold;
pub mod lexicon;
mod numerals;
mod ordinal;
pub mod pinyin;
mod places;
mod register;
mod sentences;
mod simplify;
pub mod sound;
mod tokens;
mod vectors;

pub use aliases::{Aliases, BadLine, Naming, stands_at};
pub use background::rarity;
pub(crate) use fold::string;
pub use fold::{Folded, fold};
pub use numerals::{Numeral, numerals};
pub use ordinal::ordinal;
pub use places::{Place, places};
pub use register::{Rewording, rewordings};
pub use sentences::sentences;
pub use tokens::{
    SURNAMES, Token, Tokens, WordClass, characters, dictionary_segments, is_dictionary_word, is_ideograph, is_person,
    people, segments, tokenize, word_class, wording,
};
pub use vectors::{Entry, Vector};
