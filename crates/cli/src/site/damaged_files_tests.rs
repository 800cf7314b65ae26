//! Every reader takes any bytes: it gives articles or an error, never panics, never hangs, never makes much of little.
//! The bytes are those of `tests/corpus`, damaged in every way, and made up ones.

use std::fs;
use std::path::{Path, PathBuf};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, TestCaseResult};

use super::addresses::Addresses;
use super::content::Selectors;
use super::globs::Globs;
use super::options::Options;
use super::pages::Pages;
use super::{Reading, csv, feed, folder, items, markdown, sitemap};

/// The files of a part of the corpus.
fn corpus(kind: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(kind);
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.into_iter().map(|file| fs::read(file).unwrap()).collect()
}

/// One change to a file.
#[derive(Clone, Debug)]
enum Damage {
    Cut(Index),
    Insert(Index, Vec<u8>),
    Remove(Index, usize),
    /// A part of it, over and over.
    Repeat(Index, usize, usize),
}

impl Damage {
    fn apply(&self, bytes: &mut Vec<u8>) {
        let at = |index: &Index| index.index(bytes.len() + 1);
        match self {
            Self::Cut(index) => bytes.truncate(at(index)),
            Self::Insert(index, more) => drop(bytes.splice(at(index)..at(index), more.iter().copied())),
            Self::Remove(index, length) => {
                let start = at(index);
                bytes.drain(start..(start + length).min(bytes.len()));
            }
            Self::Repeat(index, length, times) => {
                let start = at(index);
                let part = bytes[start..(start + length).min(bytes.len())].repeat(*times);
                bytes.splice(start..start, part);
            }
        }
    }
}

fn damage() -> impl Strategy<Value = Damage> {
    let tokens = [
        "<", ">", "\"", "'", "&", "\0", "\n", "]]>", "<!--", "<p>", "</", "---\n", "+++\n", "\u{feff}", "<a",
        "{", "[[",
    ];
    let token = select(tokens.to_vec()).prop_map(|token| token.as_bytes().to_vec());
    prop_oneof![
        1 => any::<Index>().prop_map(Damage::Cut),
        4 => (any::<Index>(), prop_oneof![token, vec(any::<u8>(), 1..8)]).prop_map(|(at, more)| Damage::Insert(at, more)),
        2 => (any::<Index>(), 1..40usize).prop_map(|(at, length)| Damage::Remove(at, length)),
        2 => (any::<Index>(), 1..40usize, 2..600usize).prop_map(|(at, length, times)| Damage::Repeat(at, length, times)),
    ]
}

fn damaged(kind: &str) -> impl Strategy<Value = Vec<u8>> {
    let from_corpus = (select(corpus(kind)), vec(damage(), 0..6)).prop_map(|(mut bytes, damages)| {
        damages.iter().for_each(|damage| damage.apply(&mut bytes));
        bytes
    });
    prop_oneof![9 => from_corpus, 1 => vec(any::<u8>(), 0..400)]
}

/// Whether what was read is in proportion to the bytes, or the error says where it is from.
fn check(reading: anyhow::Result<Reading>, file: &Path, bytes: usize) -> TestCaseResult {
    match reading {
        Ok(Reading { documents, unreadable, .. }) => {
            let texts =
                documents.iter().flat_map(|document| &document.blocks).map(|block| block.text.len() + 1);
            let total: usize = texts.sum();
            // Three bytes for each that fits no character.
            prop_assert!(total <= 4 * bytes + 1000, "{total} bytes of text from {bytes}");
            prop_assert!(unreadable.iter().all(|(name, problem)| !name.is_empty() && !problem.is_empty()));
        }
        Err(error) => {
            let error = format!("{error:#}");
            let place = file.file_name().unwrap().to_string_lossy();
            let folder = file.parent().unwrap().to_string_lossy();
            prop_assert!(error.contains(&*place) || error.contains(&*folder), "{error}");
        }
    }
    Ok(())
}

/// Runs `read` on many files called `name`, made of the corpus of this kind.
fn readers_take_any_bytes(
    kind: &str,
    name: &str,
    read: impl Fn(&Path, &Selectors) -> anyhow::Result<Reading>,
) {
    let selectors = Selectors::new(&[], &[".x".into()]).unwrap();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join(name);
    let try_one = |bytes: &[u8]| {
        fs::write(&file, bytes).unwrap();
        check(read(&file, &selectors), &file, bytes.len())
    };
    for bytes in corpus(kind) {
        try_one(&bytes).unwrap();
    }
    proptest!(Config { cases: 200, failure_persistence: None, ..Config::default() }, |(bytes in damaged(kind))| {
        try_one(&bytes)?;
    });
}

fn all() -> Globs {
    Globs::new(&[], &[]).unwrap()
}

#[test]
fn html() {
    readers_take_any_bytes("html", "page.html", |file, selectors| {
        folder::read(
            file.parent().unwrap(),
            None,
            &all(),
            selectors,
            Addresses::Files,
            &Options::default(),
            &mut Pages::default(),
        )
    });
}

#[test]
fn feeds() {
    readers_take_any_bytes("feed", "feed", |file, selectors| {
        feed::read(file, selectors, &Options::default())
    });
}

#[test]
fn markdown_files() {
    readers_take_any_bytes("markdown", "page.md", |file, selectors| {
        markdown::read(file.parent().unwrap(), &all(), selectors, Addresses::Files, &Options::default())
    });
}

#[test]
fn csv_files() {
    readers_take_any_bytes("csv", "site.csv", |file, _| csv::read(file, true, &Options::default()));
}

#[test]
fn json_lines() {
    readers_take_any_bytes("feed", "items.jsonl", |file, _| items::read(file, true, &Options::default()));
}

#[test]
fn sitemaps() {
    readers_take_any_bytes("sitemap", "sitemap.xml", |file, _| {
        let entries = sitemap::read(file, file.parent().unwrap())?;
        let files = ["index.html".to_owned(), "a.html".into()];
        assert_eq!(sitemap::files_of(&entries, &files).len(), entries.len());
        Ok(Reading::default())
    });
}
