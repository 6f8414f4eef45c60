//! The bot on Matrix, told as stories: the built binary talks to a real Synapse on loopback, and citizens are played by
//! matrix-nio. `synapse` installs and starts the server, `harness` the bot and the citizens (`driver.py`), each file of
//! `stories` is a point of what must hold.

mod harness;
mod stories;
mod synapse;
// The stories of Telegram need more of their server than the one story here that needs it, too.
#[allow(dead_code, unused_imports)]
#[path = "../telegram/server/mod.rs"]
mod telegram;
