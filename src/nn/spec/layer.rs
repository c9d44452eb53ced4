//! One layer, as a value, and the shape it makes of its input.

use serde::Serialize;

use super::read::{
    BELOW_ONE, Choice, Decimal, Fields, FromValue, Kinds, LEAST, List, Of, Reading, Whole, form_of, of,
};
use super::value::Value;
use super::{MOST_LAYERS, MOST_VALUES, product};
use crate::error::{Code, Error, Result};

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum LayerSpec {
    /// y = x·W + b (the book's Affine, 5.6.1).
    Dense {
        /// Outputs.
        units: usize,
    },
    /// 1 / (1 + e⁻ˣ), 3.2.4.
    Sigmoid,
    /// Hyperbolic tangent, 6.2.2.
    Tanh,
    /// max(0, x), 3.2.7.
    Relu,
    /// `[channels, height, width]` to `[channels · height · width]`.
    Flatten,
    /// Batch normalization, 6.3: per value, or per channel of an input with channels.
    BatchNorm,
    /// Dropout, 6.4.3.
    Dropout {
        /// The share of values set to 0: 0, or 1e-45 to 0.99999994.
        rate: f64,
    },
    /// Convolution, 7.2.
    Conv2d {
        /// Output channels.
        filters: usize,
        /// Height and width of a filter.
        size: usize,
        /// Step between places; 1 when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        stride: Option<usize>,
        /// Zeros around the input; 0 when absent.
        #[serde(skip_serializing_if = "Option::is_none")]
        pad: Option<usize>,
    },
    /// Max pooling, 7.3.
    MaxPool2d(Windows),
    /// Average pooling, 7.3; with a window as large as the image, the mean of each channel.
    AveragePool2d(Windows),
    /// Several ways from one input, put together again: a shortcut (He et al. 2015) where one of them is empty and they
    /// are added, an Inception block (Szegedy et al. 2014) where their channels are concatenated; book 8.2.
    Branches {
        /// How the outputs become one.
        join: Join,
        /// The layers of each way; none passes the input on as it is.
        branches: Vec<Vec<LayerSpec>>,
    },
}

/// The windows of a pooling layer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Windows {
    /// Height and width of a window.
    pub size: usize,
    /// Step between windows; `size` when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub stride: Option<usize>,
    /// How far windows reach over the edge, below `size`; 0 when absent. What lies outside is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pad: Option<usize>,
}

/// How branches become one output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Join {
    /// Sums of the values; all outputs have the same shape.
    Add,
    /// One after another along the channels; all outputs have the same height and width.
    Concatenate,
}

impl LayerSpec {
    /// The shape this layer makes of `input`.
    ///
    /// # Errors
    /// The field found wrong, by its path in this layer: `units`, `branches[1][0].pad`; or none, where the input's
    /// shape does not suit the layer.
    pub fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>> {
        match self {
            &Self::Dense { units } => {
                UNITS.check("units", units)?;
                let &[inputs] = input else {
                    let value = format!("input {input:?}");
                    return Err(Error::new(Code::SizeMismatch, "", value, "[n]; flatten first"));
                };
                few_weights("units", inputs, units)?;
                Ok(vec![units])
            }
            Self::Sigmoid | Self::Tanh | Self::Relu | Self::BatchNorm => Ok(input.to_vec()),
            Self::Flatten => Ok(vec![input.iter().product()]),
            &Self::Dropout { rate } => {
                RATE.check("rate", rate)?;
                Ok(input.to_vec())
            }
            &Self::Conv2d { filters, size, stride, pad } => {
                FILTERS.check("filters", filters)?;
                let pad = pad.unwrap_or(0);
                PAD.check("pad", pad)?;
                let (height, width) = places(input, size, stride.unwrap_or(1), pad)?;
                few_weights("filters", input[0] * size * size, filters)?;
                few_values(vec![filters, height, width])
            }
            Self::MaxPool2d(windows) | Self::AveragePool2d(windows) => {
                let (size, stride, pad) = windows.numbers();
                WINDOW.check("size", size)?;
                Whole(0, size - 1).check("pad", pad)?;
                let (height, width) = places(input, size, stride, pad)?;
                few_values(vec![input[0], height, width])
            }
            Self::Branches { join, branches } => {
                BRANCHES.length.check("branches.length", branches.len())?;
                let outputs = branches.iter().enumerate().map(|(branch, layers)| {
                    let shapes = shapes_through(input, layers);
                    let end = |mut shapes: Vec<Vec<usize>>| shapes.pop().unwrap_or_default();
                    shapes
                        .map(end)
                        .map_err(|(index, error)| error.within(&format!("branches[{branch}][{index}]")))
                });
                joined(*join, &outputs.collect::<Result<Vec<_>>>()?)
            }
        }
    }

