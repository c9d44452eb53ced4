//! What stands for the same number in every figure.

use crate::chart::Key;

/// Keys below this are numbers of the input.
const WEIGHTS: u32 = 1 << 16;
/// Keys from here on are outputs.
const OUTPUTS: u32 = 2 << 16;

/// The key of a number of the input.
pub(super) fn input_key(source: usize) -> Key {
    Key(source as u32)
}

/// The key of a weight of the filter.
pub(super) fn weight_key(tap: usize) -> Key {
    Key(WEIGHTS + tap as u32)
}

/// The key of an output.
pub(super) fn output_key(place: usize) -> Key {
    Key(OUTPUTS + place as u32)
}
