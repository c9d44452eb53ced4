//! y = x·W + b.

use ndarray::{Array2, ArrayView2, ArrayViewMut2};

use super::product::{Products, by_rows};
use super::sparse_product;
use crate::nn::layer::{Layer, Mode, Param, Role, SparseInput};
use crate::real::Real;
use crate::sparse::SparseRows;

/// y = x·W + b, the book's Affine layer (5.6.2).
///
/// # Shapes
/// `input` is `[batch, inputs]`, the weight `[inputs, outputs]`, the bias `[outputs]`.
#[derive(Clone, Debug, Default)]
pub struct Dense<T> {
    by_column: sparse_product::ByColumn<T>,
    products: Products<T>,
}

impl<T: Real> Dense<T> {
    /// Its parameters: this weight, and a bias of 0.
    pub fn params(weight: Array2<T>) -> [Param<T>; 2] {
        let (inputs, outputs) = weight.dim();
        let bias = Array2::zeros((1, outputs));
        [
            Param::new("weight", vec![inputs, outputs], weight, Role::Weight),
            Param::new("bias", vec![outputs], bias, Role::Bias),
        ]
    }
}

impl<T: Real> Layer<T> for Dense<T> {
    fn forward(
        &mut self,
        params: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        mut output: ArrayViewMut2<'_, T>,
        _: Mode,
    ) {
        let [weight, bias] = params else { return };
        let (inputs, outputs) = weight.value.dim();
        output.assign(&bias.value);
        if let (Some(input), Some(weight), Some(output)) =
            (input.as_slice(), weight.value.as_slice(), output.as_slice_mut())
        {
            self.products.add(input, weight, output, inputs, outputs);
        }
    }

    fn backward(
        &mut self,
        params: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        upstream: ArrayView2<'_, T>,
        mut downstream: Option<ArrayViewMut2<'_, T>>,
    ) {
        let [weight, bias] = params else { return };
        sum_rows(upstream, bias);
        let (inputs, outputs) = weight.value.dim();
        let (Some(input), Some(upstream)) = (input.as_slice(), upstream.as_slice()) else { return };
        if let Some(gradient) = weight.gradient.as_slice_mut() {
            self.products.of_columns(input, upstream, gradient, inputs, outputs);
        }
        if let (Some(downstream), Some(weight)) =
            (downstream.as_mut().and_then(|downstream| downstream.as_slice_mut()), weight.value.as_slice())
        {
            by_rows(upstream, weight, downstream, outputs);
        }
    }

    fn sparse(&mut self) -> Option<&mut dyn SparseInput<T>> {
        Some(self)
    }
}

impl<T: Real> SparseInput<T> for Dense<T> {
    fn forward_sparse(
        &mut self,
        params: &mut [Param<T>],
        input: SparseRows<'_, T>,
        mut output: ArrayViewMut2<'_, T>,
    ) {
        if let [weight, bias] = params
            && let (Some(weight), Some(bias), Some(output)) =
                (weight.value.as_slice(), bias.value.as_slice(), output.as_slice_mut())
        {
            sparse_product::forward(input, weight, bias, output);
        }
    }

    fn backward_sparse(
        &mut self,
        params: &mut [Param<T>],
        input: SparseRows<'_, T>,
        upstream: ArrayView2<'_, T>,
    ) {
        let [weight, bias] = params else { return };
        sum_rows(upstream, bias);
        if let (Some(upstream), Some(gradient)) = (upstream.as_slice(), weight.gradient.as_slice_mut()) {
            self.by_column.gradient(input, upstream, gradient);
        }
    }
}

/// The bias' gradient: the upstream gradient summed over the batch.
fn sum_rows<T: Real>(upstream: ArrayView2<'_, T>, bias: &mut Param<T>) {
    bias.gradient.fill(T::zero());
    let (Some(sums), Some(upstream)) = (bias.gradient.as_slice_mut(), upstream.as_slice()) else { return };
    for row in upstream.chunks_exact(sums.len()) {
        for (sum, &slope) in sums.iter_mut().zip(row) {
            *sum += slope;
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, array};

    use super::*;
    use crate::rng::{Purpose, Rng};
    use crate::sparse::SparseBuffer;

    #[test]
    fn a_hand_computed_product() {
        let mut params = Dense::params(array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        params[1].value = array![[0.5, 0.5, 0.5]];
        let mut output = Array2::zeros((1, 3));
        let input = array![[1.0, 2.0]];
        Dense::default().forward(&mut params, input.view(), output.view_mut(), Mode::Evaluation);
        assert_eq!(output, array![[9.5, 12.5, 15.5]]);
    }

    #[test]
    fn skipping_zeros_changes_no_number_beyond_rounding() {
        // Widths around the kernel's block sizes, and batches down to one image with nothing in it.
        for (inputs, outputs, batch) in
            [(7, 1, 1), (20, 3, 4), (784, 10, 5), (40, 50, 9), (33, 64, 3), (30, 131, 2)]
        {
            let mut rng = Rng::new(outputs as u32, Purpose::Weights(0));
            let mut random = |shape| Array2::from_shape_simple_fn(shape, || rng.normal());
            let mut layer = Dense::default();
            let mut params = Dense::params(random((inputs, outputs)));
            let upstream = random((batch, outputs));
            let mut input = random((batch, inputs)).mapv(|x: f64| if x < 0.8 { 0.0 } else { x });
            input.row_mut(0).fill(0.0);

            let mut sparse = SparseBuffer::new(inputs);
            assert!(sparse.fill_from(input.view(), usize::MAX));
            let (mut dense_output, mut sparse_output) = (upstream.clone(), upstream.clone());
            layer.forward(&mut params, input.view(), dense_output.view_mut(), Mode::Evaluation);
            layer.forward_sparse(&mut params, sparse.rows(), sparse_output.view_mut());
            assert!((&dense_output - &sparse_output).iter().all(|d| d.abs() < 1e-12));

            layer.backward(&mut params, input.view(), upstream.view(), None);
            let gradients = params.iter().map(|param| param.gradient.clone()).collect::<Vec<_>>();
            params.iter_mut().for_each(|param| param.gradient.fill(f64::NAN));
            layer.backward_sparse(&mut params, sparse.rows(), upstream.view());
            for (param, expected) in params.iter().zip(&gradients) {
                assert!((&param.gradient - expected).iter().all(|d| d.abs() < 1e-12), "{inputs}×{outputs}");
            }
        }
    }
}
