//! Loss functions on outputs that one drags, and why accuracy is none (book 4.2).

mod accuracy;
mod batch;
mod fields;
mod pictures;

use self::batch::{Batch, LOSSES, Loss};
use self::fields::FIELDS;
use super::parts::{self, number, significant, told};
use super::settings::Settings;
use super::sheet::{Cell, Notice, Remedy, Row, Sheet, Table, Tone};
use super::{Edits, Lab, Moment, Shape, Slot, Suggestion, no_guess, no_jobs, no_steps};
use crate::chart::Grip;
use crate::text::Text;
use crate::train::report::Report;

/// As many images as a batch may hold.
const MOST: u16 = 4;
/// The first of the grips that move outputs, one for each image.
const OUTPUT: u16 = 0;
/// The first of the grips that move the output of the right class.
const RIGHT: u16 = MOST;
/// Chooses the right class.
const CLASS: Grip = Grip(2 * MOST);
/// Moves the bias.
const PARAMETER: Grip = Grip(2 * MOST + 1);

/// Loss functions.
pub(super) const LAB: Lab = Lab {
    id: "loss",
    sections: &["4.2"],
    title: Text::new("Loss functions", "损失函数"),
    line: Text::new(
        "Drag an output and watch every loss; then see why accuracy cannot take its place.",
        "拖动输出，观察各种损失；再看为什么不能用识别精度代替损失。",
    ),
    about: Text::new(
        "A loss says how bad the outputs of a network are; learning makes it smaller. y holds the outputs, t the label. The squared error adds up over all outputs. The cross-entropy error looks at the output of the right class alone: it is −log of it, so 0.6 costs 0.51 and 0.1 costs 2.30. The book adds 1e-7, so that an output of 0 does not give an infinite loss. Over a mini-batch it is the mean. The log-likelihood takes each output as a yes or no of its own, the hinge loss takes them as scores. Accuracy cannot be minimised in place of a loss: a small change of a parameter hardly ever changes it, so its derivative is 0 almost everywhere.",
        "损失函数表示神经网络输出的恶劣程度，学习就是使它变小。y 是输出，t 是监督标签。均方误差对全部输出求和。交叉熵误差只由正确解标签对应的输出决定，等于它的 −log：0.6 对应 0.51，0.1 对应 2.30。书中加上 1e-7，以免输出为 0 时损失变为无限大。对 mini-batch 求平均。对数似然把每个输出看作独立的“是或否”，合页损失把输出看作得分。不能用识别精度代替损失：参数的微小变化几乎不会改变识别精度，它的导数在绝大多数地方都是 0。",
    ),
    formula: concat!(
        r#"<math display="block"><mi>E</mi><mo>=</mo><mfrac><mn>1</mn><mn>2</mn></mfrac><munder><mo>∑</mo><mi>k</mi></munder><msup><mrow><mo stretchy="false">(</mo><msub><mi>y</mi><mi>k</mi></msub><mo>−</mo><msub><mi>t</mi><mi>k</mi></msub><mo stretchy="false">)</mo></mrow><mn>2</mn></msup><mo>,</mo><mspace width="1em"/>"#,
        r#"<mi>E</mi><mo>=</mo><mo>−</mo><mfrac><mn>1</mn><mi>N</mi></mfrac><munder><mo>∑</mo><mi>n</mi></munder><munder><mo>∑</mo><mi>k</mi></munder><msub><mi>t</mi><mrow><mi>n</mi><mi>k</mi></mrow></msub><mi>log</mi><msub><mi>y</mi><mrow><mi>n</mi><mi>k</mi></mrow></msub></math>"#
    ),
    fields: FIELDS,
    slots: &[
        Slot::new(
            "outputs",
            Text::new("Outputs", "输出"),
            Text::new(
                "What the network says to each class. Drag the bars.",
                "网络对每个类别的输出。可拖动条形。",
            ),
            Shape::Multiples,
        ),
        Slot::new(
            "costs",
            Text::new("Losses", "损失"),
            Text::new(
                "Each loss as the output of the right class moves. The cross-entropy error is −log of it. Drag the ring.",
                "正确解的输出变化时的各种损失，其中交叉熵误差是它的 −log。可拖动圆环。",
            ),
            Shape::Square,
        ),
        Slot::new(
            "arrays",
            Text::new("Arrays", "数组"),
            Text::new(
                "Outputs, labels and what the cross-entropy error takes of them. Select a cell to make it the right class.",
                "输出、监督标签，以及交叉熵误差所用的部分。选择一个元素，可将它设为正确解。",
            ),
            Shape::Cells,
        ),
        Slot::new(
            "samples",
            Text::new("One neuron, ten samples", "一个神经元，十个数据"),
            Text::new(
                "An output above 0.5 means class 1. A cross is on the wrong side.",
                "输出大于 0.5 时判为类别 1。叉号表示判断错误。",
            ),
            Shape::Square,
        ),
        Slot::new(
            "against",
            Text::new("For each bias", "不同偏置下"),
            Text::new(
                "The loss moves with every change of the bias. Accuracy jumps, and is flat between its jumps. Drag a ring.",
                "偏置一变，损失就变化；识别精度只会跳变，其间是平的。可拖动圆环。",
            ),
            Shape::Multiples,
        ),
    ],
    inputs: &[],
    suggestions: &[
        Suggestion {
            text: Text::new("Wrong: 0.1 for the right class", "错误：正确解的输出只有 0.1"),
            settings: &[("y", "0.1, 0.05, 0.1, 0, 0.05, 0.1, 0, 0.6, 0, 0")],
        },
        Suggestion {
            text: Text::new("An output of 0: saved by 1e-7", "输出为 0：靠 1e-7 避免无限大"),
            settings: &[("label", "3")],
        },
        Suggestion {
            text: Text::new("The label as a number", "数字形式的标签"),
            settings: &[("form", "number")],
        },
        Suggestion {
            text: Text::new("A mini-batch: the mean of three", "mini-batch：三个数据的平均"),
            settings: &[("experiment", "batch")],
        },
        Suggestion {
            text: Text::new("Accuracy stands still while the loss moves", "识别精度不变，损失却在变化"),
            settings: &[("experiment", "accuracy")],
        },
    ],
    pace: 10.0,
    jobs: no_jobs,
    steps: no_steps,
    show,
    drag,
    guess: no_guess,
};

