//! Fishbowl: the core of a page where a neural network learns while you watch.
//!
//! # The house
//! - [`nn`]: numerics. Layers, losses, update rules, networks, gradients, statistics.
//! - [`data`]: IDX files, MNIST in shards, batches, a drawing as MNIST would hold it.
//! - [`train`]: training. Trainer, a run that can be watched, its curves, several side by side, random search, weights
//!   files, descent on a surface.
//! - [`function`]: functions of two variables, named or typed; the language they are typed in.
//! - [`graph`]: computational graphs of typed expressions, forward and backward.
//! - [`labs`]: what the visitor sees, one file each, and the one list of them, [`labs::ALL`].
//! - [`chart`] and [`plot`]: pictures as data, and drawn on any plotters backend.
//! - [`reading`]: a drawing read by dense layers that are given, alone, while the page has no core yet.
//! - `web`: the boundary to JavaScript, in WebAssembly only.
//! - [`error`], [`text`], [`real`], [`lanes`], [`order`], [`rng`], [`sparse`]: what all of them share.
//!
//! # Invariants
//! Those that name modules are checked by `tests/architecture.rs`.
//! 1. `nn` knows no lab, chart, data, clock or browser, and speaks no language; `data` knows no network; `train` knows no
//!    lab and no picture; `plot` knows chart data and no lab; `labs` stand above plans and reports, not above what trains,
//!    and hold no plotters and no wasm_bindgen; `graph` knows `function` only.
//! 2. Only `web` names wasm_bindgen, js_sys, web_sys or plotters-canvas. It converts and delegates. Its sides for the page,
//!    for workers and for other pages do not name each other.
//! 3. Charts are data; one generic `draw` puts them on any backend. Legends are HTML on the page.
//! 4. A lab is described in one Rust file and one line of `ALL`.
//! 5. Chance and time are arguments: a seed in, the same numbers out, on the same target.
//! 6. Whatever comes from outside is parsed at the edge into a checked value or refused with an
//!    [`Error`](error::Error) that names field, value and what is allowed. Inside, values are right.

pub mod chart;
pub mod data;
pub mod error;
pub mod function;
pub mod graph;
pub mod labs;
pub mod lanes;
pub mod nn;
pub mod order;
pub mod plot;
pub mod reading;
pub mod real;
pub mod rng;
pub mod sparse;
pub mod text;
pub mod train;
#[cfg(target_arch = "wasm32")]
pub mod web;
