use fishbowl::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use fishbowl::train::report::{Distribution, Findings, Phase, Spread};
use fishbowl::train::task::{SpreadPlan, Task};
use fishbowl::train::work::Progress;

use super::given::dense;

/// The book's 6.2.2: five layers of 100 units, behind which ten classes make a loss.
fn plan(activation: LayerSpec, init: InitSpec) -> SpreadPlan {
    let hidden = std::iter::repeat_n([dense(100), activation], 5).flatten();
    let spec = NetSpec {
        input: vec![100],
        layers: hidden.chain([dense(10)]).collect(),
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
        init,
        batch_size: 100,
        seed: 2,
    };
    SpreadPlan { spec, rows: 1000 }
}

fn look(plan: &SpreadPlan) -> Spread {
    let mut work = Task::Spread(plan.clone()).begin().expect("valid");
    let of = 2 * u64::from(plan.rows).div_ceil(plan.spec.batch_size as u64);
    for done in 0..of {
        let report = work.report(0.0, &[]);
        assert_eq!((report.phase, report.done, report.of), (Phase::Ready, done, Some(of)));
        assert_eq!(report.findings, Findings::Spread(Spread::default()), "not before it is done");
        assert_eq!(work.work(), Progress::Step);
    }
    let report = work.report(0.0, &[]);
    assert_eq!((report.phase, report.done, work.work()), (Phase::Finished, of, Progress::Done));
    match report.findings {
        Findings::Spread(spread) => spread,
        _ => panic!("a look"),
    }
}

fn book(activation: LayerSpec, init: InitSpec) -> Spread {
    let found = look(&plan(activation, init));
    assert_eq!((found.activations.len(), found.gradients.len()), (5, 5));
    for layer in found.activations.iter().chain(&found.gradients) {
        assert_eq!((layer.counts.len(), layer.counts.iter().sum::<u32>()), (30, 100_000));
    }
    found
}

fn deviations(layers: &[Distribution]) -> Vec<f64> {
    layers.iter().map(|layer| layer.deviation).collect()
}

/// The share of values in these bins.
fn share(layer: &Distribution, bins: impl Iterator<Item = usize>) -> f64 {
    let count: u32 = bins.map(|bin| layer.counts[bin]).sum();
    f64::from(count) / f64::from(layer.counts.iter().sum::<u32>())
}

#[test]
fn a_deviation_of_1_drives_sigmoid_to_its_ends_and_gradients_vanish() {
    let found = book(LayerSpec::Sigmoid, InitSpec::Normal { std: 1.0 });
    for layer in &found.activations {
        assert_eq!((layer.low, layer.high), (0.0, 1.0));
        let ends = share(layer, (0..3).chain(27..30));
        assert!(ends > 0.6 && layer.saturated.is_some_and(|share| share > 0.4), "{layer:?}");
    }
    assert!(found.gradients.iter().all(|layer| layer.saturated.is_none()));
}

#[test]
fn a_deviation_of_a_hundredth_gathers_sigmoid_at_a_half() {
    let found = book(LayerSpec::Sigmoid, InitSpec::Normal { std: 0.01 });
    for layer in &found.activations[1..] {
        assert!(share(layer, 13..17) > 0.99 && layer.saturated == Some(0.0), "{layer:?}");
        assert!((layer.mean - 0.5).abs() < 0.05);
    }
    let gradients = deviations(&found.gradients);
    assert!(
        gradients.windows(2).all(|pair| pair[0] < 0.1 * pair[1]),
        "first layers learn least: {gradients:?}"
    );
}

#[test]
fn xavier_spreads_sigmoid_broadly() {
    let narrow = book(LayerSpec::Sigmoid, InitSpec::Normal { std: 0.01 }).activations;
    for (layer, narrow) in book(LayerSpec::Sigmoid, InitSpec::Xavier).activations.iter().zip(&narrow) {
        assert!(layer.saturated.is_some_and(|share| share < 0.05), "{layer:?}");
        assert!(layer.deviation > 5.0 * narrow.deviation && share(layer, 13..17) < 0.6, "{layer:?}");
    }
}

#[test]
fn he_keeps_relu_alive_and_a_hundredth_lets_it_vanish() {
    let he = book(LayerSpec::Relu, InitSpec::He);
    let activations = deviations(&he.activations);
    assert!(activations.iter().all(|deviation| (0.5..1.5).contains(deviation)), "{activations:?}");
    let gradients = deviations(&he.gradients);
    assert!(gradients.windows(2).all(|pair| (0.5..2.0).contains(&(pair[0] / pair[1]))), "{gradients:?}");
    let small = book(LayerSpec::Relu, InitSpec::Normal { std: 0.01 });
    let vanishing = deviations(&small.activations);
    assert!(vanishing.windows(2).all(|pair| pair[1] < 0.2 * pair[0]), "{vanishing:?}");
    assert!(
        small.activations.iter().all(|layer| layer.saturated.is_none() && (0.3..0.7).contains(&layer.zeros))
    );
}

#[test]
fn inputs_and_labels_depend_on_the_seed_alone() {
    let plan = plan(LayerSpec::Tanh, InitSpec::Xavier);
    let found = look(&plan);
    let with_size =
        |batch_size| look(&SpreadPlan { spec: NetSpec { batch_size, ..plan.spec.clone() }, ..plan.clone() });
    // Mini-batches of 30 do not come out even. The gradient is that of their mean loss.
    for size in [30, 1000] {
        let other = with_size(size);
        for (one, other) in found.activations.iter().zip(&other.activations) {
            let apart: u32 = one.counts.iter().zip(&other.counts).map(|(a, b)| a.abs_diff(*b)).sum();
            // A product in blocks of another size may round a value over the edge of its bin.
            assert!(apart <= 4 && (one.mean - other.mean).abs() < 1e-7, "{apart}");
        }
    }
    let scale = |layer: &Distribution| layer.deviation * 1000.0;
    let whole = with_size(1000);
    assert!((scale(&whole.gradients[4]) / (found.gradients[4].deviation * 100.0) - 1.0).abs() < 1e-4);
    let other = look(&SpreadPlan { spec: NetSpec { seed: 3, ..plan.spec.clone() }, ..plan.clone() });
    assert_ne!(other, found);
    assert_eq!(look(&plan), found);
}

#[test]
fn batch_normalization_keeps_any_scale_alive() {
    let mut normalized = plan(LayerSpec::Relu, InitSpec::Normal { std: 0.01 });
    normalized.spec.layers = std::iter::repeat_n([dense(100), LayerSpec::BatchNorm, LayerSpec::Relu], 5)
        .flatten()
        .chain([dense(10)])
        .collect();
    let found = look(&normalized);
    assert_eq!(found.activations.len(), 5);
    assert!(deviations(&found.activations).iter().all(|deviation| (0.3..0.8).contains(deviation)));
}

#[test]
fn what_cannot_be_looked_at_is_refused() {
    let plan = plan(LayerSpec::Relu, InitSpec::He);
    for rows in [0, 100_001] {
        let error = Task::Spread(SpreadPlan { rows, ..plan.clone() }).begin().err().expect("refused");
        assert_eq!(error.field, "rows");
    }
    let mut wrong = plan.clone();
    wrong.spec.layers.clear();
    assert_eq!(Task::Spread(wrong).begin().err().expect("refused").field, "layers.length");
    let linear = NetSpec { layers: vec![dense(10)], ..plan.spec.clone() };
    assert_eq!(look(&SpreadPlan { spec: linear, rows: 7 }), Spread::default(), "no activation function");
}
