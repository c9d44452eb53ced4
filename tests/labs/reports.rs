//! Reports as a worker might send them: late, partial, of a diverged run, of numbers that are none.

use fishbowl::labs::Job;
use fishbowl::nn::networks;
use fishbowl::train::health::{Health, Hidden};
use fishbowl::train::history::Bucket;
use fishbowl::train::report::{
    Apart, Check, Checked, Distribution, Findings, Ghost, Inference, Judged, Landscape, Look, Mistake,
    Mistakes, Phase, Reached, Report, Shares, Spread, Training, WeightImages,
};
use fishbowl::train::task::Task;
use proptest::prelude::*;

/// A report, or none yet, for each job; sometimes for one too many or too few.
pub(crate) fn reports(jobs: &[Job]) -> impl Strategy<Value = Vec<Option<Report>>> + use<> {
    let tasks: Vec<Task> = jobs.iter().map(|job| job.task.clone()).collect();
    let of = move |index: usize| {
        // A report of another kind of task is possible too: an old one that arrives late.
        let findings = match tasks.get(index) {
            Some(Task::Spread(_)) => prop_oneof![4 => spread_findings(), 1 => training_findings()].boxed(),
            Some(Task::Infer(_)) => prop_oneof![4 => inference_findings(), 1 => training_findings()].boxed(),
            Some(Task::Check(_)) => prop_oneof![4 => check_findings(), 1 => training_findings()].boxed(),
            _ => prop_oneof![4 => training_findings(), 1 => spread_findings()].boxed(),
        };
        prop::option::weighted(0.8, report(findings)).boxed()
    };
    let count = jobs.len();
    (0..=count + 1).prop_flat_map(move |few| {
        let length = if few > count { few } else { count - few / 2 };
        (0..length).map(&of).collect::<Vec<_>>()
    })
}

fn report(findings: BoxedStrategy<Findings>) -> impl Strategy<Value = Report> {
    let phase = prop::sample::select(vec![Phase::Waiting, Phase::Ready, Phase::Finished, Phase::Diverged]);
    let rest = (iteration(), prop::option::of(iteration()), 0.0..1e5_f64);
    (phase, rest, findings).prop_map(|(phase, (done, of, seconds), findings)| Report {
        phase,
        done,
        of,
        seconds,
        findings,
    })
}

fn iteration() -> impl Strategy<Value = u64> {
    prop_oneof![Just(0), 0..2_000_u64, any::<u32>().prop_map(u64::from)]
}

/// A loss as it may come: large, infinite, not a number.
fn loss() -> impl Strategy<Value = f64> {
    prop_oneof![
        6 => 0.0..5.0_f64,
        1 => prop::sample::select(vec![0.0, 1e-300, 1e30, f64::INFINITY, f64::NEG_INFINITY, f64::NAN]),
    ]
}

fn accuracies() -> impl Strategy<Value = Vec<(u64, f64)>> {
    let share = prop_oneof![9 => 0.0..=1.0_f64, 1 => Just(f64::NAN)];
    prop::collection::btree_map(iteration(), share, 0..60).prop_map(|points| points.into_iter().collect())
}

fn buckets() -> impl Strategy<Value = Vec<Bucket>> {
    prop::collection::vec((1..5_u64, loss(), loss()), 0..80).prop_map(|values| {
        let mut iteration = 0;
        let bucket = |(count, first, second): (u64, f64, f64)| {
            iteration += count;
            let sum = first + second * (count - 1) as f64;
            Bucket { iteration, count, sum, low: first.min(second), high: first.max(second) }
        };
        values.into_iter().map(bucket).collect()
    })
}

/// What a look inside a network may find, and what only a foolish one would.
fn healths() -> impl Strategy<Value = Health> {
    let number =
        || prop_oneof![6 => 0.0..10.0_f64, 1 => prop::sample::select(vec![0.0, f64::INFINITY, f64::NAN])];
    let dead = prop::collection::btree_set(0..60_usize, 0..50);
    let layer = (0..60_usize, dead, prop::option::of(prop_oneof![6 => 0.0..=1.0_f64, 1 => Just(f64::NAN)]));
    let layer = layer.prop_map(|(units, dead, saturated)| Hidden {
        units,
        dead: dead.into_iter().collect(),
        saturated,
    });
    let norms = (number(), number(), prop::option::of(number()), prop::option::of(number()));
    (iteration(), norms, prop::collection::vec(layer, 0..3)).prop_map(
        |(iteration, (weights, gradient, step, growth), layers)| Health {
            iteration,
            images: 200,
            weights,
            gradient,
            step,
            growth,
            layers,
        },
    )
}

