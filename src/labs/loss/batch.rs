//! Outputs with their labels, and what each loss makes of them.

use crate::labs::settings::Settings;
use crate::nn::loss::cross_entropy;
use crate::text::Text;

/// The book's guard against log 0.
pub(super) const GUARD: f64 = 1e-7;

/// Outputs of one image or of several, each with its label.
pub(super) struct Batch {
    /// One row for each image, all of one length.
    pub(super) rows: Vec<Vec<f64>>,
    /// The right class of each row.
    pub(super) labels: Vec<usize>,
    /// Labels as they should have been typed, where they were not; spelled as in the address.
    pub(super) mended: Option<String>,
    /// Whether labels are written in one-hot form.
    pub(super) one_hot: bool,
    /// Whether the other outputs follow one that is moved.
    pub(super) keeps_sum: bool,
    /// Where Huber's loss becomes straight.
    pub(super) delta: f64,
}

/// A loss of one row of outputs and its right class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    SquaredError,
    CrossEntropy,
    LogLikelihood,
    Hinge,
    Huber,
}

pub(super) const LOSSES: [Loss; 5] =
    [Loss::SquaredError, Loss::CrossEntropy, Loss::LogLikelihood, Loss::Hinge, Loss::Huber];

impl Loss {
    /// A short name, and the formula.
    pub(super) fn name(self) -> [Text; 2] {
        match self {
            Self::SquaredError => [Text::new("squared", "均方误差"), Text::same("½ Σ (y − t)²")],
            Self::CrossEntropy => {
                [Text::new("cross-entropy −log y", "交叉熵 −log y"), Text::same("−Σ t log(y + 1e-7)")]
            }
            Self::LogLikelihood => {
                [Text::new("log-likelihood", "对数似然"), Text::same("−Σ [t log y + (1 − t) log(1 − y)]")]
            }
            Self::Hinge => [Text::new("hinge", "合页"), Text::same("Σ max(0, 1 + yⱼ − yₜ), j ≠ t")],
            Self::Huber => [
                Text::same("Huber"),
                Text::new("Σ ½d² or δ(|d| − δ/2), d = y − t", "Σ ½d² 或 δ(|d| − δ/2)，d = y − t"),
            ],
        }
    }
}

impl Batch {
    pub(super) fn new(settings: &Settings) -> Self {
        let is_one = settings.words("experiment") != "batch";
        let rows =
            if is_one { vec![settings.numbers("y").to_vec()] } else { settings.rows("batch").to_vec() };
        let last = rows.first().map_or(0, Vec::len).saturating_sub(1) as f64;
        let typed = if is_one { vec![settings.number("label")] } else { settings.numbers("labels").to_vec() };
        let labels: Vec<usize> = (0..rows.len())
            .map(|row| typed.get(row).map_or(0.0, |label| label.round().clamp(0.0, last)) as usize)
            .collect();
        let right =
            typed.len() == labels.len() && typed.iter().zip(&labels).all(|(one, &two)| *one == two as f64);
        Self {
            mended: (!right).then(|| spelled(&labels)),
            rows,
            labels,
            one_hot: settings.words("form") == "one-hot",
            keeps_sum: settings.is_on("sum"),
            delta: settings.number("delta"),
        }
    }

    /// What goes into a row's target: 1 for the right class, 0 for others.
    pub(super) fn target(&self, row: usize) -> Vec<f64> {
        let label = self.labels[row];
        (0..self.rows[row].len()).map(|class| f64::from(u8::from(class == label))).collect()
    }

    /// The output of a row for its right class.
    pub(super) fn right(&self, row: usize) -> f64 {
        self.rows[row].get(self.labels[row]).copied().unwrap_or(0.0)
    }

    /// How many rows of the arrays belong to one image.
    pub(super) fn rows_of_an_image(&self) -> usize {
        if self.one_hot || self.rows.len() == 1 { 3 } else { 1 }
    }

    /// The first image with another output for its right class.
    pub(super) fn with_right(&self, y: f64) -> Self {
        let row = self.rows.first().map_or(&[][..], Vec::as_slice);
        let label = self.labels.first().copied().unwrap_or(0);
        let rows = vec![spread(row, label, y, self.keeps_sum)];
        Self { rows, labels: vec![label], mended: None, ..*self }
    }

    /// A loss of one row.
    pub(super) fn loss(&self, loss: Loss, row: usize) -> f64 {
        let (y, t) = (&self.rows[row], self.target(row));
        let each = |cost: &dyn Fn(f64, f64) -> f64| y.iter().zip(&t).map(|(&y, &t)| cost(y, t)).sum::<f64>();
        match loss {
            Loss::SquaredError => 0.5 * each(&|y, t| (y - t) * (y - t)),
            Loss::CrossEntropy => cross_entropy(y, &t),
            Loss::LogLikelihood => each(&|y, t| -libm::log((if t > 0.0 { y } else { 1.0 - y }) + GUARD)),
            Loss::Hinge => {
                let right = self.right(row);
                each(&|y, t| if t > 0.0 { 0.0 } else { (1.0 + y - right).max(0.0) })
            }
            Loss::Huber => each(&|y, t| {
                let far = (y - t).abs();
                if far <= self.delta { 0.5 * far * far } else { self.delta * (far - 0.5 * self.delta) }
            }),
        }
    }

