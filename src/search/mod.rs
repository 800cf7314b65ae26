//! Searching, in three steps: [`plan`] says what to compute, [`score`] computes it, [`collect`] makes hits of it.

#[cfg(feature = "fit")]
mod calibrate;
pub(crate) mod closeness;
pub(crate) mod collect;
pub(crate) mod coverage;
pub(crate) mod exact;
mod explain;
mod options;
mod plan;
pub(crate) mod restrict;
mod result;
mod score;
pub(crate) mod weight;

use std::borrow::Cow;

#[cfg(feature = "fit")]
pub use self::calibrate::OwnTexts;
use self::collect::{Candidates, Found, is_settled};
pub use self::explain::{Explanation, Share, WordShare};
pub use self::options::{Refine, SearchOptions, Solver, StopAt};
pub(crate) use self::plan::{Given, Plan};
pub use self::result::{Hit, OtherPassage, Scores, SearchResult};
use self::score::{Asked, Scored};
use crate::closeness::PlacedBy;
use crate::embedded::Embedded;
use crate::facets::{Facet, Filter};
use crate::lexical::{self, QueryTerms};
use crate::query_target::QueryTarget;
use crate::{Closeness, Highlights, Method, Query, Result, SearchIndex};

/// What came of scoring.
struct Outcome<R> {
    method: Method,
    /// See [`SearchResult::known`].
    known: Option<f32>,
    /// None if there is nothing to rank by.
    found: Option<R>,
}

