use fishbowl::nn::networks;
use fishbowl::nn::spec::{LayerSpec, LossSpec, NetSpec};
use fishbowl::train::report::Want;
use fishbowl::train::task::{Count, EvaluationPlan, Gradient, Needs, TrainPlan};
use fishbowl::train::training::Training;
use fishbowl::train::work::Work;

use super::given::{SIDE, begun, dense, finish, plan, spec, work_to};

/// A training without data.
pub(crate) fn of(spec: NetSpec) -> Training {
    let evaluation = EvaluationPlan { every: None, train: Count::All, test: Count::All };
    Training::new(&TrainPlan {
        spec,
        needs: Needs::default(),
        limit: None,
        evaluation,
        observed: false,
        gradient: Gradient::Backpropagation,
    })
    .expect("valid")
}

pub(crate) fn example(inputs: usize) -> Vec<f32> {
    (0..inputs)
        .map(|place| (place * 7919 % 256) as f32 / 255.0 * f32::from(u8::from(place % 3 > 0)))
        .collect()
}

/// The output function of softmax with cross-entropy.
fn softmax(scores: &[f32]) -> Vec<f32> {
    let most = scores.iter().copied().fold(f32::MIN, f32::max);
    let powers: Vec<f32> = scores.iter().map(|score| libm::expf(score - most)).collect();
    let sum: f32 = powers.iter().sum();
    powers.iter().map(|power| power / sum).collect()
}

