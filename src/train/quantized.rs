//! Weights in 8 bits: whole numbers from -127 to 127, and for each unit or filter the number they are multiplied by.
//!
//! The largest weight of a unit becomes ±127, so none is off by more than a 254th of it. Beside the tensor `0.weight`
//! stands `0.weight.scale`, in single precision. Tensors with one axis, as biases are, stay as they are.

use super::memory::FILE;
use super::trainer::Tensor;
use crate::data::safetensors::Stored;
use crate::error::{Code, Error, Result};

/// What the name of a tensor's scales ends with.
const SCALE: &str = ".scale";
/// The largest number of a tensor.
const LARGEST: f32 = 127.0;

/// How many units or filters have weights in a tensor of this shape: `[inputs, units]` or
/// `[filters, channels, height, width]`; none where it has one axis.
fn units(shape: &[usize]) -> Option<usize> {
    match *shape {
        [_, units] => Some(units),
        [filters, _, _, _] => Some(filters),
        _ => None,
    }
}

/// Whose weight stands at a place.
fn unit(shape: &[usize], place: usize) -> usize {
    match *shape {
        [_, units] => place % units,
        [_, channels, height, width] => place / (channels * height * width),
        _ => 0,
    }
}

/// A tensor's numbers in 8 bits, and its scales; none for one that stays as it is.
pub(super) fn split(tensor: &Tensor<f32>) -> Option<(Vec<u8>, Tensor<f32>)> {
    let mut scales = vec![0.0_f32; units(&tensor.shape)?];
    for (place, value) in tensor.values.iter().enumerate() {
        let largest = &mut scales[unit(&tensor.shape, place)];
        *largest = largest.max(value.abs());
    }
    scales.iter_mut().for_each(|scale| *scale /= LARGEST);
    let bytes = tensor.values.iter().enumerate().map(|(place, value)| {
        let scale = scales[unit(&tensor.shape, place)];
        let whole = if scale > 0.0 { (value / scale).round() } else { 0.0 };
        (whole as i8).cast_unsigned()
    });
    let bytes = bytes.collect();
    Some((
        bytes,
        Tensor { name: format!("{}{SCALE}", tensor.name), shape: vec![scales.len()], values: scales },
    ))
}

/// The weights of a file, each with its scales where it is in 8 bits; nothing is converted yet.
///
/// # Errors
/// The scales of a tensor in 8 bits (`file.0.weight.scale`) are missing, or not one for each unit; a tensor is in 8 bits
/// that has no units.
pub(super) fn pair<'a>(stored: &[&'a Stored<'a>]) -> Result<Vec<(&'a Stored<'a>, Option<&'a Stored<'a>>)>> {
    let scaled = stored.iter().filter(|tensor| tensor.is_scaled());
    let names: Vec<_> = scaled.map(|tensor| format!("{}{SCALE}", tensor.name)).collect();
    let weights = stored.iter().filter(|tensor| !names.contains(&tensor.name));
    weights.map(|tensor| Ok((*tensor, scales_of(tensor, stored)?))).collect()
}

fn scales_of<'a>(tensor: &Stored<'a>, all: &[&'a Stored<'a>]) -> Result<Option<&'a Stored<'a>>> {
    if !tensor.is_scaled() {
        return Ok(None);
    }
    let Some(units) = units(&tensor.shape) else {
        return Err(Error::new(Code::NotSupported, format!("{FILE}.{}", tensor.name), "I8", "F32 | F16"));
    };
    let name = format!("{}{SCALE}", tensor.name);
    let fault = |code, value| Error::new(code, format!("{FILE}.{name}"), value, format!("F32 [{units}]"));
    let Some(scales) = all.iter().find(|other| other.name == name) else {
        return Err(fault(Code::Missing, String::new()));
    };
    if scales.is_scaled() {
        return Err(fault(Code::NotSupported, "I8".to_owned()));
    }
    if scales.len() != units {
        return Err(fault(Code::SizeMismatch, format!("{:?}", scales.shape)));
    }
    Ok(Some(scales))
}

/// The numbers of a tensor, multiplied by its scales.
pub(super) fn whole((tensor, scales): (&Stored<'_>, Option<&Stored<'_>>)) -> Tensor<f32> {
    let mut values = tensor.values();
    if let Some(scales) = scales {
        let scales = scales.values();
        for (place, value) in values.iter_mut().enumerate() {
            *value *= scales[unit(&tensor.shape, place)];
        }
    }
    Tensor { name: tensor.name.clone(), shape: tensor.shape.clone(), values }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::networks::named;
    use crate::train::trainer::Trainer;
    use crate::train::weights::{Precision, load, save};

    #[test]
    fn no_weight_is_off_by_more_than_a_254th_of_its_units_largest() {
        for shape in [vec![5, 3], vec![3, 2, 2, 2]] {
            let count: usize = shape.iter().product();
            let values =
                (0..count).map(|place| (place as f32 * 1.7).sin() * 10_f32.powi(unit(&shape, place) as i32));
            let tensor = Tensor { name: "0.weight".into(), shape: shape.clone(), values: values.collect() };
            let (bytes, scales) = split(&tensor).expect("weights");
            assert_eq!((bytes.len(), scales.shape.as_slice()), (count, &[3][..]));
            for (place, (byte, value)) in bytes.iter().zip(&tensor.values).enumerate() {
                let scale = scales.values[unit(&shape, place)];
                let read = f32::from(byte.cast_signed()) * scale;
                assert!((read - value).abs() <= scale * 0.5001, "{read} is not {value}");
            }
        }
        let bias = Tensor { name: "0.bias".into(), shape: vec![4], values: vec![1.0; 4] };
        assert!(split(&bias).is_none());
    }

    #[test]
    fn a_file_in_8_bits_is_a_quarter_as_large_and_reads_the_same_twice() {
        let mut trainer = Trainer::new(&named("lenet-5-relu").expect("listed")).expect("valid");
        let file = save(&mut trainer, None, Precision::Byte).expect("finite");
        assert!(file.len() < 61_706 + 8_000, "{} bytes", file.len());
        let (mut read, _) = load(&file).expect("our own");
        // The largest weight of each unit is kept, so what was rounded once stays.
        let again = save(&mut read, None, Precision::Byte).expect("finite");
        let (twice, _) = load(&again).expect("our own");
        for (one, other) in read.weights().iter().zip(twice.weights()) {
            assert!(
                one.values.iter().zip(other.values).all(|(a, b)| (a - b).abs() <= 1e-6 * a.abs()),
                "{}",
                one.name
            );
        }
    }

    #[test]
    fn scales_are_missed_by_name() {
        let mut trainer = Trainer::new(&named("iris").expect("listed")).expect("valid");
        let file = save(&mut trainer, None, Precision::Byte).expect("finite");
        let renamed = |from: &str, to: &str| {
            let start = file.windows(from.len()).position(|bytes| bytes == from.as_bytes()).expect("there");
            let mut file = file.clone();
            file[start..start + to.len()].copy_from_slice(to.as_bytes());
            load(&file).err().map(|error| (error.code, error.field))
        };
        assert_eq!(
            renamed("2.weight.scale", "2.weight.other"),
            Some((Code::Missing, "file.2.weight.scale".into()))
        );
        assert_eq!(
            renamed(r#""shape":[5]"#, r#""shape":[1]"#).map(|(code, _)| code),
            Some(Code::SizeMismatch)
        );
    }
}
