//! Every method with as many dimensions as the format allows, and what the build works out beforehand.

use crate::support::synthetic::clustered;
use exemplar_search::bundle::{Article, Bundle, EmbeddingSpace, Encoding, Layout, Passage, Statistics};
use exemplar_search::rank::Moments;
use exemplar_search::rank::svm::{self, Background, Options, TrainingSet};
use exemplar_search::vector::{Matrix, Vectors};
use exemplar_search::{Method, Refine, SearchIndex, SearchOptions};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

fn bundle(vectors: Matrix) -> Bundle {
    let article = |i: usize| Article { id: i.to_string(), ..Article::default() };
    Bundle {
        layout: Layout::V2Inline,
        encoding: Encoding::Int8Centred,
        space: EmbeddingSpace { model: "test".into(), dimensions: vectors.dims(), ..Default::default() },
        articles: (0..vectors.rows()).map(article).collect(),
        passages: Passage::whole_articles(vectors.rows()),
        vectors: Vectors::Float32(vectors),
        statistics: Statistics::default(),
        parts: Vec::new(),
        extra: Default::default(),
    }
}

fn query(rows: &Matrix) -> Vec<f32> {
    let mix = |(i, (a, b)): (usize, (&f32, &f32))| a + 0.5 * b + 0.01 * ((i * 7 % 11) as f32 - 5.0) / 11.0;
    rows.values(0).iter().zip(rows.values(1)).enumerate().map(mix).collect()
}

fn whitened(index: &SearchIndex, query: &[f32]) -> Vec<f32> {
    let all = index.articles().len();
    let options = SearchOptions::default().method(Method::Whitened).k(all);
    let mut scores = vec![0.0; all];
    for hit in index.search(query, &options).unwrap().hits {
        scores[hit.passage_index] = hit.score;
    }
    scores
}

/// The whitened cosine by its definition in float64, in an orthonormal basis of what rows and query span around the mean: P
/// leaves all else to itself.
fn oracle(rows: &Matrix, query: &[f32], shrinkage: f64) -> Vec<f64> {
    let (n, dims) = (rows.rows(), rows.dims());
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let unit = |values: Vec<f64>| {
        let length = dot(&values, &values).sqrt();
        values.into_iter().map(|x| x / length).collect::<Vec<f64>>()
    };
    let mut all: Vec<Vec<f64>> = (0..n).map(|row| unit(rows.meaning(row).collect())).collect();
    let mean: Vec<f64> = (0..dims).map(|i| all.iter().map(|row| row[i]).sum::<f64>() / n as f64).collect();
    all.push(unit(query.iter().map(|&x| x.into()).collect()));
    all.iter_mut().for_each(|row| row.iter_mut().zip(&mean).for_each(|(x, mean)| *x -= mean));
    let mut basis: Vec<Vec<f64>> = Vec::new();
    for vector in &all {
        let mut rest = vector.clone();
        for _ in 0..2 {
            for direction in &basis {
                let along = dot(&rest, direction);
                rest.iter_mut().zip(direction).for_each(|(x, y)| *x -= along * y);
            }
        }
        if dot(&rest, &rest) > 1e-16 {
            basis.push(unit(rest));
        }
    }
    let all: Vec<Vec<f64>> =
        all.iter().map(|vector| basis.iter().map(|direction| dot(vector, direction)).collect()).collect();
    let (target, rows) = all.split_last().unwrap();
    let size = basis.len();
    let mut shrunk = vec![vec![0.0; size]; size];
    for row in rows {
        for i in 0..size {
            (0..size).for_each(|j| shrunk[i][j] += row[i] * row[j] / n as f64);
        }
    }
    let trace: f64 = (0..size).map(|i| shrunk[i][i]).sum();
    (0..size).for_each(|i| shrunk[i][i] += shrinkage * trace / dims as f64);
    let product = |a: &[f64], b: &[f64]| dot(a, &crate::whitened::solve(shrunk.clone(), b.to_vec()));
    let length = product(target, target).sqrt();
    rows.iter().map(|row| product(row, target) / (product(row, row).sqrt() * length)).collect()
}

