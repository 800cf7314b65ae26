//! The encoder as bytes of a bundle; `docs/query-encoder.md` specifies them.

use super::ENCODING;
use super::apply::QueryEncoder;
use super::coefficients::Model;
use super::features::MAX_WORD;
#[cfg(feature = "fit")]
use super::range_coder::Encoder;
use super::range_coder::{Coder, Decoder};
use crate::bundle::{EmbeddingSpace, Part};
use crate::decimal::Decimal;
use crate::error::Cause;
use crate::lexical::varint;
use crate::{Error, Result};

/// Most values of a vector, as in every bundle.
const MAX_DIMENSIONS: usize = 65_536;

/// Most coefficients of all words and n-grams, and most of the basis: several times what a large site needs, and no more
/// than a page can hold.
pub(super) const MAX_COEFFICIENTS: usize = 1 << 25;
const MAX_BASIS: usize = 1 << 23;

impl QueryEncoder {
    /// What [`QueryEncoder::from_bytes`] reads. `basis` are the principal directions in the steps `basis_steps`.
    #[cfg(feature = "fit")]
    pub(super) fn to_bytes(&self, basis: &[Vec<i16>], basis_steps: &[f32]) -> Vec<u8> {
        let (dimensions, rank) = (self.dimensions(), self.steps.len());
        let mut bytes = Vec::new();
        for number in [dimensions, rank, self.words.len(), self.ngrams.len(), self.model.len()] {
            varint::write(&mut bytes, number as u32);
        }
        bytes.extend(self.model.as_bytes());
        for values in [&self.offset, basis_steps, &self.steps] {
            bytes.extend(values.iter().flat_map(|value| value.to_le_bytes()));
        }
        bytes.push(self.unknown);
        bytes.extend(&self.weights);
        write_names(&mut bytes, &self.words);
        write_names(&mut bytes, &self.ngrams);

        let mut coder = Encoder::default();
        let mut model = Model::new(dimensions);
        basis.iter().for_each(|direction| model.row(&mut coder, &mut direction.clone()));
        let mut model = Model::new(rank);
        for row in &self.rows {
            let mut row = row.to_vec();
            row.resize(rank, 0);
            model.row(&mut coder, &mut row);
        }
        bytes.extend(coder.finish());
        bytes
    }

    /// The encoder as a part of a bundle.
    #[cfg(feature = "fit")]
    pub(crate) fn to_part(&self) -> Part {
        let rows = self.basis.iter().zip(&self.basis_steps);
        let basis: Vec<Vec<i16>> = rows
            .map(|(row, &step)| {
                row.iter().map(|&x| if step == 0.0 { 0 } else { (x / step).round() as i16 }).collect()
            })
            .collect();
        let bytes = self.to_bytes(&basis, &self.basis_steps);
        Part { encoding: ENCODING.into(), bytes, extra: Default::default() }
    }

    /// Reads the encoder of a bundle of this embedding space.
    pub fn from_part(part: &Part, space: &EmbeddingSpace) -> Result<Self> {
        check(part, space)?;
        Self::from_bytes(&part.bytes)
    }

    /// Reads the bytes of an encoder, and checks them in full, so that nothing can fail later. The error names the first place that is
    /// wrong.
    pub fn from_bytes(mut bytes: &[u8]) -> Result<Self> {
        let Head { dimensions, rank, words, ngrams, model } = Head::read(&mut bytes)?;
        let (model, rows) = (model.to_owned(), words + ngrams);
        let offset = floats(&mut bytes, dimensions, "the offset")?;
        let basis_steps = floats(&mut bytes, rank, "the steps of the directions")?;
        let steps = floats(&mut bytes, rank, "the steps")?;
        let unknown = take(&mut bytes, 1, "the weights")?[0];
        let weights = take(&mut bytes, words, "the weights")?.to_vec();
        let words = read_names(&mut bytes, words, "word")?;
        let ngrams = read_names(&mut bytes, ngrams, "n-gram")?;

        let mut coder = Decoder::new(bytes);
        let mut contexts = Model::new(dimensions);
        let mut basis = Vec::with_capacity(rank);
        let mut row = vec![0; dimensions];
        for &step in &basis_steps {
            contexts.row(&mut coder, &mut row);
            basis.push(row.iter().map(|&value| f32::from(value) * step).collect());
        }
        let mut contexts = Model::new(rank);
        let mut row = vec![0; rank];
        let mut coefficients = Vec::with_capacity(rows);
        for _ in 0..rows {
            contexts.row(&mut coder, &mut row);
            if coder.overrun() {
                break;
            }
            let end = row.iter().rposition(|&value| value != 0).map_or(0, |last| last + 1);
            coefficients.push(row[..end].into());
        }
        if coder.overrun() {
            return Err(cut_short("the coefficients"));
        }
        if !coder.ends() {
            return Err(wrong("has more bytes after its end"));
        }
        let rows = coefficients;
        Ok(Self { model, offset, basis, basis_steps, steps, words, weights, unknown, ngrams, rows })
    }
}

