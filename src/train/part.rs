//! One network trained by several workers together: each takes a part of every mini-batch (data parallelism).

use std::ops::Range;

use super::trainer::{Tensor, Trainer};
use crate::data::collection::Collection;
use crate::error::{Code, Error, Result};
use crate::nn::layer::Param;
use crate::nn::spec::{LayerSpec, NetSpec};
use crate::real::Real;

/// The most parts.
pub const MOST: usize = 64;

/// What one of several workers does of a training.
///
/// All of them have the same spec and the same images, so they begin with the same weights and draw the same
/// mini-batches without a word between them. Of each mini-batch of n images, part k of N takes those in the places
/// ⌊k·n/N⌋ up to ⌊(k + 1)·n/N⌋. With n_k images, mean loss L_k and gradient ∂L_k of a part,
///
/// L = Σ n_k/n · L_k, and so ∂L = Σ n_k/n · ∂L_k,
///
/// so what a part gives is weighted already, and the sum of the parts is the loss and the gradient of the whole
/// mini-batch. Every part adds up all of them, in their order, and makes the same update: as long as all run the same
/// program, weights are equal to the last bit everywhere. Dropout drops what it would drop in one worker.
///
/// A step is [`learn`](Self::learn), after which [`gradient`](Self::gradient) is to be given to the others,
/// [`add`](Self::add) for each of the others, [`update`](Self::update).
pub struct Part<T: Real> {
    trainer: Trainer<T>,
    index: usize,
    count: usize,
    /// How many others have been added in the present step; none when its own gradient is not there yet.
    added: Option<usize>,
    /// The sum of the parts before this one, where they are more than one.
    before: Vec<T>,
}

impl<T: Real> Part<T> {
    /// Part `index` (from 0) of `count`, of a new network.
    ///
    /// # Errors
    /// The field of the spec that is wrong, or a layer with batch normalization: a part would see the statistics of its
    /// own images, and the training would be another one than that of a single worker. There are more than [`MOST`]
    /// parts, or none, or `index` is not one of them.
    pub fn new(spec: &NetSpec, index: usize, count: usize) -> Result<Self> {
        if count == 0 || count > MOST {
            return Err(Error::new(Code::OutsideRange, "parts", count, format!("1 … {MOST}")));
        }
        if index >= count {
            return Err(Error::new(Code::OutsideRange, "part", index, format!("0 … {}", count - 1)));
        }
        let trainer = Trainer::new(spec)?;
        if let Some(path) = batch_norm(&spec.layers) {
            let field = format!("layers{path}.kind");
            return Err(Error::new(Code::NotAChoice, field, "batch-norm", "≠ batch-norm"));
        }
        let mut part = Self { trainer, index, count, added: None, before: Vec::new() };
        if index > 1 {
            part.before = vec![T::zero(); part.parameters()];
        }
        Ok(part)
    }

    /// Gives the training images: to every part the same, before the same step.
    ///
    /// # Errors
    /// As [`Trainer::set_training`].
    pub fn set_training(&mut self, images: Collection) -> Result<()> {
        self.trainer.set_training(images)
    }

    /// What trains it.
    pub(super) fn trainer(&mut self) -> &mut Trainer<T> {
        &mut self.trainer
    }

    /// The same, for a training that goes on without the other parts.
    pub(super) fn into_trainer(self) -> Trainer<T> {
        self.trainer
    }

    /// Which part it is, counted from 0.
    pub fn index(&self) -> usize {
        self.index
    }

    /// How many parts there are.
    pub fn count(&self) -> usize {
        self.count
    }

    /// How many numbers are trained: so many a gradient has.
    pub fn parameters(&self) -> usize {
        trained(self.trainer.params()).map(|param| param.value.len()).sum()
    }

    /// How many classes labels may name.
    pub fn classes(&mut self) -> usize {
        self.trainer.network().classes()
    }

