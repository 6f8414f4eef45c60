//! Work on many files at once, without keeping a citizen waiting: the threads of a build yield to all others.

use std::{
    panic,
    sync::{
        atomic::{AtomicBool, AtomicUsize, Ordering},
        mpsc,
    },
    thread,
};

/// Runs something on a thread of its own that gets the processor only when nobody else wants it, and so do the threads that
/// it starts. Waits for the result.
pub fn in_background<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    thread::scope(|scope| {
        let yielding = scope.spawn(|| {
            yield_to_others();
            work()
        });
        yielding.join().unwrap_or_else(|panic| panic::resume_unwind(panic))
    })
}

/// The lowest priority for this thread and those that it starts. On Linux priority belongs to the thread; elsewhere it would be
/// that of the whole process, and its answers would wait as well.
#[cfg(target_os = "linux")]
fn yield_to_others() {
    if let Err(error) = rustix::process::setpriority_process(None, 19) {
        tracing::debug!("the priority of a build cannot be lowered: {error}");
    }
}

#[cfg(not(target_os = "linux"))]
fn yield_to_others() {}

/// Works on items on as many threads as there are cores, and hands each result to `done`, in the order in which they are ready.
/// The first error ends the work.
pub(super) fn in_parallel<I: Sync, T: Send>(
    items: &[I],
    work: impl Fn(&I) -> T + Sync,
    mut done: impl FnMut(&I, T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let threads = thread::available_parallelism().map_or(1, usize::from).min(items.len());
    let (next, stop) = (AtomicUsize::new(0), AtomicBool::new(false));
    let (sender, results) = mpsc::channel();
    thread::scope(|scope| {
        for _ in 0..threads {
            let (sender, work, next, stop) = (sender.clone(), &work, &next, &stop);
            scope.spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) else { break };
                    if sender.send((item, work(item))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let outcome = results.iter().try_for_each(|(item, result)| done(item, result));
        stop.store(true, Ordering::Relaxed);
        outcome
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_is_worked_on_once() {
        let items: Vec<u32> = (0..100).collect();
        let mut seen = Vec::new();
        in_parallel(
            &items,
            |item| item * 2,
            |item, twice| {
                assert_eq!(item * 2, twice);
                seen.push(*item);
                Ok(())
            },
        )
        .unwrap();
        seen.sort_unstable();
        assert_eq!(seen, items);
        let mut count = 0;
        let outcome = in_parallel(
            &items,
            |item| *item,
            |_, _| {
                count += 1;
                anyhow::ensure!(count < 5, "enough");
                Ok(())
            },
        );
        assert_eq!((outcome.is_err(), count), (true, 5));
    }

    #[test]
    fn work_in_the_background_gives_its_result() {
        assert_eq!(in_background(|| in_background(|| 1) + 1), 2);
    }
}
