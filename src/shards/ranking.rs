//! The scores of a query as far as the loaded shards tell them, and the clusters that promise more.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::compare::Compared;
use super::estimate::{Claim, Guess, deviation, threshold};
use super::passages::Passages;
use super::place::{Target, Targets};
use super::shard::{Id, Kind};
use super::start::{Cluster, Start};
use super::svm::{self, Learner};
use super::{Shards, unique};
use crate::closeness::{PlacedBy, by_encoder};
use crate::rank::svm::SolverReport;
use crate::search::closeness::highest;
use crate::search::exact::{self, Named};
use crate::search::weight::weighed;
use crate::search::{Hit, Scores};
use crate::vector::top_k::top_k;
use crate::{Highlights, Weights, lexical};

/// Of the passages that are expected among the best, the share that is fetched before the first ranking.
const COVERED: f32 = 0.98;
/// Clusters of so many passages that are fetched at once at most, and all together for one query; of larger ones fewer.
const USUAL_CLUSTER: usize = 24;
const FIRST_CLUSTERS: usize = 36;
const MORE_CLUSTERS: usize = 18;
const MAX_CLUSTERS: usize = 96;
/// So many times k of the best may be among the k best.
const NEAR: usize = 4;

/// The scores of a query, as far as they are known.
pub(super) struct Ranking<'s> {
    pub shards: &'s Shards,
    pub start: &'s Start,
    lexical: Vec<f32>,
    /// What scores by words are to be less of, and over, to be comparable.
    lexical_mean: f32,
    lexical_deviation: f32,
    targets: Option<Targets>,
    pub weights: Weights,
    k: usize,
    steered: Steered,
    /// The clusters that are fetched, those first that promise most.
    pub clusters: Vec<usize>,
    /// Whether those are there that promised most before any was: others will hardly change what the best are.
    pub has_first: bool,
    /// How the SVM was solved.
    pub report: Option<SolverReport>,
    /// What is expected of the other passages.
    guesses: Vec<Guess>,
    /// Of the passages in clusters that are there.
    known: Vec<Known>,
}

/// What else than the query decides on hits.
pub(super) struct Steered {
    /// Which passages may be hits, if not all.
    pub allowed: Option<Vec<bool>>,
    /// The logarithm of what each passage counts; empty if all count alike.
    pub log_weights: Vec<f32>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    passage: u32,
    article: u32,
    score: f32,
    whitened: f32,
    plain: f32,
    svm: f32,
}

/// What a kind of score is multiplied by in a sum: its weight over its deviation.
#[derive(Clone, Copy)]
struct Factors {
    knn: f32,
    svm: f32,
    whitened: f32,
    lexical: f32,
}

impl<'s> Ranking<'s> {
    pub fn new(
        shards: &'s Shards,
        start: &'s Start,
        lexical: Vec<f32>,
        compared: Compared,
        weights: Weights,
        k: usize,
        steered: Steered,
    ) -> Self {
        let (mean, deviation) = moments(&lexical);
        let mut ranking = Self {
            shards,
            start,
            lexical,
            lexical_mean: mean,
            lexical_deviation: deviation,
            targets: compared.targets,
            weights,
            k,
            steered,
            clusters: Vec::new(),
            has_first: false,
            report: None,
            guesses: Vec::new(),
            known: Vec::new(),
        };
        match compared.learner {
            Some(learner) if svm::IS_HERE => ranking.plan_by_svm(&learner),
            _ => ranking.plan(),
        }
        ranking
    }

    fn may_be_hit(&self, passage: u32) -> bool {
        self.steered.allowed.as_ref().is_none_or(|allowed| allowed[passage as usize])
    }

    /// The logarithm of what the owner has a passage count.
    fn log_weight(&self, passage: u32) -> f32 {
        self.steered.log_weights.get(passage as usize).copied().unwrap_or(0.0)
    }

    /// A passage's score by words, as it counts where words alone rank.
    fn words(&self, passage: u32) -> f32 {
        let score = self.lexical[passage as usize];
        if self.by_meaning() { score } else { weighed(score, self.log_weight(passage), false) }
    }

    /// What a passage's weight adds to a sum.
    fn bonus(&self, passage: u32) -> f32 {
        if self.by_meaning() { weighed(0.0, self.log_weight(passage), true) } else { 0.0 }
    }

    /// Whether there is something to compare passages with, beside words.
    pub fn by_meaning(&self) -> bool {
        self.targets.is_some() && self.weights.any_vector()
    }

