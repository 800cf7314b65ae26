//! The visible text of a part of a page.

use ego_tree::iter::Edge;
use ego_tree::{NodeId, NodeRef};
use scraper::ElementRef;
use scraper::node::{Element, Node};

use super::content::Selectors;
use super::text_stats::TextStats;
use super::{Block, boilerplate, display, heading, visible};

/// The text of a part of a page.
pub struct PageText {
    pub blocks: Vec<Block>,
    pub stats: TextStats,
}

/// The text of `root`, without what is no part of the article.
pub fn blocks(root: ElementRef, selectors: &Selectors) -> Vec<Block> {
    read(root, selectors).blocks
}

/// [`blocks`], and what is counted on the way.
pub fn read(root: ElementRef, selectors: &Selectors) -> PageText {
    let (lines, stats) = (Lines::default(), TextStats::of(root));
    let mut walk = Walk { selectors, stats, lines, skipping: None, heading: None, pre: 0, headers: 0 };
    for edge in root.traverse() {
        match edge {
            Edge::Open(node) if walk.skipping.is_none() => match node.value() {
                Node::Text(text) => walk.text(node, text),
                Node::Element(_) if node.id() == root.id() => walk.enter(root),
                Node::Element(_) => ElementRef::wrap(node).into_iter().for_each(|element| walk.open(element)),
                _ => {}
            },
            Edge::Close(node) if walk.skipping == Some(node.id()) => walk.skipping = None,
            Edge::Close(node) if walk.skipping.is_none() => {
                ElementRef::wrap(node).into_iter().for_each(|element| walk.close(element));
            }
            _ => {}
        }
    }
    let Lines { mut blocks, .. } = walk.lines;
    // It is the article's own: that of an element around it all.
    if let Some(first) = blocks.first_mut().filter(|first| first.heading.is_none()) {
        first.anchor = None;
    }
    PageText { blocks, stats: walk.stats }
}

/// Where the walk through an article is.
struct Walk<'a> {
    selectors: &'a Selectors,
    stats: TextStats,
    lines: Lines,
    /// The element whose text is left out.
    skipping: Option<NodeId>,
    /// The heading that is open.
    heading: Option<ElementRef<'a>>,
    /// Elements that are open and keep their lines.
    pre: usize,
    /// Headers of the article and its sections that are open. Only their headings are text, not authors, dates and the like.
    headers: usize,
}

impl<'a> Walk<'a> {
    fn text(&mut self, node: NodeRef<Node>, text: &str) {
        if self.headers > 0 && self.heading.is_none() {
            return;
        }
        self.stats.text(text, self.heading.is_some());
        match node.parent().and_then(|parent| Some(parent.value().as_element()?.name())) {
            Some("ruby" | "rbc" | "rb") if !text.is_ascii() || text.trim().is_empty() => {
                self.lines.push(text.trim());
            }
            _ if self.pre == 0 => self.lines.push(text),
            _ => {
                for (i, line) in text.split('\n').enumerate() {
                    if i > 0 {
                        self.lines.end_line();
                    }
                    self.lines.push(line);
                }
            }
        }
    }

    fn open(&mut self, element: ElementRef<'a>) {
        let permalink_of = self.heading.filter(|heading| boilerplate::is_permalink(element, *heading));
        if permalink_of.is_some()
            || self.selectors.leaves_out(element)
            || !visible::is_shown(element)
            || boilerplate::is_boilerplate(element)
        {
            self.skipping = Some(element.id());
            let target = element
                .attr("href")
                .and_then(|href| href.strip_prefix('#'))
                .filter(|_| self.heading.is_some());
            if let Some(target) = target.or(element.attr("id").filter(|_| element.value().name() == "a")) {
                self.lines.anchor_of_heading(target);
            }
            return;
        }
        self.stats.open(element);
        self.enter(element);
        self.lines.note_anchor(element.value());
    }

    fn enter(&mut self, element: ElementRef<'a>) {
        let value = element.value();
        if display::is_block(value) {
            self.lines.end_line();
        }
        if let Some(level) = heading::level(value).filter(|_| self.heading.is_none()) {
            self.heading = Some(element);
            self.lines.heading = Some(Heading { level, has_own_anchor: false, is_begun: false });
        }
        self.pre += usize::from(display::keeps_lines(value));
        self.headers += usize::from(value.name() == "header");
    }

    fn close(&mut self, element: ElementRef) {
        self.stats.close(element);
        let value = element.value();
        self.pre -= usize::from(display::keeps_lines(value));
        self.headers -= usize::from(value.name() == "header");
        if self.heading.is_some_and(|heading| heading.id() == element.id()) {
            (self.heading, self.lines.heading) = (None, None);
        }
        if display::is_block(value) {
            self.lines.end_line();
        }
    }
}

