//! The one error type, with a kind and a stable code for each case.

use crate::decimal::Decimal;

/// What went wrong: the place, the value, and the way out if there is one. It is one pointer wide, so that a `Result` costs
/// little to pass on.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(transparent)]
pub struct Error(Box<Cause>);

/// The crate's result type.
pub type Result<T> = std::result::Result<T, Error>;

/// The kind of an error. Later releases may add kinds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The bundle is not JSON, or not a JSON object.
    BundleJson,
    /// The JSON is not an exemplar-search bundle.
    BundleFormat,
    /// The bundle was written by a newer release, or its version does not exist.
    BundleVersion,
    /// A field is missing, of the wrong type or out of range.
    BundleField,
    /// Two articles have the same id.
    DuplicateId,
    /// A vector holds NaN or an infinity.
    NotFinite,
    /// A vector is all zeros, so it has no direction to compare.
    ZeroVector,
    /// A query has another number of dimensions than the bundle.
    QueryDimensions,
    /// An embedding API answers with another model than the bundle's.
    OtherModel,
    /// No article has this id.
    UnknownArticle,
    /// The method needs something that neither the query nor the bundle has.
    MethodNeeds,
    /// The bundle has too many dimensions for this method.
    TooManyDimensions,
    /// The bytes of a query encoder are damaged, or it is of another embedding space.
    Encoder,
    /// A shard of the bundle is missing, damaged, or not a shard.
    Shard,
    /// A shard is of another build than the manifest: the site has been published again in the meantime.
    OtherBuild,
    /// What an engine returned for a remote bundle is not what was asked for.
    Response,
    /// The bundle has no query encoder.
    NoEncoder,
    /// A query encoder cannot be fitted to the texts and vectors that were given.
    EncoderTraining,
    /// An option is unknown, out of range or of the wrong type.
    Option,
}

impl ErrorKind {
    /// A code that stays the same from release to release; JavaScript finds it as `error.code`.
    pub fn code(self) -> &'static str {
        match self {
            Self::BundleJson => "bundle-json",
            Self::BundleFormat => "bundle-format",
            Self::BundleVersion => "bundle-version",
            Self::BundleField => "bundle-field",
            Self::DuplicateId => "duplicate-id",
            Self::NotFinite => "not-finite",
            Self::ZeroVector => "zero-vector",
            Self::QueryDimensions => "query-dimensions",
            Self::OtherModel => "other-model",
            Self::UnknownArticle => "unknown-article",
            Self::MethodNeeds => "method-needs",
            Self::TooManyDimensions => "too-many-dimensions",
            Self::Encoder => "encoder",
            Self::Shard => "shard",
            Self::OtherBuild => "other-build",
            Self::Response => "bad-response",
            Self::NoEncoder => "no-encoder",
            Self::EncoderTraining => "encoder-training",
            Self::Option => "option",
        }
    }
}

impl Error {
    /// The kind of this error.
    pub fn kind(&self) -> ErrorKind {
        match *self.0 {
            Cause::BundleJson(_) => ErrorKind::BundleJson,
            Cause::BundleFormat { .. } => ErrorKind::BundleFormat,
            Cause::BundleVersion { .. } => ErrorKind::BundleVersion,
            Cause::BundleField { .. } => ErrorKind::BundleField,
            Cause::DuplicateId { .. } => ErrorKind::DuplicateId,
            Cause::NotFinite { .. } => ErrorKind::NotFinite,
            Cause::ZeroVector { .. } => ErrorKind::ZeroVector,
            Cause::QueryDimensions { .. } => ErrorKind::QueryDimensions,
            Cause::OtherModel { .. } => ErrorKind::OtherModel,
            Cause::UnknownArticle { .. } => ErrorKind::UnknownArticle,
            Cause::MethodNeeds { .. } => ErrorKind::MethodNeeds,
            Cause::TooManyDimensions { .. } => ErrorKind::TooManyDimensions,
            Cause::Encoder(_) => ErrorKind::Encoder,
            Cause::Shard { .. } => ErrorKind::Shard,
            Cause::OtherBuild { .. } => ErrorKind::OtherBuild,
            Cause::Response(_) => ErrorKind::Response,
            Cause::NoEncoder => ErrorKind::NoEncoder,
            #[cfg(feature = "fit")]
            Cause::EncoderTraining(_) => ErrorKind::EncoderTraining,
            Cause::Option { .. } => ErrorKind::Option,
        }
    }

