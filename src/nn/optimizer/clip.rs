//! Gradient clipping.

use crate::nn::layer::Param;
use crate::real::Real;

/// Scales the gradients of all trained parameters by `most` / ‖g‖ where the norm ‖g‖ of all of them together is above
/// `most`: algorithm 1 of Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", 2013.
/// Their direction stays.
///
/// A norm that is infinite or not a number leaves everything as it is, so that a run that has diverged is seen to.
pub(super) fn clip<T: Real>(params: &mut [Param<T>], most: f64) {
    // In f64: squares of f32 gradients overflow neither singly nor in sum.
    let square = |slope: &T| slope.double() * slope.double();
    let trained = params.iter().filter(|param| param.is_trained());
    let norm = trained.flat_map(|param| &param.gradient).map(square).sum::<f64>().sqrt();
    if !norm.is_finite() || norm <= most {
        return;
    }
    let share = T::from_f64(most / norm);
    for param in params.iter_mut().filter(|param| param.is_trained()) {
        param.gradient.mapv_inplace(|slope| slope * share);
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::nn::layer::Role;

    fn params(gradients: [f32; 3]) -> Vec<Param<f32>> {
        let param = |gradient: f32| Param {
            gradient: Array2::from_elem((1, 1), gradient),
            ..Param::new("weight", vec![1], Array2::zeros((1, 1)), Role::Weight)
        };
        gradients.map(param).into()
    }

    fn clipped(gradients: [f32; 3], most: f64) -> Vec<f32> {
        let mut params = params(gradients);
        clip(&mut params, most);
        params.iter().map(|param| param.gradient[(0, 0)]).collect()
    }

    #[test]
    fn the_norm_of_all_together_is_what_counts() {
        // 2² + 3² + 6² = 7².
        assert_eq!(clipped([2.0, -3.0, 6.0], 7.0), [2.0, -3.0, 6.0]);
        assert_eq!(clipped([2.0, -3.0, 6.0], 3.5), [1.0, -1.5, 3.0]);
        assert_eq!(clipped([0.0; 3], 1e-9), [0.0; 3]);
    }

    #[test]
    fn huge_gradients_are_clipped_and_lost_ones_are_left() {
        let huge = clipped([3e30, 0.0, -4e30], 1.0);
        assert!((huge[0] - 0.6).abs() < 1e-6 && (huge[2] + 0.8).abs() < 1e-6, "{huge:?}");
        assert_eq!(clipped([f32::INFINITY, 1.0, 2.0], 1.0), [f32::INFINITY, 1.0, 2.0]);
        let lost = clipped([f32::NAN, 1.0, 2.0], 1.0);
        assert!(lost[0].is_nan() && lost[1..] == [1.0, 2.0], "{lost:?}");
    }
}
