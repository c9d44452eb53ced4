//! What a network is, as a value that can be printed, compared, stored and checked before anything is built.

use serde::{Deserialize, Serialize};

use crate::error::{Code, Error, Result};

/// A whole network and how it learns. Field names are those of the JavaScript binding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NetSpec {
    /// The shape of one input: `[784]`, or `[1, 28, 28]` for channels, height, width.
    pub input: Vec<usize>,
    /// The layers, first to last. The output function (softmax, sigmoid, identity) belongs to the loss.
    pub layers: Vec<LayerSpec>,
    /// The loss.
    pub loss: LossSpec,
    /// The update rule.
    pub optimizer: OptimizerSpec,
    /// The initial values of the weights; biases start at 0.
    pub init: InitSpec,
    /// Images per mini-batch, 1 to 10,000.
    pub batch_size: usize,
    /// The seed of weights and batches.
    pub seed: u32,
}

/// One layer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "FlatLayer", try_from = "FlatLayer")]
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
    /// Batch normalization, 6.3.
    BatchNorm,
    /// Dropout, 6.4.3.
    Dropout {
        /// The share of values set to 0, 0 up to 1.
        rate: f64,
    },
    /// Convolution, 7.2.
    Conv2d {
        /// Output channels.
        filters: usize,
        /// Height and width of a filter.
        size: usize,
        /// Step between places; 1 when absent.
        stride: Option<usize>,
        /// Zeros around the input; 0 when absent.
        pad: Option<usize>,
    },
    /// Max pooling, 7.3.
    MaxPool2d {
        /// Height and width of a window.
        size: usize,
        /// Step between windows; `size` when absent.
        stride: Option<usize>,
    },
}

/// The loss, with the output function that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossSpec {
    /// Softmax, then −log of the right class' probability, 4.2.2 and 5.6.3.
    SoftmaxCrossEntropy,
    /// ½ Σ (y − t)² over identity outputs, t one-hot, 4.2.1.
    MeanSquaredError,
    /// One sigmoid output, labels 0 and 1.
    BinaryCrossEntropy,
}

/// The update rule and its numbers.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OptimizerSpec {
    /// Which rule.
    pub kind: OptimizerKind,
    /// η, above 0 and finite.
    pub learning_rate: f64,
    /// μ of Momentum and Nesterov, 0 up to 1; 0.9 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub momentum: Option<f64>,
    /// β₁ of Adam, 0 up to 1; 0.9 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beta1: Option<f64>,
    /// β₂ of Adam, 0 up to 1; 0.999 when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub beta2: Option<f64>,
    /// λ, 0 to 10; 0 when absent. Adds λw to the gradient of dense and convolution weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight_decay: Option<f64>,
}

/// The update rules of 6.1, and two of their relatives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[allow(missing_docs, reason = "each is the rule of its name, documented in nn::optimizer")]
pub enum OptimizerKind {
    Sgd,
    Momentum,
    Nesterov,
    Adagrad,
    Rmsprop,
    Adam,
}

/// The initial values of the weights, 6.2.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(into = "FlatInit", try_from = "FlatInit")]
pub enum InitSpec {
    /// Normal with this standard deviation.
    Normal {
        /// 0 to 100.
        std: f64,
    },
    /// Normal with deviation √(1/n), n the inputs of a unit (Glorot and Bengio 2010, as the book simplifies it).
    Xavier,
    /// Normal with deviation √(2/n) (He et al. 2015).
    He,
}

/// A layer as JSON has it: one object with the numbers of its kind. Read through this rather than as serde's tagged
/// enum, which passes over numbers that do not belong to the kind, and weighs more in the wasm.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlatLayer {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    units: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rate: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    filters: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    size: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    stride: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pad: Option<usize>,
}

