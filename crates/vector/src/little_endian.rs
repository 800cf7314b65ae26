//! Numbers from little-endian bytes.

/// Codes in the memory of their bytes.
pub fn codes(bytes: Vec<u8>) -> Vec<i8> {
    // An iterator over a vector that maps to elements of the same size keeps its memory.
    bytes.into_iter().map(|byte| byte as i8).collect()
}

/// Bytes after the last whole number are left out.
pub fn float32(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|value| f32::from_le_bytes(*value)).collect()
}
