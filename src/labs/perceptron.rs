//! Perceptrons as logic gates: the line that one draws, and XOR from two layers (book chapter 2).

mod fields;
mod gates;
mod pictures;
mod plane;
mod words;

use self::fields::{BIAS, FIELDS, GATE_CHOICES, WEIGHT};
use self::gates::Net;
use super::parts;
use super::settings::Settings;
use super::sheet::Sheet;
use super::{Edits, Lab, Moment, Shape, Slot, Suggestion, no_guess, no_jobs};
use crate::chart::Grip;
use crate::text::Text;
use crate::train::report::Report;

/// Moves the whole line.
const LINE: Grip = Grip(0);
/// The ends of the lines, two for each.
const ENDS: u16 = 1;
/// Chooses a row and a gate of the truth table.
const TABLE: Grip = Grip(8);

const SLOTS: &[Slot] = &[
    Slot::new(
        "plane",
        Text::new("The line", "直线"),
        Text::new(
            "y is 1 on the shaded side. Drag the rings to turn the line, or press a place to move it there.",
            "阴影一侧 y 为 1。拖动圆环可转动直线，点击图中的位置可将直线移到那里。",
        ),
        Shape::Square,
    ),
    Slot::new(
        "network",
        Text::new("Perceptron", "感知机"),
        Text::new(
            "The signal of the present input. Weights stand on the edges, 0 or 1 in the neurons.",
            "当前输入的信号。边上是权重，神经元内是 0 或 1。",
        ),
        Shape::Square,
    ),
    Slot::new(
        "truth",
        Text::new("Truth table", "真值表"),
        Text::new(
            "Press a row to send that input through, a column to choose that gate. Orange: y is not what the gate gives.",
            "点击一行可送入该输入，点击一列可选择该逻辑门。橙色：y 与逻辑门的输出不同。",
        ),
        Shape::Cells,
    ),
];

const SUGGESTIONS: &[Suggestion] = &[
    Suggestion {
        text: Text::new("NAND: (−0.5, −0.5), b = 0.7", "与非门：(−0.5, −0.5)，b = 0.7"),
        settings: &[("gate", "nand"), ("w1", "-0.5"), ("w2", "-0.5"), ("b", "0.7")],
    },
    Suggestion {
        text: Text::new("OR: (0.5, 0.5), b = −0.2", "或门：(0.5, 0.5)，b = −0.2"),
        settings: &[("gate", "or"), ("b", "-0.2")],
    },
    Suggestion {
        text: Text::new("XOR: no line separates it", "异或门：无法用一条直线分开"),
        settings: &[("gate", "xor"), ("b", "-0.2")],
    },
    Suggestion {
        text: Text::new("XOR from NAND, OR and AND", "用与非门、或门和与门实现异或门"),
        settings: &[("gate", "xor"), ("network", "two")],
    },
    Suggestion {
        text: Text::new("Find XOR yourself: drag two lines", "自己找出异或门：拖动两条直线"),
        settings: &[("gate", "xor"), ("network", "two"), ("s1", "0.5, 0.5, -0.7"), ("s2", "1, -1, 0.5")],
    },
    Suggestion {
        text: Text::new("The OR of figure 2-6: (1, 1), b = −0.5", "图 2-6 的或门：(1, 1)，b = −0.5"),
        settings: &[("gate", "or"), ("w1", "1"), ("w2", "1"), ("b", "-0.5")],
    },
];

/// Perceptrons as logic gates.
pub(super) const LAB: Lab = Lab {
    id: "perceptron",
    sections: &["2.1", "2.2", "2.3", "2.4", "2.5"],
    title: Text::new("Perceptrons", "感知机"),
    line: Text::new(
        "Move the line by its weights and bias, and find the gate.",
        "用权重和偏置移动直线，实现逻辑门。",
    ),
    about: Text::new(
        "A perceptron gives 1 where the weighted sum of its inputs plus the bias is above 0, else 0. So it cuts the plane of its inputs along a straight line. AND, NAND and OR differ in weights and bias alone. XOR needs its two ones on one side and its two zeros on the other; no straight line does that. Two layers can: s1 is NAND, s2 is OR, and y is the AND of both.",
        "输入信号的加权和加上偏置大于 0 时，感知机输出 1，否则输出 0。因此它用一条直线分割输入空间。与门、与非门和或门的区别只在权重和偏置。异或门的两个 1 与两个 0 无法用一条直线分开。叠加两层就可以：s1 为与非门，s2 为或门，y 为两者的与门。",
    ),
    formula: concat!(
        r#"<math display="block"><mi>y</mi><mo>=</mo><mrow><mo>{</mo><mtable columnalign="left">"#,
        r#"<mtr><mtd><mn>0</mn></mtd><mtd><mrow><mo stretchy="false">(</mo><mi>b</mi><mo>+</mo><msub><mi>w</mi><mn>1</mn></msub><msub><mi>x</mi><mn>1</mn></msub><mo>+</mo><msub><mi>w</mi><mn>2</mn></msub><msub><mi>x</mi><mn>2</mn></msub><mo>≤</mo><mn>0</mn><mo stretchy="false">)</mo></mrow></mtd></mtr>"#,
        r#"<mtr><mtd><mn>1</mn></mtd><mtd><mrow><mo stretchy="false">(</mo><mi>b</mi><mo>+</mo><msub><mi>w</mi><mn>1</mn></msub><msub><mi>x</mi><mn>1</mn></msub><mo>+</mo><msub><mi>w</mi><mn>2</mn></msub><msub><mi>x</mi><mn>2</mn></msub><mo>&gt;</mo><mn>0</mn><mo stretchy="false">)</mo></mrow></mtd></mtr>"#,
        r#"</mtable></mrow></math>"#
    ),
    fields: FIELDS,
    slots: SLOTS,
    inputs: &[],
    suggestions: SUGGESTIONS,
    pace: 1.0,
    jobs: no_jobs,
    steps: |_| 3,
    show,
    drag,
    guess: no_guess,
};

