//! Why a page is not in the bundle.

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    Excluded,
    Ignored,
    Redirect,
    NoIndex,
    Draft,
    Partial,
    ErrorPage,
    NotSelected,
    NotMarked,
    NoText,
    List,
    Copy,
    SameAddress,
    Duplicate,
}

impl LeftOut {
    /// For people.
    pub fn describe(self) -> &'static str {
        match self {
            Self::Excluded => "excluded by --include or --exclude",
            Self::Ignored => "marked data-exemplar-ignore or data-pagefind-ignore",
            Self::Redirect => "redirect to another page",
            Self::NoIndex => "marked noindex",
            Self::Draft => "draft",
            Self::Partial => "part of other pages",
            Self::ErrorPage => "the site's \"not found\" page",
            Self::NotSelected => "nothing that --include-selector names",
            Self::NotMarked => "without the data-pagefind-body that other pages have",
            Self::NoText => "no text",
            Self::List => "lists of other pages; --keep-lists takes them",
            Self::Copy => "copies of a page in another version or language",
            Self::SameAddress => "same address as a page before",
            Self::Duplicate => "same title and text as a page before",
        }
    }
}
