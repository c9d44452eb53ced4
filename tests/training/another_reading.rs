//! What would have to change in an example to be read as another class.

use fishbowl::error::Result;
use fishbowl::nn::networks;
use fishbowl::nn::spec::{LayerSpec, NetSpec};
use fishbowl::train::trainer::Trainer;
use fishbowl::train::training::Training;
use fishbowl::train::training::change::Change;

use super::given::{dense, spec};
use super::inspection::{example, of};

fn scores(training: &mut Training, values: &[f32]) -> Vec<f32> {
    training.layers(values).expect("fits").pop().expect("layers").values
}

#[test]
fn the_gradient_is_that_of_central_differences_also_where_there_is_no_ink() {
    let layers = vec![dense(8), LayerSpec::Tanh, dense(3)];
    let mut training = of(NetSpec { layers, ..spec() });
    let pixels = example(36);
    for output in 0..3 {
        let found = training.gradient(&pixels, output).expect("fits");
        assert!(pixels.iter().zip(&found).any(|(&pixel, &slope)| pixel == 0.0 && slope != 0.0));
        for (place, slope) in found.iter().enumerate() {
            let mut score = |by: f32| {
                let mut moved = pixels.clone();
                moved[place] += by;
                scores(&mut training, &moved)[output]
            };
            let expected = (score(0.01) - score(-0.01)) / 0.02;
            assert!((slope - expected).abs() < 1e-3, "{place}: {slope} {expected}");
        }
    }
    assert_eq!(training.gradient(&pixels, 3).expect_err("refused").field, "output");
}

fn reading_change(training: &mut Training, pixels: &[f32], to: Option<usize>) -> Result<Option<Change>> {
    let Some(mut search) = training.reading_change(pixels, to)? else { return Ok(None) };
    while search.go_on(training)? {}
    assert_eq!(search.go_on(training), Ok(false));
    Ok(Some(search.finish()))
}

/// A network with these weights and biases.
fn given(inputs: usize, layers: Vec<LayerSpec>, weights: &[&[f32]]) -> Training {
    let mut training = of(NetSpec { input: vec![inputs], layers, ..spec() });
    let mut trainer = Trainer::new(&training.spec()).expect("valid");
    let mut tensors = trainer.weights();
    assert_eq!(tensors.len(), weights.len());
    for (tensor, &values) in tensors.iter_mut().zip(weights) {
        assert_eq!(tensor.values.len(), values.len(), "{}", tensor.name);
        tensor.values = values.to_vec();
    }
    trainer.set_weights(&tensors).expect("fits");
    training.take_network(&trainer).expect("fits");
    training
}

#[test]
fn of_a_linear_network_the_change_is_the_shortest_way_to_the_boundary_and_2_percent() {
    let mut training = of(NetSpec { layers: vec![dense(2)], ..spec() });
    // No value comes near a bound.
    let pixels = vec![0.5; 36];
    let change = reading_change(&mut training, &pixels, None).expect("fits").expect("numbers");
    let before = scores(&mut training, &pixels);
    assert!(change.is_reached && change.steps == 1 && change.to == 1 - change.from);
    assert!(before[change.from] > before[change.to]);
    let slope = |output| training.gradient(&pixels, output).expect("fits");
    let mut slopes = [change.from, change.to].map(slope);
    let [from, to] = &mut slopes;
    let norm = from.iter().zip(to).map(|(one, other)| f64::from(*one - *other).powi(2)).sum::<f64>().sqrt();
    let expected = 1.02 * f64::from(before[change.from] - before[change.to]) / norm;
    assert!((change.distance - expected).abs() < 1e-4 * expected, "{} {expected}", change.distance);
}