fn show(settings: &Settings, _: &Moment, _: &[Option<Report>]) -> Sheet {
    if settings.words("experiment") == "accuracy" {
        return accuracy::sheet(settings);
    }
    let batch = Batch::new(settings);
    let said = |loss| Some(significant(batch.mean(loss), 15));
    Sheet {
        notices: notices(&batch, settings),
        numbers: parts::listed([
            number("cross-entropy", Text::new("Cross-entropy error", "交叉熵误差"), said(Loss::CrossEntropy)),
            number("squared", Text::new("Squared error", "均方误差"), said(Loss::SquaredError)),
        ]),
        table: Some(table(&batch)),
        pictures: pictures::all(&batch),
    }
}

/// What is out of order with labels and outputs.
fn notices(batch: &Batch, settings: &Settings) -> Vec<Notice> {
    let is_one = settings.words("experiment") == "one";
    let mut notices = Vec::new();
    if let Some(mended) = &batch.mended {
        let name = if is_one { "label" } else { "labels" };
        notices.push(Notice {
            code: "labels",
            tone: Tone::Warning,
            text: told(
                format!(
                    "There must be one class for each image, and an output for it. Taken instead: {mended}."
                ),
                format!("每个图像需要一个类别，且该类别要有输出。现改用：{mended}。"),
            ),
            remedies: vec![Remedy::Set {
                text: told(format!("Set t to {mended}"), format!("将 t 设为 {mended}")),
                settings: vec![(name, mended.clone())],
            }],
        });
    }
    let sums = batch.rows.iter().map(|row| row.iter().sum::<f64>());
    let off = sums.clone().find(|sum| (sum - 1.0).abs() > 1e-3);
    if let Some(sum) = off {
        let sum = significant(sum, 4);
        notices.push(Notice {
            code: "sum",
            tone: Tone::Info,
            text: told(
                format!("These outputs add up to {sum}; those of softmax add up to 1."),
                format!("这些输出的总和为 {sum}；softmax 的输出总和为 1。"),
            ),
            remedies: Vec::new(),
        });
    }
    notices
}

