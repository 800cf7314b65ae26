//! Decodes a page's bytes, as browsers do for a local file.

use encoding_rs::{Encoding, UTF_8, WINDOWS_1252};

/// Where browsers look for a page's own statement of its encoding.
const PRESCAN: usize = 1024;

/// Decodes by byte order mark; else as UTF-8 if it is that; else as the page's `<meta charset>` says; else as
/// windows-1252. What fits no character becomes U+FFFD.
pub fn decode(bytes: &[u8]) -> String {
    let guess = match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        Err(_) => stated(&bytes[..bytes.len().min(PRESCAN)]).unwrap_or(WINDOWS_1252),
    };
    guess.decode(bytes).0.into_owned()
}

/// The encoding after the first `charset=`, of `<meta charset>` and `http-equiv` alike, or of an XML declaration.
fn stated(head: &[u8]) -> Option<&'static Encoding> {
    let head = String::from_utf8_lossy(head).to_ascii_lowercase();
    let in_xml = || head.starts_with("<?xml").then(|| head.split_once("encoding=")).flatten();
    let (_, after) = in_xml().or_else(|| head.split_once("charset="))?;
    let label = after.trim_start_matches(['"', '\'', ' ']);
    let end = label.find(['"', '\'', ' ', ';', '>', '/']).unwrap_or(label.len());
    Encoding::for_label(label.get(..end)?.as_bytes())
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
            decode(b"<meta content='text/html; charset=EUC-JP'>\xc6\xfc\xcb\xdc"),
            "<meta content='text/html; charset=EUC-JP'>日本"
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
}
