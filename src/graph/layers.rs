//! Layers as computational graphs of matrices: affine, ReLU, sigmoid and softmax with loss (book 5.5 and 5.6).
//!
//! A node holds a matrix. Its gradient is that of L by each of its numbers, where L is the output itself if that is one
//! number, and else Σ upstream · output: so an upstream matrix stands for all that comes after the layer.

use ndarray::Array2;

use super::matrix::{both, each, product};
use crate::error::{Code, Error, Result};
use crate::function::operation::Function;

/// A graph whose nodes hold matrices.
#[derive(Clone, Debug, PartialEq)]
pub struct Layers {
    nodes: Vec<LayerNode>,
}

/// A node that holds a matrix.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerNode {
    /// What its matrix is called: `X`, `dot`, `Y`.
    pub name: &'static str,
    /// How its matrix is calculated.
    pub operation: LayerOperation,
    /// The nodes that it is calculated from, left side first; all come before it.
    pub inputs: &'static [usize],
}

/// How a node's matrix is calculated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LayerOperation {
    /// It is given.
    Given,
    /// The matrix product of both sides.
    Dot,
    /// The one row of the right side, added to each row of the left.
    AddRow,
    /// A function of each number.
    Apply(Function),
    /// 1 added to each number.
    AddOne,
    /// 1 divided by each number.
    Reciprocal,
    /// The softmax of each row (book 3.5.2).
    Softmax,
    /// −Σ t · ln y, divided by the number of rows (book 4.2.4): y is the left side, t the right.
    CrossEntropy,
}

const fn given(name: &'static str) -> LayerNode {
    LayerNode { name, operation: LayerOperation::Given, inputs: &[] }
}

const fn node(name: &'static str, operation: LayerOperation, inputs: &'static [usize]) -> LayerNode {
    LayerNode { name, operation, inputs }
}

impl Layers {
    /// Y = X · W + B; X, W and B are given (book 5.6.2).
    pub fn affine() -> Self {
        let dot = node("X·W", LayerOperation::Dot, &[0, 1]);
        let sum = node("Y", LayerOperation::AddRow, &[2, 3]);
        Self { nodes: vec![given("X"), given("W"), dot, given("B"), sum] }
    }

    /// y = max(x, 0); x is given (book 5.5.1).
    pub fn relu() -> Self {
        Self { nodes: vec![given("x"), node("y", LayerOperation::Apply(Function::Relu), &[0])] }
    }

    /// y = 1 / (1 + exp(−x)) by its parts; x is given (book 5.5.2).
    pub fn sigmoid() -> Self {
        Self {
            nodes: vec![
                given("x"),
                node("−x", LayerOperation::Apply(Function::Negate), &[0]),
                node("exp(−x)", LayerOperation::Apply(Function::Exp), &[1]),
                node("1 + exp(−x)", LayerOperation::AddOne, &[2]),
                node("y", LayerOperation::Reciprocal, &[3]),
            ],
        }
    }

    /// The cross-entropy error of softmax; the scores a and the labels t are given (book 5.6.3).
    pub fn softmax_with_loss() -> Self {
        let softmax = node("y", LayerOperation::Softmax, &[0]);
        let loss = node("L", LayerOperation::CrossEntropy, &[1, 2]);
        Self { nodes: vec![given("a"), softmax, given("t"), loss] }
    }

    /// All nodes, in the order of the forward pass; the last is the output.
    pub fn nodes(&self) -> &[LayerNode] {
        &self.nodes
    }

    /// The index of the output.
    pub fn output(&self) -> usize {
        self.nodes.len() - 1
    }

