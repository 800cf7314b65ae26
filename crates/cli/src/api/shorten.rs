//! Vectors of models trained so that their first values are a vector of their own (Matryoshka representation learning,
//! Kusupati et al. 2022).

/// Keeps the first `dimensions` values of `vector` and brings them to unit length.
///
/// # Errors
///
/// Why there is no such vector.
pub fn shorten(vector: &mut Vec<f32>, dimensions: usize) -> Result<(), String> {
    if vector.len() < dimensions {
        return Err(format!("has {} dimensions, fewer than the {dimensions} asked for", vector.len()));
    }
    vector.truncate(dimensions);
    let length = vector.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>().sqrt();
    if length == 0.0 {
        return Err(format!("has nothing but zeros in its first {dimensions} dimensions"));
    }
    vector.iter_mut().for_each(|x| *x = (f64::from(*x) / length) as f32);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::shorten;

    #[test]
    fn the_first_values_become_a_unit_vector() {
        let mut vector = vec![3.0, 4.0, 12.0];
        shorten(&mut vector, 2).unwrap();
        assert_eq!(vector, [0.6, 0.8]);
        assert!(shorten(&mut vector, 3).unwrap_err().contains("2 dimensions, fewer than the 3"));
        assert!(shorten(&mut vec![0.0, 0.0, 1.0], 2).is_err());
        let mut tiny = vec![1e-30, 0.0];
        shorten(&mut tiny, 2).unwrap();
        assert_eq!(tiny, [1.0, 0.0]);
    }
}
