//! Decides when to try again, and how long to wait.

use std::time::{Duration, SystemTime};

use backon::{BackoffBuilder, ExponentialBuilder};

/// Tries after the first.
const RETRIES: usize = 5;
/// The pause before the first of them; each further one doubles it, and up to as much again is added at random, so
/// that many clients do not come back at once.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
/// The longest pause that an API may ask for; after a longer one it is better to start again.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(300);

/// An error that may pass.
pub trait Passing {
    /// Whether trying again may help.
    fn may_pass(&self) -> bool;
    /// How long the other side asked to wait.
    fn asked_pause(&self) -> Option<Duration>;
    /// The same error after `tries` tries.
    fn after_tries(self, tries: usize) -> Self;
}

/// Runs `attempt` until it succeeds, fails for good, or has been tried often enough; `wait` makes each pause. The other side
/// may ask for a longer pause than its turn would have, not for a shorter one.
pub fn with_retries<T, E: Passing>(
    mut attempt: impl FnMut() -> Result<T, E>,
    mut wait: impl FnMut(&E, Duration),
) -> Result<T, E> {
    let mut pauses =
        ExponentialBuilder::new().with_min_delay(FIRST_PAUSE).with_max_times(RETRIES).with_jitter().build();
    let mut tries = 0;
    loop {
        let error = match attempt() {
            Ok(value) => return Ok(value),
            Err(error) => error,
        };
        tries += 1;
        if !error.may_pass() {
            return Err(error);
        }
        let Some(pause) = pauses.next() else { return Err(error.after_tries(tries)) };
        wait(&error, error.asked_pause().map_or(pause, |asked| asked.max(pause)));
    }
}

/// The pause that a `Retry-After` header asks for: seconds or a date.
pub fn parse_retry_after(value: &str, now: SystemTime) -> Option<Duration> {
    let value = value.trim();
    match value.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => {
            let date = httpdate::parse_http_date(value).ok()?;
            Some(date.duration_since(now).unwrap_or_default())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::{Passing, RETRIES, parse_retry_after, with_retries};

    /// An error that asks for a pause and passes, or not.
    #[derive(Debug, PartialEq)]
    struct Busy(Option<Duration>, bool, usize);

    impl Passing for Busy {
        fn may_pass(&self) -> bool {
            self.1
        }

        fn asked_pause(&self) -> Option<Duration> {
            self.0
        }

        fn after_tries(self, tries: usize) -> Self {
            Self(self.0, self.1, tries)
        }
    }

    #[test]
    fn trying_again_has_an_end_and_its_pauses_grow_whatever_is_asked_for() {
        for asked in [None, Some(Duration::ZERO), Some(Duration::from_millis(1))] {
            let mut pauses = Vec::new();
            let outcome: Result<(), _> =
                with_retries(|| Err(Busy(asked, true, 0)), |_, pause| pauses.push(pause.as_secs_f64()));
            assert_eq!(outcome, Err(Busy(asked, true, RETRIES + 1)));
            assert_eq!(pauses.len(), RETRIES);
            for (pause, least) in pauses.iter().zip([1.0, 2.0, 4.0, 8.0, 16.0]) {
                assert!((least..=2.0 * least).contains(pause), "{pauses:?}");
            }
        }
        let mut pauses = Vec::new();
        let long = Duration::from_secs(100);
        let _: Result<(), _> = with_retries(|| Err(Busy(Some(long), true, 0)), |_, pause| pauses.push(pause));
        assert_eq!(pauses, [long; RETRIES]);
        let outcome: Result<(), _> = with_retries(|| Err(Busy(None, false, 0)), |_, _| panic!("no pause"));
        assert_eq!(outcome, Err(Busy(None, false, 0)));
    }

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(784_111_777); // Sun, 06 Nov 1994 08:49:37 GMT
        let parse = |value| parse_retry_after(value, now);
        assert_eq!(parse("7"), Some(Duration::from_secs(7)));
        assert_eq!(parse("0.5"), Some(Duration::from_millis(500)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:47 GMT"), Some(Duration::from_secs(10)));
        assert_eq!(parse("Sun, 06 Nov 1994 08:49:07 GMT"), Some(Duration::ZERO));
        assert_eq!(parse("-1"), None);
        assert_eq!(parse("NaN"), None);
        assert_eq!(parse("soon"), None);
    }
}
