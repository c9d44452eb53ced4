//! The loss around the weights: that of the network in the middle, the same wherever it is asked for, and nothing of the
//! training.

use fishbowl::nn::spec::{LayerSpec, NetSpec, Windows};
use fishbowl::train::report::{Landscape, Want};
use fishbowl::train::task::TrainPlan;
use fishbowl::train::training::Training;
use fishbowl::train::work::Work;

use super::given::{begun, dense, plan, sets, spec, work_to};

fn survey(training: &mut Training) {
    while training.survey(&[Want::Landscape]) {}
}

fn landscape(training: &mut Training) -> Option<Landscape> {
    let report = training.report(0.0, &[Want::Landscape]);
    report.training().expect("a training").landscape.clone()
}

fn middle(found: &Landscape) -> f32 {
    found.values[found.values.len() / 2]
}

/// A convolution, so that filters of both kinds are scaled.
fn convolutional() -> TrainPlan {
    let layers = vec![
        LayerSpec::Conv2d { filters: 2, size: 3, stride: None, pad: None },
        LayerSpec::Relu,
        LayerSpec::MaxPool2d(Windows::of(2)),
        LayerSpec::Flatten,
        dense(3),
    ];
    TrainPlan { spec: NetSpec { input: vec![1, 6, 6], layers, ..spec() }, ..plan() }
}

#[test]
fn in_the_middle_is_the_loss_of_the_network_and_around_it_other_ones() {
    for plan in [plan(), convolutional()] {
        let mut training = begun(&plan);
        work_to(&mut training, 20);
        survey(&mut training);
        let found = landscape(&mut training).expect("computed");
        assert_eq!((found.iteration, found.done, found.values.len()), (20, found.side.pow(2), 289));
        assert!(found.values.iter().all(|value| value.is_finite()));
        // 60 test images: by what the network predicts for each.
        let test = training.test().clone();
        assert_eq!(found.examples, test.len());
        let loss = |training: &mut Training, image: usize| {
            let pixels: Vec<f32> =
                test.pixels(image).expect("there").iter().map(|&pixel| f32::from(pixel) / 255.0).collect();
            let outputs = training.predict(&pixels).expect("fits");
            -f64::from(outputs[usize::from(test.label(image))]).ln()
        };
        let mean = (0..test.len()).map(|image| loss(&mut training, image)).sum::<f64>() / test.len() as f64;
        assert!((f64::from(middle(&found)) - mean).abs() < 1e-5, "{} {mean}", middle(&found));
        let around = found.values.iter().sum::<f32>() / found.values.len() as f32;
        assert!(around > middle(&found), "trained weights lie in a valley: {around} {}", middle(&found));
        assert_ne!(found.values[0], found.values[1]);
    }
}

#[test]
fn a_direction_is_as_long_as_each_filter_whatever_its_scale() {
    // Of a network with ReLU alone, weights of the first layer ten times as large and those of the second a tenth give the
    // same outputs; filter by filter scaled, so do the directions (Li et al. 2018, section 3).
    let mut training = begun(&plan());
    survey(&mut training);
    let first = landscape(&mut training).expect("computed");
    let mut other = begun(&plan());
    let mut network = fishbowl::train::trainer::Trainer::<f32>::new(&plan().spec).expect("valid");
    let mut weights = network.weights();
    weights[0].values.iter_mut().for_each(|value| *value *= 8.0);
    weights[2].values.iter_mut().for_each(|value| *value /= 8.0);
    network.set_weights(&weights).expect("fit");
    other.take_network(&network).expect("fits");
    survey(&mut other);
    let second = landscape(&mut other).expect("computed");
    for (one, other) in first.values.iter().zip(&second.values) {
        assert!((one - other).abs() < 1e-3 * (1.0 + one.abs()), "{one} {other}");
    }
}

#[test]
fn it_changes_nothing_of_the_training_and_is_the_same_in_another_worker() {
    let (mut asked, mut left) = (begun(&plan()), begun(&plan()));
    for to in [5, 20] {
        work_to(&mut asked, to);
        work_to(&mut left, to);
        for _ in 0..40 {
            assert!(asked.survey(&[Want::Landscape]));
        }
        assert_eq!(asked.mark(), left.mark());
    }
    assert_eq!(landscape(&mut left), None, "nobody has asked for it");
    assert!(!left.survey(&[Want::Weights]));
    survey(&mut asked);
    left.go_to(&asked.mark()).expect("a mark");
    survey(&mut left);
    assert_eq!(landscape(&mut left), landscape(&mut asked));
    // What comes out is told as long as it is wanted.
    assert_eq!(asked.report(0.0, &[Want::Weights]).training().expect("one").landscape, None);
}

#[test]
fn after_more_steps_it_is_computed_again_and_until_then_says_of_which_iteration_it_is() {
    let mut training = begun(&plan());
    survey(&mut training);
    let before = landscape(&mut training).expect("computed");
    assert!(!training.survey(&[Want::Landscape]), "nothing is left to do");
    work_to(&mut training, 4);
    assert_eq!(landscape(&mut training).as_ref(), Some(&before));
    assert!(training.survey(&[Want::Landscape]));
    let now = landscape(&mut training).expect("begun");
    assert_eq!((now.iteration, now.values.iter().filter(|value| !value.is_nan()).count()), (4, now.done));
    survey(&mut training);
    assert_ne!(landscape(&mut training).expect("computed").values, before.values);
}

#[test]
fn without_test_images_there_is_nothing_to_do() {
    let mut training = Training::new(&plan()).expect("valid");
    training.set_data(&sets(3, false)).expect("fits");
    assert!(!training.survey(&[Want::Landscape]));
    assert_eq!(landscape(&mut training), None);
    training.set_data(&sets(3, true)).expect("fits");
    assert!(training.survey(&[Want::Landscape]));
}
