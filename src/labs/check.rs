//! The check of what came from outside, for the form and the address.

use std::slice;

use serde::Serialize;

use super::Lab;
use super::field::Field;
use super::settings::{RawSettings, Settings};
use crate::error::Error;

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Checked {
    /// Every fault there is, what does not go together included.
    pub problems: Vec<Error>,
    /// By name, each field whose value is right by itself.
    pub fields: Vec<(&'static str, FieldState)>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FieldState {
    /// Whether it is its default, however it is spelled.
    pub is_default: bool,
    /// The numbers of a list or a matrix, row by row, each as the address spells it; empty for other fields.
    pub rows: Vec<Vec<String>>,
}

impl Checked {
    /// What the field of this name holds; none where its value is wrong.
    pub fn field(&self, name: &str) -> Option<&FieldState> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, state)| state)
    }
}

impl Lab {
    /// Checks raw settings: each field, and what the [`jobs`](Self::jobs) make of them together.
    pub fn check(&self, raw: &RawSettings) -> Checked {
        let fields = self.fields.iter().filter_map(|field| Some((field.name, state(field, raw)?))).collect();
        let problems = match Settings::check(self.fields, raw) {
            Ok(settings) => (self.jobs)(&settings).err().into_iter().collect(),
            Err(problems) => problems,
        };
        Checked { problems, fields }
    }
}

fn state(field: &Field, raw: &RawSettings) -> Option<FieldState> {
    let alone = slice::from_ref(field);
    let mut own = RawSettings::new();
    own.extend(raw.get(field.name).map(|text| (field.name.to_owned(), text.clone())));
    let settings = Settings::check(alone, &own).ok()?;
    let usual = Settings::check(alone, &RawSettings::new()).ok()?;
    Some(FieldState { is_default: settings.agrees(&usual, field.name), rows: settings.spelled(field.name) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::labs;

    fn check(lab: &str, pairs: &[(&str, &str)]) -> Checked {
        let raw = pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        labs::find(lab).expect("a lab").check(&raw)
    }

    fn is_default(checked: &Checked, field: &str) -> bool {
        checked.field(field).expect(field).is_default
    }

    #[test]
    fn the_defaults_of_every_lab_pass_and_are_known_as_such() {
        for lab in labs::ALL {
            let checked = check(lab.id, &[]);
            assert_eq!(checked.problems, [], "{}", lab.id);
            assert_eq!(checked.fields.len(), lab.fields.len(), "{}", lab.id);
            assert!(checked.fields.iter().all(|(_, field)| field.is_default), "{}", lab.id);
            let spelled: Vec<_> = lab.fields.iter().map(|field| (field.name, field.default)).collect();
            assert_eq!(check(lab.id, &spelled), checked, "{}", lab.id);
        }
    }

    #[test]
    fn a_default_is_known_however_it_is_spelled() {
        for spelling in ["0.1", "0.10", " 1e-1 "] {
            assert!(is_default(&check("digits", &[("learningRate", spelling)]), "learningRate"));
        }
        assert!(!is_default(&check("digits", &[("learningRate", "0.2")]), "learningRate"));
        // 100 in other notations of other languages.
        for spelling in ["0x64", "1_00", "０.1", ""] {
            let checked = check("digits", &[("batch", spelling)]);
            assert_eq!(checked.problems.len(), 1, "{spelling}");
            assert_eq!(checked.problems[0].code, Code::NotANumber, "{spelling}");
            assert_eq!(checked.field("batch"), None, "{spelling}");
            assert!(is_default(&checked, "hidden"), "the others are known");
        }
    }

    #[test]
    fn a_list_has_the_same_parts_however_they_are_separated() {
        for spelling in ["0.1, 0.2", "0.1、0.2", "0.1 0.2", "0.1，0.2", "0.1\t0.20"] {
            let checked = check("learning-rate", &[("rates", spelling)]);
            assert_eq!(checked.field("rates").expect(spelling).rows, [["0.1", "0.2"]], "{spelling}");
        }
    }

    #[test]
    fn what_the_jobs_refuse_is_a_problem_too() {
        // A network larger than a page can hold.
        let checked = check("digits", &[("hidden", "1000"), ("speed", "1")]);
        assert_eq!(
            checked.problems.iter().map(|problem| problem.code).collect::<Vec<_>>(),
            [Code::UnknownField]
        );
        let refusing =
            Lab { jobs: |_| Err(Error::new(Code::TooLarge, "hidden", 1000, "100")), ..labs::digits::LAB };
        let checked = refusing.check(&RawSettings::new());
        assert_eq!(checked.problems[0].code, Code::TooLarge);
        assert_eq!(checked.fields.len(), refusing.fields.len());
    }
}
