//! What each kind of node sends back, in a sentence (book 5.3, 5.5 and 5.6).

use crate::function::operation::{Function, Operator};
use crate::graph::Operation;
use crate::graph::layers::LayerOperation;
use crate::labs::sheet::{Notice, Tone};
use crate::text::Text;

fn notice(code: &'static str, text: Text) -> Option<Notice> {
    Some(Notice { code, tone: Tone::Info, text, remedies: Vec::new() })
}

/// The rule of a node that holds a number; none for what is given.
pub(super) fn of_number(operation: Operation) -> Option<Notice> {
    match operation {
        Operation::Constant(_) | Operation::Variable(_) => None,
        Operation::Apply(function) => of_function(function),
        Operation::Raise(_) => notice(
            "rule-raise",
            Text::new("The local derivative of xⁿ is n · xⁿ⁻¹.", "xⁿ 的局部导数为 n · xⁿ⁻¹。"),
        ),
        Operation::Combine(operator) => of_operator(operator),
    }
}

fn of_operator(operator: Operator) -> Option<Notice> {
    match operator {
        Operator::Add => notice(
            "rule-add",
            Text::new(
                "Addition node: both local derivatives are 1, so what comes back is passed on unchanged.",
                "加法节点：局部导数都是 1，将上游传来的导数原封不动地传给下游。",
            ),
        ),
        Operator::Subtract => notice(
            "rule-subtract",
            Text::new(
                "Subtraction node: the local derivatives are 1 and −1.",
                "减法节点：局部导数为 1 和 −1。",
            ),
        ),
        Operator::Multiply => notice(
            "rule-multiply",
            Text::new(
                "Multiplication node: each input gets what comes back, times the value of the other input.",
                "乘法节点：将上游传来的导数乘以正向传播时输入信号的“翻转值”，再传给下游。",
            ),
        ),
        Operator::Divide => notice(
            "rule-divide",
            Text::new(
                "Division node: the local derivatives of x / y are 1/y and −x/y².",
                "除法节点：x / y 的局部导数为 1/y 和 −x/y²。",
            ),
        ),
        Operator::Power => notice(
            "rule-power",
            Text::new(
                "Power node: the local derivatives of xʸ are y · xʸ⁻¹ and xʸ · ln x.",
                "幂节点：xʸ 的局部导数为 y · xʸ⁻¹ 和 xʸ · ln x。",
            ),
        ),
        Operator::Max => notice(
            "rule-max",
            Text::new(
                "Maximum node: what comes back goes to the larger input. The other gets 0.",
                "最大值节点：上游传来的导数传给较大的输入，另一个为 0。",
            ),
        ),
        Operator::Min => notice(
            "rule-min",
            Text::new(
                "Minimum node: what comes back goes to the smaller input. The other gets 0.",
                "最小值节点：上游传来的导数传给较小的输入，另一个为 0。",
            ),
        ),
    }
}

fn of_function(function: Function) -> Option<Notice> {
    let (code, text) = match function {
        Function::Negate => {
            ("rule-negate", Text::new("The local derivative of −x is −1.", "−x 的局部导数为 −1。"))
        }
        Function::Sin => {
            ("rule-sin", Text::new("The local derivative of sin x is cos x.", "sin x 的局部导数为 cos x。"))
        }
        Function::Cos => {
            ("rule-cos", Text::new("The local derivative of cos x is −sin x.", "cos x 的局部导数为 −sin x。"))
        }
        Function::Tan => (
            "rule-tan",
            Text::new("The local derivative of y = tan x is 1 + y².", "y = tan x 的局部导数为 1 + y²。"),
        ),
        Function::Tanh => (
            "rule-tanh",
            Text::new("The local derivative of y = tanh x is 1 − y².", "y = tanh x 的局部导数为 1 − y²。"),
        ),
        Function::Exp => (
            "rule-exp",
            Text::new("The local derivative of y = exp(x) is y itself.", "y = exp(x) 的局部导数就是 y。"),
        ),
        Function::Ln => {
            ("rule-ln", Text::new("The local derivative of ln x is 1/x.", "ln x 的局部导数为 1/x。"))
        }
        Function::Sqrt => (
            "rule-sqrt",
            Text::new("The local derivative of y = √x is 1/(2y).", "y = √x 的局部导数为 1/(2y)。"),
        ),
        Function::Abs => (
            "rule-abs",
            Text::new(
                "The local derivative of |x| is 1 where x > 0 and −1 where x < 0.",
                "|x| 的局部导数在 x > 0 时为 1，在 x < 0 时为 −1。",
            ),
        ),
        Function::Sigmoid => (
            "rule-sigmoid",
            Text::new(
                "The local derivative of y = sigmoid(x) is y(1 − y).",
                "y = sigmoid(x) 的局部导数为 y(1 − y)。",
            ),
        ),
        Function::Relu => (
            "rule-relu",
            Text::new(
                "ReLU node: what comes back passes where x > 0. Elsewhere it stops at 0.",
                "ReLU 节点：x > 0 时将上游的值原封不动地传给下游，否则传给下游的信号停在此处，为 0。",
            ),
        ),
    };
    notice(code, text)
}

/// The rule of a node that holds a matrix; none for what is given.
pub(super) fn of_matrix(operation: LayerOperation) -> Option<Notice> {
    let (code, text) = match operation {
        LayerOperation::Given => return None,
        LayerOperation::Dot => (
            "rule-dot",
            Text::new(
                "Matrix product: X gets ∂L/∂Y · Wᵀ and W gets Xᵀ · ∂L/∂Y. Each gradient has the shape of its matrix.",
                "矩阵乘积：传给 X 的是 ∂L/∂Y · Wᵀ，传给 W 的是 Xᵀ · ∂L/∂Y。梯度与对应的矩阵形状相同。",
            ),
        ),
        LayerOperation::AddRow => (
            "rule-add-row",
            Text::new(
                "B was added to every row, so it gets the sum over the rows. X·W gets what comes back unchanged.",
                "正向传播时 B 被加到每一行，因此反向传播时按行求和传给 B；传给 X·W 的导数不变。",
            ),
        ),
        LayerOperation::Apply(Function::Negate) => (
            "rule-sigmoid-whole",
            Text::new(
                "× node: the local derivative is −1. All four nodes together multiply by y(1 − y).",
                "× 节点：局部导数为 −1。四个节点合起来相当于乘以 y(1 − y)。",
            ),
        ),
        LayerOperation::Apply(function) => return of_function(function),
        LayerOperation::AddOne => (
            "rule-add-one",
            Text::new(
                "+ node: what comes back is passed on unchanged.",
                "+ 节点：将上游的值原封不动地传给下游。",
            ),
        ),
        LayerOperation::Reciprocal => (
            "rule-reciprocal",
            Text::new(
                "/ node: the local derivative of y = 1/x is −y².",
                "/ 节点：y = 1/x 的局部导数为 −y²。",
            ),
        ),
        LayerOperation::Softmax => (
            "rule-softmax",
            Text::new(
                "Softmax with cross-entropy: y − t comes back, divided by the number of rows.",
                "Softmax 与交叉熵误差合起来，传回 y − t（除以批大小）。",
            ),
        ),
        LayerOperation::CrossEntropy => (
            "rule-cross-entropy",
            Text::new(
                "Cross-entropy error: −t/y comes back, divided by the number of rows.",
                "交叉熵误差：传回 −t/y（除以批大小）。",
            ),
        ),
    };
    notice(code, text)
}
