//! The language in which a visitor types functions: text to tree.
//!
//! Grammar, loosest first: `+ -`, `* /`, sign, `^` (also `**`, `²`, `³`; from right to left), then numbers, `pi`, `e`,
//! names, parentheses, functions of one argument and `max(a, b)`, `min(a, b)`. A name is a letter or `_`, then
//! letters, digits and `_`. The signs of a Chinese keyboard, （ ） ， ＝, mean what they look like.
//!
//! What the names stand for is for the caller to say.

use winnow::ascii::{digit1, multispace0};
use winnow::combinator::{
    Infix, Postfix, Prefix, alt, cut_err, delimited, eof, expression, opt, peek, preceded, terminated,
};
use winnow::error::{ContextError, ParserError};
use winnow::prelude::*;
use winnow::stream::{LocatingSlice, Stream};
use winnow::token::{one_of, take_while};

use super::operation::{FUNCTIONS, Function, NAMED_OPERATORS, Operator};
use crate::error::{Code, Error, Result};

/// The longest expression, in characters. Also bounds how deeply it nests, and so every recursion over its tree.
pub(crate) const LONGEST: usize = 200;

/// An expression; `V` says what a variable is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Tree<V> {
    Number(f64),
    Variable(V),
    Apply(Function, Box<Self>),
    Combine(Operator, Box<[Self; 2]>),
}

/// A name as it was typed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name<'t> {
    pub(crate) text: &'t str,
    /// Where it begins, in bytes from the beginning of the parsed text.
    pub(crate) offset: usize,
}

/// An expression, and the name it is given if there is one: `total = apple * 2`.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement<'t> {
    pub(crate) name: Option<Name<'t>>,
    pub(crate) tree: Tree<Name<'t>>,
}

impl<V> Tree<V> {
    /// The same tree with each variable replaced by what it stands for; fails where that fails first.
    pub(crate) fn bind<W, E>(self, stands_for: &mut impl FnMut(V) -> Result<W, E>) -> Result<Tree<W>, E> {
        Ok(match self {
            Self::Number(value) => Tree::Number(value),
            Self::Variable(variable) => Tree::Variable(stands_for(variable)?),
            Self::Apply(function, argument) => Tree::Apply(function, Box::new(argument.bind(stands_for)?)),
            Self::Combine(operator, sides) => {
                let [left, right] = *sides;
                combine(operator, left.bind(stands_for)?, right.bind(stands_for)?)
            }
        })
    }
}

/// Parses an expression.
///
/// # Errors
/// It is none; the error is where, in bytes.
pub(crate) fn parse_expression(text: &str) -> Result<Tree<Name<'_>>, usize> {
    delimited(multispace0, sum, cut_err(eof))
        .parse(LocatingSlice::new(text))
        .map_err(|error: winnow::error::ParseError<_, ContextError>| error.offset())
}

/// Parses an expression that may be given a name. Whether the name may be given is for the caller to say.
///
/// # Errors
/// As [`parse_expression`].
pub(crate) fn parse_statement(text: &str) -> Result<Statement<'_>, usize> {
    let name = opt(terminated(token(name), token(one_of(['=', '＝']))));
    delimited(multispace0, (name, sum), cut_err(eof))
        .map(|(name, tree)| Statement { name, tree })
        .parse(LocatingSlice::new(text))
        .map_err(|error: winnow::error::ParseError<_, ContextError>| error.offset())
}

/// Whether a name is one of the language's own.
pub(crate) fn is_reserved(name: &str) -> bool {
    Function::named(name).is_some() || Operator::named(name).is_some() || constant(name).is_some()
}

/// The fault of a text that cannot be read at `offset`, in bytes; `names` may stand in it.
pub(crate) fn fault(field: &str, text: &str, offset: usize, names: &str) -> Error {
    let functions = FUNCTIONS.map(Function::symbol).join(" ");
    let operators = NAMED_OPERATORS.map(Operator::symbol).join(" ");
    let allowed = format!("{names} + - * / ^ ( ) 0.5 pi e {functions} {operators}");
    Error::new(Code::Expression, field, text, allowed).at(characters_before(text, offset))
}

/// Refuses an expression that is too long. Text that is blank is no expression, but not for its length.
///
/// # Errors
/// It has more characters than [`LONGEST`].
pub(crate) fn check_length(field: &str, text: &str) -> Result<()> {
    let length = text.chars().count();
    if length > LONGEST {
        return Err(Error::new(Code::OutsideRange, field, length, format!("1 … {LONGEST}")));
    }
    Ok(())
}

/// How many characters stand before a place that is counted in bytes.
pub(crate) fn characters_before(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).chars().count()
}

type Input<'t> = LocatingSlice<&'t str>;
type Fault = winnow::error::ErrMode<ContextError>;
type Parsed<'t> = winnow::Result<Tree<Name<'t>>, Fault>;

fn combine<V>(operator: Operator, left: Tree<V>, right: Tree<V>) -> Tree<V> {
    Tree::Combine(operator, Box::new([left, right]))
}

