//! `exemplar build` from each kind of source, and what it says of a source that is wrong.

use std::path::Path;
use std::process::Command;

use exemplar_search::bundle::{Article, Bundle};
use exemplar_search::json::Value;
use tempfile::TempDir;

use crate::support::{TestApi, exemplar, fail, fail_usage, folder, read_bundle, succeed, write};

fn command(api: &TestApi, out: &TempDir, option: &str, source: &Path) -> Command {
    let mut command = exemplar();
    command.args(["build", "--model", "m", "--api", &api.url, option]).arg(source);
    command.arg("-o").arg(out.path().join("bundle.json"));
    command
}

/// The bundle and what the build said, of a source with more options.
fn build(option: &str, source: &Path, more: &[&str]) -> (Bundle, String) {
    let (api, out) = (TestApi::start_answering(), folder());
    let (_, stderr) = succeed(command(&api, &out, option, source).args(more));
    (read_bundle(&out.path().join("bundle.json")), stderr)
}

fn error(option: &str, source: &Path, more: &[&str]) -> String {
    let (api, out) = (TestApi::start_answering(), folder());
    let error = fail(command(&api, &out, option, source).args(more));
    assert!(!out.path().join("bundle.json").exists() && api.received().is_empty(), "{error}");
    error
}

fn urls(bundle: &Bundle) -> Vec<&str> {
    bundle.articles.iter().map(|article| article.url.as_str()).collect()
}

#[test]
fn a_feed_of_each_kind_becomes_its_entries() {
    let rss = r#"<?xml version="1.0"?><rss version="2.0"><channel><title>Sea</title><language>en</language>
        <item><title>Ebb &amp; flow</title><link>https://e.org/ebb</link><category>sea</category>
          <description>&lt;p&gt;Low &lt;b&gt;tide&lt;/b&gt;.&lt;/p&gt;&lt;script&gt;x&lt;/script&gt;</description>
          <pubDate>Wed, 01 May 2024 10:00:00 GMT</pubDate></item>
        <item><title>Again</title><link>https://e.org/ebb</link><description>Other.</description></item>
        <item><description>No link.</description></item></channel></rss>"#;
    let atom = r#"<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en"><title>Sea</title><id>x</id><updated>2024-05-01T10:00:00Z</updated>
        <entry><title>Ebb &amp; flow</title><id>tag:e.org,2024:ebb</id><link rel="alternate" href="https://e.org/ebb"/>
        <published>2024-05-01T10:00:00Z</published><updated>2024-05-02T10:00:00Z</updated><category term="sea"/>
        <content type="html">&lt;p&gt;Low &lt;b&gt;tide&lt;/b&gt;.&lt;/p&gt;</content></entry></feed>"#;
    let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "Sea", "language": "en", "items": [
        {"id": "1", "url": "https://e.org/ebb", "title": "Ebb & flow", "content_html": "<p>Low <b>tide</b>.</p>",
         "date_published": "2024-05-01T10:00:00Z", "tags": ["sea"]}]}"#;
    for (name, text) in [("rss.xml", rss), ("atom.xml", atom), ("feed.json", json)] {
        let site = folder();
        let (bundle, stderr) = build("--feed", &write(&site, name, text), &["--lang", "en"]);
        let [article] = bundle.articles.as_slice() else { panic!("{name}: {:?}", bundle.articles) };
        let expected = Article {
            id: "https://e.org/ebb".into(),
            title: "Ebb & flow".into(),
            url: "https://e.org/ebb".into(),
            excerpt: Some("Low tide.".into()),
            lang: Some("en".into()),
            date: Some("2024-05-01T10:00:00Z".into()),
            tags: vec!["sea".into()],
            ..Article::default()
        };
        assert_eq!(*article, expected, "{name}");
        assert_eq!(bundle.passages[0].text, "Low tide.");
        if name == "rss.xml" {
            assert!(stderr.contains("1: same address as a page before (entry 2 (Again))"), "{stderr}");
            assert!(stderr.contains("cannot read entry 3: it has no link to its page"), "{stderr}");
        }
    }
}

