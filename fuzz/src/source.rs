//! A site of one input, as `exemplar build` reads it, and what must hold of what it finds.

use std::collections::HashSet;
use std::fs;
use std::path::PathBuf;

use exemplar_search::bundle::Article;
use exemplar_search_cli::readers::{Found, PASSAGE_CHARS, Source};
use url::Url;

/// A quarter more than asked for, and the headings of two sections that were joined.
const LONGEST_PASSAGE: usize = PASSAGE_CHARS + PASSAGE_CHARS / 4 + 2 * 301;

/// A source with the file that each input is written to.
pub struct Site {
    source: Source,
    file: PathBuf,
}

impl Site {
    /// A folder with these files, of which `input` is one; `{}` in the options stands for the folder.
    ///
    /// # Panics
    ///
    /// Where there is no place for it.
    pub fn new(input: &str, files: &[(&str, &str)], options: &[&str]) -> Self {
        let folder = std::env::temp_dir().join(format!("exemplar-fuzz-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a folder for the input");
        for (name, text) in files {
            fs::write(folder.join(name), text).expect("a file beside the input");
        }
        let place = folder.to_str().expect("the folder's name is UTF-8");
        let options: Vec<String> = options.iter().map(|option| option.replace("{}", place)).collect();
        let options: Vec<&str> = options.iter().map(String::as_str).collect();
        Self { source: Source::new(&options).expect("options of the command"), file: folder.join(input) }
    }

    /// Reads the source with this input, and checks what it finds; an error says where it is from.
    ///
    /// # Panics
    ///
    /// Where something does not hold.
    pub fn read(&self, input: &[u8]) {
        fs::write(&self.file, input).expect("the input can be written");
        match self.source.read() {
            Ok(found) => check(&found, input.len()),
            Err(error) => {
                let (said, folder) = (format!("{error:#}"), self.file.parent().unwrap().to_string_lossy());
                assert!(said.contains(&*folder), "an error without a place: {said}");
            }
        }
    }
}

/// That articles are told apart and within the bounds that docs/security.md names, and their texts no more than the input.
fn check(found: &[Found], bytes: usize) {
    let ids: HashSet<_> = found.iter().map(|found| &found.article.id).collect();
    assert_eq!(ids.len(), found.len(), "ids must differ");
    for Found { article, passages, .. } in found {
        check_article(article);
        for passage in passages {
            let chars = passage.chars().count();
            assert!(chars <= LONGEST_PASSAGE, "a passage of {chars} characters");
        }
    }
    let texts = found.iter().flat_map(|found| &found.blocks);
    assert!(!texts.clone().any(|text| text.contains('\n')), "a block is one line");
    let text: usize = texts.map(|text| text.len() + 1).sum();
    // Three bytes stand for each that fits no character.
    assert!(text <= 4 * bytes + 1_000, "{text} bytes of text from {bytes}");
}

fn check_article(article: &Article) {
    let within =
        |text: &str, chars: usize| assert!(text.chars().count() <= chars, "more than {chars}: {text}");
    // One more for the ellipsis.
    within(&article.title, 301);
    within(&article.url, 2_000);
    within(&article.id, 2_000);
    assert!(!article.id.is_empty());
    assert!(article.tags.len() <= 50, "{} tags", article.tags.len());
    let named = [&article.lang, &article.date, &article.excerpt];
    for text in article.tags.iter().chain(named.into_iter().flatten()) {
        within(text, 201);
    }
    for address in [&article.url, &article.id] {
        let secret = |url: &Url| !url.username().is_empty() || url.password().is_some();
        assert!(!Url::parse(address).is_ok_and(|url| secret(&url)), "credentials in {address}");
    }
}
