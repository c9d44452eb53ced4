use super::*;
use crate::chart::Mark;
use crate::data::iris;
use crate::data::sets::Sets;
use crate::train::report::{Phase, Want};
use crate::train::task::Task;
use crate::train::work::Progress;

fn settings(pairs: &[(&str, &str)]) -> Settings {
    Settings::of(fields::FIELDS, pairs)
}

/// Runs both jobs to their end.
fn run(settings: &Settings) -> Vec<Option<Report>> {
    let run = |job: Job| {
        let mut work = job.task.begin().expect("allowed");
        work.set_data(&Sets::default()).expect("fits");
        while work.work() != Progress::Done {}
        Some(work.report(1.0, &[Want::Parameters]))
    };
    jobs(settings).expect("allowed").into_iter().map(run).collect()
}

fn training(report: &Option<Report>) -> &Training {
    report.as_ref().and_then(Report::training).expect("a training")
}

#[test]
fn both_gradients_give_the_same_curve_and_tell_setosa_from_versicolor() {
    let settings = settings(&[]);
    let reports = run(&settings);
    let [one, other] = [&reports[0], &reports[1]].map(training);
    assert_eq!((one.examples, one.per_epoch), (1600, 80));
    let jobs = jobs(&settings).expect("allowed");
    let runs = parts::runs(&jobs, &reports);
    let apart = distance(&runs).expect("both ran");
    assert!(apart < 1e-4, "{apart}");
    let curve = epochs(one);
    assert!(curve.len() == 20 && curve[0][1] > 0.3 && curve[19][1] < 0.01, "{curve:?}");
    assert_eq!((one.present_test_accuracy, other.present_test_accuracy), (Some(1.0), Some(1.0)));
    assert_eq!(one.parameters.len(), 61);
    let sheet = show(&settings, &Moment::default(), &reports);
    assert!(sheet.notices[0].text.en.starts_with("The same curve twice"), "{:?}", sheet.notices);
    let answer = guess(&settings, &reports).expect("a question").answer.expect("both are over");
    assert!(answer.told.en.contains("61 parameters"), "{answer:?}");
}

#[test]
fn a_coarse_difference_is_another_gradient() {
    let settings = settings(&[("h", "1"), ("epochs", "5")]);
    let (jobs, reports) = (jobs(&settings).expect("allowed"), run(&settings));
    assert!(distance(&parts::runs(&jobs, &reports)).expect("both ran") > 1e-3);
}

#[test]
fn three_species_are_told_apart_too() {
    let settings = settings(&[("data", "three"), ("learningRate", "0.1"), ("epochs", "60"), ("h", "0.001")]);
    let reports = run(&settings);
    let accuracy = training(&reports[1]).present_test_accuracy.expect("evaluated");
    assert!(accuracy > 0.8, "{accuracy}");
    assert_eq!(training(&reports[1]).spec.as_ref().expect("a spec").layers.len(), 5);
}

#[test]
fn every_flower_is_learned_or_tested_with_and_drawn_once() {
    for (data, count, kinds) in [("two", 100, 2), ("three", 150, 3)] {
        let settings = settings(&[("data", data), ("axes", "widths")]);
        let sheet = show(&settings, &Moment::default(), &[]);
        let Chart::Plane(plane) = &sheet.pictures[0].chart else { panic!("a plane") };
        let scatters = plane.marks.iter().filter_map(|mark| match mark {
            Mark::Scatter(scatter) => Some(&scatter.points),
            _ => None,
        });
        let mut drawn: Vec<[f64; 2]> = scatters.flatten().copied().collect();
        let flowers = iris::rows().iter().filter(|row| usize::from(row.species) < kinds);
        let mut expected: Vec<[f64; 2]> =
            flowers.map(|row| [row.measurements[1], row.measurements[3]]).collect();
        let order = |one: &[f64; 2], other: &[f64; 2]| one.partial_cmp(other).expect("numbers");
        drawn.sort_by(order);
        expected.sort_by(order);
        assert_eq!((drawn.len(), &drawn), (count, &expected));
    }
}

#[test]
fn the_regions_cover_the_plane_and_follow_the_network() {
    let settings = settings(&[]);
    let reports = run(&settings);
    let sheet = show(&settings, &Moment::default(), &reports);
    let Chart::Plane(plane) = &sheet.pictures[0].chart else { panic!("a plane") };
    let (low, high) = plane.y.range.expect("fixed");
    let mut heights = vec![0.0; 41];
    for mark in &plane.marks {
        let Mark::Line(line) = mark else { continue };
        for (height, [bottom, top]) in heights.iter_mut().zip(&line.band) {
            *height += if bottom.is_nan() { 0.0 } else { top - bottom };
        }
        // A setosa has small petals.
        assert!(line.color == 1 || line.band[40][0].is_nan());
    }
    assert!(heights.iter().all(|height| (height - (high - low)).abs() < 1e-9), "{heights:?}");
}

#[test]
fn pasted_rows_are_learned_and_their_names_are_shown() {
    let rows =
        "a,b,c,d,kind\n0,0,0,0,low\n1,1,1,1,high\n0,1,0,0,low\n1,0,1,1,high\n0,0,1,0,low\n1,1,0,1,high";
    let settings = settings(&[("data", "own"), ("rows", rows), ("test", "5")]);
    let jobs = jobs(&settings).expect("allowed");
    let Task::Train(plan) = &jobs[0].task else { panic!("a training") };
    assert_eq!(plan.needs.given.as_ref().map(|rows| rows.len()), Some(6));
    assert_eq!(Task::from_bytes(&jobs[0].task.to_bytes()).as_ref(), Ok(&jobs[0].task));
    let reports = run(&settings);
    assert_eq!(training(&reports[0]).examples, 100);
    assert_eq!(reports[0].as_ref().map(|report| report.phase), Some(Phase::Finished));
    let moment = Moment { chosen: Some(Key(SAMPLES + 5)), ..Moment::default() };
    let sheet = show(&settings, &moment, &reports);
    let sample = sheet.numbers.iter().find(|number| number.name == "sample").expect("chosen");
    assert!(sample.value.contains("low") || sample.value.contains("high"), "{sample:?}");
    let Chart::Plane(plane) = &sheet.pictures[0].chart else { panic!("a plane") };
    assert_eq!((&*plane.x.label.en, &*plane.y.label.en), ("c", "d"));
}

#[test]
fn the_columns_of_each_pair_are_those_that_its_words_name() {
    for choice in ["petal", "sepal", "lengths", "sl-pw", "sw-pl", "widths"] {
        let (x, y) = fields::axes(choice);
        let field = fields::FIELDS.iter().find(|field| field.name == "axes").expect("a field");
        let crate::labs::field::Kind::Choice { options } = field.kind else { panic!("a choice") };
        let label = &options.iter().find(|option| option.value == choice).expect("listed").label;
        assert!(label.en.contains(&format!("({}, {})", x + 1, y + 1)), "{choice}");
    }
}
