//! What would have to change in an example for its network to read another class.

use super::Training;
use crate::error::{Code, Error, Result};
use crate::nn::loss::softmax;
use crate::train::answer::highest;

/// How long a step may be that does not end at the other class, one try after the other: about as far as a network is
/// linear, then shorter, then as long as in the paper. Where the scores bend, a long step may end where they are flat.
const LONGEST: [f32; 4] = [0.5, 0.2, 0.1, f32::INFINITY];
/// The most steps of a try.
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
    /// The steps of all tries.
    pub steps: usize,
    /// The changed example, values in [0, 1]; where the other class was not reached, the one that came nearest.
    pub values: Vec<f32>,
    /// The Euclidean norm of the change.
    pub distance: f64,
    /// The sum of what values rose by.
    pub added: f64,
    /// The sum of what values fell by.
    pub removed: f64,
}

/// A search for a change. It takes many runs of the network, so it is made step by step.
#[derive(Clone, Debug)]
pub struct ChangeSearch {
    pixels: Vec<f32>,
    from: usize,
    to: usize,
    is_reached: bool,
    /// Where the try is.
    values: Vec<f32>,
    /// The tries that ended, and the steps of this one and of all.
    ended: usize,
    steps: usize,
    all_steps: usize,
    /// What came nearest to the boundary, and how far from it.
    nearest: Vec<f32>,
    gap: f32,
}

/// A way to the boundary.
struct Way {
    /// How much higher the other scores are.
    gap: f32,
    /// The step that ends behind the boundary of a linear network, and its length.
    step: Vec<f32>,
    length: f32,
}

impl Training {
    /// Begins to look for a small change of an example, values in [0, 1], for which the network reads another class: `to`,
    /// or the runner-up. None where its outputs are no numbers.
    ///
    /// This is `DeepFool` (Moosavi-Dezfooli, Fawzi and Frossard 2016, algorithm 2) towards one class. Each step takes the
    /// network for linear and goes straight to where the score z of that class equals those of the others, and 2 % further:
    /// r = (z_others − z_to) / ‖w‖² · w, w = ∇z_to − ∇z_others. Here z_others is the logarithm of the sum of e^z over all
    /// others, not the highest of them: where two are nearly as high, the steps would go to and fro between both. Softmax
    /// gives the class one half there. Values stay in [0, 1]: those at a bound that would leave it do not take part.
    ///
    /// # Errors
    /// As [`predict`](Self::predict); there is no such class, or it is the one that is read (`output`).
    pub fn reading_change(&mut self, pixels: &[f32], to: Option<usize>) -> Result<Option<ChangeSearch>> {
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
        Ok(Some(ChangeSearch {
            pixels: pixels.to_vec(),
            from,
            to,
            is_reached: false,
            values: pixels.to_vec(),
            ended: 0,
            steps: 0,
            all_steps: 0,
            nearest: pixels.to_vec(),
            gap: f32::INFINITY,
        }))
    }

    /// The way from here to where a class is read; None where there is none that would help.
    fn way_to(&mut self, to: usize, values: &[f32]) -> Result<Option<Way>> {
        self.check_output(to)?;
        let scores = self.scores(values)?;
        let Some(other) = highest(&scores, Some(to)) else { return Ok(None) };
        let mut shares = scores.clone();
        shares[to] = f32::NEG_INFINITY;
        softmax(&mut shares);
        // log Σ e^z is the highest z less the logarithm of its share.
        let gap = scores[other] - libm::logf(shares[other]) - scores[to];
        let term = |(output, share): (usize, f32)| (output, if output == to { 1.0 } else { -share });
        let terms: Vec<_> = shares.into_iter().enumerate().map(term).collect();
        let mut step = self.slope(values, &terms)?;
        for (slope, &value) in step.iter_mut().zip(values) {
            let is_free = if *slope > 0.0 { value < 1.0 } else { value > 0.0 };
            if !is_free {
                *slope = 0.0;
            }
        }
        let square: f32 = step.iter().map(|slope| slope * slope).sum();
        let factor = (1.0 + OVERSHOOT) * gap / square;
        // Written so that what is no number ends it.
        if !(factor.is_finite() && square > 0.0) {
            return Ok(None);
        }
        // The gap may be nothing, or so small that it makes no difference to any value.
        let factor = factor.max(f32::EPSILON / square.sqrt());
        step.iter_mut().for_each(|slope| *slope *= factor);
        Ok(Some(Way { gap, step, length: factor * square.sqrt() }))
    }

    /// The scores of an example, before softmax or sigmoid.
    fn scores(&mut self, pixels: &[f32]) -> Result<Vec<f32>> {
        Ok(self.layers(pixels)?.pop().map_or_else(Vec::new, |last| last.values))
    }
}

impl ChangeSearch {
    /// Takes a step; whether more of the search is left.
    ///
    /// # Errors
    /// As [`Training::predict`], or there is no such class (`output`): where the network is another one by now.
    pub fn go_on(&mut self, training: &mut Training) -> Result<bool> {
        let Some(&longest) = LONGEST.get(self.ended).filter(|_| !self.is_reached) else { return Ok(false) };
        let way = if self.steps < MOST_STEPS { training.way_to(self.to, &self.values)? } else { None };
        if let Some(way) = way {
            self.step(training, &way, longest)?;
        } else {
            self.ended += 1;
            self.steps = 0;
            self.values.clone_from(&self.pixels);
        }
        Ok(!self.is_reached && self.ended < LONGEST.len())
    }

    fn step(&mut self, training: &mut Training, way: &Way, longest: f32) -> Result<()> {
        if way.gap < self.gap {
            self.gap = way.gap;
            self.nearest.clone_from(&self.values);
        }
        self.steps += 1;
        self.all_steps += 1;
        // All the way, if the network is linear enough for that.
        let mut values = Vec::new();
        for share in [1.0, longest / way.length] {
            let moved =
                self.values.iter().zip(&way.step).map(|(value, by)| (value + share * by).clamp(0.0, 1.0));
            values = moved.collect();
            self.is_reached = highest(&training.scores(&values)?, None) == Some(self.to);
            if self.is_reached || way.length <= longest {
                break;
            }
        }
        self.values = values;
        Ok(())
    }

    /// What was found.
    #[must_use]
    pub fn finish(self) -> Change {
        let values = if self.is_reached { self.values } else { self.nearest };
        let differences = || values.iter().zip(&self.pixels).map(|(new, old)| f64::from(new - old));
        Change {
            from: self.from,
            to: self.to,
            is_reached: self.is_reached,
            steps: self.all_steps,
            distance: differences().map(|by| by * by).sum::<f64>().sqrt(),
            added: differences().map(|by| by.max(0.0)).sum(),
            removed: differences().map(|by| (-by).max(0.0)).sum(),
            values,
        }
    }
}
