//! Pages as real generators wrote them, in tests/generators: of all that stands on them, only the article is read.

use std::fs;
use std::path::Path;

use exemplar_search::json::Value;

use crate::support::{exemplar, folder, read_bundle, succeed, write};

#[test]
fn of_a_generators_page_the_article_alone_is_read() {
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/generators");
    let expected = fs::read_to_string(pages.join("text.txt")).unwrap();
    let anchors = ["requirements", "set-up-the-first-machine", "remove-it-again"];
    for name in ["docusaurus", "mkdocs", "mkdocs-material", "mkdocs-readthedocs", "sphinx-furo"] {
        let site = folder();
        write(&site, "page.html", fs::read_to_string(pages.join(format!("{name}.html"))).unwrap());
        let out = site.path().join("bundle.json");
        succeed(exemplar().args(["build", "--no-vectors", "--site"]).arg(site.path()).arg("-o").arg(&out));
        let bundle = read_bundle(&out);
        let article = &bundle.articles[0];
        assert_eq!((article.title.as_str(), article.lang.as_deref()), ("Installation", Some("en")), "{name}");
        let [passage] = bundle.passages.as_slice() else { panic!("{name}: {:?}", bundle.passages) };
        assert_eq!(passage.text, expected.trim_end(), "{name}");
        let sections = passage.extra.get("sections").and_then(Value::as_array).unwrap();
        let of = |section: &Value| {
            section.as_object().and_then(|section| section.get("anchor")?.as_str().map(str::to_owned))
        };
        let found: Vec<_> = sections.iter().filter_map(of).collect();
        assert_eq!(found, anchors, "{name}");
    }
}
