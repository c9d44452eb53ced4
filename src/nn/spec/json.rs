//! Specs from JSON, with faults named by their path.

use serde::Deserialize;

use crate::error::{Code, Error, Result};

/// Reads a spec, or a part of one, from JSON, in which every name must be known.
///
/// # Errors
/// What does not parse, by its path in the spec as far as it was read: `layers[2].units`.
pub fn from_json<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| {
        let place = path_at(json, error.column().saturating_sub(1));
        let reason = error.to_string();
        // The path says better where than line and column of a text that nobody typed.
        let reason = reason.split(" at line ").next().unwrap_or_default();
        // serde notices these two after the name before them, or after the last.
        let named = |start: &str| Some(reason.strip_prefix(start)?.split('`').next().unwrap_or_default());
        let beside = |name: &str| match place.rfind('.') {
            Some(dot) => format!("{}.{name}", &place[..dot]),
            None => name.to_owned(),
        };
        if let Some(name) = named("unknown field `") {
            let allowed =
                reason.split_once("expected ").map_or("", |(_, names)| names.trim_start_matches("one of "));
            return Error::new(
                Code::UnknownField,
                beside(name),
                name,
                allowed.replace('`', "").replace(", ", " | "),
            );
        }
        if let Some(name) = named("missing field `") {
            return Error::new(Code::Missing, beside(name), "", "");
        }
        Error::new(Code::WrongKind, if place.is_empty() { "spec" } else { &place }, reason, "")
    })
}

/// The names and indices that lead to a byte of a JSON text of one line: `layers[2].units`.
fn path_at(json: &str, end: usize) -> String {
    // One entry for each open bracket: the index in an array, or the last name in an object.
    let mut open: Vec<(Option<usize>, &str)> = Vec::new();
    let mut bytes = json.bytes().enumerate().take(end);
    let mut text = "";
    while let Some((place, byte)) = bytes.next() {
        match byte {
            b'"' => {
                let mut last = place + 1;
                while let Some((at, byte)) = bytes.next() {
                    last = at;
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
                text = json.get(place + 1..last).unwrap_or_default();
            }
            b':' => {
                if let Some(level) = open.last_mut() {
                    level.1 = text;
                }
            }
            b'{' => open.push((None, "")),
            b'[' => open.push((Some(0), "")),
            b',' => {
                if let Some((Some(index), _)) = open.last_mut() {
                    *index += 1;
                }
            }
            b'}' | b']' => drop(open.pop()),
            _ => {}
        }
    }
    let mut path = String::new();
    for (index, name) in open {
        match index {
            Some(index) => path.push_str(&format!("[{index}]")),
            None if name.is_empty() => {}
            None => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
        }
    }
    path
}
