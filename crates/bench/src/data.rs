//! Vectors to measure on where there are not enough real ones: clusters around a common direction, as text embeddings
//! have them.

/// Cluster centres for each thousand rows.
const CLUSTERS_PER_THOUSAND: usize = 10;
/// Lengths, before the whole is brought to 1, of the direction that all rows share, of a cluster's own, and of a row's
/// own: a mean cosine of about 0.7 between rows, and 0.9 within a cluster, as multilingual-e5-small has.
const COMMON: f64 = 1.5;
const CLUSTER: f64 = 0.8;
const OWN: f64 = 0.5;

/// `rows` rows of `dims` values of unit length, the same for the same arguments everywhere.
pub fn clustered(rows: usize, dims: usize) -> Vec<f32> {
    let mut random = Random(0x9E37_79B9_7F4A_7C15);
    let common = random.direction(dims);
    let clusters: Vec<Vec<f64>> =
        (0..1 + rows * CLUSTERS_PER_THOUSAND / 1000).map(|_| random.direction(dims)).collect();
    let mut values = Vec::with_capacity(rows * dims);
    for _ in 0..rows {
        let cluster = &clusters[random.below(clusters.len())];
        let own = random.direction(dims);
        let row: Vec<f64> =
            (0..dims).map(|i| COMMON * common[i] + CLUSTER * cluster[i] + OWN * own[i]).collect();
        let length = row.iter().map(|x| x * x).sum::<f64>().sqrt();
        values.extend(row.iter().map(|x| (x / length) as f32));
    }
    values
}

/// xorshift64*, Vigna 2016.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_F491_4F6C_DD1D)
    }

    fn below(&mut self, n: usize) -> usize {
        (self.next() % n as u64) as usize
    }

    /// Uniform in 0..1.
    fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// A direction of about unit length; a sum of uniforms is normal enough.
    fn direction(&mut self, dims: usize) -> Vec<f64> {
        let scale = 1.0 / (dims as f64).sqrt();
        (0..dims).map(|_| ((0..12).map(|_| self.unit()).sum::<f64>() - 6.0) * scale).collect()
    }
}
