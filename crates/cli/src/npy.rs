//! NumPy's `.npy` files: float32 or float64, of either byte and memory order.

use std::io::{BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result, bail};
use exemplar_search::vector::Matrix;
use ndarray::{Array2, ShapeBuilder};
use npyz::{DType, NpyFile, Order, TypeChar};

use crate::input;

/// What every `.npy` file begins with.
pub const MAGIC: &[u8] = b"\x93NUMPY";

/// Reads an array of two dimensions, or of one, which becomes a single row.
pub fn read_file(path: &Path) -> Result<Array2<f32>> {
    let name = || path.display().to_string();
    let file = input::open(path).with_context(|| format!("cannot read {}", name()))?;
    let bytes = file.metadata().with_context(name)?.len();
    read(BufReader::new(file), bytes).with_context(name)
}

/// Reads the array that `option` names, which has one row for each of so many `items`, in the same order.
pub fn read_rows(path: &Path, option: &str, count: usize, items: &str) -> Result<Matrix> {
    let array = read_file(path)?;
    if array.nrows() != count {
        bail!(
            "{option} {} has {} rows, but there are {count} {items}: each needs one row, in the same order",
            path.display(),
            array.nrows()
        );
    }
    Ok(array.view().into())
}

/// Reads an array from a source of `bytes` bytes.
pub fn read(mut source: impl Read, bytes: u64) -> Result<Array2<f32>> {
    let file = NpyFile::new(&mut source)
        .context("is not a .npy file: write one with numpy.save(file, array.astype(\"float32\"))")?;
    let header = file.header();
    let (rows, columns) = match *header.shape() {
        [columns] => (1, columns),
        [rows, columns] => (rows, columns),
        ref shape => bail!("has {} dimensions, expected 2: one row for each item", shape.len()),
    };
    let width = match header.dtype() {
        DType::Plain(ty) if ty.type_char() == TypeChar::Float && [4, 8].contains(&ty.size_field()) => {
            ty.size_field()
        }
        other => bail!(
            "holds {}, expected float32 or float64: convert it with array.astype(\"float32\")",
            other.descr()
        ),
    };
    let cut_short = || {
        format!(
            "is cut short: it announces {rows} x {columns} values of {width} bytes, but has {bytes} bytes"
        )
    };
    // Before memory is asked for by a header that may lie.
    let needed = rows.checked_mul(columns).and_then(|n| n.checked_mul(width));
    if needed.is_none_or(|needed| needed > bytes) {
        bail!(cut_short());
    }
    let shape = (rows as usize, columns as usize).set_f(header.order() == Order::Fortran);
    let values = match width {
        4 => file.into_vec::<f32>().with_context(cut_short)?,
        _ => file.into_vec::<f64>().with_context(cut_short)?.into_iter().map(|x| x as f32).collect(),
    };
    if source.read(&mut [0]).is_ok_and(|read| read > 0) {
        bail!(
            "has more bytes than its {rows} x {columns} values of {width} bytes: was it written twice, or is it damaged?"
        );
    }
    Array2::from_shape_vec(shape, values).with_context(cut_short)
}
