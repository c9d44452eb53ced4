use fishbowl::nn::spec::{LayerSpec, NetSpec};
use fishbowl::train::evaluation::Evaluation;
use fishbowl::train::report::{Phase, Reached};
use fishbowl::train::task::{Count, EvaluationPlan, TrainPlan};
use fishbowl::train::training::Training;
use fishbowl::train::work::{Progress, Work};
use proptest::prelude::*;

use super::given::{
    SIDE, arrive, begun, dense, finish, found, needs, plan, report, rest, sets, spec, work_pieces, work_to,
};

fn at(points: &[(u64, f64)]) -> Vec<u64> {
    points.iter().map(|&(at, _)| at).collect()
}

#[test]
fn it_is_evaluated_before_the_first_mini_batch_as_planned_and_at_the_end() {
    for (every, limit, expected) in [
        (None, 30, vec![0, 11, 22, 30]),
        (None, 22, vec![0, 11, 22]),
        (Some(7), 15, vec![0, 7, 14, 15]),
        (Some(1), 3, vec![0, 1, 2, 3]),
        (Some(100), 5, vec![0, 5]),
        (Some(100), 0, vec![0]),
    ] {
        let evaluation = EvaluationPlan { every, train: Count::First(20), test: Count::First(50) };
        let mut training = begun(&TrainPlan { limit: Some(limit), evaluation, ..plan() });
        finish(&mut training);
        let found = found(&mut training);
        assert_eq!(at(&found.training_accuracy), expected, "every {every:?}");
        assert_eq!(at(&found.test_accuracy), expected, "every {every:?}");
        let last = |points: &[(u64, f64)]| points.last().map(|&(_, share)| share);
        assert_eq!(found.present_test_accuracy, last(&found.test_accuracy));
        assert_eq!(found.present_training_accuracy, last(&found.training_accuracy));
        assert_eq!(training.predictions().map(|predictions| predictions.classes.len()), Some(50));
    }
}

#[test]
fn what_was_reached_is_told_once_and_of_no_network_that_came_with_weights() {
    let evaluation = EvaluationPlan { every: Some(5), train: Count::First(0), test: Count::All };
    let plan = TrainPlan { evaluation, limit: Some(200), ..plan() };
    let mut training = begun(&plan);
    let reached = |training: &mut Training, seconds| {
        training.report(seconds, &[]).training().expect("a training").reached
    };
    assert_eq!(reached(&mut training, 0.0), None);
    finish(&mut training);
    let curve = found(&mut training).test_accuracy;
    let first = curve.iter().find(|(_, share)| *share > Reached::ABOVE).expect("it learns that much");
    // The report above was the first that could tell.
    let expected = Some(Reached { iteration: first.0, seconds: 0.0 });
    assert_eq!(reached(&mut training, 9.0), expected);
    let mark = training.mark();
    let mut other = begun(&plan);
    other.go_to(&mark).expect("its mark");
    assert_eq!(reached(&mut other, 99.0), expected);

    // The same weights from a file are above it from the beginning.
    let trained = training.trainer();
    other.take_network(trained).expect("fits");
    finish(&mut other);
    assert!(found(&mut other).test_accuracy.iter().any(|(_, share)| *share > Reached::ABOVE));
    assert_eq!(reached(&mut other, 5.0), None);
    other.rewind().expect("its own network");
    finish(&mut other);
    assert_eq!(reached(&mut other, 7.0).map(|reached| reached.seconds), Some(7.0));
}

#[test]
fn an_evaluation_is_that_of_its_weights_and_its_samples() {
    let evaluation = EvaluationPlan { every: Some(5), train: Count::First(33), test: Count::First(17) };
    let mut training = begun(&TrainPlan { evaluation, limit: Some(5), ..plan() });
    finish(&mut training);
    let sets = sets(3, true);
    let mut trainer = fishbowl::train::trainer::Trainer::<f32>::new(&spec()).expect("valid");
    trainer.set_weights(&training.trainer().state()).expect("the same network");
    let expected = [sets.mnist_train.first(33), sets.mnist_test.first(17)]
        .map(|samples| Evaluation::run(trainer.network(), &samples));
    let found = found(&mut training);
    assert_eq!(found.training_accuracy.last(), Some(&(5, expected[0])));
    assert_eq!(found.test_accuracy.last(), Some(&(5, expected[1])));
    let confusion = training.confusion().expect("evaluated");
    assert_eq!(confusion.accuracy(), expected[1]);
    assert_eq!(confusion.counts().iter().sum::<u32>(), 17);
}

