//! The forward pass of a small network, number by number, and softmax with its overflow (book 3.3 to 3.5).

mod fields;
mod net;
mod network;
mod pictures;
mod softmax;

use self::fields::FIELDS;
use self::net::Net;
use super::settings::Settings;
use super::sheet::Sheet;
use super::{Edits, Lab, Moment, Shape, Slot, Suggestion, no_guess, no_jobs};
use crate::chart::Grip;
use crate::text::Text;
use crate::train::report::Report;

const SLOTS: &[Slot] = &[
    Slot::new(
        "network",
        Text::new("Network", "神经网络"),
        Text::new(
            "Each edge holds its weight, each neuron its output, with its weighted sum below. Select a neuron to see its calculation.",
            "边上是权重，神经元内是输出，下方是加权和。选择一个神经元可查看它的计算。",
        ),
        Shape::Grid,
    ),
    Slot::new(
        "layer",
        Text::new("The layer as matrices", "用矩阵表示该层"),
        Text::new(
            "A row of the input times a column of W, plus the bias, gives one sum. Each row is one example; select one to see it in the network.",
            "输入的一行与 W 的一列的乘积之和加上偏置，得到一个加权和。每行是一个输入数据，选择一行可在网络中查看。",
        ),
        Shape::Cells,
    ),
    Slot::new(
        "steps",
        Text::new("Softmax in steps", "softmax 函数的计算步骤"),
        Text::new(
            "The formula as written, and with the largest score subtracted first. Both are the same function.",
            "按定义式直接计算，以及先减去最大值再计算。两者是同一个函数。",
        ),
        Shape::Cells,
    ),
    Slot::new(
        "scores",
        Text::new("Scores a", "输入信号 a"),
        Text::new("Drag a bar to change its score.", "拖动柱形可改变输入信号。"),
        Shape::Square,
    ),
    Slot::new(
        "outputs",
        Text::new("Outputs y", "输出 y"),
        Text::new(
            "All between 0 and 1, with a sum of 1: they can be read as probabilities.",
            "都在 0 到 1 之间，总和为 1，因此可以解释为概率。",
        ),
        Shape::Square,
    ),
];

const SUGGESTIONS: &[Suggestion] = &[
    Suggestion {
        text: Text::new("Softmax of (0.3, 2.9, 4.0)", "(0.3, 2.9, 4.0) 的 softmax"),
        settings: &[("part", "softmax")],
    },
    Suggestion {
        text: Text::new("(1010, 1000, 990) overflows", "(1010, 1000, 990) 会溢出"),
        settings: &[("part", "softmax"), ("a", "1010, 1000, 990")],
    },
    Suggestion {
        text: Text::new("Add 100 to every score: the same outputs", "所有输入都加 100：输出不变"),
        settings: &[("part", "softmax"), ("a", "100.3, 102.9, 104")],
    },
    Suggestion {
        text: Text::new("A batch of three inputs in one product", "3 个输入数据，一次矩阵乘积"),
        settings: &[("x", "1, 0.5; 0, 0; -2, 3")],
    },
    Suggestion {
        text: Text::new("ReLU in place of the sigmoid", "用 ReLU 代替 sigmoid"),
        settings: &[("activation", "relu")],
    },
    Suggestion {
        text: Text::new("Softmax at the output: a sum of 1", "输出层用 softmax：总和为 1"),
        settings: &[("output", "softmax")],
    },
    Suggestion {
        text: Text::new("X·W of 3.3.3: (1, 2) gives (5, 11, 17)", "3.3.3 节的 X·W：(1, 2) 得到 (5, 11, 17)"),
        settings: &[("x", "1, 2"), ("activation", "identity"), ("w1", "1, 3, 5; 2, 4, 6"), ("b1", "0, 0, 0")],
    },
    Suggestion {
        text: Text::new(
            "Inputs of 100 and 50: the first layer saturates",
            "输入 100 和 50：第 1 层的 sigmoid 饱和",
        ),
        settings: &[("x", "100, 50")],
    },
];