/// Blocks with their white space as a browser shows it.
#[derive(Default)]
struct Lines {
    blocks: Vec<Block>,
    /// White space that shows only if more text follows.
    pending: Option<char>,
    heading: Option<Heading>,
    /// That of the innermost element that has opened since the last text.
    anchor: Option<String>,
}

/// The heading that is open.
struct Heading {
    level: u8,
    has_own_anchor: bool,
    /// Whether the last block is its.
    is_begun: bool,
}

impl Lines {
    fn push(&mut self, text: &str) {
        for c in text.chars() {
            match c {
                c if c.is_whitespace() => self.pending = self.pending.or(Some(' ')),
                // Soft hyphens and zero-width spaces, which split words for the eye alone, and the pictures of icon fonts.
                '\u{ad}' | '\u{200b}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'.. => {}
                c => self.push_visible(c),
            }
        }
    }

    fn push_visible(&mut self, c: char) {
        match (self.blocks.last_mut(), self.pending.take()) {
            (Some(block), None) => block.text.push(c),
            (Some(block), Some(space)) if space != '\n' => block.text.extend([space, c]),
            _ => {
                let heading = self.heading.as_mut().map(|heading| {
                    heading.is_begun = true;
                    heading.level
                });
                self.blocks.push(Block { text: c.into(), heading, anchor: self.anchor.take() });
            }
        }
    }

    /// A line break within a heading leaves it one block.
    fn end_line(&mut self) {
        self.pending = match self.heading {
            Some(Heading { is_begun: true, .. }) => self.pending.or(Some(' ')),
            _ => Some('\n'),
        };
    }

    /// Notes where a link can lead. What is inside a heading counts only where the heading itself has none.
    fn note_anchor(&mut self, element: &Element) {
        let name = || element.attr("name").filter(|_| element.name() == "a");
        let Some(id) = element.id().or_else(name).filter(|id| !id.is_empty()) else { return };
        match &mut self.heading {
            Some(heading) if heading::level(element).is_some() => {
                heading.has_own_anchor = true;
                self.anchor = Some(id.to_owned());
            }
            Some(_) => self.anchor_of_heading(id),
            None => self.anchor = Some(id.to_owned()),
        }
    }

