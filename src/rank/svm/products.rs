//! Products of rows, each with a constant 1 at its end, with a vector that ends in the intercept.

use crate::vector::Rows;

/// x·vector for each row.
pub fn products(rows: &dyn Rows, vector: &[f64]) -> Vec<f32> {
    let mut out = Vec::new();
    products_into(rows, vector, &mut out);
    out
}

/// Makes `out` [`products`].
pub fn products_into(rows: &dyn Rows, vector: &[f64], out: &mut Vec<f32>) {
    out.resize(rows.rows(), 0.0);
    rows.scan(&narrow(rows, vector), out);
    add_intercept(out, vector);
}

/// Makes `out` x·vector for each row in `list`.
pub fn products_of(rows: &dyn Rows, list: &[u32], vector: &[f64], out: &mut Vec<f32>) {
    out.resize(list.len(), 0.0);
    rows.scan_list(list, &narrow(rows, vector), out);
    add_intercept(out, vector);
}

/// `vector` without its intercept, as the kernels take it.
fn narrow(rows: &dyn Rows, vector: &[f64]) -> Vec<f32> {
    let mut narrow = vec![0.0; rows.stride()];
    narrow.iter_mut().zip(&vector[..rows.dims()]).for_each(|(narrow, &x)| *narrow = x as f32);
    narrow
}

fn add_intercept(products: &mut [f32], vector: &[f64]) {
    let intercept = vector[vector.len() - 1] as f32;
    products.iter_mut().for_each(|product| *product += intercept);
}
