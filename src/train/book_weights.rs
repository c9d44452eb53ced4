//! Weights in the layout of the book's own networks, as .npz: what `numpy.savez("net.npz", **network.params)` writes
//! in Python and `numpy.load` reads there.
//!
//! The names are the book's: `W1`, `b1`, `W2`, `b2` and so on in the order of the layers (3.4.3, 4.5.1, 7.5),
//! `gamma1`, `beta1` for batch normalization, counted by itself (6.3). A dense `W` is `[inputs, outputs]`, one of a
//! convolution `[filters, channels, height, width]`, all others have one axis.

use super::soundness;
use super::trainer::{Tensor, Trainer};
use crate::data::npy::Numbers;
use crate::data::npz::{self, Arrays};
use crate::data::zip::Limits;
use crate::error::{Code, Error, Result};
use crate::nn::spec::{LayerSpec, NetSpec};

/// The most bytes that a file may have, packed or unpacked: every network fits whose weights alone do.
pub const LARGEST: usize = 64 << 20;

/// The name that messages give a file, and before a dot an array in it.
const FILE: &str = "file";
/// The most arrays in a file: 256 layers, which the spec allows, of up to four.
const MOST_ARRAYS: usize = 1024;

/// How messages name an array.
fn field(name: &str) -> String {
    npz::array_in(FILE, name)
}

/// Whether a file may hold an .npz rather than anything else that weights come in.
pub fn is_npz(bytes: &[u8]) -> bool {
    Arrays::is_one(bytes)
}

/// The book's name of each tensor of a network, `weights` being in the order of its layers.
pub fn names(weights: &[Tensor<f32>]) -> Vec<String> {
    let mut layers: Vec<Layer<'_>> = Vec::new();
    let mut names = Vec::with_capacity(weights.len());
    for tensor in weights {
        let (path, part) = split(&tensor.name);
        let known = layers.iter().position(|layer| layer.path == path).unwrap_or_else(|| {
            // Only batch normalization has a weight of one axis: one number for each feature or channel.
            let is_weight = |other: &&Tensor<f32>| split(&other.name) == (path, "weight");
            let normalizes = weights.iter().find(is_weight).is_some_and(|weight| weight.shape.len() == 1);
            let number = 1 + layers.iter().filter(|layer| layer.normalizes == normalizes).count();
            layers.push(Layer { path, normalizes, number });
            layers.len() - 1
        });
        let Layer { normalizes, number, .. } = layers[known];
        let name = match part {
            "weight" if normalizes => "gamma",
            "bias" if normalizes => "beta",
            "weight" => "W",
            "bias" => "b",
            // Running statistics, which the book calls `running_mean` and `running_var`.
            other => other,
        };
        names.push(format!("{name}{number}"));
    }
    names
}

/// A layer with weights, as its tensors tell.
struct Layer<'a> {
    /// What stands before the last dot of their names.
    path: &'a str,
    normalizes: bool,
    /// Its place among the layers of its kind, from 1.
    number: usize,
}

/// The path of the layer and the name within it.
fn split(name: &str) -> (&str, &str) {
    name.rsplit_once('.').unwrap_or(("", name))
}

/// The .npz file of a network's weights, in 32 bits; the same weights give the same bytes.
///
/// # Errors
/// The array (`file.W1`) with a number that is not finite; the network's outputs are not; the file would be larger than
/// [`LARGEST`]. No such file could be read again.
pub fn save(trainer: &mut Trainer<f32>) -> Result<Vec<u8>> {
    let weights = trainer.state();
    let names = names(&weights);
    soundness::check(trainer).map_err(|error| in_file(error, &weights, &names))?;
    let numbers: usize = weights.iter().map(|tensor| tensor.values.len()).sum();
    // Nothing that NumPy writes about an array has more than a few hundred bytes.
    if numbers * size_of::<f32>() + (weights.len() << 10) > LARGEST {
        let (value, allowed) = (format!("{numbers} weights"), format!("{LARGEST} bytes"));
        return Err(Error::new(Code::TooLarge, FILE, value, allowed));
    }
    Ok(pack(&names, &weights))
}

