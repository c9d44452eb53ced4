//! The networks of the boundary with arguments as Rust has them: tests hand over slices, not values of JavaScript.

use fishbowl::web::{net, networks, part};
use js_sys::{Array, Float32Array, Uint8Array, Uint8ClampedArray};
use wasm_bindgen::JsValue;

type Result<T> = std::result::Result<T, JsValue>;

fn floats(values: &[f32]) -> JsValue {
    Float32Array::from(values).into()
}

fn bytes(values: &[u8]) -> JsValue {
    Uint8Array::from(values).into()
}

pub(crate) struct Net(net::Net);

impl Net {
    pub(crate) fn new(spec: JsValue) -> Result<Self> {
        net::Net::new(spec).map(Self)
    }

    pub(crate) fn set_training(&mut self, images: &[u8], labels: &[u8]) -> Result<()> {
        self.0.set_training(bytes(images), bytes(labels))
    }

    pub(crate) fn set_test(&mut self, images: &[u8], labels: &[u8]) -> Result<()> {
        self.0.set_test(bytes(images), bytes(labels))
    }

    pub(crate) fn step(&mut self) -> Result<f32> {
        self.0.step()
    }

    pub(crate) fn train(&mut self, iterations: f64) -> Result<Vec<f32>> {
        self.0.train(iterations.into())
    }

    pub(crate) fn step_on(&mut self, pixels: &[f32], labels: &[u8]) -> Result<f32> {
        self.0.step_on(floats(pixels), bytes(labels))
    }

    pub(crate) fn predict(&mut self, pixels: &[f32]) -> Result<Vec<f32>> {
        self.0.predict(floats(pixels))
    }

    pub(crate) fn loss(&mut self, pixels: &[f32], labels: &[u8]) -> Result<f32> {
        self.0.loss(floats(pixels), bytes(labels))
    }

    pub(crate) fn accuracy(&mut self, split: &str) -> Result<f64> {
        self.0.accuracy(split.into())
    }

    pub(crate) fn gradients(&mut self, pixels: &[f32], labels: &[u8]) -> Result<Array> {
        self.0.gradients(floats(pixels), bytes(labels))
    }

    pub(crate) fn numerical_gradients(
        &mut self,
        pixels: &[f32],
        labels: &[u8],
        h: Option<f64>,
    ) -> Result<Array> {
        let h = h.map_or(JsValue::UNDEFINED, JsValue::from);
        self.0.numerical_gradients(floats(pixels), bytes(labels), h)
    }

    pub(crate) fn weights(&self) -> Array {
        self.0.weights()
    }

    pub(crate) fn set_weights(&mut self, tensors: JsValue) -> Result<()> {
        self.0.set_weights(tensors)
    }

    pub(crate) fn set_optimizer(&mut self, optimizer: JsValue) -> Result<()> {
        self.0.set_optimizer(optimizer)
    }

    pub(crate) fn save(&mut self, half: Option<bool>) -> Result<Vec<u8>> {
        self.0.save(half)
    }

    pub(crate) fn load(file: &[u8]) -> Result<Self> {
        net::Net::load(bytes(file)).map(Self)
    }

    pub(crate) fn save_npz(&mut self) -> Result<Vec<u8>> {
        self.0.save_npz()
    }

    pub(crate) fn load_npz(&mut self, file: &[u8]) -> Result<()> {
        self.0.load_npz(bytes(file))
    }
}

pub(crate) struct NetPart(part::NetPart);

impl NetPart {
    pub(crate) fn new(spec: JsValue, part: f64, parts: f64) -> Result<Self> {
        part::NetPart::new(spec, part.into(), parts.into()).map(Self)
    }

    pub(crate) fn parameters(&self) -> usize {
        self.0.parameters()
    }

    pub(crate) fn set_training(&mut self, images: &[u8], labels: &[u8]) -> Result<()> {
        self.0.set_training(bytes(images), bytes(labels))
    }

    pub(crate) fn gradient(&mut self, into: JsValue) -> Result<f32> {
        self.0.gradient(into)
    }

    pub(crate) fn update(&mut self, gradients: JsValue) -> Result<()> {
        self.0.update(gradients)
    }

    pub(crate) fn weights(&self) -> Array {
        self.0.weights()
    }
}

pub(crate) fn network(name: &str) -> Result<JsValue> {
    networks::network(name.into())
}

pub(crate) fn network_weights(name: &str) -> Result<Array> {
    networks::network_weights(name.into())
}

pub(crate) fn digit_from_pixels(
    rgba: Uint8ClampedArray,
    width: u32,
    height: u32,
) -> Result<Option<Vec<f32>>> {
    net::digit_from_pixels(rgba.into(), width.into(), height.into())
}