    /// Gives the open heading an anchor, unless it has one.
    fn anchor_of_heading(&mut self, id: &str) {
        let block = self.blocks.last_mut();
        match &self.heading {
            Some(Heading { has_own_anchor: false, is_begun: true, .. }) => {
                block
                    .into_iter()
                    .for_each(|block| block.anchor = block.anchor.take().or_else(|| Some(id.to_owned())));
            }
            Some(Heading { has_own_anchor: false, is_begun: false, .. }) => self.anchor = Some(id.to_owned()),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use scraper::Html;

    use super::{Block, Selectors, blocks};

    #[test]
    fn blocks_know_their_headings_and_where_a_link_leads() {
        let html = Html::parse_fragment(
            "<section id=ebb><h2>Ebb <a class=headerlink href=#ebb>¶</a></h2><p>Low.<p id=p2>Lower.</section>\
             <h2 id=flood><a id=inner name=x></a>Flood<br>tide</h2>High.<h3><a name=old></a>Old</h3>",
        );
        let block = |text: &str, heading, anchor: Option<&str>| Block {
            text: text.into(),
            heading,
            anchor: anchor.map(String::from),
        };
        assert_eq!(
            blocks(html.root_element(), &Selectors::new(&[], &[]).unwrap()),
            [
                block("Ebb", Some(2), Some("ebb")),
                block("Low.", None, None),
                block("Lower.", None, Some("p2")),
                block("Flood tide", Some(2), Some("flood")),
                block("High.", None, None),
                block("Old", Some(3), Some("old")),
            ]
        );
    }

    /// The text of a page's main content, one line a block.
    fn lines(html: &str) -> String {
        let page = Html::parse_document(&format!("<main>{html}</main>"));
        let main = page.select(&scraper::Selector::parse("main").unwrap()).next().unwrap();
        super::super::join(&blocks(main, &Selectors::new(&[], &[]).unwrap()))
    }

    #[test]
    fn what_readers_can_see_is_text() {
        for (html, expected) in [
            ("<div role=tabpanel>npm</div><div role=tabpanel hidden>yarn</div>", "npm\nyarn"),
            ("<div role=tabpanel aria-hidden=true>yarn</div><p aria-hidden=true>x", "yarn"),
            ("<div hidden=until-found>Found</div><div hidden>x</div><div hidden=hidden>x</div>", "Found"),
            ("<details><summary>More</summary>Within</details>", "More\nWithin"),
            (
                "<my-card><template shadowrootmode=open><style>p{}</style><p>Shadow</template>Slot</my-card>",
                "Shadow\nSlot",
            ),
            ("Text<template>x</template><dialog open>x</dialog><noscript>x</noscript>", "Text"),
            (
                "<h3><button aria-expanded=false>Question?</button></h3><button>Copy</button>Answer",
                "Question?\nAnswer",
            ),
            ("<h1>Function <span>alloc</span><button>Copy item path</button></h1>", "Function alloc"),
            ("<button><h3>Question?</h3></button><dl><dt><button>Term</button></dl>", "Question?\nTerm"),
            ("<div role=tablist><a href='#a'>npm</a></div><label>yarn</label>Text", "Text"),
            (
                "<h2><a role=doc-backlink href='#id1'>Ships</a><a class=headerlink href='#ships'>\u{b6}</a></h2>",
                "Ships",
            ),
            ("<ul class=post-metadata><li>1 May</ul><a rel=tag href=/sea>sea</a><p>Text", "Text"),
            ("<aside class=note>Mind the tide.</aside>", "Mind the tide."),
            ("<header><h2>Ebb</h2><p>by Ana, 3 min</p></header>Low.", "Ebb\nLow."),
            ("Sea<sup class=footnote-ref><a href='#fn1'>1</a></sup> level", "Sea level"),
        ] {
            assert_eq!(lines(html), expected, "{html}");
        }
    }

    #[test]
    fn elements_run_on_within_a_line_or_not_as_in_browsers() {
        for (html, expected) in [
            (
                "super<x-badge>natural</x-badge>ism <nobr>no</nobr>where al<i-con></i-con>lowance",
                "supernaturalism nowhere allowance",
            ),
            ("super<wbr>cali<span hidden>x</span>fragilistic", "supercalifragilistic"),
            ("one<br>two<hr>three<center>four</center>", "one\ntwo\nthree\nfour"),
            ("<table><tr><td>a<td>b</table>", "a\nb"),
            ("<fieldset><legend>Name</legend>Text</fieldset><menu><li>x</menu>", "Name\nText\nx"),
            ("<pre>let a;\n\n  let  b;</pre><p>one\ntwo", "let a;\nlet b;\none two"),
            ("<h2>One\n<br>two<div>three</div></h2>four", "One two three\nfour"),
            ("a\u{f0c1}b\u{ad}c\u{200b}d\u{f0001}", "abcd"),
        ] {
            assert_eq!(lines(html), expected, "{html}");
        }
    }

    #[test]
    fn formulas_and_ruby_are_read_once() {
        let math = "<math><semantics><mrow><mi>E</mi><mo>=</mo><mi>m</mi></mrow><annotation encoding=application/x-tex>E=m</annotation></semantics></math>";
        let both = format!(
            "So <span class=katex><span class=katex-mathml>{math}</span><span class=katex-html aria-hidden=true>E=m</span></span> holds"
        );
        assert_eq!(lines(&both), "So E=m holds");
        assert_eq!(
            lines("So <span class=katex><span class=katex-html aria-hidden=true>E=m</span></span>"),
            "So E=m"
        );
        for (html, expected) in [
            ("<ruby>\u{5bcc}<rp>(</rp><rt>\u{3075}</rt><rp>)</rp></ruby>\u{3002}", "\u{5bcc}\u{3002}"),
            ("<ruby><rb>\u{5bcc}</rb><rtc><rt>\u{3075}</rt></rtc><rtc>Fu</rtc></ruby>", "\u{5bcc}"),
            ("<ruby>\n \u{5bcc}\n <rt>\u{3075}</rt>\n \u{58eb}\n</ruby>\u{5c71}", "\u{5bcc}\u{58eb}\u{5c71}"),
            ("<ruby>two words<rt>x</rt></ruby> here", "two words here"),
        ] {
            assert_eq!(lines(html), expected, "{html}");
        }
    }

    #[test]
    fn a_permalink_gives_its_heading_the_anchor() {
        for html in [
            "<h2 id=x>Ebb<a class=headerlink href='#x'>#</a></h2>",
            "<h2>Ebb <a href='#x'>\u{1f517}</a></h2>",
            "<h2><a class=anchor id=x href='#x'></a>Ebb</h2>",
            "<h2>Ebb<a name=x></a></h2>",
            "<div><h2 id=x>Ebb</h2><a href='#x'>Section titled Ebb</a></div>",
            "<div role=heading aria-level=2 id=x>Ebb</div>",
        ] {
            let page = Html::parse_document(&format!("<body>{html}<p>Low."));
            let found = blocks(page.root_element(), &Selectors::new(&[], &[]).unwrap());
            let expected = Block { text: "Ebb".into(), heading: Some(2), anchor: Some("x".into()) };
            assert_eq!((found.len(), &found[0]), (2, &expected), "{html}");
            assert_eq!(found[1], Block { text: "Low.".into(), ..Block::default() }, "{html}");
        }
    }
}
