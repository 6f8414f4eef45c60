//! The bot on Telegram, told as stories: the built binary talks to a Bot API server of our own on loopback.
//! `server` is that server, `harness` starts and kills the binary, each file of `stories` is a point of what must hold.

mod harness;
mod server;
mod stories;