/// The forward pass, and softmax.
pub(super) const LAB: Lab = Lab {
    id: "forward",
    sections: &["3.3", "3.4", "3.5"],
    title: Text::new("Forward propagation", "前向传播"),
    line: Text::new(
        "Play goes from neuron to neuron. Change the input.",
        "按“播放”，逐个神经元地计算。改变输入，看输出如何变化。",
    ),
    about: Text::new(
        "Each neuron multiplies its inputs by its weights, adds the products and the bias, and applies the activation function h. Written with matrices, one product does this for all neurons of a layer, and for all examples of a batch. The output layer has a function of its own: identity for regression, softmax for classification. Softmax overflows where a score is above 709, because e to that power is larger than any double; subtracting the largest score first changes nothing else.",
        "每个神经元将输入乘以权重，求和后加上偏置，再通过激活函数 h 转换。用矩阵表示时，一次乘积就能算出一层的所有神经元，也能同时处理一批数据。输出层使用自己的函数：回归问题用恒等函数，分类问题用 softmax 函数。输入大于 709 时 softmax 会溢出，因为 e 的这个次幂超出了双精度浮点数的范围；先减去最大值即可避免，结果不变。",
    ),
    formula: concat!(
        r#"<math display="block"><msup><mi>A</mi><mrow><mo stretchy="false">(</mo><mn>1</mn><mo stretchy="false">)</mo></mrow></msup><mo>=</mo>"#,
        r#"<mi>X</mi><msup><mi>W</mi><mrow><mo stretchy="false">(</mo><mn>1</mn><mo stretchy="false">)</mo></mrow></msup><mo>+</mo>"#,
        r#"<msup><mi>B</mi><mrow><mo stretchy="false">(</mo><mn>1</mn><mo stretchy="false">)</mo></mrow></msup><mo>,</mo><mspace width="1em"/>"#,
        r#"<msup><mi>Z</mi><mrow><mo stretchy="false">(</mo><mn>1</mn><mo stretchy="false">)</mo></mrow></msup><mo>=</mo><mi>h</mi><mo stretchy="false">(</mo>"#,
        r#"<msup><mi>A</mi><mrow><mo stretchy="false">(</mo><mn>1</mn><mo stretchy="false">)</mo></mrow></msup><mo stretchy="false">)</mo><mo>,</mo><mspace width="1em"/>"#,
        r#"<msub><mi>y</mi><mi>k</mi></msub><mo>=</mo><mfrac><msup><mi>e</mi><msub><mi>a</mi><mi>k</mi></msub></msup>"#,
        r#"<mrow><munder><mo>∑</mo><mi>i</mi></munder><msup><mi>e</mi><msub><mi>a</mi><mi>i</mi></msub></msup></mrow></mfrac></math>"#
    ),
    fields: FIELDS,
    slots: SLOTS,
    inputs: &[],
    suggestions: SUGGESTIONS,
    pace: 1.0,
    jobs: no_jobs,
    steps,
    show,
    drag,
    guess: no_guess,
};

/// Whether softmax is shown by itself.
fn is_softmax(settings: &Settings) -> bool {
    settings.words("part") == "softmax"
}

fn steps(settings: &Settings) -> u64 {
    if is_softmax(settings) { softmax::STEPS } else { Net::new(settings).steps() as u64 }
}

fn show(settings: &Settings, moment: &Moment, _: &[Option<Report>]) -> Sheet {
    if is_softmax(settings) {
        softmax::show(settings.numbers("a"), moment)
    } else {
        network::show(&Net::new(settings), moment)
    }
}

