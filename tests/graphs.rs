//! Computational graphs of random expressions: their derivatives are those of the difference quotient, and no text
//! whatever makes them panic.
#![cfg(not(target_arch = "wasm32"))]

use fishbowl::error::Code;
use fishbowl::function::expression::Expression;
use fishbowl::graph::{Backward, Graph};
use proptest::prelude::*;

const NAMES: [&str; 3] = ["x", "y", "z"];

/// A random expression in x, y and z.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => prop::sample::select(&NAMES[..]).prop_map(str::to_owned),
        1 => (1..30).prop_map(|tenths| format!("{}", f64::from(tenths) / 10.0)),
    ];
    let function = prop::sample::select(
        &["sin", "cos", "tan", "tanh", "exp", "ln", "sqrt", "abs", "sigmoid", "relu", "-"][..],
    );
    let operator = prop::sample::select(&["+", "-", "*", "/"][..]);
    leaf.prop_recursive(4, 16, 2, move |inner| {
        let (left, right) = (inner.clone(), inner.clone());
        prop_oneof![
            3 => (left, operator.clone(), right).prop_map(|(l, o, r)| format!("({l} {o} {r})")),
            3 => (function.clone(), inner.clone()).prop_map(|(f, x)| format!("{f}({x})")),
            1 => (inner.clone(), -2..4).prop_map(|(x, n)| format!("({x})^{n}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(l, r)| format!("sigmoid({l})^({r})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(l, r)| format!("max({l}, {r})")),
            1 => (inner.clone(), inner).prop_map(|(l, r)| format!("min({l}, {r})")),
        ]
    })
    .prop_filter("short enough", |text| text.len() <= 200)
}

fn point() -> impl Strategy<Value = [f64; 3]> {
    prop::array::uniform3(-2.0..2.0)
}

/// The values of those variables that a graph has.
fn given(graph: &Graph, point: [f64; 3]) -> Vec<f64> {
    let value = |name: &String| NAMES.iter().position(|known| known == name).map_or(1.0, |at| point[at]);
    graph.variables().iter().map(value).collect()
}

fn output(graph: &Graph, variables: &[f64]) -> f64 {
    graph.forward(variables).expect("as many as there are")[graph.output()]
}

/// Does with a graph what a lab does.
fn use_it(graph: &Graph) -> (Vec<f64>, Backward) {
    let values = graph.forward(&given(graph, [0.5, -1.5, 2.5])).expect("as many as there are");
    let backward = graph.backward(&values).expect("as many as there are");
    assert_eq!(graph.layout().places.len(), graph.nodes().len());
    assert!(graph.nodes().iter().all(|node| !node.symbol().is_empty()));
    (values, backward)
}

