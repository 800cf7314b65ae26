//! `exemplar init`: writes `exemplar.toml` for the site in the working folder.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};
use scraper::{Html, Selector};

use crate::config::FILE;
use crate::input;
use crate::output::print;

/// Write exemplar.toml, which holds the options of `exemplar build`, for the site in this folder
#[derive(clap::Args)]
pub struct Args {}

/// What makes a site of its sources.
struct Generator {
    name: &'static str,
    /// Files that it alone has, beside its sources. One with `=` after it is told by the text that follows.
    marks: &'static [&'static str],
    /// Folders that it may write to, likeliest first.
    outputs: &'static [&'static str],
    /// Pages of its own that are better not searched.
    exclude: &'static [&'static str],
}

const GENERATORS: &[Generator] = &[
    Generator {
        name: "Docusaurus",
        marks: &["docusaurus.config.js", "docusaurus.config.ts", "docusaurus.config.mjs"],
        outputs: &["build"],
        exclude: &["**/tags/**", "search.html", "search/**"],
    },
    Generator {
        name: "VitePress",
        marks: &[
            "docs/.vitepress/config.mts",
            "docs/.vitepress/config.ts",
            "docs/.vitepress/config.mjs",
            "docs/.vitepress/config.js",
        ],
        outputs: &["docs/.vitepress/dist"],
        exclude: &[],
    },
    Generator {
        name: "VitePress",
        marks: &[
            ".vitepress/config.mts",
            ".vitepress/config.ts",
            ".vitepress/config.mjs",
            ".vitepress/config.js",
        ],
        outputs: &[".vitepress/dist"],
        exclude: &[],
    },
    Generator {
        name: "Astro",
        marks: &["astro.config.mjs", "astro.config.ts", "astro.config.js"],
        outputs: &["dist"],
        exclude: &[],
    },
    Generator {
        name: "MkDocs",
        marks: &["mkdocs.yml", "mkdocs.yaml"],
        outputs: &["site"],
        exclude: &["search.html"],
    },
    Generator {
        name: "Sphinx",
        marks: &["conf.py", "docs/conf.py", "doc/conf.py", "source/conf.py", "docs/source/conf.py"],
        outputs: &["docs/_build/html", "docs/build/html", "doc/_build/html", "build/html", "_build/html"],
        exclude: &["genindex*.html", "py-modindex.html", "search.html", "_modules/**"],
    },
    Generator {
        name: "Hugo",
        marks: &["hugo.toml", "hugo.yaml", "hugo.json", "config.toml=baseURL"],
        outputs: &["public"],
        exclude: &["tags/**", "categories/**"],
    },
    Generator {
        name: "Zola",
        marks: &["zola.toml", "config.toml=base_url"],
        outputs: &["public"],
        exclude: &["tags/**", "categories/**"],
    },
    Generator {
        name: "Eleventy",
        marks: &["eleventy.config.js", "eleventy.config.mjs", "eleventy.config.cjs", ".eleventy.js"],
        outputs: &["_site"],
        exclude: &[],
    },
    Generator { name: "mdBook", marks: &["book.toml"], outputs: &["book"], exclude: &[] },
    Generator { name: "Jekyll", marks: &["_config.yml", "_config.yaml"], outputs: &["_site"], exclude: &[] },
];

/// Where pages may be that no generator's files tell of.
const FOLDERS: &[&str] = &["public", "dist", "_site", "site", "build", "book", "html", "docs", "www", "."];

const MAX_BYTES: u64 = 16 << 20;

pub fn run(_: &Args) -> Result<()> {
    let (name, site, exclude) = recognised()?;
    let text = text(name, &site, exclude);
    let created = fs::OpenOptions::new().write(true).create_new(true).open(FILE);
    match created.and_then(|mut file| std::io::Write::write_all(&mut file, text.as_bytes())) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            bail!("{FILE} is there already, and stays as it is: change it, or remove it first")
        }
        outcome => outcome.with_context(|| format!("cannot write {FILE}"))?,
    }
    print(&format!("wrote {FILE} for {name}, whose pages are in {site}; next: exemplar build"))
}

/// The generator's name, the folder of its pages, and what to leave out.
fn recognised() -> Result<(&'static str, String, &'static [&'static str])> {
    if let Some(generator) =
        GENERATORS.iter().find(|generator| generator.marks.iter().any(|mark| is_there(mark)))
    {
        let built = generator.outputs.iter().find(|output| Path::new(output).is_dir());
        let site = built.or(generator.outputs.first()).copied().unwrap_or(".");
        return Ok((generator.name, site.into(), generator.exclude));
    }
    let Some(site) = FOLDERS.iter().find(|folder| Path::new(folder).join("index.html").is_file()) else {
        bail!(
            "there are no pages here: no file of a generator that is known, and no index.html in {}. Run it where your site is \
             built, or write {FILE} yourself: site = \"FOLDER\"",
            FOLDERS.join(", ")
        );
    };
    let stated = stated(&Path::new(site).join("index.html")).unwrap_or_default().to_lowercase();
    let stated = GENERATORS.iter().find(|generator| stated.starts_with(&generator.name.to_lowercase()));
    Ok(stated
        .map_or(("plain HTML", (*site).into(), &[]), |found| (found.name, (*site).into(), found.exclude)))
}

fn is_there(mark: &str) -> bool {
    match mark.split_once('=') {
        None => Path::new(mark).is_file(),
        Some((file, text)) => {
            let bytes = input::bytes(Path::new(file), MAX_BYTES).unwrap_or_default();
            String::from_utf8_lossy(&bytes).contains(text)
        }
    }
}

/// What a page says it was made by.
fn stated(page: &Path) -> Option<String> {
    let bytes = input::bytes(page, MAX_BYTES).ok()?;
    let page = Html::parse_document(&String::from_utf8_lossy(&bytes));
    let meta = Selector::parse("meta[name=generator][content]").ok()?;
    page.select(&meta).find_map(|meta| meta.attr("content")).map(String::from)
}

fn text(name: &str, site: &str, exclude: &[&str]) -> String {
    let exclude = match exclude {
        [] => "# exclude = [\"drafts/**\"]".to_owned(),
        _ => format!("exclude = {exclude:?}"),
    };
    format!(
        "# Options of `exemplar build`, by their names; those of the command line win. `exemplar build --help` lists them.\n\
         \n\
         # The folder of pages ({name}).\n\
         site = \"{site}\"\n\
         \n\
         # Put the search box into every page. Without it, the build prints the two lines for your template.\n\
         inject = true\n\
         \n\
         # Pages that are not searched.\n\
         {exclude}\n\
         \n\
         # Where the site is on its host. Without it, 404.html and pages with a <base> get no search box.\n\
         # base-url = \"/\"\n\
         \n\
         # A smaller model, for English; or no model: keywords alone.\n\
         # model = \"all-MiniLM-L6-v2\"\n\
         # no-vectors = true\n"
    )
}
