//! The places of a spec, and what is wrong there.

use fishbowl::error::Code;
use fishbowl::nn::spec::value::Value;
use fishbowl::nn::spec::{NetSpec, parse};

/// What a place of a spec holds, by which what is wrong there is chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Kind {
    /// A whole number.
    Whole,
    /// A number that may be 0, and one that may not.
    Share,
    Positive,
    /// One of several words.
    Word,
    /// The word that says which fields an object has.
    Tag,
    Object,
    List,
}

#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) path: String,
    pub(crate) kind: Kind,
    pub(crate) optional: bool,
}

/// Every place of a spec, also those that are absent and may be there.
pub(crate) fn places(spec: &Value) -> Vec<Place> {
    let mut found = Vec::new();
    add(spec, "", "", &mut found);
    found
}

fn add(value: &Value, path: &str, name: &str, found: &mut Vec<Place>) {
    let kind = match (value, name) {
        (Value::Object(_), _) => Kind::Object,
        (Value::List(_), _) => Kind::List,
        (Value::Text(_), "kind") => Kind::Tag,
        (Value::Text(_), _) => Kind::Word,
        (_, "learningRate" | "clipNorm" | "factor") => Kind::Positive,
        (_, "momentum" | "beta1" | "beta2" | "weightDecay" | "final" | "rate" | "std") => Kind::Share,
        _ => Kind::Whole,
    };
    let optional =
        ["stride", "pad", "momentum", "beta1", "beta2", "weightDecay", "clipNorm", "schedule", "final"]
            .contains(&name);
    found.push(Place { path: path.to_owned(), kind, optional });
    match value {
        Value::Object(fields) => {
            let kind = fields.iter().find(|(name, _)| name == "kind").map(|(_, kind)| kind.clone());
            let absent: &[(&str, Kind)] = match &kind {
                Some(Value::Text(kind)) => match kind.as_str() {
                    "conv2d" | "max-pool2d" | "average-pool2d" => {
                        &[("stride", Kind::Whole), ("pad", Kind::Whole)]
                    }
                    "cosine" => &[("final", Kind::Share)],
                    "sgd" | "momentum" | "nesterov" | "adagrad" | "rmsprop" | "adam" => &[
                        ("momentum", Kind::Share),
                        ("beta1", Kind::Share),
                        ("beta2", Kind::Share),
                        ("weightDecay", Kind::Share),
                        ("clipNorm", Kind::Positive),
                        ("schedule", Kind::Object),
                    ],
                    _ => &[],
                },
                _ => &[],
            };
            let below = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
            for (name, value) in fields {
                add(value, &below(name), name, found);
            }
            for &(name, kind) in
                absent.iter().filter(|(name, _)| fields.iter().all(|(given, _)| given != name))
            {
                found.push(Place { path: below(name), kind, optional: true });
            }
        }
        Value::List(items) => {
            for (index, item) in items.iter().enumerate() {
                add(item, &format!("{path}[{index}]"), "", found);
            }
        }
        _ => {}
    }
}

/// Puts a value into a place, or takes away what is there.
pub(crate) fn put(root: &mut Value, path: &str, new: Option<Value>) {
    let steps: Vec<String> =
        path.replace('[', ".[").split('.').filter(|step| !step.is_empty()).map(Into::into).collect();
    let Some((last, above)) = steps.split_last() else {
        *root = new.unwrap_or(Value::Undefined);
        return;
    };
    let index = |step: &str| step.trim_matches(['[', ']']).parse::<usize>().expect("an index");
    let mut place = root;
    for step in above {
        place = match place {
            Value::Object(fields) => {
                &mut fields.iter_mut().find(|(name, _)| name == step).expect("a path to something").1
            }
            Value::List(items) => &mut items[index(step)],
            other => panic!("{other} has no {step}"),
        };
    }
    match place {
        Value::Object(fields) => {
            fields.retain(|(name, _)| name != last);
            fields.extend(new.map(|new| (last.clone(), new)));
        }
        Value::List(items) => items[index(last)] = new.unwrap_or(Value::Undefined),
        other => panic!("{other} has no {last}"),
    }
}

/// The tree that a spec is read from.
pub(crate) fn tree(spec: &NetSpec) -> Value {
    parse(&serde_json::to_string(spec).expect("serializable")).expect("JSON")
}

/// A tree as JSON, where that has all of it.
pub(crate) fn json(tree: &Value) -> Option<serde_json::Value> {
    Some(match tree {
        Value::Null => serde_json::Value::Null,
        Value::Bool(value) => (*value).into(),
        Value::Number(value) => serde_json::Number::from_f64(*value)?.into(),
        Value::Text(text) => text.as_str().into(),
        Value::List(items) => items.iter().map(json).collect::<Option<Vec<_>>>()?.into(),
        Value::Object(fields) => {
            let field = |(name, value): &(String, Value)| Some((name.clone(), json(value)?));
            serde_json::Value::Object(fields.iter().map(field).collect::<Option<_>>()?)
        }
        Value::Undefined | Value::Other(_) => return None,
    })
}

fn text(text: &str) -> Value {
    Value::Text(text.to_owned())
}

pub(crate) fn other(name: &str) -> Value {
    Value::Other(name.to_owned())
}

/// Values that are wrong in a place, and with which code they are refused.
pub(crate) fn wrong(place: &Place) -> Vec<(Value, Code)> {
    let object = || Value::Object(vec![("a".to_owned(), Value::Number(1.0))]);
    let strange = |code| {
        let mut values = vec![
            (Value::Bool(true), code),
            (other("function"), code),
            (other("5n"), code),
            (other("a cycle"), code),
        ];
        if !place.optional {
            values.push((Value::Null, code));
            values.push((Value::Undefined, Code::Missing));
        }
        values
    };
    let numbers = |values: &[f64], code: Code| {
        values.iter().map(|&value| (Value::Number(value), code)).collect::<Vec<_>>()
    };
    match place.kind {
        Kind::Whole | Kind::Share | Kind::Positive => {
            let code = Code::NotANumber;
            let mut values = strange(code);
            values.extend([
                (text("0.1"), code),
                (text(""), code),
                (Value::List(vec![]), code),
                (object(), code),
            ]);
            values.extend(numbers(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY], Code::NotFinite));
            values.extend(numbers(&[-1.0, 1e39, -1e-60, 1e300], Code::OutsideRange));
            match place.kind {
                Kind::Whole => values.extend(numbers(&[0.5, 1e16, 4_294_967_296.0], Code::OutsideRange)),
                Kind::Share => values.extend(numbers(&[1e-60, 1e-46, 101.0], Code::OutsideRange)),
                _ => values.extend(numbers(&[0.0, -0.0, 1e-60, 1e-46], Code::OutsideRange)),
            }
            values
        }
        Kind::Word | Kind::Tag => {
            let mut values = strange(Code::WrongKind);
            values.extend([(object(), Code::WrongKind), (Value::Number(3.0), Code::WrongKind)]);
            values.extend([
                (text("gelu"), Code::NotAChoice),
                (text(""), Code::NotAChoice),
                (text("Relu"), Code::NotAChoice),
            ]);
            values
        }
        Kind::Object | Kind::List => {
            let mut values = strange(Code::WrongKind);
            values.extend([(text("dense"), Code::WrongKind), (Value::Number(f64::NAN), Code::WrongKind)]);
            values.push(if place.kind == Kind::List {
                (object(), Code::WrongKind)
            } else {
                (Value::List(vec![]), Code::WrongKind)
            });
            values
        }
    }
}
