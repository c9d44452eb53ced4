//! Networks as files: safetensors, with the spec in the metadata.
//!
//! The format is read by Python's `safetensors` too, and its parser has survived millions of malformed files.

use std::collections::HashMap;

use half::f16;
use safetensors::tensor::{Dtype, SafeTensors, TensorView};
use serde::{Deserialize, Serialize};

use super::trainer::{Tensor, Trainer};
use crate::error::{Code, Error, Result};
use crate::nn::spec::{self, NetSpec};

/// The most bytes a weights file may have; the spec's limits keep every network below.
pub const MOST_BYTES: usize = 64 << 20;

/// The key of our part of the metadata; one key, so that the same network gives the same bytes.
const KEY: &str = "fishbowl";

/// What a file says beside the weights.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct About {
    /// The network.
    pub spec: NetSpec,
    /// Mini-batches learned.
    #[serde(default)]
    pub iteration: u64,
    /// Share of MNIST's test images read right, 0 to 1, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_accuracy: Option<f64>,
}

/// Numbers of a saved tensor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// 32 bits, exactly the trained weights.
    Single,
    /// 16 bits: half the size, about three digits.
    Half,
}

/// The file of a network.
pub fn save(weights: &[Tensor<f32>], about: &About, precision: Precision) -> Vec<u8> {
    let dtype = match precision {
        Precision::Single => Dtype::F32,
        Precision::Half => Dtype::F16,
    };
    let bytes: Vec<Vec<u8>> = weights
        .iter()
        .map(|tensor| match precision {
            Precision::Single => tensor.values.iter().flat_map(|value| value.to_le_bytes()).collect(),
            Precision::Half => {
                tensor.values.iter().flat_map(|&value| f16::from_f32(value).to_le_bytes()).collect()
            }
        })
        .collect();
    let views = weights.iter().zip(&bytes).filter_map(|(tensor, bytes)| {
        let view = TensorView::new(dtype, tensor.shape.clone(), bytes).ok()?;
        Some((tensor.name.clone(), view))
    });
    let about = serde_json::to_string(about).unwrap_or_default();
    let metadata = HashMap::from([(KEY.to_owned(), about)]);
    safetensors::serialize(views, Some(metadata)).unwrap_or_default()
}

/// Reads a file that [`save`] made.
///
/// # Errors
/// The bytes are not safetensors or not of this project, the spec is wrong, or a tensor is missing, unknown, of
/// another shape or type, or not finite.
pub fn load(bytes: &[u8]) -> Result<(Trainer<f32>, About)> {
    if bytes.len() > MOST_BYTES {
        let allowed = format!("{MOST_BYTES} bytes");
        return Err(Error::new(Code::TooLarge, "file", format!("{} bytes", bytes.len()), allowed));
    }
    let wrong = |reason: String| Error::new(Code::WrongKind, "file", reason, "safetensors");
    let file = SafeTensors::deserialize(bytes).map_err(|error| wrong(error.to_string()))?;
    let (_, metadata) = SafeTensors::read_metadata(bytes).map_err(|error| wrong(error.to_string()))?;
    let about = metadata.metadata().as_ref().and_then(|metadata| metadata.get(KEY));
    let about = about
        .ok_or_else(|| Error::new(Code::Missing, "file.__metadata__.fishbowl", "", "{ \"spec\": … }"))?;
    let about: About = spec::from_json(about).map_err(|error| error.within("file.__metadata__.fishbowl"))?;
    check_size(&about.spec, &file)?;
    let mut trainer = Trainer::new(&about.spec).map_err(|error| error.within("spec"))?;
    let tensors = file.iter().map(|(name, view)| tensor(name, &view)).collect::<Result<Vec<_>>>()?;
    trainer.set_weights(&tensors)?;
    Ok((trainer, about))
}

