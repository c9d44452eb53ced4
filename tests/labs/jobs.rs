//! What runs: tasks that are right, that depend on the settings alone, and that follow live fields on the way.

use std::iter;

use fishbowl::labs::field::Kind;
use fishbowl::labs::settings::RawSettings;
use fishbowl::labs::{ALL, Job, Lab};
use fishbowl::nn::spec::NetSpec;
use fishbowl::train::task::Task;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{Config, TestRunner};

use super::{Listed, check, end, is_told, legal, named, reports};

fn spec(task: &Task) -> &NetSpec {
    match task {
        Task::Train(plan) => &plan.spec,
        Task::Spread(plan) => &plan.spec,
        Task::Infer(plan) => &plan.spec,
        Task::Evaluate(plan) => &plan.spec,
        Task::Check(plan) => &plan.spec,
    }
}

/// The jobs of settings, if they go together.
fn jobs(lab: &Lab, raw: &RawSettings) -> Option<Vec<Job>> {
    (lab.jobs)(&check(lab, raw)).ok()
}

/// Everything that these settings come to: jobs, and what is seen of some reports, the same ones for the same jobs.
fn outcome(lab: &Lab, raw: &RawSettings) -> String {
    let settings = check(lab, raw);
    let jobs = jobs(lab, raw);
    let mut runner = TestRunner::deterministic();
    let reports = reports::reports(jobs.as_deref().unwrap_or_default());
    let mut see = |_| {
        let reports = reports.new_tree(&mut runner).expect("reports").current();
        (lab.show)(&settings, &end(lab, &settings), &reports)
    };
    format!("{jobs:?} {:?} {:?}", (lab.steps)(&settings), (0..5).map(&mut see).collect::<Vec<_>>())
}

#[test]
fn defaults_and_suggestions_have_jobs_that_can_begin() {
    for (lab, raw) in named() {
        let jobs =
            (lab.jobs)(&check(lab, &raw)).unwrap_or_else(|error| panic!("{} {raw:?}: {error}", lab.id));
        for job in &jobs {
            assert!(is_told(&job.name), "{}: {job:?}", lab.id);
            job.task.begin().unwrap_or_else(|error| panic!("{} {raw:?}: {error}", lab.id));
            if let Task::Train(plan) = &job.task {
                let learns = !plan.needs.train.is_empty() || plan.needs.given.is_some();
                assert!(learns, "{}: nothing to learn from", lab.id);
                assert!(plan.evaluation.every != Some(0) && plan.limit != Some(0), "{}: {plan:?}", lab.id);
            }
        }
        if jobs.is_empty() {
            let sheet = (lab.show)(&check(lab, &raw), &end(lab, &check(lab, &raw)), &[]);
            assert!(!sheet.pictures.is_empty(), "{}: neither jobs nor a figure {raw:?}", lab.id);
        } else {
            let steps = (lab.steps)(&check(lab, &raw));
            assert_eq!(steps, 0, "{}: a lab with jobs is not moved by steps", lab.id);
        }
    }
}

/// A few values of a field, the first one its default.
fn values(lab: &Lab, name: &str) -> Vec<String> {
    let field = lab.fields.iter().find(|field| field.name == name).expect(name);
    let mut runner = TestRunner::deterministic();
    let mut drawn = || legal::value(field).new_tree(&mut runner).expect("a value").current();
    std::iter::once(field.default.to_owned()).chain((0..30).map(|_| drawn())).collect()
}

/// Settings under which a field counts: those it depends on hold what shows it.
fn shown(lab: &Lab, name: &str) -> RawSettings {
    let field = lab.fields.iter().find(|field| field.name == name).expect(name);
    let Some((other, values)) = field.only else { return RawSettings::new() };
    let mut raw = shown(lab, other);
    let default = lab.fields.iter().find(|field| field.name == other).expect(other).default;
    if !values.contains(&default) {
        raw.insert(other.to_owned(), values[0].to_owned());
    }
    raw
}

#[test]
fn every_field_changes_what_runs_or_what_is_seen() {
    for lab in ALL {
        for field in lab.fields {
            let base = shown(lab, field.name);
            let with = |value: &String| {
                let mut raw = base.clone();
                raw.insert(field.name.to_owned(), value.clone());
                outcome(lab, &raw)
            };
            let values = values(lab, field.name);
            let first = with(&values[0]);
            assert!(values.iter().any(|value| with(value) != first), "{}.{}", lab.id, field.name);
        }
    }
}

