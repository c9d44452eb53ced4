//! What an expression may do with numbers, and how the result answers to each of them.
//!
//! Derivatives are those of the book where it has them: sum and product 5.3, sigmoid with its parts 1/x, exp and −x
//! 5.5.2, ReLU 5.5.1. The others are the NIST Digital Library of Mathematical Functions' (dlmf.nist.gov): logarithm
//! and powers §4.7, sin, cos and tan §4.20, tanh §4.34.
//!
//! Infinite results and NaN are results like others and are passed on: ln 0 is −∞ and its slope ∞.

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// −x
    Negate,
    /// sin x
    Sin,
    /// cos x
    Cos,
    /// tan x
    Tan,
    /// tanh x
    Tanh,
    /// eˣ
    Exp,
    /// The natural logarithm.
    Ln,
    /// √x
    Sqrt,
    /// |x|
    Abs,
    /// 1 / (1 + e⁻ˣ)
    Sigmoid,
    /// x where it is positive, else 0.
    Relu,
}

/// A function of two numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operator {
    /// left + right
    Add,
    /// left − right
    Subtract,
    /// left · right
    Multiply,
    /// left / right
    Divide,
    /// left to the power of right
    Power,
    /// The greater of both; NaN if one of them is.
    Max,
    /// The lesser of both; NaN if one of them is.
    Min,
}

/// The functions that are written as names, in the order in which messages list them.
pub(crate) const FUNCTIONS: [Function; 10] = [
    Function::Sin,
    Function::Cos,
    Function::Tan,
    Function::Tanh,
    Function::Exp,
    Function::Ln,
    Function::Sqrt,
    Function::Abs,
    Function::Sigmoid,
    Function::Relu,
];

/// The operators that are written as names.
pub(crate) const NAMED_OPERATORS: [Operator; 2] = [Operator::Max, Operator::Min];

// The functions of libm give the same bits in every browser. Both `of` are inlined: a surface is evaluated thousands of
// times for one picture, and takes a tenth longer otherwise.
impl Function {
    /// The sign or name.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Negate => "−",
            Self::Sin => "sin",
            Self::Cos => "cos",
            Self::Tan => "tan",
            Self::Tanh => "tanh",
            Self::Exp => "exp",
            Self::Ln => "ln",
            Self::Sqrt => "sqrt",
            Self::Abs => "abs",
            Self::Sigmoid => "sigmoid",
            Self::Relu => "relu",
        }
    }

    /// The function of a name that may be typed; `log` is `ln`, as in Python.
    pub(crate) fn named(name: &str) -> Option<Self> {
        let name = if name == "log" { "ln" } else { name };
        FUNCTIONS.into_iter().find(|function| function.symbol() == name)
    }

    /// y = f(x); NaN where there is none.
    #[inline]
    pub fn of(self, x: f64) -> f64 {
        match self {
            Self::Negate => -x,
            Self::Sin => libm::sin(x),
            Self::Cos => libm::cos(x),
            Self::Tan => libm::tan(x),
            Self::Tanh => libm::tanh(x),
            Self::Exp => libm::exp(x),
            Self::Ln => libm::log(x),
            Self::Sqrt => x.sqrt(),
            Self::Abs => x.abs(),
            Self::Sigmoid => 1.0 / (1.0 + libm::exp(-x)),
            // Asked this way round, NaN stays NaN.
            Self::Relu => {
                if x <= 0.0 {
                    0.0
                } else {
                    x
                }
            }
        }
    }

    /// dy/dx where y = f(x).
    ///
    /// | y | dy/dx |
    /// | --- | --- |
    /// | −x | −1 |
    /// | sin x, cos x | cos x, −sin x |
    /// | tan x, tanh x | 1 + y², 1 − y² |
    /// | eˣ | y |
    /// | ln x | 1/x |
    /// | √x | 1/(2y) |
    /// | sigmoid x | y(1 − y) |
    /// | ReLU x | 1 where x > 0, else 0; at the kink 0, as in the book |
    /// | abs x | 1 where x > 0, −1 where x < 0; at the kink 0, the middle of both |
    pub fn slope(self, x: f64, y: f64) -> f64 {
        match self {
            Self::Negate => -1.0,
            Self::Sin => libm::cos(x),
            Self::Cos => -libm::sin(x),
            Self::Tan => 1.0 + y * y,
            Self::Tanh => 1.0 - y * y,
            Self::Exp => y,
            Self::Ln => 1.0 / x,
            Self::Sqrt => 0.5 / y,
            Self::Abs => 2.0 * step(x, 0.0, 0.5) - 1.0,
            Self::Sigmoid => y * (1.0 - y),
            Self::Relu => step(x, 0.0, 0.0),
        }
    }
}

