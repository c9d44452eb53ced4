//! A network, an update rule and the data they work on.

use std::ops::Range;

use ndarray::{Array2, ArrayView2};

use crate::data::batches::{Drawn, Order, Place};
use crate::data::collection::{Batch, Collection};
use crate::error::{Code, Error, Result};
use crate::nn::gradient;
use crate::nn::layer::{Draw, Mode, Param};
use crate::nn::network::{Input, Network};
use crate::nn::networks::Printed;
use crate::nn::optimizer::Optimizer;
use crate::nn::spec::{NetSpec, OptimizerSpec};
use crate::real::Real;

/// Trains a network in mini-batches (book 4.5.1).
pub struct Trainer<T: Real> {
    network: Network<T>,
    pub(super) optimizer: Optimizer<T>,
    training: Collection,
    pub(super) order: Order,
    batch: Batch<T>,
    pub(super) iteration: u64,
    /// Examples learned in [`step`](Self::step), repeats counted.
    pub(super) examples: u64,
}

/// What a step found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step<T> {
    /// A mini-batch was learned; its mean loss before the update.
    Learned(T),
    /// The images of the next mini-batch have not arrived.
    Waiting,
}

/// What a share of a mini-batch came to.
pub(super) struct Share<T> {
    /// The mean loss of its images; 0 when it has none.
    pub(super) loss: T,
    /// How many images it has.
    pub(super) images: usize,
    /// How many the whole mini-batch has.
    pub(super) whole: usize,
}

/// One parameter, copied out: its name is the layer's index in the spec and the name within the layer, `0.weight`.
#[derive(Clone, Debug, PartialEq)]
pub struct Tensor<T> {
    /// Such as `0.weight`.
    pub name: String,
    /// The lengths of its axes, the last running fastest.
    pub shape: Vec<usize>,
    /// The values.
    pub values: Vec<T>,
}

impl<T: Real> From<&Printed> for Tensor<T> {
    fn from(printed: &Printed) -> Self {
        Self {
            name: printed.name.to_owned(),
            shape: printed.shape.to_vec(),
            values: printed.values.iter().map(|&value| T::from_f64(value)).collect(),
        }
    }
}

impl<T: Real> Trainer<T> {
    /// A new network with random weights from its seed, without data.
    ///
    /// # Errors
    /// The field of the spec that is wrong.
    pub fn new(spec: &NetSpec) -> Result<Self> {
        let network = Network::new(spec)?;
        Ok(Self {
            optimizer: Optimizer::new(spec.optimizer),
            training: Collection::default(),
            order: Order::new(spec.seed),
            batch: Batch::new(network.inputs()),
            iteration: 0,
            examples: 0,
            network,
        })
    }

    /// What the network was built from, with the update rule as it is now.
    pub fn spec(&self) -> NetSpec {
        NetSpec { optimizer: self.optimizer.spec(), ..self.network.spec().clone() }
    }

    /// Gives the training images, or rows of numbers. When more of them have arrived, give the collection again: the
    /// order goes on. Other images in place of those of before begin it again.
    ///
    /// # Errors
    /// The images do not have as many values as the network has inputs, or more classes than it tells apart; then
    /// nothing changed.
    pub fn set_training(&mut self, images: Collection) -> Result<()> {
        check_images(&self.network, &images)?;
        self.order.change(&self.training, &images);
        self.training = images;
        Ok(())
    }

    /// The training images.
    pub fn training(&self) -> &Collection {
        &self.training
    }

    /// The network.
    pub fn network(&mut self) -> &mut Network<T> {
        &mut self.network
    }

    /// The network, and the training samples beside it.
    pub(super) fn network_and_training(&mut self) -> (&mut Network<T>, &Collection) {
        (&mut self.network, &self.training)
    }

    /// The network's parameters, to be looked at.
    pub(super) fn params(&self) -> &[Param<T>] {
        self.network.params()
    }

    /// How many mini-batches have been learned.
    pub fn iteration(&self) -> u64 {
        self.iteration
    }

    /// How many examples [`step`](Self::step) has learned, repeats counted.
    pub fn examples(&self) -> u64 {
        self.examples
    }

    /// Whether the samples of the next mini-batch have not arrived.
    pub fn is_waiting(&self) -> bool {
        self.order.is_waiting(self.network.spec().batch_size)
    }

