//! How far to go along a line.

/// The t ≥ 0 at the lowest point of a convex function along a line, to the share `tolerance` of it, or what `steps` steps have
/// reached. `derivatives` are the first and the second at t: for P the first rises, and is linear between the points where an
/// example turns active or inactive, so Newton's method within a bracket finds its zero.
pub fn lowest_point(derivatives: impl Fn(f64) -> (f64, f64), tolerance: f64, steps: usize) -> f64 {
    let (mut low, mut high, mut t) = (0.0, f64::INFINITY, 1.0);
    for _ in 0..steps {
        let (first, second) = derivatives(t);
        if first < 0.0 {
            low = t;
        } else {
            high = t;
        }
        let newton = t - first / second;
        let next = if low < newton && newton < high { newton } else { f64::midpoint(low, high.min(2.0 * t)) };
        if (next - t).abs() <= tolerance * t {
            return next;
        }
        t = next;
    }
    t
}
