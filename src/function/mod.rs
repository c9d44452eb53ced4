//! Functions: those the book draws and those a visitor types.

pub mod expression;
pub mod operation;
pub mod surface;
pub(crate) mod syntax;