impl From<LayerSpec> for FlatLayer {
    fn from(layer: LayerSpec) -> Self {
        let kind = |kind: &str| Self { kind: kind.to_owned(), ..Self::default() };
        match layer {
            LayerSpec::Dense { units } => Self { units: Some(units), ..kind("dense") },
            LayerSpec::Sigmoid => kind("sigmoid"),
            LayerSpec::Tanh => kind("tanh"),
            LayerSpec::Relu => kind("relu"),
            LayerSpec::Flatten => kind("flatten"),
            LayerSpec::BatchNorm => kind("batch-norm"),
            LayerSpec::Dropout { rate } => Self { rate: Some(rate), ..kind("dropout") },
            LayerSpec::Conv2d { filters, size, stride, pad } => {
                Self { filters: Some(filters), size: Some(size), stride, pad, ..kind("conv2d") }
            }
            LayerSpec::MaxPool2d { size, stride } => Self { size: Some(size), stride, ..kind("max-pool2d") },
        }
    }
}

impl TryFrom<FlatLayer> for LayerSpec {
    type Error = String;

    fn try_from(flat: FlatLayer) -> Result<Self, String> {
        let FlatLayer { units, rate, filters, size, stride, pad, .. } = flat;
        let missing = |name: &str| format!("{} needs `{name}`", flat.kind);
        let layer = match flat.kind.as_str() {
            "dense" => Self::Dense { units: units.ok_or_else(|| missing("units"))? },
            "sigmoid" => Self::Sigmoid,
            "tanh" => Self::Tanh,
            "relu" => Self::Relu,
            "flatten" => Self::Flatten,
            "batch-norm" => Self::BatchNorm,
            "dropout" => Self::Dropout { rate: rate.ok_or_else(|| missing("rate"))? },
            "conv2d" => Self::Conv2d {
                filters: filters.ok_or_else(|| missing("filters"))?,
                size: size.ok_or_else(|| missing("size"))?,
                stride,
                pad,
            },
            "max-pool2d" => Self::MaxPool2d { size: size.ok_or_else(|| missing("size"))?, stride },
            other => return Err(format!("no kind `{other}`; allowed: {LAYER_KINDS}")),
        };
        // Whatever the layer does not take up again was not its own.
        let own = FlatLayer::from(layer.clone());
        let given = [
            units.is_some(),
            rate.is_some(),
            filters.is_some(),
            size.is_some(),
            stride.is_some(),
            pad.is_some(),
        ];
        let taken = [
            own.units.is_some(),
            own.rate.is_some(),
            own.filters.is_some(),
            own.size.is_some(),
            own.stride.is_some(),
            own.pad.is_some(),
        ];
        let names = ["units", "rate", "filters", "size", "stride", "pad"];
        match (0..names.len()).find(|&index| given[index] && !taken[index]) {
            Some(index) => Err(format!("{} takes no `{}`", flat.kind, names[index])),
            None => Ok(layer),
        }
    }
}

/// The kinds of layer, for messages.
const LAYER_KINDS: &str =
    "dense | sigmoid | tanh | relu | flatten | batch-norm | dropout | conv2d | max-pool2d";

/// Initial values as JSON has them; see [`FlatLayer`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FlatInit {
    kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    std: Option<f64>,
}

impl From<InitSpec> for FlatInit {
    fn from(init: InitSpec) -> Self {
        let (kind, std) = match init {
            InitSpec::Normal { std } => ("normal", Some(std)),
            InitSpec::Xavier => ("xavier", None),
            InitSpec::He => ("he", None),
        };
        Self { kind: kind.to_owned(), std }
    }
}

impl TryFrom<FlatInit> for InitSpec {
    type Error = String;

    fn try_from(FlatInit { kind, std }: FlatInit) -> Result<Self, String> {
        match (kind.as_str(), std) {
            ("normal", Some(std)) => Ok(Self::Normal { std }),
            ("normal", None) => Err("normal needs `std`".to_owned()),
            ("xavier", None) => Ok(Self::Xavier),
            ("he", None) => Ok(Self::He),
            ("xavier" | "he", Some(_)) => Err(format!("{kind} takes no `std`")),
            _ => Err(format!("no kind `{kind}`; allowed: normal | xavier | he")),
        }
    }
}

/// The largest number of values one image, one layer's output or one layer's weights may have.
const MOST_VALUES: usize = 1 << 24;

