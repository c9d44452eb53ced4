//! What would have to change in an example for its network to read another class.

use super::Training;
use crate::error::{Code, Error, Result};
use crate::train::answer::highest;

/// The most steps towards the other class.
const MOST_STEPS: usize = 50;
/// How much further each step goes than to the boundary, so that it is crossed; as in the paper.
const OVERSHOOT: f32 = 0.02;

/// A change of an example.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    /// The class that was read.
    pub from: usize,
    /// The class that is to be read.
    pub to: usize,
    /// Whether it is; else the steps did not suffice, or nothing that could change would help.
    pub is_reached: bool,
    /// The steps that were taken.
    pub steps: usize,
    /// The changed example, values in [0, 1].
    pub values: Vec<f32>,
    /// The Euclidean norm of the change.
    pub distance: f64,
    /// The sum of what values rose by.
    pub added: f64,
    /// The sum of what values fell by.
    pub removed: f64,
}

impl Training {
    /// A small change of an example, values in [0, 1], for which the network reads another class: `to`, or the runner-up.
    /// None where its outputs are no numbers.
    ///
    /// This is `DeepFool` (Moosavi-Dezfooli, Fawzi and Frossard 2016, algorithm 2) towards one class. Each step takes the
    /// network for linear and goes straight to where the score z of that class and the highest other one are equal, and 2 %
    /// further: r = (z_other − z_to) / ‖w‖² · w, w = ∇z_to − ∇z_other. Values stay in [0, 1]: those at a bound that would
    /// leave it do not take part.
    ///
    /// # Errors
    /// As [`predict`](Self::predict); there is no such class, or it is the one that is read (`output`).
    pub fn reading_change(&mut self, pixels: &[f32], to: Option<usize>) -> Result<Option<Change>> {
        if let Some(output) = to {
            self.check_output(output)?;
        }
        let scores = self.scores(pixels)?;
        let Some(from) = highest(&scores, None) else { return Ok(None) };
        let Some(to) = to.or_else(|| highest(&scores, Some(from))) else { return Ok(None) };
        if to == from {
            return Err(Error::new(
                Code::OutsideRange,
                "output",
                to,
                "another class than the one that is read",
            ));
        }
        let mut values = pixels.to_vec();
        let (mut steps, mut is_reached) = (0, false);
        while !is_reached && steps < MOST_STEPS && self.step_towards(&mut values, to)? {
            steps += 1;
            is_reached = highest(&self.scores(&values)?, None) == Some(to);
        }
        let differences = || values.iter().zip(pixels).map(|(new, old)| f64::from(new - old));
        Ok(Some(Change {
            from,
            to,
            is_reached,
            steps,
            distance: differences().map(|by| by * by).sum::<f64>().sqrt(),
            added: differences().map(|by| by.max(0.0)).sum(),
            removed: differences().map(|by| (-by).max(0.0)).sum(),
            values,
        }))
    }

    /// Takes one step; false where there is none that would help.
    fn step_towards(&mut self, values: &mut [f32], to: usize) -> Result<bool> {
        let scores = self.scores(values)?;
        let Some(other) = highest(&scores, Some(to)) else { return Ok(false) };
        let mut slope = self.slope(values, &[(to, 1.0), (other, -1.0)])?;
        for (slope, &value) in slope.iter_mut().zip(&*values) {
            let is_free = if *slope > 0.0 { value < 1.0 } else { value > 0.0 };
            if !is_free {
                *slope = 0.0;
            }
        }
        let square: f32 = slope.iter().map(|slope| slope * slope).sum();
        let gap = scores[other] - scores[to];
        let factor = (1.0 + OVERSHOOT) * gap / square;
        // Written so that what is no number ends it.
        if !(factor.is_finite() && square > 0.0) {
            return Ok(false);
        }
        // The gap may be nothing, or so small that it makes no difference to any value.
        let factor = factor.max(f32::EPSILON / square.sqrt());
        for (value, slope) in values.iter_mut().zip(&slope) {
            *value = (*value + factor * slope).clamp(0.0, 1.0);
        }
        Ok(true)
    }

    /// The scores of an example, before softmax or sigmoid.
    fn scores(&mut self, pixels: &[f32]) -> Result<Vec<f32>> {
        Ok(self.layers(pixels)?.pop().map_or_else(Vec::new, |last| last.values))
    }
}
