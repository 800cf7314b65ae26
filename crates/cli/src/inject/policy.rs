//! Whether a page's Content-Security-Policy lets the search box work.

use url::Url;

/// What of the policy keeps the search box from working; `host` is that of the site, if it is known.
pub fn obstacle(policy: &str, host: Option<&str>) -> Option<&'static str> {
    let directives = || {
        policy.split(';').filter_map(|directive| {
            let mut words = directive.split_ascii_whitespace();
            Some((words.next()?.to_ascii_lowercase(), words.collect::<Vec<_>>()))
        })
    };
    // Of several directives of one name, the first counts.
    let sources = |names: &[&str]| {
        names
            .iter()
            .find_map(|name| directives().find(|(found, _)| found == name))
            .map(|(_, sources)| sources)
    };
    let own = |sources: &[&str]| sources.iter().any(|source| is_own(source, host));
    let is_strict =
        |sources: &[&str]| sources.iter().any(|source| source.eq_ignore_ascii_case("'strict-dynamic'"));
    if sources(&["script-src-elem", "script-src", "default-src"]).is_some_and(|s| !own(&s) || is_strict(&s)) {
        return Some(
            "its Content-Security-Policy lets no scripts of the site in: script-src 'self' is needed",
        );
    }
    if sources(&["connect-src", "default-src"]).is_some_and(|sources| !own(&sources)) {
        return Some(
            "its Content-Security-Policy lets it load nothing of the site: connect-src 'self' is needed",
        );
    }
    let types = sources(&["require-trusted-types-for"]).and_then(|_| sources(&["trusted-types"]));
    if types.is_some_and(|names| !names.iter().any(|name| matches!(*name, "*" | "exemplar-search"))) {
        return Some("its Content-Security-Policy names other trusted-types: exemplar-search is needed");
    }
    None
}

/// Whether a source stands for the site itself.
fn is_own(source: &str, host: Option<&str>) -> bool {
    let source = source.to_ascii_lowercase();
    if matches!(source.as_str(), "'self'" | "*" | "https:" | "http:") {
        return true;
    }
    let whole = if source.contains("://") { source } else { format!("https://{source}") };
    let named = Url::parse(&whole).ok().and_then(|url| url.host_str().map(str::to_owned));
    host.is_some() && named.as_deref() == host
}

#[cfg(test)]
mod tests {
    use super::obstacle;

    #[test]
    fn a_policy_is_read_as_browsers_do() {
        for (policy, lacks) in [
            ("", None),
            ("img-src 'none'", None),
            ("default-src 'self'", None),
            ("default-src 'none'; script-src 'self'; connect-src 'self'", None),
            ("SCRIPT-SRC 'SELF'; Connect-Src *", None),
            ("script-src https://example.org/; connect-src example.org", None),
            ("default-src 'none'", Some("script-src")),
            ("default-src", Some("script-src")),
            ("script-src 'nonce-abc'", Some("script-src")),
            ("script-src https://elsewhere.org", Some("script-src")),
            ("script-src 'self' 'strict-dynamic' 'nonce-abc'", Some("script-src")),
            ("script-src 'none'; script-src 'self'", Some("script-src")),
            ("script-src 'self'; script-src-elem 'none'", Some("script-src")),
            ("default-src 'none'; script-src 'self'", Some("connect-src")),
            ("require-trusted-types-for 'script'", None),
            ("require-trusted-types-for 'script'; trusted-types mine", Some("trusted-types")),
            ("require-trusted-types-for 'script'; trusted-types mine exemplar-search", None),
        ] {
            let found = obstacle(policy, Some("example.org"));
            assert_eq!(found.is_some(), lacks.is_some(), "{policy}: {found:?}");
            assert!(lacks.is_none_or(|lacks| found.unwrap().contains(lacks)), "{policy}: {found:?}");
        }
        assert!(obstacle("script-src example.org", None).is_some());
    }
}
