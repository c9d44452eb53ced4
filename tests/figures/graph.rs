//! Computational graphs.

use super::*;

const ID: &str = "graph";

fn diagram(sheet: &Sheet) -> &Diagram {
    let diagrams = sheet.pictures.iter().filter_map(|picture| match &picture.chart {
        Chart::Diagram(diagram) => Some(diagram),
        _ => None,
    });
    let mut diagrams = diagrams;
    diagrams.next().expect("a diagram")
}

/// What stands above and below the edge that leaves the node of these words.
fn edge_from<'d>(diagram: &'d Diagram, words: &str) -> (&'d str, &'d str) {
    let edge = diagram.edges.iter().find(|edge| diagram.nodes[edge.from].words.en == words).expect(words);
    (&edge.forward, &edge.backward)
}

fn steps(pairs: &[(&str, &str)]) -> u64 {
    (lab(ID).steps)(&settings(lab(ID), pairs))
}

#[test]
fn two_apples_cost_220() {
    let sheet = at_end(ID, &[]);
    assert_eq!(number(&sheet, "output"), "220");
    let diagram = diagram(&sheet);
    assert_eq!(edge_from(diagram, "apple"), ("100", "2.2"));
    assert_eq!(edge_from(diagram, "apple_num"), ("2", "110"));
    assert_eq!(edge_from(diagram, "tax"), ("1.1", "200"));
    let last = diagram.edges.last().expect("the output's");
    assert_eq!((last.forward.as_str(), last.backward.as_str()), ("220", "1"));
}

#[test]
fn apples_and_oranges_cost_715() {
    let sheet = at_end(ID, &[("example", "fruit")]);
    assert_eq!(number(&sheet, "output"), "715");
    let diagram = diagram(&sheet);
    let backward: Vec<_> = ["apple", "apple_num", "orange", "orange_num", "tax"]
        .map(|name| edge_from(diagram, name).1.to_owned())
        .into();
    assert_eq!(backward, ["2.2", "110", "3.3", "165", "650"]);
    assert_eq!(diagram.edges.iter().filter(|edge| edge.backward == "1.1").count(), 3);
}

#[test]
fn numbers_appear_as_they_are_reached() {
    // Forward: apple_price, price. Backward: price, apple_price.
    assert_eq!(steps(&[]), 4);
    let counts: Vec<_> = (0..=4)
        .map(|step| {
            let sheet = at_step(ID, &[], step);
            let diagram = diagram(&sheet);
            let count = |word: fn(&fishbowl::chart::Edge) -> &String| {
                diagram.edges.iter().filter(|edge| !word(edge).is_empty()).count()
            };
            (count(|edge| &edge.forward), count(|edge| &edge.backward))
        })
        .collect();
    assert_eq!(counts, [(3, 0), (4, 0), (5, 0), (5, 3), (5, 5)]);
    assert_eq!(number(&at_step(ID, &[], 1), "node"), "100 × 2 = 200");
    let back = at_step(ID, &[], 3);
    assert_eq!(number(&back, "local"), "∂/∂apple_price = 1.1, ∂/∂tax = 200");
    assert_eq!(number(&back, "passed"), "1 · 1.1 = 1.1, 1 · 200 = 200");
    assert!(has_notice(&back, "rule-multiply"));
}

#[test]
fn a_node_that_is_chosen_tells_its_derivatives() {
    let lab = lab(ID);
    let moment = Moment { step: 4, chosen: Some(Key(4)), ..Moment::default() };
    let sheet = (lab.show)(&settings(lab, &[]), &moment, &[]);
    let node = number(&sheet, "node");
    assert!(node == "200 × 1.1 = 220" || node == "tax = 1.1", "{node}");
    for key in [0, 5, 100, u32::MAX] {
        for pairs in [&[][..], &[("example", "softmax")]] {
            let moment = Moment { step: 2, chosen: Some(Key(key)), ..Moment::default() };
            check(lab, &(lab.show)(&settings(lab, pairs), &moment, &[]));
        }
    }
}

#[test]
fn values_too_few_are_1_and_too_many_are_left_out() {
    let result = |values: &str| {
        let pairs = [("example", "own"), ("expression", "x + 10 * y"), ("values", values)];
        let sheet = at_end(ID, &pairs);
        assert_eq!(has_notice(&sheet, "values-count"), values != "2, 3");
        let mended = remedied(ID, &pairs, &sheet);
        assert!(!has_notice(&mended, "values-count"));
        assert_eq!(number(&sheet, "output"), number(&mended, "output"));
        number(&sheet, "output").to_owned()
    };
    assert_eq!([result("2"), result("2, 3"), result("2, 3, 4")], ["12", "32", "32"]);
}

