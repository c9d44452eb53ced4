//! The checksum of gzip and ZIP: CRC-32 with the polynomial 0x04C11DB7, bits reflected (RFC 1952, section 8).
//!
//! The tables of a crate that has them ready made weigh 16 KB in the page's wasm and do not compress. These are made when
//! they are first needed, in some microseconds.

use std::sync::LazyLock;

/// Bytes that are worked off at once.
const SLICE: usize = 8;

/// `TABLES[k][byte]`: what a byte comes to when `k` zeros follow it.
static TABLES: LazyLock<Box<[[u32; 256]; SLICE]>> = LazyLock::new(|| {
    let mut tables = Box::new([[0_u32; 256]; SLICE]);
    for byte in 0..256 {
        tables[0][byte] = (0..8).fold(byte as u32, |rest, _| (rest >> 1) ^ (0xedb8_8320 * (rest & 1)));
    }
    for zeros in 1..SLICE {
        for byte in 0..256 {
            let before = tables[zeros - 1][byte];
            tables[zeros][byte] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
        }
    }
    tables
});

/// A checksum in the making.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Crc {
    sum: u32,
}

impl Crc {
    /// Of nothing yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Of these bytes.
    pub fn of(bytes: &[u8]) -> u32 {
        let mut crc = Self::new();
        crc.update(bytes);
        crc.sum()
    }

    /// Takes further bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        let tables = &**TABLES;
        let mut rest = !self.sum;
        let (slices, last) = bytes.as_chunks::<SLICE>();
        for slice in slices {
            let mut mixed = *slice;
            for (byte, own) in mixed.iter_mut().zip(rest.to_le_bytes()) {
                *byte ^= own;
            }
            rest = 0;
            for (place, &byte) in mixed.iter().enumerate() {
                rest ^= tables[SLICE - 1 - place][usize::from(byte)];
            }
        }
        for &byte in last {
            rest = (rest >> 8) ^ tables[0][usize::from(rest.to_le_bytes()[0] ^ byte)];
        }
        self.sum = !rest;
    }

    /// Of all bytes so far.
    pub fn sum(self) -> u32 {
        self.sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rng::{Purpose, Rng};

    #[test]
    fn known_values_come_out() {
        // The check value of the catalogue of CRC algorithms, and those of zlib's crc32.
        assert_eq!(Crc::of(b"123456789"), 0xcbf4_3926);
        assert_eq!(Crc::of(b""), 0);
        assert_eq!(Crc::of(b"a"), 0xe8b7_be43);
        assert_eq!(Crc::of(&[0; 32]), 0x190a_55ad);
        assert_eq!(Crc::of(&[0xff; 32]), 0xff6c_ab0b);
        assert_eq!(Crc::of(b"The quick brown fox jumps over the lazy dog"), 0x414f_a339);
    }

    #[test]
    fn any_bytes_in_any_pieces_come_to_what_another_implementation_says() {
        let mut rng = Rng::new(1, Purpose::Split);
        for _ in 0..500 {
            let bytes: Vec<u8> = (0..rng.bits() % 100).map(|_| rng.bits() as u8).collect();
            let mut other = flate2::Crc::new();
            other.update(&bytes);
            let (first, second) = bytes.split_at(bytes.len() * (rng.bits() % 5) as usize / 4);
            let mut crc = Crc::new();
            crc.update(first);
            crc.update(second);
            assert_eq!((crc.sum(), Crc::of(&bytes)), (other.sum(), other.sum()));
        }
    }
}