    /// The mean of a loss over all rows.
    pub(super) fn mean(&self, loss: Loss) -> f64 {
        (0..self.rows.len()).map(|row| self.loss(loss, row)).sum::<f64>() / self.rows.len() as f64
    }
}

/// Labels as they stand in the address.
pub(super) fn spelled(labels: &[usize]) -> String {
    labels.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")
}

/// A row in which an output was moved. Where the sum is kept at 1, the others share what is left as they did before, or
/// evenly where they had nothing.
fn spread(row: &[f64], index: usize, value: f64, keeps_sum: bool) -> Vec<f64> {
    let others: f64 = row.iter().enumerate().filter(|(at, _)| *at != index).map(|(_, y)| y).sum();
    let count = row.len().saturating_sub(1);
    let share = |y: f64| if others > 1e-9 { y / others } else { 1.0 / count as f64 };
    let other = |y: f64| if keeps_sum { (1.0 - value) * share(y) } else { y };
    row.iter().enumerate().map(|(at, &y)| if at == index { value } else { other(y) }).collect()
}

/// The same as a hand does it: the output to three decimals, the others to four.
pub(super) fn moved(row: &[f64], index: usize, value: f64, keeps_sum: bool) -> Vec<f64> {
    if value.is_nan() || index >= row.len() {
        return row.to_vec();
    }
    let rounded = |value: f64, unit: f64| (value * unit).round() / unit;
    let value = rounded(value.clamp(0.0, 1.0), 1e3);
    let mut row = spread(row, index, value, keeps_sum);
    if keeps_sum && row.len() > 1 {
        let mut largest = if index == 0 { 1 } else { 0 };
        for at in (0..row.len()).filter(|at| *at != index) {
            row[at] = rounded(row[at], 1e4);
            if row[at] > row[largest] {
                largest = at;
            }
        }
        // What rounding has left over.
        let over = 1.0 - row.iter().sum::<f64>();
        row[largest] = rounded((row[largest] + over).clamp(0.0, 1.0), 1e4);
    }
    row
}

#[cfg(test)]
mod tests {
    use ndarray::Array2;

    use super::*;
    use crate::nn::loss::{self, Hinge, Huber, MeanSquaredError};

    fn batch(row: &[f64], label: usize) -> Batch {
        Batch {
            rows: vec![row.to_vec()],
            labels: vec![label],
            mended: None,
            one_hot: true,
            keeps_sum: true,
            delta: 1.0,
        }
    }

    #[test]
    fn losses_are_those_that_networks_are_trained_with() {
        let row = [0.2, 0.7, 0.1];
        for label in 0..3 {
            let found = |loss| batch(&row, label).loss(loss, 0);
            let wanted = |loss: &dyn loss::Loss<f64>, row: [f64; 3]| {
                let logits = Array2::from_shape_vec((1, 3), row.to_vec()).expect("a row");
                loss.mean(logits.view(), &[label as u8])
            };
            let logits = row.map(|y: f64| (y / (1.0 - y)).ln());
            for (found, wanted) in [
                (found(Loss::SquaredError), wanted(&MeanSquaredError, row)),
                (found(Loss::Hinge), wanted(&Hinge, row)),
                (found(Loss::Huber), wanted(&Huber, row)),
                (found(Loss::LogLikelihood), wanted(&loss::LogLikelihood, logits)),
                (found(Loss::CrossEntropy), wanted(&loss::SoftmaxCrossEntropy, row.map(f64::ln))),
            ] {
                assert!((found - wanted).abs() < 1e-5, "{label}: {found} {wanted}");
            }
        }
    }

    #[test]
    fn hubers_loss_is_straight_beyond_delta() {
        let near = Batch { delta: 0.5, ..batch(&[0.1], 0) };
        assert!((near.loss(Loss::Huber, 0) - 0.5 * (0.9 - 0.25)).abs() < 1e-12);
        assert!((batch(&[0.1], 0).loss(Loss::Huber, 0) - 0.5 * 0.81).abs() < 1e-12);
    }

    #[test]
    fn a_sum_of_1_is_kept() {
        let row = [0.1, 0.05, 0.6, 0.0, 0.05, 0.1, 0.0, 0.1, 0.0, 0.0];
        for (index, value) in [(2, 0.1), (2, 1.0), (2, 0.0), (3, 0.333), (0, 1e9), (1, -4.0)] {
            let after = moved(&row, index, value, true);
            assert!((after.iter().sum::<f64>() - 1.0).abs() < 1e-9, "{after:?}");
            assert!(after.iter().all(|y| (0.0..=1.0).contains(y)), "{after:?}");
            assert_eq!(after[index], (value.clamp(0.0, 1.0) * 1e3).round() / 1e3);
        }
        // From nothing, evenly.
        assert_eq!(moved(&[1.0, 0.0, 0.0], 0, 0.5, true), [0.5, 0.25, 0.25]);
        assert_eq!(moved(&row, 2, 0.1, false)[3..], row[3..]);
        assert_eq!(moved(&[0.5], 0, 0.25, true), [0.25]);
        assert_eq!(moved(&row, 12, 0.1, true), row);
        assert_eq!(moved(&row, 2, f64::NAN, true), row);
    }
}
