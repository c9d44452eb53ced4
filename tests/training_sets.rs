//! Training images that arrive in parts, and others in their place: nothing panics, nothing stalls, and the batches are
//! those of a trainer that never saw anything else.
#![cfg(not(target_arch = "wasm32"))]

use fishbowl::data::collection::Collection;
use fishbowl::data::digits::Digits;
use fishbowl::data::iris;
use fishbowl::nn::networks;
use fishbowl::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use fishbowl::train::evaluation::Evaluation;
use fishbowl::train::part::Part;
use fishbowl::train::task::{Count, EvaluationPlan, Gradient, Needs, TrainPlan};
use fishbowl::train::trainer::{Step, Trainer};
use fishbowl::train::training::Training;
use fishbowl::train::work::{Progress, Work as _};
use proptest::prelude::*;

const BATCH: usize = 8;

/// A rate so small that no weight ever changes: then equal losses are equal batches.
fn spec() -> NetSpec {
    NetSpec {
        input: vec![4],
        layers: vec![LayerSpec::Dense { units: 3 }],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 1e-30),
        init: InitSpec::He,
        batch_size: BATCH,
        seed: 5,
    }
}

fn trainer() -> Trainer<f64> {
    Trainer::new(&spec()).expect("valid")
}

/// Shard `index` of data set `set`; no two images are equal.
fn shard(set: usize, index: usize, length: usize) -> Digits {
    let mut digits = Digits::empty(2, 2);
    for image in 0..length {
        let place = index * 40 + image;
        digits.push(&[set as u8 * 50, (place % 256) as u8, (place / 256) as u8, 9], (image % 3) as u8);
    }
    digits
}

/// What one does with a trainer.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// Gives another data set, of which so many shards are there.
    Replace {
        set: usize,
        arrived: usize,
    },
    /// Gives the first images of the present one only.
    Cut(usize),
    /// One more shard arrives.
    Arrive,
    /// The same images again.
    Again,
    Step(usize),
}

/// Lengths of the shards of each data set.
const SETS: [&[usize]; 4] = [&[40], &[12, 5, 20], &[3], &[8, 16, 1]];

/// The images that were given, and where they are from.
#[derive(Clone, Default)]
struct Given {
    source: Collection,
    set: usize,
    arrived: usize,
    cut: Option<usize>,
}

impl Given {
    fn of(set: usize) -> Self {
        Self { source: Collection::expecting(SETS[set].iter().sum()), set, arrived: 0, cut: None }
    }

    fn arrive(&mut self) {
        if let Some(&length) = SETS[self.set].get(self.arrived) {
            let total = SETS[self.set].iter().sum();
            self.source.push(self.arrived, shard(self.set, self.arrived, length), total).expect("the next");
            self.arrived += 1;
        }
    }

    fn images(&self) -> Collection {
        self.cut.map_or_else(|| self.source.clone(), |count| self.source.first(count))
    }

    /// Does an act; whether the images are others than before.
    fn follow(&mut self, act: Act) -> bool {
        match act {
            Act::Replace { set, arrived } => {
                *self = Self::of(set);
                (0..arrived).for_each(|_| self.arrive());
                return true;
            }
            Act::Cut(count) => {
                let before = self.images();
                self.cut = Some(count);
                return !self.images().continues(&before);
            }
            Act::Arrive => self.arrive(),
            Act::Again | Act::Step(_) => {}
        }
        false
    }
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        2 => (0..SETS.len(), 0_usize..4).prop_map(|(set, arrived)| Act::Replace { set, arrived }),
        1 => (0_usize..45).prop_map(Act::Cut),
        2 => Just(Act::Arrive),
        1 => Just(Act::Again),
        5 => (1_usize..12).prop_map(Act::Step),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_trainer_learns_what_a_fresh_one_learns_on_these_images(acts in prop::collection::vec(act(), 1..25)) {
        let (mut trainer, mut fresh, mut given) = (trainer(), self::trainer(), Given::of(0));
        for act in acts {
            if given.follow(act) {
                fresh = self::trainer();
            }
            let images = given.images();
            trainer.set_training(images.clone()).expect("fits");
            fresh.set_training(images.clone()).expect("fits");
            let Act::Step(steps) = act else { continue };
            for _ in 0..steps {
                let step = trainer.step();
                prop_assert_eq!(step, fresh.step());
                let waits = step == Step::Waiting;
                prop_assert!(!waits || images.is_empty() || !images.is_complete());
            }
        }
    }