#[test]
fn a_broken_feed_is_told_with_its_line() {
    let site = folder();
    for (text, expected) in [
        ("<rss version='2.0'>\n<channel>\n</rss>", "feed line 3: "),
        ("<html>\n</html>", "feed line 1: neither RSS nor Atom nor JSON Feed"),
        ("{\"version\": \"https://jsonfeed.org/version/1\",\n\"items\": [}", "feed line 2: "),
        ("plain text", "neither RSS nor Atom nor JSON Feed"),
        ("", "neither RSS nor Atom nor JSON Feed"),
        ("<rss version='2.0'><channel></channel></rss>", "no entry with text to embed"),
    ] {
        let error = error("--feed", &write(&site, "feed", text), &[]);
        assert!(error.contains(expected), "{text}: {error}");
    }
    let deep = format!(
        "<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>{}",
        "<a>\n".repeat(100_000)
    );
    let error = error("--feed", &write(&site, "feed", deep), &[]);
    assert!(error.contains("line 498: elements are nested more than 500 deep"), "{error}");
}

#[test]
fn a_row_of_csv_is_an_article() {
    let text = "\u{feff}Title;URL;Text;Tags;Author\n\"Ebb; \"\"flow\"\"\";a.html;\"Low.\nHigh.\";sea, tide;Ana\nWind;b.html;Blows.;;\n";
    let (site, more) = (folder(), ["--base-url", "https://e.org"]);
    let (bundle, _) = build("--csv", &write(&site, "site.csv", text), &more);
    let [ebb, wind] = bundle.articles.as_slice() else { panic!("{:?}", bundle.articles) };
    assert_eq!((ebb.title.as_str(), ebb.url.as_str()), ("Ebb; \"flow\"", "https://e.org/a.html"));
    assert_eq!(
        (ebb.tags.as_slice(), ebb.extra.get("author").and_then(Value::as_str)),
        (&["sea".to_owned(), "tide".into()][..], Some("Ana"))
    );
    assert_eq!(bundle.passages[0].text, "Low.\nHigh.");
    assert!(wind.tags.is_empty() && wind.extra.get("author").is_none(), "{wind:?}");

    for (text, expected) in [
        (&b"title,url,text\na,b,c\nd,e"[..], "site.csv line 3 has 2 fields, but there are 3 columns"),
        (b"title,text\na,b", "site.csv line 1: there is no column url"),
        (b"title,url,url\na,b,c", "line 1: two columns are called \"url\""),
        (b"title,url,text\na,b,c\n\xff,e,f", "site.csv line 3 is not UTF-8"),
        (
            b"title,url,text\na,b,\"c\nd\"\ne,b,f",
            "site.csv line 4: field id: \"b\" is already the id of line 2",
        ),
        (b"title,url\na,b", "line 2: field text is missing"),
        (b"title,url,text\n", "site.csv has no items"),
        (b"", "line 1: there is no column title"),
    ] {
        let error = error("--csv", &write(&site, "site.csv", text), &[]);
        assert!(error.contains(expected), "{expected}: {error}");
    }
}

