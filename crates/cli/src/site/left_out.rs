//! Why a page is not in the bundle.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    Excluded,
    Ignored,
    Redirect,
    NoIndex,
    Draft,
    ErrorPage,
    NotSelected,
    NoText,
    SameAddress,
    Duplicate,
}

impl LeftOut {
    /// For people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Excluded => "excluded by --include or --exclude",
            Self::Ignored => "marked data-exemplar-ignore",
            Self::Redirect => "redirect to another page",
            Self::NoIndex => "marked noindex",
            Self::Draft => "draft",
            Self::ErrorPage => "the site's \"not found\" page",
            Self::NotSelected => "nothing that --include-selector names",
            Self::NoText => "no text",
            Self::SameAddress => "same address as a page before",
            Self::Duplicate => "same title and text as a page before",
        }
    }
}
