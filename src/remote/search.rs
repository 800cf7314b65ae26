//! Plans the requests of a query, and answers it by the candidates that they gave.

use super::metric::Spread;
use super::ranking::{Asked, Linear, Ranking, unit};
use super::{Candidates, Partial, Remote, Request};
use crate::closeness::PlacedBy;
use crate::decimal::Decimal;
use crate::embedded::{Embedded, aligned, for_knn};
use crate::error::Cause;
use crate::lexical::QueryTerms;
use crate::rank::mixture::{Problem, Solution, Training};
use crate::rank::top_k;
use crate::search::{Given, Plan, SearchOptions, SearchResult};
use crate::{Closeness, Error, Fusion, Query, Result, Solver, StopAt, Wanted, Weights, plain_text};

/// Rows that a request asks for, at least; so many times the hits; and at most.
const ROWS: usize = 200;
const ROWS_A_HIT: usize = 10;
const MOST_ROWS: usize = 1000;
/// Candidates that the SVM learns from, at most: more cost time and change little.
const LEARNT: usize = 400;
/// The SVM is solved until no step would change scores by more than this share of how much they vary: at first, when it only chooses what the
/// next request asks for, and at last.
const TOLERANCES: [f64; 2] = [2e-2, 3e-3];

/// What the candidates answer to a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<'c> {
    /// The hits among the candidates.
    pub result: SearchResult<'c>,
    /// What would tell more; none if the answer is final.
    pub wanted: Option<Request>,
    /// How many rows were looked at.
    pub looked_at: usize,
    /// If a part of the engine did not answer.
    pub partial: Option<Partial>,
}

