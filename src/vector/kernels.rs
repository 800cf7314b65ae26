//! Dot products, scans and sums of rows, each written once for every instruction set and element type.
//!
//! The order of additions is part of the contract: entry `i` of a dot product goes to partial sum `i mod 16`; sums
//! 0..4 and 4..8, and 8..12 and 12..16, are added lane by lane, then both results, then `(a + c) + (b + d)`.
//!
//! Scans go through one row after the other. Taking four rows together would load the query less often, but four
//! streams that each break off after a row defeat the processor's prefetching: measured in V8, three times slower
//! once the rows no longer fit into the second-level cache.

use super::Matrix;
use super::lanes::{BLOCK, Element, F32x4};

/// Rows added up together by [`combine`], so that each load and store of the sum serves all of them.
const COMBINED: usize = 8;

/// The dot product of two slices of one length, a multiple of [`BLOCK`].
#[inline(always)]
pub fn dot<L: F32x4, E: Element>(row: &[E], query: &[f32]) -> f32 {
    let (query, _) = query.as_chunks::<BLOCK>();
    // Cutting the row to the query's length up front lets the loop run without bounds checks.
    let row = &row.as_chunks::<BLOCK>().0[..query.len()];
    let (query, query_rest) = query.as_chunks::<2>();
    let (row, row_rest) = row.as_chunks::<2>();
    let mut sums = [[L::splat(0.0); 2]; 2];
    for (row, query) in row.iter().zip(query) {
        for (sums, (row, query)) in sums.iter_mut().zip(row.iter().zip(query)) {
            multiply_add(sums, row, query);
        }
    }
    let [sums, others] = &mut sums;
    for (row, query) in row_rest.iter().zip(query_rest) {
        multiply_add(sums, row, query);
    }
    sums[0].add(sums[1]).add(others[0].add(others[1])).sum()
}

/// The dot products of one vector with four others of its length, a multiple of 4, which share its loads.
#[inline(always)]
pub fn dots<L: F32x4>(vector: &[f32], others: [&[f32]; 4]) -> [f32; 4] {
    let mut sums = [L::splat(0.0); 4];
    let vector = vector.as_chunks::<4>().0;
    let others = others.map(|other| &other.as_chunks::<4>().0[..vector.len()]);
    for (i, lanes) in vector.iter().enumerate() {
        let lanes = L::load(lanes);
        for (sum, other) in sums.iter_mut().zip(others) {
            *sum = sum.add(lanes.mul(L::load(&other[i])));
        }
    }
    sums.map(F32x4::sum)
}

#[inline(always)]
fn multiply_add<L: F32x4, E: Element>(sums: &mut [L; 2], row: &[E; BLOCK], query: &[f32; BLOCK]) {
    let (row, query) = (E::lanes::<L>(row), f32::lanes::<L>(query));
    for (sum, (row, query)) in sums.iter_mut().zip(row.into_iter().zip(query)) {
        *sum = sum.add(row.mul(query));
    }
}

/// `out[i] = scale(i) * row(i) · query`: what row `i` means, times the query. `query` has [`Matrix::stride`]
/// entries, `out` one for each row.
pub fn scan<L: F32x4, E: Element>(rows: &Matrix<E>, query: &[f32], out: &mut [f32]) {
    debug_assert_eq!(query.len(), rows.stride());
    debug_assert_eq!(out.len(), rows.rows());
    for (i, out) in out.iter_mut().enumerate() {
        *out = dot::<L, E>(rows.row(i), query) * rows.scale(i);
    }
}

/// [`scan`] of the rows in `list`: `out[i]` is for row `list[i]`.
pub fn scan_list<L: F32x4, E: Element>(rows: &Matrix<E>, list: &[u32], query: &[f32], out: &mut [f32]) {
    debug_assert_eq!(query.len(), rows.stride());
    debug_assert_eq!(out.len(), list.len());
    for (&i, out) in list.iter().zip(out) {
        *out = dot::<L, E>(rows.row(i as usize), query) * rows.scale(i as usize);
    }
}

/// `sum += factors[i] * scale * row` over the rows in `list`. `sum` has [`Matrix::stride`] entries.
pub fn combine<L: F32x4, E: Element>(rows: &Matrix<E>, list: &[u32], factors: &[f32], sum: &mut [f32]) {
    debug_assert_eq!(factors.len(), list.len());
    debug_assert_eq!(sum.len(), rows.stride());
    let scaled = |i: u32, factor: f32| factor * rows.scale(i as usize);
    let (lists, last_list) = list.as_chunks::<COMBINED>();
    let (factors, last_factors) = factors.as_chunks::<COMBINED>();
    for (list, factors) in lists.iter().zip(factors) {
        let factors = core::array::from_fn(|r| scaled(list[r], factors[r]));
        add_rows::<L, E, COMBINED>(list.map(|i| rows.row(i as usize)), factors, sum);
    }
    for (&i, &factor) in last_list.iter().zip(last_factors) {
        add_rows::<L, E, 1>([rows.row(i as usize)], [scaled(i, factor)], sum);
    }
}

/// Two [`scan`]s at once, which share the loads of each row.
pub fn scan_two<L: F32x4, E: Element>(rows: &Matrix<E>, queries: [&[f32]; 2], out: [&mut [f32]; 2]) {
    let [first, second] = out;
    for (i, (first, second)) in first.iter_mut().zip(second).enumerate() {
        let [one, other] = queries.map(|query| dot::<L, E>(rows.row(i), query) * rows.scale(i));
        (*first, *second) = (one, other);
    }
}

/// Visits the rows that `which` names: multiplies each with `query`, asks `factor` with the place in `which` and
/// the product, and adds the factor times the row to `sum` while the row is still near.
pub fn visit<L: F32x4, E: Element>(
    rows: &Matrix<E>,
    which: impl Iterator<Item = usize>,
    query: &[f32],
    mut factor: impl FnMut(usize, f32) -> f32,
    sum: &mut [f32],
) {
    let (mut pending, mut factors, mut count) = ([0; COMBINED], [0.0; COMBINED], 0);
    for (place, row) in which.enumerate() {
        let scale = rows.scale(row);
        let factor = factor(place, dot::<L, E>(rows.row(row), query) * scale);
        if factor != 0.0 {
            (pending[count], factors[count]) = (row, factor * scale);
            count += 1;
            if count == COMBINED {
                add_rows::<L, E, COMBINED>(pending.map(|row| rows.row(row)), factors, sum);
                count = 0;
            }
        }
    }
    for (&row, &factor) in pending[..count].iter().zip(&factors) {
        add_rows::<L, E, 1>([rows.row(row)], [factor], sum);
    }
}

#[inline(always)]
fn add_rows<L: F32x4, E: Element, const R: usize>(rows: [&[E]; R], factors: [f32; R], sum: &mut [f32]) {
    let (sum, _) = sum.as_chunks_mut::<BLOCK>();
    let rows = rows.map(|row| &row.as_chunks::<BLOCK>().0[..sum.len()]);
    let factors = factors.map(L::splat);
    for (block, sum) in sum.iter_mut().enumerate() {
        let [mut low, mut high] = f32::lanes::<L>(sum);
        for (row, factor) in rows.iter().zip(factors) {
            let [row_low, row_high] = E::lanes::<L>(&row[block]);
            low = low.add(row_low.mul(factor));
            high = high.add(row_high.mul(factor));
        }
        let (halves, _) = sum.as_chunks_mut::<4>();
        low.store(&mut halves[0]);
        high.store(&mut halves[1]);
    }
}
