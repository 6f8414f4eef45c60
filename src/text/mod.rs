//! How words are read and compared: folding, tokens, numerals, sentences. Pure functions that cannot fail;
//! nothing here knows documents, indexes or languages of the interface.

mod background;
mod fold;
mod numerals;
mod ordinal;
mod register;
mod sentences;
mod simplify;
mod tokens;

pub use background::rarity;
pub use fold::{Folded, fold};
pub use numerals::{Numeral, numerals};
pub use ordinal::ordinal;
pub use register::{Rewording, rewordings};
pub use sentences::{sentences, trim};
pub use tokens::{Token, Tokens, is_ideograph, segments, tokenize};
