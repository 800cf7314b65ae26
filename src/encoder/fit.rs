//! Fitting an encoder to a site.

use super::ENCODING;
use super::apply::QueryEncoder;
use super::bytes::MAX_COEFFICIENTS;
use super::reduce::{Directions, Reduction};
use super::ridge::{OUTPUTS, Outputs, Regression, Solution, on_all_cores};
use super::texts::{PassageText, TrainingText};
use super::vocabulary::Vocabulary;
use crate::Result;
use crate::bundle::Part;
use crate::error::Cause;
use crate::json::Object;
use crate::vector::Matrix;

/// The regularisations that are tried, relative to texts of unit length.
const LAMBDAS: [f32; 4] = [4.0, 2.0, 1.0, 0.5];
/// One article in so many is held out to choose among them.
const HELD_OUT: usize = 10;
/// What a word alone counts, next to a passage.
const WORD: f32 = 2.0;
/// The share of what ranks the collection that the stored coefficients keep.
const FIDELITY: f32 = 0.985;

/// What an encoder learns from.
pub struct Training<'a> {
    /// The embedding model's name.
    pub model: &'a str,
    /// All passages of the site, in the order of the bundle.
    pub passages: &'a [PassageText],
    /// One row for each passage, embedded by the passage recipe; of unit length, like `targets`.
    pub vectors: &'a Matrix,
    /// See [`super::training_texts`].
    pub texts: &'a [TrainingText],
    /// One row for each text, embedded by the query recipe.
    pub targets: &'a Matrix,
    /// See [`super::training_words`].
    pub words: &'a [String],
    /// One row for each word, embedded by the query recipe.
    pub word_targets: &'a Matrix,
}

/// How an encoder is fitted.
#[derive(Clone, Copy, Debug)]
pub struct FitOptions {
    /// How many bytes the encoder may take; its steps grow until it fits. 2 MB by default.
    pub max_bytes: usize,
}

impl Default for FitOptions {
    fn default() -> Self {
        Self { max_bytes: 2_000_000 }
    }
}

/// A fitted encoder.
pub struct Fitted {
    /// The encoder, as read from `bytes`.
    pub encoder: QueryEncoder,
    /// The encoder's bytes, which [`QueryEncoder::from_bytes`] reads.
    pub bytes: Vec<u8>,
    /// Figures about the fit.
    pub report: FitReport,
}

impl Fitted {
    /// The encoder as the bundle's part [`PART`](super::PART).
    pub fn into_part(self) -> Part {
        Part { encoding: ENCODING.into(), bytes: self.bytes, extra: Object::default() }
    }
}

/// Figures about a fit.
#[derive(Clone, Debug, PartialEq)]
pub struct FitReport {
    /// How many words have a row of their own.
    pub words: usize,
    /// How many character n-grams have a row of their own.
    pub ngrams: usize,
    /// How many principal directions are in use.
    pub directions: usize,
    /// The regularisation, chosen on held-out articles.
    pub lambda: f32,
    /// The share of the ranking's variance that rounding kept, 0 to 1.
    pub fidelity: f32,
}

/// Fits an encoder to a site.
///
/// # Errors
///
/// [`ErrorKind::EncoderTraining`](crate::ErrorKind::EncoderTraining).
pub fn fit(training: &Training, options: &FitOptions) -> Result<Fitted> {
    check(training)?;
    let &Training { model, passages, texts, words, .. } = training;
    let (vectors, _) = centred(training.vectors);
    let (mut targets, mean) = centred(training.targets);
    // A word is told from other words, not from texts.
    let (word_targets, _) = centred(training.word_targets);
    let directions = Directions::of(&vectors, training.vectors.dims());
    if directions.rows.is_empty() {
        return Err(Cause::EncoderTraining("all passages have one and the same vector".into()).into());
    }
    let wholes: Vec<String> = passages.iter().map(PassageText::whole).collect();
    let all = texts.iter().map(|text| text.text.as_str()).chain(wholes.iter().map(String::as_str));
    // What is left is for n-grams.
    let most_words = MAX_COEFFICIENTS / directions.rows.len() / 10 * 9;
    let vocabulary = Vocabulary::of(all, words.iter().map(String::as_str), most_words);
    if vocabulary.words.is_empty() {
        return Err(Cause::EncoderTraining("its texts have no words".into()).into());
    }

    // A text is close to its own vector and to its passage's: the mean of both, counted twice, is the same problem.
    let own = directions.project(&targets);
    for (target, text) in targets.iter_mut().zip(texts) {
        target.iter_mut().zip(&vectors[text.passage]).for_each(|(a, b)| *a = (*a + b) / 2.0);
    }
    targets.extend(vectors);
    targets.extend(word_targets);
    let weights = [(2.0, texts.len()), (1.0, passages.len()), (WORD, words.len())];
    let weights: Vec<f32> =
        weights.into_iter().flat_map(|(weight, count)| std::iter::repeat_n(weight, count)).collect();
    let targets = directions.project(&targets);

    let articles = texts.iter().map(|text| Some(passages[text.passage].article));
    let articles = articles.chain(passages.iter().map(|passage| Some(passage.article)));
    let articles: Vec<Option<usize>> = articles.chain(words.iter().map(|_| None)).collect();
    let choice = choose(&vocabulary, &articles, &weights, &targets[0], &own[0], &directions);
    let problem = Regression { texts: &vocabulary.texts, parts: &vocabulary.parts, weights: &weights };
    let solutions = problem.solve_all(&targets, choice.lambda);
    let offset: Vec<f32> = mean.iter().map(|value| value * choice.offset).collect();

    let reduction = Reduction { directions: &directions, vocabulary: &vocabulary, solutions: &solutions };
    let mut step = reduction.step_for(FIDELITY);
    let mut bytes = reduction.encoder(model, offset.clone(), step);
    let mut tries = 0;
    while bytes.len() > options.max_bytes {
        if tries == 24 {
            let problem = format!(
                "it takes {} bytes at the least, more than the {} given",
                bytes.len(),
                options.max_bytes
            );
            return Err(Cause::EncoderTraining(problem).into());
        }
        step *= 1.3;
        bytes = reduction.encoder(model, offset.clone(), step);
        tries += 1;
    }
    let encoder = QueryEncoder::from_bytes(&bytes)?;
    let report = FitReport {
        words: encoder.words(),
        ngrams: encoder.ngrams(),
        directions: encoder.directions(),
        lambda: choice.lambda,
        fidelity: reduction.fidelity(step),
    };
    Ok(Fitted { encoder, bytes, report })
}

