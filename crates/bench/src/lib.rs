//! The engines that the benchmark measures, the same natively and in the browser.
//!
//! A harness (`main.rs` natively, `page.js` in Chromium) gives the data, calls [`Bench::run`] and takes the time.

#[cfg(target_arch = "wasm32")]
mod wasm;

use std::hint::black_box;

use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace, quantize_centred};
use exemplar_search::rank::svm::{self, Background, Options, TrainingSet};
use exemplar_search::rank::whitened::{QUERY_SHRINKAGE, Whitening};
use exemplar_search::rank::{Moments, fusion, knn, top_k};
use exemplar_search::vector::Matrix;

/// Hits that a search returns; what "svm topk" certifies.
pub const K: usize = 10;
/// Rows that "svm refine" likes and dislikes.
const LIKED: [usize; 3] = [0, 1, 2];
const DISLIKED: [usize; 2] = [3, 4];

/// What is measured. Names are those of the results. "knn int8" chooses its hits as well, since it scans in floats only
/// what may be among them. "preparation" is what the SVM needs once a bundle.
pub const ENGINES: [&str; 10] = [
    "read-only pass",
    "knn",
    "scan int8",
    "knn int8",
    "svm",
    "svm topk",
    "svm refine",
    "hybrid",
    "whitened",
    "preparation",
];

/// A collection and the queries to rank it for.
pub struct Bench {
    rows: Matrix,
    /// The same rows as sites ship them.
    codes: Matrix<i8>,
    queries: Vec<Vec<f32>>,
    moments: Moments,
    background: Background,
    whitening: Whitening,
}

impl Bench {
    /// `values` and `queries` are rows of `dims` values of unit length.
    pub fn new(values: &[f32], queries: &[f32], dims: usize) -> Self {
        let rows = Matrix::from_values(values, dims);
        let mut codes = quantize_centred(&rows);
        codes.bring_to_unit_length(&codes.lengths());
        let queries = queries.chunks_exact(dims).map(|query| rows.pad(query)).collect();
        let moments = Moments::of(&rows);
        let background = Background::new(&rows, || Some(&moments), Options::default().c, 1);
        let whitening = Whitening::of(&rows, || &moments, QUERY_SHRINKAGE);
        Self { rows, codes, queries, moments, background, whitening }
    }

    /// The scores of one engine for one query, and the passes it took over the rows. The read-only pass and the
    /// preparation have no scores.
    ///
    /// # Panics
    ///
    /// Where there is no engine of this name.
    pub fn run(&self, engine: &str, query: usize) -> (Vec<f32>, f64) {
        let query = &self.queries[query % self.queries.len()];
        let fit = |examples: &TrainingSet, extra: Option<&[f32]>, enough: &dyn Fn(&[f32], f64) -> bool| {
            svm::fit_until(&self.rows, &self.background, examples, &Options::default(), extra, enough)
                .expect("the defaults are in range")
        };
        let converged = |examples| {
            let fit = fit(&examples, None, &|_, _| false);
            (fit.scores, fit.report.passes)
        };
        match engine {
            "read-only pass" => {
                black_box(read(&self.rows));
                (Vec::new(), 1.0)
            }
            "knn" => (knn::scores(&self.rows, query), 1.0),
            "scan int8" => (knn::estimates(&self.codes, query).scores, 1.0),
            "knn int8" => {
                let estimates = knn::estimates(&self.codes, query);
                let kth = top_k(&estimates.scores, K).last().map_or(0.0, |&last| estimates.scores[last]);
                (estimates.settle(&self.codes, query, kth), 1.0)
            }
            "svm" => converged(TrainingSet::query(query)),
            "svm topk" => {
                let fit = fit(&TrainingSet::query(query), None, &is_settled);
                (fit.scores, fit.report.passes)
            }
            "svm refine" => {
                let liked = LIKED.map(|row| self.rows.row(row).to_vec());
                let positives = [query.clone()].into_iter().chain(liked).collect();
                converged(TrainingSet { positives, left_out: LIKED.into(), disliked: DISLIKED.into() })
            }
            "hybrid" => {
                let fit = fit(&TrainingSet::query(query), Some(query), &|_, _| false);
                let lists = [(1.0, fit.extra.as_slice()), (1.0, &fit.scores)];
                (fusion::Fusion::ZScore.fuse(&lists), 1.0 + fit.report.passes)
            }
            "whitened" => (self.whitening.scores(&self.rows, query), 1.0),
            "preparation" => {
                let moments = Moments::of(&self.rows);
                black_box(Background::new(&self.rows, || Some(&moments), Options::default().c, 1));
                (Vec::new(), 0.0)
            }
            other => panic!("no engine is named {other}"),
        }
    }

    /// What "knn int8" comes near to, by the definition and in float64: each row that the codes mean, times the query.
    pub fn int8_oracle(&self, query: usize) -> Vec<f32> {
        let query = &self.queries[query % self.queries.len()];
        let dot = |row| self.codes.meaning(row).zip(query).map(|(x, &y)| x * f64::from(y)).sum::<f64>();
        (0..self.codes.rows()).map(|row| dot(row) as f32).collect()
    }

    /// The codes as a site ships them: each row is an article of its own.
    ///
    /// # Panics
    ///
    /// Where the collection has no rows, which no bundle may be without.
    pub fn bundle(&self) -> String {
        let article = |row: usize| Article {
            id: row.to_string(),
            title: format!("The article that is row {row} of the collection"),
            url: format!("articles/{row}.html"),
            excerpt: Some(
                "What a result shows under its title, a line or two of the article's own text. ".repeat(2),
            ),
            ..Article::default()
        };
        let articles: Vec<Article> = (0..self.codes.rows()).map(article).collect();
        let space =
            EmbeddingSpace { model: "bench".into(), dimensions: self.codes.dims(), ..Default::default() };
        let bundle = Bundle::new(space, articles, quantize_centred(&self.rows));
        bundle.write().expect("the bundle is whole").json
    }

    /// Bytes that preparation keeps beside the vectors.
    pub fn prepared_bytes(&self) -> usize {
        self.moments.bytes() + self.background.bytes() + self.whitening.bytes()
    }
}

/// Whether the first [`K`] rows keep their places if each score is off by `error`.
fn is_settled(scores: &[f32], error: f64) -> bool {
    let order = top_k(scores, K + 1);
    order.windows(2).all(|pair| f64::from(scores[pair[0]] - scores[pair[1]]) > 2.0 * error)
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
