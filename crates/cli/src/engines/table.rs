//! Names of tables: the only text of somebody's choice that is part of a statement, and so nothing but letters, digits and `_`.

use std::str::FromStr;

/// The longest name, so that a build's digits fit behind it in PostgreSQL's 63 bytes, and the name of an index behind these.
const LONGEST: usize = 32;

/// Digits of a build in the names of its tables.
const DIGITS: usize = 16;

/// A table's name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table(String);

impl Table {
    pub fn name(&self) -> &str {
        &self.0
    }

    /// What the rows of a build are loaded into.
    pub fn of_build(&self, build: &str) -> String {
        format!("{}_{}", self.0, &build[..DIGITS])
    }

    /// Whether this is [`Self::of_build`] of any build.
    pub fn is_of_a_build(&self, name: &str) -> bool {
        let digits = name.strip_prefix(&self.0).and_then(|rest| rest.strip_prefix('_'));
        digits.is_some_and(|digits| {
            digits.len() == DIGITS && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
        })
    }
}

impl FromStr for Table {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match is_identifier(text) && text.len() <= LONGEST && !text.contains(char::is_uppercase) {
            true => Ok(Self(text.to_owned())),
            false => Err(format!(
                "expected at most {LONGEST} lower-case letters, digits and _, the first no digit, such as passages"
            )),
        }
    }
}

/// Whether a name needs no quotes in any statement.
pub fn is_identifier(name: &str) -> bool {
    let mut bytes = name.bytes();
    bytes.next().is_some_and(|byte| byte.is_ascii_alphabetic() || byte == b'_')
        && bytes.all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

#[cfg(test)]
mod tests {
    use super::Table;

    #[test]
    fn a_name_cannot_leave_its_place_in_a_statement() {
        for text in ["", "1a", "a b", "a'", "a;drop", "a\"", "a.b", "ä", "Passages", &"a".repeat(33)] {
            assert!(text.parse::<Table>().is_err(), "{text}");
        }
        let table: Table = "passages".parse().unwrap();
        let own = table.of_build("0123456789abcdef0123");
        assert_eq!(own, "passages_0123456789abcdef");
        assert!(table.is_of_a_build(&own));
        for other in
            ["passages", "passages_", "passages_old", "passages_0123456789abcdeg", "other_0123456789abcdef"]
        {
            assert!(!table.is_of_a_build(other), "{other}");
        }
    }
}