#[test]
fn layers_end_in_what_the_network_predicts() {
    for ready in networks::ALL {
        let mut training = of((ready.spec)());
        let spec = training.spec();
        let pixels = example(spec.input.iter().product());
        let layers = training.layers(&pixels).expect("fits");
        let shapes = spec.check().expect("valid");
        assert_eq!(layers.len(), spec.layers.len(), "{}", ready.name);
        for (index, layer) in layers.iter().enumerate() {
            assert_eq!((layer.layer, &layer.shape), (index, &shapes[index + 1]), "{}", ready.name);
            assert_eq!(layer.values.len(), layer.shape.iter().product::<usize>());
            let json = serde_json::to_string(&spec.layers[index]).expect("JSON");
            assert!(json.contains(&format!(r#""kind":"{}""#, layer.kind)), "{json}");
        }
        let scores = &layers.last().expect("layers").values;
        let expected = match spec.loss {
            LossSpec::SoftmaxCrossEntropy => softmax(scores),
            LossSpec::BinaryCrossEntropy => {
                scores.iter().map(|score| 1.0 / (1.0 + libm::expf(-score))).collect()
            }
            _ => scores.clone(),
        };
        let found = training.predict(&pixels).expect("fits");
        let near = found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-5);
        assert!(near && found.len() == expected.len(), "{}: {found:?} {expected:?}", ready.name);
    }
}

#[test]
fn a_convolution_is_seen_before_its_activation_and_its_pooling() {
    let mut training = of(networks::named("simple-convnet").expect("listed"));
    let layers = training.layers(&example(784)).expect("fits");
    let [maps, rectified, pooled] = [0, 1, 2].map(|layer| &layers[layer].values);
    assert!(maps.iter().any(|&value| value < 0.0), "before ReLU");
    assert!(maps.iter().zip(rectified).all(|(before, after)| before.max(0.0) == *after));
    let largest = |channel: usize, row: usize, column: usize| {
        let at =
            |down: usize, right: usize| rectified[channel * 576 + (2 * row + down) * 24 + 2 * column + right];
        at(0, 0).max(at(0, 1)).max(at(1, 0)).max(at(1, 1))
    };
    for (place, &value) in pooled.iter().enumerate() {
        assert_eq!(value, largest(place / 144, place / 12 % 12, place % 12));
    }
}

#[test]
fn contributions_add_up_to_the_score() {
    for ready in networks::ALL {
        let mut training = of((ready.spec)());
        let pixels = example(training.spec().input.iter().product());
        let scores = training.layers(&pixels).expect("fits").pop().expect("layers").values;
        for (output, &score) in scores.iter().enumerate() {
            let found = training.contributions(&pixels, output).expect("a dense layer at the end");
            let sum = found.bias + found.values.iter().sum::<f64>();
            assert!((sum - f64::from(score)).abs() < 1e-5, "{}: {sum} {score}", ready.name);
            assert_eq!(found.score, f64::from(score));
        }
        let error = training.contributions(&pixels, scores.len()).expect_err("no such output");
        assert_eq!(error.field, "output");
    }
    // Learned ones, with a bias.
    let mut training = begun(&plan());
    work_to(&mut training, 20);
    let layers = training.layers(&example(36)).expect("fits");
    let found = training.contributions(&example(36), 1).expect("dense");
    assert_eq!((found.values.len(), found.layer), (5, 2));
    assert!(found.bias != 0.0);
    let weight = training.trainer().state()[2].values[2 * 3 + 1];
    assert_eq!(found.values[2], f64::from(layers[1].values[2]) * f64::from(weight));
    let mut pooled = of(NetSpec { layers: vec![dense(3), LayerSpec::Sigmoid], ..spec() });
    assert_eq!(pooled.contributions(&example(36), 0).expect_err("not dense").field, "layers[1]");
    let mut only = of(NetSpec { layers: vec![dense(3)], ..spec() });
    let found = only.contributions(&example(36), 2).expect("of the pixels");
    assert_eq!(found.values.len(), 36);
}

#[test]
fn questions_with_the_wrong_pixels_are_refused() {
    let mut training = of(spec());
    let mut not_finite = example(36);
    not_finite[7] = f32::NAN;
    for (pixels, field) in [(example(35), "pixels"), (not_finite, "pixels[7]")] {
        assert_eq!(training.predict(&pixels).expect_err("refused").field, field);
        assert_eq!(training.layers(&pixels).expect_err("refused").field, field);
        assert_eq!(training.contributions(&pixels, 0).expect_err("refused").field, field);
    }
}

#[test]
fn only_losses_with_probabilities_give_probabilities() {
    let gives =
        |loss, outputs| of(NetSpec { loss, layers: vec![dense(outputs)], ..spec() }).gives_probabilities();
    assert!(gives(LossSpec::SoftmaxCrossEntropy, 3) && gives(LossSpec::LogLikelihood, 3));
    assert!(gives(LossSpec::BinaryCrossEntropy, 1));
    assert!(
        !gives(LossSpec::MeanSquaredError, 3) && !gives(LossSpec::Hinge, 3) && !gives(LossSpec::Huber, 3)
    );
}

#[test]
fn weights_are_seen_as_images() {
    let images = |training: &mut Training| {
        assert!(training.report(0.0, &[]).training().expect("a training").weights.is_none());
        training.report(0.0, &[Want::Weights]).training().expect("a training").weights.clone()
    };
    let mut training = begun(&plan());
    finish(&mut training);
    let found = images(&mut training).expect("of 6×6 pixels");
    assert_eq!((found.width, found.height, found.count, found.units.len()), (SIDE, SIDE, 5, 5));
    assert!(found.units.iter().all(|unit| unit.len() == SIDE * SIDE));
    let weight = &training.trainer().state()[0];
    let strongest = weight.values.iter().fold(0.0_f32, |most, weight| most.max(weight.abs()));
    let shade = |value: f32| (128.0 + 127.0 * value / strongest).round() as u8;
    assert_eq!(found.units[3][10], shade(weight.values[10 * 5 + 3]));
    assert!(found.units.iter().flatten().any(|&shade| shade == 1 || shade == 255));

    let many = NetSpec { layers: vec![dense(130), dense(3)], ..spec() };
    let found = images(&mut begun(&TrainPlan { spec: many, ..plan() })).expect("of 6×6 pixels");
    assert_eq!((found.count, found.units.len()), (130, 100));
    let mut convolution = of(networks::named("simple-convnet").expect("listed"));
    let found = images(&mut convolution).expect("filters");
    assert_eq!((found.width, found.height, found.count), (5, 5, 30));
    assert_eq!(images(&mut of(spec())), None, "nobody knows the size of the images yet");
    assert_eq!(images(&mut of(networks::named("iris").expect("listed"))), None);
    // Before any image has arrived they are taken to be what the plan needs.
    let early = TrainPlan { spec: networks::named("two-layer").expect("listed"), ..plan() };
    let found = images(&mut Training::new(&early).expect("valid")).expect("of MNIST");
    assert_eq!((found.width, found.height, found.count), (28, 28, 50));
}
