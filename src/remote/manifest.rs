//! The files of a remote bundle: the manifest, and the file of its parts. `docs/remote.md` specifies them.

use half::f16;
use serde::Serialize;

use crate::bundle::{
    Beside, Descriptor, EmbeddingSpace, Encoding, FORMAT, Files, Part, REMOTE_VERSION, covariance_bytes,
    covariance_of, json_fields, json_version, sha256,
};
use crate::closeness::Calibration;
use crate::encoder;
use crate::fields::Fields;
use crate::vector::dense::Dense;
use crate::vector::little_endian::float32;
use crate::vector::{Matrix, Vectors, float16};
use crate::{Error, Result};

/// Dimensions of a remote bundle at most: it holds their covariance, and a page inverts it.
pub const MAX_DIMENSIONS: usize = 2048;
/// Clusters and random passages at most.
pub(super) const MAX_CLUSTERS: usize = 4096;
pub(super) const MAX_PASSAGES: usize = 16_384;

/// The names of the parts.
pub(super) const MEAN: &str = "mean";
pub(super) const COVARIANCE: &str = "covariance";
pub(super) const CLUSTERS: &str = "clusters";
pub(super) const PASSAGES: &str = "passages";
pub(super) const NORMS: &str = "norms";
pub(super) const MEAN_QUERY: &str = "mean_query";

/// The encodings of those that are no vectors.
pub(super) const COVARIANCE_ENCODING: &str = "covariance-1";
pub(super) const CLUSTERS_ENCODING: &str = "clusters-1";

/// What a remote bundle says of its collection.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The embedding space, with its probes.
    pub space: EmbeddingSpace,
    /// How many rows the engine holds.
    pub rows: usize,
    /// How many articles they are of.
    pub articles: usize,
    /// The fields that the engine filters by.
    pub fields: Vec<String>,
    /// Whether the engine searches for words.
    pub words: bool,
    /// How near the nearest row is to queries that the collection answers; see [`crate::bundle::Statistics::closeness`].
    pub closeness: Option<Calibration>,
    /// The name of the file beside the manifest that holds the parts.
    pub file: String,
    parts: Vec<(String, Descriptor)>,
}

#[derive(Serialize)]
struct Write<'a> {
    format: &'a str,
    version: u32,
    rows: usize,
    articles: usize,
    fields: &'a [String],
    words: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    closeness: Option<Calibration>,
    space: &'a EmbeddingSpace,
    parts: std::collections::BTreeMap<&'a str, &'a Descriptor>,
}

impl Manifest {
    /// Reads the manifest, and says which file it needs.
    ///
    /// # Errors
    ///
    /// As of every bundle; the JSON of another kind of bundle is refused.
    pub fn read(json: &[u8]) -> Result<Self> {
        let version = json_version(json)?;
        if version != u64::from(REMOTE_VERSION) {
            let problem = format!(
                "is {version}, but a remote bundle has {REMOTE_VERSION}: this one holds its rows itself, load it without candidates"
            );
            return Err(Error::field("version", problem));
        }
        let mut fields = Fields::at_top(json_fields(json, &mut [])?);
        let parts: Vec<(String, Descriptor)> = fields.required("parts")?;
        let mut file: Option<&str> = None;
        for (name, part) in &parts {
            match (part.checked_file(name)?, file) {
                (Some(own), None) => file = Some(own),
                (Some(own), Some(other)) if own == other => {}
                _ => {
                    let problem = "expected all parts in one file beside the manifest";
                    return Err(Error::field(format!("parts.{name}.file"), problem));
                }
            }
        }
        let file = file.ok_or_else(|| Error::field("parts", "is empty"))?.to_owned();
        let manifest = Self {
            space: fields.required("space")?,
            rows: fields.required("rows")?,
            articles: fields.required("articles")?,
            fields: fields.required("fields")?,
            words: fields.required("words")?,
            closeness: fields.optional("closeness")?,
            file,
            parts,
        };
        manifest.check()?;
        Ok(manifest)
    }

    fn check(&self) -> Result<()> {
        let dims = self.space.dimensions;
        check_dimensions(dims)?;
        if self.rows == 0 {
            return Err(Error::field("rows", "is 0: a collection needs at least one row"));
        }
        if !(1..=self.rows).contains(&self.articles) {
            let problem = format!("is {}, expected 1 to {}, the number of rows", self.articles, self.rows);
            return Err(Error::field("articles", problem));
        }
        for (i, probe) in self.space.probes.iter().enumerate() {
            if probe.vector.len() != dims {
                let problem = format!("has {} values, but space.dimensions is {dims}", probe.vector.len());
                return Err(Error::field(format!("space.probes[{i}].vector"), problem));
            }
        }
        Ok(())
    }

