//! Matrix, where the program was built with it: the feature `matrix` brings a large library along.

#[cfg(not(feature = "matrix"))]
mod disabled;
#[cfg(feature = "matrix")]
mod enabled;

#[cfg(not(feature = "matrix"))]
pub use disabled::{ABSENT, check, run};
#[cfg(feature = "matrix")]
pub use enabled::{ABSENT, check, run};
