//! Answers a query from the loaded shards, and says which shards are wanted.

use super::compare::Compared;
use super::examples::{Examples, Found};
use super::plan::{Lookup, ngram_files};
use super::ranking::{Ranking, Steered};
use super::restrict::tags;
use super::shard::{Id, Kind};
use super::start::Start;
use super::svm;
use super::texts::{Placed, Texts};
use super::words::Word;
use super::{Shards, sorted};
use crate::closeness::PlacedBy;
use crate::encoder::{Coefficients, QueryEncoder};
use crate::lexical::{self, Bm25, Coverage, Keywords};
use crate::operators::Operators;
use crate::search::coverage::words_found;
use crate::search::{Given, Plan, SearchOptions, SearchResult};
use crate::{Closeness, Error, Facet, Fusion, Method, Query, Refine, Result, Solver, Strictness, Weights};

/// Passages whose texts are fetched beside the first clusters, on what is expected of them; and those of these that come before the
/// clusters, so that a reader has something to look at.
const EARLY_TEXTS: usize = 5;
const FIRST_TEXTS: usize = 3;

/// What the loaded shards answer to a query.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer<'s> {
    /// Its hits whose texts are loaded. Ranks also count hits whose texts are not.
    pub result: SearchResult<'s>,
    /// The shards that would tell more, the most useful first. Empty if the answer is final.
    pub wanted: Vec<Id>,
    /// How many of these, from the first, are needed whichever letters follow an unfinished query. The others are worth their bytes once
    /// nothing more is typed.
    pub sure: usize,
    /// Whether only the whole bundle can answer this. Then all shards are wanted; once they are loaded, ask [`Shards::index`].
    pub whole: bool,
}

/// How far the loaded shards lead.
#[allow(clippy::large_enum_variant, reason = "there is one at a time; WebAssembly's is not so large")]
pub(super) enum Step<'s> {
    /// Only the whole bundle can answer.
    Whole,
    /// Nothing can be ranked without these, of which so many from the first are needed whatever is typed next.
    Wants(Vec<Id>, usize),
    Ranked(Ranked<'s>),
}

/// What is there, ranked.
pub(super) struct Ranked<'s> {
    method: Method,
    words: lexical::QueryTerms,
    /// The shards of n-grams that the query needs.
    ngrams: Vec<Id>,
    /// How much of the text the query encoder knows, if it was asked.
    known: Option<f32>,
    /// The share of what the query asks that could be looked up.
    looked_up: f32,
    /// None until all is there that it depends on.
    closeness: Option<Closeness>,
    pub ranking: Ranking<'s>,
}

/// What is asked for, and where that is looked up.
struct Asked<'q> {
    words: lexical::QueryTerms,
    lookup: Lookup,
    operators: &'q Operators<'q>,
    examples: Examples,
}

impl<'s> Ranked<'s> {
    /// The hits, with highlights if the query has a text.
    pub fn answer(self, query: &Query, options: &SearchOptions) -> Answer<'s> {
        let by_text = query.text.is_some();
        let Self { method, words, ngrams, known, looked_up, closeness, ranking } = self;
        if closeness == Some(Closeness::Nothing) {
            let no_counts = |field: &String| Facet { field: field.clone(), counts: Vec::new() };
            let facets = options.facets.iter().map(no_counts).collect();
            let complete = Some(1.0);
            let result = SearchResult { facets, known, closeness, complete, ..SearchResult::empty(method) };
            return Answer { result, wanted: Vec::new(), sure: 0, whole: false };
        }
        let Ranking { shards, start, .. } = ranking;
        let order = ranking.order(by_text.then_some(&words));
        let mut wanted = shards.left(ngrams);
        let early = !(ranking.has_first && wanted.is_empty());
        let text_of = |&(passage, _): &(u32, _)| {
            Id::new(Kind::Texts, passage as usize / start.texts_of.max(1) as usize)
        };
        let looked_at = if early { EARLY_TEXTS.min(order.len()) } else { order.len() };
        let (first, others) = order[..looked_at].split_at(FIRST_TEXTS.min(looked_at));
        let clusters = ranking.clusters.iter().map(|&cluster| Id::new(Kind::Passages, cluster));
        for id in first.iter().map(text_of).chain(clusters).chain(others.iter().map(text_of)) {
            if shards.is_missing(id) && !wanted.contains(&id) {
                wanted.push(id);
            }
        }
        let hits = ranking.hits(&order, by_text.then_some(&words));
        let facets = if ranking.by_meaning() { shards.facets(start, options) } else { Vec::new() };
        let noise = shards.manifest.noise.of(&ranking.weights);
        let complete = Some(looked_up * ranking.learnt() * ranking.claim().share(noise));
        let svm = ranking.report.clone();
        let nothing = SearchResult::empty(method);
        let result = SearchResult { hits, facets, svm, known, closeness, complete, ..nothing };
        let sure = if query.unfinished { 0 } else { wanted.len() };
        Answer { result, wanted, sure, whole: false }
    }

    /// How close the passages that are there come to the query; none if it was not to be told, or the bundle has no bounds for it.
    fn closeness(
        &self,
        placed_by: Option<PlacedBy>,
        words: Coverage,
        strictness: Strictness,
    ) -> Option<Closeness> {
        let bounds = self.ranking.shards.manifest.closeness?.bounds(placed_by?, strictness)?;
        Some(bounds.judge(self.ranking.nearest(placed_by?)?, Some(words), strictness))
    }
}