impl NetSpec {
    /// Checks everything and gives the shape after each layer, the input's shape first.
    ///
    /// # Errors
    /// The first field found wrong, by its path in the spec: `layers[2].units`.
    pub fn check(&self) -> Result<Vec<Vec<usize>>> {
        if !matches!(self.input.len(), 1 | 3) || product(&self.input).is_none_or(|n| n == 0 || n > 65_536) {
            let value = format!("{:?}", self.input);
            return Err(Error::new(
                Code::OutsideRange,
                "input",
                value,
                "[n] | [channels, height, width], 1 … 65536 values",
            ));
        }
        within("batchSize", self.batch_size, 1, 10_000)?;
        self.optimizer.check()?;
        if let InitSpec::Normal { std } = self.init
            && !(0.0..=100.0).contains(&std)
        {
            return Err(Error::new(Code::OutsideRange, "init.std", std, "0 … 100"));
        }
        within("layers.length", self.layers.len(), 1, 64)?;
        let mut shapes = vec![self.input.clone()];
        for (index, layer) in self.layers.iter().enumerate() {
            let last = &shapes[index];
            let shape =
                layer.output_shape(last).map_err(|error| error.within(&format!("layers[{index}]")))?;
            shapes.push(shape);
        }
        let outputs = &shapes[shapes.len() - 1];
        let allowed = match self.loss {
            LossSpec::BinaryCrossEntropy if outputs != &[1] => "[1]",
            _ if outputs.len() != 1 => "[n]",
            _ if outputs[0] > 256 => "[1] … [256]",
            _ => return Ok(shapes),
        };
        let last = format!("layers[{}]", self.layers.len() - 1);
        Err(Error::new(Code::SizeMismatch, last, format!("{outputs:?} outputs"), allowed))
    }
}

impl LayerSpec {
    /// The shape this layer makes of `input`.
    fn output_shape(&self, input: &[usize]) -> Result<Vec<usize>> {
        match *self {
            Self::Dense { units } => {
                within("units", units, 1, 65_536)?;
                let &[inputs] = input else {
                    return Err(Error::new(
                        Code::SizeMismatch,
                        "",
                        format!("input {input:?}"),
                        "[n]; flatten first",
                    ));
                };
                if inputs * units > MOST_VALUES {
                    let value = format!("{inputs}×{units} weights");
                    return Err(Error::new(Code::TooLarge, "units", value, format!("{MOST_VALUES} weights")));
                }
                Ok(vec![units])
            }
            Self::Sigmoid | Self::Tanh | Self::Relu => Ok(input.to_vec()),
            Self::Flatten => Ok(vec![input.iter().product()]),
            Self::BatchNorm => Err(not_supported("batch-norm")),
            Self::Dropout { .. } => Err(not_supported("dropout")),
            Self::Conv2d { .. } => Err(not_supported("conv2d")),
            Self::MaxPool2d { .. } => Err(not_supported("max-pool2d")),
        }
    }
}

impl OptimizerSpec {
    /// A rule with its usual numbers.
    pub fn new(kind: OptimizerKind, learning_rate: f64) -> Self {
        Self { kind, learning_rate, momentum: None, beta1: None, beta2: None, weight_decay: None }
    }

    /// Checks every number.
    ///
    /// # Errors
    /// The first field found wrong, such as `optimizer.learningRate`.
    pub fn check(&self) -> Result<()> {
        if !(self.learning_rate > 0.0 && self.learning_rate.is_finite()) {
            return Err(Error::new(Code::OutsideRange, "optimizer.learningRate", self.learning_rate, "> 0"));
        }
        for (name, value) in [
            ("optimizer.momentum", self.momentum),
            ("optimizer.beta1", self.beta1),
            ("optimizer.beta2", self.beta2),
        ] {
            if value.is_some_and(|share| !(0.0..1.0).contains(&share)) {
                return Err(Error::new(Code::OutsideRange, name, value.unwrap_or_default(), "0 ≤ x < 1"));
            }
        }
        if let Some(decay) = self.weight_decay.filter(|decay| !(0.0..=10.0).contains(decay)) {
            return Err(Error::new(Code::OutsideRange, "optimizer.weightDecay", decay, "0 … 10"));
        }
        Ok(())
    }
}

