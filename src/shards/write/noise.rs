//! Measures how far scores of searches in shards lie from those of the whole bundle, so that results claim no more than they have.

use crate::bundle::Bundle;
use crate::shards::estimate::Claim;
use crate::shards::search::Step;
use crate::shards::shard::{Id, Kind, Shard};
use crate::shards::{Manifest, Noise, Shards};
use crate::{Query, Result, SearchIndex, SearchOptions, Strictness, Weights};

/// Texts that are searched for.
const SAMPLES: usize = 60;
/// Characters of a passage's text that are searched for, about.
const TEXT: usize = 80;
/// Of these, one in so many by the SVM, which takes longer.
const SVM_ONE_IN: usize = 3;
/// Halvings of the range in which a deviation is looked for, and its upper end.
const HALVINGS: usize = 10;
const MOST: f32 = 2.0;

/// All shards that searches load, read once.
struct Loaded {
    all: Shards,
    manifest: String,
}

/// A first search for a text: what it can say of itself, and the share of the whole bundle's hits that it has.
struct Sample {
    claim: Claim,
    share: f32,
    /// What each kind of score counts for this text.
    weights: Weights,
}

/// The deviations with which searches for texts of the site would claim what they have, on average.
pub(super) fn measure(bundle: &Bundle, manifest: &Manifest, payloads: &[(Id, Vec<u8>)]) -> Result<Noise> {
    let texts = texts(bundle);
    let loaded = &Loaded::of(manifest, payloads)?;
    let index = SearchIndex::new(bundle.clone())?;
    let samples = |method: &str, one_in: usize| -> Result<Vec<Sample>> {
        let options = SearchOptions::default().method(method.parse()?).strictness(Strictness::Off);
        let texts = texts.iter().step_by(one_in);
        texts.filter_map(|text| sample(text, &options, &index, loaded).transpose()).collect()
    };
    let none = Noise { knn: 0.0, svm: 0.0, whitened: 0.0, lexical: 0.0 };
    let knn = deviation(&samples("knn", 1)?, &|knn| Noise { knn, ..none });
    let svm = deviation(&samples("svm", SVM_ONE_IN)?, &|svm| Noise { svm, ..none });
    let whitened = deviation(&samples("whitened", 1)?, &|whitened| Noise { whitened, ..none });
    let with_words = Noise { knn, svm, whitened, lexical: 0.0 };
    let lexical = deviation(&samples("whitened+lexical", 1)?, &|lexical| Noise { lexical, ..with_words });
    Ok(Noise { lexical, ..with_words })
}

/// Titles, headings and pieces of texts, spread over the site.
fn texts(bundle: &Bundle) -> Vec<String> {
    let titles = bundle.articles.iter().map(|article| article.title.clone()).collect();
    let headings = bundle.passages.iter().filter_map(|passage| passage.heading.last().cloned()).collect();
    let pieces = bundle.passages.iter().map(|passage| piece(&passage.text)).collect();
    let lists: [Vec<String>; 3] = [titles, headings, pieces];
    let lists = lists.map(|list| list.into_iter().filter(|text| !text.trim().is_empty()).collect::<Vec<_>>());
    let kinds = lists.iter().filter(|list| !list.is_empty()).count().max(1);
    let spread = |list: &Vec<String>| -> Vec<String> {
        let count = list.len().min(SAMPLES / kinds);
        (0..count).map(|i| list[i * list.len() / count].clone()).collect()
    };
    lists.iter().flat_map(spread).collect()
}

/// Some words from the middle of a text.
fn piece(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let from = chars.len().saturating_sub(TEXT) / 2;
    let piece: String = chars[from..chars.len().min(from + TEXT)].iter().collect();
    // Whole words, where words have spaces between them.
    let whole = piece.split_once(' ').and_then(|(_, rest)| rest.rsplit_once(' '));
    whole.map_or(piece.clone(), |(words, _)| words.to_owned())
}

/// Nothing if the whole bundle has no hits.
fn sample(
    text: &str,
    options: &SearchOptions,
    index: &SearchIndex,
    loaded: &Loaded,
) -> Result<Option<Sample>> {
    let query = Query::from(text);
    let shards = loaded.wanted(&query, options)?;
    let Step::Ranked(ranked) = shards.step(&query.into(), options)? else {
        return Ok(None);
    };
    let (claim, weights) = (ranked.ranking.claim(), ranked.ranking.weights);
    let found = ranked.answer(&query, options).result.hits;
    let whole = index.search(query, options)?.hits;
    let same = whole.iter().filter(|hit| found.iter().any(|own| own.article.id == hit.article.id)).count();
    Ok((!whole.is_empty()).then(|| Sample { claim, share: same as f32 / whole.len() as f32, weights }))
}

impl Loaded {
    fn of(manifest: &Manifest, payloads: &[(Id, Vec<u8>)]) -> Result<Self> {
        let json = manifest.write()?;
        let mut all = Shards::new(json.as_bytes())?;
        // What only the whole bundle needs stays away. Ids ascend, so the start comes first.
        let searched = payloads.iter().filter(|(id, _)| {
            !matches!(id.kind, Kind::Vectors | Kind::Directions | Kind::Rest | Kind::Fields | Kind::Articles)
        });
        for (id, payload) in searched {
            all.add(*id, &Shard::write(*id, manifest.build, payload, None))?;
        }
        Ok(Self { all, manifest: json })
    }

    /// A bundle of which only that is loaded what a query wants.
    fn wanted(&self, query: &Query, options: &SearchOptions) -> Result<Shards> {
        let mut shards = Shards::new(self.manifest.as_bytes())?;
        loop {
            let wanted = shards.search(*query, options)?.wanted;
            if wanted.is_empty() {
                return Ok(shards);
            }
            wanted.into_iter().try_for_each(|id| self.hand_on(id, &mut shards))?;
        }
    }

    fn hand_on(&self, id: Id, to: &mut Shards) -> Result<()> {
        let (all, number) = (&self.all, id.number as usize);
        match id.kind {
            Kind::Start => all.start.clone().map_or(Ok(()), |start| to.begin(start))?,
            Kind::Words => to.words[number].clone_from(&all.words[number]),
            Kind::Ngrams => to.ngrams[number].clone_from(&all.ngrams[number]),
            Kind::Passages => to.passages[number].clone_from(&all.passages[number]),
            Kind::Texts => to.texts[number].clone_from(&all.texts[number]),
            // No text needs these.
            Kind::Vectors | Kind::Directions | Kind::Rest | Kind::Fields | Kind::Articles => to.give_up(id),
        }
        Ok(())
    }
}

/// The deviation with which these claim what they have, on average, if the noise is `of` it.
fn deviation(samples: &[Sample], of: &dyn Fn(f32) -> Noise) -> f32 {
    let has: f32 = samples.iter().map(|sample| sample.share).sum();
    let (mut low, mut high) = (0.0f32, MOST);
    for _ in 0..HALVINGS {
        let middle = low.midpoint(high);
        let noise = of(middle);
        let claim = |sample: &Sample| sample.claim.clone().share(noise.of(&sample.weights));
        let claimed: f32 = samples.iter().map(claim).sum();
        // More noise, lower claims.
        if claimed > has { low = middle } else { high = middle }
    }
    (low.midpoint(high) * 1000.0).round() / 1000.0
}
