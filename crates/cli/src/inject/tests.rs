//! Pages of every shape, with the two lines and without.

use proptest::prelude::*;

use super::page::with_lines;

const SCRIPT: &str = "<!--exemplar-search--><script type=\"module\" src=\"../exemplar/component/exemplar-search.js\"></script><!--/exemplar-search-->";
const BOX: &str = "<!--exemplar-search--><exemplar-search bundle=\"../exemplar/bundle.json\"></exemplar-search><!--/exemplar-search-->";

fn lines(up: &str) -> [String; 2] {
    [
        format!("<script type=\"module\" src=\"{up}exemplar/component/exemplar-search.js\"></script>"),
        format!("<exemplar-search bundle=\"{up}exemplar/bundle.json\"></exemplar-search>"),
    ]
}

fn injected(page: &str) -> Result<String, String> {
    let with = with_lines(page.as_bytes(), |_| Ok(lines("../")), None)?;
    Ok(String::from_utf8(with).unwrap())
}

#[test]
fn lines_stand_where_a_browser_takes_them() {
    for page in [
        "<!doctype html><html><head><title>A</title>{S}</head><body class=\"a>b\">{B}<p>x</body></html>",
        "<HTML><HEAD>{S}</HEAD\n><BODY>{B}</BODY></HTML>",
        "<head><!-- </head> --><script>'</head>'</script>{S}</head>\n<body>{B}",
        // No end of the head, no body, neither.
        "<!doctype html><head><title>A</title><body>{S}{B}<p>x",
        "<!doctype html><title>A</title><meta charset=utf-8>\n{S}{B}<p>x</p>",
        "<!doctype html><html><head>{S}</head>{B}<h1>x</h1></html>",
        "<h1>x</h1>",
        "just text{S}{B}",
        "{S}{B}",
        "<title>A</title>\n<p>x</p>\n</html>\n",
    ] {
        let expected = page.replace("{S}", SCRIPT).replace("{B}", BOX);
        let without = page.replace("{S}", "").replace("{B}", "");
        let with = injected(&without).unwrap();
        if page.contains("{B}") {
            assert_eq!(with, expected);
        } else {
            assert!(with.contains(&format!("{SCRIPT}{BOX}<")), "{with}");
        }
    }
}

#[test]
fn pages_that_are_better_left_alone_say_why() {
    for (page, reason) in [
        ("text<!-- the rest is missing", "ends where no element can be"),
        ("<title>x", "ends where no element can be"),
        ("<![CDATA[", "ends where no element can be"),
        ("<script>let x = 1", "ends where no element can be"),
        ("<body><exemplar-search bundle=x></exemplar-search>", "a search box of its own"),
        ("<frameset><frame src=a></frameset>", "frames"),
        ("<meta http-equiv=Refresh content=\"0; URL=a.html\">", "another page"),
        (
            "<meta http-equiv=content-security-policy content=\"default-src &#39;none&#39;\"><p>x",
            "script-src",
        ),
        ("<!--exemplar-search--><p>x", "comments around"),
        ("\u{0}", ""),
    ] {
        let error = injected(page).err().unwrap_or_default();
        assert!(error.contains(reason), "{page}: {error}");
    }
    let utf16: Vec<u8> = "\u{feff}<p>x</p>".encode_utf16().flat_map(u16::to_le_bytes).collect();
    assert!(with_lines(&utf16, |_| Ok(lines("")), None).unwrap_err().contains("UTF-16"));
}

fn piece() -> impl Strategy<Value = String> {
    let tags = [
        "<html>",
        "</html>",
        "<head>",
        "</head>",
        "<body>",
        "<body class='a'>",
        "</body>",
        "<p>",
        "</p>",
        "<title>",
        "</title>",
        "<script>",
        "</script>",
        "<style>",
        "</style>",
        "<!--",
        "-->",
        "<template>",
        "</template>",
        "<noscript>",
        "</noscript>",
        "<svg>",
        "</svg>",
        "<select>",
        "</select>",
        "<table>",
        "<textarea>",
        "</textarea>",
        "<a href=\"",
        "\">",
        "<",
        "é",
        "\r\n",
        "<exemplar",
        "<!doctype html>",
        "<xmp>",
        "<plaintext>",
        "<frameset>",
        "<math><mtext>",
        "]]>",
        "<![CDATA[",
    ];
    prop_oneof![4 => prop::sample::select(tags.to_vec()).prop_map(String::from), 1 => "[a-z <>/='\"-]{0,6}"]
}

proptest! {
    #[test]
    fn every_other_byte_stays_and_another_run_changes_nothing(pieces in prop::collection::vec(piece(), 0..24)) {
        let page = pieces.concat();
        let Ok(with) = injected(&page) else { return Ok(()) };
        prop_assert_eq!(with.replacen(SCRIPT, "", 1).replacen(BOX, "", 1), page);
        let elsewhere = with_lines(with.as_bytes(), |_| Ok(lines("")), None).unwrap();
        let back = with_lines(&elsewhere, |_| Ok(lines("../")), None).unwrap();
        prop_assert_eq!(String::from_utf8(back).unwrap(), with);
    }
}