    /// The indices of the nodes that calculate something: the steps of the forward pass. Reversed, those of the backward
    /// pass.
    pub fn steps(&self) -> impl DoubleEndedIterator<Item = usize> + '_ {
        (0..self.nodes.len()).filter(|&index| !self.nodes[index].inputs.is_empty())
    }

    /// The matrix of each node, from those that are given, in their order.
    ///
    /// # Errors
    /// There are more or fewer than asked for, or two shapes do not fit each other; then the error names the one on the
    /// right side, and what would fit.
    pub fn forward(&self, given: &[Array2<f64>]) -> Result<Vec<Array2<f64>>> {
        let wanted = self.nodes.iter().filter(|node| node.inputs.is_empty()).count();
        if given.len() != wanted {
            return Err(Error::new(Code::SizeMismatch, "given", given.len(), wanted.to_string()));
        }
        let mut given = given.iter();
        let mut values: Vec<Array2<f64>> = Vec::with_capacity(self.nodes.len());
        for node in &self.nodes {
            let value = match *node.inputs {
                [] => given.next().cloned().unwrap_or_default(),
                [only] => node.operation.of_one(&values[only]),
                [left, right, ..] => {
                    let name = self.nodes[right].name;
                    let [left, right] = [&values[left], &values[right]];
                    node.operation.check(left.dim(), right.dim(), name)?;
                    node.operation.of_two(left, right)
                }
            };
            values.push(value);
        }
        Ok(values)
    }

    /// ∂L/∂node of each node, from the values of [`Layers::forward`] and ∂L/∂output.
    ///
    /// # Errors
    /// There are more or fewer values than nodes, or `upstream` is not of the output's shape.
    pub fn backward(&self, values: &[Array2<f64>], upstream: &Array2<f64>) -> Result<Vec<Array2<f64>>> {
        if values.len() != self.nodes.len() {
            return Err(Error::new(Code::SizeMismatch, "values", values.len(), self.nodes.len().to_string()));
        }
        let shape = values[self.output()].dim();
        if upstream.dim() != shape {
            return Err(Error::new(Code::SizeMismatch, "upstream", spell(upstream.dim()), spell(shape)));
        }
        let mut gradients: Vec<Array2<f64>> = values.iter().map(|value| Array2::zeros(value.dim())).collect();
        gradients[self.output()] = upstream.clone();
        for index in self.steps().rev() {
            let node = &self.nodes[index];
            let sides: Vec<_> = node.inputs.iter().map(|&input| &values[input]).collect();
            let slopes = node.operation.back(&sides, &values[index], &gradients[index]);
            for (&input, slope) in node.inputs.iter().zip(slopes) {
                gradients[input] = both(&gradients[input], &slope, &|sum, slope| sum + slope);
            }
        }
        Ok(gradients)
    }

    /// ∂L/∂given for one of the matrices that are given, by central differences with a step of `h`.
    ///
    /// # Errors
    /// As [`Layers::forward`], or `upstream` is not of the output's shape.
    pub fn numerical(
        &self,
        given: &[Array2<f64>],
        which: usize,
        upstream: &Array2<f64>,
        h: f64,
    ) -> Result<Array2<f64>> {
        let loss = |place: (usize, usize), by: f64| -> Result<f64> {
            let mut moved = given.to_vec();
            if let Some(value) = moved.get_mut(which).and_then(|matrix| matrix.get_mut(place)) {
                *value += by;
            }
            let output = self.forward(&moved)?.pop().unwrap_or_default();
            if output.dim() != upstream.dim() {
                let [found, wanted] = [upstream, &output].map(|matrix| spell(matrix.dim()));
                return Err(Error::new(Code::SizeMismatch, "upstream", found, wanted));
            }
            Ok(output.iter().zip(upstream).map(|(output, upstream)| output * upstream).sum())
        };
        let mut gradient = Array2::zeros(given.get(which).map_or((0, 0), Array2::dim));
        for (place, slope) in gradient.indexed_iter_mut() {
            *slope = (loss(place, h)? - loss(place, -h)?) / (2.0 * h);
        }
        Ok(gradient)
    }
}

/// A shape as NumPy writes it.
fn spell((rows, columns): (usize, usize)) -> String {
    format!("({rows}, {columns})")
}

