//! Makes the query encoder, the mean query and the space's probes, from the site's titles, headings and sentences embedded as
//! queries.

use std::ops::{Range, RangeInclusive};

use anyhow::{Result, bail};
use exemplar_search::bundle::{Bundle, Part, Passage, Probe, Recipe, Statistics};
use exemplar_search::encoder::{
    self, FitOptions, PassageText, TextKind, Training, TrainingText, training_texts, training_words,
};
use exemplar_search::vector::Matrix;
use exemplar_search::{Calibration, OwnTexts, SearchIndex};

use super::job::Job;
use super::texts::Texts;
use crate::output::note;
use crate::site::{Document, join};

/// Texts embedded as queries if `--query-texts` says no other number: as many as there are passages, within these bounds. Passages cost
/// ten times as much to embed.
const BUDGET: RangeInclusive<usize> = 2000..=4000;

/// Words that are embedded alone, if nothing else is said: each takes a fortieth of a passage's time.
const WORDS: usize = 5000;

/// Titles that the mean query is of at most, and texts that closeness is measured with.
const MEAN_OF: usize = 300;

/// Fewer titles are measured beside the headings.
const FEW: usize = 30;

/// The same in every bundle, so that two bundles' spaces can be compared. They differ in length, script and kind.
const PROBES: [&str; 3] = ["sea", "how do I begin?", "検索の方法"];

/// Unit vectors of probes are rounded to this: it turns none by more than a thousandth of a radian or so.
const PROBE_STEPS: f32 = 1e4;

/// The texts of a site that are embedded as queries.
pub struct Queries {
    passages: Vec<PassageText>,
    texts: Vec<TrainingText>,
    words: Vec<String>,
    /// Whether an encoder is fitted to them.
    encoder: bool,
}

/// What came of them.
#[derive(Clone, Default)]
pub struct Learnt {
    /// See [`exemplar_search::bundle::Statistics`].
    pub mean_query: Option<Vec<f32>>,
    pub probes: Vec<Probe>,
    pub encoder: Option<Part>,
    /// What closeness is measured with.
    own: OwnTexts,
}

impl Learnt {
    /// The statistics of a bundle with what was learnt, but for those that need the bundle itself.
    pub fn statistics(&self) -> Statistics {
        Statistics { mean_query: self.mean_query.clone(), ..Statistics::default() }
    }

    /// Measures how close queries come that the site answers, by what readers get. `bundle` has these statistics.
    pub fn calibrate(&self, bundle: &mut Bundle) -> Result<()> {
        if self.own != OwnTexts::default() {
            let closeness = SearchIndex::new(bundle.clone())?.calibrate(&self.own)?;
            bundle.statistics.closeness = (closeness != Calibration::default()).then_some(closeness);
        }
        Ok(())
    }
}

impl Queries {
    /// At most `budget` texts of the passages and as many words, or as many as such a site needs; where there is to be no encoder, only as
    /// many titles as the mean takes.
    pub fn of(documents: &[Document], passages: &[Passage], budget: Option<u32>, encoder: bool) -> Self {
        let usual = passages.len().clamp(*BUDGET.start(), *BUDGET.end());
        let (texts, words) = budget.map_or((usual, WORDS), |most| (most as usize, most as usize));
        let passages = passages.iter().map(|passage| {
            let Document { article, blocks } = &documents[passage.article];
            PassageText {
                article: passage.article,
                title: article.title.clone(),
                headings: passage.heading.clone(),
                // A passage without a text of its own is the whole article.
                text: if passage.text.is_empty() { join(blocks) } else { passage.text.clone() },
            }
        });
        let passages: Vec<PassageText> = passages.collect();
        let mut texts = training_texts(&passages, texts);
        let words = if encoder { training_words(&passages, words) } else { Vec::new() };
        if !encoder {
            texts.retain(|text| text.kind == TextKind::Title);
            texts = evenly(&texts, MEAN_OF).cloned().collect();
        }
        Self { passages, texts, words, encoder }
    }

    /// How many texts and words there are.
    pub fn len(&self) -> usize {
        self.texts.len() + self.words.len()
    }

    /// What is to be embedded by the query recipe: the texts, the words, then the probes. Nothing where there are no texts.
    pub fn job(&self, recipe: &Recipe) -> Option<Job> {
        if self.texts.is_empty() {
            return None;
        }
        let mut texts = Texts::default();
        let own = self.texts.iter().map(|text| text.text.as_str());
        let words = self.words.iter().map(String::as_str);
        own.chain(words).chain(PROBES).for_each(|text| texts.push(format!("the query {text:?}"), &[text]));
        Some(Job { kind: "queries", texts, recipe: recipe.clone() })
    }