/// All that a page may ask for.
fn assert_answers(rows: Matrix) {
    let query = query(&rows);
    let index = SearchIndex::new(bundle(rows.clone())).unwrap();
    for (found, expected) in whitened(&index, &query).iter().zip(oracle(&rows, &query, 10.0)) {
        assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} {expected}");
    }
    for method in [Method::Auto, Method::Knn, Method::Svm, Method::Hybrid] {
        let options = SearchOptions::default().method(method);
        let result = index.search(query.as_slice(), &options).unwrap();
        assert_eq!(result.hits[0].article.id, "0", "{method}");
    }
    let defaults = SearchOptions::default();
    assert_eq!(index.similar("0", &defaults).unwrap().hits.len(), 10.min(rows.rows() - 1));
    let refine = Refine { query: query.as_slice().into(), more: &["0"], less: &["2"] };
    assert!(!index.refine(&refine, &defaults).unwrap().hits.is_empty());
    let map = index.map(&refine, &defaults).unwrap();
    assert!(map.x.iter().chain(&map.y).all(|x| x.is_finite()));
}

#[test]
fn as_many_dimensions_as_the_format_allows() {
    assert_answers(clustered(4, 65_536, 3));
}

#[test]
fn few_rows_of_many_dimensions() {
    assert_answers(clustered(50, 4096, 4));
}

#[test]
fn a_bundle_of_as_many_dimensions_is_written_and_read() {
    let mut bundle = bundle(clustered(3, 65_536, 5));
    bundle.prepare_whitening().unwrap();
    let written = bundle.write().unwrap();
    let read = Bundle::read(written.json.as_bytes(), &Default::default()).unwrap();
    let rows = match &bundle.vectors {
        Vectors::Float32(rows) => rows.clone(),
        Vectors::Int8(_) => unreachable!("nothing is worked out for three rows"),
    };
    let result = SearchIndex::new(read).unwrap();
    let result = result.search(rows.values(2), &SearchOptions::default()).unwrap();
    assert_eq!(result.hits[0].article.id, "2");
}

/// With and without the covariance.
#[test]
fn what_the_build_works_out_gives_the_same_scores() {
    for (rows, dims) in [(2300, 200), (10_000, 100)] {
        let vectors = clustered(rows, dims, 6);
        let query = query(&vectors);
        let mut prepared = bundle(vectors);
        prepared.prepare_whitening().unwrap();
        assert_eq!(prepared.parts[0].0, "whitening");
        let written = prepared.write().unwrap();
        let prepared = Bundle::read(written.json.as_bytes(), &Default::default()).unwrap();
        let plain = Bundle { parts: Vec::new(), ..prepared.clone() };
        let [prepared, plain] = [prepared, plain].map(|bundle| SearchIndex::new(bundle).unwrap());
        for (found, expected) in whitened(&prepared, &query).iter().zip(whitened(&plain, &query)) {
            assert!((found - expected).abs() < 1e-5, "{rows} x {dims}: {found} {expected}");
        }
        let options = SearchOptions::default();
        let [found, expected] = [&prepared, &plain].map(|index| index.similar("5", &options).unwrap());
        for (found, expected) in found.hits.iter().zip(expected.hits) {
            assert!((found.score - expected.score).abs() < 1e-3);
        }
    }
}

#[test]
fn a_damaged_part_is_refused_by_name() {
    let mut bundle = bundle(clustered(2300, 200, 6));
    bundle.prepare_whitening().unwrap();
    let refused = |change: &dyn Fn(&mut Vec<u8>)| {
        let mut bundle = bundle.clone();
        change(&mut bundle.parts[0].1.bytes);
        SearchIndex::new(bundle).map(drop).unwrap_err().to_string()
    };
    let message = refused(&|bytes| bytes.truncate(10_023));
    assert!(message.starts_with("bundle field parts.whitening: has 10023 bytes"), "{message}");
    // In the mean, the variance, and the range of the scales.
    for place in [0, 804, 808, 812] {
        let message = refused(&|bytes| bytes[place..place + 4].copy_from_slice(&[0xFF; 4]));
        assert!(message.contains("parts.whitening: holds numbers"), "{place}: {message}");
    }
}