impl LayerOperation {
    /// Refuses shapes that do not fit; `name` is that of the right side.
    fn check(self, left: (usize, usize), right: (usize, usize), name: &str) -> Result<()> {
        let (part, found, wanted) = match self {
            Self::Dot => ("rows", right.0, left.1),
            Self::AddRow if right.0 != 1 => ("rows", right.0, 1),
            Self::AddRow => ("columns", right.1, left.1),
            _ if right.0 != left.0 => ("rows", right.0, left.0),
            _ => ("columns", right.1, left.1),
        };
        if found == wanted {
            return Ok(());
        }
        Err(Error::new(Code::SizeMismatch, format!("{name}.{part}"), found, wanted.to_string()))
    }

    fn of_one(self, x: &Array2<f64>) -> Array2<f64> {
        match self {
            Self::Apply(function) => each(x, &|x| function.of(x)),
            Self::AddOne => each(x, &|x| x + 1.0),
            Self::Reciprocal => each(x, &f64::recip),
            Self::Softmax => {
                let mut y = x.clone();
                for row in 0..y.nrows() {
                    let columns = 0..y.ncols();
                    let highest =
                        columns.clone().map(|column| y[[row, column]]).fold(f64::NEG_INFINITY, f64::max);
                    columns
                        .clone()
                        .for_each(|column| y[[row, column]] = libm::exp(y[[row, column]] - highest));
                    let sum: f64 = columns.clone().map(|column| y[[row, column]]).sum();
                    columns.for_each(|column| y[[row, column]] /= sum);
                }
                y
            }
            Self::Given | Self::Dot | Self::AddRow | Self::CrossEntropy => x.clone(),
        }
    }

    fn of_two(self, left: &Array2<f64>, right: &Array2<f64>) -> Array2<f64> {
        match self {
            Self::Dot => product(left.view(), right.view()),
            Self::AddRow => both(left, right, &|left, right| left + right),
            _ => {
                // Where t is 0, ln y has no part in it, even if y is 0.
                let terms = left.iter().zip(right).filter(|&(_, &t)| t != 0.0);
                let sum: f64 = terms.map(|(&y, &t)| t * libm::log(y)).sum();
                Array2::from_elem((1, 1), -sum / left.nrows() as f64)
            }
        }
    }