#[test]
fn expressions_without_an_operation_or_with_too_many_are_taken_kindly() {
    let alone = [("example", "own"), ("expression", "x"), ("values", "7")];
    assert_eq!(steps(&alone), 0);
    let sheet = at_step(ID, &alone, 0);
    assert_eq!(edge_from(diagram(&sheet), "x"), ("7", "1"));
    let long = vec!["x"; 60].join("+");
    let pairs = [("example", "own"), ("expression", long.as_str())];
    assert!(has_notice(&at_end(ID, &pairs), "too-many-nodes"));
    let fault = (lab(ID).jobs)(&settings(lab(ID), &pairs)).expect_err("refused");
    assert_eq!((fault.field.as_str(), fault.value.as_str()), ("expression.nodes", "60"));
    // What is not shown is not refused.
    assert!((lab(ID).jobs)(&settings(lab(ID), &[("expression", long.as_str())])).is_ok());
}

/// The numbers of the picture whose caption begins so.
fn of_caption(sheet: &Sheet, caption: &str) -> Vec<f64> {
    let picture =
        sheet.pictures.iter().find(|picture| picture.caption.en.starts_with(caption)).expect(caption);
    let Chart::Matrix(matrix) = &picture.chart else { panic!("{caption}") };
    values(matrix)
}

#[test]
fn an_affine_layer_has_the_numbers_of_the_book() {
    // 5.6.2.
    let sheet = at_end(ID, &[("example", "affine")]);
    assert_eq!(of_caption(&sheet, "X·W (2, 3)"), [0.0, 0.0, 0.0, 10.0, 10.0, 10.0]);
    assert_eq!(of_caption(&sheet, "Y (2, 3)"), [1.0, 2.0, 3.0, 11.0, 12.0, 13.0]);
    assert_eq!(of_caption(&sheet, "∂L/∂B (1, 3)"), [5.0, 7.0, 9.0]);
    assert_eq!(of_caption(&sheet, "∂L/∂X = ∂L/∂Y · Wᵀ (2, 2)").len(), 4);
    assert_eq!(of_caption(&sheet, "∂L/∂W = Xᵀ · ∂L/∂Y (2, 3)"), [4.0, 5.0, 6.0, 8.0, 10.0, 12.0]);
}

#[test]
fn softmax_with_loss_sends_back_y_minus_t() {
    let pairs =
        lab(ID).suggestions.iter().find(|suggestion| suggestion.text.en.contains("(0.3,")).expect("there");
    let sheet = at_end(ID, pairs.settings);
    assert_eq!(number(&sheet, "difference"), "(0.3, −0.8, 0.5)");
    let nearly =
        lab(ID).suggestions.iter().find(|suggestion| suggestion.text.en.contains("(0.01,")).expect("there");
    let back = of_caption(&at_end(ID, nearly.settings), "∂L/∂a");
    assert!((back[0] - 0.01).abs() < 1e-3 && (back[1] + 0.01).abs() < 1e-3 && back[2].abs() < 1e-6);
}

#[test]
fn shapes_that_do_not_fit_are_said_and_can_be_mended() {
    for pairs in [
        [("example", "affine"), ("x", "1, 2, 3")],
        [("example", "affine"), ("w", "1; 2")],
        [("example", "affine"), ("b", "1")],
        [("example", "affine"), ("dy", "1, 2")],
        [("example", "relu"), ("input", "1, 2, 3")],
        [("example", "sigmoid"), ("dout", "1")],
        [("example", "softmax"), ("t", "0, 1")],
    ] {
        let sheet = at_end(ID, &pairs);
        assert!(has_notice(&sheet, "shapes-differ"), "{pairs:?}");
        assert_eq!(steps(&pairs), 0);
        let mended = remedied(ID, &pairs, &sheet);
        assert!(!has_notice(&mended, "shapes-differ") && mended.table.is_some(), "{pairs:?}");
    }
}

/// The largest difference in the table of a sheet.
fn largest_difference(sheet: &Sheet) -> f64 {
    let rows = &sheet.table.as_ref().expect("a table").rows;
    let difference = |cells: &[Cell]| match cells {
        [.., Cell::Number(difference)] => *difference,
        _ => panic!("{cells:?} is not reached"),
    };
    rows.iter().map(|row| difference(&row.cells)).fold(0.0, f64::max)
}

#[test]
fn every_derivative_is_that_of_the_difference() {
    for suggestion in lab(ID).suggestions {
        let difference = largest_difference(&at_end(ID, suggestion.settings));
        let is_kink = suggestion.text.en.contains("kink");
        assert_eq!(difference > 1e-6, is_kink, "{}: {difference}", suggestion.text.en);
    }
    assert!(largest_difference(&at_end(ID, &[])) < 1e-6);
}