/// Every loss of every image, and its mean.
fn table(batch: &Batch) -> Table {
    let images = batch.rows.len();
    let mut columns = vec![Text::new("loss", "损失函数"), Text::new("formula", "公式")];
    let image = |row: usize| Text::same(format!("y{row}"));
    if images > 1 {
        columns.extend((0..images).map(image));
    }
    columns.push(if images > 1 { Text::new("mean", "平均") } else { Text::new("value", "值") });
    let row = |&loss: &Loss| {
        let mut cells: Vec<_> = loss.name().map(Cell::Words).into();
        if images > 1 {
            cells.extend((0..images).map(|row| Cell::Number(batch.loss(loss, row))));
        }
        cells.push(Cell::Number(batch.mean(loss)));
        Row { key: None, cells }
    };
    Table { columns, rows: LOSSES.iter().map(row).collect() }
}

fn drag(settings: &Settings, grip: Grip, [x, y]: [f64; 2]) -> Edits {
    let one = |name, words: String| Edits { settings: vec![(name, words)], step: None };
    if grip == PARAMETER {
        return Edits { settings: parts::moved(FIELDS, "b", x).into_iter().collect(), step: None };
    }
    let batch = Batch::new(settings);
    let is_one = settings.words("experiment") != "batch";
    // A float that is negative or not a number becomes 0.
    let nearest = |at: f64, count: usize| (at.round() as usize).min(count.saturating_sub(1));
    if grip == CLASS {
        let rows = batch.rows_of_an_image();
        let mut labels = batch.labels;
        // The arrays of a single image stand upright.
        let (across, down) = if labels.len() == 1 { (y, x) } else { (x, y) };
        let row = (nearest(down, usize::MAX) / rows).min(labels.len() - 1);
        labels[row] = nearest(across, batch.rows[row].len());
        return one(if is_one { "label" } else { "labels" }, batch::spelled(&labels));
    }
    let (row, is_right) = (usize::from(grip.0 % MOST), grip.0 >= RIGHT);
    if grip.0 >= 2 * MOST || row >= batch.rows.len() {
        return Edits::default();
    }
    let (index, value) =
        if is_right { (batch.labels[row], x) } else { (nearest(x, batch.rows[row].len()), y) };
    let mut rows = batch.rows;
    rows[row] = batch::moved(&rows[row], index, value, batch.keeps_sum);
    let spelled = |row: &Vec<f64>| row.iter().map(f64::to_string).collect::<Vec<_>>().join(", ");
    let spelled: Vec<_> = rows.iter().map(spelled).collect();
    one(if is_one { "y" } else { "batch" }, spelled.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart::{Chart, Mark};

    fn seen(pairs: &[(&str, &str)]) -> Sheet {
        show(&Settings::of(FIELDS, pairs), &Moment::default(), &[])
    }

    fn value(sheet: &Sheet, name: &str) -> f64 {
        let number = sheet.numbers.iter().find(|number| number.name == name).expect(name);
        number.value.parse().expect("a number")
    }

    #[test]
    fn the_books_numbers() {
        // 4.2.1 and 4.2.2.
        let right = seen(&[]);
        let wrong = seen(LAB.suggestions[0].settings);
        for (sheet, name, printed) in [
            (&right, "squared", 0.097_500_000_000_000_03),
            (&right, "cross-entropy", 0.510_825_457_099_338),
            (&wrong, "squared", 0.597_5),
            (&wrong, "cross-entropy", 2.302_584_092_994_546),
        ] {
            assert!((value(sheet, name) - printed).abs() < 1e-14 * (1.0 + printed), "{name}");
        }
    }

    #[test]
    fn a_batch_is_the_mean_and_both_forms_of_a_label_agree() {
        let mean = |form| value(&seen(&[("experiment", "batch"), ("form", form)]), "cross-entropy");
        let wanted = (0.510_825_457_099_338 + 2.302_584_092_994_546 - (0.9_f64 + 1e-7).ln()) / 3.0;
        assert!((mean("one-hot") - wanted).abs() < 1e-12);
        assert_eq!(mean("one-hot"), mean("number"));
    }

    #[test]
    fn the_loss_stands_in_the_arrays_of_both_forms() {
        // Upright: the third of three columns.
        for form in ["one-hot", "number"] {
            let sheet = seen(&[("form", form)]);
            let Chart::Matrix(matrix) = &sheet.pictures.last().expect("arrays").chart else {
                panic!("a matrix")
            };
            let parts = matrix.cells.iter().skip(2).step_by(3);
            let sum: f64 = parts.filter_map(|cell| cell.value).sum();
            assert!((sum - value(&sheet, "cross-entropy")).abs() < 1e-12, "{form}");
        }
    }

    #[test]
    fn the_curves_go_through_the_present_outputs() {
        for sum in ["true", "false"] {
            let sheet = seen(&[("sum", sum)]);
            let Chart::Plane(plane) = &sheet.pictures[1].chart else { panic!("a plane") };
            let lines = plane
                .marks
                .iter()
                .filter_map(|mark| if let Mark::Line(line) = mark { Some(line) } else { None });
            // 0.6 of 1, after 200 steps to 1.
            let there: Vec<_> = lines.map(|line| line.points[120]).collect();
            for (loss, [y, value]) in LOSSES.into_iter().zip(there) {
                let present = Batch::new(&Settings::of(FIELDS, &[])).mean(loss);
                assert!(
                    (y - 0.6).abs() < 1e-9 && (value - present).abs() < 1e-9,
                    "{loss:?}: {value} {present}"
                );
            }
        }
    }

    #[test]
    fn labels_that_do_not_fit_are_said_and_mended() {
        for (pairs, mended) in [
            (&[("y", "0.5, 0.5"), ("label", "5")][..], "1"),
            (&[("experiment", "batch"), ("labels", "2")], "2, 0, 0"),
            (&[("experiment", "batch"), ("labels", "2, 2.6, 7, 1")], "2, 3, 7"),
        ] {
            let sheet = seen(pairs);
            let Remedy::Set { settings, .. } = &sheet.notices[0].remedies[0] else { panic!("a remedy") };
            assert_eq!(settings[0].1, mended);
            let mut pairs = pairs.to_vec();
            pairs.retain(|pair| pair.0 != settings[0].0);
            pairs.push((settings[0].0, &settings[0].1));
            assert!(seen(&pairs).notices.is_empty());
        }
        assert_eq!(seen(&[("y", "1, 1, 1, 0, 0")]).notices[0].code, "sum");
        assert!(seen(&[]).notices.is_empty());
    }

    #[test]
    fn outputs_labels_and_bias_are_moved() {
        let moved = |pairs: &[_], grip: Grip, at| {
            let edits = drag(&Settings::of(FIELDS, pairs), grip, at);
            edits.settings.into_iter().next().map(|(name, words)| format!("{name}={words}"))
        };
        let one = [("y", "0.5, 0.25, 0.25")];
        assert_eq!(moved(&one, Grip(OUTPUT), [0.2, 0.8]).as_deref(), Some("y=0.8, 0.1, 0.1"));
        assert_eq!(moved(&one, Grip(RIGHT), [0.5, 9.0]).as_deref(), Some("y=0.3333, 0.1667, 0.5"));
        let free = [("y", "0.5, 0.25, 0.25"), ("sum", "false")];
        assert_eq!(moved(&free, Grip(OUTPUT), [0.2, 0.8]).as_deref(), Some("y=0.8, 0.25, 0.25"));
        assert_eq!(moved(&one, CLASS, [0.0, 1.0]).as_deref(), Some("label=1"));
        let batch = [("experiment", "batch"), ("batch", "0.5, 0.5; 1, 0"), ("labels", "0, 1")];
        assert_eq!(moved(&batch, CLASS, [0.0, 4.0]).as_deref(), Some("labels=0, 0"));
        assert_eq!(
            moved(&batch, Grip(OUTPUT + 1), [1.0, 0.25]).as_deref(),
            Some("batch=0.5, 0.5; 0.75, 0.25")
        );
        assert_eq!(
            moved(&batch, Grip(RIGHT + 1), [0.25, 0.0]).as_deref(),
            Some("batch=0.5, 0.5; 0.75, 0.25")
        );
        assert_eq!(moved(&batch, Grip(OUTPUT + 3), [0.0, 1.0]), None);
        assert_eq!(moved(&[("experiment", "accuracy")], PARAMETER, [1.5, 0.0]).as_deref(), Some("b=1.5"));
    }
}
