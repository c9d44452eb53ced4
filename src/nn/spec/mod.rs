//! What a network is, as a value that can be printed, compared, stored and checked before anything is built.

use serde::{Deserialize, Deserializer, Serialize};

mod init;
mod json;
mod layer;
mod optimizer;
pub mod read;
mod schedule;
pub mod value;

pub use init::InitSpec;
pub use json::{from_json, parse, to_json};
pub use layer::{Join, LayerSpec, Windows};
pub use optimizer::{OptimizerKind, OptimizerSpec};
pub use schedule::Schedule;

use crate::error::{Code, Error, Result};
use layer::LAYERS;
use read::{Choice, Fields, FromValue, List, Reading, Rule, Whole, of, refused};
use value::Value;

/// A whole network and how it learns. Field names are those of the JavaScript binding.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
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

/// The loss, with the output function that goes with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LossSpec {
    /// Softmax, then −log of the right class' probability, 4.2.2 and 5.6.3.
    SoftmaxCrossEntropy,
    /// ½ Σ (y − t)² over identity outputs, t one-hot, 4.2.1.
    MeanSquaredError,
    /// One sigmoid output, labels 0 and 1.
    BinaryCrossEntropy,
    /// Σ max(0, 1 + a_j − a_t) over the wrong classes j, identity outputs (Weston and Watkins 1999).
    Hinge,
    /// Squared error that grows only linearly beyond a distance of 1, identity outputs (Huber 1964).
    Huber,
    /// A sigmoid for each output, then −log of what each gives to being right.
    LogLikelihood,
}

/// The largest number of values that one layer's output for one image, or one layer's weights, may have.
const MOST_VALUES: usize = 1 << 24;

/// The largest number of weights of a whole network: 64 MB in `f32`, as much as a file of it may have.
const MOST_WEIGHTS: usize = 16_000_000;

/// The most layers, those of branches counted.
const MOST_LAYERS: usize = 256;

/// The largest number of values between the layers of a whole batch: 256 MB in `f32`, and as much again for gradients.
const MOST_IN_BATCH: usize = 1 << 26;

impl NetSpec {
    /// Checks everything and gives the shape after each layer, the input's shape first.
    ///
    /// # Errors
    /// The first field found wrong, by its path in the spec: `layers[2].units`.
    pub fn check(&self) -> Result<Vec<Vec<usize>>> {
        if !matches!(self.input.len(), 1 | 3) || product(&self.input).is_none_or(|n| n == 0 || n > 65_536) {
            let value = format!("{:?}", self.input);
            return Err(Error::new(Code::OutsideRange, "input", value, INPUT));
        }
        BATCH_SIZE.check("batchSize", self.batch_size)?;
        self.optimizer.check()?;
        self.init.check()?;
        LAYERS.length.check("layers.length", self.layers.len())?;
        let count = self.layers.iter().map(LayerSpec::count).sum::<usize>();
        if count > MOST_LAYERS {
            let value = format!("{count} layers and branches");
            return Err(Error::new(
                Code::TooLarge,
                "layers",
                value,
                format!("{MOST_LAYERS} layers and branches"),
            ));
        }
        let shapes = layer::shapes_through(&self.input, &self.layers)
            .map_err(|(index, error)| error.within(&format!("layers[{index}]")))?;
        let weights = self.weights()?;
        if weights > MOST_WEIGHTS {
            let value = format!("{weights} weights");
            return Err(Error::new(Code::TooLarge, "layers", value, format!("{MOST_WEIGHTS} weights")));
        }
        let most = self.most_images(&shapes);
        if self.batch_size > most {
            let value = format!("{} images", self.batch_size);
            return Err(Error::new(Code::TooLarge, "batchSize", value, format!("{most} images")));
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

    /// How many weights the network has, biases and batch normalization left out, which weigh little.
    ///
    /// # Errors
    /// A layer does not suit the shape of its input.
    pub fn weights(&self) -> Result<usize> {
        layer::weights_in(&self.input, &self.layers)
    }

    /// How many images one batch may have, so that what lies between the layers fits into memory.
    pub fn most_images(&self, shapes: &[Vec<usize>]) -> usize {
        MOST_IN_BATCH / layer::values_through(shapes, &self.layers).max(1)
    }
}

fn product(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length))
}

