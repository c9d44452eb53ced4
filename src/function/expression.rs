//! An expression in x0 and x1, typed by a visitor.
//!
//! Grammar, loosest first: `+ -`, `* /`, sign, `^` (also `**`, `²`, `³`; from right to left), then numbers, `x0`,
//! `x1`, `pi`, `e`, parentheses and functions of one argument.

use winnow::ascii::{digit1, multispace0};
use winnow::combinator::{
    Infix, Postfix, Prefix, alt, cut_err, delimited, eof, expression, opt, preceded, terminated,
};
use winnow::error::{ContextError, ParserError};
use winnow::prelude::*;
use winnow::token::{one_of, take_while};

use crate::error::{Code, Error, Result};

/// The longest expression, in characters. Also bounds how deeply it nests.
pub const LONGEST: usize = 200;
/// What may stand in an expression, for messages.
const ALLOWED: &str = "x0 x1 + - * / ^ ( ) 0.5 pi e sin cos tan tanh exp ln sqrt abs";

/// A parsed expression in x0 and x1.
#[derive(Clone, Debug, PartialEq)]
pub struct Expression(Node);

/// A part of an expression.
#[derive(Clone, Debug, PartialEq)]
enum Node {
    Number(f64),
    Variable(usize),
    Apply(Function, Box<Node>),
    Combine(Operator, Box<[Node; 2]>),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Negate,
    Sin,
    Cos,
    Tan,
    Tanh,
    Exp,
    Ln,
    Sqrt,
    Abs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

impl Expression {
    /// Parses what a visitor typed; `field` names it in messages.
    ///
    /// # Errors
    /// It is empty or too long, or is no expression; then the error says at which character.
    pub fn parse(field: &str, text: &str) -> Result<Self> {
        let length = text.chars().count();
        if length > LONGEST {
            return Err(Error::new(Code::OutsideRange, field, format!("{length}"), format!("1 … {LONGEST}")));
        }
        whole.parse(text).map(Self).map_err(|error| {
            let at = text.get(..error.offset()).unwrap_or(text).chars().count();
            Error::new(Code::Expression, field, text, ALLOWED).at(at)
        })
    }

    /// The value at a point; not a number where it has none.
    pub fn at(&self, x: [f64; 2]) -> f64 {
        self.0.at(x)
    }
}

impl Node {
    fn at(&self, x: [f64; 2]) -> f64 {
        match self {
            Self::Number(value) => *value,
            Self::Variable(index) => x[*index],
            Self::Apply(function, argument) => function.of(argument.at(x)),
            Self::Combine(operator, sides) => operator.of(sides[0].at(x), sides[1].at(x)),
        }
    }
}

impl Function {
    // The functions of libm give the same bits in every browser.
    fn of(self, x: f64) -> f64 {
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
        }
    }
}

impl Operator {
    fn of(self, left: f64, right: f64) -> f64 {
        match self {
            Self::Add => left + right,
            Self::Subtract => left - right,
            Self::Multiply => left * right,
            Self::Divide => left / right,
            // Squares as products: the book's x², and exact.
            Self::Power if right == 2.0 => left * left,
            Self::Power => libm::pow(left, right),
        }
    }
}

fn combine(operator: Operator, left: Node, right: Node) -> Node {
    Node::Combine(operator, Box::new([left, right]))
}

type Fault = winnow::error::ErrMode<ContextError>;

fn whole(input: &mut &str) -> winnow::Result<Node, Fault> {
    delimited(multispace0, sum, cut_err(eof)).parse_next(input)
}

