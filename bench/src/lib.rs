//! The engines that the benchmark measures, the same natively and in the browser.
//!
//! A harness (`main.rs` natively, `page.js` in Chromium) gives the data, calls [`Bench::run`] and takes the time.

#[cfg(target_arch = "wasm32")]
mod wasm;

use std::hint::black_box;

use exemplar_search::rank::{fusion, knn, svm};
use exemplar_search::vector::Matrix;

/// Hits that a search returns; what "top k" certifies.
pub const K: usize = 10;

/// What is measured. Names are those of the results.
pub const ENGINES: [&str; 4] = ["read-only pass", "knn", "svm", "hybrid"];

/// A collection and the queries to rank it for.
pub struct Bench {
    rows: Matrix,
    queries: Vec<Vec<f32>>,
}

impl Bench {
    /// `values` and `queries` are rows of `dims` values of unit length.
    pub fn new(values: &[f32], queries: &[f32], dims: usize) -> Self {
        let rows = Matrix::from_values(values, dims);
        let queries = queries.chunks_exact(dims).map(|query| rows.pad(query)).collect();
        Self { rows, queries }
    }

    /// The scores of one engine for one query, and the passes it took over the rows. The read-only pass has no
    /// scores: it is what the memory allows at best.
    pub fn run(&self, engine: &str, query: usize) -> (Vec<f32>, f64) {
        let query = &self.queries[query % self.queries.len()];
        let fit = || {
            svm::fit(&self.rows, &svm::Examples::query(query), &svm::Options::default())
                .expect("the defaults are in range")
        };
        match engine {
            "read-only pass" => {
                black_box(read(&self.rows));
                (Vec::new(), 1.0)
            }
            "knn" => (knn::scores(&self.rows, query), 1.0),
            "svm" => {
                let fit = fit();
                (fit.scores, fit.report.passes)
            }
            "hybrid" => {
                let (knn, fit) = (knn::scores(&self.rows, query), fit());
                (fusion::Fusion::ZScore.fuse(&[(1.0, &knn), (1.0, &fit.scores)]), 1.0 + fit.report.passes)
            }
            other => panic!("no engine is named {other}"),
        }
    }
}

/// Reads every row once and does next to nothing with it.
fn read(rows: &Matrix) -> f32 {
    let mut sums = [0.0f32; 16];
    for row in 0..rows.rows() {
        for block in rows.row(row).as_chunks::<16>().0 {
            for (sum, value) in sums.iter_mut().zip(block) {
                *sum += value;
            }
        }
    }
    sums.iter().sum()
}
