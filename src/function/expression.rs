//! An expression in given variables, typed by a visitor, to be evaluated many times.

use super::syntax::{self, Tree};
use crate::error::Result;

/// A parsed expression in `N` variables.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression<const N: usize>(Tree<usize>);

impl<const N: usize> Expression<N> {
    /// Parses what a visitor typed, with variables of these names; `field` names it in messages.
    ///
    /// # Errors
    /// It is empty or too long, or is no expression; then the error says at which character.
    pub fn parse(field: &str, text: &str, names: [&str; N]) -> Result<Self> {
        syntax::check_length(field, text)?;
        let mut index_of =
            |name: syntax::Name<'_>| names.iter().position(|known| *known == name.text).ok_or(name.offset);
        syntax::parse_expression(text)
            .and_then(|tree| tree.bind(&mut index_of))
            .map(Self)
            .map_err(|offset| syntax::fault(field, text, offset, &names.join(" ")))
    }

    /// The value at a point; not a number where it has none.
    pub fn at(&self, x: [f64; N]) -> f64 {
        self.0.at(x)
    }

    /// The value in single precision: the result of every operation is rounded to an `f32`, as a program computes that
    /// has no other numbers.
    pub fn at_single(&self, x: [f32; N]) -> f32 {
        self.0.at_single(x)
    }

    /// The value, and its derivative with respect to one of the variables by the rules of differentiation, without any
    /// difference quotient. At a kink it is what [`Function::slope`](super::operation::Function::slope) says.
    pub fn slope(&self, x: [f64; N], variable: usize) -> (f64, f64) {
        self.0.slope(x, variable)
    }
}

impl Tree<usize> {
    /// The value; variables are indices into `x`.
    fn at<const N: usize>(&self, x: [f64; N]) -> f64 {
        match self {
            Self::Number(value) => *value,
            Self::Variable(index) => x[*index],
            Self::Apply(function, argument) => function.of(argument.at(x)),
            Self::Combine(operator, sides) => operator.of(sides[0].at(x), sides[1].at(x)),
        }
    }

    /// Sums, products, quotients and roots that are rounded twice, to an `f64` first, are what they would be rounded once:
    /// an `f64` has more than twice as many digits (S. A. Figueroa 1995).
    fn at_single<const N: usize>(&self, x: [f32; N]) -> f32 {
        match self {
            Self::Number(value) => *value as f32,
            Self::Variable(index) => x[*index],
            Self::Apply(function, argument) => function.of(f64::from(argument.at_single(x))) as f32,
            Self::Combine(operator, sides) => {
                let [left, right] = [0, 1].map(|side| f64::from(sides[side].at_single(x)));
                operator.of(left, right) as f32
            }
        }
    }

    fn slope<const N: usize>(&self, x: [f64; N], variable: usize) -> (f64, f64) {
        match self {
            Self::Number(value) => (*value, 0.0),
            Self::Variable(index) => (x[*index], if *index == variable { 1.0 } else { 0.0 }),
            Self::Apply(function, argument) => {
                let (value, slope) = argument.slope(x, variable);
                let result = function.of(value);
                (result, times(function.slope(value, result), slope))
            }
            Self::Combine(operator, sides) => {
                let [(left, by_left), (right, by_right)] = [0, 1].map(|side| sides[side].slope(x, variable));
                let result = operator.of(left, right);
                let [to_left, to_right] = operator.slopes(left, right, result);
                (result, times(to_left, by_left) + times(to_right, by_right))
            }
        }
    }
}

