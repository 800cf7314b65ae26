//! `bundle.json`: which version it is, and its fields.

use exemplar_search_json::read::{self, List};
use serde::Serialize;

use super::{FORMAT, REMOTE_VERSION};
use crate::Result;
use crate::error::Cause;
use crate::fields::shown;
use crate::json::{Object, Value};

/// What tells a bundle from other JSON; read first, so that a newer version's other changes do not matter.
const HEAD: [&str; 2] = ["format", "version"];

/// The version of the bundle `json`, one that this release reads.
pub(crate) fn version(json: &[u8]) -> Result<u64> {
    let head = read::head(json, &HEAD).map_err(Cause::BundleJson)?;
    let [format, version] = HEAD.map(|name| head.get(name).unwrap_or(&Value::Null));
    if format.as_str() != Some(FORMAT) {
        return Err(Cause::BundleFormat { found: shown(format) }.into());
    }
    let refuse =
        |way_out| Err(Cause::BundleVersion { found: shown(version), newest: REMOTE_VERSION, way_out }.into());
    match version.as_u64() {
        Some(version) if (1..=u64::from(REMOTE_VERSION)).contains(&version) => Ok(version),
        Some(version) if version > 0 => refuse("update exemplar-search, or build the bundle again"),
        _ => refuse("\"version\" must be a whole number from 1"),
    }
}

/// The bundle's fields but for its head. Of `lists`, empty arrays are left; those that are no arrays stay as they are.
pub(crate) fn fields(json: &[u8], lists: &mut [List]) -> Result<Object> {
    let (bundle, fitted) = read::with_lists(json, lists).map_err(Cause::BundleJson)?;
    fitted?;
    let Value::Object(mut fields) = bundle else { return Ok(Object::default()) };
    fields.0.retain(|(name, _)| !HEAD.contains(&name.as_str()));
    Ok(fields)
}

pub(crate) fn to_string(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Cause::BundleJson(e.to_string()).into())
}
