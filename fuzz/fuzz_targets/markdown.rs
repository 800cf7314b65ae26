//! A Markdown page with its front matter in YAML or TOML.
#![no_main]

use std::sync::LazyLock;

use exemplar_search_fuzz::Site;
use libfuzzer_sys::fuzz_target;

static SITE: LazyLock<Site> = LazyLock::new(|| Site::new("page.md", &[], &["--markdown", "{}"]));

fuzz_target!(|input: &[u8]| SITE.read(input));
