//! What is seen, at any moment, of any settings, whatever was reported.

use std::collections::BTreeSet;

use fishbowl::chart::{Chart, Grip, Key};
use fishbowl::labs::settings::{RawSettings, Settings};
use fishbowl::labs::sheet::{Cell, Guess, Remedy, Sheet};
use fishbowl::labs::{ALL, Lab, Moment, Shape, find};
use fishbowl::plot::{Look, svg};
use fishbowl::train::report::Report;
use proptest::prelude::*;
use proptest::test_runner::Config;

use super::{Listed, charts, check, end, explained, golden, is_empty, is_told, legal, named, reports};

/// What is wrong with a sheet, if it does not keep what every sheet promises.
fn check_sheet(lab: &Lab, raw: &RawSettings, sheet: &Sheet) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    for picture in &sheet.pictures {
        let slot = picture.slot;
        ensure!(lab.slots.iter().any(|other| other.name == slot), "no slot {slot}");
        ensure!(seen.insert((slot, picture.key)), "{slot} {:?} twice", picture.key);
        ensure!(is_empty(&picture.caption) || is_told(&picture.caption), "{slot}: {:?}", picture.caption);
        charts::check(&picture.chart).map_err(|fault| format!("{slot}: {fault}"))?;
    }
    let mut names = BTreeSet::new();
    for number in &sheet.numbers {
        ensure!(names.insert(number.name), "{} twice", number.name);
        ensure!(is_told(&number.label) && !number.value.is_empty(), "{number:?}");
    }
    if let Some(table) = &sheet.table {
        ensure!(table.columns.iter().all(is_told), "{:?}", table.columns);
        for row in &table.rows {
            ensure!(row.cells.len() == table.columns.len(), "{row:?} under {:?}", table.columns);
            row.cells.iter().try_for_each(check_cell)?;
        }
    }
    let jobs = (lab.jobs)(&check(lab, raw)).map_or(0, |jobs| jobs.len());
    for notice in &sheet.notices {
        ensure!(is_told(&notice.text) && !notice.code.is_empty(), "{notice:?}");
        for remedy in &notice.remedies {
            match remedy {
                Remedy::GoBack { text, job } => ensure!(is_told(text) && *job < jobs, "{notice:?}"),
                Remedy::Look { text, .. } | Remedy::Continue { text } => ensure!(is_told(text), "{notice:?}"),
                Remedy::Set { text, settings } | Remedy::Restart { text, settings } => {
                    ensure!(is_told(text) && !settings.is_empty(), "{notice:?}");
                    check_changes(lab, raw, settings)?;
                }
            }
        }
    }
    Ok(())
}

/// What is wrong with a question, if there is one.
fn check_guess(guess: Option<Guess>) -> Result<(), String> {
    let Some(Guess { question, options, answer }) = guess else { return Ok(()) };
    let distinct: BTreeSet<_> = options.iter().map(|option| &option.en).collect();
    ensure!(is_told(&question) && options.iter().all(is_told), "{question:?} {options:?}");
    ensure!(distinct.len() == options.len() && options.len() > 1, "{question:?} {options:?}");
    if let Some(answer) = answer {
        ensure!(answer.option < options.len() && is_told(&answer.told), "{answer:?} of {options:?}");
    }
    Ok(())
}

fn check_cell(cell: &Cell) -> Result<(), String> {
    match cell {
        Cell::Words(words) => ensure!(is_told(words) || is_empty(words), "{words:?}"),
        Cell::Number(_) => {}
        Cell::Image { image, width } => {
            let pixels = image.pixels.len();
            ensure!(*width > 0 && pixels % width == 0, "{pixels} pixels in rows of {width}");
        }
        Cell::Link { text, lab, settings } => {
            ensure!(is_told(text), "{text:?}");
            let Some(lab) = find(lab) else { return Err(format!("there is no lab {lab}")) };
            check_changes(lab, &RawSettings::new(), settings)?;
        }
    }
    Ok(())
}