fn show(settings: &Settings, moment: &Moment, _: &[Option<Report>]) -> Sheet {
    let net = Net::new(settings);
    // The inputs in the order of the truth table.
    let input = moment.step.min(3) as usize;
    Sheet {
        notices: words::notice(&net).into_iter().collect(),
        numbers: words::numbers(&net, input),
        table: Some(words::table(&net)),
        pictures: vec![plane::picture(&net), pictures::network(&net, input), pictures::truth(&net, input)],
    }
}

fn drag(settings: &Settings, grip: Grip, at: [f64; 2]) -> Edits {
    let net = Net::new(settings);
    if grip == TABLE {
        // A float that is negative or not a number becomes 0.
        let [column, row] = at.map(|at| at.round() as usize);
        let gate = column.checked_sub(2).and_then(|gate| GATE_CHOICES.get(gate));
        let settings = gate.map(|gate| ("gate", gate.value.to_owned())).into_iter().collect();
        return Edits { settings, step: Some(row.min(3) as u64) };
    }
    let moved = match grip {
        LINE if net.hidden.is_empty() => Some((0, net.output.through(at))),
        Grip(end) => plane::turned(&net, end.wrapping_sub(ENDS), at),
    };
    let Some((index, unit)) = moved.filter(|_| at.iter().all(|at| at.is_finite())) else {
        return Edits::default();
    };
    let unit = unit.within(WEIGHT, BIAS);
    // Rounded as the three fields of one perceptron are.
    let spelled = [("w1", unit.w[0]), ("w2", unit.w[1]), ("b", unit.b)].map(|(name, value)| {
        parts::moved(FIELDS, name, value).map_or_else(String::new, |(_, spelled)| spelled)
    });
    let settings = match net.hidden.is_empty() {
        true => ["w1", "w2", "b"].into_iter().zip(spelled).collect(),
        false => vec![(["s1", "s2"][index.min(1)], spelled.join(", "))],
    };
    Edits { settings, step: None }
}

#[cfg(test)]
mod tests {
    use super::gates::{GATES, INPUTS, Obstacle, Unit, has, name};
    use super::*;
    use crate::chart::{Chart, Mark, Matrix};
    use crate::labs::sheet::Remedy;

    fn settings(pairs: &[(&str, &str)]) -> Settings {
        Settings::of(FIELDS, pairs)
    }

    fn seen(pairs: &[(&str, &str)], step: u64) -> Sheet {
        show(&settings(pairs), &Moment { step, ..Moment::default() }, &[])
    }

