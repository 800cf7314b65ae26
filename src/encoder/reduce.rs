//! The collection's principal directions, and what is kept of a solution in them.

use nalgebra::{DMatrix, Dyn, SymmetricEigen};

use super::apply::{NGRAM_STEP, QueryEncoder, weight};
use super::coefficients::MAX;
use super::ridge::{OUTPUTS, Outputs, Solution, on_all_cores};
use super::vocabulary::{NGRAM_WEIGHT, Vocabulary};
use crate::random::SplitMix64;

/// Directions that are kept at most.
const MAX_RANK: usize = 512;

/// Up to so many dimensions, or vectors, all directions are worked out: cubed, they take a second.
const FEW: usize = 1024;
/// Directions of the random subspace beyond those that are kept, and how often it is multiplied by the covariance.
const MORE: usize = 16;
const ITERATIONS: usize = 3;

/// The share of the ranking's variance that the rounded directions may lose.
const BASIS_LOSS: f64 = 0.002;

/// Principal directions, by falling variance.
pub(super) struct Directions {
    /// Above 0.
    pub variances: Vec<f32>,
    /// One a variance, of unit length.
    pub rows: Vec<Vec<f32>>,
}

impl Directions {
    /// Those of `centred` vectors: all of them where either the dimensions or the vectors are few, and else those of the largest
    /// variances, by a random subspace that is multiplied by the covariance a few times (Halko, Martinsson, Tropp, *Finding
    /// Structure with Randomness*, 2011), whose time is linear in the dimensions.
    pub fn of(centred: &[Vec<f32>], dimensions: usize) -> Self {
        let matrix = DMatrix::from_fn(dimensions, centred.len(), |row, column| centred[column][row]);
        let vectors = centred.len().max(1) as f32;
        if dimensions <= FEW {
            let eigen = SymmetricEigen::new(&matrix * matrix.transpose() / vectors);
            return Self::by(&eigen, |i| eigen.eigenvectors.column(i).iter().copied().collect());
        }
        let transposed = matrix.transpose();
        if centred.len() <= FEW {
            // With Gram matrix D D' / n = U s U', the directions are the columns of D'U, whose lengths are the roots of n s.
            let eigen = SymmetricEigen::new(&transposed * &matrix / vectors);
            let directions = &matrix * &eigen.eigenvectors;
            return Self::by(&eigen, |i| directions.column(i).normalize().iter().copied().collect());
        }
        let mut random = SplitMix64(0);
        let mut basis = DMatrix::from_fn(dimensions, MAX_RANK + MORE, |_, _| uniform(&mut random));
        for _ in 0..ITERATIONS {
            basis = (&matrix * (&transposed * &basis)).qr().q();
        }
        let image = &transposed * &basis;
        let eigen = SymmetricEigen::new(image.transpose() * &image / vectors);
        let directions = basis * &eigen.eigenvectors;
        Self::by(&eigen, |i| directions.column(i).iter().copied().collect())
    }

    /// Those of the largest eigenvalues.
    fn by(eigen: &SymmetricEigen<f32, Dyn>, direction: impl Fn(usize) -> Vec<f32>) -> Self {
        let values = &eigen.eigenvalues;
        let mut order: Vec<usize> = (0..values.len()).collect();
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
        let least = order.first().map_or(0.0, |&first| values[first] * 1e-5);
        order.retain(|&i| values[i] > least);
        order.truncate(MAX_RANK);
        Self {
            variances: order.iter().map(|&i| values[i]).collect(),
            rows: order.into_iter().map(direction).collect(),
        }
    }

    /// Vectors along these directions, in blocks of [`OUTPUTS`] directions, filled up with zeros.
    pub fn project(&self, vectors: &[Vec<f32>]) -> Vec<Vec<Outputs>> {
        let lane = |vector: &Vec<f32>, rows: &[Vec<f32>]| {
            std::array::from_fn(|i| {
                rows.get(i).map_or(0.0, |row| row.iter().zip(vector).map(|(a, b)| a * b).sum())
            })
        };
        self.rows
            .chunks(OUTPUTS)
            .map(|rows| vectors.iter().map(|vector| lane(vector, rows)).collect())
            .collect()
    }

    fn variance(&self, direction: usize) -> f32 {
        self.variances.get(direction).copied().unwrap_or(0.0)
    }
}

