//! The second step of a search: the scores that its plan asks for, one a passage.

use super::collect::{Candidates, is_settled};
use super::coverage::words_found;
use super::exact::{self, Named};
use super::weight::weighed;
use super::{Plan, Scores, SearchOptions, Solver, StopAt};
use crate::bundle::Passage;
use crate::closeness::PlacedBy;
use crate::lexical::{Bm25, Coverage, QueryTerms};
use crate::query_target::QueryTarget;
use crate::rank::fusion::Fusion;
use crate::rank::{knn, svm};
use crate::vector::{Matrix, Vectors};
use crate::{Method, Result, SearchIndex, Weights};

/// The scores of each way of ranking, and what they are together.
#[derive(Default)]
pub(super) struct Scored {
    pub knn: Option<Vec<f32>>,
    svm: Option<Vec<f32>>,
    pub whitened: Option<Vec<f32>>,
    pub lexical: Option<Vec<f32>>,
    /// Where there are several.
    fused: Option<Vec<f32>>,
    /// The same with what the owner has pages count.
    weighed: Option<Vec<f32>>,
    /// What ranks, with what was typed as it stands in a title above all else.
    lifted: Option<Vec<f32>>,
    /// What passages have of the query's words, where keywords rank and there are no examples.
    pub found: Option<Coverage>,
    /// What each counts for this query.
    weights: Weights,
    /// How the SVM was solved.
    pub report: Option<svm::SolverReport>,
}

/// One list of scores: its name, its weight, and a score for each passage.
pub(super) type Part<'s> = (&'static str, f32, &'s [f32]);

/// What a search is for, as far as scores go.
pub(super) struct Asked<'a> {
    pub plan: &'a Plan,
    pub target: &'a QueryTarget<'a>,
    pub terms: Option<&'a QueryTerms>,
    pub candidates: &'a Candidates<'a>,
    pub placed_by: Option<PlacedBy>,
    /// False if the query has a phrase in quotes that no passage has.
    pub phrase_found: bool,
    pub options: &'a SearchOptions,
}

impl Scored {
    /// What ranks.
    pub fn scores(&self) -> &[f32] {
        self.lifted.as_deref().unwrap_or_else(|| self.merely())
    }

    /// The same before any was lifted.
    pub fn merely(&self) -> &[f32] {
        let lists = [&self.weighed, &self.fused, &self.knn, &self.svm, &self.whitened, &self.lexical];
        lists.into_iter().flatten().next().map_or(&[], Vec::as_slice)
    }

    /// The component scores of one passage.
    pub fn of(&self, passage: usize) -> Scores {
        let at = |scores: &Option<Vec<f32>>| scores.as_ref().map(|scores| scores[passage]);
        Scores {
            knn: at(&self.knn),
            svm: at(&self.svm),
            whitened: at(&self.whitened),
            lexical: at(&self.lexical),
        }
    }

    /// The lists of scores that rank together, by name, each with its weight.
    pub fn parts(&self) -> impl Iterator<Item = Part<'_>> {
        let weights = self.weights;
        let lists = [
            ("knn", weights.knn, &self.knn),
            ("svm", weights.svm, &self.svm),
            ("whitened", weights.whitened, &self.whitened),
            ("lexical", weights.lexical, &self.lexical),
        ];
        lists.into_iter().filter_map(|(name, weight, scores)| Some((name, weight, scores.as_deref()?)))
    }

    fn fuse(&mut self, fusion: Fusion) {
        let lists: Vec<(f32, &[f32])> = self.parts().map(|(_, weight, scores)| (weight, scores)).collect();
        if lists.len() > 1 {
            self.fused = Some(fusion.fuse(&lists));
        }
    }

    fn weigh(&mut self, fusion: Fusion, index: &SearchIndex) {
        let logs = index.log_weights();
        if !logs.is_empty() {
            let is_sum = self.fused.is_some() && fusion == Fusion::ZScore;
            let scores = self.merely().iter().zip(index.article_of());
            self.weighed = Some(
                scores.map(|(&score, &article)| weighed(score, logs[article as usize], is_sum)).collect(),
            );
        }
    }
}