    fn number<'s>(sheet: &'s Sheet, name: &str) -> &'s str {
        sheet.numbers.iter().find(|number| number.name == name).map_or("", |number| &number.value)
    }

    fn truth(sheet: &Sheet) -> &Matrix {
        match &sheet.pictures[2].chart {
            Chart::Matrix(matrix) => matrix,
            _ => panic!("no truth table"),
        }
    }

    #[test]
    fn the_weights_of_chapter_2_are_its_gates() {
        // 2.3.3: AND, NAND and OR of the same weights.
        assert_eq!(number(&seen(&[], 3), "is"), "AND");
        for suggestion in SUGGESTIONS.iter().filter(|suggestion| !suggestion.text.en.contains("XOR:")) {
            let sheet = seen(suggestion.settings, 3);
            let gate = settings(suggestion.settings);
            let gate = GATES.iter().find(|(value, ..)| *value == gate.words("gate")).expect("a gate").1;
            let is_found =
                !suggestion.text.en.contains("yourself") && !suggestion.text.en.contains("no line");
            assert_eq!(number(&sheet, "is") == gate, is_found, "{}", suggestion.text.en);
            assert_eq!(number(&sheet, "right") == "4 / 4", is_found, "{}", suggestion.text.en);
        }
        // 2.5.2: the table of figure 2-12.
        let net = Net::new(&settings(&[("network", "two"), ("gate", "xor")]));
        let rows: Vec<_> = (0..4).map(|input| (net.before(input), has(net.outputs(), input))).collect();
        assert_eq!(rows, [([1.0, 0.0], false), ([1.0, 1.0], true), ([1.0, 1.0], true), ([0.0, 1.0], false)]);
    }

    #[test]
    fn the_sum_is_written_out() {
        assert_eq!(number(&seen(&[], 3), "y"), "0.5·1 + 0.5·1 − 0.7 = 0.3 > 0 → 1");
        assert_eq!(number(&seen(&[("w2", "-0.5")], 2), "y"), "0.5·0 + (−0.5)·1 − 0.7 = −1.2 ≤ 0 → 0");
        let two = seen(&[("network", "two")], 0);
        assert_eq!(number(&two, "s1"), "−0.5·0 + (−0.5)·0 + 0.7 = 0.7 → 1");
        // On the line itself the output is 0 (formula 2.2).
        assert_eq!(number(&seen(&[("b", "-1")], 3), "y"), "0.5·1 + 0.5·1 − 1 = 0 ≤ 0 → 0");
    }

    #[test]
    fn names_are_those_of_their_outputs() {
        for (_, gate, outputs) in GATES {
            assert_eq!(name(outputs), gate);
        }
        let of = |text: &str, [x1, x2]: [bool; 2]| match text {
            "x1" => x1,
            "NOT x1" => !x1,
            "x2" => x2,
            "NOT x2" => !x2,
            "NOR" => !(x1 || x2),
            "XNOR" => x1 == x2,
            "x1 AND NOT x2" => x1 && !x2,
            "NOT x1 AND x2" => !x1 && x2,
            "x1 OR NOT x2" => x1 || !x2,
            "NOT x1 OR x2" => !x1 || x2,
            other => other == "1",
        };
        for outputs in (0..16).filter(|outputs| GATES.iter().all(|(.., gate)| gate != outputs)) {
            for (input, x) in INPUTS.iter().enumerate() {
                assert_eq!(has(outputs, input), of(name(outputs), x.map(|x| x > 0.0)), "{}", name(outputs));
            }
        }
    }

    #[test]
    fn xor_is_out_of_reach_exactly_where_no_weights_give_it() {
        let steps: Vec<f64> = (-6..=6).map(|step| f64::from(step) / 4.0).collect();
        let mut reached = [false; 16];
        for &w1 in &steps {
            for &w2 in &steps {
                for &b in &steps {
                    reached[usize::from(Unit { w: [w1, w2], b }.outputs())] = true;
                }
            }
        }
        assert_eq!(reached.iter().filter(|reached| **reached).count(), 14);
        for (value, _, outputs) in GATES {
            let net = Net::new(&settings(&[("gate", value)]));
            assert_eq!(net.obstacle().is_none(), reached[usize::from(outputs)], "{value}");
        }
        // Two lines: what s1 and s2 let through decides.
        let obstacle = |s1: &str, s2: &str| {
            let pairs = [("network", "two"), ("gate", "xor"), ("s1", s1), ("s2", s2)];
            Net::new(&settings(&pairs)).obstacle()
        };
        let (nand, or, and) = ("-0.5, -0.5, 0.7", "0.5, 0.5, -0.2", "0.5, 0.5, -0.7");
        assert_eq!((obstacle(nand, or), obstacle(and, or)), (None, None));
        assert_eq!(obstacle(and, nand), Some(Obstacle::Same(0, 1)));
        assert_eq!(obstacle("1, 0, -0.5", "0, 1, -0.5"), Some(Obstacle::NoLine));
    }

    #[test]
    fn a_remedy_mends_what_it_is_offered_for() {
        for pairs in [
            vec![("gate", "xor")],
            vec![("gate", "xor"), ("network", "two"), ("s1", "0"), ("s2", "1, 1")],
            vec![("w1", "0"), ("w2", "0")],
        ] {
            let sheet = seen(&pairs, 3);
            let Remedy::Set { settings: changes, .. } = &sheet.notices[0].remedies[0] else {
                panic!("{pairs:?}")
            };
            let mut pairs = pairs.clone();
            pairs.retain(|(name, _)| changes.iter().all(|(other, _)| other != name));
            pairs.extend(changes.iter().map(|(name, value)| (*name, value.as_str())));
            assert!(seen(&pairs, 3).notices.is_empty(), "{pairs:?}");
        }
    }

    /// The settings with edits on top, as a network.
    fn after(pairs: &[(&str, &str)], grip: Grip, at: [f64; 2]) -> Net {
        let edits = drag(&settings(pairs), grip, at);
        let mut pairs = pairs.to_vec();
        pairs.retain(|(name, _)| edits.settings.iter().all(|(other, _)| other != name));
        pairs.extend(edits.settings.iter().map(|(name, value)| (*name, value.as_str())));
        Net::new(&settings(&pairs))
    }

    #[test]
    fn the_line_goes_where_it_is_pressed() {
        let net = after(&[], LINE, [0.25, 0.25]);
        assert_eq!((net.output.w, net.output.b), ([0.5, 0.5], -0.25));
        assert_eq!(name(net.outputs()), "OR");
    }

    #[test]
    fn a_line_turns_about_its_other_end() {
        for (pairs, end) in
            [(vec![], 0), (vec![], 1), (vec![("network", "two")], 2), (vec![("network", "two")], 1)]
        {
            let before = Net::new(&settings(&pairs));
            for at in [[0.4, 0.9], [1.3, -0.6], [0.1, 0.3]] {
                let net = after(&pairs, Grip(ENDS + end), at);
                let unit = |net: &Net| {
                    if net.hidden.is_empty() { net.output } else { net.hidden[usize::from(end / 2)] }
                };
                let (old, new) = (unit(&before), unit(&net));
                assert!(new.sum(at).abs() < 0.01, "{at:?}: {new:?}");
                let size = |unit: Unit| libm::hypot(unit.w[0], unit.w[1]);
                assert!((size(new) - size(old)).abs() < 0.01);
                assert!(new.w[0] * old.w[0] + new.w[1] * old.w[1] >= -0.01, "the ones stay on their side");
            }
        }
    }

    #[test]
    fn what_is_shaded_is_where_the_output_is_1() {
        let inside = |sheet: &Sheet, [x1, x2]: [f64; 2]| {
            let Chart::Plane(plane) = &sheet.pictures[0].chart else { panic!("no plane") };
            plane.marks.iter().any(|mark| {
                let Mark::Line(line) = mark else { return false };
                let outline: Vec<_> = line.points.iter().map(|point| point[0]).zip(&line.band).collect();
                outline.windows(2).any(|pair| {
                    let [(right, high), (left, low)] = [pair[0], pair[1]];
                    let share = (x1 - left) / (right - left);
                    let between = |side: usize| low[side] + (high[side] - low[side]) * share;
                    (0.0..=1.0).contains(&share) && between(0) <= x2 && x2 <= between(1)
                })
            })
        };
        let cases: [&[(&str, &str)]; 7] = [
            &[],
            &[("w1", "-1"), ("w2", "0.3"), ("b", "0.2")],
            &[("w2", "0")],
            &[("w1", "0"), ("w2", "0"), ("b", "1")],
            &[("network", "two")],
            &[("network", "two"), ("s1", "1, 0, -0.5"), ("s2", "0, 1, -0.5"), ("y", "1, -1, 0.5")],
            &[("network", "two"), ("y", "0, 0, 1")],
        ];
        for pairs in cases {
            let (net, sheet) = (Net::new(&settings(pairs)), seen(pairs, 0));
            for index in 0..400_u32 {
                let place = |at: u32| f64::from(at) * 0.15 - 0.97;
                let x = [place(index % 20), place(index / 20)];
                let output = match net.hidden[..] {
                    [s1, s2] => net.output.fires([s1, s2].map(|unit| f64::from(u8::from(unit.fires(x))))),
                    _ => net.output.fires(x),
                };
                assert_eq!(inside(&sheet, x), output, "{pairs:?} {x:?}");
            }
        }
    }

    #[test]
    fn a_press_in_the_truth_table_chooses_input_and_gate() {
        let edits = drag(&settings(&[]), TABLE, [5.0, 2.0]);
        assert_eq!((edits.settings, edits.step), (vec![("gate", "xor".to_owned())], Some(2)));
        let edits = drag(&settings(&[]), TABLE, [0.0, 1.0]);
        assert_eq!((edits.settings, edits.step), (vec![], Some(1)));
        // What differs from the gate is orange.
        let sheet = seen(&[("gate", "xor"), ("b", "-0.2")], 0);
        let wrong: Vec<_> = truth(&sheet).cells.iter().map(|cell| cell.shade < 0.0).collect();
        assert_eq!(wrong.iter().filter(|wrong| **wrong).count(), 1);
        assert!(wrong[27], "(1, 1) is the one that OR gets wrong");
    }
}