    /// The manifest of these parts, and its file. The file is named by its hash, so that a cache never gives one build's file to another's
    /// manifest.
    pub(super) fn write(mut self, parts: &[(&str, Part)]) -> Result<crate::bundle::Written> {
        let bytes: Vec<u8> = parts.iter().flat_map(|(_, part)| &part.bytes).copied().collect();
        self.file = format!("search-{}.bin", &sha256(&bytes)[..16]);
        let mut offset = 0;
        for (name, part) in parts {
            self.parts.push(((*name).to_owned(), Descriptor::in_file(part, self.file.clone(), offset)));
            offset += part.bytes.len();
        }
        self.check()?;
        let json = crate::bundle::to_json(&Write {
            format: FORMAT,
            version: REMOTE_VERSION,
            rows: self.rows,
            articles: self.articles,
            fields: &self.fields,
            words: self.words,
            closeness: self.closeness,
            space: &self.space,
            parts: self.parts.iter().map(|(name, part)| (name.as_str(), part)).collect(),
        })?;
        Ok(crate::bundle::Written { json, sidecar: Some((self.file, bytes)) })
    }

    /// One of no parts yet.
    pub(super) fn without_parts(
        space: EmbeddingSpace,
        rows: usize,
        articles: usize,
        fields: Vec<String>,
        words: bool,
        closeness: Option<Calibration>,
    ) -> Self {
        let (file, parts) = (String::new(), Vec::new());
        Self { space, rows, articles, fields, words, closeness, file, parts }
    }
}

pub(super) fn check_dimensions(dims: usize) -> Result<()> {
    if (1..=MAX_DIMENSIONS).contains(&dims) {
        return Ok(());
    }
    let problem =
        format!("is {dims}, expected 1 to {MAX_DIMENSIONS} for a remote bundle: build with fewer dimensions");
    Err(Error::field("space.dimensions", problem))
}

/// A mixture of clusters, as a part holds it.
#[derive(Clone, Debug)]
pub(super) struct Clusters {
    /// How many rows of the sample are in each.
    pub counts: Vec<u32>,
    /// Their means.
    pub centroids: Matrix,
}

/// What the files hold.
pub(super) struct Parts {
    pub manifest: Manifest,
    pub mean: Vec<f64>,
    pub covariance: Dense,
    pub clusters: Clusters,
    /// Random rows, of unit length.
    pub passages: Matrix,
    /// 1 over the whitened length of each of these.
    pub scales: Vec<f32>,
    pub mean_query: Option<Vec<f32>>,
    pub encoder: Option<Part>,
}

/// Reads all of a remote bundle and checks it.
pub(super) fn read(json: &[u8], files: &Files) -> Result<Parts> {
    let manifest = Manifest::read(json)?;
    let dims = manifest.space.dimensions;
    let part = |name: &str| manifest.part(name, files);
    let required = |name: &str, part: Option<Part>| {
        part.ok_or_else(|| Error::field(format!("parts.{name}"), "is missing"))
    };
    let mean = floats(MEAN, &required(MEAN, part(MEAN)?)?, dims, 1.01)?;
    let covariance = read_covariance(&required(COVARIANCE, part(COVARIANCE)?)?, dims)?;
    let clusters = read_clusters(&required(CLUSTERS, part(CLUSTERS)?)?, dims)?;
    let passages = read_passages(required(PASSAGES, part(PASSAGES)?)?, dims)?;
    let scales = floats(NORMS, &required(NORMS, part(NORMS)?)?, passages.rows(), 1e15)?;
    if let Some(i) = scales.iter().position(|&scale| scale < 0.0) {
        return Err(Error::field(format!("parts.{NORMS}[{i}]"), "is below 0"));
    }
    let mean_query = part(MEAN_QUERY)?.map(|part| floats(MEAN_QUERY, &part, dims, 1e18)).transpose()?;
    let encoder = part(encoder::PART)?;
    let mean = mean.into_iter().map(f64::from).collect();
    Ok(Parts { manifest, mean, covariance, clusters, passages, scales, mean_query, encoder })
}

impl Manifest {
    fn part(&self, name: &str, files: &Files) -> Result<Option<Part>> {
        let Some((_, part)) = self.parts.iter().find(|(other, _)| other == name) else { return Ok(None) };
        let wrong = |problem: String| Error::field(format!("parts.{name}.file"), problem);
        let bytes = files
            .get(&self.file)
            .ok_or_else(|| wrong(format!("\"{}\" is missing: put it beside the manifest", self.file)))?;
        let start = part.offset.unwrap_or(0);
        let end = start.saturating_add(part.length);
        if end > bytes.len() as u64 {
            return Err(wrong(format!(
                "\"{}\" has {} bytes, the part ends at {end}: it was cut short or is of another build",
                self.file,
                bytes.len()
            )));
        }
        let bytes = bytes[start as usize..end as usize].to_vec();
        let sha256 = sha256(&bytes);
        part.clone().read(name, Some(Beside { bytes, sha256 })).map(Some)
    }
}

fn wrong(name: &str, problem: impl Into<String>) -> Error {
    Error::field(format!("parts.{name}"), problem)
}

