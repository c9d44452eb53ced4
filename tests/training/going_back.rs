use fishbowl::nn::spec::{LayerSpec, NetSpec, OptimizerKind, OptimizerSpec};
use fishbowl::train::report::{self, Phase};
use fishbowl::train::task::{Task, TrainPlan};
use fishbowl::train::training::Training;
use fishbowl::train::work::{Progress, Work};

use super::given::{begun, dense, finish, found, plan, report, work_to};

fn endless(optimizer: OptimizerSpec) -> TrainPlan {
    let layers =
        vec![dense(6), LayerSpec::BatchNorm, LayerSpec::Relu, LayerSpec::Dropout { rate: 0.2 }, dense(3)];
    TrainPlan { spec: NetSpec { optimizer, layers, ..super::given::spec() }, limit: None, ..plan() }
}

fn set_rule(training: &mut Training, optimizer: OptimizerSpec) {
    assert!(training.change(&Task::Train(endless(optimizer))).expect("allowed"));
}

/// Learns so many mini-batches; what they found.
fn losses(training: &mut Training, count: u64) -> Vec<f64> {
    let end = training.iteration() + count;
    let mut losses = Vec::new();
    while training.iteration() < end {
        if training.work() == Progress::Step {
            losses.extend(training.record().last_loss);
        }
    }
    losses
}

#[test]
fn after_going_back_it_learns_as_if_it_had_never_diverged() {
    for kind in [OptimizerKind::Sgd, OptimizerKind::Momentum, OptimizerKind::Adam] {
        let rule = OptimizerSpec::new(kind, 0.01);
        for iterations in [30, 73, 130] {
            let mut wild = begun(&endless(rule));
            work_to(&mut wild, iterations);
            set_rule(&mut wild, OptimizerSpec { learning_rate: 1e30, ..rule });
            finish(&mut wild);
            let kept = iterations / 50 * 50;
            assert_eq!((report(&mut wild).phase, wild.way_back()), (Phase::Diverged, Some(kept)), "{kind:?}");
            set_rule(&mut wild, rule);
            wild.evaluate();
            while wild.finish_evaluation() {}
            assert!(wild.predictions().is_some());
            wild.go_back().expect("kept");

            let mut tame = begun(&endless(rule));
            // To just before the mini-batch that follows, its evaluation made.
            while tame.iteration() < kept || (kept == 0 && found(&mut tame).test_accuracy.is_empty()) {
                tame.work();
            }
            if kept > 0 {
                assert_eq!(found(&mut wild).loss, found(&mut tame).loss);
                assert_eq!(found(&mut wild).test_accuracy, found(&mut tame).test_accuracy);
            }
            let shown = found(&mut wild);
            assert_eq!((shown.diverged_at, shown.way_back, shown.present_test_accuracy), (None, None, None));
            assert!(wild.predictions().is_none() && wild.confusion().is_none(), "of another net");
            assert_eq!(shown.examples, found(&mut tame).examples);
            assert_eq!(losses(&mut wild, 40), losses(&mut tame, 40), "{kind:?} from {kept}");
            assert_eq!(wild.trainer().state(), tame.trainer().state());
            let own = report::Training { ghost: None, ..found(&mut wild) };
            assert_eq!(own, found(&mut tame));
        }
    }
}

#[test]
fn a_rule_that_is_another_one_by_now_begins_without_memory() {
    let momentum = OptimizerSpec::new(OptimizerKind::Momentum, 0.01);
    let mut training = begun(&endless(momentum));
    work_to(&mut training, 60);
    set_rule(&mut training, OptimizerSpec { learning_rate: 1e30, ..momentum });
    finish(&mut training);
    let adam = OptimizerSpec::new(OptimizerKind::Adam, 0.001);
    set_rule(&mut training, adam);
    training.go_back().expect("kept");
    assert_eq!(training.spec().optimizer, adam);
    let found = losses(&mut training, 20);

    let mut fresh = begun(&endless(momentum));
    work_to(&mut fresh, 50);
    set_rule(&mut fresh, adam);
    assert_eq!(found, losses(&mut fresh, 20));
}

#[test]
fn a_training_that_diverged_says_one_loss() {
    for (rate, is_number) in [(1e30, false), (300.0, true)] {
        let plain =
            NetSpec { optimizer: OptimizerSpec::new(OptimizerKind::Sgd, rate), ..super::given::spec() };
        let mut training = begun(&TrainPlan { spec: plain, limit: None, ..plan() });
        finish(&mut training);
        let found = report(&mut training);
        let shown = found.training().expect("a training");
        assert_eq!(found.phase, Phase::Diverged);
        assert_eq!(shown.diverged_at, Some(found.done));
        let last = shown.last_loss.expect("learned");
        let bucket = shown.loss.last().expect("learned");
        assert!(bucket.sum.is_finite() && shown.loss.iter().all(|bucket| bucket.mean().is_finite()));
        assert_eq!(last.is_finite(), is_number, "{last}");
        if is_number {
            assert!(last > 100.0);
            assert_eq!((bucket.sum, bucket.iteration), (last, found.done));
        }
        assert_eq!(training.work(), Progress::Done);
        assert_eq!(report(&mut training).phase, Phase::Diverged);
    }
}

#[test]
fn there_is_no_way_back_from_a_training_that_is_well() {
    let mut training = begun(&plan());
    work_to(&mut training, 5);
    assert_eq!(training.way_back(), None);
    let mark = training.mark();
    assert_eq!(training.go_back().expect_err("well").field, "goBack");
    assert_eq!(training.mark(), mark);
}