/// The chain rule. What does not depend on the variable stays out of it: the exponent of x² has a slope that is no number
/// left of 0.
fn times(outer: f64, inner: f64) -> f64 {
    if inner == 0.0 { 0.0 } else { outer * inner }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;

    const NAMES: [&str; 2] = ["x0", "x1"];

    fn value(text: &str) -> f64 {
        Expression::parse("f", text, NAMES).unwrap_or_else(|error| panic!("{text}: {error}")).at([3.0, 4.0])
    }

    fn fault_at(text: &str) -> Option<usize> {
        Expression::parse("f", text, NAMES).expect_err(text).at
    }

    #[test]
    fn the_usual_rules_of_arithmetic() {
        for (text, expected) in [
            ("x0^2 + x1^2", 25.0),
            ("x0² + x1**2", 25.0),
            ("2 + 3 * 4", 14.0),
            ("(2 + 3) * 4", 20.0),
            ("10 - 4 - 3", 3.0),
            ("24 / 4 / 3", 2.0),
            ("2^3^2", 512.0),
            ("-2^2", -4.0),
            ("2^-1", 0.5),
            ("- x0 * x1", -12.0),
            ("2*-3", -6.0),
            ("1.5e2 + .5 + 2.", 152.5),
            ("sqrt(x0*x0 + x1*x1) + abs(-1)", 6.0),
            ("ln(e) + cos(pi) + sin(0) + tan (0) + tanh(0) + exp(0)", 1.0),
            ("max(x0, x1) + min(x0, -x1) + relu(-1) + relu(2)", 2.0),
            ("sigmoid(0) ÷ 2", 0.25),
            ("  ( x0 )  ", 3.0),
        ] {
            assert!((value(text) - expected).abs() < 1e-12, "{text} = {}", value(text));
        }
    }

    #[test]
    fn slopes_are_those_of_the_rules() {
        let of = |text: &str, variable| {
            Expression::parse("f", text, NAMES).expect(text).slope([-3.0, 4.0], variable).1
        };
        for (text, slopes) in [
            ("x0^2 + x1^2", [-6.0, 8.0]),
            ("x0 * x1 / 2 - 7", [2.0, -1.5]),
            ("exp(x0 + 3) * sin(x1 - 4)", [0.0, 1.0]),
            ("max(x0, x1) + relu(x0) + abs(x0)", [-1.0, 1.0]),
            ("x1^3 / x1", [0.0, 8.0]),
            ("2", [0.0, 0.0]),
        ] {
            for (variable, slope) in slopes.into_iter().enumerate() {
                assert!((of(text, variable) - slope).abs() < 1e-12, "{text}: {}", of(text, variable));
            }
        }
    }

    #[test]
    fn single_precision_rounds_every_result() {
        let third = Expression::parse("f", "x0 / x1 + 1 - 1", NAMES).expect("parses");
        let x = [1.0_f32, 3.0];
        assert_eq!(third.at_single(x), 1.0_f32 / 3.0 + 1.0 - 1.0);
        assert_ne!(f64::from(third.at_single(x)), third.at([1.0, 3.0]));
        let tiny = Expression::parse("f", "x0 * 1e-40", NAMES).expect("parses");
        assert_eq!(tiny.at_single([1e-10, 0.0]), 0.0);
    }

    #[test]
    fn a_mistake_is_named_with_its_place() {
        for (text, at) in [
            ("", 0),
            ("x0 + ", 5),
            ("x0 + * x1", 5),
            ("(x0 + 1", 7),
            ("x0 + 1)", 6),
            ("x2 + 1", 0),
            ("1 + foo(2)", 4),
            ("sin x0", 4),
            ("x0 ² # 3", 5),
            ("3 x0", 2),
            ("inf", 0),
            ("x0 + 苹果 + 1", 5),
            ("x1² + x2", 6),
        ] {
            assert_eq!(fault_at(text), Some(at), "{text:?}");
        }
    }

    #[test]
    fn a_mistake_comes_with_what_may_stand_there() {
        let error = Expression::parse("f", "x", NAMES).expect_err("unknown");
        assert_eq!(
            error.allowed,
            "x0 x1 + - * / ^ ( ) 0.5 pi e sin cos tan tanh exp ln sqrt abs sigmoid relu max min"
        );
    }

    #[test]
    fn long_and_deep_ones_do_not_overflow() {
        let deep = format!("{}1{}", "(".repeat(99), ")".repeat(99));
        assert_eq!(value(&deep), 1.0);
        assert_eq!(value(&format!("{}1", "-".repeat(198))), 1.0);
        assert_eq!(
            Expression::parse("f", &"1+".repeat(200), NAMES).expect_err("long").code,
            Code::OutsideRange
        );
    }
}