    /// How many training samples, from the first, the order has come to: see [`Order::reached`].
    pub fn reached(&self) -> Option<usize> {
        self.order.reached()
    }

    /// Goes to the beginning of a pass over the training images, counted from 0. Each pass has an order of its own.
    pub fn go_to_pass(&mut self, pass: u32) {
        self.order.go_to(Place { pass, drawn: 0 });
    }

    /// Mini-batches in one pass over the expected training images.
    pub fn iterations_per_epoch(&self) -> u64 {
        (self.training.expected().div_ceil(self.network.spec().batch_size)).max(1) as u64
    }

    /// Learns one mini-batch. Afterwards the weights may be infinite: the caller looks at the loss.
    pub fn step(&mut self) -> Step<T> {
        let mode = Mode::Training(Draw::whole(self.iteration));
        self.step_by(|network, batch| {
            network.backpropagate(Input::Sparse(batch.rows.rows()), &batch.labels, mode)
        })
    }

    /// The same with gradients from elsewhere: `differentiate` writes those of a batch and returns its mean loss.
    pub(super) fn step_by(&mut self, differentiate: impl FnOnce(&mut Network<T>, &Batch<T>) -> T) -> Step<T> {
        let images = match self.order.draw(self.network.spec().batch_size) {
            Drawn::Batch(images) => images,
            Drawn::Waiting => return Step::Waiting,
        };
        self.training.gather(images.iter().map(|&image| image as usize), &mut self.batch);
        self.examples += images.len() as u64;
        let loss = differentiate(&mut self.network, &self.batch);
        self.update();
        Step::Learned(loss)
    }

    /// Learns this batch, in training mode; returns its mean loss before the update.
    ///
    /// # Errors
    /// The batch does not fit the network.
    pub fn step_on(&mut self, pixels: ArrayView2<'_, T>, labels: &[u8]) -> Result<T> {
        self.check_batch(pixels, labels)?;
        let mode = Mode::Training(Draw::whole(self.iteration));
        let loss = self.network.backpropagate(Input::Dense(pixels), labels, mode);
        self.update();
        Ok(loss)
    }

    /// Draws the next mini-batch, and backpropagates the images of it in the places that `share` names, out of so many.
    /// Nothing is updated, and where it names no place the gradients are not written either. None when the images of
    /// the mini-batch have not arrived.
    pub(super) fn backpropagate_share(
        &mut self,
        share: impl FnOnce(usize) -> Range<usize>,
    ) -> Option<Share<T>> {
        let Drawn::Batch(images) = self.order.draw(self.network.spec().batch_size) else { return None };
        let (places, whole) = (share(images.len()), images.len());
        if places.is_empty() {
            return Some(Share { loss: T::zero(), images: 0, whole });
        }
        self.training.gather(images[places.clone()].iter().map(|&image| image as usize), &mut self.batch);
        let mode = Mode::Training(Draw { step: self.iteration, row: places.start });
        let input = Input::Sparse(self.batch.rows.rows());
        let loss = self.network.backpropagate(input, &self.batch.labels, mode);
        Some(Share { loss, images: places.len(), whole })
    }

    /// Moves the weights by the gradients that the network has: the end of a step.
    pub(super) fn update(&mut self) {
        self.optimizer.begin_step(self.iteration);
        self.optimizer.clip(self.network.params_mut());
        let params = self.network.params_mut().iter_mut();
        for (slot, param) in params.filter(|param| param.is_trained()).enumerate() {
            self.optimizer.update_param(param, slot);
        }
        self.iteration += 1;
    }

    /// The network's outputs for images of any number.
    ///
    /// # Errors
    /// The images do not have as many pixels as the network has inputs.
    pub fn predict(&mut self, pixels: ArrayView2<'_, T>) -> Result<Array2<T>> {
        check_columns("pixels", pixels, self.network.inputs())?;
        let mut outputs = Array2::zeros((pixels.nrows(), self.network.outputs()));
        let rows = self.network.images_at_once();
        let parts = pixels.axis_chunks_iter(ndarray::Axis(0), rows);
        for (pixels, mut part) in parts.zip(outputs.axis_chunks_iter_mut(ndarray::Axis(0), rows)) {
            part.assign(&self.network.predict(Input::Dense(pixels)));
        }
        Ok(outputs)
    }

