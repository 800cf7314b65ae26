//! A sitemap (sitemaps.org): the addresses of a site's pages. Also a sitemap of sitemaps, one with an address a line, and
//! each of them with gzip.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anyhow::{Result, anyhow, bail};
use flate2::read::MultiGzDecoder;
use percent_encoding::percent_decode_str;
use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;
use unicode_normalization::UnicodeNormalization;
use url::Url;

use super::{date, xml};
use crate::input;

/// What sitemaps.org allows, uncompressed.
const MAX_BYTES: u64 = 50 << 20;

/// What a sitemap of sitemaps may list.
const MAX_SITEMAPS: usize = 1_000;

/// Leading parts of an address that may not be folders of the site, such as `project` at GitHub Pages.
const MAX_BASE_PARTS: usize = 4;

/// An address in a sitemap.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub url: String,
    /// `<lastmod>`
    pub date: Option<String>,
    /// Where it stands, for people.
    pub place: String,
}

/// What a sitemap file holds.
#[derive(Debug, PartialEq)]
enum Content {
    Pages(Vec<Entry>),
    Sitemaps(Vec<Entry>),
}

/// The pages that the sitemap at `path` lists, in order. Sitemaps that it lists are looked for in `folder` by their
/// addresses, else beside it by their names.
pub fn read(path: &Path, folder: &Path) -> Result<Vec<Entry>> {
    let sitemaps = match read_file(path)? {
        Content::Pages(pages) => return Ok(pages),
        Content::Sitemaps(sitemaps) => sitemaps,
    };
    if sitemaps.len() > MAX_SITEMAPS {
        bail!("{} lists {} sitemaps, more than {MAX_SITEMAPS}", path.display(), sitemaps.len());
    }
    let mut pages = Vec::new();
    for Entry { url, place, .. } in sitemaps {
        let file = local_file(&url, path, folder)
            .ok_or_else(|| anyhow!("{place}: there is no file for {url} in {}", folder.display()))?;
        match read_file(&file)? {
            Content::Pages(more) => pages.extend(more),
            Content::Sitemaps(_) => bail!("{}: a sitemap of sitemaps must not list another", file.display()),
        }
    }
    Ok(pages)
}

/// None where the address would lead out of the folder, as `..%2f` and `//` may.
fn local_file(url: &str, listed_in: &Path, folder: &Path) -> Option<PathBuf> {
    let parts = parts(url)?;
    let is_name = |part: &String| Path::new(part).file_name() == Some(OsStr::new(part));
    let name = parts.last().filter(|name| is_name(name))?;
    let ends = (0..parts.len()).map(|skip| &parts[skip..]).filter(|end| end.iter().all(is_name));
    let in_folder = ends.map(|end| folder.join(end.join("/")));
    in_folder.chain([listed_in.with_file_name(name)]).find(|file| file.is_file())
}

fn read_file(path: &Path) -> Result<Content> {
    let name = path.display().to_string();
    let bytes = input::bytes(path, MAX_BYTES).map_err(|problem| anyhow!("cannot read {name}: {problem}"))?;
    let bytes = match bytes.starts_with(&[0x1f, 0x8b]) {
        false => bytes,
        true => input::read(MultiGzDecoder::new(bytes.as_slice()), MAX_BYTES)
            .map_err(|error| anyhow!("cannot read {name}: {error}"))?
            .ok_or_else(|| anyhow!("cannot read {name}: it has more than {} MB unpacked", MAX_BYTES >> 20))?,
    };
    parse(&bytes, &name).map_err(|(line, problem)| anyhow!("{name} line {line}: {problem}"))
}

/// `name` is the file's, for places. The error has its line.
fn parse(bytes: &[u8], name: &str) -> Result<Content, (usize, String)> {
    let text = std::str::from_utf8(bytes)
        .map_err(|e| (xml::line(bytes, e.valid_up_to() as u64), "a sitemap must be UTF-8".to_owned()))?;
    let text = text.trim_start_matches('\u{feff}');
    if !text.trim_start().starts_with('<') {
        return Ok(Content::Pages(parse_lines(text, name)?));
    }
    let mut reader = Reader::from_str(text);
    let mut entries = Entries { name, ..Entries::default() };
    loop {
        let event = reader
            .read_event()
            .map_err(|error| (xml::line(text.as_bytes(), reader.error_position()), error.to_string()))?;
        let line = xml::line(text.as_bytes(), reader.buffer_position());
        match event {
            Event::Start(tag) => entries.start(tag.name().as_ref(), line)?,
            Event::End(_) => entries.end(),
            Event::Text(part) => entries.value.push_str(&part),
            Event::CData(part) => entries.value.push_str(&part),
            Event::GeneralRef(name) => {
                let known = name.resolve_char_ref().ok().flatten().map(String::from);
                let known = known.or_else(|| resolve_predefined_entity(&name).map(str::to_owned));
                entries.value.push_str(&known.unwrap_or_default());
            }
            Event::Eof if entries.open.is_empty() => break,
            Event::Eof => return Err((line, format!("it ends within <{}>", entries.open.join("><")))),
            _ => {}
        }
    }
    Ok(match entries.is_index {
        true => Content::Sitemaps(entries.all),
        false => Content::Pages(entries.all),
    })
}

