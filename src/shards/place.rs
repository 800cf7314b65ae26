//! A text's coordinates among the passages, without the directions themselves: the start holds all that ranking needs of them.

use super::start::Metric;

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

impl Metric {
    /// The targets of a text with these coefficients along the encoder's directions, `aligned` for the whitened cosine.
    ///
    /// With offset o, coefficients e, mean passage m and d = m less the mean query, the text lies at q = (o + e) / |o + e|,
    /// and aligned at (q + d) / |q + d|. The axes are the first of the encoder's directions; of what has no axis, only
    /// lengths count, and o and d are at right angles to e there, nearly.
    pub fn targets(&self, coefficients: &[f32], aligned: bool) -> Targets {
        let [oo, od, om, mm, md, dd] = self.products.map(f64::from);
        let along = |value: fn(&super::start::Axis) -> f32| -> f64 {
            self.axes.iter().zip(coefficients).map(|(axis, &e)| f64::from(value(axis)) * f64::from(e)).sum()
        };
        let ee: f64 = coefficients.iter().map(|&e| f64::from(e) * f64::from(e)).sum();
        let length = (oo + 2.0 * along(|axis| axis.offset) + ee).max(1e-12).sqrt();
        let (qd, qm) = ((od + along(|axis| axis.shift)) / length, (om + along(|axis| axis.mean)) / length);
        // The aligned query's length before it is brought to 1, and its product with the mean passage.
        let (shift, norm, product) = match aligned {
            true => {
                let norm = (1.0 + 2.0 * qd + dd).max(1e-12).sqrt();
                (1.0, norm, (qm + md) / norm)
            }
            false => (0.0, 1.0, qm),
        };
        let mut whitened = Target { axes: Vec::with_capacity(self.axes.len()), ..Target::default() };
        let mut plain = Target { constant: qm as f32, mean: qm as f32, ..Target::default() };
        let (mut square, mut covered) = (0.0, 0.0);
        let (mut plain_variance, mut variance, mut mean) = (0.0, 0.0, 0.0);
        for (axis, &e) in self.axes.iter().zip(coefficients) {
            let q = (f64::from(axis.offset) + f64::from(e)) / length;
            let root = f64::from(axis.root).max(1e-12);
            let from_mean = (q + shift * f64::from(axis.shift)) / norm - f64::from(axis.mean);
            let place = root * from_mean;
            square += place * place;
            covered += from_mean * from_mean;
            mean += place * f64::from(axis.centre);
            variance += place * place * f64::from(axis.variance);
            plain_variance += q * q * f64::from(axis.plain);
            whitened.axes.push(place as f32);
            plain.axes.push((q / root) as f32);
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