/// Reads a text that may be anything.
fn read(text: &str) {
    let length = text.chars().count();
    match Graph::parse("f", text) {
        Ok(graph) => drop(use_it(&graph)),
        Err(error) => assert!(error.at.is_none_or(|at| at <= length), "{text:?}: {error}"),
    }
    if let Err(error) = Expression::parse("f", text, NAMES) {
        assert!(error.at.is_none_or(|at| at <= length), "{text:?}: {error}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 500,
        max_global_rejects: 5000,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn derivatives_are_those_of_the_difference(text in expression(), point in point()) {
        let graph = Graph::parse("f", &text).expect("an expression");
        let variables = given(&graph, point);
        let values = graph.forward(&variables).expect("as many as there are");
        let backward = graph.backward(&values).expect("as many as there are");
        // Large numbers leave the difference nothing but rounding.
        let tame = |number: &f64| number.abs() < 1e5;
        prop_assume!(values.iter().chain(&backward.slopes).all(tame));
        for (index, name) in graph.variables().iter().enumerate() {
            let difference = |h: f64| {
                let moved = |by: f64| {
                    let mut variables = variables.clone();
                    variables[index] += by;
                    output(&graph, &variables)
                };
                (moved(h) - moved(-h)) / (2.0 * h)
            };
            let (far, near) = (difference(2e-4), difference(1e-4));
            // Where they disagree there is a kink, a gap or a pole close by.
            prop_assume!((far - near).abs() <= 1e-5 * (1.0 + near.abs()));
            // Combined so that the h² of their error cancels (Richardson 1911).
            let expected = (4.0 * near - far) / 3.0;
            let found = backward.gradients[graph.find(name).expect("a variable")];
            prop_assert!((found - expected).abs() <= 1e-5 * (1.0 + expected.abs()), "{}: {} {}", name, found, expected);
        }
    }

    #[test]
    fn a_graph_and_an_expression_have_the_same_value(text in expression(), point in point()) {
        let graph = Graph::parse("f", &text).expect("an expression");
        let expression = Expression::parse("f", &text, NAMES).expect("an expression");
        let (one, other) = (output(&graph, &given(&graph, point)), expression.at(point));
        prop_assert!(one.to_bits() == other.to_bits() || one.is_nan() && other.is_nan(), "{} {}", one, other);
    }

    #[test]
    fn a_gradient_is_the_sum_of_what_the_edges_bring_back(text in expression()) {
        let graph = Graph::parse("f", &format!("t = {text}; t * t + t * x")).expect("an expression");
        let (values, backward) = use_it(&graph);
        prop_assume!(values.iter().chain(&backward.contributions).all(|number| number.abs() < 1e9));
        for (node, gradient) in backward.gradients.iter().enumerate() {
            let own = if node == graph.output() { 1.0 } else { 0.0 };
            let brought = graph.edges().iter().zip(&backward.contributions).filter(|(edge, _)| edge.from == node);
            let sum = brought.fold(own, |sum, (_, number)| sum + number);
            prop_assert!((sum - gradient).abs() <= 1e-9 * (1.0 + gradient.abs()), "{}: {} {}", node, sum, gradient);
        }
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[xyzepi苹0-9.+*/^()²=;,，（） \n-]{0,60}|\\PC{0,40}") {
        read(&text);
    }
}

#[test]
fn a_text_that_breaks_off_anywhere_is_read_or_refused() {
    for text in [
        "all_apple = apple * n_apple; fruit = all_apple + orange*n_orange;\nfruit * tax",
        "总价 = 苹果 × 2；总价 ÷ 1.1e-1 − max（总价，-3.5)² ** sigmoid(relu(x)) + pi",
        "1 / (1 + exp(-(w0*x0 + w1*x1 + w2)))",
        "max(sin(x)^-2, min(2³, sqrt(abs(ln(.5)))))",
    ] {
        assert!(Graph::parse("f", text).is_ok(), "{text}");
        for (end, _) in text.char_indices() {
            read(&text[..end]);
            read(&text[end..]);
        }
    }
}

#[test]
fn the_deepest_expressions_need_little_stack() {
    // A tab's worker has about a megabyte of it.
    let deepest = |unit: &str, end: &str| {
        let count = (199 - end.len()) / (unit.len() + end.len());
        format!("{}x{}", unit.repeat(count), end.repeat(count))
    };
    let texts =
        [deepest("(", ")"), deepest("-", ""), deepest("2^", ""), deepest("ln(", ")"), deepest("max(1,", ")")];
    let open = ["(".repeat(200), "exp(".repeat(50), "max(".repeat(50), "-(".repeat(100)];
    let work = move || {
        for text in &texts {
            use_it(&Graph::parse("f", text).expect(text));
            Expression::parse("f", text, NAMES).expect(text).at([1.0; 3]);
        }
        for text in &open {
            assert_eq!(Graph::parse("f", text).expect_err(text).code, Code::Expression);
        }
    };
    let thread = std::thread::Builder::new().stack_size(512 * 1024).spawn(work);
    thread.expect("a thread").join().expect("no panic");
}