    /// The network's outputs for one image, to be shown: numbers, each of them.
    ///
    /// # Errors
    /// There are not as many values as the network has inputs; or a value, or an output, is not finite, as after a run
    /// has diverged.
    pub fn read(&mut self, values: &[T]) -> Result<Vec<T>> {
        let image = ArrayView2::from_shape((1, values.len()), values);
        let image = image.map_err(|error| Error::new(Code::SizeMismatch, "pixels", error, ""))?;
        let outputs = self.predict(image)?.into_raw_vec_and_offset().0;
        match outputs.iter().find(|output| !output.is_finite()) {
            None => Ok(outputs),
            Some(output) => Err(Error::new(Code::NotFinite, "outputs", output, finite::<T>())),
        }
    }

    /// The mean loss over a batch, in evaluation mode.
    ///
    /// # Errors
    /// The batch does not fit the network.
    pub fn loss(&mut self, pixels: ArrayView2<'_, T>, labels: &[u8]) -> Result<T> {
        self.check_batch(pixels, labels)?;
        Ok(self.network.mean_loss(Input::Dense(pixels), labels, Mode::Evaluation))
    }

    /// The gradient of the mean loss by backpropagation, before clipping and weight decay; nothing is updated.
    ///
    /// # Errors
    /// The batch does not fit the network.
    pub fn gradients(&mut self, pixels: ArrayView2<'_, T>, labels: &[u8]) -> Result<Vec<Tensor<T>>> {
        self.check_batch(pixels, labels)?;
        self.network.backpropagate(Input::Dense(pixels), labels, Mode::Differentiation);
        Ok(self.tensors(Param::is_trained, |param| param.gradient.iter().copied().collect()))
    }

    /// The same by central differences in `f64`: two forward passes for each number of each parameter.
    ///
    /// # Errors
    /// The batch does not fit the network, or `h` is not a positive number.
    pub fn numerical_gradients(
        &mut self,
        pixels: ArrayView2<'_, T>,
        labels: &[u8],
        h: f64,
    ) -> Result<Vec<Tensor<T>>> {
        self.check_batch(pixels, labels)?;
        if !(h > 0.0 && h <= 1.0) {
            return Err(Error::new(Code::OutsideRange, "h", h, "0 < h ≤ 1"));
        }
        let mut exact = gradient::in_precision::<T, f64>(&self.network)?;
        let pixels = pixels.mapv(T::double);
        let gradients = gradient::numerical_gradients(&mut exact, pixels.view(), labels, h);
        let mut trained = gradients.into_iter().filter(|gradient| !gradient.is_empty());
        let mut next = || trained.next().into_iter().flatten().map(T::from_f64).collect();
        Ok(self.tensors(Param::is_trained, |_| next()))
    }

    /// A copy of what is trained: weights and biases, scale and shift of batch normalization.
    pub fn weights(&self) -> Vec<Tensor<T>> {
        self.tensors(Param::is_trained, |param| param.value.iter().copied().collect())
    }

    /// A copy of everything the network is: its [`weights`](Self::weights), and the running statistics of batch
    /// normalization.
    pub fn state(&self) -> Vec<Tensor<T>> {
        self.tensors(|_| true, |param| param.value.iter().copied().collect())
    }

