//! Words that readers type for words that the site has: pages with either are found by both.

use std::borrow::Cow;
use std::str::FromStr;

use exemplar_search::lexical::{TokenKind, tokenize};

/// Two words, or runs of words, that mean the same.
#[derive(Clone, Debug)]
pub struct Synonym {
    /// As they were given, and their words.
    sides: [(String, Vec<String>); 2],
}

impl FromStr for Synonym {
    type Err = String;

    fn from_str(given: &str) -> Result<Self, String> {
        let (one, other) = given.split_once('=').ok_or("expected WORDS=WORDS, such as k8s=kubernetes")?;
        let sides = [one, other].map(|side| (side.trim().to_owned(), words(side)));
        match sides.iter().find(|(_, words)| words.is_empty()) {
            Some((side, _)) => Err(format!("\"{side}\" has no word to search for")),
            None => Ok(Self { sides }),
        }
    }
}

/// The words of a text, without other spellings of them.
fn words(text: &str) -> Vec<String> {
    let tokens = tokenize(text).into_iter();
    tokens
        .filter(|token| !matches!(token.kind, TokenKind::Joined | TokenKind::Part))
        .map(|token| token.text)
        .collect()
}

/// The text with what means the same as words of it, for the index.
pub fn with_synonyms<'t>(text: Cow<'t, str>, synonyms: &[Synonym]) -> Cow<'t, str> {
    if synonyms.is_empty() {
        return text;
    }
    let own = words(&text);
    let has = |words: &[String]| own.windows(words.len()).any(|run| run == words);
    let mut more = String::new();
    for Synonym { sides: [one, other] } in synonyms {
        for (side, same) in [(one, other), (other, one)] {
            if has(&side.1) && !has(&same.1) {
                more.push('\n');
                more.push_str(&same.0);
            }
        }
    }
    if more.is_empty() { text } else { (text.into_owned() + &more).into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_either_has_both() {
        let synonyms: Vec<Synonym> = ["k8s=Kubernetes", "sign in=log in", "潮汐=潮の満ち引き"]
            .iter()
            .map(|given| given.parse().unwrap())
            .collect();
        let extended = |text: &'static str| with_synonyms(text.into(), &synonyms).into_owned();
        assert_eq!(extended("Run KUBERNETES."), "Run KUBERNETES.\nk8s");
        assert_eq!(extended("k8s and kubernetes"), "k8s and kubernetes");
        assert_eq!(extended("How to log in, again"), "How to log in, again\nsign in");
        assert_eq!(extended("a log of what comes in"), "a log of what comes in", "no run of words");
        assert_eq!(extended("月と潮汐"), "月と潮汐\n潮の満ち引き");
        for given in ["k8s", "=b", "a= …"] {
            assert!(given.parse::<Synonym>().is_err(), "{given}");
        }
    }
}
