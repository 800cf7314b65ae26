//! Ranks what is loaded, and says which shards are wanted.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::estimate::{Guess, deviation, threshold};
use super::place::{Target, Targets};
use super::plan::{Lookup, ngram_files};
use super::shard::{Id, Kind};
use super::start::Start;
use super::texts::{Placed, Texts};
use super::words::Word;
use super::{Shards, sorted};
use crate::encoder::{Coefficients, QueryEncoder};
use crate::lexical::{self, Bm25, Keywords};
use crate::search::{Given, Hit, Plan, Scores, SearchOptions, SearchResult};
use crate::vector::top_k::top_k;
use crate::{Error, Filter, Fusion, Highlights, Query, Result, Weights};

/// Of the passages that are expected among the best, the share that is fetched before the first ranking.
const COVERED: f32 = 0.98;
/// Clusters that are fetched at once at most, and all together for one query.
const FIRST_CLUSTERS: usize = 24;
const MORE_CLUSTERS: usize = 12;
const MAX_CLUSTERS: usize = 64;
/// Passages whose texts are fetched beside the clusters, on what is expected of them.
const EARLY_TEXTS: usize = 5;
/// How far scores by meaning lie from those of the whole bundle, next to how far the scores of all passages lie apart: the rounding of
/// places that the build chooses.
const PLACE_NOISE: f32 = 0.15;
/// So many times k of the best may be among the k best.
const NEAR: usize = 4;

/// What the loaded shards answer to a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<'s> {
    /// Its hits whose texts are loaded. Ranks also count hits whose texts are not.
    pub result: SearchResult<'s>,
    /// The shards that would tell more, the most useful first. Empty if the answer is final.
    pub wanted: Vec<Id>,
    /// Whether only the whole bundle can answer this. Then all shards are wanted; once they are loaded, ask [`Shards::index`].
    pub whole: bool,
}