    /// The [`ErrorKind::code`] of this error's kind.
    pub fn code(&self) -> &'static str {
        self.kind().code()
    }

    /// The same error with the option's name, such as `positive_weight`, spelled as the caller writes it.
    #[must_use]
    pub fn with_option_name(mut self, spell: impl Fn(&str) -> String) -> Self {
        if let Cause::Option { option, .. } = &mut *self.0 {
            *option = spell(option);
        }
        self
    }

    pub(crate) fn option(
        option: impl Into<String>,
        value: impl ToString,
        expected: impl Into<String>,
    ) -> Self {
        Cause::Option { option: option.into(), value: value.to_string(), expected: expected.into() }.into()
    }

    pub(crate) fn field(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Cause::BundleField { place: place.into(), problem: problem.into() }.into()
    }
}

impl From<Cause> for Error {
    fn from(cause: Cause) -> Self {
        Self(Box::new(cause))
    }
}

/// What an [`Error`] says.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub(crate) enum Cause {
    /// The bundle is not JSON, or not a JSON object.
    #[error("the bundle is not valid JSON: {0}")]
    BundleJson(String),
    /// The JSON is not an exemplar-search bundle.
    #[error("this is not an exemplar-search bundle: its \"format\" is {found}, expected \"exemplar-search\"")]
    BundleFormat { found: String },
    /// The bundle was written by a newer release, or its version does not exist.
    #[error("the bundle has version {found}, this release reads versions 1 to {newest}; {way_out}")]
    BundleVersion { found: String, newest: u32, way_out: &'static str },
    /// A field is missing, of the wrong type or out of range.
    #[error("bundle field {place}: {problem}")]
    BundleField { place: String, problem: String },
    /// Two articles have the same id.
    #[error(
        "bundle field articles[{second}].id: \"{id}\" is already the id of articles[{first}]; ids must differ"
    )]
    DuplicateId { id: String, first: usize, second: usize },
    /// A vector holds NaN or an infinity.
    #[error("{place} is {}: vectors must be finite numbers", Decimal::from(*.value))]
    NotFinite { place: String, value: f32 },
    /// A vector is all zeros, so it has no direction to compare.
    #[error("{place} is all zeros, which has no direction to compare: embed a text that is not empty")]
    ZeroVector { place: String },
    /// A query has another number of dimensions than the bundle.
    #[error(
        "the query has {found} dimensions, the bundle {expected} (model \"{model}\"): embed the query with that model"
    )]
    QueryDimensions { found: usize, expected: usize, model: String },
    /// An embedding API answers with another model than the bundle's.
    #[error(
        "this API answers with another model: the cosine of its vector for \"{text}\" to that of the bundle's model \"{model}\" is {}, expected {} or above; embed queries with that model, as the bundle's recipe for queries says",
        Decimal::rounded(*.cosine, 3),
        Decimal::from(*.least)
    )]
    OtherModel { text: String, model: String, cosine: f64, least: f64 },
    /// No article has this id.
    #[error("no article has the id \"{id}\"")]
    UnknownArticle { id: String },
    /// The method needs something that neither the query nor the bundle has.
    #[error("method {method} needs {needs}")]
    MethodNeeds { method: String, needs: &'static str },
    /// The whitened cosine would take minutes.
    #[error(
        "method whitened would take too long for {passages} passages of {dimensions} dimensions: rank by knn, or build the bundle with fewer dimensions"
    )]
    TooManyDimensions { dimensions: usize, passages: usize },
    /// The bytes of a query encoder are damaged, or it is of another embedding space.
    #[error("the query encoder {0}; build the bundle again")]
    Encoder(String),
    /// A shard of the bundle is missing, damaged, or not a shard.
    #[error("the shard {file} {problem}: load it again, or build the bundle again")]
    Shard { file: String, problem: String },
    /// A shard is of another build than the manifest: the site has been published again in the meantime.
    #[error("the shard {file} is of another build: load the bundle again")]
    OtherBuild { file: String },
    /// What an engine returned for a remote bundle is not what was asked for.
    #[error("{0}")]
    Response(String),
    /// The bundle has no query encoder.
    #[error("this bundle has no query encoder: build it with one, or embed the query with an API")]
    NoEncoder,
    /// A query encoder cannot be fitted to the texts and vectors that were given.
    #[cfg(feature = "fit")]
    #[error("the query encoder cannot be fitted: {0}")]
    EncoderTraining(String),
    /// An option is unknown, out of range or of the wrong type.
    #[error("option {option} is {value}: {expected}")]
    Option { option: String, value: String, expected: String },
}

/// What was expected: one of these names.
pub(crate) fn one_of(names: &[&str]) -> String {
    let mut expected = String::from("expected ");
    for (place, name) in names.iter().enumerate() {
        expected += if place == 0 { "one of " } else { ", " };
        expected += name;
    }
    expected
}