    #[test]
    fn a_part_and_a_training_learn_the_same(acts in prop::collection::vec(act(), 1..15)) {
        let mut part = Part::<f64>::new(&spec(), 0, 1).expect("valid");
        let evaluation = EvaluationPlan { every: Some(3), train: Count::First(5), test: Count::All };
        let plan = TrainPlan { spec: spec(), needs: Needs::default(), limit: None, evaluation, observed: false, gradient: Gradient::Backpropagation };
        let mut training = Training::new(&plan).expect("valid");
        let (mut fresh, mut given) = (trainer(), Given::of(0));
        for act in acts {
            if given.follow(act) {
                fresh = trainer();
            }
            let images = given.images();
            part.set_training(images.clone()).expect("fits");
            training.set_samples(images.clone(), Collection::whole(shard(3, 0, 7))).expect("fits");
            fresh.set_training(images).expect("fits");
            let Act::Step(steps) = act else { continue };
            for _ in 0..steps {
                let expected = match fresh.step() {
                    Step::Learned(loss) => Some(loss),
                    Step::Waiting => None,
                };
                let found = part.learn().ok();
                if found.is_some() {
                    part.update().expect("its own gradient");
                }
                prop_assert_eq!(found, expected);
                let progress = loop {
                    let progress = training.work();
                    if progress != Progress::Between {
                        break progress;
                    }
                };
                match expected {
                    None => prop_assert_eq!(progress, Progress::Waiting),
                    Some(expected) => {
                        prop_assert_eq!(progress, Progress::Step);
                        let loss = training.record().last_loss.expect("learned");
                        prop_assert!((loss - expected).abs() < 1e-5);
                    }
                }
            }
        }
    }
}

#[test]
fn other_test_images_in_the_middle_of_an_evaluation_are_classified_from_the_first() {
    let evaluation = EvaluationPlan { every: None, train: Count::First(0), test: Count::All };
    let plan = TrainPlan {
        spec: spec(),
        needs: Needs::default(),
        limit: None,
        evaluation,
        observed: false,
        gradient: Gradient::Backpropagation,
    };
    let mut training = Training::new(&plan).expect("valid");
    let images = Collection::whole(shard(0, 0, 20));
    training.set_samples(images.clone(), Collection::whole(shard(0, 0, 600))).expect("fits");
    assert_eq!(training.work(), Progress::Between);
    let few = Collection::whole(shard(1, 0, 7));
    training.set_samples(images, few.clone()).expect("fits");
    while training.work() == Progress::Between {}
    assert_eq!(training.predictions().map(|predictions| predictions.classes.len()), Some(7));
    let alone = Evaluation::run(Trainer::<f32>::new(&spec()).expect("valid").network(), &few);
    assert_eq!(training.record().test_accuracy.as_slice(), [(0, alone)]);
}

/// Trains on most of the flowers; the accuracy on these and on the others.
fn train_on_iris(spec: &NetSpec, kinds: u8, epochs: u64) -> [f64; 2] {
    let flowers = Collection::whole(iris::flowers(kinds));
    let mut trainer = Trainer::<f32>::new(spec).expect("valid");
    let (training, test) =
        flowers.split(35 * usize::from(kinds), 15 * usize::from(kinds), spec.seed).expect("50 each");
    trainer.set_training(training.clone()).expect("four measurements, labels below the kinds");
    for _ in 0..epochs * trainer.iterations_per_epoch() {
        assert!(matches!(trainer.step(), Step::Learned(loss) if loss.is_finite()));
    }
    [training, test].map(|images| Evaluation::run(trainer.network(), &images))
}

#[test]
fn iris_trains_as_images_do() {
    // The first two species lie apart; the third overlaps with the second.
    let two = networks::named("iris").expect("listed");
    let optimizer = OptimizerSpec::new(OptimizerKind::Adam, 0.02);
    let mut three = NetSpec { loss: LossSpec::SoftmaxCrossEntropy, optimizer, ..two.clone() };
    three.layers[4] = LayerSpec::Dense { units: 3 };
    for seed in 1..=3 {
        assert_eq!(train_on_iris(&NetSpec { seed, ..two.clone() }, 2, 40), [1.0, 1.0], "seed {seed}");
        let found = train_on_iris(&NetSpec { seed, ..three.clone() }, 3, 200);
        assert!(found.iter().all(|&accuracy| accuracy > 0.9), "seed {seed}: {found:?}");
    }
    let mut narrow = Trainer::<f32>::new(&two).expect("valid");
    let error = narrow.set_training(Collection::whole(iris::flowers(3))).expect_err("three labels");
    assert_eq!(error.field, "labels");
}

/// What a row gives a network is what the same numbers give it as a dense batch.
#[test]
fn a_batch_of_rows_is_exact() {
    let spec = NetSpec { batch_size: 100, ..networks::named("iris").expect("listed") };
    let mut by_rows = Trainer::<f64>::new(&spec).expect("valid");
    by_rows.set_training(Collection::whole(iris::flowers(2))).expect("fits");
    let mut by_hand = Trainer::<f64>::new(&spec).expect("valid");
    let rows = &iris::rows()[..100];
    let values = rows.iter().flat_map(|row| row.measurements).collect();
    let values = ndarray::Array2::from_shape_vec((100, 4), values).expect("rows of four");
    let labels: Vec<u8> = rows.iter().map(|row| row.species).collect();
    let Step::Learned(loss) = by_rows.step() else { panic!("all flowers are there") };
    let expected = by_hand.step_on(values.view(), &labels).expect("fits");
    // The order of the rows differs, and with it the rounding of the sums.
    assert!((loss - expected).abs() < 1e-12, "{loss} {expected}");
    for (found, expected) in by_rows.weights().iter().zip(by_hand.weights()) {
        let near = found.values.iter().zip(&expected.values).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(near, "{}", found.name);
    }
}