impl Shards {
    /// Ranks the articles for a query by the loaded shards, and says which shards are missing. The arguments are those of
    /// [`SearchIndex::search`](crate::SearchIndex::search).
    pub fn search<'q>(&self, query: impl Into<Query<'q>>, options: &SearchOptions) -> Result<Answer<'_>> {
        let query = query.into();
        query.check()?;
        let nothing =
            |wanted| Answer { result: SearchResult::nothing_yet(options.method), wanted, whole: false };
        let Some(start) = &self.start else {
            let start = Id::new(Kind::Start, 0);
            return Ok(nothing(if self.is_missing(start) { vec![start] } else { Vec::new() }));
        };
        if !answers_in_part(&query, options) {
            let wanted = self.missing().into_iter().filter(|&id| self.is_missing(id)).collect();
            return Ok(Answer { whole: true, ..nothing(wanted) });
        }
        if options.k == 0 {
            return Err(Error::option("k", "0", "expected a whole number from 1"));
        }
        if let Some(embedding) = query.embedding {
            self.manifest.space.check_query(embedding)?;
        }
        let given = Given {
            keywords: true,
            encoder: start.encoder.is_some(),
            text: query.text.is_some(),
            embedding: query.embedding.is_some(),
            ..Given::default()
        };
        let plan = Plan::new(options.method, options.stop, given)?;
        let words = lexical::QueryTerms::parse(query.text.unwrap_or_default(), query.unfinished);
        let lookup = Lookup::of(start, &words, query.text.filter(|_| plan.encode));
        let words_files = lookup.files.iter().map(|&file| Id::new(Kind::Words, file));
        let by_embedding = query.embedding.is_some() && plan.by_vectors();
        let wanted = words_files.chain(by_embedding.then_some(Id::new(Kind::Directions, 0)));
        let wanted: Vec<Id> = wanted.filter(|&id| self.is_missing(id)).collect();
        if !wanted.is_empty() {
            return Ok(nothing(wanted));
        }
        Ok(self.rank(start, &query, options, plan, words, &lookup))
    }

    /// Ranks what is there, with the words that the query looks into.
    fn rank<'s>(
        &'s self,
        start: &'s Start,
        query: &Query,
        options: &SearchOptions,
        plan: Plan,
        mut words: lexical::QueryTerms,
        lookup: &Lookup,
    ) -> Answer<'s> {
        let Plan { method, weights, encode } = plan;
        let vocabulary = Vocabulary::of(self, lookup);
        let to_encode = query.text.filter(|_| encode);
        let ngrams =
            to_encode.map_or(Vec::new(), |text| ngram_files(start, &vocabulary.unknown(start, text)));
        let mut missing: Vec<Id> = ngrams.iter().copied().filter(|&id| self.is_missing(id)).collect();

        let keywords = vocabulary.keywords(self.lengths(start));
        keywords.answer_all(&mut words, |word| lookup.passed_over.iter().any(|other| other == word));
        let lexical = keywords.scores(&words, Bm25::default());
        let encoded = to_encode.map(|text| vocabulary.encode(self, start, &ngrams, text));
        let known = encoded.as_ref().map(|encoded| encoded.as_ref().map_or(0.0, |encoded| encoded.known));
        let metric = &start.metric;
        let placed = match (query.embedding, &self.directions, encoded.flatten()) {
            (Some(embedding), Some(directions), _) => Some(directions.place(embedding, metric.axes.len())),
            (_, _, encoded) => encoded.map(|encoded| metric.of_coefficients(&encoded.values)),
        };
        let targets = placed.map(|placed| metric.targets(&placed, options.align));
        let weights = match &targets {
            Some(_) => weights,
            None => Weights { lexical: weights.lexical, ..Weights::default() },
        };
        let ranking = Ranking::new(self, start, lexical, targets, weights, options.k);
        let order = ranking.order();
        missing.extend(
            ranking
                .clusters
                .iter()
                .map(|&cluster| Id::new(Kind::Passages, cluster))
                .filter(|&id| self.is_missing(id)),
        );
        let early = !missing.is_empty();
        for (place, &(passage, _)) in order.iter().enumerate() {
            let id = Id::new(Kind::Texts, passage as usize / start.texts_of.max(1) as usize);
            if (!early || place < EARLY_TEXTS) && self.is_missing(id) && !missing.contains(&id) {
                missing.push(id);
            }
        }
        let hits = ranking.hits(&order, query.text.map(|_| &words));
        let complete = Some(ranking.complete());
        let result = SearchResult { hits, known, complete, ..SearchResult::empty(method) };
        Answer { result, wanted: missing, whole: false }
    }

    /// The codes of all passages' lengths: exact where their cluster is there.
    fn lengths(&self, start: &Start) -> Vec<u8> {
        let mut lengths = start.lengths();
        for (cluster, passages) in start.clusters.iter().zip(&self.passages) {
            if let Some(passages) = passages {
                lengths[cluster.start as usize..][..passages.lengths.len()]
                    .copy_from_slice(&passages.lengths);
            }
        }
        lengths
    }

    /// The text of a passage and its article, if they are there.
    fn text(&self, start: &Start, passage: u32) -> Option<(&Texts, &Placed)> {
        let texts_of = start.texts_of.max(1);
        let texts = self.texts.get((passage / texts_of) as usize)?.as_ref()?;
        Some((texts, texts.passages.get((passage % texts_of) as usize)?))
    }
}

/// Whether parts of a bundle can answer: a text by its words and the query encoder, an embedding by its place. Other methods, filters
/// and facets need all passages.
pub fn answers_in_part(query: &Query, options: &SearchOptions) -> bool {
    let SearchOptions { method, fusion, filter, facets, relevance_threshold, passages, .. } = options;
    (query.text.is_some() || query.embedding.is_some())
        && method.weights().is_ok_and(|weights| weights.svm == 0.0)
        && *fusion == Fusion::ZScore
        && *filter == Filter::default()
        && facets.is_empty()
        && relevance_threshold.is_none()
        && *passages == 1
}