/// What becomes of a solution in the bundle.
pub(super) struct Reduction<'a> {
    pub directions: &'a Directions,
    pub vocabulary: &'a Vocabulary,
    /// A block of directions each.
    pub solutions: &'a [Solution],
}

impl Reduction<'_> {
    /// The largest step with which the texts keep this share of what ranks the collection: of the sum of their
    /// coefficients' squares, each direction weighed by its variance.
    pub fn step_for(&self, fidelity: f32) -> f32 {
        let all = self.all();
        let mut exponent: f32 = -16.0;
        // From 2^-16 to 2^8 by halving, to a fiftieth of a doubling.
        let mut width = 12.0;
        for _ in 0..11 {
            if self.share(all, (exponent + width).exp2()) >= fidelity {
                exponent += width;
            }
            width /= 2.0;
        }
        exponent.exp2()
    }

    /// The share that they keep with this step.
    pub fn fidelity(&self, step: f32) -> f32 {
        self.share(self.all(), step)
    }

    fn share(&self, all: f64, step: f32) -> f32 {
        if all <= 0.0 {
            return 0.0;
        }
        let lost = on_all_cores(self.solutions.len(), |block| {
            let steps: Outputs = std::array::from_fn(|i| self.step(block * OUTPUTS + i, step));
            let change = |(word, row): (usize, &Outputs)| -> Outputs {
                let idf = weight(self.vocabulary.weights[word]);
                std::array::from_fn(|i| row[i] - (row[i] * idf / steps[i]).round() * steps[i] / idf)
            };
            let change: Vec<Outputs> = self.solutions[block].words.iter().enumerate().map(change).collect();
            self.squares(block, &change)
        });
        (1.0 - lost.iter().sum::<f64>() / all) as f32
    }

    fn all(&self) -> f64 {
        on_all_cores(self.solutions.len(), |block| self.squares(block, &self.solutions[block].words))
            .iter()
            .sum()
    }

    /// The sum of the squares of what the texts get of these rows, each direction weighed by its variance.
    fn squares(&self, block: usize, rows: &[Outputs]) -> f64 {
        let mut given = vec![[0.0; OUTPUTS]; self.vocabulary.texts.rows()];
        self.vocabulary.texts.times(rows, &mut given);
        let weighed = |lane: &Outputs| -> f64 {
            (0..OUTPUTS)
                .map(|i| f64::from(lane[i] * lane[i] * self.directions.variance(block * OUTPUTS + i)))
                .sum()
        };
        given.iter().map(weighed).sum()
    }

    /// Finer where the collection varies more: there an error moves more of the ranking.
    fn step(&self, direction: usize, step: f32) -> f32 {
        step / self.directions.variance(direction).max(f32::MIN_POSITIVE).powf(0.25)
    }

    /// The encoder of this step and its bytes.
    pub fn encoder(&self, model: &str, offset: Vec<f32>, step: f32) -> Vec<u8> {
        let Vocabulary { words, weights, unknown, ngrams, .. } = self.vocabulary;
        let mut rows = self.rounded(step);
        // An n-gram without a row tells nothing.
        let mut index = 0;
        let mut kept_ngrams = ngrams.clone();
        kept_ngrams.retain(|_| {
            index += 1;
            rows[words.len() + index - 1].iter().any(|&value| value != 0)
        });
        index = 0;
        rows.retain(|row| {
            index += 1;
            index <= words.len() || row.iter().any(|&value| value != 0)
        });
        let used: Vec<usize> =
            (0..self.directions.rows.len()).filter(|&i| rows.iter().any(|row| row[i] != 0)).collect();
        rows.iter_mut().for_each(|row| *row = used.iter().map(|&i| row[i]).collect());
        let steps: Vec<f32> = used.iter().map(|&i| self.step(i, step)).collect();
        let (basis, basis_steps) = self.basis(&used);
        let encoder = QueryEncoder {
            model: model.to_owned(),
            offset,
            basis: Vec::new(),
            basis_steps: Vec::new(),
            steps,
            words: words.clone(),
            weights: weights.clone(),
            unknown: *unknown,
            ngrams: kept_ngrams,
            rows: rows.into_iter().map(Vec::into_boxed_slice).collect(),
        };
        encoder.to_bytes(&basis, &basis_steps)
    }

    /// The rows of words, then of n-grams, in whole steps.
    fn rounded(&self, step: f32) -> Vec<Vec<i16>> {
        let Vocabulary { words, weights, unknown, ngrams, .. } = self.vocabulary;
        let mut rows = vec![vec![0; self.directions.rows.len()]; words.len() + ngrams.len()];
        let of_ngram = weight(*unknown) * NGRAM_WEIGHT / NGRAM_STEP;
        for (block, solution) in self.solutions.iter().enumerate() {
            let scaled = (solution.words.iter().zip(weights).map(|(row, &parts)| (row, weight(parts))))
                .chain(solution.ngrams.iter().map(|row| (row, of_ngram)));
            for ((lane, scale), row) in scaled.zip(&mut rows) {
                for (i, value) in row.iter_mut().enumerate().skip(block * OUTPUTS).take(OUTPUTS) {
                    let steps = lane[i % OUTPUTS] * scale / self.step(i, step);
                    *value = steps.round().clamp(-MAX as f32, MAX as f32) as i16;
                }
            }
        }
        rows
    }

    /// The `used` directions in whole steps. Rounding them by steps s moves the texts' vectors evenly in all dimensions,
    /// by s^2 / 12 times the square of their coefficients; the steps that lose a given share of the ranking's
    /// variance in the fewest bits make that product the same for every direction.
    fn basis(&self, used: &[usize]) -> (Vec<Vec<i16>>, Vec<f32>) {
        let mut squares = vec![0.0; self.directions.rows.len().next_multiple_of(OUTPUTS)];
        let texts = self.vocabulary.texts.rows().max(1);
        for (block, solution) in self.solutions.iter().enumerate() {
            let mut given = vec![[0.0; OUTPUTS]; texts];
            self.vocabulary.texts.times(&solution.words, &mut given);
            for lane in &given {
                (0..OUTPUTS).for_each(|i| {
                    squares[block * OUTPUTS + i] += f64::from(lane[i] * lane[i]) / texts as f64;
                });
            }
        }
        let variances = &self.directions.variances;
        let signal: f64 = used.iter().map(|&i| squares[i] * f64::from(variances[i])).sum();
        let total: f64 = variances.iter().map(|&variance| f64::from(variance)).sum();
        let product = (12.0 * BASIS_LOSS * signal / (total * used.len().max(1) as f64)).sqrt();
        let steps: Vec<f32> = used
            .iter()
            .map(|&i| ((product / squares[i].sqrt().max(1e-12)) as f32).clamp(1e-4, 1.0))
            .collect();
        let round = |(&i, &step): (&usize, &f32)| {
            self.directions.rows[i].iter().map(|value| (value / step).round() as i16).collect()
        };
        (used.iter().zip(&steps).map(round).collect(), steps)
    }
}