const BATCH_SIZE: Whole = Whole(1, 10_000);

const LOSSES: Choice<LossSpec> = Choice(&[
    ("softmax-cross-entropy", LossSpec::SoftmaxCrossEntropy),
    ("mean-squared-error", LossSpec::MeanSquaredError),
    ("binary-cross-entropy", LossSpec::BinaryCrossEntropy),
    ("hinge", LossSpec::Hinge),
    ("huber", LossSpec::Huber),
    ("log-likelihood", LossSpec::LogLikelihood),
]);

/// The shape of an input: one length or three.
struct Input;

const INPUT: &str = "[n] | [channels, height, width], 1 … 65536 values";

impl Rule for Input {
    type Read = Vec<usize>;

    fn read(&self, found: &Value) -> Reading<Vec<usize>> {
        match found {
            Value::List(items) if !matches!(items.len(), 1 | 3) => {
                Err(refused(Code::OutsideRange, found, self.allowed()))
            }
            _ => List { form: INPUT, length: Whole(1, 3), each: Whole(1, 65_536) }.read(found),
        }
    }

    fn allowed(&self) -> String {
        INPUT.to_owned()
    }
}

impl FromValue for NetSpec {
    fn from_value(found: &Value) -> Reading<Self> {
        const NAMES: &[&str] = &["input", "layers", "loss", "optimizer", "init", "batchSize", "seed"];
        let fields = Fields::of(found, Self::form, NAMES)?;
        Ok(Self {
            input: fields.need("input", Input)?,
            layers: fields.need("layers", LAYERS)?,
            loss: fields.need("loss", LOSSES)?,
            optimizer: fields.need("optimizer", of::<OptimizerSpec>())?,
            init: fields.need("init", of::<InitSpec>())?,
            batch_size: fields.need("batchSize", BATCH_SIZE)?,
            seed: fields.need("seed", Whole(0, u32::MAX as usize))? as u32,
        })
    }

    fn form() -> String {
        "{ input, layers, loss, optimizer, init, batchSize, seed }".to_owned()
    }
}

