//! Networks agree with an independent implementation: weights, outputs, loss, gradients and ten steps of the update
//! rule, computed by PyTorch in double precision (tests/fixtures/pytorch.json).
#![cfg(not(target_arch = "wasm32"))]

use fishbowl::nn::spec::{self, NetSpec};
use fishbowl::real::Real;
use fishbowl::train::trainer::{Tensor, Trainer};
use ndarray::{Array2, ArrayView2};
use serde_json::Value;

fn numbers<T: Real>(value: &Value) -> Vec<T> {
    value
        .as_array()
        .expect("a list")
        .iter()
        .map(|number| T::from_f64(number.as_f64().expect("a number")))
        .collect()
}

fn tensors<T: Real>(value: &Value) -> Vec<Tensor<T>> {
    let tensor = |tensor: &Value| Tensor {
        name: tensor["name"].as_str().expect("a name").to_owned(),
        shape: tensor["shape"]
            .as_array()
            .expect("a shape")
            .iter()
            .map(|n| n.as_u64().expect("a length") as usize)
            .collect(),
        values: numbers(&tensor["values"]),
    };
    value.as_array().expect("tensors").iter().map(tensor).collect()
}

fn largest<T: Real>(values: &[T]) -> f64 {
    values.iter().fold(0.0_f64, |most, value| most.max(value.double().abs()))
}

/// Asserts that all values lie within `tolerance` of the largest expected one; of one that is 0 but for rounding (the
/// gradient of a bias before batch normalization), within that of `scale`.
fn assert_close<T: Real>(what: &str, found: &[T], expected: &[T], scale: f64, tolerance: f64) {
    assert_eq!(found.len(), expected.len(), "{what}");
    let own = largest(expected);
    let largest = if own < 1e-12 { scale } else { own };
    for (found, expected) in found.iter().zip(expected) {
        let apart = (found.double() - expected.double()).abs() / largest;
        assert!(apart <= tolerance, "{what}: {found} is not {expected} ({apart:e} of {largest})");
    }
}

fn compare<T: Real>(tolerance: f64) {
    let cases: Value = serde_json::from_str(include_str!("fixtures/pytorch.json")).expect("JSON");
    let cases = cases.as_array().expect("cases");
    assert_eq!(cases.len(), 17);
    for case in cases {
        let name = case["name"].as_str().expect("a name");
        let spec: NetSpec = spec::from_json(&case["spec"].to_string()).expect(name);
        let mut trainer = Trainer::<T>::new(&spec).expect(name);
        trainer.set_weights(&tensors(&case["weights"])).expect(name);
        let labels: Vec<u8> = numbers::<f64>(&case["labels"]).iter().map(|&label| label as u8).collect();
        let pixels: Vec<T> = numbers(&case["pixels"]);
        let pixels: ArrayView2<'_, T> =
            ArrayView2::from_shape((labels.len(), pixels.len() / labels.len()), &pixels).expect(name);

        // With batch normalization they would depend on the running statistics, which the reference has not.
        if let Some(loss) = case["loss"].as_f64() {
            let outputs: Array2<T> = trainer.predict(pixels).expect(name);
            let outputs = outputs.as_slice().expect(name);
            assert_close(&format!("{name}: outputs"), outputs, &numbers(&case["outputs"]), 1.0, tolerance);
            let found = trainer.loss(pixels, &labels).expect(name);
            assert_close(&format!("{name}: loss"), &[found], &[T::from_f64(loss)], 1.0, tolerance);
        }
        let check = |what: &str, found: &[Tensor<T>], expected: &Value| {
            let expected = tensors::<T>(expected);
            assert_eq!(found.len(), expected.len(), "{name}");
            let scale = expected.iter().fold(0.0_f64, |most, tensor| most.max(largest(&tensor.values)));
            for (found, expected) in found.iter().zip(expected) {
                assert_eq!((&found.name, &found.shape), (&expected.name, &expected.shape), "{name}");
                assert_close(
                    &format!("{name}: {what} of {}", found.name),
                    &found.values,
                    &expected.values,
                    scale,
                    tolerance,
                );
            }
        };
        check("gradient", &trainer.gradients(pixels, &labels).expect(name), &case["gradients"]);
        for _ in 0..10 {
            trainer.step_on(pixels, &labels).expect(name);
        }
        check("weights after ten steps", &trainer.weights(), &case["weightsAfterTenSteps"]);
    }
}

#[test]
fn double_precision_agrees_to_1e_9() {
    compare::<f64>(1e-9);
}

#[test]
fn single_precision_agrees_to_1e_4() {
    compare::<f32>(1e-4);
}
