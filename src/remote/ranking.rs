//! Scores candidates as the whole collection would, and makes hits of them.

use std::borrow::Cow;

use super::metric::Spread;
use super::{Candidates, Remote};
use crate::bundle::Passage;
use crate::closeness::{Closeness, PlacedBy, by_encoder};
use crate::lexical::{Coverage, QueryTerms};
use crate::rank::svm::SolverReport;
use crate::rank::whitened::Direction;
use crate::search::closeness::highest;
use crate::search::collect::{self, Found};
use crate::search::exact::{self, Named};
use crate::search::weight::weighed;
use crate::search::{Hit, OtherPassage, Plan, Scores, SearchOptions, SearchResult};
use crate::vector::Element;
use crate::vector::top_k::top_k;
use crate::{Highlights, Weights};

/// Rows whose whitened lengths are computed at a time.
const TOGETHER: usize = 32;
/// How much larger a row's scale may be than the largest of the random rows'.
const BEYOND: f32 = 1.05;

/// What is asked, and what it is compared by.
pub(super) struct Asked<'a> {
    pub plan: Plan,
    pub options: &'a SearchOptions,
    pub terms: Option<QueryTerms>,
    /// The query, of unit length, and the same aligned.
    pub vectors: Option<(Vec<f32>, Vec<f32>)>,
    pub placed_by: Option<PlacedBy>,
}

/// The vectors that rows are compared with, and how much the products of all rows vary.
#[derive(Default)]
pub(super) struct Linear {
    pub weights: Weights,
    pub knn: Option<(Vec<f32>, Spread)>,
    pub svm: Option<(Vec<f32>, Spread)>,
    /// With the spread of whitened scores, and that of products with the direction.
    pub whitened: Option<(Direction, Spread, Spread)>,
    pub report: Option<SolverReport>,
}

impl Linear {
    /// The vector whose products with rows rank as near to their scores as any, of unit length; empty if there is none.
    pub fn direction(&self) -> Vec<f32> {
        let parts = [
            (self.weights.knn, self.knn.as_ref().map(|(vector, spread)| (vector, spread))),
            (self.weights.svm, self.svm.as_ref().map(|(vector, spread)| (vector, spread))),
            (
                self.weights.whitened,
                self.whitened.as_ref().map(|(direction, _, plain)| (&direction.vector, plain)),
            ),
        ];
        let mut sum: Vec<f32> = Vec::new();
        for (weight, part) in parts {
            let Some((vector, spread)) = part else { continue };
            sum.resize(vector.len(), 0.0);
            // Without any spread there is nothing to be comparable with.
            let factor = weight / (spread.deviation.max(1e-12) as f32);
            sum.iter_mut().zip(vector).for_each(|(sum, x)| *sum += factor * x);
        }
        unit(sum.clone()).unwrap_or(sum)
    }

    /// How many kinds of scores there are, of which one may be words.
    fn kinds(&self, words: bool) -> usize {
        [self.knn.is_some(), self.svm.is_some(), self.whitened.is_some(), words]
            .into_iter()
            .filter(|&it| it)
            .count()
    }
}

/// Candidates in the order of their articles, scored.
pub(super) struct Ranking<'a, 'c> {
    remote: &'a Remote,
    asked: &'a Asked<'a>,
    linear: Linear,
    candidates: &'c Candidates,
    /// The candidate at each place: those of an article are side by side.
    order: Vec<usize>,
    article_of: Vec<u32>,
    allowed: Vec<bool>,
    words: Option<Vec<f32>>,
    knn: Option<Vec<f32>>,
    svm: Option<Vec<f32>>,
    whitened: Option<Vec<f32>>,
    /// What ranks.
    scores: Vec<f32>,
}

impl<'a, 'c> Ranking<'a, 'c> {
    pub fn new(remote: &'a Remote, asked: &'a Asked<'a>, linear: Linear, candidates: &'c Candidates) -> Self {
        let order = by_article(candidates);
        let filter = &asked.options.filter;
        let of = |part: &Option<(Vec<f32>, Spread)>| {
            part.as_ref().map(|(vector, _)| products(candidates, &order, vector))
        };
        let words = (asked.plan.weights.lexical > 0.0)
            .then(|| order.iter().map(|&row| candidates.words[row]).collect());
        let mut ranking = Self {
            remote,
            asked,
            candidates,
            article_of: order.iter().map(|&row| candidates.article_of[row] as u32).collect(),
            allowed: (0..candidates.articles())
                .map(|article| filter.is_empty() || filter.allows(candidates.article(article)))
                .collect(),
            words,
            knn: of(&linear.knn),
            svm: of(&linear.svm),
            whitened: None,
            scores: Vec::new(),
            linear,
            order,
        };
        ranking.score();
        ranking
    }

