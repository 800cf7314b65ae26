//! A text's coordinates among the passages, without the directions themselves: the start holds all that ranking needs of them.
//!
//! A *place* is a vector of the embedding space, turned so that its axes are the metric's. Two more axes stand for what is at right angles
//! to these: on the first lies the rest of the mean passage, which all passages share; on the other what only a query has.

use super::passages::Passages;
use super::start::{Axis, Cluster, Metric};
use crate::embedded::LEFT_OUT;
use crate::rank::whitened::{ARTICLE_SHRINKAGE, QUERY_SHRINKAGE};

/// Axes of a place beside the metric's.
pub(super) const MORE_AXES: usize = 2;

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
    /// The SVM, as the cosine: once it is learnt.
    pub svm: Target,
}

/// A query of length 1, as far as the metric asks for it.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct UnitQuery {
    /// Where it lies on each axis, in the embedding space.
    pub axes: Vec<f64>,
    /// Its products with the mean passage, and with that less the mean query.
    pub mean: f64,
    pub shift: f64,
    /// What kNN compares with, where that is another vector: on each axis, its product with the mean passage, and its square.
    pub near: Option<(Vec<f64>, f64, f64)>,
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
        let square = |part: f64| (part * part * oo + 2.0 * part * oe + ee).max(1e-12);
        let length = square(1.0).sqrt();
        // With so much of the offset, its places on the axes, and its product with the mean passage.
        let with = |part: f64| -> (Vec<f64>, f64) {
            let axes = self.axes.iter().zip(coefficients);
            let place = |(axis, &e): (&Axis, &f32)| (part * f64::from(axis.offset) + f64::from(e)) / length;
            (axes.map(place).collect(), (part * om + me) / length)
        };
        let (axes, mean) = with(1.0);
        let part = 1.0 - LEFT_OUT * (1.0 + oe / oo.max(f64::MIN_POSITIVE));
        let (near, near_mean) = with(part);
        let near = Some((near, near_mean, square(part) / square(1.0)));
        UnitQuery { axes, mean, shift: (od + de) / length, near }
    }

    /// The mean passage's place.
    pub fn mean(&self) -> Vec<f32> {
        let mut mean: Vec<f32> = self.axes.iter().map(|axis| axis.mean).collect();
        mean.extend([self.mean_rest() as f32, 0.0]);
        mean
    }

    /// How long the mean passage is at right angles to the axes.
    fn mean_rest(&self) -> f64 {
        let [.., mm, _, _] = self.products.map(f64::from);
        let along: f64 = self.axes.iter().map(|axis| f64::from(axis.mean).powi(2)).sum();
        (mm - along).max(0.0).sqrt()
    }

    /// A query's place, of length 1: `aligned`, it lies at (q + d) / |q + d|.
    pub fn place(&self, query: &UnitQuery, aligned: bool) -> Vec<f64> {
        let [.., md, dd] = self.products.map(f64::from);
        let shift = if aligned { 1.0 } else { 0.0 };
        let axes = self.axes.iter().zip(&query.axes);
        let axes = axes.map(|(axis, q)| q + shift * f64::from(axis.shift)).collect();
        let square = 1.0 + shift * (2.0 * query.shift + dd);
        unit(self.with_rest(axes, query.mean + shift * md, square))
    }

    /// What kNN compares a query with: shorter than its place by what is left out.
    pub fn near(&self, query: &UnitQuery) -> Vec<f64> {
        match &query.near {
            Some((axes, mean, square)) => self.with_rest(axes.clone(), *mean, *square),
            None => self.with_rest(query.axes.clone(), query.mean, 1.0),
        }
    }

    /// A place from its values on the axes, its product with the mean passage, and its square.
    fn with_rest(&self, mut axes: Vec<f64>, mean: f64, square: f64) -> Vec<f64> {
        let along: f64 = axes.iter().zip(&self.axes).map(|(x, axis)| x * f64::from(axis.mean)).sum();
        let rest = self.mean_rest();
        axes.push(if rest > 1e-6 { (mean - along) / rest } else { 0.0 });
        let known: f64 = axes.iter().map(|x| x * x).sum();
        axes.push((square - known).max(0.0).sqrt());
        axes
    }

    /// Products with this place. A passage's is to be multiplied by its length in the metric before the constant is added.
    pub fn plain(&self, place: &[f32]) -> Target {
        let mean: f64 = self.mean().iter().zip(place).map(|(&mean, &x)| f64::from(mean) * f64::from(x)).sum();
        let axes = self.axes.iter().zip(place);
        let variance: f64 = axes.clone().map(|(axis, &x)| f64::from(x).powi(2) * f64::from(axis.plain)).sum();
        Target {
            axes: axes.map(|(axis, x)| x / axis.root.max(1e-12)).collect(),
            constant: mean as f32,
            mean: mean as f32,
            deviation: variance.sqrt() as f32,
        }
    }

    /// The whitened cosine with this place.
    pub fn whitened(&self, place: &[f32]) -> Target {
        let mut target = Target { axes: Vec::with_capacity(self.axes.len()), ..Target::default() };
        let mut square = 0.0;
        for (i, (&x, mean)) in place.iter().zip(self.mean()).enumerate() {
            let root = self.axes.get(i).map_or(self.rest, |axis| axis.root);
            let x = f64::from(root) * (f64::from(x) - f64::from(mean));
            square += x * x;
            target.axes.push(x as f32);
        }
        target.axes.truncate(self.axes.len());
        self.scaled(target, 1.0 / square.max(1e-24).sqrt())
    }

    /// The same where articles are the examples, which shrinks the covariance less. Passages' places have the lengths of the other: what is
    /// usual stands for the ratio.
    pub fn whitened_for_articles(&self, place: &[f32]) -> Target {
        let ridge = |axis: &Axis| 1.0 / (axis.root * axis.root).max(1e-12) - axis.plain;
        let less = self.axes.last().map_or(0.0, ridge) * (1.0 - ARTICLE_SHRINKAGE / QUERY_SHRINKAGE) as f32;
        let factor = |root: f32| 1.0 / (1.0 - root * root * less).max(1e-6);
        // The mean square of passages' lengths, which are 1 in the other metric.
        let (mut usual, mut left) = (0.0, 1.0);
        let mut metric = self.clone();
        for axis in &mut metric.axes {
            let size = axis.variance + axis.centre * axis.centre;
            usual += size * factor(axis.root);
            left -= size;
            axis.root *= factor(axis.root).sqrt();
        }
        usual += left.max(0.0) * factor(self.rest);
        metric.rest *= factor(self.rest).sqrt();
        let mut target = metric.whitened(place);
        for (x, axis) in target.axes.iter_mut().zip(&self.axes) {
            *x *= factor(axis.root).sqrt();
        }
        self.scaled(target, 1.0 / f64::from(usual).max(1e-12).sqrt())
    }

    /// Products with so much of these axes, and what those of all passages are like.
    fn scaled(&self, mut target: Target, by: f64) -> Target {
        let (mut variance, mut mean) = (0.0, 0.0);
        for (x, axis) in target.axes.iter_mut().zip(&self.axes) {
            let scaled = f64::from(*x) * by;
            *x = scaled as f32;
            mean += scaled * f64::from(axis.centre);
            variance += scaled * scaled * f64::from(axis.variance);
        }
        target.mean = mean as f32;
        target.deviation = variance.sqrt() as f32;
        target
    }

    /// Where a cluster's centroid lies, as far as passages of the usual length tell.
    pub fn centroid_place(&self, cluster: &Cluster) -> Vec<f32> {
        self.at(&self.mean(), self.centroid(cluster).into_iter(), self.norm)
    }

    /// Where the passages of a cluster lie, by their numbers in it.
    pub fn places_of<'a>(
        &'a self,
        cluster: &Cluster,
        passages: &'a Passages,
    ) -> impl Fn(usize) -> Vec<f32> + 'a {
        let (mean, centroid) = (self.mean(), self.centroid(cluster));
        move |i| {
            let row = passages.places.iter().skip(i * self.axes.len());
            let steps = row.zip(&self.axes).zip(&centroid);
            let whitened = steps.map(|((&place, axis), centroid)| centroid + f32::from(place) * axis.step);
            self.at(&mean, whitened, passages.norm(i))
        }
    }

    /// A centroid in whitened space, on all axes.
    fn centroid(&self, cluster: &Cluster) -> Vec<f32> {
        let steps = self.axes.iter().map(|axis| self.centroid_step(axis));
        let places = cluster.centroid.iter().map(|&place| f32::from(place)).chain(std::iter::repeat(0.0));
        steps.zip(places).map(|(step, place)| step * place).collect()
    }

    /// The place that lies in this direction of whitened space from the mean passage, and so far from it.
    fn at(&self, mean: &[f32], whitened: impl Iterator<Item = f32>, length: f32) -> Vec<f32> {
        let mut place = mean.to_vec();
        for ((x, axis), whitened) in place.iter_mut().zip(&self.axes).zip(whitened) {
            *x += whitened * length / axis.root.max(1e-12);
        }
        place
    }
}

/// A place brought to length 1; one of length 0 stays.
fn unit(mut place: Vec<f64>) -> Vec<f64> {
    let length = place.iter().map(|x| x * x).sum::<f64>().max(1e-12).sqrt();
    place.iter_mut().for_each(|x| *x /= length);
    place
}

/// The same in float32.
pub(super) fn of_length_one(place: Vec<f64>) -> Vec<f32> {
    unit(place).into_iter().map(|x| x as f32).collect()
}
