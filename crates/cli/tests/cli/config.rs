//! `exemplar.toml`, and `exemplar init` that writes it.

use std::fs;

use crate::output_folder::site;
use crate::support::{TestApi, exemplar, fail, fail_usage, folder, read_bundle, succeed, write};

fn build(folder: &std::path::Path) -> std::process::Command {
    let mut command = exemplar();
    command.env("EXEMPLAR_WEB_FILES", std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www"));
    command.current_dir(folder).arg("build");
    command
}

#[test]
fn the_file_holds_options_and_the_command_line_wins() {
    let (root, public) = site();
    let config = "site = \"public\"\nno-vectors = true\nbase-url = \"/is\"\nexclude = [\"posts/**\", \"drafts/**\"]\nmax-chars = 400\n\
                  keywords = true\nstrict = false\n";
    fs::write(root.path().join("exemplar.toml"), config).unwrap();
    succeed(&mut build(root.path()));
    let bundle = read_bundle(&public.join("exemplar/bundle.json"));
    assert!(bundle.articles.iter().all(|article| !article.id.starts_with("posts/")));
    assert!(bundle.articles.iter().all(|article| article.url.starts_with("/is/")));

    succeed(build(root.path()).args(["--base-url", "/fo", "--exclude", "drafts/**", "-o", "bundle.json"]));
    let bundle = read_bundle(&root.path().join("bundle.json"));
    assert!(bundle.articles.iter().any(|article| article.id.starts_with("posts/")));
    assert!(bundle.articles.iter().all(|article| article.url.starts_with("/fo/")));

    // What cannot be together gives way: another source, and an API.
    let items = "{\"title\": \"A\", \"url\": \"a.html\", \"text\": \"one\"}";
    write(&root, "items.jsonl", items);
    fs::write(root.path().join("exemplar.toml"), "site = \"public\"\nno-vectors = true\n").unwrap();
    let api = TestApi::start_answering();
    let other = ["--items", "items.jsonl", "--api", &api.url, "--model", "m", "-o", "items.json"];
    succeed(build(root.path()).args(other));
    assert_eq!(read_bundle(&root.path().join("items.json")).space.dimensions, 3);
}

#[test]
fn what_is_wrong_in_the_file_is_told_by_line_and_name() {
    let root = folder();
    for (config, told) in [
        ("site = \"public\"\n\nexlude = \"a\"\n", "line 3: there is no key exlude: is exclude meant?"),
        ("colour = 1\n", "line 1: there is no key colour: the keys are the options"),
        ("strict = \"yes\"\n", "strict: expected true or false"),
        ("lang = [\"en\"]\n", "lang: takes one value, not a list"),
        ("lang = { a = 1 }\n", "lang: expected a text or a number"),
        ("site = \n", "exemplar.toml: TOML parse error at line 1"),
        ("site = \"C:\\Users\\public\"\n", "write paths with /, which Windows takes too"),
        ("site = 'build\\public'\n", "with / between folders"),
    ] {
        fs::write(root.path().join("exemplar.toml"), config).unwrap();
        let error = fail(&mut build(root.path()));
        assert!(error.contains(told), "{config}: {error}");
    }
    fs::write(root.path().join("exemplar.toml"), "max-chars = 0\n").unwrap();
    let error = fail_usage(build(root.path()).args(["--site", "."]));
    assert!(error.contains("--max-chars"), "{error}");
    fs::write(root.path().join("exemplar.toml"), [0xff]).unwrap();
    assert!(fail(&mut build(root.path())).contains("is not UTF-8"));
    // Other commands do not read it.
    assert!(
        !fail(exemplar().current_dir(root.path()).args(["inspect", "none.json"])).contains("exemplar.toml")
    );
}

#[test]
fn words_alone_are_searched_without_a_model() {
    let (root, public) = site();
    let (stdout, _) = succeed(build(root.path()).args(["--site", "public", "--no-vectors"]));
    assert!(stdout.contains("Put these two lines into your pages"), "{stdout}");
    let bundle = public.join("exemplar/bundle.json");
    let (stdout, _) = succeed(exemplar().arg("search").arg(&bundle).args(["--query", "moon", "-k", "1"]));
    assert!(stdout.contains("posts/moon"), "{stdout}");
    let first = read_bundle(&bundle).articles[0].id.clone();
    succeed(exemplar().arg("search").arg(&bundle).args(["--more", &first]));
    let error = fail(build(root.path()).args(["--site", "public", "--no-vectors", "--keywords", "off"]));
    assert!(error.contains("--no-vectors"), "{error}");
    // Where there is neither model nor API, it is offered.
    let error = fail(build(root.path()).args(["--site", "public"]));
    assert!(error.contains("--no-vectors"), "{error}");
}

#[test]
fn init_recognises_what_makes_the_site() {
    for (name, files, site) in [
        ("mdBook", &[("book.toml", "[book]\n")][..], "book"),
        ("Hugo", &[("config.toml", "baseURL = \"/\"\n")], "public"),
        ("Zola", &[("config.toml", "base_url = \"/\"\n")], "public"),
        ("Docusaurus", &[("docusaurus.config.ts", "")], "build"),
        ("VitePress", &[("docs/.vitepress/config.mts", "")], "docs/.vitepress/dist"),
        ("Astro", &[("astro.config.mjs", "")], "dist"),
        ("MkDocs", &[("mkdocs.yml", "")], "site"),
        ("Sphinx", &[("docs/conf.py", ""), ("docs/build/html/index.html", "")], "docs/build/html"),
        ("Eleventy", &[("eleventy.config.js", "")], "_site"),
        ("Jekyll", &[("_config.yml", "")], "_site"),
        ("Hugo", &[("www/index.html", "<meta name=\"generator\" content=\"Hugo 0.1\">")], "www"),
        ("plain HTML", &[("public/index.html", "<h1>Hello</h1>")], "public"),
        ("plain HTML", &[("index.html", "<h1>Hello</h1>")], "."),
    ] {
        let root = folder();
        for (file, text) in files {
            write(&root, file, text);
        }
        let (stdout, _) = succeed(exemplar().current_dir(root.path()).arg("init"));
        assert!(stdout.contains(name), "{name}: {stdout}");
        let config = fs::read_to_string(root.path().join("exemplar.toml")).unwrap();
        assert!(config.contains(&format!("\nsite = \"{site}\"\n")), "{name}: {config}");
        // It builds as it stands, and is never overwritten.
        write(&root, &format!("{site}/page.html"), "<h1>Page</h1><p>A page of the site with some text.</p>");
        succeed(build(root.path()).arg("--no-vectors"));
        let error = fail(exemplar().current_dir(root.path()).arg("init"));
        assert!(error.contains("is there already"), "{error}");
    }
    let root = folder();
    let error = fail(exemplar().current_dir(root.path()).arg("init"));
    assert!(error.contains("no pages"), "{error}");
}