    /// What it is, as a spec spells it: `conv2d`.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Dense { .. } => "dense",
            Self::Sigmoid => "sigmoid",
            Self::Tanh => "tanh",
            Self::Relu => "relu",
            Self::Flatten => "flatten",
            Self::BatchNorm => "batch-norm",
            Self::Dropout { .. } => "dropout",
            Self::Conv2d { .. } => "conv2d",
            Self::MaxPool2d(_) => "max-pool2d",
            Self::AveragePool2d(_) => "average-pool2d",
            Self::Branches { .. } => "branches",
        }
    }

    /// How many layers this is, those of its branches counted.
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Branches { branches, .. } => 1 + branches.iter().flatten().map(Self::count).sum::<usize>(),
            _ => 1,
        }
    }
}

impl Windows {
    /// Windows of a size that lie side by side.
    pub fn of(size: usize) -> Self {
        Self { size, stride: None, pad: None }
    }

    /// Size, stride and pad, the absent ones filled in.
    pub fn numbers(self) -> (usize, usize, usize) {
        (self.size, self.stride.unwrap_or(self.size), self.pad.unwrap_or(0))
    }
}

/// The shape before each of some layers in a row, and after the last.
///
/// # Errors
/// The index of the layer that is wrong, and what is.
pub(super) fn shapes_through(
    input: &[usize],
    layers: &[LayerSpec],
) -> std::result::Result<Vec<Vec<usize>>, (usize, Error)> {
    let mut shapes = vec![input.to_vec()];
    for (index, layer) in layers.iter().enumerate() {
        shapes.push(layer.output_shape(&shapes[index]).map_err(|error| (index, error))?);
    }
    Ok(shapes)
}

/// How many values the layers make of one image, those between the layers of branches counted.
pub(super) fn values_through(shapes: &[Vec<usize>], layers: &[LayerSpec]) -> usize {
    let own = shapes[1..].iter().map(|shape| shape.iter().product::<usize>()).sum::<usize>();
    let inside = |(layer, input): (&LayerSpec, &Vec<usize>)| match layer {
        LayerSpec::Branches { branches, .. } => branches
            .iter()
            .filter_map(|layers| Some(values_through(&shapes_through(input, layers).ok()?, layers)))
            .fold(0, usize::saturating_add),
        _ => 0,
    };
    layers.iter().zip(shapes).map(inside).fold(own, usize::saturating_add)
}

/// How many weights layers have, biases and batch normalization left out, which weigh little.
///
/// # Errors
/// A layer does not suit the shape of its input.
pub(super) fn weights_in(input: &[usize], layers: &[LayerSpec]) -> Result<usize> {
    let (mut shape, mut weights) = (input.to_vec(), 0_usize);
    for layer in layers {
        let output = layer.output_shape(&shape)?;
        let own = match layer {
            LayerSpec::Dense { units } => shape.iter().product::<usize>().saturating_mul(*units),
            LayerSpec::Conv2d { filters, size, .. } => {
                [*filters, *size, *size].into_iter().fold(shape[0], usize::saturating_mul)
            }
            LayerSpec::Branches { branches, .. } => {
                let each = branches.iter().map(|layers| weights_in(&shape, layers));
                each.sum::<Result<usize>>()?
            }
            _ => 0,
        };
        weights = weights.saturating_add(own);
        shape = output;
    }
    Ok(weights)
}

/// How often windows fit into an image, down and across: ⌊(n + 2·pad − size) / stride⌋ + 1, book 7.2.4.
fn places(input: &[usize], size: usize, stride: usize, pad: usize) -> Result<(usize, usize)> {
    let &[_, height, width] = input else {
        let value = format!("input {input:?}");
        return Err(Error::new(Code::SizeMismatch, "", value, "[channels, height, width]"));
    };
    Whole(1, height.min(width) + 2 * pad).check("size", size)?;
    STRIDE.check("stride", stride)?;
    let fit = |length: usize| (length + 2 * pad - size) / stride + 1;
    Ok((fit(height), fit(width)))
}

