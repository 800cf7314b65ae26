//! What generators and themes put around an article's text and into it: navigation, labels, buttons. One table says what it
//! is known by; [`is_boilerplate`] adds what follows from an element's place.

use std::collections::HashSet;
use std::sync::LazyLock;

use ego_tree::NodeRef;
use ego_tree::iter::Edge;
use scraper::{ElementRef, Node};

use super::heading;

/// The names that tell a kind of boilerplate.
struct Kind {
    by: By,
    names: &'static [&'static str],
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum By {
    Element,
    /// The first word of `role`.
    Role,
    /// Also without what CSS Modules append, `_` and a hash.
    Class,
    /// A class that means it only within or beside `<pre>`, or in the table of a listing.
    ClassAtCode,
    Id,
    /// Of a link.
    Rel,
}

/// Docusaurus, VitePress, Starlight, Expressive Code, Material for MkDocs, Sphinx with its themes, mdBook, Hugo, Jekyll, Eleventy,
/// Zola, DocBook, WordPress, GitHub; Pygments, Chroma, Rouge, Prism, Shiki and highlight.js.
const KINDS: &[Kind] = &[
    // Navigation.
    Kind { by: By::Element, names: &["nav", "footer", "search"] },
    Kind {
        by: By::Role,
        names: &[
            "navigation",
            "banner",
            "contentinfo",
            "search",
            "menu",
            "menubar",
            "toolbar",
            "dialog",
            "alertdialog",
            "tablist",
            "doc-toc",
            "doc-pagelist",
        ],
    },
    // Footnote marks.
    Kind { by: By::Role, names: &["doc-noteref"] },
    Kind {
        by: By::Class,
        names: &[
            "footnote-ref",
            "footnote-reference",
            "footnote-backref",
            "footnote-back",
            "reversefootnote",
        ],
    },
    // Texts for screen readers alone.
    Kind {
        by: By::Class,
        names: &[
            "sr-only",
            "visually-hidden",
            "visuallyhidden",
            "screen-reader-text",
            "screen-reader-only",
            "screenreader-only",
            "u-hidden-visually",
            "a11y-hidden",
            "assistive-text",
            "element-invisible",
        ],
    },
    // Line numbers.
    Kind {
        by: By::Class,
        names: &[
            "lineno",
            "linenos",
            "linenodiv",
            "line-number",
            "line-numbers-wrapper",
            "line-numbers-rows",
            "lnt",
            "hljs-ln-numbers",
            "blob-num",
            "rouge-gutter",
            "codeLineNumber",
        ],
    },
    Kind { by: By::ClassAtCode, names: &["ln", "gutter", "gl"] },
    // Language labels and copy buttons of listings.
    Kind {
        by: By::Class,
        names: &[
            "copybtn",
            "copy-button",
            "copy-btn",
            "copy-code-button",
            "btn-copy",
            "code-copy",
            "md-clipboard",
            "btn-clipboard",
            "code-lang",
            "code-block-lang",
            "toolbar-item",
        ],
    },
    Kind { by: By::Element, names: &["clipboard-copy"] },
    Kind { by: By::ClassAtCode, names: &["lang", "copy"] },
    // Tables of contents of the page.
    Kind {
        by: By::Class,
        names: &[
            "toc",
            "toc-container",
            "toc-wrapper",
            "table-of-contents",
            "tableOfContents",
            "tocCollapsible",
            "tocMobile",
            "theme-doc-toc-mobile",
            "theme-doc-toc-desktop",
            "on-this-page",
            "page-toc",
            "mobile-toc",
            "right-sidebar",
            "VPDocOutlineItem",
            "VPLocalNav",
            "VPDocAside",
            "toctree-wrapper",
            "local-toc",
            "sidebar-toc",
            "topic-toc",
        ],
    },
    Kind {
        by: By::Id,
        names: &["toc", "TOC", "TableOfContents", "table-of-contents", "markdown-toc", "contents-toc"],
    },
    Kind { by: By::Element, names: &["mobile-starlight-toc", "starlight-toc"] },
    // Links to edit or report the page, and when it was changed.
    Kind {
        by: By::Class,
        names: &[
            "edit-this-page",
            "theme-edit-this-page",
            "edit-page-link",
            "edit-page",
            "edit-link",
            "edit-on-github",
            "editthispage",
            "theme-last-updated",
            "last-updated",
            "lastupdated",
            "md-content__button",
            "md-source-file",
            "md-source-date",
            "page-feedback",
            "td-page-meta",
        ],
    },
    // Links to the source.
    Kind {
        by: By::Class,
        names: &["viewcode-link", "viewcode-back", "source-link", "sourcelink", "srclink", "src-link"],
    },
    // Permalinks.
    Kind {
        by: By::Class,
        names: &[
            "headerlink",
            "header-anchor",
            "heading-anchor",
            "hash-link",
            "sl-anchor-link",
            "anchor-link",
            "anchorjs-link",
            "zola-anchor",
            "direct-link",
            "heading-permalink",
            "header-permalink",
            "permalink-anchor",
        ],
    },
    // Breadcrumbs.
    Kind {
        by: By::Class,
        names: &[
            "breadcrumb",
            "breadcrumbs",
            "theme-doc-breadcrumbs",
            "wy-breadcrumbs",
            "wy-breadcrumbs-aside",
            "bd-breadcrumbs",
            "td-breadcrumbs",
            "md-path",
        ],
    },
    // Links to the pages before and after.
    Kind {
        by: By::Class,
        names: &[
            "pagination",
            "pagination-nav",
            "pagination-links",
            "pager",
            "paginator",
            "prev-next-area",
            "prev-next-footer",
            "prev-next",
            "rst-footer-buttons",
            "page-nav",
            "post-nav",
            "post-navigation",
            "nav-links",
            "related-pages",
            "nav-chapters",
            "navheader",
            "navfooter",
            "VPDocFooter",
            "read-more",
            "readmore",
            "more-link",
        ],
    },
    Kind { by: By::Rel, names: &["next", "prev"] },
    // Links past the navigation.
    Kind {
        by: By::Class,
        names: &[
            "skip-link",
            "skip-to-content",
            "skip-to-content-link",
            "skipToContent",
            "skip-to-main",
            "skip-nav",
            "md-skip",
            "VPSkipLink",
            "screen-reader-shortcut",
        ],
    },
    // Who wrote a post, when, and its tags.
    Kind {
        by: By::Class,
        names: &[
            "post-metadata",
            "post-meta",
            "entry-meta",
            "article-meta",
            "post-info",
            "byline",
            "post-date",
            "entry-date",
            "posted-on",
            "post-tag",
            "post-tags",
            "tags-links",
            "cat-links",
            "article-tags",
            "reading-time",
        ],
    },
    Kind { by: By::Rel, names: &["tag", "author"] },
    // Labels of versions, shares and tags; of what rustdoc has folded.
    Kind {
        by: By::Class,
        names: &[
            "theme-doc-version-badge",
            "theme-doc-version-banner",
            "theme-doc-footer",
            "theme-blog-footer-edit-meta-row",
            "md-tags",
            "hideme",
            "share-buttons",
            "social-share",
            "sharedaddy",
            "addtoany_share_save_container",
        ],
    },
];

