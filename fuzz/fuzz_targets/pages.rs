//! A built HTML page.
#![no_main]

use std::sync::LazyLock;

use exemplar_search_fuzz::Site;
use libfuzzer_sys::fuzz_target;

static SITE: LazyLock<Site> = LazyLock::new(|| {
    Site::new("page.html", &[], &["--site", "{}", "--exclude-selector", ".x", "--keep-lists"])
});

fuzz_target!(|input: &[u8]| SITE.read(input));
