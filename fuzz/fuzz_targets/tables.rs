//! A table: CSV by the standard, by spreadsheets, or TSV.
#![no_main]

use std::sync::LazyLock;

use exemplar_search_fuzz::Site;
use libfuzzer_sys::fuzz_target;

static SITE: LazyLock<Site> = LazyLock::new(|| Site::new("site.csv", &[], &["--csv", "{}/site.csv"]));

fuzz_target!(|input: &[u8]| SITE.read(input));
