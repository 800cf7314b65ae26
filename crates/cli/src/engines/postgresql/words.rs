//! Which of PostgreSQL's text search configurations fits a language.

use std::collections::BTreeMap;

use exemplar_search::bundle::Article;

/// Those that PostgreSQL brings, by the language's subtag.
const CONFIGURATIONS: &[(&str, &str)] = &[
    ("ar", "arabic"),
    ("ca", "catalan"),
    ("da", "danish"),
    ("de", "german"),
    ("el", "greek"),
    ("en", "english"),
    ("es", "spanish"),
    ("eu", "basque"),
    ("fi", "finnish"),
    ("fr", "french"),
    ("ga", "irish"),
    ("hi", "hindi"),
    ("hu", "hungarian"),
    ("hy", "armenian"),
    ("id", "indonesian"),
    ("it", "italian"),
    ("lt", "lithuanian"),
    ("ne", "nepali"),
    ("nl", "dutch"),
    ("no", "norwegian"),
    ("nb", "norwegian"),
    ("pt", "portuguese"),
    ("ro", "romanian"),
    ("ru", "russian"),
    ("sr", "serbian"),
    ("sv", "swedish"),
    ("ta", "tamil"),
    ("tr", "turkish"),
    ("yi", "yiddish"),
];

/// The configuration for the language that most articles have; `simple`, which knows no stems, for any other.
pub fn configuration(articles: &[Article]) -> &'static str {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for article in articles {
        let tag = article.lang.as_deref().unwrap_or_default().to_ascii_lowercase();
        *counts.entry(tag.split('-').next().unwrap_or_default().to_owned()).or_default() += 1;
    }
    let commonest = counts.into_iter().max_by_key(|&(_, count)| count);
    let known = |language: &str| CONFIGURATIONS.iter().find(|(tag, _)| *tag == language);
    commonest.and_then(|(language, _)| known(&language)).map_or("simple", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use exemplar_search::bundle::Article;

    use super::configuration;

    #[test]
    fn the_commonest_language_counts() {
        let of = |languages: &[&str]| {
            let article = |lang: &&str| Article { lang: Some((*lang).into()), ..Article::default() };
            configuration(&languages.iter().map(article).collect::<Vec<_>>())
        };
        assert_eq!(of(&["en-GB", "de", "EN"]), "english");
        assert_eq!(of(&["ja", "ja", "en"]), "simple");
        assert_eq!(of(&[]), "simple");
        assert_eq!(configuration(&[Article::default()]), "simple");
    }
}
