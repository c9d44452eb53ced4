//! Derivatives by differences, and backpropagation checked against them.

use ndarray::{Array2, ArrayView2};

use super::layer::Mode;
use super::network::{Input, Network};
use crate::error::Result;
use crate::nn::spec::NetSpec;
use crate::real::Real;

/// The book's h (4.3.1): small enough for the tangent, large enough for rounding.
pub const BOOK_STEP: f64 = 1e-4;

/// (f(x + h) − f(x − h)) / 2h, book 4.3.1.
pub fn central_difference(f: impl Fn(f64) -> f64, x: f64, h: f64) -> f64 {
    (f(x + h) - f(x - h)) / (2.0 * h)
}

/// The central difference along each variable in turn, book 4.4.
pub fn numerical_gradient<const N: usize>(f: impl Fn([f64; N]) -> f64, x: [f64; N], h: f64) -> [f64; N] {
    let moved = |variable: usize, by: f64| {
        let mut point = x;
        point[variable] += by;
        f(point)
    };
    std::array::from_fn(|variable| (moved(variable, h) - moved(variable, -h)) / (2.0 * h))
}

/// The gradient of a network's mean loss over a batch with respect to every parameter, by central differences in
/// `f64`: two forward passes for each number, so only small networks are quick.
///
/// The result follows the order of [`Network::params`]; for what is not trained it is empty.
pub fn numerical_gradients(
    network: &mut Network<f64>,
    pixels: ArrayView2<'_, f64>,
    labels: &[u8],
    h: f64,
) -> Vec<Array2<f64>> {
    let shapes: Vec<_> = network.params().iter().map(|param| param.gradient.dim()).collect();
    let mut gradients = Vec::with_capacity(shapes.len());
    for (slot, shape) in shapes.into_iter().enumerate() {
        gradients.push(Array2::from_shape_fn(shape, |place| {
            let mut loss_when_moved = |by: f64| {
                let kept = set(network, slot, place, |value| value + by);
                let loss = network.mean_loss(Input::Dense(pixels), labels, Mode::Differentiation);
                // Set back, not moved back: x + h − h need not be x.
                set(network, slot, place, |_| kept);
                loss
            };
            (loss_when_moved(h) - loss_when_moved(-h)) / (2.0 * h)
        }));
    }
    gradients
}

/// Changes one number of one parameter and returns what it was.
fn set(
    network: &mut Network<f64>,
    slot: usize,
    place: (usize, usize),
    change: impl FnOnce(f64) -> f64,
) -> f64 {
    let param = &mut network.params_mut()[slot];
    let kept = param.value[place];
    param.value[place] = change(kept);
    kept
}

/// The same network in another precision: same spec, same weights.
///
/// # Errors
/// None for the spec of a network that exists.
pub fn in_precision<A: Real, B: Real>(network: &Network<A>) -> Result<Network<B>> {
    let mut copy = Network::<B>::new(network.spec())?;
    for (to, from) in copy.params_mut().iter_mut().zip(network.params()) {
        to.value = from.value.mapv(|value| B::from_f64(value.double()));
    }
    Ok(copy)
}

/// How far backpropagation and central differences lie apart in one parameter.
#[derive(Clone, Debug)]
pub struct Difference {
    /// The layer's index and the parameter's name: `0.weight`.
    pub name: String,
    /// The largest difference, over the largest gradient of the parameter or 1e-5, whichever is more.
    pub relative: f64,
}

/// Compares backpropagation with differences for every parameter of a network (book 5.7.3), in `f64`.
///
/// The differences are central ones at h and 2h, combined so that the h² of their error cancels (Richardson 1911):
/// at the book's h alone a gradient that is 0 comes out as 1e-10. Smooth networks take an h of 1e-3; where units have
/// kinks (ReLU, max pooling) 1e-5, so that hardly a step crosses one.
///
/// # Errors
/// The field of the spec that is wrong.
pub fn check(spec: &NetSpec, pixels: ArrayView2<'_, f64>, labels: &[u8], h: f64) -> Result<Vec<Difference>> {
    let mut network = Network::<f64>::new(spec)?;
    let near = numerical_gradients(&mut network, pixels, labels, h);
    let far = numerical_gradients(&mut network, pixels, labels, 2.0 * h);
    network.backpropagate(Input::Dense(pixels), labels, Mode::Differentiation);
    let mut differences = Vec::with_capacity(near.len());
    for (param, (near, far)) in
        network.params().iter().zip(near.iter().zip(&far)).filter(|(param, _)| param.is_trained())
    {
        let numerical = (near * 4.0 - far) / 3.0;
        // The quotient itself is only good to about 1e-12 (rounding of the loss, over h): of a gradient that is 0, that
        // would be all.
        let largest = numerical.iter().fold(1e-5_f64, |largest, slope| largest.max(slope.abs()));
        let apart = (&param.gradient - &numerical).iter().fold(0.0_f64, |most, d| most.max(d.abs()));
        differences.push(Difference { name: param.name.clone(), relative: apart / largest });
    }
    Ok(differences)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_book() {
        // 4.3.2 and 4.4: printed there to the last digit.
        // Python's x**2 comes before the product, so the rounding is that of 0.01 · (x · x).
        let f = |x: f64| 0.01 * (x * x) + 0.1 * x;
        assert_eq!(central_difference(f, 5.0, BOOK_STEP), 0.1999999999990898);
        assert_eq!(central_difference(f, 10.0, BOOK_STEP), 0.2999999999986347);
        let f = |[x0, x1]: [f64; 2]| x0 * x0 + x1 * x1;
        let rounded =
            |x: [f64; 2]| numerical_gradient(f, x, BOOK_STEP).map(|slope| (slope * 1e8).round() / 1e8);
        assert_eq!(rounded([3.0, 4.0]), [6.0, 8.0]);
        assert_eq!(rounded([0.0, 2.0]), [0.0, 4.0]);
        assert_eq!(rounded([3.0, 0.0]), [6.0, 0.0]);
    }
}