    /// Draws the next mini-batch and learns what this part has of it: its [`gradient`](Self::gradient). Returns its
    /// share of the loss. Both are 0 where the mini-batch has fewer images than there are parts, and none for this one.
    ///
    /// # Errors
    /// The images of the mini-batch have not arrived, or the step before has not been updated.
    pub fn learn(&mut self) -> Result<T> {
        if self.added.is_some() {
            return Err(Error::new(Code::NotReady, "gradient", "update", ""));
        }
        let (index, count) = (self.index, self.count);
        let Some(share) = self.trainer.backpropagate_share(|images| places(images, index, count)) else {
            return Err(Error::new(Code::NotReady, "gradient", "setTraining", ""));
        };
        self.added = Some(0);
        let weight = T::from_f64(share.images as f64 / share.whole as f64);
        for slopes in self.slopes() {
            if share.images == 0 {
                slopes.fill(T::zero());
            } else if share.images < share.whole {
                slopes.iter_mut().for_each(|slope| *slope *= weight);
            }
        }
        Ok(weight * share.loss)
    }

    /// This part's share of the gradient, parameter after parameter, as [`learn`](Self::learn) left it.
    pub fn gradient(&self) -> impl Iterator<Item = &[T]> {
        trained(self.trainer.params()).filter_map(|param| param.gradient.as_slice())
    }

    /// Adds the gradient of another part, parameter after parameter. The others come in their order.
    ///
    /// # Errors
    /// `gradient` has not as many numbers as there are [`parameters`](Self::parameters); all others have been added, or
    /// this part has not learned its own.
    pub fn add(&mut self, gradient: &[T]) -> Result<()> {
        check_length("gradient", gradient.len(), self.parameters())?;
        let Some(added) = self.added.filter(|&added| added + 1 < self.count) else {
            let next = if self.added.is_none() { "gradient" } else { "update" };
            return Err(Error::new(Code::NotReady, "add", next, ""));
        };
        self.added = Some(added + 1);
        // Everywhere ((g₀ + g₁) + g₂) + …, or rounding would drive the parts apart. This part's own is g_k, and may
        // stand on either side of the sign.
        if added >= self.index || self.index == 1 {
            self.add_to_slopes(gradient);
            return Ok(());
        }
        if added == 0 {
            self.before.copy_from_slice(gradient);
        } else {
            add_each(&mut self.before, gradient);
        }
        if added + 1 == self.index {
            let before = std::mem::take(&mut self.before);
            self.add_to_slopes(&before);
            self.before = before;
        }
        Ok(())
    }

    /// Moves the weights by the sum of all parts. Afterwards they may be infinite: the caller looks at the loss.
    ///
    /// # Errors
    /// This part has not learned its own gradient, or not all others have been added.
    pub fn update(&mut self) -> Result<()> {
        let known = self.added.map_or(0, |added| added + 1);
        if known != self.count {
            let value = format!("{known} of {} gradients", self.count);
            return Err(Error::new(Code::NotReady, "update", value, ""));
        }
        self.added = None;
        self.trainer.update();
        Ok(())
    }

    /// The arrays in which the gradient lies.
    fn slopes(&mut self) -> impl Iterator<Item = &mut [T]> {
        let params = self.trainer.network().params_mut().iter_mut();
        params.filter(|param| param.is_trained()).filter_map(|param| param.gradient.as_slice_mut())
    }

    fn add_to_slopes(&mut self, gradient: &[T]) {
        let mut rest = gradient;
        for slopes in self.slopes() {
            let (own, others) = rest.split_at(slopes.len());
            add_each(slopes, own);
            rest = others;
        }
    }

    /// A copy of the weights, the same in all parts after the same step.
    pub fn weights(&self) -> Vec<Tensor<T>> {
        self.trainer.weights()
    }
}

/// The parameters that a gradient has numbers of, in its order.
fn trained<T: Real>(params: &[Param<T>]) -> impl Iterator<Item = &Param<T>> {
    params.iter().filter(|param| param.is_trained())
}

/// The places in a mini-batch of `images` that part `index` of `count` takes. Parts differ by one image at most.
fn places(images: usize, index: usize, count: usize) -> Range<usize> {
    images * index / count..images * (index + 1) / count
}