    /// Learns from `rows`, the vectors of [`Queries::job`], what belongs into a bundle of the passages' `vectors`.
    pub fn learn(&self, model: &str, vectors: &Matrix, rows: &Matrix) -> Result<Learnt> {
        if rows.dims() != vectors.dims() {
            bail!(
                "there are {} dimensions for queries, but {} for passages: both must come from one space; see --query-model",
                rows.dims(),
                vectors.dims()
            );
        }
        let probes = PROBES.iter().enumerate().map(|(i, text)| {
            let vector = unit(rows.values(self.len() + i));
            let vector = vector.iter().map(|x| (x * PROBE_STEPS).round() / PROBE_STEPS).collect();
            Probe { text: (*text).to_owned(), vector }
        });
        Ok(Learnt {
            mean_query: self.mean_query(rows),
            probes: probes.collect(),
            encoder: self.encoder.then(|| self.fit(model, vectors, rows)).flatten(),
            own: self.own(rows),
        })
    }

    /// Titles, beside headings where they are few, and texts of all kinds, spread over the site.
    fn own(&self, rows: &Matrix) -> OwnTexts {
        let all: Vec<usize> = (0..self.texts.len()).collect();
        let of = |kinds: &[TextKind]| -> Vec<usize> {
            all.iter().copied().filter(|&i| kinds.contains(&self.texts[i].kind)).collect()
        };
        let titles = of(&[TextKind::Title]);
        let titles = if titles.len() < FEW { of(&[TextKind::Title, TextKind::Heading]) } else { titles };
        let article = |row: usize| self.passages[self.texts[row].passage].article;
        OwnTexts {
            titles: evenly(&titles, MEAN_OF).map(|&row| (article(row), rows.values(row).to_vec())).collect(),
            texts: evenly(&all, MEAN_OF).map(|&row| (article(row), self.texts[row].text.clone())).collect(),
        }
    }

    /// The mean of titles' unit vectors, spread over the site; of the first texts where no title is among them.
    fn mean_query(&self, rows: &Matrix) -> Option<Vec<f32>> {
        let mut titles: Vec<usize> =
            (0..self.texts.len()).filter(|&i| self.texts[i].kind == TextKind::Title).collect();
        if titles.is_empty() {
            titles = (0..self.texts.len()).collect();
        }
        let mut sum = vec![0.0; rows.dims()];
        let mut count: f32 = 0.0;
        for &row in evenly(&titles, MEAN_OF) {
            sum.iter_mut().zip(unit(rows.values(row))).for_each(|(sum, x)| *sum += x);
            count += 1.0;
        }
        sum.iter_mut().for_each(|sum| *sum /= count.max(1.0));
        Some(sum)
    }

    /// The part; a site that none can be fitted to is told, and gets no encoder.
    fn fit(&self, model: &str, vectors: &Matrix, rows: &Matrix) -> Option<Part> {
        let vectors = unit_rows(vectors, 0..vectors.rows());
        let targets = unit_rows(rows, 0..self.texts.len());
        let word_targets = unit_rows(rows, self.texts.len()..self.len());
        let training = Training {
            model,
            passages: &self.passages,
            vectors: &vectors,
            texts: &self.texts,
            targets: &targets,
            words: &self.words,
            word_targets: &word_targets,
        };
        match encoder::fit(&training, &FitOptions::default()) {
            Ok(fitted) => {
                let encoder::FitReport { words, ngrams, directions, .. } = fitted.report;
                note(&format!(
                    "query encoder: {words} words, {ngrams} n-grams, {directions} directions, {} kB",
                    fitted.bytes.len().div_ceil(1000)
                ));
                Some(fitted.into_part())
            }
            Err(error) => {
                note(&format!("no query encoder: {error}"));
                None
            }
        }
    }
}

/// At most `count` of `all`, spread evenly.
fn evenly<T>(all: &[T], count: usize) -> impl Iterator<Item = &T> {
    let count = count.min(all.len());
    (0..count).map(move |i| &all[i * all.len() / count])
}

fn unit(vector: &[f32]) -> Vec<f32> {
    let length = vector.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    vector.iter().map(|&x| (f64::from(x) / length) as f32).collect()
}

/// Some rows at unit length.
fn unit_rows(rows: &Matrix, which: Range<usize>) -> Matrix {
    let values: Vec<f32> = which.flat_map(|row| unit(rows.values(row))).collect();
    Matrix::from_values(&values, rows.dims())
}
