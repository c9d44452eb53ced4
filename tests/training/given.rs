//! Small data and small tasks.

use fishbowl::data::digits::Digits;
use fishbowl::data::sets::Sets;
use fishbowl::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use fishbowl::train::report::Report;
use fishbowl::train::task::{Count, EvaluationPlan, Gradient, Needs, SetName, Share, Task, TrainPlan};
use fishbowl::train::training::Training;
use fishbowl::train::work::{Progress, Work};

pub(crate) const SIDE: usize = 6;

/// The shards of the training images; of test images there are two of 30.
pub(crate) const SHARDS: [usize; 3] = [40, 40, 23];

/// Three kinds of images that are not quite easy to tell apart.
fn images(from: usize, to: usize) -> Digits {
    let mut digits = Digits::empty(SIDE, SIDE);
    for index in from..to {
        let label = index % 3;
        let pixel = |place: usize| {
            let noise = (index * 7919 + place * 104_729).wrapping_mul(0x9E37_79B9) >> 7;
            let is_bright = place / SIDE == 2 * label || noise.is_multiple_of(5);
            if is_bright { 60 + noise % 190 } else { 0 }
        };
        digits.push(&(0..SIDE * SIDE).map(|place| pixel(place) as u8).collect::<Vec<_>>(), label as u8);
    }
    digits
}

/// MNIST with so many of the training shards, and the test images or not.
pub(crate) fn sets(shards: usize, test: bool) -> Sets {
    let mut sets = Sets::default();
    arrive(&mut sets, 0..shards);
    if test {
        sets.mnist_test.push(0, images(1000, 1030), 60).expect("fits");
        sets.mnist_test.push(1, images(1030, 1060), 60).expect("fits");
    }
    sets
}

/// These training shards arrive.
pub(crate) fn arrive(sets: &mut Sets, shards: std::ops::Range<usize>) {
    for index in shards {
        let from: usize = SHARDS[..index].iter().sum();
        let shard = images(from, from + SHARDS[index]);
        sets.mnist_train.push(index, shard, SHARDS.iter().sum()).expect("fits");
    }
}

pub(crate) fn dense(units: usize) -> LayerSpec {
    LayerSpec::Dense { units }
}

pub(crate) fn spec() -> NetSpec {
    NetSpec {
        input: vec![SIDE * SIDE],
        layers: vec![dense(5), LayerSpec::Relu, dense(3)],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(OptimizerKind::Momentum, 0.05),
        init: InitSpec::He,
        batch_size: 10,
        seed: 3,
    }
}

pub(crate) fn needs(train: Count, test: Option<Count>) -> Needs {
    let share = |count| Share { set: SetName::Mnist, count };
    Needs { train: vec![share(train)], test: test.map(share).into_iter().collect(), ..Needs::default() }
}

/// 103 images in mini-batches of 10: an epoch is 11 of them.
pub(crate) fn plan() -> TrainPlan {
    TrainPlan {
        spec: spec(),
        needs: needs(Count::All, Some(Count::All)),
        limit: Some(30),
        evaluation: EvaluationPlan { every: None, train: Count::All, test: Count::All },
        observed: true,
        gradient: Gradient::Backpropagation,
    }
}

/// A training with all its data.
pub(crate) fn begun(plan: &TrainPlan) -> Training {
    let mut training = Training::new(plan).expect("valid");
    training.set_data(&sets(3, true)).expect("fits");
    training
}

/// The same behind the trait.
pub(crate) fn begin(task: &Task) -> Box<dyn Work> {
    let mut work = task.begin().expect("valid");
    work.set_data(&sets(3, true)).expect("fits");
    work
}

/// Works until nothing is left to do.
pub(crate) fn finish(work: &mut dyn Work) {
    while !matches!(work.work(), Progress::Done | Progress::Waiting) {}
}

/// Works until so many mini-batches are learned, or nothing is left to do.
pub(crate) fn work_to(training: &mut Training, iteration: u64) {
    while training.iteration() < iteration && !matches!(training.work(), Progress::Done | Progress::Waiting) {
    }
}

/// Does so many pieces of work.
pub(crate) fn work_pieces(work: &mut dyn Work, count: usize) {
    for _ in 0..count {
        work.work();
    }
}

/// Asks for an evaluation and makes so many pieces of it.
pub(crate) fn rest(work: &mut dyn Work, pieces: usize) {
    work.evaluate();
    for _ in 0..pieces {
        work.finish_evaluation();
    }
}

/// What a training reports, without a look at the clock.
pub(crate) fn report(work: &mut dyn Work) -> Report {
    work.report(0.0, &[])
}

/// The same of a training.
pub(crate) fn found(work: &mut dyn Work) -> fishbowl::train::report::Training {
    report(work).training().cloned().expect("a training")
}
