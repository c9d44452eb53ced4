//! Training: networks on data, step by step, with what is worth knowing about it. Knows no lab and no picture.

pub mod book_weights;
pub mod course;
pub mod descent;
pub mod evaluation;
pub mod history;
mod memory;
pub mod part;
pub mod race;
pub mod ready_made;
pub mod search;
pub mod snapshot;
mod soundness;
pub mod trainer;
pub mod weights;