/// What nothing was worked out for, and would take a page more than a second.
#[test]
fn auto_does_without_what_takes_long() {
    let index = SearchIndex::new(bundle(clustered(2600, 1100, 8))).unwrap();
    let query = query(&clustered(2, 1100, 8));
    let result = index.search(query.as_slice(), &SearchOptions::default()).unwrap();
    assert_eq!(result.method, Method::Knn);
}

#[test]
fn what_would_take_minutes_is_refused() {
    let (rows, dims) = (4000, 4000);
    let mut codes = Matrix::<i8>::zeros(rows, dims);
    (0..rows).for_each(|row| codes.values_mut(row)[row] = 1);
    let plain = bundle(Matrix::zeros(rows, dims));
    let index = SearchIndex::new(Bundle { vectors: Vectors::Int8(codes), ..plain }).unwrap();
    let mut query = vec![0.0; dims];
    query[7] = 1.0;
    let options = SearchOptions::default().method(Method::Whitened);
    let error = index.search(query.as_slice(), &options).unwrap_err();
    assert_eq!(error.code(), "too-many-dimensions");
    assert!(error.to_string().contains("4000 passages of 4000 dimensions"), "{error}");
    let result = index.search(query.as_slice(), &SearchOptions::default()).unwrap();
    assert_eq!(result.hits[0].article.id, "7");
}

/// Where a matrix of all dimensions would be too large, some rows steer the SVM to the same optimum.
#[test]
fn the_svm_steered_by_some_rows_finds_the_same() {
    let rows = clustered(700, 60, 9);
    let training = TrainingSet::query(&rows.pad(&query(&rows)));
    let moments = Moments::of(&rows);
    let [found, expected] = [None, Some(&moments)].map(|moments| {
        let background = Background::new(&rows, || moments, 0.1, 1);
        svm::fit_until(&rows, &background, &training, &Options::default(), None, &|_, _| false).unwrap()
    });
    for (found, expected) in found.scores.iter().zip(expected.scores) {
        assert!((found - expected).abs() < 2e-4, "{found} {expected}");
    }
    assert!(found.report.newton_steps < 40, "{:?}", found.report);
}

/// The golden bundles with the part, from the specification alone.
#[test]
fn golden_parts_load_and_are_rewritten_byte_for_byte() {
    for golden in [
        include_str!("golden/bundle-v2-whitening.json"),
        include_str!("golden/bundle-v2-whitening-lengths.json"),
    ] {
        let prepared = Bundle::read(golden.as_bytes(), &Default::default()).unwrap();
        assert_eq!(prepared.write().unwrap().json, golden.trim_end());
        let plain = Bundle { parts: Vec::new(), ..prepared.clone() };
        let [prepared, plain] = [prepared, plain].map(|bundle| SearchIndex::new(bundle).unwrap());
        for more in [&[][..], &["moon"]] {
            let query = Refine { query: [1.0, -0.5, 2.0].as_slice().into(), more, less: &[] };
            let articles = Refine { query: Default::default(), ..query };
            let queries = if more.is_empty() { vec![query] } else { vec![query, articles] };
            let options = SearchOptions::default().method(Method::Whitened);
            for query in queries {
                let [found, expected] =
                    [&prepared, &plain].map(|index| index.refine(&query, &options).unwrap());
                for (found, expected) in found.hits.iter().zip(expected.hits) {
                    assert!(
                        (found.score - expected.score).abs() < 1e-5,
                        "{} {}",
                        found.score,
                        expected.score
                    );
                }
            }
        }
    }
}