impl Shards {
    /// Ranks the articles for a query by the loaded shards, and says which shards are missing. The arguments are those of
    /// [`SearchIndex::search`](crate::SearchIndex::search).
    pub fn search<'q>(&self, query: impl Into<Query<'q>>, options: &SearchOptions) -> Result<Answer<'_>> {
        self.answer(&query.into().into(), options)
    }

    /// The same for a query and examples. The arguments are those of [`SearchIndex::refine`](crate::SearchIndex::refine). Without a query's
    /// text, [`Method::Auto`] does not ask for the words of the liked articles, as it does for a whole bundle.
    pub fn refine(&self, refine: &Refine, options: &SearchOptions) -> Result<Answer<'_>> {
        refine.check()?;
        self.answer(refine, options)
    }

    fn answer(&self, refine: &Refine, options: &SearchOptions) -> Result<Answer<'_>> {
        let nothing = |wanted, sure| {
            let result = SearchResult::nothing_yet(options.method);
            Answer { result, wanted, sure, whole: false }
        };
        Ok(match self.step(refine, options)? {
            Step::Whole => {
                let missing = self.left(self.missing());
                let sure = missing.len();
                Answer { whole: true, ..nothing(missing, sure) }
            }
            Step::Wants(wanted, sure) => nothing(wanted, sure),
            Step::Ranked(ranked) => ranked.answer(&refine.query, options),
        })
    }

    /// How far the shards that are loaded lead.
    pub(super) fn step(&self, refine: &Refine, options: &SearchOptions) -> Result<Step<'_>> {
        let query = &refine.query;
        query.check()?;
        let Some(start) = &self.start else {
            return Ok(Step::Wants(self.left(vec![Id::new(Kind::Start, 0)]), 1));
        };
        let operators = match self.operators(start, query) {
            Ok(operators) => operators,
            Err(wanted) => return Ok(Step::Wants(wanted, 0)),
        };
        let query = &Query { text: query.text.map(|_| operators.text.as_ref()), ..*query };
        let Some(fields) = start.fields_for(options).filter(|_| answers_in_part(refine, options)) else {
            return Ok(Step::Whole);
        };
        if options.k == 0 {
            return Err(Error::option("k", "0", "expected a whole number from 1"));
        }
        if let Some(embedding) = query.embedding {
            self.manifest.space.check_query(embedding)?;
        }
        let given = given(start, refine, query);
        let plan = Plan::new(options.method, options.stop, given)?;
        let words = lexical::QueryTerms::parse(query.text.unwrap_or_default(), query.unfinished);
        let without = operators.asked.iter().filter(|asked| asked.without);
        let without = without.flat_map(|asked| asked.phrase.words());
        let lookup = Lookup::of(start, &words, query.text.filter(|_| plan.encode), without);
        let (sure, unsure): (Vec<usize>, Vec<usize>) =
            lookup.files.iter().copied().partition(|file| lookup.sure.contains(file));
        let ids = |files: Vec<usize>| files.into_iter().map(|file| Id::new(Kind::Words, file));
        let by_embedding = query.embedding.is_some() && plan.by_vectors();
        let directions = by_embedding.then_some(Id::new(Kind::Directions, 0));
        let weights = start.weights().filter(|_| plan.weights.lexical > 0.0);
        let tags = tags(start, &operators);
        let found = if svm::IS_HERE { self.examples(start, refine)? } else { Found::default() };
        let (examples, of_examples) = match found {
            Found::There(examples) => (examples, Vec::new()),
            Found::Wants(shards) => (Examples::default(), shards),
            Found::Nowhere => return Ok(Step::Whole),
        };
        let mut needed: Vec<Id> = ids(sure).collect();
        for id in [directions, tags, weights].into_iter().flatten() {
            needed.push(id);
        }
        needed.extend(fields);
        needed.extend(of_examples);
        let mut wanted = self.left(needed);
        let sure = wanted.len();
        wanted.extend(self.left(ids(unsure).collect()));
        if !wanted.is_empty() {
            return Ok(Step::Wants(wanted, sure));
        }
        let restrict = operators.restrict();
        let asked = Asked { words, lookup, operators: &operators, examples };
        let ranked = self.rank(start, query, options, plan, asked)?;
        // By words alone, counts are of the articles that have any, and with operators of those that meet them: which these are, parts
        // do not know.
        let counts_words = !options.facets.is_empty() && (!ranked.ranking.by_meaning() || restrict);
        if counts_words && self.left(ranked.ngrams.clone()).is_empty() {
            return Ok(Step::Whole);
        }
        Ok(Step::Ranked(ranked))
    }

    /// Those of these that are neither loaded nor given up.
    pub(super) fn left(&self, mut ids: Vec<Id>) -> Vec<Id> {
        ids.retain(|&id| self.is_missing(id));
        ids
    }

    /// Ranks what is there, with the words that the query looks into.
    fn rank<'s>(
        &'s self,
        start: &'s Start,
        query: &Query,
        options: &SearchOptions,
        plan: Plan,
        asked: Asked,
    ) -> Result<Ranked<'s>> {
        let Asked { mut words, lookup, operators, examples } = asked;
        let lookup = &lookup;
        let Plan { method, weights, encode } = plan;
        let vocabulary = Vocabulary::of(self, lookup);
        let to_encode = query.text.filter(|_| encode);
        let ngrams =
            to_encode.map_or(Vec::new(), |text| ngram_files(start, &vocabulary.unknown(start, text)));

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
        let Compared { targets, learner } =
            Compared::of(start, placed.as_ref(), &examples, weights, options)?;
        let own = &lookup.files[..lookup.own];
        let there = own.iter().filter(|&&file| self.has(Id::new(Kind::Words, file))).count();
        let all_there = there == own.len() && ngrams.iter().all(|&id| self.has(id));
        // Those that are not there cannot be had.
        let mut looked_up = if own.is_empty() { 1.0 } else { there as f32 / own.len() as f32 };
        if query.embedding.is_some() && targets.is_none() {
            let Weights { knn, svm, whitened, lexical } = weights;
            looked_up *= lexical / (knn + svm + whitened + lexical);
        }
        let has = |word: &str| vocabulary.has_looked_up(start, lookup, word);
        let found = words_found(&keywords, &words, &lexical, &has);
        let weights = match &targets {
            Some(_) => weights.for_words(found, keywords.passages()),
            None => Weights { lexical: weights.lexical, ..Weights::default() },
        };
        let restricted = self.restricted(start, options, operators, &keywords, &has);
        if !restricted.known {
            looked_up = 0.0;
        }
        let log_weights = if weights.lexical > 0.0 { self.log_weights(start) } else { Vec::new() };
        let allowed = self.without(restricted.allowed, &examples);
        let steered = Steered { allowed, log_weights };
        let compared = Compared { targets, learner };
        let ranking = Ranking::new(self, start, lexical, compared, weights, options.k, steered);
        let mut ranked = Ranked { method, words, ngrams, known, looked_up, closeness: None, ranking };
        if all_there && ranked.ranking.clusters.is_empty() {
            let placed_by = PlacedBy::of(query, plan.by_vectors(), known).filter(|_| !examples.any());
            ranked.closeness = ranked.closeness(placed_by, found, options.strictness);
            if !restricted.phrase_found {
                ranked.closeness = options.strictness.without_phrase(ranked.closeness);
            }
        }
        Ok(ranked)
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
    pub(super) fn text(&self, start: &Start, passage: u32) -> Option<(&Texts, &Placed)> {
        let texts_of = start.texts_of.max(1);
        let texts = self.texts.get((passage / texts_of) as usize)?.as_ref()?;
        Some((texts, texts.passages.get((passage % texts_of) as usize)?))
    }
}

