//! Files that may be compressed.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::read::MultiGzDecoder;

use crate::error::{Code, Error, Result};

/// The most that a file may unpack to. MNIST's largest has 47 MB; a session is meant to stay under 250 MB.
pub const MOST_BYTES: usize = 96 << 20;

/// The bytes of a file, unpacked when they begin as gzip does.
///
/// # Errors
/// `field` is a broken gzip stream, or unpacks to more than [`MOST_BYTES`]: a small file may claim gigabytes.
pub fn unpack<'a>(field: &str, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut unpacked = Vec::new();
    let mut stream = MultiGzDecoder::new(bytes).take(MOST_BYTES as u64 + 1);
    stream.read_to_end(&mut unpacked).map_err(|error| Error::new(Code::Compression, field, error, ""))?;
    if unpacked.len() > MOST_BYTES {
        let allowed = format!("{MOST_BYTES} bytes");
        return Err(Error::new(Code::TooLarge, field, format!("more than {MOST_BYTES} bytes"), allowed));
    }
    Ok(Cow::Owned(unpacked))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn pack(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(bytes).expect("in memory");
        encoder.finish().expect("in memory")
    }

    #[test]
    fn packed_and_plain_bytes_come_out_the_same() {
        assert_eq!(&*unpack("f", b"plain").expect("plain"), b"plain");
        assert_eq!(&*unpack("f", &pack(b"packed")).expect("packed"), b"packed");
    }

    #[test]
    fn a_broken_stream_and_a_bomb_are_refused() {
        let packed = pack(&vec![7; 5000]);
        assert_eq!(unpack("f", &packed[..packed.len() - 9]).expect_err("cut").code, Code::Compression);
        let zeros = pack(&vec![0; MOST_BYTES + 1]);
        assert!(zeros.len() < 1 << 20);
        assert_eq!(unpack("f", &zeros).expect_err("bomb").code, Code::TooLarge);
    }
}
