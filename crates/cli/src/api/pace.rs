//! Says when the next request may go out: rate limits, and the pauses that an API asks for.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// `--requests-per-minute` and `--tokens-per-minute`.
#[derive(clap::Args, Clone, Copy, Debug, Default)]
pub struct Limits {
    /// Most requests that go to the API within a minute, evenly spread
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    requests_per_minute: Option<u32>,
    /// Most tokens, by estimate, that go to the API within a minute
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    tokens_per_minute: Option<u32>,
}

impl Limits {
    /// How long after a request of so many tokens the next one may follow.
    fn after(self, tokens: usize) -> Duration {
        let share = |limit: Option<u32>, used: f64| limit.map_or(0.0, |limit| used / f64::from(limit));
        let minutes = share(self.requests_per_minute, 1.0).max(share(self.tokens_per_minute, tokens as f64));
        MINUTE.mul_f64(minutes)
    }
}

/// What all requests to one API share, from whichever thread.
pub struct Pace {
    limits: Limits,
    next: Mutex<Instant>,
}

impl Pace {
    pub fn new(limits: Limits) -> Self {
        Self { limits, next: Mutex::new(Instant::now()) }
    }

    /// Waits until a request of so many tokens may go out.
    pub fn wait(&self, tokens: usize) {
        let now = Instant::now();
        let turn = {
            let mut next = self.next();
            let turn = now.max(*next);
            *next = turn + self.limits.after(tokens);
            turn
        };
        sleep(turn - now);
    }

    /// Holds every request back for a while.
    pub fn hold(&self, pause: Duration) {
        let mut next = self.next();
        *next = (*next).max(Instant::now() + pause);
    }

    fn next(&self) -> MutexGuard<'_, Instant> {
        self.next.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Limits;

    #[test]
    fn the_stricter_limit_counts() {
        let limits = Limits { requests_per_minute: Some(120), tokens_per_minute: Some(6_000) };
        assert_eq!(limits.after(10), Duration::from_millis(500));
        assert_eq!(limits.after(100), Duration::from_secs(1));
        assert_eq!(Limits::default().after(1_000_000), Duration::ZERO);
    }
}