/// The entries of a sitemap in XML, as its tags come.
#[derive(Default)]
struct Entries<'a> {
    /// The file's, for places.
    name: &'a str,
    /// The tags that are open, outermost first, without the prefix of the sitemap's own: `image:loc` is not the page's.
    open: Vec<String>,
    /// What stands before the names of the sitemap's own tags, such as `sm:`.
    prefix: String,
    /// Whether it is a sitemap of sitemaps.
    is_index: bool,
    /// The text since the last tag began.
    value: String,
    entry: Option<Entry>,
    all: Vec<Entry>,
}

impl Entries<'_> {
    fn start(&mut self, tag: &str, line: usize) -> Result<(), (usize, String)> {
        self.value.clear();
        if self.open.is_empty() {
            self.prefix = tag.split_once(':').map_or(String::new(), |(prefix, _)| format!("{prefix}:"));
        }
        self.open.push(tag.strip_prefix(&self.prefix).unwrap_or(tag).to_owned());
        match self.open.as_slice() {
            [root] if ["urlset", "sitemapindex"].contains(&root.as_str()) => {
                self.is_index = root == "sitemapindex";
            }
            [_] => return Err((line, format!("expected <urlset> or <sitemapindex>, found <{tag}>"))),
            [_, item] if ["url", "sitemap"].contains(&item.as_str()) => {
                let place = format!("{} line {line}", self.name);
                self.entry = Some(Entry { url: String::new(), date: None, place });
            }
            _ => {}
        }
        Ok(())
    }

    fn end(&mut self) {
        let open: Vec<&str> = self.open.iter().map(String::as_str).collect();
        match (open.as_slice(), &mut self.entry) {
            ([_, "url" | "sitemap", "loc"], Some(entry)) => entry.url = self.value.trim().to_owned(),
            ([_, "url" | "sitemap", "lastmod"], Some(entry)) => entry.date = date::iso(&self.value),
            ([_, "url" | "sitemap"], entry) => self.all.extend(entry.take()),
            _ => {}
        }
        self.open.pop();
    }
}

/// A line that is no address stays an entry, for which there is no page; but a file without any is no sitemap.
fn parse_lines(text: &str, name: &str) -> Result<Vec<Entry>, (usize, String)> {
    let lines = (1..).zip(text.lines().map(str::trim)).filter(|(_, line)| !line.is_empty());
    let entry = |(number, line): (usize, &str)| Entry {
        url: line.to_owned(),
        date: None,
        place: format!("{name} line {number}"),
    };
    let entries: Vec<_> = lines.map(entry).collect();
    match entries.iter().any(|entry| Url::parse(&entry.url).is_ok()) {
        true => Ok(entries),
        false => Err((1, format!("expected a web address, found {}", crate::text::excerpt(text, 60)))),
    }
}

/// The file of each address among `files`, paths with `/` between folders: its path, less as many leading parts as fit
/// most of the addresses.
pub fn files_of<'a>(entries: &[Entry], files: &'a [String]) -> Vec<Option<&'a str>> {
    let by_path: HashMap<String, &str> = files.iter().map(|path| (composed(path), path.as_str())).collect();
    let with_base = |skip| -> Vec<Option<&str>> {
        entries.iter().map(|entry| find(&parts(&entry.url)?, skip, &by_path)).collect()
    };
    let found = |files: &Vec<Option<&str>>| files.iter().flatten().count();
    // The first of equals is taken: the shortest base.
    (0..MAX_BASE_PARTS).map(with_base).rev().max_by_key(found).unwrap_or_default()
}

/// The decoded parts of an address's path; the last is empty where it ends in `/`.
fn parts(url: &str) -> Option<Vec<String>> {
    let url = Url::parse(url).ok()?;
    url.path_segments()?.map(|part| Some(percent_decode_str(part).decode_utf8().ok()?.into_owned())).collect()
}

/// With each letter and its marks as one character: macOS takes file names apart, addresses mostly are not.
fn composed(path: &str) -> String {
    path.nfc().collect()
}

