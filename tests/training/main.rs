//! Tasks at work: what they find does not depend on when anybody looks, pauses, or takes them to another worker.
#![cfg(not(target_arch = "wasm32"))]

mod another_reading;
mod changing;
mod evaluations;
mod explaining;
mod given;
mod going_back;
mod health;
mod inference;
mod inspection;
mod landscape;
mod looking_back;
mod marks;
mod spread;
