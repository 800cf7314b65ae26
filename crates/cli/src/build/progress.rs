//! Shows the progress of embedding: a bar on a terminal, otherwise a line now and then.

use std::cell::Cell;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::note;

/// Between two lines where there is no terminal.
const LINE_EVERY: Duration = Duration::from_secs(10);

pub struct Progress {
    kind: &'static str,
    bar: ProgressBar,
    last_line: Cell<Instant>,
}

impl Progress {
    /// Of so many texts of one kind, such as `passages`.
    pub fn new(kind: &'static str, texts: usize) -> Self {
        let bar = ProgressBar::new(texts as u64);
        let template = format!("embedding {kind} [{{bar:30}}] {{pos}}/{{len}}  {{per_sec:.1}}  {{eta}} left");
        if let Ok(style) = ProgressStyle::with_template(&template) {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.enable_steady_tick(Duration::from_millis(250));
        Self { kind, bar, last_line: Cell::new(Instant::now()) }
    }

    pub fn advance(&self, texts: usize) {
        self.bar.inc(texts as u64);
        let (done, all) = (self.bar.position(), self.bar.length().unwrap_or_default());
        if self.bar.is_hidden() && (done == all || self.last_line.get().elapsed() >= LINE_EVERY) {
            self.last_line.set(Instant::now());
            let rate = done as f64 / self.bar.elapsed().as_secs_f64().max(1e-3);
            let left = (all - done) as f64 / rate;
            let kind = self.kind;
            note(&format!("embedded {done} of {all} {kind}, {rate:.1} a second, {left:.0} s left"));
        }
    }

    /// Says something that is not progress.
    pub fn note(&self, message: &str) {
        self.bar.suspend(|| note(message));
    }
}

impl Drop for Progress {
    /// Leaves the terminal without a bar, after success and before an error alike.
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
