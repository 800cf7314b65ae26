//! Ridge regression of many outputs on sparse texts, by conjugate gradients (Hestenes and Stiefel 1952) on the dual
//! problem (K + lambda W^-1) A = Y; K, the texts' kernel, is only ever applied to vectors.

use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Outputs that are solved together.
pub(super) const OUTPUTS: usize = 32;
/// One row of outputs.
pub(super) type Outputs = [f32; OUTPUTS];

/// A residual this small, next to the targets, is solved.
const TOLERANCE: f32 = 1e-2;
const MAX_STEPS: usize = 120;

/// A matrix by its rows' entries that are not zero.
pub(super) struct Sparse {
    columns: usize,
    rows: Vec<Vec<(usize, f32)>>,
}

impl Sparse {
    pub fn new(columns: usize, rows: impl Iterator<Item = Vec<(usize, f32)>>) -> Self {
        Self { columns, rows: rows.collect() }
    }

    /// Only these rows.
    pub fn select(&self, rows: &[usize]) -> Self {
        Self::new(self.columns, rows.iter().map(|&row| self.rows[row].clone()))
    }

    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Adds this times `x` to `out`.
    pub fn times(&self, x: &[Outputs], out: &mut [Outputs]) {
        for (row, out) in self.rows.iter().zip(out) {
            row.iter().for_each(|&(column, value)| add(out, &x[column], &[value; OUTPUTS]));
        }
    }

    /// This, transposed, times `x`.
    pub fn transposed_times(&self, x: &[Outputs]) -> Vec<Outputs> {
        let mut out = vec![[0.0; OUTPUTS]; self.columns];
        for (row, x) in self.rows.iter().zip(x) {
            row.iter().for_each(|&(column, value)| add(&mut out[column], x, &[value; OUTPUTS]));
        }
        out
    }
}

/// Texts with what they should give.
pub(super) struct Regression<'a> {
    /// Texts x words.
    pub texts: &'a Sparse,
    /// Words x n-grams.
    pub parts: &'a Sparse,
    /// How much each text counts.
    pub weights: &'a [f32],
}

/// What a block of outputs learnt: the rows of the words, their n-grams folded in, and of the n-grams.
pub(super) struct Solution {
    pub words: Vec<Outputs>,
    pub ngrams: Vec<Outputs>,
}

impl Regression<'_> {
    pub fn solve(&self, targets: &[Outputs], lambda: f32) -> Solution {
        let mut a = vec![[0.0; OUTPUTS]; targets.len()];
        let mut residual = targets.to_vec();
        let mut direction = residual.clone();
        let mut norms = dots(&residual, &residual);
        let goal = norms.map(|norm| norm * TOLERANCE * TOLERANCE);
        for _ in 0..MAX_STEPS {
            if norms.iter().zip(&goal).all(|(norm, goal)| norm <= goal) {
                break;
            }
            let mut applied = vec![[0.0; OUTPUTS]; targets.len()];
            self.texts.times(&self.rows(&direction).words, &mut applied);
            for ((applied, direction), weight) in applied.iter_mut().zip(&direction).zip(self.weights) {
                add(applied, direction, &[lambda / weight; OUTPUTS]);
            }
            let step = divide(&norms, &dots(&direction, &applied));
            for i in 0..a.len() {
                add(&mut a[i], &direction[i], &step);
                add(&mut residual[i], &applied[i], &step.map(|step| -step));
            }
            let next = dots(&residual, &residual);
            let turn = divide(&next, &norms);
            norms = next;
            for (direction, residual) in direction.iter_mut().zip(&residual) {
                let along = std::mem::replace(direction, *residual);
                add(direction, &along, &turn);
            }
        }
        self.rows(&a)
    }

    /// From the dual to the rows of the features.
    fn rows(&self, dual: &[Outputs]) -> Solution {
        let mut words = self.texts.transposed_times(dual);
        let ngrams = self.parts.transposed_times(&words);
        self.parts.times(&ngrams, &mut words);
        Solution { words, ngrams }
    }

    /// Every block's solution.
    pub fn solve_all(&self, blocks: &[Vec<Outputs>], lambda: f32) -> Vec<Solution> {
        on_all_cores(blocks.len(), |block| self.solve(&blocks[block], lambda))
    }
}

/// What `work` makes of each number below `count`, in their order. A panic on one of the cores goes on to the caller.
pub(super) fn on_all_cores<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(count.max(1));
    let some = || {
        let own = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&index| index < count);
        std::iter::from_fn(own).map(|index| (index, work(index))).collect::<Vec<_>>()
    };
    let mut done: Vec<(usize, T)> = std::thread::scope(|scope| {
        let others: Vec<_> = (1..threads).map(|_| scope.spawn(some)).collect();
        let mut done = some();
        for other in others {
            done.extend(other.join().unwrap_or_else(|panic| resume_unwind(panic)));
        }
        done
    });
    done.sort_by_key(|&(index, _)| index);
    done.into_iter().map(|(_, made)| made).collect()
}

fn add(out: &mut Outputs, x: &Outputs, scale: &Outputs) {
    for i in 0..OUTPUTS {
        out[i] += x[i] * scale[i];
    }
}

fn dots(a: &[Outputs], b: &[Outputs]) -> Outputs {
    let mut sums = [0.0; OUTPUTS];
    a.iter().zip(b).for_each(|(a, b)| add(&mut sums, a, b));
    sums
}

/// 0 where there is nothing left to divide.
fn divide(a: &Outputs, b: &Outputs) -> Outputs {
    std::array::from_fn(|i| if b[i] > 0.0 { a[i] / b[i] } else { 0.0 })
}

#[cfg(test)]
mod tests {
    use super::{OUTPUTS, Regression, Sparse};

    fn solve(texts: &Sparse) -> usize {
        let parts = Sparse::new(1, [vec![(0, 1.0)]].into_iter());
        let problem = Regression { texts, parts: &parts, weights: &[1.0] };
        let blocks = vec![vec![[1.0; OUTPUTS]]; 40];
        problem.solve_all(&blocks, 1.0).len()
    }

    #[test]
    fn each_block_has_its_solution() {
        assert_eq!(solve(&Sparse::new(1, [vec![(0, 1.0)]].into_iter())), 40);
    }

    #[test]
    #[should_panic(expected = "index out of bounds")]
    fn a_panic_on_any_thread_ends_the_build() {
        solve(&Sparse::new(1, [vec![(1, 1.0)]].into_iter()));
    }
}
