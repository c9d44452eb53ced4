//! Why accuracy cannot be what is minimised: it stands still while the loss moves (book 4.2.5).

use super::PARAMETER;
use crate::chart::{Chart, Key, Line, Mark, Plane, Scale, Scatter, Symbol};
use crate::function::operation::Function;
use crate::labs::parts::{self, axis, fixed, line, number, plane, significant, told};
use crate::labs::settings::Settings;
use crate::labs::sheet::{Picture, Sheet};
use crate::nn::gradient::{BOOK_STEP, central_difference};
use crate::text::Text;

/// Ten inputs with their classes, which no threshold parts without a mistake.
const SAMPLES: [(f64, bool); 10] = [
    (-2.25, false),
    (-1.75, false),
    (-1.25, false),
    (-0.75, true),
    (-0.25, false),
    (0.25, true),
    (0.75, false),
    (1.25, true),
    (1.75, true),
    (2.25, true),
];
/// The biases that are shown, as the field allows.
pub(super) const BIASES: (f64, f64) = (-6.0, 6.0);
const POINTS: usize = 361;

/// One neuron: y = sigmoid(wx + b).
#[derive(Clone, Copy)]
struct Neuron {
    w: f64,
    b: f64,
}

impl Neuron {
    fn output(self, x: f64) -> f64 {
        Function::Sigmoid.of(self.w * x + self.b)
    }

    /// Whether the output is on the side of the right class.
    fn is_right(self, (x, class): (f64, bool)) -> bool {
        (self.output(x) > 0.5) == class
    }

    fn accuracy(self) -> f64 {
        SAMPLES.iter().filter(|sample| self.is_right(**sample)).count() as f64 / SAMPLES.len() as f64
    }

    /// The mean cross-entropy error.
    fn loss(self) -> f64 {
        let cost = |&(x, class): &(f64, bool)| {
            let a = self.w * x + self.b;
            // log(1 + eᵃ) without overflow.
            let a = if class { -a } else { a };
            a.max(0.0) + libm::log1p(libm::exp(-a.abs()))
        };
        SAMPLES.iter().map(cost).sum::<f64>() / SAMPLES.len() as f64
    }
}

pub(super) fn sheet(settings: &Settings) -> Sheet {
    let neuron = Neuron { w: settings.number("w"), b: settings.number("b") };
    let loss = |b: f64| Neuron { b, ..neuron }.loss();
    let accuracy = |b: f64| Neuron { b, ..neuron }.accuracy();
    let slopes =
        [central_difference(loss, neuron.b, BOOK_STEP), central_difference(accuracy, neuron.b, BOOK_STEP)];
    let [loss_slope, accuracy_slope] = slopes.map(|slope| significant(slope, 4));
    let share = significant(100.0 * neuron.accuracy(), 4);
    let value = significant(neuron.loss(), 4);
    let jumps = slopes[1] != 0.0;
    let against = |key: u32, caption: Text, chart: Chart| Picture {
        slot: "against",
        key: Some(Key(key)),
        caption,
        chart,
    };
    let accuracy_caption = if jumps {
        told(format!("Accuracy {share}% jumps here"), format!("识别精度 {share}%，在此跳变"))
    } else {
        told(format!("Accuracy {share}%, slope 0"), format!("识别精度 {share}%，斜率 0"))
    };
    Sheet {
        notices: Vec::new(),
        numbers: parts::listed([
            number("loss", Text::new("Loss", "损失"), Some(significant(neuron.loss(), 6))),
            number("loss-slope", Text::new("its slope", "损失的斜率"), Some(loss_slope.clone())),
            number("accuracy", Text::new("Accuracy", "识别精度"), Some(significant(neuron.accuracy(), 4))),
            number("accuracy-slope", Text::new("its slope", "识别精度的斜率"), Some(accuracy_slope)),
        ]),
        table: None,
        pictures: vec![
            Picture { slot: "samples", key: None, caption: Text::same(""), chart: samples(neuron) },
            against(
                0,
                told(format!("Loss {value}, slope {loss_slope}"), format!("损失 {value}，斜率 {loss_slope}")),
                curve(Text::new("loss", "损失"), 0, None, neuron.b, &loss),
            ),
            against(
                1,
                accuracy_caption,
                curve(Text::new("accuracy", "识别精度"), 0, Some((0.0, 1.05)), neuron.b, &accuracy),
            ),
        ],
    }
}

