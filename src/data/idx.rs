//! The IDX file format, in which MNIST comes: a magic number, one size for each axis, then the bytes.

use crate::error::{Code, Error, Result};

/// An array of bytes of N axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Idx<'a, const N: usize> {
    /// The length of each axis; the last runs fastest.
    pub shape: [usize; N],
    /// The values.
    pub bytes: &'a [u8],
}

/// Reads an IDX file of unsigned bytes with N axes; `field` names it in messages.
///
/// # Errors
/// Another magic number, a file shorter or longer than its header says, sizes whose product overflows.
pub fn parse<'a, const N: usize>(field: &str, file: &'a [u8]) -> Result<Idx<'a, N>> {
    let header = 4 + 4 * N;
    let magic = [0, 0, 8, N as u8];
    if !file.starts_with(&magic) {
        let found = file.iter().take(4).map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(" ");
        let expected = magic.map(|byte| format!("{byte:02x}")).join(" ");
        let value = if found.is_empty() { "0 bytes".to_owned() } else { found };
        return Err(Error::new(Code::WrongKind, field, value, expected));
    }
    let Some(sizes) = file.get(4..header) else {
        return Err(Error::new(Code::Truncated, field, bytes(file.len()), bytes(header)));
    };
    let mut shape = [0; N];
    for (length, size) in shape.iter_mut().zip(sizes.as_chunks::<4>().0) {
        *length = u32::from_be_bytes(*size) as usize;
    }
    let claimed = shape.iter().try_fold(1_usize, |product, &length| product.checked_mul(length));
    let Some(claimed) = claimed.and_then(|values| values.checked_add(header)) else {
        let value = shape.map(|length| length.to_string()).join("×");
        return Err(Error::new(Code::TooLarge, field, value, bytes(super::gzip::MOST_BYTES)));
    };
    if file.len() < claimed {
        return Err(Error::new(Code::Truncated, field, bytes(file.len()), bytes(claimed)));
    }
    if file.len() > claimed {
        return Err(Error::new(Code::TooLong, field, bytes(file.len()), bytes(claimed)));
    }
    Ok(Idx { shape, bytes: &file[header..] })
}

fn bytes(count: usize) -> String {
    format!("{count} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(magic: [u8; 4], sizes: &[u32], values: usize) -> Vec<u8> {
        let sizes = sizes.iter().flat_map(|size| size.to_be_bytes());
        magic.into_iter().chain(sizes).chain((0..values).map(|value| value as u8)).collect()
    }

    fn refused(file: &[u8]) -> Code {
        parse::<3>("images", file).expect_err("refused").code
    }

    #[test]
    fn a_file_is_its_shape_and_bytes() {
        let images = file([0, 0, 8, 3], &[2, 1, 3], 6);
        assert_eq!(parse("images", &images), Ok(Idx { shape: [2, 1, 3], bytes: &[0, 1, 2, 3, 4, 5] }));
    }

    #[test]
    fn each_way_of_being_wrong_has_its_name() {
        assert_eq!(refused(&[]), Code::WrongKind);
        assert_eq!(refused(&file([0, 0, 8, 1], &[6], 6)), Code::WrongKind);
        assert_eq!(refused(&file([0, 0, 13, 3], &[1, 1, 1], 4)), Code::WrongKind);
        assert_eq!(refused(&file([0, 0, 8, 3], &[1, 1], 0)), Code::Truncated);
        assert_eq!(refused(&file([0, 0, 8, 3], &[2, 1, 3], 5)), Code::Truncated);
        assert_eq!(refused(&file([0, 0, 8, 3], &[2, 1, 3], 7)), Code::TooLong);
        assert_eq!(refused(&file([0, 0, 8, 3], &[u32::MAX; 3], 0)), Code::TooLarge);
        assert_eq!(refused(&vec![0; 1 << 20]), Code::WrongKind);
    }
}
