//! How fast messages may go out.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep_until};

/// A chat takes about one message a second, with short bursts (Bot FAQ, "hitting limits").
const CHAT: (usize, Duration) = (3, Duration::from_secs(3));

/// A group takes 20 messages a minute (ibid.); a second more, because the platform counts when they arrive.
const GROUP: (usize, Duration) = (20, Duration::from_secs(61));

/// All chats together take about 30 messages a second (ibid.); two less, for the same reason.
const ALL: (usize, Duration) = (28, Duration::from_secs(1));

/// Chats that have been silent are forgotten when more than this many are remembered.
const REMEMBERED: usize = 10_000;

/// The limits of the platform on sending.
pub(super) struct Pace {
    on: bool,
    all: Mutex<Window>,
    chats: Mutex<HashMap<i64, ChatPace>>,
}

struct ChatPace {
    short: Window,
    long: Option<Window>,
    blocked: Option<Instant>,
}

/// At most so many events in any stretch of so much time.
struct Window {
    limit: usize,
    period: Duration,
    last: VecDeque<Instant>,
}

impl Window {
    fn new((limit, period): (usize, Duration)) -> Window {
        Window { limit, period, last: VecDeque::new() }
    }

    /// Reserves the next time at which an event may happen, not before `at`.
    fn reserve(&mut self, at: Instant) -> Instant {
        let earliest = self.last.front().filter(|_| self.last.len() >= self.limit).map(|first| *first + self.period);
        let latest = self.last.back().copied();
        let at = [earliest, latest].into_iter().flatten().fold(at, Instant::max);
        self.last.push_back(at);
        if self.last.len() > self.limit {
            self.last.pop_front();
        }
        at
    }
}

impl Pace {
    pub(super) fn new(on: bool) -> Pace {
        Pace { on, all: Mutex::new(Window::new(ALL)), chats: Mutex::default() }
    }

    /// Waits until a message may go to a chat. Group chats have negative ids.
    pub(super) async fn wait(&self, chat: i64) {
        let blocked = lock(&self.chats).get(&chat).and_then(|pace| pace.blocked);
        if let Some(until) = blocked {
            sleep_until(until).await;
        }
        if !self.on {
            return;
        }
        let at = self.reserve_chat(chat);
        sleep_until(at).await;
        let at = lock(&self.all).reserve(Instant::now());
        sleep_until(at).await;
    }

    /// Lets nothing go to a chat for a time, because the platform said so.
    pub(super) fn block(&self, chat: i64, time: Duration) {
        lock(&self.chats).entry(chat).or_insert_with(|| ChatPace::new(chat)).blocked = Some(Instant::now() + time);
    }

    fn reserve_chat(&self, chat: i64) -> Instant {
        let now = Instant::now();
        let mut chats = lock(&self.chats);
        if chats.len() > REMEMBERED {
            chats.retain(|_, pace| !pace.is_idle(now));
        }
        let pace = chats.entry(chat).or_insert_with(|| ChatPace::new(chat));
        let at = pace.long.as_mut().map_or(now, |long| long.reserve(now));
        pace.short.reserve(at)
    }
}

impl ChatPace {
    fn new(chat: i64) -> ChatPace {
        ChatPace { short: Window::new(CHAT), long: (chat < 0).then(|| Window::new(GROUP)), blocked: None }
    }

    fn is_idle(&self, now: Instant) -> bool {
        self.blocked.is_none_or(|until| until < now) && self.short.last.back().is_none_or(|last| *last + GROUP.1 < now)
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_never_holds_more_than_its_limit() {
        let start = Instant::now();
        let mut window = Window::new((3, Duration::from_secs(3)));
        let times: Vec<u64> = (0..7).map(|_| (window.reserve(start) - start).as_secs()).collect();
        assert_eq!(times, [0, 0, 0, 3, 3, 3, 6]);
        let later = start + Duration::from_secs(100);
        assert_eq!(window.reserve(later), later);
    }
}
