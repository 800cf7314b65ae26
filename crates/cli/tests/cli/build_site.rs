//! `exemplar build --site`: which pages become articles, and what of them is embedded.

use std::collections::HashMap;
use std::fs::File;

use exemplar_search::bundle::Article;

use crate::support::{
    TestApi, exemplar, fail, fail_usage, folder, read_bundle, rust_book, sites, succeed, write,
};

#[test]
fn a_site_of_traps_becomes_its_articles() {
    let api = TestApi::start_answering();
    let out = folder();
    let bundle = out.path().join("bundle.json");
    let (stdout, stderr) = succeed(
        exemplar()
            .args("build --model m --query-texts 0 --exclude drafts/** --api".split(' '))
            .args([&api.url, "--site"])
            .arg(sites().join("sea-notes"))
            .arg("-o")
            .arg(&bundle),
    );

    let bundle = read_bundle(&bundle);
    let ids: Vec<_> = bundle.articles.iter().map(|article| article.id.as_str()).collect();
    let expected = [
        "index.html",
        "ja.html",
        "posts/100% wind #1.html",
        "posts/broken.htm",
        "posts/list.html",
        "posts/moon-copy.html",
    ];
    assert_eq!(ids, expected, "{stderr}");
    let titles: Vec<_> = bundle.articles.iter().map(|article| article.title.as_str()).collect();
    let expected = [
        "Tides and weather",
        "潮の満ち引き",
        "Wind | gusts",
        "Sea Notes",
        "All posts",
        "The moon & the tides",
    ];
    assert_eq!(titles, expected);
    assert_eq!(
        api.texts(),
        [
            "Tides and weather\nThe sea rises and falls twice a day.\nspring tides\nneap tides",
            "潮の満ち引き\n潮は一日に二度満ちる。",
            "Wind | gusts\nWind\nWind drives the waves.",
            "Sea Notes\nAn unclosed paragraph\nand badly nested <tags> © &bogus;\ncell\nnext",
            "All posts\nFirst post\nAbout ebb.\nSecond post\nAbout flow.",
            "The moon & the tides\nThe moon pulls the water towards itself.\ntide = pull(moon)\nprint(tide)\nOld\nand new moon.",
        ]
    );

    let article = |id: &str| bundle.articles.iter().find(|article| article.id == id).unwrap();
    assert_eq!(article("ja.html").lang.as_deref(), Some("ja"));
    assert_eq!(article("posts/100% wind #1.html").url, "posts/100%25%20wind%20%231.html");
    // Its own description is an excerpt, one that pages share is not.
    assert_eq!(article("posts/moon-copy.html").excerpt.as_deref(), Some("How the moon pulls the water."));
    assert_eq!(
        article("index.html").excerpt.as_deref(),
        Some("The sea rises and falls twice a day. spring tides neap tides")
    );

    assert!(stdout.contains("6 articles, 6 passages x 3 dimensions"), "{stdout}");
    what_is_left_out_is_named(&stderr);
}

fn what_is_left_out_is_named(stderr: &str) {
    for line in [
        "1: excluded by --include or --exclude (drafts/fog.html)",
        "1: redirect to another page (old.html)",
        "1: marked noindex (print.html)",
        "1: the site's \"not found\" page (404.html)",
        "1: no text (empty.html)",
        "1: same title and text as a page before (posts/moon.html)",
    ] {
        assert!(stderr.contains(line), "{line}\n{stderr}");
    }
}

#[test]
fn a_page_that_cannot_be_read_is_named_and_the_rest_is_built() {
    let (api, site) = (TestApi::start_answering(), folder());
    write(&site, "good.html", "<title>Good</title><p>Text");
    write(&site, "bytes.html", b"<title>Bytes</title>\xff\xfe\x00\x80 text");
    write(&site, "deep.html", "<div>".repeat(3_000) + "deep");
    File::create(site.path().join("huge.html")).unwrap().set_len(50 << 20).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere.html", site.path().join("gone.html")).unwrap();
        std::os::unix::fs::symlink(".", site.path().join("loop")).unwrap();
    }
    let out = folder();
    let path = out.path().join("bundle.json");
    let (_, stderr) = succeed(
        exemplar()
            .args(["build", "--model", "m", "--query-texts", "0", "--api", &api.url, "--site"])
            .arg(site.path())
            .arg("-o")
            .arg(&path),
    );
    let ids: Vec<_> = read_bundle(&path).articles.into_iter().map(|article| article.id).collect();
    assert_eq!(ids, ["bytes.html", "deep.html", "good.html"]);
    assert!(stderr.contains("cannot read huge.html: it has 50 MB"), "{stderr}");
    if cfg!(unix) {
        assert!(stderr.contains("gone.html") && stderr.contains("loop"), "{stderr}");
    }
}

#[test]
fn a_site_without_pages_is_an_error() {
    let site = folder();
    let bundle = site.path().join("bundle.json");
    let args = ["build", "--model", "m", "--api", "http://127.0.0.1:9"];
    let error = fail(exemplar().args(args).arg("--site").arg(site.path()).arg("-o").arg(&bundle));
    assert!(error.contains("no HTML page with text to embed"), "{error}");
    write(&site, "print.html", "<meta name=robots content=noindex><p>text");
    let error = fail(exemplar().args(args).arg("--site").arg(site.path()).arg("-o").arg(&bundle));
    assert!(error.contains("marked noindex (print.html)"), "{error}");
    let error = fail(exemplar().args(args).args(["--site", "nowhere"]).arg("-o").arg(&bundle));
    assert!(error.contains("--site nowhere: there is no such folder"), "{error}");
    assert!(!bundle.exists());
}

