//! The texts that a build has to embed: counts them before anything is asked for, then embeds one kind after the other.

use std::sync::Arc;

use anyhow::Result;
use exemplar_search::vector::Matrix;

use super::batches::Limits;
use super::embed::Embedder;
use super::job::{Count, Job, Missing};

/// All that a build has to embed.
pub struct Plan {
    jobs: Vec<(Arc<Job>, Missing)>,
}

impl Plan {
    /// Looks up in the embedder's cache what is there of each job.
    pub fn new(jobs: Vec<Job>, embedder: &Embedder, limits: Limits) -> Self {
        let with_missing = |job: Job| {
            let missing = job.missing(&embedder.cached(&job.recipe), limits);
            (Arc::new(job), missing)
        };
        Self { jobs: jobs.into_iter().map(with_missing).collect() }
    }

    pub fn count(&self) -> Count {
        self.jobs.iter().map(|(job, missing)| job.count(missing)).fold(Count::default(), Count::plus)
    }

    /// A line a job, and one for all where there are several; `price` is that of a million tokens.
    pub fn describe(&self, embedder: &Embedder, price: Option<f64>) -> String {
        let has_requests = embedder.engine.client().is_some();
        let line = |count: Count, kind| count.describe(kind, has_requests, price);
        let mut lines: Vec<_> =
            self.jobs.iter().map(|(job, missing)| line(job.count(missing), job.kind)).collect();
        if lines.len() > 1 {
            lines.push(line(self.count(), "in all"));
        }
        lines.join("\n")
    }

    /// The vectors of each job, in the jobs' order.
    pub fn embed(self, embedder: &Embedder) -> Result<Vec<Matrix>> {
        self.jobs.into_iter().map(|(job, missing)| embedder.embed(&job, missing)).collect()
    }
}