/// Reads a spec, or a part of one, from JSON, in which every name must be known.
///
/// # Errors
/// What does not parse, by its path in the spec as far as it was read: `layers[2].units`.
pub fn from_json<'a, T: Deserialize<'a>>(json: &'a str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| {
        let place = path_at(json, error.column().saturating_sub(1));
        let reason = error.to_string();
        // The path says better where than line and column of a text that nobody typed.
        let reason = reason.split(" at line ").next().unwrap_or_default();
        // serde notices these two after the name before them, or after the last.
        let named = |start: &str| Some(reason.strip_prefix(start)?.split('`').next().unwrap_or_default());
        let beside = |name: &str| match place.rfind('.') {
            Some(dot) => format!("{}.{name}", &place[..dot]),
            None => name.to_owned(),
        };
        if let Some(name) = named("unknown field `") {
            let allowed =
                reason.split_once("expected ").map_or("", |(_, names)| names.trim_start_matches("one of "));
            return Error::new(
                Code::UnknownField,
                beside(name),
                name,
                allowed.replace('`', "").replace(", ", " | "),
            );
        }
        if let Some(name) = named("missing field `") {
            return Error::new(Code::Missing, beside(name), "", "");
        }
        Error::new(Code::WrongKind, if place.is_empty() { "spec" } else { &place }, reason, "")
    })
}

/// The names and indices that lead to a byte of a JSON text of one line: `layers[2].units`.
fn path_at(json: &str, end: usize) -> String {
    // One entry for each open bracket: the index in an array, or the last name in an object.
    let mut open: Vec<(Option<usize>, &str)> = Vec::new();
    let mut bytes = json.bytes().enumerate().take(end);
    let mut text = "";
    while let Some((place, byte)) = bytes.next() {
        match byte {
            b'"' => {
                let mut last = place + 1;
                while let Some((at, byte)) = bytes.next() {
                    last = at;
                    match byte {
                        b'"' => break,
                        b'\\' => drop(bytes.next()),
                        _ => {}
                    }
                }
                text = json.get(place + 1..last).unwrap_or_default();
            }
            b':' => {
                if let Some(level) = open.last_mut() {
                    level.1 = text;
                }
            }
            b'{' => open.push((None, "")),
            b'[' => open.push((Some(0), "")),
            b',' => {
                if let Some((Some(index), _)) = open.last_mut() {
                    *index += 1;
                }
            }
            b'}' | b']' => drop(open.pop()),
            _ => {}
        }
    }
    let mut path = String::new();
    for (index, name) in open {
        match index {
            Some(index) => path.push_str(&format!("[{index}]")),
            None if name.is_empty() => {}
            None => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.push_str(name);
            }
        }
    }
    path
}

fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length))
}

fn within(field: &str, value: usize, min: usize, max: usize) -> Result<()> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Error::new(Code::OutsideRange, field, value, format!("{min} … {max}")))
}

