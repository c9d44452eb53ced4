//! Files that may be compressed.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::bufread::GzDecoder;

use crate::error::{Code, Error, Result};

/// The most that a file may unpack to. MNIST's largest has 47 MB; a session is meant to stay under 250 MB.
pub const MOST_BYTES: usize = 96 << 20;

/// The most streams that may follow each other in a file. Tools that pack in blocks make one of every 64 KB; a stream of
/// nothing has 20 bytes, and half a million of them would take seconds.
pub const MOST_MEMBERS: usize = 4096;

/// The bytes of a file, unpacked when they begin as gzip does.
///
/// # Errors
/// `field` is a broken gzip stream, unpacks to more than [`MOST_BYTES`] (a small file may claim gigabytes), or has more
/// than [`MOST_MEMBERS`] streams.
pub fn unpack<'a>(field: &str, bytes: &'a [u8]) -> Result<Cow<'a, [u8]>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let too_large = |most: usize, what: &str| {
        Err(Error::new(Code::TooLarge, field, format!("more than {most} {what}"), format!("{most} {what}")))
    };
    let mut unpacked = Vec::new();
    let mut rest = bytes;
    let mut members = 0;
    while !rest.is_empty() {
        if members == MOST_MEMBERS {
            return too_large(MOST_MEMBERS, "members");
        }
        members += 1;
        let mut member = GzDecoder::new(rest);
        let room = MOST_BYTES + 1 - unpacked.len();
        let read = member.by_ref().take(room as u64).read_to_end(&mut unpacked);
        read.map_err(|error| Error::new(Code::Compression, field, error, ""))?;
        if unpacked.len() > MOST_BYTES {
            return too_large(MOST_BYTES, "bytes");
        }
        rest = member.into_inner();
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
    fn streams_one_after_the_other_are_one_file_unless_they_are_too_many() {
        let (first, empty) = (pack(b"first, "), pack(b""));
        let joined = [&first[..], &empty, &pack(b"second")].concat();
        assert_eq!(&*unpack("f", &joined).expect("three"), b"first, second");
        assert_eq!(unpack("f", &[&joined[..], b"more"].concat()).expect_err("rest").code, Code::Compression);
        assert!(unpack("f", &empty.repeat(MOST_MEMBERS)).expect("as many as may be").is_empty());
        let error = unpack("f", &empty.repeat(MOST_MEMBERS + 1)).expect_err("too many");
        assert_eq!((error.code, error.allowed.as_str()), (Code::TooLarge, "4096 members"));
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
