//! What questions are answered from: the generation in force, without what is excluded at this moment.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use super::Exclusions;
use crate::index::Index;

/// The index that a desk, or whoever else answers for long, takes for each question.
pub struct Serving {
    state: PathBuf,
    held: RwLock<Held>,
    /// The last failure to read what is excluded, so that it is told once.
    told: Mutex<String>,
}

/// An index and what it does not show.
struct Held {
    index: Arc<Index>,
    exclusions: Exclusions,
}

impl Serving {
    /// Serves `index` without what is excluded; `state` is the folder in which that is written down.
    ///
    /// # Errors
    /// When it cannot be read what is excluded: then nothing may be served.
    pub fn new(state: &Path, index: &Index) -> anyhow::Result<Serving> {
        let exclusions = Exclusions::read(state)?;
        let index = Arc::new(exclusions.apply(index)?);
        let held = RwLock::new(Held { index, exclusions });
        Ok(Serving { state: state.to_owned(), held, told: Mutex::default() })
    }

    /// The index as it may be shown now; who holds it keeps it to the end of the question.
    ///
    /// # Errors
    /// When the index cannot be read.
    pub fn index(&self) -> anyhow::Result<Arc<Index>> {
        let Some(exclusions) = self.exclusions() else { return Ok(self.held_index()) };
        let before = {
            let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
            if held.exclusions == exclusions {
                return Ok(held.index.clone());
            }
            held.index.clone()
        };
        let index = Arc::new(exclusions.apply(&before)?);
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        // Where another generation has come meanwhile, the next question looks again.
        if Arc::ptr_eq(&held.index, &before) {
            *held = Held { index: index.clone(), exclusions };
        }
        Ok(index)
    }

    /// What is excluded now; `None` where the file cannot be understood: then what was excluded before stays so.
    fn exclusions(&self) -> Option<Exclusions> {
        let (exclusions, failure) = match Exclusions::read(&self.state) {
            Ok(exclusions) => (Some(exclusions), String::new()),
            Err(error) => (None, format!("{error:#}")),
        };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if !failure.is_empty() && *told != failure {
            tracing::error!("{failure}; until then the same documents are excluded as before");
        }
        *told = failure;
        exclusions
    }

    /// Serves another generation.
    ///
    /// # Errors
    /// When it cannot be read; the one before stays.
    pub fn replace(&self, index: &Index) -> anyhow::Result<()> {
        let exclusions = self.held.read().unwrap_or_else(PoisonError::into_inner).exclusions.clone();
        // Questions go on while this is made.
        let index = Arc::new(exclusions.apply(index)?);
        *self.held.write().unwrap_or_else(PoisonError::into_inner) = Held { index, exclusions };
        Ok(())
    }

    /// The name of the generation that is served.
    pub fn generation(&self) -> String {
        self.held_index().manifest().generation.clone()
    }

    fn held_index(&self) -> Arc<Index> {
        self.held.read().unwrap_or_else(PoisonError::into_inner).index.clone()
    }
}
