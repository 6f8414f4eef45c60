//! The desk: what is said to a message, whatever door it came through. Knows no platform.

mod command;
mod desk;
mod reply;
pub mod words;

pub use command::{Access, COMMANDS, Command, parse};
pub use desk::{Conversation, Desk, show};
pub use reply::{Part, Reply};