#[test]
fn urls_take_the_prefix_and_texts_are_cut_between_words() {
    let (api, site) = (TestApi::start_answering(), folder());
    write(&site, "a/b c.html", "<title>T</title><p>one two three four");
    let bundle = site.path().join("bundle.json");
    let args = [
        "build",
        "--model",
        "m",
        "--query-texts",
        "0",
        "--passages",
        "off",
        "--max-chars",
        "9",
        "--base-url",
        "https://example.org/docs/",
    ];
    succeed(
        exemplar().args(args).args(["--api", &api.url]).arg("--site").arg(site.path()).arg("-o").arg(&bundle),
    );
    assert_eq!(read_bundle(&bundle).articles[0].url, "https://example.org/docs/a/b%20c.html");
    assert_eq!(api.texts(), ["T\none two"]);
}

#[test]
fn the_rust_book_becomes_its_chapters() {
    let Some(book) = rust_book() else { return };
    let (api, out) = (TestApi::start_answering(), folder());
    let path = out.path().join("bundle.json");
    let args = [
        "build",
        "--model",
        "m",
        "--query-texts",
        "0",
        "--exclude",
        "{first,second,2018}-edition/**",
        "--api",
        &api.url,
    ];
    let (_, stderr) = succeed(exemplar().args(args).arg("--site").arg(&book).arg("-o").arg(&path));
    let bundle = read_bundle(&path);
    let by_id: HashMap<&str, &Article> = bundle.articles.iter().map(|a| (a.id.as_str(), a)).collect();

    assert!((100..130).contains(&bundle.articles.len()), "{stderr}");
    for trap in ["print.html", "toc.html", "README.html"] {
        assert!(!by_id.contains_key(trap), "{trap}");
    }
    assert!(stderr.contains("redirect to another page"), "{stderr}");
    // A chapter whose heading is an <h2>, so that the title comes from <title>, less the book's.
    let threads = by_id["ch16-03-shared-state.html"];
    assert_eq!(threads.title, "Shared-State Concurrency");
    assert_eq!(threads.lang.as_deref(), Some("en"));
    assert!(threads.excerpt.as_ref().unwrap().starts_with("Message passing is a fine way"));
    assert_eq!(by_id["ch16-00-concurrency.html"].title, "Fearless Concurrency");
    let texts = api.texts();
    for text in &texts {
        assert!(text.chars().count() <= 1700 && !text.contains("Keyboard shortcuts"), "{text}");
    }
    assert_eq!(texts.len(), bundle.passages.len());

    // Every anchor is on its page, and the sections of a chapter keep their headings.
    for (passage, text) in bundle.passages.iter().zip(&texts) {
        let article = &bundle.articles[passage.article];
        let page = std::fs::read_to_string(book.join(&article.id)).unwrap();
        if let Some(anchor) = &passage.anchor {
            assert!(page.contains(&format!("id=\"{anchor}\"")), "{} #{anchor}", article.id);
        }
        assert!(text.starts_with(&article.title) && text.ends_with(&passage.text), "{text}");
    }
    let deadlocks =
        bundle.passages.iter().find(|passage| passage.text.contains("risk of creating deadlocks")).unwrap();
    assert_eq!(bundle.articles[deadlocks.article].id, "ch16-03-shared-state.html");
    assert!(deadlocks.anchor.is_some() && !deadlocks.heading.is_empty(), "{deadlocks:?}");
}

#[test]
fn a_page_that_says_too_much_is_cut_to_bounds_and_named() {
    let (site, out) = (folder(), folder());
    let tags: String =
        (0..120_000).map(|i| format!("<meta property=article:tag content=\"tag {i}\">")).collect();
    let link = "<link rel=canonical href=https://user:hunter22@example.org/a>";
    let title = "word ".repeat(200_000);
    write(&site, "a.html", format!("{link}{tags}<title>{title}</title><p>Ebb."));
    let attributes: String = (0..100_000).map(|i| format!(" a{i}")).collect();
    write(&site, "b.html", format!("<title>B</title><p{attributes}>Flood."));
    write(&site, "c\n::error::c\u{1b}[2J.html", "<title>C</title><p>Neap.");
    let api = TestApi::start_answering();
    let path = out.path().join("bundle.json");
    let mut command = exemplar();
    command.args([
        "build",
        "--model",
        "m",
        "--query-texts",
        "0",
        "--addresses",
        "canonical",
        "--api",
        &api.url,
    ]);
    let (_, stderr) = succeed(command.arg("--site").arg(site.path()).arg("-o").arg(&path));
    assert!(
        stderr.contains("cut to bounds: title, tags, user name or password in the address of a.html"),
        "{stderr}"
    );
    assert!(stderr.contains("cannot read b.html: a tag has more than 10000 attributes (line 1)"), "{stderr}");
    assert!(!stderr.contains('\u{1b}') && !stderr.contains("\n::error::"), "{stderr}");
    let bundle = read_bundle(&path);
    let article = bundle.articles.iter().find(|article| article.id == "a.html").unwrap();
    assert_eq!((article.url.as_str(), article.tags.len()), ("https://example.org/a", 50));
    assert!(article.title.chars().count() <= 301);
    assert!(!std::fs::read_to_string(&path).unwrap().contains("hunter22"));
}

#[test]
fn options_without_a_command_are_those_of_build() {
    let out = folder();
    let bundle = out.path().join("bundle.json");
    let site = sites().join("sea-notes");
    succeed(exemplar().arg("--no-vectors").arg("--site").arg(&site).arg("-o").arg(&bundle));
    assert!(!read_bundle(&bundle).articles.is_empty());

    let (version, _) = succeed(exemplar().arg("--version"));
    assert!(version.starts_with("exemplar "), "{version}");
    let said = fail_usage(exemplar().arg("--sites").arg(&site));
    assert!(said.contains("'--site'"), "{said}");
}
