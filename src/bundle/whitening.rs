//! The part `whitening`: what the whitened cosine needs to know of a collection and takes many scans to compute.
//!
//! docs/bundle-format.md specifies the bytes.

use super::{Bundle, Layout, Part};
use crate::rank::Moments;
use crate::rank::whitened::{self, ARTICLE_SHRINKAGE, QUERY_SHRINKAGE, Whitening};
use crate::vector::dense::Dense;
use crate::vector::little_endian::float32;
use crate::vector::{Deviations, Rows};
use crate::{Error, Result};

/// The name of the part.
pub(crate) const PART: &str = "whitening";
const ENCODING: &str = "whitening-1";

/// Shrinkages, in the order of the part.
pub(crate) const SHRINKAGES: [f64; 2] = [QUERY_SHRINKAGE, ARTICLE_SHRINKAGE];

/// Below this [`whitened::cost`] a reader works it out in a few hundredths of a second.
const WORTH_SHIPPING: f64 = 1e8;
/// Above this a build would take minutes for it.
const TOO_LONG: f64 = 5e11;
/// Above so many of both rows and dimensions, matrices would take gigabytes.
const TOO_LARGE: usize = 8192;
/// The covariance is shipped where it takes no more than this share of int8 vectors.
const SMALL: f64 = 1.0 / 16.0;

/// The largest code of a scale, and of a covariance.
const SCALE_CODES: f32 = u16::MAX as f32;
const COVARIANCE_CODES: f64 = i16::MAX as f64;

/// What the part holds.
#[derive(Clone, Debug)]
pub(crate) struct Prepared {
    pub mean: Vec<f64>,
    /// The mean of the covariance's eigenvalues.
    pub variance: f64,
    /// 1 over the whitened length of each row, for each of [`SHRINKAGES`].
    pub scales: [Vec<f32>; 2],
    /// Where there is the covariance.
    pub moments: Option<Moments>,
}

impl Bundle {
    /// Adds the part `whitening` if it spares readers a noticeable time and a build can afford it, and removes it otherwise. Rounds the
    /// vectors to the values that a reader will get from the file, because the part is made of these.
    pub fn prepare_whitening(&mut self) -> Result<()> {
        self.parts.retain(|(name, _)| name != PART);
        let (rows, dims) = (self.vectors.rows(), self.vectors.dims());
        let cost = whitened::cost(rows, dims);
        let affordable = (WORTH_SHIPPING..=TOO_LONG).contains(&cost) && rows.min(dims) <= TOO_LARGE;
        if self.layout.version() == Layout::V1Arrays.version() || !affordable {
            return Ok(());
        }
        self.check()?;
        let bytes = self.encoding.encode(&self.vectors);
        let part = Part { encoding: self.encoding.name().into(), bytes, extra: Default::default() };
        self.vectors = self.encoding.decode(part, rows, dims);
        let lengths: Vec<f64> = (0..rows).map(|row| self.vectors.length(row)).collect();
        let mut unit = self.vectors.clone();
        unit.bring_to_unit_length(&lengths);
        if let Some(bytes) = bytes_of(unit.as_rows()) {
            let part = Part { encoding: ENCODING.into(), bytes, extra: Default::default() };
            self.parts.push((PART.into(), part));
        }
        Ok(())
    }
}

/// None for rows that do not vary.
fn bytes_of(rows: &dyn Rows) -> Option<Vec<u8>> {
    let (n, dims) = (rows.rows(), rows.dims());
    let moments = (n >= dims).then(|| Moments::of(rows));
    let (mean, variance) = match &moments {
        Some(moments) => {
            let covariance = moments.covariance();
            let trace: f64 = (0..dims).map(|i| covariance.row(i)[i]).sum();
            (moments.mean(), trace / dims as f64)
        }
        None => {
            let deviations = Deviations::of(rows);
            let gram = deviations.gram();
            let trace: f64 = (0..n).map(|i| gram.row(i)[i]).sum();
            (deviations.mean().to_vec(), trace / (n * dims) as f64)
        }
    };
    if variance * (dims as f64) < 1e-10 {
        return None;
    }
    let mut bytes: Vec<u8> = mean.iter().flat_map(|&x| (x as f32).to_le_bytes()).collect();
    bytes.extend(variance.to_le_bytes());
    for shrinkage in SHRINKAGES {
        let whitening = Whitening::of(rows, || moments.as_ref().expect("there are more rows"), shrinkage);
        put_scales(whitening.scales(), &mut bytes);
    }
    if let Some(moments) = moments.filter(|_| covariance_bytes(dims) as f64 <= SMALL * (n * dims) as f64) {
        put_covariance(&moments.covariance(), &mut bytes);
    }
    Some(bytes)
}

