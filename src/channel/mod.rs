//! The doors: each takes messages from somewhere, has the desk answer them, and renders the reply.

pub mod matrix;
pub mod telegram;
pub mod terminal;

mod counter;
mod lanes;
mod paper;
mod visits;
