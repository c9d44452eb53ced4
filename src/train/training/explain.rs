//! Why the network of a training answers what it answers.

use std::collections::BTreeSet;

use ndarray::{ArrayView2, ArrayViewMut2};

use super::Training;
use super::inspection::{LayerOutput, score_layer};
use crate::error::{Code, Error, Result};
use crate::nn::apart::Apart;
use crate::nn::spec::LayerSpec;
use crate::order::largest_first;
use crate::train::explanation::{Explanation, FeatureMaps, Said, Score, Scores};
use crate::train::report::WeightImages;

/// So many of the most excited units are pictured where not all are.
const MOST_EXCITED: usize = 60;
/// Up to so many values that come into the last layer are all told apart.
const ALL_APART: usize = 128;
/// Of more, so many of the largest contributions to each score.
const LARGEST: usize = 12;

/// How each value of an example speaks for an output (above 0) or against it.
#[derive(Clone, Debug, PartialEq)]
pub struct Attribution {
    /// One for each value of the example.
    pub values: Vec<f32>,
    /// Whether they and what the biases add sum up to the score.
    pub is_exact: bool,
}

impl Attribution {
    /// The values as shades: 0 the one most against the output, 128 none, 255 the one most for it; the largest of either
    /// sign has the full shade.
    pub fn shades(&self) -> Vec<u8> {
        let finite = self.values.iter().filter(|value| value.is_finite());
        let most = finite.fold(f32::MIN_POSITIVE, |most, value| most.max(value.abs()));
        self.values.iter().map(|value| (128.0 + 127.0 * value / most).round() as u8).collect()
    }
}

impl Training {
    /// What the network makes of an example, values in [0, 1], and of what its scores are made.
    ///
    /// # Errors
    /// As [`predict`](Self::predict).
    pub fn explain(&mut self, pixels: &[f32]) -> Result<Explanation> {
        let answer = self.answer(pixels)?;
        let outputs = self.layers(pixels)?;
        let spec = self.spec();
        let last = score_layer(&spec).ok();
        let layers = hidden_layers(&spec.layers, last);
        let made = |&(_, end): &(usize, usize)| activations(&outputs[end].shape, &outputs[end].values);
        let hidden: Vec<Vec<f32>> = layers.iter().map(made).collect();
        let excited = hidden.first().map_or_else(Vec::new, |units| self.excited(units));
        let scores = last.and_then(|last| {
            let inputs = last.checked_sub(1).map_or(pixels, |before| &outputs[before].values);
            let source = layers.iter().position(|&(first, end)| comes_in(&spec.layers, first, end, last));
            let apart: Vec<usize> = match source {
                Some(0) => excited.iter().map(|(unit, _)| *unit).collect(),
                _ => Vec::new(),
            };
            let param = |name: &str| {
                let name = format!("{last}.{name}");
                self.trainer.params().iter().find(|param| param.name == name)
            };
            let (weight, bias) = (&param("weight")?.value, &param("bias")?.value);
            let scores = &outputs[last].values;
            Some(Scores { hidden: source, ..scores_of(inputs, weight.view(), bias.iter(), scores, &apart) })
        });
        let told_already = scores.as_ref().is_none_or(|scores| scores.hidden == Some(0));
        let first =
            layers.first().filter(|(first, _)| matches!(spec.layers[*first], LayerSpec::Dense { .. }));
        let said = match (first, hidden.first()) {
            (Some(&(_, end)), Some(values)) if !told_already => {
                let mut units: Vec<usize> = excited.iter().map(|(unit, _)| *unit).collect();
                if units.is_empty() {
                    units = (0..values.len()).collect();
                }
                units.sort_unstable();
                Some(self.said(pixels, end, values, units)?)
            }
            _ => None,
        };
        let maps = outputs.iter().filter_map(maps_of).collect();
        Ok(Explanation { outputs: answer.outputs, class: answer.class, hidden, scores, said, excited, maps })
    }