impl SearchIndex {
    /// Ranks the articles for a query: its embedding, its text, or a [`Query`] of both. If the method needs an embedding and there is
    /// only a text, the bundle's query encoder makes it. If the encoder knows nothing of the text, the method's keywords rank alone, and
    /// a method without keywords finds nothing.
    pub fn search<'q>(
        &self,
        query: impl Into<Query<'q>>,
        options: &SearchOptions,
    ) -> Result<SearchResult<'_>> {
        self.rank(query.into(), &[], &[], options)
    }

    /// Ranks the other articles by their similarity to the article `id`: [`SearchIndex::refine`] with one example.
    pub fn similar(&self, id: &str, options: &SearchOptions) -> Result<SearchResult<'_>> {
        self.refine(&Refine { more: &[id], ..Refine::default() }, options)
    }

    /// Ranks by a query and by examples: articles that the reader likes and dislikes. The examples themselves are no hits. Without a
    /// query, no embedding is needed. kNN and the whitened cosine compare with the mean of query and liked articles, less a share of the
    /// disliked; the SVM learns from each example.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::UnknownArticle`](crate::ErrorKind::UnknownArticle); [`ErrorKind::Option`](crate::ErrorKind::Option) if an article is
    /// in both lists, or there is neither a query nor an example; and those of [`SearchIndex::search`].
    pub fn refine(&self, refine: &Refine, options: &SearchOptions) -> Result<SearchResult<'_>> {
        let &Refine { query, more, less } = refine;
        refine.check()?;
        self.rank(query, more, less, options)
    }

    /// Whether a search for a text by this method needs the text's embedding from an embedder: the method uses vectors, and the bundle
    /// has no query encoder.
    pub fn needs_embedding(&self, method: Method) -> bool {
        let given = Given { text: true, ..self.given() };
        !self.has_encoder() && given.resolve(method).needs_embedding()
    }

    /// What the index gives to rank by.
    fn given(&self) -> Given {
        Given {
            keywords: self.keywords().is_some(),
            encoder: self.has_encoder(),
            slow_whitening: !self.whitens_soon(),
            ..Given::default()
        }
    }

    fn rank(
        &self,
        query: Query,
        more: &[&str],
        less: &[&str],
        options: &SearchOptions,
    ) -> Result<SearchResult<'_>> {
        let refine = Refine { query, more, less };
        let Outcome { method, known, found } = self.scored(&refine, options, |asked, scored| {
            let mut closeness = self.closeness(asked, &scored)?;
            if !asked.phrase_found {
                closeness = options.strictness.without_phrase(closeness);
            }
            let result = match closeness {
                Some(Closeness::Nothing) => self.no_hits(asked.plan.method, options),
                _ => self.collect(asked, &scored),
            };
            Ok(SearchResult { closeness, ..result })
        })?;
        let result: Result<_> = found.unwrap_or_else(|| {
            let closeness = self.bounds_of(known.map(PlacedBy::Encoder), options).map(|_| Closeness::Nothing);
            Ok(SearchResult { closeness, ..self.no_hits(method, options) })
        });
        Ok(SearchResult { known, ..result? })
    }

    fn no_hits(&self, method: Method, options: &SearchOptions) -> SearchResult<'_> {
        SearchResult { facets: self.facets(&[], options), ..SearchResult::empty(method) }
    }

    /// Scores all passages, and makes of the scores what `then` does.
    fn scored<R>(
        &self,
        &Refine { query, more, less }: &Refine,
        options: &SearchOptions,
        then: impl FnOnce(&Asked, Scored) -> R,
    ) -> Result<Outcome<R>> {
        options.check(self.articles())?;
        query.check()?;
        let operators = self.operators(&query);
        let query = Query { text: query.text.map(|_| operators.text.as_ref()), ..query };
        let given = Given {
            embedding: query.embedding.is_some(),
            text: query.text.is_some(),
            liked: !more.is_empty(),
            liked_texts: more.iter().any(|id| self.has_text(id)),
            disliked: !less.is_empty(),
            ..self.given()
        };
        let mut plan = Plan::new(options.method, options.stop, given)?;
        let encoded = match query.text {
            Some(text) if plan.encode => Some(self.encode(text)?),
            _ => None,
        };
        let known = encoded.as_ref().map(|encoded| encoded.as_ref().map_or(0.0, |encoded| encoded.known));
        let placed_by = PlacedBy::of(&query, plan.by_vectors(), known);
        let encoded = encoded.flatten();
        let embedded = Embedded::of(query.embedding, encoded.as_ref());
        let target = QueryTarget::new(self, embedded, more, less)?;
        if plan.by_vectors() && !target.has_vector() {
            let Some(left) = plan.by_keywords() else {
                return Ok(Outcome { method: plan.method, known, found: None });
            };
            plan = left;
        }
        let terms = self.terms(&query, more, &plan);
        let mut candidates = self.candidates(&target, &options.filter);
        let phrase_found = self.restrict(&mut candidates, &operators);
        let asked = Asked {
            plan: &plan,
            target: &target,
            terms: terms.as_ref(),
            candidates: &candidates,
            placed_by,
            phrase_found,
            options,
        };
        let scored = self.score(&asked)?;
        Ok(Outcome { method: plan.method, known, found: Some(then(&asked, scored)) })
    }

    /// The words to ask for: the query's, or else those that tell the liked articles from others.
    fn terms(&self, query: &Query, more: &[&str], plan: &Plan) -> Option<QueryTerms> {
        let keywords = self.keywords();
        if let Some(text) = query.text {
            return Some(match keywords {
                Some(keywords) => keywords.query(text, query.unfinished),
                None => QueryTerms::parse(text, query.unfinished),
            });
        }
        if plan.weights.lexical == 0.0 {
            return None;
        }
        let liked = more.iter().filter_map(|id| self.position(id).ok());
        let texts = liked.flat_map(|article| {
            let passages = self.passages()[self.passages_of(article)].iter();
            let texts = passages.map(|passage| (passage.text.as_str(), 1));
            texts.chain([(self.articles()[article].title.as_str(), lexical::TITLE_WEIGHT)])
        });
        keywords?.like(texts)
    }

    fn has_text(&self, id: &str) -> bool {
        let passages = |article| self.passages()[self.passages_of(article)].iter();
        self.position(id).is_ok_and(|article| passages(article).any(|passage| !passage.text.is_empty()))
    }

    fn collect(&self, asked: &Asked, scored: &Scored) -> SearchResult<'_> {
        let &Asked { plan, target, terms, candidates, options, .. } = asked;
        let scores = scored.scores();
        let order = candidates.top(scores, options.k.saturating_add(1));
        let top_k_final = scored
            .report
            .as_ref()
            .filter(|_| plan.method == Method::Svm)
            .map(|report| is_settled(scores, &order, options.k, report.error()));
        let found = Found::new(scores, scored.merely(), !plan.by_vectors(), options.relevance_threshold)
            .among(candidates.passages.as_deref());
        let mut facets = Vec::new();
        if !options.facets.is_empty() {
            let all = self.candidates(target, &Filter::default());
            let mut all = Candidates { passages: candidates.passages.clone(), ..all }.best_passages(scores);
            all.retain(|&passage| found.has(passage as usize));
            facets = self.facets(&all, options);
        }
        let hits = found.hits(&order, options.k);
        let floor = hits.last().map_or(0.0, |&last| scores[last]);
        let same_heading = |a: usize, b: usize| self.passages()[a].heading == self.passages()[b].heading;
        let hit = |(place, &passage): (usize, &usize)| {
            let siblings = self.passages_of(self.passages()[passage].article);
            let others = found.others(passage, siblings, floor, options.passages - 1, &same_heading);
            let others = others.into_iter().map(|other| OtherPassage {
                score: scores[other],
                passage: &self.passages()[other],
                text: &self.passages()[other].text,
            });
            let others = others.collect();
            Hit { rank: place + 1, others, ..self.hit(passage, scored, terms) }
        };
        let hits = hits.iter().enumerate().map(hit).collect();
        SearchResult {
            method: plan.method,
            hits,
            facets,
            svm: scored.report.clone(),
            known: None,
            closeness: None,
            top_k_final,
            complete: None,
        }
    }

    /// The hit that is this passage, but for its rank and its other passages.
    fn hit(&self, passage: usize, scored: &Scored, terms: Option<&QueryTerms>) -> Hit<'_> {
        let found = &self.passages()[passage];
        let article = &self.articles()[found.article];
        Hit {
            rank: 0,
            score: scored.scores()[passage],
            scores: scored.of(passage),
            article,
            passage: found,
            passage_index: passage,
            text: &found.text,
            highlights: terms
                .filter(|terms| terms.are_typed())
                .map(|terms| Highlights::of(terms, article, &found.text)),
            others: Vec::new(),
        }
    }

    /// Which articles may be hits: those that are no examples and that the filter allows.
    pub(crate) fn candidates(&self, target: &QueryTarget, filter: &Filter) -> Candidates<'_> {
        let article_of = self.article_of();
        let mut examples = target.example_articles().peekable();
        if filter.is_empty() && examples.peek().is_none() {
            let every_passage = self.every_article().len() == article_of.len();
            let allowed = Cow::Borrowed(self.every_article());
            return Candidates { article_of, allowed, passages: None, every_passage };
        }
        let mut allowed: Vec<bool> = self.articles().iter().map(|article| filter.allows(article)).collect();
        examples.for_each(|article| allowed[article] = false);
        Candidates { article_of, allowed: Cow::Owned(allowed), passages: None, every_passage: false }
    }

    /// What the articles of these passages, which were found, have in the fields that are asked for.
    fn facets(&self, found: &[u32], options: &SearchOptions) -> Vec<Facet<'_>> {
        let articles =
            found.iter().map(|&passage| &self.articles()[self.passages()[passage as usize].article]);
        let facet = |field: &String| {
            let counts = options.filter.count(articles.clone(), field);
            Facet { field: field.clone(), counts }
        };
        options.facets.iter().map(facet).collect()
    }
}