/// The file of these arrays.
fn pack(names: &[String], weights: &[Tensor<f32>]) -> Vec<u8> {
    let arrays = names.iter().zip(weights);
    npz::write(arrays.map(|(name, tensor)| (name.as_str(), &*tensor.shape, &*tensor.values)))
}

fn open(bytes: &[u8]) -> Result<Arrays<'_>> {
    Arrays::open(FILE, bytes, Limits { bytes: LARGEST, files: MOST_ARRAYS })
}

/// The shape of an array that must be there; `allowed` is what it should be.
fn need<'a>(arrays: &'a Arrays<'_>, name: &str, allowed: &str) -> Result<&'a [usize]> {
    arrays.shape(name).ok_or_else(|| {
        let found = arrays.shapes().map(|(name, _)| name).collect::<Vec<_>>().join(" ");
        Error::new(Code::Missing, field(name), found, allowed)
    })
}

/// Refuses any array but these.
fn refuse_others(arrays: &Arrays<'_>, names: &[String], allowed: &str) -> Result<()> {
    match arrays.shapes().find(|&(name, _)| names.iter().all(|other| other != name)) {
        None => Ok(()),
        Some((other, _)) => Err(Error::new(Code::NotAChoice, FILE, other, allowed)),
    }
}

/// Unpacks an array, as the tensor of a name.
fn tensor(arrays: &Arrays<'_>, array: &str, name: &str) -> Result<Tensor<f32>> {
    let Numbers { shape, values } = arrays.read(array)?;
    Ok(Tensor { name: name.to_owned(), shape, values })
}

/// Reads all arrays of an .npz file, in its own order and under their own names.
///
/// # Errors
/// `file` is no archive, a broken one, or larger than [`LARGEST`], packed or unpacked, or `file.W1` is no array of
/// finite floating-point numbers of 16, 32 or 64 bits.
pub fn read(bytes: &[u8]) -> Result<Vec<Tensor<f32>>> {
    let arrays = open(bytes)?;
    arrays.shapes().map(|(name, _)| tensor(&arrays, name, name)).collect()
}

/// Reads weights for a network that exists, whose own are `present`; the result has the names of these. Running
/// statistics may be missing, as they are in the `params` of the book's networks. Nothing is unpacked before all names
/// and shapes have been found to fit.
///
/// # Errors
/// As [`read`], or another array is missing, or one is unknown, or of another shape than the network's.
pub fn read_for(present: &[Tensor<f32>], bytes: &[u8]) -> Result<Vec<Tensor<f32>>> {
    let arrays = open(bytes)?;
    let names = names(present);
    let mut wanted = Vec::with_capacity(present.len());
    for (name, tensor) in names.iter().zip(present) {
        // The book's code saves what is trained only; running statistics then stay as they are.
        if name.starts_with("running_") && arrays.shape(name).is_none() {
            continue;
        }
        let allowed = format!("{:?}", tensor.shape);
        let shape = need(&arrays, name, &allowed)?;
        if shape != tensor.shape {
            return Err(misshapen(Code::SizeMismatch, name, shape, allowed));
        }
        wanted.push((name, &tensor.name));
    }
    refuse_others(&arrays, &names, &names.join(" | "))?;
    wanted.into_iter().map(|(array, name)| tensor(&arrays, array, name)).collect()
}

/// Takes over the weights of an .npz file into a network that exists. The optimizer forgets.
///
/// # Errors
/// As [`read_for`]; `file.running_var1` holds a negative variance; or the network's outputs would not be finite. Then
/// nothing changed.
pub fn load_into(trainer: &mut Trainer<f32>, bytes: &[u8]) -> Result<()> {
    let present = trainer.state();
    let weights = read_for(&present, bytes)?;
    let names = names(&present);
    let named = |error| in_file(error, &present, &names);
    // Tried on another network of the same spec. Statistics that the file does not have are the present ones.
    let mut tried = Trainer::new(&trainer.spec())?;
    let statistics = present.iter().filter(|tensor| weights.iter().all(|other| other.name != tensor.name));
    let all: Vec<_> = weights.iter().chain(statistics).cloned().collect();
    tried.set_weights(&all).map_err(named)?;
    soundness::check(&mut tried).map_err(named)?;
    trainer.set_weights(&weights).map_err(named)
}