#[test]
fn between_two_other_scores_that_are_nearly_as_high_the_steps_do_not_go_to_and_fro() {
    // The first value decides between the two others, and the second one against both.
    let weights: [f32; 6] = [10.0, -10.0, 0.0, -1.0, -1.0, 0.0];
    let mut training = given(2, vec![dense(3)], &[&weights, &[-4.5, 5.5, 0.0]]);
    let change = reading_change(&mut training, &[0.51, 0.0], Some(2)).expect("fits").expect("numbers");
    // The shortest way goes to the corner of both boundaries: 0.5 up and 0.01 to the side.
    assert!(change.is_reached && change.steps < 10, "{change:?}");
    assert!(change.distance > 0.5 && change.distance < 0.8, "{change:?}");
}

#[test]
fn where_a_long_step_ends_on_a_plain_shorter_ones_do_not() {
    // Over the only value x: z0 = 0.4 + max(0, x − 0.6) / 2, and z1 is a peak at 0.45 between 0.2 and 0.7, and flat elsewhere.
    let layers = vec![dense(4), LayerSpec::Relu, dense(2)];
    let hidden = ([1.0; 4], [-0.6, -0.2, -0.45, -0.7]);
    let last: [f32; 8] = [0.5, 0.0, 0.0, 4.0, 0.0, -8.0, 0.0, 4.0];
    let mut training = given(1, layers, &[&hidden.0, &hidden.1, &last, &[0.4, 0.0]]);
    assert_eq!(scores(&mut training, &[0.0]), [0.4, 0.0]);
    let change = reading_change(&mut training, &[0.9], Some(1)).expect("fits").expect("numbers");
    assert!(change.is_reached && change.distance < 0.51, "{change:?}");
}

#[test]
fn a_search_goes_on_with_another_network_or_says_why_not() {
    let of_outputs = |outputs| of(NetSpec { layers: vec![dense(outputs)], ..spec() });
    let pixels = vec![0.5; 36];
    let begin = || {
        let to = Some(usize::from(of_outputs(3).answer(&pixels).expect("fits").class != Some(2)) + 1);
        of_outputs(3).reading_change(&pixels, to).expect("fits").expect("numbers")
    };
    assert!(begin().go_on(&mut of_outputs(5)).is_ok());
    assert_eq!(begin().go_on(&mut of_outputs(1)).expect_err("refused").field, "output");
    let mut other = of(NetSpec { input: vec![35], ..spec() });
    assert_eq!(begin().go_on(&mut other).expect_err("refused").field, "pixels");
}

#[test]
fn what_is_reached_is_read_as_the_other_class_and_stays_an_image() {
    for name in ["simple-convnet", "three-layer"] {
        let mut training = of(networks::named(name).expect("listed"));
        let pixels = example(784);
        let from = training.answer(&pixels).expect("fits").class.expect("a number");
        let mut order: Vec<usize> = (0..10).collect();
        let before = scores(&mut training, &pixels);
        order.sort_by(|&one, &other| before[other].total_cmp(&before[one]));
        for to in std::iter::once(None).chain((0..10).filter(|&to| to != from).map(Some)) {
            let change = reading_change(&mut training, &pixels, to).expect("fits").expect("numbers");
            assert_eq!((change.from, change.to), (from, to.unwrap_or(order[1])));
            // Sigmoids with small random weights hold some classes down whatever the image is.
            assert!(change.is_reached || (name == "three-layer" && to.is_some()), "{name} {to:?}");
            let read = training.answer(&change.values).expect("fits").class;
            assert_eq!(change.is_reached, read == Some(change.to), "{name} {to:?}");
            assert!(change.values.iter().all(|value| (0.0..=1.0).contains(value)));
            let by = || change.values.iter().zip(&pixels).map(|(new, old)| f64::from(new - old));
            let sum: f64 = by().map(f64::abs).sum();
            assert!((change.added + change.removed - sum).abs() < 1e-9);
            assert!((change.distance.powi(2) - by().map(|by| by * by).sum::<f64>()).abs() < 1e-9);
        }
        for (pixels, to, field) in [
            (&pixels[..], Some(from), "output"),
            (&pixels[..], Some(10), "output"),
            (&pixels[1..], None, "pixels"),
        ] {
            assert_eq!(training.reading_change(pixels, to).expect_err("refused").field, field);
        }
    }
}