/// The ten inputs with what the neuron says to them.
fn samples(neuron: Neuron) -> Chart {
    let (low, high) = (-2.75, 2.75);
    let x = |index: usize| low + (high - low) * index as f64 / 120.0;
    let curve = (0..=120).map(x).map(|x| [x, neuron.output(x)]).collect();
    let scatter = |name, color, symbol, right: bool| {
        let points = SAMPLES.iter().filter(|sample| neuron.is_right(**sample) == right);
        let points = points.map(|&(x, class)| [x, f64::from(u8::from(class))]).collect();
        Mark::Scatter(Scatter { name, color, points, symbol, keys: Vec::new(), grip: None })
    };
    let threshold = Line { ..line(Text::new("threshold", "阈值"), 2, vec![[low, 0.5], [high, 0.5]]) };
    let marks = vec![
        Mark::Line(line(Text::same("y"), 0, curve)),
        Mark::Line(threshold),
        scatter(Text::new("right", "正确"), 0, Symbol::Dot, true),
        scatter(Text::new("wrong", "错误"), 1, Symbol::Cross, false),
    ];
    let y = fixed(Text::new("output y, class t", "输出 y，类别 t"), (-0.1, 1.1));
    Chart::Plane(plane(fixed(Text::same("x"), (low, high)), y, marks))
}

/// A quantity for every bias, broken where it jumps, with the present bias as a ring.
fn curve(name: Text, color: u8, range: Option<(f64, f64)>, b: f64, of: &dyn Fn(f64) -> f64) -> Chart {
    let mut points: Vec<[f64; 2]> = Vec::with_capacity(POINTS + 20);
    for index in 0..POINTS {
        let at = BIASES.0 + (BIASES.1 - BIASES.0) * index as f64 / (POINTS - 1) as f64;
        let value = of(at);
        // One sample more or less is a tenth of the accuracy; the loss never moves as far from point to point.
        if points.last().is_some_and(|last| (value - last[1]).abs() > 0.05) && range.is_some() {
            points.push([at, f64::NAN]);
        }
        points.push([at, value]);
    }
    let ring = Scatter {
        name: Text::new("bias b", "偏置 b"),
        color: 3,
        points: vec![[b, of(b)]],
        symbol: Symbol::Handle,
        keys: Vec::new(),
        grip: Some(PARAMETER),
    };
    let marks = vec![Mark::Line(line(name.clone(), color, points)), Mark::Scatter(ring)];
    let mut y = axis(name, Scale::Linear);
    y.range = range;
    let x = fixed(Text::new("bias b", "偏置 b"), BIASES);
    Chart::Plane(Plane { grip: Some(PARAMETER), ..plane(x, y, marks) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loss_moves_where_accuracy_stands_still() {
        let (mut still, mut jumps) = (0, 0);
        for step in 0..=600 {
            let b = -6.0 + f64::from(step) * 0.02 + 0.003;
            let at = |b| Neuron { w: 2.0, b };
            let slope = central_difference(|b| at(b).accuracy(), b, BOOK_STEP);
            still += usize::from(slope == 0.0);
            jumps += usize::from(at(b).accuracy() != at(b + 0.02).accuracy());
            let moved = (at(b).loss() - at(b + 0.02).loss()).abs();
            assert!(moved > 1e-9, "{b}: {moved}");
        }
        assert!(still > 590 && jumps >= 5, "{still} {jumps}");
    }

    #[test]
    fn the_loss_is_the_mean_of_minus_log_y_and_large_numbers_do_not_overflow() {
        let neuron = Neuron { w: 2.0, b: -3.0 };
        let each = |&(x, class): &(f64, bool)| {
            let y = neuron.output(x);
            -(if class { y } else { 1.0 - y }).ln()
        };
        let mean = SAMPLES.iter().map(each).sum::<f64>() / 10.0;
        assert!((neuron.loss() - mean).abs() < 1e-12);
        assert!(Neuron { w: 1e4, b: -6.0 }.loss().is_finite());
    }
}
