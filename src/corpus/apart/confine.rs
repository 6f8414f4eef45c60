//! What keeps a process that reads a file from doing anything else: limits of resources, Landlock (no file, no port, no signal to
//! others), and a list of the system calls that computing needs (`calls`). Each of the last two closes the files by itself.

use std::time::Duration;

use landlock::{ABI, Access, AccessFs, AccessNet, RestrictionStatus, Ruleset, RulesetAttr, RulesetError, Scope};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

/// The newest version of Landlock of which is known what it can close; an older kernel closes what it knows.
const NEWEST: ABI = ABI::V6;

/// Bounds what this process may use. A limit that cannot be set is none: the walls do not depend on it.
pub(super) fn limit(memory_bytes: u64, time: Duration) {
    lower(Resource::Data, memory_bytes);
    // The other side counts the time that passes; this ends a process whose other side has died.
    lower(Resource::Cpu, time.as_secs().saturating_add(1));
    // Not a byte into a file, no file beside the three streams, and no picture of the memory on the disk.
    for resource in [Resource::Fsize, Resource::Nofile, Resource::Core] {
        lower(resource, 0);
    }
}

fn lower(resource: Resource, most: u64) {
    let before = getrlimit(resource);
    let most = Some(before.maximum.map_or(most, |maximum| maximum.min(most)));
    let _ = setrlimit(resource, Rlimit { current: most, maximum: most });
}

/// Closes files, network and other processes to this thread and to those that it will start; where the kernel knows Landlock
/// (from 5.13 on), as far as it does. Gives how far that is. Needs a file descriptor for a moment, so limits come later.
pub(super) fn close_files() -> String {
    let status = landlock().map(|status| format!("{:?}", status.ruleset));
    let status = status.unwrap_or_else(|error| format!("failed: {error}"));
    tracing::debug!(status, "landlock");
    status
}

fn landlock() -> Result<RestrictionStatus, RulesetError> {
    // No rule follows that would open anything.
    Ruleset::default()
        .handle_access(AccessFs::from_all(NEWEST))?
        .handle_access(AccessNet::from_all(NEWEST))?
        .scope(Scope::from_all(NEWEST))?
        .create()?
        .restrict_self()
}

/// Leaves to all threads of this process, of which there can be no more from now on, only the system calls of `calls`.
///
/// # Errors
/// Why the kernel does not do that.
pub(super) fn close_calls() -> Result<(), String> {
    lower(Resource::Nproc, 0);
    #[cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]
    super::calls::close().map_err(|error| error.to_string())?;
    Ok(())
}
