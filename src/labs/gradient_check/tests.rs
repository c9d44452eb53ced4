use super::*;
use crate::data::digits::Digits;
use crate::data::sets::Sets;
use crate::train::work::Progress;

fn settings(pairs: &[(&str, &str)]) -> Settings {
    Settings::of(FIELDS, pairs)
}

/// Three images of MNIST's size with strokes, of different labels.
fn sets() -> Sets {
    let mut sets = Sets::default();
    let mut digits = Digits::empty(28, 28);
    for (image, label) in [5, 0, 4].into_iter().enumerate() {
        let pixel = |at: usize| {
            let (row, column) = (at / 28, at % 28);
            let on = (row + 3 * image).abs_diff(column) < 3 && (4..24).contains(&row);
            if on { (120 + 5 * row) as u8 } else { 0 }
        };
        digits.push(&(0..784).map(pixel).collect::<Vec<u8>>(), label);
    }
    sets.mnist_train.push(0, digits, 60_000).expect("fits");
    sets
}

fn run(settings: &Settings) -> Vec<Option<Report>> {
    let job = jobs(settings).expect("allowed").remove(0);
    let mut work = job.task.begin().expect("allowed");
    assert_eq!(work.work(), Progress::Waiting);
    work.set_data(&sets()).expect("fits");
    while work.work() != Progress::Done {}
    vec![Some(work.report(1.0, &[]))]
}

fn wrong(settings: &Settings, reports: &[Option<Report>]) -> Vec<bool> {
    found(settings, reports).expect("a check").1.params.iter().map(is_wrong).collect()
}

#[test]
fn the_two_layer_net_agrees_as_closely_as_in_the_book() {
    let settings = settings(&[]);
    let reports = run(&settings);
    let (report, check) = found(&settings, &reports).expect("a check");
    assert_eq!(report.phase, Phase::Finished);
    assert_eq!(check.params.iter().map(|param| param.count).sum::<u64>(), 39_760);
    for (param, checked) in check.params.iter().enumerate() {
        // The book prints means of 2e-13 for W1, 1e-12 for b1, 8e-13 for W2 and 1e-10 for b2.
        let mean = checked.double.sum / checked.count as f64;
        assert!((1e-15..1e-8).contains(&mean), "{}: {mean}", name(param));
        let single = checked.single.sum / checked.count as f64;
        assert!(single > 1e3 * mean, "{}: {single}", name(param));
    }
    assert_eq!(wrong(&settings, &reports), [false; 4]);
    let sheet = show(&settings, &Moment::default(), &reports);
    assert_eq!(sheet.notices[0].code, "agree");
    assert_eq!(guess(&settings, &reports), None);
    // The best h lies between the extremes, in either precision.
    for side in [1, 2] {
        let best = check.errors.iter().map(|error| error[side]).fold(f64::INFINITY, f64::min);
        let ends = [check.errors[0][side], check.errors[12][side]];
        assert!(ends.iter().all(|end| *end > 10.0 * best), "{:?}", check.errors);
    }
}

#[test]
fn the_check_finds_every_planted_mistake() {
    let outcome = |pairs: &[(&str, &str)]| {
        let settings = settings(&[&[("hidden", "8")], pairs].concat());
        let reports = run(&settings);
        let answer = guess(&settings, &reports).expect("a question").answer.expect("an answer");
        (wrong(&settings, &reports), answer.option)
    };
    for activation in ["sigmoid", "tanh", "relu"] {
        let of = |mistake| outcome(&[("activation", activation), ("mistake", mistake), ("std", "0.3")]);
        assert_eq!(of("bias"), (vec![false, true, false, true], 1), "{activation}");
        assert_eq!(of("slope"), (vec![true, true, false, false], 2), "{activation}");
        assert_eq!(of("batch"), (vec![true; 4], 3), "{activation}");
        assert_eq!(of("sign"), (vec![true; 4], 3), "{activation}");
    }
    // Divided by 1 or not is the same.
    assert_eq!(outcome(&[("mistake", "batch"), ("samples", "1")]), (vec![false; 4], 0));
}

#[test]
fn a_planted_mistake_waits_for_a_guess() {
    let starts = |pairs| jobs(&settings(pairs)).expect("allowed")[0].task.starts_by_itself();
    assert!(starts(&[]) && !starts(&[("mistake", "sign")]));
}

#[test]
fn the_worst_place_is_named_and_lit() {
    let settings = settings(&[("hidden", "8"), ("mistake", "bias")]);
    let reports = run(&settings);
    let moment = Moment { chosen: Some(Key(1)), ..Moment::default() };
    for (moment, images) in [(Moment::default(), 8), (moment, 1)] {
        let sheet = show(&settings, &moment, &reports);
        let picture = sheet.pictures.iter().find(|picture| picture.slot == "where").expect("a picture");
        let crate::chart::Chart::ImageGrid(grid) = &picture.chart else { panic!("images") };
        assert_eq!(grid.images.len(), images);
        assert_eq!(grid.images.iter().filter(|image| image.wrong).count(), 1);
    }
}

#[test]
fn the_small_net_goes_back_node_by_node() {
    let settings = settings(&[("task", "steps")]);
    assert!(jobs(&settings).expect("no job").is_empty());
    let steps = (LAB.steps)(&settings);
    let sheet = (LAB.show)(&settings, &Moment { step: steps, ..Moment::default() }, &[]);
    let table = sheet.table.expect("a row for each node");
    for row in &table.rows {
        let [.., crate::labs::sheet::Cell::Number(apart)] = row.cells[..] else { panic!("{row:?}") };
        assert!(apart < 1e-7, "{row:?}");
    }
    assert_eq!(table.rows.len(), 29);
    assert_eq!(sheet.notices.iter().find(|notice| notice.code == "values-count"), None);
}