/// Refuses a file with fewer numbers than its spec needs, before room is made for them: a spec of a few hundred bytes
/// may ask for gigabytes.
fn check_size(spec: &NetSpec, file: &SafeTensors<'_>) -> Result<()> {
    spec.check().map_err(|error| error.within("spec"))?;
    let needed = spec.weights()?;
    let found: usize = file.iter().map(|(_, view)| view.shape().iter().product::<usize>()).sum();
    if found < needed {
        let (value, allowed) = (format!("{found} weights"), format!("≥ {needed} weights"));
        return Err(Error::new(Code::SizeMismatch, "file", value, allowed));
    }
    Ok(())
}

fn tensor(name: &str, view: &TensorView<'_>) -> Result<Tensor<f32>> {
    let values = match view.dtype() {
        Dtype::F32 => view.data().as_chunks::<4>().0.iter().map(|&bytes| f32::from_le_bytes(bytes)).collect(),
        Dtype::F16 => {
            view.data().as_chunks::<2>().0.iter().map(|&bytes| f16::from_le_bytes(bytes).to_f32()).collect()
        }
        other => return Err(Error::new(Code::WrongKind, name, format!("{other:?}"), "F32 | F16")),
    };
    Ok(Tensor { name: name.to_owned(), shape: view.shape().to_vec(), values })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, OptimizerKind, OptimizerSpec};

    fn small() -> (Vec<Tensor<f32>>, About) {
        let spec = NetSpec {
            input: vec![3],
            layers: vec![LayerSpec::Dense { units: 4 }, LayerSpec::Relu, LayerSpec::Dense { units: 2 }],
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Adam, 0.001),
            init: InitSpec::He,
            batch_size: 5,
            seed: 9,
        };
        let weights = Trainer::new(&spec).expect("valid").weights();
        (weights, About { spec, iteration: 3, test_accuracy: Some(0.5) })
    }

    #[test]
    fn saving_and_loading_changes_nothing() {
        let (weights, about) = small();
        let file = save(&weights, &about, Precision::Single);
        let (trainer, read) = load(&file).expect("our own file");
        assert_eq!((trainer.weights(), read), (weights.clone(), about.clone()));
        assert_eq!(save(&weights, &about, Precision::Single), file, "same network, same bytes");
    }

    #[test]
    fn half_precision_keeps_three_digits() {
        let (weights, about) = small();
        let (trainer, _) = load(&save(&weights, &about, Precision::Half)).expect("our own file");
        for (read, written) in trainer.weights().iter().zip(&weights) {
            let close = |(a, b): (&f32, &f32)| (a - b).abs() <= b.abs() / 1024.0;
            assert!(read.values.iter().zip(&written.values).all(close));
        }
    }

    #[test]
    fn a_spec_that_asks_for_more_than_the_file_has_is_refused_before_it_is_built() {
        let (weights, about) = small();
        let fault = |layers| {
            let spec = NetSpec { input: vec![4096], layers, ..about.spec.clone() };
            let error = load(&save(&weights, &About { spec, ..about.clone() }, Precision::Single)).err();
            error.map(|error| (error.code, error.field)).expect("refused")
        };
        let dense = |units| LayerSpec::Dense { units };
        assert_eq!(fault(vec![dense(3800), dense(10)]), (Code::SizeMismatch, "file".to_owned()));
        // 64 layers of 2²⁴ weights would need 8 GB with their gradients: more than any network may have.
        let wide = [vec![dense(4096); 63], vec![dense(10)]].concat();
        assert_eq!(fault(wide), (Code::TooLarge, "spec.layers".to_owned()));
    }

    #[test]
    fn every_truncation_and_every_flipped_byte_is_refused_or_finite() {
        let (weights, about) = small();
        let file = save(&weights, &about, Precision::Single);
        for length in 0..file.len() {
            assert!(load(&file[..length]).is_err(), "truncated to {length}");
        }
        for place in 0..file.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut changed = file.clone();
                changed[place] ^= change;
                if let Ok((trainer, _)) = load(&changed) {
                    assert!(
                        trainer.weights().iter().all(|tensor| tensor.values.iter().all(|v| v.is_finite()))
                    );
                }
            }
        }
    }
}
