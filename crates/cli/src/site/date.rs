//! Dates as bundles have them: ISO 8601.

/// What generators in Go, such as Hugo, write for a page without a date.
const NO_DATE: &str = "0001-01-01";

/// `text` if it begins with a year, month and day, such as `2024-05-01` or `2024-05-01T09:30:00Z`.
pub fn iso(text: &str) -> Option<String> {
    let text = text.trim();
    let day = text.get(..10)?;
    let digits = |range: std::ops::Range<usize>| day[range].bytes().all(|b| b.is_ascii_digit());
    let is_day = day.is_ascii()
        && digits(0..4)
        && digits(5..7)
        && digits(8..10)
        && &day[4..5] == "-"
        && &day[7..8] == "-";
    let month = day.get(5..7)?.parse().unwrap_or(0);
    let is_real = (1..=12).contains(&month) && (1..=31).contains(&day.get(8..10)?.parse().unwrap_or(0));
    // A time follows after `T`, or after the space that TOML and YAML allow.
    let rest = &text[10..];
    let time = rest.strip_prefix(['T', 't', ' ']);
    let is_time =
        |time: &str| time.len() <= 32 && time.bytes().all(|b| b.is_ascii_digit() || b":.+-Zz ".contains(&b));
    match time {
        _ if !(is_day && is_real) || day == NO_DATE => None,
        None if rest.is_empty() => Some(day.to_owned()),
        Some(time) if is_time(time) => Some(format!("{day}T{}", time.trim().replacen(' ', "", 1))),
        _ => None,
    }
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/// The zones that RFC 822 names, and those of Europe and Japan that feeds name all the same.
const ZONES: &[(&str, &str)] = &[
    ("Z", "Z"),
    ("UT", "Z"),
    ("UTC", "Z"),
    ("GMT", "Z"),
    ("EST", "-05:00"),
    ("EDT", "-04:00"),
    ("CST", "-06:00"),
    ("CDT", "-05:00"),
    ("MST", "-07:00"),
    ("MDT", "-06:00"),
    ("PST", "-08:00"),
    ("PDT", "-07:00"),
    ("WET", "Z"),
    ("WEST", "+01:00"),
    ("BST", "+01:00"),
    ("CET", "+01:00"),
    ("CEST", "+02:00"),
    ("EET", "+02:00"),
    ("EEST", "+03:00"),
    ("MSK", "+03:00"),
    ("JST", "+09:00"),
];

/// A feed's date, such as `Wed, 01 May 2024 00:30:00 +0900`, or [`iso`]. The day, the time and the zone stay the author's; a zone
/// that nobody knows is left away.
pub fn of_feed(text: &str) -> Option<String> {
    iso(text).or_else(|| rfc_822(text))
}

fn rfc_822(text: &str) -> Option<String> {
    let text = text.split_once(',').map_or(text, |(_, rest)| rest);
    let mut words = text.split_whitespace();
    let day: u8 = words.next()?.parse().ok()?;
    let name = words.next()?.to_ascii_lowercase();
    let month = 1 + MONTHS.iter().position(|month| name.starts_with(month))?;
    let year: u16 = words.next()?.parse().ok()?;
    // RFC 2822: two digits are of this century up to 49.
    let year = match year {
        0..=49 => 2000 + year,
        50..=99 => 1900 + year,
        _ => year,
    };
    let date = iso(&format!("{year:04}-{month:02}-{day:02}"))?;
    let Some(time) = words.next() else { return Some(date) };
    let parts: Vec<u8> = time.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (hours, minutes, seconds) = match parts.as_slice() {
        [hours @ 0..=23, minutes @ 0..=59] => (hours, minutes, &0),
        [hours @ 0..=23, minutes @ 0..=59, seconds @ 0..=60] => (hours, minutes, seconds),
        _ => return Some(date),
    };
    let zone = words.next().and_then(zone).unwrap_or_default();
    Some(format!("{date}T{hours:02}:{minutes:02}:{seconds:02}{zone}"))
}

fn zone(word: &str) -> Option<String> {
    let named =
        ZONES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)).map(|(_, zone)| (*zone).to_owned());
    named.or_else(|| {
        let digits = word.strip_prefix(['+', '-'])?.replace(':', "");
        let is_zone = digits.len() == 4 && digits.bytes().all(|digit| digit.is_ascii_digit());
        is_zone.then(|| format!("{}{}:{}", &word[..1], &digits[..2], &digits[2..]))
    })
}

#[cfg(test)]
mod tests {
    use super::{iso, of_feed};

    #[test]
    fn a_feeds_date_keeps_the_authors_day_and_zone() {
        for (text, expected) in [
            ("Wed, 01 May 2024 10:00:00 GMT", Some("2024-05-01T10:00:00Z")),
            ("Wed, 01 May 2024 10:00:00", Some("2024-05-01T10:00:00")),
            ("2024-05-01T10:00:00", Some("2024-05-01T10:00:00")),
            ("Wed, 01 May 2024 10:00:00 CEST", Some("2024-05-01T10:00:00+02:00")),
            ("Wed, 01 May 2024 00:30:00 +0900", Some("2024-05-01T00:30:00+09:00")),
            ("1 may 24 9:05 -03:30", Some("2024-05-01T09:05:00-03:30")),
            ("1 Sept 1999 10:00 LMT", Some("1999-09-01T10:00:00")),
            ("01 May 2024", Some("2024-05-01")),
            ("01 May 2024 25:00", Some("2024-05-01")),
            ("32 May 2024", None),
            ("May 2024", None),
            ("soon", None),
        ] {
            assert_eq!(of_feed(text).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn only_whole_dates_are_taken() {
        assert_eq!(iso(" 2024-05-01 ").as_deref(), Some("2024-05-01"));
        assert_eq!(iso("2024-05-01T09:30:00+02:00").as_deref(), Some("2024-05-01T09:30:00+02:00"));
        assert_eq!(iso("2024-05-01 09:30:00 +0200").as_deref(), Some("2024-05-01T09:30:00+0200"));
        for text in [
            "",
            "2024",
            "2024-13-01",
            "2024-00-10",
            "01-05-2024",
            "May 1, 2024",
            "2024-05-0é",
            "2024-05-01x",
            "２０２４-05-01",
            "0001-01-01T00:00:00Z",
        ] {
            assert_eq!(iso(text), None, "{text}");
        }
    }
}