    /// The only score, or the weighted mean of z-scores over all rows of the collection, with what the owner has pages count; what was typed
    /// as it stands in a title is lifted.
    fn score(&mut self) {
        let weights = self.asked.plan.weights;
        let is_sum = self.linear.kinds(self.words.is_some()) > 1;
        let total = weights.knn + weights.svm + weights.whitened + weights.lexical;
        let word_spread = self.words.as_ref().map(|words| self.word_spread(words));
        let part = |scores: &Option<Vec<f32>>, spread: Option<Spread>, weight: f32, row: usize| {
            let (Some(scores), Some(spread)) = (scores, spread) else { return 0.0 };
            if is_sum { spread.z(scores[row]) * weight / total } else { scores[row] }
        };
        let spread = |part: &Option<(Vec<f32>, Spread)>| part.as_ref().map(|part| part.1);
        let logs = |row: usize| self.candidates.log(self.article_of[row] as usize);
        let plain: Vec<f32> = (0..self.order.len())
            .map(|row| {
                part(&self.knn, spread(&self.linear.knn), weights.knn, row)
                    + part(&self.svm, spread(&self.linear.svm), weights.svm, row)
                    + part(&self.words, word_spread, weights.lexical, row)
            })
            .collect();
        let finished = |row: usize, score: f32| {
            if weights.lexical > 0.0 { weighed(score, logs(row), is_sum) } else { score }
        };
        let named = self.named();
        let (whitened, mut scores) = match &self.linear.whitened {
            None => (None, (0..plain.len()).map(|row| finished(row, plain[row])).collect::<Vec<f32>>()),
            Some((direction, spread, _)) => {
                let of_whitened = |row: usize, score: f32| {
                    let score = if is_sum { spread.z(score) * weights.whitened / total } else { score };
                    finished(row, plain[row] + score)
                };
                let (whitened, scores) = self.whitened(direction, &named, &of_whitened);
                (Some(whitened), scores)
            }
        };
        if let Some(words) = &self.words {
            exact::lift(&mut scores, words, |row| named[row]);
        }
        self.whitened = whitened;
        self.scores = scores;
    }

    /// What of each row is the query, where words count: of those that [`exact::lift`] looks at.
    fn named(&self) -> Vec<Option<Named>> {
        let (Some(words), Some(terms)) = (&self.words, &self.asked.terms) else { return Vec::new() };
        let mut named = vec![None; words.len()];
        for row in top_k(words, exact::LOOKED_AT).into_iter().filter(|&row| words[row] > 0.0) {
            let article = self.candidates.article(self.article_of[row] as usize);
            let passage = &self.candidates.rows[self.order[row]].passage;
            named[row] = Named::of(terms, article, &passage.heading);
        }
        named
    }

    /// Whitened scores, and what `of` makes of them. Rows' whitened lengths cost most: they are computed in the order of the best that a row
    /// could score, until no other can be among the hits. A row that is left has that best score, which is below the hits'. Rows that are
    /// `named` will be lifted, and come first.
    fn whitened(
        &self,
        direction: &Direction,
        named: &[Option<Named>],
        of: &dyn Fn(usize, f32) -> f32,
    ) -> (Vec<f32>, Vec<f32>) {
        let whitening = self.remote.metric.whitening();
        let mut products = products(self.candidates, &self.order, &direction.vector);
        direction.scale(&mut products);
        let largest = BEYOND * self.remote.metric.largest_scale();
        let mut whitened: Vec<f32> = products.iter().map(|product| product.max(0.0) * largest).collect();
        let mut scores: Vec<f32> = whitened.iter().enumerate().map(|(row, &best)| of(row, best)).collect();
        let mut order = top_k(&scores, scores.len());
        let is_named = |row: &usize| named.get(*row).is_some_and(Option::is_some);
        let first: Vec<usize> = order.iter().copied().filter(is_named).collect();
        order.retain(|row| !is_named(row));
        order.splice(0..0, first);
        let mut best_of = vec![f32::NEG_INFINITY; self.candidates.articles()];
        for chunk in order.chunks(TOGETHER) {
            let best = chunk.iter().map(|&row| scores[row]).fold(f32::NEG_INFINITY, f32::max);
            let hits = top_k(&best_of, self.asked.options.k);
            if hits.len() == self.asked.options.k && hits.last().is_some_and(|&last| best < best_of[last]) {
                break;
            }
            let places: Vec<usize> = chunk.iter().map(|&row| self.order[row]).collect();
            let own = self.candidates.matrix(&places, direction.vector.len());
            for (&row, scale) in chunk.iter().zip(whitening.scales(&own)) {
                whitened[row] = products[row] * scale;
                scores[row] = of(row, whitened[row]);
                let article = self.article_of[row] as usize;
                if self.allowed[article] {
                    best_of[article] = best_of[article].max(scores[row]);
                }
            }
        }
        (whitened, scores)
    }

    /// Of the engine's text scores of all rows: those without one count as 0.
    fn word_spread(&self, words: &[f32]) -> Spread {
        let all = self.remote.manifest.rows as f64;
        let mean = words.iter().map(|&x| f64::from(x)).sum::<f64>() / all;
        let square = words.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / all;
        Spread { mean, deviation: (square - mean * mean).max(0.0).sqrt() }
    }

