//! Reads files within bounds, because a file that never ends, such as `/dev/zero`, would fill the memory.

use std::fs::{File, Metadata};
use std::io::{self, BufRead, ErrorKind, Read};
use std::path::Path;

/// Opens a file, or a pipe; no device.
pub fn open(path: &Path) -> io::Result<File> {
    let file = File::open(path)?;
    match is_device(&file.metadata()?) {
        true => Err(io::Error::other("it is a device, which may never end")),
        false => Ok(file),
    }
}

#[cfg(unix)]
fn is_device(file: &Metadata) -> bool {
    use std::os::unix::fs::FileTypeExt;
    file.file_type().is_char_device() || file.file_type().is_block_device()
}

#[cfg(not(unix))]
fn is_device(_: &Metadata) -> bool {
    false
}

/// The bytes of a file of at most `limit` bytes.
pub fn bytes(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let file = open(path)?;
    let size = file.metadata()?.len();
    let too_large = |size: u64| {
        let problem = format!("it has {} MB, more than the {} MB that are read", size >> 20, limit >> 20);
        io::Error::new(ErrorKind::FileTooLarge, problem)
    };
    if size > limit {
        return Err(too_large(size));
    }
    read(file, limit)?.ok_or_else(|| too_large(limit))
}

/// All of `source`, unless it has more than `limit` bytes.
pub fn read(source: impl Read, limit: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    source.take(limit + 1).read_to_end(&mut bytes)?;
    Ok(Some(bytes).filter(|bytes| bytes.len() as u64 <= limit))
}

/// The next line of `source` into `line`, its end with it; `false` at the end of all.
///
/// # Errors
///
/// Also a line of more than `limit` bytes.
pub fn read_line(source: &mut impl BufRead, line: &mut String, limit: u64) -> io::Result<bool> {
    line.clear();
    source.take(limit + 1).read_line(line)?;
    match line.len() as u64 > limit {
        true => Err(io::Error::other(format!("the line has more than the {} MB that are read", limit >> 20))),
        false => Ok(!line.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use std::io::{BufReader, repeat};

    use super::{read, read_line};

    #[test]
    fn what_never_ends_is_given_up() {
        assert_eq!(read(&b"abc"[..], 3).unwrap().unwrap(), b"abc");
        assert_eq!(read(&b"abcd"[..], 3).unwrap(), None);
        let (mut endless, mut line) = (BufReader::new(repeat(b'a')), String::new());
        let error = read_line(&mut endless, &mut line, 1 << 20).unwrap_err();
        assert!(error.to_string().contains("more than the 1 MB"), "{error}");
        let mut lines = &b"one\n\ntwo"[..];
        for expected in ["one\n", "\n", "two"] {
            assert!(read_line(&mut lines, &mut line, 4).unwrap());
            assert_eq!(line, expected);
        }
        assert!(!read_line(&mut lines, &mut line, 4).unwrap());
    }
}
