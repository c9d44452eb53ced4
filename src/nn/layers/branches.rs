//! Several ways from one input to one output.

use std::ops::Range;

use ndarray::{Array2, ArrayView2, ArrayViewMut2, s};

use crate::nn::chain::{Chain, Input};
use crate::nn::layer::{Layer, Mode, Param};
use crate::nn::spec::Join;
use crate::real::Real;

/// Chains side by side, each given the whole input; their outputs are added, or put one after another along the
/// channels. An empty chain passes the input on: with `add` that is the shortcut of a ResNet (He et al. 2015), y = F(x)
/// + x; with `concatenate` and several chains an Inception block (Szegedy et al. 2014). Book 8.2.
///
/// # Shapes
/// A row of the output is that of each chain (`add`), or as wide as all of them (`concatenate`).
pub struct Branches<T> {
    join: Join,
    chains: Vec<Chain<T>>,
    /// Values in one image of each chain's output.
    widths: Vec<usize>,
    /// What one chain sends back to the input, before it is added to the others'.
    share: Array2<T>,
}

impl<T: Real> Branches<T> {
    /// Chains with the values that each makes of an image. Their parameters are those of this layer, in their order.
    pub fn new(join: Join, chains: Vec<(Chain<T>, usize)>) -> Self {
        let (chains, widths) = chains.into_iter().unzip();
        Self { join, chains, widths, share: Array2::zeros((0, 0)) }
    }

    /// Which columns of this layer's output each chain's output goes into.
    fn columns(join: Join, widths: &[usize]) -> impl Iterator<Item = Range<usize>> {
        let mut from = 0;
        widths.iter().map(move |&width| {
            let start = from;
            if join == Join::Concatenate {
                from += width;
            }
            start..start + width
        })
    }
}

impl<T: Real> Layer<T> for Branches<T> {
    fn forward(
        &mut self,
        params: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        mut output: ArrayViewMut2<'_, T>,
        mode: Mode,
    ) {
        let rows = input.nrows();
        let columns = Self::columns(self.join, &self.widths);
        for (index, (chain, columns)) in self.chains.iter_mut().zip(columns).enumerate() {
            chain.forward(params, Input::Dense(input.view()), mode);
            let mut output = output.slice_mut(s![.., columns]);
            if self.join == Join::Add && index > 0 {
                output += &chain.output(rows);
            } else {
                output.assign(&chain.output(rows));
            }
        }
    }

    fn backward(
        &mut self,
        params: &mut [Param<T>],
        input: ArrayView2<'_, T>,
        upstream: ArrayView2<'_, T>,
        mut downstream: Option<ArrayViewMut2<'_, T>>,
    ) {
        let rows = input.nrows();
        let columns = Self::columns(self.join, &self.widths);
        for (index, (chain, columns)) in self.chains.iter_mut().zip(columns).enumerate() {
            let (_, mut slope) = chain.output_and_upstream(rows);
            slope.assign(&upstream.slice(s![.., columns]));
            let input = Input::Dense(input.view());
            match &mut downstream {
                None => chain.backward(params, input, None),
                Some(downstream) if index == 0 => chain.backward(params, input, Some(downstream.view_mut())),
                Some(downstream) => {
                    // Room for the largest batch so far.
                    if self.share.nrows() < rows {
                        self.share = Array2::zeros(downstream.raw_dim());
                    }
                    let mut share = self.share.slice_mut(s![..rows, ..]);
                    chain.backward(params, input, Some(share.view_mut()));
                    *downstream += &share;
                }
            }
        }
    }
}