    /// Takes over weights: every trained parameter of the network, in any order, with its shape. Running statistics may
    /// be among them, and stay as they are otherwise. The optimizer forgets.
    ///
    /// # Errors
    /// A tensor is missing, unknown, of another shape, or holds a number that is not finite; then nothing changed.
    pub fn set_weights(&mut self, tensors: &[Tensor<T>]) -> Result<()> {
        let params = self.network.params();
        let names = || params.iter().map(|param| param.name.as_str()).collect::<Vec<_>>().join(" | ");
        if let Some(unknown) =
            tensors.iter().find(|tensor| params.iter().all(|param| param.name != tensor.name))
        {
            return Err(Error::new(Code::NotAChoice, "name", &unknown.name, names()));
        }
        for param in params {
            let name = &param.name;
            let Some(tensor) = tensors.iter().find(|tensor| tensor.name == *name) else {
                if param.is_trained() {
                    return Err(Error::new(Code::Missing, name, "", format!("{:?}", param.shape)));
                }
                continue;
            };
            if tensor.shape != param.shape || tensor.values.len() != param.value.len() {
                let value = format!("shape {:?}, {} values", tensor.shape, tensor.values.len());
                return Err(Error::new(Code::SizeMismatch, name, value, format!("{:?}", param.shape)));
            }
            if let Some(value) = tensor.values.iter().find(|value| !value.is_finite()) {
                return Err(Error::new(Code::NotFinite, name, value, finite::<T>()));
            }
            if name.ends_with("running_var") && tensor.values.iter().any(|&value| value < T::zero()) {
                return Err(Error::new(Code::OutsideRange, name, "a negative variance", "≥ 0"));
            }
        }
        for param in self.network.params_mut() {
            let values = tensors.iter().find(|tensor| tensor.name == param.name);
            let values = values.iter().flat_map(|tensor| &tensor.values);
            param.value.iter_mut().zip(values).for_each(|(to, &from)| *to = from);
        }
        self.optimizer = Optimizer::new(self.optimizer.spec());
        Ok(())
    }

    /// Changes the update rule and keeps the weights; a rule that only changes its rate keeps its memory too. A schedule
    /// goes on counting from the first mini-batch of the run.
    ///
    /// # Errors
    /// The field of the spec that is wrong.
    pub fn set_optimizer(&mut self, spec: OptimizerSpec) -> Result<()> {
        spec.check()?;
        self.optimizer.change(spec);
        Ok(())
    }

    fn tensors(
        &self,
        which: impl Fn(&Param<T>) -> bool,
        mut values: impl FnMut(&Param<T>) -> Vec<T>,
    ) -> Vec<Tensor<T>> {
        let tensor = |param: &Param<T>| Tensor {
            name: param.name.clone(),
            shape: param.shape.clone(),
            values: values(param),
        };
        self.network.params().iter().filter(|param| which(param)).map(tensor).collect()
    }

    fn check_batch(&self, pixels: ArrayView2<'_, T>, labels: &[u8]) -> Result<()> {
        check_columns("pixels", pixels, self.network.inputs())?;
        let most = self.network.most_images().min(65_536);
        if pixels.nrows() != labels.len() || labels.is_empty() || labels.len() > most {
            let allowed = format!("{} labels, 1 … {most}", pixels.nrows());
            return Err(Error::new(
                Code::SizeMismatch,
                "labels",
                format!("{} labels", labels.len()),
                allowed,
            ));
        }
        let classes = self.network.classes();
        match labels.iter().position(|&label| usize::from(label) >= classes) {
            None => Ok(()),
            Some(place) => {
                let allowed = format!("0 … {}", classes - 1);
                Err(Error::new(Code::OutsideRange, format!("labels[{place}]"), labels[place], allowed))
            }
        }
    }
}

/// Whether images fit a network.
///
/// # Errors
/// They do not have as many values as the network has inputs, or more classes than it tells apart.
pub fn check_images<T: Real>(network: &Network<T>, images: &Collection) -> Result<()> {
    let (Some(width), Some(value)) = (images.width(), images.describe()) else { return Ok(()) };
    if width != network.inputs() {
        let allowed = format!("{} values", network.inputs());
        return Err(Error::new(Code::SizeMismatch, "images", value, allowed));
    }
    let classes = network.classes();
    match images.highest_label().filter(|&label| usize::from(label) >= classes) {
        None => Ok(()),
        Some(label) => Err(Error::new(Code::OutsideRange, "labels", label, format!("0 … {}", classes - 1))),
    }
}

/// The finite numbers, in messages.
fn finite<T: Real>() -> String {
    format!("{:.1e} … {:.1e}", T::min_value(), T::max_value())
}

fn check_columns<T>(field: &str, pixels: ArrayView2<'_, T>, inputs: usize) -> Result<()> {
    if pixels.ncols() == inputs {
        return Ok(());
    }
    let value = format!("{} values an image", pixels.ncols());
    Err(Error::new(Code::SizeMismatch, field, value, format!("{inputs} values an image")))
}

#[cfg(test)]
mod tests;
