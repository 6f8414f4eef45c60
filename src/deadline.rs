//! The moment by which an answer must be there. Whoever answers asks now and then whether it has passed, and then stops: nobody waits
//! any more, and others want the place.

use std::time::{Duration, Instant};

/// The moment by which something must be done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Deadline(Option<Instant>);

/// A deadline has passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("it took longer than it may")]
pub struct Overdue;

impl Deadline {
    /// There is all the time in the world.
    pub const NONE: Deadline = Deadline(None);

    /// So long from now.
    pub fn after(time: Duration) -> Deadline {
        Deadline(Instant::now().checked_add(time))
    }

    /// Whether there is time left. Costs some ten nanoseconds: a loop may ask at each turn that does more than that.
    ///
    /// # Errors
    /// When there is none.
    pub fn check(self) -> Result<(), Overdue> {
        match self.0 {
            Some(moment) if Instant::now() >= moment => Err(Overdue),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_deadline_passes() {
        assert_eq!(Deadline::NONE.check(), Ok(()));
        assert_eq!(Deadline::after(Duration::from_secs(3600)).check(), Ok(()));
        assert_eq!(Deadline::after(Duration::MAX).check(), Ok(()));
        assert_eq!(Deadline::after(Duration::ZERO).check(), Err(Overdue));
    }
}