fn add_each<T: Real>(sums: &mut [T], values: &[T]) {
    sums.iter_mut().zip(values).for_each(|(sum, &value)| *sum += value);
}

fn check_length(field: &str, found: usize, expected: usize) -> Result<()> {
    if found == expected {
        return Ok(());
    }
    let (value, allowed) = (format!("{found} values"), format!("{expected} values"));
    Err(Error::new(Code::SizeMismatch, field, value, allowed))
}

/// Where in these layers the first batch normalization is, branches included: `[3].branches[1][0]`.
fn batch_norm(layers: &[LayerSpec]) -> Option<String> {
    layers.iter().enumerate().find_map(|(index, layer)| match layer {
        LayerSpec::BatchNorm => Some(format!("[{index}]")),
        LayerSpec::Branches { branches, .. } => {
            let within = branches.iter().enumerate();
            within
                .filter_map(|(branch, layers)| Some((branch, batch_norm(layers)?)))
                .map(|(branch, path)| format!("[{index}].branches[{branch}]{path}"))
                .next()
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::digits::Digits;
    use crate::nn::spec::{InitSpec, Join, LossSpec, OptimizerKind, OptimizerSpec, Windows};
    use crate::train::trainer::Step;

    const BATCH: usize = 16;

    /// A small convolutional net with dropout; the images leave a last mini-batch of 6 in an epoch.
    fn spec() -> NetSpec {
        NetSpec {
            input: vec![1, 8, 8],
            layers: vec![
                LayerSpec::Conv2d { filters: 4, size: 3, stride: None, pad: None },
                LayerSpec::Relu,
                LayerSpec::MaxPool2d(Windows::of(2)),
                LayerSpec::Flatten,
                LayerSpec::Dense { units: 20 },
                LayerSpec::Relu,
                LayerSpec::Dropout { rate: 0.5 },
                LayerSpec::Dense { units: 10 },
            ],
            loss: LossSpec::SoftmaxCrossEntropy,
            optimizer: OptimizerSpec {
                weight_decay: Some(1e-4),
                ..OptimizerSpec::new(OptimizerKind::Momentum, 0.1)
            },
            init: InitSpec::He,
            batch_size: BATCH,
            seed: 5,
        }
    }

    fn images(count: usize) -> Collection {
        let mut digits = Digits::empty(8, 8);
        for index in 0..count {
            let pixel = |place: usize| {
                if (place + 3 * index).is_multiple_of(4) { (60 + place * (index % 10)) % 256 } else { 0 }
            };
            let pixels: Vec<u8> = (0..64).map(|place| pixel(place) as u8).collect();
            digits.push(&pixels, (index % 10) as u8);
        }
        Collection::whole(digits)
    }

    fn team<T: Real>(spec: &NetSpec, count: usize, images: &Collection) -> Vec<Part<T>> {
        let part = |index| {
            let mut part = Part::new(spec, index, count).expect("valid");
            part.set_training(images.clone()).expect("fits");
            part
        };
        (0..count).map(part).collect()
    }

    /// One step of all parts; the loss of the mini-batch.
    fn step<T: Real>(parts: &mut [Part<T>]) -> T {
        let mut loss = T::zero();
        let gradient = |part: &mut Part<T>| {
            loss += part.learn().expect("images");
            part.gradient().flatten().copied().collect()
        };
        let gradients: Vec<Vec<T>> = parts.iter_mut().map(gradient).collect();
        for (index, part) in parts.iter_mut().enumerate() {
            let others = gradients.iter().enumerate().filter(|&(other, _)| other != index);
            others.for_each(|(_, gradient)| part.add(gradient).expect("in turn"));
            part.update().expect("all added");
        }
        loss
    }

    /// The largest difference between the losses of one trainer and of its parts, over 20 steps.
    fn difference<T: Real>(count: usize) -> f64 {
        let images = images(2 * BATCH + 6);
        let mut alone = Trainer::<T>::new(&spec()).expect("valid");
        alone.set_training(images.clone()).expect("fits");
        let mut parts = team::<T>(&spec(), count, &images);
        let mut largest = 0.0_f64;
        for _ in 0..20 {
            let Step::Learned(expected) = alone.step() else { panic!("images are there") };
            largest = largest.max((step(&mut parts) - expected).double().abs());
            let weights = parts[0].weights();
            assert!(parts.iter().all(|part| part.weights() == weights), "weights of {count} parts differ");
        }
        let near = |(found, expected): (Tensor<T>, Tensor<T>)| {
            let mut pairs = found.values.into_iter().zip(expected.values);
            pairs.all(|(a, b)| (a - b).double().abs() < 1e-3)
        };
        assert!(parts[0].weights().into_iter().zip(alone.weights()).all(near));
        largest
    }

    #[test]
    fn parts_learn_what_one_trainer_learns() {
        for count in [1, 2, 3, 7] {
            let (single, double) = (difference::<f32>(count), difference::<f64>(count));
            assert!(single < 1e-4 && double < 1e-12, "{count} parts: {single} {double}");
        }
    }

    #[test]
    fn parts_without_an_image_add_nothing() {
        // The last mini-batch of an epoch has 2 images, for 5 parts.
        let images = images(BATCH + 2);
        let mut alone = Trainer::<f64>::new(&spec()).expect("valid");
        alone.set_training(images.clone()).expect("fits");
        let mut parts = team::<f64>(&spec(), 5, &images);
        for _ in 0..4 {
            let Step::Learned(expected) = alone.step() else { panic!("images are there") };
            assert!((step(&mut parts) - expected).abs() < 1e-12);
        }
    }

    #[test]
    fn every_place_belongs_to_one_part() {
        for (images, count) in [(100, 1), (100, 2), (100, 3), (6, 7), (1, 64), (10_000, 64)] {
            let all: Vec<usize> = (0..count).flat_map(|index| places(images, index, count)).collect();
            assert_eq!(all, (0..images).collect::<Vec<_>>());
        }
    }

    fn refused<T>(outcome: Result<T>) -> (Code, String) {
        let error = outcome.err().expect("refused");
        (error.code, error.field)
    }

    #[test]
    fn batch_normalization_is_refused_where_it_stands() {
        let mut normalized = spec();
        normalized.layers.insert(1, LayerSpec::BatchNorm);
        let fault = refused(Part::<f32>::new(&normalized, 0, 2));
        assert_eq!(fault, (Code::NotAChoice, "layers[1].kind".to_owned()));
        let branches = vec![vec![], vec![LayerSpec::Relu, LayerSpec::BatchNorm]];
        normalized.layers[1] = LayerSpec::Branches { join: Join::Add, branches };
        let fault = refused(Part::<f32>::new(&normalized, 0, 2));
        assert_eq!(fault.1, "layers[1].branches[1][1].kind");
        for (index, count, field) in [(0, 0, "parts"), (0, MOST + 1, "parts"), (2, 2, "part")] {
            assert_eq!(
                refused(Part::<f32>::new(&spec(), index, count)),
                (Code::OutsideRange, field.to_owned())
            );
        }
    }

    #[test]
    fn a_step_has_one_order() {
        let mut part = Part::<f32>::new(&spec(), 0, 3).expect("valid");
        let gradient = vec![0.0; part.parameters()];
        let not_ready = |field: &str| (Code::NotReady, field.to_owned());
        assert_eq!(refused(part.learn()), not_ready("gradient"), "no images");
        part.set_training(images(40)).expect("fits");
        assert_eq!(refused(part.add(&gradient)), not_ready("add"));
        assert_eq!(refused(part.update()), not_ready("update"));
        part.learn().expect("images");
        assert_eq!(refused(part.learn()), not_ready("gradient"));
        assert_eq!(refused(part.add(&gradient[1..])), (Code::SizeMismatch, "gradient".to_owned()));
        part.add(&gradient).expect("the second part's");
        assert_eq!(refused(part.update()), not_ready("update"));
        part.add(&gradient).expect("the third part's");
        assert_eq!(refused(part.add(&gradient)), not_ready("add"));
        part.update().expect("all added");
        assert_eq!(refused(part.update()), not_ready("update"));
    }
}
