//! The texts that an embedder gets, with their names for errors.

/// A text to embed, and what to call it in an error.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub name: &'a str,
    pub text: &'a str,
}
