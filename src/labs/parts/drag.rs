//! What a moved mark means as settings.

use crate::labs::Edits;
use crate::labs::field::{Field, Kind};

/// The new value of a number field, as the address spells it: within the field's range, with three significant digits
/// and none below a thousandth of a linear range; none for a value that is no number, or a field of another kind.
pub(in crate::labs) fn moved(
    fields: &[Field],
    name: &'static str,
    value: f64,
) -> Option<(&'static str, String)> {
    let kind = fields.iter().find(|field| field.name == name)?.kind;
    let (min, max, finest) = match kind {
        Kind::Number { min, max, .. } => (min, max, power_below((max - min) / 1000.0)),
        Kind::Log { min, max } | Kind::Beside { min, max, .. } => (min, max, 0.0),
        Kind::Count { min, max } => (f64::from(min), f64::from(max), 1.0),
        _ => return None,
    };
    if value.is_nan() {
        return None;
    }
    let value = value.clamp(min, max);
    let finest = finest.max(power_below(value.abs()) / 100.0);
    // Rounded as decimals, since a multiple of 0.01 need not be one in binary.
    let rounded = if finest < 1.0 {
        let decimals = (-libm::log10(finest)).round() as usize;
        format!("{value:.decimals$}").parse().unwrap_or(value)
    } else {
        // A count keeps all its digits.
        value.round()
    };
    // No −0 in an address.
    Some((name, (rounded.clamp(min, max) + 0.0).to_string()))
}

/// The edits of a mark that stands for two number fields.
pub(in crate::labs) fn place(fields: &[Field], names: [&'static str; 2], at: [f64; 2]) -> Edits {
    let settings = names.into_iter().zip(at).filter_map(|(name, value)| moved(fields, name, value));
    Edits { settings: settings.collect(), step: None }
}

/// The power of ten at or below a number above 0; 0 for 0.
fn power_below(value: f64) -> f64 {
    if value > 0.0 { libm::pow(10.0, libm::floor(libm::log10(value) + 1e-9)) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Text;

    #[test]
    fn a_place_is_rounded_and_stays_within_the_range() {
        let field = |name, kind| Field::new(name, Text::new("", ""), Text::new("", ""), kind, "1");
        let fields = [
            field("x", Kind::Number { min: -10.0, max: 10.0, step: 0.1 }),
            field("rate", Kind::Log { min: 1e-10, max: 10.0 }),
            field("units", Kind::Count { min: 1, max: 50_000 }),
            field("shown", Kind::Toggle),
        ];
        let spelled = |name, value| moved(&fields, name, value).map(|(_, words)| words);
        let cases = [
            ("x", -3.2449, "-3.24"),
            ("x", 9.996, "10"),
            ("x", 1e-9, "0"),
            ("x", -1e-9, "0"),
            ("x", f64::INFINITY, "10"),
            ("rate", 0.012345, "0.0123"),
            ("rate", 1.23456e-8, "0.0000000123"),
            ("rate", -1.0, "0.0000000001"),
            ("units", 12_345.6, "12346"),
        ];
        for (name, value, words) in cases {
            assert_eq!(spelled(name, value).as_deref(), Some(words), "{name} {value}");
        }
        assert_eq!((spelled("x", f64::NAN), spelled("shown", 1.0), spelled("y", 1.0)), (None, None, None));
    }
}