/// A plane of losses as far as it may be computed, or one that is none.
fn landscapes() -> impl Strategy<Value = Landscape> {
    let value = prop_oneof![
        30 => 0.0..9.0_f32,
        2 => Just(f32::NAN),
        1 => prop::sample::select(vec![0.0, f32::INFINITY, 1e38]),
    ];
    let side = prop::sample::select(vec![3_usize, 5, 9, 17]);
    let rest = (iteration(), 0..2_usize, 1..1000_usize);
    (side, rest).prop_flat_map(move |(side, (iteration, fewer, examples))| {
        prop::collection::vec(value.clone(), side * side - fewer).prop_map(move |values| Landscape {
            iteration,
            examples,
            side,
            done: values.len(),
            values,
        })
    })
}

/// What evaluations found of each share, and of more or fewer shares than there are.
fn shares() -> impl Strategy<Value = Shares> {
    let judged = (0..10_u8, prop::option::of(0..12_u8), prop::option::of(0..10_u8), any::<bool>()).prop_map(
        |(label, before, now, is_image)| Judged {
            label,
            before,
            now,
            pixels: if is_image { vec![128; 784] } else { Vec::new() },
        },
    );
    let counts = || prop::collection::vec(0..2_000_u32, 0..4);
    let right = prop::collection::btree_map(iteration(), counts(), 0..10);
    (counts(), right, prop::collection::vec(judged, 0..20)).prop_map(|(lengths, right, first)| Shares {
        lengths,
        right: right.into_iter().collect(),
        width: 28,
        first,
    })
}

/// Mistakes among the first hundred digits; sometimes of an image that is none.
fn mistakes() -> impl Strategy<Value = Mistakes> {
    let mistake = |(index, (label, guess, probability, side)): (u32, (u8, u8, f32, usize))| Mistake {
        index,
        label,
        guess,
        probability,
        pixels: vec![128; side * side],
    };
    let probability = prop_oneof![9 => 0.0..=1.0_f32, 1 => Just(f32::NAN)];
    let side = prop_oneof![9 => Just(28_usize), 1 => Just(3)];
    let listed = prop::collection::btree_map(0..100_u32, (0..10_u8, 0..10_u8, probability, side), 0..40);
    (listed, 0..10_000_u32, prop_oneof![9 => Just(28_u32), 1 => Just(0)]).prop_map(
        move |(listed, seen, width)| {
            let listed: Vec<_> = listed.into_iter().map(mistake).collect();
            Mistakes { seen, of: 10_000, count: listed.len() as u32 + seen % 3, width, listed }
        },
    )
}

fn training_findings() -> BoxedStrategy<Findings> {
    let weights =
        (1..6_usize, 1..6_usize, 0..8_usize, 0..300_usize).prop_map(|(width, height, units, more)| {
            let unit = |unit: usize| (0..width * height).map(|pixel| (pixel * 37 + unit) as u8).collect();
            WeightImages { width, height, units: (0..units).map(unit).collect(), count: units + more }
        });
    let counts = (any::<u32>(), 0..700_u64, prop::collection::vec(1..1_000_usize, 0..6));
    let curves = (buckets(), prop::option::of(loss()), accuracies(), accuracies());
    let ends = (
        (prop::option::of(0.0..=1.0_f64), prop::option::of(0.0..=1.0_f64)),
        prop::option::weighted(0.3, (iteration(), 0.0..1e4_f64)),
        prop::option::weighted(0.3, iteration()),
        prop::option::of(iteration()),
        (
            prop::option::of(weights),
            prop::option::of(healths()),
            prop::option::of(landscapes()),
            prop::option::of(mistakes()),
            prop::option::of(shares()),
            parameters(),
        ),
        prop::option::weighted(0.3, (iteration(), prop::option::of(loss()))),
        prop::option::weighted(0.3, (buckets(), accuracies())),
    );
    (counts, curves, ends)
        .prop_map(|((examples, per_epoch, sizes), (loss, last_loss, train, test), ends)| {
            let (
                (present_training_accuracy, present_test_accuracy),
                reached,
                diverged_at,
                way_back,
                (weights, health, landscape, mistakes, shares, parameters),
                look,
                ghost,
            ) = ends;
            Findings::Training(Training {
                examples: examples.into(),
                per_epoch,
                sizes,
                loss,
                last_loss,
                training_accuracy: train,
                test_accuracy: test,
                present_training_accuracy,
                present_test_accuracy,
                reached: reached.map(|(iteration, seconds)| Reached { iteration, seconds }),
                looking: look.map(|(newest, loss)| Look { newest, loss }),
                ghost: ghost.map(|(loss, test_accuracy)| Ghost { loss, test_accuracy }),
                diverged_at,
                way_back,
                health,
                mistakes,
                shares,
                file_bytes: Some(150_000),
                weights,
                landscape,
                parameters,
                spec: Some(networks::named("two-layer").expect("listed")),
            })
        })
        .boxed()
}