impl Operator {
    /// The sign or name.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Add => "+",
            Self::Subtract => "−",
            Self::Multiply => "×",
            Self::Divide => "/",
            Self::Power => "^",
            Self::Max => "max",
            Self::Min => "min",
        }
    }

    /// The operator of a name that may be typed.
    pub(crate) fn named(name: &str) -> Option<Self> {
        NAMED_OPERATORS.into_iter().find(|operator| operator.symbol() == name)
    }

    /// y = left ∘ right; NaN where there is none.
    #[inline]
    pub fn of(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            // Squares as products: the book's x², and exact.
            Self::Power if right == 2.0 => left * left,
            Self::Power => libm::pow(left, right),
            // `f64::max` would drop NaN.
            Self::Max if left > right || left.is_nan() => left,
            Self::Min if left < right || left.is_nan() => left,
            Self::Max | Self::Min => right,
        }
    }

    /// [∂y/∂left, ∂y/∂right] where y = left ∘ right.
    ///
    /// | y | ∂y/∂a | ∂y/∂b |
    /// | --- | --- | --- |
    /// | a + b, a − b | 1 | 1, −1 |
    /// | a · b | b | a |
    /// | a / b | 1/b | −y/b |
    /// | aᵇ | b · aᵇ⁻¹, and 0 where b = 0 | y · ln a, and 0 where a = 0 < b; NaN where a < 0 |
    /// | max(a, b), min(a, b) | 1 if it is a, else 0 | 1 if it is b, else 0 |
    ///
    /// Where a = b, max and min give ½ to both: the middle of the slopes to either side, which is also what a central
    /// difference sees.
    pub fn slopes(self, left: f64, right: f64, y: f64) -> [f64; 2] {
        match self {
            Self::Add => [1.0, 1.0],
            Self::Subtract => [1.0, -1.0],
            Self::Multiply => [right, left],
            Self::Divide => [1.0 / right, -y / right],
            Self::Power => {
                // 0⁰ and 0 · ln 0 would be NaN at places where the limit is plain.
                let base = if right == 0.0 { 0.0 } else { right * libm::pow(left, right - 1.0) };
                let exponent = if left == 0.0 && right > 0.0 { 0.0 } else { y * libm::log(left) };
                [base, exponent]
            }
            Self::Max => [step(left, right, 0.5), step(right, left, 0.5)],
            Self::Min => [step(right, left, 0.5), step(left, right, 0.5)],
        }
    }
}

/// 1 above the threshold, 0 below, `between` on it, NaN if either number is.
fn step(x: f64, threshold: f64, between: f64) -> f64 {
    match x.partial_cmp(&threshold) {
        Some(std::cmp::Ordering::Less) => 0.0,
        Some(std::cmp::Ordering::Equal) => between,
        Some(std::cmp::Ordering::Greater) => 1.0,
        None => f64::NAN,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::gradient::central_difference;

    const H: f64 = 1e-5;

    fn close(slope: f64, expected: f64) -> bool {
        (slope - expected).abs() < 1e-7 * (1.0 + expected.abs())
    }

    #[test]
    fn slopes_are_those_of_the_difference() {
        for function in FUNCTIONS.into_iter().chain([Function::Negate]) {
            for x in [-2.3, -0.4, 0.7, 1.2, 3.1] {
                let (slope, expected) =
                    (function.slope(x, function.of(x)), central_difference(|x| function.of(x), x, H));
                // Left of 0 neither ln nor √ has a value; that of 1/x would be there.
                assert!(expected.is_nan() || close(slope, expected), "{function:?} at {x}: {slope}");
            }
        }
        use Operator::{Add, Divide, Max, Min, Multiply, Power, Subtract};
        for operator in [Add, Subtract, Multiply, Divide, Power, Max, Min] {
            for (a, b) in [(2.0, 3.0), (0.5, -1.5), (3.0, 2.0), (1.7, 1.0), (2.0, 2.0)] {
                let slopes = operator.slopes(a, b, operator.of(a, b));
                let expected = [
                    central_difference(|a| operator.of(a, b), a, H),
                    central_difference(|b| operator.of(a, b), b, H),
                ];
                let both = close(slopes[0], expected[0]) && close(slopes[1], expected[1]);
                assert!(both, "{operator:?} at {a}, {b}: {slopes:?}, {expected:?}");
            }
        }
    }

    #[test]
    fn kinks_and_edges_have_the_documented_slopes() {
        assert_eq!(Function::Relu.slope(0.0, 0.0), 0.0);
        assert_eq!(Function::Abs.slope(0.0, 0.0), 0.0);
        assert_eq!(Operator::Max.slopes(1.0, 1.0, 1.0), [0.5, 0.5]);
        assert_eq!(Operator::Min.slopes(1.0, 2.0, 1.0), [1.0, 0.0]);
        assert_eq!(Operator::Power.slopes(0.0, 0.0, 1.0)[0], 0.0);
        assert_eq!(Operator::Power.slopes(0.0, 2.0, 0.0), [0.0, 0.0]);
        assert!(Operator::Power.slopes(-3.0, 2.0, 9.0)[1].is_nan());
        assert_eq!(Function::Ln.slope(0.0, f64::NEG_INFINITY), f64::INFINITY);
        assert_eq!(Function::Sqrt.slope(0.0, 0.0), f64::INFINITY);
    }

    #[test]
    fn what_is_no_number_stays_so() {
        for function in FUNCTIONS {
            assert!(function.of(f64::NAN).is_nan(), "{function:?}");
        }
        for operator in NAMED_OPERATORS {
            assert!(
                operator.of(f64::NAN, 1.0).is_nan() && operator.of(1.0, f64::NAN).is_nan(),
                "{operator:?}"
            );
            assert!(operator.slopes(1.0, f64::NAN, f64::NAN)[0].is_nan(), "{operator:?}");
        }
        // An overflow on the way is none in the result.
        assert_eq!(Function::Sigmoid.of(-1e4), 0.0);
    }
}
