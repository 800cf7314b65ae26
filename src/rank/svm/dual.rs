//! The reference solver: liblinear's dual coordinate descent with random permutations (Hsieh, Chang, Lin, Keerthi,
//! Sundararajan 2008), without shrinking. It is slow and simple. `seed` sets the order of the permutations, and nothing else.

use super::problem::Problem;
use super::{Fit, Options, SolverReport, Stop, TrainingSet};
use crate::Result;
use crate::random::SplitMix64;
use crate::vector::Rows;

/// Visits of every sample before giving up.
const MAX_EPOCHS: usize = 100_000;
/// Epochs between two evaluations of the duality gap, which cost a pass each.
const EPOCHS_PER_CHECK: usize = 10;

/// Solves the same problem as [`super::fit`].
///
/// # Errors
///
/// [`ErrorKind::Option`](crate::ErrorKind::Option) where an option is out of its range.
pub fn fit(rows: &dyn Rows, training: &TrainingSet, options: &Options, seed: u64) -> Result<Fit> {
    let params = options.check()?;
    let problem = Problem::new(rows, training, &params);
    let mut random = SplitMix64(seed);
    // A row that is left out would divide by its cost of zero.
    let mut order: Vec<usize> = (0..problem.samples()).filter(|&i| problem.sample(i).cost > 0.0).collect();
    let mut alpha = vec![0.0; problem.samples()];
    let mut w = vec![0.0; problem.unknowns()];
    let curvature: Vec<f64> = (0..problem.samples())
        .map(|i| {
            let sample = problem.sample(i);
            sample.vector.square() + 0.5 / sample.cost
        })
        .collect();
    let (mut epochs, mut checks) = (0, 0);
    loop {
        for _ in 0..EPOCHS_PER_CHECK {
            shuffle(&mut random, &mut order);
            for &i in &order {
                let sample = problem.sample(i);
                let slope = sample.label * sample.vector.dot(&w) - 1.0 + alpha[i] * 0.5 / sample.cost;
                let next = (alpha[i] - slope / curvature[i]).max(0.0);
                sample.vector.add_to(&mut w, (next - alpha[i]) * sample.label);
                alpha[i] = next;
            }
        }
        epochs += EPOCHS_PER_CHECK;
        checks += 1;
        let margins = problem.margins(&w);
        let gap = gap(&problem, &alpha, &margins);
        let converged = (2.0 * gap).sqrt() <= params.tolerance();
        if converged || epochs >= MAX_EPOCHS {
            let stop = if converged { Stop::Converged } else { Stop::StepLimit };
            let report = SolverReport { stop, gap, newton_steps: 0, passes: (epochs + checks) as f64 };
            return Ok(Fit::of(&problem, &w, problem.scores(&w, &margins), report));
        }
    }
}

/// The duality gap at w = w(α): P minus the dual, which is then one square or product for each sample.
fn gap(problem: &Problem, alpha: &[f64], margins: &[f64]) -> f64 {
    let term = |(i, (&alpha, margin)): (usize, (&f64, &f64))| {
        let sample = problem.sample(i);
        if sample.cost == 0.0 {
            return 0.0;
        }
        let slack = 1.0 - sample.label * margin;
        let difference = alpha - 2.0 * sample.cost * slack.max(0.0);
        difference * difference / (4.0 * sample.cost) - alpha * slack.min(0.0)
    };
    alpha.iter().zip(margins).enumerate().map(term).sum()
}

/// Fisher and Yates; the modulo's bias is below 2⁻³² for any list that fits in memory here.
fn shuffle(random: &mut SplitMix64, order: &mut [usize]) {
    for last in (1..order.len()).rev() {
        order.swap(last, (random.draw() % (last as u64 + 1)) as usize);
    }
}
