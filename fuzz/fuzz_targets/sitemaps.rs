//! A sitemap, or a sitemap of sitemaps, also with gzip, beside the two pages that it may list.
#![no_main]

use std::sync::LazyLock;

use exemplar_search_fuzz::Site;
use libfuzzer_sys::fuzz_target;

const FILES: &[(&str, &str)] = &[
    ("index.html", "<title>Tides</title><p>The moon moves the sea."),
    ("a.html", "<title>Wind</title><p>It drives the waves."),
    ("sitemap-a.xml", "<urlset><url><loc>https://e.org/a</loc></url></urlset>"),
];

static SITE: LazyLock<Site> =
    LazyLock::new(|| Site::new("sitemap.xml", FILES, &["--site", "{}", "--sitemap", "{}/sitemap.xml"]));

fuzz_target!(|input: &[u8]| SITE.read(input));