#[test]
fn a_network_that_nobody_trains_is_evaluated_on_the_test_examples_alone() {
    let mut training = Training::new(&plan()).expect("valid");
    training.set_data(&sets(0, true)).expect("fits");
    assert!(!training.finish_evaluation(), "due, but nobody asked");
    assert!(training.confusion().is_none());
    training.evaluate();
    while training.finish_evaluation() {}
    let early = found(&mut training);
    assert!(early.present_test_accuracy.is_some() && early.present_training_accuracy.is_none());
    assert!(early.test_accuracy.is_empty() && training.confusion().is_some());
    // The curve is what it would have been.
    training.set_data(&sets(3, true)).expect("fits");
    finish(&mut training);
    let mut other = begun(&plan());
    finish(&mut other);
    assert_eq!(found(&mut training).test_accuracy, found(&mut other).test_accuracy);
}

#[test]
fn what_is_not_to_be_evaluated_is_not() {
    let evaluation = EvaluationPlan { every: None, train: Count::First(0), test: Count::First(0) };
    let mut training = begun(&TrainPlan { evaluation, ..plan() });
    finish(&mut training);
    assert_eq!(report(&mut training).phase, Phase::Finished);
    let shown = found(&mut training);
    assert!(shown.training_accuracy.is_empty() && shown.test_accuracy.is_empty());
    assert!(training.predictions().is_none() && training.confusion().is_none());
    let mut alone = begun(&TrainPlan { needs: needs(Count::All, None), ..plan() });
    finish(&mut alone);
    let shown = found(&mut alone);
    assert_eq!((shown.training_accuracy.len(), shown.test_accuracy.len()), (4, 0));
    let wrong = EvaluationPlan { every: Some(0), ..evaluation };
    let error = Training::new(&TrainPlan { evaluation: wrong, ..plan() }).err().expect("refused");
    assert_eq!(error.field, "evaluation.every");
}

/// A net so large that an evaluation of 60 images takes many pieces.
fn large() -> NetSpec {
    let maps = LayerSpec::Conv2d { filters: 1000, size: 3, stride: None, pad: Some(1) };
    let layers = vec![maps, LayerSpec::Relu, LayerSpec::AveragePool2d(fishbowl::nn::spec::Windows::of(6))];
    NetSpec {
        input: vec![1, SIDE, SIDE],
        layers: [layers, vec![LayerSpec::Flatten, dense(3)]].concat(),
        ..spec()
    }
}

#[test]
fn a_run_is_finished_only_after_its_last_evaluation() {
    let spec = large();
    let mut training = begun(&TrainPlan { spec, limit: Some(2), ..plan() });
    let (mut pieces, mut steps) = (0, 0);
    loop {
        let report = report(&mut training);
        let done =
            report.training().expect("a training").test_accuracy.last().is_some_and(|&(at, _)| at == 2);
        assert_eq!(report.phase, if done { Phase::Finished } else { Phase::Ready }, "at {}", report.done);
        let before = training.iteration();
        match training.work() {
            Progress::Step => {
                steps += 1;
                assert_eq!(training.iteration(), before + 1);
            }
            Progress::Between => {
                pieces += 1;
                assert_eq!(training.iteration(), before);
            }
            Progress::Done => break,
            Progress::Waiting => panic!("all images are there"),
        }
    }
    assert_eq!(steps, 2);
    // 14 images at once: twice 60 test images, and 40 training images, from which both mini-batches come.
    assert_eq!(pieces, 2 * (5 + 3));
}

#[test]
fn resting_brings_both_accuracies_up_to_date_and_adds_no_point() {
    let mut training = begun(&plan());
    work_to(&mut training, 17);
    let before = found(&mut training);
    assert_eq!((before.present_test_accuracy, before.present_training_accuracy), (None, None));
    let curves = |training: &mut Training| {
        let found = found(training);
        (found.test_accuracy, found.training_accuracy)
    };
    let expected = curves(&mut training);
    for _ in 0..3 {
        training.evaluate();
        while training.finish_evaluation() {}
        assert_eq!(curves(&mut training), expected);
    }
    let after = found(&mut training);
    assert!(after.present_test_accuracy.is_some() && after.present_training_accuracy.is_some());
    assert_eq!(training.predictions().map(|predictions| predictions.iteration), Some(17));
    assert_eq!(training.confusion().map(|confusion| confusion.accuracy()), after.present_test_accuracy);
    assert!(!training.finish_evaluation(), "nothing is left");
    work_to(&mut training, 18);
    let later = found(&mut training);
    assert_eq!((later.present_test_accuracy, later.present_training_accuracy), (None, None));
}

