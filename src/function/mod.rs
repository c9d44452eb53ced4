//! Functions of two variables: those the book draws and those a visitor types.

pub mod expression;
pub mod surface;
