//! `exemplar search --explain`: which words each hit has, how much its meaning counts, and what its weight is.

use exemplar_search::{Explanation, Share, WordShare};

use crate::listing::address;

/// Lines for people.
pub fn listing(explained: &[Explanation]) -> String {
    if explained.is_empty() {
        return "nothing is found".into();
    }
    explained.iter().map(lines).collect::<Vec<_>>().join("\n")
}

fn lines(explained: &Explanation) -> String {
    let Explanation { hit, shares, words, weight, lifted } = explained;
    let mut lines = vec![
        format!("{:>3}  {:>7.3}  {}", hit.rank, hit.score, hit.article.title),
        format!("              {}", address(hit.article, hit.passage.anchor.clone())),
    ];
    lines.extend(shares.iter().map(|share| of_share(share, words)));
    if *weight != 1.0 {
        // What it does to a sum is an addition.
        let effect =
            if shares.len() > 1 { format!("{:>+9.3}", weight.ln()) } else { format!("{:>9}", "times") };
        lines.push(format!("     {effect}  weight {weight}"));
    }
    let reason = lifted.map(|reason| match reason {
        "pinned" => "it is pinned to this query",
        "title" => "its title is the query",
        _ => "its heading is the query",
    });
    lines.extend(reason.map(|reason| format!("        above  all that merely scores: {reason}")));
    lines.join("\n")
}

fn of_share(Share { name, score, share }: &Share, words: &[WordShare]) -> String {
    let share = share.map_or_else(|| " ".repeat(9), |share| format!("{share:>+9.3}"));
    let matched = |word: &WordShare| {
        let others: Vec<&str> =
            word.matched.iter().map(String::as_str).filter(|matched| *matched != word.word).collect();
        let with = if others.is_empty() { String::new() } else { format!(" by {}", others.join(" and ")) };
        format!("{} {:.2}{with}", word.word, word.score)
    };
    let found: Vec<String> = words.iter().filter(|word| word.score > 0.0).map(matched).collect();
    let of_words = if *name == "lexical" && !found.is_empty() {
        format!(": {}", found.join(", "))
    } else {
        String::new()
    };
    format!("     {share}  {name} {score:.3}{of_words}")
}
