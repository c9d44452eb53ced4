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
mod tests {
    use super::*;
    use crate::nn::spec::{InitSpec, LossSpec, OptimizerKind, OptimizerSpec};

    fn spec(activation: LayerSpec) -> NetSpec {
        NetSpec {
            input: vec![3],
            layers: vec![LayerSpec::Dense { units: 4 }, activation, LayerSpec::Dense { units: 2 }],
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
            init: InitSpec::He,
            batch_size: 5,
            seed: 9,
        }
    }

    fn trainer() -> Trainer<f32> {
        Trainer::new(&spec(LayerSpec::Relu)).expect("valid")
    }

    fn small() -> Vec<Tensor<f32>> {
        trainer().weights()
    }

    /// A file of these, whatever they are.
    fn packed(weights: &[Tensor<f32>]) -> Vec<u8> {
        pack(&names(weights), weights)
    }

    fn tensor(name: &str, shape: &[usize]) -> Tensor<f32> {
        let values = (0..shape.iter().product()).map(|index| index as f32 / 4.0).collect();
        Tensor { name: name.to_owned(), shape: shape.to_vec(), values }
    }

    #[test]
    fn the_names_are_the_books() {
        let two_layers = names(&small());
        assert_eq!(two_layers, ["W1", "b1", "W2", "b2"]);
        let mixed = [
            ("0.weight", &[3, 1, 5, 5][..]),
            ("0.bias", &[3]),
            ("1.weight", &[3]),
            ("1.bias", &[3]),
            ("1.running_mean", &[3]),
            ("1.running_var", &[3]),
            ("4.weight", &[12, 6]),
            ("4.bias", &[6]),
            ("5.0.1.weight", &[6]),
            ("5.0.1.bias", &[6]),
            ("5.1.0.weight", &[6, 2]),
            ("5.1.0.bias", &[2]),
            ("5.0.1.running_mean", &[6]),
        ];
        let names = names(&mixed.map(|(name, shape)| tensor(name, shape)));
        let first = ["W1", "b1", "gamma1", "beta1", "running_mean1", "running_var1"];
        assert_eq!(names[..6], first);
        assert_eq!(names[6..], ["W2", "b2", "gamma2", "beta2", "W3", "b3", "running_mean2"]);
    }

    #[test]
    fn saving_and_reading_changes_nothing() {
        let weights = small();
        let file = save(&mut trainer()).expect("sound");
        assert_eq!(read_for(&weights, &file), Ok(weights.clone()));
        assert_eq!(save(&mut trainer()), Ok(file), "same weights, same bytes");
        let odd = [tensor("0.weight", &[2, 3, 1, 2]), tensor("0.bias", &[0]), tensor("1.weight", &[2])];
        assert_eq!(read_for(&odd, &packed(&odd)), Ok(odd.to_vec()));
    }

    #[test]
    fn running_statistics_may_be_missing() {
        let present = [
            tensor("0.weight", &[3]),
            tensor("0.bias", &[3]),
            tensor("0.running_mean", &[3]),
            tensor("0.running_var", &[3]),
        ];
        assert_eq!(read_for(&present, &packed(&present)), Ok(present.to_vec()));
        assert_eq!(read_for(&present, &packed(&present[..2])), Ok(present[..2].to_vec()));
        assert_eq!(read_for(&present, &packed(&present[1..])).expect_err("refused").field, "file.gamma1");
    }

    #[test]
    fn a_file_of_dense_layers_is_a_network() {
        let weights = small();
        let file = packed(&weights);
        let pattern = NetSpec { input: vec![7], layers: vec![LayerSpec::Tanh], ..spec(LayerSpec::Relu) };
        let trainer = load_dense(&file, &pattern).expect("a network");
        assert_eq!((trainer.spec(), trainer.weights()), (spec(LayerSpec::Tanh), weights));
    }

    #[test]
    fn what_does_not_fit_is_named() {
        let weights = small();
        let fault = |change: fn(&mut Vec<Tensor<f32>>)| {
            let mut others = weights.clone();
            change(&mut others);
            let file = packed(&others);
            let faults = [
                read_for(&weights, &file).expect_err("refused"),
                load_dense(&file, &spec(LayerSpec::Relu)).err().expect("refused"),
            ];
            faults.map(|error| (error.code, error.field))
        };
        let both = |code, field: &str| [(code, field.to_owned()), (code, field.to_owned())];
        assert_eq!(fault(|all| all.truncate(3)), both(Code::Missing, "file.b2"));
        assert_eq!(fault(|all| all.clear()), both(Code::Missing, "file.W1"));
        assert_eq!(fault(|all| all.push(tensor("9.weight", &[2]))), both(Code::NotAChoice, "file"));
        assert_eq!(fault(|all| all[2] = tensor("2.weight", &[5, 2])), both(Code::SizeMismatch, "file.W2"));
        assert_eq!(fault(|all| all[1] = tensor("0.bias", &[1, 4])), both(Code::SizeMismatch, "file.b1"));
        assert_eq!(fault(|all| all[1].values[0] = f32::NAN), both(Code::NotFinite, "file.b1"));
        let [one, other] = fault(|all| all[0] = tensor("0.weight", &[4, 3, 1, 1]));
        assert_eq!(one, (Code::SizeMismatch, "file.W1".to_owned()));
        assert_eq!(other, (Code::NotSupported, "file.W1".to_owned()));
        // One layer of 300 classes is no network here, however well it is formed.
        let wide = packed(&[tensor("0.weight", &[2, 300]), tensor("0.bias", &[300])]);
        let error = load_dense(&wide, &spec(LayerSpec::Relu)).err().expect("refused");
        assert_eq!((error.code, error.field.as_str()), (Code::SizeMismatch, "file.layers[0]"));
    }

