//! The page's side: what the form, the address and the figures are made from. It knows no worker.

pub mod canvas;
pub mod catalogue;
pub mod picture;
pub mod plan;
pub mod sheet;
