//! Networks as files: safetensors, with the spec and the progress of the training in the metadata.
//!
//! In single precision a file holds everything that a training became, but its images: given the same ones, it goes on to
//! the last bit as if it had never been saved. Beside the weights, named `0.weight` and so on, there are then tensors of
//! the optimizer's memory, `optimizer.velocity.0.weight`: `velocity` of momentum and Nesterov, `squares` of AdaGrad and
//! RMSProp, `first` and `second` moment of Adam. In half precision and in 8 bits, which are to be small, the optimizer is
//! forgotten; iteration (so the place in a schedule) and place in the order of images are kept.
//!
//! The metadata have one entry `fishbowl`, in JSON: `spec`, `iteration`, `testAccuracy`, `place` (passes completed and
//! images drawn of the present one) and `optimizerStep`. All but `spec` may be missing, as in older files. An entry
//! `format`, which other libraries write, is passed over. Python's `safetensors` reads these files.

use std::collections::HashMap;

use half::f16;
use safetensors::tensor::{Dtype, TensorView};
use serde::Serialize;

use super::book_weights;
use super::memory::{self, FILE, check_names};
use super::quantized;
use super::soundness;
use super::state::Progress;
use super::trainer::{Tensor, Trainer};
use crate::data::batches::Place;
pub use crate::data::safetensors::Precision;
use crate::data::safetensors::{self as format, Stored};
use crate::error::{Code, Error, Result};
use crate::nn::spec::{self, NetSpec};

/// The most bytes that a file may have, to be checked before one is copied. Three times the weights of the largest
/// network: Adam remembers two numbers for each.
pub const LARGEST: usize = 192 << 20;

/// The key of our part of the metadata; one key, so that the same network gives the same bytes.
const KEY: &str = "fishbowl";
/// A key that libraries for PyTorch and others write.
const FORMAT: &str = "format";
/// The largest whole number that JavaScript counts to without a gap, 2⁵³ − 1.
pub(super) const MOST_STEPS: u64 = (1 << 53) - 1;
/// The most bytes of names, shapes and metadata, by far.
const HEADER: usize = 1 << 20;

/// What a file says beside the weights.
#[derive(Clone, Debug, PartialEq)]
pub struct About {
    /// The network.
    pub spec: NetSpec,
    /// Mini-batches learned.
    pub iteration: u64,
    /// Share of the test images that these weights read right, 0 to 1, when known.
    pub test_accuracy: Option<f64>,
}

/// An accuracy, and of which weights it is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evaluated {
    /// Mini-batches learned when the test images were read.
    pub iteration: u64,
    /// The share read right, 0 to 1.
    pub accuracy: f64,
}

/// As it stands in the metadata.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Metadata {
    pub(super) spec: NetSpec,
    pub(super) iteration: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) test_accuracy: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) place: Option<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) optimizer_step: Option<u64>,
}

/// The file of a network, with all that its training needs to go on. `evaluated` goes into the file if it is about the
/// weights as they are now.
///
/// # Errors
/// What could not be read again is not written: a tensor (`0.weight`) holds a number that is not finite, or in half
/// precision one beyond ±65,504; the network's `outputs` are not finite; the file would be larger than [`LARGEST`].
pub fn save(
    trainer: &mut Trainer<f32>,
    evaluated: Option<Evaluated>,
    precision: Precision,
) -> Result<Vec<u8>> {
    soundness::check(trainer)?;
    let progress = trainer.progress();
    let mut tensors = trainer.state();
    let weights = tensors.len();
    if precision == Precision::Single {
        tensors.extend(memory::write(trainer, &progress.memory)?);
    }
    let numbers: usize = tensors.iter().map(|tensor| tensor.values.len()).sum();
    if numbers.saturating_mul(precision.width()).saturating_add(HEADER) > LARGEST {
        let (value, allowed) = (format!("{numbers} numbers"), format!("{LARGEST} bytes"));
        return Err(Error::new(Code::TooLarge, FILE, value, allowed));
    }
    let metadata = Metadata {
        spec: trainer.spec(),
        iteration: progress.iteration,
        test_accuracy: evaluated
            .filter(|found| found.iteration == progress.iteration)
            .map(|found| found.accuracy),
        place: (progress.place != Place::default()).then_some(progress.place),
        optimizer_step: (tensors.len() > weights).then_some(progress.step),
    };
    let file = write(&tensors, &metadata, precision)?;
    if precision != Precision::Single {
        // Rounded weights are other ones, and may have outputs that overflow.
        load(&file)?;
    }
    Ok(file)
}