/// The words of the shards that a query looks into, and the common ones.
struct Vocabulary<'s> {
    words: Vec<&'s Word>,
    files: Vec<usize>,
}

impl<'s> Vocabulary<'s> {
    fn of(shards: &'s Shards, lookup: &Lookup) -> Self {
        let mut files = lookup.files.clone();
        files.retain(|&file| shards.has(Id::new(Kind::Words, file)));
        let files = sorted(files);
        let words = files.iter().filter_map(|&file| shards.words[file].as_ref()).flatten().collect();
        Self { words, files }
    }

    /// The words of a text whose shards are there and do not have them.
    fn unknown(&self, start: &Start, text: &str) -> Vec<String> {
        let features = crate::encoder::features::features(text).into_iter();
        let unknown = features.filter(|(word, feature)| {
            feature.spaced
                && start.common(word).is_none()
                && self.files.binary_search(&start.words_of(word)).is_ok()
                && self.words.binary_search_by(|other| other.text.as_str().cmp(word)).is_err()
        });
        unknown.map(|(word, _)| word).collect()
    }

    fn keywords(&self, lengths: Vec<u8>) -> Keywords {
        let listed = self.words.iter().filter(|word| !word.passages.is_empty());
        Keywords::of_lists(
            lengths,
            listed.map(|word| (word.text.as_str(), word.passages.as_slice(), word.counts.as_slice())),
        )
    }

    /// The text along the encoder's directions.
    fn encode(&self, shards: &Shards, start: &Start, ngrams: &[Id], text: &str) -> Option<Coefficients> {
        let encoder = start.encoder.as_ref()?;
        let common =
            start.common.iter().filter_map(|common| Some((common.text.as_str(), common.row.as_ref()?)));
        let own = self.words.iter().filter_map(|word| Some((word.text.as_str(), word.row.as_ref()?)));
        let mut rows: Vec<(&str, &(u8, Vec<i16>))> = common.chain(own).collect();
        rows = sorted(rows);
        rows.dedup_by_key(|row| row.0);
        let files = ngrams.iter().filter_map(|id| shards.ngrams.get(id.number as usize)?.as_ref());
        let ngrams: Vec<_> = files.flatten().collect();
        let partial = QueryEncoder {
            model: String::new(),
            offset: Vec::new(),
            basis: Vec::new(),
            basis_steps: Vec::new(),
            steps: encoder.steps.clone(),
            words: rows.iter().map(|row| row.0.to_owned()).collect(),
            weights: rows.iter().map(|row| row.1.0).collect(),
            unknown: encoder.unknown,
            ngrams: ngrams.iter().map(|ngram| ngram.text.clone()).collect(),
            rows: rows
                .iter()
                .map(|row| row.1.1.as_slice())
                .chain(ngrams.iter().map(|ngram| ngram.row.as_slice()))
                .map(Box::from)
                .collect(),
        };
        partial.coefficients(text)
    }
}

/// The scores of a query, as far as they are known.
struct Ranking<'s> {
    shards: &'s Shards,
    start: &'s Start,
    lexical: Vec<f32>,
    /// What scores by words are to be less of, and over, to be comparable.
    lexical_mean: f32,
    lexical_deviation: f32,
    targets: Option<Targets>,
    weights: Weights,
    k: usize,
    /// The clusters that are fetched, those first that promise most.
    clusters: Vec<usize>,
    /// What is expected of the other passages.
    guesses: Vec<Guess>,
    /// Of the passages in clusters that are there.
    known: Vec<Known>,
}

#[derive(Clone, Copy, Debug)]
struct Known {
    passage: u32,
    article: u32,
    score: f32,
    whitened: f32,
    plain: f32,
}

