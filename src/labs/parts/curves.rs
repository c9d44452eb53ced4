//! Curves over iterations, and what they are drawn on.

use crate::chart::{Axis, Chart, Key, Line, Mark, Plane, Scale};
use crate::labs::sheet::Picture;
use crate::nn::spec::LossSpec;
use crate::text::Text;
use crate::train::report::Training;

/// An axis fitted to what is drawn.
pub(in crate::labs) fn axis(label: Text, scale: Scale) -> Axis {
    Axis { label, scale, range: None }
}

/// An axis from `range.0` to `range.1`, evenly spaced.
pub(in crate::labs) fn fixed(label: Text, range: (f64, f64)) -> Axis {
    Axis { label, scale: Scale::Linear, range: Some(range) }
}

/// Marks on two axes.
pub(in crate::labs) fn plane(x: Axis, y: Axis, marks: Vec<Mark>) -> Plane {
    Plane { x, y, marks, equal: false, grip: None }
}

/// A curve that stands for nothing else.
pub(in crate::labs) fn line(name: Text, color: u8, points: Vec<[f64; 2]>) -> Line {
    Line { name, color, points, band: Vec::new(), dots: false, key: None }
}

/// A value at some iterations, with dots while they are few.
pub(in crate::labs) fn curve(name: Text, color: u8, values: &[(u64, f64)]) -> Line {
    let points: Vec<_> = values.iter().map(|&(iteration, value)| [iteration as f64, value]).collect();
    Line { dots: points.len() <= 40, ..line(name, color, points) }
}

/// The axis of iterations from 0 to `last`, the same for all curves of a lab.
fn iterations(last: u64) -> Axis {
    fixed(Text::new("iterations", "迭代次数"), (0.0, last.max(1) as f64))
}

/// The loss of each mini-batch, the mean of several where they share a point; then `banded` draws their range around it.
/// Where it diverged, the last point is the loss that it diverged with, or the last finite one.
pub(in crate::labs) fn loss_curve(
    name: Text,
    color: u8,
    key: Option<Key>,
    training: &Training,
    banded: bool,
) -> Line {
    let mut points: Vec<_> =
        training.loss.iter().map(|bucket| [bucket.iteration as f64, bucket.mean()]).collect();
    let mut band = Vec::new();
    if banded && training.loss.iter().any(|bucket| bucket.count > 1) {
        band = training.loss.iter().map(|bucket| [bucket.low, bucket.high]).collect();
    }
    if training.diverged_at.is_some()
        && let Some(last) = points.last_mut()
        && let Some(loss) = training.last_loss.filter(|loss| loss.is_finite())
    {
        last[1] = loss;
    }
    Line { key, band, ..line(name, color, points) }
}

/// Losses over iterations, by powers of ten where `scale` says so.
pub(in crate::labs) fn loss_plane(loss: LossSpec, scale: Scale, last: u64, curves: Vec<Line>) -> Plane {
    plane(iterations(last), axis(loss_name(loss), scale), curves.into_iter().map(Mark::Line).collect())
}

/// What a loss is called on an axis.
pub(in crate::labs) fn loss_name(loss: LossSpec) -> Text {
    match loss {
        LossSpec::SoftmaxCrossEntropy => Text::new("cross-entropy error", "交叉熵误差"),
        LossSpec::MeanSquaredError => Text::new("sum of squared error", "均方误差"),
        LossSpec::BinaryCrossEntropy => Text::new("binary cross-entropy error", "二元交叉熵误差"),
        LossSpec::Hinge => Text::new("hinge loss", "合页损失"),
        LossSpec::Huber => Text::new("Huber loss", "Huber 损失"),
        LossSpec::LogLikelihood => Text::new("negative log-likelihood", "负对数似然"),
    }
}

/// Accuracies over iterations, from 0 to 1; from a tenth below which no curve falls after its first point, so that curves
/// near 1 can be told apart.
pub(in crate::labs) fn accuracy_plane(last: u64, curves: Vec<Line>) -> Plane {
    let later = curves.iter().flat_map(|curve| curve.points.iter().skip(1)).map(|point| point[1]);
    let lowest = later.fold(f64::INFINITY, f64::min);
    let from = if lowest.is_finite() { ((lowest * 10.0).floor() / 10.0).clamp(0.0, 0.9) } else { 0.0 };
    let y = fixed(Text::new("accuracy", "识别精度"), (from, 1.0));
    plane(iterations(last), y, curves.into_iter().map(Mark::Line).collect())
}

/// The figures that there are, each alone in its slot.
pub(in crate::labs) fn pictures<const N: usize>(charts: [(&'static str, Option<Chart>); N]) -> Vec<Picture> {
    let picture = |(slot, chart): (&'static str, Option<Chart>)| {
        Some(Picture { slot, key: None, caption: Text::new("", ""), chart: chart? })
    };
    charts.into_iter().filter_map(picture).collect()
}
