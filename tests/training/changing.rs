use fishbowl::data::rows::Rows;
use fishbowl::nn::spec::{LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use fishbowl::train::report::Phase;
use fishbowl::train::task::{
    Count, EvaluationPlan, Gradient, HeldOut, Needs, SetName, Share, SpreadPlan, Task, TrainPlan,
};
use fishbowl::train::trainer::{Step, Trainer};
use fishbowl::train::training::Training;
use fishbowl::train::weights;
use fishbowl::train::work::{Progress, Work};

use super::given::{SIDE, arrive, begun, dense, finish, found, needs, plan, report, sets, spec, work_to};

/// All flowers, to learn and to be evaluated on.
pub(crate) fn iris() -> Needs {
    let share = vec![Share { set: SetName::Iris, count: Count::All }];
    Needs { train: share.clone(), test: share, ..Needs::default() }
}

fn change(training: &mut Training, plan: TrainPlan) -> bool {
    training.change(&Task::Train(plan)).expect("allowed")
}

#[test]
fn optimizer_limit_and_evaluations_change_on_the_way() {
    let mut training = begun(&plan());
    work_to(&mut training, 15);
    let before = training.trainer().state();
    let faster = OptimizerSpec::new(OptimizerKind::Adam, 0.02);
    let mut changed = TrainPlan { spec: NetSpec { optimizer: faster, ..spec() }, ..plan() };
    assert!(change(&mut training, changed.clone()));
    changed.limit = Some(18);
    changed.evaluation = EvaluationPlan { every: Some(2), train: Count::First(10), test: Count::First(20) };
    assert!(change(&mut training, changed.clone()));
    assert_eq!((training.iteration(), training.trainer().state()), (15, before), "where it was");
    finish(&mut training);
    let shown = found(&mut training);
    let at: Vec<u64> = shown.test_accuracy.iter().map(|&(at, _)| at).collect();
    assert_eq!(at, [0, 11, 16, 18]);
    assert_eq!(shown.spec.expect("known").optimizer, faster);
    assert_eq!(training.predictions().map(|predictions| predictions.classes.len()), Some(20));
    // A finished one goes on when it may learn more.
    assert_eq!(report(&mut training).phase, Phase::Finished);
    changed.limit = None;
    assert!(change(&mut training, changed));
    assert_eq!(report(&mut training).phase, Phase::Ready);
    work_to(&mut training, 19);
    assert_eq!(training.iteration(), 19);
}

#[test]
fn everything_else_begins_again() {
    let mut training = begun(&plan());
    work_to(&mut training, 15);
    let mark = training.mark();
    let with = |change: fn(&mut TrainPlan)| {
        let mut plan = plan();
        change(&mut plan);
        plan
    };
    for other in [
        with(|plan| plan.spec.seed = 4),
        with(|plan| plan.spec.batch_size = 11),
        with(|plan| plan.spec.layers[0] = dense(6)),
        with(|plan| plan.spec.loss = LossSpec::Hinge),
        with(|plan| plan.needs = needs(Count::First(50), Some(Count::All))),
    ] {
        assert!(!change(&mut training, other));
    }
    let spread = Task::Spread(SpreadPlan { spec: spec(), rows: 10 });
    assert!(!training.change(&spread).expect("another task"));
    let fault = |training: &mut Training, plan: TrainPlan| {
        training.change(&Task::Train(plan)).expect_err("refused").field
    };
    assert_eq!(
        fault(&mut training, with(|plan| plan.spec.optimizer.learning_rate = 0.0)),
        "optimizer.learningRate"
    );
    assert_eq!(fault(&mut training, with(|plan| plan.evaluation.every = Some(0))), "evaluation.every");
    assert_eq!(training.mark(), mark);
    assert!(change(&mut training, plan()));
    assert_eq!(training.mark(), mark, "the same task changes nothing");
}

#[test]
fn a_file_decides_the_layers_and_the_form_how_they_learn() {
    let layers = vec![dense(4), LayerSpec::BatchNorm, LayerSpec::Tanh, dense(3)];
    let adam = OptimizerSpec::new(OptimizerKind::Adam, 0.5);
    let file = NetSpec { layers, loss: LossSpec::Hinge, optimizer: adam, batch_size: 7, seed: 99, ..spec() };
    let mut other = Trainer::<f32>::new(&file).expect("valid");
    other.set_training(sets(3, false).mnist_train).expect("fits");
    (0..9).for_each(|_| assert!(matches!(other.step(), Step::Learned(_))));
    let bytes = weights::save(&mut other, None, weights::Precision::Single).expect("finite");
    let (loaded, _) = weights::load(&bytes).expect("our own file");

    let mut training = begun(&plan());
    work_to(&mut training, 12);
    training.take_network(&loaded).expect("36 → 3");
    let shown = found(&mut training);
    let taken = shown.spec.expect("known");
    assert_eq!((&taken.layers, taken.loss), (&file.layers, LossSpec::Hinge));
    assert_eq!((taken.optimizer, taken.batch_size, taken.seed), (spec().optimizer, 10, 3));
    assert_eq!(training.trainer().state(), other.state(), "running statistics included");
    assert_eq!((shown.per_epoch, shown.examples, &shown.sizes[..]), (11, 0, &[36, 4, 3][..]));
    assert!(!training.gives_probabilities(), "scores of a hinge loss");
    assert!(shown.loss.is_empty() && shown.test_accuracy.is_empty() && shown.last_loss.is_none());
    assert!(training.predictions().is_none() && training.confusion().is_none());
    finish(&mut training);
    assert_eq!(found(&mut training).test_accuracy.len(), 4);

    let wide = NetSpec { input: vec![4], ..spec() };
    let narrow = NetSpec { layers: vec![dense(2)], ..spec() };
    let mark = training.mark();
    for (wrong, value) in [(wide, "4 → 3"), (narrow, "36 → 2")] {
        let error = training.take_network(&Trainer::new(&wrong).expect("valid")).expect_err("another size");
        assert_eq!(
            (error.field.as_str(), error.value.as_str(), error.allowed.as_str()),
            ("file", value, "36 → 3")
        );
    }
    assert_eq!(training.mark(), mark);

    training.rewind().expect("checked");
    assert_eq!(training.mark(), begun(&plan()).mark(), "the network of the plan");
    assert!(training.gives_probabilities());
}

#[test]
fn a_file_says_the_accuracy_of_its_very_weights_or_none() {
    let mut training = begun(&TrainPlan { limit: None, ..plan() });
    work_to(&mut training, 13);
    assert_eq!(training.evaluated(), None);
    training.evaluate();
    while training.finish_evaluation() {}
    let evaluated = training.evaluated().expect("all test images");
    assert_eq!(evaluated.iteration, 13);
    assert_eq!(Some(evaluated.accuracy), found(&mut training).present_test_accuracy);
    let bytes = training.save(weights::Precision::Single).expect("finite");
    let (_, about) = weights::load(&bytes).expect("our own file");
    assert_eq!((about.spec, about.iteration, about.test_accuracy), (spec(), 13, Some(evaluated.accuracy)));
    // Not on all test images.
    let few = EvaluationPlan { test: Count::First(5), ..plan().evaluation };
    let mut training = begun(&TrainPlan { evaluation: few, ..plan() });
    finish(&mut training);
    assert_eq!(training.evaluated(), None);
}

#[test]
fn rewinding_leaves_nothing_of_another_net() {
    let mut training = begun(&plan());
    finish(&mut training);
    assert!(training.confusion().is_some());
    training.rewind().expect("checked");
    assert_eq!(training.mark(), begun(&plan()).mark());
    assert_eq!(found(&mut training), found(&mut begun(&plan())));
    assert!(training.confusion().is_none() && training.predictions().is_none());
    training.evaluate();
    while training.finish_evaluation() {}
    assert_eq!(training.predictions().map(|predictions| predictions.iteration), Some(0));
}

#[test]
fn rows_of_numbers_are_trained_as_images_are() {
    let layers = vec![dense(8), LayerSpec::Tanh, dense(3)];
    let optimizer = OptimizerSpec::new(OptimizerKind::Adam, 0.03);
    let spec = NetSpec { input: vec![4], layers, optimizer, ..spec() };
    let plan = TrainPlan { spec, needs: iris(), limit: Some(300), ..plan() };
    let mut training = Training::new(&plan).expect("valid");
    training.set_data(&fishbowl::data::sets::Sets::default()).expect("the core holds them");
    finish(&mut training);
    assert!(found(&mut training).present_test_accuracy.is_some_and(|accuracy| accuracy > 0.9));
}

#[test]
fn data_that_does_not_fit_is_refused_and_changes_nothing() {
    let wide = NetSpec { input: vec![SIDE * SIDE + 1], ..spec() };
    let mut training = Training::new(&TrainPlan { spec: wide, ..plan() }).expect("valid");
    let error = training.set_data(&sets(3, true)).expect_err("37 inputs");
    assert_eq!(error.field, "test.images");
    assert!(training.test().is_empty() && training.trainer().training().is_empty());
    let two = NetSpec { layers: vec![dense(2)], ..spec() };
    let mut training = Training::new(&TrainPlan { spec: two, ..plan() }).expect("valid");
    assert_eq!(training.set_data(&sets(1, false)).expect_err("three labels").field, "train.labels");
    assert_eq!(report(&mut training).phase, Phase::Waiting);
}

/// What is held out are copies. Were they made again whenever data arrives, the order of the mini-batches would begin again.
#[test]
fn what_is_held_out_stays_so_whenever_data_arrives() {
    let held_out = Some(HeldOut { count: 20, seed: 5 });
    let plan = TrainPlan {
        needs: Needs { held_out, ..needs(Count::First(60), None) },
        limit: Some(30),
        evaluation: EvaluationPlan { every: None, train: Count::All, test: Count::All },
        ..plan()
    };
    let mut once = begun(&plan);
    finish(&mut once);
    let mut late = Training::new(&plan).expect("valid");
    let mut arrived = sets(0, false);
    for shard in 0..3 {
        arrive(&mut arrived, shard..shard + 1);
        late.set_data(&arrived).expect("images");
        work_to(&mut late, 7);
    }
    finish(&mut late);
    let (once_found, late_found) = (found(&mut once), found(&mut late));
    assert_eq!(once_found.loss, late_found.loss);
    assert_eq!(once_found.test_accuracy, late_found.test_accuracy);
    let at: Vec<u64> = late_found.test_accuracy.iter().map(|&(at, _)| at).collect();
    assert_eq!(at, (0..=7).map(|epoch| 4 * epoch).chain([30]).collect::<Vec<_>>(), "40 images are learned");
    assert_eq!((late.trainer().training().len(), late.test().len()), (40, 20));
}

/// What comes with the task is drawn in one order, however often other data arrives.
#[test]
fn rows_of_the_task_are_not_begun_again_when_data_arrives() {
    let mut rows = Rows::new(2).expect("two numbers");
    (0..7).for_each(|row| rows.push(&[f64::from(row), 1.0], row % 2).expect("fits"));
    let needs =
        Needs { given: Some(rows), held_out: Some(HeldOut { count: 2, seed: 4 }), ..Needs::default() };
    let net = NetSpec { input: vec![2], batch_size: 2, ..spec() };
    let task = TrainPlan { spec: net, needs, limit: Some(9), ..plan() };
    let run = |interrupted: bool| {
        let mut training = Training::new(&task).expect("valid");
        while training.work() != Progress::Done {
            if interrupted {
                training.set_data(&sets(1, true)).expect("fits");
            }
        }
        (training.mark(), training.iteration())
    };
    assert_eq!(run(false), run(true));
    assert_eq!(run(false).1, 9);
}

#[test]
fn numerical_gradients_are_for_small_networks_of_dense_layers() {
    let numerical = |spec: NetSpec, h: f64| {
        let plan = TrainPlan { spec, gradient: Gradient::Numerical { h }, ..plan() };
        Training::new(&plan).map(drop).map_err(|error| error.field)
    };
    assert_eq!(numerical(spec(), 1e-4), Ok(()));
    assert_eq!(numerical(spec(), 0.0), Err("gradient.h".into()));
    assert_eq!(numerical(spec(), f64::NAN), Err("gradient.h".into()));
    let wide = NetSpec { layers: vec![dense(100), LayerSpec::Relu, dense(3)], ..spec() };
    assert_eq!(numerical(wide, 1e-4), Err("gradient".into()));
    let normalized = NetSpec { layers: vec![dense(3), LayerSpec::BatchNorm], ..spec() };
    assert_eq!(numerical(normalized, 1e-4), Err("layers[1]".into()));
    // Another gradient is another training.
    let mut training = begun(&plan());
    assert!(!change(&mut training, TrainPlan { gradient: Gradient::Numerical { h: 1e-4 }, ..plan() }));
}
