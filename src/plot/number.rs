//! Numbers as words: short ones beside ticks, exact ones in read-outs.

use std::borrow::Cow;

/// What stands beside a tick. `step` is the distance to the next tick and decides how many decimals are worth
/// writing, `largest` the greatest magnitude on the axis, so that all ticks of an axis are written alike.
pub(crate) fn tick(value: f64, step: f64, largest: f64) -> String {
    if value.abs() < step.abs() * 1e-6 {
        return "0".to_owned();
    }
    let plain = |unit: f64, suffix: &str| {
        let decimals = (-decade(step / unit)).clamp(0, 6) as usize;
        minus(&format!("{}{suffix}", trimmed(&format!("{:.decimals$}", value / unit))))
    };
    match largest {
        0.001..1e4 => plain(1.0, ""),
        1e4..1e6 => plain(1e3, "k"),
        1e6..1e9 => plain(1e6, "M"),
        _ => {
            let decimals = (decade(value) - decade(step)).clamp(0, 6) as usize;
            scientific(value, decimals)
        }
    }
}

/// A value on a logarithmic axis, which is a power of ten or a small multiple of one.
pub(crate) fn power(value: f64) -> String {
    if (0.001..1e4).contains(&value) { exact(value) } else { scientific(value, 1) }
}

/// A value as a read-out gives it: five significant digits, plain as long as that is short.
pub(crate) fn exact(value: f64) -> String {
    if value == 0.0 {
        return "0".to_owned();
    }
    if !value.is_finite() {
        return if value.is_nan() {
            "NaN"
        } else if value > 0.0 {
            "∞"
        } else {
            "−∞"
        }
        .to_owned();
    }
    let magnitude = value.abs();
    if magnitude < 1e6 && value.fract() == 0.0 {
        return minus(&format!("{value}"));
    }
    if (1e-3..1e6).contains(&magnitude) {
        let decimals = (4 - decade(value)).clamp(0, 7) as usize;
        return minus(&trimmed(&format!("{value:.decimals$}")));
    }
    scientific(value, 4)
}

/// The power of ten at or below the magnitude of a value.
pub(crate) fn decade(value: f64) -> i32 {
    // The tiny addition keeps 1000 from becoming 2.9999999999999996.
    let log = libm::log10(value.abs().max(1e-320)) + 1e-9;
    libm::floor(log) as i32
}

/// Ten to a whole power, exact wherever an f64 can be.
pub(crate) fn ten_to(power: i32) -> f64 {
    // Parsing rounds correctly, on every target alike.
    format!("1e{power}").parse().unwrap_or(f64::NAN)
}

fn scientific(value: f64, decimals: usize) -> String {
    let words = format!("{value:.decimals$e}");
    match words.split_once('e') {
        Some((mantissa, exponent)) => minus(&format!("{}e{exponent}", trimmed(mantissa))),
        None => words,
    }
}

/// Without the zeros at the end of the decimals.
fn trimmed(words: &str) -> String {
    match words.contains('.') {
        true => words.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => words.to_owned(),
    }
}

/// The words of a number with the minus sign of a printed page, as wide as a plus.
fn minus(words: &str) -> String {
    words.replace('-', "−")
}

/// Any words with printed minus signs in their numbers: `-0.5` and `1e-7`, but not the hyphens of `784-50-10`.
pub(crate) fn typeset(words: &str) -> Cow<'_, str> {
    if !words.contains('-') {
        return Cow::Borrowed(words);
    }
    let letters: Vec<char> = words.chars().collect();
    let at = |index: Option<usize>| index.and_then(|index| letters.get(index)).copied();
    let is_minus = |index: usize| {
        let before = at(index.checked_sub(1));
        let power = before == Some('e') && at(index.checked_sub(2)).is_some_and(|c| c.is_ascii_digit());
        let signs = before.is_none_or(|c| !c.is_alphanumeric() && c != ')') || power;
        let number = at(Some(index + 1)).is_some_and(|c| c.is_ascii_digit() || c == '.' || c == '∞');
        letters[index] == '-' && signs && number
    };
    (0..letters.len()).map(|index| if is_minus(index) { '−' } else { letters[index] }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_short() {
        let cases = [
            (0.0, 1.0, 5.0, "0"),
            (0.30000000000000004, 0.1, 1.0, "0.3"),
            (-2.5, 0.5, 3.0, "−2.5"),
            (10_000.0, 5_000.0, 30_000.0, "10k"),
            (2_500.0, 500.0, 10_000.0, "2.5k"),
            (2_000_000.0, 1e6, 3e6, "2M"),
            (2e-6, 2e-6, 1e-5, "2e−6"),
            (-2e30, 1e30, 2e30, "−2e30"),
        ];
        for (value, step, largest, expected) in cases {
            assert_eq!(tick(value, step, largest), expected);
        }
        assert_eq!(["1", "10", "0.01", "1e−6", "1e4"], [1.0, 10.0, 0.01, 1e-6, 1e4].map(power));
    }

    #[test]
    fn read_outs_have_five_digits() {
        let cases = [
            (600.0, "600"),
            (0.123456789, "0.12346"),
            (2.345678, "2.3457"),
            (-12.5, "−12.5"),
            (1.5e-7, "1.5e−7"),
            (123456.7, "123457"),
            (f64::NAN, "NaN"),
            (f64::NEG_INFINITY, "−∞"),
        ];
        for (value, expected) in cases {
            assert_eq!(exact(value), expected);
        }
    }

    #[test]
    fn a_minus_is_told_from_a_hyphen() {
        let cases = [
            ("-0.5", "−0.5"),
            ("w = -1e-7", "w = −1e−7"),
            ("(-.5)", "(−.5)"),
            ("784-50-10", "784-50-10"),
            ("x-1", "x-1"),
            ("batch-norm", "batch-norm"),
            ("-", "-"),
        ];
        for (words, expected) in cases {
            assert_eq!(typeset(words), expected);
        }
    }
}
