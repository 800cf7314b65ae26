//! The coordinates of passages on the principal axes of whitened space, and what is known of queries there.

use crate::Result;
use crate::bundle::Bundle;
use crate::encoder::QueryEncoder;
use crate::rank::Moments;
use crate::rank::whitened::{QUERY_SHRINKAGE, Whitening};
use crate::shards::code::{SIZE_PARTS, size_class};
use crate::shards::place::of_length_one;
use crate::shards::start::{Axis, Metric};
use crate::vector::Vectors;

/// What rounding may change of scores, next to how far the scores of all passages lie apart.
const NOISE: f32 = 0.11;
/// Axes with places of centroids. Passages have places on all: what an axis says of queries decides how fine they are there.
const CENTROID_AXES: usize = 64;
/// A centroid's step is this many of its axis's.
const CENTROID_STEP: f32 = 3.5;
/// Texts like queries, of the site's titles and headings, by which steps are chosen.
const SAMPLES: usize = 300;

/// The passages in the metric.
pub(super) struct Placed {
    pub metric: Metric,
    /// The width of the cells in which places are rounded, on each axis. Readers take a place to be a whole number of
    /// [`Axis::step`]s, which are narrower: most places in a cell are on the side of the centroid.
    pub cells: Vec<f32>,
    /// Of each passage, its place on each axis; unit vectors but for what has no axis.
    pub places: Vec<f32>,
    /// The length of each in the metric.
    pub norms: Vec<f32>,
    /// The mean passage, and that less the mean query.
    pub mean: Vec<f32>,
    pub shift: Vec<f32>,
}

/// Directions of unit length at right angles, nearly: the encoder's.
pub(super) fn place(bundle: &Bundle, rows: &Vectors, encoder: &QueryEncoder) -> Result<Placed> {
    let rows = rows.as_rows();
    let moments = Moments::of(rows);
    let (mean, covariance) = (moments.mean(), moments.covariance());
    let dims = mean.len();
    let trace: f64 = (0..dims).map(|i| covariance.row(i)[i]).sum();
    let ridge = (QUERY_SHRINKAGE * trace / dims.max(1) as f64).max(1e-12);
    let variance = |direction: &[f32]| -> f64 {
        let product =
            |i: usize| direction.iter().zip(covariance.row(i)).map(|(&x, y)| f64::from(x) * y).sum::<f64>();
        direction.iter().enumerate().map(|(i, &x)| f64::from(x) * product(i)).sum()
    };
    let directions = encoder.basis.as_slice();
    let variances: Vec<f64> = directions.iter().map(|direction| variance(direction).max(0.0)).collect();
    let rest = (trace - variances.iter().sum::<f64>()).max(0.0) / (dims - directions.len()).max(1) as f64;
    let root = |variance: f64| 1.0 / (variance + ridge).sqrt();

    let offset: Vec<f64> = encoder.offset.iter().map(|&x| x.into()).collect();
    let shift: Vec<f64> = match &bundle.statistics.mean_query {
        Some(query) => mean.iter().zip(query).map(|(mean, &query)| mean - f64::from(query)).collect(),
        None => vec![0.0; dims],
    };
    let along = |vector: &[f64], direction: &[f32]| {
        vector.iter().zip(direction).map(|(x, &y)| x * f64::from(y)).sum::<f64>()
    };

    let lengths = Whitening::of(rows, || &moments, QUERY_SHRINKAGE);
    let count = rows.rows();
    let mut places = Vec::with_capacity(count * directions.len());
    let mut norms = Vec::with_capacity(count);
    for row in 0..count {
        let centred: Vec<f64> = rows.meaning(row).iter().zip(&mean).map(|(x, mean)| x - mean).collect();
        let scale = f64::from(lengths.scales()[row]);
        norms.push(if scale > 0.0 { (1.0 / scale) as f32 } else { 0.0 });
        let on = directions.iter().zip(&variances);
        places.extend(
            on.map(|(direction, &variance)| (along(&centred, direction) * root(variance) * scale) as f32),
        );
    }
    let axes = directions.iter().zip(&variances).enumerate().map(|(i, (direction, &variance))| {
        let values = || places.iter().skip(i).step_by(directions.len()).map(|&x| f64::from(x));
        let centre = values().sum::<f64>() / count.max(1) as f64;
        Axis {
            root: root(variance) as f32,
            offset: along(&offset, direction) as f32,
            mean: along(&mean, direction) as f32,
            shift: along(&shift, direction) as f32,
            centre: centre as f32,
            variance: (values().map(|x| (x - centre).powi(2)).sum::<f64>() / count.max(1) as f64) as f32,
            plain: variance as f32,
            ..Axis::default()
        }
    });
    let mut metric = Metric {
        axes: axes.collect(),
        centroid_axes: directions.len().min(CENTROID_AXES),
        centroid_step: CENTROID_STEP,
        rest: root(rest) as f32,
        products: products_of(&offset, &mean, &shift),
        norm: norms.iter().sum::<f32>() / count.max(1) as f32,
    };
    let cells = choose_steps(&mut metric, bundle, encoder);
    Ok(Placed { metric, cells, places, norms, mean: floats(&mean), shift: floats(&shift) })
}

fn floats(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&x| x as f32).collect()
}

/// What a reader needs of them where it has no directions: their products with each other.
fn products_of(offset: &[f64], mean: &[f64], shift: &[f64]) -> [f32; 6] {
    let product = |(a, b): (&[f64], &[f64])| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>() as f32;
    [(offset, offset), (offset, shift), (offset, mean), (mean, mean), (mean, shift), (shift, shift)]
        .map(product)
}

/// The steps that change scores least in the fewest bits: an error counts by how much queries point along its axis, so that
/// the step times that is the same for each. Returns the steps.
fn choose_steps(metric: &mut Metric, bundle: &Bundle, encoder: &QueryEncoder) -> Vec<f32> {
    let headings = bundle.passages.iter().filter_map(|passage| passage.heading.last());
    let texts: Vec<&String> = bundle.articles.iter().map(|article| &article.title).chain(headings).collect();
    let count = texts.len().min(SAMPLES);
    let texts = (0..count).map(|i| texts[i * texts.len() / count]);
    let targets: Vec<Vec<f32>> = texts
        .filter_map(|text| {
            let unit = metric.of_coefficients(&encoder.coefficients(text)?.values);
            Some(metric.whitened(&of_length_one(metric.place(&unit, true))).axes)
        })
        .collect();
    let n = targets.len().max(1) as f32;
    let mut squares: Vec<f32> = (0..metric.axes.len())
        .map(|i| targets.iter().map(|target| target[i] * target[i]).sum::<f32>() / n)
        .collect();
    // Queries of readers are not quite like titles: no axis is without any.
    let floor = 0.05 * squares.iter().sum::<f32>() / squares.len().max(1) as f32;
    squares.iter_mut().for_each(|square| *square += floor.max(1e-9));
    let scores: f32 = metric.axes.iter().zip(&squares).map(|(axis, square)| axis.variance * square).sum();
    // The variance of a step's rounding is a twelfth of its square.
    let step = NOISE * (12.0 * scores / squares.len().max(1) as f32).sqrt();
    for (axis, square) in metric.axes.iter_mut().zip(&squares) {
        axis.step = (step / square.sqrt()).max(1e-9);
    }
    metric.axes.iter().map(|axis| axis.step).collect()
}

/// The class of the size of numbers whose mean magnitude is `mean`.
pub(super) fn class_of(mean: f32) -> u8 {
    size_class((mean * SIZE_PARTS as f32).clamp(0.0, 1e6) as u32)
}
