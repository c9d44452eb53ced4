//! What would have to change in an example to be read as another class.

use fishbowl::nn::networks;
use fishbowl::nn::spec::{LayerSpec, NetSpec};
use fishbowl::train::training::Training;

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

#[test]
fn of_a_linear_network_the_change_is_the_shortest_way_to_the_boundary_and_2_percent() {
    let mut training = of(NetSpec { layers: vec![dense(2)], ..spec() });
    // No value comes near a bound.
    let pixels = vec![0.5; 36];
    let change = training.reading_change(&pixels, None).expect("fits").expect("numbers");
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
fn what_is_reached_is_read_as_the_other_class_and_stays_an_image() {
    for name in ["simple-convnet", "three-layer"] {
        let mut training = of(networks::named(name).expect("listed"));
        let pixels = example(784);
        let from = training.answer(&pixels).expect("fits").class.expect("a number");
        let mut order: Vec<usize> = (0..10).collect();
        let before = scores(&mut training, &pixels);
        order.sort_by(|&one, &other| before[other].total_cmp(&before[one]));
        for to in std::iter::once(None).chain((0..10).filter(|&to| to != from).map(Some)) {
            let change = training.reading_change(&pixels, to).expect("fits").expect("numbers");
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
        assert_eq!(training.reading_change(&pixels, Some(from)).expect_err("refused").field, "output");
        assert_eq!(training.reading_change(&pixels, Some(10)).expect_err("refused").field, "output");
        assert_eq!(training.reading_change(&pixels[1..], None).expect_err("refused").field, "pixels");
    }
}
