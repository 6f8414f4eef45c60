//! The desk: what is said to a message, whatever door it came through. Knows no platform.

mod action;
mod ask;
mod card;
mod command;
mod desk;
mod examples;
mod manage;
mod offers;
mod page;
mod renewal;
mod reply;
mod takedown;
mod upload;
pub mod words;

pub use crate::answer::Language;
pub use action::Action;
pub use ask::{readable, show};
pub use command::{Access, COMMANDS, Command, available, parse};
pub use desk::{Desk, Visitor};
pub use offers::Offer;
pub use page::report_page;
pub use reply::{Button, Part, Press, Reply, Work};
