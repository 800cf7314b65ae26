//! The exemplar SVM where most rows are not known one by one: a mixture of clusters stands for them (`docs/remote.md`).

mod clusters;
mod problem;

pub(crate) use clusters::{Mixture, times};
pub(crate) use problem::{KeptSteering, Problem, Solution, Training};
