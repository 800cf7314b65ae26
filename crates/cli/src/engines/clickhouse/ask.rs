//! Asks ClickHouse for candidates.

use std::time::Duration;

use half::f16;
use serde_json::{Map, Value};

use super::MOST_SHARDS;
use super::binary::Binary;
use super::http::{Server, Values};
use crate::engines::{Asked, Candidate, Failure, FailureKind, Found, Partial, Table, field_value};

/// Before a shard counts as down, in milliseconds; connecting is tried once.
const CONNECT: &str = "1000";

/// The rows with the largest inner products.
///
/// Each shard's own ranking reads only vectors and what is filtered by; the rest is read of the rows that are found. Beside them comes
/// each shard's mark, a row without an article: a shard whose mark is missing did not answer.
pub fn ask(server: &Server, table: &Table, asked: &Asked, timeout: Duration) -> Result<Found, Failure> {
    let Some(vector) = &asked.vector else {
        return Err(Failure::new(FailureKind::NoWords, "it has no words to search: ask with a vector"));
    };
    let (name, inner, outer) = (table.name(), product("asked_first"), product("asked_then"));
    let Conditions { allowed, structure, row } = conditions(asked, vector);
    let limit = asked.k + MOST_SHARDS;
    let statement = format!(
        "SELECT article, payload, vector, {outer} AS score FROM {name} WHERE (article, passage) GLOBAL IN (SELECT article, \
         passage FROM (SELECT article, passage, {inner} AS score FROM {name} WHERE article = '' OR ({allowed}) \
         ORDER BY article = '' DESC, score DESC LIMIT {limit})) ORDER BY article = '' DESC, score DESC FORMAT RowBinary"
    );
    let seconds = timeout.as_secs().max(1).to_string();
    let settings = [
        ("skip_unavailable_shards", "1"),
        ("connect_timeout_with_failover_ms", CONNECT),
        ("connections_with_failover_max_tries", "1"),
        ("max_execution_time", &seconds),
        ("receive_timeout", &seconds),
        ("send_timeout", &seconds),
        // What a shard is asked holds the vector twice, some 20 bytes a value.
        ("max_query_size", "1048576"),
    ];
    let values = Values { name: "asked", structure: &structure, row: &row };
    let answer = server.ask(&statement, &settings, &values)?;
    read(&answer, asked.k, vector.len())
}

/// The inner product of a row's vector with the one that is asked with. That has a name of its own in each part of a statement: without
/// one, Debian's release looks in vain for the column of what the shards have computed.
fn product(name: &str) -> String {
    format!("arraySum((x, y) -> x * y, vector, (SELECT vector FROM asked) AS {name})")
}

struct Conditions {
    /// Of a statement, about columns of the values beside it.
    allowed: String,
    structure: String,
    row: String,
}

/// The vector, and for each field of the filter a column with what the row may have.
fn conditions(asked: &Asked, vector: &[f32]) -> Conditions {
    let mut values = Map::new();
    let (mut allowed, mut structure) = (vec!["1".to_owned()], vec!["vector Array(Float32)".to_owned()]);
    values.insert("vector".into(), vector.into());
    for (number, (field, wanted)) in asked.filter.values().enumerate() {
        let column = format!("f{number}");
        allowed.push(format!("hasAny(field_values, (SELECT {column} FROM asked))"));
        structure.push(format!("{column} Array(String)"));
        values.insert(column, wanted.iter().map(|value| field_value(field, value)).collect());
    }
    Conditions {
        allowed: allowed.join(" AND "),
        structure: structure.join(", "),
        row: Value::Object(values).to_string(),
    }
}

fn read(answer: &[u8], k: usize, dimensions: usize) -> Result<Found, Failure> {
    let other = |problem: &str| Failure::new(FailureKind::Schema, format!("its table {problem}"));
    let mut rows = Binary(answer);
    let (mut found, mut marks, mut shards) = (Found::default(), 0, 0);
    while !rows.is_empty() {
        let row = (rows.string(), rows.string(), rows.float32s(), rows.float64());
        let (Some(article), Some(payload), Some(vector), Some(score)) = row else {
            return Err(other("has other columns than `exemplar export` makes"));
        };
        if vector.len() != dimensions {
            return Err(Failure::new(
                FailureKind::Dimensions,
                "its vectors have different numbers of dimensions",
            ));
        }
        if !vector.iter().all(|x| x.is_finite()) {
            return Err(other("has vectors that are not finite: load it again with `exemplar export`"));
        }
        if article.is_empty() {
            marks += 1;
            shards = payload.parse().unwrap_or(0).max(shards);
        } else if found.candidates.len() < k {
            let vector: Vec<u8> = vector.iter().flat_map(|&x| f16::from_f32(x).to_le_bytes()).collect();
            let (row, score) = (payload.to_owned(), Some(score as f32));
            found.candidates.push(Candidate { row, vector, score, words: None });
        }
    }
    if marks == 0 || shards < marks {
        return Err(other("was not made by `exemplar export`: its shards are not marked"));
    }
    found.partial = (marks < shards).then_some(Partial { missing: shards - marks, of: shards });
    Ok(found)
}
