//! The functions, and their curves.

use crate::chart::{Line, Mark, Scatter, Symbol};
use crate::function::operation::Function;
use crate::labs::parts::line;
use crate::text::Text;

/// The inputs that are shown.
pub(super) const RANGE: (f64, f64) = (-6.0, 6.0);
/// Points of a curve: an even number of gaps, so that one lies on 0.
const POINTS: usize = 241;

/// An activation function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Activation {
    /// 1 where x > 0, else 0: the perceptron's.
    Step,
    Identity,
    Smooth(Function),
}

use Activation::{Identity, Smooth, Step};

/// All of them, in the order of the book.
pub(super) const ALL: [Activation; 5] =
    [Step, Smooth(Function::Sigmoid), Smooth(Function::Tanh), Smooth(Function::Relu), Identity];

impl Activation {
    pub(super) fn named(name: &str) -> Self {
        match name {
            "step" => Step,
            "sigmoid" => Smooth(Function::Sigmoid),
            "tanh" => Smooth(Function::Tanh),
            "relu" => Smooth(Function::Relu),
            _ => Identity,
        }
    }

    pub(super) fn name(self) -> Text {
        match self {
            Step => Text::new("step", "阶跃函数"),
            Identity => Text::new("identity", "恒等函数"),
            Smooth(Function::Relu) => Text::same("ReLU"),
            Smooth(function) => Text::same(function.symbol()),
        }
    }

    pub(super) fn at(self, x: f64) -> f64 {
        match self {
            Step => f64::from(u8::from(x > 0.0)),
            Identity => x,
            Smooth(function) => function.of(x),
        }
    }

    /// The derivative. At the jump of the step and at the kink of ReLU it is that of the left side.
    pub(super) fn slope(self, x: f64) -> f64 {
        match self {
            Step => 0.0,
            Identity => 1.0,
            Smooth(function) => function.slope(x, function.of(x)),
        }
    }
}

/// A curve over the inputs that are shown, upright where it jumps at 0.
pub(super) fn sampled(name: Text, color: u8, of: &dyn Fn(f64) -> f64) -> Line {
    let (low, high) = RANGE;
    let mut points = Vec::with_capacity(POINTS + 1);
    for index in 0..POINTS {
        let x = low + (high - low) * index as f64 / (POINTS - 1) as f64;
        points.push([x, of(x)]);
        let beyond = of(x + 1e-12);
        if x == 0.0 && (beyond - of(x)).abs() > 1e-6 {
            points.push([x, beyond]);
        }
    }
    line(name, color, points)
}

/// The ring of an input.
pub(super) fn ring(at: [f64; 2], grip: crate::chart::Grip) -> Mark {
    Mark::Scatter(Scatter {
        name: Text::new("input", "输入"),
        color: 3,
        points: vec![at],
        symbol: Symbol::Handle,
        keys: Vec::new(),
        grip: Some(grip),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slopes_are_those_of_the_curves() {
        for function in ALL {
            for x in [-3.3, -0.7, 0.4, 2.9] {
                let h = 1e-5;
                let quotient = (function.at(x + h) - function.at(x - h)) / (2.0 * h);
                assert!((function.slope(x) - quotient).abs() < 1e-8, "{function:?} at {x}");
            }
        }
    }

    #[test]
    fn a_jump_is_upright_and_a_bend_is_not_doubled() {
        let at_0 = |of: &dyn Fn(f64) -> f64| {
            let points = sampled(Text::same("h"), 0, of).points;
            points.into_iter().filter(|point| point[0] == 0.0).collect::<Vec<_>>()
        };
        assert_eq!(at_0(&|x| Step.at(x)), [[0.0, 0.0], [0.0, 1.0]]);
        assert_eq!(at_0(&|x| Smooth(Function::Relu).slope(x)), [[0.0, 0.0], [0.0, 1.0]]);
        assert_eq!(at_0(&|x| Smooth(Function::Relu).at(x)), [[0.0, 0.0]]);
    }
}
