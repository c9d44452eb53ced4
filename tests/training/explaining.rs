use fishbowl::nn::networks;
use fishbowl::nn::spec::{LayerSpec, LossSpec, NetSpec};
use fishbowl::train::explanation::{Explanation, Scores};
use fishbowl::train::report::{Want, WeightImages};
use fishbowl::train::training::Training;
use fishbowl::train::work::Work;

use super::given::{begun, dense, plan, spec, work_to};
use super::inspection::{example, of};

fn scores(told: &Explanation) -> &Scores {
    told.scores.as_ref().expect("a dense layer at the end")
}

#[test]
fn contributions_bias_and_rest_add_up_to_each_score_of_every_network() {
    for ready in networks::ALL {
        let mut training = of((ready.spec)());
        let pixels = example(training.spec().input.iter().product());
        let told = training.explain(&pixels).expect("fits");
        let answer = training.answer(&pixels).expect("fits");
        assert_eq!((&told.outputs, told.class), (&answer.outputs, answer.class), "{}", ready.name);
        let last = training.layers(&pixels).expect("fits").pop().expect("layers").values;
        let scores = scores(&told);
        assert_eq!(scores.outputs.len(), last.len());
        for (score, &expected) in scores.outputs.iter().zip(&last) {
            assert_eq!(score.score, expected);
            assert_eq!(score.contributions.len(), scores.units.len());
            let sum = score.bias + score.rest + score.contributions.iter().sum::<f32>();
            assert!((sum - expected).abs() < 1e-4, "{}: {sum} {expected}", ready.name);
            let named: f32 = score.contributions.iter().map(|value| value.abs()).sum();
            assert!(named <= score.absolute * 1.0001, "{}", ready.name);
        }
        assert!(scores.units.is_sorted() && scores.units.iter().all(|&unit| unit < scores.count));
        assert!(scores.units.len() <= 128.max(ready_most(last.len())), "{}", scores.units.len());
        assert_eq!(Explanation::from_bytes(&told.to_bytes()).as_ref(), Ok(&told));
    }
}

/// Twelve for each output, and the pictured ones.
fn ready_most(outputs: usize) -> usize {
    12 * outputs + 60
}

#[test]
fn hidden_layers_are_seen_behind_their_activation_function() {
    let layers = vec![dense(6), LayerSpec::BatchNorm, LayerSpec::Relu, dense(4), LayerSpec::Tanh, dense(3)];
    let mut training = of(NetSpec { layers, ..spec() });
    let pixels = example(36);
    let told = training.explain(&pixels).expect("fits");
    let made = training.layers(&pixels).expect("fits");
    assert_eq!(told.hidden, [made[2].values.clone(), made[4].values.clone()]);
    let scores = scores(&told);
    assert_eq!((scores.hidden, scores.count, &scores.values), (Some(1), 4, &made[4].values));

    let mut convolutional = of(networks::named("simple-convnet").expect("listed"));
    let pixels = example(784);
    let told = convolutional.explain(&pixels).expect("fits");
    let made = convolutional.layers(&pixels).expect("fits");
    let channels = made[1].shape[0];
    assert_eq!(told.hidden[0].len(), channels);
    let size = made[1].values.len() / channels;
    let largest = made[1].values[..size].iter().copied().fold(f32::MIN, f32::max);
    assert_eq!(told.hidden[0][0], largest, "of each channel the largest");

    // Its maps are those of the layers whose output is an image.
    let layers: Vec<_> = told.maps.iter().map(|map| (map.layer, map.channels.len(), map.height)).collect();
    assert_eq!(layers, [(0, 30, 24), (1, 30, 24), (2, 30, 12)]);
    for (map, made) in told.maps.iter().zip(&made) {
        let largest = made.values.iter().fold(0.0, |most: f32, value| most.max(value.abs()));
        assert_eq!(map.largest, largest);
        let pixels = map.channels.iter().flatten();
        for (&pixel, value) in pixels.zip(&made.values) {
            assert!((f32::from(pixel) - 128.0 - 127.0 * value / largest).abs() <= 0.51, "{pixel} {value}");
        }
    }

    let mut single = of(NetSpec { layers: vec![dense(3)], ..spec() });
    let told = single.explain(&example(36)).expect("fits");
    assert!(told.hidden.is_empty());
    assert_eq!((scores_source(&told), told.scores.expect("scores").count), (None, 36));
    // No dense layer at the end.
    let layers = vec![dense(3), LayerSpec::Sigmoid];
    let loss = LossSpec::MeanSquaredError;
    let told = of(NetSpec { layers, loss, ..spec() }).explain(&example(36)).expect("fits");
    assert_eq!((told.scores, told.hidden.len()), (None, 1));
}

fn scores_source(told: &Explanation) -> Option<usize> {
    told.scores.as_ref().and_then(|scores| scores.hidden)
}

