//! What is the whole site's rather than a page's: its name in titles, a description that many pages share.

use std::collections::{HashMap, HashSet};

use super::found::Found;

/// What generators put between a page's own title and the site's name.
const TITLE_SEPARATORS: &[&str] = &[" - ", " | ", " – ", " — ", " · ", " • ", " :: ", " » ", " / "];

/// What is the site's rather than a page's.
pub struct SiteWide {
    /// How most titles end: a separator and the site's name.
    title_suffix: Option<String>,
    /// Descriptions of more than one page of a language. Translations may share one.
    descriptions: HashSet<String>,
    /// Tags of every page.
    tags: HashSet<String>,
}

impl SiteWide {
    pub fn of(pages: &[Found]) -> Self {
        let titles = || pages.iter().filter_map(|found| found.page.title.as_deref());
        let suffix = most_frequent(titles().filter_map(suffix))
            .filter(|(_, count)| *count >= 2 && 2 * count > titles().count());
        let mut seen = HashSet::new();
        let described =
            pages.iter().filter_map(|found| Some((&found.page.lang, found.page.description.as_ref()?)));
        let shared =
            described.filter(|of_page| !seen.insert(*of_page)).map(|(_, description)| description.clone());
        let mut tags: HashMap<&str, usize> = HashMap::new();
        for tag in pages.iter().flat_map(|found| found.page.tags.iter().collect::<HashSet<_>>()) {
            *tags.entry(tag).or_insert(0) += 1;
        }
        let of_all = tags.into_iter().filter(|(_, count)| pages.len() > 1 && *count == pages.len());
        Self {
            title_suffix: suffix.map(|(suffix, _)| suffix.to_owned()),
            descriptions: shared.collect(),
            tags: of_all.map(|(tag, _)| tag.to_owned()).collect(),
        }
    }

    /// A page's title without the site's name.
    pub fn own_title(&self, title: String) -> String {
        let suffix = self.title_suffix.as_deref().unwrap_or_default();
        title.strip_suffix(suffix).filter(|rest| !rest.is_empty()).map(str::to_owned).unwrap_or(title)
    }

    /// Whether it says something of one page alone.
    pub fn is_own_description(&self, description: &str) -> bool {
        !self.descriptions.contains(description)
    }

    /// Without those of every page, each once.
    pub fn own_tags(&self, mut tags: Vec<String>) -> Vec<String> {
        let mut seen = HashSet::new();
        tags.retain(|tag| !self.tags.contains(tag) && seen.insert(tag.clone()));
        tags
    }
}

/// The last separator of a title and what follows.
fn suffix(title: &str) -> Option<&str> {
    let start = TITLE_SEPARATORS.iter().filter_map(|separator| title.rfind(separator)).max()?;
    title.get(start..)
}

fn most_frequent<'a>(items: impl Iterator<Item = &'a str>) -> Option<(&'a str, usize)> {
    let mut counts = HashMap::new();
    for item in items {
        *counts.entry(item).or_insert(0) += 1;
    }
    // By count, then by text, so that a tie has one outcome.
    counts.into_iter().max_by_key(|&(item, count)| (count, item))
}

#[cfg(test)]
mod tests {
    use super::SiteWide;
    use crate::site::found::Found;
    use crate::site::html::Page;

    #[test]
    fn translations_may_share_a_description() {
        let page = |lang: &str, description: &str| Found {
            path: String::new(),
            page: Page { lang: Some(lang.into()), description: Some(description.into()), ..Page::default() },
            listed: None,
        };
        let site = SiteWide::of(&[
            page("en", "On ebb"),
            page("de", "On ebb"),
            page("en", "A blog"),
            page("en", "A blog"),
        ]);
        assert!(site.is_own_description("On ebb") && !site.is_own_description("A blog"));
    }
}
