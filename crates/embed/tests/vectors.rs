//! What a real model gives: multilingual-e5-small as scripts/e5-model.sh makes it, in the folder that `EXEMPLAR_TEST_MODEL` names.

use std::path::PathBuf;

use exemplar_search_embed::SentenceModel;

/// # Panics
///
/// Where `CI` is set and there is no model: there it must not be missed.
fn model() -> Option<SentenceModel> {
    let folder = std::env::var_os("EXEMPLAR_TEST_MODEL").map(PathBuf::from);
    if folder.is_none() {
        let way_out = "run scripts/e5-model.sh and set EXEMPLAR_TEST_MODEL to the folder that it names";
        assert!(std::env::var_os("CI").is_none(), "EXEMPLAR_TEST_MODEL is not set: {way_out}");
        println!("SKIPPED: {way_out}");
    }
    folder.map(|folder| SentenceModel::open(&folder).unwrap())
}

const TEXTS: [&str; 8] = [
    "query: how do I share data between threads",
    "passage: A mutex allows only one thread to access some data at any given time.",
    "passage: スレッド間でデータを共有するには、Mutex を使う。",
    "query: スレッドの間でデータを分け合うには",
    "passage: The tide rises and falls twice a day.",
    "query: 5 €",
    "passage: ",
    "passage: <s> </s> <pad> \u{0} \u{200b} \u{feff} ﬁ ㍿ e\u{301} 🦀",
];

fn cosine(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

#[test]
fn meaning_is_near_across_languages() {
    let Some(model) = model() else { return };
    let vectors: Vec<_> = TEXTS.iter().map(|text| model.embed(text).unwrap()).collect();
    for vector in &vectors {
        assert_eq!(vector.len(), 384);
        assert!((cosine(vector, vector) - 1.0).abs() < 1e-5);
    }
    for query in [0, 3] {
        for right in [1, 2] {
            let (near, far) =
                (cosine(&vectors[query], &vectors[right]), cosine(&vectors[query], &vectors[4]));
            assert!(near > far + 0.03, "{query} {right}: {near} and {far}");
        }
    }
}

#[test]
fn a_vector_depends_on_nothing_but_the_text() {
    let Some(model) = model() else { return };
    let alone: Vec<_> = TEXTS.iter().map(|text| model.embed(text).unwrap()).collect();
    for threads in [2, 5] {
        std::thread::scope(|scope| {
            for thread in 0..threads {
                let (model, alone) = (&model, &alone);
                scope.spawn(move || {
                    for (i, text) in TEXTS.iter().enumerate().cycle().skip(thread).take(TEXTS.len()) {
                        assert_eq!(model.embed(text).unwrap(), alone[i], "{text} on {threads} threads");
                    }
                });
            }
        });
    }
}

#[test]
fn a_text_beyond_the_limit_is_cut() {
    let Some(model) = model() else { return };
    let long = format!("passage: {}", "tide ".repeat(2000));
    assert_eq!(model.tokens(&long).unwrap().len(), model.max_tokens());
    assert_eq!(model.embed(&long).unwrap(), model.embed(&format!("{long} and more")).unwrap());
}
