//! The boundary: the only place that names wasm_bindgen, js_sys, web_sys or plotters-canvas. It converts and
//! delegates; whatever can be tested natively lives elsewhere.
//!
//! For pages of one's own there are [`Net`](net::Net), [`network`](networks::network) and
//! [`digit_from_pixels`](net::digit_from_pixels). The project's page uses [`page`], its workers use [`worker`]; neither
//! knows the other.

mod arguments;
mod convert;
mod error;
pub mod net;
pub mod networks;
pub mod page;
pub mod panic;
pub mod part;
mod tree;
mod types;
pub mod worker;
