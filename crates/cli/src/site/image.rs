//! The picture that a hit shows of its page.

use exemplar_search::bundle::Article;
use exemplar_search::json::Value;
use url::{Position, Url};

/// The field of articles, called so by Pagefind too.
const FIELD: &str = "image";

/// Gives the article the picture that it names itself, or else this one. Addresses of either are relative to its page.
pub fn apply(article: &mut Article, image: Option<String>) {
    let own = article.extra.0.iter_mut().find(|(name, _)| name == FIELD);
    match (own, image) {
        (Some((_, Value::String(own))), _) => *own = resolved(own, &article.url).unwrap_or_default(),
        (Some(_), _) | (None, None) => {}
        (None, Some(image)) => {
            let image = resolved(&image, &article.url).map(|image| (FIELD.to_owned(), Value::String(image)));
            article.extra.0.extend(image);
        }
    }
}

/// Removes a picture whose address is none that a reader's browser may ask for: whether there was one.
pub fn remove_unusable(article: &mut Article, most_chars: usize) -> bool {
    let count = article.extra.0.len();
    article.extra.0.retain(|(name, value)| match value {
        Value::String(address) if name == FIELD => {
            is_usable(address) && address.chars().nth(most_chars).is_none()
        }
        _ => true,
    });
    article.extra.0.len() < count
}

/// Where addresses are that do not say their host.
const SITE: &str = "https://site.invalid/";

/// `image`, relative to the page at `page`, as an address that is relative to what `page` is relative to.
fn resolved(image: &str, page: &str) -> Option<String> {
    let site = Url::parse(SITE).ok()?;
    let url = site.join(page).ok()?.join(image.trim()).ok()?;
    if url.origin() != site.origin() {
        return Some(url.into());
    }
    let path = &url[Position::BeforePath..];
    let is_absolute = [image.trim(), page].iter().any(|address| address.starts_with('/'));
    Some(if is_absolute { path } else { path.trim_start_matches('/') }.to_owned())
}

/// Whether it is http(s) or relative.
fn is_usable(address: &str) -> bool {
    let url = Url::parse(SITE).ok().and_then(|site| site.join(address).ok());
    !address.is_empty() && url.is_some_and(|url| matches!(url.scheme(), "http" | "https"))
}

#[cfg(test)]
mod tests {
    use super::{is_usable, resolved};

    #[test]
    fn an_image_is_relative_to_what_its_page_is_relative_to() {
        for (image, page, expected) in [
            ("ebb.png", "posts/tides/", "posts/tides/ebb.png"),
            ("../ebb.png?w=2#x", "posts/tides.html", "ebb.png?w=2#x"),
            ("/img/ebb.png", "posts/tides.html", "/img/ebb.png"),
            ("img/ebb.png", "./", "img/ebb.png"),
            ("ebb.png", "/docs/tides/", "/docs/tides/ebb.png"),
            ("/img/ebb.png", "https://e.org/docs/tides", "https://e.org/img/ebb.png"),
            ("//cdn.e.org/ebb.png", "a", "https://cdn.e.org/ebb.png"),
            (" https://e.org/ebb.png ", "a", "https://e.org/ebb.png"),
        ] {
            assert_eq!(resolved(image, page).as_deref(), Some(expected), "{image} of {page}");
        }
    }

    #[test]
    fn only_pictures_of_the_web_are_shown() {
        for (address, usable) in [
            ("https://e.org/a.png", true),
            ("http://e.org/a.png", true),
            ("/a.png", true),
            ("a.png", true),
            ("", false),
            ("javascript:alert(1)", false),
            ("data:image/png;base64,AA", false),
            ("file:///etc/passwd", false),
        ] {
            assert_eq!(is_usable(address), usable, "{address}");
        }
    }
}