fn put_scales(scales: &[f32], bytes: &mut Vec<u8>) {
    let low = scales.iter().copied().fold(f32::INFINITY, f32::min);
    let step = (scales.iter().copied().fold(0.0, f32::max) - low) / SCALE_CODES;
    bytes.extend(low.to_le_bytes());
    bytes.extend(step.to_le_bytes());
    for scale in scales {
        let code = if step > 0.0 { ((scale - low) / step).round() as u16 } else { 0 };
        bytes.extend(code.to_le_bytes());
    }
}

/// Each row of the lower triangle by its own step.
pub(crate) fn put_covariance(covariance: &Dense, bytes: &mut Vec<u8>) {
    let row = |i: usize| &covariance.row(i)[..=i];
    let step = |i: usize| (row(i).iter().fold(0.0f64, |most, x| most.max(x.abs())) / COVARIANCE_CODES) as f32;
    bytes.extend((0..covariance.size).flat_map(|i| step(i).to_le_bytes()));
    for i in 0..covariance.size {
        let step = f64::from(step(i));
        let code = |&x: &f64| if step > 0.0 { (x / step).round() as i16 } else { 0 };
        bytes.extend(row(i).iter().flat_map(|x| code(x).to_le_bytes()));
    }
}

pub(crate) fn covariance_bytes(dims: usize) -> usize {
    4 * dims + dims * (dims + 1)
}

impl Part {
    /// Reads the part `whitening` of a bundle of so many passages and dimensions.
    pub(crate) fn whitening(&self, rows: usize, dims: usize) -> Result<Prepared> {
        let wrong = |problem: String| Error::field(format!("parts.{PART}"), problem);
        if self.encoding != ENCODING {
            let problem = format!("has the encoding \"{}\", expected \"{ENCODING}\"", self.encoding);
            return Err(wrong(problem));
        }
        let (least, found) = (4 * dims + 8 + 2 * (8 + 2 * rows), self.bytes.len());
        let most = least + covariance_bytes(dims);
        if found != least && found != most {
            return Err(wrong(format!("has {found} bytes, expected {least} or {most}")));
        }
        let (mean, rest) = self.bytes.split_at(4 * dims);
        let (variance, rest) = rest.split_at(8);
        let (scales, covariance) = rest.split_at(2 * (8 + 2 * rows));
        let mean: Vec<f64> = float32(mean).into_iter().map(f64::from).collect();
        let variance = f64::from_le_bytes(variance.try_into().expect("there are 8"));
        let (one, other) = scales.split_at(8 + 2 * rows);
        // Of unit vectors, no mean is longer than 1, and no variance larger.
        let plausible = mean.iter().all(|x| x.abs() <= 1.01) && (1e-30..=1.01).contains(&variance);
        let (Some(one), Some(other), true) = (scales_of(one), scales_of(other), plausible) else {
            return Err(wrong("holds numbers that no vectors have".into()));
        };
        let moments = match covariance {
            [] => None,
            bytes => {
                let covariance = covariance_of(bytes, dims)
                    .ok_or_else(|| wrong("holds a covariance that no vectors have".into()))?;
                Some(Moments::of_covariance(rows, &mean, covariance))
            }
        };
        Ok(Prepared { mean, variance, scales: [one, other], moments })
    }
}

fn scales_of(bytes: &[u8]) -> Option<Vec<f32>> {
    let (range, codes) = bytes.split_at(8);
    let [low, step] = float32(range)[..] else { return None };
    let plausible = |x: f32| (0.0..=1e15).contains(&x);
    let scale = |code: &[u8; 2]| low + step * f32::from(u16::from_le_bytes(*code));
    (plausible(low) && plausible(step)).then(|| codes.as_chunks().0.iter().map(scale).collect())
}

pub(crate) fn covariance_of(bytes: &[u8], dims: usize) -> Option<Dense> {
    let (steps, codes) = bytes.split_at(4 * dims);
    let steps = float32(steps);
    if !steps.iter().all(|step| (0.0..=1.0).contains(step)) {
        return None;
    }
    let mut codes = codes.as_chunks().0.iter().map(|code| i16::from_le_bytes(*code));
    let mut covariance = Dense::zeros(dims);
    for (i, step) in steps.into_iter().enumerate() {
        let row = &mut covariance.data[i * dims..][..=i];
        row.iter_mut().zip(&mut codes).for_each(|(to, code)| *to = f64::from(step) * f64::from(code));
    }
    covariance.mirror();
    Some(covariance)
}