fn sum<'t>(input: &mut Input<'t>) -> Parsed<'t> {
    // A prefix is what is tried last where an operand must stand, so its failure is the fault and its place.
    expression(token(operand))
        .prefix(cut_err(token(alt((
            one_of(['-', '−'])
                .value(Prefix(5, |_: &mut _, x| Ok(Tree::Apply(Function::Negate, Box::new(x))))),
            '+'.value(Prefix(5, |_: &mut _, x| Ok(x))),
        )))))
        .postfix(token(alt((
            '²'.value(Postfix(7, |_: &mut _, x| Ok(combine(Operator::Power, x, Tree::Number(2.0))))),
            '³'.value(Postfix(7, |_: &mut _, x| Ok(combine(Operator::Power, x, Tree::Number(3.0))))),
        ))))
        .infix(token(alt((
            alt(("**", "^")).value(Infix::Right(6, |_: &mut _, l, r| Ok(combine(Operator::Power, l, r)))),
            '+'.value(Infix::Left(1, |_: &mut _, l, r| Ok(combine(Operator::Add, l, r)))),
            one_of(['-', '−']).value(Infix::Left(1, |_: &mut _, l, r| Ok(combine(Operator::Subtract, l, r)))),
            one_of(['*', '·', '×'])
                .value(Infix::Left(3, |_: &mut _, l, r| Ok(combine(Operator::Multiply, l, r)))),
            one_of(['/', '÷']).value(Infix::Left(3, |_: &mut _, l, r| Ok(combine(Operator::Divide, l, r)))),
        ))))
        .parse_next(input)
}

fn operand<'t>(input: &mut Input<'t>) -> Parsed<'t> {
    alt((parenthesis, number.map(Tree::Number), word)).parse_next(input)
}

fn parenthesis<'t>(input: &mut Input<'t>) -> Parsed<'t> {
    delimited(token(opening), sum, cut_err(closing)).parse_next(input)
}

/// The two arguments of an operator that is written as a name.
fn pair<'t>(input: &mut Input<'t>) -> winnow::Result<[Tree<Name<'t>>; 2], Fault> {
    let left = delimited(token(opening), sum, cut_err(token(one_of([',', '，']))));
    (left, terminated(sum, cut_err(closing))).map(|(left, right)| [left, right]).parse_next(input)
}

fn opening(input: &mut Input<'_>) -> winnow::Result<char, Fault> {
    one_of(['(', '（']).parse_next(input)
}

fn closing(input: &mut Input<'_>) -> winnow::Result<char, Fault> {
    one_of([')', '）']).parse_next(input)
}

/// What begins with a letter: a variable, a constant, or a function before its parenthesis.
fn word<'t>(input: &mut Input<'t>) -> Parsed<'t> {
    let start = input.checkpoint();
    let name = name.parse_next(input)?;
    if let Some(function) = Function::named(name.text) {
        return preceded(multispace0, cut_err(parenthesis))
            .map(|argument| Tree::Apply(function, Box::new(argument)))
            .parse_next(input);
    }
    if let Some(operator) = Operator::named(name.text) {
        return preceded(multispace0, cut_err(pair))
            .map(|sides| Tree::Combine(operator, Box::new(sides)))
            .parse_next(input);
    }
    if peek(opt((multispace0, opening))).parse_next(input)?.is_some() {
        // A function that is not known. The fault is where its name begins, not where it ends.
        input.reset(&start);
        return Err(ParserError::from_input(input));
    }
    Ok(constant(name.text).map_or(Tree::Variable(name), Tree::Number))
}

fn constant(name: &str) -> Option<f64> {
    match name {
        "pi" => Some(std::f64::consts::PI),
        "e" => Some(std::f64::consts::E),
        _ => None,
    }
}

fn name<'t>(input: &mut Input<'t>) -> winnow::Result<Name<'t>, Fault> {
    // Not `is_alphanumeric`: to Unicode ² is a numeral.
    let letter = |c: char| c.is_alphabetic() || c == '_';
    (one_of(letter), take_while(0.., move |c: char| letter(c) || c.is_ascii_digit()))
        .take()
        .with_span()
        .map(|(text, span)| Name { text, offset: span.start })
        .parse_next(input)
}

/// A number without a sign. One's own grammar rather than `float`, which would take `inf` and `nan`.
fn number(input: &mut Input<'_>) -> winnow::Result<f64, Fault> {
    let exponent = (alt(('e', 'E')), opt(alt(('+', '-'))), digit1).void();
    let whole = (digit1, opt(('.', opt(digit1)))).void();
    let fraction = ('.', digit1).void();
    (alt((whole, fraction)), opt(exponent)).take().parse_to().parse_next(input)
}

/// Something, and the blanks after it.
fn token<'t, O>(parser: impl Parser<Input<'t>, O, Fault>) -> impl Parser<Input<'t>, O, Fault> {
    terminated(parser, multispace0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &str) -> Vec<(&str, usize)> {
        let mut found = Vec::new();
        let mut note = |name| -> Result<()> {
            found.push(name);
            Ok(())
        };
        parse_expression(text).expect(text).bind(&mut note).expect("no fault");
        found.into_iter().map(|Name { text, offset }| (text, offset)).collect()
    }

    #[test]
    fn names_are_words_of_any_language() {
        assert_eq!(names("apple * n_1 + _t"), [("apple", 0), ("n_1", 8), ("_t", 14)]);
        assert_eq!(names("苹果*税²"), [("苹果", 0), ("税", 7)]);
        assert_eq!(names("pi + e + 2e1"), []);
    }

    #[test]
    fn a_statement_may_name_its_value() {
        let statement = parse_statement(" all = a + 1 ").expect("parses");
        assert_eq!(statement.name, Some(Name { text: "all", offset: 1 }));
        assert_eq!(parse_statement("a + 1").expect("parses").name, None);
        for (text, at) in [("a == 1", 3), ("= 1", 0), ("2 = a", 2), ("a + b = 1", 6), ("a =", 3)] {
            assert_eq!(parse_statement(text), Err(at), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_two_arguments_has_its_place() {
        for (text, at) in
            [("max(1)", 5), ("max 1, 2", 4), ("sin(1, 2)", 5), ("min(1, 2, 3)", 8), ("max(, 1)", 4)]
        {
            assert_eq!(parse_expression(text), Err(at), "{text}");
        }
        assert_eq!(parse_expression("max （1， 2）"), parse_expression("max(1, 2)"));
    }
}
