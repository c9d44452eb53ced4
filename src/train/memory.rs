//! What an update rule remembers, as tensors of a file.

use super::soundness::FINITE;
use super::trainer::{Tensor, Trainer};
use crate::data::safetensors::Stored;
use crate::error::{Code, Error, Result};
use crate::nn::layer::Param;
use crate::nn::spec::OptimizerKind;

/// The name that messages give a file, and before a dot a part of it.
pub(super) const FILE: &str = "file";
/// What the names of these tensors begin with.
pub(super) const PREFIX: &str = "optimizer.";

/// What the arrays of a rule's memory are called, in the order in which the rule has them.
fn memories(kind: OptimizerKind) -> &'static [&'static str] {
    match kind {
        OptimizerKind::Sgd => &[],
        OptimizerKind::Momentum | OptimizerKind::Nesterov => &["velocity"],
        OptimizerKind::Adagrad | OptimizerKind::Rmsprop => &["squares"],
        OptimizerKind::Adam => &["first", "second"],
    }
}

/// The name of the memory of a parameter: `optimizer.velocity.0.weight`.
fn name_of(memory: &str, param: &Param<f32>) -> String {
    format!("{PREFIX}{memory}.{}", param.name)
}

/// Whether an array of memory may hold a number. Sums of squares may have overflowed: then a rule that divides by them
/// moves nothing, and goes on so.
fn is_allowed(memory: &str, value: f32) -> bool {
    match memory {
        "squares" | "second" => value >= 0.0,
        _ => value.is_finite(),
    }
}

/// The parameters that a rule has memory of, in its order.
fn trained(trainer: &Trainer<f32>) -> impl Iterator<Item = &Param<f32>> {
    trainer.params().iter().filter(|param| param.is_trained())
}

/// The tensors of a memory; none before the first step.
///
/// # Errors
/// The tensor that holds a number that [`read`] would refuse.
pub(super) fn write(trainer: &Trainer<f32>, memory: &[Vec<f32>]) -> Result<Vec<Tensor<f32>>> {
    let mut tensors = Vec::new();
    for (&kind, all) in memories(trainer.spec().optimizer.kind).iter().zip(memory) {
        // Empty before the first step.
        let mut rest = all.as_slice();
        for param in trained(trainer).take_while(|_| !all.is_empty()) {
            let (own, others) = rest.split_at(param.value.len().min(rest.len()));
            rest = others;
            let values = own.to_vec();
            let name = name_of(kind, param);
            if let Some(value) = values.iter().find(|&&value| !is_allowed(kind, value)) {
                return Err(Error::new(Code::NotFinite, name, value, FINITE));
            }
            tensors.push(Tensor { name, shape: param.shape.clone(), values });
        }
    }
    Ok(tensors)
}

/// The memory that these tensors are: all of it.
///
/// # Errors
/// The tensor that is missing, unknown, of another shape, or holds a number that is not finite.
pub(super) fn read(trainer: &Trainer<f32>, tensors: &[&Stored<'_>]) -> Result<Vec<Vec<f32>>> {
    let memories = memories(trainer.spec().optimizer.kind);
    let names = memories.iter().flat_map(|kind| trained(trainer).map(|param| name_of(kind, param)));
    check_names(names, tensors.iter().map(|stored| stored.name.as_str()))?;
    let array = |kind: &str, param: &Param<f32>| {
        let name = name_of(kind, param);
        let (field, shape) = (format!("{FILE}.{name}"), format!("{:?}", param.shape));
        let Some(stored) = tensors.iter().find(|stored| stored.name == name) else {
            return Err(Error::new(Code::Missing, field, "", shape));
        };
        if stored.shape != param.shape {
            return Err(Error::new(Code::SizeMismatch, field, format!("{:?}", stored.shape), shape));
        }
        if stored.is_scaled() {
            return Err(Error::new(Code::NotSupported, field, "I8", "F32 | F16"));
        }
        let values = stored.values();
        match values.iter().find(|&&value| !is_allowed(kind, value)) {
            None => Ok(values),
            Some(value) => Err(Error::new(Code::NotFinite, field, value, FINITE)),
        }
    };
    let all = |kind: &&str| {
        let arrays: Vec<Vec<f32>> =
            trained(trainer).map(|param| array(kind, param)).collect::<Result<_>>()?;
        Ok(arrays.concat())
    };
    memories.iter().map(all).collect()
}

/// Refuses a tensor that has none of these names.
pub(super) fn check_names<'a>(
    names: impl Iterator<Item = String>,
    mut found: impl Iterator<Item = &'a str>,
) -> Result<()> {
    let names: Vec<String> = names.collect();
    match found.find(|name| !names.iter().any(|known| known == name)) {
        None => Ok(()),
        Some(other) => Err(Error::new(Code::NotAChoice, FILE, other, names.join(" | "))),
    }
}
