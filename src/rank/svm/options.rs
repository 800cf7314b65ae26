//! The options, and the check of their ranges.

use crate::decimal::Decimal;
use crate::{Error, Result};

const WEIGHTS: (f64, f64) = (1e-3, 1e3);
const WEIGHTS_EXPECTED: &str = "expected a number from 1e-3 to 1e3";

/// The SVM's weights, and how exactly it is solved.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Options {
    /// The cost of errors against the margin, 1e-6 to 1e6. Default 0.1.
    pub c: f64,
    /// The largest error of w at which the solver may stop, in Euclidean length, 1e-7 to 1. No score of a unit-length row is off by
    /// more. Scores are in units of the margin. Default 5e-5.
    pub tolerance: f64,
    /// The weight of the positives, 1e-3 to 1e3. At 1, both classes have the same total weight. Default 1.
    pub positive_weight: f64,
    /// The weight of a disliked row, relative to another row, 1e-3 to 1e3. Default 10.
    pub less_weight: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self { c: 0.1, tolerance: 5e-5, positive_weight: 1.0, less_weight: 10.0 }
    }
}

/// Each sets the option of its name.
impl Options {
    /// Sets [`Options::c`].
    #[must_use]
    pub fn c(mut self, c: f64) -> Self {
        self.c = c;
        self
    }

    /// Sets [`Options::tolerance`].
    #[must_use]
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets [`Options::positive_weight`].
    #[must_use]
    pub fn positive_weight(mut self, positive_weight: f64) -> Self {
        self.positive_weight = positive_weight;
        self
    }

    /// Sets [`Options::less_weight`].
    #[must_use]
    pub fn less_weight(mut self, less_weight: f64) -> Self {
        self.less_weight = less_weight;
        self
    }
}

impl Options {
    /// Checks each option's range.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Option`](crate::ErrorKind::Option) naming the option, its value and its range.
    pub fn check(&self) -> Result<Params> {
        let within = |option, value: f64, (low, high), expected| {
            if (low..=high).contains(&value) {
                Ok(value)
            } else {
                Err(Error::option(option, Decimal::from(value), expected))
            }
        };
        Ok(Params {
            c: within("C", self.c, (1e-6, 1e6), "expected a number from 1e-6 to 1e6")?,
            tolerance: within("tolerance", self.tolerance, (1e-7, 1.0), "expected a number from 1e-7 to 1")?,
            positive_weight: within("positive_weight", self.positive_weight, WEIGHTS, WEIGHTS_EXPECTED)?,
            less_weight: within("less_weight", self.less_weight, WEIGHTS, WEIGHTS_EXPECTED)?,
        })
    }
}

/// [`Options`] within their ranges.
#[derive(Clone, Debug, PartialEq)]
pub struct Params {
    c: f64,
    tolerance: f64,
    positive_weight: f64,
    less_weight: f64,
}

impl Params {
    /// [`Options::c`]
    pub fn c(&self) -> f64 {
        self.c
    }

    /// [`Options::tolerance`]
    pub fn tolerance(&self) -> f64 {
        self.tolerance
    }

    /// [`Options::positive_weight`]
    pub fn positive_weight(&self) -> f64 {
        self.positive_weight
    }

    /// [`Options::less_weight`]
    pub fn less_weight(&self) -> f64 {
        self.less_weight
    }
}

#[cfg(test)]
mod tests {
    use super::Options;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_option_out_of_range_is_named_with_its_value_and_range() {
        let message = |options: Options| options.check().unwrap_err().to_string();
        for c in [0.0, -1.0, 1e7, f64::NAN, f64::INFINITY] {
            let options = Options { c, ..Options::default() };
            assert_eq!(message(options), format!("option C is {c}: expected a number from 1e-6 to 1e6"));
        }
        let options = Options { less_weight: 1e4, ..Options::default() };
        assert_eq!(message(options), "option less_weight is 10000: expected a number from 1e-3 to 1e3");
        let options = Options { tolerance: 0.0, ..Options::default() };
        assert_eq!(message(options), "option tolerance is 0: expected a number from 1e-7 to 1");
        assert!(Options { c: 1e-6, tolerance: 1.0, ..Options::default() }.check().is_ok());
    }
}