fn write(tensors: &[Tensor<f32>], metadata: &Metadata, precision: Precision) -> Result<Vec<u8>> {
    let mut written = Vec::with_capacity(tensors.len());
    for tensor in tensors {
        let (name, shape) = (tensor.name.clone(), tensor.shape.clone());
        let split = (precision == Precision::Byte).then(|| quantized::split(tensor)).flatten();
        match (precision, split) {
            (_, Some((bytes, scales))) => {
                written.push((name, Dtype::I8, shape, bytes));
                written.push((scales.name, Dtype::F32, scales.shape, single(&scales.values)));
            }
            (Precision::Half, None) => written.push((name, Dtype::F16, shape, half(tensor)?)),
            (_, None) => written.push((name, Dtype::F32, shape, single(&tensor.values))),
        }
    }
    let unwritten = |reason: String| Error::new(Code::NotSupported, FILE, reason, "");
    let views = written.iter().map(|(name, dtype, shape, bytes)| {
        let view = TensorView::new(*dtype, shape.clone(), bytes);
        view.map(|view| (name.clone(), view)).map_err(|error| unwritten(error.to_string()))
    });
    let views = views.collect::<Result<Vec<_>>>()?;
    let text = spec::to_json(metadata).map_err(|error| unwritten(error.to_string()))?;
    let metadata = Some(HashMap::from([(KEY.to_owned(), text)]));
    safetensors::serialize(views, metadata).map_err(|error| unwritten(error.to_string()))
}

fn single(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn half(tensor: &Tensor<f32>) -> Result<Vec<u8>> {
    let half = |&value: &f32| Some(f16::from_f32(value)).filter(|half| half.is_finite()).ok_or(value);
    let halves = tensor
        .values
        .iter()
        .map(half)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|value| Error::new(Code::OutsideRange, &tensor.name, value, "-65504 … 65504"))?;
    Ok(halves.into_iter().flat_map(f16::to_le_bytes).collect())
}

/// The network of a file of either kind: a safetensors file of [`save`], or an .npz with the weights of dense layers,
/// whose spec is otherwise `pattern`.
///
/// # Errors
/// As [`load`] and [`book_weights::load_dense`]; what is of neither kind is told both.
pub fn load_any(bytes: &[u8], pattern: &NetSpec) -> Result<(Trainer<f32>, About)> {
    if book_weights::is_npz(bytes) {
        let trainer = book_weights::load_dense(bytes, pattern)?;
        let about = About { spec: trainer.spec(), iteration: 0, test_accuracy: None };
        return Ok((trainer, about));
    }
    load(bytes).map_err(|error| match error.code {
        Code::WrongKind if error.field == FILE => Error { allowed: "safetensors | npz".to_owned(), ..error },
        _ => error,
    })
}

/// Reads a file that [`save`] made.
///
/// # Errors
/// The bytes are no safetensors (then `file` is of the wrong kind) or have no metadata of ours; the spec is wrong; a
/// tensor (`file.0.weight`) is missing, unknown, there twice, of another shape or type, or not finite; the network's
/// `file.outputs` are not finite.
pub fn load(bytes: &[u8]) -> Result<(Trainer<f32>, About)> {
    if bytes.len() > LARGEST {
        let allowed = format!("{LARGEST} bytes");
        return Err(Error::new(Code::TooLarge, FILE, format!("{} bytes", bytes.len()), allowed));
    }
    let file = format::parse(FILE, bytes)?;
    let metadata = metadata(&file.metadata)?;
    let (remembered, weights): (Vec<_>, Vec<_>) =
        file.tensors.iter().partition(|tensor| tensor.name.starts_with(memory::PREFIX));
    check_size(&metadata.spec, &weights)?;
    let mut trainer = Trainer::new(&metadata.spec).map_err(|error| error.within("spec"))?;
    let weights = quantized::pair(&weights)?;
    let names = weights.iter().map(|(tensor, _)| tensor.name.as_str());
    check_names(trainer.params().iter().map(|param| param.name.clone()), names)?;
    let tensors: Vec<_> = weights.into_iter().map(quantized::whole).collect();
    let in_file = |error: Error| error.within(FILE);
    trainer.set_weights(&tensors).map_err(in_file)?;
    let memory = match metadata.optimizer_step {
        None if remembered.is_empty() => Vec::new(),
        None => {
            let field = format!("{FILE}.__metadata__.{KEY}.optimizerStep");
            return Err(Error::new(Code::Missing, field, "", format!("0 … {MOST_STEPS}")));
        }
        Some(_) => memory::read(&trainer, &remembered)?,
    };
    let progress = Progress {
        iteration: metadata.iteration,
        place: metadata.place.unwrap_or_default(),
        step: metadata.optimizer_step.unwrap_or(0),
        memory,
    };
    trainer.resume(&progress).map_err(in_file)?;
    soundness::check(&mut trainer).map_err(in_file)?;
    let Metadata { spec, iteration, test_accuracy, .. } = metadata;
    Ok((trainer, About { spec, iteration, test_accuracy }))
}