/// Whether settings with some changes are allowed.
fn check_changes(lab: &Lab, raw: &RawSettings, changes: &[(&'static str, String)]) -> Result<(), String> {
    let checked = Settings::check(lab.fields, &changed(raw, changes));
    checked.map(drop).map_err(|faults| format!("{} refuses {changes:?}: {faults:?}", lab.id))
}

fn changed(raw: &RawSettings, changes: &[(&'static str, String)]) -> RawSettings {
    let changes = changes.iter().map(|(name, value)| ((*name).to_owned(), value.clone()));
    let mut all = raw.clone();
    all.extend(changes);
    all
}

fn assert_drawable(chart: &Chart, place: &str) {
    for (width, height) in [(400, 300), (90, 60)] {
        assert!(svg(chart, &Look { width, height, ..Look::default() }).contains("<svg"), "{place}");
    }
}

/// A lab, settings it allows, a moment and reports.
fn any_case() -> impl Strategy<Value = (Listed, RawSettings, Moment, Vec<Option<Report>>)> {
    legal::any_lab().prop_flat_map(|(Listed(lab), raw)| {
        let settings = check(lab, &raw);
        let steps = (lab.steps)(&settings);
        let step = prop_oneof![Just(0), Just(steps), 0..=steps, any::<u64>()];
        let chosen = prop::option::of(prop_oneof![0..40_u32, any::<u32>()]);
        let moment = (step, chosen, explained::explanations()).prop_map(|(step, chosen, drawing)| Moment {
            step,
            chosen: chosen.map(Key),
            drawing,
        });
        let reports = reports::reports(&(lab.jobs)(&settings).unwrap_or_default());
        (Just(Listed(lab)), Just(raw), moment, reports)
    })
}

#[test]
fn defaults_and_suggestions_can_be_seen_from_the_first_step_to_the_last() {
    for (lab, raw) in named() {
        let settings = check(lab, &raw);
        let steps = (lab.steps)(&settings);
        for step in [0, 1.min(steps), steps / 2, steps] {
            let sheet = (lab.show)(&settings, &Moment { step, ..Moment::default() }, &[]);
            assert_eq!(check_sheet(lab, &raw, &sheet), Ok(()), "{} {raw:?} step {step}", lab.id);
            for picture in &sheet.pictures {
                assert_drawable(&picture.chart, lab.id);
            }
        }
    }
}

#[test]
fn every_slot_has_a_figure_in_some_settings() {
    for lab in ALL {
        let mut missing: BTreeSet<_> = lab.slots.iter().map(|slot| slot.name).collect();
        let mut runner = proptest::test_runner::TestRunner::deterministic();
        let mut see = |raw: &RawSettings| {
            let settings = check(lab, raw);
            let strategy = reports::reports(&(lab.jobs)(&settings).unwrap_or_default());
            for round in 0..20 {
                use proptest::strategy::ValueTree;
                // At first nothing has been reported.
                let reports = match round {
                    0 => Vec::new(),
                    _ => strategy.new_tree(&mut runner).expect("reports").current(),
                };
                for picture in (lab.show)(&settings, &end(lab, &settings), &reports).pictures {
                    missing.remove(picture.slot);
                }
            }
        };
        named().filter(|(other, _)| other.id == lab.id).for_each(|(_, raw)| see(&raw));
        assert!(missing.is_empty(), "{}: nothing for {missing:?}", lab.id);
    }
}

#[test]
fn what_can_be_moved_moves_something() {
    let places = [[0.0, 0.0], [1.0, 1.0], [2.0, 0.0], [0.0, 2.0], [0.4, -0.7], [3.0, 3.0]];
    for (lab, raw) in named() {
        let settings = check(lab, &raw);
        let sheet = (lab.show)(&settings, &end(lab, &settings), &[]);
        for grip in sheet.pictures.iter().flat_map(|picture| charts::grips(&picture.chart)) {
            let moves = |at: &[f64; 2]| {
                let edits = (lab.drag)(&settings, grip, *at);
                let after = check(lab, &changed(&raw, &edits.settings));
                after != settings || edits.step.is_some()
            };
            assert!(places.iter().any(moves), "{} {raw:?}: {grip:?}", lab.id);
        }
    }
}

/// A figure of each suggestion, at its end, as it was when somebody last looked: the first one, but of a sheet that begins
/// with a map the last one, because level lines take pages.
#[test]
fn figures_of_suggestions_stay_what_they_were() {
    for lab in ALL {
        let suggestions = named().filter(|(other, _)| other.id == lab.id).map(|(_, raw)| raw);
        for (index, raw) in suggestions.enumerate().skip(1) {
            let settings = check(lab, &raw);
            if !(lab.jobs)(&settings).expect(lab.id).is_empty() {
                continue;
            }
            let sheet = (lab.show)(&settings, &end(lab, &settings), &[]);
            let is_map = sheet.pictures.first().is_some_and(|first| charts::is_map(&first.chart));
            let picture = if is_map { sheet.pictures.last() } else { sheet.pictures.first() };
            let Some(picture) = picture else { continue };
            let shape = lab.slots.iter().find(|slot| slot.name == picture.slot).expect("a slot").shape;
            let (width, height) = match shape {
                Shape::Wide | Shape::Grid => (480, 240),
                Shape::Square | Shape::Cells | Shape::Multiples => (300, 300),
            };
            let look = Look { width, height, legend: true, bitmaps: false, ..Look::default() };
            golden::compare(&format!("labs/{}-{index}", lab.id), &picture.chart, &look);
        }
    }
}

proptest! {
    #![proptest_config(Config { cases: 400, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_sheet_keeps_its_promises_and_depends_on_its_arguments_alone((Listed(lab), raw, moment, reports) in any_case()) {
        let settings = check(lab, &raw);
        let show = || (lab.show)(&settings, &moment, &reports);
        let sheet = show();
        prop_assert_eq!(check_sheet(lab, &raw, &sheet), Ok(()));
        prop_assert_eq!(check_guess((lab.guess)(&settings, &moment, &reports)), Ok(()));
        // By what is printed: a number that is none is not equal to itself.
        prop_assert_eq!(format!("{sheet:?}"), format!("{:?}", show()));
    }

    #[test]
    fn moving_ends_in_settings_that_are_allowed(
        (Listed(lab), raw, _, _) in any_case(),
        grip in 0..12_u16,
        at in [place(), place()],
    ) {
        let edits = (lab.drag)(&check(lab, &raw), Grip(grip), at);
        prop_assert_eq!(check_changes(lab, &raw, &edits.settings), Ok(()));
        let after = check(lab, &changed(&raw, &edits.settings));
        // Where jobs run, a step is one of theirs, and the nearest one is looked at.
        let runs = (lab.jobs)(&after).is_ok_and(|jobs| !jobs.is_empty());
        prop_assert!(edits.step.is_none_or(|step| runs || step <= (lab.steps)(&after)), "{:?}", edits);
    }
}

fn place() -> impl Strategy<Value = f64> {
    prop_oneof![
        4 => -12.0..12.0_f64,
        1 => any::<f64>(),
        1 => prop::sample::select(vec![f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e308, -0.0]),
    ]
}

proptest! {
    #![proptest_config(Config { cases: 40, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_figure_can_be_drawn((Listed(lab), raw, moment, reports) in any_case()) {
        for picture in (lab.show)(&check(lab, &raw), &moment, &reports).pictures {
            assert_drawable(&picture.chart, lab.id);
        }
    }
}
