//! Everything that an index can be asked.

use exemplar_search::{Filter, Method, Query, Refine, SearchIndex, SearchOptions};

/// Whatever the bundle says, it answers or refuses.
pub fn ask(index: &SearchIndex) {
    let dimensions = index.space().dimensions;
    let embedding: Vec<f32> = (0..dimensions).map(|i| (i as f32).cos()).collect();
    let ids: Vec<String> = index.articles().iter().take(2).map(|article| article.id.clone()).collect();
    let liked: Vec<&str> = ids.iter().map(String::as_str).collect();
    for method in [Method::Auto, Method::Lexical, Method::Svm] {
        let mut options = SearchOptions::default().method(method).k(3);
        options.facets = vec!["tags".into(), "lang".into()];
        options.filter = Filter::default();
        for query in [
            Query::from("sea tid"),
            Query { unfinished: true, ..Query::from("月 ebb") },
            Query::from(&embedding),
        ] {
            let _ = index.search(query, &options);
        }
        let _ = index.refine(&Refine { query: Query::default(), more: &liked, less: &[] }, &options);
    }
    let options = SearchOptions::default();
    let _ = index.map(&Refine { query: Query::from(&embedding), more: &liked, less: &[] }, &options);
    let _ = index.space().verify(&embedding);
}
