//! Mutates one part of a bundle and makes its length and hash fit again, so that what reads the part sees the mutation.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::Archive;

/// Mutates a part that `seed` chooses with `mutate`, which changes the bytes in place. Says whether there was one.
pub fn mutate_part(archive: &mut Archive, seed: u32, mutate: impl FnOnce(&mut Vec<u8>)) -> bool {
    changed(archive, seed, mutate).is_some()
}

fn changed(archive: &mut Archive, seed: u32, mutate: impl FnOnce(&mut Vec<u8>)) -> Option<()> {
    let (json, beside) = archive.files.split_first_mut()?;
    let mut bundle: Value = serde_json::from_slice(json).ok()?;
    let parts = bundle.get_mut("parts")?.as_object_mut()?;
    let number = seed as usize % parts.len().max(1);
    let part = parts.values_mut().nth(number)?;
    match part.get("file").is_some() {
        true => change_beside(part, beside.first_mut()?, mutate)?,
        false => change_inside(part, mutate)?,
    }
    *json = serde_json::to_vec(&bundle).ok()?;
    Some(())
}

/// A part inside the JSON: text where it was and still is.
fn change_inside(part: &mut Value, mutate: impl FnOnce(&mut Vec<u8>)) -> Option<()> {
    let was_text = part["text"].is_string();
    let mut bytes = match part["text"].as_str() {
        Some(text) => text.as_bytes().to_vec(),
        None => STANDARD.decode(part["data"].as_str()?).ok()?,
    };
    mutate(&mut bytes);
    describe(part, &bytes);
    let fields = part.as_object_mut()?;
    match str::from_utf8(&bytes) {
        Ok(text) if was_text => drop(fields.insert("text".into(), json!(text))),
        _ => {
            fields.remove("text");
            fields.insert("data".into(), json!(STANDARD.encode(&bytes)));
        }
    }
    Some(())
}

/// A part in the file beside the JSON, which keeps its length.
fn change_beside(part: &mut Value, file: &mut [u8], mutate: impl FnOnce(&mut Vec<u8>)) -> Option<()> {
    let start = part["offset"].as_u64()? as usize;
    let length = part["length"].as_u64()? as usize;
    let place = file.get_mut(start..start.checked_add(length)?)?;
    let mut bytes = place.to_vec();
    mutate(&mut bytes);
    bytes.resize(length, 0);
    place.copy_from_slice(&bytes);
    describe(part, &bytes);
    Some(())
}

fn describe(part: &mut Value, bytes: &[u8]) {
    part["length"] = json!(bytes.len());
    let hash: String = Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    part["sha256"] = json!(hash);
}