#[test]
fn markdown_is_read_with_its_front_matter() {
    let site = folder();
    write(&site, "_index.md", "# Sea notes\n\nAll about the sea.");
    write(
        &site,
        "posts/ebb.md",
        "---\ntitle: Ebb\ndate: 2024-05-01\ntags: [sea]\n---\nLow *tide*.\n\n## Why\n\nThe moon.",
    );
    write(
        &site,
        "posts/flow.markdown",
        "+++\ntitle = 'Flow'\nslug = 'flood'\ndescription = 'On flow.'\n+++\nHigh.",
    );
    write(&site, "posts/old.md", "---\npermalink: /archive/old/\n---\nOld.");
    write(&site, "posts/draft.md", "---\ndraft: true\n---\nNot yet.");
    write(&site, "posts/empty.md", "---\ntitle: Nothing\n---\n");
    write(&site, "posts/broken.md", "---\ntitle: a\ntags: [b\n---\nText");
    write(&site, "posts/bytes.md", b"one\n\xff\xfe");
    write(&site, "node_modules/x.md", "Not ours.");
    let options = ["--addresses", "folders", "--exclude", "node_modules/**", "--base-url", "/notes"];
    let (bundle, stderr) = build("--markdown", site.path(), &options);
    assert_eq!(urls(&bundle), ["/notes/", "/notes/posts/ebb/", "/notes/posts/flood/", "/notes/archive/old/"]);
    let [index, ebb, flow, old] = bundle.articles.as_slice() else { panic!() };
    assert_eq!((index.title.as_str(), old.title.as_str()), ("Sea notes", "posts/old.md"));
    assert_eq!((ebb.title.as_str(), ebb.date.as_deref(), ebb.tags.len()), ("Ebb", Some("2024-05-01"), 1));
    assert_eq!(flow.excerpt.as_deref(), Some("On flow."));
    for line in [
        "1: draft (posts/draft.md)",
        "1: no text (posts/empty.md)",
        "1: excluded by --include or --exclude (node_modules/x.md)",
        "cannot read posts/broken.md: line ",
        "cannot read posts/bytes.md: line 2 is not UTF-8",
    ] {
        assert!(stderr.contains(line), "{line}\n{stderr}");
    }
    let error = error("--markdown", site.path(), &["--strict"]);
    assert!(error.contains("--strict: 2 could not be read") && error.contains("posts/broken.md"), "{error}");
}

#[test]
fn a_sitemap_says_which_pages_there_are_and_where() {
    let site = folder();
    for page in ["index.html", "a/index.html", "b.html", "unlisted.html"] {
        write(&site, page, format!("<title>{page}</title><p>Text of {page}"));
    }
    let sitemap = write(
        &site,
        "sitemap.xml",
        "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>\n<url><loc>https://e.org/p/b</loc><lastmod>2024-05-01</lastmod></url>\n\
         <url><loc>https://e.org/p/</loc></url><url><loc>https://e.org/p/a/</loc></url>\n<url><loc>https://e.org/p/gone</loc></url>\n\
         <url><loc>https://e.org/p/b.html</loc></url></urlset>",
    );
    let options = ["--sitemap", sitemap.to_str().unwrap()];
    let (bundle, stderr) = build("--site", site.path(), &options);
    assert_eq!(urls(&bundle), ["https://e.org/p/b", "https://e.org/p/", "https://e.org/p/a/"]);
    assert_eq!(bundle.articles[0].date.as_deref(), Some("2024-05-01"));
    assert!(
        stderr.contains("sitemap.xml line 4: ") && stderr.contains("has no page for https://e.org/p/gone"),
        "{stderr}"
    );
    assert!(stderr.contains("1: same address as a page before (https://e.org/p/b.html)"), "{stderr}");
    let strict = error("--site", site.path(), &["--sitemap", sitemap.to_str().unwrap(), "--strict"]);
    assert!(strict.contains("--strict: 1 could not be read"), "{strict}");

    write(&site, "maps/one.xml", "<urlset><url><loc>https://e.org/b.html</loc></url></urlset>");
    let index = "<sitemapindex><sitemap><loc>https://e.org/maps/one.xml</loc></sitemap></sitemapindex>";
    let sitemap = write(&site, "index.xml", index);
    let (bundle, _) = build("--site", site.path(), &["--sitemap", sitemap.to_str().unwrap()]);
    assert_eq!(urls(&bundle), ["https://e.org/b.html"]);
    let sitemap = write(&site, "broken.xml", "<urlset>\n<url><loc>https://e.org/b.html");
    let error = error("--site", site.path(), &["--sitemap", sitemap.to_str().unwrap()]);
    assert!(error.contains("broken.xml line 2: it ends within"), "{error}");
}

