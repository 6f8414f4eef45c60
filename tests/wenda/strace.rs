//! strace: with it a test takes away from the program what its kernel has.

use std::process::{Command, Stdio};

/// The name of the program, which has to be there.
pub fn strace() -> &'static str {
    let found = Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status();
    assert!(found.is_ok_and(|status| status.success()), "this test needs strace: install it (apt-get install strace)");
    "strace"
}
