//! A query's embedding, and where it came from.

use crate::encoder::Encoded;

/// What kNN leaves out of an embedding's part along the encoder's offset. An estimate says less than a model of how far a query lies from all
/// queries: with all of that part, the nearest passages would be those that are near to any query. `docs/decisions/query-encoder.md` has the
/// figures.
pub(crate) const LEFT_OUT: f64 = 0.8;

/// An embedding to search for.
#[derive(Clone, Copy)]
pub(crate) struct Embedded<'q> {
    pub vector: &'q [f32],
    /// Of the query encoder, if that made it: what all of its embeddings lie around.
    pub offset: Option<&'q [f32]>,
}

impl<'q> Embedded<'q> {
    /// What the query brings, or else what the encoder made of its text.
    pub fn of(own: Option<&'q [f32]>, encoded: Option<&'q Encoded>) -> Option<Self> {
        let own = own.map(|vector| Self { vector, offset: None });
        own.or(encoded.map(|Encoded { vector, offset, .. }| Self { vector, offset: Some(offset) }))
    }
}

/// What kNN compares with for an embedding that the encoder made: shorter than that by what it leaves out.
pub(crate) fn for_knn(query: &[f32], offset: &[f32]) -> Vec<f32> {
    let product = |a: &[f32]| a.iter().zip(offset).map(|(&a, &b)| f64::from(a) * f64::from(b)).sum::<f64>();
    let part = LEFT_OUT * product(query) / product(offset).max(f64::MIN_POSITIVE);
    let mut vector = query.to_vec();
    for (x, &offset) in vector.iter_mut().zip(offset) {
        *x = (f64::from(*x) - part * f64::from(offset)) as f32;
    }
    vector
}

/// Query alignment: queries and passages have different means, and the SVM would spend its weight on telling them apart. So a query
/// of unit length moves by their difference. What it has beyond the means' dimensions stays.
pub(crate) fn aligned(query: &[f32], mean_query: &[f32], mean_passage: &[f64]) -> Vec<f32> {
    let mut aligned = query.to_vec();
    for ((x, &from), to) in aligned.iter_mut().zip(mean_query).zip(mean_passage) {
        *x = (f64::from(*x) - f64::from(from) + to) as f32;
    }
    aligned
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn knn_leaves_out_a_part_of_what_all_embeddings_of_the_encoder_lie_around() {
        let encoded = Encoded { vector: vec![0.8, 0.6, 0.0], known: 1.0, offset: vec![0.5, 0.0, 0.0] };
        let Embedded { vector, offset } = Embedded::of(None, Some(&encoded)).unwrap();
        let [along, across, none] = for_knn(vector, offset.unwrap())[..] else { panic!("three values") };
        assert!((along - 0.8 * (1.0 - LEFT_OUT) as f32).abs() < 1e-6 && (across, none) == (0.6, 0.0));
        assert_eq!(for_knn(vector, &[0.0; 3]), vector);
        let own = Embedded::of(Some(&[1.0, 0.0]), Some(&encoded)).unwrap();
        assert_eq!((own.vector, own.offset), ([1.0, 0.0].as_slice(), None));
        assert!(Embedded::of(None, None).is_none());
    }

    #[test]
    fn an_aligned_query_moves_from_its_mean_to_that_of_passages() {
        assert_eq!(aligned(&[0.6, 0.8, 7.0], &[0.5, 0.0], &[0.0, 0.25]), [0.6 - 0.5, 1.05, 7.0]);
    }
}