#[test]
fn a_page_is_read_for_what_it_says_of_itself() {
    let site = folder();
    let head = "<html lang=en><head><title>Ebb | Sea</title><link rel=canonical href='https://e.org/ebb'>\
        <meta property='article:published_time' content='2024-05-01T10:00:00Z'><meta name=keywords content='sea, tides, site'>";
    write(
        &site,
        "a/ebb.html",
        format!(
            "{head}<body><div class=post><h2>Ebb</h2><p>Low.<p data-exemplar-ignore>Share this<p class=toc>Contents</div><p>Around"
        ),
    );
    write(
        &site,
        "a/index.html",
        "<title>A | Sea</title><meta name=keywords content=site><div class=post>Index.</div>",
    );
    write(&site, "b.html", "<title>B | Sea</title><body data-exemplar-ignore><div class=post>Hidden</div>");
    write(&site, "a/other.html", "<title>C | Sea</title><p>Nothing chosen");
    let options = [
        "--include-selector",
        ".post",
        "--exclude-selector",
        ".toc",
        "--exclude-selector",
        ".x",
        "--include",
        "{a,b}*",
        "--addresses",
        "canonical",
    ];
    let (bundle, stderr) = build("--site", site.path(), &options);
    assert_eq!(urls(&bundle), ["https://e.org/ebb", "a/index.html"], "{stderr}");
    let ebb = &bundle.articles[0];
    assert_eq!((ebb.title.as_str(), ebb.lang.as_deref()), ("Ebb", Some("en")));
    assert_eq!(ebb.date.as_deref(), Some("2024-05-01T10:00:00Z"));
    assert_eq!(ebb.tags, ["sea", "tides"], "what all pages say is the site's");
    assert_eq!(bundle.passages[0].text, "Low.");
    assert!(stderr.contains("marked data-exemplar-ignore or data-pagefind-ignore (b.html)"), "{stderr}");
    assert!(stderr.contains("nothing that --include-selector names (a/other.html)"), "{stderr}");
    let (bundle, _) = build("--site", site.path(), &["--addresses", "folders", "--base-url", "/s"]);
    assert_eq!(urls(&bundle), ["/s/a/ebb/", "/s/a/", "/s/a/other/"]);
    let error = error("--site", site.path(), &["--exclude-selector", "p >"]);
    assert!(error.contains("--exclude-selector p >: not a CSS selector"), "{error}");
}

#[test]
fn lists_copies_and_pages_without_a_marked_body_are_left_out() {
    let site = folder();
    let items: String = (0..5).map(|i| format!("<li><a href='/p{i}'>Post {i}</a>")).collect();
    write(&site, "index.html", format!("<title>Posts</title><main><ul>{items}</ul></main>"));
    write(&site, "tags/sea/index.html", "<title>Sea</title><main><a href='/a/'>Ebb</a></main>");
    let page = |lang: &str, canonical: &str, text: &str| {
        format!(
            "<html lang={lang}><link rel=canonical href='https://e.org/{canonical}'><title>T</title><main lang=en><h1>{text}</h1><p>{text}.</main>"
        )
    };
    write(&site, "1.0/ebb/index.html", page("en", "2.0/ebb/", "Old ebb"));
    write(&site, "2.0/ebb/index.html", page("en", "2.0/ebb/", "Ebb"));
    write(&site, "ja/2.0/ebb/index.html", page("ja", "ja/2.0/ebb/", "Ebb"));
    write(
        &site,
        "flow.html",
        "<title>Flow</title><main><h1>Flow</h1>See <a href='/2.0/ebb/'>ebb</a> and <a href=/flow>this</a>.</main>",
    );
    let (bundle, stderr) = build("--site", site.path(), &[]);
    assert_eq!(urls(&bundle), ["2.0/ebb/", "flow"], "{stderr}");
    assert!(
        stderr.contains("2: lists of other pages; --keep-lists takes them (index.html, tags/sea/index.html)"),
        "{stderr}"
    );
    assert!(
        stderr.contains(
            "2: copies of a page in another version or language (1.0/ebb/index.html, ja/2.0/ebb/index.html)"
        ),
        "{stderr}"
    );
    let (bundle, _) = build("--site", site.path(), &["--keep-lists"]);
    assert_eq!(urls(&bundle), ["2.0/ebb/", "flow", "./", "tags/sea/"]);

    write(
        &site,
        "marked.html",
        "<title>Marked</title><main>Around <div data-pagefind-body>Within <b data-pagefind-ignore>not</b>\
         <i data-pagefind-meta='author' data-exemplar-filter='kind:essay'>Ana</i></div></main>",
    );
    let (bundle, stderr) = build("--site", site.path(), &[]);
    let [article] = bundle.articles.as_slice() else { panic!("{stderr}") };
    assert_eq!((article.id.as_str(), bundle.passages[0].text.as_str()), ("marked.html", "Within Ana"));
    assert_eq!(article.extra.get("author").and_then(Value::as_str), Some("Ana"));
    let kinds: Vec<_> =
        article.extra.get("kind").and_then(Value::as_array).unwrap().iter().map(Value::as_str).collect();
    assert_eq!(kinds, [Some("essay")]);
    assert!(stderr.contains("6: without the data-pagefind-body that other pages have"), "{stderr}");
}