static NAMES: LazyLock<HashSet<(By, &str)>> =
    LazyLock::new(|| KINDS.iter().flat_map(|kind| kind.names.iter().map(|name| (kind.by, *name))).collect());

/// Nodes looked at before and after an element, or above it: what is known by its place is near. Bounds the time for a page
/// that is made to take long.
const NEAR: usize = 8;

/// Characters of a link's text that tell whether it is a sign.
const SIGN_CHARS: usize = 20;

/// Whether an element is no part of the article that it stands in.
pub fn is_boilerplate(element: ElementRef) -> bool {
    let is = |by, name| NAMES.contains(&(by, name));
    let value = element.value();
    let by_class = |class| {
        is(By::Class, class)
            || without_hash(class).is_some_and(|class| is(By::Class, class))
            || (is(By::ClassAtCode, class) && is_at_code(element))
    };
    let is_heading = heading::level(value).is_some();
    (is(By::Element, value.name()) && !is_attribution(element))
        || value
            .attr("role")
            .and_then(|role| role.split_whitespace().next())
            .is_some_and(|role| is(By::Role, role))
        || value.id().is_some_and(|id| !is_heading && is(By::Id, id))
        || value.classes().any(by_class)
        || value.attr("style").is_some_and(cannot_be_selected)
        || (value.name() == "a" && is_boilerplate_link(element))
        || is_beside(element)
}

/// The source of a quotation.
fn is_attribution(element: ElementRef) -> bool {
    let quotes = |above: ElementRef| ["blockquote", "figure"].contains(&above.value().name());
    element.value().name() == "footer" && element.parent().and_then(ElementRef::wrap).is_some_and(quotes)
}