/// The network of a file of dense layers, made from the shapes of `W1`, `W2` and so on. What a file does not say, as
/// the activation function between its layers, is as in `pattern`. Nothing is unpacked before all names and shapes have
/// been found to make a network.
///
/// # Errors
/// As [`read`], or the arrays are not those of dense layers that fit one after the other, or make no network, or one
/// whose outputs are not finite.
pub fn load_dense(bytes: &[u8], pattern: &NetSpec) -> Result<Trainer<f32>> {
    let arrays = open(bytes)?;
    let is_activation =
        |layer: &&LayerSpec| matches!(layer, LayerSpec::Sigmoid | LayerSpec::Tanh | LayerSpec::Relu);
    let activation = pattern.layers.iter().find(is_activation).unwrap_or(&LayerSpec::Relu);
    let mut layers = Vec::new();
    // The name of each array and that of its tensor.
    let (mut names, mut tensors) = (Vec::new(), Vec::new());
    let mut input: Option<usize> = None;
    let mut width = 0;
    for number in 1.. {
        let (weight, bias) = (format!("W{number}"), format!("b{number}"));
        if number > 1 && arrays.shape(&weight).is_none() {
            break;
        }
        let shape = need(&arrays, &weight, "[inputs, outputs]")?;
        let &[inputs, outputs] = shape else {
            let allowed = "[inputs, outputs]".to_owned();
            return Err(misshapen(Code::NotSupported, &weight, shape, allowed));
        };
        if input.is_some() && inputs != width {
            return Err(misshapen(Code::SizeMismatch, &weight, shape, format!("[{width}, n]")));
        }
        let allowed = format!("[{outputs}]");
        let shape = need(&arrays, &bias, &allowed)?;
        if shape != [outputs] {
            return Err(misshapen(Code::SizeMismatch, &bias, shape, allowed));
        }
        if input.is_some() {
            layers.push(activation.clone());
        }
        input.get_or_insert(inputs);
        width = outputs;
        let layer = layers.len();
        layers.push(LayerSpec::Dense { units: outputs });
        names.extend([weight, bias]);
        tensors.extend([format!("{layer}.weight"), format!("{layer}.bias")]);
    }
    refuse_others(&arrays, &names, "W1 b1 W2 b2 …")?;
    let spec = NetSpec { input: vec![input.unwrap_or_default()], layers, ..pattern.clone() };
    spec.check().map_err(|error| error.within(FILE))?;
    let weights = names.iter().zip(&tensors).map(|(array, name)| tensor(&arrays, array, name));
    let weights = weights.collect::<Result<Vec<_>>>()?;
    let named = |error| in_file(error, &weights, &names);
    let mut trainer = Trainer::new(&spec).map_err(|error| error.within(FILE))?;
    trainer.set_weights(&weights).map_err(named)?;
    soundness::check(&mut trainer).map_err(named)?;
    Ok(trainer)
}

/// A fault of a network's tensor, named after the array in the file.
fn in_file(error: Error, weights: &[Tensor<f32>], names: &[String]) -> Error {
    let named = weights.iter().zip(names).find(|(tensor, _)| tensor.name == error.field);
    let name = named.map_or_else(|| error.field.clone(), |(_, name)| name.clone());
    Error { field: field(&name), ..error }
}

fn misshapen(code: Code, name: &str, shape: &[usize], allowed: String) -> Error {
    Error::new(code, field(name), format!("{shape:?}"), allowed)
}

#[cfg(test)]
mod tests;