#[test]
fn versions_of_the_documents_are_no_copies_of_each_other() {
    let site = folder();
    let page = |canonical: &str, text: &str| {
        format!(
            "<html lang=en><link rel=canonical href='https://e.org/{canonical}'><title>T</title>\
             <meta name=description content='On {text}.'><main><h1>{text}</h1><p>It is {text}.</main>"
        )
    };
    write(&site, "docs/ebb/index.html", page("docs/ebb/", "Ebb"));
    write(&site, "docs/1.0/ebb/index.html", page("docs/ebb/", "Ebb"));
    write(&site, "docs/2.0/ebb/index.html", page("docs/2.0/ebb/", "Ebb"));
    let (bundle, stderr) = build("--site", site.path(), &[]);
    assert_eq!(urls(&bundle), ["docs/2.0/ebb/"], "{stderr}");
    let versions = ["--versions", "docs", "--versions", "docs/1.0", "--versions", "./docs/2.0/"];
    let (bundle, stderr) = build("--site", site.path(), &versions);
    assert_eq!(urls(&bundle), ["docs/1.0/ebb/", "docs/2.0/ebb/", "docs/ebb/"], "{stderr}");
    assert!(bundle.articles.iter().all(|article| article.excerpt.as_deref() == Some("On Ebb.")));
    let error = error("--site", site.path(), &["--versions", "docs/3.0"]);
    assert!(error.contains("--versions docs/3.0: ") && error.contains("has no such folder"), "{error}");
}

#[test]
fn thumbnails_are_taken_if_the_owner_wants_them() {
    let site = folder();
    let page = |name: &str, head: &str| {
        write(
            &site,
            &format!("{name}.html"),
            format!("<html lang=en><title>{name}</title>{head}<main><p>About {name}.</main>"),
        )
    };
    let image = |name: &str, address: &str| format!("<meta property='{name}' content='{address}'>");
    page("a", &(image("twitter:image", "/t.png") + &image("og:image", "img/a.png")));
    page("b", &image("twitter:image", "https://e.org/b.png"));
    page("c", &image("og:image", "https://user:secret@e.org/c.png"));
    page("d", &image("og:image", "data:image/png;base64,AA"));
    page("e", &image("og:image", &"e".repeat(3_000)));
    page("f", &image("og:image", "site.png"));
    page("g", &image("og:image", "site.png"));
    write(
        &site,
        "h/index.html",
        "<html lang=en><title>h</title><main><img src=h.png data-pagefind-meta='image[src]'>About h.</main>",
    );
    let of = |options: &[&str]| {
        let (bundle, stderr) = build("--site", site.path(), options);
        let image = |article: &Article| article.extra.get("image").and_then(Value::as_str).map(str::to_owned);
        (bundle.articles.iter().map(image).collect::<Vec<_>>(), stderr)
    };
    let own = |images: [Option<&str>; 8]| images.map(|image| image.map(str::to_owned)).to_vec();
    let (a, b, c, h) =
        (Some("img/a.png"), Some("https://e.org/b.png"), Some("https://e.org/c.png"), Some("h/h.png"));
    let (images, stderr) = of(&["--thumbnails"]);
    assert_eq!(images, own([a, b, c, None, None, None, None, h]), "what pages share is the site's");
    assert!(stderr.contains("user name or password in a further field of c.html"), "{stderr}");
    for name in ["d.html", "e.html"] {
        assert!(stderr.contains(&format!("cut to bounds: image of {name}")), "{stderr}");
    }
    let (images, _) = of(&["--thumbnails", "--base-url", "/docs/"]);
    assert_eq!(images[0].as_deref(), Some("/docs/img/a.png"));
    let (images, _) = of(&[]);
    assert_eq!(images, own([None, None, None, None, None, None, None, h]));
}

