//! The sum of the present input written out, and what is worth saying.

use super::gates::{GATES, INPUTS, Net, Obstacle, Unit, has, name};
use crate::chart::Key;
use crate::labs::parts::{bracketed, listed, number, significant, told};
use crate::labs::sheet::{Cell, Notice, Number, Remedy, Row, Table, Tone};
use crate::text::Text;

fn spell(value: f64) -> String {
    significant(value, 4)
}

/// `0.5·1 + 0.5·0 − 0.7 = −0.2 ≤ 0 → 0`; without the comparison where `is_short`.
fn worked_out(unit: &Unit, [x1, x2]: [f64; 2], is_short: bool) -> String {
    let (sum, b) = (unit.sum([x1, x2]), unit.b);
    let sign = if b < 0.0 { "−" } else { "+" };
    let compared = match (sum > 0.0, is_short) {
        (true, false) => "> 0 → 1",
        (false, false) => "≤ 0 → 0",
        (true, true) => "→ 1",
        (false, true) => "→ 0",
    };
    let [w1, w2] = unit.w.map(spell);
    let (w2, b, sum) = (bracketed(&w2), spell(b.abs()), spell(sum));
    format!("{w1}·{x1} + {w2}·{x2} {sign} {b} = {sum} {compared}")
}

/// How many inputs give what the gate gives.
fn agreeing(net: &Net) -> usize {
    (0..INPUTS.len()).filter(|&input| has(net.outputs(), input) == has(net.wanted(), input)).count()
}

pub(super) fn numbers(net: &Net, input: usize) -> Vec<Number> {
    let gate = GATES[net.gate].1;
    let agreeing = format!("{} / {}", agreeing(net), INPUTS.len());
    let x = INPUTS[input];
    let hidden = |index: usize| net.hidden.get(index).map(|unit| worked_out(unit, x, true));
    listed([
        number("is", Text::new("y is", "y 是"), Some(name(net.outputs()).to_owned())),
        number("right", told(format!("Same as {gate}"), format!("与 {gate} 一致")), Some(agreeing)),
        number("s1", Text::same("s1"), hidden(0)),
        number("s2", Text::same("s2"), hidden(1)),
        number(
            "y",
            Text::same("y"),
            Some(worked_out(&net.output, net.before(input), !net.hidden.is_empty())),
        ),
    ])
}

/// Every input with the sum and the output.
pub(super) fn table(net: &Net) -> Table {
    let gate = GATES[net.gate].1;
    let row = |(input, [x1, x2]): (usize, &[f64; 2])| {
        let one = |one: bool| f64::from(u8::from(one));
        let before = net.before(input);
        let numbers =
            [*x1, *x2, net.output.sum(before), one(net.output.fires(before)), one(has(net.wanted(), input))];
        Row { key: Some(Key(input as u32)), cells: numbers.map(Cell::Number).to_vec() }
    };
    let columns = vec![
        Text::same("x1"),
        Text::same("x2"),
        Text::new("Weighted sum + b", "加权和 + b"),
        Text::same("y"),
        Text::same(gate),
    ];
    Table { columns, rows: INPUTS.iter().enumerate().map(row).collect() }
}

/// Whether the gate is out of reach, or found.
pub(super) fn notice(net: &Net) -> Option<Notice> {
    let gate = GATES[net.gate].1;
    let say = |code, tone, en: String, zh: String, remedies| {
        Some(Notice { code, tone, text: told(en, zh), remedies })
    };
    let set = |text: Text, settings: &[(&'static str, &str)]| Remedy::Set {
        text,
        settings: settings.iter().map(|(name, value)| (*name, (*value).to_owned())).collect(),
    };
    let is_one = net.hidden.is_empty();
    match net.obstacle() {
        Some(_) if is_one => say(
            "no-line",
            Tone::Info,
            "Impossible: no straight line has (1, 0) and (0, 1) on one side and (0, 0) and (1, 1) on the other.".to_owned(),
            "不可能：没有一条直线能使 (1, 0) 和 (0, 1) 在一侧，(0, 0) 和 (1, 1) 在另一侧。".to_owned(),
            vec![set(Text::new("Use two layers", "改用 2 层感知机"), &[("network", "two")])],
        ),
        Some(obstacle) => {
            let (en, zh) = match obstacle {
                Obstacle::Same(one, other) => {
                    let [one, other] = [one, other].map(|input| {
                        let [x1, x2] = INPUTS[input];
                        format!("({x1}, {x2})")
                    });
                    (
                        format!("No y can be {gate} yet: {one} and {other} give the same s1 and s2."),
                        format!("现在 y 无法成为 {gate}：{one} 和 {other} 得到相同的 s1 和 s2。"),
                    )
                }
                Obstacle::NoLine => (
                    format!("No y can be {gate} yet: no line separates these outputs of s1 and s2."),
                    format!("现在 y 无法成为 {gate}：s1 和 s2 的这些输出无法用一条直线分开。"),
                ),
            };
            let remedy = set(
                Text::new("Make s1 NAND and s2 OR", "将 s1 设为与非门，s2 设为或门"),
                &[("s1", "-0.5, -0.5, 0.7"), ("s2", "0.5, 0.5, -0.2")],
            );
            say("out-of-reach", Tone::Info, en, zh, vec![remedy])
        }
        None if net.outputs() == net.wanted() => None,
        None if is_one && net.output.w == [0.0, 0.0] => say(
            "no-weights",
            Tone::Info,
            "Both weights are 0: there is no line, and y is the same everywhere.".to_owned(),
            "两个权重都为 0：没有直线，y 处处相同。".to_owned(),
            vec![set(Text::new("Set both weights to 0.5", "将两个权重设为 0.5"), &[("w1", "0.5"), ("w2", "0.5")])],
        ),
        None => None,
    }
}