impl SearchIndex {
    pub(super) fn score(&self, asked: &Asked) -> Result<Scored> {
        let &Asked { plan: &Plan { weights, .. }, target, options, .. } = asked;
        let mut scored = Scored { weights, ..Scored::default() };
        if weights.svm > 0.0 {
            let knn_vector = if weights.knn > 0.0 { Some(target.knn_vector()?) } else { None };
            let fit = self.fit(target, asked.candidates, options, knn_vector.as_deref())?;
            scored.report = Some(fit.report);
            scored.svm = Some(fit.scores);
            scored.knn = knn_vector.map(|_| fit.extra);
        } else if weights.knn > 0.0 {
            scored.knn = Some(self.knn_scores(asked, &target.knn_vector()?));
        }
        if weights.whitened > 0.0 {
            self.check_whitening()?;
            let vector = target.whitened_vector(options.align)?;
            let whitening = self.whitening(target.shrinkage());
            scored.whitened = Some(whitening.scores(self.rows().as_rows(), &vector));
        }
        // The plan has seen that both are there.
        if let (true, Some(keywords), Some(terms)) = (weights.lexical > 0.0, self.keywords(), asked.terms) {
            let scores = keywords.scores(terms, Bm25::default());
            // The words of an article are many, and none has most of them.
            if target.example_articles().next().is_none() {
                let found = words_found(keywords, terms, &scores, &|_| true);
                scored.weights = weights.for_words(found, keywords.passages());
                scored.found = Some(found);
            }
            scored.lexical = Some(scores);
        }
        scored.fuse(options.fusion);
        if weights.lexical > 0.0 {
            scored.weigh(options.fusion, self);
        }
        if let (Some(lexical), Some(terms)) = (&scored.lexical, asked.terms)
            && target.example_articles().next().is_none()
        {
            let mut scores = scored.merely().to_vec();
            exact::lift(&mut scores, lexical, |passage| {
                let Passage { article, heading, .. } = &self.passages()[passage];
                Named::of(terms, &self.articles()[*article], heading)
            });
            scored.lifted = Some(scores);
        }
        Ok(scored)
    }

    /// kNN's scores. Where int8 rows rank alone, those of the hits are exact, and the others no higher: nothing else asks for
    /// them. What is fused, or kept by a threshold, needs them all.
    fn knn_scores(&self, asked: &Asked, vector: &[f32]) -> Vec<f32> {
        let only_hits = asked.plan.method == Method::Knn && asked.options.relevance_threshold.is_none();
        match self.rows() {
            Vectors::Int8(rows) if only_hits && self.has_unit_rows() => {
                Self::nearest(rows, vector, asked.options.k, asked.candidates)
            }
            rows => knn::scores(rows.as_rows(), vector),
        }
    }

    /// kNN scores, exact for all passages that score no lower than the best of the k-th best article, and lower for all others.
    fn nearest(rows: &Matrix<i8>, query: &[f32], k: usize, candidates: &Candidates) -> Vec<f32> {
        let estimates = knn::estimates(rows, query);
        match candidates.top(&estimates.scores, k).last() {
            Some(&kth) => {
                let kth = estimates.scores[kth];
                estimates.settle(rows, query, kth)
            }
            None => estimates.scores,
        }
    }

    /// The SVM, and what kNN gives for `extra`, if there is one.
    pub(crate) fn fit(
        &self,
        target: &QueryTarget,
        candidates: &Candidates,
        options: &SearchOptions,
        extra: Option<&[f32]>,
    ) -> Result<svm::Fit> {
        let c = options.svm.check()?.c();
        let training = target.training_set(options.align)?;
        let enough = |scores: &[f32], error: f64| {
            options.stop == StopAt::TopK && {
                let order = candidates.top(scores, options.k.saturating_add(1));
                is_settled(scores, &order, options.k, error)
            }
        };
        let rows = self.rows().as_rows();
        match options.solver {
            Solver::Newton => {
                let background = self.background(c, training.positives.len());
                svm::fit_until(rows, &background, &training, &options.svm, extra, &enough)
            }
            Solver::CoordinateDescent { seed } => {
                let extra = extra.map_or_else(Vec::new, |vector| knn::scores(rows, vector));
                Ok(svm::Fit { extra, ..svm::dual::fit(rows, &training, &options.svm, seed)? })
            }
        }
    }
}
