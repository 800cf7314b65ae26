//! Sums over the active rows of a support vector machine: those whose slack is above zero.

/// Sums kept side by side.
const LANES: usize = 8;
/// Rows summed in float32 before they go to float64.
pub const PANEL: usize = 128;
/// Rows that [`plane_sums`] takes or passes over together.
const STRIP: usize = 64;

/// Makes `slacks` the slack 1 + margin of each row in `list`.
pub fn slacks(margins: &[f32], list: &[u32], slacks: &mut Vec<f32>) {
    slacks.clear();
    slacks.extend(list.iter().map(|&row| 1.0 + margins[row as usize]));
}

/// Σ weight slack change and Σ weight change² over the rows whose slack + t change is above zero, with that for slack.
pub fn slopes(slacks: &[f32], changes: &[f32], weights: &[f32], t: f32) -> (f64, f64) {
    let (mut first, mut second) = (0.0, 0.0);
    let mut weights = weights.chunks(PANEL);
    for (slacks, changes) in slacks.chunks(PANEL).zip(changes.chunks(PANEL)) {
        let mut sums = [[0.0f32; LANES]; 2];
        let weights = weights.next();
        let mut add = |lane: usize, slack: f32, change: f32, weight: f32| {
            let slack = slack + t * change;
            let weighted = if slack > 0.0 { weight * change } else { 0.0 };
            sums[0][lane] += slack * weighted;
            sums[1][lane] += change * weighted;
        };
        for (place, (&slack, &change)) in slacks.iter().zip(changes).enumerate() {
            add(place % LANES, slack, change, weights.map_or(1.0, |weights| weights[place]));
        }
        first += f64::from(sums[0].iter().sum::<f32>());
        second += f64::from(sums[1].iter().sum::<f32>());
    }
    (first, second)
}

/// Sums over the active rows of slack times a, slack times b, aa, ab and bb. `products` are each row's with a and with b, and w has
/// the coefficients `at`. Visits one block in `every`, and returns how many rows it visited.
pub fn plane_sums(products: [&[f32]; 2], weights: &[f32], at: [f32; 2], every: usize) -> ([f64; 5], usize) {
    let mut totals = [0.0; 5];
    let mut seen = 0;
    let [a, b] = products;
    for (block, (a, b)) in a.chunks(STRIP).zip(b.chunks(STRIP)).enumerate().step_by(every) {
        let weights = weights.chunks(STRIP).nth(block);
        let mut sums = [[0.0f32; LANES]; 5];
        let whole = a.len() / LANES * LANES;
        for first in (0..whole).step_by(LANES) {
            for lane in 0..LANES {
                let weight = weights.map_or(1.0, |weights| weights[first + lane]);
                add(&mut sums, lane, at, a[first + lane], b[first + lane], weight);
            }
        }
        for i in whole..a.len() {
            add(&mut sums, i - whole, at, a[i], b[i], weights.map_or(1.0, |weights| weights[i]));
        }
        for (total, sum) in totals.iter_mut().zip(sums) {
            *total += f64::from(sum.iter().sum::<f32>());
        }
        seen += a.len();
    }
    (totals, seen)
}

#[inline(always)]
fn add(sums: &mut [[f32; LANES]; 5], lane: usize, at: [f32; 2], a: f32, b: f32, weight: f32) {
    let slack = 1.0 + at[0] * a + at[1] * b;
    let active = if slack > 0.0 { weight } else { 0.0 };
    let slack = slack * active;
    let (active_a, active_b) = (active * a, active * b);
    let terms = [slack * a, slack * b, active_a * a, active_a * b, active_b * b];
    for (sum, term) in sums.iter_mut().zip(terms) {
        sum[lane] += term;
    }
}
