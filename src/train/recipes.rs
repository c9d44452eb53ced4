//! The recipes of the networks that the page brings along, one file each in `www/weights`: so that a drawing is read
//! before anything is trained, and so that networks that take long can be looked at. One list, [`ALL`].

use crate::data::augment::{Augmentation, Distortion};
use crate::data::collection::Collection;
use crate::data::digit::SIDE;
use crate::data::digits::Digits;
use crate::data::handwriting::Handwriting;
use crate::error::{Code, Error, Result};
use crate::nn::networks::named;
use crate::nn::spec::{InitSpec, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec};
use crate::train::parts::{Learn, Parts};
use crate::train::trainer::{Tensor, Trainer};
use crate::train::weights::Precision;

/// Every recipe.
pub static ALL: &[Recipe] = &[
    // 98.7 % of the test images after 26 epochs of these, 99.0 % after 42, 99.1 % at the end.
    recipe("digits", 60, Hands::Placed, Precision::Half),
    recipe("two-layer", 40, Hands::Own, Precision::Half),
    recipe("three-layer", 20, Hands::Own, Precision::Half),
    recipe("simple-convnet", 12, Hands::Placed, Precision::Byte),
    recipe("lenet-5-relu", 12, Hands::Placed, Precision::Byte),
    Recipe { averaged: 10, parts: 2, ..recipe("deep-convnet", 40, Hands::Others, Precision::Byte) },
];

const fn recipe(name: &'static str, epochs: u32, hands: Hands, precision: Precision) -> Recipe {
    Recipe { name, epochs, averaged: 1, parts: 1, hands, precision }
}

/// Wider than hands differ once a digit is cropped and centred, so that the network relies on no single pixel.
const DISTORTION: Distortion = Distortion { shift: 1.5, rotation: 15.0, scale: 0.15, slant: 0.25 };

/// One image of no digit to so many digits.
const NOTHING: usize = 15;

/// How a network is trained.
#[derive(Debug)]
pub struct Recipe {
    /// The network's name, and its file's.
    pub name: &'static str,
    /// Passes over the images.
    pub epochs: u32,
    /// How many of the last epochs its weights are the mean of.
    pub averaged: u32,
    /// Parts that share each mini-batch. Another number of them rounds otherwise, and gives another network.
    pub parts: usize,
    /// Whose hands it learns to read.
    pub hands: Hands,
    /// How its numbers are kept.
    pub precision: Precision,
}

/// What is learned from: images that are made anew for each epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hands {
    /// MNIST's images as they are.
    Own,
    /// The same, shifted, turned, scaled and slanted.
    Placed,
    /// As other hands would have written them, among images of no digit ([`Handwriting`]).
    Others,
}

/// The recipe of this name.
pub fn find(name: &str) -> Option<&'static Recipe> {
    ALL.iter().find(|recipe| recipe.name == name)
}

impl Recipe {
    /// What is trained.
    ///
    /// # Errors
    /// There is no network of its name, which a test rules out.
    pub fn spec(&self) -> Result<NetSpec> {
        let spec = match self.name {
            "digits" => Some(digits()),
            // With ReLU, as in 5.7.
            "two-layer" => named(self.name).map(with_relu),
            name => named(name),
        };
        spec.ok_or_else(|| Error::new(Code::NotAChoice, "name", self.name, ""))
    }

    /// Trains the network for some epochs, its parts as `learn` says; `after` hears of each. At the end the weights are the
    /// mean of those after each of the last epochs, as many as are to be averaged.
    ///
    /// # Errors
    /// The images are not of 28×28 pixels.
    pub fn train(
        &self,
        images: &Collection,
        epochs: u32,
        learn: Learn,
        mut after: impl FnMut(u32, &mut Trainer<f32>),
    ) -> Result<Trainer<f32>> {
        let spec = self.spec()?;
        let mut parts = Parts::new(&spec, self.parts, learn)?;
        let mut writer =
            Writer { placed: Augmentation::new(DISTORTION, spec.seed), others: Handwriting::new(spec.seed) };
        let mut last = Vec::new();
        for epoch in 0..epochs {
            // Falls to nothing along half a cosine (Loshchilov and Hutter 2017).
            let progress = f64::from(epoch) / f64::from(epochs);
            let rate =
                spec.optimizer.learning_rate * (0.5 + 0.5 * libm::cos(progress * std::f64::consts::PI));
            let optimizer = OptimizerSpec { learning_rate: rate, ..spec.optimizer };
            parts.pass(epoch, &Collection::whole(writer.write(self.hands, images)), optimizer)?;
            after(epoch, parts.trainer());
            if epochs - epoch <= self.averaged {
                last.push(parts.trainer().weights());
            }
        }
        let mut trainer = parts.into_trainer();
        if let Some(mean) = mean(&last) {
            trainer.set_weights(&mean)?;
        }
        // The rate of the last epoch would make a poor start for further training.
        trainer.set_optimizer(spec.optimizer)?;
        Ok(trainer)
    }
}

