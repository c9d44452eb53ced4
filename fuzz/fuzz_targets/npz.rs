#![no_main]
#[path = "../src/limit.rs"]
mod limit;
#[path = "../src/targets.rs"]
#[allow(dead_code, reason = "each program runs one of them")]
mod targets;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| targets::npz(bytes));