    /// What these units of a hidden layer that ends with the layer `end` of the spec say to each score; `values` are those
    /// of all its units.
    fn said(&mut self, pixels: &[f32], end: usize, values: &[f32], units: Vec<usize>) -> Result<Said> {
        let row = self.row(pixels)?;
        let network = self.trainer.network();
        let outputs = network.outputs();
        let behind = network.spec().layers.get(end + 1..).unwrap_or_default();
        let is_exact = is_linear_in_pieces(behind);
        let apart = self.apart.get_or_insert_with(|| Apart::new(network));
        apart.slopes_of_outputs(network, row);
        let slopes = apart.slope(end, outputs);
        let of = |output: usize, unit: &usize| {
            let slope = slopes.and_then(|slopes| slopes.get([output, *unit]).copied());
            slope.unwrap_or_default() * values.get(*unit).copied().unwrap_or_default()
        };
        let outputs = (0..outputs).map(|output| units.iter().map(|unit| of(output, unit)).collect());
        Ok(Said { outputs: outputs.collect(), units, is_exact })
    }

    /// How each value of an example speaks for an output, or against it: x · ∂z/∂x, for the score z before softmax or
    /// sigmoid (input times gradient; Shrikumar et al. 2016). Of a network whose layers are linear in pieces, such as ReLU,
    /// these numbers and what the biases add sum up to the score; of others they are an approximation.
    ///
    /// # Errors
    /// As [`predict`](Self::predict), or there is no such output.
    pub fn attribution(&mut self, pixels: &[f32], output: usize) -> Result<Attribution> {
        let mut values = self.gradient(pixels, output)?;
        for (value, pixel) in values.iter_mut().zip(pixels) {
            *value *= pixel;
        }
        Ok(Attribution { values, is_exact: is_linear_in_pieces(&self.spec().layers) })
    }

    /// The gradient of a score before softmax or sigmoid over the values of an example, ∂z/∂x: what each value would add
    /// to the score if it were larger by 1 and nothing bent, whether there is ink or not (Simonyan et al. 2014, section 3).
    ///
    /// # Errors
    /// As [`predict`](Self::predict), or there is no such output.
    pub fn gradient(&mut self, pixels: &[f32], output: usize) -> Result<Vec<f32>> {
        self.check_output(output)?;
        self.slope(pixels, &[(output, 1.0)])
    }

    /// The gradient of a sum of scores, each times a factor, over the values of an example.
    pub(super) fn slope(&mut self, pixels: &[f32], terms: &[(usize, f32)]) -> Result<Vec<f32>> {
        let row = self.row(pixels)?;
        let mut values = vec![0.0; pixels.len()];
        let slope = ArrayViewMut2::from_shape((1, pixels.len()), &mut values)
            .map_err(|error| Error::new(Code::SizeMismatch, "pixels", error, "a row"))?;
        let network = self.trainer.network();
        let apart = self.apart.get_or_insert_with(|| Apart::new(network));
        apart.slope_of_sum(network, row, terms, slope);
        Ok(values)
    }

    /// The pictures of the most excited units of the first hidden layer, where a report does not have all of them.
    fn excited(&self, units: &[f32]) -> Vec<(usize, Vec<u8>)> {
        let pictures = (units.len() > WeightImages::MOST).then(|| self.pictures()).flatten();
        let Some(pictures) = pictures.filter(|pictures| pictures.count() == units.len()) else {
            return Vec::new();
        };
        let size = |unit: usize| if units[unit].is_nan() { 0.0 } else { f64::from(units[unit].abs()) };
        let mut order = largest_first(units.len(), size);
        order.truncate(MOST_EXCITED);
        order.into_iter().map(|unit| (unit, pictures.shades(unit))).collect()
    }
}

/// The first and the last layer of each hidden layer, as the book counts them: a dense layer or a convolution with the
/// normalization and the activation function behind it. `last` is the layer of the scores.
fn hidden_layers(layers: &[LayerSpec], last: Option<usize>) -> Vec<(usize, usize)> {
    let begins = |layer: &LayerSpec| matches!(layer, LayerSpec::Dense { .. } | LayerSpec::Conv2d { .. });
    let belongs = |layer: &&LayerSpec| {
        matches!(layer, LayerSpec::Sigmoid | LayerSpec::Tanh | LayerSpec::Relu)
            || matches!(layer, LayerSpec::BatchNorm | LayerSpec::Dropout { .. })
    };
    let firsts = (0..layers.len()).filter(|&first| begins(&layers[first]) && Some(first) != last);
    let end = |first: usize| first + layers[first + 1..].iter().take_while(belongs).count();
    firsts.map(|first| (first, end(first))).collect()
}