#[test]
fn live_fields_change_nothing_but_the_update_rule_of_what_runs() {
    for lab in ALL {
        for field in lab.fields.iter().filter(|field| field.live) {
            let base = shown(lab, field.name);
            let tasks = |value: &String| {
                let mut raw = base.clone();
                raw.insert(field.name.to_owned(), value.clone());
                jobs(lab, &raw).map(|jobs| jobs.into_iter().map(|job| job.task).collect::<Vec<_>>())
            };
            let values = values(lab, field.name);
            let Some(first) = tasks(&values[0]) else { panic!("{}.{}", lab.id, field.name) };
            for mut others in values.iter().filter_map(tasks) {
                // What stands beside a run may come and go; it differs from the first task in no more than its rule either.
                if !matches!(field.kind, Kind::Beside { .. }) {
                    assert_eq!(first.len(), others.len(), "{}.{}", lab.id, field.name);
                }
                let last = first.last().expect(lab.id);
                for (task, other) in first.iter().chain(iter::repeat(last)).zip(&mut others) {
                    let rule = spec(task).optimizer;
                    match other {
                        Task::Train(plan) => plan.spec.optimizer = rule,
                        Task::Spread(plan) => plan.spec.optimizer = rule,
                        Task::Infer(plan) => plan.spec.optimizer = rule,
                        Task::Evaluate(plan) => plan.spec.optimizer = rule,
                        Task::Check(plan) => plan.spec.optimizer = rule,
                    }
                    assert_eq!(task, other, "{}.{}", lab.id, field.name);
                }
            }
        }
    }
}

#[test]
fn seeds_change_the_spec_of_every_task() {
    for lab in ALL.iter().filter(|lab| lab.fields.iter().any(|field| field.name == "seed")) {
        let seeds = ["1", "2"].map(|seed| {
            let mut raw = shown(lab, "seed");
            raw.insert("seed".to_owned(), seed.to_owned());
            jobs(lab, &raw).expect(lab.id)
        });
        for (first, second) in seeds[0].iter().zip(&seeds[1]) {
            assert_ne!(spec(&first.task).seed, spec(&second.task).seed, "{}", lab.id);
        }
    }
}

/// A worker trains with the very number that the page shows.
#[test]
fn a_task_crosses_to_a_worker_to_the_last_bit() {
    let lab = fishbowl::labs::find("digits").expect("listed");
    for part in 0..500 {
        let rate = 1e-4 * 10_f64.powf(f64::from(part) / 100.0);
        let raw = RawSettings::from([("learningRate".to_owned(), rate.to_string())]);
        let task = jobs(lab, &raw).expect("a job").remove(0).task;
        assert_eq!(Task::from_bytes(&task.to_bytes()).as_ref(), Ok(&task), "{rate}");
    }
}

proptest! {
    #![proptest_config(Config { cases: 200, failure_persistence: None, ..Config::default() })]

    #[test]
    fn jobs_depend_on_settings_alone_and_hold_specs_that_are_right(
        (Listed(lab), raw) in legal::any_lab(),
    ) {
        let settings = check(lab, &raw);
        let (first, again) = ((lab.jobs)(&settings), (lab.jobs)(&settings));
        prop_assert_eq!(&first, &again);
        for job in first.unwrap_or_default() {
            prop_assert!(spec(&job.task).check().is_ok(), "{}", lab.id);
            prop_assert_eq!(Task::from_bytes(&job.task.to_bytes()), Ok(job.task));
        }
    }

    /// Whatever stands in a link, checking it ends in settings or in faults that name its field.
    #[test]
    fn what_is_refused_is_named(
        lab in 0..ALL.len(),
        field in 0..12_usize,
        value in prop_oneof![any::<String>(), "[-+0-9.e]{0,12}", "[x01 +*/^()a-z,;-]{0,40}"],
    ) {
        let lab = &ALL[lab];
        let Some(field) = lab.fields.get(field) else { return Ok(()) };
        let raw = RawSettings::from([(field.name.to_owned(), value)]);
        if let Err(faults) = fishbowl::labs::settings::Settings::check(lab.fields, &raw) {
            prop_assert!(faults.iter().all(|fault| fault.field.starts_with(field.name)));
        }
    }
}

/// A link shows the network of its settings: one that was trained before stands in for no other.
#[test]
fn the_pre_trained_network_stands_in_for_the_network_of_the_defaults_alone() {
    let lab = fishbowl::labs::find("digits").expect("listed");
    let stands_in = |pairs: &[(&str, &str)]| {
        let jobs = jobs(lab, &super::raw(pairs)).expect("go together");
        jobs[0].pretrained.is_some()
    };
    for same in [&[][..], &[("hidden", "50")], &[("learningRate", "1")], &[("seed", "9"), ("batch", "10")]] {
        assert!(stands_in(same), "{same:?}");
    }
    let others =
        [("hidden", "1000"), ("activation", "tanh"), ("init", "he"), ("std", "0.02"), ("hidden", "51")];
    for other in others {
        assert!(!stands_in(&[other]), "{other:?}");
    }
}
