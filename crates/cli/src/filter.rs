//! Filters as the command takes them: `tags=rust`, `date=2026-01..2026-05`.

use exemplar_search::{Filter, Range, Wanted};

/// A field, and what is wanted of it.
pub type Condition = (String, Wanted);

/// Reads `FIELD=VALUE` or `FIELD=FROM..TO`, of which one bound may be left out.
pub fn condition(given: &str) -> Result<Condition, String> {
    let expected = "expected FIELD=VALUE or FIELD=FROM..TO, such as tags=rust or date=2026-01..";
    let parts = given.split_once('=').filter(|(field, _)| !field.is_empty());
    let (field, value) = parts.ok_or(expected)?;
    let bound = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let wanted = match value.split_once("..").map(|(from, to)| (bound(from), bound(to))) {
        None | Some((None, None)) => Wanted::Values(vec![value.into()]),
        Some((from, to)) => Wanted::Range(Range { from, to }),
    };
    Ok((field.into(), wanted))
}

/// What all of them ask for. Of several values of a field one will do.
pub fn filter(conditions: &[Condition]) -> Filter {
    let mut filter = Filter::default();
    for (field, wanted) in conditions {
        let same = filter.0.iter_mut().find(|(other, _)| other == field).map(|(_, wanted)| wanted);
        match (same, wanted) {
            (Some(Wanted::Values(values)), Wanted::Values(more)) => values.extend_from_slice(more),
            _ => filter.0.push((field.clone(), wanted.clone())),
        }
    }
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(given: &[&str]) -> Filter {
        filter(&given.iter().map(|text| condition(text).unwrap()).collect::<Vec<_>>())
    }

    fn values(field: &str, values: &[&str]) -> Condition {
        (field.into(), Wanted::Values(values.iter().map(ToString::to_string).collect()))
    }

    fn range(field: &str, from: Option<&str>, to: Option<&str>) -> Condition {
        (field.into(), Wanted::Range(Range { from: from.map(Into::into), to: to.map(Into::into) }))
    }

    #[test]
    fn of_the_values_of_a_field_one_will_do() {
        let expected = vec![values("tags", &["a", "b=c"]), values("lang", &["en"])];
        assert_eq!(read(&["tags=a", "lang=en", "tags=b=c"]).0, expected);
        assert_eq!(read(&["tags=.."]).0, [values("tags", &[".."])]);
    }

    #[test]
    fn two_dots_are_a_range() {
        assert_eq!(read(&["date=2026-01..2026-05"]).0, [range("date", Some("2026-01"), Some("2026-05"))]);
        let expected =
            vec![range("price", Some("2.5"), None), range("price", None, Some("9")), values("price", &["4"])];
        assert_eq!(read(&["price=2.5..", "price=..9", "price=4"]).0, expected);
    }

    #[test]
    fn what_is_no_condition_is_refused() {
        for given in ["tags", "", "=x"] {
            assert!(condition(given).unwrap_err().starts_with("expected FIELD=VALUE"), "{given}");
        }
    }
}
