//! NumPy's `.npy` files.
#![no_main]

use exemplar_search_cli::readers::npy;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Ok((rows, columns, values)) = npy(input) else { return };
    assert_eq!(values.len(), rows * columns);
    assert!(4 * values.len() <= input.len(), "{rows} x {columns} values from {} bytes", input.len());
    // Exactly this file: neither one byte more nor one less is the same array.
    assert!(npy(&[input, b"0"].concat()).is_err());
    assert!(values.is_empty() || npy(&input[..input.len() - 1]).is_err());
});
