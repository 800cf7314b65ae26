//! Estimates how many tokens a text has. Models count differently, and none says how before it is asked.

/// About four letters of English are one token, two of other alphabets, and one character of Chinese, Japanese or
/// Korean.
pub fn estimate(text: &str) -> usize {
    let quarters: usize = text
        .chars()
        .map(|c| match u32::from(c) {
            0..0x250 => 1,
            0x250..0x1100 => 2,
            _ => 4,
        })
        .sum();
    quarters.div_ceil(4)
}

#[cfg(test)]
mod tests {
    use super::estimate;

    #[test]
    fn tokens_are_about_what_tokenizers_make() {
        assert_eq!(estimate(""), 0);
        // 9 by OpenAI's cl100k_base.
        assert!((8..=12).contains(&estimate("The quick brown fox jumps over the dog")));
        // 17 by the same.
        assert!((12..=20).contains(&estimate("データを共有するにはどうするか")));
        assert!((4..=8).contains(&estimate("Прилив и отлив")));
    }
}