/// Whether the part is an encoder of this embedding space, as far as its beginning tells.
pub(super) fn check(part: &Part, space: &EmbeddingSpace) -> Result<()> {
    if part.encoding != ENCODING {
        return Err(wrong(format!("has the encoding \"{}\", expected \"{ENCODING}\"", part.encoding)));
    }
    let Head { model, dimensions, .. } = Head::read(&mut part.bytes.as_slice())?;
    if (model, dimensions) != (&space.model, space.dimensions) {
        return Err(wrong(format!(
            "is of the model \"{model}\" with {dimensions} dimensions, but the bundle of \"{}\" with {}",
            space.model, space.dimensions
        )));
    }
    Ok(())
}

/// What an encoder's bytes begin with: the counts of what follows, and the model's name.
struct Head<'a> {
    dimensions: usize,
    rank: usize,
    words: usize,
    ngrams: usize,
    model: &'a str,
}

impl<'a> Head<'a> {
    fn read(bytes: &mut &'a [u8]) -> Result<Self> {
        let mut number =
            || varint::read(bytes).map(|n| n as usize).ok_or(cut_short("the numbers at its start"));
        let (dimensions, rank, words, ngrams, name) = (number()?, number()?, number()?, number()?, number()?);
        if !(1..=MAX_DIMENSIONS).contains(&dimensions)
            || rank > dimensions
            || rank.saturating_mul(dimensions) > MAX_BASIS
        {
            return Err(wrong(format!(
                "has {rank} directions of {dimensions} dimensions, expected no more directions than dimensions, 1 to 65,536 of these, and {MAX_BASIS} values in all"
            )));
        }
        // A word takes three bytes at least, so this is not more than the bytes can unfold to.
        let rows = words.saturating_add(ngrams);
        if rows > bytes.len() || rows.saturating_mul(rank) > MAX_COEFFICIENTS {
            return Err(wrong(format!(
                "has {rows} rows of {rank} values, more than it may hold or its bytes can"
            )));
        }
        let model = std::str::from_utf8(take(bytes, name, "the model's name")?)
            .map_err(|e| wrong(format!("names a model that is not UTF-8: {e}")))?;
        Ok(Self { dimensions, rank, words, ngrams, model })
    }
}

/// Each name as what it shares with the one before, the length of its own part, and that part.
#[cfg(feature = "fit")]
fn write_names(bytes: &mut Vec<u8>, names: &[String]) {
    let mut previous: &[u8] = &[];
    for name in names.iter().map(String::as_bytes) {
        let shared = previous.iter().zip(name).take_while(|(a, b)| a == b).count();
        bytes.extend([shared as u8, (name.len() - shared) as u8]);
        bytes.extend(&name[shared..]);
        previous = name;
    }
}

fn read_names(bytes: &mut &[u8], count: usize, what: &str) -> Result<Vec<String>> {
    let mut names: Vec<String> = Vec::with_capacity(count);
    for index in 0..count {
        let lengths = take(bytes, 2, "the words")?;
        let (shared, own) = (usize::from(lengths[0]), usize::from(lengths[1]));
        let tail = take(bytes, own, "the words")?;
        let previous = names.last().map_or(&[][..], |name| name.as_bytes());
        let bad = |problem: &str| wrong(format!("{what} {index} {problem}"));
        let head =
            previous.get(..shared).ok_or_else(|| bad("shares more with the one before than that has"))?;
        if head.len() + tail.len() > MAX_WORD {
            return Err(bad("is longer than words may be"));
        }
        let mut name = head.to_vec();
        name.extend_from_slice(tail);
        let name = String::from_utf8(name).map_err(|_| bad("is not UTF-8"))?;
        if names.last().is_some_and(|previous| *previous >= name) {
            return Err(bad("is not above the one before"));
        }
        names.push(name);
    }
    Ok(names)
}

fn take<'a>(bytes: &mut &'a [u8], count: usize, place: &str) -> Result<&'a [u8]> {
    let (taken, rest) = bytes.split_at_checked(count).ok_or_else(|| cut_short(place))?;
    *bytes = rest;
    Ok(taken)
}

fn floats(bytes: &mut &[u8], count: usize, place: &str) -> Result<Vec<f32>> {
    let (chunks, _) = take(bytes, count * 4, place)?.as_chunks();
    let values: Vec<f32> = chunks.iter().map(|&chunk| f32::from_le_bytes(chunk)).collect();
    match values.iter().find(|value| !value.is_finite()) {
        Some(&value) => {
            let value = Decimal::from(value);
            Err(wrong(format!("has {value} in {place}, expected finite numbers")))
        }
        None => Ok(values),
    }
}

fn wrong(problem: impl Into<String>) -> Error {
    Cause::Encoder(problem.into()).into()
}

fn cut_short(place: &str) -> Error {
    wrong(format!("ends within {place}: it was cut short"))
}
