//! Numbers as words.

use crate::labs::sheet::Number;
use crate::text::Text;

/// Words that are put together at run time.
pub(in crate::labs) fn told(en: impl Into<String>, zh: impl Into<String>) -> Text {
    Text { en: en.into().into(), zh: zh.into().into() }
}

/// A number by itself; nothing where there is no value yet.
pub(in crate::labs) fn number(name: &'static str, label: Text, value: Option<String>) -> Option<Number> {
    Some(Number { name, label, value: value? })
}

/// The numbers that have a value, in their order.
pub(in crate::labs) fn listed<const N: usize>(numbers: [Option<Number>; N]) -> Vec<Number> {
    numbers.into_iter().flatten().collect()
}

/// `η = 0.1`: the name of what runs under a learning rate.
pub(in crate::labs) fn rate_name(rate: f64) -> Text {
    Text::same(format!("η = {}", significant(rate, 6)))
}

/// A loss as the run bar shows it: with four decimals while it is of the usual size.
pub(in crate::labs) fn loss_value(loss: f64) -> String {
    if (1e-4..100.0).contains(&loss) { format!("{loss:.4}") } else { significant(loss, 3) }
}

/// The words of a remedy that sets the learning rate.
pub(in crate::labs) fn set_rate(rate: &str) -> Text {
    told(format!("Set the learning rate to {rate}"), format!("将学习率设为 {rate}"))
}

/// A count with its thousands apart, as English writes it: `10,000`.
pub(in crate::labs) fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let first = digits.len() % 3;
    let mut words = digits[..first].to_owned();
    for start in (first..digits.len()).step_by(3) {
        if !words.is_empty() {
            words.push(',');
        }
        words.push_str(&digits[start..start + 3]);
    }
    words
}

/// A number with `digits` significant digits, plain where that is readable: `0.0975`, `2.6e13`, `−3`.
pub(in crate::labs) fn significant(value: f64, digits: usize) -> String {
    if value.is_nan() {
        return "NaN".to_owned();
    }
    let sign = if value < 0.0 { "−" } else { "" };
    let value = value.abs();
    if value.is_infinite() {
        return format!("{sign}∞");
    }
    let scientific = format!("{value:.*e}", digits.saturating_sub(1));
    let Some((mantissa, power)) = scientific.split_once('e') else { return scientific };
    let power: i32 = power.parse().unwrap_or(0);
    if (-5..=digits as i32 + 2).contains(&power) {
        let decimals = (digits as i32 - 1 - power).max(0) as usize;
        return format!("{sign}{}", trim(&format!("{value:.decimals$}")));
    }
    format!("{sign}{}e{power}", trim(mantissa))
}

/// A number or a formula as it stands behind a sign.
pub(in crate::labs) fn bracketed(words: &str) -> String {
    let compound = words.starts_with('−') || words.contains(' ');
    if compound { format!("({words})") } else { words.to_owned() }
}

/// How strongly a cell is shaded for its number; `largest` is the largest magnitude of its matrix. Shades behind written
/// numbers are lighter.
pub(in crate::labs) fn shade(value: f64, largest: f64, written: bool) -> f64 {
    let most = if written { 0.6 } else { 1.0 };
    let share = value / largest;
    if share.is_finite() { share.clamp(-1.0, 1.0) * most } else { 0.0 }
}

fn trim(number: &str) -> &str {
    if number.contains('.') { number.trim_end_matches('0').trim_end_matches('.') } else { number }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_readable() {
        let cases = [
            (0.0, "0"),
            (-0.0, "0"),
            (0.1, "0.1"),
            (-3.0, "−3"),
            (0.0975, "0.0975"),
            (1234.5678, "1235"),
            (1e6, "1000000"),
            (-2.59e13, "−2.59e13"),
            (8.15e-10, "8.15e-10"),
            (f64::NEG_INFINITY, "−∞"),
            (f64::NAN, "NaN"),
        ];
        for (value, expected) in cases {
            assert_eq!(significant(value, 4), expected);
        }
        assert_eq!(
            [0, 12, 123, 1_234, 60_000, 1_000_000].map(grouped).join(" "),
            "0 12 123 1,234 60,000 1,000,000"
        );
    }
}
