//! Decodes a page's bytes, as browsers do for a local file.

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252, X_USER_DEFINED};

/// Where browsers look for a page's own statement of its encoding.
const PRESCAN: usize = 1024;

/// Decodes by byte order mark; else as UTF-8 if it is that; else as the page's `<meta charset>` says; else as
/// windows-1252. What fits no character becomes U+FFFD.
pub fn decode(bytes: &[u8]) -> String {
    let stated = stated(&bytes[..bytes.len().min(PRESCAN)]);
    let guess = match std::str::from_utf8(bytes) {
        // Its bytes are those of ASCII.
        Ok(_) if stated == Some(ISO_2022_JP) => ISO_2022_JP,
        // Whatever it says: a server that says UTF-8 overrules the page.
        Ok(_) => UTF_8,
        Err(_) => stated.unwrap_or(WINDOWS_1252),
    };
    guess.decode(bytes).0.into_owned()
}

/// The HTML Standard's "prescan a byte stream to determine its encoding".
fn stated(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    if let Some(declaration) = head.strip_prefix("<?xml").and_then(|rest| rest.split('>').next()) {
        let value = declaration.split_once("encoding")?.1.trim_start().strip_prefix('=')?.trim_start();
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
        return Encoding::for_label(value[1..].split(quote).next()?.as_bytes());
    }
    let mut rest = head.as_str();
    while let Some(start) = rest.find('<') {
        let name = &rest[start + 1..];
        if let Some(comment) = name.strip_prefix("!--") {
            rest = comment.split_once("-->")?.1;
        } else if name.starts_with(['!', '?']) {
            rest = name.split_once('>')?.1;
        } else if name.trim_start_matches('/').starts_with(|c: char| c.is_ascii_lowercase()) {
            let end = name.find(|c: char| c == '>' || c.is_ascii_whitespace()).unwrap_or(name.len());
            let (name, after) = name.split_at(end);
            let attributes = attributes(after);
            if let Some(encoding) = of_meta(&attributes.0).filter(|_| name.trim_end_matches('/') == "meta") {
                return Some(encoding);
            }
            rest = attributes.1;
        } else {
            rest = name;
        }
    }
    None
}

/// A tag's attributes, and what follows the tag.
fn attributes(mut tag: &str) -> (Vec<(&str, &str)>, &str) {
    let mut attributes = Vec::new();
    loop {
        tag = tag.trim_start_matches(|c: char| c == '/' || c.is_ascii_whitespace());
        let Some(first) = tag.chars().next().filter(|first| *first != '>') else {
            return (attributes, tag.get(1..).unwrap_or_default());
        };
        // An attribute's name may begin with `=`.
        let (start, rest) = tag.split_at(first.len_utf8());
        let end = rest
            .find(|c: char| matches!(c, '=' | '>' | '/') || c.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let (name, after) = tag.split_at(start.len() + end);
        let Some(value) = after.trim_start().strip_prefix('=').map(str::trim_start) else {
            attributes.push((name, ""));
            tag = after;
            continue;
        };
        let (value, after) = match value.chars().next().filter(|c| matches!(c, '"' | '\'')) {
            Some(quote) => value[1..].split_once(quote).unwrap_or((&value[1..], "")),
            None => value
                .split_at(value.find(|c: char| c == '>' || c.is_ascii_whitespace()).unwrap_or(value.len())),
        };
        attributes.push((name, value));
        tag = after;
    }
}

/// What a `<meta>` with these attributes says.
fn of_meta(attributes: &[(&str, &str)]) -> Option<&'static Encoding> {
    let value = |wanted: &str| attributes.iter().find(|(name, _)| *name == wanted).map(|(_, value)| *value);
    let of_content = || {
        value("http-equiv").filter(|name| name.trim() == "content-type")?;
        let label = value("content")?.split_once("charset")?.1.trim_start().strip_prefix('=')?;
        let label = label.trim_start().trim_start_matches(['"', '\'']);
        let end = label.find(|c: char| matches!(c, '"' | '\'' | ';') || c.is_ascii_whitespace());
        Some(&label[..end.unwrap_or(label.len())])
    };
    let label = value("charset").or_else(of_content)?.trim_end_matches('/');
    let encoding = Encoding::for_label(label.as_bytes())?;
    // A page whose statement could be read is in neither.
    Some(match encoding {
        _ if encoding == UTF_16LE || encoding == UTF_16BE => UTF_8,
        _ if encoding == X_USER_DEFINED => WINDOWS_1252,
        _ => encoding,
    })
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn pages_are_decoded_as_they_say() {
        assert_eq!(decode("naïve".as_bytes()), "naïve");
        assert_eq!(decode(b"\xef\xbb\xbfnai\xcc\x88ve"), "nai\u{308}ve");
        assert_eq!(decode(b"<meta charset=\"Shift_JIS\">\x93\xfa\x96{"), "<meta charset=\"Shift_JIS\">日本");
        assert_eq!(
            decode(b"<meta http-equiv=Content-Type content='text/html; charset=EUC-JP'>\xc6\xfc\xcb\xdc"),
            "<meta http-equiv=Content-Type content='text/html; charset=EUC-JP'>日本"
        );
        assert_eq!(
            decode(b"<?xml version='1.0' encoding='EUC-JP'?>\xc6\xfc"),
            "<?xml version='1.0' encoding='EUC-JP'?>日"
        );
        assert_eq!(decode(b"na\xefve"), "naïve");
        assert_eq!(decode(b"<meta charset=nonsense>na\xefve"), "<meta charset=nonsense>naïve");
        assert_eq!(decode(b"\xff\xfea\0b\0"), "ab");
        assert_eq!(decode(b""), "");
    }

    #[test]
    fn the_statement_is_where_the_standard_looks_for_it() {
        let page = |head: &str| [head.as_bytes(), b"\x93\xfa"].concat();
        for head in [
            "<!-- <meta charset=euc-jp> --><meta charset=shift_jis>",
            "<!doctype html><script charset=euc-jp src='a>b'></script><META\nCharset = 'Shift_JIS'/>",
            "<meta name=description content='charset=euc-jp'><meta content=\"text/html;charset='sjis'\" http-equiv=content-type>",
            "< meta charset=euc-jp><metadata charset=euc-jp><meta charset=nonsense><meta charset=sjis>",
        ] {
            assert_eq!(decode(&page(head)), format!("{head}日"), "{head}");
        }
        assert_eq!(
            decode(b"<meta charset=iso-2022-jp>\x1b$BF|K\\\x1b(B."),
            "<meta charset=iso-2022-jp>日本."
        );
        assert_eq!(decode(b"<meta charset=utf-16>na\xefve"), "<meta charset=utf-16>na\u{fffd}ve");
        assert_eq!(decode("<meta charset=latin1>naïve".as_bytes()), "<meta charset=latin1>naïve");
        for odd in [
            "<",
            "<meta ",
            "<meta charset",
            "<meta charset=",
            "<!--",
            "<!",
            "<?xml encoding",
            "<meta a='",
            "</",
            "<a =>",
            "<?xml>",
        ] {
            assert_eq!(decode(&page(odd)), format!("{odd}\u{201c}\u{fa}"), "{odd}");
        }
    }

    proptest::proptest! {
        #[test]
        fn no_head_is_too_odd(head in "(<meta |<!--|-->|charset|=|[<>/'\" a\u{e9}\u{fffd}]){0,40}") {
            let _ = super::stated(head.as_bytes());
        }
    }
}
