//! A step of training allocates nothing once it is warm: what a batch needs is kept from batch to batch, so that a run
//! of hours neither fragments nor grows the memory of a page, which WebAssembly never gives back.
#![cfg(not(target_arch = "wasm32"))]
#![allow(unsafe_code, reason = "an allocator is unsafe to write; this one only counts and passes on")]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use fishbowl::data::collection::Collection;
use fishbowl::data::digits::Digits;
use fishbowl::nn::spec::{
    InitSpec, Join, LayerSpec, LossSpec, NetSpec, OptimizerKind, OptimizerSpec, Windows,
};
use fishbowl::train::part::Part;
use fishbowl::train::trainer::{Step, Trainer};

struct Counting;

thread_local! {
    /// Of this thread, for tests run side by side.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

fn count() {
    // A thread that ends may still allocate.
    let _ = ALLOCATIONS.try_with(|allocations| allocations.set(allocations.get() + 1));
}

// SAFETY: every call goes to the system's allocator as it came.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, place: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count();
        // SAFETY: the caller's promise is passed on.
        unsafe { System.realloc(place, layout, size) }
    }

    unsafe fn dealloc(&self, place: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise is passed on.
        unsafe { System.dealloc(place, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How often `work` allocates.
fn allocations(work: impl FnOnce()) -> usize {
    let before = ALLOCATIONS.get();
    work();
    ALLOCATIONS.get() - before
}

const BATCH: usize = 20;

/// Batches of 20 of these leave a smaller one at the end of each epoch.
const IMAGES: usize = 110;

/// So many images of 12×12.
fn images(count: usize) -> Collection {
    let mut digits = Digits::empty(12, 12);
    for index in 0..count {
        let pixel =
            |place: usize| if (place * 7 + index).is_multiple_of(5) { 50 + (index + place) % 200 } else { 0 };
        let pixels: Vec<u8> = (0..144).map(|place| pixel(place) as u8).collect();
        digits.push(&pixels, (index % 10) as u8);
    }
    Collection::whole(digits)
}

fn dense(units: usize) -> LayerSpec {
    LayerSpec::Dense { units }
}

fn conv(filters: usize, pad: usize) -> LayerSpec {
    LayerSpec::Conv2d { filters, size: 3, stride: None, pad: Some(pad) }
}

fn spec(input: &[usize], layers: Vec<LayerSpec>, kind: OptimizerKind) -> NetSpec {
    let optimizer = OptimizerSpec { weight_decay: Some(1e-4), ..OptimizerSpec::new(kind, 0.001) };
    NetSpec {
        input: input.to_vec(),
        layers,
        loss: LossSpec::SoftmaxCrossEntropy,
        optimizer,
        init: InitSpec::He,
        batch_size: BATCH,
        seed: 1,
    }
}

fn trainer(input: &[usize], layers: Vec<LayerSpec>, kind: OptimizerKind) -> Trainer<f32> {
    let mut trainer = Trainer::new(&spec(input, layers, kind)).expect("valid");
    trainer.set_training(images(IMAGES)).expect("12×12");
    trainer
}

/// How often the third epoch allocates.
fn in_an_epoch(trainer: &mut Trainer<f32>) -> usize {
    let steps = trainer.iterations_per_epoch();
    let mut epoch = || (0..steps).for_each(|_| assert!(matches!(trainer.step(), Step::Learned(_))));
    epoch();
    epoch();
    allocations(epoch)
}

#[test]
fn what_is_counted() {
    assert_eq!(allocations(|| drop(std::hint::black_box(Box::new(1)))), 1);
    let mut grown = Vec::with_capacity(1);
    assert_eq!(allocations(|| (0..2).for_each(|value| std::hint::black_box(&mut grown).push(value))), 1);
}

#[test]
fn two_layers() {
    for kind in [
        OptimizerKind::Sgd,
        OptimizerKind::Momentum,
        OptimizerKind::Nesterov,
        OptimizerKind::Adagrad,
        OptimizerKind::Rmsprop,
        OptimizerKind::Adam,
    ] {
        for activation in [LayerSpec::Sigmoid, LayerSpec::Tanh, LayerSpec::Relu] {
            let mut trainer = trainer(&[144], vec![dense(50), activation, dense(10)], kind);
            assert_eq!(in_an_epoch(&mut trainer), 0, "{kind:?}");
        }
    }
}

fn small_convnet(units: usize) -> Vec<LayerSpec> {
    vec![
        conv(4, 0),
        LayerSpec::Relu,
        LayerSpec::MaxPool2d(Windows::of(2)),
        LayerSpec::Flatten,
        dense(units),
        LayerSpec::Relu,
        dense(10),
    ]
}

#[test]
fn a_small_convnet() {
    let mut trainer = trainer(&[1, 12, 12], small_convnet(50), OptimizerKind::Adam);
    assert_eq!(in_an_epoch(&mut trainer), 0);
}

#[test]
fn parts_of_a_small_convnet() {
    let spec = spec(&[1, 12, 12], small_convnet(16), OptimizerKind::Adam);
    let mut parts: Vec<Part<f32>> = (0..3).map(|index| Part::new(&spec, index, 3).expect("valid")).collect();
    let mut gradients = vec![vec![0.0; parts[0].parameters()]; 3];
    for part in &mut parts {
        part.set_training(images(IMAGES)).expect("12×12");
    }
    let mut epoch = || {
        for _ in 0..IMAGES.div_ceil(BATCH) {
            for (part, gradient) in parts.iter_mut().zip(&mut gradients) {
                part.learn().expect("images");
                gradient.iter_mut().zip(part.gradient().flatten()).for_each(|(to, &from)| *to = from);
            }
            for (index, part) in parts.iter_mut().enumerate() {
                let others = gradients.iter().enumerate().filter(|&(other, _)| other != index);
                others.for_each(|(_, gradient)| part.add(gradient).expect("in turn"));
                part.update().expect("all added");
            }
        }
    };
    epoch();
    epoch();
    assert_eq!(allocations(epoch), 0);
}

#[test]
fn batch_normalization_dropout_and_branches() {
    let windows = Windows { size: 3, stride: Some(1), pad: Some(1) };
    let shortcut = vec![vec![], vec![conv(4, 1), LayerSpec::BatchNorm, LayerSpec::Relu, conv(4, 1)]];
    let inception =
        vec![vec![conv(3, 1), LayerSpec::Relu], vec![LayerSpec::AveragePool2d(windows), conv(2, 1)]];
    let layers = vec![
        conv(4, 1),
        LayerSpec::BatchNorm,
        LayerSpec::Relu,
        LayerSpec::Branches { join: Join::Add, branches: shortcut },
        LayerSpec::Relu,
        LayerSpec::Branches { join: Join::Concatenate, branches: inception },
        LayerSpec::AveragePool2d(Windows::of(12)),
        LayerSpec::Flatten,
        dense(16),
        LayerSpec::BatchNorm,
        LayerSpec::Tanh,
        LayerSpec::Dropout { rate: 0.5 },
        dense(10),
    ];
    let mut trainer = trainer(&[1, 12, 12], layers, OptimizerKind::Adam);
    assert_eq!(in_an_epoch(&mut trainer), 0);
}
