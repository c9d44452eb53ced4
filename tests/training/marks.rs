use std::panic::{AssertUnwindSafe, catch_unwind};

use fishbowl::nn::plain::Mistake;
use fishbowl::nn::spec::{
    Join, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, Schedule, Windows,
};
use fishbowl::train::report::{Phase, Want};
use fishbowl::train::task::{CheckPlan, Count, EvaluationPlan, Gradient, SpreadPlan, Task, TrainPlan};
use fishbowl::train::trainer::Trainer;
use fishbowl::train::work::Work;
use proptest::prelude::*;

use super::given::{SIDE, begin, dense, finish, found, needs, plan, rest, sets, spec, work_pieces};

/// Tasks of every kind, with whatever has a state of its own.
fn tasks() -> Vec<Task> {
    let net =
        |input: &[usize], layers, optimizer| NetSpec { input: input.to_vec(), layers, optimizer, ..spec() };
    let rule = |kind| OptimizerSpec::new(kind, 0.01);
    let normalized =
        vec![dense(6), LayerSpec::BatchNorm, LayerSpec::Tanh, LayerSpec::Dropout { rate: 0.3 }, dense(3)];
    let conv = |filters| LayerSpec::Conv2d { filters, size: 3, stride: None, pad: Some(1) };
    let branches = vec![vec![], vec![conv(2), LayerSpec::BatchNorm]];
    let maps = vec![
        conv(2),
        LayerSpec::Relu,
        LayerSpec::MaxPool2d(Windows::of(2)),
        LayerSpec::Branches { join: Join::Add, branches },
        LayerSpec::Flatten,
        dense(3),
    ];
    let schedule = Some(Schedule::Cosine { iterations: 40, r#final: Some(0.1) });
    let often = EvaluationPlan { every: Some(3), train: Count::First(25), test: Count::First(40) };
    let train = |spec| Task::Train(TrainPlan { spec, limit: Some(120), evaluation: often, ..plan() });
    let flat = &[SIDE * SIDE][..];
    let square = &[1, SIDE, SIDE][..];
    vec![
        Task::Train(plan()),
        train(net(flat, normalized, OptimizerSpec { schedule, ..rule(OptimizerKind::Adam) })),
        train(net(square, maps, OptimizerSpec { weight_decay: Some(0.01), ..rule(OptimizerKind::Nesterov) })),
        train(NetSpec {
            loss: LossSpec::Hinge,
            batch_size: 7,
            ..net(flat, vec![dense(3)], rule(OptimizerKind::Sgd))
        }),
        // Diverges, with weights that are no numbers.
        train(NetSpec { optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 1e30), ..spec() }),
        // Diverges after weights were kept.
        train(net(
            flat,
            vec![dense(8), LayerSpec::Relu, dense(3)],
            OptimizerSpec::new(OptimizerKind::Rmsprop, 2e-3),
        )),
        Task::Train(TrainPlan {
            spec: NetSpec { batch_size: 2, ..spec() },
            gradient: Gradient::Numerical { h: 1e-4 },
            limit: Some(60),
            ..plan()
        }),
        Task::Spread(SpreadPlan { spec: NetSpec { batch_size: 8, ..spec() }, rows: 30 }),
        Task::Check(check(spec(), None)),
    ]
}

/// A check of the first three images.
fn check(spec: NetSpec, mistake: Option<Mistake>) -> CheckPlan {
    CheckPlan { spec, needs: needs(Count::First(3), None), samples: 3, h: 1e-4, mistake }
}

/// Everything that can be seen of it, bit by bit.
fn look(work: &mut dyn Work) -> (Vec<u8>, Vec<u8>, Vec<u32>) {
    let outputs = work.training().map(|training| {
        let inputs: usize = training.spec().input.iter().product();
        let pixels: Vec<f32> = (0..inputs).map(|place| place as f32 / 40.0).collect();
        training.predict(&pixels).expect("fits")
    });
    let bits = outputs.into_iter().flatten().map(f32::to_bits).collect();
    (work.mark(), work.report(1.5, &[Want::Weights, Want::Parameters]).to_bytes(), bits)
}

/// What one does with a task at work.
#[derive(Clone, Copy, Debug)]
enum Act {
    Work(usize),
    Rest(usize),
    /// Another rate: a huge one diverges.
    Rate(f64),
    GoBack,
    /// The network of a file, with other layers.
    File,
    Rewind,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        8 => (1_usize..60).prop_map(Act::Work),
        2 => (0_usize..4).prop_map(Act::Rest),
        1 => prop_oneof![Just(0.02), Just(1e6), Just(1e30)].prop_map(Act::Rate),
        2 => Just(Act::GoBack),
        1 => Just(Act::File),
        1 => Just(Act::Rewind),
    ]
}

