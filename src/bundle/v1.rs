//! Version 1: one vector an article, in one JSON file that people can write by hand.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};

use super::{Article, Bundle, EmbeddingSpace, Encoding, FORMAT, Layout, Passage, Statistics, json};
use crate::fields::{Fields, FromJson, Mismatch, Place};
use crate::json::{Object, Value};
use crate::vector::{Matrix, Vectors};
use crate::{Error, Result};

/// The fields of a version 1 bundle but for `format` and `version`.
#[derive(Debug)]
pub(super) struct V1 {
    space: EmbeddingSpace,
    articles: Vec<Article>,
    vectors: JsonVectors,
    extra: Object,
}

#[derive(Serialize)]
struct Write<'a> {
    format: &'a str,
    version: u32,
    space: &'a EmbeddingSpace,
    articles: &'a [Article],
    vectors: JsonVectors,
    #[serde(flatten)]
    extra: &'a Object,
}

impl V1 {
    pub fn read(json: &[u8]) -> Result<Self> {
        let (mut articles, mut values, mut ends) = (Vec::new(), Vec::new(), Vec::new());
        let fields = json::fields(
            json,
            &mut [
                ("articles", &mut |article, place| {
                    Article::from_json(article, place).map(|article| articles.push(article))
                }),
                ("vectors", &mut |row, place| {
                    values.append(&mut Vec::<f32>::from_json(row, place)?);
                    ends.push(values.len());
                    Ok(())
                }),
            ],
        )?;
        let mut fields = Fields::at_top(fields);
        // What is left of a list says that it is there.
        let _: Vec<Value> = fields.required("articles")?;
        let vectors = match fields.required("vectors")? {
            Value::Array(_) => JsonVectors::Arrays { values, ends },
            other => JsonVectors::base64(other)?,
        };
        Ok(Self { space: fields.required("space")?, articles, vectors, extra: fields.rest() })
    }

    pub fn into_bundle(self) -> Result<Bundle> {
        let Self { space, articles, vectors, extra } = self;
        // Before the matrix is laid out by them.
        space.check()?;
        let layout = match vectors {
            JsonVectors::Arrays { .. } => Layout::V1Arrays,
            JsonVectors::Base64 { .. } => Layout::V1Base64,
        };
        Ok(Bundle {
            layout,
            encoding: Encoding::Float32,
            vectors: Vectors::Float32(vectors.into_matrix(&space, articles.len())?),
            passages: Passage::whole_articles(articles.len()),
            space,
            articles,
            statistics: Statistics::default(),
            parts: Vec::new(),
            extra,
        })
    }
}

/// The text of a version 1 bundle; what version 1 has no place for is refused.
pub(super) fn write(bundle: &Bundle) -> Result<String> {
    let Bundle { layout, space, articles, passages, vectors, statistics, parts, extra, .. } = bundle;
    if *passages != Passage::whole_articles(articles.len()) {
        return Err(Error::field(
            "passages",
            "do not fit into version 1: build with one passage for each article",
        ));
    }
    if !parts.is_empty() || *statistics != Statistics::default() {
        return Err(Error::field("parts", "do not fit into version 1: write version 2"));
    }
    let vectors = JsonVectors::from_matrix(&vectors.to_float32(), *layout);
    let version = layout.version();
    json::to_string(&Write { format: FORMAT, version, space, articles, vectors, extra })
}

/// The one encoding that version 1 has beside arrays.
const FLOAT32_BASE64: &str = "float32-base64";

/// The field `vectors` as it stands in the JSON, before it is checked against the rest.
#[derive(Debug)]
enum JsonVectors {
    /// All values one after the other, and where each row ends.
    Arrays {
        values: Vec<f32>,
        ends: Vec<usize>,
    },
    Base64 {
        encoding: String,
        data: String,
    },
}

#[derive(Serialize)]
struct Base64Fields {
    encoding: String,
    data: String,
}

impl JsonVectors {
    fn base64(value: Value) -> std::result::Result<Self, Box<Mismatch>> {
        let place = Place::Field(&Place::Top, "vectors");
        if value.as_object().is_none() {
            let expected = "an array of arrays of numbers, or an object with \"encoding\" and \"data\"";
            return Err(Mismatch::new(&place, &value, expected));
        }
        let mut fields = Fields::of(value, &place)?;
        Ok(Self::Base64 { encoding: fields.required("encoding")?, data: fields.required("data")? })
    }

    fn from_matrix(matrix: &Matrix, layout: Layout) -> Self {
        let values = (0..matrix.rows()).flat_map(|row| matrix.values(row)).copied();
        if layout == Layout::V1Arrays {
            let ends = (1..=matrix.rows()).map(|row| row * matrix.dims()).collect();
            Self::Arrays { values: values.collect(), ends }
        } else {
            let bytes: Vec<u8> = values.flat_map(f32::to_le_bytes).collect();
            Self::Base64 { encoding: FLOAT32_BASE64.into(), data: STANDARD.encode(bytes) }
        }
    }

    /// The vectors as a matrix of one row an article; an error names the first row that does not fit.
    fn into_matrix(self, space: &EmbeddingSpace, articles: usize) -> Result<Matrix> {
        let dims = space.dimensions;
        let values = match self {
            Self::Arrays { values, ends } => {
                let mut start = 0;
                for (row, end) in ends.iter().enumerate() {
                    if end - start != dims {
                        let problem = format!("has {} values, but space.dimensions is {dims}", end - start);
                        return Err(Error::field(format!("vectors[{row}]"), problem));
                    }
                    start = *end;
                }
                values
            }
            Self::Base64 { encoding, data } => {
                if encoding != FLOAT32_BASE64 {
                    let problem = format!("is \"{encoding}\", expected \"{FLOAT32_BASE64}\"");
                    return Err(Error::field("vectors.encoding", problem));
                }
                let bytes = STANDARD
                    .decode(data)
                    .map_err(|e| Error::field("vectors.data", format!("is not base64: {e}")))?;
                let expected = articles.saturating_mul(dims).saturating_mul(4);
                if bytes.len() != expected {
                    let problem = format!(
                        "holds {} bytes, but {articles} articles x {dims} dimensions x 4 bytes are {expected}",
                        bytes.len()
                    );
                    return Err(Error::field("vectors.data", problem));
                }
                bytes.as_chunks().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect()
            }
        };
        Ok(Matrix::from_values(&values, dims))
    }
}

impl Serialize for JsonVectors {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        match self {
            Self::Arrays { values, ends } => {
                let mut rows = serializer.serialize_seq(Some(ends.len()))?;
                let mut start = 0;
                for &end in ends {
                    rows.serialize_element(&values[start..end])?;
                    start = end;
                }
                rows.end()
            }
            Self::Base64 { encoding, data } => {
                Base64Fields { encoding: encoding.clone(), data: data.clone() }.serialize(serializer)
            }
        }
    }
}
