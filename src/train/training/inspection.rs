//! What the network of a training says of an example, and what is inside it.

use ndarray::{Array2, ArrayView2};

use super::Training;
use crate::data::digit::SIDE;
use crate::error::{Code, Error, Result};
use crate::nn::apart::Apart;
use crate::nn::layer::Mode;
use crate::nn::network::Input;
use crate::nn::spec::{LayerSpec, NetSpec};
use crate::train::report::WeightImages;
use crate::train::task::{SetName, Share};

/// What one layer made of an example.
#[derive(Clone, Debug, PartialEq)]
pub struct LayerOutput {
    /// The layer's index in the spec.
    pub layer: usize,
    /// What it is, as a spec spells it: `conv2d`.
    pub kind: &'static str,
    /// The shape of its output: `[n]`, or `[channels, height, width]`.
    pub shape: Vec<usize>,
    /// The values, the last axis running fastest.
    pub values: Vec<f32>,
}

/// Of what a score is made: `bias` plus the sum of `values`.
#[derive(Clone, Debug, PartialEq)]
pub struct Contributions {
    /// For each value that comes into the last dense layer: itself times its weight.
    pub values: Vec<f64>,
    /// The bias of the output.
    pub bias: f64,
    /// The output of the last layer, before softmax or sigmoid.
    pub score: f64,
    /// The index of the dense layer in the spec.
    pub layer: usize,
}

/// The classes predicted for the test examples.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Predictions<'a> {
    /// The iteration of the network that predicted them.
    pub iteration: u64,
    /// One for each of the first test examples.
    pub classes: &'a [u8],
}

impl Training {
    /// The network's outputs for an example. They are [probabilities](Self::gives_probabilities) or scores.
    ///
    /// # Errors
    /// `pixels` does not have as many values as the network has inputs, or one is not finite.
    pub fn predict(&mut self, pixels: &[f32]) -> Result<Vec<f32>> {
        let pixels = self.row(pixels)?;
        Ok(self.trainer.predict(pixels)?.into_raw_vec_and_offset().0)
    }

    /// Whether what it [predicts](Self::predict) are probabilities; scores may be any numbers.
    pub fn gives_probabilities(&self) -> bool {
        self.trainer.spec().loss.gives_probabilities()
    }

    /// The class predicted for each test example of the last evaluation, as far as the examples are there.
    pub fn predictions(&self) -> Option<Predictions<'_>> {
        let predicted = self.evaluations.predicted.as_ref()?;
        let count = predicted.classes.len().min(self.test.len());
        Some(Predictions { iteration: predicted.iteration, classes: &predicted.classes[..count] })
    }

    /// What every layer of the spec makes of an example, first to last; those of branches are seen as their common
    /// output. The last one has the scores, to which the loss' output function is still to be applied.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn layers(&mut self, pixels: &[f32]) -> Result<Vec<LayerOutput>> {
        let pixels = self.row(pixels)?;
        let outputs = self.run_apart(pixels).collect::<Vec<_>>();
        let spec = self.trainer.spec();
        let shapes = self.trainer.network().shapes();
        let layer = |(layer, values): (usize, Vec<f32>)| LayerOutput {
            layer,
            kind: spec.layers[layer].kind(),
            shape: shapes[layer + 1].clone(),
            values,
        };
        Ok(outputs.into_iter().enumerate().map(layer).collect())
    }

    /// What each value that comes into the last dense layer contributes to one of its outputs, for an example.
    ///
    /// # Errors
    /// As [`predict`](Self::predict); there is no such output, or the scores are not those of a dense layer.
    pub fn contributions(&mut self, pixels: &[f32], output: usize) -> Result<Contributions> {
        let layer = score_layer(&self.spec())?;
        self.check_output(output)?;
        let row = self.row(pixels)?;
        let mut outputs = self.run_apart(row).collect::<Vec<_>>();
        let score = f64::from(outputs[layer][output]);
        let inputs = if layer == 0 { pixels.to_vec() } else { outputs.swap_remove(layer - 1) };
        let param = |name: &str| {
            let name = format!("{layer}.{name}");
            self.trainer.params().iter().find(|param| param.name == name)
        };
        let (Some(weight), Some(bias)) = (param("weight"), param("bias")) else {
            return Err(Error::new(Code::NotSupported, format!("layers[{layer}]"), "no weights", "dense"));
        };
        let column = weight.value.column(output);
        let values = inputs.iter().zip(column).map(|(&input, &weight)| f64::from(input) * f64::from(weight));
        Ok(Contributions { values: values.collect(), bias: f64::from(bias.value[[0, output]]), score, layer })
    }

    /// Refuses an output that the network does not have.
    pub(super) fn check_output(&mut self, output: usize) -> Result<()> {
        let outputs = self.trainer.network().outputs();
        if output < outputs {
            return Ok(());
        }
        Err(Error::new(Code::OutsideRange, "output", output, format!("0 … {}", outputs.saturating_sub(1))))
    }

    /// The outputs of all layers for one example.
    fn run_apart(&mut self, pixels: ArrayView2<'_, f32>) -> impl Iterator<Item = Vec<f32>> {
        let network = self.trainer.network();
        let apart = self.apart.get_or_insert_with(|| Apart::new(network));
        apart.forward(network, Input::Dense(pixels), Mode::Evaluation);
        let count = network.spec().layers.len();
        (0..count).map(|layer| {
            apart.output(layer, 1).map_or_else(Vec::new, |output| output.iter().copied().collect())
        })
    }

    /// An example as a batch of one.
    pub(super) fn row<'a>(&self, pixels: &'a [f32]) -> Result<ArrayView2<'a, f32>> {
        let inputs: usize = self.trainer.spec().input.iter().product();
        if pixels.len() != inputs {
            let (value, allowed) = (format!("{} values", pixels.len()), format!("{inputs} values"));
            return Err(Error::new(Code::SizeMismatch, "pixels", value, allowed));
        }
        if let Some(place) = pixels.iter().position(|pixel| !pixel.is_finite()) {
            let field = format!("pixels[{place}]");
            return Err(Error::new(Code::NotFinite, field, pixels[place], "0 … 1"));
        }
        ArrayView2::from_shape((1, inputs), pixels)
            .map_err(|error| Error::new(Code::SizeMismatch, "pixels", error, format!("{inputs} values")))
    }

    /// Height and width of the images it learns: those that have arrived, or before that those of the set it needs.
    fn image_size(&self) -> Option<(usize, usize)> {
        let is_images = |share: &Share| share.set != SetName::Iris;
        let expected = self.plan().needs.train.iter().any(is_images).then_some((SIDE, SIDE));
        self.trainer.training().size().or(expected)
    }

    /// The weights of the first layer as pictures, where that is a dense layer that sees images or a convolution of one
    /// channel.
    pub(super) fn pictures(&self) -> Option<Pictures<'_>> {
        let spec = self.spec();
        let first = spec.layers.iter().position(|layer| *layer != LayerSpec::Flatten)?;
        let name = format!("{first}.weight");
        let weight = &self.trainer.params().iter().find(|param| param.name == name)?.value;
        let (height, width) = match spec.layers[first] {
            LayerSpec::Conv2d { size, .. } if spec.input[0] == 1 => (size, size),
            LayerSpec::Dense { .. } => match spec.input[..] {
                [1, height, width] => (height, width),
                _ => self.image_size().filter(|(height, width)| height * width == weight.nrows())?,
            },
            _ => return None,
        };
        // A column for each unit of a dense layer, a row for each filter of a convolution.
        let units =
            if matches!(spec.layers[first], LayerSpec::Dense { .. }) { weight.t() } else { weight.view() };
        Some(Pictures { width, height, units, strongest: strong(weight) })
    }

    /// The first of these pictures, as a report holds them.
    pub(super) fn weight_images(&self) -> Option<WeightImages> {
        let pictures = self.pictures()?;
        let Pictures { width, height, .. } = pictures;
        let count = pictures.count();
        let units = (0..count.min(WeightImages::MOST)).map(|unit| pictures.shades(unit)).collect();
        Some(WeightImages { width, height, count, units })
    }
}

