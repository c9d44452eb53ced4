//! Weights in the layout of the book's own networks, as .npz: what `numpy.savez("net.npz", **network.params)` writes
//! in Python and `numpy.load` reads there.
//!
//! The names are the book's: `W1`, `b1`, `W2`, `b2` and so on in the order of the layers (3.4.3, 4.5.1, 7.5),
//! `gamma1`, `beta1` for batch normalization, counted by itself (6.3). A dense `W` is `[inputs, outputs]`, one of a
//! convolution `[filters, channels, height, width]`, all others have one axis.

use super::trainer::{Tensor, Trainer};
use super::weights::MOST_BYTES;
use crate::data::npy::{self, Numbers};
use crate::data::zip::{self, Archive, Limits};
use crate::error::{Code, Error, Result};
use crate::nn::spec::{LayerSpec, NetSpec};

/// The name that messages give a file, and before a dot an array in it.
const FILE: &str = "file";
/// The most arrays in a file: 256 layers, which the spec allows, of up to four.
const MOST_ARRAYS: usize = 1024;
/// What NumPy adds to the name of an array.
const ENDING: &str = ".npy";

/// Whether a file may hold an .npz rather than anything else that weights come in.
pub fn is_npz(bytes: &[u8]) -> bool {
    Archive::is_one(bytes)
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
pub fn save(weights: &[Tensor<f32>]) -> Vec<u8> {
    let arrays = names(weights).into_iter().zip(weights);
    let file = |(name, tensor): (String, &Tensor<f32>)| {
        (format!("{name}{ENDING}"), npy::write(&tensor.shape, &tensor.values))
    };
    zip::write(&arrays.map(file).collect::<Vec<_>>())
}

/// Reads the arrays of an .npz file, in its own order and under their own names.
///
/// # Errors
/// `file` is no archive, a broken one, or larger than [`MOST_BYTES`], packed or unpacked, or `file.W1` is no array
/// of finite numbers.
pub fn read(bytes: &[u8]) -> Result<Vec<Tensor<f32>>> {
    let archive = Archive::open(FILE, bytes, Limits { bytes: MOST_BYTES, files: MOST_ARRAYS })?;
    let array = |file: Result<(&str, std::borrow::Cow<'_, [u8]>)>| {
        let (name, bytes) = file?;
        let array = name.strip_suffix(ENDING);
        let Some(name) = array else { return Err(Error::new(Code::WrongKind, FILE, name, "*.npy")) };
        let Numbers { shape, values } = npy::parse(&field(name), &bytes)?;
        Ok(Tensor { name: name.to_owned(), shape, values })
    };
    archive.unpacked().map(array).collect()
}

/// Reads weights for a network that exists, whose own are `present`; the result has the names of these. Running
/// statistics may be missing, as they are in the `params` of the book's networks.
///
/// # Errors
/// As [`read`], or another array is missing, or one is unknown, or of another shape than the network's.
pub fn read_for(present: &[Tensor<f32>], bytes: &[u8]) -> Result<Vec<Tensor<f32>>> {
    let mut arrays = read(bytes)?;
    let names = names(present);
    let mut weights = Vec::with_capacity(present.len());
    for (name, tensor) in names.iter().zip(present) {
        // The book's code saves what is trained only; running statistics then stay as they are.
        if name.starts_with("running_") && !arrays.iter().any(|array| array.name == *name) {
            continue;
        }
        let array = take(&mut arrays, name)?;
        if array.shape != tensor.shape {
            return Err(misshapen(Code::SizeMismatch, name, &array.shape, format!("{:?}", tensor.shape)));
        }
        weights.push(Tensor { name: tensor.name.clone(), ..array });
    }
    refuse_others(&arrays, names.join(" | "))?;
    Ok(weights)
}

/// The network of a file of dense layers, made from the shapes of `W1`, `W2` and so on. What a file does not say, as
/// the activation function between its layers, is as in `pattern`.
///
/// # Errors
/// As [`read`], or the arrays are not those of dense layers that fit one after the other, or make no network.
pub fn load_dense(bytes: &[u8], pattern: &NetSpec) -> Result<Trainer<f32>> {
    let mut arrays = read(bytes)?;
    let is_activation =
        |layer: &&LayerSpec| matches!(layer, LayerSpec::Sigmoid | LayerSpec::Tanh | LayerSpec::Relu);
    let activation = pattern.layers.iter().find(is_activation).unwrap_or(&LayerSpec::Relu);
    let mut layers = Vec::new();
    let mut weights = Vec::new();
    let mut input: Option<usize> = None;
    let mut width = 0;
    for number in 1.. {
        let name = format!("W{number}");
        if number > 1 && !arrays.iter().any(|array| array.name == name) {
            break;
        }
        let weight = take(&mut arrays, &name)?;
        let &[inputs, outputs] = weight.shape.as_slice() else {
            let allowed = "[inputs, outputs]".to_owned();
            return Err(misshapen(Code::NotSupported, &name, &weight.shape, allowed));
        };
        if input.is_some() && inputs != width {
            return Err(misshapen(Code::SizeMismatch, &name, &weight.shape, format!("[{width}, n]")));
        }
        let bias = take(&mut arrays, &format!("b{number}"))?;
        if bias.shape != [outputs] {
            return Err(misshapen(Code::SizeMismatch, &bias.name, &bias.shape, format!("[{outputs}]")));
        }
        if input.is_some() {
            layers.push(activation.clone());
        }
        input.get_or_insert(inputs);
        width = outputs;
        let layer = layers.len();
        layers.push(LayerSpec::Dense { units: outputs });
        weights.push(Tensor { name: format!("{layer}.weight"), ..weight });
        weights.push(Tensor { name: format!("{layer}.bias"), ..bias });
    }
    refuse_others(&arrays, "W1 b1 W2 b2 …".to_owned())?;
    let spec = NetSpec { input: vec![input.unwrap_or_default()], layers, ..pattern.clone() };
    let mut trainer = Trainer::new(&spec).map_err(|error| error.within(FILE))?;
    trainer.set_weights(&weights).map_err(|error| error.within(FILE))?;
    Ok(trainer)
}

fn take(arrays: &mut Vec<Tensor<f32>>, name: &str) -> Result<Tensor<f32>> {
    let place = arrays.iter().position(|array| array.name == name);
    let place = place.ok_or_else(|| {
        let found = arrays.iter().map(|array| array.name.as_str()).collect::<Vec<_>>().join(" ");
        Error::new(Code::Missing, field(name), found, "")
    })?;
    Ok(arrays.swap_remove(place))
}

fn misshapen(code: Code, name: &str, shape: &[usize], allowed: String) -> Error {
    Error::new(code, field(name), format!("{shape:?}"), allowed)
}

fn refuse_others(arrays: &[Tensor<f32>], allowed: String) -> Result<()> {
    match arrays.first() {
        None => Ok(()),
        Some(other) => Err(Error::new(Code::NotAChoice, FILE, &other.name, allowed)),
    }
}

/// How messages name an array; what a file calls it may be long.
fn field(name: &str) -> String {
    const LONGEST: usize = 40;
    format!("{FILE}.{}", name.chars().take(LONGEST).collect::<String>())
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

    fn small() -> Vec<Tensor<f32>> {
        Trainer::new(&spec(LayerSpec::Relu)).expect("valid").weights()
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
        let file = save(&weights);
        assert_eq!(read_for(&weights, &file), Ok(weights.clone()));
        assert_eq!(save(&weights), file, "same weights, same bytes");
        let odd = [tensor("0.weight", &[2, 3, 1, 2]), tensor("0.bias", &[0]), tensor("1.weight", &[2])];
        assert_eq!(read_for(&odd, &save(&odd)), Ok(odd.to_vec()));
    }

    #[test]
    fn running_statistics_may_be_missing() {
        let present = [
            tensor("0.weight", &[3]),
            tensor("0.bias", &[3]),
            tensor("0.running_mean", &[3]),
            tensor("0.running_var", &[3]),
        ];
        assert_eq!(read_for(&present, &save(&present)), Ok(present.to_vec()));
        assert_eq!(read_for(&present, &save(&present[..2])), Ok(present[..2].to_vec()));
        assert_eq!(read_for(&present, &save(&present[1..])).expect_err("refused").field, "file.gamma1");
    }

    #[test]
    fn a_file_of_dense_layers_is_a_network() {
        let weights = small();
        let file = save(&weights);
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
            let file = save(&others);
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
        let wide = save(&[tensor("0.weight", &[2, 300]), tensor("0.bias", &[300])]);
        let error = load_dense(&wide, &spec(LayerSpec::Relu)).err().expect("refused");
        assert_eq!((error.code, error.field.as_str()), (Code::SizeMismatch, "file.layers[0]"));
    }

    #[test]
    fn every_truncation_and_every_flipped_byte_is_refused_or_finite() {
        let weights = small();
        let file = save(&weights);
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
