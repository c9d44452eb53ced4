//! What the network of a training answers about one example.

use super::training::Training;
use crate::error::Result;

/// An answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// One for each class.
    pub outputs: Vec<f32>,
    /// The class of the highest output; none where no output is a number, as in a network that diverged.
    pub class: Option<usize>,
    /// Whether the outputs are probabilities; scores may be any numbers.
    pub are_probabilities: bool,
}

impl Training {
    /// What the network predicts for an example, values in [0, 1].
    ///
    /// # Errors
    /// `pixels` does not have as many values as the network has inputs, or one is not finite.
    pub fn answer(&mut self, pixels: &[f32]) -> Result<Answer> {
        let outputs = self.predict(pixels)?;
        Ok(Answer { class: highest(&outputs, None), are_probabilities: self.gives_probabilities(), outputs })
    }
}

/// The index of the highest number but that at `without`, the first of equal ones.
pub(super) fn highest(values: &[f32], without: Option<usize>) -> Option<usize> {
    let others = values.iter().enumerate().filter(|&(at, value)| Some(at) != without && !value.is_nan());
    others.rev().max_by(|(_, one), (_, other)| one.total_cmp(other)).map(|(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_never_the_highest() {
        assert_eq!(highest(&[0.1, f32::NAN, 0.7, 0.2], None), Some(2));
        assert_eq!(highest(&[-3.0, -1.0, -1.0], None), Some(1), "the first of equal ones");
        assert_eq!(highest(&[f32::NEG_INFINITY, -f32::NAN], None), Some(0));
        assert_eq!(highest(&[f32::NAN; 3], None), None);
        assert_eq!(highest(&[], None), None);
        assert_eq!(highest(&[0.1, 0.7, 0.2], Some(1)), Some(2));
    }
}