fn not_supported(kind: &str) -> Error {
    Error::new(Code::NotSupported, "kind", kind, "dense | sigmoid | tanh | relu | flatten")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two_layer() -> NetSpec {
        NetSpec {
            input: vec![784],
            layers: vec![LayerSpec::Dense { units: 50 }, LayerSpec::Sigmoid, LayerSpec::Dense { units: 10 }],
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
            init: InitSpec::Normal { std: 0.01 },
            batch_size: 100,
            seed: 1,
        }
    }

    fn fault(change: impl FnOnce(&mut NetSpec)) -> String {
        let mut spec = two_layer();
        change(&mut spec);
        spec.check().expect_err("refused").field
    }

    #[test]
    fn shapes_follow_the_layers() {
        assert_eq!(two_layer().check(), Ok(vec![vec![784], vec![50], vec![50], vec![10]]));
    }

    #[test]
    fn each_fault_names_its_field() {
        assert_eq!(fault(|spec| spec.input = vec![]), "input");
        assert_eq!(fault(|spec| spec.input = vec![usize::MAX, usize::MAX, 2]), "input");
        assert_eq!(fault(|spec| spec.batch_size = 0), "batchSize");
        assert_eq!(fault(|spec| spec.layers.clear()), "layers.length");
        assert_eq!(fault(|spec| spec.layers[2] = LayerSpec::Dense { units: 0 }), "layers[2].units");
        assert_eq!(fault(|spec| spec.optimizer.learning_rate = f64::NAN), "optimizer.learningRate");
        assert_eq!(fault(|spec| spec.optimizer.momentum = Some(1.0)), "optimizer.momentum");
        assert_eq!(fault(|spec| spec.optimizer.weight_decay = Some(-1.0)), "optimizer.weightDecay");
        assert_eq!(fault(|spec| spec.init = InitSpec::Normal { std: f64::NAN }), "init.std");
        assert_eq!(fault(|spec| spec.input = vec![1, 28, 28]), "layers[0]");
        assert_eq!(fault(|spec| spec.loss = LossSpec::BinaryCrossEntropy), "layers[2]");
        assert_eq!(fault(|spec| spec.layers[0] = LayerSpec::Dense { units: 65_536 }), "layers[0].units");
    }

    #[test]
    fn kinds_that_are_not_computed_yet_say_so() {
        let error =
            NetSpec { layers: vec![LayerSpec::BatchNorm], ..two_layer() }.check().expect_err("refused");
        assert_eq!((error.code, error.field.as_str()), (Code::NotSupported, "layers[0].kind"));
    }

    #[test]
    fn json_that_does_not_parse_names_its_place() {
        let json = serde_json::to_string(&two_layer()).expect("serializable");
        let fault = |from: &str, to: &str| {
            assert!(json.contains(from), "{from}");
            let error = from_json::<NetSpec>(&json.replacen(from, to, 1)).expect_err(to);
            (error.field, error.value)
        };
        let (field, value) = fault(r#""units":50"#, r#""units":"many""#);
        assert!(field == "layers[0].units" && value.contains("many"), "{field} {value}");
        let (field, value) = fault(r#""units":50"#, r#""unit":50"#);
        assert_eq!((field.as_str(), value.as_str()), ("layers[0].unit", "unit"));
        let (field, value) = fault(r#"{"kind":"sigmoid"}"#, r#"{"kind":"sigmoid","units":5}"#);
        assert!(field == "layers[1]" && value.contains("takes no `units`"), "{field} {value}");
        let (_, value) = fault(r#""kind":"normal""#, r#""kind":"uniform""#);
        assert!(value.contains("uniform"), "{value}");
        let (field, _) = fault("0.1", "null");
        assert_eq!(field, "optimizer.learningRate");
        assert_eq!(fault(r#","seed":1"#, "").0, "seed");
        assert_eq!(fault(r#","seed":1"#, r#","seed":1,"speed":2"#).0, "speed");
        assert_eq!(fault(r#""learningRate":0.1"#, r#""learningRate":0.1,"lr":1"#).0, "optimizer.lr");
        assert_eq!(fault(r#""learningRate":0.1"#, r#""lr":1"#).0, "optimizer.lr");
        for length in 0..json.len() {
            assert!(from_json::<NetSpec>(&json[..length]).is_err());
        }
    }

    #[test]
    fn json_is_the_contract_of_the_binding() {
        let json = serde_json::to_string(&two_layer()).expect("serializable");
        assert!(json.contains(r#""layers":[{"kind":"dense","units":50},{"kind":"sigmoid"}"#), "{json}");
        assert!(json.contains(r#""optimizer":{"kind":"sgd","learningRate":0.1}"#), "{json}");
        assert!(json.contains(r#""init":{"kind":"normal","std":0.01},"batchSize":100,"seed":1"#), "{json}");
        assert_eq!(serde_json::from_str::<NetSpec>(&json).expect("parses"), two_layer());
    }
}
