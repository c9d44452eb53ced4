//! A training is looked at as it was, and goes on from where it had come, or from there.

use fishbowl::nn::spec::{NetSpec, OptimizerKind, OptimizerSpec};
use fishbowl::train::report::{self, Phase};
use fishbowl::train::task::{Task, TrainPlan};
use fishbowl::train::training::Training;
use fishbowl::train::work::Work;

use super::given::{begun, finish, found, plan, report, work_to};

fn endless(optimizer: OptimizerSpec) -> TrainPlan {
    TrainPlan { spec: NetSpec { optimizer, ..super::given::spec() }, limit: None, ..plan() }
}

const RULES: [OptimizerKind; 3] = [OptimizerKind::Sgd, OptimizerKind::Momentum, OptimizerKind::Adam];

fn at(kind: OptimizerKind, iterations: u64) -> Training {
    let mut training = begun(&endless(OptimizerSpec::new(kind, 0.01)));
    work_to(&mut training, iterations);
    training
}

/// What it is but for the curves that it left behind.
fn own(training: &mut Training) -> report::Training {
    report::Training { ghost: None, ..found(training) }
}

#[test]
fn what_is_seen_is_what_it_was() {
    for kind in RULES {
        let mut training = at(kind, 90);
        for wanted in [0, 1, 17, 40, 89] {
            training.look(Some(wanted)).expect("kept");
            let seen = training.iteration();
            assert!(seen.abs_diff(wanted) <= wanted / 20, "{seen} for {wanted}");
            assert_eq!(training.trainer().state(), at(kind, seen).trainer().state(), "{kind:?} at {seen}");
            let shown = report(&mut training);
            assert_eq!((shown.phase, shown.done), (Phase::Ready, seen));
            let look = shown.training().and_then(|training| training.looking).expect("looked at");
            assert_eq!((look.newest, shown.training().map(|all| all.loss.len())), (90, Some(90)));
        }
    }
}

#[test]
fn a_look_changes_nothing() {
    for kind in RULES {
        let (mut looked, mut steady) = (at(kind, 75), at(kind, 75));
        for wanted in [3, 60, 10] {
            looked.look(Some(wanted)).expect("kept");
            looked.evaluate();
            while looked.finish_evaluation() {}
        }
        // One that is nearest to where it had come is that.
        looked.look(if kind == OptimizerKind::Adam { Some(1000) } else { None }).expect("kept");
        assert_eq!(found(&mut looked), found(&mut steady));
        work_to(&mut looked, 120);
        work_to(&mut steady, 120);
        assert_eq!(looked.trainer().state(), steady.trainer().state());
        assert_eq!(found(&mut looked), found(&mut steady), "{kind:?}");
    }
}

#[test]
fn it_goes_on_from_what_is_seen_as_if_it_had_never_gone_further() {
    for kind in RULES {
        for wanted in [0, 11, 30] {
            let mut training = at(kind, 70);
            let before = found(&mut training);
            training.look(Some(wanted)).expect("kept");
            let from = training.iteration();
            work_to(&mut training, 50);
            let mut steady = at(kind, 50);
            assert_eq!(training.trainer().state(), steady.trainer().state());
            assert_eq!(own(&mut training), own(&mut steady), "{kind:?} from {from}");
            let ghost = found(&mut training).ghost.expect("left behind");
            let after = before.loss.iter().filter(|bucket| bucket.iteration >= from);
            assert_eq!(ghost.loss, after.copied().collect::<Vec<_>>());
        }
    }
}

#[test]
fn one_that_diverged_goes_on_from_before() {
    let rule = OptimizerSpec::new(OptimizerKind::Sgd, 0.01);
    let mut training = at(OptimizerKind::Sgd, 60);
    let change = |training: &mut Training, learning_rate| {
        let task = Task::Train(endless(OptimizerSpec { learning_rate, ..rule }));
        assert!(training.change(&task).expect("allowed"));
    };
    change(&mut training, 1e30);
    finish(&mut training);
    assert_eq!(report(&mut training).phase, Phase::Diverged);
    training.look(Some(20)).expect("kept");
    assert_eq!(report(&mut training).phase, Phase::Ready);
    training.look(None).expect("kept");
    assert_eq!(report(&mut training).phase, Phase::Diverged, "nothing has changed yet");

    training.look(Some(20)).expect("kept");
    change(&mut training, 0.01);
    work_to(&mut training, 40);
    assert_eq!((report(&mut training).phase, training.diverged_at()), (Phase::Ready, None));
    assert_eq!(own(&mut training).loss, own(&mut at(OptimizerKind::Sgd, 40)).loss);
}

#[test]
fn keys_get_past_every_gap_and_end_at_what_it_had_come_to() {
    let mut training = at(OptimizerKind::Sgd, 300);
    let mut seen = vec![training.iteration()];
    while training.iteration() > 0 {
        let here = training.iteration();
        training.look_on(here, false).expect("kept");
        assert!(training.iteration() < here, "stays at {here}");
        seen.push(training.iteration());
    }
    training.look_on(0, false).expect("kept");
    assert_eq!(training.iteration(), 0);
    while training.iteration() < 300 {
        let here = training.iteration();
        training.look_on(here, true).expect("kept");
        assert_eq!((seen.pop(), seen.last()), (Some(here), Some(&training.iteration())));
    }
    assert_eq!(found(&mut training), found(&mut at(OptimizerKind::Sgd, 300)));
    training.look_on(200, false).expect("kept");
    assert!(training.iteration().abs_diff(200) <= 4, "{}", training.iteration());
}

#[test]
fn a_mark_is_of_what_it_had_come_to() {
    let mut training = at(OptimizerKind::Adam, 70);
    training.look(Some(9)).expect("kept");
    let mark = training.mark();
    let mut elsewhere = begun(&endless(OptimizerSpec::new(OptimizerKind::Adam, 0.01)));
    elsewhere.go_to(&mark).expect("its own");
    let mut steady = at(OptimizerKind::Adam, 70);
    assert_eq!(found(&mut elsewhere), found(&mut steady));
    work_to(&mut elsewhere, 90);
    work_to(&mut steady, 90);
    assert_eq!(elsewhere.trainer().state(), steady.trainer().state());
}

#[test]
fn where_no_past_is_kept_none_is_seen() {
    let mut training = begun(&TrainPlan { observed: false, ..plan() });
    work_to(&mut training, 5);
    let error = training.look(Some(2)).expect_err("not kept");
    assert_eq!((error.field.as_str(), training.iteration()), ("look", 5));
}
