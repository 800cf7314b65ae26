//! Dot products, scans and sums of rows, each written once for every instruction set and element type.
//!
//! The order of additions is part of the contract: entry `i` of a dot product goes to partial sum `i mod 16`; sums
//! 0..4 and 4..8, and 8..12 and 12..16, are added lane by lane, then both results, then `(a + c) + (b + d)`. What a centre
//! adds comes last.
//!
//! Scans go through one row after the other. Taking four rows together would load the query less often, but four
//! streams that each break off after a row defeat the processor's prefetching: measured in V8, three times slower
//! once the rows no longer fit into the second-level cache.

use super::lanes::{BLOCK, Element, F32x4, I32x4};
use super::{Centre, Matrix};

/// Rows added up together by [`combine`], so that each load and store of the sum serves all of them.
const COMBINED: usize = 4;

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

/// What the rows of a matrix mean, times a query: the centre's product with the query is worked out once.
pub struct Products<'a, E> {
    rows: &'a Matrix<E>,
    query: &'a [f32],
    /// The centre's product with the query.
    common: Option<(&'a Centre, f32)>,
}

impl<'a, E: Element> Products<'a, E> {
    /// `query` has [`Matrix::stride`] entries.
    pub fn new<L: F32x4>(rows: &'a Matrix<E>, query: &'a [f32]) -> Self {
        debug_assert_eq!(query.len(), rows.stride());
        let common = rows.centre().map(|centre| (centre, dot::<L, f32>(centre.vector(), query)));
        Self { rows, query, common }
    }

    /// `query · (scale(row) * row(row) + share(row) * centre)`.
    #[inline(always)]
    pub fn of<L: F32x4>(&self, row: usize) -> f32 {
        self.with_centre(row, dot::<L, E>(self.rows.row(row), self.query) * self.rows.scale(row))
    }

    /// Adds what the centre gives to `product`, which is of the stored row and its scale.
    #[inline(always)]
    fn with_centre(&self, row: usize, product: f32) -> f32 {
        match self.common {
            Some((centre, common)) => product + centre.share(row) * common,
            None => product,
        }
    }
}

/// `out[i]` is what row `i` means, times the query, which has [`Matrix::stride`] entries; `out` has one for each row.
pub fn scan<L: F32x4, E: Element>(rows: &Matrix<E>, query: &[f32], out: &mut [f32]) {
    debug_assert_eq!(out.len(), rows.rows());
    let products = Products::new::<L>(rows, query);
    for (i, out) in out.iter_mut().enumerate() {
        *out = products.of::<L>(i);
    }
}

/// The dot product of codes and a query in whole numbers, both of one length, a multiple of [`BLOCK`]; it must fit
/// into an int32.
#[inline(always)]
pub fn dot_codes<L: F32x4>(row: &[i8], query: &[i16]) -> i32 {
    let (query, _) = query.as_chunks::<BLOCK>();
    let row = &row.as_chunks::<BLOCK>().0[..query.len()];
    let (query, query_rest) = query.as_chunks::<2>();
    let (row, row_rest) = row.as_chunks::<2>();
    let mut sums = [L::Int::zero(); 2];
    for (row, query) in row.iter().zip(query) {
        for (sum, (row, query)) in sums.iter_mut().zip(row.iter().zip(query)) {
            *sum = sum.multiply_add(row, query);
        }
    }
    for (row, query) in row_rest.iter().zip(query_rest) {
        sums[0] = sums[0].multiply_add(row, query);
    }
    sums[0].add(sums[1]).sum()
}

/// [`scan`] with what is stored of the rows in whole numbers: `codes` times `step` stand for the query there, but not
/// where the centre is multiplied.
pub fn scan_codes<L: F32x4>(rows: &Matrix<i8>, query: &[f32], codes: &[i16], step: f32, out: &mut [f32]) {
    debug_assert_eq!(codes.len(), rows.stride());
    debug_assert_eq!(out.len(), rows.rows());
    let products = Products::new::<L>(rows, query);
    for (i, out) in out.iter_mut().enumerate() {
        let product = dot_codes::<L>(rows.row(i), codes) as f32 * (rows.scale(i) * step);
        *out = products.with_centre(i, product);
    }
}

/// [`scan`] of the rows in `list`: `out[i]` is for row `list[i]`.
pub fn scan_list<L: F32x4, E: Element>(rows: &Matrix<E>, list: &[u32], query: &[f32], out: &mut [f32]) {
    debug_assert_eq!(out.len(), list.len());
    let products = Products::new::<L>(rows, query);
    for (&i, out) in list.iter().zip(out) {
        *out = products.of::<L>(i as usize);
    }
}

/// `sum += factors[i] * x` over what the rows in `list` mean. `sum` has [`Matrix::stride`] entries.
pub fn combine<L: F32x4, E: Element>(rows: &Matrix<E>, list: &[u32], factors: &[f32], sum: &mut [f32]) {
    debug_assert_eq!(factors.len(), list.len());
    debug_assert_eq!(sum.len(), rows.stride());
    let scaled = |i: u32, factor: f32| factor * rows.scale(i as usize);
    let (lists, last_list) = list.as_chunks::<COMBINED>();
    let (fours, last_factors) = factors.as_chunks::<COMBINED>();
    for (list, factors) in lists.iter().zip(fours) {
        let factors = core::array::from_fn(|r| scaled(list[r], factors[r]));
        add_rows::<L, E, COMBINED>(list.map(|i| rows.row(i as usize)), factors, sum);
    }
    for (&i, &factor) in last_list.iter().zip(last_factors) {
        add_rows::<L, E, 1>([rows.row(i as usize)], [scaled(i, factor)], sum);
    }
    if let Some(centre) = rows.centre() {
        let shares = list.iter().zip(factors).map(|(&i, factor)| factor * centre.share(i as usize));
        add_rows::<L, f32, 1>([centre.vector()], [shares.sum()], sum);
    }
}

#[inline(always)]
fn add_rows<L: F32x4, E: Element, const R: usize>(rows: [&[E]; R], factors: [f32; R], sum: &mut [f32]) {
    let (sum, _) = sum.as_chunks_mut::<BLOCK>();
    let mut rows = rows.map(|row| row.as_chunks::<BLOCK>().0.iter());
    let factors = factors.map(L::splat);
    for sum in sum {
        let [mut low, mut high] = f32::lanes::<L>(sum);
        for (row, factor) in rows.iter_mut().zip(factors) {
            let Some(block) = row.next() else { return };
            let [row_low, row_high] = E::lanes::<L>(block);
            low = low.add(row_low.mul(factor));
            high = high.add(row_high.mul(factor));
        }
        let (halves, _) = sum.as_chunks_mut::<4>();
        low.store(&mut halves[0]);
        high.store(&mut halves[1]);
    }
}
