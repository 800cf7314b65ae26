//! Pages that list other pages: of tags, authors, months, sections, search results. They say nothing that is not on those pages.

use super::html::Page;

/// Classes of `<html>` and `<body>` by which Docusaurus and WordPress tell them.
const CLASSES: &[&str] = &[
    "blog-list-page",
    "blog-tags-list-page",
    "blog-tags-post-list-page",
    "blog-authors-list-page",
    "blog-authors-posts-page",
    "blog-archive-page",
    "docs-tags-list-page",
    "docs-tag-doc-list-page",
    "docs-tags-doc-list-page",
    "search-page-wrapper",
    "search-results",
    "archive",
    "tax-archive",
];

/// Folders, or names of pages, that hold nothing but lists in some generators. What else a page holds decides.
const NAMES: &[&str] = &[
    "tags",
    "tag",
    "categories",
    "category",
    "authors",
    "author",
    "archives",
    "archive",
    "topics",
    "topic",
    "series",
    "taxonomies",
    "labels",
    "keywords",
    "page",
    "sitemap",
];

/// Sphinx's names: of an index of all names, and of the folder with the source of modules.
const GENERATED: &[&str] = &["genindex", "py-modindex", "modindex", "_modules"];

/// The text of a search page is at most this long: a form, and that it needs JavaScript.
const SEARCH_LETTERS: usize = 500;

/// Links and linked headings that make a list.
const MANY: usize = 3;

/// Whether the page at `path` lists other pages.
pub fn is_list(path: &str, page: &Page) -> bool {
    let stem = path.rsplit_once('.').map_or(path, |(stem, _)| stem);
    let names: Vec<&str> = stem.split('/').filter(|name| *name != "index").collect();
    let last = names.last().copied().unwrap_or_default();
    let stats = &page.stats;
    let share = |part: usize, whole: usize, percent: usize| part > 0 && 100 * part >= percent * whole;
    let are_headings_linked = |percent| share(stats.linked_headings, stats.headings, percent);
    let letters_of = |text: &str| text.chars().filter(|c| !c.is_whitespace()).count();
    // A list of nothing, as generators write it for tags that no page has.
    let is_empty = stats.letters <= page.heading.as_deref().map_or(0, letters_of);
    let is_generated = names.iter().any(|name| GENERATED.contains(name)) || last.starts_with("genindex-");
    let is_search = last == "search" && stats.letters < SEARCH_LETTERS;
    let is_named = names.iter().any(|name| NAMES.contains(name)) || is_month(&names);
    is_generated
        || is_search
        || page.classes.iter().any(|class| CLASSES.contains(&class.as_str()))
        || (is_named
            && (share(stats.linked_letters, stats.letters, 30) || are_headings_linked(50) || is_empty))
        || (stats.links > MANY && share(stats.linked_letters, stats.letters, 75))
        || (stats.linked_headings >= MANY && stats.posts >= MANY && are_headings_linked(80))
}

/// `2024`, `2024/05` and the like, of archives.
fn is_month(names: &[&str]) -> bool {
    let is_number =
        |name: &&str| name.len() <= 4 && name.bytes().all(|digit| digit.is_ascii_digit()) && !name.is_empty();
    names.last().is_some_and(is_number)
}

#[cfg(test)]
mod tests {
    use super::is_list;
    use crate::site::content::Selectors;
    use crate::site::html;

    fn found(path: &str, html: &str) -> bool {
        is_list(path, &html::read(html, &Selectors::new(&[], &[]).unwrap()).unwrap().unwrap())
    }

    #[test]
    fn lists_of_pages_are_recognised() {
        let items: String = (0..6).map(|i| format!("<li><a href=/p{i}>The {i}th post</a></li>")).collect();
        let posts: String =
            (0..3).map(|i| format!("<article><h2><a href=/p{i}>Post {i}</a></h2><p>How it begins and goes on for long.</article>")).collect();
        let cards: String = (0..3)
            .map(|i| format!("<article><a href=/p{i}><h2>Card {i}</h2><p>Of what it is.</a></article>"))
            .collect();
        let sections: String = (0..3)
            .map(|i| format!("<section><h2><a href=/p{i}>Post {i}</a></h2><p>How it begins.<h2>Further</h2><p>And on.</section>"))
            .collect();
        let essay = "<h2>Ebb</h2><p>The sea rises and falls, <a href=/moon>as the moon</a> has it.";
        for (path, html, expected) in [
            ("index.html", format!("<main><h1>Posts</h1><ol>{items}</ol></main>"), true),
            ("index.html", format!("<main><h1>Notes</h1>{posts}</main>"), true),
            ("docs/guides/index.html", format!("<main><h1>Guides</h1>{cards}</main>"), true),
            ("tags/sea/index.html", "<main><h1>Sea</h1><a href=/a>Ebb</a></main>".into(), true),
            (
                "tags/index.html",
                "<main><h1>Tags</h1><a href=/tags/a>a</a> <a href=/tags/b>b</a></main>".into(),
                true,
            ),
            ("2024/05/index.html", format!("<main><h1>May</h1>{items}</main>"), true),
            ("de/tags/index.html", "<main><h1>All tags</h1></main>".into(), true),
            ("tags.html", "<main><h1>Tags</h1>As you see them.</main>".into(), false),
            ("posts/index.html", format!("<main><h1>Posts</h1>{sections}</main>"), true),
            ("genindex.html", "<main>A B C</main>".into(), true),
            ("_modules/a.html", "<main>class A</main>".into(), true),
            ("search.html", "<main><h1>Search</h1>It needs JavaScript.</main>".into(), true),
            ("a.html", "<html class='docs-wrapper docs-tags-list-page'><main>Tags</main>".into(), true),
            ("docs/tags.html", format!("<main><h1>How to tag</h1>{essay}</main>"), false),
            ("search.html", format!("<main><h1>Search</h1>{}</main>", essay.repeat(20)), false),
            ("index.html", format!("<main><h1>Home</h1>{essay}</main>"), false),
            (
                "index.html",
                format!("<main><h1>Links</h1>{}</main>", items.replace("href=/", "href=https://e.org/")),
                false,
            ),
        ] {
            assert_eq!(found(path, &html), expected, "{path}: {html}");
        }
    }
}
