//! `exemplar doctor`: what of a site cannot be found.

use crate::support::{exemplar, folder, rust_book, sites, succeed, write};

#[test]
fn what_is_left_out_is_named_with_the_reason() {
    let (stdout, _) = succeed(exemplar().args(["doctor", "--site"]).arg(sites().join("sea-notes")));
    for reason in ["pages can be found, ", "redirect to another page (old.html)", "no text (empty.html)"] {
        assert!(stdout.contains(reason), "{reason}\nis not in\n{stdout}");
    }
}

#[test]
fn chapters_of_a_book_have_little_in_the_way() {
    let Some(book) = rust_book() else { return };
    let (stdout, _) = succeed(exemplar().args(["doctor", "--include", "ch16*", "--site"]).arg(book));
    assert!(stdout.contains("pages can be found") && !stdout.contains("headings without an id"), "{stdout}");
}

#[test]
fn the_site_s_own_file_says_what_it_says_of_a_build() {
    let folder = folder();
    write(
        &folder,
        "public/a.html",
        "<html><title>A</title><main><p>The sea rises and falls.</p></main></html>",
    );
    write(&folder, "exemplar.toml", "site = \"public\"\nlang = \"en\"\nno-vectors = true\n");
    let (stdout, _) = succeed(exemplar().arg("doctor").current_dir(folder.path()));
    assert!(
        stdout.contains("harder    1: hardly any text (a.html)") && !stdout.contains("no language"),
        "{stdout}"
    );
}