fn perform(work: &mut dyn Work, task: &mut Task, act: Act) {
    match act {
        Act::Work(count) => work_pieces(work, count),
        Act::Rest(pieces) => {
            rest(work, pieces);
        }
        Act::Rate(rate) => {
            if let Task::Train(plan) = task {
                plan.spec.optimizer.learning_rate = rate;
                assert!(work.change(task).expect("allowed"));
            }
        }
        Act::GoBack => {
            if let Some(training) = work.training().filter(|training| training.way_back().is_some()) {
                training.go_back().expect("kept");
            }
        }
        Act::File => {
            let layers = vec![dense(4), LayerSpec::BatchNorm, LayerSpec::Sigmoid, dense(3)];
            let file = NetSpec { layers, loss: LossSpec::LogLikelihood, seed: 99, batch_size: 3, ..spec() };
            if let Some(training) = work.training() {
                let taken = training.take_network(&Trainer::new(&file).expect("valid"));
                // Differences are for dense layers alone.
                let takes_any = training.plan().gradient == Gradient::Backpropagation;
                assert_eq!(taken.is_ok(), takes_any, "36 → 3");
            }
        }
        Act::Rewind => work.rewind().expect("checked"),
    }
}

/// Two works of the same kind may become each other.
fn others(task: &Task) -> Vec<Task> {
    let same_kind = |other: &Task| {
        matches!(
            (task, other),
            (Task::Train(_), Task::Train(_))
                | (Task::Spread(_), Task::Spread(_))
                | (Task::Check(_), Task::Check(_))
        )
    };
    let mut others: Vec<Task> = tasks().into_iter().filter(same_kind).collect();
    if let Task::Spread(_) = task {
        let deeper = NetSpec {
            layers: vec![dense(4), LayerSpec::Tanh, dense(4), LayerSpec::Sigmoid, dense(2)],
            ..spec()
        };
        others.push(Task::Spread(SpreadPlan { spec: deeper, rows: 3 }));
    }
    if let Task::Check(_) = task {
        let wide = NetSpec { layers: vec![dense(9), LayerSpec::Sigmoid, dense(3)], ..spec() };
        others.push(Task::Check(check(wide, Some(Mistake::Slope))));
    }
    others
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 250, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_mark_goes_on_to_the_last_bit(
        task in (0..tasks().len()).prop_map(|index| tasks()[index].clone()),
        other in any::<prop::sample::Index>(),
        before in prop::collection::vec(act(), 0..12),
        after in prop::collection::vec(act(), 1..8),
        late_data in any::<bool>(),
    ) {
        let others = others(&task);
        let other = &others[other.index(others.len())];
        let (mut task, mut straight) = (task.clone(), begin(&task));
        for act in before {
            perform(&mut *straight, &mut task, act);
        }
        let mark = straight.mark();
        let mut moved = other.begin().expect("valid");
        if !late_data {
            moved.set_data(&sets(3, true)).expect("fits");
            work_pieces(&mut *moved, 3);
        }
        moved.go_to(&mark).expect("a mark of ours");
        prop_assert!(moved.mark() == mark, "marking again");
        if late_data {
            moved.set_data(&sets(3, true)).expect("fits");
        }
        prop_assert!(look(&mut *straight) == look(&mut *moved), "at once");
        let mut same_task = task.clone();
        for act in after {
            perform(&mut *straight, &mut task, act);
            perform(&mut *moved, &mut same_task, act);
            prop_assert!(look(&mut *straight) == look(&mut *moved), "after {act:?}");
        }
    }
}

#[test]
fn a_training_that_diverged_comes_back_diverged() {
    for (rate, expected) in [(1e30, None), (1e6, Some(50))] {
        let mut task = Task::Train(TrainPlan { limit: None, ..plan() });
        let mut work = begin(&task);
        if expected.is_some() {
            perform(&mut *work, &mut task, Act::Work(60));
        }
        perform(&mut *work, &mut task, Act::Rate(rate));
        finish(&mut *work);
        let mut moved = begin(&Task::Train(plan()));
        moved.go_to(&work.mark()).expect("a mark of ours");
        let report = moved.report(0.0, &[]);
        let shown = report.training().expect("a training");
        assert_eq!(
            (report.phase, shown.way_back),
            (Phase::Diverged, expected.or(Some(0)).filter(|_| shown.way_back.is_some()))
        );
        assert!(expected.is_none() || shown.way_back == expected);
        assert!(shown.last_loss.is_some_and(|loss| loss.is_nan() || loss > 100.0), "{:?}", shown.last_loss);
        let state = moved.training().expect("a training").trainer().state();
        assert!(
            rate < 1e30 || state.iter().any(|tensor| tensor.values.iter().any(|value| !value.is_finite()))
        );
    }
}

