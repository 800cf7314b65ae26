//! The core's own JSON reader: it takes what serde_json takes, and reads the same from it.
#![no_main]

use exemplar_search_json::read;
use exemplar_search_json::value::{Number, Value};
use libfuzzer_sys::fuzz_target;
use serde_json::Value as Theirs;

fuzz_target!(|input: &[u8]| {
    let (ours, theirs) = (read::value(input), serde_json::from_slice::<Theirs>(input));
    match (ours, theirs) {
        (Ok(ours), Ok(theirs)) => assert!(same(&ours, &theirs), "{ours:?} is not {theirs:?}"),
        (Err(_), Err(_)) => {}
        // Both have limits to what may stand in each other, and ours is the wider one.
        (Ok(_), Err(error)) if error.to_string().contains("recursion limit") => {}
        (ours, theirs) => panic!("{ours:?}, but {theirs:?}"),
    }
});

fn same(ours: &Value, theirs: &Theirs) -> bool {
    match (ours, theirs) {
        (Value::Null, Theirs::Null) => true,
        (Value::Bool(a), Theirs::Bool(b)) => a == b,
        (Value::String(a), Theirs::String(b)) => a == b,
        (Value::Number(number), Theirs::Number(theirs)) => near(number, theirs.as_f64().unwrap_or(f64::NAN)),
        (Value::Array(a), Theirs::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        // The last of a name counts.
        (Value::Object(a), Theirs::Object(b)) => {
            b.iter().all(|(name, theirs)| a.get(name).is_some_and(|ours| same(ours, theirs)))
                && a.0.iter().all(|(name, _)| b.contains_key(name))
        }
        _ => false,
    }
}

/// Ours may be off by a few units in the last place, where there are more digits than a float64 keeps.
fn near(ours: &Number, theirs: f64) -> bool {
    let ours = Value::Number(ours.clone()).as_f64().unwrap_or(f64::NAN);
    (ours - theirs).abs() <= theirs.abs() * 1e-14 + f64::MIN_POSITIVE
}