/// A random expression in x, y and z.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        4 => prop::sample::select(&["x", "y", "z"][..]).prop_map(str::to_owned),
        1 => (1..30).prop_map(|tenths| format!("{}", f64::from(tenths) / 10.0)),
    ];
    let function = prop::sample::select(
        &["sin", "cos", "tan", "tanh", "exp", "ln", "sqrt", "abs", "sigmoid", "relu", "-"][..],
    );
    let operator = prop::sample::select(&["+", "-", "*", "/", "^"][..]);
    let named = prop::sample::select(&["max", "min"][..]);
    leaf.prop_recursive(4, 12, 2, move |inner| {
        let (left, right) = (inner.clone(), inner.clone());
        prop_oneof![
            3 => (left, operator.clone(), right).prop_map(|(l, o, r)| format!("({l} {o} {r})")),
            3 => (function.clone(), inner.clone()).prop_map(|(f, x)| format!("{f}({x})")),
            1 => (named.clone(), inner.clone(), inner).prop_map(|(f, l, r)| format!("{f}({l}, {r})")),
        ]
    })
    .prop_filter("short enough", |text| text.len() <= 190)
}

fn spelled(rows: usize, columns: usize, most: f64) -> impl Strategy<Value = String> {
    prop::collection::vec(0.0..=1.0, rows * columns).prop_map(move |numbers| {
        let line = |row: &[f64]| {
            row.iter()
                .map(|share: &f64| ((2.0 * share - 1.0) * most).to_string())
                .collect::<Vec<_>>()
                .join(", ")
        };
        numbers.chunks(columns).map(line).collect::<Vec<_>>().join("; ")
    })
}

fn sized(rows: usize, columns: usize, most: f64) -> impl Strategy<Value = String> {
    (1..=rows, 1..=columns).prop_flat_map(move |(rows, columns)| spelled(rows, columns, most))
}

/// Matrices that fit each other or do not, and their layer.
fn layers() -> impl Strategy<Value = Vec<(&'static str, String)>> {
    let example = prop::sample::select(&["affine", "relu", "sigmoid", "softmax"][..]);
    let fitting = (1_usize..5, 1_usize..5, 1_usize..5).prop_flat_map(|(rows, inputs, outputs)| {
        (
            [spelled(rows, inputs, 100.0), spelled(inputs, outputs, 100.0), spelled(1, outputs, 100.0)],
            [spelled(rows, outputs, 100.0), spelled(rows, inputs, 20.0), spelled(rows, inputs, 100.0)],
            [spelled(rows, outputs, 20.0), spelled(rows, outputs, 1.0)],
        )
    });
    let loose = (
        [sized(4, 4, 100.0), sized(4, 4, 100.0), sized(1, 4, 100.0)],
        [sized(4, 4, 100.0), sized(4, 4, 20.0), sized(4, 4, 100.0)],
        [sized(4, 10, 20.0), sized(4, 10, 1.0)],
    );
    (example, prop_oneof![fitting.boxed(), loose.boxed()]).prop_map(
        |(example, ([x, w, b], [dy, input, dout], [a, t]))| {
            let t = t.replace('-', "");
            vec![
                ("example", example.to_owned()),
                ("x", x),
                ("w", w),
                ("b", b),
                ("dy", dy),
                ("input", input),
                ("dout", dout),
                ("a", a),
                ("t", t),
            ]
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_figure_is_the_graph(text in expression(), point in prop::collection::vec(-3.0..3.0_f64, 1..5), step in 0..60_u64) {
        let lab = lab(ID);
        let values: Vec<_> = point.iter().map(f64::to_string).collect();
        let values = values.join(", ");
        let settings = settings(lab, &[("example", "own"), ("expression", &text), ("values", &values)]);
        seen(lab, &settings, step);
        let sheet = seen(lab, &settings, u64::MAX);
        let graph = Graph::parse("f", &text).expect("an expression");
        if (lab.jobs)(&settings).is_err() {
            prop_assert!(graph.nodes().len() > 40);
            return Ok(());
        }
        let given: Vec<_> = (0..graph.variables().len()).map(|at| point.get(at).copied().unwrap_or(1.0)).collect();
        let forward = graph.forward(&given).expect("as many as there are");
        let backward = graph.backward(&forward).expect("as many as there are");
        for row in &sheet.table.as_ref().expect("a table").rows {
            let node = row.key.expect("a node").0 as usize;
            let [_, Cell::Number(value), Cell::Number(gradient), ..] = row.cells[..] else { panic!("{row:?}") };
            prop_assert_eq!(value.to_bits(), forward[node].to_bits());
            prop_assert_eq!(gradient.to_bits(), backward.gradients[node].to_bits());
        }
    }

    #[test]
    fn whatever_matrices_are_set_can_be_seen(pairs in layers(), step in any::<u64>(), near in 0..20_u64) {
        let lab = lab(ID);
        let raw: RawSettings = pairs.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
        let settings = Settings::check(lab.fields, &raw).expect("allowed");
        seen(lab, &settings, step);
        seen(lab, &settings, near);
    }

    #[test]
    fn whatever_is_typed_can_be_seen(text in "[xyab0-9.+*/^(),;= -]{1,60}", step in any::<u64>()) {
        let lab = lab(ID);
        let raw = RawSettings::from([("example".into(), "own".into()), ("expression".into(), text)]);
        if let Ok(settings) = Settings::check(lab.fields, &raw) {
            seen(lab, &settings, step);
        }
    }
}
