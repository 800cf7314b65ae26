//! Places in XML, and bounds.

use quick_xml::Reader;
use quick_xml::events::Event;

/// The line of the first byte after `position`, from 1.
pub fn line(text: &[u8], position: u64) -> usize {
    let end = usize::try_from(position).map_or(text.len(), |position| position.min(text.len()));
    1 + text[..end].iter().filter(|&&byte| byte == b'\n').count()
}

/// Whether `text` is well-formed, with at most `max_depth` elements within each other.
///
/// # Errors
///
/// The line where it is not, and why.
pub fn check(text: &str, max_depth: usize) -> Result<(), (usize, String)> {
    let mut reader = Reader::from_str(text);
    let line = |position| line(text.as_bytes(), position);
    let mut depth = 0;
    loop {
        match reader.read_event() {
            Ok(Event::Eof) => return Ok(()),
            Ok(Event::Start(_)) if depth == max_depth => {
                let problem = format!("elements are nested more than {max_depth} deep");
                return Err((line(reader.buffer_position()), problem));
            }
            Ok(Event::Start(_)) => depth += 1,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(_) => {}
            Err(error) => return Err((line(reader.error_position()), error.to_string())),
        }
    }
}