fn find<'a>(parts: &[String], skip: usize, files: &HashMap<String, &'a str>) -> Option<&'a str> {
    let path = composed(&parts.get(skip..).filter(|parts| !parts.is_empty())?.join("/"));
    let stem = path.trim_end_matches('/');
    let index = match stem {
        "" => "index.html".to_owned(),
        _ => format!("{stem}/index.html"),
    };
    [path.clone(), format!("{stem}.html"), index, format!("{stem}.htm")]
        .iter()
        .find_map(|path| files.get(path).copied())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{Content, Entry, files_of, local_file, parse};

    fn urls(text: &str) -> Vec<String> {
        match parse(text.as_bytes(), "s.xml").unwrap() {
            Content::Pages(entries) | Content::Sitemaps(entries) => {
                entries.into_iter().map(|entry| entry.url).collect()
            }
        }
    }

    #[test]
    fn addresses_and_dates_are_read() {
        let text = "<?xml version=\"1.0\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n\
            <url><loc> https://e.org/a?b&amp;c&#x41; </loc><lastmod>2024-05-01</lastmod>\n\
            <image:image><image:loc>https://e.org/i.png</image:loc></image:image></url>\n\
            <url><loc><![CDATA[https://e.org/d]]></loc></url></urlset>";
        let Content::Pages(entries) = parse(text.as_bytes(), "s.xml").unwrap() else { panic!() };
        let entry = |url: &str, date: Option<&str>, line| Entry {
            url: url.into(),
            date: date.map(str::to_owned),
            place: format!("s.xml line {line}"),
        };
        assert_eq!(
            entries,
            [entry("https://e.org/a?b&cA", Some("2024-05-01"), 3), entry("https://e.org/d", None, 5)]
        );
        assert_eq!(urls("https://e.org/a\n\nhttps://e.org/b\n"), ["https://e.org/a", "https://e.org/b"]);
        let index = "<sitemapindex><sitemap><loc>https://e.org/s.xml</loc></sitemap></sitemapindex>";
        assert!(matches!(parse(index.as_bytes(), "").unwrap(), Content::Sitemaps(list) if list.len() == 1));
        let prefixed = "<!-- <sitemapindex> --><sm:urlset xmlns:sm=\"x\"><sm:url><sm:loc>https://e.org/a</sm:loc>\
            <image:loc>https://e.org/i.png</image:loc></sm:url><sm:url/><sm:url></sm:url></sm:urlset>";
        let Content::Pages(entries) = parse(prefixed.as_bytes(), "").unwrap() else {
            panic!("a sitemap of sitemaps")
        };
        assert_eq!(
            entries.iter().map(|entry| entry.url.as_str()).collect::<Vec<_>>(),
            ["https://e.org/a", ""]
        );
        assert_eq!(urls("https://e.org/a\nwhat\n"), ["https://e.org/a", "what"]);
    }

    #[test]
    fn what_is_wrong_is_told_with_its_line() {
        for (text, line, problem) in [
            ("<urlset>\n<url>\n</urlset>", 3, ""),
            ("\n<!DOCTYPE html>\n<html></html>", 3, "found <html>"),
            ("<urlset>\n<url><loc>https://e.org", 2, "it ends within <urlset><url><loc>"),
            ("what\never", 1, "expected a web address"),
            ("\n<a:html></a:html>", 2, "found <a:html>"),
        ] {
            let (found, error) = parse(text.as_bytes(), "").unwrap_err();
            assert!(found == line && error.contains(problem), "{text}: {found} {error}");
        }
        assert_eq!(parse(b"\n\xff", "").unwrap_err().0, 2);
    }

    #[test]
    fn addresses_lead_to_files_however_the_site_is_served() {
        let files = ["index.html", "a/index.html", "b.html", "日 本.html"].map(String::from);
        let entry =
            |path: &str| Entry { url: format!("https://e.github.io{path}"), date: None, place: "".into() };
        let entries: Vec<_> = [
            "/p/",
            "/p/a/",
            "/p/a",
            "/p/b",
            "/p/b.html",
            "/p/%E6%97%A5%20%E6%9C%AC.html",
            "/p/../../etc/passwd",
            "/p/none",
        ]
        .map(entry)
        .to_vec();
        let found = files_of(&entries, &files);
        let expected = [
            Some("index.html"),
            Some("a/index.html"),
            Some("a/index.html"),
            Some("b.html"),
            Some("b.html"),
            Some("日 本.html"),
            None,
            None,
        ];
        assert_eq!(found, expected);
        let taken_apart = ["cafe\u{301}.html"].map(String::from);
        assert_eq!(files_of(&[entry("/caf%C3%A9")], &taken_apart), [Some("cafe\u{301}.html")]);
        let at_root: Vec<_> = ["/", "/a/", "/b"].map(entry).to_vec();
        assert_eq!(files_of(&at_root, &files), [Some("index.html"), Some("a/index.html"), Some("b.html")]);
    }
    #[test]
    fn no_address_of_a_sitemap_leads_out_of_the_folder() {
        let root = tempfile::tempdir().unwrap();
        let (folder, outside) = (root.path().join("site"), root.path().join("secret.xml"));
        fs::create_dir_all(folder.join("maps")).unwrap();
        for file in [&outside, &folder.join("maps/a.xml")] {
            fs::write(file, "<urlset></urlset>").unwrap();
        }
        let found = |path: &str| local_file(&format!("https://e.org/{path}"), &folder.join("s.xml"), &folder);
        for path in ["maps/a.xml", "p/maps/a.xml", "/maps/a.xml"] {
            assert_eq!(found(path).as_deref(), Some(folder.join("maps/a.xml").as_path()), "{path}");
        }
        let whole = outside.to_str().unwrap();
        for path in
            ["..%2fsecret.xml", "x/..%2fsecret.xml", whole, &whole.replace('/', "%2f"), "%2e%2e/secret.xml"]
        {
            assert_eq!(found(path), None, "{path}");
        }
    }
}