impl<'s> Ranking<'s> {
    fn new(
        shards: &'s Shards,
        start: &'s Start,
        lexical: Vec<f32>,
        targets: Option<Targets>,
        weights: Weights,
        k: usize,
    ) -> Self {
        let (mean, deviation) = moments(&lexical);
        let mut ranking = Self {
            shards,
            start,
            lexical,
            lexical_mean: mean,
            lexical_deviation: deviation,
            targets,
            weights,
            k,
            clusters: Vec::new(),
            guesses: Vec::new(),
            known: Vec::new(),
        };
        ranking.plan();
        ranking
    }

    /// The weight of each kind of score over its deviation, less their means: knn, whitened, lexical, and the sum.
    fn factors(&self) -> (f32, f32, f32) {
        let Weights { knn, whitened, lexical, .. } = self.weights;
        let all = knn + whitened + lexical;
        let over = |weight: f32, deviation: f32| if deviation > 0.0 { weight / all / deviation } else { 0.0 };
        let targets = self.targets.as_ref();
        (
            over(knn, targets.map_or(0.0, |targets| targets.plain.deviation)),
            over(whitened, targets.map_or(0.0, |targets| targets.whitened.deviation)),
            over(lexical, self.lexical_deviation),
        )
    }

    /// First the clusters that promise most before any is there; then, once these are there, those that still do. So what is
    /// wanted does not change while it is on its way.
    fn plan(&mut self) {
        let prior = self.gains(&self.guesses(|_| true));
        let first = covering(&prior, top_k(&prior, FIRST_CLUSTERS), self.k);
        self.score_known();
        self.guesses = self.guesses(|cluster| self.shards.passages[cluster].is_none());
        let missing = |&cluster: &usize| self.shards.is_missing(Id::new(Kind::Passages, cluster));
        if first.iter().any(missing) {
            self.clusters = first;
            return;
        }
        let mut left = self.gains(&self.guesses);
        let mut allowed = vec![false; left.len()];
        top_k(&prior, MAX_CLUSTERS).into_iter().for_each(|cluster| allowed[cluster] = true);
        left.iter_mut().zip(allowed).filter(|(_, allowed)| !allowed).for_each(|(gain, _)| *gain = 0.0);
        self.clusters = covering(&left, top_k(&left, MORE_CLUSTERS), self.k);
    }

    /// How many of the k best each cluster is expected to hold, as far as these are guesses; the others are known.
    fn gains(&self, guesses: &[Guess]) -> Vec<f32> {
        let best = self.best_known().into_iter();
        let known = best.map(|known| Guess { cluster: 0, count: 1.0, mean: known.score, deviation: 1e-6 });
        let all: Vec<Guess> = known.chain(guesses.iter().copied()).collect();
        let threshold = threshold(&all, self.k as f32);
        let mut gains = vec![0.0f32; self.start.clusters.len()];
        for guess in guesses {
            gains[guess.cluster as usize] += guess.above(threshold);
        }
        gains
    }

    /// The share of the k best of the whole bundle that is expected to be among the k best of the passages whose scores are
    /// known: of those that are not there, and of rounded scores, any may be among them.
    fn complete(&self) -> f32 {
        let noise = self.noise();
        let near = best_of_articles(self.known.clone(), NEAR * self.k);
        let guess = |known: &Known| Guess { cluster: 0, count: 1.0, mean: known.score, deviation: noise };
        let all: Vec<Guess> = near.iter().map(guess).chain(self.guesses.iter().copied()).collect();
        let threshold = threshold(&all, self.k as f32);
        let found: f32 = near.iter().take(self.k).map(|known| guess(known).above(threshold)).sum();
        match self.guesses.is_empty() && near.len() <= self.k {
            true => 1.0,
            false => (found / self.k as f32).min(1.0),
        }
    }

    /// How far scores lie from those of the whole bundle, because places are rounded.
    fn noise(&self) -> f32 {
        let Weights { knn, whitened, lexical, .. } = self.weights;
        let all = (knn + whitened + lexical).max(f32::MIN_POSITIVE);
        (PLACE_NOISE * (knn + whitened) / all).max(1e-6)
    }