    /// Arrays of any names and sizes, none of which is looked into: a small file may hold a great deal.
    #[test]
    fn what_does_not_fit_is_refused_before_anything_is_unpacked() {
        let weights = small();
        // The values of W1 do not unpack, so that looking at them finds another fault.
        let mut broken = packed(&weights);
        let values = broken.windows(4).position(|bytes| bytes == weights[0].values[0].to_le_bytes());
        broken[values.expect("stored")] ^= 1;
        let both = |file: &[u8], pattern: &NetSpec| {
            let faults = [read_for(&weights, file).err(), load_dense(file, pattern).err()];
            faults.map(|error| error.map(|error| error.code).expect("refused"))
        };
        let pattern = spec(LayerSpec::Relu);
        assert_eq!(both(&broken, &pattern), [Code::Compression; 2]);
        let change = |from: &[u8], to: &[u8]| {
            let mut file = broken.clone();
            let places: Vec<usize> =
                (0..file.len() - from.len()).filter(|&at| file[at..].starts_with(from)).collect();
            assert!(!places.is_empty());
            places.iter().for_each(|&at| file[at..at + from.len()].copy_from_slice(to));
            file
        };
        assert_eq!(both(&change(b"b2.npy", b"c2.npy"), &pattern), [Code::Missing; 2]);
        assert_eq!(both(&change(b"'shape': (2,)", b"'shape': (3,)"), &pattern), [Code::Truncated; 2]);
        assert_eq!(both(&change(b"'shape': (4, 2)", b"'shape': (2, 4)"), &pattern), [Code::SizeMismatch; 2]);
        let huge = NetSpec { batch_size: 0, ..pattern };
        assert_eq!(load_dense(&broken, &huge).err().map(|error| error.code), Some(Code::OutsideRange));
    }

    #[test]
    fn weights_that_give_no_numbers_change_nothing() {
        let before = small();
        let mut huge = before.clone();
        huge.iter_mut().for_each(|tensor| tensor.values.fill(1e37));
        let file = packed(&huge);
        let mut present = trainer();
        let refused = |error: Error| (error.code, error.field, error.allowed);
        let outputs = (Code::NotFinite, "file.outputs".to_owned(), soundness::FINITE.to_owned());
        assert_eq!(load_into(&mut present, &file).map_err(refused), Err(outputs.clone()));
        assert_eq!(present.weights(), before);
        assert_eq!(
            load_dense(&file, &spec(LayerSpec::Relu)).map(|_| ()).map_err(refused),
            Err(outputs.clone())
        );
        present.set_weights(&huge).expect("all finite");
        assert_eq!(save(&mut present).map_err(refused), Err(outputs));
    }

    #[test]
    fn messages_name_the_array_and_not_the_tensor() {
        let normalized = NetSpec {
            layers: vec![LayerSpec::Dense { units: 4 }, LayerSpec::BatchNorm, LayerSpec::Dense { units: 2 }],
            ..spec(LayerSpec::Relu)
        };
        let mut trainer = Trainer::<f32>::new(&normalized).expect("valid");
        let good = trainer.state();
        load_into(&mut trainer, &packed(&good)).expect("its own");
        let mut wrong = good.clone();
        wrong[5].values[0] = -1.0;
        let error = load_into(&mut trainer, &packed(&wrong)).expect_err("a negative variance");
        assert_eq!((error.code, error.field.as_str()), (Code::OutsideRange, "file.running_var1"));
        let error = load_into(&mut trainer, &packed(&good[1..])).expect_err("missing");
        assert_eq!((error.field.as_str(), error.allowed.as_str()), ("file.W1", "[3, 4]"));
        trainer.network().params_mut()[5].value.fill(f32::INFINITY);
        let error = save(&mut trainer).expect_err("not finite");
        assert_eq!((error.code, error.field.as_str()), (Code::NotFinite, "file.running_var1"));
    }

    #[test]
    fn every_truncation_and_every_flipped_byte_is_refused_or_finite() {
        let weights = small();
        let file = packed(&weights);
        for length in 0..file.len() {
            assert!(read(&file[..length]).is_err(), "truncated to {length}");
        }
        for place in 0..file.len() {
            for change in [0x01, 0x80, 0xff] {
                let mut changed = file.clone();
                changed[place] ^= change;
                for tensor in read(&changed).into_iter().flatten() {
                    assert!(tensor.values.iter().all(|value| value.is_finite()), "{change} at {place}");
                }
            }
        }
    }
}