fn joined(join: Join, outputs: &[Vec<usize>]) -> Result<Vec<usize>> {
    let mut shape = outputs[0].clone();
    for (branch, other) in outputs.iter().enumerate().skip(1) {
        let fits = match join {
            Join::Add => *other == shape,
            Join::Concatenate => other.len() == shape.len() && other[1..] == shape[1..],
        };
        if !fits {
            let allowed = match join {
                Join::Add => format!("{shape:?}"),
                Join::Concatenate if shape.len() == 1 => "[n]".to_owned(),
                Join::Concatenate => format!("[n, {}, {}]", shape[1], shape[2]),
            };
            let field = format!("branches[{branch}]");
            return Err(Error::new(Code::SizeMismatch, field, format!("output {other:?}"), allowed));
        }
        if join == Join::Concatenate {
            shape[0] += other[0];
        }
    }
    few_values(shape)
}

fn few_weights(field: &str, inputs: usize, units: usize) -> Result<()> {
    if inputs.saturating_mul(units) <= MOST_VALUES {
        return Ok(());
    }
    let value = format!("{inputs}×{units} weights");
    Err(Error::new(Code::TooLarge, field, value, format!("{MOST_VALUES} weights")))
}

fn few_values(shape: Vec<usize>) -> Result<Vec<usize>> {
    if product(&shape).is_some_and(|values| values <= MOST_VALUES) {
        return Ok(shape);
    }
    Err(Error::new(Code::TooLarge, "", format!("output {shape:?}"), format!("{MOST_VALUES} values")))
}

const UNITS: Whole = Whole(1, 65_536);
const RATE: Decimal = Decimal { zero: true, least: LEAST, most: BELOW_ONE };
const FILTERS: Whole = Whole(1, 4096);
/// A larger filter has more weights than a layer may have; the image sets a tighter bound.
const FILTER: Whole = Whole(1, 4096);
const WINDOW: Whole = Whole(1, 256);
const STRIDE: Whole = Whole(1, 256);
const PAD: Whole = Whole(0, 64);
/// Below the size of the window, which sets a tighter bound.
const WINDOW_PAD: Whole = Whole(0, 255);
const JOINS: Choice<Join> = Choice(&[("add", Join::Add), ("concatenate", Join::Concatenate)]);

const LAYER_FORM: &str = "[{ kind: … }, …]";
/// The layers of a network.
pub(super) const LAYERS: List<Of<LayerSpec>> = List { form: LAYER_FORM, length: Whole(1, 64), each: of() };
const BRANCH: List<Of<LayerSpec>> = List { form: LAYER_FORM, length: Whole(0, MOST_LAYERS), each: of() };
const BRANCHES: List<List<Of<LayerSpec>>> =
    List { form: "[[{ kind: … }, …], …]", length: Whole(2, 16), each: BRANCH };

const KINDS: &Kinds = &[
    ("dense", &["units"]),
    ("sigmoid", &[]),
    ("tanh", &[]),
    ("relu", &[]),
    ("flatten", &[]),
    ("batch-norm", &[]),
    ("dropout", &["rate"]),
    ("conv2d", &["filters", "size", "stride", "pad"]),
    ("max-pool2d", &["size", "stride", "pad"]),
    ("average-pool2d", &["size", "stride", "pad"]),
    ("branches", &["join", "branches"]),
];

impl FromValue for LayerSpec {
    fn from_value(found: &Value) -> Reading<Self> {
        let (kind, fields) = Fields::of_kind(found, KINDS)?;
        let windows = || -> Reading<Windows> {
            let size = fields.need("size", WINDOW)?;
            Ok(Windows { size, stride: fields.may("stride", STRIDE)?, pad: fields.may("pad", WINDOW_PAD)? })
        };
        Ok(match kind {
            "dense" => Self::Dense { units: fields.need("units", UNITS)? },
            "sigmoid" => Self::Sigmoid,
            "tanh" => Self::Tanh,
            "relu" => Self::Relu,
            "flatten" => Self::Flatten,
            "batch-norm" => Self::BatchNorm,
            "dropout" => Self::Dropout { rate: fields.need("rate", RATE)? },
            "conv2d" => Self::Conv2d {
                filters: fields.need("filters", FILTERS)?,
                size: fields.need("size", FILTER)?,
                stride: fields.may("stride", STRIDE)?,
                pad: fields.may("pad", PAD)?,
            },
            "max-pool2d" => Self::MaxPool2d(windows()?),
            "average-pool2d" => Self::AveragePool2d(windows()?),
            _ => Self::Branches {
                join: fields.need("join", JOINS)?,
                branches: fields.need("branches", BRANCHES)?,
            },
        })
    }