#[test]
fn broken_marks_are_refused_and_change_nothing() {
    for task in tasks() {
        let mut work = begin(&task);
        work_pieces(&mut *work, 40);
        work.evaluate();
        let mark = work.mark();
        let mut other = begin(&task);
        work_pieces(&mut *other, 5);
        let before = look(&mut *other);
        let mut refused = |broken: &[u8]| {
            assert!(other.go_to(broken).is_err(), "{} of {} bytes", broken.len(), mark.len());
        };
        let step = (mark.len() / 700).max(1);
        for length in (0..mark.len()).step_by(step) {
            refused(&mark[..length]);
            for change in [0x01, 0x80, 0xff] {
                let mut flipped = mark.clone();
                flipped[length] ^= change;
                refused(&flipped);
            }
        }
        refused(&[&mark[..], &[0]].concat());
        assert!(look(&mut *other) == before, "what was refused changed nothing");
        for wrong in tasks() {
            if std::mem::discriminant(&wrong) != std::mem::discriminant(&task) {
                let mut wrong = begin(&wrong);
                let before = look(&mut *wrong);
                assert_eq!(wrong.go_to(&mark).expect_err("of another kind").field, "mark");
                assert!(look(&mut *wrong) == before);
            }
        }
    }
}

/// The same bytes with the checksum that belongs to them: as somebody might make them who knows the format.
fn reseal(mark: &mut [u8]) {
    let mut checksum = flate2::Crc::new();
    checksum.update(&mark[4..5]);
    checksum.update(&mark[9..]);
    let checksum = checksum.sum().to_le_bytes();
    mark[5..9].copy_from_slice(&checksum);
}

#[test]
fn forged_marks_are_refused_or_work_without_a_panic() {
    let mut accepted = 0;
    for task in tasks() {
        let mut work = begin(&task);
        work_pieces(&mut *work, 40);
        work.evaluate();
        let mark = work.mark();
        let step = (mark.len() / 500).max(1);
        for place in (9..mark.len()).step_by(step) {
            for change in [0x01, 0x40, 0x80, 0xff] {
                let mut forged = mark.clone();
                forged[place] ^= change;
                reseal(&mut forged);
                let survives = catch_unwind(AssertUnwindSafe(|| {
                    let mut other = begin(&task);
                    let taken = other.go_to(&forged).is_ok();
                    if taken {
                        work_pieces(&mut *other, 12);
                        rest(&mut *other, 4);
                        if let Some(training) = other.training() {
                            training.confusion();
                            let _ = training.go_back();
                        }
                        look(&mut *other);
                    }
                    taken
                }));
                let taken = survives.unwrap_or_else(|_| panic!("{task:?}: byte {place} ^ {change:#x}"));
                accepted += u32::from(taken);
            }
        }
    }
    assert!(accepted > 100, "weights may be any numbers: {accepted}");
}

/// As a spec of a few hundred bytes may ask for gigabytes, one in a mark is compared with its numbers first.
#[test]
fn a_spec_that_asks_for_more_than_the_mark_has_is_refused() {
    let wide = |units| NetSpec { layers: vec![dense(units), dense(3)], ..spec() };
    let mark_of = |spec| begin(&Task::Train(TrainPlan { spec, ..plan() })).mark();
    let (small, large) = (mark_of(wide(9)), mark_of(wide(8)));
    let text = br#""units":9"#;
    let mut forged = small.clone();
    let places: Vec<usize> =
        (0..forged.len() - text.len()).filter(|&at| forged[at..].starts_with(text)).collect();
    assert_eq!(places.len(), 2, "the plan and the network");
    places.into_iter().for_each(|at| forged[at + text.len() - 1] = b'8');
    reseal(&mut forged);
    let mut work = begin(&Task::Train(plan()));
    let error = work.go_to(&forged).expect_err("9 units in the numbers, 8 in the spec");
    assert_eq!(error.field, "mark.state");
    work.go_to(&large).expect("whole");
}

#[test]
fn a_mark_asks_for_data_of_its_own() {
    let few = TrainPlan { needs: needs(Count::First(20), Some(Count::First(10))), ..plan() };
    let mut work = begin(&Task::Train(few));
    finish(&mut *work);
    let mut moved = begin(&Task::Train(plan()));
    moved.go_to(&work.mark()).expect("a mark of ours");
    assert_eq!(found(&mut *moved).per_epoch, 2);
    assert_eq!(moved.training().expect("a training").test().len(), 10);
    let iris =
        TrainPlan { needs: super::changing::iris(), spec: NetSpec { input: vec![4], ..spec() }, ..plan() };
    let mut flowers = begin(&Task::Train(iris));
    finish(&mut *flowers);
    moved.go_to(&flowers.mark()).expect("the core holds them");
    assert_eq!(look(&mut *moved).0, flowers.mark());
}
