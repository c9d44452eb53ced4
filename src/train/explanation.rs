//! What a network makes of one example, and of what its scores are made, as data: it crosses from a worker to the page as
//! bytes, beside the [`report`](super::report)s.

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};

/// What a network makes of one example.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Explanation {
    /// One for each class: probabilities, or scores.
    pub outputs: Vec<f32>,
    /// The class of the highest output; none where no output is a number.
    pub class: Option<usize>,
    /// The activations of its hidden layers, first to last: of dense layers each unit's, of convolutions the largest of
    /// each channel. They are taken behind normalization and activation function.
    pub hidden: Vec<Vec<f32>>,
    /// Of what its scores are made; none where they are not those of a dense layer.
    pub scores: Option<Scores>,
    /// What the units of the first hidden layer say to each score, where that is a dense layer and they are not what comes
    /// into the layer of the scores.
    pub said: Option<Said>,
    /// The weights of the most excited units of the first hidden layer, the most excited one first, where it has more than
    /// [`WeightImages::MOST`](super::report::WeightImages::MOST): index and shades as there.
    pub excited: Vec<(usize, Vec<u8>)>,
    /// What convolutions, and the activation functions and poolings behind them, make of the example, first to last.
    pub maps: Vec<FeatureMaps>,
}

/// What a layer makes of an example, a small image for each channel.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FeatureMaps {
    /// The layer's index in the spec.
    pub layer: usize,
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// For each channel `width × height` shades: 128 is 0, 255 the largest absolute value of all channels, 1 its negative.
    /// At most [`FeatureMaps::MOST`] channels, the first ones.
    #[serde(with = "super::packed::images")]
    pub channels: Vec<Vec<u8>>,
    /// That largest absolute value.
    pub largest: f32,
}

impl FeatureMaps {
    /// The most channels of a layer.
    pub const MOST: usize = 64;
}

/// The scores of a dense layer, before softmax or sigmoid. Each is a bias plus what the values that come into the layer
/// contribute: value times weight.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Scores {
    /// Which [hidden layer](Explanation::hidden) the values that come in are; none where they are others, such as pixels.
    pub hidden: Option<usize>,
    /// How many values come in.
    pub count: usize,
    /// Those of them that are told apart, rising: all, or at most a few hundred of many.
    pub units: Vec<usize>,
    /// The value of each of these.
    pub values: Vec<f32>,
    /// Each score.
    pub outputs: Vec<Score>,
}

/// One score: `bias` plus the sum of `contributions` plus `rest`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Score {
    /// The score.
    pub score: f32,
    /// Its bias.
    pub bias: f32,
    /// What each unit that is told apart contributes.
    pub contributions: Vec<f32>,
    /// What all others contribute together.
    pub rest: f32,
    /// The sum of all absolute contributions, those of the others included.
    pub absolute: f32,
}

/// What units that do not come into the layer of the scores say to each of them: their value times the gradient of the
/// score with respect to it. Of a network whose layers are linear in pieces, such as ReLU, these numbers and what the
/// biases behind the units add sum up to the score, as long as no unit switches; of others they are an approximation.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Said {
    /// Those that are told apart, rising: all, or the most excited ones of many.
    pub units: Vec<usize>,
    /// For each score what each of these units says to it.
    pub outputs: Vec<Vec<f32>>,
    /// Whether they and what the biases add sum up to the score.
    pub is_exact: bool,
}

impl Explanation {
    /// As bytes, for the way to the page of the same version.
    pub fn to_bytes(&self) -> Vec<u8> {
        postcard::to_allocvec(self).unwrap_or_default()
    }

    /// What [`to_bytes`](Self::to_bytes) made these bytes from.
    ///
    /// # Errors
    /// There is none.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self> {
        let wrong = |error| Error::new(Code::WrongKind, "drawing", error, "Explanation");
        postcard::from_bytes(bytes).map_err(wrong)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_bring_the_same_explanation_back() {
        let score = Score { score: 1.5, contributions: vec![1.0, -0.5], ..Score::default() };
        let scores = Scores { hidden: Some(0), units: vec![3, 7], outputs: vec![score], ..Scores::default() };
        let told = Explanation { outputs: vec![0.25, 0.75], scores: Some(scores), ..Explanation::default() };
        assert_eq!(Explanation::from_bytes(&told.to_bytes()), Ok(told));
        assert_eq!(Explanation::from_bytes(b"\xff\xff").expect_err("none").field, "drawing");
    }
}
