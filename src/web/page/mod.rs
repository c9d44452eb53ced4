//! What the page's own thread asks for.

pub mod canvas;
pub mod picture;
