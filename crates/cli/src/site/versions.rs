//! Pages that stand in a site more than once: in several versions of the documentation, and in languages that they are not
//! translated into.

use std::collections::HashSet;

use super::found::Found;
use super::join;
use super::sitemap::{self, Entry};
use super::version_folders::VersionFolders;

/// Which of the pages are copies of another that is there too. One in another of the folders is none: readers search a version alone.
pub fn copies(pages: &[Found], folders: &VersionFolders) -> Vec<bool> {
    let canonical = at_canonical_address(pages, folders);
    let untranslated = untranslated(pages);
    canonical.into_iter().zip(untranslated).map(|(version, language)| version || language).collect()
}

/// The page that is at the canonical address wins. Only of pages with one name or title: some sites call their home page the
/// canonical address of all.
fn at_canonical_address(pages: &[Found], folders: &VersionFolders) -> Vec<bool> {
    let entry = |found: &Found| Entry {
        url: found.page.canonical.clone().unwrap_or_default(),
        date: None,
        place: String::new(),
    };
    let entries: Vec<_> = pages.iter().map(entry).collect();
    let paths: Vec<_> = pages.iter().map(|found| found.path.clone()).collect();
    let title = |found: &Found| found.page.heading.clone().or(found.page.title.clone());
    let is_copy = |(found, canonical): (&Found, Option<&str>)| {
        let other = canonical.filter(|path| *path != found.path);
        let other = other.and_then(|path| pages.iter().find(|found| found.path == path));
        other.is_some_and(|other| {
            folders.of(&other.path) == folders.of(&found.path)
                && (name(&other.path) == name(&found.path) || title(other) == title(found))
        })
    };
    pages.iter().zip(sitemap::files_of(&entries, &paths)).map(is_copy).collect()
}

/// The name of a page's file, or of the folder that it is the index of.
fn name(path: &str) -> &str {
    let path = path.strip_suffix("/index.html").unwrap_or(path);
    path.rsplit('/').next().unwrap_or(path)
}

/// Whether a page stands for one in another language that it repeats, perhaps below a line that says so.
fn untranslated(pages: &[Found]) -> Vec<bool> {
    let is_fallback = |found: &Found| {
        let (of_page, of_text) = (found.page.document_lang.as_deref(), found.page.lang.as_deref());
        of_page.zip(of_text).is_some_and(|(page, text)| !page.eq_ignore_ascii_case(text))
    };
    let own: HashSet<_> = pages
        .iter()
        .filter(|found| !is_fallback(found))
        .map(|found| (found.page.heading.as_deref(), join(&found.page.blocks)))
        .collect();
    let repeats = |found: &Found| {
        let blocks = &found.page.blocks;
        let without_notice = |place: usize| {
            let rest = blocks.iter().enumerate().filter(|(i, _)| *i != place).map(|(_, block)| block.clone());
            join(&rest.collect::<Vec<_>>())
        };
        let mut texts = [join(blocks), without_notice(0), without_notice(1)].into_iter();
        texts.any(|text| own.contains(&(found.page.heading.as_deref(), text)))
    };
    pages.iter().map(|found| is_fallback(found) && repeats(found)).collect()
}

#[cfg(test)]
mod tests {
    use super::copies;
    use crate::site::content::Selectors;
    use crate::site::found::Found;
    use crate::site::html;
    use crate::site::version_folders::VersionFolders;

    fn found(path: &str, html: &str) -> Found {
        let page = html::read(html, &Selectors::new(&[], &[]).unwrap()).unwrap().unwrap();
        Found { path: path.into(), page, listed: None }
    }

    #[test]
    fn the_page_at_the_canonical_address_wins() {
        let page = |path: &str, canonical: &str, title: &str| {
            found(
                path,
                &format!(
                    "<link rel=canonical href=https://e.org/p/{canonical}><main><h1>{title}</h1>Text</main>"
                ),
            )
        };
        let pages = [
            page("1.0/install.html", "2.0/install.html", "Install"),
            page("2.0/install.html", "2.0/install.html", "Install"),
            page("1.0/gone.html", "2.0/gone.html", "Gone"),
            page("1.0/old/index.html", "2.0/old/", "Old"),
            page("2.0/old/index.html", "2.0/old/", "New"),
            page("index.html", "", "Home"),
            page("about.html", "", "About"),
        ];
        let of = |folders: &[String]| copies(&pages, &VersionFolders::new(folders));
        assert_eq!(of(&[]), [true, false, false, true, false, false, false]);
        assert_eq!(of(&["2.0".into(), "1.0".into()]), [false; 7], "readers of each version find its pages");
    }

    #[test]
    fn what_is_not_translated_is_a_copy() {
        let text = "<h1>Ebb</h1><p>Low tide.<p>And on.";
        let pages = [
            found("a.html", &format!("<html lang=en><main lang=en>{text}</main>")),
            found("fr/a.html", &format!("<html lang=fr><main lang=en>{text}</main>")),
            found(
                "ja/a.html",
                &format!("<html lang=ja><main lang=en><p lang=ja>\u{672a}\u{8a33}</p>{text}</main>"),
            ),
            found("de/a.html", "<html lang=de><main lang=de><h1>Ebbe</h1><p>Ebbe.</main>"),
            found("b.html", "<html lang=de><main lang=en><h1>Flow</h1><p>High tide.</main>"),
        ];
        assert_eq!(copies(&pages, &VersionFolders::default()), [false, true, true, false, false]);
    }
}