#[test]
fn of_many_units_the_most_excited_are_pictured_and_told_apart() {
    let layers = vec![LayerSpec::Flatten, dense(400), LayerSpec::Relu, dense(10)];
    let input = vec![1, 28, 28];
    let mut training = of(NetSpec { input, layers, ..spec() });
    let told = training.explain(&example(784)).expect("fits");
    let units = &told.hidden[0];
    assert_eq!((units.len(), told.excited.len()), (400, 60));
    let least = told.excited.iter().map(|(unit, _)| units[*unit]).fold(f32::MAX, f32::min);
    let pictured = |unit: &usize| told.excited.iter().any(|(other, _)| other == unit);
    assert!((0..400).filter(|unit| !pictured(unit)).all(|unit| units[unit] <= least));
    let scores = scores(&told);
    assert!(told.excited.iter().all(|(unit, _)| scores.units.binary_search(unit).is_ok()));
    assert!(scores.units.len() < 400);
    let report = training.report(0.0, &[Want::Weights]);
    let weights = report.training().and_then(|training| training.weights.clone()).expect("images");
    assert_eq!((weights.units.len(), weights.count), (WeightImages::MOST, 400));
    for (unit, pixels) in told.excited.iter().filter(|(unit, _)| *unit < WeightImages::MOST) {
        assert_eq!(pixels, &weights.units[*unit]);
    }
}

#[test]
fn of_a_deep_relu_network_without_biases_what_first_units_say_sums_up_to_each_score() {
    let layers = vec![dense(8), LayerSpec::Relu, dense(6), LayerSpec::Relu, dense(3)];
    let mut training = of(NetSpec { layers, ..spec() });
    let told = training.explain(&example(36)).expect("fits");
    let said = told.said.as_ref().expect("the last hidden layer makes the scores");
    assert!(said.is_exact && said.units.iter().copied().eq(0..8));
    for (score, said) in scores(&told).outputs.iter().zip(&said.outputs) {
        let sum: f32 = said.iter().sum();
        assert!((sum - score.score).abs() < 1e-5, "{sum} {}", score.score);
    }
    let layers = vec![dense(8), LayerSpec::Relu, dense(6), LayerSpec::Tanh, dense(3)];
    let told = of(NetSpec { layers, ..spec() }).explain(&example(36)).expect("fits");
    assert!(told.said.is_some_and(|said| !said.is_exact));
    // Here what the units say is known by their weights.
    let told = of(spec()).explain(&example(36)).expect("fits");
    assert_eq!(told.said, None);
    let layers = vec![LayerSpec::Flatten, dense(400), LayerSpec::Relu, dense(20), LayerSpec::Relu, dense(10)];
    let told = of(NetSpec { input: vec![1, 28, 28], layers, ..spec() }).explain(&example(784)).expect("fits");
    let said = told.said.expect("two hidden layers");
    assert!(said.units.is_sorted() && said.units.len() == 60 && said.outputs.len() == 10);
    assert!(told.excited.iter().all(|(unit, _)| said.units.contains(unit)));
}

#[test]
fn explaining_changes_nothing_of_a_training() {
    let mut asked: Training = begun(&plan());
    let mut left = begun(&plan());
    for to in [5, 20] {
        work_to(&mut asked, to);
        work_to(&mut left, to);
        asked.explain(&example(36)).expect("fits");
        asked.attribution(&example(36), 1).expect("fits");
        assert_eq!(asked.mark(), left.mark());
    }
    assert_eq!(asked.explain(&[0.5; 35]).expect_err("refused").field, "pixels");
    assert_eq!(asked.explain(&[f32::NAN; 36]).expect_err("refused").field, "pixels[0]");
}

#[test]
fn of_a_relu_network_without_biases_the_attributions_of_an_output_sum_up_to_its_score() {
    let layers = vec![dense(8), LayerSpec::Relu, dense(6), LayerSpec::Relu, dense(3)];
    let mut training = of(NetSpec { layers, ..spec() });
    let pixels = example(36);
    let scores = training.layers(&pixels).expect("fits").pop().expect("layers").values;
    for (output, score) in scores.iter().enumerate() {
        let found = training.attribution(&pixels, output).expect("fits");
        let sum: f32 = found.values.iter().sum();
        assert!(found.is_exact && (sum - score).abs() < 1e-5, "{sum} {score}");
        let blank = |(value, pixel): (&f32, &f32)| *pixel != 0.0 || *value == 0.0;
        assert!(found.values.iter().zip(&pixels).all(blank), "only ink speaks");
        let shades = found.shades();
        assert!(shades.contains(&255) || shades.contains(&1), "the largest has the full shade");
    }
    assert_eq!(training.attribution(&pixels, 3).expect_err("refused").field, "output");
    let layers = vec![dense(8), LayerSpec::Sigmoid, dense(3)];
    let found = of(NetSpec { layers, ..spec() }).attribution(&pixels, 0).expect("fits");
    assert!(!found.is_exact);
}
