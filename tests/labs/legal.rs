//! Settings that a lab allows, at random.

use fishbowl::labs::field::{Field, Kind};
use fishbowl::labs::settings::RawSettings;
use fishbowl::labs::{ALL, Lab};
use proptest::prelude::*;

use super::Listed;

/// Any lab with settings it allows.
pub(crate) fn any_lab() -> impl Strategy<Value = (Listed, RawSettings)> {
    (0..ALL.len()).prop_flat_map(|lab| (Just(Listed(&ALL[lab])), settings(&ALL[lab])))
}

/// Any settings that each field of a lab allows by itself; fields that are left out take their default.
fn settings(lab: &'static Lab) -> impl Strategy<Value = RawSettings> {
    let field = |field: &Field| {
        let name = field.name;
        prop_oneof![
            2 => Just(None),
            3 => value(field).prop_map(move |value| Some((name.to_owned(), value))),
        ]
        .boxed()
    };
    let fields: Vec<_> = lab.fields.iter().map(field).collect();
    fields.prop_map(|pairs| pairs.into_iter().flatten().collect())
}

/// Any value that a field allows, spelled as in the address.
pub(crate) fn value(field: &Field) -> BoxedStrategy<String> {
    match field.kind {
        Kind::Log { min, max } => prop_oneof![
            Just(min),
            Just(max),
            (min.ln()..=max.ln()).prop_map(move |log| log.exp().clamp(min, max)),
        ]
        .prop_map(|value| value.to_string())
        .boxed(),
        Kind::Beside { min, max, .. } => prop_oneof![Just("none".to_owned()), number(min, max)].boxed(),
        Kind::Number { min, max, .. } => number(min, max).boxed(),
        Kind::Count { min, max } => {
            let few = min..=max.min(min.saturating_add(20));
            prop_oneof![Just(min), Just(max), few, min..=max].prop_map(|count| count.to_string()).boxed()
        }
        Kind::Choice { options } => {
            let values: Vec<_> = options.iter().map(|option| option.value.to_owned()).collect();
            prop::sample::select(values).boxed()
        }
        Kind::Toggle => any::<bool>().prop_map(|on| on.to_string()).boxed(),
        Kind::Expression { variables } => expression(variables).boxed(),
        Kind::Rows => rows().boxed(),
        Kind::Calculation => expression(&["apples", "price", "x"]).boxed(),
        Kind::Numbers { min, max, most } => {
            prop::collection::vec(number(min, max), 1..=most).prop_map(|row| row.join(", ")).boxed()
        }
        Kind::Matrix { min, max, most_rows, most_columns } => (1..=most_rows, 1..=most_columns)
            .prop_flat_map(move |(rows, columns)| {
                prop::collection::vec(prop::collection::vec(number(min, max), columns), rows)
            })
            .prop_map(|rows| rows.iter().map(|row| row.join(", ")).collect::<Vec<_>>().join("; "))
            .boxed(),
    }
}

/// Rows of two kinds and more, with equal ones among them, some under a header.
fn rows() -> impl Strategy<Value = String> {
    let row = (prop::collection::vec(number(-1000.0, 1000.0), 4), 0..5_usize)
        .prop_map(|(numbers, kind)| format!("{},kind {kind}", numbers.join(",")));
    (any::<bool>(), prop::collection::vec(row, 0..40)).prop_map(|(header, rows)| {
        let header = if header { "a,b,c,d,kind\n" } else { "" };
        format!("{header}0,0,0,0,kind 0\n1,1,1,1,kind 1\n{}", rows.join("\n"))
    })
}

fn number(min: f64, max: f64) -> impl Strategy<Value = String> {
    // There need not be a whole number between them.
    let (first, last) = if min.ceil() <= max.floor() { (min.ceil(), max.floor()) } else { (min, max) };
    let whole = (first..=last).prop_map(f64::round);
    let value = prop_oneof![Just(min), Just(max), Just(0.0_f64.clamp(min, max)), whole, min..=max];
    value.prop_map(move |value| value.clamp(min, max).to_string())
}

/// Functions with walls, gaps, poles and plains, joined at random.
fn expression(variables: &'static [&'static str]) -> impl Strategy<Value = String> {
    let term = (prop::sample::select(variables), 0..10_usize).prop_map(|(x, shape)| match shape {
        0 => x.to_owned(),
        1 => format!("{x} ^ 2"),
        2 => format!("ln({x})"),
        3 => format!("sqrt({x} - 1)"),
        4 => format!("1 / {x}"),
        5 => format!("exp(exp({x}))"),
        6 => format!("relu({x})"),
        7 => format!("sin({x} * 3)"),
        8 => format!("1e300 * {x}"),
        _ => "2".to_owned(),
    });
    let join = prop::sample::select(vec![" + ", " - ", " * ", " / "]);
    prop::collection::vec((term, join), 1..4).prop_map(|terms| {
        let all: String = terms.iter().map(|(term, join)| format!("({term}){join}")).collect();
        format!("{all}1")
    })
}
