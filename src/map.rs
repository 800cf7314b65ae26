//! A map of the collection to look at: where passages and query lie, and how kNN and the SVM score them.

use crate::embedded::Embedded;
use crate::query_target::QueryTarget;
use crate::rank::svm;
use crate::{Refine, Result, SearchIndex, SearchOptions};

/// The passages in the plane in which they differ most.
#[derive(Clone, Debug, PartialEq)]
pub struct Map {
    /// The first coordinate of each passage: along the direction of the largest variance, from the mean passage.
    pub x: Vec<f32>,
    /// The second coordinate of each passage: along the direction of the next largest variance.
    pub y: Vec<f32>,
    /// What a search sees, if there is a query or an example.
    pub view: Option<View>,
}

/// The collection as seen from a query.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// The cosine similarity of each passage with what kNN compares with.
    pub similarities: Vec<f32>,
    /// The SVM's decision on each passage: w·x plus the intercept. A passage above -1 is active: it is within the margin, and
    /// without it w would be different.
    pub decisions: Vec<f32>,
    /// How many passages are active.
    pub active: usize,
    /// The point in the plane of the vector that kNN compares with.
    pub target: [f32; 2],
    /// The positives of the SVM: the query, aligned if `align`, and the mean of each liked article.
    pub positives: Vec<Positive>,
    /// How the SVM was solved.
    pub svm: svm::SolverReport,
}

/// One of the SVM's positives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Positive {
    /// Its point in the plane.
    pub point: [f32; 2],
    /// Its cosine similarity with the vector that kNN compares with.
    pub similarity: f32,
    /// The SVM's decision on it.
    pub decision: f32,
}

impl SearchIndex {
    /// The passages in two dimensions, and a search's view of them. It uses only the SVM's options. If there is no vector to search
    /// with, the map has the passages alone.
    ///
    /// # Errors
    ///
    /// Those of [`SearchIndex::refine`], except that a query may be missing.
    pub fn map(&self, refine: &Refine, options: &SearchOptions) -> Result<Map> {
        let projection = self.projection();
        let [x, y] = projection.points(self.rows().as_rows());
        let Refine { query, more, less } = refine;
        let encoded = match (query.embedding, query.text) {
            (None, Some(text)) if self.has_encoder() => self.encode(text)?,
            _ => None,
        };
        let embedded = Embedded::of(query.embedding, encoded.as_ref());
        let target = QueryTarget::new(self, embedded, more, less)?;
        if !target.has_vector() {
            return Ok(Map { x, y, view: None });
        }
        let knn_vector = target.knn_vector()?;
        let candidates = self.candidates(&target, &options.filter);
        let svm::Fit { scores, intercept, positives, extra: similarities, report } =
            self.fit(&target, &candidates, options, Some(&knn_vector))?;
        let decisions: Vec<f32> = scores.iter().map(|&score| (f64::from(score) + intercept) as f32).collect();
        let training = target.training_set(options.align)?;
        let active = (0..decisions.len())
            .filter(|row| decisions[*row] > -1.0 && training.left_out.binary_search(row).is_err())
            .count();
        let positive = |(vector, decision): (&Vec<f32>, f64)| Positive {
            point: projection.point(vector),
            similarity: vector
                .iter()
                .zip(&knn_vector)
                .map(|(&x, &y)| f64::from(x) * f64::from(y))
                .sum::<f64>() as f32,
            decision: decision as f32,
        };
        let positives = training.positives.iter().zip(positives).map(positive).collect();
        let target = projection.point(&knn_vector);
        Ok(Map { x, y, view: Some(View { similarities, decisions, active, target, positives, svm: report }) })
    }
}