fn metadata(entries: &[(String, String)]) -> Result<Metadata> {
    let field = |name: &str| format!("{FILE}.__metadata__.{name}");
    if let Some((other, _)) = entries.iter().find(|(name, _)| name != KEY && name != FORMAT) {
        return Err(Error::new(Code::UnknownField, field(other), other, format!("{KEY} | {FORMAT}")));
    }
    let ours = entries.iter().find(|(name, _)| name == KEY);
    let (_, text) = ours.ok_or_else(|| Error::new(Code::Missing, field(KEY), "", "{ \"spec\": … }"))?;
    spec::from_json(text).map_err(|error| error.within(&field(KEY)))
}

/// Refuses a file with fewer numbers than its spec needs, before room is made for them: a spec of a few hundred bytes
/// may ask for gigabytes.
fn check_size(spec: &NetSpec, weights: &[&Stored<'_>]) -> Result<()> {
    spec.check().map_err(|error| error.within("spec"))?;
    let needed = spec.weights()?;
    let found: usize = weights.iter().map(|stored| stored.len()).sum();
    if found < needed {
        let (value, allowed) = (format!("{found} weights"), format!("≥ {needed} weights"));
        return Err(Error::new(Code::SizeMismatch, FILE, value, allowed));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, OptimizerKind, OptimizerSpec};

    fn small() -> Trainer<f32> {
        let spec = NetSpec {
            input: vec![3],
            layers: vec![LayerSpec::Dense { units: 4 }, LayerSpec::Relu, LayerSpec::Dense { units: 2 }],
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Adam, 0.001),
            init: InitSpec::He,
            batch_size: 5,
            seed: 9,
        };
        Trainer::new(&spec).expect("valid")
    }

    /// A file that says of the network what [`save`] would not.
    fn file(
        trainer: &mut Trainer<f32>,
        change: impl FnOnce(&mut Metadata, &mut Vec<Tensor<f32>>),
    ) -> Vec<u8> {
        let (mut metadata, mut tensors) = (
            Metadata {
                spec: trainer.spec(),
                iteration: 0,
                test_accuracy: None,
                place: None,
                optimizer_step: None,
            },
            trainer.state(),
        );
        change(&mut metadata, &mut tensors);
        write(&tensors, &metadata, Precision::Single).expect("legal tensors")
    }

    #[test]
    fn a_spec_that_asks_for_more_than_the_file_has_is_refused_before_it_is_built() {
        let fault = |layers| {
            let file = file(&mut small(), |metadata, _| {
                metadata.spec = NetSpec { input: vec![4096], layers, ..metadata.spec.clone() };
            });
            load(&file).err().map(|error| (error.code, error.field)).expect("refused")
        };
        let dense = |units| LayerSpec::Dense { units };
        assert_eq!(fault(vec![dense(3800), dense(10)]), (Code::SizeMismatch, "file".to_owned()));
        // 64 layers of 2²⁴ weights would need 8 GB with their gradients: more than any network may have.
        let wide = [vec![dense(4096); 63], vec![dense(10)]].concat();
        assert_eq!(fault(wide), (Code::TooLarge, "spec.layers".to_owned()));
    }

    #[test]
    fn each_fault_of_a_file_has_its_name() {
        let fault = |change: fn(&mut Metadata, &mut Vec<Tensor<f32>>)| {
            let error = load(&file(&mut small(), change)).err().expect("refused");
            assert!(!error.allowed.is_empty(), "{error}");
            (error.code, error.field)
        };
        let is = |code, field: &str| (code, format!("file.{field}"));
        let said = |name: &str| format!("__metadata__.fishbowl.{name}");
        let outside = |name: &str| is(Code::OutsideRange, &said(name));
        assert_eq!(fault(|said, _| said.test_accuracy = Some(-1.0)), outside("testAccuracy"));
        assert_eq!(fault(|said, _| said.test_accuracy = Some(1e9)), outside("testAccuracy"));
        assert_eq!(fault(|said, _| said.iteration = u64::MAX), outside("iteration"));
        assert_eq!(fault(|said, _| said.optimizer_step = Some(1 << 53)), outside("optimizerStep"));
        let first = "optimizer.first.0.weight";
        assert_eq!(fault(|said, _| said.optimizer_step = Some(7)), is(Code::Missing, first));
        assert_eq!(
            fault(|_, all| all.push(Tensor { name: "optimizer.first.0.weight".into(), ..all[0].clone() })),
            is(Code::Missing, &said("optimizerStep"))
        );
        assert_eq!(
            fault(|said, all| {
                said.optimizer_step = Some(7);
                all.push(Tensor { name: "optimizer.first.0.weight".into(), ..all[1].clone() });
            }),
            is(Code::SizeMismatch, first)
        );
        let unknown = (Code::NotAChoice, "file".to_owned());
        assert_eq!(
            fault(|said, all| {
                said.optimizer_step = Some(7);
                all.push(Tensor { name: "optimizer.velocity.0.weight".into(), ..all[0].clone() });
            }),
            unknown
        );
        assert_eq!(fault(|_, all| all.push(Tensor { name: "9.weight".into(), ..all[0].clone() })), unknown);
        assert_eq!(fault(|_, all| drop(all.remove(3))), is(Code::Missing, "2.bias"));
        assert_eq!(fault(|_, all| all[0].shape = vec![4, 3]), is(Code::SizeMismatch, "0.weight"));
        assert_eq!(fault(|_, all| all[2].values[5] = f32::NAN), is(Code::NotFinite, "2.weight"));
        assert_eq!(fault(|_, all| all[1].values[0] = f32::INFINITY), is(Code::NotFinite, "0.bias"));
        // All weights are finite, and no output would be.
        assert_eq!(fault(|_, all| all[0].values.fill(3e38)), is(Code::NotFinite, "outputs"));
    }

    #[test]
    fn what_the_metadata_say_is_known_or_refused() {
        let good = save(&mut small(), None, Precision::Single).expect("sound");
        let text = String::from_utf8_lossy(&good[8..]).into_owned();
        let header = text.split_once("}}").map(|(header, _)| format!("{header}}}}}")).unwrap_or_default();
        let data = &good[good.len() - 26 * 4..];
        let load_with = |from: &str, to: &str| {
            assert!(header.contains(from), "{header}");
            let header = header.replacen(from, to, 1);
            load(&[&(header.len() as u64).to_le_bytes(), header.as_bytes(), data].concat()).map(|_| ())
        };
        let fault = |from: &str, to: &str| load_with(from, to).map_err(|error| (error.code, error.field));
        let key = "\"fishbowl\":";
        assert_eq!(load_with(key, &format!("\"format\":\"pt\",{key}")), Ok(()));
        let within = |name: &str| format!("file.__metadata__.{name}");
        assert_eq!(
            fault(key, &format!("\"author\":\"x\",{key}")),
            Err((Code::UnknownField, within("author")))
        );
        assert_eq!(fault(key, &format!("{key}\"\",{key}")), Err((Code::WrongKind, within("fishbowl"))));
        assert_eq!(fault(key, "\"other\":"), Err((Code::UnknownField, within("other"))));
        let iteration = "\\\"iteration\\\":0";
        let more = format!("{iteration},\\\"mood\\\":1");
        assert_eq!(fault(iteration, &more), Err((Code::UnknownField, within("fishbowl.mood"))));
        let place = format!("{iteration},\\\"place\\\":{{\\\"pass\\\":1,\\\"drawn\\\":2,\\\"x\\\":3}}");
        assert_eq!(fault(iteration, &place).map_err(|(code, _)| code), Err(Code::UnknownField));
        let none = [&2_u64.to_le_bytes()[..], b"{}"].concat();
        assert_eq!(
            load(&none).err().map(|error| (error.code, error.field)),
            Some((Code::Missing, within("fishbowl")))
        );
    }

    #[test]
    fn an_accuracy_of_other_weights_is_left_out() {
        let mut trainer = small();
        let progress = Progress { iteration: 7, place: Place::default(), step: 0, memory: Vec::new() };
        trainer.resume(&progress).expect("no memory");
        let mut said = |iteration| {
            let found = Evaluated { iteration, accuracy: 0.5 };
            let file = save(&mut trainer, Some(found), Precision::Single).expect("sound");
            load(&file).expect("our own").1.test_accuracy
        };
        assert_eq!([said(6), said(7), said(8)], [None, Some(0.5), None]);
    }
}
