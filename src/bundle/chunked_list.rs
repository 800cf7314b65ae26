//! Long lists without a vector that grows by copying itself: memory once taken never goes back to the browser.

/// Elements that are taken before the next piece of memory is.
const CHUNK: usize = 256;

/// A list that is not complete yet.
pub(super) struct ChunkedList<T> {
    full: Vec<Vec<T>>,
    last: Vec<T>,
}

impl<T> Default for ChunkedList<T> {
    fn default() -> Self {
        Self { full: Vec::new(), last: Vec::new() }
    }
}

impl<T> ChunkedList<T> {
    pub fn push(&mut self, element: T) {
        if self.last.len() == CHUNK {
            self.full.push(std::mem::replace(&mut self.last, Vec::with_capacity(CHUNK)));
        }
        self.last.push(element);
    }

    /// All of it, in exactly the room that it needs.
    pub fn into_vec(self) -> Vec<T> {
        let mut all = Vec::with_capacity(self.full.len() * CHUNK + self.last.len());
        self.full.into_iter().for_each(|chunk| all.extend(chunk));
        all.extend(self.last);
        all
    }
}
