//! Dates as bundles have them: ISO 8601.

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
        _ if !(is_day && is_real) => None,
        None if rest.is_empty() => Some(day.to_owned()),
        Some(time) if is_time(time) => Some(format!("{day}T{}", time.trim().replacen(' ', "", 1))),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::iso;

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
        ] {
            assert_eq!(iso(text), None, "{text}");
        }
    }
}
