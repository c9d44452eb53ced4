//! A visitor's own digits as a file: an archive of two IDX files, named as MNIST's are, so that whatever reads MNIST reads
//! these.

use super::digit::SIDE;
use super::digits::Digits;
use super::zip::{self, Archive, Limits};
use crate::error::{Code, Error, Result};

const IMAGES: &str = "train-images-idx3-ubyte";
const LABELS: &str = "train-labels-idx1-ubyte";
/// The most digits of a file.
pub const MOST: usize = 200;
/// The most bytes of a file, packed and unpacked: the digits and their headers, and some to spare for other software.
const LIMITS: Limits = Limits { files: 8, bytes: 1 << 20 };

/// The archive of these images and labels, which are IDX files.
///
/// # Errors
/// As [`unpack`].
pub fn pack(images: &[u8], labels: &[u8]) -> Result<Vec<u8>> {
    check(images, labels)?;
    Ok(zip::write(&[(IMAGES.to_owned(), images.to_vec()), (LABELS.to_owned(), labels.to_vec())]))
}

/// The digits of an archive that [`pack`] or other software made; its files may be compressed, and gzip.
///
/// # Errors
/// `archive` is none or a broken one, lacks one of the two files or has more than a few, or one of them is malformed
/// (`images`, `labels`): they hold 1 to [`MOST`] images of [`SIDE`]² pixels and a label of 0 to 9 for each.
pub fn unpack(file: &[u8]) -> Result<Digits> {
    let archive = Archive::open("archive", file, LIMITS)?;
    let bytes = |name: &str| {
        let found = archive
            .files()
            .iter()
            .find(|each| each.name().strip_suffix(".gz").unwrap_or(each.name()) == name);
        let names = || archive.files().iter().map(zip::File::name).collect::<Vec<_>>().join(" ");
        archive.unpack(found.ok_or_else(|| Error::new(Code::Missing, "archive", names(), name))?)
    };
    check(&bytes(IMAGES)?, &bytes(LABELS)?)
}

fn check(images: &[u8], labels: &[u8]) -> Result<Digits> {
    let digits = Digits::parse(images, labels, 10)?;
    let (height, width) = digits.size();
    if (height, width) != (SIDE, SIDE) {
        let (value, allowed) = (format!("{height}×{width}"), format!("{SIDE}×{SIDE}"));
        return Err(Error::new(Code::SizeMismatch, "images", value, allowed));
    }
    if !(1..=MOST).contains(&digits.len()) {
        return Err(Error::new(Code::OutsideRange, "images", digits.len(), format!("1 … {MOST}")));
    }
    Ok(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(count: u32, side: u32) -> (Vec<u8>, Vec<u8>) {
        let header = |sizes: &[u32]| {
            let sizes_written = sizes.iter().flat_map(|size| size.to_be_bytes());
            [0, 0, 8, sizes.len() as u8].into_iter().chain(sizes_written).collect::<Vec<u8>>()
        };
        let pixels = (0..count * side * side).map(|place| (place % 251) as u8);
        let labels = (0..count).map(|image| (image % 10) as u8);
        (
            header(&[count, side, side]).into_iter().chain(pixels).collect(),
            header(&[count]).into_iter().chain(labels).collect(),
        )
    }

    #[test]
    fn digits_come_back_as_they_were() {
        for count in [1, 2, MOST as u32] {
            let (images, labels) = files(count, 28);
            let found = unpack(&pack(&images, &labels).expect("fits")).expect("its own file");
            assert_eq!(found.labels(), &labels[8..]);
            let pixels: Vec<u8> = (0..found.len()).flat_map(|image| found.pixels(image)).collect();
            assert_eq!(pixels, &images[16..]);
        }
    }

    #[test]
    fn what_is_no_set_of_digits_is_refused_by_name() {
        let field = |file: &[u8]| unpack(file).expect_err("refused").field;
        let (images, labels) = files(3, 28);
        let good = pack(&images, &labels).expect("fits");
        assert_eq!(field(b"PNG"), "archive");
        let only = zip::write(&[(LABELS.to_owned(), labels.clone())]);
        assert_eq!(field(&only), "archive");
        for (count, side) in [(3, 27), (0, 28), (MOST as u32 + 1, 28)] {
            let (images, labels) = files(count, side);
            assert_eq!(pack(&images, &labels).expect_err("refused").field, "images", "{count} of {side}");
        }
        let mut wrong = labels.clone();
        wrong[8] = 10;
        assert_eq!(pack(&images, &wrong).expect_err("refused").field, "labels[0]");
        for length in 0..good.len() {
            assert!(unpack(&good[..length]).is_err(), "cut at {length}");
        }
    }
}