    fn best_known(&self) -> Vec<Known> {
        best_of_articles(self.known.clone(), self.k)
    }

    fn score_known(&mut self) {
        self.known.clear();
        let (knn, whitened, lexical) = self.factors();
        for (cluster, passages) in self.start.clusters.iter().zip(&self.shards.passages) {
            let Some(passages) = passages else { continue };
            let metric = &self.start.metric;
            let products = |target: &Target| passages.products(metric, cluster, &target.axes);
            let zeros = || vec![0.0; passages.articles.len()];
            let by_meaning = self.targets.as_ref();
            let whitenings = by_meaning
                .filter(|_| whitened > 0.0)
                .map_or_else(zeros, |targets| products(&targets.whitened));
            let plains =
                by_meaning.filter(|_| knn > 0.0).map_or_else(zeros, |targets| products(&targets.plain));
            for i in 0..passages.articles.len() {
                let passage = cluster.start + i as u32;
                let mut score = lexical * (self.lexical[passage as usize] - self.lexical_mean);
                let mut plain = 0.0;
                if let Some(targets) = by_meaning {
                    score += whitened * (whitenings[i] - targets.whitened.mean);
                    plain = plains[i] * passages.norm(i) + targets.plain.constant;
                    score += knn * (plain - targets.plain.mean);
                }
                let article = passages.articles[i];
                self.known.push(Known { passage, article, score, whitened: whitenings[i], plain });
            }
        }
    }

    /// What of a passage's place counts, and what is added to it, in the score that is expected of it.
    fn expectation(&self) -> (Vec<f32>, f32) {
        let (knn, whitened, lexical) = self.factors();
        let metric = &self.start.metric;
        let base = -lexical * self.lexical_mean;
        match &self.targets {
            Some(Targets { whitened: white, plain }) => {
                let axes = white.axes.iter().zip(&plain.axes);
                let target =
                    axes.map(|(white, plain)| whitened * white + knn * metric.norm * plain).collect();
                (target, base - whitened * white.mean)
            }
            None => (vec![0.0; metric.axes.len()], base),
        }
    }

    /// What is expected of the passages in these clusters.
    fn guesses(&self, of: impl Fn(usize) -> bool) -> Vec<Guess> {
        let (target, base) = self.expectation();
        let (.., lexical) = self.factors();
        let around = deviation(self.start, &target);
        let mut guesses = Vec::new();
        for (index, cluster) in self.start.clusters.iter().enumerate().filter(|(index, _)| of(*index)) {
            let mean = base + self.start.metric.centroid_product(cluster, &target);
            let spread = around(cluster);
            let mut without = 0.0;
            for score in &self.lexical[cluster.start as usize..][..cluster.count as usize] {
                if *score > 0.0 {
                    // Lengths are known nearly: so are scores by words.
                    let deviation = spread.hypot(0.05 * lexical * score).max(1e-6);
                    let mean = mean + lexical * score;
                    guesses.push(Guess { cluster: index as u32, count: 1.0, mean, deviation });
                } else {
                    without += 1.0;
                }
            }
            if without > 0.0 && spread > 0.0 {
                guesses.push(Guess { cluster: index as u32, count: without, mean, deviation: spread });
            }
        }
        guesses
    }

