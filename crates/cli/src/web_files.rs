//! What a page needs to search, which the command carries inside itself: the client, its core, the search box. `scripts/web.sh`
//! puts them into `web/` of this crate. A released command has them compiled in; others read them from there as they run, so that
//! they can be compiled before the core.

use std::borrow::Cow;

use anyhow::{Result, bail};

/// What pages name. The other modules are there before these, as these import them.
pub const COMPONENT: &str = "component/exemplar-search.js";
const CLIENT: &str = "client/exemplar-search.js";

/// A file's path, with `/` between folders, and what is in it.
pub type WebFile = (String, Cow<'static, [u8]>);

/// All of them, in the order in which they are to be written.
///
/// # Errors
///
/// Where the command was compiled without them.
pub fn all() -> Result<Vec<WebFile>> {
    let mut files = carried()?;
    if !files.iter().any(|(path, _)| path == COMPONENT) {
        bail!(
            "this command was compiled without the search box: make it with ./build.sh dist and compile the \
             command again, or install it with `cargo install exemplar-search-cli`; -o FILE.json writes a bundle alone"
        );
    }
    files.sort_by_key(|(path, _)| (matches!(path.as_str(), CLIENT | COMPONENT), path.clone()));
    Ok(files)
}

#[cfg(not(debug_assertions))]
fn carried() -> Result<Vec<WebFile>> {
    #[derive(rust_embed::Embed)]
    #[folder = "web/"]
    #[allow_missing = true]
    struct Web;
    Ok(Web::iter().filter_map(|path| Some((path.to_string(), Web::get(&path)?.data))).collect())
}

/// The tests, which run before the core is compiled, name another folder.
#[cfg(debug_assertions)]
fn carried() -> Result<Vec<WebFile>> {
    let folder = std::env::var("EXEMPLAR_WEB_FILES");
    let folder = folder.unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/web").into());
    let mut files = Vec::new();
    for entry in
        walkdir::WalkDir::new(&folder).into_iter().flatten().filter(|entry| entry.file_type().is_file())
    {
        let path = entry.path().strip_prefix(&folder)?.iter().filter_map(|part| part.to_str());
        files.push((path.collect::<Vec<_>>().join("/"), std::fs::read(entry.path())?.into()));
    }
    Ok(files)
}
