//! Ranking by keywords: BM25 (Robertson and Zaragoza 2009, "The Probabilistic Relevance Framework: BM25 and Beyond").
//!
//! The score of a passage is the sum over the query's terms of
//! `count * share * idf * (k1 + 1) * tf / (tf + k1 * (1 - b + b * length / mean length))`,
//! with `idf = ln(1 + (N - n + 0.5) / (n + 0.5))`, Lucene's variant, which is never negative. `tf` adds up the
//! occurrences of all words that match the term, each at its discount, and of a query of one term at most [`OTHERS_ALONE`] for those that
//! are not the term itself; `n` is the number of passages with any.
//! `share` is less than 1 for pairs of characters with hiragana, and for what repeats other terms of the query.

use super::Keywords;
use super::keywords::DERIVED;
use super::length;
use super::query_terms::{Match, QueryTerms, Term};
use super::spelling::{may_be_one_edit, signature};

/// The parameters of BM25.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bm25 {
    /// k1, 0 or above: the larger, the more further occurrences count. Default 1.5.
    pub k1: f32,
    /// b, 0 to 1: how much a passage's length lowers its score. Default 0.5.
    pub b: f32,
}

/// Within the ranges that Robertson and Zaragoza find reasonable, 1.2 to 2 and 0.5 to 0.8.
impl Default for Bm25 {
    fn default() -> Self {
        Self { k1: 1.5, b: 0.5 }
    }
}

/// A word in so few passages may be a typing error of the author.
const RARE: usize = 2;
/// How many times as frequent another word must be than a rare one that was typed.
const MORE_FREQUENT: usize = 10;
/// What words that are not the typed one count in a passage at most, where it is all of the query: however often a page has
/// "important", the pages with "import" come first.
const OTHERS_ALONE: f32 = 0.5;
/// How many terms of a query are checked for typing errors; those of a pasted page are not.
const CORRECTED: usize = 16;

/// Of one term: the discounted occurrences and the score of each passage, and which have any.
struct TermScores {
    occurrences: Vec<f32>,
    best: Vec<f32>,
    seen: Vec<u32>,
}

impl TermScores {
    fn of(passages: usize) -> Self {
        Self { occurrences: vec![0.0; passages], best: vec![0.0; passages], seen: Vec::new() }
    }
}

/// What words that are not the typed one count in a passage of this query at most.
fn others_in(query: &QueryTerms) -> f32 {
    if query.terms.len() == 1 { OTHERS_ALONE } else { f32::INFINITY }
}

impl Keywords {
    /// A query with the words of the index that match it, for [`Keywords::scores`]. For `unfinished` see [`QueryTerms::parse`].
    pub fn query(&self, text: &str, unfinished: bool) -> QueryTerms {
        let mut query = QueryTerms::parse(text, unfinished);
        self.answer_all(&mut query, |_| false);
        query
    }

    /// Finds the words that match a query of [`QueryTerms::parse`]. Nothing matches those of its words that are to be `passed_over`.
    pub fn answer_all(&self, query: &mut QueryTerms, passed_over: impl Fn(&str) -> bool) {
        let mut corrected = 0;
        for term in query.terms.iter_mut().filter(|term| !passed_over(&term.text)) {
            self.answer(term);
            let known: usize = term.matches.iter().map(|m| self.frequency(m.word)).sum();
            if known <= RARE && term.may_be_misspelt() && corrected < CORRECTED {
                corrected += 1;
                self.correct(term, known * MORE_FREQUENT);
            }
            let frequency = term.matches.iter().map(|m| self.frequency(m.word)).max();
            term.weight = frequency.map_or(0.0, |frequency| term.share * self.idf(frequency));
        }
    }

    /// The score of every passage for a query of this index: 0 or above, and 0 if no word of the passage matches.
    pub fn scores(&self, query: &QueryTerms, bm25: Bm25) -> Vec<f32> {
        let norms = self.norms(bm25);
        let mut scores = vec![0.0; self.passages()];
        let mut term_scores = TermScores::of(self.passages());
        let others = others_in(query);
        for term in &query.terms {
            self.score_term(term, others, bm25.k1, &norms, &mut term_scores);
            for passage in term_scores.seen.drain(..).map(|passage| passage as usize) {
                scores[passage] += term.count as f32 * term.share * term_scores.best[passage];
                term_scores.best[passage] = 0.0;
            }
        }
        scores
    }

