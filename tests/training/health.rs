use fishbowl::nn::spec::{InitSpec, LayerSpec, NetSpec, OptimizerKind, OptimizerSpec};
use fishbowl::train::health::Health;
use fishbowl::train::report::WeightImages;
use fishbowl::train::report::{Phase, Want};
use fishbowl::train::task::TrainPlan;
use fishbowl::train::trainer::Trainer;
use fishbowl::train::training::Training;
use fishbowl::train::work::Work;

use super::given::{begun, dense, finish, found, plan, report, spec, work_to};

/// A training that changes nothing.
fn resting(layers: Vec<LayerSpec>) -> TrainPlan {
    let optimizer = OptimizerSpec::new(OptimizerKind::Sgd, 1e-30);
    TrainPlan { spec: NetSpec { optimizer, layers, ..spec() }, ..plan() }
}

/// A training of the plan's network after changes of its weights.
fn changed(plan: &TrainPlan, name: &str, change: impl Fn(usize, &mut f32)) -> Training {
    let mut trainer = Trainer::<f32>::new(&plan.spec).expect("valid");
    let mut weights = trainer.weights();
    let tensor = weights.iter_mut().find(|tensor| tensor.name == name).expect(name);
    tensor.values.iter_mut().enumerate().for_each(|(index, value)| change(index, value));
    trainer.set_weights(&weights).expect("fits");
    let mut training = begun(plan);
    training.take_network(&trainer).expect("the same");
    training
}

fn health(training: &mut Training) -> Health {
    found(training).health.expect("a look")
}

#[test]
fn units_without_an_image_that_excites_them_are_dead() {
    let layers = vec![dense(5), LayerSpec::Relu, dense(4), LayerSpec::Relu, dense(3)];
    let mut training =
        changed(&resting(layers), "0.bias", |unit, bias| *bias = if unit % 2 == 1 { -1e3 } else { 1.0 });
    assert_eq!(found(&mut training).health, None, "nothing was learned");
    work_to(&mut training, 1);
    let found = health(&mut training);
    // No more images than the first shard has, though all are there.
    assert_eq!((found.iteration, found.images), (1, 40));
    assert_eq!((found.layers[0].units, &found.layers[0].dead[..]), (5, &[1, 3][..]));
    assert_eq!((found.layers.len(), found.layers[0].saturated), (2, None));
    // Channels of a convolution, each with many places.
    let conv = LayerSpec::Conv2d { filters: 3, size: 3, stride: None, pad: None };
    let layers = vec![conv, LayerSpec::Relu, LayerSpec::Flatten, dense(3)];
    let mut plan = resting(layers);
    plan.spec.input = vec![1, 6, 6];
    let mut training =
        changed(&plan, "0.bias", |channel, bias| *bias = if channel == 2 { -1e3 } else { 0.0 });
    work_to(&mut training, 1);
    assert_eq!(health(&mut training).layers[0].dead, [2]);
}

#[test]
fn saturated_activations_are_a_share_of_all() {
    for layer in [LayerSpec::Sigmoid, LayerSpec::Tanh] {
        let mut training = changed(&resting(vec![dense(4), layer, dense(3)]), "0.bias", |unit, bias| {
            *bias = if unit == 0 { 1e3 } else { 0.0 };
        });
        work_to(&mut training, 1);
        let layer = &health(&mut training).layers[0];
        let share = layer.saturated.expect("bounded");
        assert!((0.25..1.0).contains(&share) && layer.dead.is_empty(), "{share}");
    }
    let wide = NetSpec { init: InitSpec::Normal { std: 100.0 }, ..spec() };
    let layers = vec![dense(4), LayerSpec::Sigmoid, dense(3)];
    let optimizer = OptimizerSpec::new(OptimizerKind::Sgd, 1e-30);
    let mut training = begun(&TrainPlan { spec: NetSpec { layers, optimizer, ..wide }, ..plan() });
    work_to(&mut training, 1);
    assert!(health(&mut training).layers[0].saturated.expect("bounded") > 0.95);
}

#[test]
fn a_step_is_as_long_as_rate_times_gradient() {
    let optimizer = OptimizerSpec::new(OptimizerKind::Sgd, 0.05);
    let mut training = begun(&TrainPlan { spec: NetSpec { optimizer, ..spec() }, ..plan() });
    work_to(&mut training, 8);
    let found = health(&mut training);
    let step = found.step.expect("before and after");
    assert!((step / (0.05 * found.gradient) - 1.0).abs() < 1e-4, "{found:?}");
    let weights = training.trainer().weights();
    let norm = weights.iter().flat_map(|tensor| &tensor.values).map(|&w| f64::from(w).powi(2)).sum::<f64>();
    assert!((found.weights - norm.sqrt()).abs() < 1e-9);
    // Not after every step, and of the last look until the next.
    work_to(&mut training, 9);
    assert_eq!(health(&mut training), found);
}

#[test]
fn a_run_that_diverged_is_looked_at_and_forgets_it_when_it_goes_back() {
    let optimizer = OptimizerSpec::new(OptimizerKind::Sgd, 1e30);
    let mut training = begun(&TrainPlan { spec: NetSpec { optimizer, ..spec() }, limit: None, ..plan() });
    finish(&mut training);
    assert_eq!(report(&mut training).phase, Phase::Diverged);
    let found = health(&mut training);
    assert_eq!(Some(found.iteration), training.diverged_at());
    assert!(found.growth.is_some_and(|growth| growth > 1e3 || growth.is_nan()), "{found:?}");
    training.go_back().expect("kept");
    assert_eq!(self::found(&mut training).health, None);
}

#[test]
fn one_strong_weight_leaves_the_others_their_shades() {
    let plan = TrainPlan {
        spec: NetSpec { layers: vec![dense(50), LayerSpec::Relu, dense(3)], ..spec() },
        ..plan()
    };
    let images = |training: &mut Training| -> WeightImages {
        let report = training.report(0.0, &[Want::Weights]);
        report.training().and_then(|training| training.weights.clone()).expect("images")
    };
    let usual = images(&mut begun(&plan));
    let mut strong =
        changed(&plan, "0.weight", |index, weight| *weight = if index == 7 { 1e4 } else { *weight });
    let strong = images(&mut strong);
    assert_eq!(strong.units[7][0], 255, "[36 pixels, 50 units]");
    let pairs = usual.units.iter().flatten().zip(strong.units.iter().flatten());
    let others = pairs.enumerate().filter(|(place, _)| *place != 7 * 36);
    let moved = others.map(|(_, (usual, strong))| usual.abs_diff(*strong)).max();
    assert!(moved.is_some_and(|moved| moved < 40), "{moved:?}");
}