/// Numbers from -1 to 1.
fn uniform(random: &mut SplitMix64) -> f32 {
    (random.draw() >> 40) as f32 / (1u32 << 23) as f32 - 1.0
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Vectors with falling variances along a few axes.
    fn vectors(count: usize, dims: usize) -> Vec<Vec<f32>> {
        let mut random = SplitMix64(7);
        let value = |random: &mut SplitMix64, i: usize| uniform(random) / (1.0 + i as f32);
        (0..count).map(|_| (0..dims).map(|i| value(&mut random, i)).collect()).collect()
    }

    /// Whether the covariance multiplies the first directions by their variances.
    fn assert_principal(vectors: &[Vec<f32>], dims: usize) {
        let directions = Directions::of(vectors, dims);
        let dot = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f32>();
        assert!(directions.variances.is_sorted_by(|a, b| a >= b));
        for (i, (row, variance)) in directions.rows.iter().zip(&directions.variances).take(8).enumerate() {
            assert!((dot(row, row) - 1.0).abs() < 1e-3);
            assert!(i == 0 || dot(row, &directions.rows[0]).abs() < 1e-3);
            let mut image = vec![0.0; dims];
            for vector in vectors {
                let along = dot(vector, row) / vectors.len() as f32;
                image.iter_mut().zip(vector).for_each(|(to, x)| *to += along * x);
            }
            let off: f32 = image.iter().zip(row).map(|(x, y)| (x - variance * y).powi(2)).sum();
            assert!(off.sqrt() < 0.02 * variance, "direction {i}: off by {} of {variance}", off.sqrt());
        }
    }

    #[test]
    fn directions_are_principal_whichever_are_fewer() {
        assert_principal(&vectors(60, 20), 20);
        assert_principal(&vectors(40, FEW + 100), FEW + 100);
        assert_principal(&vectors(FEW + 50, FEW + 10), FEW + 10);
    }
}