impl Remote {
    /// Ranks the articles for a query by the candidates so far, and says what to ask the engine for. The arguments are those of
    /// [`SearchIndex::search`](crate::SearchIndex::search). Begin without candidates, and keep query and options until the answer wants
    /// nothing more.
    ///
    /// # Errors
    ///
    /// Those of [`SearchIndex::search`](crate::SearchIndex::search). [`ErrorKind::Option`](crate::ErrorKind::Option) also for what only all rows
    /// could answer: fusion by reciprocal ranks, facets, a relevance threshold, the reference solver, a stop at the first k.
    pub fn search<'c, 'q>(
        &self,
        query: impl Into<Query<'q>>,
        options: &SearchOptions,
        candidates: &'c Candidates,
    ) -> Result<Answer<'c>> {
        let query = query.into();
        self.check(&query, options)?;
        let given = Given {
            keywords: self.manifest.words,
            encoder: self.has_encoder(),
            text: query.text.is_some(),
            embedding: query.embedding.is_some(),
            ..Given::default()
        };
        let mut plan = Plan::new(options.method, options.stop, given)?;
        let encoded = match (query.text, &self.encoder) {
            (Some(text), Some(encoder)) if plan.encode => Some(encoder.read()?.encode(&plain_text(text))),
            _ => None,
        };
        let known = encoded.as_ref().map(|encoded| encoded.as_ref().map_or(0.0, |encoded| encoded.known));
        let placed_by = PlacedBy::of(&query, plan.by_vectors(), known);
        let encoded = encoded.flatten();
        let embedded = Embedded::of(query.embedding, encoded.as_ref());
        let method = plan.method;
        if plan.by_vectors() && embedded.is_none() {
            let Some(left) = plan.by_keywords() else {
                let result = SearchResult { known, complete: Some(1.0), ..SearchResult::empty(method) };
                return Ok(candidates.answer(result, None));
            };
            plan = left;
        }
        let vectors = embedded.filter(|_| plan.by_vectors());
        let vectors = vectors.map(|embedded| self.vectors(embedded, options.align)).transpose()?;
        let terms = query.text.map(|text| QueryTerms::parse(text, query.unfinished));
        let asked = Asked { plan, options, terms, vectors, placed_by };
        let text = query.text.filter(|_| plan.weights.lexical > 0.0);
        let answer = self.answer(&asked, text, candidates)?;
        Ok(Answer { result: SearchResult { known, ..answer.result }, ..answer })
    }

    fn check(&self, query: &Query, options: &SearchOptions) -> Result<()> {
        query.check()?;
        let refuse = |name: &str, value: &str, expected: &str| {
            Err(Error::option(name, value, format!("{expected}: a remote bundle knows the best rows alone")))
        };
        for (name, count) in [("k", options.k), ("passages", options.passages)] {
            if count == 0 {
                return Err(Error::option(name, "0", "expected a whole number from 1"));
            }
        }
        if options.fusion != Fusion::ZScore {
            return refuse("fusion", "rrf", "expected z-score");
        }
        if let Some(threshold) = options.relevance_threshold {
            return refuse("relevance_threshold", &Decimal::from(threshold).to_string(), "leave it out");
        }
        if let Some(field) = options.facets.first() {
            return refuse("facets", &format!("\"{field}\""), "leave them out");
        }
        if options.solver != Solver::Newton {
            return refuse("solver", &options.solver.to_string(), "expected newton");
        }
        if options.stop != StopAt::Converged {
            return refuse("stop", &options.stop.to_string(), "expected converged");
        }
        let known = |field: &str| self.manifest.fields.iter().any(|other| other == field);
        if let Some((field, _)) =
            options.filter.asked().find(|(_, wanted)| matches!(wanted, Wanted::Range(_)))
        {
            return Err(Error::option(
                "filter",
                format!("\"{field}\" in a range"),
                "expected values: engines filter by values alone",
            ));
        }
        match options.filter.asked().find(|(field, _)| !known(field)) {
            None => Ok(()),
            Some((field, _)) => {
                let expected = match self.manifest.fields.is_empty() {
                    true => "this engine filters by no field".into(),
                    false => format!("the engine filters by {}", self.manifest.fields.join(", ")),
                };
                Err(Error::option("filter", format!("\"{field}\""), expected))
            }
        }
    }

    /// What kNN compares with, and the query, aligned if that is asked for and the mean query is known; both of unit length.
    fn vectors(&self, Embedded { vector, offset }: Embedded, align: bool) -> Result<(Vec<f32>, Vec<f32>)> {
        self.space().check_query(vector)?;
        let query = unit(vector.to_vec()).ok_or_else(|| Cause::ZeroVector { place: "the query".into() })?;
        let near = offset.and_then(|offset| unit(for_knn(&query, offset))).unwrap_or_else(|| query.clone());
        let mean_query = self.mean_query.as_ref().filter(|_| align);
        let moved = mean_query.and_then(|mean| unit(aligned(&query, mean, self.metric.mean())));
        Ok((near, moved.unwrap_or(query)))
    }

    fn answer<'c>(
        &self,
        asked: &Asked,
        text: Option<&str>,
        candidates: &'c Candidates,
    ) -> Result<Answer<'c>> {
        let Asked { plan, options, vectors, .. } = asked;
        let Weights { svm, .. } = plan.weights;
        let k = (ROWS_A_HIT.saturating_mul(options.k)).clamp(ROWS, MOST_ROWS.max(options.k));
        let last =
            |vector| Request { vector, k, text: text.map(str::to_owned), filter: options.filter.clone() };
        let nothing = || SearchResult::nothing_yet(plan.method);
        let params = options.svm.check()?;
        match (vectors, candidates.responses) {
            (Some((query, _)), 0) if svm > 0.0 => {
                // What the SVM learns from is not what may be a hit: a filter changes no score.
                let filter = Default::default();
                // More than it learns from would be read for nothing.
                let first = Request { vector: query.clone(), k: k.min(LEARNT), text: None, filter };
                return Ok(candidates.answer(nothing(), Some(first)));
            }
            (Some((_, aligned)), responses) if svm > 0.0 => {
                let solution = self.solve(aligned, &params, candidates);
                let linear = self.linear(asked, Some(solution));
                let wanted = (responses == 1).then(|| last(linear.direction()));
                return Ok(self.rank(asked, linear, candidates, wanted));
            }
            _ => {}
        }
        let linear = self.linear(asked, None);
        match candidates.responses {
            0 => Ok(candidates.answer(nothing(), Some(last(linear.direction())))),
            _ => Ok(self.rank(asked, linear, candidates, None)),
        }
    }

    /// The SVM of a query that is aligned already. It learns from the candidates that are nearest to the w before, or to the query; the
    /// mixture stands for the others.
    fn solve(&self, query: &[f32], params: &crate::rank::svm::Params, candidates: &Candidates) -> Solution {
        let dims = self.space().dimensions;
        let start = candidates.start.get().map(Vec::as_slice);
        let toward: Vec<f32> = start.map_or(query.to_vec(), |w| w.iter().map(|&x| x as f32).collect());
        let taken = top_k(&candidates.products(&toward[..dims]), LEARNT);
        let near = self.mixture.near(&toward[..dims]);
        let rows = candidates.matrix(&taken, dims);
        let cluster = |row| self.mixture.nearest(&near, rows.values(row));
        let clusters: Vec<u32> = (0..rows.rows()).map(cluster).collect();
        let training = Training {
            positives: &[query.to_vec()],
            candidates: &rows,
            weights: vec![1.0; taken.len()],
            mixture: &self.mixture,
            counts: self.mixture.counts_without(&clusters),
        };
        let problem = Problem::new(training, self.manifest.rows, params);
        let steering = self.steering.of(params.c(), || self.metric.moments());
        let solution = problem.solve(&steering, TOLERANCES[usize::from(start.is_some())], start);
        // What more candidates change of it is little.
        candidates.start.get_or_init(|| solution.w.clone());
        solution
    }

    /// What scores are made of, but for words.
    fn linear(&self, asked: &Asked, svm: Option<Solution>) -> Linear {
        let Weights { knn, whitened, .. } = asked.plan.weights;
        let Some((query, aligned)) = &asked.vectors else { return Linear::default() };
        let with_spread = |vector: Vec<f32>| {
            let spread = self.metric.spread(&vector);
            (vector, spread)
        };
        let whitened = (whitened > 0.0).then(|| self.metric.whitening().direction(aligned));
        Linear {
            weights: asked.plan.weights,
            knn: (knn > 0.0).then(|| with_spread(query.clone())),
            report: svm.as_ref().map(|svm| svm.report.clone()),
            svm: svm.map(|svm| with_spread(svm.vector)),
            whitened: whitened.map(|direction| {
                let spread = self.metric.whitened_spread(&direction, &self.passages);
                let plain: Spread = self.metric.spread(&direction.vector);
                (direction, spread, plain)
            }),
        }
    }

    fn rank<'c>(
        &self,
        asked: &Asked,
        linear: Linear,
        candidates: &'c Candidates,
        wanted: Option<Request>,
    ) -> Answer<'c> {
        let ranking = Ranking::new(self, asked, linear, candidates);
        let closeness = if wanted.is_none() { ranking.closeness() } else { None };
        let mut result = match closeness {
            Some(Closeness::Nothing) => SearchResult::empty(asked.plan.method),
            _ => ranking.result(),
        };
        result.closeness = closeness;
        result.complete = Some(complete(&asked.plan, candidates));
        candidates.answer(result, wanted)
    }
}

impl Candidates {
    fn answer<'c>(&self, result: SearchResult<'c>, wanted: Option<Request>) -> Answer<'c> {
        Answer { result, wanted, looked_at: self.rows(), partial: self.partial() }
    }
}

/// Shares of the exact ranking's first ten that were measured: docs/remote.md.
const EXACT: f32 = 1.0;
const BY_SVM: f32 = 0.97;
const BY_METRIC: f32 = 0.99;

/// The share of all rows' hits that those of the candidates are expected to contain.
fn complete(plan: &Plan, candidates: &Candidates) -> f32 {
    let expected = match plan.weights {
        Weights { svm, .. } if svm > 0.0 && candidates.responses < 2 => BY_SVM * BY_SVM,
        Weights { svm, .. } if svm > 0.0 => BY_SVM,
        Weights { whitened, .. } if whitened > 0.0 => BY_METRIC,
        Weights { knn, lexical, .. } if knn > 0.0 && lexical > 0.0 => BY_METRIC,
        _ => EXACT,
    };
    let answered = |partial: Partial| 1.0 - partial.missing as f32 / partial.of.max(1) as f32;
    expected * candidates.partial().map_or(1.0, answered)
}