#[test]
fn a_bad_entry_is_named_and_the_others_are_read() {
    let site = folder();
    let json = r#"{"version": "https://jsonfeed.org/version/1.1", "title": "J", "items": [
        {"id": 2, "url": "https://e.org/a", "content_text": "A number as id.", "date_published": "2024-05-01T00:30:00+09:00"},
        {"id": "b", "url": ["https://e.org/b"]}]}"#;
    let (bundle, stderr) = build("--feed", &write(&site, "feed.json", json), &[]);
    assert_eq!(bundle.articles[0].date.as_deref(), Some("2024-05-01T00:30:00+09:00"));
    assert_eq!(urls(&bundle), ["https://e.org/a"]);
    assert!(stderr.contains("cannot read entry 2: "), "{stderr}");

    let site = folder();
    write(&site, "cafe\u{301}.html", "<title>Caf\u{e9}</title><p>Coffee.");
    let sitemap = "<s:urlset xmlns:s='http://www.sitemaps.org/schemas/sitemap/0.9'>\n<s:url></s:url>\n\
        <s:url><s:loc>https://e.org/caf%C3%A9</s:loc></s:url></s:urlset>";
    let sitemap = write(&site, "sitemap.xml", sitemap);
    let (bundle, stderr) = build("--site", site.path(), &["--sitemap", sitemap.to_str().unwrap()]);
    assert_eq!(urls(&bundle), ["https://e.org/caf%C3%A9"]);
    assert!(stderr.contains("sitemap.xml line 2: a page without <loc>"), "{stderr}");
}

#[test]
fn a_build_has_one_source() {
    let two =
        ["build", "--model", "m", "--api", "http://127.0.0.1:9", "-o", "b", "--site", ".", "--csv", "c"];
    assert!(fail_usage(exemplar().args(two)).contains("cannot be used with"));
    let none = ["build", "--model", "m", "--api", "http://127.0.0.1:9", "-o", "b"];
    assert!(fail_usage(exemplar().args(none)).contains("--site"));
}

#[test]
fn what_is_made_to_hurt_is_named_and_the_rest_is_built() {
    let site = folder();
    write(&site, "good.html", "<title>Good</title><p>Text");
    write(&site, "deep.html", "<div>\n".repeat(2_000_000));
    let misnested: String = (0..300_000).map(|i| format!("<p><font color={i}>x")).collect();
    write(&site, "misnested.html", misnested);
    write(&site, "latin.html", b"<meta charset=utf-8><title>Latin</title><p>na\xefve caf\xe9");
    write(&site, "sjis.html", b"<meta charset=euc-jp><title>SJIS</title><p>\x93\xfa\x96{ and more");
    write(&site, "empty.html", "");
    write(&site, "blank.html", " \n\n ");
    let (bundle, stderr) = build("--site", site.path(), &[]);
    let ids: Vec<_> = bundle.articles.iter().map(|article| article.id.as_str()).collect();
    assert_eq!(ids, ["good.html", "latin.html", "sjis.html"], "{stderr}");
    assert!(
        stderr.contains("cannot read deep.html: its elements are nested more than 5000 deep (before line "),
        "{stderr}"
    );
    assert!(
        stderr.contains("cannot read misnested.html: its formatting elements are never closed"),
        "{stderr}"
    );
    assert!(stderr.contains("2: no text (blank.html, empty.html)"), "{stderr}");
    let strict = error("--site", site.path(), &["--strict"]);
    assert!(strict.contains("--strict: 2 could not be read"), "{strict}");

    let site = folder();
    write(&site, "good.md", "Text");
    for (name, text) in
        [("quotes", "> "), ("lists", "- "), ("links", "["), ("emphasis", "*a **b "), ("html", "<div>\n\n")]
    {
        write(&site, &format!("{name}.md"), text.repeat(100_000));
    }
    let (bundle, stderr) = build("--markdown", site.path(), &[]);
    assert!(bundle.articles.iter().any(|article| article.id == "good.md"), "{stderr}");
}
