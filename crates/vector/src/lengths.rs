//! The lengths of rows.

use super::{Element, Matrix, Native, kernels};

/// Of a sum of squares, what is left when a row's stored part and its centre point away from each other.
const CANCELLED: f64 = 1e-3;

impl<E: Element> Matrix<E> {
    /// The length of what row `row` means; not finite if one of its values is not.
    pub fn length(&self, row: usize) -> f64 {
        let (squares, scale) = (E::squares(self.values(row)), f64::from(self.scale(row)));
        let Some(centre) = self.centre() else { return squares.sqrt() * scale.abs() };
        let share = f64::from(centre.share(row));
        let common = f64::from(kernels::dot::<Native, E>(self.row(row), centre.vector()));
        let (stored, centre) = (scale * scale * squares, share * share * centre.square());
        let square = stored + centre + 2.0 * scale * share * common;
        // Where the two nearly cancel, float32 leaves nothing of the rest.
        if square < CANCELLED * (stored + centre) {
            return self.meaning(row).map(|x| x * x).sum::<f64>().sqrt();
        }
        square.sqrt()
    }

    /// [`Matrix::length`] of each row.
    pub fn lengths(&self) -> Vec<f64> {
        (0..self.rows()).map(|row| self.length(row)).collect()
    }
}
