//! What admins and operators do: build the index from the corpus, see what became of each file, measure the quality.

mod check;
mod crew;
mod evaluate;
mod examine;
mod exclusion;
mod follow;
mod gate;
mod likeness;
mod metrics;
mod reindex;
mod review;
mod samples;
mod serving;
mod shelf;
mod survey;

pub use check::{Finding, check, notices};
pub use crew::in_background;
pub use evaluate::{Case, evaluate, read_cases};
pub use examine::examine;
pub use exclusion::{Change, Changed, Down, Exclusions, Reason, Refusal, change};
pub use follow::follow;
pub use gate::{Gate, QUESTIONS};
pub use metrics::{Group, Outcome, Rate, Summary, summarise};
pub use reindex::{
    Built, Order, Progress, Reindexed, Report, Stage, glance, is_current, open_or_build, reindex, reindex_as,
};
pub use review::{Counts, Day, Group as AskedAlike, Period, Review, Setting, Slow, State, Usage, review, shown_words};
pub use samples::{Samples, Weighed};
pub use serving::Serving;
pub use shelf::{Ending, NOTICE_DAYS, ShelfLife, shelf_life};