#[test]
fn an_evaluation_that_was_asked_for_does_not_hold_up_a_run_that_goes_on() {
    let mut training = begun(&plan());
    work_to(&mut training, 17);
    training.evaluate();
    training.finish_evaluation();
    assert_eq!(training.work(), Progress::Step);
    assert!(!training.finish_evaluation(), "dropped");
}

#[test]
fn it_waits_for_shards_and_for_test_images() {
    let mut training = Training::new(&plan()).expect("valid");
    let phase = |training: &mut Training| (report(training).phase, training.work());
    assert_eq!(phase(&mut training), (Phase::Waiting, Progress::Waiting), "no data");
    let mut present = sets(1, false);
    training.set_data(&present).expect("fits");
    assert_eq!(phase(&mut training), (Phase::Waiting, Progress::Waiting), "no test images");
    training.evaluate();
    assert!(!training.finish_evaluation());
    present.mnist_test = sets(0, true).mnist_test;
    training.set_data(&present).expect("fits");
    assert_eq!(report(&mut training).phase, Phase::Ready);
    finish(&mut training);
    assert_eq!(training.iteration(), 4, "40 images are there");
    assert_eq!(phase(&mut training), (Phase::Waiting, Progress::Waiting), "no second shard");
    arrive(&mut present, 1..3);
    training.set_data(&present).expect("fits");
    finish(&mut training);
    let mut at_once = begun(&plan());
    finish(&mut at_once);
    assert_eq!(training.mark(), at_once.mark(), "when data arrives changes nothing");
    assert_eq!(report(&mut training), report(&mut at_once));
}

#[test]
fn examples_are_counted_as_they_are() {
    let mut training = begun(&plan());
    finish(&mut training);
    let report = report(&mut training);
    let found = report.training().expect("a training");
    // Two passes over 103, then eight mini-batches.
    assert_eq!((found.examples, found.per_epoch, report.done, report.of), (286, 11, 30, Some(30)));
    assert_eq!((&found.sizes[..], found.loss.len()), (&[36, 5, 3][..], 30));
    assert_eq!(found.last_loss, found.loss.last().map(|bucket| bucket.sum));
    assert_eq!(found.spec.as_ref(), Some(&spec()));
}

/// What one does with a training.
#[derive(Clone, Copy, Debug)]
enum Act {
    Work(usize),
    /// Asks for an evaluation and makes some of it.
    Rest(usize),
    Finish,
    Report,
    /// The same data comes again.
    Data,
    /// To another worker, which perhaps gets the data later.
    Move {
        data_first: bool,
    },
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        6 => (1_usize..9).prop_map(Act::Work),
        2 => (0_usize..4).prop_map(Act::Rest),
        1 => Just(Act::Finish),
        1 => Just(Act::Report),
        1 => Just(Act::Data),
        1 => any::<bool>().prop_map(|data_first| Act::Move { data_first }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_depends_on_when_it_pauses(
        acts in prop::collection::vec(act(), 1..40),
        every in prop::option::of(1_u64..9),
        is_large in any::<bool>(),
    ) {
        let spec = if is_large { large() } else { spec() };
        let evaluation = EvaluationPlan { every, train: Count::First(30), test: Count::First(45) };
        let plan = TrainPlan { spec, evaluation, limit: Some(if is_large { 3 } else { 25 }), ..plan() };
        let mut straight = begun(&plan);
        finish(&mut straight);
        let all = sets(3, true);
        let mut training = Training::new(&plan).expect("valid");
        training.set_data(&all).expect("fits");
        for act in acts {
            match act {
                Act::Work(count) => work_pieces(&mut training, count),
                Act::Rest(pieces) => rest(&mut training, pieces),
                Act::Finish => while training.finish_evaluation() {},
                Act::Report => {
                    report(&mut training);
                }
                Act::Data => training.set_data(&all).expect("fits"),
                Act::Move { data_first } => {
                    let mark = training.mark();
                    let mut other = Training::new(&super::given::plan()).expect("valid");
                    if data_first {
                        other.set_data(&all).expect("fits");
                    }
                    other.go_to(&mark).expect("its own mark");
                    prop_assert_eq!(other.mark(), mark);
                    other.set_data(&all).expect("fits");
                    training = other;
                }
            }
            let shown = found(&mut training);
            prop_assert_eq!(at(&shown.test_accuracy), at(&shown.training_accuracy));
            prop_assert_eq!(shown.present_test_accuracy.is_some(), shown.present_training_accuracy.is_some());
        }
        finish(&mut training);
        prop_assert_eq!(found(&mut training), found(&mut straight));
        prop_assert_eq!(training.mark(), straight.mark());
    }
}