    fn factors(&self) -> Factors {
        let weights = self.weights;
        let all = weights.knn + weights.svm + weights.whitened + weights.lexical;
        let over = |weight: f32, deviation: f32| if deviation > 0.0 { weight / all / deviation } else { 0.0 };
        let none = Targets::default();
        let Targets { plain, svm, whitened } = self.targets.as_ref().unwrap_or(&none);
        Factors {
            knn: over(weights.knn, plain.deviation),
            svm: if svm::IS_HERE { over(weights.svm, svm.deviation) } else { 0.0 },
            whitened: over(weights.whitened, whitened.deviation),
            lexical: over(weights.lexical, self.lexical_deviation),
        }
    }

    /// First the clusters that promise most before any is there; then, once these are there, those that still do. So what is
    /// wanted does not change while it is on its way.
    fn plan(&mut self) {
        let prior = self.gains(&self.guesses(|_| true));
        let first = covering(&prior, top_k(&prior, self.most(FIRST_CLUSTERS)), self.k);
        self.score_known();
        self.guesses = self.guesses(|cluster| self.shards.passages[cluster].is_none());
        self.has_first = !first.iter().any(|&cluster| self.lacks(cluster));
        if !self.has_first {
            self.clusters = first;
            return;
        }
        let mut left = self.gains(&self.guesses);
        let mut allowed = vec![false; left.len()];
        top_k(&prior, self.most(MAX_CLUSTERS)).into_iter().for_each(|cluster| allowed[cluster] = true);
        left.iter_mut().zip(allowed).filter(|(_, allowed)| !allowed).for_each(|(gain, _)| *gain = 0.0);
        self.clusters = covering(&left, top_k(&left, self.most(MORE_CLUSTERS)), self.k);
    }

    /// As [`Ranking::plan`], for a sum with the SVM. It is the query itself at first. Then it learns from the clusters that promised most, and
    /// once more with those that promise most by what it learnt. It learns from no others, so that it does not depend on what other queries
    /// have loaded; and a filter changes no score, so it may learn from what is no hit.
    fn plan_by_svm(&mut self, learner: &Learner) {
        let allowed = self.steered.allowed.take();
        self.compare_by(learner.before(self.start));
        let mut learnt = learner.own_clusters(self.start);
        learnt.extend(self.promising());
        learnt = unique(learnt);
        self.has_first = !learnt.iter().any(|&cluster| self.lacks(cluster));
        if self.has_first {
            self.learn(learner, &learnt);
            learnt.extend(self.promising());
            learnt = unique(learnt);
        }
        let mut clusters = learnt.clone();
        if allowed.is_some() {
            self.steered.allowed = allowed;
            clusters.extend(self.promising());
        }
        self.clusters = clusters.into_iter().filter(|&cluster| self.lacks(cluster)).collect();
        if self.has_first && self.clusters.is_empty() {
            self.learn(learner, &learnt);
        }
        self.score_known();
        self.guesses = self.guesses(|cluster| self.shards.passages[cluster].is_none());
    }

    /// The share of the scores that are what they are meant to be: the SVM's are not before it has learnt from all that it asked for.
    pub fn learnt(&self) -> f32 {
        let Weights { knn, svm, whitened, lexical } = self.weights;
        let is_there = svm == 0.0 || (self.report.is_some() && self.clusters.is_empty());
        if is_there { 1.0 } else { (knn + whitened + lexical) / (knn + svm + whitened + lexical) }
    }

    fn learn(&mut self, learner: &Learner, clusters: &[usize]) {
        let (target, report) = learner.learn(self.shards, self.start, clusters);
        self.report = Some(report);
        self.compare_by(target);
    }

    fn compare_by(&mut self, svm: Target) {
        self.targets.iter_mut().for_each(|targets| targets.svm = svm.clone());
    }

    /// The clusters that promise most if none were there.
    fn promising(&self) -> Vec<usize> {
        let prior = self.gains(&self.guesses(|_| true));
        covering(&prior, top_k(&prior, self.most(FIRST_CLUSTERS)), self.k)
    }

    /// How many clusters have as many passages as so many of the usual size.
    fn most(&self, clusters: usize) -> usize {
        let passages = (clusters * USUAL_CLUSTER) as u64;
        let of_this_size =
            (passages * self.start.clusters.len() as u64).div_ceil(self.start.passages.max(1).into());
        clusters.min(of_this_size as usize)
    }

