//! Where a site is on its host, as the canonical addresses of its pages tell.

use percent_encoding::percent_decode_str;
use url::Url;

use super::found::Found;

/// The path of the site's root, with a slash at both ends, if all pages agree on it whose canonical address is their own.
pub fn of(pages: &[Found]) -> Option<String> {
    let mut roots = pages.iter().filter_map(|found| root(&found.path, found.page.canonical.as_deref()?));
    let first = roots.next()?;
    roots.all(|root| root == first).then_some(first)
}

/// What stands before the address of the page at `path` in its canonical address.
fn root(path: &str, canonical: &str) -> Option<String> {
    let url = Url::parse(canonical).ok()?;
    let address = percent_decode_str(url.path()).decode_utf8().ok()?.into_owned();
    let stem = path.strip_suffix(".html").unwrap_or(path);
    let folder = stem.strip_suffix("index").filter(|folder| folder.is_empty() || folder.ends_with('/'));
    let Some(folder) = folder else {
        return [path, stem, &format!("{stem}/")].iter().find_map(|own| before(&address, own));
    };
    if folder.is_empty() && !address.ends_with("/index.html") {
        return Some(format!("{}/", address.trim_end_matches('/')));
    }
    [path, folder, folder.trim_end_matches('/')].iter().find_map(|own| before(&address, own))
}

fn before(address: &str, own: &str) -> Option<String> {
    address.strip_suffix(own).filter(|root| !own.is_empty() && root.ends_with('/')).map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::{Found, of};
    use crate::site::html::Page;

    fn root(pages: &[(&str, &str)]) -> Option<String> {
        let found = |(path, canonical): &(&str, &str)| Found {
            path: (*path).into(),
            page: Page { canonical: Some(format!("https://e.org{canonical}")), ..Page::default() },
            listed: None,
        };
        of(&pages.iter().map(found).collect::<Vec<_>>())
    }

    #[test]
    fn pages_agree_on_the_root_or_there_is_none() {
        for (pages, expected) in [
            (&[("index.html", "/p/"), ("a/b.html", "/p/a/b"), ("c/index.html", "/p/c/")][..], Some("/p/")),
            (&[("index.html", "/p"), ("c/index.html", "/p/c"), ("d.html", "/p/d.html")], Some("/p/")),
            (&[("index.html", "/index.html"), ("%.html", "/%25.html")], Some("/")),
            (&[("a.html", "/p/a.html"), ("b.html", "/q/b.html")], None),
            // A copy of another page says nothing.
            (&[("1/a.html", "/p/2/a.html"), ("2/a.html", "/p/2/a.html")], Some("/p/")),
            (&[("a.html", "/pa.html")], None),
        ] {
            assert_eq!(root(pages).as_deref(), expected, "{pages:?}");
        }
        assert_eq!(of(&[]), None);
    }
}