/// All but so large a part of the weights is weaker than the one with the full shade.
const STRONG: f64 = 0.005;
/// So many weights, evenly spread, tell how strong they all are.
const SAMPLE: usize = 1 << 14;

/// The absolute value that 99.5 % of the weights do not exceed: by the strongest of all a single outlier would leave the
/// other units pale.
fn strong(weights: &Array2<f32>) -> f32 {
    let every = weights.len().div_ceil(SAMPLE).max(1);
    // Not a multiple of the units or pixels in a row, or only some of them would be seen.
    let every = if every > 1 { every | 1 } else { every };
    let sizes = weights.iter().step_by(every).map(|weight| weight.abs());
    let mut sizes: Vec<f32> = sizes.filter(|size| size.is_finite()).collect();
    let at = ((sizes.len() as f64) * (1.0 - STRONG)) as usize;
    if at >= sizes.len() {
        return f32::MIN_POSITIVE;
    }
    let (_, strong, _) = sizes.select_nth_unstable_by(at, f32::total_cmp);
    strong.max(f32::MIN_POSITIVE)
}

/// The weights of units as pictures.
pub(super) struct Pictures<'a> {
    width: usize,
    height: usize,
    /// A row for each unit.
    units: ArrayView2<'a, f32>,
    /// Weights of this absolute value, and stronger ones, have the full shade.
    strongest: f32,
}

impl Pictures<'_> {
    /// How many units there are.
    pub(super) fn count(&self) -> usize {
        self.units.nrows()
    }

    /// The shades of a unit's picture, as [`WeightImages::units`] has them.
    pub(super) fn shades(&self, unit: usize) -> Vec<u8> {
        let shade = |weight: &f32| (128.0 + 127.0 * weight / self.strongest).round().clamp(0.0, 255.0) as u8;
        self.units.row(unit).iter().map(shade).collect()
    }
}

/// The dense layer that makes the scores of a network. Behind it there may be what changes nothing outside training, such
/// as dropout.
pub(super) fn score_layer(spec: &NetSpec) -> Result<usize> {
    let idle = |layer: &&LayerSpec| matches!(layer, LayerSpec::Dropout { .. } | LayerSpec::Flatten);
    let last = spec.layers.len() - 1;
    let layer = last - spec.layers.iter().rev().take_while(idle).count().min(last);
    match spec.layers[layer] {
        LayerSpec::Dense { .. } => Ok(layer),
        _ => {
            let kind = spec.layers[layer].kind();
            Err(Error::new(Code::NotSupported, format!("layers[{layer}]"), kind, "dense"))
        }
    }
}