    /// The best passage of each of the k best articles, and its score.
    fn order(&self) -> Vec<(u32, Known)> {
        let mut all = self.known.clone();
        let (target, base) = self.expectation();
        let (.., lexical) = self.factors();
        // A passage with a word of the query whose cluster is not there counts by what is expected of it.
        let clusters = self.start.clusters.iter().zip(&self.shards.passages);
        for (cluster, _) in clusters.filter(|(_, passages)| lexical > 0.0 && passages.is_none()) {
            let mean = base + self.start.metric.centroid_product(cluster, &target);
            for passage in cluster.start..cluster.start + cluster.count {
                let score = self.lexical[passage as usize];
                if score > 0.0 {
                    let text = self.shards.text(self.start, passage);
                    let article =
                        text.map_or(u32::MAX - passage, |(_, placed)| placed.passage.article as u32);
                    let score = mean + lexical * score;
                    all.push(Known { passage, article, score, whitened: 0.0, plain: 0.0 });
                }
            }
        }
        let by_meaning = self.targets.is_some() && (self.weights.knn > 0.0 || self.weights.whitened > 0.0);
        let mut best = best_of_articles(all, self.k);
        best.retain(|known| by_meaning || self.lexical[known.passage as usize] > 0.0);
        best.into_iter().map(|known| (known.passage, known)).collect()
    }

    fn hits(&self, order: &[(u32, Known)], words: Option<&lexical::QueryTerms>) -> Vec<Hit<'s>> {
        let fused = [self.weights.knn, self.weights.whitened, self.weights.lexical]
            .iter()
            .filter(|w| **w > 0.0)
            .count()
            > 1;
        let mut hits = Vec::new();
        for (rank, (passage, known)) in (1..).zip(order) {
            let Some((texts, placed)) = self.shards.text(self.start, *passage) else { continue };
            let there = self.shards.passages[self.start.cluster_of(*passage)].is_some();
            let lexical = self.lexical[*passage as usize];
            let scores = Scores {
                knn: (there && self.weights.knn > 0.0).then_some(known.plain),
                svm: None,
                whitened: (there && self.weights.whitened > 0.0).then_some(known.whitened),
                lexical: (self.weights.lexical > 0.0).then_some(lexical),
            };
            let own = [scores.knn, scores.whitened, scores.lexical].into_iter().flatten().next();
            let article = &texts.articles[placed.own];
            let text = placed.passage.text.as_str();
            hits.push(Hit {
                rank,
                score: if fused { known.score } else { own.unwrap_or(known.score) },
                scores,
                article,
                passage: &placed.passage,
                passage_index: placed.index,
                text,
                highlights: words.map(|words| Highlights::of(words, article, text)),
                others: Vec::new(),
            });
        }
        hits
    }
}

/// Of these clusters, those first that hold all but a few of what is expected of the k best.
fn covering(gains: &[f32], mut clusters: Vec<usize>, k: usize) -> Vec<usize> {
    let mut left: f32 = gains.iter().sum();
    let enough = (1.0 - COVERED) * k as f32;
    clusters.retain(|&cluster| {
        let wanted = left > enough && gains[cluster] > 0.0;
        left -= gains[cluster];
        wanted
    });
    clusters
}

/// The best passage of each article, of the k best, best first; of equals the first.
fn best_of_articles(known: Vec<Known>, k: usize) -> Vec<Known> {
    // All are put in order only as far as k articles go.
    let mut known = BinaryHeap::from(known);
    let mut best: Vec<Known> = Vec::new();
    while best.len() < k
        && let Some(next) = known.pop()
    {
        if best.iter().all(|other| other.article != next.article) {
            best.push(next);
        }
    }
    best
}

/// The greatest is the best: by its score, then the first of the bundle.
impl Ord for Known {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_score = self.score.total_cmp(&other.score);
        by_score.then(other.article.cmp(&self.article)).then(other.passage.cmp(&self.passage))
    }
}

impl PartialOrd for Known {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Known {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Known {}

/// Mean and standard deviation of all.
fn moments(scores: &[f32]) -> (f32, f32) {
    let n = scores.len().max(1) as f64;
    let mean = scores.iter().map(|&s| f64::from(s)).sum::<f64>() / n;
    let variance = scores.iter().map(|&s| (f64::from(s) - mean).powi(2)).sum::<f64>() / n;
    (mean as f32, variance.sqrt() as f32)
}
