//! What holds for the articles of every source.

use exemplar_search::bundle::Article;

use super::version_folders::VersionFolders;
use crate::text::excerpt;

/// Characters of an excerpt made from a text.
const EXCERPT_CHARS: usize = 200;

#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Stands before relative URLs.
    pub base_url: Option<String>,
    /// The language of articles that do not say theirs.
    pub lang: Option<String>,
    /// Whether pages that list other pages are articles.
    pub keeps_lists: bool,
    /// Whether pages without a marked body are articles, where others have one.
    pub takes_unmarked: bool,
    /// Whether articles keep the pictures of their pages.
    pub keeps_images: bool,
    pub versions: VersionFolders,
}

impl Options {
    /// Fills in what the source did not say of an article with this text.
    pub fn complete(&self, mut article: Article, text: &str) -> Article {
        article.url = self.url(&article.url);
        article.lang = article.lang.or_else(|| self.lang.clone());
        let described = article.excerpt.as_deref().is_some_and(|excerpt| !excerpt.trim().is_empty());
        let shown = excerpt(article.excerpt.as_deref().filter(|_| described).unwrap_or(text), EXCERPT_CHARS);
        article.excerpt = (!shown.is_empty()).then_some(shown);
        article
    }

    /// `url` below the base, unless it is a whole address already.
    fn url(&self, url: &str) -> String {
        match &self.base_url {
            Some(base) if !url.contains("://") => {
                let url = url.trim_start_matches("./").trim_start_matches('/');
                format!("{}/{url}", base.trim_end_matches('/'))
            }
            _ => url.to_owned(),
        }
    }
}