fn sum(input: &mut &str) -> winnow::Result<Node, Fault> {
    // A prefix is what is tried last where an operand must stand, so its failure is the fault and its place.
    expression(token(operand))
        .prefix(cut_err(token(alt((
            one_of(['-', '−'])
                .value(Prefix(5, |_: &mut &str, x| Ok(Node::Apply(Function::Negate, Box::new(x))))),
            '+'.value(Prefix(5, |_: &mut &str, x| Ok(x))),
        )))))
        .postfix(token(alt((
            '²'.value(Postfix(7, |_: &mut &str, x| Ok(combine(Operator::Power, x, Node::Number(2.0))))),
            '³'.value(Postfix(7, |_: &mut &str, x| Ok(combine(Operator::Power, x, Node::Number(3.0))))),
        ))))
        .infix(token(alt((
            alt(("**", "^")).value(Infix::Right(6, |_: &mut &str, l, r| Ok(combine(Operator::Power, l, r)))),
            '+'.value(Infix::Left(1, |_: &mut &str, l, r| Ok(combine(Operator::Add, l, r)))),
            one_of(['-', '−'])
                .value(Infix::Left(1, |_: &mut &str, l, r| Ok(combine(Operator::Subtract, l, r)))),
            one_of(['*', '·', '×'])
                .value(Infix::Left(3, |_: &mut &str, l, r| Ok(combine(Operator::Multiply, l, r)))),
            '/'.value(Infix::Left(3, |_: &mut &str, l, r| Ok(combine(Operator::Divide, l, r)))),
        ))))
        .parse_next(input)
}

fn operand(input: &mut &str) -> winnow::Result<Node, Fault> {
    alt((parenthesis, number.map(Node::Number), word)).parse_next(input)
}

fn parenthesis(input: &mut &str) -> winnow::Result<Node, Fault> {
    delimited(token('('), sum, cut_err(')')).parse_next(input)
}

/// A name: a variable, a constant, or a function before its parenthesis.
fn word(input: &mut &str) -> winnow::Result<Node, Fault> {
    let start = *input;
    let name = take_while(1.., |c: char| c.is_ascii_alphanumeric()).parse_next(input)?;
    let function = match name {
        "x0" => return Ok(Node::Variable(0)),
        "x1" => return Ok(Node::Variable(1)),
        "pi" => return Ok(Node::Number(std::f64::consts::PI)),
        "e" => return Ok(Node::Number(std::f64::consts::E)),
        "sin" => Function::Sin,
        "cos" => Function::Cos,
        "tan" => Function::Tan,
        "tanh" => Function::Tanh,
        "exp" => Function::Exp,
        "ln" | "log" => Function::Ln,
        "sqrt" => Function::Sqrt,
        "abs" => Function::Abs,
        _ => {
            // The fault is where the name begins, not where it ends.
            *input = start;
            return Err(ParserError::from_input(input));
        }
    };
    preceded(multispace0, cut_err(parenthesis))
        .map(|argument| Node::Apply(function, Box::new(argument)))
        .parse_next(input)
}

/// A number without a sign. One's own grammar rather than `float`, which would take `inf` and `nan`.
fn number(input: &mut &str) -> winnow::Result<f64, Fault> {
    let exponent = (alt(('e', 'E')), opt(alt(('+', '-'))), digit1).void();
    let whole = (digit1, opt(('.', opt(digit1)))).void();
    let fraction = ('.', digit1).void();
    (alt((whole, fraction)), opt(exponent)).take().parse_to().parse_next(input)
}

/// Something, and the blanks after it.
fn token<'i, O>(parser: impl Parser<&'i str, O, Fault>) -> impl Parser<&'i str, O, Fault> {
    terminated(parser, multispace0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> f64 {
        Expression::parse("f", text).unwrap_or_else(|error| panic!("{text}: {error}")).at([3.0, 4.0])
    }

    fn fault_at(text: &str) -> Option<usize> {
        Expression::parse("f", text).expect_err(text).at
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
            ("  ( x0 )  ", 3.0),
        ] {
            assert!((value(text) - expected).abs() < 1e-12, "{text} = {}", value(text));
        }
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
        ] {
            assert_eq!(fault_at(text), Some(at), "{text:?}");
        }
    }

    #[test]
    fn long_and_deep_ones_do_not_overflow() {
        let deep = format!("{}1{}", "(".repeat(99), ")".repeat(99));
        assert_eq!(value(&deep), 1.0);
        assert_eq!(value(&format!("{}1", "-".repeat(198))), 1.0);
        assert_eq!(Expression::parse("f", &"1+".repeat(200)).expect_err("long").code, Code::OutsideRange);
    }
}
