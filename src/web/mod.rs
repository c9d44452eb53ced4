//! The boundary: the only place that names wasm_bindgen, js_sys, web_sys or plotters-canvas. It converts and
//! delegates; whatever can be tested natively lives elsewhere.
//!
//! For pages of one's own there are [`Net`](net::Net), [`network`](networks::network) and
//! [`digit_from_pixels`](net::digit_from_pixels). The project's page uses [`page`], its workers use [`worker`]; neither
//! knows the other.
//!
//! A wasm file has what its feature says, and nothing else: `reader` reads a drawing before all else has come, `labs` is
//! what the project's page asks, `core` is what its workers train with, `binding` is for pages of one's own.
#![cfg_attr(
    not(all(feature = "labs", feature = "core", feature = "binding")),
    allow(dead_code, reason = "each side uses its part")
)]

mod arguments;
mod convert;
mod error;
#[cfg(feature = "binding")]
pub mod net;
#[cfg(feature = "binding")]
pub mod networks;
#[cfg(feature = "labs")]
pub mod page;
#[cfg(any(feature = "labs", feature = "core", feature = "binding"))]
pub mod panic;
#[cfg(feature = "binding")]
pub mod part;
mod plain;
#[cfg(any(feature = "core", feature = "reader"))]
mod prediction;
#[cfg(feature = "reader")]
pub mod reader;
mod tree;
#[cfg(feature = "binding")]
mod types;
#[cfg(feature = "core")]
pub mod worker;
