//! What admins and operators do: build the index from the corpus, see what became of each file, measure the quality.

mod check;
mod evaluate;
mod examine;
mod metrics;
mod reindex;
mod samples;
mod shelf;

pub use check::{Finding, check, notices};
pub use evaluate::{Case, evaluate, read_cases};
pub use examine::examine;
pub use metrics::{Group, Outcome, Rate, Summary, summarise};
pub use reindex::{Progress, Reindexed, Report, open_or_build, reindex};
pub use samples::{Samples, Weighed};
pub use shelf::{Ending, NOTICE_DAYS, ShelfLife, shelf_life};
