//! Runs on their way into another worker, with the network that they train: one from a file has a shape of its own.

use serde::{Deserialize, Serialize};

use super::course::Course;
use super::trainer::Trainer;
use crate::error::{Code, Error, Result};
use crate::nn::spec::{self, NetSpec};

/// What [`take`] took.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    spec: NetSpec,
    run: Vec<u8>,
}

/// As it crosses. The spec is JSON: postcard cannot say what a spec leaves out.
#[derive(Serialize, Deserialize)]
struct Packed {
    spec: String,
    run: Vec<u8>,
}

/// Everything that a run became, but its images.
pub fn take(course: &mut Course) -> Vec<u8> {
    let spec = serde_json::to_string(&course.trainer().spec()).unwrap_or_default();
    postcard::to_allocvec(&Packed { spec, run: course.snapshot() }).unwrap_or_default()
}

impl Snapshot {
    /// Reads what [`take`] gave.
    ///
    /// # Errors
    /// The bytes are no snapshot.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let wrong = |error: postcard::Error| Error::new(Code::WrongKind, "snapshot", error, "");
        let Packed { spec, run } = postcard::from_bytes(bytes).map_err(wrong)?;
        Ok(Self { spec: spec::from_json(&spec).map_err(|error| error.within("snapshot"))?, run })
    }

    /// A run without images or end for the network of the snapshot, where that of `present` is another.
    ///
    /// # Errors
    /// The field of its spec that is wrong.
    pub fn other_course(&self, present: &mut Course) -> Result<Option<Course>> {
        let spec = present.trainer().spec();
        if spec.input == self.spec.input && spec.layers == self.spec.layers && spec.loss == self.spec.loss {
            return Ok(None);
        }
        Ok(Some(Course::of(Trainer::new(&self.spec)?, None)))
    }

    /// Goes on from the snapshot in a run of the same network on the same images.
    ///
    /// # Errors
    /// The bytes were no snapshot, or the network is another.
    pub fn restore(&self, course: &mut Course) -> Result<()> {
        course.restore(&self.run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, OptimizerKind, OptimizerSpec};

    fn course(units: usize, seed: u32) -> Course {
        let spec = NetSpec {
            input: vec![4],
            layers: vec![LayerSpec::Dense { units }, LayerSpec::Relu, LayerSpec::Dense { units: 2 }],
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec::new(OptimizerKind::Sgd, 0.1),
            init: InitSpec::He,
            batch_size: 8,
            seed,
        };
        Course::new(&spec, None).expect("valid")
    }

    #[test]
    fn a_run_of_another_network_goes_on_in_a_new_course() {
        let mut left = course(3, 1);
        let snapshot = Snapshot::parse(&take(&mut left)).expect("our own");
        let mut same = course(3, 2);
        assert!(snapshot.other_course(&mut same).expect("valid").is_none());
        let mut form = course(5, 1);
        assert!(snapshot.restore(&mut form).is_err());
        let mut other = snapshot.other_course(&mut form).expect("valid").expect("another");
        for course in [&mut same, &mut other] {
            snapshot.restore(course).expect("the same network");
            assert_eq!(course.trainer().weights(), left.trainer().weights());
        }
    }

    #[test]
    fn broken_bytes_are_refused() {
        let bytes = take(&mut course(3, 1));
        for length in 0..bytes.len() {
            assert!(Snapshot::parse(&bytes[..length]).is_err(), "cut to {length}");
        }
    }
}
