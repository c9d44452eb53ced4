//! The descriptions: names, words, and what refers to what.

use std::collections::BTreeSet;

use fishbowl::labs::field::{Field, Kind};
use fishbowl::labs::{ALL, Lab, Place};
use fishbowl::text::Text;

use super::{check, is_told, named};

fn assert_unique<'a>(what: &str, names: impl IntoIterator<Item = &'a str>) {
    let mut seen = BTreeSet::new();
    for name in names {
        assert!(!name.is_empty() && seen.insert(name), "{what}: {name} comes twice");
    }
}

#[test]
fn names_are_unique() {
    assert_unique("labs", ALL.iter().map(|lab| lab.id));
    for lab in ALL {
        assert_unique(lab.id, lab.fields.iter().map(|field| field.name));
        assert_unique(lab.id, lab.slots.iter().map(|slot| slot.name));
        for suggestion in lab.suggestions {
            assert_unique(lab.id, suggestion.settings.iter().map(|(name, _)| *name));
        }
    }
}

#[test]
fn names_can_stand_in_an_address() {
    let plain = |name: &str, more: fn(char) -> bool| {
        name.starts_with(|c: char| c.is_ascii_lowercase())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more(c))
    };
    for lab in ALL {
        assert!(plain(lab.id, |c| c == '-'), "{}", lab.id);
        for field in lab.fields {
            assert!(plain(field.name, |c| c.is_ascii_uppercase()), "{}.{}", lab.id, field.name);
        }
        for slot in lab.slots {
            assert!(plain(slot.name, |c| c == '-'), "{}.{}", lab.id, slot.name);
        }
    }
}

/// Every sentence of a description, with where it stands.
fn texts(lab: &Lab) -> Vec<(String, &Text)> {
    let mut texts = vec![
        ("title".to_owned(), &lab.title),
        ("line".to_owned(), &lab.line),
        ("about".to_owned(), &lab.about),
    ];
    for field in lab.fields {
        texts.push((format!("{} label", field.name), &field.label));
        texts.push((format!("{} help", field.name), &field.help));
        if let Kind::Choice { options } = field.kind {
            texts.extend(options.iter().map(|option| (format!("{} option", field.name), &option.label)));
        }
    }
    for slot in lab.slots {
        texts.push((format!("{} title", slot.name), &slot.title));
        texts.push((format!("{} help", slot.name), &slot.help));
    }
    texts.extend(lab.suggestions.iter().map(|suggestion| ("suggestion".to_owned(), &suggestion.text)));
    texts
}

#[test]
fn everything_is_told_in_both_languages() {
    for lab in ALL {
        for (place, text) in texts(lab) {
            assert!(is_told(text), "{} {place}: {text:?}", lab.id);
        }
        // A sentence that is the same in both was not translated.
        for (place, text) in [("title", &lab.title), ("line", &lab.line), ("about", &lab.about)] {
            assert_ne!(text.en, text.zh, "{} {place}", lab.id);
        }
    }
}

#[test]
fn a_lab_has_figures_suggestions_and_a_place_in_the_book() {
    for lab in ALL {
        assert!(!lab.slots.is_empty() && !lab.fields.is_empty(), "{}", lab.id);
        assert!(lab.suggestions.len() >= 3, "{}", lab.id);
        assert!(lab.formula.starts_with("<math") && lab.formula.ends_with("</math>"), "{}", lab.id);
        assert!(lab.pace.is_finite() && lab.pace > 0.0, "{}", lab.id);
        for section in lab.sections {
            let numbers: Option<Vec<u8>> = section.split('.').map(|part| part.parse().ok()).collect();
            assert!(numbers.is_some_and(|numbers| (2..=8).contains(&numbers[0])), "{} {section}", lab.id);
        }
    }
}

#[test]
fn a_few_controls_and_a_figure_are_in_view_at_once() {
    for (lab, raw) in named() {
        let held = |name: &str| {
            let field = lab.fields.iter().find(|field| field.name == name).expect(name);
            raw.get(name).map_or(field.default, String::as_str)
        };
        let shown = |field: &&Field| field.only.is_none_or(|(name, values)| values.contains(&held(name)));
        let main = lab.fields.iter().filter(|field| field.place == Place::Main).filter(shown).count();
        assert!((1..=3).contains(&main), "{} {raw:?}: {main} controls in the run bar", lab.id);
        assert!(lab.slots.iter().any(|slot| slot.place == Place::Main), "{}: nothing on the stage", lab.id);
    }
}

#[test]
fn a_field_is_shown_by_values_that_another_can_hold() {
    let options = |field: &Field| match field.kind {
        Kind::Choice { options } => options.iter().map(|option| option.value).collect(),
        Kind::Toggle => vec!["true", "false"],
        _ => Vec::new(),
    };
    for lab in ALL {
        for field in lab.fields {
            let Some((name, values)) = field.only else { continue };
            let other = lab.fields.iter().find(|other| other.name == name).expect(name);
            let known = values.iter().all(|value| options(other).contains(value));
            assert!(known && !values.is_empty(), "{}.{}: {values:?}", lab.id, field.name);
        }
    }
}

#[test]
fn defaults_and_suggestions_are_allowed_and_suggestions_change_something() {
    for (lab, raw) in named() {
        let (settings, defaults) = (check(lab, &raw), check(lab, &Default::default()));
        assert!(raw == super::raw(&[]) || settings != defaults, "{}: {raw:?}", lab.id);
    }
}

#[test]
fn every_file_of_a_lab_is_in_the_list() {
    let shared = ["check", "field", "mod", "parts", "settings", "sheet"];
    let files = std::fs::read_dir("src/labs").expect("the labs' folder");
    let names = files.map(|file| {
        file.expect("readable").path().file_stem().expect("a name").to_string_lossy().replace('_', "-")
    });
    let found: BTreeSet<_> = names.filter(|name| !shared.contains(&name.as_str())).collect();
    assert_eq!(found, ALL.iter().map(|lab| lab.id.to_owned()).collect());
}
