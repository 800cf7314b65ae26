//! Whole numbers in as few bytes as they need: seven bits a byte, the lowest first, the top bit set on all but the
//! last (LEB128). Shared with `build.rs`.

/// Appends `value` to `bytes`.
pub fn write(bytes: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Takes a number off the front of `bytes`; none where they end before it does, or where it is above `u32::MAX`.
#[inline(never)] // nowhere is it most of the time, and each copy is a part of what readers download
pub fn read(bytes: &mut &[u8]) -> Option<u32> {
    let mut value = 0;
    for shift in (0..32).step_by(7) {
        let (&byte, rest) = bytes.split_first()?;
        *bytes = rest;
        value |= u32::from(byte & 0x7f).checked_shl(shift)?;
        if byte < 0x80 {
            // The fifth byte has four bits to give.
            return (shift < 28 || byte < 0x10).then_some(value);
        }
    }
    None
}

/// Appends a number of either sign, near to 0 in as few bytes as one half as far: 0, -1, 1, -2 as 0, 1, 2, 3.
pub fn write_signed(bytes: &mut Vec<u8>, value: i32) {
    write(bytes, ((value << 1) ^ (value >> 31)) as u32);
}

/// The number that [`write_signed`] wrote as `value`.
pub fn signed(value: u32) -> i32 {
    (value >> 1) as i32 ^ -((value & 1) as i32)
}