/// What there is to rank by.
fn given(start: &Start, refine: &Refine, query: &Query) -> Given {
    Given {
        keywords: true,
        encoder: start.encoder.is_some(),
        text: query.text.is_some(),
        embedding: query.embedding.is_some(),
        liked: !refine.more.is_empty(),
        disliked: !refine.less.is_empty(),
        ..Given::default()
    }
}

/// Whether parts of a bundle can answer: a text by its words and the query encoder, an embedding or articles by their places. Other
/// searches need all passages.
pub fn answers_in_part(refine: &Refine, options: &SearchOptions) -> bool {
    let Refine { query, more, less } = refine;
    let SearchOptions { method, fusion, relevance_threshold, passages, solver, .. } = options;
    let Ok(weights) = method.weights() else { return false };
    let by_examples = !more.is_empty() || !less.is_empty();
    (query.text.is_some() || query.embedding.is_some() || (by_examples && weights.lexical == 0.0))
        && (svm::IS_HERE || !by_examples && weights.svm == 0.0)
        && *solver == Solver::Newton
        && *fusion == Fusion::ZScore
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

    /// Whether a word would be here, if the site had it.
    fn has_looked_up(&self, start: &Start, lookup: &Lookup, word: &str) -> bool {
        self.files.binary_search(&start.words_of(word)).is_ok()
            && !lookup.passed_over.iter().any(|other| other == word)
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
