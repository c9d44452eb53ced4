//! Training: networks on data, step by step, with what is worth knowing about it. Knows no lab and no picture.
//!
//! [`task`] says what can be run, as data. A task that is [begun](task::Task::begin) is [`work`] in pieces of a few
//! milliseconds: [`training`] a network or looking at how values [`spread`] in one. What it has come to is a [`report`],
//! what its network makes of one example is an [`explanation`], how sound it is inside its [`health`].
//! Below them: [`trainer`] takes the steps, [`evaluation`] counts what is classified correctly, [`history`] keeps curves
//! in bounded memory, [`needs`] picks the data, [`state`] goes on exactly.
//! [`python`] takes a run away, as a script for NumPy.

mod about;
pub mod answer;
mod begin;
pub mod book_weights;
pub mod check;
mod course;
pub mod descent;
mod differences;
pub mod evaluation;
pub mod explanation;
mod file;
pub mod gallery;
pub mod health;
pub mod history;
pub mod inference;
mod memory;
pub mod needs;
mod packed;
pub mod part;
pub mod parts;
mod progress;
pub mod python;
mod quantized;
pub mod recipes;
pub mod report;
pub mod search;
mod soundness;
pub mod spread;
pub mod state;
pub mod task;
pub mod trainer;
pub mod training;
pub mod weights;
pub mod work;