fn drag(settings: &Settings, grip: Grip, at: [f64; 2]) -> Edits {
    match grip {
        softmax::SCORE => softmax::drag(settings.numbers("a"), at),
        _ => Edits::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, Diagram, Key, Matrix};
    use crate::labs::sheet::Remedy;
    use crate::nn::networks;

    fn sheet(pairs: &[(&str, &str)], moment: &Moment) -> Sheet {
        show(&Settings::of(FIELDS, pairs), moment, &[])
    }

    fn at_end(pairs: &[(&str, &str)]) -> Sheet {
        sheet(pairs, &Moment { step: u64::MAX, ..Moment::default() })
    }

    fn number<'s>(sheet: &'s Sheet, name: &str) -> &'s str {
        sheet.numbers.iter().find(|number| number.name == name).map_or("", |number| &number.value)
    }

    fn matrix<'s>(sheet: &'s Sheet, caption: &str) -> &'s Matrix {
        let found = sheet.pictures.iter().find(|picture| picture.caption.en.starts_with(caption));
        match &found.expect(caption).chart {
            Chart::Matrix(matrix) => matrix,
            _ => panic!("{caption}"),
        }
    }

    fn written(matrix: &Matrix) -> Vec<&str> {
        matrix.cells.iter().map(|cell| &*cell.words).collect()
    }

    fn diagram(sheet: &Sheet) -> &Diagram {
        match &sheet.pictures[0].chart {
            Chart::Diagram(diagram) => diagram,
            _ => panic!("no diagram"),
        }
    }

    #[test]
    fn the_weights_are_those_that_the_book_prints() {
        let settings = Settings::of(FIELDS, &[]);
        let printed = networks::find("forward").expect("a named net").weights;
        for (field, printed) in ["w1", "b1", "w2", "b2", "w3", "b3"].into_iter().zip(printed) {
            assert_eq!(settings.rows(field).concat(), printed.values, "{field}");
            assert_eq!(settings.rows(field)[0].len(), printed.shape[printed.shape.len() - 1], "{field}");
        }
    }

    #[test]
    fn the_numbers_are_those_of_3_4_3() {
        let sheet = at_end(&[]);
        assert_eq!(number(&sheet, "y"), "(0.31682708, 0.69627909)");
        let net = Net::new(&Settings::of(FIELDS, &[]));
        let near = |found: &[f64], printed: &[f64]| {
            assert!(
                found.iter().zip(printed).all(|(found, printed)| (found - printed).abs() < 5e-9),
                "{found:?}"
            );
        };
        near(&net.layers[0].a[0], &[0.3, 0.7, 1.1]);
        near(&net.layers[0].z[0], &[0.57444252, 0.66818777, 0.75026011]);
        near(&net.layers[1].z[0], &[0.62624937, 0.7710107]);
        // Every neuron and every bias has a node, every weight and every bias an edge with its number.
        let diagram = diagram(&sheet);
        assert_eq!((diagram.nodes.len(), diagram.edges.len()), (12, 23));
        assert!(diagram.edges.iter().all(|edge| !edge.forward.is_empty()));
    }

    #[test]
    fn x_times_w_is_that_of_3_3_3() {
        let settings =
            SUGGESTIONS.iter().find(|suggestion| suggestion.text.en.contains("3.3.3")).expect("there");
        let sheet = sheet(settings.settings, &Moment { step: 3, ..Moment::default() });
        assert_eq!(written(matrix(&sheet, "A1 = X·W1 + B1 (3,)")), ["5", "11", "17"]);
    }

    #[test]
    fn each_step_calculates_one_neuron() {
        assert_eq!(steps(&Settings::of(FIELDS, &[])), 7);
        assert_eq!(steps(&Settings::of(FIELDS, &[("output", "softmax")])), 8);
        let known = |step: u64| {
            let sheet = sheet(&[], &Moment { step, ..Moment::default() });
            diagram(&sheet).nodes.iter().filter(|node| node.note.en.contains('=')).count()
        };
        assert_eq!((0..8).map(known).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5, 6, 7]);
        let second = sheet(&[], &Moment { step: 2, ..Moment::default() });
        assert_eq!(number(&second, "sum"), "1·0.3 + 0.5·0.4 + 0.2 = 0.7");
        assert_eq!(number(&second, "activated"), "sigmoid(0.7) = 0.66818777");
        assert_eq!(written(matrix(&second, "A1 =")), ["0.3", "0.7", ""]);
    }

    #[test]
    fn a_batch_gives_what_its_rows_give_alone() {
        let rows = ["1, 0.5", "0, 0", "-2, 3"];
        let settings = Settings::of(FIELDS, &[("x", &rows.join("; "))]);
        let net = Net::new(&settings);
        for (row, x) in rows.iter().enumerate() {
            let alone = at_end(&[("x", x)]);
            assert_eq!(network::tuple(&net.layers[2].z[row]), number(&alone, "y"));
            // The example that is chosen stands in the network.
            let chosen = Some(network::neuron_key(row, 0, 0));
            let seen = show(&settings, &Moment { step: 7, chosen, ..Moment::default() }, &[]);
            assert_eq!(number(&seen, "y"), number(&alone, "y"));
        }
    }

    #[test]
    fn a_neuron_that_is_chosen_is_explained() {
        let chosen =
            |step: u64, key: Key| sheet(&[], &Moment { step, chosen: Some(key), ..Moment::default() });
        let first = chosen(7, network::neuron_key(0, 1, 0));
        assert_eq!(number(&first, "sum"), "1·0.1 + 0.5·0.2 + 0.1 = 0.3");
        assert_eq!(written(matrix(&first, "W1 (2, 3)")).len(), 6);
        // One that is not reached is not.
        assert_eq!(number(&chosen(1, network::neuron_key(0, 2, 0)), "sum"), number(&first, "sum"));
        for key in [0, 7, 63, 64, 1023, 1024, u32::MAX] {
            chosen(3, Key(key));
        }
    }

    #[test]
    fn softmax_has_the_numbers_of_the_book() {
        let sheet = at_end(&[("part", "softmax")]);
        assert_eq!(number(&sheet, "y"), "(0.01821127, 0.24519181, 0.73659691)");
        assert_eq!(number(&sheet, "total"), "1");
        // 3.5.1: exp_a and sum_exp_a.
        assert_eq!(&written(matrix(&sheet, "As written: Σ = 74.122154"))[3..6], ["1.35", "18.17", "54.6"]);
        assert!(sheet.notices.is_empty());
        // 3.5.2
        let sheet = at_end(&[("part", "softmax"), ("a", "1010, 1000, 990")]);
        assert_eq!(&written(matrix(&sheet, "As written"))[6..], ["NaN"; 3]);
        assert_eq!(&written(matrix(&sheet, "Stable"))[..3], ["0", "−10", "−20"]);
        assert_eq!(number(&sheet, "y"), "(0.9999546, 0.000045397869, 2.06106e-9)");
        assert_eq!(sheet.notices[0].code, "overflow");
    }

    #[test]
    fn whatever_fails_as_written_is_said() {
        for (a, says) in [("-1000, -999", "0 / 0"), ("709.5, 709.5", "sum of the powers"), ("800", "∞ / ∞")]
        {
            let sheet = at_end(&[("part", "softmax"), ("a", a)]);
            assert!(sheet.notices[0].text.en.contains(says), "{a}: {}", sheet.notices[0].text.en);
            assert_eq!(number(&sheet, "total"), "1", "{a}");
        }
    }

    #[test]
    fn a_bar_changes_its_score_alone() {
        let settings = Settings::of(FIELDS, &[("part", "softmax")]);
        let moved = |at| drag(&settings, softmax::SCORE, at).settings;
        assert_eq!(moved([1.2, -1.23456]), [("a", "0.3, -1.23, 4".to_owned())]);
        assert_eq!(moved([0.0, 1e9]), [("a", "2000, 2.9, 4".to_owned())]);
        assert_eq!((moved([3.0, 1.0]), moved([0.0, f64::NAN])), (vec![], vec![]));
    }

    #[test]
    fn shapes_that_do_not_fit_are_said_and_can_be_mended() {
        for (field, value, wanted) in [
            ("x", "1, 2, 3", "W1 (3, 3)"),
            ("w1", "1; 2", "B1 (1,)"),
            ("b2", "1, 2, 3", "B2 (2,)"),
            ("w3", "1", "W3 (2, 1)"),
        ] {
            let sheet = at_end(&[(field, value)]);
            let remedies = sheet.notices.iter().flat_map(|notice| &notice.remedies);
            let mut pairs = vec![(field, value.to_owned())];
            let mut offers = Vec::new();
            for remedy in remedies {
                let Remedy::Set { text, settings } = remedy else { panic!("figures have no weights") };
                offers.push(text.en.clone());
                pairs.retain(|(name, _)| settings.iter().all(|(other, _)| other != name));
                pairs.extend(settings.clone());
            }
            assert!(offers.iter().any(|offer| offer.ends_with(wanted)), "{field}: {offers:?}");
            assert!(!number(&sheet, "y").is_empty());
            let pairs: Vec<_> = pairs.iter().map(|(name, value)| (*name, value.as_str())).collect();
            assert!(at_end(&pairs).notices.is_empty(), "{pairs:?}");
        }
    }
}
