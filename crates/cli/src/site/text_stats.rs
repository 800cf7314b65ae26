//! How much of a page's text is links, and in which language it is.

use ego_tree::NodeId;
use scraper::ElementRef;

use super::heading;

/// Counted while the text is read.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct TextStats {
    /// Characters but white space.
    pub letters: usize,
    /// Of links to other pages of the site.
    pub linked_letters: usize,
    pub links: usize,
    /// Headings below the first level.
    pub headings: usize,
    /// Those of them that are links to other pages, or within one.
    pub linked_headings: usize,
    /// Articles within articles, dates, or sections below a linked heading: what lists of posts have many of.
    pub posts: usize,
    /// The letters of each language, by the nearest `lang`.
    langs: Vec<(String, usize)>,
    link: Option<NodeId>,
    lang: Vec<(NodeId, usize)>,
    is_heading_linked: bool,
    /// The last section with a linked heading.
    linked_section: Option<NodeId>,
}

impl TextStats {
    /// Of text that begins below `root`.
    pub fn of(root: ElementRef) -> Self {
        let mut stats = Self::default();
        let above = root.ancestors().filter_map(ElementRef::wrap);
        if let Some(around) = above.into_iter().find(|above| above.attr("lang").is_some()) {
            stats.open_lang(around);
        }
        stats.open_lang(root);
        stats
    }

    pub fn open(&mut self, element: ElementRef) {
        let name = element.value().name();
        if name == "a" && self.link.is_none() && element.attr("href").is_some_and(leads_on) {
            self.link = Some(element.id());
            self.links += 1;
        }
        self.posts += usize::from(matches!(name, "article" | "time"));
        self.open_lang(element);
    }

    pub fn text(&mut self, text: &str, is_heading: bool) {
        let letters = text.chars().filter(|c| !c.is_whitespace()).count();
        self.letters += letters;
        if self.link.is_some() {
            self.linked_letters += letters;
            self.is_heading_linked |= is_heading && letters > 0;
        }
        if let Some((_, lang)) = self.lang.last().and_then(|(_, lang)| self.langs.get_mut(*lang)) {
            *lang += letters;
        }
    }

    pub fn close(&mut self, element: ElementRef) {
        if heading::level(element.value()).is_some_and(|level| level > 1) {
            self.close_heading(element.parent().and_then(ElementRef::wrap));
        }
        self.link.take_if(|link| *link == element.id());
        self.lang.pop_if(|(opened, _)| *opened == element.id());
    }

    /// What is below the linked heading of a section is how another page begins: its headings are not this page's.
    fn close_heading(&mut self, around: Option<ElementRef>) {
        let is_linked = std::mem::take(&mut self.is_heading_linked);
        let section = around.filter(|around| around.value().name() == "section").map(|section| section.id());
        if !is_linked && section.is_some() && section == self.linked_section {
            return;
        }
        self.headings += 1;
        self.linked_headings += usize::from(is_linked);
        if is_linked && section.is_some() {
            self.posts += 1;
            self.linked_section = section;
        }
    }

    /// The language of most of the text, if it has one.
    pub fn lang(&self) -> Option<&str> {
        let (lang, letters) = self.langs.iter().max_by_key(|(_, letters)| *letters)?;
        Some(lang.as_str()).filter(|lang| !lang.is_empty() && *letters > 0)
    }

    fn open_lang(&mut self, element: ElementRef) {
        // An empty one says that the language is not known.
        let Some(lang) = element.attr("lang").map(str::trim) else { return };
        let place = self.langs.iter().position(|(known, _)| known.eq_ignore_ascii_case(lang));
        let place = place.unwrap_or_else(|| {
            self.langs.push((lang.to_owned(), 0));
            self.langs.len() - 1
        });
        self.lang.push((element.id(), place));
    }
}

/// Whether a link leads to another page of the site, as far as its address tells.
fn leads_on(href: &str) -> bool {
    let scheme = href.split_once(':').map_or("", |(scheme, _)| scheme);
    let has_scheme =
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b));
    !(href.starts_with('#') || href.starts_with("//") || has_scheme)
}

#[cfg(test)]
mod tests {
    use scraper::{Html, Selector};

    use crate::site::content::Selectors;
    use crate::site::page_text;

    #[test]
    fn links_and_languages_are_counted() {
        let page = Html::parse_document(
            "<html lang=en><main><h1>T</h1><h2><a href=/a>Ab</a></h2><p>cd <a href=b>e</a> <a href='#x'>f</a> <a href=https://e.org>g</a></p>\
             <a href=/c><h3>hi</h3></a><time>1</time><div lang=ja>\u{6f6e}\u{306e}\u{6e80}\u{3061}\u{5f15}\u{304d}\u{3068}\u{6708}\u{306e}\u{5f15}\u{529b}</div></main>",
        );
        let main = page.select(&Selector::parse("main").unwrap()).next().unwrap();
        let stats = page_text::read(main, &Selectors::new(&[], &[]).unwrap()).stats;
        assert_eq!((stats.letters, stats.linked_letters, stats.links), (22, 5, 3));
        assert_eq!((stats.headings, stats.linked_headings, stats.posts), (2, 2, 1));
        assert_eq!(stats.lang(), Some("ja"));
        let list = Html::parse_document(
            "<main><section><h2><a href=/a>a</a></h2></section><section><h2>b</h2></section></main>",
        );
        let main = list.select(&Selector::parse("main").unwrap()).next().unwrap();
        assert_eq!(page_text::read(main, &Selectors::new(&[], &[]).unwrap()).stats.posts, 1);
        let empty = Html::parse_document("<html lang=en><main lang=''>text</main>");
        let main = empty.select(&Selector::parse("main").unwrap()).next().unwrap();
        assert_eq!(page_text::read(main, &Selectors::new(&[], &[]).unwrap()).stats.lang(), None);
    }
}