fn check(training: &Training) -> Result<()> {
    let Training { passages, vectors, texts, targets, words, word_targets, .. } = training;
    let problem = if passages.is_empty() || texts.is_empty() {
        format!("it needs passages and texts, and has {} and {}", passages.len(), texts.len())
    } else if (passages.len(), texts.len()) != (vectors.rows(), targets.rows()) {
        format!(
            "{} passages and {} texts have {} and {} vectors",
            passages.len(),
            texts.len(),
            vectors.rows(),
            targets.rows()
        )
    } else if words.len() != word_targets.rows() {
        format!("{} words have {} vectors", words.len(), word_targets.rows())
    } else if let Some(other) = [targets, word_targets].iter().find(|rows| rows.dims() != vectors.dims()) {
        format!("its texts' vectors have {} dimensions, its passages' {}", other.dims(), vectors.dims())
    } else if let Some(text) = texts.iter().find(|text| text.passage >= passages.len()) {
        format!("the text \"{}\" is of passage {}, of {}", text.text, text.passage, passages.len())
    } else if [vectors, targets, word_targets].iter().any(|rows| (0..rows.rows()).any(|i| !finite(rows, i))) {
        "a vector has values that are not finite".into()
    } else {
        return Ok(());
    };
    Err(Cause::EncoderTraining(problem).into())
}

fn finite(rows: &Matrix, row: usize) -> bool {
    rows.scale(row).is_finite() && rows.values(row).iter().all(|value| value.is_finite())
}

/// The rows without their mean, and the mean.
fn centred(rows: &Matrix) -> (Vec<Vec<f32>>, Vec<f32>) {
    let values = |i| rows.values(i).iter().map(|value| value * rows.scale(i)).collect();
    let mut vectors: Vec<Vec<f32>> = (0..rows.rows()).map(values).collect();
    let mut sums = vec![0.0; rows.dims()];
    for vector in &vectors {
        sums.iter_mut().zip(vector).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    let mean: Vec<f32> = sums.iter().map(|sum| (sum / rows.rows() as f64) as f32).collect();
    vectors
        .iter_mut()
        .for_each(|vector| vector.iter_mut().zip(&mean).for_each(|(value, mean)| *value -= mean));
    (vectors, mean)
}

struct Choice {
    lambda: f32,
    /// What the mean is multiplied by: an estimate is shorter than what it estimates, and the mean must not outweigh it.
    offset: f32,
}

/// The regularisation with the least error on held-out articles' texts, in the directions that vary the most. `targets`
/// are what texts and passages learn, `own` the texts' own vectors, by which they are judged.
fn choose(
    vocabulary: &Vocabulary,
    articles: &[Option<usize>],
    weights: &[f32],
    targets: &[Outputs],
    own: &[Outputs],
    directions: &Directions,
) -> Choice {
    let held_out = |&i: &usize| articles[i].is_some_and(|article| article % HELD_OUT == HELD_OUT - 1);
    let test: Vec<usize> = (0..own.len()).filter(held_out).collect();
    let train: Vec<usize> = (0..articles.len()).filter(|i| !held_out(i)).collect();
    if test.is_empty() || train.is_empty() {
        return Choice { lambda: 1.0, offset: 1.0 };
    }
    let texts = vocabulary.texts.select(&train);
    let weights: Vec<f32> = train.iter().map(|&i| weights[i]).collect();
    let targets: Vec<Outputs> = train.iter().map(|&i| targets[i]).collect();
    let problem = Regression { texts: &texts, parts: &vocabulary.parts, weights: &weights };
    let tested = vocabulary.texts.select(&test);
    let weighed = |lane: &Outputs| -> f32 {
        (0..OUTPUTS).map(|i| lane[i] * lane[i] * directions.variances.get(i).copied().unwrap_or(0.0)).sum()
    };
    // The error of each regularisation, and what its estimates are to be multiplied by to be as long as what they estimate.
    let tried = on_all_cores(LAMBDAS.len(), |i| {
        let Solution { words, .. } = problem.solve(&targets, LAMBDAS[i]);
        let mut given = vec![[0.0; OUTPUTS]; test.len()];
        tested.times(&words, &mut given);
        let (mut error, mut length, mut expected) = (0.0, 0.0, 0.0);
        for (given, &text) in given.iter().zip(&test) {
            error += weighed(&std::array::from_fn(|i| given[i] - own[text][i]));
            length += weighed(given);
            expected += weighed(&own[text]);
        }
        (error, if expected > 0.0 { (length / expected).sqrt().min(1.0) } else { 1.0 })
    });
    let mut best = (f32::INFINITY, Choice { lambda: 1.0, offset: 1.0 });
    for ((error, offset), lambda) in tried.into_iter().zip(LAMBDAS) {
        if error < best.0 {
            best = (error, Choice { lambda, offset });
        }
    }
    best.1
}