    fn collected(&self) -> collect::Candidates<'_> {
        collect::Candidates {
            article_of: &self.article_of,
            allowed: Cow::Borrowed(&self.allowed),
            passages: None,
            every_passage: false,
        }
    }

    pub fn result(&self) -> SearchResult<'c> {
        let Self { asked, .. } = self;
        let (scores, options) = (&self.scores, asked.options);
        let order = self.collected().top(scores, options.k);
        let found = Found::new(scores, scores, !asked.plan.by_vectors(), None);
        let hits = found.hits(&order, options.k);
        let floor = hits.last().map_or(0.0, |&last| scores[last]);
        let passage = |row: usize| -> &'c Passage { &self.candidates.rows[self.order[row]].passage };
        let same_heading = |a: usize, b: usize| passage(a).heading == passage(b).heading;
        let hit = |(place, &row): (usize, &usize)| {
            let article = self.article_of[row];
            let siblings = self.article_of.partition_point(|&other| other < article)
                ..self.article_of.partition_point(|&other| other <= article);
            let others = found.others(row, siblings, floor, options.passages - 1, &same_heading);
            let others = others.into_iter().map(|other| {
                let passage = passage(other);
                OtherPassage { score: scores[other], passage, text: passage.text.as_str() }
            });
            Hit { rank: place + 1, others: others.collect(), ..self.hit(row) }
        };
        let hits = hits.iter().enumerate().map(hit).collect();
        SearchResult { hits, svm: self.linear.report.clone(), ..SearchResult::empty(asked.plan.method) }
    }

    fn hit(&self, row: usize) -> Hit<'c> {
        let candidates = self.candidates;
        let passage = &candidates.rows[self.order[row]].passage;
        let article = candidates.article(self.article_of[row] as usize);
        let at = |scores: &Option<Vec<f32>>| scores.as_ref().map(|scores| scores[row]);
        Hit {
            rank: 0,
            score: self.scores[row],
            scores: Scores {
                knn: at(&self.knn),
                svm: at(&self.svm),
                whitened: at(&self.whitened),
                lexical: at(&self.words),
            },
            article,
            passage,
            passage_index: candidates.rows[self.order[row]].index(),
            text: passage.text.as_str(),
            highlights: self.asked.terms.as_ref().map(|terms| Highlights::of(terms, article, &passage.text)),
            others: Vec::new(),
        }
    }

    /// How close the candidates come to the query; none if it was not to be told, or the bundle has no bounds for it.
    pub fn closeness(&self) -> Option<Closeness> {
        let placed_by = self.asked.placed_by?;
        let strictness = self.asked.options.strictness;
        let bounds = self.remote.manifest.closeness?.bounds(placed_by, strictness)?;
        let near = match (placed_by, &self.asked.vectors) {
            (PlacedBy::Encoder(known), Some((_, aligned))) => {
                let computed;
                let whitened = match &self.whitened {
                    Some(whitened) => whitened,
                    None => {
                        let direction = self.remote.metric.whitening().direction(aligned);
                        computed = self.whitened(&direction, &[], &|_, score| score).0;
                        &computed
                    }
                };
                by_encoder(known, self.highest(whitened))
            }
            (PlacedBy::Embedding, Some((query, _))) => {
                let computed;
                let cosines = match &self.knn {
                    Some(cosines) => cosines,
                    None => {
                        computed = products(self.candidates, &self.order, query);
                        &computed
                    }
                };
                self.highest(cosines)
            }
            (_, None) => 0.0,
        };
        // The engine says which rows have words of the query, but not how many.
        let words = self.words.as_ref().map(|words| {
            let known = if words.iter().any(|&words| words > 0.0) { 1.0 } else { 0.0 };
            Coverage { known, ..Coverage::default() }
        });
        Some(bounds.judge(near, words, strictness))
    }

    /// The highest score of a row that may be a hit.
    fn highest(&self, scores: &[f32]) -> f32 {
        let rows = scores.iter().zip(&self.article_of);
        highest(rows.filter(|(_, article)| self.allowed[**article as usize]).map(|(score, _)| *score))
    }
}

/// The products of candidates in this order with a vector.
fn products(candidates: &Candidates, order: &[usize], vector: &[f32]) -> Vec<f32> {
    let products = candidates.products(vector);
    order.iter().map(|&row| products[row]).collect()
}

/// The candidates by article, and by passage within.
fn by_article(candidates: &Candidates) -> Vec<usize> {
    let keys =
        (0..candidates.rows()).map(|row| (candidates.article_of[row], candidates.rows[row].index(), row));
    let heap: std::collections::BinaryHeap<_> = keys.collect();
    heap.into_sorted_vec().into_iter().map(|(.., row)| row).collect()
}

/// At unit length; none for zeros.
pub(super) fn unit(mut vector: Vec<f32>) -> Option<Vec<f32>> {
    let length = f32::squares(&vector).sqrt();
    vector.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
    (length > 0.0).then_some(vector)
}
