//! Several files as one input: each with its length in four bytes, little-endian, before it.

/// The files of a bundle: its JSON first, then those beside it.
#[derive(Debug, Default)]
pub struct Archive {
    pub files: Vec<Vec<u8>>,
}

impl Archive {
    /// Reads what [`Archive::write`] wrote; a length that is more than what is left means all that is left.
    pub fn read(mut input: &[u8]) -> Self {
        let mut files = Vec::new();
        while let Some((length, rest)) = input.split_first_chunk::<4>() {
            let length = (u32::from_le_bytes(*length) as usize).min(rest.len());
            let (file, after) = rest.split_at(length);
            files.push(file.to_vec());
            input = after;
        }
        Self { files }
    }

    pub fn write(&self) -> Vec<u8> {
        let of = |file: &Vec<u8>| [&(file.len() as u32).to_le_bytes(), file.as_slice()].concat();
        self.files.iter().flat_map(of).collect()
    }
}
