//! What a site's owner wants to know of a build.

use std::borrow::Cow;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;

use super::finished::Facts;

/// From so many bytes on, a bundle is better in shards.
const LARGE: usize = 3_000_000;

/// Lines on a bundle that was written with the files of its output folder.
pub fn lines(facts: &Facts, files: &[(String, Cow<[u8]>)]) -> Vec<String> {
    let mut lines = vec![format!("  languages: {}", facts.languages)];
    let is_sharded = facts.is_sharded();
    let sum = |is_counted: &dyn Fn(&str) -> bool| -> usize {
        files.iter().filter(|(name, _)| is_counted(name)).map(|(_, contents)| packed(contents)).sum()
    };
    let (code, data) = (sum(&|name| is_code(name, is_sharded)), sum(&is_loaded));
    let more = if is_sharded { ", and the shards that the query needs" } else { "" };
    lines.push(format!(
        "  a reader's first search loads {} kB of code and {} kB of the bundle, compressed{more}",
        code.div_ceil(1000),
        data.div_ceil(1000)
    ));
    if data > LARGE {
        lines.push("  that is a lot: with --layout shards, readers load only what a query needs".into());
    }
    lines
}

/// Whether a page with the box loads this file, at the latest for its first search: of the core's two parts, that for the bundle, as
/// it is packed; of the languages none, as English is in the box itself, like the client.
fn is_code(name: &str, is_sharded: bool) -> bool {
    if name.starts_with("component/strings/") || !(name.ends_with(".js") || name.ends_with(".wasm.gz")) {
        return false;
    }
    let core = if is_sharded { "client/pkg-shards/" } else { "client/pkg-whole/" };
    name == "client/worker.js" || ["component/", core].iter().any(|start| name.starts_with(start))
}

/// Whether any search loads this file of the bundle.
fn is_loaded(name: &str) -> bool {
    !name.starts_with("client/")
        && !name.starts_with("component/")
        && (!name.contains('/') || name.contains("/start-"))
}

/// Its size as hosts send it.
fn packed(contents: &[u8]) -> usize {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to memory does not fail. What is packed already stays as large.
    let _ = encoder.write_all(contents);
    encoder.finish().unwrap_or_default().len().min(contents.len())
}

#[cfg(test)]
mod tests {
    use super::is_code;

    #[test]
    fn code_is_what_a_page_loads() {
        for name in ["client/worker.js", "component/exemplar-search.js"] {
            assert!(is_code(name, true) && is_code(name, false), "{name}");
        }
        let core = "client/pkg-shards/exemplar_search_bg.wasm.gz";
        assert!(is_code(core, true) && !is_code(core, false));
        for name in [
            "client/pkg-shards/exemplar_search_bg.wasm",
            "client/pkg/exemplar_search_bg.wasm.gz",
            "client/exemplar-search.js",
            "client/service-worker.js",
            "component/element.d.ts",
            "component/strings/ja.js",
        ] {
            assert!(!is_code(name, true), "{name}");
        }
    }
}