/// For what derives it and holds a spec; [`from_json`] says better what is wrong.
impl<'de> Deserialize<'de> for NetSpec {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        from_json(&value.to_string()).map_err(serde::de::Error::custom)
    }
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
    fn a_network_of_layers_that_are_each_small_enough_may_be_too_large() {
        let wide = |layers| NetSpec { layers: vec![LayerSpec::Dense { units: 4000 }; layers], ..two_layer() };
        let error = wide(2).check().expect_err("19 million weights");
        assert_eq!((error.code, error.field.as_str()), (Code::TooLarge, "layers"));
        let many = NetSpec { batch_size: 10_000, ..two_layer() };
        assert!(many.check().is_ok(), "110 values an image");
        let maps = LayerSpec::Conv2d { filters: 30, size: 5, stride: None, pad: None };
        let layers = vec![maps, LayerSpec::Flatten, LayerSpec::Dense { units: 10 }];
        let maps = NetSpec { input: vec![1, 28, 28], layers, ..many };
        assert_eq!(maps.check().expect_err("346 million values").field, "batchSize");
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
        assert_eq!(fault(|spec| spec.optimizer.clip_norm = Some(0.0)), "optimizer.clipNorm");
        let schedule = |schedule| fault(|spec| spec.optimizer.schedule = Some(schedule));
        assert_eq!(schedule(Schedule::Step { every: 0, factor: 0.5 }), "optimizer.schedule.every");
        assert_eq!(schedule(Schedule::Step { every: 9, factor: f64::NAN }), "optimizer.schedule.factor");
        let cosine = |iterations, r#final| Schedule::Cosine { iterations, r#final };
        assert_eq!(schedule(cosine(0, None)), "optimizer.schedule.iterations");
        assert_eq!(schedule(cosine(9, Some(1.5))), "optimizer.schedule.final");
        assert_eq!(fault(|spec| spec.init = InitSpec::Normal { std: f64::NAN }), "init.std");
        assert_eq!(fault(|spec| spec.input = vec![1, 28, 28]), "layers[0]");
        assert_eq!(fault(|spec| spec.loss = LossSpec::BinaryCrossEntropy), "layers[2]");
        assert_eq!(fault(|spec| spec.layers[0] = LayerSpec::Dense { units: 65_536 }), "layers[0].units");
    }

    #[test]
    fn json_that_is_no_spec_names_its_place() {
        let json = serde_json::to_string(&two_layer()).expect("serializable");
        let fault = |from: &str, to: &str| {
            assert!(json.contains(from), "{from}");
            let Error { code, field, value, allowed, .. } =
                from_json::<NetSpec>(&json.replacen(from, to, 1)).expect_err(to);
            assert!(!allowed.is_empty(), "{field}");
            (code, field, value, allowed)
        };
        let units = |to: &str, code, value: &str| {
            let expected = (code, "layers[0].units".to_owned(), value.to_owned(), "1 … 65536".to_owned());
            assert_eq!(fault(r#""units":50"#, &format!(r#""units":{to}"#)), expected);
        };
        units(r#""50""#, Code::NotANumber, r#""50""#);
        units("null", Code::NotANumber, "null");
        units("[50]", Code::NotANumber, "[50]");
        units("-1", Code::OutsideRange, "-1");
        units("1e999", Code::NotFinite, "Infinity");
        let field = |from: &str, to: &str| {
            let (code, field, ..) = fault(from, to);
            (code, field)
        };
        let unknown = |field: &str| (Code::UnknownField, field.to_owned());
        let missing = |field: &str| (Code::Missing, field.to_owned());
        let (.., allowed) = fault(r#""units":50"#, r#""units":5.5"#);
        assert_eq!(allowed, "1, 2 … 65536");
        assert_eq!(field(r#""units":50"#, r#""unit":50"#), unknown("layers[0].unit"));
        let stray = fault(r#"{"kind":"sigmoid"}"#, r#"{"kind":"sigmoid","units":5}"#);
        assert_eq!((stray.1.as_str(), stray.3.as_str()), ("layers[1].units", "kind"));
        let uniform = fault(r#""kind":"normal""#, r#""kind":"uniform""#);
        assert_eq!((uniform.1.as_str(), uniform.2.as_str()), ("init.kind", "uniform"));
        assert_eq!(uniform.3, "normal | xavier | he");
        assert_eq!(field(r#","seed":1"#, ""), missing("seed"));
        assert_eq!(field(r#","seed":1"#, r#","seed":1,"speed":2"#), unknown("speed"));
        assert_eq!(field(r#","seed":1"#, r#","seed":1,"seed":1"#), (Code::WrongKind, "seed".to_owned()));
        assert_eq!(field(r#""learningRate":0.1"#, r#""learningRate":0.1,"lr":1"#), unknown("optimizer.lr"));
        assert_eq!(field(r#""learningRate":0.1"#, r#""lr":1"#), unknown("optimizer.lr"));
        let scheduled =
            |to: &str| field(r#""learningRate":0.1"#, &format!(r#""learningRate":0.1,"schedule":{to}"#));
        assert_eq!(scheduled(r#"{"kind":"step","every":5}"#), missing("optimizer.schedule.factor"));
        assert_eq!(scheduled(r#"{"every":5}"#), missing("optimizer.schedule.kind"));
        assert_eq!(scheduled(r#"{"kind":"cosine","iteration":5}"#), unknown("optimizer.schedule.iteration"));
        assert_eq!(scheduled(r#"{"kind":"cosine","iterations":-5}"#).1, "optimizer.schedule.iterations");
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
        assert_eq!(from_json(&json), Ok(two_layer()));
        assert_eq!(serde_json::from_str::<NetSpec>(&json).expect("parses"), two_layer());
    }
}
