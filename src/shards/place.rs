//! A text's coordinates among the passages, without the directions themselves: the start holds all that ranking needs of them.

use super::start::{Axis, Metric};
use crate::embedded::LEFT_OUT;

/// What passages are compared with, and the distribution of all passages' scores.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Target {
    /// One number for each axis, by which a passage's coordinate is multiplied.
    pub axes: Vec<f32>,
    /// Added to every product.
    pub constant: f32,
    /// The mean of all passages' scores, and their standard deviation.
    pub mean: f32,
    pub deviation: f32,
}

/// A text's targets by either way of comparing.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Targets {
    /// The whitened cosine: products with the places of a passage are its scores.
    pub whitened: Target,
    /// The cosine: to be multiplied by a passage's length in the metric before the constant is added.
    pub plain: Target,
}

/// A query of length 1, as far as the metric asks for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct UnitQuery {
    /// Where it lies on each axis, in the embedding space.
    pub axes: Vec<f64>,
    /// Its products with the mean passage, and with that less the mean query.
    pub mean: f64,
    pub shift: f64,
    /// What kNN compares with, of length 1, where that is another vector: on each axis, and its product with the mean passage.
    pub near: Option<(Vec<f64>, f64)>,
}

impl Metric {
    /// A text with these coefficients along the encoder's directions.
    ///
    /// With offset o, coefficients e, mean passage m and d = m less the mean query, it lies at q = (o + e) / |o + e|, and for kNN at q less a
    /// part of what it has along o. The axes are the first of the encoder's directions; of what has no axis, only lengths count, and o and d
    /// are at right angles to e there, nearly.
    pub fn of_coefficients(&self, coefficients: &[f32]) -> UnitQuery {
        let [oo, od, om, ..] = self.products.map(f64::from);
        let along = |value: fn(&Axis) -> f32| -> f64 {
            self.axes.iter().zip(coefficients).map(|(axis, &e)| f64::from(value(axis)) * f64::from(e)).sum()
        };
        let ee: f64 = coefficients.iter().map(|&e| f64::from(e) * f64::from(e)).sum();
        let [oe, me, de] = [along(|axis| axis.offset), along(|axis| axis.mean), along(|axis| axis.shift)];
        // With so much of the offset, its places on the axes, of length 1, and its product with the mean passage.
        let with = |part: f64| -> (Vec<f64>, f64, f64) {
            let length = (part * part * oo + 2.0 * part * oe + ee).max(1e-12).sqrt();
            let axes = self.axes.iter().zip(coefficients);
            let place = |(axis, &e): (&Axis, &f32)| (part * f64::from(axis.offset) + f64::from(e)) / length;
            (axes.map(place).collect(), (part * om + me) / length, length)
        };
        let (axes, mean, length) = with(1.0);
        let (near, near_mean, _) = with(1.0 - LEFT_OUT * (1.0 + oe / oo.max(f64::MIN_POSITIVE)));
        UnitQuery { axes, mean, shift: (od + de) / length, near: Some((near, near_mean)) }
    }

    /// The targets of a query q, `aligned` for the whitened cosine: then it lies at (q + d) / |q + d|.
    pub fn targets(&self, query: &UnitQuery, aligned: bool) -> Targets {
        let [.., mm, md, dd] = self.products.map(f64::from);
        let UnitQuery { axes, mean: qm, shift: qd, near } = query;
        let (near, near_mean) = near.as_ref().map_or((axes, *qm), |(axes, mean)| (axes, *mean));
        // The aligned query's length before it is brought to 1, and its product with the mean passage.
        let (shift, norm, product) = match aligned {
            true => {
                let norm = (1.0 + 2.0 * qd + dd).max(1e-12).sqrt();
                (1.0, norm, (qm + md) / norm)
            }
            false => (0.0, 1.0, *qm),
        };
        let mut whitened = Target { axes: Vec::with_capacity(self.axes.len()), ..Target::default() };
        let mut plain = Target { constant: near_mean as f32, mean: near_mean as f32, ..Target::default() };
        let (mut square, mut covered) = (0.0, 0.0);
        let (mut plain_variance, mut variance, mut mean) = (0.0, 0.0, 0.0);
        for ((axis, &q), &near) in self.axes.iter().zip(axes).zip(near) {
            let root = f64::from(axis.root).max(1e-12);
            let from_mean = (q + shift * f64::from(axis.shift)) / norm - f64::from(axis.mean);
            let place = root * from_mean;
            square += place * place;
            covered += from_mean * from_mean;
            mean += place * f64::from(axis.centre);
            variance += place * place * f64::from(axis.variance);
            plain_variance += near * near * f64::from(axis.plain);
            whitened.axes.push(place as f32);
            plain.axes.push((near / root) as f32);
        }
        let all = 1.0 - 2.0 * product + mm;
        square += f64::from(self.rest).powi(2) * (all - covered).max(0.0);
        let length = square.max(1e-24).sqrt();
        whitened.axes.iter_mut().for_each(|place| *place = (f64::from(*place) / length) as f32);
        whitened.mean = (mean / length) as f32;
        whitened.deviation = (variance.sqrt() / length) as f32;
        plain.deviation = plain_variance.sqrt() as f32;
        Targets { whitened, plain }
    }
}
