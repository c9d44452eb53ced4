//! What a network is, as a value that can be printed, compared, stored and checked before anything is built.

use serde::{Deserialize, Serialize};

mod init;
mod json;
mod layer;
mod optimizer;
mod schedule;

pub use init::InitSpec;
pub use json::from_json;
pub use layer::{Join, LayerSpec, Windows};
pub use optimizer::{OptimizerKind, OptimizerSpec};
pub use schedule::Schedule;

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
        within("layers, branches included", self.layers.iter().map(LayerSpec::count).sum(), 1, 256)?;
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

fn within(field: &str, value: usize, min: usize, max: usize) -> Result<()> {
    if (min..=max).contains(&value) {
        return Ok(());
    }
    Err(Error::new(Code::OutsideRange, field, value, format!("{min} … {max}")))
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
        let scheduled =
            |to: &str| fault(r#""learningRate":0.1"#, &format!(r#""learningRate":0.1,"schedule":{to}"#));
        let (field, value) = scheduled(r#"{"kind":"step","every":5}"#);
        assert!(field == "optimizer.schedule" && value.contains("step needs `factor`"), "{field} {value}");
        assert_eq!(scheduled(r#"{"kind":"cosine","iteration":5}"#).0, "optimizer.schedule.iteration");
        assert_eq!(scheduled(r#"{"kind":"cosine","iterations":-5}"#).0, "optimizer.schedule.iterations");
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