fn check_encoding(name: &str, part: &Part, expected: &str) -> Result<()> {
    if part.encoding == expected {
        return Ok(());
    }
    let problem = format!("is \"{}\", expected \"{expected}\"", part.encoding);
    Err(Error::field(format!("parts.{name}.encoding"), problem))
}

fn check_length(name: &str, part: &Part, expected: usize) -> Result<()> {
    if part.bytes.len() == expected {
        return Ok(());
    }
    Err(wrong(name, format!("has {} bytes, expected {expected}", part.bytes.len())))
}

/// Finite numbers, none beyond `most`.
fn floats(name: &str, part: &Part, count: usize, most: f32) -> Result<Vec<f32>> {
    check_encoding(name, part, Encoding::Float32.name())?;
    check_length(name, part, 4 * count)?;
    let values = float32(&part.bytes);
    check_values(name, &values, most)?;
    Ok(values)
}

fn check_values(name: &str, values: &[f32], most: f32) -> Result<()> {
    match values.iter().position(|value| value.is_nan() || value.abs() > most) {
        None => Ok(()),
        Some(i) => Err(wrong(name, format!("holds a number that no collection has, at {i}"))),
    }
}

fn read_covariance(part: &Part, dims: usize) -> Result<Dense> {
    check_encoding(COVARIANCE, part, COVARIANCE_ENCODING)?;
    check_length(COVARIANCE, part, covariance_bytes(dims))?;
    let found = covariance_of(&part.bytes, dims);
    found
        .filter(|covariance| (0..dims).all(|i| covariance.row(i)[i] >= 0.0))
        .ok_or_else(|| wrong(COVARIANCE, "holds a covariance that no vectors have"))
}

fn read_clusters(part: &Part, dims: usize) -> Result<Clusters> {
    check_encoding(CLUSTERS, part, CLUSTERS_ENCODING)?;
    let each = 4 + 2 * dims;
    let count = part.bytes.len() / each;
    if !(1..=MAX_CLUSTERS).contains(&count) || part.bytes.len() != count * each {
        let problem = format!(
            "has {} bytes, expected {each} for each of 1 to {MAX_CLUSTERS} clusters",
            part.bytes.len()
        );
        return Err(wrong(CLUSTERS, problem));
    }
    let (counts, centroids) = part.bytes.split_at(4 * count);
    let counts: Vec<u32> = counts.as_chunks().0.iter().map(|count| u32::from_le_bytes(*count)).collect();
    let centroids = float16::values(centroids);
    check_values(CLUSTERS, &centroids, 1.01)?;
    if counts.contains(&0) {
        return Err(wrong(CLUSTERS, "holds a cluster of no rows"));
    }
    Ok(Clusters { counts, centroids: Matrix::from_values(&centroids, dims) })
}

fn read_passages(part: Part, dims: usize) -> Result<Matrix> {
    check_encoding(PASSAGES, &part, Encoding::Float16.name())?;
    let each = 2 * dims;
    let count = part.bytes.len() / each;
    if !(1..=MAX_PASSAGES).contains(&count) {
        let problem =
            format!("has {} bytes, expected {each} for each of 1 to {MAX_PASSAGES} rows", part.bytes.len());
        return Err(wrong(PASSAGES, problem));
    }
    check_length(PASSAGES, &part, count * each)?;
    let Vectors::Float32(mut rows) = Encoding::Float16.decode_checked(part, count, dims)? else {
        return Err(wrong(PASSAGES, "are no float16"));
    };
    let lengths: Vec<f64> = (0..count).map(|row| rows.length(row)).collect();
    if let Some(row) = lengths.iter().position(|length| !(0.9..=1.1).contains(length)) {
        return Err(wrong(PASSAGES, format!("holds row {row}, which has not the length 1")));
    }
    rows.bring_to_unit_length(&lengths);
    Ok(rows)
}

/// The bytes of clusters, as [`read`] has them.
pub(super) fn clusters_part(clusters: &Clusters) -> Part {
    let Clusters { counts, centroids } = clusters;
    let mut bytes: Vec<u8> = counts.iter().flat_map(|count| count.to_le_bytes()).collect();
    bytes.extend(float16(centroids));
    Part { encoding: CLUSTERS_ENCODING.into(), bytes, extra: Default::default() }
}

pub(super) fn passages_part(rows: &Matrix) -> Part {
    let encoding = Encoding::Float16.name().into();
    Part { encoding, bytes: float16(rows).collect(), extra: Default::default() }
}

pub(super) fn floats_part(values: impl IntoIterator<Item = f32>) -> Part {
    let bytes = values.into_iter().flat_map(f32::to_le_bytes).collect();
    Part { encoding: Encoding::Float32.name().into(), bytes, extra: Default::default() }
}

fn float16(rows: &Matrix) -> impl Iterator<Item = u8> {
    (0..rows.rows()).flat_map(|row| rows.meaning(row)).flat_map(|x| f16::from_f64(x).to_le_bytes())
}
