//! When a trial is hopeless.

use crate::order::ascending;

/// The median stopping rule of D. Golovin et al. 2017, "Google Vizier: A Service for Black-Box Optimization", section
/// 3.2.1: after s epochs a trial is stopped when the best accuracy it has had so far lies below the median of what the
/// earlier trials had on average over their first s epochs. It asks nothing about the shape of the curves, and no
/// budget to be planned ahead as successive halving does, so trials can be watched one after the other.
///
/// Earlier trials count as far as they came: those that were stopped themselves before s epochs do not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MedianRule {
    /// How many trials must have come as far before one is compared with them; at least 1. Few say little about a median.
    pub after_trials: usize,
    /// How many epochs every trial may learn; at least 1. Some begin slowly.
    pub after_epochs: usize,
}

impl Default for MedianRule {
    fn default() -> Self {
        Self { after_trials: 5, after_epochs: 1 }
    }
}

impl MedianRule {
    /// Whether a trial with these accuracies after its epochs is hopeless beside the earlier ones.
    pub(super) fn stops<'a>(&self, accuracies: &[f64], earlier: impl Iterator<Item = &'a [f64]>) -> bool {
        let epochs = accuracies.len();
        if epochs < self.after_epochs.max(1) {
            return false;
        }
        let mean = |values: &[f64]| values.iter().sum::<f64>() / epochs as f64;
        let mut means: Vec<f64> = earlier.filter_map(|values| Some(mean(values.get(..epochs)?))).collect();
        if means.len() < self.after_trials.max(1) {
            return false;
        }
        ascending(&mut means);
        let middle = means.len() / 2;
        let median = if means.len() % 2 == 1 {
            means[middle]
        } else {
            f64::midpoint(means[middle - 1], means[middle])
        };
        accuracies.iter().copied().fold(0.0, f64::max) < median
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULE: MedianRule = MedianRule { after_trials: 3, after_epochs: 2 };

    fn stops(rule: MedianRule, accuracies: &[f64], earlier: &[&[f64]]) -> bool {
        rule.stops(accuracies, earlier.iter().copied())
    }

    #[test]
    fn the_best_so_far_is_held_against_the_median_of_running_means() {
        // Means over two epochs: 0.2, 0.5, 0.6; the median is 0.5.
        let earlier: [&[f64]; 3] = [&[0.1, 0.3, 0.9], &[0.4, 0.6, 0.6], &[0.6, 0.6]];
        assert!(stops(RULE, &[0.2, 0.49], &earlier));
        assert!(!stops(RULE, &[0.2, 0.5], &earlier), "not strictly below");
        assert!(!stops(RULE, &[0.5, 0.1], &earlier), "the best counts, not the last");
        // Of four means the median lies between the middle two: 0.35.
        let four = [earlier[0], earlier[1], earlier[2], &[0.1, 0.3]];
        assert!(stops(RULE, &[0.34, 0.34], &four) && !stops(RULE, &[0.36, 0.2], &four));
    }

    #[test]
    fn nobody_is_stopped_too_soon() {
        let earlier: [&[f64]; 3] = [&[0.9, 0.9], &[0.9, 0.9, 0.9], &[0.9]];
        assert!(!stops(RULE, &[0.1], &[&[0.9], &[0.9], &[0.9]]), "first epoch");
        assert!(!stops(RULE, &[0.1, 0.1], &earlier), "only two came as far");
        assert!(!stops(MedianRule { after_trials: 0, after_epochs: 0 }, &[], &[]));
        assert!(!stops(MedianRule { after_trials: 0, after_epochs: 0 }, &[0.1], &[]));
    }
}
