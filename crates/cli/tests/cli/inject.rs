//! `exemplar build --inject`: the search box on the pages of a site.

use std::fs;
use std::path::Path;

use crate::output_folder::{build, contents, site, write_in};
use crate::support::{TestApi, fail, folder, rust_book, succeed};

#[test]
fn every_page_gets_the_box_once() {
    let (api, (_root, public)) = (TestApi::start_answering(), site());
    write_in(
        &public,
        "deep/er/page.html",
        "<!doctype html>\n<title>Deep</title>\n<p>The page of the deep sea</p>\n",
    );
    write_in(
        &public,
        "strict.html",
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'\"><p>Strict</p>",
    );
    write_in(&public, "based.html", "<base href=\"/elsewhere/\"><p>Based</p>");
    let before = contents(&public);
    let (stdout, _) = succeed(build(&api, &public).arg("--inject"));
    assert!(stdout.contains("which of them had it already") || stdout.contains("had it already"), "{stdout}");
    for told in
        ["(strict.html)", "script-src 'self' is needed", "its <base> moves", "(404.html)", "another page"]
    {
        assert!(stdout.contains(told), "{told}: {stdout}");
    }
    let page = fs::read_to_string(public.join("deep/er/page.html")).unwrap();
    assert_eq!(
        page,
        "<!doctype html>\n<title>Deep</title>\n<!--exemplar-search-->\
         <script type=\"module\" src=\"../../exemplar/component/exemplar-search.js\"></script><!--/exemplar-search-->\
         <!--exemplar-search--><exemplar-search \
         style=\"display:block;position:relative;z-index:1000;max-inline-size:40rem;margin:.5rem auto\" \
         bundle=\"../../exemplar/bundle.json\" base=\"../../\"></exemplar-search>\
         <!--/exemplar-search--><p>The page of the deep sea</p>\n"
    );
    for (name, bytes) in &before {
        let after = fs::read(public.join(name)).unwrap();
        let text = String::from_utf8_lossy(&after);
        assert!(after == *bytes || text.matches("<exemplar-search ").count() == 1, "{}", name.display());
    }

    // Once more: nothing changes, nor what is found in the pages.
    let first = contents(&public);
    let (stdout, _) = succeed(build(&api, &public).arg("--inject"));
    assert_eq!(contents(&public), first, "{stdout}");

    // Where the site is known, so is the way from any page.
    succeed(build(&api, &public).args(["--inject", "--base-url", "https://example.org/docs"]));
    let page = fs::read_to_string(public.join("based.html")).unwrap();
    assert!(page.contains("src=\"/docs/exemplar/component/"), "{page}");
    assert!(fs::read_to_string(public.join("404.html")).unwrap().contains("/docs/exemplar/bundle.json"));
}

#[test]
fn the_box_needs_a_folder_within_the_site() {
    let (api, (root, public)) = (TestApi::start_answering(), site());
    let error = fail(build(&api, &public).args(["--inject", "-o"]).arg(root.path().join("bundle.json")));
    assert!(error.contains("--inject") && error.contains("leave --output away"), "{error}");
    let error = fail(build(&api, &public).args(["--inject", "-o"]).arg(root.path().join("search/")));
    assert!(error.contains("--inject") && error.contains("within --site"), "{error}");
    assert!(!root.path().join("search").exists());
    assert_eq!(api.received().len(), 0);
}

#[cfg(unix)]
#[test]
fn pages_outside_the_site_stay_and_permissions_too() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (api, (root, public)) = (TestApi::start_answering(), site());
    fs::write(root.path().join("outside.html"), "<h1>Outside</h1><p>of the site</p>").unwrap();
    symlink(root.path().join("outside.html"), public.join("linked.html")).unwrap();
    let page = public.join("index.html");
    fs::set_permissions(&page, fs::Permissions::from_mode(0o604)).unwrap();
    let (stdout, _) = succeed(build(&api, &public).arg("--inject"));
    assert!(stdout.contains("outside of the site (linked.html)"), "{stdout}");
    assert!(!fs::read_to_string(root.path().join("outside.html")).unwrap().contains("exemplar"));
    assert!(fs::read_to_string(&page).unwrap().contains("<exemplar-search "));
    assert_eq!(fs::metadata(&page).unwrap().permissions().mode() & 0o777, 0o604);
}

#[test]
fn a_book_of_many_pages_is_as_it_was_but_for_the_lines() {
    let Some(book) = rust_book() else { return };
    let (api, root) = (TestApi::start_answering(), folder());
    for page in fs::read_dir(book).unwrap().flatten() {
        if page.path().extension().is_some_and(|extension| extension == "html") {
            fs::copy(page.path(), root.path().join(page.file_name())).unwrap();
        }
    }
    let before = contents(root.path());
    let injected = |more: &[&str]| succeed(build(&api, root.path()).arg("--inject").args(more)).0;
    let first = injected(&["--include", "ch16*"]);
    assert!(first.contains("the search box is on 1"), "{first}");
    for (name, bytes) in before {
        let after = fs::read_to_string(root.path().join(&name)).unwrap();
        let mut rest = String::new();
        for (i, part) in after.split("<!--exemplar-search-->").enumerate() {
            rest += if i == 0 { part } else { part.split_once("<!--/exemplar-search-->").unwrap().1 };
        }
        assert!(rest.as_bytes() == bytes, "{}", Path::new(&name).display());
    }
}
