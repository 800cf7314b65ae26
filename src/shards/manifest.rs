//! The manifest: the only file of a bundle in shards that keeps its name from build to build.

use serde::Serialize;

use super::shard::Build;
use crate::bundle::{EmbeddingSpace, FORMAT, Probe, SHARDS_VERSION, json_fields, json_version, to_json};
use crate::closeness::Calibration;
use crate::fields::Fields;
use crate::{Error, Result, Weights};

/// What the manifest says of a build.
#[derive(Clone, Debug, PartialEq)]
pub struct Manifest {
    /// The embedding space, with the first of its probes at most, in small whole numbers: enough to detect another model's vectors.
    /// The exact probes are in the shard `rest`, because few readers need them.
    pub space: EmbeddingSpace,
    /// The build that the shards belong to.
    pub build: Build,
    /// How many articles there are.
    pub articles: usize,
    /// How many passages they have.
    pub passages: usize,
    /// How far scores lie from those of the whole bundle.
    pub noise: Noise,
    /// How near the nearest passage is to queries that the site answers; see [`crate::bundle::Statistics::closeness`].
    pub closeness: Option<Calibration>,
}

/// How far scores of a search in shards lie from those of the whole bundle: a standard deviation next to that of the scores of all
/// passages. Places are rounded, and not all words are looked up. The build measures it, with texts of the site as queries.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Of the cosine.
    pub knn: f32,
    /// Of the SVM.
    pub svm: f32,
    /// Of the whitened cosine.
    pub whitened: f32,
    /// Of keywords.
    pub lexical: f32,
}

/// What rounding alone does, for manifests of older builds.
impl Default for Noise {
    fn default() -> Self {
        Self { knn: 0.15, svm: 0.15, whitened: 0.15, lexical: 0.0 }
    }
}

impl Noise {
    /// From the manifest's list.
    fn read(list: Option<Vec<f32>>) -> Result<Self> {
        match list.as_deref() {
            None => Ok(Self::default()),
            // Older builds did not measure the SVM.
            Some(&[knn, whitened, lexical]) => Ok(Self { knn, svm: knn, whitened, lexical }),
            Some(&[knn, whitened, lexical, svm]) => Ok(Self { knn, svm, whitened, lexical }),
            Some(_) => Err(Error::field("noise", "expected three or four numbers")),
        }
    }

    /// That of a weighted mean of scores. The parts err independently.
    pub(crate) fn of(&self, weights: &Weights) -> f32 {
        let parts = [
            (weights.knn, self.knn),
            (weights.svm, self.svm),
            (weights.whitened, self.whitened),
            (weights.lexical, self.lexical),
        ];
        let all = parts.iter().map(|(weight, _)| weight).sum::<f32>().max(f32::MIN_POSITIVE);
        parts.iter().map(|(weight, noise)| (weight / all * noise).powi(2)).sum::<f32>().sqrt()
    }
}

#[derive(Serialize)]
struct Write<'a> {
    format: &'a str,
    version: u32,
    build: String,
    articles: usize,
    passages: usize,
    noise: [f32; 4],
    #[serde(skip_serializing_if = "Option::is_none")]
    closeness: Option<Calibration>,
    space: &'a EmbeddingSpace,
    #[serde(skip_serializing_if = "Option::is_none")]
    probe: Option<WriteProbe<'a>>,
}

#[derive(Serialize)]
struct WriteProbe<'a> {
    text: &'a str,
    vector: Vec<i8>,
}

impl Manifest {
    /// Reads a manifest. Refuses the JSON of a bundle in one file.
    pub fn read(json: &[u8]) -> Result<Self> {
        let version = json_version(json)?;
        if version != u64::from(SHARDS_VERSION) {
            let problem = format!(
                "is {version}, but a bundle in shards has {SHARDS_VERSION}: it is one file, load it whole"
            );
            return Err(Error::field("version", problem));
        }
        let mut fields = Fields::at_top(json_fields(json, &mut [])?);
        let build: String = fields.required("build")?;
        let probe: Option<Probe> = fields.optional("probe")?;
        let mut space: EmbeddingSpace = fields.required("space")?;
        if let Some(probe) = &probe
            && probe.vector.len() != space.dimensions
        {
            let problem =
                format!("has {} values, but the space has {}", probe.vector.len(), space.dimensions);
            return Err(Error::field("probe.vector", problem));
        }
        space.probes = probe.into_iter().collect();
        Ok(Self {
            space,
            build: read_build(&build).ok_or_else(|| {
                Error::field("build", format!("is \"{build}\", expected 16 lower-case hexadecimal digits"))
            })?,
            articles: fields.required("articles")?,
            passages: fields.required("passages")?,
            noise: Noise::read(fields.optional("noise")?)?,
            closeness: fields.optional("closeness")?,
        })
    }

    /// The manifest's JSON.
    pub fn write(&self) -> Result<String> {
        let space = EmbeddingSpace { probes: Vec::new(), ..self.space.clone() };
        let probe = self.space.probe().map(|Probe { text, vector }| {
            let largest = vector.iter().fold(f32::MIN_POSITIVE, |largest, x| largest.max(x.abs()));
            let vector = vector.iter().map(|x| (x / largest * 127.0).round() as i8).collect();
            WriteProbe { text, vector }
        });
        to_json(&Write {
            format: FORMAT,
            version: SHARDS_VERSION,
            build: hexadecimal(self.build),
            articles: self.articles,
            passages: self.passages,
            noise: [self.noise.knn, self.noise.whitened, self.noise.lexical, self.noise.svm],
            closeness: self.closeness,
            space: &space,
            probe,
        })
    }

    /// The folder beside the manifest that holds the build's shards.
    pub fn folder(&self) -> String {
        format!("search-{}", hexadecimal(self.build))
    }
}

fn hexadecimal(build: Build) -> String {
    build.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sixteen digits, so that the folder's name cannot lead out of the manifest's folder.
fn read_build(digits: &str) -> Option<Build> {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let digits: &[u8; 16] = digits.as_bytes().try_into().ok()?;
    let mut build = Build::default();
    for (byte, pair) in build.iter_mut().zip(digits.as_chunks::<2>().0) {
        *byte = digit(pair[0])? << 4 | digit(pair[1])?;
    }
    Some(build)
}
