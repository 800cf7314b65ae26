//! Anchors of headings, as GitHub and github-slugger make them, and with them most generators.

use std::collections::HashMap;

use unicode_normalization::char::is_combining_mark;

/// Makes the anchors of one page, no two the same.
#[derive(Default)]
pub struct Slugger {
    /// How often a number was put to each.
    pub used: HashMap<String, usize>,
}

impl Slugger {
    /// Empty if the heading has no letter.
    pub fn slug(&mut self, heading: &str) -> String {
        let slug = slug(heading);
        if slug.is_empty() {
            return slug;
        }
        let mut anchor = slug.clone();
        while self.used.contains_key(&anchor) {
            let number = self.used.entry(slug.clone()).or_insert(0);
            *number += 1;
            anchor = format!("{slug}-{number}");
        }
        self.used.insert(anchor.clone(), 0);
        anchor
    }
}

/// Lower case, without punctuation, spaces as hyphens. Marks stay: they are the vowels of Indic scripts and of Thai.
fn slug(heading: &str) -> String {
    let mut slug = String::new();
    for c in heading.trim().chars().flat_map(char::to_lowercase) {
        match c {
            ' ' => slug.push('-'),
            c if c.is_alphanumeric() || is_combining_mark(c) || matches!(c, '-' | '_') => slug.push(c),
            _ => {}
        }
    }
    slug
}

#[cfg(test)]
mod tests {
    use super::Slugger;

    #[test]
    fn anchors_are_those_of_github_slugger() {
        let mut slugger = Slugger::default();
        for (heading, anchor) in [
            ("Foo", "foo"),
            ("Foo", "foo-1"),
            ("Foo-1", "foo-1-1"),
            ("Foo", "foo-2"),
            ("Ebb & Flow!", "ebb--flow"),
            (
                "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940} \u{92a}\u{922}\u{93c}",
                "\u{939}\u{93f}\u{928}\u{94d}\u{926}\u{940}-\u{92a}\u{922}\u{93c}",
            ),
            ("\u{e17}\u{e35}\u{e48}\u{e19}\u{e35}\u{e48}", "\u{e17}\u{e35}\u{e48}\u{e19}\u{e35}\u{e48}"),
            ("!", ""),
        ] {
            assert_eq!(slugger.slug(heading), anchor, "{heading}");
        }
    }
}
