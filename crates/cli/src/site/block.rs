//! The blocks of an article's text: paragraphs and headings.

/// A paragraph, a list item, a heading: whatever stands on lines of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Block {
    /// On one line.
    pub text: String,
    /// A heading's level, 1 for the highest.
    pub heading: Option<u8>,
    /// The fragment that leads to it on its page, without `#`.
    pub anchor: Option<String>,
}

/// One line a block.
pub fn join(blocks: &[Block]) -> String {
    blocks.iter().map(|block| block.text.as_str()).collect::<Vec<_>>().join("\n")
}