    fn lacks(&self, cluster: usize) -> bool {
        self.shards.is_missing(Id::new(Kind::Passages, cluster))
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

    /// How near the nearest passage is that may be a hit, of those that are there; none without a place to look from.
    pub fn nearest(&self, placed_by: PlacedBy) -> Option<f32> {
        match (placed_by, &self.targets) {
            (PlacedBy::Encoder(0.0), _) => Some(0.0),
            (_, None) => None,
            (PlacedBy::Encoder(known), Some(targets)) => {
                let highest = match self.weights.whitened > 0.0 {
                    true => highest(self.known.iter().map(|known| known.whitened)),
                    false => self.highest_of(&targets.whitened, |_, _| 1.0),
                };
                Some(by_encoder(known, highest))
            }
            (PlacedBy::Embedding, Some(Targets { plain, .. })) => {
                Some(self.highest_of(plain, Passages::norm) + plain.constant)
            }
        }
    }

    /// The highest product with a target of the passages that are there, each at this length.
    fn highest_of(&self, target: &Target, length: impl Fn(&Passages, usize) -> f32) -> f32 {
        let clusters = self.start.clusters.iter().zip(&self.shards.passages);
        highest(clusters.filter_map(|(cluster, passages)| Some((cluster, passages.as_ref()?))).map(
            |(cluster, passages)| {
                let products = passages.products(&self.start.metric, cluster, &target.axes).into_iter();
                let hits = products.enumerate().filter(|&(i, _)| self.may_be_hit(cluster.start + i as u32));
                highest(hits.map(|(i, product)| product * length(passages, i)))
            },
        ))
    }

    /// What can be said of how complete the answer is: of passages that are not there, and of those whose scores lie near, any may be
    /// among the best.
    pub fn claim(&self) -> Claim {
        let near = best_of_articles(self.known.clone(), NEAR * self.k);
        let guess = |known: &Known| Guess { cluster: 0, count: 1.0, mean: known.score, deviation: 1e-6 };
        Claim {
            near: near.len(),
            all: near.iter().map(guess).chain(self.guesses.iter().copied()).collect(),
            k: self.k,
        }
    }

    fn best_known(&self) -> Vec<Known> {
        best_of_articles(self.known.clone(), self.k)
    }

    fn score_known(&mut self) {
        let mut known = Vec::new();
        for (cluster, passages) in self.start.clusters.iter().zip(&self.shards.passages) {
            if let Some(passages) = passages {
                self.score_cluster(cluster, passages, &mut known);
            }
        }
        self.known = known;
    }

    fn score_cluster(&self, cluster: &Cluster, passages: &Passages, known: &mut Vec<Known>) {
        let factors = self.factors();
        let none = Targets::default();
        let Targets { whitened, plain, svm } = self.targets.as_ref().unwrap_or(&none);
        let products = |target: &Target, factor: f32| match factor > 0.0 {
            true => passages.products(&self.start.metric, cluster, &target.axes),
            false => vec![0.0; passages.articles.len()],
        };
        let whitenings = products(whitened, factors.whitened);
        let plains = products(plain, factors.knn);
        let margins = if svm::IS_HERE { products(svm, factors.svm) } else { Vec::new() };
        for (i, &article) in passages.articles.iter().enumerate() {
            let passage = cluster.start + i as u32;
            if !self.may_be_hit(passage) {
                continue;
            }
            let norm = passages.norm(i);
            let (plain_score, whitened_score) = (plains[i] * norm + plain.constant, whitenings[i]);
            let mut score = factors.lexical * (self.words(passage) - self.lexical_mean) + self.bonus(passage);
            score += factors.whitened * (whitened_score - whitened.mean);
            score += factors.knn * (plain_score - plain.mean);
            let margin = margins.get(i).map_or(0.0, |margin| margin * norm + svm.constant);
            score += factors.svm * (margin - svm.mean);
            known.push(Known {
                passage,
                article,
                score,
                whitened: whitened_score,
                plain: plain_score,
                svm: margin,
            });
        }
    }

    /// What of a passage's place counts, and what is added to it, in the score that is expected of it.
    fn expectation(&self) -> (Vec<f32>, f32) {
        let factors = self.factors();
        let metric = &self.start.metric;
        let base = -factors.lexical * self.lexical_mean;
        let Some(Targets { whitened, plain, svm }) = &self.targets else {
            return (vec![0.0; metric.axes.len()], base);
        };
        let mut target: Vec<f32> = whitened.axes.iter().map(|axis| factors.whitened * axis).collect();
        for (of, factor) in [(plain, factors.knn), (svm, factors.svm)] {
            for (sum, axis) in target.iter_mut().zip(&of.axes) {
                *sum += factor * metric.norm * axis;
            }
        }
        (target, base - factors.whitened * whitened.mean)
    }

    /// What is expected of the passages in these clusters.
    fn guesses(&self, of: impl Fn(usize) -> bool) -> Vec<Guess> {
        let (target, base) = self.expectation();
        let Factors { lexical, .. } = self.factors();
        let around = deviation(self.start, &target);
        let mut guesses = Vec::new();
        for (index, cluster) in self.start.clusters.iter().enumerate().filter(|(index, _)| of(*index)) {
            let mean = base + self.start.metric.centroid_product(cluster, &target);
            let spread = around(cluster);
            let (mut without, mut bonus) = (0.0, 0.0);
            for passage in (cluster.start..cluster.start + cluster.count).filter(|&it| self.may_be_hit(it)) {
                let score = self.words(passage);
                if score > 0.0 {
                    // Lengths are known nearly: so are scores by words.
                    let deviation = spread.hypot(0.05 * lexical * score).max(1e-6);
                    let mean = mean + lexical * score + self.bonus(passage);
                    guesses.push(Guess { cluster: index as u32, count: 1.0, mean, deviation });
                } else {
                    without += 1.0;
                    bonus += self.bonus(passage);
                }
            }
            if without > 0.0 && spread > 0.0 {
                let mean = mean + bonus / without;
                guesses.push(Guess { cluster: index as u32, count: without, mean, deviation: spread });
            }
        }
        guesses
    }

    /// The best passage of each of the k best articles, and its score. What was typed as it stands in a title is lifted, as far as
    /// titles are there.
    pub fn order(&self, words: Option<&lexical::QueryTerms>) -> Vec<(u32, Known)> {
        let mut all = self.known.clone();
        let (target, base) = self.expectation();
        let Factors { lexical, .. } = self.factors();
        // A passage with a word of the query whose cluster is not there counts by what is expected of it.
        let clusters = self.start.clusters.iter().zip(&self.shards.passages);
        for (cluster, _) in clusters.filter(|(_, passages)| lexical > 0.0 && passages.is_none()) {
            let mean = base + self.start.metric.centroid_product(cluster, &target);
            for passage in cluster.start..cluster.start + cluster.count {
                let score = self.words(passage);
                if score > 0.0 && self.may_be_hit(passage) {
                    let text = self.shards.text(self.start, passage);
                    let article =
                        text.map_or(u32::MAX - passage, |(_, placed)| placed.passage.article as u32);
                    let score = mean + lexical * score + self.bonus(passage);
                    all.push(Known { passage, article, score, whitened: 0.0, plain: 0.0, svm: 0.0 });
                }
            }
        }
        all.iter_mut().for_each(|known| known.score = self.score(known));
        if let Some(words) = words.filter(|_| self.weights.lexical > 0.0) {
            self.lift(&mut all, words);
        }
        let mut best = best_of_articles(all, self.k);
        best.retain(|known| self.by_meaning() || self.lexical[known.passage as usize] > 0.0);
        best.into_iter().map(|known| (known.passage, known)).collect()
    }

    /// As the whole bundle has it: the only score by which it ranks, or the sum of several.
    fn score(&self, known: &Known) -> f32 {
        match self.weights {
            Weights { svm: 0.0, whitened: 0.0, lexical: 0.0, .. } => known.plain,
            Weights { knn: 0.0, whitened: 0.0, lexical: 0.0, .. } => known.svm,
            Weights { knn: 0.0, svm: 0.0, lexical: 0.0, .. } => known.whitened,
            Weights { knn: 0.0, svm: 0.0, whitened: 0.0, .. } => self.words(known.passage),
            _ => known.score,
        }
    }

    fn lift(&self, all: &mut [Known], words: &lexical::QueryTerms) {
        let mut scores: Vec<f32> = all.iter().map(|known| known.score).collect();
        let lexical: Vec<f32> = all.iter().map(|known| self.lexical[known.passage as usize]).collect();
        exact::lift(&mut scores, &lexical, |i| {
            let (texts, placed) = self.shards.text(self.start, all[i].passage)?;
            Named::of(words, &texts.articles[placed.own], &placed.passage.heading)
        });
        all.iter_mut().zip(scores).for_each(|(known, score)| known.score = score);
    }

    pub fn hits(&self, order: &[(u32, Known)], words: Option<&lexical::QueryTerms>) -> Vec<Hit<'s>> {
        let mut hits = Vec::new();
        for (rank, (passage, known)) in (1..).zip(order) {
            let Some((texts, placed)) = self.shards.text(self.start, *passage) else { continue };
            let there = self.shards.passages[self.start.cluster_of(*passage)].is_some();
            let lexical = self.lexical[*passage as usize];
            let scores = Scores {
                knn: (there && self.weights.knn > 0.0).then_some(known.plain),
                svm: (there && self.weights.svm > 0.0).then_some(known.svm),
                whitened: (there && self.weights.whitened > 0.0).then_some(known.whitened),
                lexical: (self.weights.lexical > 0.0).then_some(lexical),
            };
            let article = &texts.articles[placed.own];
            let text = placed.passage.text.as_str();
            hits.push(Hit {
                rank,
                score: known.score,
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
