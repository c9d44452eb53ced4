//! Training: networks on data, step by step, with what is worth knowing about it. Knows no lab and no picture.

pub mod book_weights;
pub mod course;
mod crossing;
pub mod descent;
pub mod evaluation;
pub mod history;
pub mod part;
pub mod race;
pub mod ready_made;
pub mod report;
pub mod search;
pub mod snapshot;
pub mod task;
pub mod trainer;
pub mod weights;
pub mod work;