/// Whether the outputs are linear in the inputs as long as no unit switches.
fn is_linear_in_pieces(layers: &[LayerSpec]) -> bool {
    layers.iter().all(|layer| match layer {
        LayerSpec::Sigmoid | LayerSpec::Tanh => false,
        LayerSpec::Branches { branches, .. } => branches.iter().all(|layers| is_linear_in_pieces(layers)),
        _ => true,
    })
}

/// Whether the units of a hidden layer are what comes into the layer `into`.
fn comes_in(layers: &[LayerSpec], first: usize, end: usize, into: usize) -> bool {
    let idle = |layer: &LayerSpec| matches!(layer, LayerSpec::Dropout { .. } | LayerSpec::Flatten);
    let between = layers.get(end + 1..into);
    matches!(layers[first], LayerSpec::Dense { .. }) && between.is_some_and(|layers| layers.iter().all(idle))
}

/// The images that a layer makes of an example; none where its output is no image.
fn maps_of(output: &LayerOutput) -> Option<FeatureMaps> {
    let [_, height, width] = output.shape[..] else { return None };
    let finite = output.values.iter().filter(|value| value.is_finite());
    let largest = finite.fold(0.0, |most: f32, value| most.max(value.abs()));
    // Divided first: what is left of a layer that is 0 throughout would overflow.
    let most = largest.max(f32::MIN_POSITIVE);
    let shade = |value: &f32| (128.0 + 127.0 * (value / most)).round() as u8;
    let channels = output.values.chunks((height * width).max(1)).take(FeatureMaps::MOST);
    let channels = channels.map(|channel| channel.iter().map(shade).collect()).collect();
    Some(FeatureMaps { layer: output.layer, width, height, channels, largest })
}

/// Of each unit its value, of each channel the largest.
fn activations(shape: &[usize], values: &[f32]) -> Vec<f32> {
    match shape {
        [_, height, width] if height * width > 0 => {
            values.chunks(height * width).map(|map| map.iter().copied().fold(f32::MIN, f32::max)).collect()
        }
        _ => values.to_vec(),
    }
}

/// Of what the scores of a dense layer are made; the units `apart` are told apart in any case.
fn scores_of<'a>(
    inputs: &[f32],
    weight: ArrayView2<'_, f32>,
    biases: impl Iterator<Item = &'a f32>,
    scores: &[f32],
    apart: &[usize],
) -> Scores {
    let all: Vec<Vec<f32>> = weight
        .columns()
        .into_iter()
        .map(|column| inputs.iter().zip(column).map(|(&input, &weight)| input * weight).collect())
        .collect();
    let units: Vec<usize> = if inputs.len() <= ALL_APART {
        (0..inputs.len()).collect()
    } else {
        let mut units = BTreeSet::new();
        units.extend(apart.iter().copied().filter(|&unit| unit < inputs.len()));
        for contributions in &all {
            let order = largest_first(contributions.len(), |unit| f64::from(contributions[unit].abs()));
            // The largest of either sign.
            for sign in [1.0, -1.0] {
                units
                    .extend(order.iter().filter(|&&unit| contributions[unit] * sign > 0.0).take(LARGEST / 2));
            }
        }
        units.into_iter().collect()
    };
    let outputs = all.iter().zip(biases).zip(scores).map(|((all, &bias), &score)| {
        let contributions: Vec<f32> = units.iter().map(|&unit| all[unit]).collect();
        let sum = |values: &[f32]| values.iter().map(|&value| f64::from(value)).sum::<f64>();
        let rest = if units.len() == all.len() { 0.0 } else { (sum(all) - sum(&contributions)) as f32 };
        let absolute = all.iter().map(|&value| f64::from(value).abs()).sum::<f64>() as f32;
        Score { score, bias, contributions, rest, absolute }
    });
    Scores {
        hidden: None,
        count: inputs.len(),
        values: units.iter().map(|&unit| inputs[unit]).collect(),
        outputs: outputs.collect(),
        units,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_layer_that_is_0_throughout_is_neither_dark_nor_light() {
        let of = |values: Vec<f32>| {
            let output = LayerOutput { layer: 0, kind: "relu", shape: vec![1, 1, 3], values };
            maps_of(&output).expect("an image").channels
        };
        assert_eq!(of(vec![0.0; 3]), [[128; 3]]);
        assert_eq!(of(vec![0.0, 2.0, -2.0]), [[128, 255, 1]]);
        assert_eq!(of(vec![0.0, 1e-45, -1e38])[0][0], 128);
    }
}
