//! Files that may be compressed. Format: RFC 1952.

use std::borrow::Cow;
use std::io::Read as _;

use flate2::bufread::DeflateDecoder;

use super::crc::Crc;
use crate::error::{Code, Error, Result};

const MAGIC: [u8; 2] = [0x1f, 0x8b];

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
    if !bytes.starts_with(&MAGIC) {
        return Ok(Cow::Borrowed(bytes));
    }
    let broken = |value: &str| Error::new(Code::Compression, field, value, "");
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
        let packed = after_header(rest).ok_or_else(|| broken("no gzip header"))?;
        let start = unpacked.len();
        let mut stream = DeflateDecoder::new(packed);
        let room = MOST_BYTES + 1 - start;
        let read = stream.by_ref().take(room as u64).read_to_end(&mut unpacked);
        read.map_err(|error| broken(&error.to_string()))?;
        if unpacked.len() > MOST_BYTES {
            return too_large(MOST_BYTES, "bytes");
        }
        // A stream that is cut off ends without a word; then this is missing.
        let (trailer, after) =
            stream.into_inner().split_first_chunk::<8>().ok_or_else(|| broken("cut off"))?;
        let member = &unpacked[start..];
        if trailer[..4] != Crc::of(member).to_le_bytes()
            || trailer[4..] != (member.len() as u32).to_le_bytes()
        {
            return Err(broken("a wrong checksum"));
        }
        rest = after;
    }
    Ok(Cow::Owned(unpacked))
}

/// What follows the header of a gzip stream; `None` where there is none, or it is cut off.
fn after_header(bytes: &[u8]) -> Option<&[u8]> {
    const CHECKED: u8 = 2;
    const EXTRA: u8 = 4;
    const NAME: u8 = 8;
    const COMMENT: u8 = 16;
    /// Bits that have no meaning yet and must be 0.
    const RESERVED: u8 = 0xe0;

    // Deflate is the only method there is. Time, effort and system are nobody's business here.
    let (&[a, b, 8, flags, ..], mut rest) = bytes.split_first_chunk::<10>()? else { return None };
    if [a, b] != MAGIC || flags & RESERVED != 0 {
        return None;
    }
    if flags & EXTRA != 0 {
        let (&length, after) = rest.split_first_chunk()?;
        rest = after.get(usize::from(u16::from_le_bytes(length))..)?;
    }
    for text in [NAME, COMMENT] {
        if flags & text != 0 {
            let end = rest.iter().position(|&byte| byte == 0)?;
            rest = &rest[end + 1..];
        }
    }
    if flags & CHECKED != 0 {
        let header = &bytes[..bytes.len() - rest.len()];
        let (&sum, after) = rest.split_first_chunk()?;
        if Crc::of(header) as u16 != u16::from_le_bytes(sum) {
            return None;
        }
        rest = after;
    }
    Some(rest)
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
    fn every_kind_of_header_is_read_and_its_checksum_kept() {
        let mut packed = flate2::GzBuilder::new()
            .extra(b"more".to_vec())
            .filename("name")
            .comment("comment")
            .write(Vec::new(), Compression::fast());
        packed.write_all(b"packed").expect("in memory");
        let mut packed = packed.finish().expect("in memory");
        assert_eq!(&*unpack("f", &packed).expect("all parts"), b"packed");
        // The header of ten bytes, length and four bytes of more, two texts with a zero each.
        let end = 10 + 2 + 4 + 5 + 8;
        packed[3] |= 2;
        let sum = Crc::of(&packed[..end]) as u16;
        packed.splice(end..end, sum.to_le_bytes());
        assert_eq!(&*unpack("f", &packed).expect("a checked header"), b"packed");
        for length in 2..packed.len() {
            assert_eq!(unpack("f", &packed[..length]).expect_err("cut").code, Code::Compression, "{length}");
        }
        for place in [2, 3, end, packed.len() - 8, packed.len() - 4] {
            let mut broken = packed.clone();
            broken[place] ^= 0x80;
            assert_eq!(unpack("f", &broken).expect_err("broken").code, Code::Compression, "{place}");
        }
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
