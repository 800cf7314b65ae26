//! Asks PostgreSQL for candidates.

use std::collections::HashSet;
use std::time::Duration;

use tokio::time::timeout;
use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Client, Row};

use super::connect::{Server, failed};
use crate::engines::{Asked, Candidate, Failure, FailureKind, Found, Table, field_value};

/// Bytes of a `halfvec` before its values: how many these are, and two that are not used.
const HEAD: usize = 4;

/// The most candidates that an index looks at at once.
const MOST_LOOKED_AT: usize = 1_000;

/// The rows with the largest inner products, and those with the highest scores of words.
pub async fn ask(server: &Server, table: &Table, asked: &Asked, longest: Duration) -> Result<Found, Failure> {
    match timeout(longest, answered(server, table, asked)).await {
        Ok(found) => found,
        // The connection ends with what was under way on it.
        Err(_) => Err(Failure::new(FailureKind::Slow, "no answer in time")),
    }
}

async fn answered(server: &Server, table: &Table, asked: &Asked) -> Result<Found, Failure> {
    let client = server.connection().await?;
    let found = candidates(&client, table, asked).await?;
    server.give_back(client);
    Ok(found)
}

async fn candidates(client: &Client, table: &Table, asked: &Asked) -> Result<Found, Failure> {
    let statements = Statements::of(table, asked);
    let mut rows = Vec::new();
    if asked.vector.is_some() {
        // What is filtered by may leave few of the first candidates: the index then goes on.
        let width = asked.k.clamp(40, MOST_LOOKED_AT).to_string();
        let set = "SELECT set_config('hnsw.ef_search', $1, false), set_config('hnsw.iterative_scan', 'strict_order', false)";
        client.query_typed(set, &[(&width, Type::TEXT)]).await.map_err(failed)?;
        rows.extend(statements.run(client, &statements.by_vector).await?);
    }
    if asked.text.is_some() {
        rows.extend(statements.run(client, &statements.by_words).await?);
    }
    let mut places: HashSet<i64> = HashSet::new();
    let mut found = Found::default();
    for row in &rows {
        if places.insert(row.try_get(0).map_err(failed)?) {
            found.candidates.push(candidate(row)?);
        }
    }
    check_dimensions(asked, &found)?;
    Ok(found)
}

/// Whether the rows that were found by words alone have as many dimensions as those by the vector, which PostgreSQL has compared.
fn check_dimensions(asked: &Asked, found: &Found) -> Result<(), Failure> {
    let wanted = asked.vector.as_ref().map(Vec::len);
    let wanted = wanted.or_else(|| Some(found.candidates.first()?.vector.len() / 2));
    match found.candidates.iter().all(|candidate| Some(candidate.vector.len() / 2) == wanted) {
        true => Ok(()),
        false => {
            Err(Failure::new(FailureKind::Dimensions, "its vectors have different numbers of dimensions"))
        }
    }
}

/// What is asked, with the values that are bound to it.
struct Statements {
    by_vector: String,
    by_words: String,
    vector: Option<String>,
    text: Option<String>,
    k: i64,
    /// For each field of the filter what a row may have.
    filter: Vec<Vec<String>>,
}

impl Statements {
    fn of(table: &Table, asked: &Asked) -> Self {
        let name = table.name();
        let filter: Vec<Vec<String>> = asked
            .filter
            .values()
            .map(|(field, wanted)| wanted.iter().map(|value| field_value(field, value)).collect())
            .collect();
        let allowed: String =
            (0..filter.len()).map(|number| format!(" AND field_values && ${}", number + 4)).collect();
        // Any of the text's words: joined by `|` instead of `&`, which stands between two spaces nowhere else.
        let words = format!(
            "(SELECT replace(plainto_tsquery((obj_description('{name}'::regclass, 'pg_class')::json->>'text_search')::regconfig, \
             $2)::text, ' & ', ' | ')::tsquery)"
        );
        let columns = format!(
            "row, payload::text, halfvec_send(vector), -(vector <#> $1::halfvec), CASE WHEN words @@ {words} THEN \
             ts_rank(words, {words}) END AS found"
        );
        Self {
            by_vector: format!(
                "SELECT {columns} FROM {name} WHERE true{allowed} ORDER BY vector <#> $1::halfvec LIMIT $3"
            ),
            by_words: format!(
                "SELECT {columns} FROM {name} WHERE words @@ {words}{allowed} ORDER BY found DESC, row LIMIT $3"
            ),
            vector: asked.vector.as_ref().map(|vector| format!("{vector:?}")),
            text: asked.text.as_ref().map(|text| text.replace('\0', " ")),
            k: asked.k as i64,
            filter,
        }
    }

    async fn run(&self, client: &Client, statement: &str) -> Result<Vec<Row>, Failure> {
        let mut values: Vec<(&(dyn ToSql + Sync), Type)> =
            vec![(&self.vector, Type::TEXT), (&self.text, Type::TEXT), (&self.k, Type::INT8)];
        values.extend(self.filter.iter().map(|wanted| (wanted as &(dyn ToSql + Sync), Type::TEXT_ARRAY)));
        client.query_typed(statement, &values).await.map_err(failed)
    }
}

fn candidate(row: &Row) -> Result<Candidate, Failure> {
    let sent: &[u8] = row.try_get(2).map_err(failed)?;
    // PostgreSQL sends the higher byte first.
    let (values, _) = sent.get(HEAD..).unwrap_or_default().as_chunks::<2>();
    let score: Option<f64> = row.try_get(3).map_err(failed)?;
    Ok(Candidate {
        row: row.try_get(1).map_err(failed)?,
        vector: values.iter().flat_map(|&[high, low]| [low, high]).collect(),
        score: score.map(|score| score as f32),
        words: row.try_get(4).map_err(failed)?,
    })
}