    fn form() -> String {
        form_of(KINDS)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::from_json;

    fn conv(filters: usize, size: usize, stride: Option<usize>, pad: Option<usize>) -> LayerSpec {
        LayerSpec::Conv2d { filters, size, stride, pad }
    }

    fn fault(layer: &LayerSpec, input: &[usize]) -> (Code, String) {
        let error = layer.output_shape(input).expect_err("refused");
        (error.code, error.field)
    }

    #[test]
    fn shapes_of_windows_are_the_books() {
        // 7.2.4: input 4×4, pad 1, filter 3, stride 1; input 7×7, stride 2; input 28×31, pad 2, filter 5, stride 3.
        assert_eq!(conv(1, 3, None, Some(1)).output_shape(&[1, 4, 4]), Ok(vec![1, 4, 4]));
        assert_eq!(conv(1, 3, Some(2), None).output_shape(&[3, 7, 7]), Ok(vec![1, 3, 3]));
        assert_eq!(conv(6, 5, Some(3), Some(2)).output_shape(&[1, 28, 31]), Ok(vec![6, 10, 11]));
        assert_eq!(LayerSpec::MaxPool2d(Windows::of(2)).output_shape(&[3, 5, 4]), Ok(vec![3, 2, 2]));
        let same = Windows { size: 3, stride: Some(1), pad: Some(1) };
        assert_eq!(LayerSpec::AveragePool2d(same).output_shape(&[3, 5, 4]), Ok(vec![3, 5, 4]));
    }

    #[test]
    fn branches_add_up_or_line_up() {
        let branches = vec![vec![], vec![conv(2, 3, None, Some(1)), LayerSpec::Relu]];
        let join = |join| LayerSpec::Branches { join, branches: branches.clone() };
        assert_eq!(join(Join::Add).output_shape(&[2, 6, 6]), Ok(vec![2, 6, 6]));
        assert_eq!(join(Join::Concatenate).output_shape(&[3, 6, 6]), Ok(vec![5, 6, 6]));
        assert_eq!(fault(&join(Join::Add), &[3, 6, 6]), (Code::SizeMismatch, "branches[1]".to_owned()));
    }

    #[test]
    fn each_fault_names_its_field() {
        let image = [1, 6, 6];
        let name = |field: &str| (Code::OutsideRange, field.to_owned());
        assert_eq!(fault(&conv(0, 3, None, None), &image), name("filters"));
        assert_eq!(fault(&conv(1, 0, None, None), &image), name("size"));
        assert_eq!(fault(&conv(1, 7, None, None), &image), name("size"));
        assert_eq!(fault(&conv(1, 3, Some(0), None), &image), name("stride"));
        assert_eq!(fault(&conv(1, 3, None, Some(65)), &image), name("pad"));
        assert_eq!(fault(&conv(1, usize::MAX, None, None), &image), name("size"));
        assert_eq!(fault(&conv(1, 3, None, None), &[36]), (Code::SizeMismatch, String::new()));
        assert_eq!(fault(&conv(4096, 1, None, None), &[1, 255, 255]).0, Code::TooLarge);
        let reaching = Windows { size: 2, stride: None, pad: Some(2) };
        assert_eq!(fault(&LayerSpec::MaxPool2d(reaching), &image), name("pad"));
        assert_eq!(fault(&LayerSpec::Dropout { rate: 1.0 }, &image), name("rate"));
        assert_eq!(fault(&LayerSpec::Dropout { rate: f64::NAN }, &image), name("rate"));
        let nested = |branches| LayerSpec::Branches { join: Join::Add, branches };
        assert_eq!(fault(&nested(vec![]), &image), name("branches.length"));
        let deep = nested(vec![vec![], vec![LayerSpec::Relu, conv(1, 3, Some(0), None)]]);
        assert_eq!(fault(&deep, &image), name("branches[1][1].stride"));
    }

    #[test]
    fn json_of_branches_is_nested() {
        let block = LayerSpec::Branches {
            join: Join::Add,
            branches: vec![vec![], vec![conv(8, 3, None, Some(1)), LayerSpec::BatchNorm]],
        };
        let json = serde_json::to_string(&block).expect("serializable");
        let expected = r#"{"kind":"branches","join":"add","branches":[[],[{"kind":"conv2d","filters":8,"size":3,"pad":1},{"kind":"batch-norm"}]]}"#;
        assert_eq!(json, expected);
        assert_eq!(from_json::<LayerSpec>(&json).expect("parses"), block);
    }
}
