//! Curves over iterations, and what they are drawn on.

use crate::chart::{Axis, Chart, Line, Mark, Plane, Scale};
use crate::labs::sheet::Picture;
use crate::nn::spec::LossSpec;
use crate::text::Text;
use crate::train::history::Bucket;
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
pub(in crate::labs) fn iterations(last: u64) -> Axis {
    fixed(Text::new("iterations", "迭代次数"), (0.0, last.max(1) as f64))
}

/// The loss of each mini-batch; the mean of several where they share a point, and their range around it.
/// Where it diverged, the last point is the loss that it diverged with, or the last finite one.
pub(in crate::labs) fn loss_curve(name: Text, color: u8, training: &Training) -> Line {
    let points = training.loss.iter().map(|bucket| [bucket.iteration as f64, bucket.mean()]).collect();
    let shared = training.loss.iter().any(|bucket| bucket.count > 1);
    let band = training.loss.iter().filter(|_| shared).map(|bucket| [bucket.low, bucket.high]).collect();
    Line { band, ..line(name, color, ending_as_it_did(points, training)) }
}

/// The same with at most [`SMOOTH`] points, each the mean of as many mini-batches as that takes, so that curves of several
/// runs can be told apart.
pub(in crate::labs) fn smooth_loss_curve(name: Text, color: u8, training: &Training) -> Line {
    let several = training.loss.len().div_ceil(SMOOTH).max(1);
    let joined = |buckets: &[Bucket]| {
        let count: u64 = buckets.iter().map(|bucket| bucket.count).sum();
        let sum: f64 = buckets.iter().map(|bucket| bucket.sum).sum();
        [buckets[buckets.len() - 1].iteration as f64, sum / count as f64]
    };
    let points = training.loss.chunks(several).map(joined).collect();
    line(name, color, ending_as_it_did(points, training))
}

/// The most points of a smooth curve.
const SMOOTH: usize = 100;

/// A loss curve that ends with the very loss that a run diverged with.
fn ending_as_it_did(mut points: Vec<[f64; 2]>, training: &Training) -> Vec<[f64; 2]> {
    let last_finite = || training.loss.last().map(Bucket::mean);
    let loss = training.last_loss.filter(|loss| loss.is_finite()).or_else(last_finite);
    if let (Some(_), Some(last), Some(loss)) = (training.diverged_at, points.last_mut(), loss) {
        last[1] = loss;
    }
    points
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

#[cfg(test)]
mod tests {
    use super::*;

    fn training(losses: &[f64]) -> Training {
        let bucket = |(index, &loss): (usize, &f64)| Bucket {
            iteration: index as u64 + 1,
            count: 1,
            sum: loss,
            low: loss,
            high: loss,
        };
        let loss = losses.iter().enumerate().map(bucket).collect();
        Training { loss, last_loss: losses.last().copied(), ..Training::default() }
    }

    #[test]
    fn a_smooth_curve_has_few_points_and_the_same_mean() {
        let losses: Vec<f64> = (0..950).map(|index| f64::from(index % 10)).collect();
        let curve = smooth_loss_curve(Text::same("a"), 0, &training(&losses));
        assert_eq!((curve.points.len(), curve.points[0], curve.points[94]), (95, [10.0, 4.5], [950.0, 4.5]));
        let few = smooth_loss_curve(Text::same("a"), 0, &training(&losses[..7]));
        assert_eq!(few.points, loss_curve(Text::same("a"), 0, &training(&losses[..7])).points);
        assert_eq!(smooth_loss_curve(Text::same("a"), 0, &training(&[])).points, Vec::<[f64; 2]>::new());
    }

    #[test]
    fn a_curve_that_diverged_ends_with_the_loss_it_diverged_with() {
        let mut losses = vec![2.0; 950];
        losses.push(1179.0);
        let mut diverged = Training { diverged_at: Some(951), ..training(&losses) };
        for curve in [loss_curve, smooth_loss_curve] {
            assert_eq!(curve(Text::same("a"), 0, &diverged).points.last(), Some(&[951.0, 1179.0]));
        }
        // Not even a number: then the last one that was.
        diverged.last_loss = Some(f64::NAN);
        for curve in [loss_curve, smooth_loss_curve] {
            assert_eq!(curve(Text::same("a"), 0, &diverged).points.last(), Some(&[951.0, 1179.0]));
        }
    }

    #[test]
    fn accuracies_near_one_fill_the_plot() {
        let low = |points: &[f64]| {
            let points = points.iter().enumerate().map(|(index, &share)| [index as f64, share]).collect();
            accuracy_plane(9, vec![line(Text::same("a"), 0, points)]).y.range
        };
        assert_eq!(low(&[0.1, 0.93, 0.97]), Some((0.9, 1.0)));
        assert_eq!(low(&[0.1, 0.62, 0.97]), Some((0.6, 1.0)));
        assert_eq!(
            (low(&[]), low(&[0.1]), low(&[0.1, 0.05])),
            (Some((0.0, 1.0)), Some((0.0, 1.0)), Some((0.0, 1.0)))
        );
        assert_eq!(low(&[0.1, 1.0]), Some((0.9, 1.0)));
    }
}