    /// What each term of a query of this index gives to the score of a passage: the term, the words of the passage that match it, and a score
    /// of 0 or above. All together are [`Keywords::scores`] of it. `passage` is below [`Keywords::passages`].
    pub fn shares(&self, query: &QueryTerms, bm25: Bm25, passage: usize) -> Vec<(String, Vec<String>, f32)> {
        let norms = self.norms(bm25);
        let has = |m: &&Match| self.list(m.word).0.binary_search(&(passage as u32)).is_ok();
        let share = |term: &Term| {
            let mut term_scores = TermScores::of(self.passages());
            self.score_term(term, others_in(query), bm25.k1, &norms, &mut term_scores);
            let matched = term.matches.iter().filter(has);
            let words = matched.map(|m| self.word(m.word).trim_end_matches(DERIVED).to_owned()).collect();
            (term.text.clone(), words, term.count as f32 * term.share * term_scores.best[passage])
        };
        query.terms.iter().map(share).collect()
    }

    /// By the code of a passage's length: what its occurrences are compared with.
    fn norms(&self, Bm25 { k1, b }: Bm25) -> [f32; 256] {
        let passages = self.passages();
        let total: u64 = self.lengths.iter().map(|&code| u64::from(length::decode(code))).sum();
        let mean = (total as f64 / passages.max(1) as f64).max(1.0);
        std::array::from_fn(|code| {
            let length = f64::from(length::decode(code as u8));
            (f64::from(k1) * (1.0 - f64::from(b) + f64::from(b) * length / mean)) as f32
        })
    }

    /// The score of each passage for one term, without how often and how much the term counts. All of `scores` are 0 before.
    fn score_term(&self, term: &Term, others: f32, k1: f32, norms: &[f32; 256], scores: &mut TermScores) {
        let TermScores { occurrences, best, seen } = scores;
        // Guesses make a term more frequent, so worth less: what is certain keeps its own worth.
        for guessed in [false, true] {
            for Match { word, likeness } in term.matches.iter().filter(|m| m.likeness.guessed == guessed) {
                let (list, counts) = self.list(*word);
                for (&passage, &count) in list.iter().zip(counts) {
                    let occurrences = &mut occurrences[passage as usize];
                    if *occurrences == 0.0 {
                        seen.push(passage);
                    }
                    let more = *occurrences + likeness.discount * f32::from(count);
                    let limit = if likeness.discount < 1.0 { others } else { f32::INFINITY };
                    *occurrences = more.min(limit).max(*occurrences);
                }
            }
            let worth = self.idf(seen.len()) * (k1 + 1.0);
            for passage in seen.iter().map(|&passage| passage as usize) {
                let tf = occurrences[passage];
                let score = worth * tf / (tf + norms[usize::from(self.lengths[passage])]);
                best[passage] = best[passage].max(score);
            }
        }
        seen.iter().for_each(|&passage| occurrences[passage as usize] = 0.0);
    }

    /// The words of a passage that match a query of this index. `passage` is below [`Keywords::passages`].
    pub fn matched(&self, query: &QueryTerms, passage: usize) -> Vec<&str> {
        let has = |m: &&Match| self.list(m.word).0.binary_search(&(passage as u32)).is_ok();
        let matches = query.terms.iter().flat_map(|term| &term.matches);
        matches.filter(has).map(|m| self.word(m.word).trim_end_matches(DERIVED)).collect()
    }

    /// The weight (idf) of a term that so many passages have.
    pub(super) fn idf(&self, frequency: usize) -> f32 {
        let (all, frequency) = (self.passages() as f64, frequency as f64);
        (1.0 + (all - frequency + 0.5) / (frequency + 0.5)).ln() as f32
    }

    fn frequency(&self, word: usize) -> usize {
        self.list(word).0.len()
    }

    /// Finds the words that match `term`, without typing errors.
    pub(super) fn answer(&self, term: &mut Term) {
        let candidates = match term.stem() {
            Some(stem) => self.starting_with(stem),
            None => {
                let start = self.position(|word| word < term.text.as_str());
                // What is derived comes next.
                start..self.words().min(start + 2)
            }
        };
        let likeness = |word| Some(Match { word, likeness: term.likeness(self.word(word))? });
        term.matches = candidates.filter_map(likeness).collect();
    }

    /// Finds the words one edit away that are in at least `frequency` passages.
    fn correct(&self, term: &mut Term, frequency: usize) {
        let wanted = signature(&term.text);
        let near = |&(word, &signature): &(usize, &u32)| {
            may_be_one_edit(wanted, signature)
                && self.frequency(word) >= frequency
                && term.matches.iter().all(|m| m.word != word)
        };
        let candidates: Vec<usize> =
            self.signatures.iter().enumerate().filter(near).map(|(word, _)| word).collect();
        term.misspelt = true;
        for word in candidates {
            if let Some(likeness) = term.likeness(self.word(word)) {
                term.matches.push(Match { word, likeness });
            }
        }
    }
}