/// A sidebar, or the header of the site. An `<aside>` within an article is a callout, unless most of it is links; a header
/// there is the article's own.
fn is_beside(element: ElementRef) -> bool {
    let is_aside = |element: ElementRef| {
        element.value().name() == "aside" || element.attr("role") == Some("complementary")
    };
    let within = |names: &[&str]| {
        element.ancestors().any(|above| match above.value() {
            // Markdown, or an entry of a feed: an article by itself.
            Node::Fragment => true,
            Node::Element(above) => names.contains(&above.name()) || above.attr("role") == Some("main"),
            _ => false,
        })
    };
    match element.value().name() {
        "header" => !within(&["article", "main", "section"]),
        // The outermost speaks for those within, so that no text is counted again and again.
        _ if is_aside(element) => {
            !within(&["article", "main"])
                || (!element.ancestors().filter_map(ElementRef::wrap).any(is_aside)
                    && is_mostly_links(element))
        }
        _ => false,
    }
}

/// Whether more than half of an element's text is links.
pub fn is_mostly_links(element: ElementRef) -> bool {
    let (mut all, mut linked, mut link) = (0, 0, None);
    for edge in element.traverse() {
        match edge {
            Edge::Open(node) => match node.value() {
                Node::Text(text) => {
                    let letters = text.chars().filter(|c| !c.is_whitespace()).count();
                    all += letters;
                    linked += if link.is_some() { letters } else { 0 };
                }
                Node::Element(element) if element.name() == "a" && element.attr("href").is_some() => {
                    link = link.or(Some(node.id()));
                }
                _ => {}
            },
            Edge::Close(node) => link = link.filter(|open| *open != node.id()),
        }
    }
    2 * linked > all
}

/// `toc` of `toc_vrFS`, as CSS Modules write it.
fn without_hash(class: &str) -> Option<&str> {
    class
        .rsplit_once('_')
        .filter(|(_, hash)| (4..=6).contains(&hash.len()))
        .map(|(name, _)| name.trim_end_matches('_'))
}

/// Whether it stands in a listing, or beside one.
fn is_at_code(element: ElementRef) -> bool {
    let is_pre = |node: NodeRef<Node>| {
        node.value().as_element().is_some_and(|near| ["pre", "code"].contains(&near.name()))
    };
    element.value().name() == "td"
        || element.ancestors().take(NEAR).any(is_pre)
        || element.next_siblings().chain(element.prev_siblings().take(NEAR)).take(NEAR).any(is_pre)
}

/// Chroma's inline styles, which Hugo writes unless told otherwise, say so of line numbers.
fn cannot_be_selected(style: &str) -> bool {
    style.split(';').any(|declaration| {
        declaration
            .split_once(':')
            .is_some_and(|(name, value)| name.trim() == "user-select" && value.trim() == "none")
    })
}

/// Links to another page of a sequence, and within the page such as `¶` and `↩`: signs without a letter.
fn is_boilerplate_link(link: ElementRef) -> bool {
    let has_rel =
        link.attr("rel").is_some_and(|rel| rel.split_whitespace().any(|rel| NAMES.contains(&(By::Rel, rel))));
    let Some(target) = link.attr("href").and_then(|href| href.strip_prefix('#')) else { return has_rel };
    has_rel || is_sign(link) || leads_to_sibling(link, target)
}

fn is_sign(link: ElementRef) -> bool {
    let mut chars = link.text().flat_map(str::chars).take(SIGN_CHARS + 1);
    let is_short = link.text().flat_map(str::chars).nth(SIGN_CHARS).is_none();
    is_short && !chars.any(char::is_alphanumeric)
}

/// Whether a heading beside the link is what it leads to.
fn leads_to_sibling(link: ElementRef, target: &str) -> bool {
    let mut near =
        link.prev_siblings().take(NEAR).chain(link.next_siblings().take(NEAR)).filter_map(ElementRef::wrap);
    !target.is_empty()
        && near.any(|near| heading::level(near.value()).is_some() && near.value().id() == Some(target))
}

/// Whether a link within a heading leads to that heading and is not its whole text. `link` is below `heading`.
pub fn is_permalink(link: ElementRef, heading: ElementRef) -> bool {
    let Some(target) =
        link.attr("href").and_then(|href| href.strip_prefix('#')).filter(|target| !target.is_empty())
    else {
        return false;
    };
    let own = [Some(link), Some(heading), heading.parent().and_then(ElementRef::wrap)];
    let leads_here = own.into_iter().flatten().any(|element| element.value().id() == Some(target));
    let letters =
        |element: ElementRef| element.text().flat_map(str::chars).filter(|c| !c.is_whitespace()).count();
    leads_here && letters(link) < letters(heading)
}

