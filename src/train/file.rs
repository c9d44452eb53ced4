//! The network of a training as a file, and a file as its network.

use super::book_weights;
use super::training::Training;
use super::weights::{self, Precision};
use crate::error::Result;

impl Training {
    /// The network as a safetensors file.
    ///
    /// # Errors
    /// It cannot be written so that it can be read again.
    pub fn save(&mut self, precision: Precision) -> Result<Vec<u8>> {
        let evaluated = self.evaluated();
        weights::save(self.trainer_mut(), evaluated, precision)
    }

    /// The weights as an .npz file for NumPy, named as in the book.
    ///
    /// # Errors
    /// They cannot be written so that they can be read again.
    pub fn save_npz(&mut self) -> Result<Vec<u8>> {
        book_weights::save(self.trainer_mut())
    }

    /// Puts the network of a file in place of the present one: a safetensors file of ours, or an .npz with the weights of
    /// dense layers (`W1`, `b1` and so on), between which the activation function is the one of the plan.
    ///
    /// # Errors
    /// The file is malformed, or its network does not have the plan's inputs and outputs; then nothing changed.
    pub fn take_file(&mut self, bytes: &[u8]) -> Result<()> {
        // Not the spec of the present network, which may be from a file itself.
        let (network, about) = weights::load_any(bytes, &self.plan().spec)?;
        self.take_network(&network)?;
        self.note_file(bytes.len(), about.test_accuracy);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Code;
    use crate::nn::networks;
    use crate::nn::spec::NetSpec;
    use crate::train::task::{Count, EvaluationPlan, Gradient, Needs, TrainPlan};

    fn training(name: &str, seed: u32) -> Training {
        let spec = networks::find(name).map(|ready| NetSpec { seed, ..(ready.spec)() }).expect("a network");
        let evaluation = EvaluationPlan { every: None, train: Count::All, test: Count::All };
        let plan = TrainPlan {
            spec,
            needs: Needs::default(),
            limit: None,
            evaluation,
            observed: false,
            gradient: Gradient::Backpropagation,
        };
        Training::new(&plan).expect("valid")
    }

    #[test]
    fn a_file_is_taken_as_it_was_saved_and_another_kind_of_network_refused() {
        let mut saved = training("two-layer", 7);
        let files = [saved.save(Precision::Single).expect("finite"), saved.save_npz().expect("finite")];
        for file in files {
            let mut other = training("two-layer", 8);
            assert_ne!(other.trainer().weights(), saved.trainer().weights());
            other.take_file(&file).expect("784 to 10");
            assert_eq!(other.trainer().weights(), saved.trainer().weights());

            let before = other.trainer().weights();
            let small = training("iris", 1).save(Precision::Single).expect("finite");
            assert_eq!(other.take_file(&small).expect_err("4 to 1").field, "file");
            assert!(other.take_file(&file[..file.len() / 2]).is_err());
            assert_eq!(
                other.take_file(b"an image, perhaps").expect_err("no file of ours").code,
                Code::WrongKind
            );
            assert_eq!(other.trainer().weights(), before, "what is refused changes nothing");
        }
    }
}