/// Makes the images of each epoch.
struct Writer {
    placed: Augmentation,
    others: Handwriting,
}

impl Writer {
    fn write(&mut self, hands: Hands, images: &Collection) -> Digits {
        let mut written = Digits::empty(SIDE, SIDE);
        for image in 0..images.len() {
            let (pixels, label) = (images.pixels(image).unwrap_or_default(), images.label(image));
            let pixels = match hands {
                Hands::Own => pixels,
                Hands::Placed => self.placed.distort(&pixels),
                Hands::Others => self.others.rewrite(&pixels, label),
            };
            written.push(&pixels, label);
        }
        if hands == Hands::Others {
            for _ in 0..images.len() / NOTHING {
                let any = |image| images.pixels(image).unwrap_or_default();
                let (pixels, label) = self.others.nothing(images.len() as u32, any);
                written.push(&pixels, label);
            }
        }
        written
    }
}

/// The mean of weights of one network (Izmailov et al., "Averaging weights leads to wider optima and better
/// generalization", 2018); none where there are none.
fn mean(weights: &[Vec<Tensor<f32>>]) -> Option<Vec<Tensor<f32>>> {
    let mut mean = weights.first()?.clone();
    for (index, tensor) in mean.iter_mut().enumerate() {
        for (place, value) in tensor.values.iter_mut().enumerate() {
            let sum: f64 = weights.iter().map(|tensors| f64::from(tensors[index].values[place])).sum();
            *value = (sum / weights.len() as f64) as f32;
        }
    }
    Some(mean)
}

/// ReLU in the place of every sigmoid.
fn with_relu(spec: NetSpec) -> NetSpec {
    let relu = |layer| if layer == LayerSpec::Sigmoid { LayerSpec::Relu } else { layer };
    NetSpec { layers: spec.layers.into_iter().map(relu).collect(), ..spec }
}

/// As large as a page may load at once, in half precision.
pub(crate) fn digits() -> NetSpec {
    let dense = |units| LayerSpec::Dense { units };
    NetSpec {
        input: vec![SIDE * SIDE],
        layers: vec![dense(88), LayerSpec::Relu, dense(64), LayerSpec::Relu, dense(10)],
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer: OptimizerSpec {
            weight_decay: Some(1e-5),
            ..OptimizerSpec::new(OptimizerKind::Adam, 0.002)
        },
        init: InitSpec::He,
        batch_size: 100,
        seed: 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_recipe_is_of_a_network_for_images() {
        for recipe in ALL {
            let shapes = recipe.spec().expect(recipe.name).check().expect(recipe.name);
            assert_eq!(shapes[0].iter().product::<usize>(), SIDE * SIDE);
            assert_eq!(find(recipe.name).map(|found| found.name), Some(recipe.name));
        }
        assert!(find("teapot").is_none());
    }

    #[test]
    fn the_mean_of_weights_is_that_of_each() {
        let tensor =
            |values: [f32; 2]| Tensor { name: "0.bias".into(), shape: vec![2], values: values.into() };
        let found = mean(&[vec![tensor([1.0, -2.0])], vec![tensor([2.0, 4.0])]]);
        assert_eq!(found, Some(vec![tensor([1.5, 1.0])]));
        assert_eq!(mean(&[vec![tensor([0.1, 3.0])]]), Some(vec![tensor([0.1, 3.0])]));
        assert_eq!(mean(&[]), None);
    }
}
