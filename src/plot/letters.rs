//! An estimate of the width of words, for where there is nothing to measure them on.

/// The width of words as a share of the font's size, a little above that of common sans-serif fonts.
pub(crate) fn width(words: &str) -> f64 {
    words.chars().map(letter).sum()
}

fn letter(letter: char) -> f64 {
    match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | '\'' | '|' | ' ' => 0.32,
        'm' | 'w' | 'M' | 'W' | '…' | '%' => 0.9,
        'A'..='Z' => 0.68,
        '\u{2e80}'.. => 1.0,
        _ => 0.58,
    }
}
