//! Vectors that need no model: each word stands for a direction of its own, and a passage for the sum of its words, the rarer
//! the more. Passages that share rare words are near each other, so that "more like this" works where nothing is embedded. (A
//! random projection of TF-IDF: Achlioptas 2003.)

use exemplar_search::lexical::Keywords;
use exemplar_search::vector::Matrix;
use sha2::{Digest, Sha256};

/// What the space calls itself.
pub const MODEL: &str = "words";

/// As many as a word's direction takes bits of its hash.
const DIMENSIONS: usize = 64;

/// In the first dimension of a passage without words, which must have a direction too.
const LEAST: f32 = 0.01;

/// A unit vector for each passage.
pub fn of(keywords: &Keywords) -> Matrix {
    let passages = keywords.passages();
    let mut rows = vec![[0.0f32; DIMENSIONS]; passages];
    for index in 0..keywords.words() {
        let (list, counts) = keywords.list(index);
        let rarity = ((passages as f32 + 1.0) / (list.len() as f32 + 0.5)).ln();
        let hash = Sha256::digest(keywords.word(index).as_bytes());
        for (&passage, &count) in list.iter().zip(counts) {
            let weight = rarity * (1.0 + f32::from(count)).ln();
            for (i, value) in rows[passage as usize].iter_mut().enumerate() {
                *value += if hash[i / 8] >> (i % 8) & 1 == 1 { weight } else { -weight };
            }
        }
    }
    for row in &mut rows {
        row[0] += LEAST;
        let length = row.iter().map(|x| x * x).sum::<f32>().sqrt();
        row.iter_mut().for_each(|x| *x /= length);
    }
    Matrix::from_values(rows.as_flattened(), DIMENSIONS)
}

#[cfg(test)]
mod tests {
    use exemplar_search::lexical::Keywords;

    use super::of;

    #[test]
    fn passages_that_share_rare_words_are_near() {
        let texts = ["the moon pulls the tide", "a tide follows the moon", "the bread rises in the oven", ""];
        let vectors = of(&Keywords::build(texts.map(|text| ("", text))));
        let cosine = |a, b| -> f32 {
            let (a, b) = (vectors.values(a), vectors.values(b));
            a.iter().zip(b.iter()).map(|(a, b)| a * b).sum()
        };
        assert!((0..4).all(|row| (cosine(row, row) - 1.0).abs() < 1e-5));
        assert!(cosine(0, 1) > cosine(0, 2) + 0.2, "{} {}", cosine(0, 1), cosine(0, 2));
    }
}