    /// What goes back to each side, from the sides, the node's value and its gradient.
    fn back(self, sides: &[&Array2<f64>], value: &Array2<f64>, gradient: &Array2<f64>) -> Vec<Array2<f64>> {
        match (self, sides) {
            (Self::Dot, [x, w]) => vec![product(gradient.view(), w.t()), product(x.t(), gradient.view())],
            (Self::AddRow, _) => {
                let mut sums = Array2::zeros((1, gradient.ncols()));
                gradient.indexed_iter().for_each(|((_, column), slope)| sums[[0, column]] += slope);
                vec![gradient.clone(), sums]
            }
            (Self::Apply(function), [x]) => {
                let slopes = both(x, value, &|x, y| function.slope(x, y));
                vec![both(&slopes, gradient, &|slope, gradient| slope * gradient)]
            }
            (Self::AddOne, _) => vec![gradient.clone()],
            // The derivative of 1/x by its result y: −y².
            (Self::Reciprocal, _) => vec![both(value, gradient, &|y, gradient| -(y * y) * gradient)],
            (Self::Softmax, _) => {
                let mut slopes = both(gradient, value, &|gradient, y| gradient * y);
                for row in 0..slopes.nrows() {
                    let columns = 0..slopes.ncols();
                    let sum: f64 = columns.clone().map(|column| slopes[[row, column]]).sum();
                    columns.for_each(|column| slopes[[row, column]] -= sum * value[[row, column]]);
                }
                vec![slopes]
            }
            (Self::CrossEntropy, [y, t]) => {
                let share = gradient.iter().sum::<f64>() / y.nrows() as f64;
                let by_y = both(y, t, &|y, t| if t == 0.0 { 0.0 } else { -share * t / y });
                vec![by_y, each(y, &|y| -share * libm::log(y))]
            }
            _ => Vec::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn an_affine_layer_has_the_numbers_of_the_book() {
        // 5.6.2: X·W = [[0, 0, 0], [10, 10, 10]], B = [1, 2, 3]; dY = [[1, 2, 3], [4, 5, 6]] gives dB = [5, 7, 9].
        let given = [array![[0., 0.], [1., 2.]], array![[2., 4., 0.], [4., 3., 5.]], array![[1., 2., 3.]]];
        let layers = Layers::affine();
        let values = layers.forward(&given).expect("fits");
        assert_eq!(values[2], array![[0., 0., 0.], [10., 10., 10.]]);
        assert_eq!(values[4], array![[1., 2., 3.], [11., 12., 13.]]);
        let upstream = array![[1., 2., 3.], [4., 5., 6.]];
        let gradients = layers.backward(&values, &upstream).expect("fits");
        assert_eq!(gradients[3], array![[5., 7., 9.]]);
        assert_eq!(gradients[0], upstream.dot(&given[1].t()));
        assert_eq!(gradients[1], given[0].t().dot(&upstream));
        let shapes: Vec<_> = gradients.iter().map(Array2::dim).collect();
        assert_eq!(shapes, [(2, 2), (2, 3), (2, 3), (1, 3), (2, 3)]);
    }

    #[test]
    fn a_relu_lets_through_what_was_positive() {
        // 5.5.1.
        let layers = Layers::relu();
        let values = layers.forward(&[array![[1.0, -0.5], [-2.0, 3.0]]]).expect("fits");
        assert_eq!(values[1], array![[1.0, 0.0], [0.0, 3.0]]);
        let gradients = layers.backward(&values, &array![[5.0, 6.0], [7.0, 8.0]]).expect("fits");
        assert_eq!(gradients[0], array![[5.0, 0.0], [0.0, 8.0]]);
    }

    #[test]
    fn a_sigmoid_sends_back_what_figure_5_20_says() {
        let layers = Layers::sigmoid();
        let x = array![[1.0, -0.5, 0.0]];
        let values = layers.forward(std::slice::from_ref(&x)).expect("fits");
        let gradients = layers.backward(&values, &array![[1.0, 1.0, 1.0]]).expect("fits");
        for (place, &x) in x.indexed_iter() {
            let y = values[4][place];
            let near = |found: f64, expected: f64| assert!((found - expected).abs() < 1e-15, "{found}");
            near(gradients[3][place], -y * y);
            near(gradients[2][place], -y * y);
            near(gradients[1][place], -y * y * libm::exp(-x));
            near(gradients[0][place], y * (1.0 - y));
        }
    }

    #[test]
    fn softmax_with_loss_sends_back_y_minus_t() {
        // 5.6.3: y = (0.3, 0.2, 0.5) and t = (0, 1, 0) give (0.3, −0.8, 0.5).
        let layers = Layers::softmax_with_loss();
        let given = [array![[0.3, 0.2, 0.5]].mapv(libm::log), array![[0.0, 1.0, 0.0]]];
        let values = layers.forward(&given).expect("fits");
        let gradients = layers.backward(&values, &array![[1.0]]).expect("fits");
        for (found, expected) in gradients[0].iter().zip([0.3, -0.8, 0.5]) {
            assert!((found - expected).abs() < 1e-15, "{found}");
        }
        assert!((gradients[1][[0, 1]] + 1.0 / 0.2).abs() < 1e-12);
        // Figure 5-28, whose last digits are cut off.
        let values =
            layers.forward(&[array![[5.3, 0.3, 10.1, 0.01]], array![[0., 0., 1., 0.]]]).expect("fits");
        let digits = [1e3, 1e5, 1e3, 1e5];
        let printed: Vec<_> = values[1].iter().zip(digits).map(|(y, digits)| (y * digits).floor()).collect();
        assert_eq!(printed, [8.0, 5.0, 991.0, 4.0]);
        // Scores far apart: y is 0 where t is 0, which costs nothing.
        let values = layers.forward(&[array![[800.0, 0.0]], array![[1.0, 0.0]]]).expect("fits");
        assert_eq!(values[3], array![[0.0]]);
        assert_eq!(layers.backward(&values, &array![[1.0]]).expect("fits")[0], array![[0.0, 0.0]]);
    }

    #[test]
    fn shapes_that_do_not_fit_are_named() {
        let affine = |x, w, b| {
            let shapes = [x, w, b].map(|shape: (usize, usize)| Array2::zeros(shape));
            let error = Layers::affine().forward(&shapes).expect_err("does not fit");
            (error.field, error.value, error.allowed)
        };
        let fault = |field: &str, value: &str, allowed: &str| (field.into(), value.into(), allowed.into());
        assert_eq!(affine((2, 2), (3, 3), (1, 3)), fault("W.rows", "3", "2"));
        assert_eq!(affine((2, 2), (2, 3), (1, 2)), fault("B.columns", "2", "3"));
        assert_eq!(affine((2, 2), (2, 3), (2, 3)), fault("B.rows", "2", "1"));
        let layers = Layers::softmax_with_loss();
        assert_eq!(
            layers.forward(&[Array2::zeros((2, 3)), Array2::zeros((1, 3))]).expect_err("rows").field,
            "t.rows"
        );
        assert_eq!(layers.forward(&[Array2::zeros((2, 3))]).expect_err("two").field, "given");
        let values = layers.forward(&[Array2::zeros((2, 3)), Array2::zeros((2, 3))]).expect("fits");
        assert_eq!(layers.backward(&values, &Array2::zeros((2, 3))).expect_err("1 × 1").field, "upstream");
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod properties {
    use proptest::prelude::*;

    use super::*;

    /// A matrix of numbers that keep away from the kink of ReLU.
    fn matrix(rows: usize, columns: usize) -> impl Strategy<Value = Array2<f64>> {
        let number = prop_oneof![-2.0..-0.01, 0.01..2.0];
        prop::collection::vec(number, rows * columns)
            .prop_map(move |numbers| Array2::from_shape_vec((rows, columns), numbers).expect("its size"))
    }

    fn cases() -> impl Strategy<Value = (Layers, Vec<Array2<f64>>)> {
        (1_usize..5, 1_usize..5, 1_usize..5).prop_flat_map(|(rows, inputs, outputs)| {
            let affine = (matrix(rows, inputs), matrix(inputs, outputs), matrix(1, outputs))
                .prop_map(|(x, w, b)| (Layers::affine(), vec![x, w, b]));
            let relu = matrix(rows, inputs).prop_map(|x| (Layers::relu(), vec![x]));
            let sigmoid = matrix(rows, inputs).prop_map(|x| (Layers::sigmoid(), vec![x]));
            let softmax = (matrix(rows, outputs), matrix(rows, outputs))
                .prop_map(|(a, t)| (Layers::softmax_with_loss(), vec![a, t.mapv(f64::abs)]));
            prop_oneof![affine, relu, sigmoid, softmax]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn derivatives_are_those_of_the_difference((layers, given) in cases(), scale in -2.0..2.0_f64) {
            let values = layers.forward(&given).expect("fits");
            let upstream = values[layers.output()].mapv(|y| scale + y / 2.0);
            let gradients = layers.backward(&values, &upstream).expect("fits");
            let nodes = layers.nodes().iter().zip(&gradients).filter(|(node, _)| node.inputs.is_empty());
            for (which, (node, gradient)) in nodes.enumerate() {
                let expected = layers.numerical(&given, which, &upstream, 1e-4).expect("fits");
                let difference = (gradient - &expected).fold(0.0_f64, |most, d| most.max(d.abs()));
                prop_assert!(difference < 1e-6, "{}: {difference}", node.name);
            }
        }
    }
}
