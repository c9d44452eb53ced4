//! Every lab of the list keeps the promises of the list: a lab is tested by being listed.
#![cfg(not(target_arch = "wasm32"))]

use std::collections::{BTreeMap, BTreeSet};

use fishbowl::chart::Chart;
use fishbowl::data::collection::Collection;
use fishbowl::data::digits::Digits;
use fishbowl::labs::field::Kind;
use fishbowl::labs::settings::{RawSettings, Settings};
use fishbowl::labs::{ALL, Lab, Lane, Progress, Run, View};
use fishbowl::plot::{Look, svg};
use fishbowl::text::Text;
use proptest::prelude::*;

fn raw(pairs: &[(&str, &str)]) -> RawSettings {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// 300 images of 28×28: a bright square whose place tells the class.
fn images() -> Collection {
    let mut digits = Digits::empty(28, 28);
    for index in 0..300_usize {
        let label = index % 10;
        let mut pixels = vec![0; 784];
        let corner = (label / 5) * 14 * 28 + (label % 5) * 5;
        (0..25).for_each(|dot| pixels[corner + dot / 5 * 28 + dot % 5] = 100 + (index * 7 % 150) as u8);
        digits.push(&pixels, label as u8);
    }
    Collection::whole(digits)
}

fn open(lab: &Lab, settings: &RawSettings) -> Box<dyn Run> {
    let settings = Settings::check(lab.fields, settings).expect(lab.id);
    let mut run = (lab.open)(&settings, Lane(0)).expect(lab.id);
    run.set_images(&images(), &images()).expect(lab.id);
    run
}

/// The run's first 30 steps from the start.
fn played(lab: &Lab, settings: &RawSettings) -> View {
    let mut run = open(lab, settings);
    run.rewind().expect(lab.id);
    let mut steps = 0;
    while steps < 30 {
        match run.work() {
            Progress::Step => steps += 1,
            Progress::Between => {}
            Progress::Waiting | Progress::Done => break,
        }
    }
    run.settle();
    run.view(0.0)
}

/// All settings a lab names: its defaults and its tries.
fn settings_of(lab: &Lab) -> impl Iterator<Item = RawSettings> {
    std::iter::once(RawSettings::new()).chain(lab.tries.iter().map(|attempt| raw(attempt.settings)))
}

fn is_told(text: &Text) -> bool {
    !text.en.trim().is_empty() && !text.zh.trim().is_empty()
}

#[test]
fn names_are_unique_and_everything_is_told_in_both_languages() {
    assert_eq!(ALL.iter().map(|lab| lab.id).collect::<BTreeSet<_>>().len(), ALL.len());
    for lab in ALL {
        assert!(is_told(&lab.title) && is_told(&lab.intro) && lab.formula.starts_with("<math"), "{}", lab.id);
        assert!(!lab.book.is_empty() && !lab.charts.is_empty() && lab.tries.len() >= 3, "{}", lab.id);
        let fields: BTreeSet<_> = lab.fields.iter().map(|field| field.name).collect();
        assert_eq!(fields.len(), lab.fields.len(), "{}", lab.id);
        for field in lab.fields {
            assert!(is_told(&field.label) && is_told(&field.help), "{}.{}", lab.id, field.name);
            let conditions = field.only.iter().chain(lab.data_when.iter());
            for (other, values) in conditions {
                let other = lab.fields.iter().find(|field| field.name == *other).expect("a known field");
                let Kind::Choice { options } = other.kind else { panic!("{} is no choice", other.name) };
                assert!(values.iter().all(|value| options.iter().any(|option| option.value == *value)));
            }
        }
        for attempt in lab.tries {
            assert!(is_told(&attempt.text), "{}", lab.id);
        }
        assert!(lab.charts.iter().all(|slot| is_told(&slot.title) && is_told(&slot.help)), "{}", lab.id);
        assert!(lab.lanes_from.is_none_or(|name| fields.contains(name)), "{}", lab.id);
    }
}

#[test]
fn every_file_of_a_lab_is_in_the_list() {
    let shared = ["field", "mod", "parts", "settings", "training"];
    let files = std::fs::read_dir("src/labs").expect("the labs' folder");
    let names = files.map(|file| {
        file.expect("readable").path().file_stem().expect("a name").to_string_lossy().replace('_', "-")
    });
    let found: BTreeSet<_> = names.filter(|name| !shared.contains(&name.as_str())).collect();
    assert_eq!(found, ALL.iter().map(|lab| lab.id.to_owned()).collect());
}

#[test]
fn defaults_and_tries_run_and_every_chart_has_its_place_and_can_be_drawn() {
    for lab in ALL {
        for settings in settings_of(lab) {
            let mut run = open(lab, &settings);
            run.rewind().expect(lab.id);
            assert_ne!(run.work(), Progress::Done, "{}: nothing to do", lab.id);
            let view = played(lab, &settings);
            assert!(!view.charts.is_empty(), "{} {settings:?}", lab.id);
            for (name, chart) in &view.charts {
                assert!(lab.charts.iter().any(|slot| slot.name == *name), "{}: no place for {name}", lab.id);
                assert_eq!(
                    Chart::from_bytes(&chart.to_bytes()).as_ref().map(|c| format!("{c:?}")),
                    Some(format!("{chart:?}"))
                );
                assert!(svg(chart, &Look { width: 400, height: 300, ..Look::default() }).contains("<svg"));
            }
            if let Some(table) = view.table {
                assert!(table.rows.iter().all(|row| row.len() == table.columns.len()), "{}", lab.id);
            }
        }
    }
}

#[test]
fn a_run_depends_on_its_settings_alone() {
    for lab in ALL {
        for settings in settings_of(lab) {
            let (first, again) = (played(lab, &settings), played(lab, &settings));
            assert_eq!(
                format!("{:?}", first.numbers),
                format!("{:?}", again.numbers),
                "{} {settings:?}",
                lab.id
            );
            assert_eq!(
                format!("{:?}", first.charts),
                format!("{:?}", again.charts),
                "{} {settings:?}",
                lab.id
            );
        }
    }
}

#[test]
fn a_different_seed_is_a_different_run() {
    let digits = fishbowl::labs::find("digits").expect("listed");
    let [first, second] = ["1", "2"].map(|seed| played(digits, &raw(&[("seed", seed)])).numbers);
    assert_ne!(first, second);
}

#[test]
fn lanes_of_equal_rates_are_equal() {
    let lab = fishbowl::labs::find("learning-rate").expect("listed");
    let settings =
        Settings::check(lab.fields, &raw(&[("task", "mnist"), ("rates", "0.1, 0.1"), ("iterations", "20")]));
    let settings = settings.expect("allowed");
    let tables = [0, 1].map(|lane| {
        let mut run = (lab.open)(&settings, Lane(lane)).expect("a lane of the list");
        run.set_images(&images(), &images()).expect("fits");
        while run.work() != Progress::Done {}
        run.view(0.0).table.expect("a table").rows
    });
    assert_eq!(tables[0], tables[1]);
    assert_eq!((lab.open)(&settings, Lane(2)).err().map(|error| error.field), Some("lane".into()));
}

#[test]
fn a_rate_of_ten_is_said_to_leave_the_picture() {
    let lab = fishbowl::labs::find("descent").expect("listed");
    let view = played(lab, &raw(&[("learningRate", "10")]));
    let notice = view.notice.expect("a notice");
    assert_eq!((notice.code, notice.params), ("left-picture", BTreeMap::from([("step", "1".to_owned())])));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever stands in a link, checking it ends in settings or in named faults, and settings can be opened.
    #[test]
    fn no_setting_panics(
        lab in 0..ALL.len(),
        field in 0..12_usize,
        value in prop_oneof![
            any::<String>(),
            "[-+0-9.e]{0,12}",
            (-1e4..1e4_f64).prop_map(|number| number.to_string()),
            "[x01 +*/^()a-z,-]{0,40}",
        ],
    ) {
        let lab = &ALL[lab];
        let Some(field) = lab.fields.get(field) else { return Ok(()) };
        // Sizes are kept small: what is tested is the check, not the patience of the tester.
        prop_assume!(!matches!(field.name, "hidden" | "batch") || value.len() < 3);
        let mut settings = raw(&[(field.name, &value)]);
        if lab.id == "digits" && field.name != "hidden" {
            settings.insert("hidden".into(), "3".into());
        }
        match Settings::check(lab.fields, &settings) {
            Ok(settings) => {
                let mut run = (lab.open)(&settings, Lane(0)).expect("checked settings open");
                for _ in 0..5 {
                    run.work();
                }
                run.view(0.0);
            }
            Err(faults) => prop_assert!(faults.iter().all(|fault| fault.field.starts_with(field.name))),
        }
    }
}
