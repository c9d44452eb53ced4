//! Data sets: parsed at the edge, drawn in batches. Knows no network.

pub mod augment;
mod batch;
pub mod batches;
pub mod collection;
pub mod crc;
pub mod csv;
pub mod digit;
pub mod digits;
pub mod gzip;
pub mod handwriting;
pub mod idx;
pub mod iris;
pub mod nearest;
pub mod npy;
mod npy_header;
pub mod npz;
pub mod own;
pub mod rows;
pub mod safetensors;
pub mod sets;
pub mod shard;
pub mod zip;
