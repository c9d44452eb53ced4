//! Whether a network that comes from a file, or goes into one, can be used at all.

use ndarray::Array2;

use super::trainer::Trainer;
use crate::error::{Code, Error, Result};

/// Inputs that a network is tried on: all 0, all 1, and two mixed ones.
const TRIED: usize = 4;

/// The numbers of 32 bits, in messages.
pub(super) const FINITE: &str = "-3.4e38 … 3.4e38";

/// Refuses a network that holds a number that is not finite, or whose outputs are not for some inputs from 0 to 1:
/// finite weights of 1e37 are enough for that, and what it says of an image would be no number.
///
/// # Errors
/// The tensor (`0.weight`) or `outputs`.
pub(super) fn check(trainer: &mut Trainer<f32>) -> Result<()> {
    for param in trainer.params() {
        if let Some(value) = param.value.iter().find(|value| !value.is_finite()) {
            return Err(Error::new(Code::NotFinite, &param.name, value, FINITE));
        }
    }
    let inputs = trainer.network().inputs();
    let tried = Array2::from_shape_fn((TRIED, inputs), |(row, column)| match row {
        0 => 0.0,
        1 => 1.0,
        // Any mixture: the last byte of multiples of a prime.
        _ => ((column + 1) * (7919 + 2 * row) % 256) as f32 / 255.0,
    });
    let outputs = trainer.predict(tried.view())?;
    match outputs.iter().find(|output| !output.is_finite()) {
        None => Ok(()),
        Some(output) => Err(Error::new(Code::NotFinite, "outputs", output, FINITE)),
    }
}