#[cfg(test)]
mod tests {
    use scraper::{ElementRef, Html, Selector};

    use super::{By, KINDS, is_boilerplate, is_permalink};

    fn with_element<T>(html: &str, css: &str, look: impl Fn(ElementRef) -> T) -> T {
        let page = Html::parse_fragment(html);
        look(page.select(&Selector::parse(css).unwrap()).next().unwrap())
    }

    #[test]
    fn every_name_of_the_table_tells_boilerplate() {
        for kind in KINDS {
            for name in kind.names {
                let html = match kind.by {
                    By::Element => format!("<{name} data-x>Text</{name}>"),
                    By::Role => format!("<div data-x role='{name} x'>Text</div>"),
                    By::Class => format!("<div data-x class='a {name}'>Text</div>"),
                    By::ClassAtCode => {
                        format!("<div><span data-x class='{name}'>Text</span><pre>x</pre></div>")
                    }
                    By::Id => format!("<div data-x id='{name}'>Text</div>"),
                    By::Rel => format!("<a data-x href=/ rel='nofollow {name}'>Text</a>"),
                };
                assert!(with_element(&html, "[data-x]", is_boilerplate), "{html}");
            }
        }
    }

    #[test]
    fn places_and_styles_tell_boilerplate() {
        for (html, expected) in [
            ("<p class=tocCollapsible_ETCw data-x>On this page", true),
            ("<p class=tocsin_ETCw data-x>Text", false),
            ("<p class=lang data-x>Welsh", false),
            ("<pre><span class=ln data-x>1</span>", true),
            ("<span style='color:#7f7f7f; user-select: none' data-x>1", true),
            ("<span style='user-select:all' data-x>1", false),
            ("<a href='#x' data-x>\u{f0c1}</a>", true),
            ("<a href='#fnref1' data-x>\u{21a9}\u{fe0e}</a>", true),
            ("<a href='#x' data-x>see above</a>", false),
            ("<a href='https://example.org' data-x>\u{2192}</a>", false),
            ("<div><h2 id=x>Ebb</h2><a href='#x' data-x>Jump to heading</a></div>", true),
            ("<div><h2 id=x>Ebb</h2><a href='#y' data-x>Read on</a></div>", false),
            ("<h2 id=toc data-x>TOC</h2>", false),
            ("<blockquote><footer data-x>Ana</footer></blockquote>", false),
        ] {
            assert_eq!(with_element(html, "[data-x]", is_boilerplate), expected, "{html}");
        }
    }

    #[test]
    fn an_aside_in_an_article_is_a_callout() {
        let links = "<a href=/a>One page</a>, <a href=/b>another</a>";
        for (html, expected) in [
            ("<main><aside data-x>Mind the tide.</aside></main>".to_owned(), false),
            ("<article><div role=complementary data-x>Mind the tide.</div></article>".to_owned(), false),
            ("<div><aside data-x>All pages</aside></div>".to_owned(), true),
            (format!("<main><aside data-x>See: {links}</aside></main>"), true),
            ("<header data-x>Site</header>".to_owned(), true),
            ("<section><header data-x><h2>Ebb</h2></header></section>".to_owned(), false),
        ] {
            let page = Html::parse_document(&html);
            let found = page.select(&Selector::parse("[data-x]").unwrap()).next().unwrap();
            assert_eq!(is_boilerplate(found), expected, "{html}");
        }
        assert!(!with_element("<aside data-x>In Markdown</aside>", "[data-x]", is_boilerplate));
    }

    #[test]
    fn a_heading_may_be_a_link_to_itself() {
        for (html, expected) in [
            ("<h2 id=x>Ebb <a href='#x'>Direct link</a></h2>", true),
            ("<section id=x><h2>Ebb <a href='#x'>Direct link</a></h2></section>", true),
            ("<h2><a id=x href='#x'>Anchor</a> Ebb</h2>", true),
            ("<h2 id=x><a href='#x'>Ebb</a></h2>", false),
            ("<h2 id=x>Ebb, see <a href='#y'>flow</a></h2>", false),
        ] {
            let found = with_element(html, "a", |link| {
                is_permalink(
                    link,
                    link.ancestors().filter_map(ElementRef::wrap).find(|e| e.value().name() == "h2").unwrap(),
                )
            });
            assert_eq!(found, expected, "{html}");
        }
    }
}
