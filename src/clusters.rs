//! Groups passages into clusters of about the same size: by halving, then by moving passages to nearer clusters that have room.

/// Rounds of each halving, and of moves at last.
const HALVINGS: usize = 8;
const MOVES: usize = 6;
/// Clusters near a passage's own that it may move to.
const NEAR: usize = 16;

/// Rows of one length, one after the other.
pub(crate) struct Points<'a> {
    pub values: &'a [f32],
    pub dims: usize,
}

impl Points<'_> {
    fn row(&self, index: u32) -> &[f32] {
        &self.values[index as usize * self.dims..][..self.dims]
    }

    fn mean(&self, of: &[u32]) -> Vec<f32> {
        let mut sum = vec![0.0; self.dims];
        of.iter().for_each(|&index| add(&mut sum, self.row(index)));
        sum.iter_mut().for_each(|x| *x /= of.len().max(1) as f32);
        sum
    }

    /// Clusters of about `size` rows, each with its rows ascending. The same rows give the same clusters.
    pub fn clusters(&self, size: usize) -> Vec<Vec<u32>> {
        let rows = self.values.len() / self.dims.max(1);
        let mut clusters = Vec::new();
        self.halve((0..rows as u32).collect(), rows.div_ceil(size.max(1)), &mut clusters);
        for _ in 0..MOVES {
            if !self.move_to_nearer(&mut clusters, size) {
                break;
            }
        }
        clusters.iter_mut().for_each(|cluster| cluster.sort_unstable());
        clusters.retain(|cluster| !cluster.is_empty());
        clusters
    }

    /// Cuts rows into so many parts, each in two along the line between the means of both.
    fn halve(&self, mut rows: Vec<u32>, parts: usize, clusters: &mut Vec<Vec<u32>>) {
        if parts <= 1 || rows.len() <= 1 {
            clusters.push(rows);
            return;
        }
        let left = parts / 2;
        let cut = (rows.len() * left / parts).clamp(1, rows.len() - 1);
        // The first line: from the mean to the row that is furthest from it.
        let mean = self.mean(&rows);
        let from_mean = |index: u32| squared(self.row(index), &mean);
        let furthest =
            rows.iter().copied().max_by(|&a, &b| from_mean(a).total_cmp(&from_mean(b)).then(b.cmp(&a)));
        let mut line: Vec<f32> = furthest.map_or(Vec::new(), |row| minus(self.row(row), &mean));
        for _ in 0..HALVINGS {
            let along: Vec<f32> = rows.iter().map(|&row| dot(self.row(row), &line)).collect();
            let mut order: Vec<u32> = (0..rows.len() as u32).collect();
            order.sort_unstable_by(|&a, &b| along[a as usize].total_cmp(&along[b as usize]).then(a.cmp(&b)));
            let sorted: Vec<u32> = order.iter().map(|&place| rows[place as usize]).collect();
            let same = sorted[..cut].iter().collect::<std::collections::BTreeSet<_>>()
                == rows[..cut].iter().collect::<std::collections::BTreeSet<_>>();
            rows = sorted;
            if same {
                break;
            }
            line = minus(&self.mean(&rows[cut..]), &self.mean(&rows[..cut]));
        }
        let right = rows.split_off(cut);
        self.halve(rows, left, clusters);
        self.halve(right, parts - left, clusters);
    }

    /// Moves rows to a cluster whose mean is nearer, if it has room; whether any moved.
    fn move_to_nearer(&self, clusters: &mut [Vec<u32>], size: usize) -> bool {
        let (least, most) = (size / 2, size + size / 2);
        let means: Vec<Vec<f32>> = clusters.iter().map(|cluster| self.mean(cluster)).collect();
        let near: Vec<Vec<u32>> = means.iter().map(|mean| nearest(mean, &means)).collect();
        let mut moves: Vec<(f32, u32, u32, u32)> = Vec::new();
        for (own, cluster) in clusters.iter().enumerate() {
            for &row in cluster {
                let values = self.row(row);
                let distance = squared(values, &means[own]);
                let best = near[own].iter().map(|&other| (squared(values, &means[other as usize]), other));
                if let Some((nearer, other)) = best.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)))
                    && nearer < distance
                {
                    moves.push((distance - nearer, row, own as u32, other));
                }
            }
        }
        moves.sort_unstable_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let mut sizes: Vec<usize> = clusters.iter().map(Vec::len).collect();
        let mut target: Vec<Vec<u32>> = vec![Vec::new(); clusters.len()];
        let mut leaving = std::collections::BTreeSet::new();
        for (_, row, own, other) in moves {
            let (own, other) = (own as usize, other as usize);
            if sizes[own] > least && sizes[other] < most {
                sizes[own] -= 1;
                sizes[other] += 1;
                target[other].push(row);
                leaving.insert(row);
            }
        }
        for (cluster, coming) in clusters.iter_mut().zip(target) {
            cluster.retain(|row| !leaving.contains(row));
            cluster.extend(coming);
        }
        !leaving.is_empty()
    }
}

/// The clusters whose means are nearest to this one's, without those at the very same place.
fn nearest(mean: &[f32], means: &[Vec<f32>]) -> Vec<u32> {
    let mut all: Vec<(f32, u32)> = means
        .iter()
        .zip(0..)
        .map(|(other, index)| (squared(mean, other), index))
        .filter(|it| it.0 > 0.0)
        .collect();
    let order = |a: &(f32, u32), b: &(f32, u32)| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1));
    if all.len() > NEAR {
        all.select_nth_unstable_by(NEAR, order);
        all.truncate(NEAR);
    }
    all.sort_unstable_by(order);
    all.into_iter().map(|(_, index)| index).collect()
}

fn add(to: &mut [f32], values: &[f32]) {
    to.iter_mut().zip(values).for_each(|(to, x)| *to += x);
}

fn minus(a: &[f32], b: &[f32]) -> Vec<f32> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// In eight sums, which the compiler makes vectors of.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0f32; 8];
    for (a, b) in a.iter().zip(b) {
        (0..8).for_each(|lane| sums[lane] += a[lane] * b[lane]);
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| a * b).sum::<f32>()
}

fn squared(a: &[f32], b: &[f32]) -> f32 {
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<8>(), b.as_chunks::<8>());
    let mut sums = [0.0f32; 8];
    for (a, b) in a.iter().zip(b) {
        (0..8).for_each(|lane| sums[lane] += (a[lane] - b[lane]) * (a[lane] - b[lane]));
    }
    sums.iter().sum::<f32>() + a_rest.iter().zip(b_rest).map(|(a, b)| (a - b) * (a - b)).sum::<f32>()
}