/// As many numbers as the small network of irises has, or others; not all of them finite.
fn parameters() -> impl Strategy<Value = Vec<f32>> {
    let number = || prop_oneof![60 => -9.0..9.0_f32, 1 => Just(f32::NAN), 1 => Just(f32::INFINITY)];
    prop_oneof![
        2 => prop::collection::vec(-9.0..9.0_f32, 61),
        1 => prop::collection::vec(number(), 0..80),
        1 => Just(Vec::new()),
    ]
}

fn inference_findings() -> BoxedStrategy<Findings> {
    let counts = (0..100_000_u64, 0..10_001_u64, 0..10_001_u64);
    (counts, prop::collection::vec(distributions(), 0..4))
        .prop_map(|((images, different, correct), activations)| {
            Findings::Inference(Inference { images, different, correct, activations })
        })
        .boxed()
}

fn distributions() -> impl Strategy<Value = Distribution> + Clone {
    let number = || prop_oneof![8 => -1e3..1e3_f64, 1 => Just(f64::NAN), 1 => Just(0.0)];
    let shape = (number(), number(), prop::collection::vec(any::<u32>(), 0..40));
    let moments = (number(), number(), 0.0..=1.0_f64, prop::option::of(0.0..=1.0_f64));
    (shape, moments).prop_map(|((low, high, counts), (mean, deviation, zeros, saturated))| Distribution {
        low,
        high,
        counts,
        mean,
        deviation,
        zeros,
        saturated,
    })
}

fn spread_findings() -> BoxedStrategy<Findings> {
    let layers = || prop::collection::vec(distributions(), 0..7);
    (layers(), layers())
        .prop_map(|(activations, gradients)| Findings::Spread(Spread { activations, gradients }))
        .boxed()
}

fn check_findings() -> BoxedStrategy<Findings> {
    let number =
        || prop_oneof![8 => 0.0..1e3_f64, 1 => Just(f64::NAN), 1 => Just(0.0), 1 => Just(f64::INFINITY)];
    let apart = move || {
        (number(), number(), number(), any::<u32>(), number()).prop_map(
            |(sum, size, worst, index, gradient)| Apart {
                sum,
                size,
                worst,
                index,
                numerical: -gradient,
                gradient,
            },
        )
    };
    let shape = prop_oneof![Just(vec![784, 3]), Just(vec![3]), Just(vec![3, 10]), Just(vec![10])];
    let checked = (shape, 0..40_u64, apart(), apart()).prop_map(|(shape, count, double, single)| Checked {
        name: "0.weight".to_owned(),
        shades: vec![7; shape.iter().product()],
        shape,
        count,
        double,
        single,
    });
    let error =
        (0..13_i32, number(), number()).prop_map(|(power, one, other)| [10.0_f64.powi(-power), one, other]);
    let image = (0..10_u8).prop_map(|label| (label, vec![label; 784]));
    let params = prop_oneof![
        3 => prop::collection::vec(checked.clone(), 4),
        1 => prop::collection::vec(checked, 0..9),
    ];
    (params, prop::collection::vec(error, 0..14), prop::collection::vec(image, 0..4))
        .prop_map(|(params, errors, images)| Findings::Check(Check { params, errors, images }))
        .boxed()
}
