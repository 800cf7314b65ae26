//! The methods and options that are compared.

use std::fmt;

use exemplar_search::rank::svm;
use exemplar_search::{Fusion, Method, Query, SearchOptions, Strictness, shards};

/// A way of ranking, a row of the table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    pub method: Method,
    pub fusion: Fusion,
    /// The SVM's, where it differs from the default.
    pub c: Option<f64>,
    pub align: bool,
}

impl Setting {
    pub fn of(method: Method) -> Self {
        Self { method, fusion: Fusion::default(), c: None, align: true }
    }

    pub fn needs_embedding(&self) -> bool {
        self.method.needs_embedding()
    }

    /// Whether a part of a bundle in shards answers it.
    pub fn is_in_part(&self) -> bool {
        shards::answers_in_part(&Query::from("a text").into(), &self.options(1))
    }

    /// All hits, however far.
    pub fn options(&self, k: usize) -> SearchOptions {
        let mut svm = svm::Options::default();
        svm.c = self.c.unwrap_or(svm.c);
        SearchOptions::default()
            .method(self.method)
            .fusion(self.fusion)
            .k(k)
            .svm(svm)
            .align(self.align)
            .strictness(Strictness::Off)
    }
}

/// Such as `svm, C=1, not aligned`.
impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{}", self.method)?;
        if self.fusion == Fusion::ReciprocalRank {
            write!(f, ", rrf")?;
        }
        if let Some(c) = self.c {
            write!(f, ", C={c}")?;
        }
        if !self.align {
            write!(f, ", not aligned")?;
        }
        Ok(())
    }
}
