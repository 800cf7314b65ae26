//! What is the whole site's rather than a page's: its name in titles, a description or a picture that many pages share.

use std::collections::{HashMap, HashSet};

use super::found::Found;
use super::html::Page;
use super::version_folders::VersionFolders;

/// What generators put between a page's own title and the site's name.
const TITLE_SEPARATORS: &[&str] = &[" - ", " | ", " – ", " — ", " · ", " • ", " :: ", " » ", " / "];

/// What is the site's rather than a page's.
pub struct SiteWide {
    /// How most titles end: a separator and the site's name.
    title_suffix: Option<String>,
    /// Descriptions of more than one page.
    descriptions: HashSet<String>,
    /// Pictures of more than one page.
    images: HashSet<String>,
    /// Tags of every page.
    tags: HashSet<String>,
}

impl SiteWide {
    pub fn of(pages: &[Found], versions: &VersionFolders) -> Self {
        let titles = || pages.iter().filter_map(|found| found.page.title.as_deref());
        let suffix = most_frequent(titles().filter_map(suffix))
            .filter(|(_, count)| *count >= 2 && 2 * count > titles().count());
        let mut tags: HashMap<&str, usize> = HashMap::new();
        for tag in pages.iter().flat_map(|found| found.page.tags.iter().collect::<HashSet<_>>()) {
            *tags.entry(tag).or_insert(0) += 1;
        }
        let of_all = tags.into_iter().filter(|(_, count)| pages.len() > 1 && *count == pages.len());
        Self {
            title_suffix: suffix.map(|(suffix, _)| suffix.to_owned()),
            descriptions: shared(pages, versions, |page| page.description.as_ref()),
            images: shared(pages, versions, |page| page.image.as_ref()),
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

    /// Whether it shows something of one page alone.
    pub fn is_own_image(&self, image: &str) -> bool {
        !self.images.contains(image)
    }

    /// Without those of every page, each once.
    pub fn own_tags(&self, mut tags: Vec<String>) -> Vec<String> {
        let mut seen = HashSet::new();
        tags.retain(|tag| !self.tags.contains(tag) && seen.insert(tag.clone()));
        tags
    }
}

/// What more than one page of a language and a version says of itself. Translations may share it, and versions of a page.
fn shared(
    pages: &[Found],
    versions: &VersionFolders,
    said: impl Fn(&Page) -> Option<&String>,
) -> HashSet<String> {
    let mut seen = HashSet::new();
    let all = pages
        .iter()
        .filter_map(|Found { path, page, .. }| Some((&page.lang, versions.of(path), said(page)?)));
    all.filter(|of_page| !seen.insert(*of_page)).map(|(.., text)| text.clone()).collect()
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
    use crate::site::version_folders::VersionFolders;

    #[test]
    fn translations_and_versions_may_share_what_they_say() {
        let page = |path: &str, lang: &str, text: &str| Found {
            path: path.into(),
            page: Page {
                lang: Some(lang.into()),
                description: Some(text.into()),
                image: Some(format!("{text}.png")),
                ..Page::default()
            },
            listed: None,
        };
        let pages = [
            page("a", "en", "On ebb"),
            page("a", "de", "On ebb"),
            page("v1/a", "en", "On ebb"),
            page("b", "en", "A blog"),
            page("c", "en", "A blog"),
        ];
        let site = SiteWide::of(&pages, &VersionFolders::new(&["v1".into()]));
        assert!(site.is_own_description("On ebb") && !site.is_own_description("A blog"));
        assert!(site.is_own_image("On ebb.png") && !site.is_own_image("A blog.png"));
    }
}
